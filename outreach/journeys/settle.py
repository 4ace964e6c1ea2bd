"""What the system must not decide by itself is settled by evidence or by a person: unsure letters (F5), mail that could not be
read."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.errors import Refused
from outreach.store import events
from outreach.store.inbox import InboundMail
from outreach.store.messages import Message
from outreach.store.users import User

WORDS = {
    "resend": "sent it again, with the same Message-ID",
    "sent": "marked it as sent",
    "leave": "left it: it counts as not sent",
}


def unsure(session: Session, message_id: int, choice: str, user: User, now: datetime) -> Message:
    """`resend` (same Message-ID), mark `sent`, or `leave` it unsent for good. Raises Refused when it is settled already."""
    if choice not in WORDS:
        raise Refused(f"'{choice}' is no choice; choose one of {', '.join(WORDS)}.")
    letter = _locked(session, message_id)
    if letter is None or letter.state != "unsure":
        raise Refused("This letter is settled already.")
    if choice == "resend":
        letter.state, letter.due_at, letter.reason = "queued", now, ""
        letter.lease_owner, letter.lease_until, letter.server = None, None, None
    elif choice == "sent":
        letter.state, letter.sent_at, letter.reason, letter.settled = "sent", letter.first_tried_at or now, "", False
    else:
        letter.state, letter.reason, letter.settled = "failed", f"left by {user.name}", False
    _note(session, letter, f"{user.name} {WORDS[choice]}.", user, now)
    return letter


def failed(session: Session, message_id: int, user: User, now: datetime) -> Message:
    """Try a failed letter again. Raises Refused when the address itself refused it."""
    letter = _locked(session, message_id)
    if letter is None or letter.state != "failed":
        raise Refused("This letter is settled already.")
    if letter.delivered == "bounced":
        raise Refused(f"{letter.to_address} does not take mail; change the lead's address instead.")
    letter.state, letter.due_at, letter.reason, letter.settled = "queued", now, "", False
    letter.attempts, letter.first_tried_at = 0, None
    _note(session, letter, f"{user.name} had it tried again.", user, now)
    return letter


def arrived(session: Session, letter: Message, how: str, now: datetime) -> None:
    """Evidence that a letter of which nobody knew did go out (DESIGN 4.5): it counts as sent. Others stay as they are."""
    if letter.state != "unsure":
        return
    letter.state, letter.sent_at, letter.reason = "sent", letter.first_tried_at or now, ""
    letter.settled = letter.kind != "step"
    events.record(
        session, now, "settled", f"The letter did go out: {how}.", lead_id=letter.lead_id,
        enrolment_id=letter.enrolment_id, message_id=letter.id, step_key=letter.step_key, rule="F5",
    )  # fmt: skip


def quarantined(session: Session, inbound_id: int) -> None:
    """Have a message that could not be read read again. Raises Refused when it was read meanwhile."""
    query = select(InboundMail).where(InboundMail.id == inbound_id).with_for_update()
    row = session.scalar(query)
    if row is None or row.state != "quarantined":
        raise Refused("This message was read meanwhile.")
    row.state, row.tries, row.error = "new", 0, ""


def discarded(session: Session, inbound_id: int) -> None:
    """Put a message that could not be read away; its bytes stay. Raises Refused when it was read meanwhile."""
    query = select(InboundMail).where(InboundMail.id == inbound_id).with_for_update()
    row = session.scalar(query)
    if row is None or row.state != "quarantined":
        raise Refused("This message was read meanwhile.")
    row.state = "discarded"


def _locked(session: Session, message_id: int) -> Message | None:
    return session.scalar(select(Message).where(Message.id == message_id).with_for_update())


def _note(session: Session, letter: Message, words: str, user: User, now: datetime) -> None:
    if letter.lead_id:
        events.record(
            session, now, "settled", f"The letter “{letter.subject or 'without subject'}”: {words}", lead_id=letter.lead_id,
            enrolment_id=letter.enrolment_id, message_id=letter.id, actor_id=user.id, step_key=letter.step_key, rule="F5",
        )  # fmt: skip
