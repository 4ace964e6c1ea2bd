"""Due enrolments take their next step (DESIGN 5b), and ended letters are told to the enrolments they belong to.

A batch is one transaction: lock leads and rows or leave them to the one who has them, gather facts for all, decide, apply.
When a row raises, nothing of the batch counts and its rows go one by one; then the one that raises pushes its own date
away, with the error in its reason, and the line goes on.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from random import Random

import structlog
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from outreach.core import engine, pipeline, planning, retry, signals
from outreach.journeys import applying, facts, notify
from outreach.journeys.decided import FAILURES, Applying
from outreach.journeys.desk import Desk
from outreach.journeys.house import House
from outreach.store import consents, enrolments, events, leads, messages, tasks
from outreach.store.enrolments import Enrolment
from outreach.store.leads import Lead
from outreach.store.messages import Message

log = structlog.get_logger()
BATCH = 500
"""Rows of one transaction: about half a second of work, so that nobody waits long for a lock of ours."""

LOOK_AGAIN = timedelta(minutes=1)

Work = Callable[[Session, House, datetime, int, Collection[int] | None, list[int]], None]
"""Claim up to so many rows (or only these), note their ids in the list, work on them."""
PutOff = Callable[[Session, House, int, str], None]


def advance(house: House, limit: int = BATCH) -> int:
    """(1) Tell enrolments how their letters ended, (2) take due steps, (3) close tasks past their timeout; how many rows
    were worked on. Up to `limit` of each: who rings again gets the next ones."""
    count = _batch(house, limit, _settle, _put_off_message) + _batch(house, limit, _step, _put_off)
    with house.sessions() as session:
        now = house.now(session)
        late = tasks.expired(session, now, limit)
    for task_id in late:
        with house.sessions.begin() as session:
            _expire(session, task_id, house.now(session))
    return count + len(late)


def _batch(house: House, limit: int, work: Work, put_off: PutOff) -> int:
    """One transaction for many rows; each alone when one of them raises."""
    claimed: list[int] = []
    try:
        with house.sessions.begin() as session:
            work(session, house, house.now(session), limit, None, claimed)
    except Exception as error:
        if not claimed or (isinstance(error, OperationalError) and error.connection_invalidated):
            raise
        log.warning(
            "batch_taken_apart", work=work.__name__, rows=len(claimed), error=f"{type(error).__name__}: {error}"
        )
        for row_id in claimed:
            _alone(house, row_id, work, put_off)
    return len(claimed)


def _alone(house: House, row_id: int, work: Work, put_off: PutOff) -> None:
    try:
        with house.sessions.begin() as session:
            work(session, house, house.now(session), 1, [row_id], [])
    except OperationalError as error:
        # The database is away or busy: no fault of this row, which keeps its date.
        log.warning("row_waits_for_the_database", work=work.__name__, id=row_id)
        if error.connection_invalidated:
            raise
    except Exception as error:
        log.exception("row_failed", work=work.__name__, id=row_id)
        with house.sessions.begin() as session:
            put_off(session, house, row_id, f"{type(error).__name__}: {error}"[:500])


def _step(
    session: Session, house: House, now: datetime, limit: int, only: Collection[int] | None, claimed: list[int]
) -> None:
    """Due enrolments, one of each lead: decide and apply."""
    found = enrolments.claim_due(session, now, limit, only)
    claimed += [row.id for row, _ in found]
    versions = facts.sequences_of(session, [row for row, _ in found])
    desk = Desk(session, many=only is None)
    applying.run([Applying(session, house, lead, row, versions[row.version_id], now, desk=desk) for row, lead in found])


def _expire(session: Session, task_id: int, now: datetime) -> None:
    """K1: a step's task that nobody did in time is skipped (a step that waits for it moves on by its own decision).
    While that one stands still the task's time does (P1): it is looked at again when the enrolment is."""
    task = session.get_one(tasks.Task, task_id)
    if task.lead_id:
        leads.locked(session, task.lead_id)
        session.refresh(task)
    if task.state != "open" or task.expires_at is None or task.expires_at > now:
        return
    row = session.get(Enrolment, task.enrolment_id) if task.enrolment_id else None
    if row is not None and row.ended_at is None and _blocks(row, task):
        task.expires_at = max(row.due_at or now, now + LOOK_AGAIN)
        return
    task.state, task.done_at, task.note = "skipped", now, "not done in time"
    words = f"The task “{task.title}” was not done in time"
    events.record(
        session,
        now,
        "task expired",
        f"{words} and is skipped.",
        lead_id=task.lead_id,
        enrolment_id=task.enrolment_id,
        step_key=task.step_key,
        rule="K1",
    )
    if row is not None and _nobody_told(session, row, task):
        notify.tell_managers(session, "engine", f"{words}.", f"/leads/{task.lead_id}", now)


def _nobody_told(session: Session, row: Enrolment, task: tasks.Task) -> bool:
    """Whether the step wants the manager told, and no decision did: nothing waited for its task."""
    sequence = facts.sequence_of(session, row)
    step = sequence.step(task.step_key or "")
    return step is not None and step.is_touch and step.touch.then == "escalate" and not planning.blocks(sequence, step)


def _blocks(row: Enrolment, task: tasks.Task) -> bool:
    """Whether the enrolment waits for this very task still; whoever is due has let go of it by now, or is about to."""
    under_way = row.memory.get("under_way") or {}
    return under_way.get("kind") == "task" and under_way.get("step") == task.step_key


