"""Login sessions (revocable), sign-in attempts, one-time links and API tokens. Secrets are kept as hashes only."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ForeignKey, bindparam, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.base import Base, Id, RealNow
from outreach.store.second_factors import MISSING
from outreach.store.users import User

SESSION_DAYS = 30
USED_EVERY = timedelta(minutes=5)
TRIES = 5
WITHIN = timedelta(minutes=15)
"""So many failed tries in so long close a door."""
INVITED, RESET = timedelta(days=3), timedelta(minutes=30)
"""So long a one-time link works: for somebody who comes for the first time, and for a new password."""
HALFWAY = timedelta(minutes=10)
"""So long the password counts while the code of the second factor is looked up."""


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


class Found(NamedTuple):
    """Whose browser it is. `must_set_up`: nothing is opened to them but the page for their second factor."""

    login: Login
    user: User
    must_set_up: bool


class HalfLogin(Base):
    """A browser that gave the right password and not yet the code of the second factor: it opens no page."""

    __tablename__ = "half_logins"
    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime]


class LoginAttempt(Base):
    """A failed try at a door: a sign-in by account and address, a code by account."""

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


FOUND = (
    select(Login, User, MISSING)
    .join(User, User.id == Login.user_id)
    .where(Login.token_hash == bindparam("hash"), Login.expires_at > bindparam("now"), User.active)
)
"""Asked with every request: put together once."""


def find(session: Session, token: str, now: datetime) -> Found | None:
    """The login and its active user behind a cookie, or None."""
    row = session.execute(FOUND, {"hash": hashed(token), "now": now}).first()
    return Found(*row) if row else None


def create_half(session: Session, user_id: int, now: datetime) -> str:
    """The password was right, the code is still to come; returns the cookie's secret."""
    token = secrets.token_urlsafe(32)
    session.add(HalfLogin(token_hash=hashed(token), user_id=user_id, expires_at=now + HALFWAY))
    return token


def half(session: Session, token: str, now: datetime) -> User | None:
    """The active user who is halfway in with this cookie, or None."""
    mine = (HalfLogin.token_hash == hashed(token), HalfLogin.expires_at > now, User.active)
    return session.scalar(select(User).join(HalfLogin, HalfLogin.user_id == User.id).where(*mine))


def end_half(session: Session, token: str) -> None:
    """They are in, or gave up."""
    session.execute(delete(HalfLogin).where(HalfLogin.token_hash == hashed(token)))


def of_user(session: Session, user_id: int) -> list[Login]:
    """A user's signed-in browsers, the latest first."""
    return list(session.scalars(select(Login).where(Login.user_id == user_id).order_by(Login.seen_at.desc())))


def revoke(session: Session, token: str) -> None:
    """Sign one browser out."""
    session.execute(delete(Login).where(Login.token_hash == hashed(token)))


def revoke_id(session: Session, login_id: int, user_id: int) -> None:
    """Sign one of a user's browsers out."""
    session.execute(delete(Login).where(Login.id == login_id, Login.user_id == user_id))


def revoke_all(session: Session, user_id: int, but: Login | None = None) -> None:
    """Sign a user out everywhere, `but` here; who is halfway in begins anew."""
    session.execute(delete(HalfLogin).where(HalfLogin.user_id == user_id))
    session.execute(delete(Login).where(Login.user_id == user_id, Login.id != (but.id if but else 0)))


def shut(session: Session, who: str, now: datetime) -> bool:
    """Whether `who` failed too often of late. Until this transaction ends others at the same door wait: many tries at
    once are counted one by one."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(who, 0))))
    return failures(session, who, now) >= TRIES


def failures(session: Session, who: str, now: datetime, within: timedelta = WITHIN) -> int:
    """Failed tries of late."""
    query = select(func.count()).select_from(LoginAttempt)
    return session.scalar(query.where(LoginAttempt.who == who, LoginAttempt.at >= now - within)) or 0


def note_failure(session: Session, who: str) -> None:
    """Count a failed try."""
    session.add(LoginAttempt(who=who))


def forget_failures(session: Session, who: str) -> None:
    """After a successful try."""
    session.execute(delete(LoginAttempt).where(LoginAttempt.who == who))


def forget_old(session: Session) -> None:
    """What opens nothing any more: sign-ins and links that ran out, failed tries of another day. Real time."""
    now = func.clock_timestamp()
    session.execute(delete(LoginAttempt).where(LoginAttempt.at < now - timedelta(days=1)))
    session.execute(delete(Login).where(Login.expires_at < now))
    session.execute(delete(HalfLogin).where(HalfLogin.expires_at < now))
    session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < now))


def make_link(session: Session, user_id: int | None, now: datetime, lasts: timedelta = INVITED) -> str:
    """A one-time link's secret. Of several for one user (or for the first administrator) only the newest works."""
    drop_links(session, user_id)
    token = secrets.token_urlsafe(24)
    session.add(OneTimeLink(token_hash=hashed(token), user_id=user_id, expires_at=now + lasts))
    return token


def link(session: Session, token: str, now: datetime) -> OneTimeLink | None:
    """An unused, unexpired link, locked; or None."""
    query = select(OneTimeLink).where(
        OneTimeLink.token_hash == hashed(token), OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > now
    )
    return session.scalar(query.with_for_update())


def drop_links(session: Session, user_id: int | None) -> None:
    """Links that a user (None: the first administrator) was given work no longer."""
    session.execute(delete(OneTimeLink).where(OneTimeLink.user_id.is_not_distinct_from(user_id)))


def all_api_tokens(session: Session) -> list[ApiToken]:
    """Machine keys, by name."""
    return list(session.scalars(select(ApiToken).order_by(ApiToken.name)))


def revoke_api_token(session: Session, name: str) -> bool:
    """The key opens nothing any more; False when there is none of this name."""
    gone = delete(ApiToken).where(ApiToken.name == name).returning(ApiToken.id)
    return session.scalar(gone) is not None


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
