"""Letters go out: fast and never twice (DESIGN 4, RELIABILITY 3).

Each letter: (1) claimed under a lease, (2) written, its Message-ID kept, (3) offered to the server, (4) marked begun just
before the bytes that end it, (5) its end written down. The database is let go of before the network is used. What a killed
worker leaves is at most one letter `begun`, which becomes unsure and is never sent again by itself.
"""

import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from outreach.core import engine, retry
from outreach.errors import Refused
from outreach.journeys import facts, notify, posting, sign_in_with
from outreach.journeys.house import House
from outreach.mail.smtp import Answer, SmtpLink
from outreach.mail.templating import MissingField, TemplateError
from outreach.store import account, business_clock, consents, events, mailboxes, messages
from outreach.store.enrolments import Enrolment
from outreach.store.leads import Lead
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message
from outreach.store.secrets import unseal

BATCH = 20
GIVE_UP = timedelta(hours=72)
LONGEST_PAUSE = 600
AUTH_PAUSE = timedelta(minutes=15)
LEASE_HALF = 300.0
PATIENCE = 90
"""Seconds that a living sender goes on trying to write down how its letters ended."""
log = structlog.get_logger()


class Sender:
    """One process's way out: its owner number, its lock, and one open line per mailbox."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.owner = _new_owner()
        self._links: dict[int, tuple[str, SmtpLink]] = {}
        self._lock: Connection | None = None

    def hold_lock(self) -> None:
        """Show that this sender lives, for as long as its connection does."""
        if self._lock is not None and not self._lock.closed and not self._lock.invalidated:
            try:
                messages.hold_owner_lock(self._lock, self.owner)
                return
            except OperationalError:
                self._lock.invalidate()
        bind = self.house.sessions.kw["bind"]
        self._lock = bind.connect()
        messages.hold_owner_lock(self._lock, self.owner)

    def forget(self) -> None:
        """Become somebody else: what could not be written down is then judged as a dead sender's letters are."""
        if self._lock is not None:
            self._lock.invalidate()
            self._lock.close()
            self._lock = None
        self.owner = _new_owner()

    def link(self, mailbox: Mailbox) -> SmtpLink:
        """The open line of a mailbox; opened anew when its address changed."""
        url = smtp_url(self.house, mailbox)
        known = self._links.get(mailbox.id)
        if known is None or known[0] != url:
            if known:
                known[1].close()
            self._links[mailbox.id] = (url, SmtpLink(url, token=sign_in_with.bearer(self.house, mailbox)))
        return self._links[mailbox.id][1]

    def close(self) -> None:
        """Say goodbye everywhere."""
        for _, link in self._links.values():
            link.close()
        self._links.clear()
        if self._lock is not None:
            self._lock.close()


def _new_owner() -> str:
    return str(random.SystemRandom().randrange(1, 2**31))


def smtp_url(house: House, mailbox: Mailbox) -> str:
    """Where this mailbox hands in its mail. Raises Refused when there is no server."""
    url = unseal(mailbox.smtp_secret, house.keys) if mailbox.smtp_secret else house.settings.submission_url
    if not url:
        raise Refused(f"The mailbox {mailbox.address} has no mail server; set SMTP_URL or give one under Settings.")
    return url


def deliver(sender: Sender, lane: str, seconds: float = 20.0) -> int:
    """Send what is due in a lane for at most so many seconds; how many letters were taken in hand."""
    until, count = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        sender.hold_lock()
        try:
            claimed = _claim(sender, lane)
            sent = _in_turn(sender, claimed, until)
            if sent < len(claimed):
                _give_back(sender)
        except BaseException:
            _give_back(sender)
            raise
        count += sent
        if not claimed:
            return count
    return count


def _claim(sender: Sender, lane: str) -> list[int]:
    with sender.house.sessions.begin() as session:
        if _everything_is_paused(session):
            return []
        return messages.claim(session, lane, sender.house.now(session), sender.owner, BATCH)


def _in_turn(sender: Sender, claimed: list[int], until: float) -> int:
    """One after the other, until the server cannot be used or time is over; how many were taken in hand."""
    for position, message_id in enumerate(claimed, 1):
        if not _one(sender, message_id) or time.monotonic() > until:
            return position
    return len(claimed)


def _give_back(sender: Sender) -> None:
    """What was claimed and not begun goes back to the queue, however long the database was away: this sender lives, and
    has written down the end of every letter that it began."""

    def write() -> None:
        with sender.house.sessions.begin() as session:
            messages.release(session, sender.owner)

    _insist(sender, write)


def _everything_is_paused(session: Session) -> bool:
    """All mailboxes wait for their server: claiming would only turn rows over."""
    real = business_clock.real_now(session)
    boxes = mailboxes.active(session)
    return bool(boxes) and all(m.paused_until is not None and m.paused_until > real for m in boxes)


