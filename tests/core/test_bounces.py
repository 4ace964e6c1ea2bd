"""What a refusal means, code by code and word by word (F2, MAIL 1.11)."""

import time

import pytest

from outreach.core.bounces import enhanced_code, reply_code, verdict

TABLE = [
    ("hard", "5.1.1", 550, "550 5.1.1 The email account that you tried to reach does not exist"),
    ("hard", "5.1.2", None, "Host unknown"),
    ("hard", "5.1.3", 553, "Bad destination mailbox address syntax"),
    ("hard", "5.1.6", None, "Mailbox has moved"),
    ("hard", "5.1.10", None, "Domain does not accept mail (nullMX)"),
    ("hard", "5.4.4", None, "Host or domain name not found. Name service error for name=nope.example: Host not found"),
    ("hard", "5.4.1", 550, "550 5.4.1 [a@b.example]: Recipient address rejected: Access denied"),
    ("hard", "5.0.0", None, "554 delivery error: dd This user doesn't have a yahoo.example account"),
    ("hard", "5.7.1", 550, "550 5.7.1 No such user!"),
    ("hard", "5.5.0", 550, "550 5.5.0 Requested action not taken: mailbox unavailable"),
    ("hard", None, 550, "550 Requested action not taken: mailbox unavailable"),
    ("hard", None, 550, "Benutzer unbekannt"),
    ("soft", "5.2.2", 552, "552 5.2.2 over quota"),
    ("soft", "5.2.1", 550, "550 5.2.1 The email account that you tried to reach is disabled"),
    ("soft", "5.1.1", 550, "550 5.1.1 mailbox full, quota exceeded"),
    ("soft", "4.1.1", 450, "450 4.1.1 unverified address"),
    ("soft", "4.4.7", None, "Message expired"),
    ("soft", "4.3.0", None, "Temporary lookup failure"),
    ("soft", "5.4.4", None, "type=MX: Host not found, try again"),
    ("soft", "5.3.4", 552, "message size exceeds fixed limit"),
    ("soft", "5.4.6", None, "mail loops back to myself"),
    ("soft", "4.7.1", 450, "450 4.7.1 Greylisted, come back later"),
    ("soft", None, 450, "450 Greylisted"),
    ("soft", None, 421, "421 Too busy"),
    ("soft", "5.0.0", 554, "554 Something that nobody knows"),
    ("soft", None, None, ""),
    ("ours", "5.7.1", 550, "550 5.7.1 Our system has detected that this message is likely unsolicited mail"),
    ("ours", "5.7.26", 550, "This mail has been blocked because the sender is unauthenticated"),
    ("ours", "5.7.515", 550, "access denied"),
    ("ours", "4.7.28", 421, "unusual rate of unsolicited mail"),
    ("ours", "5.1.8", None, "553 5.1.8 Sender address rejected: Domain not found"),
    ("ours", "5.1.7", None, "Invalid sender address"),
    ("ours", "5.6.0", None, "Invalid message content"),
    ("ours", "5.5.2", 500, "Syntax error"),
    ("ours", "5.0.0", 550, "550 Sender verify failed"),
    ("ours", None, 550, "550 relay not permitted"),
    ("ours", "5.1.1", 550, "550 5.1.1 Blocked using zen.spamhaus.org"),
    ("delivered", "2.0.0", 250, "ok"),
]


@pytest.mark.parametrize(("expected", "status", "code", "text"), TABLE)
def test_a_refusal_means_what_the_table_says(expected: str, status: str | None, code: int | None, text: str) -> None:
    """F2: hard only where the address does not exist; x.7.x is our problem and never the lead's."""
    assert verdict(status, code, text) == expected


def test_codes_are_found_among_addresses_and_numbers() -> None:
    assert enhanced_code("host 198.51.100.7 said: 550-5.0.0 x 550 5.1.1 y") == "5.1.1"
    assert enhanced_code("198.51.100.7 version 4.96.1.2") is None
    assert reply_code("host mx.example[198.51.100.7] said: 550 5.1.1 no") == 550
    assert reply_code("250 ok, then 552 too much") == 552


@pytest.mark.parametrize(
    "word", ["user ", "address <", "mailbox a ", "quota", "exceed ", "no longer ", "account ", "domain "]
)
def test_hostile_words_take_no_time(word: str) -> None:
    start = time.process_time()
    verdict(None, 550, word * 10_000)
    assert time.process_time() - start < 0.5
