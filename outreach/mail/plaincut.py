"""Takes the quotation out of an answer in plain text, in one pass over its lines (MAIL 2).

A quotation is marked (``>``), or it begins with an attribution, a separator or a block of headers, in some language.
Below marked lines an answer may go on; an unmarked quotation lasts to the end.  What is doubtful stays: a sentence too
many is better than one lost.  Every expression is bounded and sees capped lines, so that the time is linear.
"""

import re
from dataclasses import dataclass
from typing import Final

from . import quotemarks as marks
from .signature import GAP

JOINED: Final = 5
MAX_LOOKS: Final = 60  # most letters need one or two
MAX_HEAD: Final = 400  # of an attribution, its lines joined
COLONS: Final = (":", "\uff1a")


@dataclass(frozen=True, slots=True)
class Cut:
    """``kept`` has a ``GAP`` where a quotation stood; ``found`` says that one was seen."""

    kept: list[str]
    quoted: list[str]
    found: bool


def cut_plain(lines: list[str]) -> Cut:
    """The lines of the answer and those of the quotation."""
    kept: list[str] = []
    quoted: list[str] = []
    index, looks, said = 0, MAX_LOOKS, False
    while index < len(lines):
        if _is_marked(lines[index]) or _lost_its_mark(lines, index):
            _leave_gap(kept)
            quoted.append(lines[index])
            index += 1
            continue
        if shared := _own_words_before(lines, index):
            kept.append(shared)
            said = True
            rest = lines[index][len(shared) :].lstrip(" \t")
            lines[index] = rest if marks.SEPARATOR.match(rest) else rest.lstrip(" \t-")
        head = 0
        if looks > 0 and _may_introduce(lines, index):
            looks -= 1
            head = _attribution(lines, index)
        if not head and not said and (block := _block_on_top(lines, index)):
            quoted.extend(lines[index : index + block])
            index += block
            continue
        if not head and _begins_original(lines, index):
            head = _to_marked(lines, index + 1) or len(lines) - index
        if not head:
            kept.append(lines[index])
            said = said or bool(lines[index].strip())
            index += 1
            continue
        _leave_gap(kept)
        quoted.extend(lines[index : index + head])
        index += head
        if index < len(lines) and not _marked_follows(lines, index, 1 if _goes_on_behind(lines[index - 1]) else 3):
            # Nobody can tell where an unmarked quotation on top ends, so that nothing below it is dropped.
            return Cut(kept, [*quoted, *lines[index:]], True) if said else Cut([*kept, *lines[index:]], quoted, True)
    return Cut(kept, [line for line in quoted if line != GAP], bool(quoted))


def _leave_gap(kept: list[str]) -> None:
    if not kept or kept[-1] != GAP:
        kept.append(GAP)


def _is_marked(line: str) -> bool:
    return line == GAP or bool(marks.QUOTE_LINE.match(line))


def _filled(lines: list[str], start: int, count: int, reach: int = 12) -> list[str]:
    """The next lines with words in them."""
    return [line for line in lines[start : start + reach] if line.strip()][:count]


def _marked_follows(lines: list[str], start: int, count: int = 3) -> bool:
    """Whether the lines after a head are marked, so that an answer may stand between or below them."""
    return any(map(_is_marked, _filled(lines, start, count, 60)))


def _goes_on_behind(head: str) -> bool:
    """Whether the quotation begins on the line of its head: what is marked further down is a quotation inside it."""
    return bool(marks.QUOTED_BEHIND.match(head) or marks.DATED_BEHIND.match(head))


def _to_marked(lines: list[str], start: int) -> int:
    """The lines of a separator and what stands between it and the marked lines that follow it; 0 when none do."""
    near = _filled(lines, start, 3, 60)
    if GAP in near or not any(map(_is_marked, near)):
        return 0
    return next(at for at in range(start, len(lines)) if _is_marked(lines[at])) - start + 1


