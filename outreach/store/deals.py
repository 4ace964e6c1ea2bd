"""Interviews and deals: what follow-up is for."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Numeric, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.base import Base, Id, Moment


class Interview(Base):
    """A meeting with a lead."""

    __tablename__ = "interviews"
    id: Mapped[Id]
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    booked_at: Mapped[Moment]
    at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default="booked")
    """booked | held | missed | cancelled."""


class Deal(Base):
    """A sale won or lost."""

    __tablename__ = "deals"
    id: Mapped[Id]
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(default="open")
    """open | won | lost."""
    amount: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    at: Mapped[Moment]
    closed_at: Mapped[datetime | None]


def interviews_of(session: Session, lead_id: int) -> list[Interview]:
    """A lead's interviews, the latest first."""
    return list(session.scalars(select(Interview).where(Interview.lead_id == lead_id).order_by(Interview.id.desc())))


def booked_since(session: Session, user_id: int | None, since: datetime) -> int:
    """How many interviews were booked since then, by one user or by everybody."""
    query = select(func.count()).select_from(Interview).where(Interview.booked_at >= since)
    query = query.where(Interview.state != "cancelled")
    return session.scalar(query.where(Interview.user_id == user_id) if user_id else query) or 0


def deals_of(session: Session, lead_id: int) -> list[Deal]:
    """A lead's deals, the latest first."""
    return list(session.scalars(select(Deal).where(Deal.lead_id == lead_id).order_by(Deal.id.desc())))


def open_interview(session: Session, lead_id: int) -> Interview | None:
    """The interview that is booked and not yet held."""
    query = select(Interview).where(Interview.lead_id == lead_id, Interview.state == "booked")
    return session.scalar(query.order_by(Interview.id.desc()).limit(1))


def latest_won(session: Session, lead_ids: Collection[int]) -> list[tuple[int, datetime]]:
    """(lead, moment) of the latest sale to each."""
    moment = func.max(func.coalesce(Deal.closed_at, Deal.at))
    query = select(Deal.lead_id, moment).where(Deal.lead_id == func.any(list(lead_ids)), Deal.state == "won")
    return [(lead_id, at) for lead_id, at in session.execute(query.group_by(Deal.lead_id))]
