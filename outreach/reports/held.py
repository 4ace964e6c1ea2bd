"""L5: what holds a letter that is due, and about when it goes. Worked out when somebody asks, from its place in the line:
nothing is written for the thousands that wait."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core import limits, states
from outreach.store import account, business_clock, outbox
from outreach.store import limits as pacing
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import RANK_FIRST, RANK_OWN, Message


@dataclass(frozen=True, slots=True)
class Held:
    """Why a letter waits: a state of RULES S, one plain sentence, and the expected moment where one can be told."""

    state: str
    text: str
    at: datetime | None


def of_enrolment(session: Session, enrolment_id: int, now: datetime) -> Held | None:
    """What holds the letter of an enrolment that is under way; None when nothing does, or none is."""
    query = select(Message).where(Message.enrolment_id == enrolment_id, Message.state == "queued")
    letter = session.scalar(query.order_by(Message.id).limit(1))
    return of_letter(session, letter, now) if letter else None


def of_letter(session: Session, letter: Message, now: datetime) -> Held | None:
    """What holds a queued letter (a limit, the engine's last word, its server); None when nothing does."""
    if letter.state != "queued":
        return None
    if letter.slot_at is not None and letter.due_at > now:
        return Held(states.LIMIT, f"Letters to {limits.domain_of(letter.to_address)} keep a pace.", letter.due_at)
    if letter.due_at > now:
        return _for_later(letter)
    if "everything" in account.get(session).switches and letter.kind not in ("notice", "test"):
        return Held(states.PAUSED, "Sending is switched off.", None)
    box = session.get(Mailbox, letter.mailbox_id) if letter.mailbox_id else None
    if box is None or not box.active:
        return None if _any_mailbox(session) else Held(states.FAILED, "No mailbox is in use.", None)
    real = business_clock.real_now(session)
    if box.paused_until is not None and box.paused_until > real:
        return Held(states.FAILED, _sentence(box.paused_reason), now + (box.paused_until - real))
    return _by_limit(session, letter, box, now)


def _for_later(letter: Message) -> Held | None:
    """What its server said (F1), or what was seen when its turn came (W4, X4, M4), with a state of RULES S as the reason."""
    if states.is_state(letter.reason):
        return Held(letter.reason, states.sentence(letter.reason), letter.due_at)
    if letter.first_tried_at is None or not letter.reason:
        return None
    return Held(states.FAILED, _sentence(f"the mail server said: {letter.reason}"), letter.due_at)


def _by_limit(session: Session, letter: Message, box: Mailbox, now: datetime) -> Held | None:
    if letter.rank <= RANK_OWN:
        return None
    if letter.rank == RANK_FIRST and box.first_at is not None and box.first_at > now:
        return Held(states.LIMIT, _sentence(box.first_why), box.first_at)
    us = account.get(session)
    known = pacing.limits_of(box, us)
    place = outbox.place_in_line(session, letter.id)
    full = pacing.windows_of(session, us, box, now)
    expected = limits.expected(full, known, place, now)
    if box.free_at is not None and box.free_at > now:
        before = f"{place} letter{'' if place == 1 else 's'} stand{'s' if place == 1 else ''} before it"
        return Held(states.LIMIT, _sentence(f"{box.free_why}; {before}"), max(expected, box.free_at))
    if expected > now + timedelta(minutes=1):
        return Held(states.LIMIT, f"{place} letters from {box.address} go before it.", expected)
    return None


def _any_mailbox(session: Session) -> bool:
    return session.scalar(select(Mailbox.id).where(Mailbox.active).limit(1)) is not None


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:].rstrip(".") + "."