def _next_is_marked(lines: list[str], start: int) -> bool:
    return any(map(_is_marked, _filled(lines, start, 1, 3)))


def _lost_its_mark(lines: list[str], index: int) -> bool:
    """A line that lost its mark when a long quoted line was wrapped: between two marked ones, without gaps."""
    line = lines[index].strip()
    if not 0 < index < len(lines) - 1 or not line or line.endswith(COLONS):
        return False
    before, after = lines[index - 1], lines[index + 1]
    if GAP in (before, after) or not (_is_marked(before) and _is_marked(after)):
        return False
    if re.match(r"[<(\[]?https?://\S+[>)\]]?[ \t>]{0,4}$", line):
        return True
    full = len(before) >= 60 and (len(line) < 40 or 74 <= len(before) + 1 + len(line.split()[0]) <= 100)
    wrapped = full and before.rstrip()[-1:] not in ".!?:>" and not line[:1].isupper()
    return wrapped or (" " not in line and line.endswith((")", ">")) and "http" in before)


def _own_words_before(lines: list[str], index: int) -> str:
    """The own words that share a line with the head of a quotation; empty when there are none."""
    line = lines[index]
    if glued := marks.GLUED_SEPARATOR.search(line) if "--" in line else None:
        return line[: glued.start()]
    match = marks.SHARED_LINE.match(line) if len(line) <= MAX_HEAD else None
    if match is None or marks.DATED_START.match(f"{match['own']} 1"):
        return ""
    rest = line[match.end() :]
    joined = " ".join([rest, *(following.strip() for following in lines[index + 1 : index + 3])])
    told = marks.ATTRIBUTION.match(rest) or (
        marks.ATTRIBUTION_START.match(rest) and re.match(rf".{{0,300}}?(?:{marks.VERBS})[ \t]?[:\uFF1A]", joined, re.I)
    )
    return match["own"] if told else ""


# --- attributions --------------------------------------------------------------------------------------------------


def _may_introduce(lines: list[str], index: int) -> bool:
    """A cheap look before the expressions that are not: a verb of writing, or the end of a head, here or where it wraps."""
    line = lines[index]
    if not line.strip() or len(line) > MAX_HEAD:
        return False
    return any(marks.HINT.search(piece) for piece in lines[index : index + JOINED])


def _attribution(lines: list[str], index: int) -> int:
    """How many lines from here introduce a quotation; 0 when none do."""
    line = lines[index]
    behind = marks.DATED_BEHIND.match(line)
    if marks.QUOTED_BEHIND.match(line) or (behind and not marks.TOLD_BY_SOMEBODY.search(behind[0])):
        return 1
    if marks.UNFINISHED.match(line) and len(_kinds(lines[index + 1 : index + 6])) >= 3:
        return 1
    if marks.ATTRIBUTION.match(line) and _plausible(line, lines, index + 1):
        following = lines[index + 1].strip() if index + 1 < len(lines) else ""
        ends = re.fullmatch(rf".{{0,60}}{marks.ADDRESS}[)>]?\s?[:\uFF1A]", following)
        return 2 if ends and not line.rstrip(" *_-").endswith(COLONS) else 1
    shapes = (_in_any_language, _wrapped, _date_apart, _before_marked)
    return next((found for shape in shapes if (found := shape(lines, index))), 0)


def _date_apart(lines: list[str], index: int) -> int:
    """The day in a paragraph of its own, then who wrote, above a marked quotation."""
    if not marks.DATE_ALONE.match(lines[index]):
        return 0
    below = next((at for at in range(index + 1, min(index + 3, len(lines))) if lines[at].strip()), index)
    told = below > index and marks.VERB_LAST.search(lines[below].rstrip())
    return below - index + 1 if told and _next_is_marked(lines, below + 1) else 0


