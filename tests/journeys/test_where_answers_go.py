"""The way back: to which address a lead's program answers, and where a bounce goes (MAIL O5, O6)."""

import email
from typing import Any

import pytest

from outreach.journeys import posting
from outreach.store.leads import Lead
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message
from tests import judge

READ = b"sealed: read by IMAP"
CASES = {
    "a trial: all names are local": ("outreach.localhost", "hello@outreach.localhost", False, True),
    "one real mailbox, nothing else was set": ("outreach.localhost", "hello@lumen-roofs.com", True, False),
    "a real mailbox that only sends, nothing else was set": ("outreach.localhost", "hello@lumen-roofs.com", False, False),
    "the reply domain is our reply server's": ("reply.lumen-roofs.com", "hello@lumen-roofs.com", True, True),
    "the reply domain is that of a mailbox elsewhere": ("lumen-roofs.com", "hello@lumen-roofs.com", True, False),
    "it comes to our reply server, the mailbox only sends": ("lumen-roofs.com", "hello@lumen-roofs.com", False, True),
}  # fmt: skip


def sends_from(session: Any, house: Any, address: str, read: bool) -> Mailbox:
    row = Mailbox(address=address, created_at=house.now(session), imap_secret=READ if read else None)
    session.add(row)
    session.flush()
    return row


@pytest.mark.parametrize("case", CASES)
def test_people_answer_to_where_we_read(house: Any, session: Any, case: str) -> None:
    """O5, O6: signed addresses only where they come back to us; else the mailbox itself, for answers, bounces and ways out."""
    reply_domain, address, read, by_token = CASES[case]
    house = dataclass_with(house, reply_domain)
    box = sends_from(session, house, address, read)
    assert posting.answers_by_token(session, house, box) is by_token
    now = house.now(session)
    lead = Lead(email="ben@ode.example", name="Ben", created_at=now, last_activity_at=now)
    session.add(lead)
    session.flush()
    row = Message(
        kind="step", class_="sales", lane="outbound", state="queued", lead_id=lead.id, mailbox_id=box.id,
        to_address=lead.email, subject="Hi", body="Hello", references=[], due_at=now, queued_at=now, extra={},
    )  # fmt: skip
    session.add(row)
    session.flush()
    desk = posting.Desk(session, house, box, [row.id], now)
    ready = desk.write(desk.drafts[0])
    judge.look(ready.raw)
    letter = email.message_from_bytes(ready.raw)
    domains = {
        part.rpartition("@")[2].partition("?")[0].strip("> ")
        for part in (str(letter["Reply-To"] or address), ready.envelope.sender, str(letter["List-Unsubscribe"]))
    }
    assert domains == {reply_domain if by_token else "lumen-roofs.com"}


def test_no_mailbox_borrows_the_domain_of_another_that_is_read_elsewhere(house: Any, session: Any) -> None:
    """The domain of MAIL_FROM is where we answer by default; while its own mailbox is read by IMAP, nothing else arrives there."""
    house = dataclass_with(house, "lumen-roofs.com")
    sends_from(session, house, "hello@lumen-roofs.com", True)
    other = sends_from(session, house, "rita@lumen-solar.com", True)
    assert not posting.answers_by_token(session, house, other)


def dataclass_with(house: Any, reply_domain: str) -> Any:
    import dataclasses

    settings = house.settings.model_copy(update={"reply_domain": reply_domain})
    return dataclasses.replace(house, settings=settings)
