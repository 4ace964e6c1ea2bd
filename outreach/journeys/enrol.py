"""A lead enters a sequence, or is refused with the reason kept (M1, M3, M8, P7, X7)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from outreach.core.sequences import Sequence
from outreach.errors import Refused
from outreach.journeys import applying, facts
from outreach.journeys.house import House
from outreach.store import enrolments, events, leads, sequences
from outreach.store.enrolments import Enrolment
from outreach.store.leads import Lead
from outreach.store.sequences import SequenceRow


@dataclass(frozen=True)
class Enrolled:
    """The new enrolment, or why there is none."""

    enrolment: Enrolment | None
    refused: str = ""
    rule: str = ""


def enrol(
    session: Session,
    house: House,
    lead: Lead,
    row: SequenceRow,
    now: datetime,
    *,
    submission_id: int | None = None,
    actor_id: int | None = None,
) -> Enrolled:
    """(1) Lock the lead, (2) ask whether it may enter, (3) begin, or write down the refusal."""
    leads.locked(session, lead.id)
    refusal = _refusal(session, lead, row, now, requested=submission_id is not None)
    if refusal:
        text, rule = refusal
        events.record(
            session,
            now,
            "not enrolled",
            f"Not enrolled in “{row.name}”: {text}",
            lead_id=lead.id,
            actor_id=actor_id,
            rule=rule,
        )
        return Enrolled(None, text, rule)
    return Enrolled(applying.begin(session, house, lead, row, now, submission_id=submission_id, actor_id=actor_id))


def enrol_by_email(session: Session, house: House, name: str, email: str, now: datetime) -> Enrolled:
    """For the command line. Raises Refused when the lead or the sequence does not exist."""
    row = sequences.by_name(session, name)
    if row is None:
        known = ", ".join(f"“{s.name}”" for s in sequences.all_sequences(session))
        raise Refused(f"There is no sequence “{name}”. There are: {known}.")
    lead = leads.by_email(session, email)
    if lead is None:
        raise Refused(
            f"There is no lead with the address {email}. Add it in the page Leads, or let the person fill in a form."
        )
    return enrol(session, house, lead, row, now)


def _refusal(
    session: Session, lead: Lead, row: SequenceRow, now: datetime, *, requested: bool
) -> tuple[str, str] | None:
    version = sequences.current(session, row)
    if row.archived_at or version is None:
        return f"the sequence is {'archived' if row.archived_at else 'not published'}.", "X9"
    if why := facts.suppressed(session, lead):
        return f"the lead is {why}.", "X7"
    sequence = facts.parsed(version.document)
    if sequence.klass == "inbound" and not requested:
        return "a sequence of class inbound needs a recorded request (a form, a call or a mail from them).", "M8"
    if "customer" in sequence.enter.unless and "customer" in leads.tags_of(session, lead.id):
        return "the lead is a customer.", "M2"
    running = enrolments.running_sales(session, lead.id) if sequence.sells else None
    if running is not None:
        name = session.get_one(SequenceRow, running.sequence_id).name
        return f"the lead is in “{name}” already, and one sales sequence at a time is allowed.", "M1"
    return _again(enrolments.of_lead(session, lead.id), row, sequence, now)


def _again(before: list[Enrolment], row: SequenceRow, sequence: Sequence, now: datetime) -> tuple[str, str] | None:
    """P7: once, if not active, after N days, always."""
    earlier = [e for e in before if e.sequence_id == row.id]
    if not earlier:
        return None
    again = sequence.enter.again
    if any(e.ended_at is None for e in earlier) and again.rule != "always":
        return "the lead is in it already.", "P7"
    if again.rule == "once":
        return "the lead was in it before, and it may be entered once.", "P7"
    ended = max((e.ended_at for e in earlier if e.ended_at), default=None)
    if again.rule == "after" and ended and now - ended < timedelta(days=again.days):
        return f"the lead left it less than {again.days} days ago.", "P7"
    return None
