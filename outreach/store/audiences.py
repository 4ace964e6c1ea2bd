"""Whom a newsletter issue goes to: the people of an audience, and what decides whether each may get it.

An audience is {"who": "nurture"}, {"who": "tag", "tag": WORD} or {"who": "segment", "segment": NAME}.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, false, func, select
from sqlalchemy.orm import Session

from outreach.core import segments as rules
from outreach.store import account, bases, business_clock, consents, messages, segments
from outreach.store.consents import EDUCATION
from outreach.store.enrolments import SALES, Enrolment
from outreach.store.leads import Lead, Tag
from outreach.store.messages import LetterOfLate


@dataclass(frozen=True)
class Known:
    """What is known of a batch of leads, by lead id (by address for suppressions)."""

    suppressed: dict[str, str]
    refused: frozenset[int]
    """Their last word on educational mail was no."""
    evidence: bases.Known
    """MAIL C5: of those whose law asks for a basis, by what they may be written to."""
    selling: frozenset[int]
    """A sales sequence runs for them (M3)."""
    mails: dict[int, list[LetterOfLate]]
    """Letters of late (M4, M5)."""


def members(session: Session, audience: dict[str, Any]) -> Select[int]:
    """Ids of everybody in an audience who has an address; nobody for an audience that is not complete."""
    query = select(Lead.id).where(Lead.email != "", Lead.erased_at.is_(None))
    if audience.get("who") == "nurture":
        inside = select(Enrolment.lead_id).where(Enrolment.class_ == "nurture", Enrolment.ended_at.is_(None))
        return query.where(Lead.id.in_(inside))
    if audience.get("who") == "tag" and audience.get("tag"):
        return query.where(Lead.id.in_(select(Tag.lead_id).where(Tag.tag == audience["tag"])))
    if audience.get("who") == "segment" and (segment := segments.by_name(session, str(audience.get("segment", "")))):
        return query.where(segments.matching(session, rules.read(segment.rules), business_clock.now(session)))
    return query.where(false())


def size(session: Session, audience: dict[str, Any]) -> int:
    """How many people an audience has."""
    return session.scalar(select(func.count()).select_from(members(session, audience).subquery())) or 0


def batch(session: Session, audience: dict[str, Any], after: int, limit: int, before: datetime | None) -> list[Lead]:
    """The next people by id, of those who were there `before`."""
    query = select(Lead).where(Lead.id.in_(members(session, audience)), Lead.id > after).order_by(Lead.id).limit(limit)
    return list(session.scalars(query.where(Lead.created_at <= before) if before else query))


def known(session: Session, people: list[Lead], since: datetime, sending: Collection[int] | None = None) -> Known:
    """The facts of a batch in five queries. `sending`: the letters whose turn has come; what waits behind them counts not."""
    ids, addresses = [lead.id for lead in people], [lead.email.lower() for lead in people]
    selling = select(Enrolment.lead_id).where(
        Enrolment.lead_id == func.any(ids), Enrolment.ended_at.is_(None), Enrolment.class_.in_(SALES)
    )
    return Known(
        suppressed=consents.reasons_of(session, addresses),
        refused=_refused(session, ids),
        evidence=bases.asked_of(session, account.get(session), people, {EDUCATION}),
        selling=frozenset(session.scalars(selling)),
        mails=messages.letters_since(session, ids, since, sending),
    )


def _refused(session: Session, ids: list[int]) -> frozenset[int]:
    said = consents.last_words(session, ids, EDUCATION)
    return frozenset(lead_id for lead_id, granted in said.items() if not granted)
