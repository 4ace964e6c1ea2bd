"""Second factors: the sealed secret of a user's authenticator app, recovery codes as hashes, and who must have one."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, UniqueConstraint, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.account import Account
from outreach.store.base import Base, Id
from outreach.store.users import User

LEADERS = ("admin", "manager")
BEGUN = timedelta(hours=1)
"""So long a secret waits for the first code of its app."""


class SecondFactor(Base):
    """A user's authenticator app. It holds once `secret` is set; a new one waits in `new_secret` for its first code."""

    __tablename__ = "second_factors"
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    secret: Mapped[bytes | None]
    """Sealed (store/secrets)."""
    since: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0, server_default="0")
    """RFC 6238 4.2: the time step of the last code that was taken; only codes of later steps count (5.2)."""
    new_secret: Mapped[bytes | None]
    new_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """What opens the door once without the app."""

    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)
    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    code_hash: Mapped[str]
    used_at: Mapped[datetime | None]


MISSING = and_(
    exists().where(
        Account.id == 1,
        or_(Account.second_factor == "everybody", and_(Account.second_factor == "leaders", User.role.in_(LEADERS))),
    ),
    ~exists().where(SecondFactor.user_id == User.id, SecondFactor.secret.is_not(None)),
)
"""Whether a user must have a second factor, and has none."""


def of(session: Session, user_id: int) -> SecondFactor | None:
    """A user's row, whether it holds already or not."""
    return session.get(SecondFactor, user_id)


def locked(session: Session, user_id: int) -> SecondFactor | None:
    """The row with fresh values, held until the end of the transaction: tries at one code come one after the other."""
    query = select(SecondFactor).where(SecondFactor.user_id == user_id).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def is_on(session: Session, user_id: int) -> bool:
    """Whether a code is asked for at sign-in."""
    return bool(having(session, [user_id]))


def having(session: Session, user_ids: Collection[int]) -> frozenset[int]:
    """Which of these users have one that holds."""
    query = select(SecondFactor.user_id).where(
        SecondFactor.user_id.in_(list(user_ids)), SecondFactor.secret.is_not(None)
    )
    return frozenset(session.scalars(query))


def missing(session: Session) -> list[User]:
    """Active users who must have one and have none yet, by name."""
    query = select(User).where(User.active, MISSING)
    return list(session.scalars(query.order_by(func.lower(User.name), User.id)))


def begin(session: Session, user_id: int, sealed: bytes, now: datetime) -> None:
    """Keep a new secret until its first code comes; one that holds goes on holding."""
    row = locked(session, user_id)
    if row is None:
        row = SecondFactor(user_id=user_id)
        session.add(row)
    row.new_secret, row.new_at = sealed, now


def new_secret(row: SecondFactor | None, now: datetime) -> bytes | None:
    """The sealed secret that waits for its first code, unless that was long ago."""
    return row.new_secret if row and row.new_secret and row.new_at and now - row.new_at < BEGUN else None


def remove(session: Session, user_id: int) -> None:
    """Forget it with its recovery codes."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))


def set_recovery_codes(session: Session, user_id: int, hashes: Sequence[str]) -> None:
    """These, and no earlier one any more."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.add_all(RecoveryCode(user_id=user_id, code_hash=one) for one in hashes)


def use_recovery_code(session: Session, user_id: int, code_hash: str, now: datetime) -> bool:
    """Each opens once: False for one that was used, or is none."""
    mine = (RecoveryCode.user_id == user_id, RecoveryCode.code_hash == code_hash, RecoveryCode.used_at.is_(None))
    statement = update(RecoveryCode).where(*mine).values(used_at=now).returning(RecoveryCode.id)
    return session.scalar(statement) is not None


def recovery_codes_left(session: Session, user_id: int) -> int:
    """How many still open."""
    query = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return session.scalar(query) or 0


def forget_begun(session: Session) -> None:
    """Secrets that nobody confirmed in time. Real time."""
    late = SecondFactor.new_at < func.clock_timestamp() - BEGUN
    session.execute(delete(SecondFactor).where(late, SecondFactor.secret.is_(None)))
    session.execute(update(SecondFactor).where(late).values(new_secret=None, new_at=None))
