"""Is a DKIM signature of a received mail true, and whose (RFC 6376, 8301, 8463; MAIL 1.8 h)? Stricter than the standard.

The bytes must be as they came. Keys are asked for by `Ask`, at most one for each of the first five signatures. Nothing here
raises for what a stranger wrote. What the standard leaves to the reader is refused: a body signed in part (`l=`), keys of
less than 1024 bits, SHA-1, keys for testing, several keys under one name, a signature from the future.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from outreach.mail.dns import Ask

MOST_SIGNATURES = 5
MOST_HEADERS = 200_000
LONGEST_FIELD = 20_000
AHEAD = 300
"""Seconds that a signer's clock may be ahead of ours."""
RSA_BITS = range(1024, 8193)
_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_]([a-z0-9_-]{0,62})?(\.[a-z0-9_]([a-z0-9_-]{0,62})?)+\Z")
_SELECTOR = re.compile(r"(?=.{1,190}\Z)[a-z0-9_]([a-z0-9_-]{0,62})?(\.[a-z0-9_]([a-z0-9_-]{0,62})?)*\Z")
_B = re.compile(rb"((?:\A|;)[ \t\r\n]*b[ \t\r\n]*=)[^;]*")
_WHITE = re.compile(rb"[ \t]+")
Field = tuple[bytes, bytes]
"""A header field: name in lower case, the whole field as it came, with its CRLF."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A signature as it says of itself."""

    field: bytes
    tags: dict[str, str]

    @property
    def domain(self) -> str:
        return self.tags["d"].lower().rstrip(".")


def signers(raw: bytes, ask: Ask, now: float) -> list[str]:
    """The domains whose signatures are true, in the order of the mail; `now` is when it came (Unix). Raises DnsSilent."""
    head, _, body = raw.partition(b"\r\n\r\n")
    if len(head) > MOST_HEADERS:
        return []
    fields = _fields(head + b"\r\n")
    marks = [found for name, field in fields if name == b"dkim-signature" and (found := _mark(field, now))]
    hashed: dict[str, str] = {}
    return [one.domain for one in marks[:MOST_SIGNATURES] if _true(one, fields, body, hashed, ask)]


def tags(text: str) -> dict[str, str]:
    """The tags of a signature or a key's record (RFC 6376 3.2) without white space. Raises ValueError for one twice."""
    found: dict[str, str] = {}
    for part in text.split(";"):
        name, mark, value = part.partition("=")
        name = name.strip()
        if mark and name in found:
            raise ValueError(f"the tag {name[:20]} stands twice")
        if mark:
            found[name] = "".join(value.split())
    return found


def _mark(field: bytes, now: float) -> Mark | None:
    """A signature that is worth looking up; None for what could not pass whatever its key."""
    if len(field) > LONGEST_FIELD:
        return None
    try:
        found = tags(field.partition(b":")[2].decode("ascii"))
        signed, until = int(found.get("t", "0")), int(found.get("x", "99999999999"))
    except ValueError:  # UnicodeDecodeError among them
        return None
    domain, selector = found.get("d", "").lower().rstrip("."), found.get("s", "").lower()
    own = found.get("i", "@" + domain).lower().rpartition("@")[2]
    well = (
        found.get("v") == "1"
        and found.get("a") in ("rsa-sha256", "ed25519-sha256")
        and "l" not in found
        and found.get("q", "dns/txt") == "dns/txt"
        and bool(_NAME.match(domain) and _SELECTOR.match(selector))
        and (own == domain or own.endswith("." + domain))
        and "from" in _signed(found)
        and _forms(found) is not None
        and signed <= now + AHEAD
        and signed <= until
        and now <= until
    )
    return Mark(field, found) if well else None


