"""Users: reps, managers, marketers and administrators of this installation."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Index,
    bindparam,
    cast,
    column,
    exists,
    func,
    select,
    table,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.elements import SQLCoreOperations

from outreach.store.account import Account
from outreach.store.base import Base, Id, Json, RealNow

ROLES = ("admin", "manager", "marketer", "rep")


class User(Base):
    """A person who signs in. `password_hash` is empty until an invitation is claimed."""

    __tablename__ = "users"
    __table_args__ = (Index("uq_users_email_lower", text("lower(email)"), unique=True),)
    id: Mapped[Id]
    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    signature: Mapped[str] = mapped_column(default="")
    booking_link: Mapped[str] = mapped_column(default="")
    zone: Mapped[str] = mapped_column(default="")
    working_hours: Mapped[Json]
    takes_leads: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)
    last_assigned_at: Mapped[datetime | None]
    created_at: Mapped[RealNow]


def by_email(session: Session, email: str) -> User | None:
    """The user with this address, whatever its letter case."""
    return session.scalar(select(User).where(func.lower(User.email) == email.strip().lower()))


def by_ids(session: Session, ids: Collection[int]) -> dict[int, User]:
    """Users by id."""
    if len(ids) == 1:  # mostly at hand already
        one = session.get(User, next(iter(ids)))
        return {one.id: one} if one else {}
    found = session.scalars(select(User).where(User.id == func.any(list(ids)))) if ids else ()
    return {user.id: user for user in found}


def active_users(session: Session) -> list[User]:
    """All who can sign in, by name."""
    return list(session.scalars(select(User).where(User.active).order_by(func.lower(User.name), User.id)))


def managers(session: Session) -> list[User]:
    """Those who manage, of whoever can sign in."""
    return [user for user in active_users(session) if user.role == "manager"]


def all_users(session: Session) -> list[User]:
    """Everybody, those switched off last."""
    return list(session.scalars(select(User).order_by(User.active.desc(), func.lower(User.name), User.id)))


def any_user(session: Session) -> bool:
    """Whether somebody claimed this installation already."""
    return session.scalar(select(User.id).limit(1)) is not None


def anybody_in(session: Session) -> bool:
    """Whether somebody active has set a password: only they see what is given to them."""
    return session.scalar(select(User.id).where(User.active, User.password_hash != "").limit(1)) is not None


def day_of(moment: SQLCoreOperations[datetime]) -> ColumnElement[date]:
    """The day of a moment where a user lives: by their own zone, else the account's."""
    ours = select(Account.zone).where(Account.id == 1).scalar_subquery()
    return cast(func.timezone(func.coalesce(func.nullif(User.zone, ""), ours, "UTC"), moment), Date)


_ABSENCES = table("absences", column("user_id"), column("first_day"), column("last_day"))
AWAY = exists().where(
    _ABSENCES.c.user_id == User.id,
    day_of(bindparam("now", type_=DateTime(timezone=True))).between(_ABSENCES.c.first_day, _ABSENCES.c.last_day),
)
"""Whether a user is away today (P4)."""


_TURN = (
    select(User)
    .where(User.active, User.takes_leads, User.password_hash != "")
    .order_by(AWAY, User.last_assigned_at.asc().nulls_first(), User.id)
    .limit(1)
)
TURN, FREE = (_TURN.with_for_update(key_share=True, skip_locked=free) for free in (False, True))


def next_in_turn(session: Session, now: datetime) -> User | None:
    """Round robin: the active lead-taking user who was given a lead longest ago, locked; None when there is none.

    Who was invited and has set no password yet is given none: nobody would see it. Who is away is passed over (P4),
    unless everybody is. Who is being given a lead at this very moment is passed over too, so that many requests at once
    need not wait for each other, unless there is nobody else.
    """
    free = session.scalar(FREE, {"now": now})
    return free if free is not None else session.scalar(TURN, {"now": now})
