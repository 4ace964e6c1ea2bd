"""Automatic answers that do not go at once: the pace of a domain, and requests whose answer waits, for what, until when."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ARRAY, DateTime, ForeignKey, Index, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.base import Base, Id, Moment, changed
from outreach.store.forms import Submission

OPEN = "ended_at IS NULL"


class AnsweredDomain(Base):
    """The moments of the latest automatic answers to a domain, as many as the limit of an hour; some are still to come."""

    __tablename__ = "answered_domains"
    domain: Mapped[str] = mapped_column(primary_key=True)
    moments: Mapped[list[datetime]] = mapped_column(ARRAY(DateTime(timezone=True)))
    granted: Mapped[datetime | None]
    """What the last one who asked was told; null = none within a day."""


class HeldAnswer(Base):
    """A request whose automatic answer, or sequence, has not begun."""

    __tablename__ = "held_answers"
    __table_args__ = (
        Index("ix_held_answers_due", "due_at", postgresql_where=text(OPEN)),
        Index("ix_held_answers_form", "form_id", "id", postgresql_where=text(OPEN)),
        Index("ix_held_answers_lead_id", "lead_id"),
    )
    id: Mapped[Id]
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), unique=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    form_id: Mapped[int | None] = mapped_column(ForeignKey("forms.id", ondelete="CASCADE"))
    sequence_id: Mapped[int | None] = mapped_column(ForeignKey("sequences.id", ondelete="SET NULL"))
    """What begins, where no form says it (mail from strangers)."""
    why: Mapped[str]
    """domain | burst | confirm."""
    at: Mapped[Moment]
    due_at: Mapped[datetime | None]
    """When it goes (`confirm`: runs out) by itself; null = only a person lets it go."""
    ended_at: Mapped[datetime | None]
    end: Mapped[str] = mapped_column(server_default="", default="")
    """sent | left | confirmed | expired."""


TAKE_A_PLACE = text("""
INSERT INTO answered_domains AS kept (domain, moments, granted) VALUES (:domain, ARRAY[CAST(:now AS timestamptz)], :now)
ON CONFLICT (domain) DO UPDATE SET (moments, granted) = (
  SELECT CASE WHEN place > :latest THEN kept.moments
              ELSE (kept.moments || place)[greatest(1, cardinality(kept.moments) + 2 - :most):] END,
         CASE WHEN place > :latest THEN NULL ELSE place END
  FROM (SELECT CASE WHEN cardinality(kept.moments) < :most THEN CAST(:now AS timestamptz)
               ELSE greatest(:now, kept.moments[cardinality(kept.moments) - :most + 1] + interval '1 hour') END
        AS place) AS asked)
RETURNING granted
""")


def take_a_place(session: Session, domain: str, most: int, now: datetime, latest: datetime) -> datetime | None:
    """When the next automatic answer to this domain may go, taken for it: no hour ever holds more than `most`. None = not until
    `latest`. The row stays locked until the transaction ends, so two at once are one after the other."""
    values = {"domain": domain, "most": most, "now": now, "latest": latest}
    granted: datetime | None = session.execute(TAKE_A_PLACE, values).scalar_one()
    return granted


def forget_quiet_domains(session: Session, before: datetime) -> None:
    """Domains that nothing went to since then."""
    session.execute(
        text("DELETE FROM answered_domains WHERE moments[cardinality(moments)] < :before"), {"before": before}
    )


def more_than(session: Session, form_id: int, number: int, since: datetime) -> bool:
    """Whether a form met more requests than so many since then."""
    query = select(Submission.at).where(Submission.form_id == form_id).order_by(Submission.at.desc())
    at = session.scalar(query.offset(number).limit(1))
    return at is not None and at > since


def askers(session: Session, form_id: int, since: datetime) -> int:
    """How many people a form met since then."""
    query = select(func.count(Submission.lead_id.distinct())).where(Submission.form_id == form_id)
    return session.scalar(query.where(Submission.at > since)) or 0


def met(session: Session, form_id: int, since: datetime, until: datetime) -> int:
    """How many requests a form met between the two."""
    query = select(func.count()).select_from(Submission).where(Submission.form_id == form_id)
    return session.scalar(query.where(Submission.at > since, Submission.at <= until)) or 0


def due(session: Session, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(id, lead) of what goes or runs out by now, the oldest first."""
    query = select(HeldAnswer.id, HeldAnswer.lead_id).where(HeldAnswer.ended_at.is_(None), HeldAnswer.due_at <= now)
    return [(number, lead) for number, lead in session.execute(query.order_by(HeldAnswer.due_at).limit(limit))]


def next_due(session: Session, now: datetime) -> datetime | None:
    """The next moment at which one goes or runs out."""
    query = select(func.min(HeldAnswer.due_at)).where(HeldAnswer.ended_at.is_(None), HeldAnswer.due_at > now)
    return session.scalar(query)


def locked(session: Session, held_id: int) -> HeldAnswer | None:
    """One that is open still; its lead is locked by the caller."""
    query = select(HeldAnswer).where(HeldAnswer.id == held_id, HeldAnswer.ended_at.is_(None))
    return session.scalar(query.with_for_update().execution_options(populate_existing=True))


def of_submission(session: Session, submission_id: int) -> HeldAnswer | None:
    """What waits, or waited, for this request."""
    return session.scalar(select(HeldAnswer).where(HeldAnswer.submission_id == submission_id))


def open_of_lead(session: Session, lead_id: int) -> list[HeldAnswer]:
    """What waits for a lead, the oldest first."""
    query = select(HeldAnswer).where(HeldAnswer.lead_id == lead_id, HeldAnswer.ended_at.is_(None))
    return list(session.scalars(query.order_by(HeldAnswer.id)))


def open_of_submissions(session: Session, ids: Collection[int]) -> dict[int, HeldAnswer]:
    """What waits for these requests, by submission."""
    query = select(HeldAnswer).where(HeldAnswer.submission_id == func.any(list(ids)), HeldAnswer.ended_at.is_(None))
    return {row.submission_id: row for row in session.scalars(query)} if ids else {}


def has_confirmed(session: Session, lead_id: int) -> bool:
    """Whether the owner of this address has pressed the button once."""
    query = select(HeldAnswer.id).where(HeldAnswer.lead_id == lead_id, HeldAnswer.end == "confirmed").limit(1)
    return session.scalar(query) is not None


def waiting(session: Session, form_id: int) -> dict[str, int]:
    """How many answers of a form wait, by what for."""
    query = select(HeldAnswer.why, func.count()).where(HeldAnswer.form_id == form_id, HeldAnswer.ended_at.is_(None))
    return {why: count for why, count in session.execute(query.group_by(HeldAnswer.why))}


def let_go(session: Session, form_id: int, now: datetime) -> int:
    """All that a burst holds back goes now, as fast as limits allow; how many."""
    held = (HeldAnswer.form_id == form_id, HeldAnswer.ended_at.is_(None), HeldAnswer.why == "burst")
    return changed(session, update(HeldAnswer).where(*held).values(due_at=now))


def leave(session: Session, form_id: int, now: datetime) -> int:
    """None of what a burst holds back goes; how many."""
    held = (HeldAnswer.form_id == form_id, HeldAnswer.ended_at.is_(None), HeldAnswer.why == "burst")
    return changed(session, update(HeldAnswer).where(*held).values(ended_at=now, end="left"))
