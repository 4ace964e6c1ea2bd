"""Answers that take long to work out, kept with the moment they were true."""

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.base import Base, Json, Moment

WATCHDOG = "watchdog"
CLOSED_LOOP = "closed loop"
OUTLOOK, OUTLOOK_PROGRESS = "outlook", "outlook progress"


class KeptReport(Base):
    """One answer. `data` is whatever its report writes and reads."""

    __tablename__ = "kept_reports"
    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[Moment]
    data: Mapped[Json]


def kept(session: Session, key: str) -> KeptReport | None:
    """The answer that was kept last."""
    return session.get(KeptReport, key, populate_existing=True)


def keep(session: Session, key: str, at: datetime, data: dict[str, Any]) -> None:
    """Keep an answer in place of the one before."""
    row = {"at": at, "data": data}
    statement = insert(KeptReport).values(key=key, **row)
    session.execute(statement.on_conflict_do_update(index_elements=[KeptReport.key], set_=row))
