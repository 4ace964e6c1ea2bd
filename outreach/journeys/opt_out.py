"""Somebody wants no more mail: wins over everything, at once (X7, MAIL U1 to U7)."""

from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core import signals
from outreach.journeys import applying
from outreach.journeys.house import House
from outreach.store import consents, events, leads
from outreach.store.leads import Lead


def unsubscribe(
    session: Session,
    house: House,
    email: str,
    source: str,
    now: datetime,
    message_id: int | None = None,
    lead_id: int | None = None,
) -> None:
    """Suppress the address, and the lead's own one where it is another; stop every programme. Harmless to repeat.

    Works after lead and letter were deleted: the address alone is enough (MAIL U4).
    """
    lead = session.get(Lead, lead_id) if lead_id else leads.by_email(session, email)
    if lead is not None:
        leads.locked(session, lead.id)
    new = [a for a in {email, lead.email if lead else ""} if a and consents.suppression(session, a) is None]
    for address in new:
        consents.suppress(session, address, "unsubscribed", source, now)
    if lead is None:
        return
    if new:
        session.add(consents.Consent(lead_id=lead.id, purpose=consents.EDUCATION, granted=False, source=source, at=now))
        events.record(
            session, now, "unsubscribed", f"Unsubscribed ({source}).", lead_id=lead.id, message_id=message_id, rule="X7"
        )
    applying.signal(session, house, lead.id, signals.Unsubscribed(), now, message_id=message_id)


def complain(
    session: Session,
    house: House,
    email: str,
    now: datetime,
    message_id: int | None = None,
    lead_id: int | None = None,
) -> None:
    """A spam report: as an opt-out, with its own reason; also of a lead who has another address by now."""
    lead = session.get(Lead, lead_id) if lead_id else leads.by_email(session, email)
    for address in {email, lead.email if lead else ""} - {""}:
        consents.suppress(session, address, "complained", "complaint report", now)
    if lead is None:
        return
    leads.locked(session, lead.id)
    events.record(
        session, now, "complained", "Reported our mail as spam.", lead_id=lead.id, message_id=message_id, rule="X7"
    )
    applying.signal(session, house, lead.id, signals.Complained(), now, message_id=message_id)
