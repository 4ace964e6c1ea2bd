"""A person steers one enrolment: pause, resume, skip the next step, stop (P1 to P6, X8)."""

from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core import signals, states
from outreach.errors import Refused
from outreach.journeys import applying, pausing
from outreach.journeys.house import House
from outreach.store import pauses
from outreach.store.enrolments import Enrolment
from outreach.store.users import User

ENDINGS = {states.MANUAL: "Stopped by hand", states.DISQUALIFIED: "Not a lead"}


def pause(
    session: Session,
    house: House,
    enrolment_id: int,
    user: User,
    now: datetime,
    *,
    reason: str = "",
    until: datetime | None = None,
) -> str:
    """P1: freeze the rest of the delay, with the reason and an optional end. Returns what was decided."""
    row = _running(session, enrolment_id)
    if pauses.holding(session, "enrolment", row.id, now):
        raise Refused("A person paused this sequence for this lead already.")
    done = pausing.pause(session, house, "enrolment", row.id, user, now, reason=reason, until=until)
    return done.pause.reason


def resume(
    session: Session, house: House, enrolment_id: int, user: User, now: datetime, *, choice: str = "continue"
) -> str:
    """P3: go on where it stopped (`continue`), from the start (`restart`), or not at all (`stop`).

    Lifts what pauses this enrolment alone; a pause of the lead, the sequence, the owner or everything goes on holding.
    """
    if choice not in ("continue", "restart", "stop"):
        raise Refused(f"“{choice}” is no way to resume; choose continue, restart or stop.")
    row = _running(session, enrolment_id)
    for held in pauses.holding(session, "enrolment", row.id, now):
        held.ended_at, held.choice = now, choice
    session.flush()
    return _tell(session, house, enrolment_id, user, signals.ResumedBy(user.name, choice), now)


def skip(session: Session, house: House, enrolment_id: int, user: User, now: datetime, *, reason: str = "") -> str:
    """P5: skip the step that is next."""
    return _tell(session, house, enrolment_id, user, signals.SkippedBy(user.name, reason.strip()), now)


def stop(
    session: Session,
    house: House,
    enrolment_id: int,
    user: User,
    now: datetime,
    *,
    reason: str = "",
    state: str = states.MANUAL,
) -> str:
    """End the enrolment by hand; its queued letters and tasks are cancelled (X8, K2)."""
    if state not in ENDINGS:
        raise Refused(f"“{state}” is no way to stop; choose one of {', '.join(ENDINGS)}.")
    return _tell(session, house, enrolment_id, user, signals.StoppedBy(user.name, reason.strip(), state), now)


def _tell(
    session: Session, house: House, enrolment_id: int, user: User, happened: signals.Signal, now: datetime
) -> str:
    row = _running(session, enrolment_id)
    decided = applying.signal(session, house, row.lead_id, happened, now, enrolment_id=row.id, actor_id=user.id)
    return " ".join(decision.text for decision in decided)


def _running(session: Session, enrolment_id: int) -> Enrolment:
    row = session.get(Enrolment, enrolment_id)
    if row is None:
        raise Refused("This lead is not in that sequence any more.")
    if row.ended_at is not None:
        raise Refused(f"This sequence has ended for the lead already ({row.state}).")
    return row
