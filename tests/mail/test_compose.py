"""Letters as bytes (MAIL 1.1): each letter here also passes the one judge of outgoing bytes."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.mail.bytecheck import faults, size_warning
from outreach.mail.compose import compose
from outreach.mail.framed import Framed, frame_of
from outreach.mail.headers import HeaderRefused
from outreach.mail.letters import Address, Attachment
from tests.mail.cast import LETTER, letter

LONG_IDS = tuple(f"<{'a' * 80}{number}@mail.kund.example>" for number in range(3))


def sent(**changes: Any) -> tuple[bytes, EmailMessage]:
    raw = compose(letter(**changes))
    assert faults(raw) == []
    parsed = message_from_bytes(raw, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return raw, parsed


def header(raw: bytes, name: str) -> str:
    """The value of a header as it stands on the wire, unfolded."""
    head = raw.partition(b"\r\n\r\n")[0].decode().replace("\r\n ", " ")
    values = [line.partition(": ")[2] for line in head.split("\r\n") if line.lower().startswith(name.lower() + ":")]
    assert len(values) == 1, (name, values)
    return values[0]


def test_a_letter_reads_as_it_was_written() -> None:
    """O1, O4, O5, O8, O11."""
    raw, mail = sent()
    assert header(raw, "Message-ID") == LETTER.message_id
    assert header(raw, "Date") == "Fri, 06 Mar 2026 10:00:00 +0000"
    assert mail["From"] == "Maja Lind <maja@nordic.example>"
    assert mail["To"] == "Åsa Öberg <asa@kund.example>"
    assert mail["Reply-To"] == "r+k7k2tq@reply.nordic.example"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail.get_body(("plain",)).get_content() == "Hello Åsa\r\n"  # type: ignore[union-attr]
    assert mail.get_body(("html",)).get_content() == "<p>Hello Åsa</p>"  # type: ignore[union-attr]


def test_the_same_letter_is_the_same_bytes() -> None:
    """O1: a retry repeats the letter, id and all."""
    assert compose(LETTER) == compose(letter())


def test_long_ids_and_urls_are_never_encoded() -> None:
    """O2: a 180-character URL and three 90-character ids come back exactly."""
    url = "https://nordic.example/u/" + "k" * 155
    raw, _ = sent(unsubscribe_url=url, in_reply_to=LONG_IDS[2], references=LONG_IDS)
    assert header(raw, "References") == " ".join(LONG_IDS)
    assert header(raw, "In-Reply-To") == LONG_IDS[2]
    assert header(raw, "List-Unsubscribe") == f"<{url}>, <mailto:u+k7k2tq@reply.nordic.example>"
    assert header(raw, "List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"


def test_a_long_thread_keeps_its_first_and_its_last_twenty() -> None:
    """O3."""
    chain = tuple(f"<m{number}@kund.example>" for number in range(60))
    raw, _ = sent(in_reply_to=chain[-1], references=chain)
    assert header(raw, "References").split() == [chain[0], *chain[-20:]]


def test_a_strangers_broken_id_does_not_reach_a_header() -> None:
    """O2, O12: the letter goes out, the id that is none does not."""
    raw, _ = sent(in_reply_to="<a b>\r\nBcc: x@y.example", references=("<ok@kund.example>", "nonsense", "<å@b>"))
    assert header(raw, "References") == "<ok@kund.example>"
    assert b"Bcc" not in raw
    assert b"In-Reply-To" not in raw


@pytest.mark.parametrize(
    "value", ["x\r\nBcc: evil@x.example", "x\x85Bcc: evil@x.example", "=?utf-8?q?x=0ABcc=3Aevil?="]
)
def test_no_field_of_a_letter_injects_a_header(value: str) -> None:
    """O12: subject and names, sender's and lead's."""
    raw, mail = sent(subject=value, to=Address(value, "asa@kund.example"), sender=Address(value, "maja@nordic.example"))
    head = raw.partition(b"\r\n\r\n")[0].lower()
    assert b"\nbcc" not in head
    assert mail.get_all("bcc") is None


@given(st.text(max_size=120), st.text(max_size=80), st.text(min_size=1, max_size=400))
def test_any_words_make_a_clean_letter(subject: str, name: str, body: str) -> None:
    """O9-O12 over whatever people type."""
    raw = compose(
        letter(subject="x " + subject, to=Address(name, "asa@kund.example"), text="x" + body, html="x" + body)
    )
    assert faults(raw) == []


def test_a_letter_of_long_lines_and_dots_is_clean() -> None:
    """O9, O10: lines of 30,000 characters, lone dots, bare line ends and NULs inside."""
    raw, mail = sent(html="<p>" + "x" * 30_000 + "</p>\n.\n", text="a\rb\nc\r\nd\x00\n.\n")
    assert b"\x00" not in raw
    assert mail.get_body(("plain",)).get_content() == "a\r\nb\r\nc\r\nd\r\n.\r\n"  # type: ignore[union-attr]


def test_only_automatic_letters_say_so() -> None:
    """O15: a person's letter says nothing, an instant answer `auto-replied`, a notice also asks robots to keep still."""
    assert b"Auto-Submitted" not in sent()[0]
    answer = sent(auto_submitted="auto-replied")[0]
    assert header(answer, "Auto-Submitted") == "auto-replied"
    assert b"X-Auto-Response-Suppress" not in answer
    notice = sent(auto_submitted="auto-generated", unsubscribe_url=None, unsubscribe_mailto=None)[0]
    assert header(notice, "X-Auto-Response-Suppress") == "All"
    assert b"List-Unsubscribe" not in notice


