"""Raw bytes of a received message become an ``Inbound``: MAIL 1.10, X1 to X3 and X6.

``parse`` raises for nothing but ``Unreadable``, when a message is larger, deeper or more numerous in parts than any mail that
people send, or is no mail at all (the raw bytes are kept by the caller and shown in quarantine).  The parser is compat32: the
modern policy raises on a dozen ordinary faults and takes seconds and gigabytes for hostile headers.
"""

import datetime as dt
import hashlib
import quopri
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.feedparser import BytesFeedParser
from email.message import Message
from email.utils import mktime_tz, parsedate_tz
from typing import Any, Final, TypeVar

from .addresses import Mailbox, entries, mailboxes
from .encoded import decode_base64, decode_bytes, header_text, raw_text
from .htmltext import html_to_text

MAX_BYTES: Final = 25 * 1024 * 1024
MAX_LINES: Final = 600_000
MAX_HEADER_BYTES: Final = 200 * 1024
MAX_ALL_HEADER_BYTES: Final = 1024 * 1024
MAX_ONE_HEADER: Final = 64 * 1024
FED: Final = 256 * 1024
MAX_PARTS: Final = 500
MAX_DEPTH: Final = 50
MAX_WRAPPED: Final = 3  # letters in base64 that are opened
MAX_WRAPPED_BYTES: Final = 1024 * 1024
MAX_WORK: Final = 5_000_000  # lines times depth: each level looks at each line
MAX_ADDRESSES: Final = 500
KEPT_REFERENCES: Final = 50
MAX_TEXT: Final = 1024 * 1024
STRUCTURED: Final = frozenset({"content-type", "content-disposition", "content-transfer-encoding"})
MAX_STRUCTURED: Final = 4096
ENVELOPE_HINTS: Final = (
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "x-delivered-to",
    "x-rcpt-to",
    "x-forwarded-to",
    "original-recipient",
    "apparently-to",
    "resent-to",
)
T = TypeVar("T")
MESSAGE_ID: Final = re.compile(r"<[^<>\s]{1,996}>")


class Unreadable(Exception):
    """The message passes a cap of X1; ``reason`` is a sentence for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with the mail; its content is stored by hash and never opened (X6)."""

    name: str
    type: str
    sha256: str
    size: int
    content: bytes = field(repr=False, default=b"")
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the message, in reading order; ``enclosed`` parts belong to a message that this one carries."""

    type: str
    depth: int
    enclosed: bool
    headers: tuple[tuple[str, str], ...]
    charset: str
    disposition: str
    name: str
    parameters: tuple[tuple[str, str], ...]
    content: bytes = field(repr=False)

    def header(self, name: str) -> str:
        """The first header of that name, decoded; empty when there is none."""
        return _first(self.headers, name)

    def parameter(self, name: str) -> str:
        """A parameter of the Content-Type, empty when missing."""
        return next((value for key, value in self.parameters if key == name), "")

    @property
    def text(self) -> str:
        """The content as text, whatever the charset says; a report's compressed part is read as far as others are."""
        content = _unpacked(self.content) if self.packed else self.content[:MAX_TEXT]
        return decode_bytes(content, self.charset)

    @property
    def packed(self) -> bool:
        """A file that gzip made."""
        return self.type in {"application/gzip", "application/x-gzip"}

    @property
    def undivided(self) -> bool:
        """A multipart without a single boundary, or whose boundary is not told: its words are all there is."""
        return not self.enclosed and self.type.startswith("multipart/") and bool(self.content)


