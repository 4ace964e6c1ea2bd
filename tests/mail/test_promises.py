"""What every letter of ours keeps, whatever it is about: addresses that cannot be forged, who writes, the way out (MAIL O, U, C)."""

import email
import re
from email.message import Message as Mail
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.core import tokens
from outreach.journeys import posting, receive
from outreach.mail.library import render_letter, shipped, shipped_includes, shipped_keys
from outreach.store.inbox import InboundMail
from outreach.store.leads import Lead
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message
from tests import judge
from tests.mail.cast import ASA, BRAND, OWNER

OLD, NEW = b"the key of last year", b"the key of today"
TO_OUR_PEOPLE = ("notice-account", "notice-new-lead", "notice-reply", "notice-unknown")
KINDS = {
    ("step", "sales", False): (True, None), ("step", "inbound", True): (True, "auto-replied"),
    ("step", "nurture", False): (True, None), ("own", "", True): (False, None), ("answer", "inbound", True): (True, "auto-replied"),
}  # fmt: skip
"""Kind, class, at once -> whether it carries a way out, and Auto-Submitted."""


@given(st.integers(0, 2**63 - 1), st.sampled_from(["unsubscribe", "reply", "bounce", "click"]))
def test_a_token_is_opaque_unforgeable_and_outlives_a_change_of_keys(number: int, purpose: str) -> None:
    """U4, and 1.8 (d): any case, base32, no address inside; a token of yesterday's key works, of nobody's key does not."""
    token = tokens.sign(purpose, number, [OLD])
    assert re.fullmatch("[a-z2-7]{16,61}", token)
    assert len(f"u+{token}") <= 64
    assert tokens.verify(purpose, token.upper(), [NEW, OLD]) == number
    assert tokens.verify(purpose, token, [NEW]) is None
    assert tokens.verify("answer", token, [NEW, OLD]) is None
    changed = ("a" if token[0] != "a" else "b") + token[1:]
    assert tokens.verify(purpose, changed, [NEW, OLD]) is None


@pytest.mark.parametrize("key", [key for key in shipped_keys() if key not in TO_OUR_PEOPLE])
def test_every_letter_to_a_lead_says_who_writes_from_where_and_how_to_stop(key: str) -> None:
    """C1, C2, C3, U8: the sender, the postal address and the way out, in both parts."""
    done = render_letter(shipped(key), ASA, shipped_includes())
    for part in (re.sub(r"<[^>]+>", " ", done.html), done.text):
        words = " ".join(part.split())
        assert BRAND["postal_address"] in words
        assert BRAND["name"] in words or OWNER["name"] in words
    assert ASA["unsubscribe_url"] in done.html
    assert ASA["unsubscribe_url"] in done.text


def written(session: Any, house: Any, kind: str, class_: str, at_once: bool) -> Mail:
    now = house.now(session)
    box = session.query(Mailbox).first() or Mailbox(address="hello@outreach.test", created_at=now)
    lead = Lead(email=f"{kind}-{class_}@lead.example", name="Ben", created_at=now, last_activity_at=now)
    session.add_all([box, lead])
    session.flush()
    row = Message(
        kind=kind, class_=class_, lane="outbound", state="queued", at_once=at_once, lead_id=lead.id, mailbox_id=box.id,
        to_address=lead.email, subject="Hi", body="Hello", references=[], due_at=now, queued_at=now, extra={},
    )  # fmt: skip
    session.add(row)
    session.flush()
    desk = posting.Desk(session, house, box, [row.id], now)
    raw = desk.write(desk.drafts[0]).raw
    judge.look(raw)
    return email.message_from_bytes(raw)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_letter_carries_its_notes_to_machines_and_no_others(session: Any, house: Any, kind: Any) -> None:
    """O5, O15, O16, O18, U1, A3, 1.8 (e): automatic letters have the way out, answers say so, nobody says Precedence or List-Id;
    the From that people see holds no token."""
    way_out, note = KINDS[kind]
    letter = written(session, house, *kind)
    assert (letter["List-Unsubscribe"] is not None) is way_out
    assert (letter["List-Unsubscribe-Post"] is not None) is way_out
    assert letter["Auto-Submitted"] == note
    assert letter["Precedence"] is letter["List-Id"] is letter["X-Auto-Response-Suppress"] is None
    assert letter["From"].endswith("<hello@outreach.test>")
    assert re.fullmatch(r"<[a-z2-7]+@outreach\.test>", letter["Message-ID"])
    assert "@lead.example" not in letter["From"] + str(letter["Reply-To"])


def test_the_same_bytes_are_one_mail_and_the_same_id_alone_is_not(session: Any, house: Any) -> None:
    """1.8 (i), X9: whatever way it comes twice; but who copies another mail's Message-ID does not hide behind it."""
    raw = b"From: ben@ode.example\r\nMessage-ID: <1@ode.example>\r\nSubject: Hi\r\n\r\nHello\r\n"
    now = house.now(session)
    kept = [receive.keep(session, one, now, source="imap") for one in (raw, raw, raw + b"More\r\n")]
    assert kept[1] is None
    assert session.query(InboundMail).count() == 2
