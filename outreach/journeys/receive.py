"""Mail comes in (DESIGN 5c): raw first, understood later; classified, matched, and told to the sequences it concerns.

keep      the raw message, once (unique by checksum and recipient)
accepts   whether the listener takes mail for an address
receive   understand what nobody has read yet, each message in a transaction of its own
"""

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from outreach import clock, leash
from outreach.core.companies import FREE_MAIL
from outreach.journeys import again, consequences, notify
from outreach.journeys.consequences import Case, Match
from outreach.journeys.house import House
from outreach.mail import authresults, classify, dns, matching, parse, replytext
from outreach.mail.classify import Verdict
from outreach.mail.dns import Ask, DnsSilent
from outreach.mail.glance import glance
from outreach.mail.parse import Inbound
from outreach.mail.signedblock import Sender
from outreach.store import account, attachments, blanking, inbox, leads, mailboxes, messages, wire_ids
from outreach.store.attachments import Attachment
from outreach.store.inbox import InboundMail
from outreach.store.leads import Lead
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message

TRIES = 2
SECONDS = 20
"""Of computing for one message, where the reader may be ended (jobs.work)."""
MOST_FILES = 50
DNS_SECONDS, DNS_QUESTIONS = 8.0, 30
"""For the proof of one sender."""
BATCH_SECONDS = 16.0
log = structlog.get_logger()


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
    if plus and purpose in matching.PURPOSES and domain == house.settings.reply_domain:
        return house.number(matching.PURPOSES[purpose], token) is not None
    return f"{local}@{domain}" in mailboxes.addresses(session)


@dataclass(frozen=True)
class Unproven:
    """A mail of which only the From header says who wrote it: DNS is asked, with no transaction open."""

    raw: bytes
    sender: str


class Prover:
    """Asks DNS for the keys that prove senders (MAIL 1.8 h), for so long a batch: whoever's names are silent holds up nobody."""

    def __init__(self, ask: Ask) -> None:
        self.ask = dns.once(ask)
        self.silent: set[str] = set()
        self.left = BATCH_SECONDS

    def of(self, mail: Unproven) -> str:
        """The domain that signed; empty where nothing is proven."""
        home, began = mail.sender.rpartition("@")[2].lower(), clock.monotonic()
        if home in self.silent or self.left <= 0:
            return ""
        try:
            ask = dns.within(self.ask, DNS_SECONDS, DNS_QUESTIONS)
            return authresults.signer(mail.raw, mail.sender, ask, clock.real_now().timestamp())
        except DnsSilent:
            self.silent.add(home)
        except Exception:
            log.exception("sender_not_judged")  # a fault of ours is no reason to set the mail aside
        finally:
            self.left -= clock.monotonic() - began
        return ""


def receive(house: House, limit: int = 50, ask: Ask = dns.ask) -> int:
    """Understand unread messages; a message that cannot be read is set aside, visible, and the line goes on."""
    with house.sessions() as session:
        waiting = inbox.unread(session, limit)
    prover = Prover(ask)
    for inbound_id in waiting:
        try:
            if _begun(house, inbound_id):
                again.while_passing(partial(_read, house, inbound_id, prover))
        except OperationalError:
            # The database is away or busy: no fault of this message; it stays unread and is read when the clock rings again.
            _take_back_the_try(house, inbound_id)
            raise
        except Exception as error:
            log.exception("inbound_failed", id=inbound_id)
            with house.sessions.begin() as session:
                _set_aside(session, inbound_id, f"{type(error).__name__}: {error}")
    return len(waiting)


def _read(house: House, inbound_id: int, prover: Prover) -> None:
    """One message; where its sender is to be proven first, DNS is asked between two transactions."""
    with leash.at_most(SECONDS), house.sessions.begin() as session:
        unproven = _understand(session, house, inbound_id)
    if unproven is not None:
        proof = prover.of(unproven)
        with leash.at_most(SECONDS), house.sessions.begin() as session:
            _understand(session, house, inbound_id, proof)


def _begun(house: House, inbound_id: int) -> bool:
    """Count the try before it begins: whoever kills the reader (time, memory) is set aside after two tries (X4)."""
    with house.sessions.begin() as session:
        tries = inbox.begin_try(session, inbound_id)
        if tries is not None and tries > TRIES:
            words = f"Reading it took more than {SECONDS} seconds or too much memory, {TRIES} times."
            _quarantine(session, session.get_one(InboundMail, inbound_id), words)
        return tries is not None and tries <= TRIES


