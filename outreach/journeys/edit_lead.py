"""A person edits a lead: facts, tags, owner, do-not-contact, notes, tasks. Each change is a line of the timeline."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from sqlalchemy import update
from sqlalchemy.orm import Session

from outreach.core import jurisdictions, pipeline, signals
from outreach.errors import Refused
from outreach.journeys import applying, who_asks
from outreach.journeys.house import House
from outreach.store import consents, enrolments, erased, events, leads, messages, tasks
from outreach.store.leads import Lead
from outreach.store.tasks import Task
from outreach.store.users import User

FACTS = ("name", "email", "phone", "company", "title", "topic", "zone", "country", "locale", "reach_by", "best_time")
LABELS = {"zone": "time zone", "email": "e-mail", "reach_by": "preferred way", "best_time": "best time to call"}
REACH_BY = ("", "phone", "text", "email")


def check(session: Session, lead: Lead, given: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Cleaned facts and one sentence per field that is wrong."""
    clean = {key: " ".join(given[key].split())[:300] for key in FACTS if key in given}
    wrong: dict[str, str] = {}
    if "email" in clean:
        clean["email"] = leads.normalised(clean["email"])
        _check_email(session, lead, clean["email"], wrong)
    if clean.get("phone") and sum(c.isdigit() for c in clean["phone"]) < 5:
        wrong["phone"] = "This is no phone number; write it with its country code, such as +49 40 555 0163."
    elif clean.get("phone"):
        clean["phone"] = _phone(clean["phone"])
    if clean.get("zone"):
        try:
            ZoneInfo(clean["zone"])
        except (ZoneInfoNotFoundError, ValueError):
            wrong["zone"] = f"“{clean['zone']}” is no time zone; write one such as Europe/Berlin."
    if clean.get("country"):
        clean["country"] = clean["country"].upper()
        if len(clean["country"]) != 2 or not clean["country"].isalpha():
            wrong["country"] = "Write the country as two letters, such as DE."
    if clean.get("reach_by", "") not in REACH_BY:
        wrong["reach_by"] = "Choose phone, text or email."
    if not (clean.get("email", lead.email) or clean.get("phone", lead.phone)):
        wrong["email"] = "Keep an e-mail address or a phone number: without one nobody can follow up."
    return clean, wrong


def save(
    session: Session, house: House, lead_id: int, given: dict[str, str], user: User, now: datetime
) -> dict[str, str]:
    """Write the facts; what is wrong comes back by field, and then nothing is written.

    A new address may be mailed again (P6), a new number called; a new zone re-plans (W7); a filled gap releases (F3).
    """
    lead = _locked(session, lead_id)
    clean, wrong = check(session, lead, given)
    if wrong:
        return wrong
    changed = {key: value for key, value in clean.items() if getattr(lead, key) != value}
    if not changed:
        return {}
    zone_before, email_before = lead.zone, lead.email
    for key, value in changed.items():
        setattr(lead, key, value)
    lead.phone_bad = False if "phone" in changed else lead.phone_bad
    if "email" in changed:
        lead.address_state = "ok"
        if lead.email:
            consents.recall(session, lead.email, now)
            messages.readdress(session, lead.id, email_before, lead.email)
    if "zone" in changed:
        lead.zone_source = "field" if lead.zone else ""
    if not lead.zone_source:
        who_asks.place(session, lead, {})
    words = ", ".join(LABELS.get(key, key) for key in changed)
    events.record(session, now, "edited", f"{user.name} changed {words}.", lead_id=lead.id, actor_id=user.id)
    session.flush()
    if "zone" in changed:
        applying.signal(session, house, lead.id, signals.ZoneChanged(zone_before, lead.zone), now, actor_id=user.id)
    enrolments.release_blocked(session, lead.id, now)
    return {}


def set_owner(session: Session, house: House, lead_id: int, owner: User | None, user: User, now: datetime) -> None:
    """K4: a change of owner moves the open tasks and re-plans by the new rep's hours."""
    lead = _locked(session, lead_id)
    owner_id = owner.id if owner else None
    if lead.owner_id == owner_id:
        return
    lead.owner_id = owner_id
    session.execute(update(Task).where(Task.lead_id == lead.id, Task.state == "open").values(owner_id=owner_id))
    name = owner.name if owner else "nobody"
    events.record(session, now, "routed", f"{user.name} gave the lead to {name}.", lead_id=lead.id, actor_id=user.id)
    session.flush()
    applying.signal(session, house, lead.id, signals.OwnerChanged(name), now, actor_id=user.id)


def set_stage(session: Session, lead_id: int, stage: str, user: User, now: datetime) -> None:
    """Move a lead by hand."""
    lead = _locked(session, lead_id)
    if stage not in pipeline.STAGES:
        raise Refused(f"“{stage}” is no stage; choose one of {', '.join(pipeline.STAGES)}.")
    if stage != lead.stage:
        words = f"{user.name} moved the lead: {lead.stage} → {stage}."
        events.record(session, now, "stage", words, lead_id=lead.id, actor_id=user.id)
        lead.stage = stage


