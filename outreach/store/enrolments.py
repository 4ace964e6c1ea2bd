"""Enrolments: where a lead stands in a sequence. The row is a pointer; `memory` keeps what was drawn and done."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ColumnElement, ForeignKey, Index, func, literal_column, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.base import Base, Id, Json, Moment
from outreach.store.leads import Lead

SALES = ("inbound", "sales", "reengagement")
CONTRADICTING = "(ended_at IS NULL) = (due_at IS NULL) OR (ended_at IS NULL) = (\"left\"(state, 5) = 'ended')"
"""Runs without a next date, has ended with one, or its state says something else than its end: there should be none."""


HELD = (
    "ended_at IS NULL AND (state LIKE 'held:%' OR state LIKE 'blocked:%' OR state LIKE 'failed:%' OR state LIKE 'paused: %'"
    " OR state LIKE 'waiting: inbox%' OR state IN ('waiting: limit', 'waiting: approval'))"
)
"""Enrolments that something other than the plan keeps waiting."""


class Enrolment(Base):
    """One lead in one version of a sequence. `due_at` is when to look again; NULL only when ended."""

    __tablename__ = "enrolments"
    __table_args__ = (
        Index("ix_enrolments_due", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_enrolments_lead_id", "lead_id"),
        Index("ix_enrolments_held", "due_at", "state", postgresql_where=text(HELD)),
        Index("ix_enrolments_inside", "sequence_id", "due_at", "id", postgresql_where=text("ended_at IS NULL")),
        Index("ix_enrolments_paused", "lead_id", postgresql_where=text("ended_at IS NULL AND state LIKE 'paused%'")),
        Index(
            "ix_enrolments_blocked",
            "lead_id",
            postgresql_where=text("ended_at IS NULL AND (state LIKE 'blocked%' OR state LIKE 'failed%')"),
        ),
        Index("ix_enrolments_sequence_id_state", "sequence_id", "state"),
        Index("ix_enrolments_contradicting", "id", postgresql_where=text(CONTRADICTING)),
        Index("ix_enrolments_silent", "ended_at", postgresql_where=text("state = 'ended: no reply'")),
        Index(
            "uq_enrolments_one_a_class",
            "lead_id",
            "class",
            unique=True,
            postgresql_where=text("ended_at IS NULL AND class IN ('inbound','sales','reengagement')"),
        ),
    )
    id: Mapped[Id]
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    sequence_id: Mapped[int] = mapped_column(ForeignKey("sequences.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("sequence_versions.id"))
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submissions.id", ondelete="SET NULL"))
    class_: Mapped[str] = mapped_column("class")
    state: Mapped[str]
    """One of RULES S's states, whole: `waiting: delay`, `ended: replied` (core/states)."""
    reason: Mapped[str] = mapped_column(default="")
    step_key: Mapped[str | None]
    due_at: Mapped[datetime | None]
    anchor_at: Mapped[Moment]
    last_done_at: Mapped[datetime | None]
    memory: Mapped[Json]
    entered_at: Mapped[Moment]
    ended_at: Mapped[datetime | None]
    why: Mapped[str] = mapped_column(default="")
    """The latest decision in one plain sentence."""
    rule: Mapped[str] = mapped_column(default="")


def of_lead(session: Session, lead_id: int) -> list[Enrolment]:
    """All of a lead's enrolments, the latest first."""
    query = select(Enrolment).where(Enrolment.lead_id == lead_id)
    return list(session.scalars(query.order_by(Enrolment.entered_at.desc(), Enrolment.id.desc())))


def running(session: Session, lead_id: int, *, lock: bool = False) -> list[Enrolment]:
    """A lead's enrolments that have not ended, oldest first; locked on request."""
    query = select(Enrolment).where(Enrolment.lead_id == lead_id, Enrolment.ended_at.is_(None)).order_by(Enrolment.id)
    return list(session.scalars(query.with_for_update(key_share=True) if lock else query))


def release_blocked(session: Session, lead_id: int, now: datetime) -> None:
    """Blocked enrolments decide again at once, with fresh facts (F3)."""
    for row in running(session, lead_id, lock=True):
        if row.state.startswith("blocked") and row.due_at:
            row.due_at = min(row.due_at, now)


def last_slots(session: Session, lead_id: int, besides: int) -> list[list[Any]]:
    """W11: the parts of the day and weekdays tried with a lead, as its latest other enrolment remembers them."""
    slots = Enrolment.memory["slots"]
    query = select(slots).where(Enrolment.lead_id == lead_id, Enrolment.id != besides, slots.is_not(None))
    return session.scalar(query.order_by(Enrolment.id.desc()).limit(1)) or []


