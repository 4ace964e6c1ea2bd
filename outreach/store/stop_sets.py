"""Stop rules under a name (X1), kept in the account and used by any sequence that says `stop: {use: NAME}`."""

from sqlalchemy import Index, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.base import Base, Id, Json


class StopSet(Base):
    """`rules`: what stands under a document's `stop:`, as plain data (``{"reply": "stop"}``)."""

    __tablename__ = "stop_sets"
    __table_args__ = (Index("uq_stop_sets_name", text("lower(name)"), unique=True),)
    id: Mapped[Id]
    name: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    rules: Mapped[Json]


def all_sets(session: Session) -> list[StopSet]:
    """Every set, by name."""
    return list(session.scalars(select(StopSet).order_by(func.lower(StopSet.name))))


def by_name(session: Session, name: str) -> StopSet | None:
    """The set of this name, whatever the letter case."""
    return session.scalar(select(StopSet).where(func.lower(StopSet.name) == name.strip().lower()))
