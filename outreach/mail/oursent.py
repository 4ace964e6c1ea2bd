"""Drops the words of our own letter from an answer to it, wherever they stand and however they were wrapped.

No library can: it does not know what was sent.  A line goes when its words stand in our letter in that order; a short
one ("Hi Bob,") only when it continues what goes, for anybody may write those.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

GRAM: Final = 5  # words in a row that nobody repeats by chance
LONG_LINE: Final = 18  # letters of a whole line of ours, of at least four words, that nobody writes by chance
PLACES: Final = 8  # where a run of words is looked up in our letter
LINK: Final = re.compile(r"https?://\S{1,2000}")


def without_ours(kept: str, sent: str) -> tuple[str, str]:
    """``kept`` without what stands in ``sent``, and what was dropped."""
    ours = _Sent(sent)
    lines = kept.split("\n")
    words = [_words(line) for line in lines]
    places = [ours.place(each) for each in words]
    _take_pairs(words, places, ours)
    for order in (1, -1):
        _take_neighbours(lines, words, places, ours, order)
    own = [line for line, place in zip(lines, places, strict=True) if place is None]
    dropped = [line for line, place in zip(lines, places, strict=True) if place is not None]
    return "\n".join(own), "\n".join(dropped)


class _Sent:
    """Our letter as one row of words, and where its runs and lines begin."""

    def __init__(self, sent: str) -> None:
        self.words: list[str] = []
        self.begins: dict[tuple[str, ...], list[int]] = {}
        self.lines: dict[tuple[str, ...], int] = {}
        for line in sent.split("\n"):
            row = _words(line)
            if len(row) >= GRAM - 1 and sum(map(len, row)) >= LONG_LINE:
                self.lines.setdefault(tuple(row), len(self.words))
            self.words.extend(row)
        for length in (2, GRAM):
            for at in range(len(self.words) - length + 1):
                begins = self.begins.setdefault(tuple(self.words[at : at + length]), [])
                if len(begins) < PLACES:
                    begins.append(at)
        self.vocabulary = frozenset(self.words)

    def place(self, row: Sequence[str]) -> int | None:
        """Where a line's words stand in the letter; none when they do not, or are too few to tell."""
        if (line := self.lines.get(tuple(row))) is not None:
            return line
        if len(row) < GRAM:
            return None
        whole = self.find(row, GRAM)
        if whole is None and self.vocabulary.issuperset(row):  # links read otherwise in HTML
            return self.find(row[: max(GRAM, len(row) * 2 // 3)], GRAM)
        return whole

    def find(self, row: Sequence[str], length: int) -> int | None:
        """The first place of words, looked up by so many of the first."""
        return next((at for at in self.begins.get(tuple(row[:length]), ()) if self.has(row, at)), None)

    def has(self, row: Sequence[str], at: int) -> bool:
        """Whether the letter has these words there."""
        return at >= 0 and self.words[at : at + len(row)] == list(row)


def _take_pairs(words: Sequence[Sequence[str]], places: list[int | None], ours: _Sent) -> None:
    """Marks two short lines that follow each other in our letter too: a closing and a name below an answer in between."""
    filled = [at for at, row in enumerate(words) if row]
    for first, second in pairwise(filled):
        both = [*words[first], *words[second]]
        if places[first] is not None or len(both) < GRAM - 1 or sum(map(len, both)) < LONG_LINE:
            continue
        place = ours.find(both, 2)
        if place is not None:
            places[first], places[second] = place, place + len(words[first])


def _take_neighbours(
    lines: Sequence[str], words: Sequence[Sequence[str]], places: list[int | None], ours: _Sent, order: int
) -> None:
    """Marks the lines beside a dropped one that our letter has there too, over empty lines, down (1) or up (-1)."""
    last: tuple[int, int] | None = None  # where the words of the neighbour begin and end in the letter
    for at in range(len(words))[::order]:
        place, row = places[at], words[at]
        if place is None and last is not None:
            expected = last[1] if order == 1 else last[0] - len(row)
            if ours.has(row, expected) if row else LINK.search(lines[at]):
                place = places[at] = expected
        if row:
            last = (place, place + len(row)) if place is not None else None


def _words(text: str) -> list[str]:
    return re.sub(rf"{LINK.pattern}|[^\w\s]+", " ", text.lower()).split()
