"""Colleagues: leads of one company (X6), asked for by the rules of core.companies."""

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, text
from sqlalchemy.orm import Session

from outreach.core import companies
from outreach.store.enrolments import SALES, Enrolment
from outreach.store.leads import Lead

MOST = 1000
MOST_ASKED = 200
"""Colleagues who are asked for their zone with every new lead of a company, however large it is."""


def colleagues(lead: Lead) -> ColumnElement[bool] | None:
    """Which leads are of this one's company; None when nothing tells its company."""
    mine = companies.belonging(lead.company, lead.email)
    domain = and_(Lead.email != "", func.lower(func.split_part(Lead.email, "@", 2)) == mine.domain)
    record = and_(Lead.company != "", func.lower(Lead.company) == lead.company.lower())
    either = []
    if mine.record:
        either.append(record)
    if mine.domain:
        either.append(and_(domain, Lead.company == "") if mine.record else domain)
    return and_(or_(*either), Lead.id != lead.id, Lead.erased_at.is_(None)) if either else None


def followed_up(session: Session, lead: Lead) -> int:
    """M7: how many others of the company are in a sales sequence now."""
    same = colleagues(lead)
    if same is None:
        return 0
    return session.scalar(select(func.count()).select_from(Lead).where(same, _selling())) or 0


def selling_ids(session: Session, lead: Lead) -> list[int]:
    """X6: the lead's colleagues that are in a sales sequence now."""
    same = colleagues(lead)
    return list(session.scalars(select(Lead.id).where(same, _selling()).limit(MOST))) if same is not None else []


def zone_of(session: Session, lead: Lead) -> str | None:
    """W6: where most of a lead's colleagues are whose own zone is known and no guess (of very many, some are asked)."""
    same = colleagues(lead)
    if same is None:
        return None
    own = and_(Lead.zone != "", Lead.zone_source.in_(("field", "browser", "postal", "phone")))
    some = select(Lead.zone, own.label("own")).where(same).limit(MOST_ASKED).subquery()
    known = select(some.c.zone).where(some.c.own).group_by(some.c.zone)
    return session.scalar(known.order_by(func.count().desc(), some.c.zone).limit(1))


def take_turns(session: Session, lead: Lead) -> None:
    """Until the end of the transaction nobody else counts the places of this company (M7)."""
    key = companies.belonging(lead.company, lead.email).key
    if key:
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 77))"), {"key": key})


def _selling() -> ColumnElement[bool]:
    return exists().where(Enrolment.lead_id == Lead.id, Enrolment.ended_at.is_(None), Enrolment.class_.in_(SALES))