def wake(session: Session, lead_id: int, state: str, now: datetime) -> None:
    """Let a lead's enrolments in this state look again at once."""
    mine = (Enrolment.lead_id == lead_id, Enrolment.ended_at.is_(None), Enrolment.state == state)
    session.execute(update(Enrolment).where(*mine, Enrolment.due_at > now).values(due_at=now))


def look_now(session: Session, ids: Collection[int], now: datetime) -> None:
    """Let these be looked at now, as far as nobody holds them: nothing is waited for."""
    if ids:
        free = select(Enrolment.id).where(Enrolment.id == func.any(list(ids)), Enrolment.ended_at.is_(None))
        free = free.with_for_update(skip_locked=True, key_share=True)
        session.execute(update(Enrolment).where(Enrolment.id.in_(free)).values(due_at=now))


def running_of(session: Session, lead_ids: Sequence[int]) -> dict[int, list[Enrolment]]:
    """The running enrolments of many leads at once."""
    query = (
        select(Enrolment)
        .where(Enrolment.lead_id == func.any(list(lead_ids)), Enrolment.ended_at.is_(None))
        .order_by(Enrolment.id)
    )
    found: dict[int, list[Enrolment]] = {}
    for row in session.scalars(query):
        found.setdefault(row.lead_id, []).append(row)
    return found


def classes_of(session: Session, lead_ids: Collection[int]) -> dict[int, list[tuple[int, str]]]:
    """(id, class) of the running enrolments of many leads."""
    query = select(Enrolment.lead_id, Enrolment.id, Enrolment.class_).where(
        Enrolment.lead_id == func.any(list(lead_ids)), Enrolment.ended_at.is_(None)
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for lead_id, enrolment_id, class_ in session.execute(query):
        found.setdefault(lead_id, []).append((enrolment_id, class_))
    return found


def versions_of(session: Session, lead_ids: Collection[int]) -> dict[int, list[tuple[str, int]]]:
    """(class, version) of the running enrolments of many leads."""
    query = select(Enrolment.lead_id, Enrolment.class_, Enrolment.version_id).where(
        Enrolment.lead_id == func.any(list(lead_ids)), Enrolment.ended_at.is_(None)
    )
    found: dict[int, list[tuple[str, int]]] = {}
    for lead_id, class_, version_id in session.execute(query):
        found.setdefault(lead_id, []).append((class_, version_id))
    return found


def running_sales(session: Session, lead_id: int) -> Enrolment | None:
    """The one active sales enrolment (M1): the highest class, which holds those below it (M3)."""
    query = select(Enrolment).where(
        Enrolment.lead_id == lead_id, Enrolment.ended_at.is_(None), Enrolment.class_.in_(SALES)
    )
    return min(session.scalars(query), key=lambda row: SALES.index(row.class_), default=None)


def claim_due(
    session: Session, now: datetime, limit: int, only: Collection[int] | None = None
) -> list[tuple[Enrolment, Lead]]:
    """Due enrolments with their leads, the oldest first, both locked until the transaction ends; one of each lead. Rows
    that others hold are left to them."""
    query = select(Enrolment, Lead).join(Lead, Lead.id == Enrolment.lead_id).where(Enrolment.due_at <= now)
    if only is not None:
        query = query.where(Enrolment.id == func.any(list(only)))
    query = query.order_by(Enrolment.due_at).limit(limit)
    query = query.with_for_update(of=[Lead, Enrolment], key_share=True, skip_locked=True)
    found: dict[int, tuple[Enrolment, Lead]] = {}
    for row, lead in session.execute(query):
        found.setdefault(lead.id, (row, lead))
    return list(found.values())


def locked(session: Session, ids: Collection[int]) -> dict[int, Enrolment]:
    """Enrolments by id, locked until the transaction ends; their leads are locked by the caller already."""
    query = select(Enrolment).where(Enrolment.id == func.any(list(ids))).order_by(Enrolment.id)
    return {row.id: row for row in session.scalars(query.with_for_update(key_share=True))} if ids else {}


def is_held() -> ColumnElement[bool]:
    """A condition: something other than the plan keeps the enrolment waiting (read from its own index)."""
    return literal_column(HELD.replace("ended_at", "enrolments.ended_at").replace("state", "enrolments.state"), Boolean)


def next_due(session: Session) -> datetime | None:
    """When the next enrolment falls due."""
    return session.scalar(select(func.min(Enrolment.due_at)))