def _wrapped(lines: list[str], index: int) -> int:
    """The lines of an attribution that the client broke; 0 when it is none."""
    if not marks.ATTRIBUTION_START.match(lines[index]):
        return 0
    joined = lines[index]
    for more in range(1, JOINED):
        if not _goes_on(joined, lines, index + more):
            break
        joined = _joined(joined, lines[index + more])
        if len(joined) > MAX_HEAD:
            break
        if joined.rstrip("* _-").endswith((*COLONS, "道", "wrote", "schrieb", "écrit", "skrev")) and (
            marks.ATTRIBUTION.match(joined)
        ):
            told = _plausible(joined, lines, index + more + 1) and not _is_said_above(lines[index : index + more + 1])
            return more + 1 if told else 0
    return _spread(lines, index)


def _is_said_above(piece: list[str]) -> bool:
    """Whether the first line is the writer's own, right above a head that needs no more: "10 pieces" is no day."""
    first = piece[0]
    if marks.HEADS_ON.search(first) or (marks.WHOLE_DAY.search(first) and not marks.SENTENCE_STOP.search(first)):
        return False
    if marks.DATED_START.match(first) and len(piece) > 1 and marks.GOES_ON_WITH_TIME.match(piece[1].lstrip()):
        return False
    whole = (marks.ATTRIBUTION, marks.NAMED_WRITER, marks.SHORT_ATTRIBUTION)
    heads = (" ".join(line.strip() for line in piece[at:]) for at in range(1, len(piece)))
    return any(shape.match(head) for head in heads for shape in whole)


def _goes_on(joined: str, lines: list[str], index: int) -> bool:
    """Whether the next line may be the rest of a broken head: its ``>`` may close an address."""
    if index >= len(lines) or not lines[index].strip() or lines[index] == GAP:
        return False
    opened = joined.rfind("<") > joined.rfind(">")
    return not _is_marked(lines[index]) or (
        opened and bool(re.match(r"[ \t]*>[ \t]*\w{0,20}[ \t]?[:\uFF1A]", lines[index]))
    )


def _joined(head: str, line: str) -> str:
    """Two lines of a head as one; an address that was broken behind its bracket is whole again."""
    whole = head.rstrip().endswith("<") or line.lstrip().startswith(">")
    return f"{head.rstrip()}{line.strip()}" if whole else f"{head} {line.strip()}"


def _spread(lines: list[str], index: int) -> int:
    """An attribution whose address was broken over lines with gaps, as some clients leave it: its length, else 0."""
    piece = lines[index : index + 7]
    if not any(_closes_address(piece, at) for at in range(1, len(piece))):
        return 0
    for more in range(2, len(piece)):
        joined = " ".join(part.strip() for part in piece[: more + 1] if part.strip())
        if marks.VERB_LAST.search(joined) and "@" in joined and len(joined) < MAX_HEAD:
            return 0 if _is_said_above([part for part in piece[: more + 1] if part.strip()]) else more + 1
    return 0


def _closes_address(piece: list[str], at: int) -> bool:
    """Whether a line is the rest of a broken address; a bare ``>`` is one only below a bracket that is still open."""
    line = piece[at].strip()
    if line == ">":
        above = " ".join(piece[:at])
        return above.rfind("<") > above.rfind(">")
    return line == "<" or line.startswith(("> wrote", "mailto:"))


