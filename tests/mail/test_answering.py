"""What the local mail page sends "as the lead" goes the whole way: parsed, classified, matched."""

import datetime as dt

from outreach.core.tokens import sign
from outreach.mail.answering import as_bounce, as_out_of_office, as_reply
from outreach.mail.classify import classify
from outreach.mail.matching import candidates
from outreach.mail.parse import parse
from outreach.mail.replytext import reply_text

TOKEN = sign("reply", 4711, [b"key"])
SENT = (
    f"From: Asa Rep <asa@example.com>\r\nReply-To: Asa Rep <r+{TOKEN}@example.com>\r\nTo: =?utf-8?q?J=C3=B6rg?= <joerg@example.org>\r\n"
    f"Subject: Your =?utf-8?q?M=C3=B6bel?=\r\nDate: Fri, 06 Mar 2026 09:00:00 +0000\r\nMessage-ID: <{TOKEN}@example.com>\r\n"
    "References: <first@example.com>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    "Hello Jörg,\r\n\r\nshall we talk on Monday?\r\n\r\nAsa\r\nUnsubscribe: https://example.com/u/x\r\n"
).encode()
NOW = dt.datetime(2026, 3, 7, 12, 0, tzinfo=dt.UTC)


def test_an_answer_as_the_lead_is_human_threaded_and_matched() -> None:
    sender, rcpt, raw = as_reply(SENT, "Yes, gerne!\n\nJörg", now=NOW)
    inbound = parse(raw)
    assert (sender, rcpt) == ("joerg@example.org", f"r+{TOKEN}@example.com")
    assert classify(inbound).cls == "human"
    assert inbound.subject == "Re: Your Möbel"
    assert inbound.from_name == "Jörg"
    assert inbound.in_reply_to == (f"<{TOKEN}@example.com>",)
    assert inbound.references == ("<first@example.com>", f"<{TOKEN}@example.com>")
    assert reply_text(inbound.text, inbound.html).text == "Yes, gerne!\n\nJörg"
    found = candidates(inbound, [rcpt], frozenset({"example.com"}))
    assert (found[0].kind, found[0].value, found[0].trust) == ("reply", TOKEN, "high")


def test_an_out_of_office_says_when_the_lead_is_back() -> None:
    sender, rcpt, raw = as_out_of_office(SENT, dt.date(2026, 3, 16), now=NOW)
    verdict = classify(parse(raw))
    assert sender == ""
    assert rcpt.startswith("r+")
    assert (verdict.cls, verdict.return_date) == ("out_of_office", dt.date(2026, 3, 16))
    _, _, without = as_out_of_office(SENT, None, now=NOW)
    assert classify(parse(without)).return_date is None


def test_a_bounce_goes_to_the_envelope_sender_and_names_the_lead() -> None:
    for hard, status, verdict in ((True, "5.1.1", "hard"), (False, "4.2.2", "soft")):
        sender, rcpt, raw = as_bounce(SENT, f"b+{TOKEN}@example.com", hard, now=NOW)
        inbound = parse(raw)
        found = classify(inbound)
        assert (sender, rcpt, found.cls) == ("", f"b+{TOKEN}@example.com", "bounce")
        assert [(b.recipient, b.status, b.verdict) for b in found.bounces] == [("joerg@example.org", status, verdict)]
        assert found.returned.message_ids == (f"<{TOKEN}@example.com>",)


def test_what_a_lead_is_called_cannot_leave_its_header() -> None:
    """MAIL O12: line ends in names and subjects of the letter do not make headers."""
    hostile = SENT.replace(b"=?utf-8?q?J=C3=B6rg?=", b"=?utf-8?q?J=0D=0ABcc=3A_evil=40example=2Enet?=").replace(
        b"Your =?utf-8?q?M=C3=B6bel?=", b"=?utf-8?q?hi=0ABcc=3A_evil=40example=2Enet=0A?="
    )
    for raw in (as_reply(hostile, "ok", now=NOW)[2], as_out_of_office(hostile, None, now=NOW)[2]):
        assert not parse(raw).has_header("bcc")
