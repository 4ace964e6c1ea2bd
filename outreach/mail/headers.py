"""The one gate between a value and a header line (MAIL O2, O9, O11-O13).

Whatever came from a lead, a form, a file or an inbound letter passes `clean` before it is written; tokens such as ids
and URLs pass `token`, which refuses rather than repairs. Every function returns finished text without line ends inside,
except `fold`, which makes the header line itself.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from functools import lru_cache

from outreach.errors import Refused

MAX_VALUE = 200  # O12
MAX_LINE = 78  # RFC 5322 2.1.1, the line length to fold at
MAX_TOKEN = 990  # a token cannot be folded: name, token and CRLF must stay below 998 octets

# C0, DEL, C1; line and paragraph separators; bidi marks, embeddings, overrides and isolates; the byte order mark.
_DROP = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_SPACE = re.compile(r"[\s\x0b\x0c\x85\u2028\u2029]+")
_PLAIN = re.compile(r"[\x20-\x7e]*\Z")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*\Z")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}\Z")
_LOCAL_UTF8 = re.compile(r"[^\x00-\x20\x7f-\x9f()<>@,;:\\\"\[\]\u2028\u2029]{1,64}\Z")
_DOMAIN = re.compile(
    r"(?=.{1,253}\Z)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\Z"
)
_PLAIN_BYTES = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._")
_TOKENS = re.compile(r"[\x21-\x7e]+( [\x21-\x7e]+)*\Z")


class HeaderRefused(Refused, ValueError):
    """A value that no header may carry; the message says which value and why."""


def clean(value: object, limit: int = MAX_VALUE) -> str:
    """O12: one harmless line: NFC, no control or direction characters, single spaces, `limit` at most."""
    text = str.__str__(value) if isinstance(value, str) else str(value)
    if text.isascii() and text.isprintable():
        return " ".join(text.split())[:limit].rstrip()
    text = _SPACE.sub(" ", text[: limit * 20])
    text = unicodedata.normalize("NFC", _DROP.sub("", text))
    return _SPACE.sub(" ", text).strip()[:limit].rstrip()


def token(name: str, value: str) -> str:
    """O2: an id, a URL or a list of them: ASCII words between single spaces, never encoded, never repaired."""
    if not _TOKENS.match(value):
        raise HeaderRefused(f"{name} may hold printable ASCII only, and no line end: {value[:80]!r}")
    if len(value) > MAX_TOKEN and any(len(word) > MAX_TOKEN for word in value.split(" ")):
        raise HeaderRefused(f"{name} holds a word longer than {MAX_TOKEN} characters: {value[:80]!r}")
    return value


def unstructured(value: object) -> str:
    """A subject: plain ASCII as it is, everything else as encoded-words of at most 75 characters (RFC 2047)."""
    text = clean(value)
    return text if _PLAIN.match(text) and "=?" not in text else _encoded_words(text)


def mailbox(name: str, email: str) -> str:
    """`Name <local@domain>`, with the name quoted or encoded as it needs."""
    address = wire_address(email)
    shown = clean(name)
    if not shown or shown == address:
        return f"<{address}>" if not shown else address
    if not _PLAIN.match(shown) or "=?" in shown:
        return f"{_encoded_words(shown)} <{address}>"
    if _ATOMS.match(shown):
        return f"{shown} <{address}>"
    quoted = shown.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>'


@lru_cache(maxsize=4096)
def wire_address(email: str) -> str:
    """O13: the address as SMTP takes it: the domain as A-labels. Raises HeaderRefused for what is no address.

    A local part beyond ASCII stays as it is; such an address needs SMTPUTF8 (`needs_smtputf8`).
    """
    local, at, domain = email.strip().rpartition("@")
    if not at or not (_LOCAL if local.isascii() else _LOCAL_UTF8).match(local) or ".." in f".{local}.":
        raise HeaderRefused(f"{email[:80]!r} is not an e-mail address")
    if (ascii_domain := _wire_domain(domain)) is None:
        raise HeaderRefused(f"{email[:80]!r} has no valid domain")
    return f"{local}@{ascii_domain}"


@lru_cache(maxsize=4096)
def _wire_domain(domain: str) -> str | None:
    """The domain as A-labels; None for what is no domain."""
    import idna

    try:
        labels = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return None
    return labels if _DOMAIN.match(labels) else None


def needs_smtputf8(address: str) -> bool:
    """Whether the wire form of an address can only travel where the server offers SMTPUTF8 (RFC 6531)."""
    return not address.isascii()


def fold(name: str, value: str) -> str:
    """One header line with CRLF, broken before 78 characters at the spaces that are there already (O2, O9)."""
    line = f"{name}: {value}"
    if len(line) <= MAX_LINE:
        return line + "\r\n"
    lines, current = [], f"{name}:"
    for word in value.split(" "):
        if len(current) + 1 + len(word) > MAX_LINE and current != f"{name}:" and current.strip():
            lines.append(current)
            current = ""
        current += " " + word
    return "\r\n".join([*lines, current]) + "\r\n"


def parameter(name: str, value: str) -> str:
    """A MIME parameter such as a file name: quoted when ASCII, RFC 2231 otherwise."""
    shown = clean(value)
    if _PLAIN.match(shown):
        quoted = shown.replace("\\", "_").replace('"', "'")
        return f'{name}="{quoted}"'
    encoded = "".join(chr(b) if b in _PLAIN_BYTES else f"%{b:02X}" for b in shown.encode())
    return f"{name}*=utf-8''{encoded}"


def _encoded_words(text: str) -> str:
    """Base64 words, each with whole characters only: 45 bytes become 60 signs, 72 with the frame."""
    if len(whole := text.encode()) <= 45:
        return _word(whole)
    words: list[str] = []
    chunk = b""
    for sign in text:
        data = sign.encode()
        if len(chunk) + len(data) > 45:
            words.append(_word(chunk))
            chunk = b""
        chunk += data
    words.append(_word(chunk))
    return " ".join(words)


def _word(chunk: bytes) -> str:
    return f"=?utf-8?b?{base64.b64encode(chunk).decode()}?="
