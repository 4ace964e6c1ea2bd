"""L7: a mailbox whose letters bounce or are called spam starts no new leads until that gets better. Told once."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from outreach.core import limits
from outreach.journeys import notify
from outreach.store import events, mailboxes
from outreach.store import limits as pacing
from outreach.store.mailboxes import Mailbox
from outreach.store.users import User

REMEMBERED = timedelta(days=30)
"""Older letters say nothing about the mailbox of today."""
LOOK_AGAIN = timedelta(hours=1)


def stops_first_steps(session: Session, mailbox: Mailbox, now: datetime) -> bool:
    """Look at the mailbox's latest letters: does it start new leads? A change of mind is written down, a stop is told."""
    since = now - REMEMBERED
    if mailbox.breaker_at and not mailbox.breaker:
        since = max(since, mailbox.breaker_at)
    sample = pacing.sample(session, mailbox.id, since)
    found = limits.breaker(mailbox.breaker, sample)
    if found and found != mailbox.breaker:
        _stop(session, mailbox, found, limits.breaker_text(found, sample, mailbox.address), now)
    elif mailbox.breaker and not found:
        open_again(session, mailbox, now)
    return bool(found)


def open_again(session: Session, mailbox: Mailbox, now: datetime, user: User | None = None) -> None:
    """First steps go again: by themselves when the sample is good, or by a person's word; then it counts anew."""
    who = f"{user.name} let" if user else "The numbers are good again:"
    words = (
        f"{who} new leads be started from {mailbox.address} again."
        if user
        else f"{who} new leads are started from {mailbox.address}."
    )
    events.record(session, now, "breaker", words, rule="L7", actor_id=user.id if user else None)
    mailbox.breaker, mailbox.breaker_why, mailbox.breaker_at = "", "", now if user else None
    mailbox.first_at, mailbox.first_why = None, ""


def _stop(session: Session, mailbox: Mailbox, kind: str, why: str, now: datetime) -> None:
    mailbox.breaker, mailbox.breaker_why, mailbox.breaker_at = kind, why, now
    events.record(session, now, "breaker", why[:1].upper() + why[1:] + ".", rule="L7")
    notify.tell(session, None, "problem", why[:1].upper() + why[1:] + ".", "/health", now)


def stopped(session: Session) -> list[Mailbox]:
    """Mailboxes that start no new leads now."""
    return [box for box in mailboxes.active(session) if box.breaker]
