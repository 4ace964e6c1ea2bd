"""The forecast of the coming days, row by row: one letter or task that the plan of an enrolment names."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Date, Index, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.base import Base, Id, Moment

COLUMNS = (
    "run",
    "day",
    "at",
    "kind",
    "lead_id",
    "enrolment_id",
    "mailbox_id",
    "owner_id",
    "step_key",
    "rule",
    "moved",
    "people",
)


class OutlookLine(Base):
    """One thing that is expected. Written anew with each look ahead (`run`); nothing depends on it.

    Ids carry no foreign keys: a line is told, never followed without looking whether the row is still there.
    """

    __tablename__ = "outlook"
    __table_args__ = (Index("ix_outlook_run_day", "run", "day"),)
    id: Mapped[Id]
    run: Mapped[int]
    day: Mapped[date | None] = mapped_column(Date())
    """The account's day; None = behind the days shown."""
    at: Mapped[Moment]
    kind: Mapped[str]
    """mail | task | newsletter (`step_key`: the issue's id)."""
    lead_id: Mapped[int | None]
    enrolment_id: Mapped[int | None]
    mailbox_id: Mapped[int | None]
    owner_id: Mapped[int | None]
    step_key: Mapped[str] = mapped_column(default="")
    rule: Mapped[str] = mapped_column(default="")
    moved: Mapped[bool] = mapped_column(default=False)
    """A limit laid it on a later day than its plan."""
    people: Mapped[int] = mapped_column(default=1)
    """How many letters it stands for: a newsletter issue is one line."""


def latest_run(session: Session) -> int:
    """The number of the latest look ahead that has lines; 0 before the first."""
    return session.scalar(select(func.max(OutlookLine.run))) or 0


def write(session: Session, rows: Iterable[tuple[Any, ...]]) -> None:
    """Write lines (in the order of COLUMNS) by COPY."""
    cursor = session.connection().connection.cursor()
    with cursor.copy(f"COPY outlook ({', '.join(COLUMNS)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def forget_before(session: Session, run: int) -> None:
    """Take the lines of earlier looks away."""
    session.execute(delete(OutlookLine).where(OutlookLine.run < run))


def of_day(
    session: Session, run: int, day: date | None, kind: str, mailbox_id: int | None, owner_id: int | None, limit: int
) -> list[OutlookLine]:
    """The lines behind one number, by moment."""
    query = select(OutlookLine).where(OutlookLine.run == run, OutlookLine.day.is_not_distinct_from(day))
    if kind == "task":
        query = query.where(OutlookLine.kind == "task", OutlookLine.owner_id.is_not_distinct_from(owner_id))
    else:
        query = query.where(OutlookLine.kind != "task", OutlookLine.mailbox_id.is_not_distinct_from(mailbox_id))
    return list(session.scalars(query.order_by(OutlookLine.at, OutlookLine.id).limit(limit)))
