"""Mail comes in (DESIGN 5c): raw first, understood later; classified, matched, and told to the sequences it concerns.

keep      the raw message, once (unique by checksum and recipient)
accepts   whether the listener takes mail for an address
receive   understand what nobody has read yet, each message in a transaction of its own
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from outreach.core import pipeline, replies, signals
from outreach.journeys import advance, applying, capture, notify, opt_out
from outreach.journeys.house import House
from outreach.mail import classify, matching, parse, replytext
from outreach.mail.classify import Verdict
from outreach.mail.parse import Inbound
from outreach.store import account, events, forms, inbox, leads, mailboxes, messages, users
from outreach.store.inbox import InboundMail
from outreach.store.leads import Lead
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message
from outreach.store.tasks import Task

TRIES = 2
PURPOSES = {"r": "reply", "b": "bounce", "u": "unsubscribe"}
log = structlog.get_logger()


@dataclass(frozen=True)
class Match:
    """Which letter and lead a message belongs to, and how we know (X3)."""

    lead: Lead | None = None
    message: Message | None = None
    by: str = ""
    sure: bool = False
    """A token or Message-ID of ours: enough to stop, pause and unsubscribe (MAIL 1.8 a)."""


def keep(
    session: Session,
    raw: bytes,
    now: datetime,
    *,
    source: str,
    recipient: str = "",
    envelope_from: str = "",
    mailbox_id: int | None = None,
) -> int | None:
    """Keep a raw message; its id, or None when we have it already."""
    if mailbox_id is None and recipient:
        mailbox_id = next((m.id for m in _boxes(session) if m.address.lower() == recipient.lower()), None)
    values: dict[str, object] = {
        "sha256": hashlib.sha256(raw).hexdigest(),
        "recipient": recipient[:320],
        "envelope_from": envelope_from[:320],
        "mailbox_id": mailbox_id,
        "source": source,
        "raw": raw,
        "received_at": now,
    }
    return inbox.keep(session, values)


def accepts(session: Session, house: House, address: str) -> bool:
    """RCPT: a signed address of ours, or one of our mailboxes; nothing else (MAIL X7: no relay)."""
    local, _, domain = address.strip().strip("<>").lower().rpartition("@")
    purpose, plus, token = local.partition("+")
    if plus and purpose in PURPOSES and domain == house.settings.reply_domain:
        return house.number(PURPOSES[purpose], token) is not None
    return f"{local}@{domain}" in mailboxes.addresses(session)


def receive(house: House, limit: int = 50) -> int:
    """Understand unread messages; a message that cannot be read is set aside, visible, and the line goes on."""
    with house.sessions() as session:
        waiting = inbox.unread(session, limit)
    for inbound_id in waiting:
        try:
            with house.sessions.begin() as session:
                _understand(session, house, inbound_id)
        except OperationalError:
            # The database is away: no fault of this message; it stays unread and is read when the clock rings again.
            raise
        except Exception as error:
            log.exception("inbound_failed", id=inbound_id)
            with house.sessions.begin() as session:
                _set_aside(session, inbound_id, f"{type(error).__name__}: {error}")
    return len(waiting)


def _understand(session: Session, house: House, inbound_id: int) -> None:
    """(1) Parse, (2) classify, (3) match, (4) keep what was understood, (5) act on it."""
    row = inbox.lock_new(session, inbound_id)
    if row is None:
        return
    try:
        inbound = parse.parse(row.raw)
    except parse.Unreadable as error:
        row.state, row.class_, row.error = "quarantined", "unreadable", str(error)[:500]
        notify.tell(session, None, "problem", f"A message could not be read: {error}", "/health", row.received_at)
        return
    domains = _our_domains(session, house)
    verdict = _classified(session, house, row, inbound, domains)
    match = _matched(session, house, row, inbound, verdict, domains)
    if match.lead is not None:
        leads.locked(session, match.lead.id)
    _note(row, inbound, verdict, match)
    _act(session, house, row, inbound, verdict, match, house.now(session))
    row.state = "done"


def _set_aside(session: Session, inbound_id: int, error: str) -> None:
    row = session.get_one(InboundMail, inbound_id)
    row.tries += 1
    row.error = error[:500]
    if row.tries >= TRIES:
        row.state = "quarantined"
        notify.tell(
            session, None, "problem", "A message could not be understood; see Health.", "/health", row.received_at
        )


def reclassify(session: Session, house: House, inbound_id: int, class_: str, user_id: int) -> None:
    """O10: a person corrects a class with one click; the consequences of the right one follow."""
    row = session.get_one(InboundMail, inbound_id)
    now = house.now(session)
    inbound = parse.parse(row.raw)
    verdict = Verdict(class_, f"corrected by a person (user {user_id})")  # type: ignore[arg-type]
    lead = leads.locked(session, row.lead_id) if row.lead_id else None
    message = session.get(Message, row.message_id) if row.message_id else None
    row.class_, row.evidence = class_, verdict.evidence
    events.record(
        session,
        now,
        "corrected",
        f"A message is {class_.replace('_', ' ')}.",
        lead_id=row.lead_id,
        actor_id=user_id,
        rule="O10",
    )
    _act(session, house, row, inbound, verdict, Match(lead, message, "person", True), now)


# ---- class and match ----


def _boxes(session: Session) -> list[Mailbox]:
    return mailboxes.active(session)


def _our_domains(session: Session, house: House) -> frozenset[str]:
    return frozenset({house.settings.reply_domain} | {a.rpartition("@")[2] for a in mailboxes.addresses(session)})


def _classified(session: Session, house: House, row: InboundMail, inbound: Inbound, domains: frozenset[str]) -> Verdict:
    def opts_out(address: str) -> bool:
        return _token_number(house, address, "u") is not None

    if row.recipient and opts_out(row.recipient):
        return Verdict("unsubscribe", "envelope: unsubscribe token")
    if _subject_number(house, inbound.subject) is not None:
        return Verdict("unsubscribe", "subject: unsubscribe token")
    lead = leads.by_email(session, inbound.from_address or "")
    zone = ZoneInfo((lead.zone if lead else "") or account.get(session).zone)
    day_first = None if lead is None or not lead.locale else not lead.locale.replace("_", "-").lower().endswith("-us")
    return classify.classify(
        inbound,
        our_domains=domains,
        is_unsubscribe=opts_out,
        received=row.received_at.astimezone(zone).date(),
        day_first=day_first,
    )


def _token_number(house: House, address: str, purpose: str) -> int | None:
    local = address.strip().strip("<>").rpartition("@")[0].lower()
    head, plus, token = local.partition("+")
    return house.number(PURPOSES[purpose], token) if plus and head == purpose else None


def _subject_number(house: House, subject: str) -> int | None:
    """The letter that a mail with the subject `unsubscribe-TOKEN` wants to be the last one."""
    found = re.fullmatch(r"unsubscribe-([a-z2-7]{12,61})", subject.strip().lower())
    return house.number("unsubscribe", found[1]) if found else None


def _matched(
    session: Session, house: House, row: InboundMail, inbound: Inbound, verdict: Verdict, domains: frozenset[str]
) -> Match:
    """X3: signed token; our Message-IDs; the sender's address; the sender's domain (low: a person is asked)."""
    number = _subject_number(house, inbound.subject)
    if number is not None and (asked := session.get(Message, number)):
        return Match(
            session.get(Lead, asked.lead_id) if asked.lead_id else None, asked, "token in the subject", sure=True
        )
    for candidate in matching.candidates(inbound, [row.recipient] if row.recipient else [], domains):
        if candidate.trust == "low" and verdict.cls not in ("bounce", "complaint"):
            continue
        if message := _message_of(session, house, candidate):
            lead = session.get(Lead, message.lead_id) if message.lead_id else None
            return Match(lead, message, f"{candidate.kind} in {candidate.place}", sure=True)
    sender = inbound.from_address or ""
    if sender and not inbound.from_ambiguous and (lead := leads.by_email(session, sender)):
        return Match(lead, None, "sender", sure=False)
    return Match()


def _message_of(session: Session, house: House, candidate: matching.Candidate) -> Message | None:
    if candidate.kind == "message_id":
        return messages.by_message_id(session, [candidate.value])
    purpose = "bounce" if candidate.kind == "envelope_id" else candidate.kind
    number = house.number(purpose, candidate.value)
    return session.get(Message, number) if number is not None else None


def _note(row: InboundMail, inbound: Inbound, verdict: Verdict, match: Match) -> None:
    row.class_, row.evidence, row.matched_by = verdict.cls, verdict.evidence[:300], match.by
    row.lead_id = match.lead.id if match.lead else None
    row.message_id = match.message.id if match.message else None
    row.wire_id, row.references = inbound.message_id or "", list(inbound.references)[-50:]
    row.from_address, row.from_name = (inbound.from_address or "")[:320], inbound.from_name[:200]
    row.subject = inbound.subject[:500]
    if verdict.cls in ("human", "out_of_office", "left_company", "acknowledgement", "challenge"):
        sent = match.message.text_sent if match.message else None
        row.reply_text = replytext.reply_text(inbound.text, inbound.html, sent).text[:20000]
    row.detail = {
        "return_date": verdict.return_date.isoformat() if verdict.return_date else None,
        "bounces": [
            {"recipient": b.recipient, "status": b.status, "verdict": b.verdict, "text": b.diagnostic[:300]}
            for b in verdict.bounces
        ],
        "successors": [{"name": s.name, "address": s.address} for s in verdict.successors],
    }


# ---- what follows ----


def _act(
    session: Session, house: House, row: InboundMail, inbound: Inbound, verdict: Verdict, match: Match, now: datetime
) -> None:
    sender = (inbound.from_address or "").lower()
    if verdict.cls == "human" and _is_ours(session, sender):
        row.class_, row.evidence = "own", "X2: from one of our own addresses"
        return
    actions = {
        "unsubscribe": _opt_out,
        "complaint": _complaint,
        "bounce": _bounce,
        "out_of_office": _away,
        "left_company": _left,
        "challenge": _challenge,
        "calendar": _calendar,
        "human": _human,
    }
    if action := actions.get(verdict.cls):
        action(session, house, row, verdict, match, now)
    elif match.lead:
        events.record(
            session,
            now,
            "received",
            f"{verdict.cls.replace('_', ' ').capitalize()}: “{row.subject}”.",
            lead_id=match.lead.id,
            rule="O8",
            data={"inbound": row.id},
        )


def _is_ours(session: Session, address: str) -> bool:
    return address in mailboxes.addresses(session) or users.by_email(session, address) is not None


def _opt_out(session: Session, house: House, row: InboundMail, verdict: Verdict, match: Match, now: datetime) -> None:
    address = match.message.to_address if match.message else row.from_address
    if match.sure and address:
        opt_out.unsubscribe(
            session,
            house,
            address,
            "mail to the unsubscribe address",
            now,
            match.message.id if match.message else None,
            match.lead.id if match.lead else None,
        )


def _complaint(session: Session, house: House, row: InboundMail, verdict: Verdict, match: Match, now: datetime) -> None:
    if match.message and verdict.complaint and verdict.complaint.counts:
        match.message.delivered = "complained"
        opt_out.complain(session, house, match.message.to_address, now, match.message.id)


def _bounce(session: Session, house: House, row: InboundMail, verdict: Verdict, match: Match, now: datetime) -> None:
    """Only with a token or Message-ID of ours: a forged report suppresses nobody (MAIL 1.11)."""
    message, lead = match.message, match.lead
    if not match.sure or message is None or lead is None:
        return
    worst = next(
        (v for v in ("hard", "soft", "ours", "delayed") if any(b.verdict == v for b in verdict.bounces)), "soft"
    )
    said = next((b.diagnostic or b.status or "" for b in verdict.bounces if b.verdict == worst), "")
    if worst == "hard":
        message.delivered, message.reason = "bounced", said[:500]
        advance.bounced(session, house, lead, message, now)
        return
    events.record(
        session,
        now,
        "delivery",
        f"Delivery report ({worst}): {said or row.subject}"[:500],
        lead_id=lead.id,
        message_id=message.id,
        rule="F2",
        data={"inbound": row.id, "verdict": worst},
    )
    if worst == "soft":
        message.delivered = "soft"
        final = sum(1 for m in messages.of_lead(session, lead.id)[:10] if m.delivered == "soft") >= 3
        applying.signal(session, house, lead.id, signals.Bounced(hard=False, final=final), now, message_id=message.id)


def _away(session: Session, house: House, row: InboundMail, verdict: Verdict, match: Match, now: datetime) -> None:
    if match.lead is None:
        return
    until = f" until {verdict.return_date:%-d %B %Y}" if verdict.return_date else ", without a date"
    events.record(
        session,
        now,
        "out of office",
        f"Out of office{until}.",
        lead_id=match.lead.id,
        rule="O4",
        data={"inbound": row.id},
    )
    applying.signal(session, house, match.lead.id, signals.WasOutOfOffice(verdict.return_date), now)


def _left(session: Session, house: House, row: InboundMail, verdict: Verdict, match: Match, now: datetime) -> None:
    lead = match.lead
    if lead is None:
        return
    lead.address_state = "dead"
    names = ", ".join(f"{s.name} {s.address}".strip() for s in verdict.successors)
    title = f"Find the successor of {lead.name or lead.email}" + (f" (named: {names})" if names else "")
    events.record(
        session,
        now,
        "left company",
        f"{lead.name or lead.email} has left the company.",
        lead_id=lead.id,
        rule="O7",
        data={"inbound": row.id},
    )
    applying.signal(session, house, lead.id, signals.LeftCompany(), now)
    _task(session, lead, "task", title[:300], row, now)


def _challenge(session: Session, house: House, row: InboundMail, verdict: Verdict, match: Match, now: datetime) -> None:
    who = match.lead.name or match.lead.email if match.lead else row.from_address
    _task(session, match.lead, "task", f"{who} uses a filter that asks you to confirm: “{row.subject}”"[:300], row, now)


def _calendar(session: Session, house: House, row: InboundMail, verdict: Verdict, match: Match, now: datetime) -> None:
    if match.lead is None:
        return
    answer = verdict.calendar_answer or "answered"
    events.record(
        session,
        now,
        "calendar",
        f"Calendar: {answer}: “{row.subject}”.",
        lead_id=match.lead.id,
        data={"inbound": row.id},
    )
    _task(session, match.lead, "task", f"{match.lead.name or match.lead.email} {answer} the invitation", row, now)


def _human(session: Session, house: House, row: InboundMail, verdict: Verdict, match: Match, now: datetime) -> None:
    if match.lead is not None:
        _reply(session, house, row, match, now)
    elif not _stranger(session, house, row, now):
        _task(
            session,
            None,
            "unknown_mail",
            f"Who is this? {row.from_name or row.from_address}: “{row.subject}”"[:300],
            row,
            now,
        )
        notify.tell(session, None, "unknown mail", f"Mail from somebody unknown: {row.from_address}", "/today", now)


def _reply(session: Session, house: House, row: InboundMail, match: Match, now: datetime) -> None:
    """A person answered: stop at once, and a person takes over (X1, X5)."""
    lead = match.lead
    assert lead is not None
    zone = ZoneInfo(lead.zone or account.get(session).zone)
    sense = replies.sense_of(row.reply_text, now.astimezone(zone).date())
    row.sense = sense.sense
    other = row.from_address.lower() != lead.email
    note = f" (from another address: {row.from_address})" if other else ""
    events.record(
        session,
        now,
        "replied",
        f"Replied{note}: “{row.reply_text[:200]}”",
        lead_id=lead.id,
        rule="X2",
        message_id=match.message.id if match.message else None,
        data={"inbound": row.id, "sense": sense.sense},
    )
    lead.stage, lead.last_activity_at = pipeline.after_reply(lead.stage), now
    if sense.sense == "unsubscribe" and not other:
        opt_out.unsubscribe(
            session,
            house,
            lead.email,
            "asked for it in a reply",
            now,
            match.message.id if match.message else None,
            lead.id,
        )
    applying.signal(
        session,
        house,
        lead.id,
        signals.Replied(sense.sense, back_on=sense.back_on),
        now,
        message_id=match.message.id if match.message else None,
    )
    who = lead.name or lead.email
    task = _task(session, lead, "reply", f"Answer {who}", row, now)
    notify.tell(session, lead.owner_id, "reply", f"{who} replied: “{row.reply_text[:80]}”", f"/leads/{lead.id}", now)
    owner = session.get(users.User, lead.owner_id) if lead.owner_id else None
    extra = {
        "lead": {"name": lead.name, "email": lead.email, "phone": lead.phone, "company": lead.company},
        "lead_url": house.url(f"/leads/{lead.id}"),
        "task_url": house.url(f"/today?task={task.id}"),
        "reply": {"text": row.reply_text[:4000], "subject": row.subject, "sense": sense.sense.replace("_", " ")},
    }
    notify.write(session, house, owner, "notice-reply", extra, now, lead)


def _task(session: Session, lead: Lead | None, kind: str, title: str, row: InboundMail, now: datetime) -> Task:
    task = Task(
        kind=kind,
        lead_id=lead.id if lead else None,
        owner_id=lead.owner_id if lead else None,
        inbound_id=row.id,
        title=title,
        due_at=now,
        created_at=now,
        memory={},
    )
    session.add(task)
    session.flush()
    return task


def _stranger(session: Session, house: House, row: InboundMail, now: datetime) -> bool:
    """Mail from a stranger to a mailbox that is marked so becomes a submission, behind the loop guard (O9)."""
    mailbox = session.get(Mailbox, row.mailbox_id) if row.mailbox_id else None
    if mailbox is None or not mailbox.takes_strangers or not row.from_address or not _may_answer(session, row):
        return False
    form = forms.by_key(session, "contact")
    done = capture.note_lead(
        session,
        house,
        name=row.from_name,
        email=row.from_address,
        message=row.reply_text[:5000],
        source="mail",
        sequence_id=form.sequence_id if form else None,
        now=now,
    )
    row.lead_id = done.lead_id
    lead = session.get_one(Lead, done.lead_id)
    _task(session, lead, "reply", f"Answer {lead.name or lead.email} (first mail)", row, now)
    notify.tell(
        session,
        lead.owner_id,
        "new lead",
        f"New request by mail from {lead.name or lead.email}",
        f"/leads/{lead.id}",
        now,
    )
    return True


def _may_answer(session: Session, row: InboundMail) -> bool:
    """O9 beyond the class: no answer to no-reply addresses or to more than ten mails of one sender a day."""
    local = row.from_address.partition("@")[0].lower()
    robots = ("no-reply", "noreply", "donotreply", "do-not-reply", "mailer-daemon", "postmaster", "bounce")
    return not local.startswith(robots) and not local.endswith("-request") and not local.startswith("owner-")
