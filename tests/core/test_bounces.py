"""What a refusal means, code by code and word by word (F2, MAIL A5, 1.11)."""

import time

import pytest

from outreach.core.bounces import Stage, denies, enhanced_code, reply_code, stage_of, verdict

TABLE = [
    ("hard", "5.1.1", 550, "550 5.1.1 The email account that you tried to reach does not exist"),
    ("hard", "5.1.2", None, "Host unknown"),
    ("hard", "5.1.3", 553, "Bad destination mailbox address syntax"),
    ("hard", "5.1.6", None, "Mailbox has moved"),
    ("hard", "5.1.10", None, "Domain does not accept mail (nullMX)"),
    ("hard", "5.4.4", None, "Host or domain name not found. Name service error for name=nope.example: Host not found"),
    ("hard", "5.4.1", 550, "550 5.4.1 [a@b.example]: Recipient address rejected: Access denied"),
    ("hard", "5.1.0", 550, "550 5.1.0 Address rejected: no such user"),
    ("hard", None, None, "User jo (jo@lead.example) not listed in Domino Directory"),
    ("hard", None, None, "Unrouteable address"),
    ("hard", None, 550, "550 <jo@lead.example> has been replaced by <jo@new.example>"),
    ("soft", "5.0.0", None, "554 delivery error: dd This user doesn't have a yahoo.example account"),
    ("hard", None, 553, "553 customer.example does not exist (in reply to RCPT TO command)"),
    (
        "hard",
        "4.0.0",
        None,
        "DNS Error: type 'mx' lookup of nope.example responded with code NXDOMAIN Domain name not found",
    ),
    (
        "hard",
        "5.1.0",
        None,
        "5.1.0 - Unknown address error 550-'5.1.1 <jo@lead.example>: Recipient rejected: User unknown'",
    ),
    (
        "ours",
        "5.1.0",
        None,
        "5.1.0 - Unknown address error 550-'#5.7.1 Your access to this mail system has been rejected'",
    ),
    (
        "hard",
        "4.0.0",
        None,
        "DNS Error: type 'mx' lookup of nope.example responded with code NOERROR. The domain returned Null MX",
    ),
    (
        "hard",
        "5.1.351",
        550,
        "550 5.1.351 Remote server returned unknown recipient or mailbox unavailable -> 550 <jo@lead.example>: User unknown",
    ),
    ("ours", "5.1.351", 550, "550 5.1.351 Remote server said -> 550 unknown user, your IP is listed at Spamhaus"),
    ("hard", None, None, "because the domain name (nope.example) does not appear to be registered."),
    ("hard", None, None, "LOCAL module(account jo) reports: account does not exist"),
    (
        "soft",
        None,
        550,
        "550 Invalid mailbox. Mailbox jo@x.example is unavailable: account is disabled, in reply to RCPT TO",
    ),
    (
        "hard",
        None,
        550,
        "550 Invalid mailbox. Mailbox jo@x.example is unavailable: user not found, in reply to RCPT TO",
    ),
    ("hard", "5.5.0", 550, "550 5.5.0 mailbox unavailable, in reply to RCPT TO. Checked by an Antivirus system"),
    ("soft", "5.5.0", 550, "550 Requested action not taken: mailbox unavailable"),
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


ALONE = [
    ("5.7.1", "550 5.7.1 No such user!"),
    ("5.5.0", "550 5.5.0 Requested action not taken: mailbox unavailable"),
    ("5.2.1", "550 5.2.1 <jo@lead.example>... User Unknown"),
    ("5.0.0", "550 no mailbox here by that name"),
    (None, "550 Requested action not taken: mailbox unavailable"),
    (None, "Benutzer unbekannt"),
]


@pytest.mark.parametrize(("status", "words"), ALONE)
def test_words_alone_give_an_address_up_only_where_the_recipient_was_refused(status: str | None, words: str) -> None:
    """F2, MAIL 1.11: a filter says the same of a letter that it has read, of an address that is there."""
    assert denies(words)
    assert verdict(status, None, words, "rcpt") == "hard"
    assert verdict(status, None, f"{words} (in reply to RCPT TO command)") == "hard"
    assert verdict(status, None, words, "data") in ("soft", "ours")
    assert verdict(status, None, f"{words} (in reply to end of DATA command)") in ("soft", "ours")
    assert verdict(status, None, words) in ("soft", "ours")


def test_a_precise_code_counts_at_every_command() -> None:
    assert verdict("5.1.1", 550, "550 5.1.1 unknown user (in reply to end of DATA command)") == "hard"


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ("rcpt", "host mx.example[192.0.2.1] said: 550 no (in reply to RCPT TO command)"),
        ("rcpt", "SMTP error from remote mail server after RCPT TO:<jo@lead.example>: 550 no"),
        ("rcpt", "... while talking to mx.example.:\n>>> RCPT To:<jo@lead.example>\n<<< 550 no"),
        ("rcpt", "Sent <<< RCPT TO:<jo@lead.example>\nReceived >>> 550 no"),
        ("rcpt", "--> RCPT To:<jo@lead.example>\n<-- 550 no"),
        ("rcpt", "192.0.2.1 does not like recipient.\nRemote host said: 550 no"),
        ("rcpt", "Remote host said: 550 no [RCPT_TO]"),
        ("rcpt", "SMTP error from remote server for RCPT TO command, host: mx.example reason: 550 no"),
        ("rcpt", "The error that the other server returned was: 550 no (state 14)."),
        ("rcpt", "(Error following RCPT command). It responded as follows: [550 no]"),
        ("rcpt", "550 Recipient address rejected: no"),
        ("data", "550 Recipient address rejected: no (in reply to end of DATA command)"),
        ("data", "SMTP error from remote mail server after end of data: 550 no"),
        ("data", ">>> DATA\n<<< 550 no"),
        ("data", "192.0.2.1 failed after I sent the message.\nRemote host said: 550 no"),
        ("data", "-------server message\n550 no\n\n-------SMTP command\nDATA"),
        ("mail", "host mx.example said: 550 no (in reply to MAIL FROM command)"),
        ("rcpt", ">>> RCPT To:<jo@lead.example>\n<<< 550 no\n>>> DATA\n<<< 503 no recipients"),
        ("data", ">>> RCPT To:<jo@lead.example>\n<<< 250 ok\n>>> DATA\n<<< 550 no"),
        ("", "550 no"),
        ("", "MAIL FROM: rep@sender.example\nRCPT TO: jo@lead.example\nSize: 1024"),
    ],
)
def test_the_command_that_was_refused_is_read_in_the_words_of_many_servers(stage: Stage, words: str) -> None:
    assert stage_of(words) == stage


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
