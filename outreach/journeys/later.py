"""A rep's own mail that is to go later: when it goes, and what may still be done about it until then.

It waits in the queue like any letter, with its moment as the due date. A lead who answers meanwhile takes the ground from under
it: it is held back and a person decides (X1). Nothing of it is lost: the words stay, and it can be sent all the same.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from outreach.errors import Refused
from outreach.journeys import copies, notify, write
from outreach.store import events, forms, leads
from outreach.store.forms import Submission
from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.store.users import User

MORNING = time(8)
FARTHEST = timedelta(days=366)
HELD_BACK = "held back: they wrote meanwhile"
TAKEN_BACK = "taken back before it went"
THERE, HERE = "there", "here"


def choices(now: datetime, theirs: str, ours: str) -> list[tuple[str, datetime, str]]:
    """Mornings to choose from: (key, moment, zone), the lead's own first; those of one and the same moment once."""
    found: dict[datetime, tuple[str, datetime, str]] = {}
    for whose, zone in ((THERE, theirs), (HERE, ours)):
        if not zone:
            continue
        today = now.astimezone(ZoneInfo(zone)).date()
        monday = today + timedelta(days=7 - today.weekday())
        for day in sorted({today, today + timedelta(days=1), monday}):
            at = _morning(day, zone)
            if at > now:
                found.setdefault(at, (f"{whose}:{day}", at, zone))
    return sorted(found.values(), key=lambda one: (one[0].startswith(HERE), one[1]))


def moment(choice: str, typed: str, now: datetime, theirs: str, ours: str) -> datetime | None:
    """What was chosen; None = at once. `typed` is written in our zone. Raises Refused."""
    whose, _, day = choice.partition(":")
    try:
        if choice in ("", "now"):
            return None
        if whose in (THERE, HERE):
            at = _morning(date.fromisoformat(day), (theirs if whose == THERE else ours) or ours)
        else:
            at = datetime.fromisoformat(typed.strip()).replace(tzinfo=ZoneInfo(ours))
        wrong = at <= now
    except (ValueError, OverflowError):
        raise Refused("Say when the mail shall go: a date and a time.", field="later_at") from None
    if wrong:
        raise Refused(
            "This moment has passed: choose a later one, or send it now.",
            field="later_at" if choice == "at" else "later",
        )
    if at - now > FARTHEST:
        raise Refused("This is more than a year ahead: choose an earlier day.", field="later_at")
    return at


def _morning(day: date, zone: str) -> datetime:
    return datetime.combine(day, MORNING, ZoneInfo(zone))


def is_open(letter: Message, now: datetime) -> bool:
    """Whether a person may still decide about it: it waits for its moment, or was held or taken back."""
    if letter.kind != "own" or not letter.extra.get("later"):
        return False
    return (letter.state == "queued" and letter.due_at > now and not letter.attempts) or was_held(letter)


def was_held(letter: Message) -> bool:
    """Not sent, and can be sent all the same."""
    return letter.state == "cancelled" and letter.reason in (HELD_BACK, TAKEN_BACK)


def set_time(session: Session, message_id: int, user: User, at: datetime | None, now: datetime) -> Message:
    """Let it go at another moment, or now (`at` None); also one that was held back. The door pokes deliver_urgent. Raises
    Refused when it is too late, or nothing may be sent any more."""
    letter = _mine(session, message_id, now)
    if letter.lead_id and (lead := leads.locked(session, letter.lead_id)):
        write.check(session, lead)
    before, moved = letter.due_at, at or now
    rows = [letter, *_copies(session, letter)]
    for row in rows:
        row.state, row.due_at, row.reason = "queued", moved, ""
        row.lease_owner = row.lease_until = row.server = None
    _clocks(session, letter, before, moved)
    words = "sends it now" if at is None else "chose another time for it"
    _note(session, letter, f"The mail “{letter.subject}”: {user.name} {words}.", now, user)
    return letter


def set_words(session: Session, message_id: int, user: User, subject: str, text: str, now: datetime) -> Message:
    """Other words for it and its copies, before it goes. Raises Refused when it is too late, or there are none."""
    subject, text = write.tidied(subject, text)
    letter = _mine(session, message_id, now)
    for row in (letter, *_copies(session, letter)):
        row.subject, row.body = subject or letter.subject, text
    _note(session, letter, f"{user.name} changed the words of the mail “{letter.subject}”.", now, user)
    return letter


