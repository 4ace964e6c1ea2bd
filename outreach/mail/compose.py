"""A letter becomes bytes (MAIL 1.1, O1-O18; RFC 5322, 2045, 2046, 8058).

The message is put together from finished parts: no library parses it again, so that an id or a URL is never encoded and
no line is long. Text and HTML travel quoted-printable, so that a template's own words can be encoded once for all its
letters; files as base64. `bytecheck.faults` is the judge of what leaves here. A signature (DKIM) covers finished
bytes and is added to what `compose` returns.
"""

from __future__ import annotations

import re
from binascii import b2a_base64, b2a_qp
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from hashlib import blake2b
from struct import Struct

from outreach.mail import headers
from outreach.mail.framed import Frame, frame_of, framed
from outreach.mail.headers import HeaderRefused
from outreach.mail.letters import Attachment, Letter

MAX_REFERENCES = 21  # O3: the first and the last twenty
_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+>\Z")
_FOREIGN_ID = re.compile(r"<[\x21-\x7e]+>\Z")
_BREAKS_A_LIST = re.compile("[ <>,]")
_AUTO = ("auto-replied", "auto-generated")
_AS_IT_IS = re.compile(r"(?!From |\.)[ -<>-~]*[!-<>-~]\Z")
_ALL_AS_THEY_ARE = re.compile(r"(?:(?!From |\.)[ -<>-~]*[!-<>-~]\n)*\Z")
_CHANGED = re.compile(r"^(?:F(?=rom )|\.)", re.M)
"""How a line begins that mail programs on the way would change (RFC 2049 3)."""
_TOO_LONG = re.compile(r"[^\n]{77,}")
_PART_HEAD = "Content-Type: text/{}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
_CONTENT_TYPE = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+\Z")


def compose(letter: Letter) -> bytes:
    """The whole message with CRLF line ends. Raises HeaderRefused, naming the value, for what must not leave."""
    mark = blake2b(letter.message_id.encode(), digest_size=9).hexdigest()
    kind, body = _content(letter, mark)
    head = [
        headers.fold("Message-ID", _own_id(letter.message_id)),
        _date(letter.date),
        headers.fold("From", _mailbox(letter.sender.name, letter.sender.email)),
        headers.fold("To", headers.mailbox(letter.to.name, letter.to.email)),
    ]
    if letter.cc:
        head.append(headers.fold("Cc", ", ".join(headers.mailbox(one.name, one.email) for one in letter.cc)))
    if letter.reply_to:
        head.append(headers.fold("Reply-To", headers.mailbox("", letter.reply_to)))
    head.append(headers.fold("Subject", _subject(letter.subject)))
    head += _thread(letter)
    head += _robot_notes(letter)
    head += _unsubscribe(letter)
    if letter.feedback_id:
        head.append(headers.fold("Feedback-ID", _feedback_id(letter.feedback_id)))
    head.append("MIME-Version: 1.0\r\n")
    return ("".join(head) + kind).encode() + body


@lru_cache(maxsize=256)
def _mailbox(name: str, email: str) -> str:
    """The senders of an installation are few: their header text is made once."""
    return headers.mailbox(name, email)


def _own_id(message_id: str) -> str:
    if not _ID.match(message_id):
        raise HeaderRefused(f"Message-ID must look like <left@our.domain>: {message_id[:80]!r}")
    return headers.token("Message-ID", message_id)


@lru_cache(maxsize=16)
def _date(date: datetime) -> str:
    """The letters of a batch are of one moment."""
    if date.tzinfo is None:
        raise HeaderRefused("Date needs a time zone")
    return headers.fold("Date", format_datetime(date))


def _subject(subject: str) -> str:
    text = headers.unstructured(subject)
    if not text:
        raise HeaderRefused("Subject is empty")
    return text


def _thread(letter: Letter) -> list[str]:
    """O3: parent and chain. An id of another program's that is no single token is left out, not repaired."""
    lines = []
    if letter.in_reply_to and _FOREIGN_ID.match(letter.in_reply_to) and len(letter.in_reply_to) <= headers.MAX_TOKEN:
        lines.append(headers.fold("In-Reply-To", letter.in_reply_to))
    chain = [i for i in letter.references if _FOREIGN_ID.match(i) and len(i) <= headers.MAX_TOKEN]
    if len(chain) > MAX_REFERENCES:
        chain = [chain[0], *chain[-(MAX_REFERENCES - 1) :]]
    if chain:
        lines.append(headers.fold("References", " ".join(chain)))
    return lines


def _robot_notes(letter: Letter) -> list[str]:
    """O15: only letters that no person wrote say so; only notices ask other robots to keep still."""
    if letter.auto_submitted is None:
        return []
    if letter.auto_submitted not in _AUTO:
        raise HeaderRefused(f"Auto-Submitted is one of {', '.join(_AUTO)}: {letter.auto_submitted!r}")
    lines = [f"Auto-Submitted: {letter.auto_submitted}\r\n"]
    if letter.auto_submitted == "auto-generated":
        lines.append("X-Auto-Response-Suppress: All\r\n")
    return lines


