"""A lead pressed one of the break-up letter's three answers: yes, later (with a month), no.

A running enrolment draws the consequences itself (K3); for a lead whose sequence has ended, a task brings them back to
the same rep. Pressing twice is once.
"""

from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from outreach.core import signals
from outreach.journeys import applying, notify
from outreach.journeys.house import House
from outreach.store import account, enrolments, events, leads, tasks
from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.store.tasks import Task

OUTCOMES = {"yes": "interested", "later": "not now", "no": "not interested"}
WORDS = {"yes": "Yes, please talk to me", "later": "Not now, later", "no": "No, thanks"}
TWICE = timedelta(hours=1)


def answered(
    session: Session, house: House, message_id: int, choice: str, month: date | None, now: datetime
) -> Lead | None:
    """Act on an answer; the lead, or None when the letter or the lead is gone. `month`: the first day of a month.

    (1) lock, (2) once, (3) timeline, (4) the engine, (5) where no sequence runs, a task.
    """
    letter = session.get(Message, message_id)
    lead = leads.locked(session, letter.lead_id) if letter and letter.lead_id else None
    if letter is None or lead is None or lead.erased_at:
        return None
    if _said_already(session, lead, choice, month, now):
        return lead
    when = _morning_of(session, month, lead) if month else None
    text = f"Answered the letter: “{WORDS[choice]}”" + (f", from {month:%B %Y}." if month else ".")
    events.record(
        session, now, "answer", text, lead_id=lead.id, enrolment_id=letter.enrolment_id, message_id=letter.id,
        step_key=letter.step_key, rule="K3", data={"choice": choice, "month": month.isoformat() if month else ""},
    )  # fmt: skip
    lead.last_activity_at = now
    if not _tell_the_engine(session, house, letter, lead, choice, when, now) and choice != "no":
        _back_to_a_person(session, lead, choice, when, now)
    if choice == "yes":
        notify.tell(
            session, lead.owner_id, "reply", f"{lead.name or lead.email} wants to talk.", f"/leads/{lead.id}", now
        )
    return lead


def _tell_the_engine(
    session: Session, house: House, letter: Message, lead: Lead, choice: str, when: datetime | None, now: datetime
) -> bool:
    """K3 for the sales sequence that runs, if any; a yes holds nurture (X5). Whether a sales sequence took it."""
    took = False
    for row in enrolments.running(session, lead.id, lock=True):
        sells = row.class_ in enrolments.SALES
        if not sells and choice != "yes":
            continue
        said = signals.Outcome(OUTCOMES[choice], back_on=when) if sells else signals.OtherReplied()
        applying.signal(session, house, lead.id, said, now, enrolment_id=row.id, message_id=letter.id)
        took = took or sells
    return took


def _said_already(session: Session, lead: Lead, choice: str, month: date | None, now: datetime) -> bool:
    said = {"choice": choice, "month": month.isoformat() if month else ""}
    lately = [event for event in events.of_lead(session, lead.id, 20) if now - event.at < TWICE]
    return any(event.kind == "answer" and event.data == said for event in lately)


def _back_to_a_person(session: Session, lead: Lead, choice: str, when: datetime | None, now: datetime) -> None:
    name = lead.name or lead.email
    title = f"Arrange the interview with {name}" if choice == "yes" else f"Call {name}: asked to come back now"
    kind = "interview" if choice == "yes" else "call"
    if any(task.kind == kind for task in tasks.open_of_lead(session, lead.id)):
        return
    session.add(
        Task(
            kind=kind, lead_id=lead.id, owner_id=lead.owner_id, title=title, due_at=when or now, created_at=now,
            memory={},
        )
    )  # fmt: skip


def _morning_of(session: Session, day: date, lead: Lead) -> datetime:
    return datetime.combine(day, time(9), account.zone_of(session, lead.zone))