def _one(sender: Sender, message_id: int) -> bool:
    """One letter. False = the server cannot be used now: stop and give the rest back."""
    house = sender.house
    with house.sessions.begin() as session:
        message = session.get_one(Message, message_id)
        now = house.now(session)
        mailbox = _mailbox(session, message)
        if mailbox is None or (later := _not_now(session, house, message, mailbox, now)):
            values = (
                {"due_at": now + timedelta(minutes=5), "reason": "no mailbox is active"} if mailbox is None else later
            )
            messages.finish(session, message_id, sender.owner, state="queued", **values)  # type: ignore[arg-type]
            return True
        try:
            letter = posting.ready(session, house, message, mailbox, now)
            link = sender.link(mailbox)
        except (MissingField, TemplateError, Refused) as error:
            _unwritable(session, sender, message, str(error), now)
            return True
        except SQLAlchemyError:
            raise
        except Exception as error:
            # One letter that cannot be written must not hold up the line (DESIGN 5b).
            log.exception("letter_not_written", message=message_id)
            _unwritable(session, sender, message, f"{type(error).__name__}: {error}"[:500], now)
            return True
        mailbox_id = mailbox.id

    begun = False

    def begin() -> bool:
        nonlocal begun
        with house.sessions.begin() as session:
            mine = messages.begin(session, message_id, sender.owner, house.now(session))
        begun = mine
        return mine

    values = {"subject": letter.subject, "text_sent": letter.text}
    try:
        answer = link.send(
            letter.envelope_from, letter.recipient, letter.raw, begin, letter.envid, lease_half=LEASE_HALF
        )
    except BaseException as error:
        what = f"the sender was interrupted ({type(error).__name__})"
        _insist(sender, lambda: _interrupted(sender, message_id, mailbox_id, what, begun, values))
        raise
    _insist(sender, lambda: _write_down(sender, message_id, mailbox_id, answer, values))
    return answer.kind not in ("host_down", "auth_failed")


def _mailbox(session: Session, message: Message) -> Mailbox | None:
    """The one that sent this thread before, else the owner's, else the default one (T3)."""
    if message.mailbox_id and (box := session.get(Mailbox, message.mailbox_id)) and box.active:
        return box
    before = messages.last_sent(session, message.enrolment_id) if message.enrolment_id else None
    if before and before.mailbox_id and (box := session.get(Mailbox, before.mailbox_id)) and box.active:
        return box
    return mailboxes.for_owner(session, message.user_id if message.kind != "notice" else None)


def _not_now(
    session: Session, house: House, message: Message, mailbox: Mailbox, now: datetime
) -> dict[str, Any] | None:
    """Looked at again at the moment of sending: breaker, switch, window (W4), limits (L1), and what the engine says."""
    real = business_clock.real_now(session)
    if mailbox.paused_until and mailbox.paused_until > real:
        return {"due_at": now + (mailbox.paused_until - real), "reason": mailbox.paused_reason}
    us = account.get(session)
    if "everything" in us.switches and message.kind not in ("notice", "test"):
        return {"due_at": now + timedelta(minutes=1), "reason": "sending is switched off"}
    if message.at_once or message.kind in ("own", "notice", "test"):
        return None
    if held := _limit(session, mailbox, now):
        return held
    return _held(session, house, message, now) if message.enrolment_id else None


def _limit(session: Session, mailbox: Mailbox, now: datetime) -> dict[str, Any] | None:
    """L1, L5: the mailbox's letters in any 24 hours and in any minute."""
    for allowed, span, name in (
        (mailbox.minute_limit, timedelta(minutes=1), "minute"),
        (mailbox.daily_limit, timedelta(hours=24), "24 hours"),
    ):
        sent = messages.sent_since(session, mailbox.id, now - span) if allowed else []
        if allowed and len(sent) >= allowed:
            free = sent[-allowed] + span
            return {"due_at": free, "reason": f"waiting: limit ({allowed} in any {name} from {mailbox.address})"}
    return None


def _held(session: Session, house: House, message: Message, now: datetime) -> dict[str, Any] | None:
    """What the engine says of a step's letter at the moment of sending (W4, X4, M4)."""
    row, lead = session.get(Enrolment, message.enrolment_id), session.get(Lead, message.lead_id)
    if row is None or lead is None or message.step_key is None:
        return None
    sequence = facts.sequence_of(session, row)
    known = facts.gather(session, house, lead, sequence, row, now)
    decision = engine.still_may(facts.snapshot(row), sequence, message.step_key, known, now, random.Random())
    if decision is None or decision.after.ended:
        return None
    return {"due_at": decision.after.due_at or now + timedelta(days=1), "reason": decision.after.state}


def _unwritable(session: Session, sender: Sender, message: Message, error: str, now: datetime) -> None:
    messages.finish(session, message.id, sender.owner, state="failed", reason=error)
    events.record(
        session,
        now,
        "failed",
        f"A letter could not be written: {error}",
        lead_id=message.lead_id,
        enrolment_id=message.enrolment_id,
        message_id=message.id,
        rule="F3",
    )
    notify.tell(session, None, "problem", f"A letter could not be written: {error}", "/health", now)