def _in_any_language(lines: list[str], index: int) -> int:
    """A date and an address in brackets on one line (or two) that ends in a colon: nobody writes that to somebody."""
    joined = lines[index].strip()
    alone = index == 0 or not lines[index - 1].strip() or lines[index - 1] == GAP or marks.TIMED_VERB.search(joined)
    if marks.NAMED_WRITER.match(joined):
        return 1
    broken = index + 1 < len(lines) and marks.ADDRESS_FIRST.match(f"{joined[-1:]}{lines[index + 1].lstrip()}")
    if not alone or not (broken or marks.DATED_OR_ADDRESSED.search(joined)) or marks.FROM_LINE.match(joined):
        return 0
    for more in (1, 2, 3):
        following = lines[index + more].strip() if index + more < len(lines) else ""
        if more > 1 and _is_said_above(lines[index : index + more]):
            return 0
        if marks.NAMED_WRITER.match(joined):
            return more
        shaped = marks.ANY_ATTRIBUTION.match(joined) and (
            marks.ANY_VERB.search(joined) or marks.DAY_FIRST.match(joined)
        )
        if shaped and not _is_told(joined) and (not following or _is_marked(following)):
            return more
        if not _goes_on(joined, lines, index + more) or marks.DATED_START.match(lines[index + more]):
            return 0
        joined = _joined(joined, lines[index + more])
    return 0


def _before_marked(lines: list[str], index: int) -> int:
    """Shapes that say little by themselves, right above a marked quotation."""
    line = lines[index]
    if not _next_is_marked(lines, index + 1):
        return 0
    shapes = (marks.SENT_VERB, marks.DATED_ADDRESS, marks.SHORT_ATTRIBUTION, marks.HEAD_OF_MARKED, marks.STARRED_NAME)
    return int(any(shape.match(line) for shape in shapes))


def _plausible(text: str, lines: list[str], after: int) -> bool:
    """An attribution names a time or an address; or a marked quotation follows at once."""
    if _next_is_marked(lines, after):
        return True
    if not text.rstrip(" *_-").endswith((*COLONS, "道", "メール")) and not re.search(r"@|\d{1,2}[:.]\d{2}", text):
        return False
    dated = re.search(r"\d{4}|\d{1,2}[:.]\d{2}|\d{1,2}[/.-]\d{1,2}|[年月日]", text)
    named = re.search(r"@|[<(\[]\S+|,", text)
    return bool(
        dated and (named or len(text) < 160) and not _is_told(text) and len(re.findall(r"[.!?]\s+[A-Z]", text)) < 3
    )


def _is_told(head: str) -> bool:
    """Whether somebody tells who wrote, rather than a mail program."""
    return bool(marks.TOLD_BY_SOMEBODY.search(re.sub(r"<[^>]*>|\"[^\"]*\"", " ", head)))


# --- separators and blocks of headers --------------------------------------------------------------------------------


def _begins_original(lines: list[str], index: int) -> bool:
    line = lines[index]
    if not line.strip():
        return False
    if len(line) < 240 and (marks.SEPARATOR.match(line) or marks.WROTE_BETWEEN_RULES.match(line)):
        return True
    following = next((at for at in range(index + 1, min(index + 5, len(lines))) if lines[at].strip()), None)
    if following is not None and following - index < 5:
        if marks.FORWARDED_LINE.match(line):
            return _header_block(lines, following) or _is_marked(lines[following])
        if marks.RULE_LINE.match(line):
            named = marks.FROM_LINE.match(lines[following]) and re.search(r"<[^<>\s]+@[^<>\s]+>", lines[following])
            return bool(named and following == index + 1) or _header_block(lines, following)
        if marks.ANY_SEPARATOR.match(line) and _labelled_address(lines, following):
            return True
    return _header_block(lines, index)


def _block_on_top(lines: list[str], index: int) -> int:
    """The lines of a block of headers (or a help desk's) with nothing above: nobody knows whose words follow, so they stay."""
    line = lines[index]
    if marks.REPLY_ABOVE.match(line):
        return 1
    if not (marks.FROM_LINE.match(line) or marks.HEADER_LINE["sent"].match(line)) or not _header_block(lines, index):
        return 0
    shapes = marks.HEADER_LINE.values()
    fields = [at for at in range(index, min(index + 14, len(lines))) if any(shape.match(lines[at]) for shape in shapes)]
    return fields[-1] - index + 1


