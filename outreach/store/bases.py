"""By what leads may be written to (MAIL C5): the rows that prove it, gathered for core.jurisdictions, which judges.

Evidence is what is there anyway: requests (forms, calls, walk-ins, their own mails), sales that were won, and consents, among them
bases that a person or an import stated. So nothing runs out of step with the rows, and a new request renews by itself.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core import jurisdictions
from outreach.core.jurisdictions import CONSENT, ENQUIRY, HANDED, PURCHASE, Evidence, Rules, Standing
from outreach.store import account, consents, deals, forms
from outreach.store.account import Account
from outreach.store.leads import Lead

ASKED = ("form", "call", "walk-in", "mail")
"""Sources of requests: people who wanted something of us (M8)."""


def rules_of(us: Account) -> Rules:
    """The table as this account has it."""
    return Rules(us.country, us.basis_asked, us.consent_months)


Known = Mapping[int, Sequence[Evidence]]
"""Lead -> all that is known."""


def evidence_of(session: Session, lead_ids: Collection[int]) -> dict[int, list[Evidence]]:
    """All by which each of these leads may be written to, or said no."""
    found: dict[int, list[Evidence]] = {number: [] for number in lead_ids}
    for lead_id, source, at in forms.latest_by_source(session, lead_ids):
        basis = ENQUIRY if source in ASKED else HANDED if source == "card" else ""
        if basis:
            found[lead_id].append(Evidence(basis, at, source=source))
    for lead_id, at in deals.latest_won(session, lead_ids):
        found[lead_id].append(Evidence(PURCHASE, at, source="a deal that was won"))
    for one in consents.of_leads(session, lead_ids):
        basis = one.basis if one.granted else CONSENT
        found[one.lead_id].append(Evidence(basis, one.at, one.purpose, one.granted, one.expires_at, one.source))
    return found


def standing(session: Session, lead: Lead, purpose: str, now: datetime) -> Standing:
    """Whether and why one lead may be written to for a purpose."""
    return standings(session, [lead], now)[lead.id, purpose]


def standings(session: Session, people: Collection[Lead], now: datetime) -> dict[tuple[int, str], Standing]:
    """The same of many and for both purposes, by lead and purpose."""
    rules = rules_of(account.get(session))
    known = evidence_of(session, [lead.id for lead in people])
    return {
        (lead.id, purpose): jurisdictions.standing(rules, lead.country, purpose, known[lead.id], now)
        for lead in people
        for purpose in (jurisdictions.FOLLOW_UP, jurisdictions.EDUCATION)
    }


def asked_of(session: Session, us: Account, people: Iterable[Lead], purposes: Collection[str]) -> Known:
    """The evidence of those of whose letters for these purposes a law asks for a basis; nothing is looked up of others."""
    rules = rules_of(us)
    ids = [lead.id for lead in people if any(rules.wanted(lead.country, one) is not None for one in purposes)]
    return evidence_of(session, ids) if ids else {}


def lacking(us: Account, lead: Lead, purpose: str, known: Known, now: datetime) -> Standing | None:
    """Why a lead may not be written to for a purpose; None = may, or no law asks."""
    if lead.id not in known:
        return None
    found = jurisdictions.standing(rules_of(us), lead.country, purpose, known[lead.id], now)
    return None if found.may else found


def opens_seen(session: Session, us: Account, people: Mapping[int, Lead]) -> frozenset[int]:
    """T1: of these leads those whose letters may tell that they were opened."""
    if not us.open_pixel:
        return frozenset()
    rules, said = rules_of(us), consents.last_words(session, list(people), jurisdictions.OPENS)
    return frozenset(
        number
        for number, lead in people.items()
        if not lead.erased_at and jurisdictions.may_see_opens(rules, lead.country, said.get(number))
    )
