"""How letters ended: what each answer of a mail server means for the letter, its mailbox and the rest of the batch
(MAIL 1.11, RULES F, X4). Sends nothing; `deliver` does."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

import structlog
from sqlalchemy.orm import Session

from outreach.core import retry
from outreach.journeys import facts, notify, refusals
from outreach.journeys.house import House
from outreach.mail.smtp import Answer
from outreach.store import account, business_clock, consents, events, mailboxes, messages, outbox
from outreach.store.enrolments import Enrolment
from outreach.store.leads import Lead
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message
from outreach.store.outbox import Accepted, Begun

CANNOT_CARRY = "5.6.7"
"""RFC 6531: the server takes no local parts beyond ASCII. No retry helps, and the address itself may be a good one (MAIL O13)."""
GIVE_UP = timedelta(hours=72)
LONGEST_PAUSE, SILENT_PAUSE = 600, 60
AUTH_PAUSE = timedelta(minutes=15)
NOBODY_KNOWS = "Nobody knows whether this letter arrived; it is not sent again by itself."
log = structlog.get_logger()


def unwritable(session: Session, owner: str, message_id: int, error: str, now: datetime) -> None:
    """F3: it fails, with the reason, and somebody is told."""
    message = session.get_one(Message, message_id)
    messages.finish(session, message_id, owner, state="failed", reason=error)
    events.record(
        session, now, "failed", f"A letter could not be written: {error}", lead_id=message.lead_id,
        enrolment_id=message.enrolment_id, message_id=message_id, rule="F3",
    )  # fmt: skip
    notify.tell(session, None, "problem", f"A letter could not be written: {error}", "/health", now)


def words_of(answer: Answer) -> str:
    """What the server said, with its precise code."""
    precise = answer.enhanced if answer.enhanced and answer.enhanced not in answer.text else ""
    return " ".join(filter(None, (str(answer.code or ""), precise, answer.text)))[:500]


class After(NamedTuple):
    """Of the rest of the batch: whether it may go on, and whether its lease was over."""

    goes_on: bool = True
    late: bool = False


def write_down(
    house: House, owner: str, letter: Begun, mailbox_id: int, answer: Answer, *, others_went: bool = False
) -> After:
    """How the letter ended (the table of MAIL 1.11 and RULES F). `others_went`: the server took letters just before it."""
    message_id, words = letter.id, words_of(answer)
    with house.sessions.begin() as session:
        now = house.now(session)
        message = session.get_one(Message, message_id)
        mailbox = session.get_one(Mailbox, mailbox_id)
        if others_went:
            well(session, mailbox)

        def end(**values: Any) -> None:
            kept = {"answer": words, "message_id": letter.message_id}  # the same on a retry (MAIL O1)
            if not messages.finish(session, message_id, owner, **(kept | values)):
                log.warning("letter_not_ours_any_more", message=message_id, wanted=values.get("state"))

        if answer.kind == "accepted":
            outbox.settle_sent(session, owner, [Accepted(letter, now, words)])
            well(session, mailbox)
        elif answer.kind == "silent":
            _pause(session, mailbox, answer, now)
        elif answer.kind == "unsure":
            said = {"subject": letter.subject, "text_sent": letter.text}
            end(state="unsure", reason=f"no clear answer after the letter: {words}", **said)
            events.record(
                session, now, "unsure", NOBODY_KNOWS, lead_id=message.lead_id, enrolment_id=message.enrolment_id,
                message_id=message_id, rule="F5",
            )  # fmt: skip
        elif answer.kind == "dropped":
            late = _was_late(session, message, owner)
            end(**_dropped(session, message))
            return After(not late and _open(session, mailbox), late)
        elif answer.kind in ("host_down", "auth_failed"):
            end(**_behind(message, answer, words, now))
            _pause(session, mailbox, answer, now)
        elif answer.kind == "refused" and answer.verdict == "hard":
            first = message.first_tried_at or now
            end(state="failed", reason=words, delivered="bounced", first_tried_at=first)
        elif answer.kind == "refused" and answer.enhanced == CANNOT_CARRY:
            end(state="failed", reason=words, first_tried_at=message.first_tried_at or now)
        else:
            end(**_again(message, answer, words, now))
            if answer.kind == "refused" and answer.verdict == "ours":
                refusals.at_the_door(session, mailbox, words, now)
    return After()


def interrupted(house: House, owner: str, letter: Begun, mailbox_id: int, what: str, begun: bool) -> None:
    """Before the last bytes were let go nothing can have arrived; afterwards nobody knows."""
    if begun:
        write_down(house, owner, letter, mailbox_id, Answer("unsure", text=what, stage="letter"))
        return
    with house.sessions.begin() as session:
        messages.finish(session, letter.id, owner, state="queued", reason=what)


def _was_late(session: Session, message: Message, owner: str) -> bool:
    """Whether the lease was over when the server wanted the letter; it may have been given back, or be somebody else's, since."""
    if message.state == "queued" or (message.lease_owner or owner) != owner:
        return True
    return message.lease_until is not None and message.lease_until <= business_clock.real_now(session)