def tag(session: Session, lead_id: int, words: str, user: User, now: datetime, *, remove: bool = False) -> None:
    """Put tags on (several with commas) or take one off."""
    lead = _locked(session, lead_id)
    for word in filter(None, (" ".join(part.split())[:60] for part in words.split(","))):
        if remove:
            leads.remove_tag(session, lead.id, word)
        else:
            leads.add_tag(session, lead.id, word)
        text = f"{user.name} {'took off' if remove else 'put on'} the tag “{word}”."
        events.record(session, now, "tag", text, lead_id=lead.id, actor_id=user.id)
    session.flush()
    enrolments.release_blocked(session, lead.id, now)


def do_not_contact(session: Session, house: House, lead_id: int, user: User, now: datetime, reason: str = "") -> None:
    """X7: nobody writes or calls any more; every enrolment ends."""
    lead = _locked(session, lead_id)
    lead.do_not_contact = True
    if lead.email:
        consents.suppress(session, lead.email, "do not contact", user.name, now)
    words = f"{user.name} marked: do not contact." + (f" {reason.strip()}" if reason.strip() else "")
    events.record(session, now, "unsubscribed", words, lead_id=lead.id, actor_id=user.id, rule="X7")
    session.flush()
    applying.signal(session, house, lead.id, signals.DoNotContact(), now, actor_id=user.id)
    for task in tasks.open_of_lead(session, lead.id):
        task.state, task.done_at, task.note = "cancelled", now, "do not contact"


def may_contact_again(session: Session, lead_id: int, user: User, now: datetime, reason: str) -> None:
    """Lift a do-not-contact that one of us set, or what an erasure left, once they asked for mail again; with the reason. Never an
    unsubscribe or a complaint (P6)."""
    lead = _locked(session, lead_id)
    if not reason.strip():
        raise Refused("Say why they may be contacted again, such as “called us and asked”.")
    found = consents.suppression(session, lead.email) if lead.email else None
    if found is not None and found.reason not in ("do not contact", "erased"):
        raise Refused(f"{lead.email} is {found.reason}: only they can take that back.")
    if found is not None:
        session.delete(found)
    erased.lift(session, lead.email, lead.id, now)
    lead.do_not_contact = False
    words = f"{user.name} allowed contact again: {reason.strip()}"
    events.record(session, now, "edited", words, lead_id=lead.id, actor_id=user.id, rule="X7")


def state_basis(
    session: Session,
    lead_id: int,
    purpose: str,
    basis: str,
    words: str,
    user: User,
    now: datetime,
    until: datetime | None = None,
) -> None:
    """MAIL C5: a person notes by what this lead may be written to, and how they know; what waited for it goes on. Raises Refused."""
    lead = _locked(session, lead_id)
    if purpose not in (jurisdictions.FOLLOW_UP, jurisdictions.EDUCATION) or basis not in jurisdictions.BASES:
        raise Refused("Choose what for, and by what they may be written to.")
    if not words.strip():
        raise Refused("Say how you know, such as “said so on the phone” or “customer number 12”: it is the proof.")
    if until is not None and until <= now:
        raise Refused("That end has passed already.")
    session.add(
        consents.Consent(
            lead_id=lead.id, purpose=purpose, granted=True, basis=basis, wording=words.strip()[:1000], source=user.name, at=now,
            expires_at=until,
        )
    )  # fmt: skip
    text = f"{user.name} noted for {purpose}: {jurisdictions.BASES[basis]} ({words.strip()[:300]})."
    events.record(session, now, "consent", text, lead_id=lead.id, actor_id=user.id, rule="MAIL C5")
    session.flush()
    enrolments.release_blocked(session, lead.id, now)


def note(session: Session, lead_id: int, words: str, user: User, now: datetime) -> None:
    """Keep a note on the timeline."""
    if not words.strip():
        raise Refused("The note is empty.")
    lead = _locked(session, lead_id)
    text = f"{user.name}: {words.strip()[:4000]}"
    events.record(session, now, "note", text, lead_id=lead.id, actor_id=user.id)


def add_task(
    session: Session, lead_id: int, kind: str, title: str, due_at: datetime, user: User, now: datetime
) -> None:
    """A task beside any sequence."""
    lead = _locked(session, lead_id)
    if kind not in ("call", "task"):
        raise Refused("Choose a call or a task.")
    title = " ".join(title.split())[:200] or f"{'Call' if kind == 'call' else 'To do for'} {lead.name or lead.email}"
    session.add(
        Task(kind=kind, lead_id=lead.id, owner_id=lead.owner_id or user.id, title=title, due_at=due_at, created_at=now,
             memory={})
    )  # fmt: skip
    events.record(session, now, "task", f"{user.name} added “{title}”.", lead_id=lead.id, actor_id=user.id)


def _check_email(session: Session, lead: Lead, email: str, wrong: dict[str, str]) -> None:
    local, _, domain = email.rpartition("@")
    if email and (not local or "." not in domain or " " in email):
        wrong["email"] = f"“{email}” is no e-mail address."
        return
    other = leads.by_email(session, email) if email else None
    if other is not None and other.id != lead.id:
        wrong["email"] = f"{other.name or 'Another lead'} has this address already."


def _phone(text: str) -> str:
    """International form where the number says its country, else as written."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(text), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return text


def _locked(session: Session, lead_id: int) -> Lead:
    lead = leads.locked(session, lead_id)
    if lead is None or lead.erased_at:
        raise Refused("This lead does not exist any more.")
    return lead
