"""X10, K4: a user leaves, or gives leads away: leads, open tasks and letters in the queue go to the one who takes over.

Nobody is unenrolled. The letters come from the new owner's mailbox, which opens a new thread (T3); a mailbox of the
one who leaves goes on receiving, so that answers to old letters are not lost.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from outreach.core import signals
from outreach.errors import Refused
from outreach.journeys import accounts, applying, many
from outreach.store import batches, events, inside, pauses
from outreach.store.batches import Batch
from outreach.store.leads import Lead
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message
from outreach.store.tasks import Task
from outreach.store.users import User


@dataclass(frozen=True)
class Belongings:
    """What a user has, before somebody takes it over."""

    leads: int
    in_sequence: int
    tasks: int
    letters: int
    mailboxes: tuple[str, ...]


def belongings(session: Session, user: User) -> Belongings:
    """What is to be taken over."""
    own = Lead.owner_id == user.id, Lead.erased_at.is_(None)
    mine = select(func.count()).select_from(Task).where(Task.owner_id == user.id, Task.state == "open")
    queued = select(func.count()).select_from(Message).where(Message.user_id == user.id, Message.state == "queued")
    boxes = select(Mailbox.address).where(Mailbox.user_id == user.id, Mailbox.active).order_by(Mailbox.id)
    return Belongings(
        leads=session.scalar(select(func.count()).select_from(Lead).where(*own)) or 0,
        in_sequence=inside.count_bound(session, "rep", user.id),
        tasks=session.scalar(mine) or 0,
        letters=session.scalar(queued) or 0,
        mailboxes=tuple(session.scalars(boxes)),
    )


def leave(session: Session, user: User, heir: User, by: User, now: datetime, *, mailbox: str = "own") -> Batch:
    """X10: switch a user off. (1) who takes over, (2) tasks and letters in the queue at once, (3) pauses of theirs are
    lifted, (4) leads one after the other, each planned again for the new owner's hours.

    `mailbox`: ``own``: letters go from the heir's mailbox, in new threads (T3); ``keep``: the heir takes the mailbox
    over as well, and threads go on.
    """
    if mailbox not in ("own", "keep"):
        raise Refused("Choose whose mailbox the letters come from.")
    accounts.may_leave(session, user, heir)
    mine = (Task.owner_id == user.id) & (Task.state == "open")
    session.execute(update(Task).where(mine).values(owner_id=heir.id))
    _letters(session, user.id, heir.id)
    if mailbox == "keep":
        session.execute(update(Mailbox).where(Mailbox.user_id == user.id).values(user_id=heir.id))
    for row in pauses.holding(session, "rep", user.id, now):
        row.ended_at, row.choice = now, "continue"
    accounts.switch_off(session, user)
    words = f"{by.name} switched {user.name} off; {heir.name} takes over."
    events.record(session, now, "handover", words, actor_id=by.id, rule="X10", data={"user": user.id, "heir": heir.id})
    title = f"{heir.name} takes over from {user.name}"
    batch = many.begin(session, "take over", title, {"from": user.id, "to": heir.id}, by.id, now)
    return many.lined_up(batch, batches.line_up(session, batch.id, [Lead.owner_id == user.id]), now)


def _letters(session: Session, old: int, new: int) -> None:
    """Letters that nobody has begun are written anew for the new owner; their mailbox is chosen again (T3)."""
    query = "UPDATE messages SET user_id = :new, mailbox_id = NULL WHERE state = 'queued' AND kind = 'step' AND user_id = :old"
    session.execute(text(query), {"old": old, "new": new})


def take_over(work: many.Work) -> many.Done:
    """One lead goes to the heir."""
    heir = work.session.get(User, int(work.params["to"]))
    if heir is None or not heir.active:
        raise Refused("the one who should take over is not active any more")
    if work.lead.owner_id != int(work.params["from"]):
        raise Refused("was given to somebody else in the meantime")
    work.lead.owner_id = heir.id
    mine = (Task.lead_id == work.lead.id) & (Task.owner_id == int(work.params["from"])) & (Task.state == "open")
    work.session.execute(update(Task).where(mine).values(owner_id=heir.id))
    work.session.flush()
    words = f"{heir.name} takes over."
    events.record(
        work.session, work.now, "routed", words, lead_id=work.lead.id, actor_id=work.batch.actor_id, rule="X10"
    )
    applying.signal(work.session, work.house, work.lead.id, signals.OwnerChanged(heir.name), work.now)
    return many.Done(f"belongs to {heir.name} now")


many.ACTIONS["take over"] = many.Action(take_over)
