"""Complaints of many feedback loops: their kind, the recipient who complained, our letter (O1, MAIL 1.9)."""

import base64

import pytest

from outreach.mail.classify import classify
from outreach.mail.parse import parse

LETTER = (
    "Return-Path: <b+token@post.example>\nMessage-ID: <own@sender.example>\nFrom: Rep <rep@sender.example>\n"
    "To: Anna <anna@customer.example>\nSubject: Hello\n\nHello\n"
)
ANNA = "anna@customer.example"
AGENT = "User-Agent: Loop/1.0\nVersion: 1\n"


def report(
    fields: str,
    letter: str = LETTER,
    *,
    carried: str = "message/rfc822",
    described: str = "message/feedback-report",
    whole: str = "report; report-type=feedback-report",
) -> bytes:
    """A feedback report (RFC 5965) with these fields about this letter."""
    return (
        "From: loop@provider.example\nTo: fbl@sender.example\nSubject: FW: Hello\nMIME-Version: 1.0\n"
        f"Content-Type: multipart/{whole}; boundary=B\n\n--B\nContent-Type: text/plain\n\n"
        f"This is an email abuse report for a message received from 192.0.2.1.\n--B\nContent-Type: {described}\n\n"
        f"{fields}\n--B\nContent-Type: {carried}\nContent-Disposition: inline\n\n{letter}\n--B--\n"
    ).encode()


def without_recipient(instead: str) -> str:
    return LETTER.replace("Anna <anna@customer.example>", instead)


REPORTS: list[tuple[str, bytes, str, str | None]] = [
    ("the recipient is named", report(f"Feedback-Type: abuse\n{AGENT}Original-Rcpt-To: <{ANNA}>\n"), "abuse", ANNA),
    ("only the letter names it", report(f"Feedback-Type: abuse\n{AGENT}"), "abuse", ANNA),
    (
        "the letter is headers alone",
        report(f"Feedback-Type: abuse\n{AGENT}", carried="text/rfc822-headers"),
        "abuse",
        ANNA,
    ),
    (
        "capitals and a type",
        report("FEEDBACK-TYPE: Abuse\nORIGINAL-RCPT-TO: RFC822;Anna@Customer.example\n"),
        "abuse",
        ANNA,
    ),
    ("folded fields", report(f"Feedback-Type:\n abuse\n{AGENT}Original-Rcpt-To:\n <{ANNA}>\n"), "abuse", ANNA),
    (
        "several recipients: the first",
        report(f"Feedback-Type: abuse\n{AGENT}Original-Rcpt-To: {ANNA}\nOriginal-Rcpt-To: bert@customer.example\n"),
        "abuse",
        ANNA,
    ),
    (
        "a recipient taken out of the report, not of the letter",
        report(f"Feedback-Type: abuse\n{AGENT}Original-Rcpt-To: redacted-address@redacted.example\n"),
        "abuse",
        ANNA,
    ),
    (
        "a recipient taken out of both",
        report(
            f"Feedback-Type: abuse\n{AGENT}Redacted-Address: redacted@\n",
            without_recipient("redacted@provider.example"),
        ),
        "abuse",
        None,
    ),
    ("nobody disclosed", report(f"Feedback-Type: abuse\n{AGENT}", without_recipient('"undisclosed"')), "abuse", None),
    (
        "an id without brackets",
        report(f"Feedback-Type: abuse\n{AGENT}", LETTER.replace("<own@sender.example>", "own@sender.example")),
        "abuse",
        ANNA,
    ),
    (
        "the mailbox it went on to is not whom we wrote to",
        report(f"Feedback-Type: abuse\n{AGENT}", f"Delivered-To: box@elsewhere.example\n{LETTER}"),
        "abuse",
        ANNA,
    ),
    (
        "opt-out",
        report(f"Feedback-Type: opt-out\n{AGENT}Removal-Recipient: {ANNA}\n", without_recipient("list@sender.example")),
        "opt-out",
        ANNA,
    ),
    (
        "opt-out of a list",
        report(f"Feedback-Type: opt-out-list\n{AGENT}Removal-Recipient: {ANNA}\n"),
        "opt-out-list",
        ANNA,
    ),
    ("fraud", report(f"Feedback-Type: fraud\n{AGENT}Original-Rcpt-To: {ANNA}\n"), "fraud", ANNA),
    ("virus", report(f"Feedback-Type: virus\n{AGENT}Original-Rcpt-To: {ANNA}\n"), "virus", ANNA),
    (
        "a subject that sounds like opting out",
        report(f"Feedback-Type: opt-out\n{AGENT}Removal-Recipient: {ANNA}\n").replace(
            b"Subject: FW: Hello", b"Subject: Opt-out report"
        ),
        "opt-out",
        ANNA,
    ),
    ("two kinds in one", report(f"Feedback-Type: abuse/spam\n{AGENT}Original-Rcpt-To: {ANNA}\n"), "abuse", ANNA),
    (
        "an address beyond ASCII",
        report(f"Feedback-Type: abuse\n{AGENT}Original-Rcpt-To: utf-8;\u00e4nna@customer.example\n"),
        "abuse",
        "\u00e4nna@customer.example",
    ),
    (
        "a loop that tells its name alone",
        report("Feedback-Type: abuse\nUser-Agent: JMRP/1.0\nVersion: 1\n"),
        "abuse",
        ANNA,
    ),
    ("fields in a text part", report(f"Feedback-Type: abuse\n{AGENT}", described="text/plain"), "abuse", ANNA),
    ("no report by its own type", report(f"Feedback-Type: abuse\n{AGENT}", whole="mixed"), "abuse", ANNA),
    (
        "no report by any type",
        report(f"Feedback-Type: abuse\n{AGENT}", described="text/plain", whole="mixed"),
        "abuse",
        ANNA,
    ),
    (
        "no letter, its id among the fields",
        report(
            f"Feedback-Type: abuse\n{AGENT}Original-Rcpt-To: {ANNA}\nOriginal-Message-ID: <own@sender.example>\n", ""
        ).replace(b"Content-Type: message/rfc822", b"Content-Type: text/plain"),
        "abuse",
        ANNA,
    ),
    (
        "the letter as a file of text",
        report(f"Feedback-Type: abuse\n{AGENT}", carried="text/plain; name=letter.eml"),
        "abuse",
        ANNA,
    ),
    (
        "the letter in base64",
        report(
            f"Feedback-Type: abuse\n{AGENT}",
            base64.encodebytes(LETTER.encode()).decode(),
            carried="message/rfc822\nContent-Transfer-Encoding: base64",
        ),
        "abuse",
        ANNA,
    ),
    (
        "the recipient in the letter's stamp alone",
        report(
            f"Feedback-Type: abuse\n{AGENT}",
            "Received: from sender.example by mx.customer.example with ESMTP\n"
            f"\tfor <{ANNA}>; Mon, 2 Mar 2026 09:00:00 +0000\n" + without_recipient("undisclosed-recipients:;"),
        ),
        "abuse",
        ANNA,
    ),
    (
        "a quoted local part",
        report(f'Feedback-Type: abuse\n{AGENT}Original-Rcpt-To: <"anna"@customer.example>\n'),
        "abuse",
        ANNA,
    ),
    (
        "a reporter who writes to the abuse desk in words",
        (
            "From: report <1@reports.cop.example>\nTo: abuse@sender.example\nSubject: [192.0.2.1 id:1] Hello\n"
            "X-SpamCop-sourceip: 192.0.2.1\nPrecedence: list\n\nEmail from 192.0.2.1\n\n[ Offending message ]\n"
            + LETTER
        ).encode(),
        "abuse",
        ANNA,
    ),
]