def test_mail_address_alone_makes_no_one_click_promise() -> None:
    """U1."""
    raw, _ = sent(unsubscribe_url=None)
    assert header(raw, "List-Unsubscribe") == "<mailto:u+k7k2tq@reply.nordic.example>"
    assert b"List-Unsubscribe-Post" not in raw


def test_files_and_images_travel_in_their_frames() -> None:
    """O8: mixed around related around alternative; odd names and kinds are made harmless."""
    data = bytes(range(256)) * 40
    logo = Attachment("logo.png", "image/png", b"png", content_id="logo@nordic.example")
    files = (
        Attachment("offer.pdf", "application/pdf", data),
        Attachment('../../ö"\r\nX: y.pdf', "text/html\r\nX: y", b"a"),
    )
    raw, mail = sent(inline=(logo,), attachments=files)
    assert mail.get_content_type() == "multipart/mixed"
    related, pdf, odd = mail.iter_parts()
    assert related.get_content_type() == "multipart/related"
    assert hashlib.sha256(pdf.get_content()).digest() == hashlib.sha256(data).digest()
    assert (pdf.get_filename(), odd.get_content_type()) == ("offer.pdf", "application/octet-stream")
    assert "/" not in (odd.get_filename() or "")
    assert b"\nX:" not in raw


@pytest.mark.parametrize(
    "changes",
    [
        {"message_id": "no-brackets@nordic.example"},
        {"message_id": "<two words@nordic.example>"},
        {"date": datetime(2026, 3, 6, 10, 0)},
        {"sender": Address("Maja", "not an address")},
        {"subject": "\r\n \x00"},
        {"text": " \n"},
        {"html": ""},
        {"auto_submitted": "auto-maybe"},
        {"unsubscribe_url": "javascript:alert(1)"},
        {"unsubscribe_url": "https://x.example/>,<mailto:evil@x.example"},
        {"unsubscribe_url": "https://x.example/u/a,b"},
        {"unsubscribe_url": "https://x.example/u/a b"},
        {"feedback_id": "a:b:c:d:sender1"},
        {"feedback_id": "a:a:c:sender1"},
        {"feedback_id": "a:b:c:me"},
    ],
)
def test_what_must_not_leave_is_refused_by_name(changes: dict[str, Any]) -> None:
    """O1, O4, O5, O8, O15, O17, U1."""
    with pytest.raises(HeaderRefused):
        compose(letter(**changes))


def test_the_judge_sees_what_is_wrong() -> None:
    """The checker can fail: a letter of the old school breaks five rules at once."""
    raw = (
        b"Message-ID: =?utf-8?q?=3Ca=40b=3E?=\r\nDate: yesterday\r\nFrom: a@b.example\r\nTo: \xc3\xa5@b.example\n"
        b"Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=latin-1\r\n\r\n" + b"x" * 1200
    )
    found = " ".join(faults(raw))
    for rule in ("O1", "O2", "O4", "O8", "O9", "O10", "O11"):
        assert rule in found, found


def test_a_heavy_letter_is_told_before_it_is_cut() -> None:
    """O14: a warning at 90 kB, a fault above 100 KiB."""
    assert size_warning("x" * 80_000) is None
    assert "Gmail" in (size_warning("x" * 95_000) or "")
    assert any("O14" in fault for fault in faults(compose(letter(html="x" * 103_000))))


@given(
    st.lists(st.none() | st.text(st.sampled_from("ab =.\n<€Å\t"), min_size=1, max_size=160), min_size=1, max_size=5),
    st.lists(st.text(st.sampled_from("xy =.\n€Å"), max_size=90), min_size=5, max_size=5),
)
def test_a_frame_with_its_fields_reads_as_the_text_that_it_is(frame: list[str | None], fields: list[str]) -> None:
    """O8, O9: whatever stands where a template's words and a field meet; no line is longer than 76."""
    text = Framed(frame_of(("<p>", *frame)), fields[: frame.count(None)])
    raw, mail = sent(html=text, text=text)
    for kind in ("html", "plain"):
        assert mail.get_body((kind,)).get_content().replace("\r\n", "\n").rstrip("\n") == text.rstrip("\n")  # type: ignore[union-attr]
    assert max(map(len, raw.split(b"\r\n"))) <= 78


def test_no_line_begins_as_mail_stores_change_it() -> None:
    """O9: "From " and a dot at the beginning of a line are written otherwise, so that no signature breaks on the way."""
    words = "One.\nFrom here on:\n.hidden\n"
    raw, mail = sent(text=Framed(frame_of((words, None, " and ", None)), ["From Lund", ".5"]))
    assert not re.search(rb"^(From |\.)", raw.partition(b"\r\n\r\n")[2], re.M)
    assert mail.get_body(("plain",)).get_content().splitlines() == [*words.splitlines(), "From Lund and .5"]  # type: ignore[union-attr]