def _take_back_the_try(house: House, inbound_id: int) -> None:
    with suppress(SQLAlchemyError), house.sessions.begin() as session:
        inbox.take_back_try(session, inbound_id)


def _understand(session: Session, house: House, inbound_id: int, proof: str | None = None) -> Unproven | None:
    """(1) Parse, (2) classify, (3) match, (4) keep what was understood, (5) act on it.

    With no `proof` (the domain that signed, or "") a mail that needs one is handed back as it lay.
    """
    row = inbox.lock_new(session, inbound_id)
    if row is None:
        return None
    try:
        inbound = parse.parse(row.raw)
    except parse.Unreadable as error:
        _quarantine(session, row, str(error))
        return None
    domains = _our_domains(session, house)
    verdict = _classified(session, house, row, inbound, domains)
    match = _matched(session, house, row, inbound, verdict, domains)
    of_erased = blanking.is_of_erased(session, match.message)
    if of_erased and verdict.cls == "human":
        match = Match()  # whoever wrote it is nobody that we know any more
    if proof is None and _wants_proof(house, inbound, verdict, match):
        return Unproven(bytes(row.raw), inbound.from_address or "")
    if proof:
        match = replace(match, proven=True, by=f"{match.by}, signed by {proof}")
    now = house.now(session)
    _note(row, inbound, verdict, match)
    _keep_files(session, row, inbound)
    consequences.act(Case(session, house, row, verdict, match, now))
    row.state = "done"
    if of_erased and match.message is not None:
        inbox.blank(row)
        blanking.late(session, match.message)
    return None


def _wants_proof(house: House, inbound: Inbound, verdict: Verdict, match: Match) -> bool:
    """Where it matters who wrote, only From says it, and no server of ours has judged (X3): is there a signature?"""
    return (
        match.by == "sender"
        and not match.proven
        and verdict.cls in ("human", "left_company")
        and bool(inbound.all_headers("dkim-signature"))
        and authresults.judged(inbound, house.settings.our_mail_servers) is None
    )


def _keep_files(session: Session, row: InboundMail, inbound: Inbound) -> None:
    """X6: names and checksums, never opened; at most so many, and only of people's mail. The bytes stay in the raw mail."""
    if row.class_ in ("bounce", "complaint", "receipt", "list"):
        return
    found = [
        Attachment(
            number=number, name=one.name[:120], type=one.type[:100], size=one.size, sha256=one.sha256,
            content_id=one.content_id[:200], inline=one.inline,
        )
        for number, one in enumerate(inbound.attachments[:MOST_FILES], 1)
    ]  # fmt: skip
    if found:
        attachments.keep(session, row.id, found)


def _quarantine(session: Session, row: InboundMail, reason: str) -> None:
    row.state, row.class_, row.error = "quarantined", "unreadable", reason[:500]
    row.from_name, row.from_address, row.subject = glance(bytes(row.raw))
    words = f"A message could not be read: {reason}"[:500]
    notify.tell(session, None, "problem", words, "/mail/quarantine", row.received_at)


def _set_aside(session: Session, inbound_id: int, error: str) -> None:
    row = session.get_one(InboundMail, inbound_id)
    row.error = error[:500]
    if row.tries >= TRIES:
        _quarantine(session, row, error)


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
    zone = account.zone_of(session, lead.zone if lead else "")
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
    return house.number(matching.PURPOSES[purpose], token) if plus and head == purpose else None


def _subject_number(house: House, subject: str) -> int | None:
    """The letter that a mail with the subject `unsubscribe-TOKEN` wants to be the last one."""
    found = re.fullmatch(r"unsubscribe-([a-z2-7]{12,61})", subject.strip().lower())
    return house.number("unsubscribe", found[1]) if found else None


def _matched(
    session: Session, house: House, row: InboundMail, inbound: Inbound, verdict: Verdict, domains: frozenset[str]
) -> Match:
    """X3: signed token; our Message-IDs; the sender's address; the sender's domain (low: a person is asked). The lead is
    locked."""
    number = _subject_number(house, inbound.subject)
    if number is not None and (asked := session.get(Message, number)):
        return Match(_addressee(session, asked, verdict), asked, "token in the subject", sure=True)
    for candidate in matching.candidates(inbound, [row.recipient] if row.recipient else [], domains):
        if candidate.trust == "low" and verdict.cls not in ("bounce", "complaint"):
            continue
        if message := _message_of(session, house, candidate):
            lead = _addressee(session, message, verdict)
            return Match(lead, message, f"{candidate.kind} in {candidate.place}", sure=True)
    thread = [*inbound.in_reply_to, *reversed(inbound.references)][:50]
    if thread and (written := messages.by_message_id(session, thread)):  # a rep wrote it from their own mail program
        return Match(_addressee(session, written, verdict), written, "message_id in the thread", sure=True)
    return _by_sender(session, house, inbound)