@dataclass(frozen=True, slots=True)
class Inbound:
    """A received message as far as it could be understood; addresses keep their case, ids keep their brackets."""

    message_id: str | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    from_address: str | None
    from_name: str
    from_ambiguous: bool
    sender: str | None
    reply_to: str | None
    return_path: str | None
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    envelope_hints: tuple[str, ...]
    subject: str
    date: dt.datetime | None
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)
    attachments: tuple[Attachment, ...] = ()
    parts: tuple[Part, ...] = field(repr=False, default=())
    defects: tuple[str, ...] = ()
    size: int = 0
    sha256: str = ""

    def header(self, name: str) -> str:
        """The first header of that name, decoded; empty when there is none."""
        return _first(self.headers, name)

    def all_headers(self, name: str) -> tuple[str, ...]:
        """Every header of that name."""
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key.lower() == wanted)

    def has_header(self, name: str) -> bool:
        """Whether the header is there, even if empty."""
        wanted = name.lower()
        return any(key.lower() == wanted for key, _ in self.headers)

    @property
    def content_type(self) -> str:
        """Of the whole message."""
        return self.parts[0].type if self.parts else "text/plain"

    @property
    def body(self) -> str:
        """The text part, else the HTML part as text."""
        return self.text if self.text.strip() else html_to_text(self.html)


def _first(headers: tuple[tuple[str, str], ...], name: str) -> str:
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), "")


class _Part(Message):
    """A compat32 message that counts its headers and leaves delivery reports as text, for our own reader."""

    account: "_Account"

    def set_raw(self, name: str, value: Any) -> None:
        self.account.header(self, name, str(value))
        if name.lower() in STRUCTURED:
            value = str(value)[:MAX_STRUCTURED]
        super().set_raw(name, value)

    def get_content_type(self) -> str:
        found = super().get_content_type()
        if found in {"message/delivery-status", "message/global-delivery-status"}:
            return "text/delivery-status"
        if found in {"message/feedback-report", "message/disposition-notification", "message/global-headers"}:
            return "text/" + found.partition("/")[2]
        if found in {"message/external-body", "message/partial"}:
            return "application/" + found.partition("/")[2]
        return "message/rfc822" if found == "message/global" else found


@dataclass(slots=True)
class _Account:
    """Counts what the parser builds and refuses what passes the caps, while it is being built."""

    parser: "BytesFeedParser[Any] | None" = None
    lines: int = 0
    parts: int = 0
    header_bytes: int = 0
    first: "_Part | None" = None
    first_bytes: int = 0

    def factory(self, **arguments: Any) -> "_Part":
        self.parts += 1
        if self.parts > MAX_PARTS + 1:
            raise Unreadable(f"The message has more than {MAX_PARTS} parts.")
        depth = len(getattr(self.parser, "_msgstack", ()))
        if depth > MAX_DEPTH or depth * self.lines > MAX_WORK:
            raise Unreadable(f"The message is nested too deep (more than {MAX_DEPTH} levels, or long as well).")
        part = _Part(**arguments)
        part.account = self
        self.first = self.first or part
        return part

    def header(self, part: "_Part", name: str, value: str) -> None:
        size = len(name) + len(value)
        self.header_bytes += size
        if part is self.first:
            self.first_bytes += size
        if size > MAX_ONE_HEADER:
            raise Unreadable(f"The header {name[:40]} is longer than {MAX_ONE_HEADER // 1024} KB.")
        if self.first_bytes > MAX_HEADER_BYTES or self.header_bytes > MAX_ALL_HEADER_BYTES:
            raise Unreadable(f"The message has more than {MAX_HEADER_BYTES // 1024} KB of headers.")


def read_message(raw: bytes) -> Message:
    """The message tree, within the caps of X1; raises ``Unreadable``."""
    if len(raw) > MAX_BYTES:
        raise Unreadable(f"The message is larger than {MAX_BYTES // 1024 // 1024} MB.")
    lines = raw.count(b"\n") + raw.count(b"\r") - raw.count(b"\r\n")
    if lines > MAX_LINES:
        raise Unreadable(f"The message has more than {MAX_LINES} lines.")
    _check_header_block(raw)
    account = _Account(lines=lines)
    parser: BytesFeedParser[Any] = BytesFeedParser(_factory=account.factory)
    account.parser = parser
    try:
        for start in range(0, len(raw), FED):  # in pieces: fed at once, the parser holds the whole twice more
            parser.feed(raw[start : start + FED])
        message: Message = parser.close()
        return message
    except RecursionError:
        raise Unreadable(f"The message is nested more than {MAX_DEPTH} levels deep.") from None


