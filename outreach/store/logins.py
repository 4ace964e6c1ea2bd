"""Login sessions (revocable), sign-in attempts, one-time links and API tokens. Secrets are kept as hashes only."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.base import Base, Id, RealNow
from outreach.store.users import User

SESSION_DAYS = 30
USED_EVERY = timedelta(minutes=5)


class Login(Base):
    """One browser that is signed in."""

    __tablename__ = "logins"
    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    agent: Mapped[str] = mapped_column(default="")
    created_at: Mapped[RealNow]
    seen_at: Mapped[RealNow]
    expires_at: Mapped[datetime]


class LoginAttempt(Base):
    """A failed sign-in, for throttling per account and address."""

    __tablename__ = "login_attempts"
    id: Mapped[Id]
    who: Mapped[str] = mapped_column(index=True)
    at: Mapped[RealNow]


class OneTimeLink(Base):
    """A link that works once: claim the first administrator (`user_id` empty), or set a user's password."""

    __tablename__ = "one_time_links"
    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[RealNow]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ApiToken(Base):
    """A machine's key."""

    __tablename__ = "api_tokens"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[RealNow]
    used_at: Mapped[datetime | None]


def hashed(token: str) -> str:
    """How a token is kept: SHA-256, hex. Tokens are 256 random bits, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def create(session: Session, user_id: int, now: datetime, agent: str = "") -> str:
    """Sign a user in; returns the cookie's secret."""
    token = secrets.token_urlsafe(32)
    expires = now + timedelta(days=SESSION_DAYS)
    session.add(Login(token_hash=hashed(token), user_id=user_id, agent=agent[:200], expires_at=expires))
    return token


def find(session: Session, token: str, now: datetime) -> tuple[Login, User] | None:
    """The login and its active user behind a cookie, or None."""
    query = (
        select(Login, User)
        .join(User, User.id == Login.user_id)
        .where(Login.token_hash == hashed(token), Login.expires_at > now, User.active)
    )
    row = session.execute(query).first()
    return (row[0], row[1]) if row else None


def of_user(session: Session, user_id: int) -> list[Login]:
    """A user's signed-in browsers, the latest first."""
    return list(session.scalars(select(Login).where(Login.user_id == user_id).order_by(Login.seen_at.desc())))


def revoke(session: Session, token: str) -> None:
    """Sign one browser out."""
    session.execute(delete(Login).where(Login.token_hash == hashed(token)))


def revoke_id(session: Session, login_id: int, user_id: int) -> None:
    """Sign one of a user's browsers out."""
    session.execute(delete(Login).where(Login.id == login_id, Login.user_id == user_id))


def revoke_all(session: Session, user_id: int) -> None:
    """Sign a user out everywhere."""
    session.execute(delete(Login).where(Login.user_id == user_id))


def failures_since(session: Session, who: str, since: datetime) -> int:
    """Failed sign-ins of `who` (account and address) since then."""
    query = select(func.count()).select_from(LoginAttempt).where(LoginAttempt.who == who, LoginAttempt.at >= since)
    return session.scalar(query) or 0


def note_failure(session: Session, who: str) -> None:
    """Count a failed sign-in."""
    session.add(LoginAttempt(who=who))


def forget_failures(session: Session, who: str) -> None:
    """After a successful sign-in."""
    session.execute(delete(LoginAttempt).where(LoginAttempt.who == who))


def forget_old(session: Session) -> None:
    """What opens nothing any more: sign-ins and links that ran out, failed tries of another day. Real time."""
    now = func.clock_timestamp()
    session.execute(delete(LoginAttempt).where(LoginAttempt.at < now - timedelta(days=1)))
    session.execute(delete(Login).where(Login.expires_at < now))
    session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < now))


def make_link(session: Session, user_id: int | None, now: datetime, hours: int = 72) -> str:
    """A one-time link's secret."""
    token = secrets.token_urlsafe(24)
    session.add(OneTimeLink(token_hash=hashed(token), user_id=user_id, expires_at=now + timedelta(hours=hours)))
    return token


def link(session: Session, token: str, now: datetime) -> OneTimeLink | None:
    """An unused, unexpired link, locked; or None."""
    query = select(OneTimeLink).where(
        OneTimeLink.token_hash == hashed(token), OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > now
    )
    return session.scalar(query.with_for_update())


def drop_claim_links(session: Session) -> None:
    """Forget earlier links for the first administrator: only the newest works."""
    session.execute(delete(OneTimeLink).where(OneTimeLink.user_id.is_(None)))


def make_api_token(session: Session, name: str) -> str:
    """A new machine key, shown once."""
    token = "or_" + secrets.token_urlsafe(32)
    session.add(ApiToken(name=name, token_hash=hashed(token)))
    return token


def api_token(session: Session, token: str, now: datetime) -> ApiToken | None:
    """The key's row. Its last use is noted every few minutes, by whoever need not wait for it: many requests with one
    key run beside each other."""
    row = session.scalar(select(ApiToken).where(ApiToken.token_hash == hashed(token)))
    if row is not None and (row.used_at is None or now - row.used_at > USED_EVERY):
        free = select(ApiToken.id).where(ApiToken.id == row.id).with_for_update(skip_locked=True)
        session.execute(update(ApiToken).where(ApiToken.id.in_(free)).values(used_at=now))
    return row