def _put_off(session: Session, house: House, enrolment_id: int, error: str) -> None:
    """The row's own date moves away, further each time, and the error is its reason: nothing is lost, nothing loops."""
    row = session.get_one(Enrolment, enrolment_id)
    now = house.now(session)
    failures = int(row.memory.get(FAILURES, 0)) + 1
    row.memory = row.memory | {FAILURES: failures}
    row.due_at, row.why, row.rule = now + retry.gap(failures), f"The next step could not be worked out: {error}", "F1"
    events.record(session, now, "error", row.why, lead_id=row.lead_id, enrolment_id=row.id, rule="F1")
    if failures == 1:
        notify.tell(session, None, "problem", row.why, f"/leads/{row.lead_id}", now)


def _put_off_message(session: Session, house: House, message_id: int, error: str) -> None:
    message = session.get_one(Message, message_id)
    message.settled = True
    if message.enrolment_id:
        _put_off(session, house, message.enrolment_id, error)


def _settle(
    session: Session, house: House, now: datetime, limit: int, only: Collection[int] | None, claimed: list[int]
) -> None:
    """How letters ended, told to the enrolments they belong to (D3, F1, F2, F5); one letter of each lead."""
    found = {lead.id: (message, lead) for message, lead in reversed(messages.claim_ended(session, limit, only))}
    claimed += [message.id for message, _ in found.values()]
    for message, _ in found.values():
        message.settled = True
    desk = Desk(session, many=only is None)
    _sent(session, house, desk, [each for each in found.values() if each[0].state == "sent"], now)
    for message, lead in found.values():
        if message.state == "sent":
            continue
        if message.delivered == "bounced":
            bounced(session, house, lead, message, now)
        else:
            how = "unsure" if message.state == "unsure" else "permanent"
            _tell(session, house, lead, message, signals.LetterFailed(how, message.reason), now)
            row = enrolment_of(session, message) if message.reason.startswith("missing ") else None
            if row is not None and row.ended_at is None and not row.memory.get("under_way"):
                message.state = "cancelled"  # decided again (F3): its receipt is free


def _sent(session: Session, house: House, desk: Desk, told: Collection[tuple[Message, Lead]], now: datetime) -> None:
    """D3: steps that were done when the mail server took their letters; what follows is planned."""
    for message, lead in told:
        lead.stage = pipeline.after_letter(lead.stage)
        lead.last_activity_at = max(lead.last_activity_at, message.sent_at or now)
    rows = enrolments.locked(session, {m.enrolment_id for m, _ in told if m.enrolment_id and m.step_key})
    running = [row for row in rows.values() if row.ended_at is None]
    versions, random = facts.sequences_of(session, running), Random()
    contexts = [
        Applying(session, house, lead, row, versions[row.version_id], now, message_id=message.id, desk=desk)
        for message, lead in told
        if (row := rows.get(message.enrolment_id or 0)) and row.ended_at is None
    ]
    letters_of = {message.id: message for message, _ in told}
    known = facts.gather_all(session, house, [facts.Asking(c.lead, c.sequence, c.row) for c in contexts], now)
    decided: list[applying.Decided] = []
    for each in contexts:
        message = letters_of[each.message_id or 0]
        key, at, of_row = message.step_key or "", message.sent_at or now, known[each.row.id]
        decision = engine.on_done(facts.snapshot(each.row), each.sequence, key, at, of_row, now, random)
        decided.append((each, decision))
    applying.apply_all(decided)


def bounced(session: Session, house: House, lead: Lead, message: Message | None, now: datetime) -> None:
    """F2: a hard bounce marks the address, stops every programme, and asks a person for another way. P6: one of an address
    that the lead had earlier says nothing of the lead. Nor is there anybody to ask of whose data was erased."""
    if lead.erased_at:
        return
    address = message.to_address.lower() if message else lead.email
    consents.suppress(session, address, "bounced", "hard bounce", now)
    if message is not None and address != lead.email:
        _to_the_new_address(session, house, lead, message, now)
        return
    lead.address_state = "dead"
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


def _to_the_new_address(session: Session, house: House, lead: Lead, message: Message, now: datetime) -> None:
    """The step of a letter that was refused at the door is decided again; a letter that had left is not sent twice."""
    words = f"{message.to_address}, an earlier address, does not take mail: {message.reason}"
    events.record(session, now, "bounced", words, lead_id=lead.id, message_id=message.id, rule="P6")
    if message.state == "failed":
        _tell(session, house, lead, message, signals.LetterFailed("cancelled", message.reason), now)
        message.state, message.delivered, message.attempts, message.first_tried_at = "cancelled", "", 0, None


def _tell(session: Session, house: House, lead: Lead, message: Message, signal: signals.Signal, now: datetime) -> None:
    row = enrolment_of(session, message)
    if row is not None and row.ended_at is None:
        applying.signal(session, house, lead.id, signal, now, enrolment_id=row.id, message_id=message.id)


def enrolment_of(session: Session, message: Message) -> Enrolment | None:
    """The enrolment that a letter belongs to, locked."""
    if message.enrolment_id is None:
        return None
    return session.scalar(select(Enrolment).where(Enrolment.id == message.enrolment_id).with_for_update(key_share=True))
