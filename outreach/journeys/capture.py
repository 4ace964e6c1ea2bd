"""Somebody asks for help: a form post, a call, a card, a walk-in, a stranger's mail (DESIGN 5a).

`check` cleans the answers; `submit` keeps them, finds or makes the lead, routes it, enrols it and queues the answer, all in
the caller's one transaction. Nothing is sent here.
"""

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core import entry, office, zones
from outreach.core.answers import OF_THE_LEAD, in_words
from outreach.errors import Refused
from outreach.journeys import enrol, facts, notify
from outreach.journeys.house import House
from outreach.store import account, companies, consents, enrolments, events, forms, happenings, leads, users
from outreach.store.forms import Form, Submission
from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.store.sequences import SequenceRow
from outreach.store.tasks import Task
from outreach.store.users import User

LONGEST = {"text": 200, "email": 254, "tel": 40, "textarea": 5000, "date": 40, "select": 200, "radio": 200}
KNOWN = ("name", "email", "phone", "company", "topic", "reach_by", "consent")
ANSWER_AGAIN = timedelta(hours=24)
"""O9: at most one auto-response per address and form in so long."""
SLA = timedelta(minutes=5)
DOUBLE_CLICK = timedelta(minutes=10)


@dataclass(frozen=True)
class Captured:
    """What a submission led to."""

    lead_id: int
    submission_id: int
    enrolment_id: int | None
    repeated: bool = False
    """It was a double click: nothing new happened."""