def _check_header_block(raw: bytes) -> None:
    """A cheap look before parsing: the header block ends at the first empty line."""
    head = raw[: MAX_HEADER_BYTES * 2]
    ends = [place for mark in (b"\r\n\r\n", b"\n\n", b"\r\r") if (place := head.find(mark)) >= 0]
    block = head[: min(ends)] if ends else head
    if len(block) > MAX_HEADER_BYTES and re.match(rb"[!-9;-~]{1,100}:", block):
        longest = max((len(line) for line in re.split(rb"\r?\n(?![ \t])", block)), default=0)
        if longest > MAX_ONE_HEADER:
            raise Unreadable(f"A header (such as the Subject) is longer than {MAX_ONE_HEADER // 1024} KB.")
        if ends:
            raise Unreadable(f"The message has more than {MAX_HEADER_BYTES // 1024} KB of headers.")


def parse(raw: bytes) -> Inbound:
    """What can be known of a raw message; ``Unreadable`` only beyond the caps of X1, and for what has no headers."""
    whole = _from_first_header(_without_envelope_line(raw if b"\n" in raw else raw.replace(b"\r", b"\n")))
    whole = _without_gaps(whole)
    message = read_message(whole)
    if not message.keys():
        raise Unreadable("This is no e-mail: it has no headers.")
    if message.get_content_maintype() == "multipart" and not message.is_multipart():
        message = _with_found_boundary(whole, message)
    parts = tuple(_walk(message))
    headers = parts[0].headers if parts else ()
    _check_addresses(headers)
    return _inbound(raw, message, parts, headers)


def _with_found_boundary(raw: bytes, message: Message) -> Message:
    """A multipart whose header names a boundary that does not occur: the one that the body uses, if it can be told."""
    split = re.search(rb"\r?\n\r?\n", raw)
    line = re.search(
        rb"^--([^\s-][^\r\n]{0,200}?)[ \t]*\r?\n[A-Za-z-]{3,40}:", raw[split.end() :] if split else b"", re.M
    )
    if split is None or line is None or b'"' in line[1] or raw.count(b"--" + line[1]) < 2:
        return message
    head = re.sub(rb"^content-type:[^\n]*\n(?:[ \t][^\n]*\n)*", b"", raw[: split.start() + 1], flags=re.I | re.M)
    type_ = raw_text(message.get("content-type", ""))
    kept = re.match(rb"[\w/.+-]{1,80}", type_.encode("ascii", "ignore"))
    report = re.search(r"report-type=\"?([\w-]{1,60})", type_, re.I | re.ASCII)
    extra = b"; report-type=" + report[1].encode() if report else b""
    named = b'Content-Type: %s%s; boundary="%s"\n' % (kept[0] if kept else b"multipart/mixed", extra, line[1])
    return read_message(named + head + b"\n" + raw[split.end() :])


def _without_envelope_line(raw: bytes) -> bytes:
    """Mail from files may start with a mailbox separator, a byte order mark or empty lines."""
    start = raw[:4096].lstrip(b"\xef\xbb\xbf").lstrip(b"\r\n \t")
    return start + raw[4096:] if start[:5] in (b"From ", b">From") or len(start) < len(raw[:4096]) else raw


FIRST_HEADER: Final = re.compile(
    rb"(?:[^\r\n]{0,998}\r?\n){1,3}?(?=(?:from|to|subject|date|received|return-path|message-id|delivered-to|mime-version|"
    rb"content-type|x-[\w-]{1,60}):)",
    re.I,
)