def _true(mark: Mark, fields: list[Field], body: bytes, hashed: dict[str, str], ask: Ask) -> bool:
    """The body's digest first: it costs no question."""
    forms = _forms(mark.tags)
    assert forms is not None
    if forms[1] not in hashed:
        hashed[forms[1]] = b64encode(sha256(_body(body, forms[1])).digest()).decode()
    if hashed[forms[1]] != mark.tags.get("bh"):
        return False
    key = _key(ask(f"{mark.tags['s'].lower()}._domainkey.{mark.domain}", "TXT"), mark)
    try:
        signature = b64decode(mark.tags.get("b", ""), validate=True)
        covered = _covered(mark, fields, forms[0])
        if isinstance(key, RSAPublicKey):
            key.verify(signature, covered, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(key, Ed25519PublicKey):
            key.verify(signature, sha256(covered).digest())
        else:
            return False
    except (InvalidSignature, binascii.Error):
        return False
    return True


def _key(records: tuple[str, ...], mark: Mark) -> RSAPublicKey | Ed25519PublicKey | None:
    """The public key, where exactly one record gives one that may sign this."""
    if len(records) != 1 or len(records[0]) > LONGEST_FIELD:
        return None
    kind = mark.tags["a"].partition("-")[0]
    try:
        found = tags(records[0])
        data = b64decode(found.get("p", ""), validate=True)
        key = Ed25519PublicKey.from_public_bytes(data) if kind == "ed25519" else load_der_public_key(data)
    except (ValueError, UnsupportedAlgorithm):  # binascii.Error among them
        return None
    flags = found.get("t", "").lower().split(":")
    own = mark.tags.get("i", "@" + mark.domain).lower().rpartition("@")[2]
    may = (
        found.get("v", "DKIM1") == "DKIM1"
        and found.get("k", "rsa") == kind
        and "sha256" in found.get("h", "sha256").lower().split(":")
        and not {"*", "email"}.isdisjoint(found.get("s", "*").lower().split(":"))
        and "y" not in flags
        and ("s" not in flags or own == mark.domain)
    )
    if not may or (isinstance(key, RSAPublicKey) and key.key_size not in RSA_BITS):
        return None
    return key if isinstance(key, RSAPublicKey | Ed25519PublicKey) else None


def _signed(found: dict[str, str]) -> list[str]:
    return found.get("h", "").lower().split(":")


def _forms(found: dict[str, str]) -> tuple[str, str] | None:
    """The canonical forms of headers and body."""
    headers, _, body = found.get("c", "simple/simple").lower().partition("/")
    known = ("simple", "relaxed")
    return (headers, body or "simple") if headers in known and (body or "simple") in known else None


def _fields(head: bytes) -> list[Field]:
    found: list[Field] = []
    for field in re.split(rb"(?<=\r\n)(?![ \t])", head):
        name, colon, _ = field.partition(b":")
        if colon:
            found.append((name.rstrip(b" \t").lower(), field))
    return found


def _covered(mark: Mark, fields: list[Field], form: str) -> bytes:
    """What is signed: the named headers, of several alike the last first, and the signature itself without its value."""
    left: dict[bytes, list[bytes]] = {}
    for name, field in fields:
        left.setdefault(name, []).append(field)
    chosen = [left[name].pop() for one in _signed(mark.tags) if left.get(name := one.encode("ascii", "replace"))]
    name, _, value = mark.field.partition(b":")
    return b"".join(_header(one, form) for one in chosen) + _header(name + b":" + _B.sub(rb"\1", value), form)[:-2]


def _header(field: bytes, form: str) -> bytes:
    if not field.endswith(b"\r\n"):
        field += b"\r\n"
    if form == "simple":
        return field
    name, _, value = field.partition(b":")
    return name.rstrip(b" \t").lower() + b":" + _WHITE.sub(b" ", value.replace(b"\r\n", b"")).strip(b" ") + b"\r\n"


def _body(body: bytes, form: str) -> bytes:
    if form == "relaxed":
        body = _WHITE.sub(b" ", body if body.endswith(b"\r\n") else body + b"\r\n").replace(b" \r\n", b"\r\n")
    end = len(body)
    for lines in (b"\r\n" * 4096, b"\r\n"):
        while body.endswith(lines, 0, end):
            end -= len(lines)
    return body[:end] + b"\r\n" if end or form == "simple" else b""
