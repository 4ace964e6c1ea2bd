"""Receivers refuse us, not the lead (MAIL A5, 1.11): policy, signature, reputation. No lead is touched; the mailbox rests.

reported      a delivery report or a webhook says so of a letter that had left
at_the_door   the server that we hand letters to says so itself
"""

from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from outreach.journeys import notify
from outreach.store import business_clock
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message

REFUSED = "refused"
REST = timedelta(hours=1)
LEAST, SHARE = 3, 0.05
"""So many of the last hundred letters of a day, and such a part of them."""
IN_A_ROW = 5
SAMPLE = text(
    "SELECT count(*), count(*) FILTER (WHERE delivered = 'refused') FROM (SELECT delivered FROM messages"
    " WHERE mailbox_id = :mailbox AND sent_at > :since ORDER BY sent_at DESC LIMIT 100) AS latest"
)


def reported(session: Session, message: Message, words: str, now: datetime) -> None:
    """Mark the letter; the mailbox rests when this is no single case."""
    message.delivered = REFUSED
    session.flush()
    query = select(Mailbox).where(Mailbox.id == message.mailbox_id).with_for_update(skip_locked=True, key_share=True)
    mailbox = session.scalar(query)
    if mailbox is None:  # in somebody's hands: the next report counts this one as well
        return
    sent, refused = session.execute(SAMPLE, {"mailbox": mailbox.id, "since": now - timedelta(hours=24)}).one()
    if refused >= LEAST and refused >= SHARE * sent:
        _rest(session, mailbox, words, now)


def at_the_door(session: Session, mailbox: Mailbox, words: str, now: datetime) -> None:
    """One refusal may be about one letter; several without an accepted one between are about the mailbox."""
    mailbox.failures += 1
    if mailbox.failures >= IN_A_ROW:
        _rest(session, mailbox, words, now)


def _rest(session: Session, mailbox: Mailbox, words: str, now: datetime) -> None:
    real = business_clock.real_now(session)
    if mailbox.paused_until and mailbox.paused_until > real:
        return
    what = f"Receivers refuse the mail of {mailbox.address} for how it is sent, not for whom it is to"
    known = mailbox.paused_reason.startswith(what)
    mailbox.paused_until = real + REST
    mailbox.paused_reason = f"{what}: {words}. See Sending domains."[:500]
    if not known:
        notify.tell(session, None, "problem", mailbox.paused_reason, "/settings/domains", now)
