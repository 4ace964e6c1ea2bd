"""Letters that wait in the line of a mailbox whose mail server a test plays."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from outreach.store import secrets
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message
from tests.mail.smtp_stage import Script, stage


@contextmanager
def line_of(house: Any, session: Any, people: Sequence[str]) -> Iterator[Script]:
    """A mail server, and a letter to each of these people in the line of a mailbox that uses it."""
    script, now = Script(), house.now(session)
    with stage(script) as port:
        secret = secrets.seal(f"smtp://127.0.0.1:{port}", house.keys)
        box = Mailbox(address="us@lumen-roofs.com", created_at=now, imap_cursor={}, smtp_secret=secret)
        session.add(box)
        session.flush()
        for who in people:
            letter = Message(kind="own", mailbox_id=box.id, to_address=who, subject=f"To {who}", body="Hello.")
            letter.due_at, letter.queued_at, letter.extra, letter.references = now, now, {}, []
            session.add(letter)
        session.commit()
        yield script