def _addressee(session: Session, message: Message, verdict: Verdict) -> Lead | None:
    """The lead that a letter went to. Of a copy to somebody in Cc the one whom it is about, when they write themselves: their
    absence or their leaving says nothing of the lead."""
    if message.kind == "copy" and verdict.cls == "human":
        first = session.get(Message, message.extra.get("copy_of"))
        message = first or message
    return leads.locked(session, message.lead_id) if message.lead_id else None


def _by_sender(session: Session, house: House, inbound: Inbound) -> Match:
    """X3: the sender's address; else the company's domain with the subject of a letter of ours: a colleague, perhaps."""
    sender = inbound.from_address or ""
    if not sender or inbound.from_ambiguous:
        return Match()
    if lead := leads.by_email(session, sender):
        proven = bool(authresults.judged(inbound, house.settings.our_mail_servers))
        return Match(leads.locked(session, lead.id), None, "sender", proven=proven)
    subject = _bare(inbound.subject)
    company = sender.rpartition("@")[2].lower()
    if not subject or not company or company in FREE_MAIL:
        return Match()
    for lead in leads.at_domain(session, company, 20):
        letter = next(
            (m for m in messages.of_lead(session, lead.id, 20) if m.subject and _bare(m.subject) == subject), None
        )
        if letter is not None and letter.kind != "notice":
            return Match(leads.locked(session, lead.id), letter, "domain and subject", colleague=True)
    return Match()


def _bare(subject: str) -> str:
    """A subject without its marks of answering and forwarding."""
    return " ".join(
        re.sub(r"^(?:\s*(?:re|aw|sv|vs|antw|odp|fwd?|wg|tr|rv|enc)\s*(?:\[\d+\])?:)+", "", subject, flags=re.I).split()
    ).lower()


def _message_of(session: Session, house: House, candidate: matching.Candidate) -> Message | None:
    if candidate.kind == "message_id":
        return messages.by_message_id(session, [candidate.value]) or _never_stored(session, house, candidate.value)
    purpose = "bounce" if candidate.kind == "envelope_id" else candidate.kind
    number = house.number(purpose, candidate.value)
    return session.get(Message, number) if number is not None else None


def _never_stored(session: Session, house: House, message_id: str) -> Message | None:
    """The letter of an id that is signed by us, where the database lost that the letter began (DESIGN 4.4)."""
    token = matching.token_of(message_id)
    number = house.number("message", token) if token else None
    found = session.get(Message, number) if number is not None else None
    return found if found is not None and found.message_id is None else None


def _chain(inbound: Inbound) -> list[str]:
    """RFC 5322 3.6.4: the thread so far; of a mail without References its one In-Reply-To (MAIL O3)."""
    parents = inbound.references or (inbound.in_reply_to if len(inbound.in_reply_to) == 1 else ())
    return list(parents)[-50:]


def _note(row: InboundMail, inbound: Inbound, verdict: Verdict, match: Match) -> None:
    row.class_, row.evidence, row.matched_by = verdict.cls, verdict.evidence[:300], match.by
    row.lead_id = match.lead.id if match.lead else None
    row.message_id = match.message.id if match.message else None
    row.wire_id, row.references = wire_ids.kept(inbound.message_id or ""), _chain(inbound)
    row.from_address, row.from_name = (inbound.from_address or "")[:320], inbound.from_name[:200]
    row.subject = inbound.subject[:500]
    if verdict.cls in ("human", "out_of_office", "left_company", "acknowledgement", "challenge"):
        sent = match.message.text_sent if match.message else None
        sender = Sender.of(inbound.from_name, inbound.from_address or "")
        row.reply_text = replytext.reply_text(inbound.text, inbound.html, sent, sender).text[:20000]
    row.detail = {
        "return_date": verdict.return_date.isoformat() if verdict.return_date else None,
        "bounces": [
            {"recipient": b.recipient, "status": b.status, "verdict": b.verdict, "text": b.diagnostic[:300]}
            for b in verdict.bounces
        ],
        "successors": [{"name": s.name, "address": s.address} for s in verdict.successors],
    }
