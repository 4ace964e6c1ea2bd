"""Look into the mailboxes that have IMAP: each new message is kept raw before the cursor moves (MAIL X9)."""

from dataclasses import asdict
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.journeys import notify, receive, sign_in_with
from outreach.journeys.house import House
from outreach.mail import imap
from outreach.mail.imap import Cursor, FetchedMeta, ImapError, NotKept
from outreach.store import business_clock, mailboxes
from outreach.store.mailboxes import Mailbox
from outreach.store.secrets import unseal

EVERY = timedelta(seconds=60)
"""Real time between two looks."""


def due(session: Session, house: House) -> list[int]:
    """Mailboxes with IMAP that nobody looked into for a minute of real time."""
    real = business_clock.real_now(session)
    boxes = [m for m in mailboxes.active(session) if url_of(house, m)]
    return [m.id for m in boxes if m.looked_at is None or real - m.looked_at >= EVERY]


def url_of(house: House, mailbox: Mailbox) -> str:
    """The IMAP address of a mailbox; empty when it has none."""
    if mailbox.imap_secret:
        return unseal(mailbox.imap_secret, house.keys)
    return house.settings.imap_url if mailbox.from_env else ""


def fetch(house: House) -> int:
    """Look into every mailbox that is due; how many messages came."""
    with house.sessions() as session:
        waiting = due(session, house)
    return sum(_look(house, mailbox_id) for mailbox_id in waiting)


def _look(house: House, mailbox_id: int) -> int:
    """(1) Note the look, so that two fetchers do not double it, (2) read, (3) move the cursor."""
    with house.sessions.begin() as session:
        mailbox = session.scalar(
            select(Mailbox).where(Mailbox.id == mailbox_id).with_for_update(skip_locked=True, key_share=True)
        )
        if mailbox is None or mailbox_id not in due(session, house):
            return 0
        mailbox.looked_at = business_clock.real_now(session)
        url, cursor = url_of(house, mailbox), Cursor(**mailbox.imap_cursor) if mailbox.imap_cursor else Cursor()
        since, token = mailbox.created_at.date(), sign_in_with.inbox_bearer(house, mailbox)
    kept: list[int] = []

    def keep(raw: bytes, meta: FetchedMeta) -> None:
        with house.sessions.begin() as session:
            found = receive.keep(session, raw, house.now(session), source="imap", mailbox_id=mailbox_id)
            kept.extend([found] if found else [])

    try:
        cursor, error = imap.fetch_new(url, cursor, keep, since=since, token=token), ""
    except NotKept as stopped:
        cursor, error = stopped.cursor, str(stopped)
    except ImapError as failed:
        error = str(failed)
        if failed.sign_in:
            _renew_token(house, mailbox_id)
    _note(house, mailbox_id, cursor, error)
    return len(kept)


def _renew_token(house: House, mailbox_id: int) -> None:
    with house.sessions.begin() as session:
        sign_in_with.forget_access(house, session.get_one(Mailbox, mailbox_id))


def _note(house: House, mailbox_id: int, cursor: Cursor, error: str) -> None:
    with house.sessions.begin() as session:
        mailbox = session.get_one(Mailbox, mailbox_id)
        mailbox.imap_cursor = asdict(cursor)
        if not error:
            mailbox.read_at, mailbox.read_error = business_clock.real_now(session), ""
            return
        if not mailbox.read_error:
            text = f"The inbox of {mailbox.address} cannot be read: {error}"
            notify.tell(session, None, "problem", text, "/health", house.now(session))
        mailbox.read_error = error[:500]
