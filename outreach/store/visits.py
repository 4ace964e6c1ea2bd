"""Visits of our own pages by leads whose browser told us who they are (a letter's link or a form), with their class (B1)."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.base import Base, Id, Moment


class Visit(Base):
    """One page shown to one lead."""

    __tablename__ = "visits"
    __table_args__ = (Index("ix_visits_lead_id_at", "lead_id", "at"),)
    id: Mapped[Id]
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    site: Mapped[str] = mapped_column(default="")
    path: Mapped[str]
    """Without query and fragment, beginning with a slash."""
    referrer: Mapped[str] = mapped_column(default="")
    at: Mapped[Moment]
    real_at: Mapped[Moment]
    verdict: Mapped[str]
    rule: Mapped[str] = mapped_column(default="")
    agent: Mapped[str] = mapped_column(default="")
    ip: Mapped[str] = mapped_column(default="")


def latest(session: Session, lead_id: int, site: str, path: str) -> Visit | None:
    """The lead's last visit of this page."""
    query = select(Visit).where(Visit.lead_id == lead_id, Visit.site == site, Visit.path == path)
    return session.scalar(query.order_by(Visit.id.desc()).limit(1))


def paths_of(session: Session, lead_ids: Collection[int]) -> dict[int, dict[str, datetime]]:
    """Lead -> paths that the person visited, each with the last time."""
    query = select(Visit.lead_id, Visit.path, func.max(Visit.at)).where(
        Visit.lead_id.in_(lead_ids), Visit.verdict == "human"
    )
    found: dict[int, dict[str, datetime]] = {}
    for lead_id, path, at in session.execute(query.group_by(Visit.lead_id, Visit.path)):
        found.setdefault(lead_id, {})[path] = at
    return found


def counts_by_path(session: Session, limit: int = 50) -> Sequence[tuple[str, int, datetime]]:
    """The pages that leads visited most: path, people, last visit."""
    people = func.count(func.distinct(Visit.lead_id))
    query = select(Visit.path, people, func.max(Visit.at)).where(Visit.verdict == "human").group_by(Visit.path)
    return [
        (path, count, at) for path, count, at in session.execute(query.order_by(people.desc(), Visit.path).limit(limit))
    ]