def _open(session: Session, mailbox: Mailbox) -> bool:
    """Whether letters of this mailbox may go at all: it is in use, no pause and no switch holds it."""
    held = mailbox.paused_until is not None and mailbox.paused_until > business_clock.real_now(session)
    return mailbox.active and not held and "everything" not in account.get(session).switches


def _dropped(session: Session, message: Message) -> dict[str, Any]:
    """`begin` said no: a stop wins until the last moment (X4); a switch or a pause delays; a lost lease changes nothing."""
    row = session.get(Enrolment, message.enrolment_id) if message.enrolment_id else None
    lead = session.get(Lead, message.lead_id) if message.lead_id else None
    if row and row.ended_at:
        return {"state": "cancelled", "reason": row.state}
    if (lead and facts.suppressed(session, lead)) or consents.suppression(session, message.to_address):
        return {"state": "cancelled", "reason": "suppressed"}
    if "everything" in account.get(session).switches:
        return {"state": "queued", "reason": "sending is switched off"}
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


def _behind(message: Message, answer: Answer, words: str, now: datetime) -> dict[str, Any]:
    """A server that cannot be used says nothing of the letter. One to which it says so twice (421 to its recipient or its
    words) lets others go first: alone it would hold the mailbox for ever.
    """
    if not answer.code or answer.stage not in ("rcpt", "data", "letter"):
        return {"state": "queued", "reason": words}
    end = _again(message, answer, words, now)
    if end["state"] == "queued":
        again = end["attempts"] - 1
        end["due_at"] = now + retry.gap(again) if again else message.due_at
    return end


def unusable(house: House, mailbox_id: int, why: str) -> None:
    """F4: this mailbox cannot send as it is set up (no server, a secret that no key opens): its mail waits, one alert is raised."""
    with house.sessions.begin() as session:
        mailbox = session.get_one(Mailbox, mailbox_id)
        if _paused_by_person(session, mailbox):
            return
        reason = f"{mailbox.address} cannot send: {why}"[:500]
        if mailbox.paused_reason != reason:
            notify.tell(session, None, "problem", reason, "/health", house.now(session))
        mailbox.failures += 1
        mailbox.paused_until, mailbox.paused_reason = business_clock.real_now(session) + AUTH_PAUSE, reason


def _pause(session: Session, mailbox: Mailbox, answer: Answer, now: datetime) -> None:
    """F4, the connection breaker: the mailbox rests, its mail is held, one alert is raised."""
    if _paused_by_person(session, mailbox):
        return
    real = business_clock.real_now(session)
    mailbox.failures += 1
    seconds = min(LONGEST_PAUSE, 2 ** min(mailbox.failures, 10))
    seconds = max(seconds, SILENT_PAUSE) if answer.kind == "silent" else seconds
    mailbox.paused_until = real + (AUTH_PAUSE if answer.kind == "auth_failed" else timedelta(seconds=seconds))
    away = "asks us to wait" if answer.code else "does not answer"
    what = "refuses the login" if answer.kind == "auth_failed" else away
    known = what in mailbox.paused_reason or bool(answer.text and answer.text in mailbox.read_error)
    mailbox.paused_reason = f"The mail server of {mailbox.address} {what}: {answer.text}"[:500]
    if not known if answer.kind == "auth_failed" else mailbox.failures == 3:
        notify.tell(session, None, "problem", mailbox.paused_reason, "/health", now)


def _paused_by_person(session: Session, mailbox: Mailbox) -> bool:
    """P2: such a pause lasts until its end or until somebody lifts it."""
    lasts = mailbox.paused_until is not None and mailbox.paused_until > business_clock.real_now(session)
    return lasts and mailbox.paused_reason.startswith(mailboxes.BY_PERSON)


def well(session: Session, mailbox: Mailbox) -> None:
    """Its server takes letters: what there was is over."""
    if mailbox.failures and not _paused_by_person(session, mailbox):
        mailbox.failures, mailbox.paused_until, mailbox.paused_reason = 0, None, ""
