"""The byte checker itself: each way in which a letter can be wrong is found, by its id, also behind the mail servers of the tests."""

from collections.abc import Callable

import pytest

from outreach.mail import bytecheck, dkim
from outreach.mail.compose import compose
from tests import judge
from tests.mail.cast import letter
from tests.mail.smtp_stage import Script, stage

CLEAN = compose(
    letter(in_reply_to="<p@kund.example>", references=("<p@kund.example>",), feedback_id="text3:sales-step::outreach1")
)
KEY = dkim.load("nordic.example", "s1", dkim.generate("ed25519")[0])
SIGNED = dkim.signed(CLEAN, [KEY])


def put(old: bytes, new: bytes, raw: bytes = CLEAN) -> bytes:
    assert old in raw, old
    return raw.replace(old, new, 1)


BROKEN = {
    "O1: Message-ID": put(b"Message-ID: <", b"Message-ID: <a b"),
    "message-id stands 2 times": b"Message-ID: <x@nordic.example>\r\n" + CLEAN,
    "message-id is missing": put(b"Message-ID:", b"X-ID:"),
    "O2: references holds an encoded word": put(b"References: <", b"References: =?utf-8?q?x?= <"),
    "O3: References do not hold": put(b"References: <p@", b"References: <q@"),
    "O3: References are longer": put(b"References: ", b"References: " + b"<a@b.example>\r\n " * 22),
    "date is missing": put(b"Date:", b"X-Date:"),
    "O4: Date has no numeric zone": put(b"+0000\r\n", b"GMT\r\n"),
    "from stands 2 times": b"From: boss@nordic.example\r\n" + CLEAN,
    "O5: From is not one mailbox": put(b"<maja@nordic.example>", b"<maja@nordic.example>, b@c.example"),
    "O8: text first": put(b"text/html", b"text/enriched"),
    "O8: text/plain is empty": put(b"Hello =C3=85sa\r\n", b""),
    "O9: a line has": put(b"MIME-Version", b"X-Long: " + b"x" * 1000 + b"\r\nMIME-Version"),
    "O9: subject could be folded": put(b"Subject: ", b"Subject: " + b"word " * 20),
    "O9: subject has an encoded word over 75": put(b"Subject: ", b"Subject: =?utf-8?q?" + b"x" * 70 + b"?=\r\n "),
    "O9: text/plain has an encoded line over 76": put(b"Hello =C3", b"x" * 77 + b"\r\nHello =C3"),
    "O9: text/plain is neither": put(b"quoted-printable", b"8bit"),
    "O10: a line end is not CRLF": put(b"\r\nMIME-Version", b"\nMIME-Version"),
    "O10: the letter holds a NUL": put(b"Subject: ", b"Subject: \x00"),
    "O10: the last line has no CRLF": CLEAN.rstrip(),
    "O11: subject holds characters": put(b"Subject: ", "Subject: å".encode()),
    "O11: text/plain is not utf-8": put(b"charset=utf-8", b"charset=latin-1"),
    "O12: a header line without a name": put(b"Subject:", b"a stray line\r\nSubject:"),
    "O12: subject holds a control": put(b"Subject: ", b"Subject: =?utf-8?q?hi=0ABcc=3A_e=40x=2Ey?=\r\n "),
    "O12: to holds a control or direction": put(b"To: ", b"To: =?utf-8?b?4oCuYQ==?=\r\n "),
    "O12: subject is longer": put(b"Subject: ", b"Subject: " + b"\r\n ".join([b"word " * 14] * 10)),
    "O14: the HTML has": compose(letter(html="<p>" + "x " * 60_000)),
    "O17: Feedback-ID": put(b"Feedback-ID: ", b"Feedback-ID: abc\r\nX-Rest: "),
    "U1: List-Unsubscribe-Post is missing": put(b"List-Unsubscribe-Post", b"X-Post"),
    "U1: List-Unsubscribe-Post without": put(b"https://nordic.example/u/", b"ftp://nordic.example/u/"),
    "U1: List-Unsubscribe holds more": put(b"List-Unsubscribe: <", b"List-Unsubscribe: <https://b.example>, <"),
    "A7: list-unsubscribe-post is not signed": put(b"list-unsubscribe-post:", b"", SIGNED),
    "A7: from is not signed": put(b"h=from:", b"h=", SIGNED),
    "A7: a signature is not relaxed": put(b"v=1;", b"v=1; l=9;", SIGNED),
    "A7: a signature is not that of this body": put(b"bh=", b"bh=AAAA", SIGNED),
}  # fmt: skip


def test_what_the_composer_makes_is_clean() -> None:
    assert bytecheck.faults(CLEAN) == []
    assert bytecheck.faults(SIGNED) == []


@pytest.mark.parametrize("fault", BROKEN)
def test_each_fault_is_found_by_its_id(fault: str) -> None:
    """MAIL O1 to O5, O8 to O12, O14, O17, U1, A7."""
    assert any(found.startswith(fault) for found in bytecheck.faults(BROKEN[fault])), bytecheck.faults(BROKEN[fault])


def _on_a_stage(raw: bytes) -> None:
    import smtplib

    with stage(Script()) as port, smtplib.SMTP("127.0.0.1", port) as client:
        client.ehlo()
        client.mail("a@nordic.example")
        client.rcpt("b@kund.example")
        client.send("DATA\r\n")
        assert client.getreply()[0] == 354
        client.send(raw.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        assert client.getreply()[0] == 250


@pytest.mark.parametrize("through", [judge.look, _on_a_stage])
def test_a_bad_byte_on_the_way_fails_the_test_in_which_it_went(through: Callable[[bytes], None]) -> None:
    """The same judge stands behind the diaries' mail server and behind the stage."""
    with judge.verdict():
        through(CLEAN)
    with pytest.raises(AssertionError, match="O10: a line end is not CRLF"), judge.verdict():
        through(BROKEN["O10: a line end is not CRLF"])


def test_the_letters_of_a_whole_system_are_judged_when_it_stops(house: object, database_url: str) -> None:
    """What the local mail server of another process took is read out of its table."""
    from sqlalchemy import text

    row = "INSERT INTO local_letters (at, envelope_from, envelope_to, message_id, subject, raw) VALUES (now(), '', 'b', '', '', :raw)"
    with house.sessions.begin() as session:  # type: ignore[attr-defined]
        session.execute(text(row), [{"raw": CLEAN}, {"raw": BROKEN["date is missing"]}])
    with pytest.raises(AssertionError, match="date is missing"), judge.verdict():
        assert judge.look_into(database_url) == 2
