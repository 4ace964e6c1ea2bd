"""Where a signature begins that no mark announces: at somebody's name with what they are and where they are found.

Looked for in the tail of a text alone, which is what stands below its last sentence.  The sender's own name is the surest
sign; next comes a closing with a name below it, which both are words of the letter; last the shape of a card: a name and
three lines of contact.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from . import signmarks as marks

MAX_TAIL: Final = 40  # lines with words
MAX_DETAIL: Final = 200  # letters of a line about somebody
MAX_TOLD: Final = 1000  # letters of a line
MAX_MOTTOS: Final = 3  # sentences of a signature
MIN_LEGAL: Final = 40  # letters of a disclaimer's first line
MAX_LEGAL: Final = 20  # lines of one paragraph
LAWYERS_WORDS: Final = 4
HEAD_END: Final = re.compile(r"[|/•·(<\[,:\d]|[ \t][-–—][ \t]|[ \t]{3,}|[ \t](?:mailto|tel|phone|mob|mobile|e-?mail)\b")
LETTERS: Final = re.compile(r"[^\W\d_]+")
NAME: Final = re.compile(r"[ \t]*[^\W\d_a-z][\w.’'-]*(?:[ \t]+[^\W\d_][\w.’'-]*){0,3}[ \t]*")
PERSON_ROW: Final = re.compile(r"(?=[^\n]*\d)" + NAME.pattern + r"[ \t|]*[\d +()/.-]+[ \t|]*")
HAN: Final = re.compile(r"\W*[\u3040-\u9fff\uac00-\ud7af]{3,}\W*")
SIGNED: Final = re.compile(r"[ \t]*/{1,2} ?(?=[^\W\d_])")  # as in "/Jo"
FOOTNOTE: Final = re.compile(r"[ \t]*(?:\[[\d*]{1,3}\]|[(#]?\d{1,2}\))[ \t]?[^\d\s[]")
ORGANISATION: Final = re.compile(r"[|(@]|\bvia\b| [-–—] ")
LINK: Final = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


def is_of_a_phone(line: str) -> bool:
    """Whether a phone or an app wrote the line."""
    return any(marks.SENT_FROM.match(part[:240]) for part in (line, marks.EMBEDDED_LINK.sub("", line[:800])))


def before_legal(lines: Sequence[str]) -> Sequence[str]:
    """The lines above a disclaimer or a phone's line."""
    end = next((at for at in range(len(lines)) if is_legal(lines, at) or is_of_a_phone(lines[at])), len(lines))
    return lines[:end]


def disclaims(text: str) -> bool:
    """Whether a text begins as a disclaimer, behind a rule, too."""
    return bool(marks.DISCLAIMER.match(text.lstrip(" \t*_=-")))


def is_legal(lines: Sequence[str], at: int) -> bool:
    """Whether a disclaimer begins here: by its first words, or by many of a lawyer's in one paragraph."""
    if disclaims(lines[at]) or _is_registry(lines, at):
        return True
    if len(lines[at]) >= MIN_LEGAL and marks.BANNER.match(lines[at][:MAX_TOLD]):
        return True  # a gateway's warning below the letter
    above = lines[at - 1].strip() if at else ""
    if len(lines[at]) < MIN_LEGAL or (above and not marks.RULE.match(above)):
        return False
    paragraph = itertools.takewhile(_is_text, itertools.islice(lines, at, at + MAX_LEGAL))
    needed = 2 if marks.MILD.match(lines[at]) else LAWYERS_WORDS
    return len({stem.lower() for stem in marks.LAWYERS.findall(" ".join(paragraph)[:2000])}) >= needed


def _is_registry(lines: Sequence[str], at: int) -> bool:
    """Whether a line holds a firm's name and its entries in registers, and nobody asked for them."""
    line = lines[at][:MAX_TOLD]
    told = {found.lower() for found in marks.REGISTRY.findall(line)}
    if len(told) < 2 or is_sentence(line) or _asked_for(lines, at):
        return False
    return bool(marks.FIRM.search(line) or marks.COMPANY.search(line))


def is_sentence(line: str) -> bool:
    """Words that somebody says, as opposed to a name, an address or a heading; in a row, its longest cell."""
    line = max(line.split("|"), key=len)
    if marks.CONTACT.search(line[:400]) and len(line) < 100:
        return len(marks.PLAIN_WORD.findall(line)) >= 6
    words, small = len(line.split()), len(marks.PLAIN_WORD.findall(line))
    if marks.DOTTED_FORM.search(line):  # "S.A. de C.V.", whose dot ends no sentence
        small -= sum(word.endswith(".") or bool(marks.PARTICLES.fullmatch(word)) for word in line.split())
    letters = len(re.findall(r"[\u3040-\u9fff\uac00-\ud7af\u0e00-\u0e7f]", line[:200]))
    if words >= 12 and (small >= 3 or line.isupper()):
        return True
    said = words >= 5 and (small >= 2 or line.isupper())
    return bool(marks.SENTENCE_END.search(line)) and (said or letters >= 6)


