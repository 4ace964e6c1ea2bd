"""Due enrolments take their next step (DESIGN 5b), and ended letters are told to the enrolments they belong to.

Each row is a transaction of its own: lock the lead or leave it to the one who has it, decide with fresh facts, apply. A row
that raises pushes its own date away, with the error in its reason; the line goes on.
"""

from collections.abc import Callable
from datetime import datetime
from random import Random

import structlog
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from outreach.core import engine, pipeline, retry, signals
from outreach.journeys import applying, facts, notify
from outreach.journeys.house import House
from outreach.store import consents, enrolments, events, leads, messages, tasks
from outreach.store.enrolments import Enrolment
from outreach.store.leads import Lead
from outreach.store.messages import Message

log = structlog.get_logger()


def advance(house: House, limit: int = 200) -> int:
    """(1) Tell enrolments how their letters ended, (2) close tasks past their timeout, (3) take due steps; how many rows
    were worked on."""
    with house.sessions() as session:
        ended = messages.unsettled(session, limit)
        now = house.now(session)
        late = tasks.expired(session, now, limit)
    for task_id in late:
        with house.sessions.begin() as session:
            _expire(session, task_id, house.now(session))
    for message_id in ended:
        _alone(house, message_id, _settle, _put_off_message)
    with house.sessions() as session:
        due = enrolments.claim_due(session, now, limit)
    for enrolment_id in due:
        _alone(house, enrolment_id, _step, _put_off)
    return len(ended) + len(late) + len(due)


def _alone(
    house: House,
    row_id: int,
    work: Callable[[Session, House, int], None],
    put_off: Callable[[Session, House, int, str], None],
) -> None:
    try:
        with house.sessions.begin() as session:
            work(session, house, row_id)
    except OperationalError as error:
        # The database is away or busy: no fault of this row, which keeps its date.
        log.warning("row_waits_for_the_database", work=work.__name__, id=row_id)
        if error.connection_invalidated:
            raise
    except Exception as error:
        log.exception("row_failed", work=work.__name__, id=row_id)
        with house.sessions.begin() as session:
            put_off(session, house, row_id, f"{type(error).__name__}: {error}"[:500])


def _step(session: Session, house: House, enrolment_id: int) -> None:
    row = session.get(Enrolment, enrolment_id)
    lead = leads.locked(session, row.lead_id, wait=False) if row else None
    now = house.now(session)
    row = enrolments.lock_due(session, enrolment_id, now) if lead else None
    if row is None or lead is None:
        return
    applying.run(applying.Applying(session, house, lead, row, facts.sequence_of(session, row), now))


def _expire(session: Session, task_id: int, now: datetime) -> None:
    """K1: a step's task that nobody did in time is skipped (a step that waits for it moves on by its own decision)."""
    task = session.get_one(tasks.Task, task_id)
    if task.lead_id:
        leads.locked(session, task.lead_id)
        session.refresh(task)
    if task.state != "open" or task.expires_at is None or task.expires_at > now:
        return
    task.state, task.done_at, task.note = "skipped", now, "not done in time"
    events.record(
        session,
        now,
        "task expired",
        f"The task “{task.title}” was not done in time and is skipped.",
        lead_id=task.lead_id,
        enrolment_id=task.enrolment_id,
        step_key=task.step_key,
        rule="K1",
    )


def _put_off(session: Session, house: House, enrolment_id: int, error: str) -> None:
    """The row's own date moves away, further each time, and the error is its reason: nothing is lost, nothing loops."""
    row = session.get_one(Enrolment, enrolment_id)
    now = house.now(session)
    failures = int(row.memory.get("failures", 0)) + 1
    row.memory = row.memory | {"failures": failures}
    row.due_at, row.why, row.rule = now + retry.gap(failures), f"The next step could not be worked out: {error}", "F1"
    events.record(session, now, "error", row.why, lead_id=row.lead_id, enrolment_id=row.id, rule="F1")
    if failures == 1:
        notify.tell(session, None, "problem", row.why, f"/leads/{row.lead_id}", now)


def _put_off_message(session: Session, house: House, message_id: int, error: str) -> None:
    message = session.get_one(Message, message_id)
    message.settled = True
    if message.enrolment_id:
        _put_off(session, house, message.enrolment_id, error)


def _settle(session: Session, house: House, message_id: int) -> None:
    """How a letter ended, told to the enrolment it belongs to (D3, F1, F2, F5)."""
    message = session.get_one(Message, message_id)
    lead = leads.locked(session, message.lead_id, wait=False) if message.lead_id else None
    if lead is None:
        return
    session.refresh(message)
    if message.settled:
        return
    message.settled = True
    now = house.now(session)
    if message.state == "sent":
        _sent(session, house, lead, message, now)
    elif message.delivered == "bounced":
        bounced(session, house, lead, message, now)
    else:
        how = "unsure" if message.state == "unsure" else "permanent"
        _tell(session, house, lead, message, signals.LetterFailed(how, message.reason), now)


def _sent(session: Session, house: House, lead: Lead, message: Message, now: datetime) -> None:
    lead.stage = pipeline.after_letter(lead.stage)
    at = message.sent_at or now
    lead.last_activity_at = max(lead.last_activity_at, at)
    row = enrolment_of(session, message)
    if row is None or row.ended_at or not message.step_key:
        return
    sequence = facts.sequence_of(session, row)
    known = facts.gather(session, house, lead, sequence, row, now)
    decision = engine.on_done(facts.snapshot(row), sequence, message.step_key, at, known, now, Random())
    applying.apply(applying.Applying(session, house, lead, row, sequence, now, message_id=message.id), decision)


def bounced(session: Session, house: House, lead: Lead, message: Message | None, now: datetime) -> None:
    """F2: a hard bounce marks the address, stops every programme, and asks a person for another way."""
    address = message.to_address.lower() if message else lead.email
    if address == lead.email:
        lead.address_state = "dead"
    consents.suppress(session, address, "bounced", "hard bounce", now)
    events.record(
        session,
        now,
        "bounced",
        f"{address} does not take mail: {message.reason if message else ''}",
        lead_id=lead.id,
        message_id=message.id if message else None,
        rule="F2",
    )
    applying.signal(
        session, house, lead.id, signals.Bounced(hard=True, final=True), now, message_id=message.id if message else None
    )
    title = f"Find another way to reach {lead.name or lead.email}: the address does not take mail"
    if not any(t.title == title for t in tasks.open_of_lead(session, lead.id)):
        session.add(
            tasks.Task(
                kind="task", lead_id=lead.id, owner_id=lead.owner_id, title=title, due_at=now, created_at=now, memory={}
            )
        )
    notify.tell(session, lead.owner_id, "bounce", f"{address} does not take mail", f"/leads/{lead.id}", now)


def _tell(session: Session, house: House, lead: Lead, message: Message, signal: signals.Signal, now: datetime) -> None:
    row = enrolment_of(session, message)
    if row is not None and row.ended_at is None:
        applying.signal(session, house, lead.id, signal, now, enrolment_id=row.id, message_id=message.id)


def enrolment_of(session: Session, message: Message) -> Enrolment | None:
    """The enrolment that a letter belongs to, locked."""
    if message.enrolment_id is None:
        return None
    return session.scalar(select(Enrolment).where(Enrolment.id == message.enrolment_id).with_for_update(key_share=True))
