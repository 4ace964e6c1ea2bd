"""What follows from a mail that was understood (RULES X1 to X7, O4 to O8): one function for each class.

`act` runs in the transaction of `receive`, or in that of a person's correction (O10). What it changed about the lead is
kept with the mail, so that a correction can take it back before the right consequences follow.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core import comeback, pipeline, replies, signals
from outreach.journeys import applying, capture, delivery_reports, later, notify, opt_out, senses
from outreach.journeys.house import House
from outreach.journeys.ours import is_ours
from outreach.mail.classify import Verdict
from outreach.store import account, changes, events, forms, leads, users
from outreach.store.inbox import InboundMail
from outreach.store.leads import UNCONFIRMED, Lead
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message
from outreach.store.tasks import Task

OUR_OWN_SOURCES = ("sent",)
ABSENCES_BEFORE_ASKING = 3
"""Since a person last wrote: two extend, the third asks (MAIL 1.9)."""


@dataclass(frozen=True)
class Match:
    """Which letter and lead a message belongs to, and how we know (X3)."""

    lead: Lead | None = None
    message: Message | None = None
    by: str = ""
    sure: bool = False
    """A token or Message-ID of ours: enough to stop, pause and unsubscribe (MAIL 1.8 a)."""
    proven: bool = False
    """Our own mail server found the From header true: with it, consent may change (X3)."""
    colleague: bool = False
    """Only the sender's domain and the subject fit: pauses, and asks a person."""


@dataclass(frozen=True)
class Case:
    """One message with all that is known of it. `sense`: said by a person; `again`: a correction, nobody is told twice."""

    session: Session
    house: House
    row: InboundMail
    verdict: Verdict
    match: Match
    now: datetime
    sense: str = ""
    again: bool = False

    @property
    def lead(self) -> Lead | None:
        return self.match.lead

    @property
    def who(self) -> str:
        return (self.lead.name or self.lead.email) if self.lead else (self.row.from_name or self.row.from_address)

    def note(self, kind: str, words: str, rule: str = "", **data: object) -> None:
        """A line on the lead's timeline."""
        if self.lead is not None:
            events.record(
                self.session, self.now, kind, words, lead_id=self.lead.id, rule=rule,
                message_id=self.match.message.id if self.match.message else None,
                data={"inbound": self.row.id, **data},
            )  # fmt: skip


def act(case: Case) -> None:
    """Draw the consequences, and keep what they changed about the lead."""
    lead = case.lead
    if lead is None or case.verdict.cls not in ACTIONS:
        _act(case)
        return
    with case.session.no_autoflush:  # what waits to be written is the mail alone
        before = changes.picture(case.session, lead)
    _act(case)
    done = changes.between(before, changes.picture(case.session, lead))
    kept = [one for one in done if not _is_notice(one)]
    case.row.detail = {**case.row.detail, "undo": kept, "acted_at": case.now.isoformat()}


def _is_notice(change: changes.Change) -> bool:
    """A notice to our own people goes out and is not taken back."""
    return change["table"] == "messages" and change["before"] is None and change["after"].get("kind") == "notice"


def _act(case: Case) -> None:
    if case.row.source in OUR_OWN_SOURCES:
        return
    if case.verdict.cls == "human" and is_ours(case.session, case.row.from_address.lower()):
        case.row.class_, case.row.evidence = "own", "X2: from one of our own addresses"
    elif action := ACTIONS.get(case.verdict.cls):
        action(case)
    elif case.lead:
        what = case.verdict.cls.replace("_", " ").capitalize()
        case.note("received", f"{what}: “{case.row.subject}”.", "O8")


# ---- ways out and reports ----


def _opt_out(case: Case) -> None:
    message = case.match.message
    address = message.to_address if message else case.row.from_address
    if case.match.sure and address:
        opt_out.unsubscribe(
            case.session, case.house, address, "mail to the unsubscribe address", case.now,
            message.id if message else None, case.lead.id if case.lead else None,
        )  # fmt: skip


def _complaint(case: Case) -> None:
    message, complaint = case.match.message, case.verdict.complaint
    if message and (case.again or (complaint and complaint.counts)):
        message.delivered = "complained"
        lead_id = case.lead.id if case.lead else None
        opt_out.complain(case.session, case.house, message.to_address, case.now, message.id, lead_id)


