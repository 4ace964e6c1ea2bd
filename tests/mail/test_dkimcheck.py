"""Who signed a received mail (MAIL 1.8 h): dkimpy signs, our reader judges; they share no line."""

import base64
import random
import time
from collections.abc import Callable

import dkim as signer
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from outreach.mail import authresults, dkim
from outreach.mail.dkimcheck import signers
from outreach.mail.dns import DnsSilent, within

MAIL = (
    b"Received: from mx.kund.example by mx.us.example; Wed, 4 Mar 2026 10:00:00 +0000\r\n"
    b"From: Asa Oberg <asa@kund.example>\r\nTo:  hello@us.example\r\nSubject: Please  stop\r\n\twriting to me\r\n"
    b"Date: Wed, 4 Mar 2026 10:00:00 +0000\r\nMessage-ID: <1@kund.example>\r\n\r\n"
    b"Hello  there,\t \r\n\r\nno more mail please. \r\n\r\n\r\n"
)
RSA_PEM, RSA_PUBLIC = dkim.generate("rsa")
ED_PEM, ED_PUBLIC = dkim.generate("ed25519")
GOOD = dkim.record("rsa", RSA_PUBLIC)
TAGS = ("v", "a", "b", "bh", "c", "d", "h", "i", "l", "q", "s", "t", "x", "z", "")
HEADERS = [b"from", b"to", b"subject", b"date", b"message-id"]


def signed(mail: bytes = MAIL, domain: str = "kund.example", pem: str = RSA_PEM, **options: object) -> bytes:
    """The mail behind a signature of dkimpy's."""
    mark: bytes = signer.sign(mail, b"s1", domain.encode(), pem.encode(), include_headers=HEADERS, **options)
    return mark + mail


def table(**records: str | tuple[str, ...]) -> Callable[[str, str], tuple[str, ...]]:
    """DNS as a table: domain with _ for dots -> its key; DMARC records by `dmarc_DOMAIN`."""
    known = {}
    for name, value in records.items():
        kind, _, domain = name.partition("_")
        prefix = {"key": "s1._domainkey.", "dmarc": "_dmarc."}[kind]
        known[prefix + domain.replace("_", ".")] = (value,) if isinstance(value, str) else value
    return lambda name, kind: known.get(name, ()) if kind == "TXT" else ()


def told(mail: bytes, record: str | tuple[str, ...] = GOOD, later: float = 0) -> list[str]:
    """Who signed a mail that comes so many seconds from now (dkimpy signs at the real time)."""
    return signers(mail, table(key_kund_example=record), time.time() + later)


@pytest.mark.parametrize("forms", [(a, b) for a in (b"simple", b"relaxed") for b in (b"simple", b"relaxed")])
def test_true_signatures_of_every_form_are_true_and_changed_mail_is_not(forms: tuple[bytes, bytes]) -> None:
    mail = signed(canonicalize=forms)
    assert told(mail) == ["kund.example"]
    assert told(mail.replace(b"no more", b"much more")) == []
    assert told(mail.replace(b"asa@kund", b"eva@kund")) == []
    assert told(mail + b"one more line\r\n") == []
    assert told(b"X-Passed: through\r\n" + mail) == ["kund.example"]
    folded = mail.replace(b"Please  stop\r\n\twriting", b"Please stop writing")
    assert told(folded) == (["kund.example"] if forms[0] == b"relaxed" else [])


@pytest.mark.parametrize("body", [b"", b"\r\n\r\n", b"no line end", b" \t\r\n", b"x" + b"\r\n" * 9000])
@pytest.mark.parametrize("form", [b"simple", b"relaxed"])
def test_bodies_at_the_edges_are_read_like_everybody_does(body: bytes, form: bytes) -> None:
    mail = signed(MAIL.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + body, canonicalize=(form, form))
    assert told(mail) == ["kund.example"]


def test_our_own_letters_and_ed25519_are_true() -> None:
    ed = signed(pem=base64.b64encode(_seed(ED_PEM)).decode(), signature_algorithm=b"ed25519-sha256")
    assert told(ed, dkim.record("ed25519", ED_PUBLIC)) == ["kund.example"]
    ours = dkim.signed(MAIL, [dkim.load("kund.example", "s1", RSA_PEM)])
    assert told(ours) == ["kund.example"]
    assert told(ours.replace(b"\r\nTo:", b"\r\nFrom: boss@kund.example\r\nTo:")) == []


def _seed(pem: str) -> bytes:
    key = serialization.load_pem_private_key(pem.encode(), None)
    raw = serialization.Encoding.Raw
    return key.private_bytes(raw, serialization.PrivateFormat.Raw, serialization.NoEncryption())  # type: ignore[call-arg]


def test_keys_that_prove_nothing() -> None:
    """Weak, revoked, for testing, for something else, of another kind, two of them, or no key at all."""
    mail = signed()
    for record in (
        "", "v=DKIM1; k=rsa; p=", GOOD.replace("DKIM1", "DKIM2"), GOOD + "; t=y", GOOD + "; s=tlsrpt", GOOD + "; h=sha1",
        dkim.record("ed25519", ED_PUBLIC), "v=DKIM1; k=rsa; p=!!!!", "v=DKIM1; k=rsa; p=" + "A" * 60_000, GOOD + "; k=rsa",
    ):  # fmt: skip
        assert told(mail, record) == [], record[:60]
    assert told(mail, (GOOD, GOOD + "; n=two")) == []
    assert told(mail, ()) == []
    assert told(mail, GOOD + "; t=s; s=email; h=sha1:sha256") == ["kund.example"]


