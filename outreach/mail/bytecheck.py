"""Is this a letter that may leave? One judge over finished bytes (MAIL O1-O5, O8-O12, O14, O17, U1, A7).

It sits behind every mail server of the tests, so that a bad byte fails the test in which it fell; it is not on the way of
each letter, where the composer is trusted.
"""

from __future__ import annotations

import re
import unicodedata
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message

from outreach.mail import dkim, dkimcheck

MAX_HTML = 102_400  # O14: Gmail cuts here
WARN_HTML = 90_000
MAX_SPOKEN = 560
"""O12 allows a value 200 signs; a name with its address, and an address alone, may be longer."""
_TOKENS = (
    "message-id", "in-reply-to", "references", "list-unsubscribe", "list-unsubscribe-post", "list-id", "feedback-id",
    "auto-submitted",
)  # fmt: skip
_ONCE = (*_TOKENS, "date", "from", "to", "reply-to", "subject", "sender", "mime-version", "content-type")
_MUST = ("message-id", "date", "from", "to", "subject", "mime-version", "content-type")
_WORD = re.compile(r"=\?[^?\s]+\?[bBqQ]\?[^?\s]*\?=")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_SPOKEN = ("subject", "from", "to", "reply-to")
_HARMFUL = frozenset("\u061c\u200e\u200f\u2028\u2029\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ZONE = re.compile(r"[+-]\d{4}\Z")


def faults(raw: bytes, *, smtputf8: bool = False) -> list[str]:
    """Everything that is wrong with a message, one plain sentence each; an empty list is a clean letter."""
    found = _line_faults(raw)
    head, _, body = raw.partition(b"\r\n\r\n")
    fields = _fields(head)
    found += _header_faults(fields, smtputf8=smtputf8)
    found += _unsubscribe_faults(fields)
    found += _signature_faults(fields, body)
    found += _part_faults(message_from_bytes(raw))
    return found


def size_warning(html: str) -> str | None:
    """O14: a sentence when the merged HTML comes near the size where Gmail cuts a letter off."""
    if len(html) <= WARN_HTML // 4 or (size := len(html.encode())) <= WARN_HTML:
        return None
    return f"This letter is {size // 1024} kB of HTML; Gmail cuts letters off at 100 kB."


def _line_faults(raw: bytes) -> list[str]:
    found = []
    bare = raw.replace(b"\r\n", b"")
    if b"\n" in bare or b"\r" in bare:
        found.append("O10: a line end is not CRLF")
    if b"\x00" in raw:
        found.append("O10: the letter holds a NUL")
    if not raw.endswith(b"\r\n"):
        found.append("O10: the last line has no CRLF")
    longest = max(len(line) for line in raw.split(b"\r\n"))
    if longest > 998:
        found.append(f"O9: a line has {longest} octets, 998 are allowed")
    return found


def _fields(head: bytes) -> list[tuple[str, list[str]]]:
    """Header fields as (lower-case name, physical lines)."""
    fields: list[tuple[str, list[str]]] = []
    for line in head.decode("utf-8", "surrogateescape").split("\r\n"):
        if line[:1] in (" ", "\t") and fields:
            fields[-1][1].append(line)
        else:
            fields.append((line.partition(":")[0].lower(), [line]))
    return fields


def _header_faults(fields: list[tuple[str, list[str]]], *, smtputf8: bool) -> list[str]:
    found = []
    names = [name for name, _ in fields]
    found += [f"{name} is missing" for name in _MUST if name not in names]
    found += [f"{name} stands {names.count(name)} times" for name in _ONCE if names.count(name) > 1]
    for name, lines in fields:
        value = "".join(lines).partition(":")[2].strip()
        if ":" not in lines[0] or not re.fullmatch(r"[!-9;-~]+", name):
            found.append(f"O12: a header line without a name: {lines[0][:60]!r}")
        if not value.isascii() and not smtputf8:
            found.append(f"O11: {name} holds characters beyond ASCII")
        if name in _TOKENS and "=?" in value:
            found.append(f"O2: {name} holds an encoded word")
        found += [f"O9: {name} could be folded" for line in lines if len(line) > 78 and _foldable(line)]
        found += [f"O9: {name} has an encoded word over 75" for word in _WORD.findall(value) if len(word) > 75]
        if any(not line.strip() for line in lines[1:]):
            found.append(f"{name} has an empty folded line")
        if name in _SPOKEN:
            found += _spoken_faults(name, value)
    return found + _value_faults({name: "".join(lines).partition(":")[2].strip() for name, lines in fields})


def _signature_faults(fields: list[tuple[str, list[str]]], body: bytes) -> list[str]:
    """A7, for letters that are signed: every header of the list, From twice, no length, and the digest of this body."""
    found = []
    for name, lines in fields:
        if name != "dkim-signature":
            continue
        tags = dkimcheck.tags("".join(lines).partition(":")[2])
        signed = [one.strip().lower() for one in tags.get("h", "").split(":")]
        found += [f"A7: {one} is not signed" for one in dkim.SIGNED if signed.count(one) < dkim.SIGNED.count(one)]
        if tags.get("c") != "relaxed/relaxed" or "l" in tags:
            found.append("A7: a signature is not relaxed/relaxed over the whole body")
        if tags.get("bh") != dkim.body_hash(body):
            found.append("A7: a signature is not that of this body")
    return found


def _foldable(line: str) -> bool:
    """Whether the line has a space where it could have been broken: between two words after the name."""
    return " " in line.partition(":")[2].strip() if not line.startswith(" ") else " " in line.strip()


def _value_faults(values: dict[str, str]) -> list[str]:
    found = []
    if not re.fullmatch(r"<[^\s<>@]+@[^\s<>@]+>", values.get("message-id", "")):
        found.append("O1: Message-ID is not one <left@right>")
    if not _ZONE.search(values.get("date", "")):
        found.append("O4: Date has no numeric zone")
    if _QUOTED.sub("", values.get("from", "")).count("@") != 1:
        found.append("O5: From is not one mailbox")
    if "in-reply-to" in values and values["in-reply-to"] not in values.get("references", ""):
        found.append("O3: References do not hold the parent")
    if len(values.get("references", "").split()) > 21:
        found.append("O3: References are longer than 21 ids")
    if "feedback-id" in values and not 5 <= len(values["feedback-id"].split(":")[-1]) <= 15:
        found.append("O17: Feedback-ID's sender has not 5 to 15 signs")
    return found


def _spoken_faults(name: str, value: str) -> list[str]:
    """O12: what people read in a header: no control or direction character, and no line end inside an encoded word."""
    try:
        parts = decode_header(value)
        text = "".join(part if isinstance(part, str) else part.decode(kind or "ascii") for part, kind in parts)
    except (HeaderParseError, LookupError, ValueError):
        return [f"O12: {name} cannot be decoded"]
    if any(sign in _HARMFUL or unicodedata.category(sign) == "Cc" for sign in text):
        return [f"O12: {name} holds a control or direction character"]
    return [f"O12: {name} is longer than {MAX_SPOKEN}"] if len(text) > MAX_SPOKEN else []


def _unsubscribe_faults(fields: list[tuple[str, list[str]]]) -> list[str]:
    values = {name: "".join(lines).partition(":")[2].strip() for name, lines in fields}
    targets = re.findall(r"<([^<>]*)>", values.get("list-unsubscribe", ""))
    web = [target for target in targets if target.startswith(("http://", "https://"))]
    post = values.get("list-unsubscribe-post")
    if len(web) > 1:
        return ["U1: List-Unsubscribe holds more than one web address"]
    if web and post != "List-Unsubscribe=One-Click":
        return ["U1: List-Unsubscribe-Post is missing"]
    return ["U1: List-Unsubscribe-Post without a web address"] if post and not web else []


def _part_faults(message: Message) -> list[str]:
    found = []
    kinds = [part.get_content_type() for part in message.walk() if not part.is_multipart()]
    if "text/plain" not in kinds or "text/html" not in kinds or kinds.index("text/plain") > kinds.index("text/html"):
        found.append("O8: text first and HTML last are not both there")
    for part in message.walk():
        if part.defects:
            found.append(f"O8: a part is broken: {part.defects[0]}")
        if part.get_content_maintype() == "text" and part.get_content_disposition() != "attachment":
            found += _text_faults(part)
    return found


def _text_faults(part: Message) -> list[str]:
    kind = part.get_content_type()
    if (part.get_content_charset() or "") != "utf-8":
        return [f"O11: {kind} is not utf-8"]
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    found = [] if data.strip() else [f"O8: {kind} is empty"]
    if str(part["Content-Transfer-Encoding"]).lower() not in ("base64", "quoted-printable"):
        found.append(f"O9: {kind} is neither base64 nor quoted-printable")
    if any(len(line) > 76 for line in str(part.get_payload()).splitlines()):
        found.append(f"O9: {kind} has an encoded line over 76")
    if kind == "text/html" and len(data) > MAX_HTML:
        found.append(f"O14: the HTML has {len(data)} bytes, {MAX_HTML} are the limit")
    return found
