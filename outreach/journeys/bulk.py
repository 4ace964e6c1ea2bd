"""One action on many leads (3: "bulk"): what it would do, before; then done one lead after the other; undone for 24 h.

preview   who will, who will not and why
start     line up the leads; a worker does the rest (journeys/many)
"""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from outreach.core import entry
from outreach.errors import Refused
from outreach.journeys import edit_lead, enrol, erase, handing_over, many, pausing, publish, steer
from outreach.journeys.house import House
from outreach.store import batches, enrolments, leads, pauses, tasks
from outreach.store.batches import Batch
from outreach.store.enrolments import Enrolment
from outreach.store.leads import Lead, Tag
from outreach.store.sequences import SequenceRow
from outreach.store.tasks import Task
from outreach.store.users import User

__all__ = ["ACTIONS", "Chosen", "Preview", "handing_over", "preview", "publish", "start", "work"]

LOOKED_AT = 500
"""Of more leads than this a preview looks at an even sample."""


def work(house: House, seconds: float = 20.0) -> bool:
    """The worker's round: tasks of those who are away (P4), then what was asked for many leads. True: more is left."""
    with house.sessions.begin() as session:
        pausing.keep_absences(session, house.now(session))
    return many.work(house, seconds)


@dataclass(frozen=True)
class Chosen:
    """The leads: these ids, or all that the filters of the list find (`filters` as for store.leads.found_by)."""

    ids: tuple[int, ...] = ()
    filters: dict[str, Any] | None = None

    def condition(self) -> list[Any]:
        """As a WHERE."""
        if self.filters is not None:
            return leads.found_by(**self.filters)
        return [Lead.id.in_(self.ids), Lead.erased_at.is_(None)]

    def count(self, session: Session) -> int:
        """How many leads."""
        return session.scalar(select(func.count()).select_from(Lead).where(*self.condition())) or 0


@dataclass(frozen=True)
class Preview:
    """`total` leads were chosen; of `looked_at` of them `will`, and the others not: reason -> number."""

    total: int
    looked_at: int
    will: int
    reasons: list[tuple[str, int]] = field(default_factory=list)

    @property
    def estimated(self) -> bool:
        """Whether only a sample was looked at."""
        return self.looked_at < self.total


Refusals = dict[int, str]
"""Lead id -> why the action would leave it as it is."""


@dataclass(frozen=True)
class BulkAction:
    """An action of the list of leads. `check` says beforehand who would be left out."""

    label: str
    icon: str
    title: Callable[[Session, dict[str, Any]], str]
    check: Callable[[Session, House, Collection[Lead], dict[str, Any], datetime], Refusals]
    roles: tuple[str, ...] = ()
    for_good: bool = False
    """Nothing brings it back: whoever starts it types the number of leads."""