@pytest.mark.parametrize(("bits", "believed"), [(512, []), (1024, ["kund.example"])])
def test_a_key_of_512_bits_proves_nothing(bits: int, believed: list[str]) -> None:
    """RFC 8301: anybody computes its private half. Its signature is true by arithmetic, and still not believed."""
    pem, public = weak_key(bits)
    mail = signed(pem=pem)
    assert signer.DKIM(mail, minkey=512).verify(dnsfunc=lambda name, timeout=5: dkim.record("rsa", public).encode())
    assert told(mail, dkim.record("rsa", public)) == believed


def weak_key(bits: int) -> tuple[str, str]:
    """An RSA key of any size, made by hand: the library makes none below 1024 bits."""
    draw = random.Random(7)

    def prime() -> int:
        while True:
            number = draw.getrandbits(bits // 2) | 1 | 3 << bits // 2 - 2
            if number % 65537 != 1 and all(pow(base, number - 1, number) == 1 for base in (2, 3, 5, 7, 11)):
                return number

    p, q = prime(), prime()
    d = pow(65537, -1, (p - 1) * (q - 1))
    numbers = rsa.RSAPrivateNumbers(
        p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), rsa.RSAPublicNumbers(65537, p * q)
    )
    key = numbers.private_key(unsafe_skip_rsa_key_validation=True)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    pem = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return pem, base64.b64encode(key.public_key().public_bytes(serialization.Encoding.DER, spki)).decode()


def test_marks_that_prove_nothing() -> None:
    """A part of the body (l=0), an end that is over, a beginning to come, SHA-1, From left out, a stranger's i=."""
    mail = signed()
    assert told(signed(length=True)) == []
    for old, new in (
        (b"v=1;", b"v=1; l=0;"), (b"v=1;", b"v=1; x=1000;"), (b"rsa-sha256", b"rsa-sha1"), (b"v=1;", b"v=2;"),
        (b"h=from :", b"h="), (b"i=@kund.example", b"i=@other.example"), (b"d=kund.example", b"d=example"),
        (b"v=1;", b"v=1; v=1;"), (b"v=1;", b"v=1; q=http;"), (b"s=s1", b"s=s1\xff"), (b"bh=", b"bh=AAAA"), (b" b=", b" b=AAAA"),
    ):  # fmt: skip
        changed = mail.replace(old, new, 1)
        assert changed != mail, old
        assert told(changed) == [], new
    assert told(mail, later=-4000) == []
    assert told(b"\x00\xff" * 50_000) == []
    assert told(b"DKIM-Signature: " + b";" * 15_000 + b"\r\n" + mail) == ["kund.example"]


def test_a_stranger_cannot_make_us_ask_or_compute_for_long() -> None:
    """Five signatures at most, and so many questions; what is hostile costs less than two seconds."""
    asked: list[str] = []

    def ask(name: str, kind: str) -> tuple[str, ...]:
        asked.append(name)
        return ()

    mark = signed().partition(b"\r\nReceived")[0] + b"\r\n"
    assert signers(mark * 60 + MAIL, ask, time.time()) == []
    assert len(asked) == 5
    began = time.process_time()
    for body in (b" " * 5_000_000 + b"x", b"\r\n" * 3_000_000 + b"\r", b"\r\r\n" * 2_000_000, b"\t \t" * 2_000_000):
        signers(mark + MAIL + body, ask, time.time())
    assert time.process_time() - began < 4
    bounded = within(ask, 60, 2)
    bounded("a", "TXT"), bounded("b", "TXT")
    with pytest.raises(DnsSilent):
        bounded("c", "TXT")


@given(
    st.lists(st.tuples(st.sampled_from(TAGS), st.text(st.characters(max_codepoint=255), max_size=60)), max_size=14),
    st.binary(max_size=200),
    st.text(max_size=300),
)
def test_whatever_a_stranger_writes_is_judged_and_never_raises(
    pairs: list[tuple[str, str]], body: bytes, record: str
) -> None:
    """X4: signatures, bodies and keys of any nonsense, beside the tags of a good one."""
    given_ones = "; ".join(f"{name}={value}" for name, value in pairs)
    mark = f"DKIM-Signature: v=1; a=rsa-sha256; d=kund.example; s=s1; h=from; {given_ones}\r\n".encode("latin-1")
    plain = f"DKIM-Signature: {given_ones}\r\n".encode("latin-1")
    for records in ((record,), (f"v=DKIM1; p={record}",), (GOOD,)):
        signers(mark + plain + MAIL + body, lambda name, kind, found=records: found, time.time())


@pytest.mark.parametrize("der", ["30", "3003020101", "302a300506032b656e032100" + "00" * 32, "ff" * 60, ""])
def test_a_key_of_any_kind_is_refused_quietly(der: str) -> None:
    assert told(signed(), f"v=DKIM1; k=rsa; p={base64.b64encode(bytes.fromhex(der)).decode()}") == []


def test_the_signer_must_belong_to_the_address_that_is_shown() -> None:
    """DMARC: the same organisation, by the records on the way up; strict where its policy says so."""
    aside = signed(domain="mail.kund.example")
    assert authresults.signer(signed(), "asa@kund.example", table(key_kund_example=GOOD), time.time()) == "kund.example"
    assert authresults.signer(signed(), "eva@other.example", table(key_kund_example=GOOD), time.time()) == ""
    assert authresults.signer(aside, "asa@kund.example", table(key_mail_kund_example=GOOD), time.time()) == ""
    relaxed = table(key_mail_kund_example=GOOD, dmarc_kund_example="v=DMARC1; p=none")
    assert authresults.signer(aside, "asa@kund.example", relaxed, time.time()) == "mail.kund.example"
    strict = table(key_mail_kund_example=GOOD, dmarc_kund_example="v=DMARC1; p=none; adkim=s")
    assert authresults.signer(aside, "asa@kund.example", strict, time.time()) == ""