def _labelled_address(lines: list[str], index: int) -> bool:
    """Two labels with a value each, one of them an address: what stands below a separator in any language."""
    block = _filled(lines, index, 3, 8)
    labelled = [line for line in block if marks.LABELLED.match(line)]
    return len(labelled) >= 2 and bool(re.search(r"\S@[\w.-]+\.\w", " ".join(labelled)))


def _header_block(lines: list[str], index: int) -> bool:
    """A block of From, Sent, To and Subject in any language, as Outlook writes it: at least three of them."""
    line = lines[index]
    if _block_in_any_language(lines, index) or marks.BLOCK_ON_ONE_LINE.match(line) or _notes_head(lines, index):
        return True
    if marks.BARE_FROM.match(line) and all(
        any(map(shape.match, lines[index + 1 : index + 6])) for shape in marks.BARE_FIELDS
    ):
        return True
    if marks.HEADER_LINE["subject"].match(line) or marks.HEADER_LINE["to"].match(line):
        return _kinds(lines[index : index + 5]) >= {"from", "sent", "to", "subject"}
    if not marks.FROM_LINE.match(line) and not marks.HEADER_LINE["sent"].match(line):
        return False
    kinds = _kinds(lines[index : index + 14])
    head = "\n".join(lines[index : index + 10])
    addressed = bool(re.search(r"\S@\S", head))
    timed = bool(re.search(r"\d{1,2}[:.]\d{2}", head) and re.search(r"\d{4}", head))
    if not addressed and not ("subject" in kinds and timed) and not (timed and marks.SENT_FIELD.search(head)):
        return marks.HEADER_LINE["subject"].search(head) is not None and len(kinds - {"cc"}) >= 4
    if marks.SENT_AFTER.match(line) and marks.SENT_FIELD.match(next(iter(lines[index + 1 : index + 2]), "")):
        return True
    return len(kinds - {"cc"}) >= 3 or (len(kinds) >= 2 and addressed and _short_block(line, kinds))


def _notes_head(lines: list[str], index: int) -> bool:
    """Lotus Notes: who and when, then To and Subject, with colons or as the bare cells of a table."""
    if not marks.NOTES_WRITER.match(lines[index]):
        return False
    block = _filled(lines, index, 11, 24)
    dated = any(marks.NOTES_DATE.search(line) for line in block[:3])
    return dated and all(any(shape.match(line) for line in block[1:]) for shape in marks.NOTES_FIELDS)


def _short_block(line: str, kinds: set[str]) -> bool:
    """Two fields are enough for From with an address and Subject, and for a date as RFC 5322 writes it with To."""
    return ({"from", "subject"} <= kinds and "@" in line) or (
        {"sent", "to"} <= kinds and bool(marks.WIRE_DATE.search(line))
    )


def _kinds(lines: list[str]) -> set[str]:
    """Which fields stand in a block, lines of other words and a few gaps allowed."""
    kinds: set[str] = set()
    gaps = 0
    for line in lines:
        if not line.strip():
            gaps += 1
            if gaps > 5:
                break
            continue
        kind = next((name for name, shape in marks.HEADER_LINE.items() if name not in kinds and shape.match(line)), "")
        if not kind and gaps and len(kinds) < 2:
            break
        if kind:
            kinds.add(kind)
    return kinds


def _block_in_any_language(lines: list[str], index: int) -> bool:
    """Four lines of a label and a value each: a name with an address in brackets, then a day with its time."""
    block = lines[index : index + 4]
    return (
        len(block) == 4
        and all(marks.LABELLED.match(line) for line in block)
        and bool(re.search(r":.*\w.*[<\[(][^\s<>]{1,100}@[\w.-]+\.\w", block[0][:MAX_HEAD]))
        and bool(re.search(r"\d{4}.*\d{1,2}[:.]\d{2}|\d{1,2}[:.]\d{2}.*\d{4}", block[1][:MAX_HEAD]))
        and not re.search(r"@", block[1])
    )