def _from_first_header(raw: bytes) -> bytes:
    """Up to three foreign lines on top (a server's answer, a comment) would turn the headers into text."""
    if re.match(rb"[!-9;-~]{1,100}[ \t]*:|From ", raw[:110]):
        return raw
    above = FIRST_HEADER.match(raw[:4096])
    return raw[above.end() :] if above else raw


_GAP: Final = re.compile(rb"^([!-9;-~]{1,100})[ \t]+:", re.M)


def _without_gaps(raw: bytes) -> bytes:
    """White space before a header's colon was legal once (RFC 5322 4.5); to the parser the headers end there."""
    split = re.search(rb"\r?\n\r?\n", raw[: MAX_HEADER_BYTES * 2])
    head = raw[: split.start()] if split else raw[: MAX_HEADER_BYTES * 2]
    return _GAP.sub(rb"\1:", head) + raw[len(head) :] if _GAP.search(head) else raw


def _check_addresses(headers: tuple[tuple[str, str], ...]) -> None:
    for name in ("from", "to", "cc", "reply-to"):
        if sum(value.count("@") for key, value in headers if key.lower() == name) > MAX_ADDRESSES:
            raise Unreadable(f"The header {name.title()} names more than {MAX_ADDRESSES} addresses.")


def _inbound(raw: bytes, message: Message, parts: tuple[Part, ...], headers: tuple[tuple[str, str], ...]) -> Inbound:
    raw_headers = tuple((key, raw_text(value)) for key, value in message.raw_items())

    def boxes(name: str) -> tuple[Mailbox, ...]:
        found = [box for key, value in raw_headers if key.lower() == name for box in mailboxes(value)]
        return tuple(found[:MAX_ADDRESSES])

    froms = [value for key, value in raw_headers if key.lower() == "from"]
    senders = boxes("from")
    text, html = _bodies(parts)
    reply_to, sender = boxes("reply-to"), boxes("sender")
    return Inbound(
        message_id=next(iter(_ids(raw_headers, "message-id")), None),
        in_reply_to=_ids(raw_headers, "in-reply-to"),
        references=_ids(raw_headers, "references")[-KEPT_REFERENCES:],
        from_address=senders[0].address if senders else None,
        from_name=senders[0].name if senders else header_text(froms[0]) if froms else "",
        from_ambiguous=len(froms) != 1 or len(senders) != 1 or entries(froms[0]) != 1,
        sender=sender[0].address if sender else None,
        reply_to=reply_to[0].address if reply_to else None,
        return_path=_return_path(raw_headers),
        to=boxes("to"),
        cc=boxes("cc"),
        envelope_hints=_hints(raw_headers),
        subject=_first(headers, "subject")[:2000],
        date=_date(_first(headers, "date")),
        headers=headers,
        text=text,
        html=html,
        attachments=tuple(_attachments(parts)),
        parts=parts,
        defects=tuple(dict.fromkeys(type(defect).__name__ for part in message.walk() for defect in part.defects)),
        size=len(raw),
        sha256=hashlib.sha256(raw).hexdigest(),
    )


def _ids(headers: tuple[tuple[str, str], ...], name: str) -> tuple[str, ...]:
    found = [value for key, value in headers if key.lower() == name]
    ids = [match for value in found for match in MESSAGE_ID.findall(value)]
    if not ids:  # some clients leave the brackets out
        ids = [
            f"<{word}>"
            for value in found
            for word in re.split(r"[\s,<>]+", value)[:50]
            if 2 < len(word) < 997 and "@" in word
        ]
    return tuple(dict.fromkeys(ids))


def _return_path(headers: tuple[tuple[str, str], ...]) -> str | None:
    for key, value in headers:
        if key.lower() == "return-path":
            boxes = mailboxes(value)
            return boxes[0].address if boxes else ""
    return None


