"""Interviews and deals, recorded on the lead's page: booked, held, missed, cancelled; won, lost."""

import re
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from outreach.core import signals
from outreach.errors import Refused
from outreach.journeys import applying
from outreach.journeys.house import House
from outreach.store import deals, events, leads, tasks
from outreach.store.deals import Deal, Interview
from outreach.store.leads import Lead
from outreach.store.tasks import Task
from outreach.store.users import User

WORDS = {
    "booked": "Interview booked", "held": "Interview held", "missed": "Did not come to the interview",
    "cancelled": "Interview cancelled", "won": "Won", "lost": "Lost",
}  # fmt: skip

_APART = {
    ",": re.compile(r"[1-9]\d{0,2}(,\d{3})+(\.\d+)?", re.A),
    ".": re.compile(r"[1-9]\d{0,2}(\.\d{3})+(,\d+)?", re.A),
}
"""Numbers whose thousands are set apart, by the mark between them."""
_NUMBER = re.compile(r"\d{1,20}([.,]\d{1,10})?", re.A)


def record(
    session: Session,
    house: House,
    lead_id: int,
    what: str,
    user: User,
    now: datetime,
    *,
    at: datetime | None = None,
    amount: str = "",
) -> str:
    """Record one of WORDS and tell the sequences (X1). Raises Refused."""
    if what not in WORDS:
        raise Refused(f"“{what}” is nothing that can happen; choose one of {', '.join(WORDS.values())}.")
    lead = leads.locked(session, lead_id)
    if lead is None:
        raise Refused("This lead does not exist any more.")
    if what == "booked":
        book(session, lead, user, now, at)
    elif what in ("won", "lost"):
        close(session, lead, user, now, what, parsed(amount))
    else:
        _settle(session, lead, what, now)
    words = WORDS[what] + (f", {at.day} {at:%B %H:%M}" if what == "booked" and at else "") + "."
    events.record(session, now, "outcome", words, lead_id=lead.id, actor_id=user.id, rule="X1",
                  data={"outcome": {"won": "won", "lost": "lost"}.get(what, f"interview {what}")})  # fmt: skip
    lead.last_activity_at = now
    session.flush()
    told = {"booked": signals.MeetingBooked(), "won": signals.DealWon()}.get(what)
    if told:
        applying.signal(session, house, lead.id, told, now, actor_id=user.id)
    return WORDS[what]


def book(session: Session, lead: Lead, user: User, now: datetime, at: datetime | None) -> Interview:
    """An interview, with the task that asks afterwards how it went; an earlier open one moves."""
    who = lead.name or lead.email or lead.phone
    meeting = deals.open_interview(session, lead.id)
    if meeting is None:
        meeting = Interview(lead_id=lead.id, user_id=user.id, booked_at=now, at=at, state="booked")
        session.add(meeting)
    meeting.at = at or meeting.at
    title = f"Interview with {who}: held?" if meeting.at else f"Set the time of the interview with {who}"
    for task in tasks.open_of_lead(session, lead.id):
        if task.kind == "interview":
            task.state, task.done_at, task.note = "cancelled", now, "the interview was booked"
    session.add(
        Task(kind="interview", lead_id=lead.id, owner_id=lead.owner_id or user.id, title=title,
             due_at=meeting.at or now, created_at=now, memory={"held": bool(meeting.at)})
    )  # fmt: skip
    lead.stage = "interview"
    return meeting


def close(session: Session, lead: Lead, user: User, now: datetime, state: str, amount: Decimal | None) -> None:
    """A sale won or lost."""
    session.add(Deal(lead_id=lead.id, user_id=user.id, state=state, amount=amount, at=now, closed_at=now))
    lead.stage = state
    if state == "won":
        leads.add_tag(session, lead.id, "customer")


def parsed(text: str) -> Decimal | None:
    """An amount as people write it; None when empty. Raises Refused.

    Thousands may be set apart by a space, an apostrophe, a comma or a point: ``4,800`` and ``4.800`` are four thousand
    eight hundred, ``4,80`` and ``0.125`` are not.
    """
    text = "".join(text.split()).replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "")
    if not text:
        return None
    for thousands, cents in (",.", ".,"):
        if _APART[thousands].fullmatch(text):
            text = text.replace(thousands, "").replace(cents, ".")
            break
    if not _NUMBER.fullmatch(text):
        raise Refused(f"“{text[:40]}” is no amount; write a number such as 4800.", field="amount")
    amount = Decimal(text.replace(",", "."))
    if amount >= 10**12:
        raise Refused("The amount is out of range.", field="amount")
    return amount


def _settle(session: Session, lead: Lead, what: str, now: datetime) -> None:
    meeting = deals.open_interview(session, lead.id)
    if meeting is None:
        raise Refused("No interview is booked.")
    meeting.state = what
    for task in tasks.open_of_lead(session, lead.id):
        if task.kind == "interview":
            task.state, task.done_at, task.note = "done", now, what