def preview(
    session: Session, house: House, kind: str, chosen: Chosen, params: dict[str, Any], now: datetime
) -> Preview:
    """Who will and who will not, and why; nothing is changed."""
    action, total = _action(kind), chosen.count(session)
    action.title(session, params)
    every = max(1, -(-total // LOOKED_AT))
    numbered = select(Lead.id, func.row_number().over(order_by=Lead.id).label("n")).where(*chosen.condition())
    rows = numbered.subquery()
    people = list(
        session.scalars(select(Lead).join(rows, rows.c.id == Lead.id).where(rows.c.n % every == 0).order_by(Lead.id))
    )
    why = action.check(session, house, people, params, now)
    return Preview(total, len(people), len(people) - len(why), Counter(why.values()).most_common())


def start(session: Session, kind: str, chosen: Chosen, params: dict[str, Any], user: User, now: datetime) -> Batch:
    """Line up the leads, each once. Raises Refused when the action makes no sense or the role does not allow it."""
    action = _action(kind)
    if action.roles and user.role not in action.roles:
        raise Refused("Only a manager or an administrator may do this to many leads at once.")
    batch = many.begin(session, kind, action.title(session, params), params, user.id, now)
    total = batches.line_up(session, batch.id, chosen.condition())
    if not total:
        raise Refused("No lead is chosen.")
    if action.for_good and params.get("confirm") != str(total):
        raise Refused(f"Type {total}, the number of leads, to confirm. Nothing was done.")
    return many.lined_up(batch, total, now)


def _action(kind: str) -> BulkAction:
    if kind not in ACTIONS:
        raise Refused(f"“{kind[:30]}” cannot be done to many leads.")
    return ACTIONS[kind]


# --- entering ----------------------------------------------------------------------------------------------------------


def _sequence(session: Session, params: dict[str, Any]) -> SequenceRow:
    row = session.get(SequenceRow, int(params.get("sequence") or 0))
    if row is None or row.archived_at or not row.current_version_id:
        raise Refused("Choose a published sequence.")
    return row


def _enrol_check(
    session: Session, house: House, people: Collection[Lead], params: dict[str, Any], now: datetime
) -> Refusals:
    candidate = enrol.candidates(session, [_sequence(session, params)])[0]
    known = enrol.known_of_all(session, house, people, [candidate], now, requested=False)
    refusals = {lead.id: entry.refusal(candidate, known[lead.id], now) for lead in people}
    return {lead_id: refusal.text for lead_id, refusal in refusals.items() if refusal is not None}


def _enrol(work: many.Work) -> many.Done:
    row = _sequence(work.session, work.params)
    done = enrol.enrol(work.session, work.house, work.lead, row, work.now, actor_id=work.batch.actor_id)
    if done.enrolment is None:
        return many.Done(f"not enrolled: {done.refused}")
    return many.Done(f"in “{row.name}” now", {"enrolment": done.enrolment.id})


def _leave_again(work: many.Work) -> str:
    row = work.session.get(Enrolment, (work.item.before or {}).get("enrolment"))
    if row is None or row.ended_at is not None:
        raise Refused("has left the sequence already")
    return steer.stop(work.session, work.house, row.id, work.actor, work.now, reason="Taken back: entered by mistake.")


# --- pausing, resuming, skipping, stopping -----------------------------------------------------------------------------


def _running_check(
    session: Session, house: House, people: Collection[Lead], params: dict[str, Any], now: datetime
) -> Refusals:
    running = enrolments.running_of(session, [lead.id for lead in people])
    return {lead.id: "is in no sequence" for lead in people if lead.id not in running}


def _pause(work: many.Work) -> many.Done:
    running = _running(work)
    reason = str(work.params.get("reason") or "")
    until = datetime.fromisoformat(work.params["until"]) if work.params.get("until") else None
    if until is not None and until <= work.now:
        raise Refused("the end of the pause has passed already")
    done = pausing.pause(
        work.session, work.house, "lead", work.lead.id, work.actor, work.now, reason=reason, until=until
    )
    return many.Done(f"paused in {len(running)} sequence{'' if len(running) == 1 else 's'}", {"pause": done.pause.id})


def _unpause(work: many.Work) -> str:
    pausing.lift(
        work.session, work.house, int((work.item.before or {})["pause"]), work.actor, work.now, choice="continue"
    )
    return "goes on"


def _paused_check(
    session: Session, house: House, people: Collection[Lead], params: dict[str, Any], now: datetime
) -> Refusals:
    running = enrolments.running_of(session, [lead.id for lead in people])
    paused = pauses.paused_leads(session, [lead.id for lead in people], now)
    held = {
        lead.id
        for lead in people
        if lead.id in paused
        or any(row.state.startswith(("paused", "waiting: approval", "failed")) for row in running.get(lead.id, ()))
    }
    return {lead.id: "is not paused" for lead in people if lead.id not in held}


def _resume(work: many.Work) -> many.Done:
    session, choice = work.session, str(work.params.get("choice") or "continue")
    held = pauses.holding(session, "lead", work.lead.id, work.now)
    for row in held:
        pausing.lift(session, work.house, row.id, work.actor, work.now, choice=choice)
    words = []
    for enrolment in enrolments.running(session, work.lead.id):
        if enrolment.state.startswith(("paused: manual", "waiting: approval", "failed")):
            words.append(steer.resume(session, work.house, enrolment.id, work.actor, work.now, choice=choice))
    if not held and not words:
        raise Refused("is not paused")
    return many.Done(" ".join(words) or "goes on")


def _skip(work: many.Work) -> many.Done:
    reason = str(work.params.get("reason") or "")
    words = [
        steer.skip(work.session, work.house, row.id, work.actor, work.now, reason=reason) for row in _running(work)
    ]
    return many.Done(" ".join(words))


def _stop(work: many.Work) -> many.Done:
    reason = str(work.params.get("reason") or "")
    words = [
        steer.stop(work.session, work.house, row.id, work.actor, work.now, reason=reason) for row in _running(work)
    ]
    return many.Done(" ".join(words))


def _running(work: many.Work) -> list[Enrolment]:
    """The lead's enrolments that the action is about: those of one sequence, where one was named."""
    wanted = int(work.params.get("sequence") or 0)
    found = [row for row in enrolments.running(work.session, work.lead.id) if not wanted or row.sequence_id == wanted]
    if not found:
        raise Refused("is in no sequence")
    return found


# --- owner and tags ----------------------------------------------------------------------------------------------------


def _owner(session: Session, params: dict[str, Any]) -> User | None:
    if not params.get("owner"):
        return None
    owner = session.get(User, int(params["owner"]))
    if owner is None or not owner.active:
        raise Refused("Choose an owner who is active.")
    return owner


def _owner_check(
    session: Session, house: House, people: Collection[Lead], params: dict[str, Any], now: datetime
) -> Refusals:
    owner = _owner(session, params)
    return {lead.id: "has this owner already" for lead in people if lead.owner_id == (owner.id if owner else None)}


def _give(work: many.Work) -> many.Done:
    owner, lead, before = _owner(work.session, work.params), work.lead, work.lead.owner_id
    if before == (owner.id if owner else None):
        raise Refused("has this owner already")
    theirs = {str(task.id): task.owner_id for task in tasks.open_of_lead(work.session, lead.id)}
    edit_lead.set_owner(work.session, work.house, lead.id, owner, work.actor, work.now)
    return many.Done(f"belongs to {owner.name if owner else 'nobody'} now", {"owner": before, "tasks": theirs})


def _give_back(work: many.Work) -> str:
    session, before = work.session, work.item.before or {}
    owner = _owner(session, work.params)
    if work.lead.owner_id != (owner.id if owner else None):
        raise Refused("was given to somebody else in the meantime")
    previous = session.get(User, before["owner"]) if before["owner"] else None
    edit_lead.set_owner(session, work.house, work.lead.id, previous, work.actor, work.now)
    for task_id, owner_id in before["tasks"].items():
        session.execute(update(Task).where(Task.id == int(task_id), Task.state == "open").values(owner_id=owner_id))
    return f"belongs to {previous.name if previous else 'nobody'} again"


def _tag(params: dict[str, Any]) -> str:
    word = " ".join(str(params.get("tag") or "").split())[:60]
    if not word or "," in word:
        raise Refused("Write one tag, without a comma.")
    return word


def _tagged(session: Session, people: Collection[Lead], word: str) -> set[int]:
    query = select(Tag.lead_id).where(Tag.tag == word, Tag.lead_id.in_([lead.id for lead in people]))
    return set(session.scalars(query))


def _tag_check(
    session: Session, house: House, people: Collection[Lead], params: dict[str, Any], now: datetime
) -> Refusals:
    there = _tagged(session, people, _tag(params))
    return {lead.id: "has this tag already" for lead in people if lead.id in there}


def _untag_check(
    session: Session, house: House, people: Collection[Lead], params: dict[str, Any], now: datetime
) -> Refusals:
    there = _tagged(session, people, _tag(params))
    return {lead.id: "does not have this tag" for lead in people if lead.id not in there}


def _put_tag(work: many.Work) -> many.Done:
    word = _tag(work.params)
    if word in leads.tags_of(work.session, work.lead.id):
        raise Refused("has this tag already")
    edit_lead.tag(work.session, work.lead.id, word, work.actor, work.now)
    return many.Done(f"is tagged “{word}”", {"tag": word})


def _take_tag(work: many.Work) -> many.Done:
    word = _tag(work.params)
    if word not in leads.tags_of(work.session, work.lead.id):
        raise Refused("does not have this tag")
    edit_lead.tag(work.session, work.lead.id, word, work.actor, work.now, remove=True)
    return many.Done(f"is not tagged “{word}” any more", {"tag": word})


def _tag_undo(work: many.Work) -> str:
    word, put = str((work.item.before or {})["tag"]), work.batch.kind == "tag"
    edit_lead.tag(work.session, work.lead.id, word, work.actor, work.now, remove=put)
    return "as before"


# --- no contact --------------------------------------------------------------------------------------------------------


def _contact_check(
    session: Session, house: House, people: Collection[Lead], params: dict[str, Any], now: datetime
) -> Refusals:
    stopped = {lead.id for lead in people if lead.do_not_contact}
    return dict.fromkeys(stopped, "is marked so already")


def _no_contact(work: many.Work) -> many.Done:
    if work.lead.do_not_contact:
        raise Refused("is marked so already")
    reason = str(work.params.get("reason") or "")
    edit_lead.do_not_contact(work.session, work.house, work.lead.id, work.actor, work.now, reason)
    return many.Done("nobody writes to them any more")


# --- erasing -----------------------------------------------------------------------------------------------------------


def _erase_check(
    session: Session, house: House, people: Collection[Lead], params: dict[str, Any], now: datetime
) -> Refusals:
    return {}


def _erase(work: many.Work) -> many.Done:
    erase.erase(work.session, work.house, work.lead.id, work.actor, work.now)
    return many.Done("erased")


# --- the table ---------------------------------------------------------------------------------------------------------


def _named(words: str) -> Callable[[Session, dict[str, Any]], str]:
    return lambda session, params: words


def _owner_title(session: Session, params: dict[str, Any]) -> str:
    owner = _owner(session, params)
    return f"Giving to {owner.name if owner else 'nobody'}"


MANAGE = ("admin", "manager")
BULK = ("admin", "manager", "marketer")
ACTIONS: dict[str, BulkAction] = {
    "enrol": BulkAction(
        "Start a sequence", "route", lambda s, p: f"Starting “{_sequence(s, p).name}”", _enrol_check, BULK
    ),
    "pause": BulkAction("Pause", "player-pause", _named("Pausing"), _running_check),
    "resume": BulkAction("Go on", "player-play", _named("Going on"), _paused_check),
    "skip": BulkAction("Skip the next step", "player-skip-forward", _named("Skipping the next step"), _running_check),
    "stop": BulkAction("Stop", "player-stop", _named("Stopping"), _running_check),
    "owner": BulkAction("Change the owner", "user-check", _owner_title, _owner_check, MANAGE),
    "tag": BulkAction("Put a tag on", "tag", lambda s, p: f"Tagging “{_tag(p)}”", _tag_check),
    "untag": BulkAction("Take a tag off", "tag", lambda s, p: f"Taking the tag “{_tag(p)}” off", _untag_check),
    "no contact": BulkAction("Do not contact", "ban", _named("Marking: do not contact"), _contact_check, MANAGE),
    "erase": BulkAction("Erase for good", "trash", _named("Erasing"), _erase_check, MANAGE, for_good=True),
}

many.ACTIONS |= {
    "enrol": many.Action(_enrol, _leave_again),
    "pause": many.Action(_pause, _unpause),
    "resume": many.Action(_resume),
    "skip": many.Action(_skip),
    "stop": many.Action(_stop),
    "owner": many.Action(_give, _give_back),
    "tag": many.Action(_put_tag, _tag_undo),
    "untag": many.Action(_take_tag, _tag_undo),
    "no contact": many.Action(_no_contact),
    "erase": many.Action(_erase),
}