def take_back(session: Session, message_id: int, user: User, now: datetime) -> Message:
    """Do not send it. Raises Refused when it is too late."""
    letter = _mine(session, message_id, now)
    if letter.state == "queued":
        _stop(session, [letter], TAKEN_BACK)
        _clocks(session, letter, letter.due_at, None)
    _note(session, letter, f"{user.name} took back the mail “{letter.subject}”.", now, user)
    return letter


def hold_back(session: Session, lead: Lead, now: datetime, *, tell: bool = True) -> None:
    """The lead wrote: what their rep meant to say later waits for the rep's word."""
    for letter in _stop(session, _waiting(session, lead.id), HELD_BACK):
        _clocks(session, letter, letter.due_at, None)
        words = f"The mail “{letter.subject}” was held back: {lead.name or lead.email} wrote meanwhile."
        if tell:
            _note(session, letter, words, now)
            notify.tell(session, letter.user_id, "reply", words, f"/mail/outbox/{letter.id}", now)


def given_back(session: Session, lead_id: int, now: datetime) -> None:
    """It was no reply after all (O10): what it had held back is in its place again, with its copies. What should have gone
    meanwhile stays held: nothing goes late by itself."""
    for letter in _waiting(session, lead_id):
        if letter.due_at <= now:
            _stop(session, [letter], HELD_BACK)
            continue
        _clocks(session, letter, letter.due_at, letter.due_at)
        for copy in copies.every(session, [letter]):
            if copy.state == "cancelled" and copy.reason == HELD_BACK:
                copy.state, copy.reason = "queued", ""


def _waiting(session: Session, lead_id: int) -> list[Message]:
    """The lead's mails that are to go later and have not begun."""
    query = select(Message).where(
        Message.lead_id == lead_id, Message.kind == "own", Message.state.in_(("queued", "claimed"))
    )
    return [row for row in session.scalars(query) if row.extra.get("later") and not row.attempts]


def held_of(session: Session, lead_id: int) -> list[Message]:
    """The lead's mails that wait for a person's word."""
    query = select(Message).where(
        Message.lead_id == lead_id, Message.kind == "own", Message.state == "cancelled", Message.reason == HELD_BACK
    )
    return list(session.scalars(query.order_by(Message.id.desc()).limit(5)))


def _stop(session: Session, letters: Sequence[Message], why: str) -> list[Message]:
    """Cancel these with their copies, as long as they have not begun; those that were stopped."""
    ids = [number for letter in letters for number in (letter.id, *letter.extra.get("copies", ()))]
    statement = update(Message).where(Message.id == func.any(ids), Message.state.in_(("queued", "claimed")))
    values = {"state": "cancelled", "reason": why, "lease_owner": None, "lease_until": None}
    stopped = set(session.scalars(statement.values(values).returning(Message.id))) if ids else set()
    for letter in letters:
        session.refresh(letter)
    return [letter for letter in letters if letter.id in stopped]


def _mine(session: Session, message_id: int, now: datetime) -> Message:
    query = select(Message).where(Message.id == message_id).with_for_update().execution_options(populate_existing=True)
    letter = session.scalar(query)
    if letter is None or not is_open(letter, now):
        raise Refused("This mail has gone already, or somebody has decided about it.")
    return letter


def _copies(session: Session, letter: Message) -> list[Message]:
    """Its copies that did not go."""
    return [row for row in copies.every(session, [letter]) if row.state in ("queued", "cancelled")]


def _clocks(session: Session, letter: Message, before: datetime, after: datetime | None) -> None:
    """The speed to lead (N) counts from the moment at which it goes; of one that does not go there is none."""
    lead = session.get(Lead, letter.lead_id) if letter.lead_id else None
    if lead is None:
        return
    if lead.answered_at in (before, None):
        lead.answered_at = after
    asked = update(Submission).where(Submission.lead_id == lead.id, Submission.first_human_at == before)
    session.execute(asked.values(first_human_at=after))
    if after is not None:
        forms.stop_clocks(session, lead.id, after)


def _note(session: Session, letter: Message, words: str, now: datetime, user: User | None = None) -> None:
    events.record(
        session, now, "own mail", words, lead_id=letter.lead_id, message_id=letter.id,
        actor_id=user.id if user else None, rule="" if user else "X1",
    )  # fmt: skip