def is_name(line: str) -> bool:
    """Whether a line below a closing may be a name: few words, nearly all with a capital or none."""
    words = [word for word in LETTERS.findall(line) if not marks.PARTICLES.fullmatch(word)]
    small = sum(word[0].islower() for word in words)
    shaped = len(line.split()) <= 6 and bool(words) and not re.search(r"\d|[?!:;,。？！：]\s*$", line)
    return shaped and (small < 2 or len(words) < 3)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote: the words of their name, and the local part of their address."""

    words: frozenset[str]
    local: str

    @classmethod
    def of(cls, name: str, address: str) -> "Sender":
        """From the header's two parts; each may be empty."""
        local = _plain(address.partition("@")[0])
        words = {word for word in LETTERS.findall(f"{_plain(ORGANISATION.split(name)[0])} {local}") if len(word) > 1}
        return cls(frozenset(words), local)

    def signs(self, line: str) -> int:
        """How many words of their name a line begins with, when it begins with nothing else; else 0."""
        head = HEAD_END.split(line.strip(" \t*_-–—~/").replace("*", ""), maxsplit=1)[0]
        words = [word for word in LETTERS.findall(head) if len(word) > 1]
        firm = marks.FIRM.search(head)
        if not 1 <= len(words) <= 5 or any(map(_is_small, words)) or (firm and _plain(firm.group()) not in self.words):
            return 0
        known = sum(self._has(_plain(word)) for word in words)
        return known if known >= max(1, len(words) - 1) else 0

    def is_named_by(self, line: str) -> bool:
        """Whether a line is nothing but two or more words of their name."""
        words = [word for word in LETTERS.findall(line) if len(word) > 1]
        return len(words) > 1 and all(self._has(_plain(word)) for word in words)

    def _has(self, word: str) -> bool:
        return word in self.words or (len(word) >= 4 and word in self.local)


NOBODY: Final = Sender(frozenset(), "")


def _is_small(word: str) -> bool:
    return word[0].islower() and not marks.PARTICLES.fullmatch(word)


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def signed_block(lines: Sequence[str], sender: Sender) -> int | None:
    """The line where the signature begins that ends the text, or ends it but for an afterthought."""
    lines = [line.replace("*", "") for line in lines]  # what was bold
    sender = _learned(lines, sender)
    after = next((at for at in range(max(0, len(lines) - 80), len(lines)) if marks.AFTERTHOUGHT.match(lines[at])), None)
    found = None if after is None else _begin(lines[:after], sender)
    return _begin(lines, sender) if found is None else found


def _learned(lines: Sequence[str], sender: Sender) -> Sender:
    """The sender with the name that signs the letter, whose header may tell a firm's or none: a closing stands above it."""
    if len(list(itertools.islice(filter(str.strip, lines), 3))) < 3:
        return sender
    tail = _tail(lines, over_mottos=True)
    for number, at in enumerate(tail[:-2]):
        closing, _, first = lines[at].strip().rpartition(" ")
        if _closes(lines[at]):
            first = lines[tail[number + 1]].strip()
        elif not _closes(closing):
            continue
        below = [lines[place] for place in tail[number + 1 : number + 5]]
        whole = next((line for line in below if _is_whole_name(line) and first in line), None)
        if first and whole is not None and not sender.signs(first):
            return Sender(sender.words | {_plain(word) for word in LETTERS.findall(whole)}, sender.local)
    return sender


def _is_whole_name(line: str) -> bool:
    words = LETTERS.findall(line)
    small = any(map(_is_small, words)) or not _is_whole(line.strip())
    return not small and bool(NAME.fullmatch(line)) and not marks.FIRM.search(line)


def _begin(lines: Sequence[str], sender: Sender) -> int | None:
    tail = _tail(lines)
    start = _first(lines, tail, sender)
    start = _at_card(lines, tail) if start is None else start
    if start is not None or not any(map(str.strip, lines[: tail[0] if tail else None])):
        return start  # found, or nothing is said above
    end = _above_mottos(lines)
    if end < len(lines) and (start := _first(lines, _tail(lines[:end]), sender)) is not None:
        return start if _is_proven(lines[start:end]) else None
    tail = _tail(lines, over_mottos=True)
    start = _first(lines, tail, sender)
    if start is None:
        return None
    motto = next((at for at in tail if at > start and _says(lines[at])), len(lines))
    return start if _is_proven(lines[start:motto]) else None


