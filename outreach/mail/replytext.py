"""What somebody wrote themselves in an answer: without the letter they answer, and with the signature apart.

No library does this well on real mail, and all are super-linear on hostile text (MAIL 2), so that the text is normalised
and cut here: ``plaincut`` takes the quotation out of lines, ``htmlquote`` out of HTML, ``oursent`` the words of our own
letter, which no library knows; ``signature`` what stands below.  A sentence too many is better than one lost.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from .htmlquote import HtmlReply, cut_html
from .htmltext import html_to_text
from .oursent import without_ours
from .plaincut import Cut, cut_plain
from .signature import GAP, split_signature
from .signedblock import NOBODY, Sender

MAX_TEXT: Final = 64 * 1024
MAX_LINE: Final = 2000
MAX_LINES: Final = 3000


@dataclass(frozen=True, slots=True)
class ReplyText:
    """The three parts of an answer; each may be empty."""

    text: str
    quoted: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class _Parts:
    """``kept`` has a ``GAP`` where a quotation stood."""

    kept: str
    quoted: str
    signature: str = ""


@lru_cache(maxsize=8)
def reply_text(text: str, html: str, sent_text: str | None = None, sender: Sender = NOBODY) -> ReplyText:
    """The new words of an answer that came as ``text``, ``html`` or both.

    ``sent_text`` is the text of our letter that it answers, when known: its lines are dropped from the words.
    ``sender`` wrote it: a signature often begins with their name.
    """
    plain = normalise(text)
    cut = cut_plain(plain.split("\n")) if plain.strip() else Cut([], [], False)
    parts = _Parts("\n".join(cut.kept), "\n".join(cut.quoted))
    if html.strip():
        parts = _with_html(parts, cut.found, html.replace(GAP, ""), sender)
    kept, quoted = parts.kept, parts.quoted
    if sent_text:
        kept, dropped = without_ours(kept, sent_text[:MAX_TEXT])
        quoted = f"{dropped}\n{quoted}".strip("\n")
    if not _says(kept) and not quoted.strip() and plain.strip():
        kept = plain
    body, signature = split_signature(kept, sender)
    joined = "\n".join(part for part in (signature, parts.signature) if part.strip())
    return ReplyText(_tidy(body), quoted.strip("\n"), joined.strip("\n"))


def normalise(text: str) -> str:
    """Text that no pattern is slow on: capped, blanks and empty lines collapsed, long lines cut."""
    clean = _capped(text).translate(ODD_LETTERS).replace("\r\n", "\n").replace("\r", "\n")
    clean = SEAL.sub("", ARMOUR.sub("", clean)) if "-----BEGIN PGP SIG" in clean else clean
    clean = re.sub(r"(?<=\S)[ \t]{2,}(?=\S)", " ", clean)
    clean = re.sub(r"^[ \t]{9,}", "        ", clean, flags=re.M)
    lines = clean.split("\n")
    if len(lines) > MAX_LINES:
        lines = [*lines[: MAX_LINES - MAX_LINES // 4], *lines[-(MAX_LINES // 4) :]]
    lines = [_without_blanks(line[:MAX_LINE]) for line in lines]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


# What OpenPGP puts around a signed text (RFC 9580 7): its head, and the seal below.
ARMOUR: Final = re.compile(
    r"^-----BEGIN PGP SIGNED MESSAGE-----[ \t]*\n(?:Hash: [^\n]{1,80}\n){0,3}(?:[ \t]*\n)?", re.MULTILINE
)
SEAL: Final = re.compile(
    r"^-----BEGIN PGP SIGNATURE-----[ \t]*\n(?:(?!-----)[^\n]{0,120}\n){0,80}-----END PGP SIGNATURE-----[ \t]*$",
    re.MULTILINE,
)


def _capped(text: str) -> str:
    """The first three quarters of what is read and the last: an answer may stand below a quotation of any length."""
    if len(text) <= MAX_TEXT:
        return text
    tail = text[-(MAX_TEXT // 4) :]
    return text[: MAX_TEXT - MAX_TEXT // 4] + "\n" + (tail.partition("\n")[2] or tail)


ODD_LETTERS: Final = dict.fromkeys(
    (ord(GAP), 0x200B, 0x200E, 0x200F, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xAD), ""
) | {0xA0: " ", 0x0B: " ", 0x3000: " ", 0x0C: "\n", 0x85: "\n", 0x2028: "\n", 0x2029: "\n"}


def _without_blanks(line: str) -> str:
    """The line without blanks at its end; the blank of a signature's delimiter is part of it."""
    bare = line.rstrip(" \t")
    return "-- " if bare == "--" and line != bare else bare