def _hints(headers: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for key, value in headers:
        if key.lower() in ENVELOPE_HINTS:
            for box in mailboxes(value.partition(";")[2] if key.lower() == "original-recipient" else value):
                found.setdefault(box.address)
    return tuple(list(found)[:MAX_ADDRESSES])


def _date(value: str) -> dt.datetime | None:
    try:
        parts = parsedate_tz(value[:200])
        if parts is None:
            return None
        return dt.datetime.fromtimestamp(mktime_tz(parts), dt.UTC)
    except (ValueError, OverflowError, OSError, TypeError, IndexError):
        return None


def _walk(message: Message) -> Iterator[Part]:
    """Every part in reading order, without recursion."""
    stack: list[tuple[Message, int, bool]] = [(message, 0, False)]
    wrapped = 0
    while stack:
        current, depth, enclosed = stack.pop()
        if depth > MAX_DEPTH:
            raise Unreadable(f"The message is nested more than {MAX_DEPTH} levels deep.")
        yield _part(current, depth, enclosed)
        if current.is_multipart():
            payload: Any = current.get_payload()
            carried = enclosed or current.get_content_maintype() == "message"
            if wrapped < MAX_WRAPPED and (letter := _wrapped_letter(current)):
                payload, wrapped = [letter], wrapped + 1
            stack.extend((child, depth + 1, carried) for child in reversed(payload) if isinstance(child, Message))


def _wrapped_letter(carrier: Message) -> Message | None:
    """The letter in a message/rfc822 part that somebody put into base64, which RFC 2046 5.2.1 forbids and reporters do."""
    if (
        carrier.get_content_type() != "message/rfc822"
        or "base64" not in raw_text(carrier.get("content-transfer-encoding", "")).lower()
    ):
        return None
    payload: Any = carrier.get_payload()
    inner: Any = payload[0] if isinstance(payload, list) and payload else None
    body = getattr(inner, "_payload", None)
    if not isinstance(body, str) or inner.keys():
        return None
    content = decode_base64(body.encode("ascii", "replace"))[:MAX_WRAPPED_BYTES]
    if not re.match(rb"[!-9;-~]{1,100}:", content):
        return None
    try:
        return read_message(content)
    except Unreadable:
        return None


def _part(message: Message, depth: int, enclosed: bool) -> Part:
    none: tuple[tuple[str, str], ...] = ()
    parameters = _safely(lambda: _parameters(message), none)
    return Part(
        type=_type(message),
        depth=depth,
        enclosed=enclosed,
        headers=tuple((key, header_text(value)) for key, value in message.raw_items()),
        charset=next((value for key, value in parameters if key == "charset"), ""),
        disposition=_safely(
            lambda: (raw_text(message.get("content-disposition", "")).split(";")[0]).strip().lower(), ""
        ),
        name=_safely(lambda: safe_name(_filename(message)), ""),
        parameters=parameters,
        content=b"" if message.is_multipart() else _content(message),
    )


def _type(message: Message) -> str:
    """The content type; a parameter that lost its semicolon is no part of it."""
    found = _safely(message.get_content_type, "text/plain")
    return found.split()[0] if found.split() else "text/plain"


def _safely(read: Callable[[], T], otherwise: T) -> T:
    """Broken parameters of strangers raise many kinds of errors deep in the standard library."""
    try:
        return read()
    except Exception:
        return otherwise


def _parameters(message: Message) -> tuple[tuple[str, str], ...]:
    found = message.get_params(failobj=[], unquote=True) or []
    return tuple((header_text(key).lower(), _parameter(value)) for key, value in found[1:50])


def _parameter(value: Any) -> str:
    if isinstance(value, tuple):  # RFC 2231: charset, language, text
        return decode_bytes(str(value[2]).encode("latin-1", "replace"), value[0])
    return header_text(value)


def _filename(message: Message) -> str:
    for parameter, header in (("filename", "content-disposition"), ("name", "content-type")):
        found: Any = message.get_param(parameter, None, header)
        if found:
            return _parameter(found)
    return ""


def safe_name(name: str) -> str:
    """A file name of a stranger: no path, no control or direction characters, not hidden, at most 120 letters (X6)."""
    last = re.split(r"[/\\]", name)[-1]
    clean = re.sub(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069<>:\"|?*]", "", last).strip(" .")
    if len(clean) > 120:
        stem, dot, ending = clean.rpartition(".")
        clean = f"{stem[:100]}.{ending[:19]}" if dot else clean[:120]
    return clean


def _content(message: Message) -> bytes:
    # Not `get_payload`, which decodes by a charset that may be wrong; nor a copy made earlier: the parser still takes off
    # the line end that belongs to the boundary.
    payload = getattr(message, "_payload", None)
    if not isinstance(payload, str):
        return b""
    data = payload.encode("ascii", "surrogateescape") if _escapable(payload) else payload.encode("utf-8", "replace")
    encoding = _safely(lambda: raw_text(message.get("content-transfer-encoding", "")).split(";")[0].strip().lower(), "")
    if encoding == "base64":
        return decode_base64(data)
    if encoding == "quoted-printable":
        return _quoted_printable(data)
    if encoding in {"x-uuencode", "uuencode", "uue", "x-uue"}:
        decoded: Any = _safely(lambda: message.get_payload(decode=True), None)
        return decoded if isinstance(decoded, bytes) else b""
    return data


def _unpacked(content: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(content, MAX_TEXT)
    except zlib.error:
        return b""


def _escapable(payload: str) -> bool:
    try:
        payload.encode("ascii", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def _quoted_printable(data: bytes) -> bytes:
    return _safely(lambda: quopri.decodestring(data), data)


def _bodies(parts: tuple[Part, ...]) -> tuple[str, str]:
    """The readable text and the HTML of the message itself: attached and enclosed parts are not its words."""
    texts: list[str] = []
    htmls: list[str] = []
    for part in parts:
        if part.enclosed or part.disposition == "attachment" or (part.name and part.disposition != "inline"):
            continue
        if part.type == "text/plain" or (part.depth == 0 and part.type == "text/delivery-status"):
            text = part.text
            texts.append(_unflow(text, part) if part.parameter("format").lower() == "flowed" else text)
        elif part.type in {"text/html", "application/xhtml+xml"}:
            htmls.append(part.text)
        elif part.undivided:
            texts.append(part.text)
    return _clean("\n".join(texts)), "\n".join(htmls)[:MAX_TEXT].replace("\x00", "")


def _clean(text: str) -> str:
    return text[:MAX_TEXT].replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").replace("\ufeff", "")


def _unflow(text: str, part: Part) -> str:
    """RFC 3676: lines that end in a space go on in the next one of the same quotation depth."""
    del_space = part.parameter("delsp").lower() == "yes"
    out: list[str] = []
    joined: list[str] = []
    last_depth = -1
    for line in text.replace("\r\n", "\n").split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:]
        content = content[1:] if content.startswith(" ") else content
        flows = content.endswith(" ") and content != "-- "
        if joined and depth == last_depth and content != "-- ":
            joined.append(content)
        else:
            out.extend(["".join(joined)] if joined else [])
            joined = [(">" * depth + " " if depth else "") + content]
        if flows:
            joined[-1] = joined[-1][:-1] if del_space else joined[-1]
            last_depth = depth
        else:
            out.append("".join(joined))
            joined = []
    out.extend(["".join(joined)] if joined else [])
    return "\n".join(out)


def _attachments(parts: tuple[Part, ...]) -> Iterator[Attachment]:
    for part in parts:
        if part.enclosed or part.type.startswith("multipart/"):
            continue
        is_file = part.disposition == "attachment" or bool(part.name) or not part.type.startswith(("text/", "message/"))
        if not is_file or not part.content:
            continue
        yield Attachment(
            name=part.name or "attachment",
            type=part.type,
            sha256=hashlib.sha256(part.content).hexdigest(),
            size=len(part.content),
            content=part.content,
            content_id=part.header("content-id").strip("<> "),
            inline=part.disposition == "inline" or bool(part.header("content-id")),
        )
