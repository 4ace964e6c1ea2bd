"""Somebody asks for help: a form post, a call, a card, a walk-in, a stranger's mail (DESIGN 5a).

`submit` finds or makes the lead, keeps the cleaned answers (journeys.cleaning), routes it, enrols it and queues the answer,
all in the caller's one transaction. Nothing is sent here.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core import entry, jurisdictions
from outreach.core.answers import OF_THE_LEAD, in_words
from outreach.errors import Refused
from outreach.journeys import answer_limits, enrol, facts, notify
from outreach.journeys.cleaning import address, clean, phone_number
from outreach.journeys.house import House
from outreach.journeys.who_asks import bring_up_to_date, lead_for
from outreach.store import consents, enrolments, events, forms, happenings, held_answers, leads, users
from outreach.store.enrolments import Enrolment
from outreach.store.forms import Form, Submission
from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.store.sequences import SequenceRow
from outreach.store.tasks import Task
from outreach.store.users import User

ANSWER_AGAIN = timedelta(hours=24)
"""O9: at most one auto-response per address and form in so long."""
DOUBLE_CLICK = timedelta(minutes=10)
BOXES = {"consent": consents.EDUCATION, "tracking": jurisdictions.OPENS}
"""Boxes of forms in which people agree to something, by their keys."""
BESIDE = {
    "confirm": " (address not confirmed yet)",
    "burst": ": no automatic answer went",
    "later": "",
    "full": ": no automatic answer goes, answer in person",
}
"""What the owner's task says of an answer that is held."""


@dataclass(frozen=True)
class Captured:
    """What a submission led to."""

    lead_id: int
    submission_id: int
    enrolment_id: int | None


def submit(
    session: Session, house: House, form: Form, answers: dict[str, Any], context: dict[str, Any], now: datetime
) -> Captured:
    """One form post: (1) the lead, (2) the submission (a double click is one), (3) consent, (4) owner and clock,
    (5) the sequence, or the form's own letter, (6) the notice to the owner."""
    lead, new = lead_for(session, answers, context, now, source=f"form {form.key}")
    if earlier := _double(session, form.id, answers, now):
        return _repeated(session, earlier)
    with session.no_autoflush:  # nothing in between asks for what is being written: one statement for each row
        if not new:
            bring_up_to_date(session, lead, answers, context)
        owner = _route(session, lead, now)
        submission = _keep(session, lead, form.id, _fingerprint(answers, now), "form", answers, context, now)
        fresh = facts.Fresh(forms.Asked(form.id, now), facts.suppressed(session, lead)) if new else None
        opening = _opening(session, lead, form, fresh, now)
        if opening.held is None or opening.held.why != "confirm":
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
        if not new:
            enrolments.release_blocked(session, lead.id, now)
        enrolment_id = _start(session, house, lead, form, submission, now, opening)
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
    basis: str = "",
) -> Captured:
    """A lead that a person noted (call, card, walk-in), imported, or whose mail came in. Raises Refused.

    Calls, walk-ins and mails are requests; cards and imports are none and enter class sales only (M8). `through`:
    ``import`` or ``api`` opens the ways in of that name when no sequence is chosen. `basis`: by what they may be written
    to, as whoever brings them in says (MAIL C5).
    """
    answers: dict[str, Any] = {
        k: clean(v, lines=k == "message")
        for k, v in {"name": name, "company": company, "topic": topic, "message": message}.items()
    }
    answers["email"] = address(email) if email.strip() else ""
    answers["phone"] = phone_number(clean(phone)) if phone.strip() else ""
    if not answers["email"] and not answers["phone"]:
        raise Refused("Give an e-mail address or a phone number: without one nobody can follow up.")
    lead, new = lead_for(session, answers, {}, now, source=source)
    if basis in jurisdictions.BASES:
        consents.state(session, lead.id, basis, through or source, now)
        enrolments.release_blocked(session, lead.id, now)
    if earlier := _double(session, None, answers | {"source": source}, now):
        return _repeated(session, earlier)
    if not new:
        bring_up_to_date(session, lead, answers, {})
    fingerprint = _fingerprint(answers | {"source": source}, now)
    submission = _keep(session, lead, None, fingerprint, source, answers, {}, now)
    if not new:
        enrolments.release_blocked(session, lead.id, now)
    if owner_id and lead.owner_id is None:
        lead.owner_id = owner_id
    _route(session, lead, now)
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
    if source == "mail" and (held := answer_limits.full(session, lead, now)) is not None:
        answer_limits.keep(session, lead, submission, held, now, sequence_id=row.id)
        return Captured(lead.id, submission.id, None)
    entered = enrol.enrol(session, house, lead, row, now, submission_id=request, actor_id=actor_id)
    return Captured(lead.id, submission.id, entered.enrolment.id if entered.enrolment else None)


def complete(session: Session, submission: Submission, phone: str, best_time: str, now: datetime) -> None:
    """What the thank-you page asked for: the missing phone number and the best time to call. Raises Refused."""
    lead = leads.locked(session, submission.lead_id)
    assert lead is not None
    if phone.strip():
        lead.phone, lead.phone_bad = phone_number(clean(phone)), False
    lead.best_time = clean(best_time)[:100] or lead.best_time
    submission.answers = submission.answers | {"phone": lead.phone, "best_time": lead.best_time}
    events.record(session, now, "submission", "Added a phone number or the best time to call.", lead_id=lead.id)


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
    return Captured(earlier.lead_id, earlier.id, running.id if running else None)


