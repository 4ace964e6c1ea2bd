"""Mailboxes: accounts that send and receive. Passwords are inside encrypted URLs."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, LargeBinary, false, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.base import Base, Id, Json, JsonList, Moment


class Mailbox(Base):
    """One sending identity. The first (`from_env`) follows SMTP_URL, IMAP_URL and MAIL_FROM until it is edited."""

    __tablename__ = "mailboxes"
    id: Mapped[Id]
    address: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    from_env: Mapped[bool] = mapped_column(default=False)
    smtp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    """SMTP URL, encrypted (core secrets); None = SMTP_URL of the settings."""
    imap_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    takes_strangers: Mapped[bool] = mapped_column(default=False)
    daily_limit: Mapped[int] = mapped_column(default=0)
    """Letters in any 24 h; 0 = no limit."""
    minute_limit: Mapped[int] = mapped_column(default=0)
    paused_until: Mapped[datetime | None]
    """Real time; the breaker of a host that does not answer, or of a refused login."""
    paused_reason: Mapped[str] = mapped_column(default="")
    failures: Mapped[int] = mapped_column(default=0)
    imap_cursor: Mapped[Json]
    looked_at: Mapped[datetime | None]
    """Real time of the last look, successful or not."""
    read_at: Mapped[datetime | None]
    """Real time of the last successful look into the IMAP folder (X4)."""
    read_error: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[Moment]


def active(session: Session) -> list[Mailbox]:
    """Mailboxes in use, the first one made first."""
    return list(session.scalars(select(Mailbox).where(Mailbox.active).order_by(Mailbox.id)))


def default(session: Session) -> Mailbox | None:
    """The mailbox that sends when nothing else is chosen."""
    return session.scalar(select(Mailbox).where(Mailbox.active).order_by(Mailbox.id).limit(1))


def any_unread(session: Session, within: timedelta, *, polls_env: bool) -> bool:
    """Whether a mailbox that is read by IMAP was not read within so long (real time)."""
    polled = Mailbox.imap_secret.is_not(None) | (Mailbox.from_env if polls_env else false())
    late = Mailbox.read_at.is_(None) | (Mailbox.read_at <= func.clock_timestamp() - within)
    return session.scalar(select(Mailbox.id).where(Mailbox.active, polled, late).limit(1)) is not None


def for_owner(session: Session, user_id: int | None) -> Mailbox | None:
    """The owner's own mailbox, else the default one."""
    own = select(Mailbox).where(Mailbox.active, Mailbox.user_id == user_id).order_by(Mailbox.id).limit(1)
    return (session.scalar(own) if user_id else None) or default(session)


def addresses(session: Session) -> frozenset[str]:
    """All our sending addresses, in lower case (X2)."""
    return frozenset(a.lower() for a in session.scalars(select(Mailbox.address)))
