"""What stands below somebody's words and is not of them: signatures, lines of phones and apps, disclaimers, footers.

Two kinds of evidence: a mark that says so (``-- ``, "Sent from my ...", a disclaimer), and the shape of what follows a
rule or a closing (a name, telephone numbers, links).  Whoever goes on writing below a mark keeps every sentence.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from . import signmarks as marks
from .signedblock import (
    NOBODY,
    Sender,
    before_legal,
    disclaims,
    is_legal,
    is_name,
    is_of_a_phone,
    is_sentence,
    signed_block,
)

# Stands in the lines where a quotation was taken out; nobody can send it, for it is dropped from what arrives.
GAP: Final = "\ufdd0"

MAX_SIGNATURE: Final = 40
MAX_FOOTERS: Final = 5  # a list's, its sponsor's, the writer's own
MAX_BANNER: Final = 16  # lines
MAX_TOLD: Final = 1000  # letters of one
FIRST_CONTACT: Final = "aka.ms/LearnAboutSenderIdentification"  # in whatever language the recipient's server warns


def split_signature(text: str, sender: Sender = NOBODY) -> tuple[str, str]:
    """The words and the signature, in every stretch between two quotations by itself."""
    words, signature, apart = "", "", False
    for number, piece in enumerate(text.rstrip().split(GAP)):
        own, other = _split(piece, sender, below=number > 0)
        if own.strip():
            words += ("\n\n" if apart or piece.startswith("\n\n") else "\n") + own if words else own
            apart = False
        apart = apart or piece.endswith("\n\n")
        signature += f"\n{other}" if other.strip() else ""
    signature = signature.strip("\n")
    if words.strip():
        return words, signature
    filled = [line for line in signature.split("\n") if line.strip()]
    if filled and is_of_a_phone(filled[0]):
        return "", signature
    bare = text.replace(GAP, "").rstrip()
    last = filled[-1] if filled and is_of_a_phone(filled[-1]) and bare.endswith(filled[-1]) else ""
    return (bare.removesuffix(last), last) if last else (text.replace(GAP, ""), "")


def words_in_signature(lines: Sequence[str], below_words: bool, typed_into: bool) -> int:
    """How many lines of what a client marks as signature are the writer's: they close in it, or type into it.

    Below other words that is believed of the clients that let it happen (``typed_into``), when it begins with a sentence.
    """
    filled = [line for line in before_legal(lines) if line.strip()]
    typed = filled[: int(typed_into)] if below_words else filled
    if any(is_sentence(line) or (not below_words and _is_short_sentence(line)) for line in typed):
        return len(lines)
    if not (below_words and filled and marks.CLOSING.match(filled[0])):
        return 0
    named = len(filled) > 1 and is_name(filled[1])
    return lines.index(filled[named]) + 1


def _is_short_sentence(line: str) -> bool:
    """Two small words and an end, where nothing else is said."""
    small = len(marks.PLAIN_WORD.findall(line))
    return small > 1 and bool(marks.SENTENCE_END.search(line)) and not marks.CONTACT.search(line)


def _split(piece: str, sender: Sender, below: bool) -> tuple[str, str]:
    """``below``: a quotation stands above, so that a footer may be all there is."""
    lines = piece.strip("\n").split("\n")
    above, lines = _banner(lines)
    cut = _behind_mark(lines, sender)
    end = cut = _above_footers(lines[:cut], below)
    block = signed_block(lines[:cut], sender)
    if block is not None and not _greets(lines[:block]):  # else it is the answer: who they are, and their number
        cut = block
    while cut and cut < len(lines) and (_is_frame(lines[cut - 1]) or _is_leaf(lines, cut - 1)):
        cut -= 1
    more = next((at for at in range(cut, end) if marks.AFTERTHOUGHT.match(lines[at])), end)
    own = [*lines[:cut], *(["", *lines[more:end]] if more < end else [])]
    return "\n".join(own).strip("\n").rstrip(), "\n".join([*above, *lines[cut:more], *lines[end:]])


def _banner(lines: list[str]) -> tuple[list[str], list[str]]:
    """What stands on top and is no words: the warning of the recipient's own gateway, or what a phone put there."""
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    if is_of_a_phone(lines[first]) and first + 1 < len(lines) and not lines[first + 1].strip():
        return lines[: first + 1], lines[first + 1 :]
    warned = False
    for at in range(first, min(first + MAX_BANNER, len(lines))):
        if not lines[at].strip() or marks.RULE.match(lines[at]):
            continue
        length = len(lines[at]) if FIRST_CONTACT in lines[at] else _warning(lines[at][:MAX_TOLD], warned)
        warned = warned or length > 0
        if length < len(lines[at]):
            return (lines[:first], [lines[at][length:], *lines[at + 1 :]]) if warned else ([], lines)
    return [], lines