def _keep(
    session: Session,
    lead: Lead,
    form_id: int | None,
    fingerprint: str,
    source: str,
    answers: dict[str, Any],
    context: dict[str, Any],
    now: datetime,
) -> Submission:
    submission = Submission(
        form_id=form_id,
        lead_id=lead.id,
        fingerprint=fingerprint,
        source=source,
        answers=answers,
        context=context,
        at=now,
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
    for key, purpose in BOXES.items():
        if key not in answers:
            continue
        label = next((str(field.get("label", "")) for field in form.fields if field["key"] == key), "")
        wording = form.consent_text if purpose == consents.EDUCATION else label
        source, ip = f"form {form.key}", str(context.get("ip", ""))
        words = {"wording": wording, "source": source, "ip": ip}
        session.add(consents.Consent(lead_id=lead.id, purpose=purpose, granted=bool(answers[key]), at=now, **words))


def _route(session: Session, lead: Lead, now: datetime) -> User | None:
    """Round robin; a lead that has an active owner comes back to the same one."""
    owner = session.get(User, lead.owner_id) if lead.owner_id else None
    if owner is None or not owner.active:
        owner = users.next_in_turn(session, now)
        lead.owner_id = owner.id if owner else None
        if owner:
            owner.last_assigned_at = now
            events.record(session, now, "routed", f"Given to {owner.name} (round robin).", lead_id=lead.id)
    return owner


class _Opening(NamedTuple):
    """What a form's request begins: the sequences that it opens, the one that runs already, whether this form answered within a
    day (O9), whether the answer to an earlier request waits, and why this one's does (MAIL L2, L4)."""

    happened: entry.Happening
    opened: list[entry.Candidate]
    running: Enrolment | None
    lately: bool
    waits: bool
    held: answer_limits.Hold | None
    fresh: facts.Fresh | None


def _opening(session: Session, lead: Lead, form: Form, fresh: facts.Fresh | None, now: datetime) -> _Opening:
    """M2: the form's own sequence and those that name the form; of a lead that this transaction has made no past is asked for."""
    happened = entry.Happening("form", form.key)
    opened = enrol.opened_by(session, happened, form.sequence_id)
    running, lately, waits, held = None, False, False, None
    if fresh is None:
        running = enrolments.running_sales(session, lead.id)
        lately = bool(opened or running or form.letter) and _answered_lately(session, lead, form, now)
        waits = any(one.form_id == form.id for one in held_answers.open_of_lead(session, lead.id))
    if lead.email and (opened or form.letter) and not (running or lately or waits):
        suppressed = fresh.suppressed if fresh else facts.suppressed(session, lead)
        held = None if suppressed else answer_limits.hold(session, lead, form, now)
    return _Opening(happened, opened, running, lately, waits, held, fresh)


def _start(
    session: Session, house: House, lead: Lead, form: Form, submission: Submission, now: datetime, opening: _Opening
) -> int | None:
    """(1) Behind the limits: a person's task, (2) the highest sequence in the list, else the form's own letter (M2)."""
    who = lead.name or lead.email
    opened, running = opening.opened, opening.running
    if running is None and opening.lately and opened:
        _again_task(session, lead, submission, now, f"{who} wrote again within a day: answer in person")
        words = "An answer went to this address within 24 hours; a person takes over."
        events.record(session, now, "not enrolled", words, lead_id=lead.id, rule="O9")
        return None
    if opening.held is not None:
        _again_task(session, lead, submission, now, f"New request from {who}{BESIDE[opening.held.kind]}")
        answer_limits.keep(session, lead, submission, opening.held, now, new=opening.fresh is not None)
        return None
    again = f"{who} wrote again: look at the new request"
    _again_task(session, lead, submission, now, again if running or opening.waits else f"New request from {who}")
    session.flush()
    if opening.waits or (running is not None and opening.lately):
        return running.id if running else None
    return _answer(session, house, lead, form, submission, now, opening)


def answer_held(
    session: Session, house: House, lead: Lead, form: Form, submission: Submission, now: datetime
) -> int | None:
    """The answer that waited begins now; the lead is locked. The enrolment, if one began or runs."""
    happened = entry.Happening("form", form.key)
    opened = enrol.opened_by(session, happened, form.sequence_id)
    running = enrolments.running_sales(session, lead.id)
    if running is not None or (opened and _answered_lately(session, lead, form, now)):
        return running.id if running else None
    opening = _Opening(happened, opened, None, False, False, None, None)
    return _answer(session, house, lead, form, submission, now, opening)


def agree(session: Session, lead: Lead, form: Form, submission: Submission, ip: str, now: datetime) -> None:
    """The consent that was given in the form counts once its address is confirmed."""
    _consent(session, lead, form, submission.answers, submission.context | {"ip": ip}, now)


def _answer(
    session: Session, house: House, lead: Lead, form: Form, submission: Submission, now: datetime, opening: _Opening
) -> int | None:
    opened, running = opening.opened, opening.running
    entered = enrol.enter(
        session, house, lead, opening.happened, now, opened=opened, submission_id=submission.id, fresh=opening.fresh
    )
    if not opened and running is None and form.letter and not opening.lately:
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
        .where(Message.extra["template"].astext.is_distinct_from(answer_limits.CONFIRM_LETTER))
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
