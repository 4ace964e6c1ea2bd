"""Events: every change of state and every decision not to act, with its reason. Append only."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.base import Base, Id, Json, Moment


class Event(Base):
    """One line of a lead's timeline, of "why", and of the reports."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_lead_id_id", "lead_id", "id"),
        Index("ix_events_enrolment_id_id", "enrolment_id", "id", postgresql_where=text("enrolment_id IS NOT NULL")),
        Index("ix_events_kind_at", "kind", "at"),
        Index(
            "ix_events_not_enrolled",
            text("(data ->> 'sequence')"),
            "id",
            postgresql_where=text("kind = 'not enrolled'"),
        ),
    )
    id: Mapped[Id]
    at: Mapped[Moment]
    kind: Mapped[str]
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolments.id", ondelete="SET NULL"))
    message_id: Mapped[int | None]
    """No foreign key: of letters that go by the thousand each would look up and lock its row for it."""
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    step_key: Mapped[str | None]
    rule: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    data: Mapped[Json]


def record(
    session: Session,
    at: datetime,
    kind: str,
    text: str,
    *,
    lead_id: int | None = None,
    enrolment_id: int | None = None,
    message_id: int | None = None,
    actor_id: int | None = None,
    step_key: str | None = None,
    rule: str = "",
    data: dict[str, Any] | None = None,
) -> Event:
    """Write one event."""
    event = Event(
        at=at,
        kind=kind,
        text=text,
        lead_id=lead_id,
        enrolment_id=enrolment_id,
        message_id=message_id,
        actor_id=actor_id,
        step_key=step_key,
        rule=rule,
        data=data or {},
    )
    session.add(event)
    return event


def of_lead(session: Session, lead_id: int, limit: int = 200) -> list[Event]:
    """A lead's timeline, the latest first."""
    query = select(Event).where(Event.lead_id == lead_id).order_by(Event.at.desc(), Event.id.desc())
    return list(session.scalars(query.limit(limit)))


def latest_of(session: Session, kind: str, limit: int) -> list[Event]:
    """The latest events of a kind."""
    query = select(Event).where(Event.kind == kind).order_by(Event.at.desc(), Event.id.desc())
    return list(session.scalars(query.limit(limit)))


def number_since(session: Session, lead_id: int, kind: str, since: str) -> int:
    """How many events of a kind a lead has had since the last one of another kind."""
    last = select(func.max(Event.id)).where(Event.lead_id == lead_id, Event.kind == since).scalar_subquery()
    query = select(func.count()).where(Event.lead_id == lead_id, Event.kind == kind, Event.id > func.coalesce(last, 0))
    return session.scalar(query) or 0


def of_enrolment(session: Session, enrolment_id: int) -> list[Event]:
    """The decisions of an enrolment, in order."""
    return list(session.scalars(select(Event).where(Event.enrolment_id == enrolment_id).order_by(Event.id)))