def _bounce(case: Case) -> None:
    """Only with a token or Message-ID of ours: a forged report suppresses nobody (MAIL 1.11)."""
    message, lead = case.match.message, case.lead
    if not case.match.sure or message is None or (lead is None and message.kind != "copy"):
        return
    named = [b for b in case.verdict.bounces if b.recipient == message.to_address.lower()]
    found = named or case.verdict.bounces
    worst = next(
        (v for v in ("hard", "soft", "ours", "delayed", "delivered") if any(b.verdict == v for b in found)), "soft"
    )
    said = next((b.diagnostic or b.status or "" for b in found if b.verdict == worst), "")
    words = said if worst == "hard" else said or case.row.subject
    delivery_reports.told(
        case.session, case.house, message, lead, worst, words, case.now, {"inbound": case.row.id}
    )  # fmt: skip


# ---- automatic answers ----


def _away(case: Case) -> None:
    if case.lead is None:
        return
    day = case.verdict.return_date
    until = f" until {day:%-d %B %Y}" if day else ", without a date"
    case.row.detail = {**case.row.detail, "return_date": day.isoformat() if day else None}
    case.note("out of office", f"Out of office{until}.", "O4")
    _signal(case, signals.WasOutOfOffice(day))
    if events.number_since(case.session, case.lead.id, "out of office", "replied") == ABSENCES_BEFORE_ASKING:
        task(case, "task", f"{case.who} is away for the third time in a row: is there somebody else to write to?")


def _left(case: Case) -> None:
    """O7. Who only says that they are the lead ends nothing: a person looks first (X3)."""
    if case.lead is None:
        return
    names = ", ".join(f"{s.name} {s.address}".strip() for s in case.verdict.successors)
    if not (case.match.sure or case.match.proven or case.again):
        task(case, "task", f"Has {case.who} left the company? An unproven mail says so")
        return
    case.lead.address_state = "dead"
    case.note("left company", f"{case.who} has left the company.", "O7")
    _signal(case, signals.LeftCompany())
    task(case, "task", f"Find the successor of {case.who}" + (f" (named: {names})" if names else ""))


def _challenge(case: Case) -> None:
    task(case, "task", f"{case.who} uses a filter that asks you to confirm: “{case.row.subject}”")


def _calendar(case: Case) -> None:
    """X1, MAIL 1.9: whoever answers an invitation acted. An acceptance is a meeting; any other word stops like a reply."""
    if case.lead is None:
        return
    answer = case.verdict.calendar_answer or "answered"
    case.note("calendar", f"Calendar: {answer}: “{case.row.subject}”.")
    if case.match.sure or case.match.proven or case.match.by == "sender":
        _signal(case, signals.MeetingBooked() if answer == "accepted" else signals.Replied())
    task(case, "task", f"{case.who} {answer} the invitation")


# ---- people ----


def _human(case: Case) -> None:
    if case.lead is not None:
        _reply(case, case.lead)
    elif not _stranger(case):
        sender = case.row.from_name or case.row.from_address
        task(case, "unknown_mail", f"Who is this? {sender}: “{case.row.subject}”")
        _tell(case, None, "unknown mail", f"Mail from somebody unknown: {case.row.from_address}", "/today")


def _reply(case: Case, lead: Lead) -> None:
    """A person answered: stop at once, and a person takes over (X1, X5)."""
    row, session = case.row, case.session
    sense = _sense(case, lead)
    row.sense = sense.sense
    row.detail = {**row.detail, "sense_by": "a person" if case.sense else sense.evidence[:80], "sure": sense.sure}
    other = row.from_address.lower() != lead.email
    note = f" (from another address: {row.from_address})" if other else ""
    if not case.again:
        case.note("replied", f"Replied{note}: “{row.reply_text[:200]}”", "X2", sense=sense.sense)
    lead.stage, lead.last_activity_at = pipeline.after_reply(lead.stage), case.now
    if lead.address_state == UNCONFIRMED and case.match.sure:
        lead.address_state = "ok"  # MAIL L4: whoever answers our letter reads there
    later.hold_back(session, lead, case.now, tell=not case.again)
    told = sense.sense
    if told == "unsubscribe" and not _ends_consent(case, other):
        told = "other"  # X3: a forged From alone never changes consent; a person is asked
        row.detail = {**row.detail, "asks_out": True}
    if told == "unsubscribe":
        message_id = case.match.message.id if case.match.message else None
        opt_out.unsubscribe(session, case.house, lead.email, "asked for it in a reply", case.now, message_id, lead.id)
    _signal(case, signals.Replied(told, colleague=case.match.colleague, back_on=sense.back_on))
    _hand_over(case, lead)


