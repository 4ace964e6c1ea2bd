"""A letter's text as a frame with fields: what is done with a frame is done once for all letters that have it.

A framed text is a text like any other. Who rewrites or encodes many letters of one template works on the `frame` (and may
keep what comes of it: it holds no word of a person), then puts in the `fields`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import cast

FIELD = "\x00"
"""Stands for a field while a frame is read as one text; no word of a template holds it."""


class Frame:
    """A template's own words, in order; None where a field of the letter stands. Known by its identity."""

    __slots__ = ("_places", "words")

    def __init__(self, words: tuple[str | None, ...]) -> None:
        self.words = words
        self._places = [place for place, part in enumerate(words) if part is None]

    def filled(self, fields: Sequence[str]) -> str:
        """The text with as many fields as there are places."""
        whole: list[str | None] = [*self.words]
        for place, field in zip(self._places, fields, strict=True):
            whole[place] = field
        return "".join(cast("list[str]", whole))

    @property
    def marked(self) -> str:
        """The words as one text, with FIELD in each place."""
        return self.filled([FIELD] * len(self._places))


def read(marked: str) -> Frame:
    """The frame of a text with FIELD in each place."""
    first, *others = marked.split(FIELD)
    return Frame((first, *(part for words in others for part in (None, words))))


@lru_cache(maxsize=1024)
def frame_of(words: tuple[str | None, ...]) -> Frame:
    """The one frame of these words, so that what is kept for it is found again."""
    return Frame(words)


class Framed(str):
    """A text that knows its frame: with the fields put in, that is the text."""

    __slots__ = ("fields", "frame")
    frame: Frame
    fields: Sequence[str]

    def __new__(cls, frame: Frame, fields: Sequence[str]) -> Framed:
        text = super().__new__(cls, frame.filled(fields))
        text.frame, text.fields = frame, fields
        return text


WHOLE = Frame((None,))
"""The frame of a text of which nothing is known."""


def framed(text: str) -> Framed:
    """A text with its frame; one that has none is a single field."""
    return text if isinstance(text, Framed) else Framed(WHOLE, (text,))
