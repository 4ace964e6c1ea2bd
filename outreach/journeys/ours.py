"""Who we are: one of our mailboxes, or one of our people (RULES X2)."""

from sqlalchemy.orm import Session

from outreach.store import mailboxes, users


def is_ours(session: Session, address: str) -> bool:
    """X2: one of our mailboxes or of our people."""
    with session.no_autoflush:  # nothing that waits to be written changes who we are
        return address in mailboxes.addresses(session) or users.by_email(session, address) is not None