def _write_down(sender: Sender, message_id: int, mailbox_id: int, answer: Answer, sent: dict[str, Any]) -> None:
    """How the letter ended (the table of MAIL 1.11 and RULES F)."""
    with sender.house.sessions.begin() as session:
        now = sender.house.now(session)
        message = session.get_one(Message, message_id)
        mailbox = session.get_one(Mailbox, mailbox_id)
        precise = answer.enhanced if answer.enhanced and answer.enhanced not in answer.text else ""
        words = " ".join(filter(None, (str(answer.code or ""), precise, answer.text)))[:500]

        def end(**values: Any) -> None:
            if not messages.finish(session, message_id, sender.owner, answer=words, **values):
                log.warning("letter_not_ours_any_more", message=message_id, wanted=values.get("state"))

        if answer.kind == "accepted":
            settled = message.kind != "step"
            end(state="sent", sent_at=now, reason="", settled=settled, **sent)
            _well(mailbox)
            _sent_event(session, message, sent["subject"], now)
        elif answer.kind == "unsure":
            end(state="unsure", reason=f"no clear answer after the letter: {words}", **sent)
            events.record(
                session,
                now,
                "unsure",
                "Nobody knows whether this letter arrived; it is not sent again by itself.",
                lead_id=message.lead_id,
                enrolment_id=message.enrolment_id,
                message_id=message_id,
                rule="F5",
            )
        elif answer.kind == "dropped":
            end(**_dropped(session, message, now))
        elif answer.kind in ("host_down", "auth_failed"):
            end(state="queued", reason=words)
            _pause(session, mailbox, answer, now)
        elif answer.kind == "refused" and answer.verdict == "hard":
            end(state="failed", reason=words, delivered="bounced")
        else:
            end(**_again(message, answer, words, now))


def _interrupted(
    sender: Sender, message_id: int, mailbox_id: int, what: str, begun: bool, sent: dict[str, Any]
) -> None:
    """Before the last bytes were let go nothing can have arrived; afterwards nobody knows."""
    if begun:
        _write_down(sender, message_id, mailbox_id, Answer("unsure", text=what, stage="letter"), sent)
        return
    with sender.house.sessions.begin() as session:
        messages.finish(session, message_id, sender.owner, state="queued", reason=what)


def _sent_event(session: Session, message: Message, subject: str, now: datetime) -> None:
    if message.lead_id and message.kind != "notice":
        events.record(
            session,
            now,
            "sent",
            f"Sent “{subject}”.",
            lead_id=message.lead_id,
            enrolment_id=message.enrolment_id,
            message_id=message.id,
            step_key=message.step_key,
            data={"kind": message.kind},
        )


def _dropped(session: Session, message: Message, now: datetime) -> dict[str, Any]:
    """`begin` said no: a stop wins until the last moment (X4); a switch delays; a lost lease changes nothing."""
    row = session.get(Enrolment, message.enrolment_id) if message.enrolment_id else None
    lead = session.get(Lead, message.lead_id) if message.lead_id else None
    if row and row.ended_at:
        return {"state": "cancelled", "reason": row.state}
    if (lead and facts.suppressed(session, lead)) or consents.suppression(session, message.to_address):
        return {"state": "cancelled", "reason": "suppressed"}
    if "everything" in account.get(session).switches:
        return {"state": "queued", "due_at": now + timedelta(minutes=1), "reason": "sending is switched off"}
    return {"state": "queued", "reason": ""}


def _again(message: Message, answer: Answer, words: str, now: datetime) -> dict[str, Any]:
    """F1, F2: growing gaps, for at most 72 hours from the first try."""
    first = message.first_tried_at or message.queued_at
    tries = message.attempts + (answer.stage != "letter")  # `begin` has counted a try that came so far
    if now - first >= GIVE_UP:
        return {"state": "failed", "reason": f"given up after 72 hours: {words}", "attempts": tries}
    wait = retry.gap(tries)
    return {
        "state": "queued",
        "reason": words,
        "due_at": now + wait,
        "attempts": tries,
        "first_tried_at": first if message.first_tried_at else now,
    }


def _pause(session: Session, mailbox: Mailbox, answer: Answer, now: datetime) -> None:
    """F4, the connection breaker: the mailbox rests, its mail is held, one alert is raised."""
    real = business_clock.real_now(session)
    mailbox.failures += 1
    seconds = min(LONGEST_PAUSE, 2 ** min(mailbox.failures, 10))
    mailbox.paused_until = real + (AUTH_PAUSE if answer.kind == "auth_failed" else timedelta(seconds=seconds))
    what = "refuses the login" if answer.kind == "auth_failed" else "does not answer"
    mailbox.paused_reason = f"The mail server of {mailbox.address} {what}: {answer.text}"[:500]
    if mailbox.failures == 3 or (answer.kind == "auth_failed" and mailbox.failures == 1):
        notify.tell(session, None, "problem", mailbox.paused_reason, "/health", now)


def _well(mailbox: Mailbox) -> None:
    if mailbox.failures:
        mailbox.failures, mailbox.paused_until, mailbox.paused_reason = 0, None, ""


def _insist(sender: Sender, write: Callable[[], None]) -> None:
    """A living sender writes its result again from memory when the database was away (DESIGN 4.4)."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return write()
        except OperationalError:
            if time.monotonic() > until:
                sender.forget()
                raise
            time.sleep(0.5)
        except BaseException:
            sender.forget()
            raise
