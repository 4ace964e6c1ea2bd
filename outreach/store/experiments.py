"""Tests of one whole sequence against another (B6): what is tested, and which side each person was given."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, bindparam, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.base import Base, Id, Moment, ask


class Experiment(Base):
    """Everybody who would enter `sequence_id` gets it, or `other_id`, by lot. One that is closed keeps its numbers."""

    __tablename__ = "experiments"
    __table_args__ = (
        Index("uq_experiments_open", "sequence_id", unique=True, postgresql_where=text("closed_at IS NULL")),
    )
    id: Mapped[Id]
    sequence_id: Mapped[int] = mapped_column(ForeignKey("sequences.id", ondelete="CASCADE"))
    other_id: Mapped[int] = mapped_column(ForeignKey("sequences.id", ondelete="CASCADE"))
    weight: Mapped[int] = mapped_column(default=50)
    """Of a hundred people, how many stay with `sequence_id`."""
    measure: Mapped[str] = mapped_column(default="positive")
    """positive (replies) | interviews."""
    rate: Mapped[int] = mapped_column(default=50)
    """Today's rate, in thousandths."""
    worth: Mapped[int] = mapped_column(default=100)
    """The rate that would be worth having, in thousandths."""
    needed: Mapped[int]
    """People a side, worked out from the two before anybody entered (B5)."""
    ripe_days: Mapped[int]
    """So long a person has time to answer before being counted."""
    started_at: Mapped[Moment]
    closed_at: Mapped[datetime | None]


class Assignment(Base):
    """The side that a person was given: for good, however often they come."""

    __tablename__ = "experiment_assignments"
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id", ondelete="CASCADE"), primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), primary_key=True, index=True)
    sequence_id: Mapped[int] = mapped_column(ForeignKey("sequences.id", ondelete="CASCADE"))
    at: Mapped[Moment]


RUNS = select(Experiment.id).where(Experiment.sequence_id == bindparam("sequence"), Experiment.closed_at.is_(None))


def runs(session: Session, sequence_id: int) -> bool:
    """Whether a test decides what those get who would enter this sequence."""
    return ask(session, RUNS, sequence=sequence_id).first() is not None


def open_for(session: Session, sequence_id: int) -> Experiment | None:
    """The test that decides what those get who would enter this sequence."""
    return session.scalar(
        select(Experiment).where(Experiment.sequence_id == sequence_id, Experiment.closed_at.is_(None))
    )


def all_experiments(session: Session) -> list[Experiment]:
    """Every test, those that run first."""
    order = (Experiment.closed_at.is_not(None), Experiment.id.desc())
    return list(session.scalars(select(Experiment).order_by(*order)))


def busy(session: Session, sequence_ids: list[int]) -> bool:
    """Whether one of these takes part in a test that runs."""
    part = Experiment.sequence_id.in_(sequence_ids) | Experiment.other_id.in_(sequence_ids)
    return session.scalar(select(Experiment.id).where(part, Experiment.closed_at.is_(None)).limit(1)) is not None


def given(session: Session, experiment_id: int, lead_id: int) -> int | None:
    """The sequence that this person was given."""
    found = session.get(Assignment, (experiment_id, lead_id))
    return found.sequence_id if found else None


def give(session: Session, experiment_id: int, lead_id: int, sequence_id: int, at: datetime) -> int:
    """Keep a person's side; whoever was first stays: the sequence that holds."""
    values = {"experiment_id": experiment_id, "lead_id": lead_id, "sequence_id": sequence_id, "at": at}
    session.execute(insert(Assignment).values(values).on_conflict_do_nothing())
    return session.scalars(
        select(Assignment.sequence_id).where(Assignment.experiment_id == experiment_id, Assignment.lead_id == lead_id)
    ).one()