def _tidy(text: str) -> str:
    lines = (line.rstrip() for line in text.replace(GAP, "").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n ")


def _says(text: str) -> bool:
    """Whether there are words besides gaps."""
    return bool(text.replace(GAP, "").strip())


# --- both parts ----------------------------------------------------------------------------------------------------


def _with_html(plain: _Parts, found: bool, html: str, sender: Sender) -> _Parts:
    """The plain cut and the cut of the HTML, of which the shorter that holds words is believed."""
    marked = cut_html(html)
    inner = cut_plain(f"\n{GAP}\n".join(map(normalise, marked.text.split(GAP))).split("\n"))
    read = _Parts("\n".join(inner.kept), "\n".join((*inner.quoted, marked.quoted)).strip(), marked.signature)
    quoted = plain.quoted or read.quoted
    if not _says(plain.kept):
        return _of_html(read, quoted, found, html)
    if not (marked.found or inner.found):
        return _signed(plain if not _is_glued(plain.kept, read.kept) else _Parts(read.kept, quoted), found, marked)
    if not _says(read.kept):
        return plain if found or not read.quoted else _plain_without(plain, read)
    if _size(read.kept, sender) < _size(plain.kept, sender) or _is_glued(plain.kept, read.kept):
        return _Parts(read.kept, quoted, marked.signature)
    return _Parts(_drop_signature(plain.kept, marked.signature), quoted, marked.signature)


def _of_html(read: _Parts, quoted: str, found: bool, html: str) -> _Parts:
    """What the HTML says where the plain part says nothing of its own."""
    if not _says(read.kept) and not read.quoted and not read.signature:
        return _Parts(html_to_text(html), quoted)
    return _Parts(read.kept if not found or _says(read.kept) else "", quoted, read.signature)


def _signed(plain: _Parts, found: bool, marked: HtmlReply) -> _Parts:
    """The plain cut, where the HTML tells nothing but a signature."""
    if not found:
        return _Parts(_drop_signature(plain.kept, marked.signature), plain.quoted, marked.signature)
    known = bool(marked.signature) and marked.signature.split("\n")[0].strip() in plain.kept
    return _Parts(plain.kept, plain.quoted, marked.signature if known else "")


def _plain_without(plain: _Parts, read: _Parts) -> _Parts:
    kept, _ = without_ours(_drop_signature(plain.kept, read.signature), read.quoted)
    return _Parts(kept, read.quoted, read.signature)


def _is_glued(plain: str, html: str) -> bool:
    """Whether the plain part says the same with line ends left out, as some clients make it."""
    return len(html.split()) > len(plain.split()) and _size(html) == _size(plain)


def _size(text: str, sender: Sender = NOBODY) -> int:
    return len(re.sub(r"[\W_]+", "", split_signature(text, sender)[0]))


def _drop_signature(kept: str, signature: str) -> str:
    """The plain text without the lines that the HTML marks as signature, where they end it."""
    wanted = [" ".join(line.split()) for line in signature.split("\n") if line.strip()]
    joined = " ".join(wanted)
    lines = kept.rstrip().split("\n")
    while wanted and lines:
        last = " ".join(lines[-1].split())
        if last and last != GAP and last not in wanted and not (len(last) > 3 and last in joined):
            break
        lines.pop()
    return "\n".join(lines) if _says("\n".join(lines)) else kept