def _first(lines: Sequence[str], tail: Sequence[int], sender: Sender) -> int | None:
    own = [number for number, at in enumerate(tail) if sender.signs(lines[at])]
    start = _below_closing(lines, tail, own, sender)
    start = _at_own_name(lines, tail, own, sender) if start is None else start
    return None if start is None else _top(lines, start, sender)


def _top(lines: Sequence[str], start: int, sender: Sender) -> int:
    """The first line of the signature's paragraph, where its letter is signed above that: the firm may stand first."""
    gap = next((at for at in range(start - 1, -1, -1) if not lines[at].strip()), -1)
    above = [line for line in lines[max(0, gap - 4) : max(0, gap)] if line.strip()][-2:]
    if gap == start - 1 or len(above) < 1 or any(map(_says, lines[gap + 1 : start])):
        return start
    signed = sender.signs(above[-1]) or _signs_off(above[-1], sender)
    closed = signed and (len(above[-1].split()) == 1 or any(map(_closes, above)) or _signs_off(above[-1], sender))
    inside = lines[gap + 1 : start]
    again = any(_closes(line) or _is_name_of(sender, line) for line in inside)
    return start if again or not closed else gap + 1


def _is_name_of(sender: Sender, line: str) -> bool:
    return sender.is_named_by(line) or (not _is_whole(line) and bool(sender.signs(line)))


def _tail(lines: Sequence[str], over_mottos: bool = False) -> list[int]:
    """The places of the lines with words below the last sentence, in order.

    ``over_mottos``: a sentence with a line of contact right below it may be the firm's, and the tail goes on above it.
    """
    places: list[int] = []
    mottos = MAX_MOTTOS if over_mottos else 0
    for at in range(len(lines) - 1, -1, -1):
        if not lines[at].strip():
            continue
        if len(places) == MAX_TAIL:
            break
        if _says(lines[at]):
            near = [lines[place] for place in places[-3:]]
            reached = any(marks.CONTACT.search(line) or marks.FOLLOW.search(line) for line in near)
            if not (mottos and reached and _is_motto(lines[at])):
                places += [at] if _closes(lines[at]) else []
                break
            mottos -= 1
        places.append(at)
    return places[::-1]


def _above_mottos(lines: Sequence[str]) -> int:
    """Where the sentences begin that end a text and say what a firm is."""
    end = len(lines)
    for _ in range(MAX_MOTTOS):
        last = next((at for at in range(end - 1, 0, -1) if lines[at].strip()), 0)
        if not (last and _says(lines[last]) and _is_motto(lines[last]) and marks.STANDING.search(lines[last])):
            break
        end = last
    return end


def _is_motto(line: str) -> bool:
    """A sentence that nobody says of themselves or asks."""
    asks = marks.ASKS.search(line) or marks.SAID.match(line) or marks.MYSELF.search(line) or FOOTNOTE.match(line)
    return len(line) <= MAX_DETAIL and not asks


def _is_proven(lines: Sequence[str]) -> bool:
    """Whether two lines at least tell what somebody is or where they are found."""
    return sum(map(_is_detail, lines)) + sum(_is_heading(line, 0) for line in lines if not _is_detail(line)) > 1


def _says(line: str) -> bool:
    if marks.PICTURE.match(line):
        return False
    line = max(line.split("|"), key=len)
    asks = line.rstrip().endswith("?") and len(marks.PLAIN_WORD.findall(line)) > 1
    return (
        asks
        or bool(marks.SAID.match(line))
        or is_sentence(line)
        or len(marks.PLAIN_WORD.findall(line)) >= 7
        or bool(FOOTNOTE.match(line))
    )


def _closes(line: str) -> bool:
    """A closing, in one language or two."""
    return all(marks.CLOSING.match(half.strip()) for half in re.split(r"[/|]", line, maxsplit=1))


def _signs_off(line: str, sender: Sender) -> bool:
    """A closing and the sender's name on one line."""
    places = itertools.islice(re.finditer(r"[ \t,;.–-]+(?=[^\W\d_])", line[:80]), 8)
    return any(sender.signs(line[place.end() :]) and _closes(line[: place.start()]) for place in places)


