"""Tasks: what a person has to do, with its outcome."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, or_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.base import Base, Id, Json, Moment


class Task(Base):
    """One thing to do for one lead."""

    __tablename__ = "tasks"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "step_key"),
        Index("ix_tasks_open", "owner_id", "due_at", postgresql_where=text("state = 'open'")),
        Index("ix_tasks_lead_id", "lead_id"),
        Index("ix_tasks_done_by", "done_by", "done_at", postgresql_where=text("done_by IS NOT NULL")),
        Index("ix_tasks_expiring", "expires_at", postgresql_where=text("state = 'open' AND expires_at IS NOT NULL")),
    )
    id: Mapped[Id]
    kind: Mapped[str]
    """reply | new_lead | call | text | letter | social | video | task | unknown_mail | interview."""
    state: Mapped[str] = mapped_column(default="open")
    """open | done | skipped | cancelled."""
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolments.id", ondelete="SET NULL"))
    step_key: Mapped[str | None]
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbox.id", ondelete="SET NULL"))
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submissions.id", ondelete="SET NULL"))
    title: Mapped[str]
    script: Mapped[str] = mapped_column(default="")
    due_at: Mapped[Moment]
    expires_at: Mapped[datetime | None]
    """K1: a step's task that nobody did by then is skipped."""
    created_at: Mapped[Moment]
    done_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    done_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    flag: Mapped[str] = mapped_column(default="")
    """Why it stands out, e.g. `no common working hours` (W9)."""
    memory: Mapped[Json]


def open_for(session: Session, user_id: int | None, before: datetime) -> list[Task]:
    """A rep's open tasks due before then (and those that nobody owns), by due time."""
    query = select(Task).where(Task.state == "open", Task.due_at < before)
    if user_id is not None:
        query = query.where(or_(Task.owner_id == user_id, Task.owner_id.is_(None)))
    return list(session.scalars(query.order_by(Task.due_at, Task.id).limit(500)))


def new_lead_of(session: Session, lead_id: int, submission_id: int | None) -> Task | None:
    """The open task that a new request made, while no step has taken it over."""
    query = select(Task).where(Task.lead_id == lead_id, Task.kind == "new_lead", Task.state == "open")
    return session.scalar(query.where(Task.submission_id == submission_id, Task.step_key.is_(None)).limit(1))


def new_leads_of(session: Session, lead_ids: Collection[int]) -> dict[int, list[Task]]:
    """The open tasks that new requests of these leads made, while no step has taken them over."""
    query = select(Task).where(Task.lead_id == func.any(list(lead_ids)), Task.kind == "new_lead", Task.state == "open")
    found: dict[int, list[Task]] = {}
    for task in session.scalars(query.where(Task.step_key.is_(None)).order_by(Task.id)):
        found.setdefault(task.lead_id or 0, []).append(task)
    return found


def expired(session: Session, now: datetime, limit: int = 200) -> list[int]:
    """Ids of open tasks past their timeout, the oldest first."""
    query = select(Task.id).where(Task.state == "open", Task.expires_at <= now).order_by(Task.expires_at).limit(limit)
    return list(session.scalars(query))


def done_since(session: Session, user_id: int, since: datetime) -> int:
    """How many tasks a rep finished since then."""
    query = select(func.count()).select_from(Task).where(Task.done_by == user_id, Task.done_at >= since)
    return session.scalar(query) or 0


def open_of_lead(session: Session, lead_id: int) -> list[Task]:
    """A lead's open tasks."""
    query = select(Task).where(Task.lead_id == lead_id, Task.state == "open").order_by(Task.due_at, Task.id)
    return list(session.scalars(query))


def locked(session: Session, task_id: int) -> Task | None:
    """The task's row, locked until the transaction ends."""
    return session.scalar(select(Task).where(Task.id == task_id).with_for_update())


def open_of_enrolment(session: Session, enrolment_id: int) -> list[Task]:
    """An enrolment's open tasks (K2)."""
    return list(session.scalars(select(Task).where(Task.enrolment_id == enrolment_id, Task.state == "open")))


def calls_of(session: Session, lead_id: int) -> list[Task]:
    """All calls made to a lead, with their outcomes."""
    query = select(Task).where(Task.lead_id == lead_id, Task.kind.in_(("call", "new_lead")), Task.state == "done")
    return list(session.scalars(query.order_by(Task.done_at)))


def outcomes_of(session: Session, lead_ids: Collection[int]) -> dict[int, list[str]]:
    """The outcomes of all calls made to each of these leads, the first one first."""
    query = select(Task.lead_id, Task.outcome).where(
        Task.lead_id == func.any(list(lead_ids)), Task.kind.in_(("call", "new_lead")), Task.state == "done"
    )
    found: dict[int, list[str]] = {}
    for lead_id, outcome in session.execute(query.order_by(Task.done_at)):
        if lead_id is not None:
            found.setdefault(lead_id, []).append(outcome)
    return found


def open_by_kind(session: Session, user_id: int, before: datetime) -> dict[str, int]:
    """How many open tasks of each kind a rep has due before then, those that nobody owns included."""
    mine = or_(Task.owner_id == user_id, Task.owner_id.is_(None))
    query = select(Task.kind, func.count()).where(Task.state == "open", Task.due_at < before, mine).group_by(Task.kind)
    return {kind: number for kind, number in session.execute(query)}
