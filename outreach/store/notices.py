"""Notices to our own people, shown in the page (the bell)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.base import Base, Id, Moment


class Notice(Base):
    """One line for one user, with the page that it leads to."""

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_user_id_id", "user_id", "id"),)
    id: Mapped[Id]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    """None = for the account, shown to administrators."""
    kind: Mapped[str]
    text: Mapped[str]
    path: Mapped[str] = mapped_column(default="")
    at: Mapped[Moment]
    read_at: Mapped[datetime | None]


def add(session: Session, user_id: int | None, kind: str, text: str, path: str, at: datetime) -> None:
    """Tell a user something."""
    session.add(Notice(user_id=user_id, kind=kind, text=text, path=path, at=at))


def latest(session: Session, user_id: int, *, account_too: bool = False, limit: int = 30) -> list[Notice]:
    """A user's latest notices; administrators see the account's as well."""
    whose = (Notice.user_id == user_id) | Notice.user_id.is_(None) if account_too else Notice.user_id == user_id
    return list(session.scalars(select(Notice).where(whose).order_by(Notice.id.desc()).limit(limit)))


def unread(session: Session, user_id: int) -> int:
    """How many a user has not looked at."""
    query = select(func.count()).select_from(Notice).where(Notice.user_id == user_id, Notice.read_at.is_(None))
    return session.scalar(query) or 0


def mark_read(session: Session, user_id: int, at: datetime) -> None:
    """The user looked."""
    session.execute(update(Notice).where(Notice.user_id == user_id, Notice.read_at.is_(None)).values(read_at=at))
