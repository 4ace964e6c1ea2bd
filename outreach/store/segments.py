"""Segments: named rules over leads, and who is in them (MISSION: segment)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from outreach.store.base import Base, Id, Json, Moment


class Segment(Base):
    """A rule with a name. `rules`: the group as core.segments reads and writes it."""

    __tablename__ = "segments"
    __table_args__ = (Index("uq_segments_name", text("lower(name)"), unique=True),)
    id: Mapped[Id]
    name: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    rules: Mapped[Json]
    created_at: Mapped[Moment]
    watched_since: Mapped[datetime | None]
    """Since when its members are kept because a sequence listens; None = not kept. Rules changed = begun again."""


class Member(Base):
    """A lead that was in a watched segment when it was looked at last."""

    __tablename__ = "segment_members"
    segment_id: Mapped[int] = mapped_column(ForeignKey("segments.id", ondelete="CASCADE"), primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), primary_key=True, index=True)
    since: Mapped[Moment]