def _warning(line: str, warned: bool) -> int:
    """How many letters of a line warn; what only goes on with a warning counts below one."""
    length = 0
    sentences = re.split(r"(?<=[.!][ \t])", line)
    if len(sentences) > 1 and len(sentences[0].split()) == 1:  # "Attention!"
        sentences[:2] = ["".join(sentences[:2])]
    for sentence in sentences:
        if not (marks.BANNER.match(sentence) or (warned and marks.WARNED.match(sentence))):
            break
        length, warned = length + len(sentence), True
    return length


def _is_frame(line: str) -> bool:
    """Whether a line right above a signature belongs to it: empty, a rule, a picture, an advertiser's link."""
    framed = any(shape.match(line) for shape in (marks.RULE, marks.DELIMITER, marks.PICTURE))
    return not line.strip() or framed or _is_advert(line)


def _is_leaf(lines: Sequence[str], at: int) -> bool:
    """The letter that a symbol font draws as a tree, above the plea for it."""
    return lines[at].strip() == "P" and disclaims(lines[at + 1])


def _is_advert(line: str) -> bool:
    return bool(marks.LINK.match(line)) and bool(re.search(r"sig-email|avast|aka\.ms|onelink", line, re.IGNORECASE))


def _behind_mark(lines: Sequence[str], sender: Sender) -> int:
    """Where a line begins the signature that says so; the length when none does."""
    last_said: int | None = None
    for at, line in enumerate(lines):
        if is_legal(lines, at):
            last_said = _last_said(lines) if last_said is None else last_said
            if last_said <= at:
                return at
        if len(line) > 240:
            continue
        if (
            marks.DELIMITER.match(line)
            and len(lines) - at <= MAX_SIGNATURE
            and (line.endswith("-- ") or _is_below(lines[:at], lines[at + 1 :]))
        ):
            return at
        if marks.RULE.match(line) and _invites(lines[at + 1 : at + 8]):
            return at
        if marks.RULE.match(line) and len(lines) - at <= MAX_SIGNATURE and _closed(lines[:at], lines[at + 1 :], sender):
            return at
        if is_of_a_phone(line) and not any(map(is_sentence, before_legal(lines[at + 1 :]))):
            return at
    return len(lines)


def _invites(lines: Sequence[str]) -> bool:
    """Whether a meeting's own block begins here: the name of the service, and its link."""
    first = next((line for line in lines if line.strip()), "")
    return bool(marks.MEETING.match(first)) and any("http" in line for line in lines)


def _closed(lines: Sequence[str], rest: Sequence[str], sender: Sender) -> bool:
    """Whether the last words are a closing or a name below one; or the sender's own name, when nothing is said below."""
    filled = [line for line in lines if line.strip()][-2:]
    if not filled:
        return False
    closing = marks.CLOSING.match(filled[-1]) or (marks.CLOSING.match(filled[0]) and is_name(filled[-1]))
    return bool(closing) or (bool(sender.signs(filled[-1])) and _ends(rest))


def _ends(rest: Sequence[str]) -> bool:
    """Whether nothing is said below a bare rule: it begins with no sentence, and has hardly one."""
    filled = [line for line in before_legal(rest) if line.strip()]
    if not filled:
        return True
    return not is_sentence(filled[0]) and sum(map(is_sentence, filled)) < 2


def _goes_on(rest: Sequence[str]) -> bool:
    """Whether a bare rule is followed by the items of a list, or by what asks."""
    filled = [line.rstrip() for line in before_legal(rest) if line.strip()]
    return bool(filled) and (bool(marks.ITEM.match(filled[0])) or any(map(marks.ASKS.search, filled)))


def _is_below(above: Sequence[str], rest: Sequence[str]) -> bool:
    return _ends(rest) and not _goes_on(rest) and not _only_greets(above)


def _only_greets(lines: Sequence[str]) -> bool:
    """Whether nothing stands above but one line that goes on: it ends in a comma or a colon."""
    filled = [line.strip() for line in lines if line.strip()]
    return len(filled) == 1 and filled[0].endswith((",", ":")) and not marks.CLOSING.match(filled[0])