def _may_close(lines: Sequence[str], at: int, name: str, sender: Sender) -> bool:
    """A closing by its shape: a few words with a comma below others, and a name beneath; a few more above their own."""
    line, own = lines[at], sender.signs(name)
    few = len(line.split()) <= (6 if own else 4)
    shaped = line.rstrip().endswith(",") and few and any(above.strip() for above in lines[:at])
    return shaped and bool(own or NAME.fullmatch(name))


def _closes_above(lines: Sequence[str], at: int, sender: Sender) -> bool:
    """Whether few words alone in their paragraph stand above the sender's name, below something that is said.

    With the name behind them they sign the letter, and what is below is the signature's.
    """
    above = [place for place in range(max(0, at - 12), at) if lines[place].strip()]
    if len(above) < 2:
        return False
    last, before = above[-1], above[-2]
    words = lines[last].split()
    few = (
        len(words) <= 4 and not re.search(r"[\d.?:@]", lines[last]) and not (len(words) > 1 and sender.signs(words[-1]))
    )
    return few and before < last - 1 and _says(lines[before])


def _below_closing(lines: Sequence[str], tail: Sequence[int], own: Sequence[int], sender: Sender) -> int | None:
    """Below a closing and a name; where the name comes again in full, there."""
    for number, at in enumerate(tail[:-1]):
        name = tail[number + 1]
        if _signs_off(lines[at], sender):
            goes_on = _closes(lines[name]) or _signs_off(lines[name], sender)
            if not goes_on and (_is_heading(lines[name], 1) or _details(lines, tail[number + 1 :])):
                return name
            continue
        if marks.PICTURE.match(lines[name]) and _closes(lines[at]):
            return name
        closes = _closes(lines[at]) or _may_close(lines, at, lines[name], sender)
        if not closes or not is_name(lines[name]) or _closes(lines[name]):
            continue
        rest = tail[number + 2 :]
        if (
            rest
            and _is_whole_name(lines[rest[0]])
            and _is_told(lines[:at], lines[rest[0]])
            and not sender.signs(lines[rest[0]])
        ):
            continue
        again = next((tail[more] for more in own if tail[more] in rest and sender.is_named_by(lines[tail[more]])), None)
        if _names_with_more(lines[name], sender) and _details(lines, [name, *rest]):
            return name
        if again == name + 1 and lines[name].isupper() and not sender.signs(lines[name]):
            return name  # the firm's name, not the writer's
        next_to = bool(rest) and rest[0] == name + 1 and _is_post(lines[name], lines[rest[0]], sender)
        if next_to:
            return rest[0]
        if again is not None and _details(lines, [place for place in rest if place >= again]):
            firm = [lines[place] for place in rest if place < again]
            goes = not any(map(LINK.search, firm)) and all(_is_detail(line) or _is_heading(line, 0) for line in firm)
            return rest[0] if goes else again
        if _details(lines, rest):
            return rest[0]
    return None


def _at_own_name(lines: Sequence[str], tail: Sequence[int], own: Sequence[int], sender: Sender) -> int | None:
    """At the sender's name, with what they are or how they are found on its line or below."""
    for number in own:
        at, rest = tail[number], tail[number + 1 :]
        above = tail[number - 1] if number else at
        if _asked_for(lines, at) or (number and (_closes(lines[above]) or _may_close(lines, above, lines[at], sender))):
            continue
        if any(_closes(lines[place]) for place in rest) or (rest and _is_listed(lines[at], lines[rest[0]])):
            continue
        closed = _closes_above(lines, at, sender) or _stands_apart(lines, at, rest, sender)
        closed = closed or bool(SIGNED.match(lines[at]))
        behind = HEAD_END.search(lines[at].strip(" \t-–—"))
        beside = bool(behind) and _is_detail(lines[at])
        next_to = (
            bool(rest)
            and rest[0] == at + 1
            and (_is_heading(lines[rest[0]], sender.signs(lines[at])) or _is_detail(lines[rest[0]]))
        )
        # A first name may stand above links that are meant to be read.
        apart = [lines[place] if _is_whole(lines[at]) else LINK.sub("", lines[place]) for place in rest]
        if (next_to or any(map(_is_detail, apart))) and closed and not beside:
            return rest[0]
        if beside or next_to or any(map(_is_detail, apart)):
            return at
    return None


def _is_whole(name: str) -> bool:
    """A name of more than one word, where words have gaps."""
    return len(name.split()) > 1 or bool(HAN.fullmatch(name))


def _names_with_more(line: str, sender: Sender) -> bool:
    """Whether the sender's name and what they are share a line."""
    behind = re.search(r"[|]|[ \t][-–—][ \t]", line)
    return bool(behind and sender.signs(line)) and ("|" in line or bool(marks.TITLE.search(line)))