def check(form: Form, answers: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The cleaned answers and, by field, what is wrong with the others. Unknown keys are kept as further answers."""
    cleaned: dict[str, Any] = {}
    errors: dict[str, str] = {}
    known = {field["key"] for field in form.fields}
    for field in form.fields:
        if field.get("kind") == "checkbox" and not field.get("required") and answers.get(field["key"]) is None:
            continue  # not asked, so neither yes nor no
        try:
            cleaned[field["key"]] = _value(field, answers.get(field["key"]))
        except Refused as error:
            errors[field["key"]] = str(error)
    for key in [k for k in answers if k not in known][:40]:
        if isinstance(answers[key], str | int | float | bool) and re.fullmatch(r"[A-Za-z][\w-]{0,60}", key):
            cleaned[key] = _clean(str(answers[key]))[:2000]
    return cleaned, errors


def _value(field: dict[str, Any], raw: Any) -> Any:
    kind, label = field.get("kind", "text"), field.get("label", field["key"])
    if kind == "checkbox":
        return _truth(raw, label, bool(field.get("required")))
    if raw is not None and not isinstance(raw, str | int | float):
        raise Refused(f"{label}: send text, not {type(raw).__name__}.")
    value = _clean("" if raw is None else str(raw), lines=kind == "textarea")
    if not value:
        if field.get("required"):
            raise Refused("Please choose one." if kind in ("select", "radio") else "Please fill this in.")
        return ""
    if len(value) > LONGEST.get(kind, 200):
        raise Refused(f"This has {len(value)} characters; {LONGEST.get(kind, 200)} are allowed.")
    if kind == "email":
        return _email(value)
    if kind == "tel":
        return _phone(value)
    if kind in ("select", "radio"):
        return _choice(field, value)
    return value


def _truth(raw: Any, label: str, required: bool) -> bool:
    value = raw is True or str(raw).strip().lower() in ("true", "1", "on", "yes", "y")
    if (
        not value
        and raw not in (None, False, "", 0)
        and str(raw).strip().lower() not in ("false", "0", "off", "no", "n")
    ):
        raise Refused(f"{label}: send true or false, not '{str(raw)[:40]}'.")
    if required and not value:
        raise Refused("Please tick this to go on.")
    return value


def _clean(value: str, *, lines: bool = False) -> str:
    """NFC, without control characters; white space collapsed except line ends in long texts."""
    value = unicodedata.normalize("NFC", value.replace("\r\n", "\n"))
    kept = "".join(c for c in value if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp"))
    if lines:
        return kept.strip()
    return " ".join(kept.split())


def _email(value: str) -> str:
    try:
        found = validate_email(value, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise Refused(f"'{value[:80]}' is no e-mail address. Please check it, for example ann@example.com.") from None
    return found.normalized.lower()


def _phone(value: str) -> str:
    digits = sum(c.isdigit() for c in value)
    if not 5 <= digits <= 20 or re.search(r"[^\d\s+()./x#-]", value, re.IGNORECASE):
        raise Refused(f"'{value[:40]}' is no phone number. Digits, spaces and + are enough.")
    return value


def _choice(field: dict[str, Any], value: str) -> str:
    allowed = [str(o["value"]) for o in field.get("options", [])]
    if value not in allowed:
        raise Refused(f"'{value[:60]}' is not one of: {', '.join(allowed)}.")
    return value


def submit(
    session: Session, house: House, form: Form, answers: dict[str, Any], context: dict[str, Any], now: datetime
) -> Captured:
    """One form post: (1) the lead, (2) the submission (a double click is one), (3) consent, (4) owner and clock,
    (5) the sequence, or the form's own letter, (6) the notice to the owner."""
    lead, new = _lead_for(session, answers, context, now, source=f"form {form.key}")
    if earlier := _double(session, form.id, answers, now):
        return _repeated(session, earlier)
    with session.no_autoflush:  # nothing in between asks for what is being written: one statement for each row
        if not new:
            _update(session, lead, answers, context)
        owner = _route(session, house, lead, now)
        due = _sla(session, owner, now)
        submission = _keep(session, lead, form.id, _fingerprint(answers, now), "form", answers, context, now, due)
        _consent(session, lead, form, answers, context, now)
        events.record(
            session,
            now,
            "submission",
            f"Filled in “{form.title or form.name}”.",
            lead_id=lead.id,
            data={"submission": submission.id, "new": new},
        )
        happenings.note(session, now, "form", form.key, lead.id, data={"submission": submission.id})
        fresh = facts.Fresh(forms.Asked(form.id, now), facts.suppressed(session, lead)) if new else None
        enrolment_id = _start(session, house, lead, form, submission, now, fresh)
        _tell(session, house, lead, owner, form, submission, now)
    return Captured(lead.id, submission.id, enrolment_id)


def note_lead(
    session: Session,
    house: House,
    *,
    name: str,
    email: str,
    now: datetime,
    phone: str = "",
    company: str = "",
    topic: str = "",
    message: str = "",
    source: str = "call",
    sequence_id: int | None = None,
    owner_id: int | None = None,
    actor_id: int | None = None,
    through: str = "",
) -> Captured:
    """A lead that a person noted (call, card, walk-in), imported, or whose mail came in. Raises Refused.

    Calls, walk-ins and mails are requests; cards and imports are none and enter class sales only (M8). `through`:
    ``import`` or ``api`` opens the ways in of that name when no sequence is chosen.
    """
    answers: dict[str, Any] = {
        k: _clean(v, lines=k == "message")
        for k, v in {"name": name, "company": company, "topic": topic, "message": message}.items()
    }
    answers["email"] = _email(email) if email.strip() else ""
    answers["phone"] = _phone(_clean(phone)) if phone.strip() else ""
    if not answers["email"] and not answers["phone"]:
        raise Refused("Give an e-mail address or a phone number: without one nobody can follow up.")
    lead, new = _lead_for(session, answers, {}, now, source=source)
    if earlier := _double(session, None, answers | {"source": source}, now):
        return _repeated(session, earlier)
    if not new:
        _update(session, lead, answers, {})
    fingerprint = _fingerprint(answers | {"source": source}, now)
    submission = _keep(session, lead, None, fingerprint, source, answers, {}, now)
    if owner_id and lead.owner_id is None:
        lead.owner_id = owner_id
    _route(session, house, lead, now)
    events.record(
        session,
        now,
        "submission",
        f"Noted from a {source}.",
        lead_id=lead.id,
        actor_id=actor_id,
        data={"submission": submission.id, "new": new},
    )
    row = session.get(SequenceRow, sequence_id) if sequence_id else None
    request = submission.id if source in ("call", "walk-in", "mail") else None
    if row is None:
        if through in ("import", "api"):
            happenings.note(session, now, through, "", lead.id, data={"submission": request})
        return Captured(lead.id, submission.id, None)
    entered = enrol.enrol(session, house, lead, row, now, submission_id=request, actor_id=actor_id)
    return Captured(lead.id, submission.id, entered.enrolment.id if entered.enrolment else None)


def complete(session: Session, submission: Submission, phone: str, best_time: str, now: datetime) -> None:
    """What the thank-you page asked for: the missing phone number and the best time to call. Raises Refused."""
    lead = leads.locked(session, submission.lead_id)
    assert lead is not None
    if phone.strip():
        lead.phone, lead.phone_bad = _phone(_clean(phone)), False
    lead.best_time = _clean(best_time)[:100] or lead.best_time
    submission.answers = submission.answers | {"phone": lead.phone, "best_time": lead.best_time}
    events.record(session, now, "submission", "Added a phone number or the best time to call.", lead_id=lead.id)


def _lead_for(
    session: Session, answers: dict[str, Any], context: dict[str, Any], now: datetime, source: str
) -> tuple[Lead, bool]:
    """The lead, locked; whether it came into being just now, with all that was told: one statement then."""
    email = str(answers.get("email", ""))
    found = leads.by_email(session, email) if email else _by_phone(session, str(answers.get("phone", "")))
    if found is None:
        made = leads.blank(email, source, now)
        _update(session, made, answers, context)
        if lead := leads.insert(session, made):
            return lead, True
        found = leads.must_by_email(session, email)
    leads.locked(session, found.id)
    return found, False


def _by_phone(session: Session, phone: str) -> Lead | None:
    return session.scalar(select(Lead).where(Lead.phone == phone).limit(1)) if phone else None


def _update(session: Session, lead: Lead, answers: dict[str, Any], context: dict[str, Any]) -> None:
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
        _place(session, lead, context)


def _place(session: Session, lead: Lead, context: dict[str, Any]) -> None:
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


def _double(session: Session, form_id: int | None, answers: dict[str, Any], now: datetime) -> Submission | None:
    """The submission with the same answers within the last ten minutes, if there is one."""
    earlier = forms.same(session, form_id, [_fingerprint(answers, at) for at in (now, now - DOUBLE_CLICK)])
    return earlier if earlier is not None and now - earlier.at < DOUBLE_CLICK else None


def _fingerprint(answers: dict[str, Any], now: datetime) -> str:
    """The answers and the ten minutes they fall into: unique in the database, so that two clicks at once are one row."""
    window = int(now.timestamp() // DOUBLE_CLICK.total_seconds())
    words = json.dumps(answers, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(f"{window}\0{words}".encode()).hexdigest()


def _repeated(session: Session, earlier: Submission) -> Captured:
    running = enrolments.running_sales(session, earlier.lead_id)
    return Captured(earlier.lead_id, earlier.id, running.id if running else None, repeated=True)


def _keep(
    session: Session,
    lead: Lead,
    form_id: int | None,
    fingerprint: str,
    source: str,
    answers: dict[str, Any],
    context: dict[str, Any],
    now: datetime,
    sla_due_at: datetime | None = None,
) -> Submission:
    submission = Submission(
        form_id=form_id,
        lead_id=lead.id,
        fingerprint=fingerprint,
        source=source,
        answers=answers,
        context=context,
        at=now,
        sla_due_at=sla_due_at,
    )
    session.add(submission)
    lead.last_activity_at, lead.answered_at = now, None
    if lead.stage in ("archived", "lost", "nurture", "contacted", "replied"):
        events.record(session, now, "stage", f"Came back: {lead.stage} → new.", lead_id=lead.id)
        lead.stage = "new"
    session.flush()
    return submission


def _consent(
    session: Session, lead: Lead, form: Form, answers: dict[str, Any], context: dict[str, Any], now: datetime
) -> None:
    if "consent" in answers:
        session.add(
            consents.Consent(
                lead_id=lead.id,
                purpose=facts.EDUCATION,
                granted=bool(answers["consent"]),
                at=now,
                wording=form.consent_text,
                source=f"form {form.key}",
                ip=str(context.get("ip", "")),
            )
        )


def _route(session: Session, house: House, lead: Lead, now: datetime) -> User | None:
    """Round robin; a lead that has an active owner comes back to the same one."""
    owner = session.get(User, lead.owner_id) if lead.owner_id else None
    if owner is None or not owner.active:
        owner = users.next_in_turn(session)
        lead.owner_id = owner.id if owner else None
        if owner:
            owner.last_assigned_at = now
            events.record(session, now, "routed", f"Given to {owner.name} (round robin).", lead_id=lead.id)
    return owner


def _sla(session: Session, owner: User | None, now: datetime) -> datetime | None:
    """First human attempt within 5 business minutes of the owner's hours."""
    us = account.get(session)
    week = facts.week((owner.working_hours if owner else None) or us.working_hours)
    zone = (owner.zone if owner else "") or us.zone
    return office.due(office.hours(week, zone, us.zone, us.country or None, us.region or None), now, SLA)


def _start(
    session: Session,
    house: House,
    lead: Lead,
    form: Form,
    submission: Submission,
    now: datetime,
    fresh: facts.Fresh | None,
) -> int | None:
    """M2: the form's own sequence and those that name the form, the highest in the list; else the form's own letter."""
    who = lead.name or lead.email
    happened = entry.Happening("form", form.key)
    opened = enrol.opened_by(session, happened, form.sequence_id)
    running = enrolments.running_sales(session, lead.id) if fresh is None else None
    lately = fresh is None and (bool(opened) or running is not None) and _answered_lately(session, lead, form, now)
    if running is None and lately:
        _again_task(session, lead, submission, now, f"{who} wrote again within a day: answer in person")
        words = "An answer went to this address within 24 hours; a person takes over."
        events.record(session, now, "not enrolled", words, lead_id=lead.id, rule="O9")
        return None
    again = f"{who} wrote again: look at the new request"
    _again_task(session, lead, submission, now, again if running else f"New request from {who}")
    session.flush()
    if running is not None and lately:
        return running.id
    entered = enrol.enter(session, house, lead, happened, now, opened=opened, submission_id=submission.id, fresh=fresh)
    if not opened and running is None and form.letter:
        _own_letter(session, lead, form, submission, now)
    if entered and entered.enrolment:
        return entered.enrolment.id
    return running.id if running else None


def _answered_lately(session: Session, lead: Lead, form: Form, now: datetime) -> bool:
    """O9: an auto-response of this form went to this address within 24 hours."""
    query = (
        select(Message.id)
        .join(Submission, Submission.id == Message.submission_id)
        .where(Message.lead_id == lead.id, Message.at_once, Message.kind.in_(("step", "answer")))
        .where(Submission.form_id == form.id, Message.queued_at > now - ANSWER_AGAIN)
    )
    return session.scalar(query.limit(1)) is not None


def _again_task(session: Session, lead: Lead, submission: Submission, now: datetime, title: str) -> None:
    session.add(
        Task(
            kind="new_lead",
            lead_id=lead.id,
            owner_id=lead.owner_id,
            submission_id=submission.id,
            title=title,
            due_at=now,
            created_at=now,
            memory={},
        )
    )


def _own_letter(session: Session, lead: Lead, form: Form, submission: Submission, now: datetime) -> None:
    """A form that enrols nowhere sends its own letter, at once, behind the same limits."""
    if facts.suppressed(session, lead) or _answered_lately(session, lead, form, now):
        return
    session.add(
        Message(
            kind="answer",
            class_="inbound",
            lane="urgent",
            at_once=True,
            lead_id=lead.id,
            user_id=lead.owner_id,
            submission_id=submission.id,
            to_address=lead.email,
            extra={"template": form.letter},
            references=[],
            due_at=now,
            queued_at=now,
        )
    )


def _tell(
    session: Session, house: House, lead: Lead, owner: User | None, form: Form, submission: Submission, now: datetime
) -> None:
    who = lead.name or lead.email
    notify.tell(session, owner.id if owner else None, "new lead", f"New request from {who}", f"/leads/{lead.id}", now)
    said = in_words(form.fields, submission.answers, OF_THE_LEAD)
    extra = {
        "lead": {"name": lead.name, "email": lead.email, "phone": lead.phone, "company": lead.company},
        "lead_url": house.url(f"/leads/{lead.id}"),
        "form_name": form.title or form.name,
        "answers": [{"label": one.label, "asked": one.asked, "value": one.value} for one in said],
        "answer_minutes": 5,
    }
    notify.write(session, house, owner, "notice-new-lead", extra, now, lead)
