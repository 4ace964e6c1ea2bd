"""What is due now: the clock asks, and wakes the workers (DESIGN 3). Work for later is a row; nothing lives in the queue."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from outreach.core.tracking import BURST
from outreach.journeys import notify
from outreach.journeys.house import House
from outreach.store import (
    batches,
    business_clock,
    events,
    happenings,
    held_answers,
    hooks,
    inbox,
    leases,
    links,
    messages,
    outbox,
    pauses,
    tasks,
)
from outreach.store.enrolments import Enrolment
from outreach.store.messages import Message
from outreach.store.tasks import Task
from outreach.store.templates import Issue

LONGEST_BATCH = timedelta(hours=1)
"""A dead sender's last letters went within so long (business time; its batch takes less than a minute)."""
LANES = {"urgent": "deliver_urgent", "outbound": "deliver"}


def due_jobs(session: Session, now: datetime) -> list[str]:
    """The jobs that have something to do at this moment of business time."""
    jobs = [LANES[lane] for lane in outbox.due_lanes(session, now)]
    if leases.forsaken(session):
        jobs.append("sweep")
    # In order: after many were due at once, the planner would otherwise look through the whole table for one more.
    due = select(Enrolment.id).where(Enrolment.due_at <= now).order_by(Enrolment.due_at).limit(1)
    if session.scalar(due) is not None or messages.unsettled(session, 1) or tasks.expired(session, now, 1):
        jobs.append("advance")
    if held_answers.due(session, now, 1):
        jobs.append("answer_held")
    if happenings.any_open(session):
        jobs.append("enter")
    if happenings.look_due(session, now):
        jobs.append("look_around")
    if inbox.unread(session, 1):
        jobs.append("receive")
    if hooks.waiting(session, 1):
        jobs.append("read_hooks")
    if links.clicks_wait(session, business_clock.real_now(session) - BURST):
        jobs.append("settle_clicks")
    if session.scalar(select(Issue.id).where(_issue_due(now)).limit(1)) is not None:
        jobs.append("broadcast")
    if batches.waits(session) or pauses.tasks_of_absent(session, now, 1):
        jobs.append("work_many")
    return jobs


def sweep(house: House) -> None:
    """Letters of dead senders and expired leases: back to the queue, or unsure, each with its event (F5)."""
    with house.sessions.begin() as session:
        now = house.now(session)
        outbox.tell_missed(session, leases.forsaken_owners(session), now - LONGEST_BATCH)
        swept = leases.sweep(session)
        for message_id in swept["failed"]:
            _set_aside(session, session.get_one(Message, message_id), now)
        for message_id in swept["unsure"]:
            message = session.get_one(Message, message_id)
            text = "Nobody knows whether this letter arrived; it is not sent again by itself."
            events.record(
                session,
                now,
                "unsure",
                text,
                lead_id=message.lead_id,
                enrolment_id=message.enrolment_id,
                message_id=message_id,
                rule="F5",
                data={"reason": message.reason},
            )


def _set_aside(session: Session, message: Message, now: datetime) -> None:
    words = f"A letter was set aside: senders end over it ({message.to_address})."
    events.record(
        session, now, "failed", words, lead_id=message.lead_id, enrolment_id=message.enrolment_id, message_id=message.id,
        rule="F5", data={"reason": message.reason},
    )  # fmt: skip
    notify.tell(session, None, "problem", words, "/health", now)


def in_flight(session: Session) -> int:
    """Letters between claim and answer."""
    return messages.in_flight(session)


def next_instant(session: Session, now: datetime) -> datetime | None:
    """The next moment after now at which the system does something by itself."""
    later = (
        session.scalar(select(func.min(Enrolment.due_at)).where(Enrolment.due_at > now)),
        outbox.next_due(session, now),
        happenings.next_look(session, now),
        held_answers.next_due(session, now),
        session.scalar(select(func.min(Task.expires_at)).where(Task.state == "open", Task.expires_at > now)),
        session.scalar(
            select(func.min(Issue.scheduled_at)).where(Issue.state == "scheduled", Issue.scheduled_at > now)
        ),
    )
    return min((at for at in later if at), default=None)


def _issue_due(now: datetime) -> ColumnElement[bool]:
    return ((Issue.state == "scheduled") & (Issue.scheduled_at <= now)) | (Issue.state == "sending")