def _sense(case: Case, lead: Lead) -> replies.Sense:
    day = case.now.astimezone(account.zone_of(case.session, lead.zone)).date()
    if case.sense:
        return replies.Sense(case.sense, comeback.back_on(case.row.reply_text, day), "a person")  # type: ignore[arg-type]  # of SENSES
    return senses.of(case.session, case.row.reply_text, day)


def _ends_consent(case: Case, other: bool) -> bool:
    return bool(case.sense) or ((case.match.sure or case.match.proven) and not other)


def _hand_over(case: Case, lead: Lead) -> None:
    row = case.row
    asks_out = bool(row.detail.get("asks_out"))
    title = f"Answer {case.who}" + (": asks for no more mail, from an address that is not proven" if asks_out else "")
    found = task(case, "reply", title)
    said = f"{case.who} replied: “{row.reply_text[:80]}”"
    _tell(case, lead.owner_id, "reply", said, f"/leads/{lead.id}")
    if case.again:
        return
    owner = case.session.get(users.User, lead.owner_id) if lead.owner_id else None
    extra = {
        "lead": {"name": lead.name, "email": lead.email, "phone": lead.phone, "company": lead.company},
        "lead_url": case.house.url(f"/leads/{lead.id}"),
        "task_url": case.house.url(f"/today?task={found.id}"),
        "reply": {"text": row.reply_text[:4000], "subject": row.subject, "sense": row.sense.replace("_", " ")},
    }
    notify.write(case.session, case.house, owner, "notice-reply", extra, case.now, lead)


def _stranger(case: Case) -> bool:
    """Mail from a stranger to a mailbox that is marked so becomes a submission, behind the loop guard (O9)."""
    row, session = case.row, case.session
    mailbox = session.get(Mailbox, row.mailbox_id) if row.mailbox_id else None
    if mailbox is None or not mailbox.takes_strangers or not row.from_address or not may_answer(row.from_address):
        return False
    form = forms.by_key(session, "contact")
    done = capture.note_lead(
        session, case.house, name=row.from_name, email=row.from_address, message=row.reply_text[:5000], source="mail",
        sequence_id=form.sequence_id if form else None, now=case.now,
    )  # fmt: skip
    row.lead_id = done.lead_id
    lead = session.get_one(Lead, done.lead_id)
    name = lead.name or lead.email
    _make_task(case, lead, "reply", f"Answer {name} (first mail)")
    _tell(case, lead.owner_id, "new lead", f"New request by mail from {name}", f"/leads/{lead.id}")
    return True


def may_answer(address: str) -> bool:
    """O9 beyond the class: no answer to addresses that take none."""
    local = address.partition("@")[0].lower()
    robots = ("no-reply", "noreply", "donotreply", "do-not-reply", "mailer-daemon", "postmaster", "bounce")
    return not local.startswith(robots) and not local.endswith("-request") and not local.startswith("owner-")


# ---- shorthands ----


def _signal(case: Case, said: signals.Signal) -> None:
    assert case.lead is not None
    message_id = case.match.message.id if case.match.message else None
    applying.signal(case.session, case.house, case.lead.id, said, case.now, message_id=message_id)


def _tell(case: Case, user_id: int | None, kind: str, words: str, path: str) -> None:
    if not case.again:
        notify.tell(case.session, user_id, kind, words, path, case.now)


def task(case: Case, kind: str, title: str) -> Task:
    """A task about this mail; the one that it has already, when the same kind is there."""
    query = select(Task).where(Task.inbound_id == case.row.id, Task.kind == kind).limit(1)
    found = case.session.scalar(query) if case.again else None
    return found or _make_task(case, case.lead, kind, title)


def _make_task(case: Case, lead: Lead | None, kind: str, title: str) -> Task:
    made = Task(
        kind=kind, lead_id=lead.id if lead else None, owner_id=lead.owner_id if lead else None,
        inbound_id=case.row.id, title=title[:300], due_at=case.now, created_at=case.now, memory={},
    )  # fmt: skip
    case.session.add(made)
    case.session.flush()
    return made


ACTIONS = {
    "unsubscribe": _opt_out,
    "complaint": _complaint,
    "bounce": _bounce,
    "out_of_office": _away,
    "left_company": _left,
    "challenge": _challenge,
    "calendar": _calendar,
    "human": _human,
}


def lead_of(session: Session, row: InboundMail) -> Lead | None:
    """The lead that a mail belongs to, locked."""
    return leads.locked(session, row.lead_id) if row.lead_id else None
