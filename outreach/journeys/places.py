"""When a lead may get a newsletter issue, or why not at all (X7, consent, M3, M4): asked when the issue is planned, and
once more when the letter's turn has come."""

from dataclasses import dataclass
from datetime import datetime

from outreach.core import arbiter, schedule
from outreach.core.enrolments import SentMail
from outreach.core.jurisdictions import EDUCATION
from outreach.core.sequences import Schedule
from outreach.store import bases
from outreach.store.account import Account
from outreach.store.audiences import Known
from outreach.store.leads import UNCONFIRMED, Lead

PATIENCE = arbiter.PATIENCE["newsletter"]
"""M5: a letter that the cap would hold for longer is left out."""
EVERY_DAY = Schedule(zone="lead", holidays="none")


@dataclass(frozen=True)
class Place:
    """Whether a lead gets the issue: when, or why not."""

    at: datetime | None
    rule: str = ""
    text: str = ""


def place_of(lead: Lead, known: Known, us: Account, now: datetime) -> Place:
    """X7, consent, M3, M4: when this lead may get the issue, or why not at all."""
    if lead.do_not_contact:
        return Place(None, "X7", "do not contact.")
    if reason := known.suppressed.get(lead.email.lower()):
        return Place(None, "X7", f"{reason}.")
    if lead.address_state == "dead":
        return Place(None, "X7", "the address does not take mail.")
    if lead.address_state == UNCONFIRMED:
        return Place(None, "MAIL L4", "the address is not confirmed.")
    if lead.id in known.refused:
        return Place(None, "C5", "no consent to educational mail.")
    if lacking := bases.lacking(us, lead, EDUCATION, known.evidence, now):
        return Place(None, "MAIL C5", f"{lacking.short}.")
    if lead.id in known.selling:
        return Place(None, "M3", "a sales sequence is running.")
    return _when(lead, known, us, now)


def _when(lead: Lead, known: Known, us: Account, now: datetime) -> Place:
    mails = [SentMail(mail.at, mail.class_, mail.at_once) for mail in known.mails.get(lead.id, ())]
    if not mails:
        return Place(now)
    zone = lead.zone or us.zone
    cal = schedule.calendar(EVERY_DAY, zone, lead.country or None, lead.region or None, us.zone, us.country or None)
    held = arbiter.allowed_from("newsletter", now, mails, cal, cap_day=us.cap_day, cap_week=us.cap_week)
    if held is None:
        return Place(now)
    if held.until is None or held.until - now > PATIENCE:
        return Place(None, held.rule, held.text)
    return Place(held.until, held.rule, held.text)
