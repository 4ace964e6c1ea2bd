"""Somebody wants no more mail: wins over everything, at once (X7, MAIL U1 to U7)."""

from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core import signals
from outreach.core.jurisdictions import OPENS
from outreach.journeys import applying
from outreach.journeys.house import House
from outreach.store import consents, erased, events, leads
from outreach.store.leads import Lead
from outreach.store.messages import Message


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
    if lead is not None and lead.erased_at:
        for same in _who_they_are_now(session, lead, "unsubscribed"):
            unsubscribe(session, house, same.email, source, now, message_id, same.id)
        return
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


def untrack(session: Session, message_id: int, now: datetime) -> None:
    """They do not want us to see what they open (MAIL T1): no letter to them tells it any more. Twice is once; nothing to do where
    lead or letter are gone."""
    letter = session.get(Message, message_id)
    lead = leads.locked(session, letter.lead_id) if letter and letter.lead_id else None
    if lead is None or lead.erased_at or consents.last_words(session, [lead.id], OPENS).get(lead.id) is False:
        return
    session.add(consents.Consent(lead_id=lead.id, purpose=OPENS, granted=False, source="link in a letter", at=now))
    words = "Does not want us to see which letters they open."
    events.record(session, now, "untracked", words, lead_id=lead.id, message_id=message_id, rule="B2")


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
    if lead is not None and lead.erased_at:
        for same in _who_they_are_now(session, lead, "complained"):
            complain(session, house, same.email, now, message_id, same.id)
        return
    for address in {email, lead.email if lead else ""} - {""}:
        consents.suppress(session, address, "complained", "complaint report", now)
    if lead is None:
        return
    leads.locked(session, lead.id)
    events.record(
        session, now, "complained", "Reported our mail as spam.", lead_id=lead.id, message_id=message_id, rule="X7"
    )
    applying.signal(session, house, lead.id, signals.Complained(), now, message_id=message_id)


def _who_they_are_now(session: Session, lead: Lead, reason: str) -> list[Lead]:
    """An old letter of somebody whose data was erased: its way out holds for their addresses, marked as they are, and for who
    they are now, if they asked for mail again (MAIL U4)."""
    found = erased.again(session, lead.id)
    erased.objected(session, lead.id, reason)
    return [same for number in found if (same := session.get(Lead, number)) is not None]