def _unsubscribe(letter: Letter) -> list[str]:
    """U1: exactly one web address first, then the mail address; the one-click line only beside a web address."""
    targets = []
    if letter.unsubscribe_url:
        if not letter.unsubscribe_url.startswith(("https://", "http://")):
            raise HeaderRefused(f"List-Unsubscribe needs a web address: {letter.unsubscribe_url[:80]!r}")
        targets.append(letter.unsubscribe_url)
    if letter.unsubscribe_mailto:
        mailto = letter.unsubscribe_mailto.removeprefix("mailto:")
        targets.append("mailto:" + mailto)
    if any(map(_BREAKS_A_LIST.search, targets)):
        raise HeaderRefused("List-Unsubscribe: an address holds a space, a comma or an angle bracket")
    if not targets:
        return []
    value = headers.token("List-Unsubscribe", ", ".join(f"<{target}>" for target in targets))
    lines = [headers.fold("List-Unsubscribe", value)]
    if letter.unsubscribe_url:
        lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")
    return lines


@lru_cache(maxsize=64)
def _feedback_id(value: str) -> str:
    """O17: at most three fields and a sender of 5 to 15 signs, none of them twice. The letters of a batch have few."""
    fields = value.split(":")
    named = [field for field in fields if field]
    if len(fields) > 4 or not 5 <= len(fields[-1]) <= 15 or len(set(named)) != len(named):
        raise HeaderRefused(f"Feedback-ID must be a:b:c:sender with a sender of 5 to 15 signs: {value[:80]!r}")
    return headers.token("Feedback-ID", value)


def _content(letter: Letter, mark: str) -> tuple[str, bytes]:
    """O8: text and HTML as alternatives; images that it shows around them; files around everything."""
    kind, body = _multipart("alternative", f"=_a{mark}", [_part("plain", letter.text), _part("html", letter.html)])
    if letter.inline:
        parts = [kind.encode() + body, *(_file_part(item, "inline") for item in letter.inline)]
        kind, body = _multipart("related", f"=_r{mark}", parts, '; type="multipart/alternative"')
    if letter.attachments:
        parts = [kind.encode() + body, *(_file_part(item, "attachment") for item in letter.attachments)]
        kind, body = _multipart("mixed", f"=_m{mark}", parts)
    return kind, body


def _multipart(subtype: str, boundary: str, parts: list[bytes], extra: str = "") -> tuple[str, bytes]:
    """The Content-Type line with the empty line after it, and the body. `=_` is neither quoted-printable nor base64."""
    kind = f'Content-Type: multipart/{subtype}{extra};\r\n boundary="{boundary}"\r\n\r\n'
    edge = f"--{boundary}\r\n".encode()
    return kind, b"".join(edge + part for part in parts) + f"--{boundary}--\r\n".encode()


def _part(subtype: str, content: str) -> bytes:
    if not content or content.isspace():
        raise HeaderRefused(f"The {subtype} part of the letter is empty")
    whole = framed(content)
    if _ALL_AS_THEY_ARE.match("\n".join([*whole.fields, ""])):
        fields = [f"{field}=\r\n" if len(field) < 76 else _quoted(field) for field in whole.fields]
    else:
        fields = [_quoted(field) for field in whole.fields]
    body = _quoted_frame(whole.frame).filled(fields).removesuffix("=\r\n")
    return f"{_PART_HEAD.format(subtype)}{body}\r\n".encode()


def _line_ends(text: str) -> str:
    unix = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    return unix.replace("\x00", "")


@lru_cache(maxsize=256)
def _quoted_frame(frame: Frame) -> Frame:
    return frame_of(tuple(None if part is None else _quoted(part) for part in frame.words))


def _quoted(piece: str) -> str:
    """Lines of at most 76 signs (RFC 2045 6.7), the last one with its end, a soft one unless the piece ends a line: so
    that pieces can follow each other."""
    if _AS_IT_IS.match(piece):
        return "".join([piece[start : start + 75] + "=\r\n" for start in range(0, len(piece), 75)])
    done = b2a_qp(_line_ends(piece).encode("utf-8", "replace")).decode()
    if done and not done.endswith("\n"):
        done += "=\n"
    return _TOO_LONG.sub(_cut, _CHANGED.sub(_hex, done)).replace("\n", "\r\n")


def _hex(sign: re.Match[str]) -> str:
    return f"={ord(sign[0]):02X}"


def _cut(line: re.Match[str]) -> str:
    """A space or a soft end stood where no room was left; a sign of three is not cut."""
    last = place if (place := line[0].find("=", 73, 75)) >= 0 else 75
    return f"{line[0][:last]}=\n{line[0][last:]}"


def _file_part(item: Attachment, disposition: str) -> bytes:
    kind = item.content_type.lower()
    if not _CONTENT_TYPE.match(kind) or kind.startswith(("multipart/", "message/")):
        kind = "application/octet-stream"
    if kind.startswith("text/"):
        kind = f"{kind}; charset=utf-8" if _is_utf8(item.data) else "application/octet-stream"
    name = item.filename.replace("\\", "/").rpartition("/")[2] or "file"
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n"
    head += headers.fold("Content-Disposition", f"{disposition}; {headers.parameter('filename', name)}")
    if item.content_id:
        head += headers.fold("Content-ID", headers.token("Content-ID", f"<{item.content_id}>"))
    return head.encode() + b"\r\n" + _lines(item.data)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _lines(data: bytes) -> bytes:
    """Base64 in lines of 76, cut in one call: the standard library's own way takes a step in Python for each line."""
    signs = b2a_base64(data, newline=False)
    whole, rest = divmod(len(signs), 76)
    cut = _cutter(whole).unpack_from(signs)
    return b"\r\n".join((*cut, signs[-rest:], b"") if rest else (*cut, b""))


@lru_cache(maxsize=512)
def _cutter(lines: int) -> Struct:
    return Struct("76s" * lines)
