"""Which letters are signed, and with which key (MAIL A7)."""

from datetime import timedelta
from typing import Any

import dkim as judge
import pytest

from outreach.errors import Refused
from outreach.journeys import posting, signing
from outreach.mail import parse
from outreach.store import domains
from outreach.store.leads import Lead
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message

RAW = b"From: Ann <ann@lumen.example>\r\nTo: b@lead.example\r\nSubject: x\r\n\r\nHello\r\n"


@pytest.fixture
def box(session: Any, house: Any) -> Mailbox:
    row = Mailbox(address="ann@lumen.example", created_at=house.now(session), imap_cursor={})
    session.add(row)
    session.flush()
    return row


def signed_by(raw: bytes) -> list[str]:
    """The selectors of a letter's signatures."""
    import re

    return re.findall(r"s=(\w+);", raw.partition(b"\r\n\r\n")[0].decode())


def test_a_key_signs_only_once_dns_shows_it(session: Any, house: Any, box: Mailbox) -> None:
    now = house.now(session)
    key = signing.new_key(session, house, "lumen.example", "rsa", now)
    assert signing.stamp_of(session, house, box).on(RAW, "t") == RAW
    signing.note_seen(session, "lumen.example", {key.selector: None}, now)
    assert signing.stamp_of(session, house, box).on(RAW, "t") == RAW
    signing.note_seen(session, "lumen.example", {key.selector: True}, now)
    raw = signing.stamp_of(session, house, box).on(RAW, "t")
    record = f"v=DKIM1; k=rsa; p={key.public}".encode()
    assert judge.DKIM(raw).verify(dnsfunc=lambda name, timeout=5: record)


def test_a_new_key_takes_over_when_it_is_published_and_the_old_one_rests(
    session: Any, house: Any, box: Mailbox
) -> None:
    now = house.now(session)
    old = signing.new_key(session, house, "lumen.example", "rsa", now)
    signing.note_seen(session, "lumen.example", {old.selector: True}, now)
    new = signing.new_key(session, house, "lumen.example", "rsa", now + timedelta(days=90))
    assert new.selector != old.selector
    assert signed_by(signing.stamp_of(session, house, box).on(RAW, "t")) == [old.selector]
    signing.note_seen(session, "lumen.example", {old.selector: True, new.selector: True}, now)
    assert signed_by(signing.stamp_of(session, house, box).on(RAW, "t")) == [new.selector]
    assert old.state == "retired"


def test_a_record_that_is_gone_stops_its_key_and_a_silent_dns_does_not(session: Any, house: Any, box: Mailbox) -> None:
    now = house.now(session)
    key = signing.new_key(session, house, "lumen.example", "ed25519", now)
    signing.note_seen(session, "lumen.example", {key.selector: True}, now)
    signing.note_seen(session, "lumen.example", {key.selector: None}, now)
    assert signing.stamp_of(session, house, box).keys
    signing.note_seen(session, "lumen.example", {key.selector: False}, now)
    assert not signing.stamp_of(session, house, box).keys


def test_where_the_provider_signs_our_key_does_not(session: Any, house: Any, box: Mailbox) -> None:
    """Providers that rewrite headers would break it; Postmark gets the mark that its webhooks send back."""
    now = house.now(session)
    key = signing.new_key(session, house, "lumen.example", "rsa", now)
    signing.note_seen(session, "lumen.example", {key.selector: True}, now)
    box.provider = "ses"
    assert signing.stamp_of(session, house, box).on(RAW, "tok") == RAW
    box.provider = "postmark"
    raw = signing.stamp_of(session, house, box).on(RAW, "tok")
    assert raw == b"X-PM-Metadata-outreach: tok\r\nX-PM-KeepID: true\r\n" + RAW


def test_the_private_key_is_sealed_and_one_fresh_key_is_enough(session: Any, house: Any, box: Mailbox) -> None:
    """RELIABILITY 5.2 #12."""
    row = signing.new_key(session, house, "lumen.example", "rsa", house.now(session))
    assert b"PRIVATE KEY" not in row.private
    with pytest.raises(Refused, match="fresh key already"):
        signing.new_key(session, house, "lumen.example", "rsa", house.now(session))
    with pytest.raises(Refused, match="no kind of key"):
        signing.new_key(session, house, "lumen.example", "dsa", house.now(session))
    signing.drop_key(session, row.id)
    session.flush()
    assert domains.keys(session, "lumen.example") == []


def test_a_mailbox_signs_with_its_own_words_and_every_letter_passes_here(
    session: Any, house: Any, box: Mailbox
) -> None:
    """The mailbox's signature stands instead of the owner's; what is composed is signed."""
    now = house.now(session)
    box.signature = "Lumen, room 12"
    lead = Lead(email="b@lead.example", name="Bo", fields={}, created_at=now, last_activity_at=now)
    session.add(lead)
    session.flush()
    letter = Message(
        kind="step", lead_id=lead.id, to_address=lead.email, subject="Hello", body="Hi {{ first_name }}\n{{ owner.signature }}",
        references=[], extra={}, due_at=now, queued_at=now, mailbox_id=box.id,
    )  # fmt: skip
    session.add(letter)
    key = signing.new_key(session, house, "lumen.example", "ed25519", now)
    signing.note_seen(session, "lumen.example", {key.selector: True}, now)
    session.flush()
    desk = posting.Desk(session, house, box, [letter.id], now)
    raw = desk.write(desk.drafts[0]).raw
    record = f"v=DKIM1; k=ed25519; p={key.public}".encode()
    assert judge.DKIM(raw).verify(dnsfunc=lambda name, timeout=5: record)
    assert "Lumen, room 12" in parse.parse(raw).text
