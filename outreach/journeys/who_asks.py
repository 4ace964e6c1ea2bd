"""Whose request it is: the lead, found or made, with all that was told and the time zone that follows from it (W6)."""

from datetime import datetime
from functools import partial
from typing import Any

import phonenumbers
from sqlalchemy.orm import Session

from outreach.core import zones
from outreach.store import account, companies, consents, leads
from outreach.store.leads import Lead
from outreach.store.users import User

KNOWN = ("name", "email", "phone", "company", "topic", "reach_by", "consent", "tracking")


def lead_for(
    session: Session, answers: dict[str, Any], context: dict[str, Any], now: datetime, source: str
) -> tuple[Lead, bool]:
    """The lead, locked; whether it came into being just now, with all that was told: one statement then."""
    email = str(answers.get("email", ""))
    found = leads.by_email(session, email) if email else leads.by_phone(session, str(answers.get("phone", "")))
    if found is None:
        made = leads.blank(email, source, now)
        bring_up_to_date(session, made, answers, context)
        if lead := leads.insert(session, made):
            consents.recall(session, email, now)
            return lead, True
        found = leads.must_by_email(session, email)
    leads.locked(session, found.id)
    if found.erased_at:  # at this very moment: they come anew
        return lead_for(session, answers, context, now, source)
    return found, False


def bring_up_to_date(session: Session, lead: Lead, answers: dict[str, Any], context: dict[str, Any]) -> None:
    """Newer answers win over what was known, except that nothing is emptied."""
    for key in ("name", "phone", "company", "topic", "reach_by"):
        if answers.get(key):
            setattr(lead, key, str(answers[key]))
    if answers.get("phone"):
        lead.phone_bad = False
    lead.locale = str(context.get("locale") or lead.locale)[:20]
    own = {k: v for k, v in answers.items() if k not in KNOWN and k != "message" and v not in ("", None)}
    lead.fields = lead.fields | own
    if lead.zone_source != "field":
        place(session, lead, context)


def place(session: Session, lead: Lead, context: dict[str, Any]) -> None:
    """W6: the first of the chain that is known, with its source."""
    us = account.get(session)
    owner = session.get(User, lead.owner_id) if lead.owner_id else None
    country = lead.country or _country_of(lead.phone)
    chain = partial(
        zones.zone_of,
        browser=context.get("zone") or (lead.zone if lead.zone_source == "browser" else None),
        country=lead.country or None,
        region=lead.region or None,
        phone=lead.phone or None,
        owner=owner.zone if owner else None,
        account=us.zone,
    )
    zone = chain()
    if zone.source in ("owner", "account"):
        zone = chain(company=companies.zone_of(session, lead))
    lead.zone, lead.zone_source = zone.name, zone.source + (" (guessed)" if zone.guessed else "")
    if not lead.country:
        lead.country = country or zones.country_of(zone.name) if zone.source == "browser" else country or us.country


def _country_of(phone: str) -> str:
    if not phone.startswith("+"):
        return ""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(phone)) or ""
    except phonenumbers.NumberParseException:
        return ""
