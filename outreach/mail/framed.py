"""A letter's text as a frame with fields: what is done with a frame is done once for all letters that have it.

A framed text is a text like any other. Who rewrites or encodes many letters of one template works on the `frame` (and may
keep what comes of it: it holds no word of a person), then puts in the `fields`.
"""

from collections.abc import Sequence
from functools import lru_cache

Frame = tuple[str | None, ...]
"""A template's own words, in order; None where a field of the letter stands."""


class Framed(str):
    """A text that knows its frame: with the fields put in, that is the text."""

    frame: Frame
    fields: Sequence[str]

    def __new__(cls, frame: Frame, fields: Sequence[str]) -> "Framed":
        text = super().__new__(cls, "".join(filled(frame, fields)))
        text.frame, text.fields = frame, fields
        return text


def framed(text: str) -> Framed:
    """A text with its frame; one that has none is a single field."""
    return text if isinstance(text, Framed) else Framed((None,), (text,))


@lru_cache(maxsize=1024)
def holes(frame: Frame) -> tuple[int, ...]:
    """The places of a frame where fields stand."""
    return tuple(place for place, words in enumerate(frame) if words is None)


def filled(frame: Frame, fields: Sequence[str]) -> list[str]:
    """The frame with its fields in their places."""
    whole = [words or "" for words in frame]
    for place, field in zip(holes(frame), fields, strict=True):
        whole[place] = field
    return whole