def _greets(lines: Sequence[str]) -> bool:
    """Whether nothing stands above but a greeting: few words of letters, and a comma."""
    filled = [line.strip() for line in lines if line.strip()]
    named = len(filled) == 1 and re.fullmatch(r"[^\W\d_][^\W\d]*(?:[ .'’-]+[^\W\d]+){0,3},", filled[0])
    return bool(named) and not marks.CLOSING.match(filled[0])


def _last_said(lines: Sequence[str]) -> int:
    """Where the last paragraph begins that is somebody's words and not a disclaimer's; -1 when none does."""
    end = len(lines)
    for at in range(len(lines) - 1, -1, -1):
        if not lines[at].strip():
            end = at
        elif (not at or not lines[at - 1].strip()) and _is_said(lines[at:end]):
            return at
    return -1


def _is_said(paragraph: Sequence[str]) -> bool:
    text = "\n".join(paragraph)
    known = marks.LEGAL.search(text) or disclaims(text) or is_legal(paragraph, 0)
    return not known and any(map(is_sentence, paragraph))


def _above_footers(lines: Sequence[str], below: bool) -> int:
    """Where the footers begin that end the text; the length when there are none."""
    cut = _above_links(lines) if below else len(lines)
    last = next((at for at in range(cut - 1, -1, -1) if lines[at].strip()), None)
    if last is not None and (last or below) and marks.LIST_FOOTER.match(lines[last]):
        cut = last
    for _ in range(MAX_FOOTERS):
        rule = _behind_rule(lines[:cut], below)
        paragraph = _list_paragraph(lines[:cut], below) if rule is None else rule
        if paragraph is None:
            break
        cut = paragraph
    return cut


def _above_links(lines: Sequence[str]) -> int:
    """Where a client's list of the quotation's links begins that ends the text; the length when none does."""
    at = len(lines)
    while at and (not lines[at - 1].strip() or marks.LINK_NUMBERED.match(lines[at - 1].strip())):
        at -= 1
    listed = (
        at < len(lines) and at > 1 and marks.RULE.match(lines[at - 1]) and marks.LINKS_HEAD.match(lines[at - 2].strip())
    )
    return at - 2 if listed else len(lines)


def _list_paragraph(lines: Sequence[str], below: bool) -> int | None:
    """The last paragraph, when a list wrote it and something stands above."""
    end = next((at for at in range(len(lines), 0, -1) if lines[at - 1].strip()), 0)
    start = next((at for at in range(end, 0, -1) if not lines[at - 1].strip()), 0)
    listed = (start or below) and any(map(marks.LIST_LINE.match, lines[start:end][:MAX_SIGNATURE]))
    return start if listed else None


def _behind_rule(lines: Sequence[str], below: bool) -> int | None:
    """A footer: behind a rule only short lines to the end, with details of contact or a name and what it does."""
    rules = [at for at, line in enumerate(lines) if marks.RULE.match(line) and not _underlines(lines, at)]
    if not rules:
        return None
    above = _filled(lines[: rules[-1]])
    rest = [line.strip() for line in lines[rules[-1] + 1 :] if line.strip()]
    if not rest:
        return rules[-1]
    if (above or below) and _is_advertised(rest):
        return rules[-1]
    if len(rest) > 30 or any(len(line) > 100 or is_sentence(line) for line in rest) or not (above or below):
        return None
    if re.match(r"\[\d", rest[0]) or any(
        re.match(r"[-*•\d(]", line) and not marks.CONTACT.search(line) for line in rest
    ):
        return None
    named = above and len(rest) > 1 and all(len(line.split()) <= 3 and len(line) <= 30 for line in rest)
    thanked = any(marks.CLOSING.match(re.split(r"[,.!]", line)[0]) for line in rest)
    return rules[-1] if not thanked and (named or any(marks.CONTACT.search(line) for line in rest)) else None


def _is_advertised(rest: Sequence[str]) -> bool:
    """Whether a few lines with a link stand behind a rule that somebody else paid for, as the first of them says."""
    return len(rest) <= 6 and bool(marks.SPONSOR.search(rest[0])) and any("http" in line for line in rest)


def _underlines(lines: Sequence[str], at: int) -> bool:
    """Whether a rule is the line under a heading."""
    heading = lines[at - 1].strip() if at else ""
    return bool(heading) and lines[at].strip()[0] in "=-" and abs(len(heading) - len(lines[at].strip())) <= 4


def _filled(lines: Iterable[str]) -> bool:
    return any(line.strip() for line in lines)
