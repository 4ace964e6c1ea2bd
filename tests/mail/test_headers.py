"""The gate to headers (MAIL O2, O9, O11-O13)."""

from email.header import decode_header, make_header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.mail import headers
from outreach.mail.headers import HeaderRefused


@pytest.mark.parametrize(
    "value",
    [
        "hi\r\nBcc: evil@x.example",
        "hi\nBcc: evil@x.example",
        "hi\x0bBcc: evil@x.example",
        "hi\x85Bcc: evil@x.example",
        "hi\u2028Bcc: evil@x.example",
        "=?utf-8?q?hi=0ABcc=3A_evil=40x=2Ey?=",
    ],
)
def test_no_value_makes_a_second_header_line(value: str) -> None:
    """O12: line ends of every alphabet become spaces, and an encoded word of a stranger's is not decoded on the way."""
    line = headers.fold("Subject", headers.unstructured(value))
    unfolded = line.replace("\r\n ", " ")
    assert unfolded.count("\r\n") == 1
    assert unfolded.endswith("\r\n")
    assert line.isascii()
    shown = str(make_header(decode_header(unfolded.partition(": ")[2].strip())))
    assert "\n" not in shown.strip()
    if value.startswith("=?"):
        assert shown == value


def test_direction_marks_and_control_characters_disappear() -> None:
    """O12."""
    assert headers.clean("a\u202egnp.exe\u2066b\x00c\x07\ufeff") == "agnp.exebc"


def test_a_value_is_composed_and_cut_at_200() -> None:
    """O12: NFC, 200 characters."""
    assert headers.clean("A\u030asa") == "Åsa"
    assert len(headers.clean("ä" * 5000)) == 200


def test_a_header_object_of_another_library_is_only_text() -> None:
    """MAIL finding 2: a value that brings its own rendering is read as text."""
    from email.headerregistry import HeaderRegistry

    value = HeaderRegistry()("subject", "=?utf-8?q?hi=0ABcc=3A_evil=40x=2Ey?=")
    assert "\n" not in headers.clean(value)
    assert "\r" not in headers.unstructured(value)


@given(st.text(max_size=300))
def test_any_subject_comes_back_as_it_was_cleaned(value: str) -> None:
    """O9, O11: ASCII on the wire, words of at most 75, the same text for the reader."""
    line = headers.fold("Subject", headers.unstructured(value))
    assert line.isascii()
    physical = line.split("\r\n")[:-1]
    assert all(len(part) <= 998 for part in physical)
    assert all(len(word) <= 75 for part in physical for word in part.split() if word.startswith("=?"))
    text = line.replace("\r\n ", " ").partition(":")[2].strip()
    assert str(make_header(decode_header(text))).strip() == headers.clean(value)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Maja Lind", "Maja Lind <maja@nordic.example>"),
        ('Bo "Bosse" Ek, AB', '"Bo \\"Bosse\\" Ek, AB" <maja@nordic.example>'),
        ("", "<maja@nordic.example>"),
        ("maja@nordic.example", "maja@nordic.example"),
        ("boss@bank.example", '"boss@bank.example" <maja@nordic.example>'),
        ("Åsa", "=?utf-8?b?w4VzYQ==?= <maja@nordic.example>"),
    ],
)
def test_a_name_is_quoted_or_encoded_as_it_needs(name: str, shown: str) -> None:
    """O9, O11."""
    assert headers.mailbox(name, "maja@nordic.example") == shown


def test_a_domain_of_another_script_travels_as_its_a_label() -> None:
    """O13."""
    assert headers.wire_address("info@bücher.example") == "info@xn--bcher-kva.example"
    assert not headers.needs_smtputf8("info@xn--bcher-kva.example")
    assert headers.needs_smtputf8(headers.wire_address("åsa@kund.example"))


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@", "@b.example", "a b@c.example", "a@b.example>\r\nRCPT TO:<v@x.example", "a@b.example\n", "a..b@c.example",
     "a@-b.example", "a@b..example", "<a@b.example>", "a@b@c.example", "x" * 65 + "@b.example", 'a"b@c.example'],
)  # fmt: skip
def test_what_is_no_address_is_refused(address: str) -> None:
    """O12: nothing is repaired, nothing is cut to something that looks right."""
    if address == "a@b.example\n":
        assert headers.wire_address(address) == "a@b.example"
        return
    with pytest.raises(HeaderRefused):
        headers.wire_address(address)


def test_a_token_is_never_repaired() -> None:
    """O2."""
    for bad in ("<a\r\nb@c>", "<å@c>", "<" + "a" * 1000 + "@c>", ""):
        with pytest.raises(HeaderRefused):
            headers.token("Message-ID", bad)
