"""Business time: real time plus an offset that every process reads here (DESIGN 3, two clocks)."""

from datetime import datetime, timedelta

from sqlalchemy import Interval, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.base import Base, ask


class BusinessClock(Base):
    """One row: how far business time runs ahead of real time."""

    __tablename__ = "business_clock"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ahead: Mapped[timedelta] = mapped_column(Interval())


NOW = text("SELECT clock_timestamp() + coalesce((SELECT ahead FROM business_clock WHERE id = 1), interval '0')")
REAL_NOW = text("SELECT clock_timestamp()")


def now(session: Session) -> datetime:
    """Business time now, from the database's own clock."""
    return ask(session, NOW).scalar_one()


def real_now(session: Session) -> datetime:
    """The database's real time: for leases, heartbeats and inbox freshness, which are never moved."""
    return ask(session, REAL_NOW).scalar_one()


def move_to(session: Session, target: datetime) -> None:
    """Set business time to `target`; never backwards."""
    session.execute(
        text(
            "INSERT INTO business_clock (id, ahead) VALUES (1, greatest(:t - clock_timestamp(), interval '0'))"
            " ON CONFLICT (id) DO UPDATE SET ahead = greatest(business_clock.ahead, :t - clock_timestamp())"
        ),
        {"t": target},
    )


def ahead(session: Session) -> timedelta:
    """How far business time runs ahead of real time."""
    row = session.get(BusinessClock, 1)
    return row.ahead if row else timedelta(0)
