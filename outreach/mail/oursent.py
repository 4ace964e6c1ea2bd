"""Drops the words of our own letter from an answer to it, wherever they stand and however they were wrapped.

No library can: it does not know what was sent.  A line goes when its words stand in our letter in that order; a short
one ("Hi Bob,") only when it continues what goes, for anybody may write those.
"""

import re
from collections.abc import Sequence
from typing import Final

GRAM: Final = 5  # words in a row that nobody repeats by chance
LONG_LINE: Final = 12  # letters of a whole line of ours that nobody writes by chance
PLACES: Final = 8  # where a run of words is looked up in our letter


def without_ours(kept: str, sent: str) -> tuple[str, str]:
    """``kept`` without what stands in ``sent``, and what was dropped."""
    ours = _Sent(sent)
    lines = kept.split("\n")
    words = [_words(line) for line in lines]
    places = [ours.place(each) for each in words]
    _take_neighbours(words, places, ours)
    own = [line for line, place in zip(lines, places, strict=True) if place is None]
    dropped = [line for line, place in zip(lines, places, strict=True) if place is not None]
    return "\n".join(own), "\n".join(dropped)


class _Sent:
    """Our letter as one row of words, and where its runs and lines begin."""

    def __init__(self, sent: str) -> None:
        self.words: list[str] = []
        self.begins: dict[tuple[str, ...], list[int]] = {}
        lines: dict[str, int] = {}
        for line in sent.split("\n"):
            row = _words(line)
            if len(" ".join(row)) >= LONG_LINE:
                lines.setdefault(" ".join(row), len(self.words))
            self.words.extend(row)
        self.lines = lines
        for at in range(len(self.words) - GRAM + 1):
            begins = self.begins.setdefault(tuple(self.words[at : at + GRAM]), [])
            if len(begins) < PLACES:
                begins.append(at)

    def place(self, row: Sequence[str]) -> int | None:
        """Where a line's words stand in the letter; none when they do not, or are too few to tell."""
        if not row:
            return None
        if (line := self.lines.get(" ".join(row))) is not None:
            return line
        return next((at for at in self.begins.get(tuple(row[:GRAM]), ()) if self.has(row, at)), None)

    def has(self, row: Sequence[str], at: int) -> bool:
        return at >= 0 and self.words[at : at + len(row)] == list(row)


def _take_neighbours(words: Sequence[Sequence[str]], places: list[int | None], ours: _Sent) -> None:
    """Marks the lines beside a dropped one that our letter has there too, over empty lines, up and down."""
    for order in (1, -1):
        last: tuple[int, int] | None = None
        for at in range(len(words))[::order]:
            place, row = places[at], words[at]
            if place is None and row and last is not None:
                expected = last[1] if order == 1 else last[0] - len(row)
                place = places[at] = expected if ours.has(row, expected) else None
            if row:
                last = (place, place + len(row)) if place is not None else None


def _words(text: str) -> list[str]:
    return re.sub(r"https?://\S{1,2000}|[^\w\s]+", " ", text.lower()).split()
