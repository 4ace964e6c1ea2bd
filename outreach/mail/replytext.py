"""What somebody wrote themselves in an answer: without the letter they answer, and with the signature apart.

No library does this well on real mail, and all are super-linear on hostile text (MAIL 2), so that the text is normalised
and cut here line by line; quotequail is asked where we found nothing.  What no library has: we know what we sent, and
lines of it are dropped wherever they stand.  A sentence too many is better than one lost: what is doubtful stays.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from . import quotemarks as marks
from .htmlquote import cut_html
from .htmltext import html_to_text

MAX_TEXT: Final = 64 * 1024
MAX_LINE: Final = 2000
MAX_LINES: Final = 3000
LIBRARY_TEXT: Final = 16 * 1024
LIBRARY_LINES: Final = 300
LIBRARY_LINE: Final = 500
JOINED: Final = 5
MAX_LOOKS: Final = 60  # most letters need one or two
GRAM: Final = 5


@dataclass(frozen=True, slots=True)
class ReplyText:
    """The three parts of an answer; each may be empty."""

    text: str
    quoted: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class _Cut:
    kept: list[str]
    quoted: list[str]
    found: bool


@lru_cache(maxsize=8)
def reply_text(text: str, html: str, sent_text: str | None = None) -> ReplyText:
    """The new words of an answer that came as ``text``, ``html`` or both.

    ``sent_text`` is the text of our letter that it answers, when known: its lines are dropped from the words.
    """
    plain = normalise(text)
    cut = _cut(plain.split("\n")) if plain.strip() else _Cut([], [], False)
    kept, quoted, signature = "\n".join(cut.kept), "\n".join(cut.quoted), ""
    if html.strip():
        kept, quoted, signature = _with_html(kept, quoted, cut.found, html)
    elif not cut.found:
        kept, quoted = _by_library(kept)
    if sent_text:
        kept, dropped = _without_ours(kept, sent_text)
        quoted = f"{dropped}\n{quoted}".strip("\n")
    if not kept.strip() and not quoted.strip() and plain.strip():
        kept = plain
    body, own_signature = split_signature(kept)
    joined = "\n".join(part for part in (own_signature, signature) if part.strip())
    return ReplyText(_tidy(body), quoted.strip("\n"), joined.strip("\n"))


def normalise(text: str, lines: int = MAX_LINES, line: int = MAX_LINE, size: int = MAX_TEXT) -> str:
    """Text that no pattern is slow on: capped, blanks and empty lines collapsed, long lines cut."""
    clean = text[:size].replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\x0c", "\n")
    clean = clean.translate(ODD_LETTERS)
    clean = re.sub(r"(?<=\S)[ \t]{2,}(?=\S)", " ", re.sub(r"[ \t]+$", _keep_delimiter, clean, flags=re.M))
    clean = re.sub(r"^[ \t]{9,}", "        ", clean, flags=re.M)
    clean = re.sub(r"\n{3,}", "\n\n", clean)
    return "\n".join(piece[:line] for piece in clean.split("\n")[:lines])


ODD_LETTERS: Final = dict.fromkeys(
    (0x200B, 0x200E, 0x200F, 0xFEFF, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069, 0xAD), ""
) | {
    0xA0: " ",
    0x0B: " ",
    0x85: "\n",
}


def _keep_delimiter(blanks: re.Match[str]) -> str:
    before = blanks.string[max(0, blanks.start() - 3) : blanks.start()]
    return " " if before in {"\n--", "--"} else ""


def _tidy(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip("\n ")


# --- plain text ---------------------------------------------------------------------------------------------------


def _cut(lines: list[str]) -> _Cut:
    """The lines of the answer and those of the quotation, in one pass."""
    kept: list[str] = []
    quoted: list[str] = []
    index = 0
    looks = MAX_LOOKS
    while index < len(lines):
        line = lines[index]
        if marks.QUOTE_LINE.match(line):
            quoted.append(line)
            index += 1
            continue
        if _wrapped_quote(lines, index):
            quoted.append(line)
            index += 1
            continue
        if shared := _shared_line(lines, index):
            kept.append(shared)
            line = lines[index] = line[len(shared) :].lstrip(" \t-")
        length = 0
        if looks > 0 and _may_introduce(lines, index):
            looks -= 1
            length = _attribution(lines, index)
        if length:
            rest = index + length
            quoted.extend(lines[index:rest])
            if _marked_quote_follows(lines, rest) or not _words(kept):
                index = rest
                if not _marked_quote_follows(lines, rest) and not _words(kept):
                    return _after_top_quote(lines, rest, quoted)
                continue
            return _Cut(kept, [*quoted, *lines[rest:]], True)
        if _begins_original(lines, index):
            return _Cut(kept, [*quoted, *lines[index:]], True)
        kept.append(line)
        index += 1
    return _Cut(kept, quoted, bool(quoted))


def _shared_line(lines: list[str], index: int) -> str:
    """The own words before an attribution on the same line; empty when there are none."""
    match = marks.SHARED_LINE.match(lines[index]) if len(lines[index]) <= 400 else None
    if match is None:
        return ""
    rest = lines[index][match.end() :]
    joined = " ".join([rest, *(line.strip() for line in lines[index + 1 : index + 3])])
    told = marks.ATTRIBUTION.match(rest) or (
        marks.ATTRIBUTION_START.match(rest) and re.match(rf".{{0,300}}?(?:{marks.VERBS})[ \t]?[:\uFF1A]", joined, re.I)
    )
    return match["own"] if told else ""


def _words(lines: Sequence[str]) -> bool:
    return any(line.strip() for line in lines)


def _wrapped_quote(lines: list[str], index: int) -> bool:
    """A line that lost its mark when a long quoted line was wrapped: between two marked ones, without gaps."""
    if not 0 < index < len(lines) - 1 or not lines[index].strip():
        return False
    before, after = lines[index - 1], lines[index + 1]
    return (
        bool(marks.QUOTE_LINE.match(before) and marks.QUOTE_LINE.match(after))
        and len(before) >= 60
        and len(lines[index]) < 40
        and before.rstrip()[-1:] not in ".!?:>"
        and not lines[index][:1].isupper()
    )


def _may_introduce(lines: list[str], index: int) -> bool:
    """A cheap look before the expressions that are not: a verb of writing or a colon at the end, here or where it wraps."""
    line = lines[index]
    if not line.strip() or len(line) > 400:
        return False
    return any(marks.HINT.search(piece) for piece in lines[index : index + JOINED])


def _attribution(lines: list[str], index: int) -> int:
    """How many lines from here introduce a quotation; 0 when none do."""
    line = lines[index]
    if not line.strip() or len(line) > 400:
        return 0
    if marks.ATTRIBUTION.match(line) and _plausible(line, lines, index + 1):
        following = lines[index + 1].strip() if index + 1 < len(lines) else ""
        unfinished = not line.rstrip(" *_-").endswith((":", "\uff1a"))
        return 2 if unfinished and re.fullmatch(rf".{{0,60}}{marks.ADDRESS}[)>]?\s?[:\uFF1A]", following) else 1
    if told := _in_any_language(lines, index):
        return told
    if marks.ATTRIBUTION_START.match(line):
        joined = line
        for more in range(1, JOINED):
            if (
                index + more >= len(lines)
                or not lines[index + more].strip()
                or marks.QUOTE_LINE.match(lines[index + more])
            ):
                break
            joined = f"{joined} {lines[index + more].strip()}"
            if len(joined) > 400:
                break
            if joined.rstrip("* _-").endswith(
                (":", "\uff1a", "道", "wrote", "schrieb", "écrit", "skrev")
            ) and marks.ATTRIBUTION.match(joined):
                return more + 1 if _plausible(joined, lines, index + more + 1) else 0
    if _next_is_marked(lines, index + 1) and (marks.SENT_VERB.match(line) or marks.DATED_ADDRESS.match(line)):
        return 1
    if marks.ATTRIBUTION_START.match(line) and (spread := _spread_attribution(lines, index)):
        return spread
    if marks.SHORT_ATTRIBUTION.match(line) and _next_is_marked(lines, index + 1):
        return 1
    return 0


def _in_any_language(lines: list[str], index: int) -> int:
    """A date and an address in brackets on one line (or two) that ends in a colon: nobody writes that to somebody."""
    joined = lines[index].strip()
    alone = index > 0 and not lines[index - 1].strip()
    if not alone or not re.search(r"[\d@]", joined) or marks.FROM_LINE.match(joined):
        return 0
    for more in (1, 2):
        following = lines[index + more].strip() if index + more < len(lines) else ""
        if marks.ANY_ATTRIBUTION.match(joined) and (not following or marks.QUOTE_LINE.match(following)):
            return more
        if index + more >= len(lines) or not lines[index + more].strip() or marks.QUOTE_LINE.match(lines[index + more]):
            return 0
        joined = f"{joined} {lines[index + more].strip()}"
    return 0


def _spread_attribution(lines: list[str], index: int) -> int:
    """An attribution whose address was broken over lines with gaps, as some clients leave it: its length, else 0."""
    piece = lines[index : index + 7]
    if not any(line.strip() in {"<", ">"} or line.lstrip().startswith(("> wrote", "mailto:")) for line in piece[1:]):
        return 0
    for more in range(2, len(piece)):
        joined = " ".join(part.strip() for part in piece[: more + 1] if part.strip())
        if (
            re.search(rf"(?<!\w)(?:{marks.VERBS})[ \t]?[:\uFF1A]$", joined, re.I)
            and "@" in joined
            and len(joined) < 400
        ):
            return more + 1
    return 0


def _plausible(text: str, lines: list[str], after: int) -> bool:
    """An attribution names a time or an address; or a marked quotation follows at once."""
    if _next_is_marked(lines, after):
        return True
    if not text.rstrip(" *_-").endswith((":", "\uff1a", "道", "メール")) and not re.search(r"@|\d{1,2}[:.]\d{2}", text):
        return False
    dated = re.search(r"\d{4}|\d{1,2}[:.]\d{2}|\d{1,2}[/.-]\d{1,2}|[年月日]", text)
    named = re.search(r"@|[<(\[]\S+|,", text)
    return bool(dated and (named or len(text) < 160) and len(re.findall(r"[.!?]\s+[A-Z]", text)) < 3)


def _next_is_marked(lines: list[str], start: int) -> bool:
    for line in lines[start : start + 3]:
        if line.strip():
            return bool(marks.QUOTE_LINE.match(line))
    return False


def _marked_quote_follows(lines: list[str], start: int) -> bool:
    """Whether the lines after an attribution are marked, so that an answer may stand between or below them."""
    seen = [line for line in lines[start : start + 60] if line.strip()][:8]
    return any(marks.QUOTE_LINE.match(line) for line in seen[:3])


def _after_top_quote(lines: list[str], start: int, quoted: list[str]) -> _Cut:
    """The message begins with an unmarked quotation: nobody can tell where it ends, so that nothing is dropped."""
    return _Cut(lines[start:], quoted, True)


def _begins_original(lines: list[str], index: int) -> bool:
    line = lines[index]
    if len(line) < 240 and (marks.SEPARATOR.match(line) or marks.WROTE_BETWEEN_RULES.match(line)):
        return True
    if marks.FORWARDED_LINE.match(line):
        following = next((at for at in range(index + 1, min(index + 4, len(lines))) if lines[at].strip()), None)
        return following is not None and (
            _header_block(lines, following) or bool(marks.QUOTE_LINE.match(lines[following]))
        )
    if marks.RULE_LINE.match(line):
        following = next(
            (offset for offset in range(index + 1, min(index + 4, len(lines))) if lines[offset].strip()), None
        )
        return following is not None and _header_block(lines, following)
    return _header_block(lines, index)


def _header_block(lines: list[str], index: int) -> bool:
    """A block of From, Sent, To and Subject in any language, as Outlook writes it: at least three of them."""
    if _block_in_any_language(lines, index):
        return True
    if not marks.FROM_LINE.match(lines[index]) and not marks.HEADER_LINE["sent"].match(lines[index]):
        return False
    kinds: set[str] = set()
    gaps = 0
    for line in lines[index : index + 14]:
        if not line.strip():
            gaps += 1
            if gaps > 5:
                break
            continue
        kind = next(
            (name for name, pattern in marks.HEADER_LINE.items() if name not in kinds and pattern.match(line)), ""
        )
        if not kind and gaps and len(kinds) < 2:
            break
        if kind:
            kinds.add(kind)
    head = "\n".join(lines[index : index + 10])
    proof = re.search(r"@|\d{1,2}[:.]\d{2}|\d{4}", head)
    return bool(proof) and (
        len(kinds - {"cc"}) >= 3 or ({"from", "subject"} <= kinds and len(kinds) >= 2 and "@" in lines[index])
    )


def _block_in_any_language(lines: list[str], index: int) -> bool:
    """Four lines of a label and a value each: a name with an address in brackets, then a day with its time."""
    block = lines[index : index + 4]
    return (
        len(block) == 4
        and all(marks.LABELLED.match(line) for line in block)
        and bool(re.search(r":.*\w.*[<\[(][^\s<>]{1,100}@[\w.-]+\.\w", block[0]))
        and bool(re.search(r"\d{4}.*\d{1,2}[:.]\d{2}|\d{1,2}[:.]\d{2}.*\d{4}", block[1]))
        and not re.search(r"@", block[1])
    )


# --- both parts ----------------------------------------------------------------------------------------------------


def _with_html(kept: str, quoted: str, found: bool, html: str) -> tuple[str, str, str]:
    """The plain cut and the cut of the HTML, of which the shorter that holds words is believed."""
    marked = cut_html(html)
    inner = _cut(normalise(marked.text).split("\n"))
    from_html = _tidy("\n".join(inner.kept))
    html_quoted = "\n".join((*inner.quoted, marked.quoted)).strip()
    html_found = marked.found or inner.found
    if not kept.strip():
        if not from_html.strip() and not html_quoted and not marked.signature:
            return html_to_text(html), quoted, ""
        if not found or from_html.strip():
            return from_html, quoted or html_quoted, marked.signature
        return "", quoted or html_quoted, marked.signature
    if not html_found:
        if found:
            return kept, quoted, _signature_in(kept, marked.signature)
        return _drop_signature(kept, marked.signature), quoted, marked.signature
    if not from_html.strip():
        return (
            (kept, quoted, "")
            if found or not html_quoted
            else (_minus(kept, html_quoted, marked.signature), html_quoted, marked.signature)
        )
    if _size(from_html) < _size(kept):
        return from_html, quoted or html_quoted, marked.signature
    return _drop_signature(kept, marked.signature), quoted or html_quoted, marked.signature


def _size(text: str) -> int:
    return len(re.sub(r"[\W_]+", "", split_signature(text)[0]))


def _signature_in(kept: str, signature: str) -> str:
    return signature if signature and signature.split("\n")[0].strip() in kept else ""


def _drop_signature(kept: str, signature: str) -> str:
    """The plain text without the lines that the HTML marks as signature, where they end it."""
    wanted = [" ".join(line.split()) for line in signature.split("\n") if line.strip()]
    lines = kept.rstrip().split("\n")
    while wanted and lines:
        last = " ".join(lines[-1].split())
        if last and last not in wanted and not (len(last) > 3 and last in " ".join(wanted)):
            break
        lines.pop()
    return "\n".join(lines) if _words(lines) else kept


def _minus(kept: str, quoted: str, signature: str) -> str:
    return _without_ours(_drop_signature(kept, signature), quoted)[0]


def _by_library(kept: str) -> tuple[str, str]:
    """quotequail on normalised text; only a cut that leaves words is taken."""
    lines = kept.split("\n")
    if len(kept) > LIBRARY_TEXT or len(lines) > LIBRARY_LINES or max(map(len, lines), default=0) > LIBRARY_LINE:
        return kept, ""
    if not re.search(
        r"^[ \t]*(?:[-_*>]|on\b|am\b|le\b|el\b|il\b|op\b|den\b|from\b|von\b|de\b|da\b)", kept, re.I | re.M
    ):
        return kept, ""
    try:
        import quotequail

        pieces = quotequail.quote(
            normalise(kept, LIBRARY_LINES, LIBRARY_LINE, LIBRARY_TEXT), limit=LIBRARY_LINES, quote_intro_line=True
        )
    except Exception:
        return kept, ""
    own = "\n".join(piece for shown, piece in pieces if shown)
    other = "\n".join(piece for shown, piece in pieces if not shown)
    told = re.search(rf"\b(?:i|we|you|they|he|she|who|it) (?:{marks.VERBS})", other.strip().split("\n")[0], re.I)
    return (own, other) if own.strip() and other.strip() and not told else (kept, "")


# --- what we sent --------------------------------------------------------------------------------------------------


def _without_ours(kept: str, sent: str) -> tuple[str, str]:
    """``kept`` without the lines that stand in ``sent``: whole lines, or lines made of its runs of words."""
    ours = {_key(line) for line in sent[:MAX_TEXT].split("\n")} - {""}
    grams = _grams(_key(sent[:MAX_TEXT]).split())
    own: list[str] = []
    dropped: list[str] = []
    for line in kept.split("\n"):
        key = _key(line)
        words = key.split()
        same = (len(key) >= 12 and key in ours) or (len(words) >= GRAM and _grams(words) <= grams)
        (dropped if same else own).append(line)
    return "\n".join(own), "\n".join(dropped)


def _key(text: str) -> str:
    return " ".join(re.sub(r"https?://\S{1,2000}|[^\w\s]+", " ", text.lower()).split())


def _grams(words: Sequence[str]) -> set[tuple[str, ...]]:
    return {tuple(words[start : start + GRAM]) for start in range(len(words) - GRAM + 1)}


# --- signatures ----------------------------------------------------------------------------------------------------


def split_signature(text: str) -> tuple[str, str]:
    """The words and the signature: behind ``-- ``, behind "Sent from my ...", contact lines behind a closing, disclaimers."""
    lines = text.rstrip().split("\n")
    cut = len(lines)
    for index, line in enumerate(lines):
        if marks.SIGNATURE_LINE.match(line) and _words(lines[:index]) and len(lines) - index <= 40:
            cut = index
            break
        if marks.SENT_FROM.match(line) and len(line) < 160 and _words(lines[:index]) and len(lines) - index <= 8:
            cut = index
            break
        if marks.DISCLAIMER.match(line) and _words(lines[:index]):
            cut = index
            break
    contact = _contact_block(lines[:cut])
    cut = min(cut, contact) if contact is not None else cut
    if not _words(lines[:cut]):
        only = next((index for index, line in enumerate(lines) if line.strip()), 0)
        if cut == only and marks.SENT_FROM.match(lines[only]):
            return "", text
        return text, ""
    return "\n".join(lines[:cut]).rstrip(), "\n".join(lines[cut:])


def _contact_block(lines: list[str]) -> int | None:
    """Where contact lines begin behind a closing and a name; the closing and the name are words of a letter."""
    closings = [index for index, line in enumerate(lines) if marks.CLOSING.match(line)]
    for index in closings[-2:]:
        rest = lines[index + 1 :]
        if len(rest) > 20 or not _words(rest):
            continue
        filled = [offset for offset, line in enumerate(rest) if line.strip()]
        details = [offset for offset in filled if marks.CONTACT.search(rest[offset])]
        if len(filled) > 2 and details and all(len(rest[offset]) < 160 for offset in filled[:12]):
            return index + 1 + filled[0] + 1
    return None
