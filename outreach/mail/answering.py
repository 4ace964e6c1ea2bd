"""Letters that the local mail page sends "as the lead": an answer, an out-of-office, a bounce, from a letter of ours.

They look as common clients and servers write them, so that the whole loop can be tried on one machine.  Each function takes
the raw bytes of the letter that was sent and returns ``(envelope_from, recipient, raw)``, ready for the listener.
"""

import datetime as dt
import re
from email.utils import format_datetime, make_msgid
from typing import Final

from .addresses import Mailbox
from .parse import Inbound, parse
from .replytext import normalise

Envelope = tuple[str, str, bytes]
LOCAL: Final = "local.invalid"


def as_reply(
    raw: bytes,
    text: str,
    *,
    now: dt.datetime | None = None,
    envelope_rcpt: str | None = None,
    sender: str | None = None,
) -> Envelope:
    """A person's answer above the quoted letter, to Reply-To (or From), in the thread.

    ``envelope_rcpt`` is the address that the letter was sent to, when the To header shows another.
    """
    letter = parse(raw)
    lead = _lead(letter, envelope_rcpt or sender)
    target = letter.reply_to or letter.from_address or ""
    when = letter.date or _now(now)
    intro = f"On {when:%a, %d %b %Y at %H:%M}, {letter.from_name or letter.from_address} <{letter.from_address}> wrote:"
    quoted = "\n".join(f"> {line}".rstrip() for line in normalise(letter.body).strip().split("\n"))
    body = f"{text.strip()}\n\n{intro}\n\n{quoted}\n"
    headers = [*_thread(letter), ("Subject", _re(letter.subject))]
    return lead.address, target, _assemble(lead, target, headers, body, _now(now))


def as_out_of_office(
    raw: bytes, until: dt.date | None, *, now: dt.datetime | None = None, envelope_rcpt: str | None = None
) -> Envelope:
    """An automatic answer as Exchange and RFC 3834 responders write it; ``until`` is the first day back."""
    letter = parse(raw)
    lead = _lead(letter, envelope_rcpt)
    target = letter.reply_to or letter.from_address or ""
    day = f" I will be back on {until.day} {until:%B %Y}." if until else ""
    body = f"Hello,\n\nI am out of the office at the moment.{day}\n\nBest regards\n{lead.name or lead.address}\n"
    headers = [
        *_thread(letter),
        ("Subject", f"Automatic reply: {letter.subject}"),
        ("Auto-Submitted", "auto-replied"),
        ("X-Auto-Response-Suppress", "All"),
        ("Precedence", "bulk"),
    ]
    return "", target, _assemble(lead, target, headers, body, _now(now))


def as_bounce(
    raw: bytes,
    envelope_from: str,
    hard: bool = True,
    *,
    now: dt.datetime | None = None,
    envelope_rcpt: str | None = None,
) -> Envelope:
    """A delivery report (RFC 3464) to the envelope sender of the letter, with its headers."""
    letter = parse(raw)
    lead = _lead(letter, envelope_rcpt)
    status, code, reason = (
        ("5.1.1", "550", "User unknown; no such mailbox here") if hard else ("4.2.2", "452", "Mailbox full, over quota")
    )
    moment = _now(now)
    boundary = f"report.{moment:%Y%m%d%H%M%S}.{abs(hash(lead.address)) % 10**8:08d}"
    head = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0].replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    top = [
        ("Return-Path", "<>"),
        ("From", f"Mail Delivery System <MAILER-DAEMON@{LOCAL}>"),
        ("To", _ascii(envelope_from)),
        ("Subject", "Undelivered Mail Returned to Sender"),
        ("Date", format_datetime(moment)),
        ("Message-ID", make_msgid(domain=LOCAL)),
        ("Auto-Submitted", "auto-replied"),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/report; report-type=delivery-status; boundary="{boundary}"'),
    ]
    words = (
        f"This is the mail system at host {LOCAL}.\r\n\r\nYour message could not be delivered to one or more recipients."
        f"\r\n\r\n<{lead.address}>: host mx.{LOCAL} said: {code} {status} {reason} (in reply to RCPT TO command)\r\n"
    )
    fields = (
        f"Reporting-MTA: dns; {LOCAL}\r\n\r\nFinal-Recipient: rfc822; {lead.address}\r\n"
        f"Original-Recipient: rfc822;{lead.address}\r\nAction: failed\r\nStatus: {status}\r\n"
        f"Remote-MTA: dns; mx.{LOCAL}\r\nDiagnostic-Code: smtp; {code} {status} {reason}\r\n"
    )
    parts = (
        ("text/plain; charset=utf-8", words.encode("utf-8", "replace")),
        ("message/delivery-status", fields.encode("utf-8", "replace")),
        ("text/rfc822-headers", head + b"\r\n"),
    )
    body = b"".join(
        f"--{boundary}\r\nContent-Type: {kind}\r\n\r\n".encode() + content + b"\r\n" for kind, content in parts
    )
    return "", envelope_from, _head(top) + b"\r\n" + body + f"--{boundary}--\r\n".encode()


def _now(now: dt.datetime | None) -> dt.datetime:
    if now is None:
        from outreach.clock import real_now

        return real_now()
    return now


def _lead(letter: Inbound, address: str | None) -> Mailbox:
    named = letter.to[0] if letter.to else Mailbox(f"lead@{LOCAL}")
    if address and address.lower() != named.address.lower():
        return Mailbox(address)
    return named


def _re(subject: str) -> str:
    return subject if re.match(r"\s*re\s*:", subject, re.I) else f"Re: {subject}"


def _thread(letter: Inbound) -> list[tuple[str, str]]:
    if not letter.message_id:
        return []
    chain = [*letter.references[-20:], letter.message_id]
    return [("In-Reply-To", letter.message_id), ("References", "\r\n ".join(dict.fromkeys(chain)))]


def _assemble(lead: Mailbox, target: str, headers: list[tuple[str, str]], body: str, moment: dt.datetime) -> bytes:
    name = f"{_word(lead.name)} " if lead.name else ""
    top = [
        ("From", f"{name}<{_ascii(lead.address)}>"),
        ("To", f"<{_ascii(target)}>"),
        *[(key, value if key in {"In-Reply-To", "References"} else _word(value)) for key, value in headers],
        ("Date", format_datetime(moment)),
        ("Message-ID", make_msgid(domain=LOCAL)),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Transfer-Encoding", "8bit"),
    ]
    return _head(top) + b"\r\n" + "\r\n".join(body.split("\n")).encode("utf-8", "replace")


def _head(headers: list[tuple[str, str]]) -> bytes:
    return b"".join(f"{key}: {value}\r\n".encode("utf-8", "replace") for key, value in headers)


def _ascii(address: str) -> str:
    return re.sub(r"[\s<>\x00-\x1f\x7f]", "", address)


def _word(text: str) -> str:
    """Header text that no line end can leave: encoded words where it is not plain ASCII (RFC 2047)."""
    clean = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text).split())[:300]
    if clean.isascii() and "=?" not in clean:
        return (
            re.sub(r'[",<>()]', "", clean)
            if "@" not in clean and re.search(r'[",<>()]', clean) and len(clean) < 60
            else clean
        )
    from base64 import b64encode

    pieces, piece = [], ""
    for letter in clean:
        if len((piece + letter).encode()) > 42:
            pieces.append(piece)
            piece = ""
        piece += letter
    return "\r\n ".join(f"=?utf-8?b?{b64encode(part.encode()).decode()}?=" for part in (*pieces, piece) if part)