@pytest.mark.parametrize(("name", "raw", "kind", "recipient"), REPORTS, ids=[row[0] for row in REPORTS])
def test_a_complaint_tells_its_kind_its_recipient_and_our_letter(
    name: str, raw: bytes, kind: str, recipient: str | None
) -> None:
    found = classify(parse(raw))
    assert found.cls == "complaint", name
    assert found.complaint is not None
    assert (found.complaint.type, found.complaint.recipient, found.complaint.counts) == (kind, recipient, True)
    assert found.complaint.message_ids == ("<own@sender.example>",)


@pytest.mark.parametrize("kind", ["auth-failure", "not-spam"])
def test_reports_that_are_no_complaints_are_read_and_count_for_nothing(kind: str) -> None:
    """MAIL 1.9: a failed authentication says nothing of the recipient's wish, and "not spam" the contrary."""
    found = classify(parse(report(f"Feedback-Type: {kind}\n{AGENT}Original-Rcpt-To: {ANNA}\n")))
    assert found.cls == "receipt"
    assert found.complaint is not None
    assert (found.complaint.type, found.complaint.recipient, found.complaint.counts) == (kind, ANNA, False)


def test_a_letter_that_speaks_of_a_complaint_s_fields_is_no_complaint() -> None:
    raw = (
        b"From: Jo <jo@customer.example>\nTo: rep@sender.example\nSubject: Re: Hello\n\nHow do you read this?\n"
        b"Feedback-Type: abuse\nUser-Agent: Loop/1.0\nVersion: 1\n"
    )
    assert classify(parse(raw)).cls == "human"
