"""Work on many leads: a batch is what shall be done, an item is one lead (or one enrolment) that it is done to.

Each item is done in a transaction of its own that also marks it, so a worker may be killed at any moment: each lead
once. What an item changed is kept with it for the undo.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, UniqueConstraint, func, insert, literal, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.base import Base, Id, Json, Moment
from outreach.store.leads import Lead

WORKING = ("running", "undoing")


class Batch(Base):
    """`kind` names the journey's action, `params` what it needs. `state`: running, done, undoing, undone."""

    __tablename__ = "batches"
    __table_args__ = (Index("ix_batches_working", "id", postgresql_where=text("state IN ('running','undoing')")),)
    id: Mapped[Id]
    kind: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    params: Mapped[Json]
    state: Mapped[str] = mapped_column(default="running")
    total: Mapped[int] = mapped_column(default=0)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[Moment]
    finished_at: Mapped[datetime | None]
    undo_until: Mapped[datetime | None]
    """Business time; NULL = cannot be taken back."""


class Item(Base):
    """`state`: waiting, done, refused (with the reason), failed, undone, kept (could not be taken back)."""

    __tablename__ = "batch_items"
    __table_args__ = (
        UniqueConstraint("batch_id", "lead_id", "enrolment_id", postgresql_nulls_not_distinct=True),
        Index("ix_batch_items_batch_id_state_id", "batch_id", "state", "id"),
        Index("ix_batch_items_lead_id", "lead_id"),
    )
    id: Mapped[Id]
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id", ondelete="CASCADE"))
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolments.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(default="waiting")
    text: Mapped[str] = mapped_column(default="")
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """What the undo needs; NULL = nothing to take back."""
    at: Mapped[datetime | None]


def counts(session: Session, batch_id: int) -> dict[str, int]:
    """State -> number of items."""
    query = select(Item.state, func.count()).where(Item.batch_id == batch_id).group_by(Item.state)
    return {state: number for state, number in session.execute(query)}


def unfinished(session: Session) -> list[Batch]:
    """Batches with work left, the oldest first."""
    return list(session.scalars(select(Batch).where(Batch.state.in_(WORKING)).order_by(Batch.id)))


def waits(session: Session) -> bool:
    """Whether there is any work on many leads to do."""
    return session.scalar(select(Batch.id).where(Batch.state.in_(WORKING)).limit(1)) is not None


def take(session: Session, batch_id: int, state: str) -> Item | None:
    """The next item in this state, locked; None when there is none that nobody else works on."""
    query = select(Item).where(Item.batch_id == batch_id, Item.state == state).order_by(Item.id).limit(1)
    return session.scalar(query.with_for_update(skip_locked=True))


def take_many(session: Session, batch_id: int, state: str, limit: int) -> list[tuple[Item, Lead]]:
    """The next items with their leads, both locked, one of each lead; those that somebody else holds are left."""
    query = select(Item, Lead).join(Lead, Lead.id == Item.lead_id).where(Item.batch_id == batch_id, Item.state == state)
    query = query.order_by(Item.id).limit(limit).execution_options(populate_existing=True)
    found: dict[int, tuple[Item, Lead]] = {}
    for item, lead in session.execute(query.with_for_update(of=[Item, Lead], key_share=True, skip_locked=True)):
        found.setdefault(lead.id, (item, lead))
    return list(found.values())


def items(session: Session, batch_id: int, state: str = "", after: int = 0, limit: int = 100) -> list[Item]:
    """A page of items, in order."""
    query = select(Item).where(Item.batch_id == batch_id, Item.id > after)
    if state:
        query = query.where(Item.state == state)
    return list(session.scalars(query.order_by(Item.id).limit(limit)))


def latest(session: Session, actor_id: int | None, limit: int = 10) -> list[Batch]:
    """The batches of late, of one person or of everybody."""
    query = select(Batch).order_by(Batch.id.desc()).limit(limit)
    return list(session.scalars(query.where(Batch.actor_id == actor_id) if actor_id else query))


def finish(session: Session, batch_id: int, state: str, now: datetime) -> None:
    """Mark a batch whose items are all done with."""
    values = {"state": state, "finished_at": now}
    session.execute(update(Batch).where(Batch.id == batch_id, Batch.state.in_(WORKING)).values(values))


def line_up(session: Session, batch_id: int, leads: Iterable[ColumnElement[bool]]) -> int:
    """An item for each lead that the conditions find, in one statement; how many."""
    people = select(literal(batch_id), Lead.id, literal("waiting"), literal("")).where(*leads).order_by(Lead.id)
    session.execute(insert(Item).from_select(("batch_id", "lead_id", "state", "text"), people))
    return count(session, batch_id)


def count(session: Session, batch_id: int) -> int:
    """How many items a batch has."""
    return session.scalar(select(func.count()).where(Item.batch_id == batch_id)) or 0
