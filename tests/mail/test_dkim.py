"""DKIM (MAIL A7): what we sign is judged by dkimpy, which shares no line with us."""

import re
from datetime import UTC, datetime

import dkim as judge
import pytest

from outreach.mail import bytecheck, compose, dkim
from outreach.mail.letters import Address, Letter

HEADERS = (
    "From", "To", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type", "In-Reply-To",
    "References", "List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID",
)  # fmt: skip
LETTER = Letter(
    message_id="<abc@outreach.test>",
    date=datetime(2026, 3, 4, 10, tzinfo=UTC),
    sender=Address("Ann Müller", "ann@outreach.test"),
    to=Address("Bo", "bo@lead.test"),
    reply_to="r+token@outreach.test",
    subject="Your question about a very long subject line that must be folded somewhere, ünless it is short",
    html="<p>Hello  there\t!</p>" * 100,
    text="Hello there\n\n\n",
    in_reply_to="<before@lead.test>",
    references=("<first@outreach.test>", "<before@lead.test>"),
    unsubscribe_url="https://outreach.test/u/" + "x" * 180,
    unsubscribe_mailto="u+token@outreach.test",
    feedback_id="seq:step::outreach1",
)


@pytest.fixture(scope="module", params=["rsa", "ed25519"])
def made(request: pytest.FixtureRequest) -> tuple[dkim.DkimKey, str]:
    """A key, and the DNS record that publishes it."""
    pem, public = dkim.generate(request.param)
    return dkim.load("outreach.test", "o1", pem), dkim.record(request.param, public)


def verified(raw: bytes, record: str, index: int = 0) -> bool:
    asked: list[bytes] = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return record.encode()

    try:
        good = bool(judge.DKIM(raw).verify(idx=index, dnsfunc=dns))
    except judge.ValidationError:
        good = False
    assert not asked or asked == [b"o1._domainkey.outreach.test."]
    return good


def test_a_signed_letter_is_verified_and_its_bytes_are_in_order(made: tuple[dkim.DkimKey, str]) -> None:
    """A7."""
    key, record = made
    raw = compose.compose(LETTER)
    whole = dkim.sign(raw, key) + raw
    assert verified(whole, record)
    assert bytecheck.faults(whole) == []
    assert max(len(line) for line in dkim.sign(raw, key).split(b"\r\n")) <= 200
    tags = dict(re.findall(r"(\w+)=([^;]*)", re.sub(r"\s", "", dkim.sign(raw, key).decode().partition(":")[2])))
    assert "l" not in tags
    assert tags["c"] == "relaxed/relaxed"
    assert tags["h"].split(":").count("from") == 2
    assert {name.lower() for name in HEADERS} <= set(tags["h"].split(":"))


@pytest.mark.parametrize("name", HEADERS)
def test_a_changed_header_breaks_the_signature(made: tuple[dkim.DkimKey, str], name: str) -> None:
    """A7."""
    key, record = made
    raw = compose.compose(LETTER)
    whole = dkim.sign(raw, key) + raw
    changed = re.sub(rb"(?m)^" + name.encode() + rb": ", name.encode() + b": x", whole, count=1)
    assert changed != whole
    assert not verified(changed, record)


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_taken_away_or_added_breaks_the_signature(made: tuple[dkim.DkimKey, str], name: str) -> None:
    """A7, RFC 6376 8.15: a name that the letter lacks is signed as absent."""
    key, record = made
    raw = compose.compose(LETTER)
    bare = re.sub(rb"(?m)^" + name.encode() + rb": .*\r\n(?:[ \t].*\r\n)*", b"", raw, count=1)
    line = f"{name}: evil@example.net\r\n".encode()
    assert not verified(dkim.sign(raw, key) + bare, record)
    if name == "From":
        assert not verified(line + dkim.sign(raw, key) + raw, record)
    else:
        assert not verified(line + dkim.sign(bare, key) + bare, record)


def test_a_changed_body_breaks_the_signature_and_harmless_white_space_does_not(made: tuple[dkim.DkimKey, str]) -> None:
    key, record = made
    raw = b"From: a@outreach.test\r\nTo: b@lead.test\r\nSubject: x\r\n\r\none  two \t\r\n\r\nthree \r\n\r\n\r\n"
    mark = dkim.sign(raw, key)
    assert verified(mark + raw, record)
    assert verified(mark + raw.replace(b"one  two \t", b"one two") + b"\r\n", record)
    assert verified(mark + raw.replace(b"Subject: x", b"SUBJECT:  x  "), record)
    assert not verified(mark + raw.replace(b"three", b"threes"), record)


@pytest.mark.parametrize("body", [b"", b"\r\n", b"x", b" \r\n\r\n", b"x\r\n \t\r\n", b"a\r\n\r\nb", b"\tx\t y"])
def test_odd_bodies_are_hashed_as_the_standard_says(made: tuple[dkim.DkimKey, str], body: bytes) -> None:
    key, record = made
    raw = b"From: a@outreach.test\r\n\r\n" + body
    assert verified(dkim.sign(raw, key) + raw, record)


def test_two_keys_make_two_good_signatures() -> None:
    """A key is changed without a gap: RSA and Ed25519 stand side by side."""
    pems = [dkim.generate("rsa"), dkim.generate("ed25519")]
    keys = [dkim.load("outreach.test", "o1", pem) for pem, _ in pems]
    raw = dkim.signed(compose.compose(LETTER), keys)
    assert verified(raw, dkim.record("rsa", pems[0][1]), 0)
    assert verified(raw, dkim.record("ed25519", pems[1][1]), 1)
    assert dkim.signed(b"raw", []) == b"raw"


def test_only_rsa_and_ed25519_keys_are_taken() -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(ValueError, match="RSA or an Ed25519"):
        dkim.load("outreach.test", "o1", pem.decode())