def _stands_apart(lines: Sequence[str], at: int, rest: Sequence[int], sender: Sender) -> bool:
    """Whether a name ends the letter, and the signature begins below it: a gap, or the name written out again.

    A whole name is the signature's where every line has a gap below it, as word processors leave them.
    """
    if not rest:
        return False
    if not _is_whole(lines[at]):
        return rest[0] > at + 1 or sender.is_named_by(lines[rest[0]])
    gaps = [after - before > 1 for before, after in itertools.pairwise([at, *rest])]
    return gaps[0] and not all(gaps)


def _is_listed(line: str, below: str) -> bool:
    """Whether a name is the first of several people: bullets, or a name with an address below a name with an address."""
    bullets = re.match(r"[ \t]*[-*•–][ \t]", line) and re.match(r"[ \t]*[-*•–][ \t]", below)
    named = NAME.fullmatch(HEAD_END.split(below, maxsplit=1)[0])
    if PERSON_ROW.fullmatch(line) and PERSON_ROW.fullmatch(below):
        return True
    return bool(bullets) or ("@" in line and "@" in below and bool(named) and "|" not in line)


def _at_card(lines: Sequence[str], tail: Sequence[int]) -> int | None:
    """At a name of nobody known, above at least three lines of contact, in a paragraph of its own."""
    for number, at in enumerate(tail[:-3]):
        named = len(lines[at].split()) > 1 and NAME.fullmatch(lines[at])
        apart = at and not lines[at - 1].strip()
        if not named or not apart or _asked_for(lines, at) or _introduced(lines, at, tail[number + 1 :]):
            continue
        contacts = sum(bool(marks.CONTACT.search(lines[place])) for place in tail[number + 1 :])
        if contacts >= 3 and not marks.CLOSING.match(next((x for x in reversed(lines[:at]) if x.strip()), "")):
            return at
    return None


def _introduced(lines: Sequence[str], at: int, rest: Sequence[int]) -> bool:
    """Whether a card is of somebody else: named in the text above it, or a closing stands below."""
    names = set(LETTERS.findall(lines[at].casefold()))
    told = names & {
        word for line in lines[:at] for word in LETTERS.findall(line[:MAX_TOLD].casefold()) if len(word) > 2
    }
    return bool(told) or any(_closes(lines[place]) for place in rest)


def _is_told(lines: Sequence[str], name: str) -> bool:
    """Whether the text speaks of somebody by their whole name."""
    return set(LETTERS.findall(name)) <= {word for line in lines for word in LETTERS.findall(line[:MAX_TOLD])}


def _is_text(line: str) -> bool:
    return bool(line.strip()) and not re.fullmatch(r"[\W_]*", line)


def _asked_for(lines: Sequence[str], at: int) -> bool:
    """Whether a line above announces what follows: then it is said, not signed."""
    paragraph = list(itertools.takewhile(_is_text, reversed(lines[max(0, at - 8) : at])))
    above = next(filter(_is_text, reversed(lines[max(0, at - 12) : at - len(paragraph)])), "")
    return any(map(marks.ANNOUNCED.search, (*paragraph, above)))


def _details(lines: Sequence[str], places: Iterable[int]) -> bool:
    return any(_is_detail(lines[at]) for at in places)


def _is_detail(line: str) -> bool:
    shapes = (marks.CONTACT, marks.PHONE, marks.COMPANY, marks.TITLE, marks.REGISTERED, marks.PICTURE)
    return len(line) <= MAX_DETAIL and any(shape.search(line) for shape in shapes)


def _is_post(name: str, line: str, sender: Sender) -> bool:
    """What somebody is, right below their name: below a whole name in any words that say nothing else."""
    named = sender.signs(name)
    if marks.GOODBYE.match(line):
        return False
    if _is_heading(line, named):
        return True
    whole = named and _is_whole(name)
    few = len(line) < 60 and len(line.split()) <= 6 and not re.search(r"[?!:…]|\d", line)
    return bool(whole and few) and not (marks.MYSELF.search(line) or _closes(line))


def _is_heading(line: str, named: int) -> bool:
    """A title or a firm right below a name: each word that is not small has a capital; one word below a whole name."""
    words = [word for word in LETTERS.findall(line) if len(word) > 3]
    enough = len(line.split()) >= 2 or (named > 1 and not marks.SENTENCE_END.search(line))
    return enough and len(line) < 80 and bool(words) and all(word[0].isupper() for word in words)
