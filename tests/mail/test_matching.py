"""Which letter of ours a message belongs to: the places where servers and clients leave it (RULES X3, MAIL 1.8)."""

import pytest

from outreach.core.tokens import sign, verify
from outreach.mail.matching import Candidate, answered_ids, candidates, token_of
from outreach.mail.parse import parse

KEYS = [b"new key", b"old key"]
TOKEN = sign("reply", 4711, KEYS)
OURS = frozenset({"post.example.com"})


def first(headers: str, body: str = "Yes.", rcpt: tuple[str, ...] = ()) -> Candidate | None:
    found = candidates(parse(f"From: jo@lead.example.net\r\n{headers}\r\n\r\n{body}".encode()), rcpt, OURS)
    return found[0] if found else None


@pytest.mark.parametrize(
    "headers",
    [
        f"To: r+{TOKEN}@post.example.com",
        f"To: Asa <R+{TOKEN.upper()}@POST.example.com>",
        f"To: somebody@lead.example.net\r\nCc: <r+{TOKEN}@post.example.com>",
        f"To: asa@example.com\r\nDelivered-To: r+{TOKEN}@post.example.com",
        f"To: asa@example.com\r\nX-Original-To: <r+{TOKEN}@post.example.com>",
        f"To: asa@example.com\r\nEnvelope-To: <r+{TOKEN}@post.example.com>",
        f"To: asa@example.com\r\nX-Envelope-To: r+{TOKEN}@post.example.com",
    ],
)
def test_the_token_in_a_recipient_address_is_found_in_any_case(headers: str) -> None:
    """M1, (c) and (d)."""
    found = first(headers)
    assert found is not None
    assert (found.kind, found.trust) == ("reply", "high")
    assert verify("reply", found.value, KEYS) == 4711


def test_the_envelope_is_surer_than_the_headers() -> None:
    """M1."""
    found = first("To: r+aaaaaaaaaaaaaaaa@post.example.com", rcpt=(f"b+{TOKEN}@post.example.com",))
    assert found == Candidate("bounce", TOKEN, "envelope", "high")


def test_a_token_at_a_strangers_domain_is_none_of_ours() -> None:
    assert first(f"To: r+{TOKEN}@evil.example.net") is None


@pytest.mark.parametrize(
    ("headers", "place"),
    [
        (f"In-Reply-To: <{TOKEN}@post.example.com>", "in-reply-to"),
        (f"In-Reply-To: <x@other.example>, <{TOKEN}@post.example.com>", "in-reply-to"),
        (f"In-Reply-To: {TOKEN}@post.example.com", "in-reply-to"),
        (f"References: <a@other.example>\r\n\t<{TOKEN}@post.example.com>", "references"),
        (f"References: <a@other.example>,<{TOKEN}@post.example.com>", "references"),
    ],
)
def test_our_ids_are_found_in_the_thread_headers(headers: str, place: str) -> None:
    """M3, M4: several ids, with and without comma and brackets; others' ids are left out."""
    found = first(headers)
    assert found == Candidate("message_id", f"<{TOKEN}@post.example.com>", place, "medium")


def test_the_last_reference_is_tried_first() -> None:
    """M4."""
    raw = b"References: <one@post.example.com> <two@post.example.com> <three@post.example.com>\r\n\r\nx"
    assert [found.value for found in candidates(parse(raw), (), OURS)] == [
        "<three@post.example.com>",
        "<two@post.example.com>",
        "<one@post.example.com>",
    ]


def test_an_id_in_the_text_counts_for_little() -> None:
    """M5: for reports whose structure is lost."""
    found = first("Subject: failure notice", body=f"your letter <{TOKEN}@post.example.com> to <jo@lead.example.net>")
    assert found == Candidate("message_id", f"<{TOKEN}@post.example.com>", "text", "low")


def test_a_forged_report_that_names_a_lead_yields_nothing() -> None:
    """MAIL 1.11: no token and no id of ours: no proof of anything."""
    raw = (
        b"From: MAILER-DAEMON@evil.example\r\nTo: asa@example.com\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; jo@lead.example.net\r\nAction: failed\r\n"
        b"Status: 5.1.1\r\n\r\n--b--\r\n"
    )
    assert candidates(parse(raw), ("asa@example.com",), OURS) == ()


def test_the_token_stands_in_our_message_id() -> None:
    """1.8 (a)."""
    assert token_of(f"<{TOKEN}@post.example.com>") == TOKEN
    assert token_of(f"<{TOKEN}.2@post.example.com>") == TOKEN
    assert token_of("<abc@post.example.com>") is None


def test_the_letter_that_is_answered_comes_before_the_rest_of_its_thread() -> None:
    raw = b"In-Reply-To: <b@x.example>\r\nReferences: <a@x.example> <b@x.example>\r\n\r\nx"
    assert answered_ids(parse(raw)) == ("<b@x.example>", "<a@x.example>")
