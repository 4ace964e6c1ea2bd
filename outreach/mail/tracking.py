"""Links of a letter led through our own redirect, so that a click is seen (RULES B, MAIL T): a pure rewriting.

A link is left alone when it is no web address, when its tag says so (`data-track="off"`, class or rel `no-track`), or
when `skip` knows it: the way out of the list and one-click answers are never led around. The pixel is only set where
the caller asks for one; it is off by default in the settings.
"""

from __future__ import annotations

import html as markup
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from outreach.mail.framed import Frame, Framed, framed

_ANCHOR = re.compile(r"<[aA]\b((?:\"[^\"]*\"|'[^']*'|[^<>\"'])*)>")
_HREF = re.compile(r"(?<![\w-])(href\s*=\s*)(\"([^\"]*)\"|'([^']*)')", re.I)
_LEAVE = re.compile(r"data-track\s*=\s*[\"']off[\"']|(?:class|rel)\s*=\s*[\"'][^\"']*\bno-track\b", re.I)
_NAME = re.compile(r"(?<![\w-])(?:data-link|name)\s*=\s*[\"']([^\"']{1,80})[\"']", re.I)
_TEXT_URL = re.compile(r"https?://[^\s<>\"'\x00-\x20]+")
_TAIL = ".,;:!?)]}*_"
_BODY_END = re.compile(r"</body\s*>", re.I)
_FIELD = "\x00"
"""Stands for a field while a frame is read."""
_MARKUP = re.compile(r"[<>\"'\x00]")


class Link(NamedTuple):
    """One tracked target."""

    url: str
    name: str = ""
    """What a sequence asks for in `clicked NAME`, where the author gave one."""
    common: bool = False
    """The template says it, to everybody alike."""


class _Tag(NamedTuple):
    """The value of an href, what its tag says of it, and the fields inside of value and name."""

    href: str
    name: str
    leave: bool
    href_fields: range
    name_fields: range
    link: Link | None
    """Where it leads, when no field is needed to know that."""


class _Pixel(NamedTuple):
    """The place of the pixel."""


_Step = str | int | _Tag | _Pixel
"""What comes next in a text: words, the field of this number, the value of an href, the pixel."""


def wrap(
    html: str,
    text: str,
    redirect: Callable[[Link], str],
    *,
    skip: Callable[[str], bool] = lambda url: False,
    pixel: str | None = None,
) -> tuple[Framed, str]:
    """HTML and text with what `redirect` makes of each web address; it is asked once an address."""
    targets: dict[str, str] = {}
    left: set[str] = set()

    def led(link: Link) -> str:
        if link.url not in targets:
            targets[link.url] = redirect(link)
        return targets[link.url]

    def href(tag: _Tag) -> str:
        value = _with_fields(tag.href, tag.href_fields, given.fields)
        link = tag.link or _link(value, _with_fields(tag.name, tag.name_fields, given.fields))
        if link is None:
            return value
        if tag.leave or skip(link.url):
            left.add(link.url)
            return value
        return markup.escape(led(link))

    def shown(step: _Step) -> str:
        if isinstance(step, _Tag):
            return href(step)
        if isinstance(step, int):
            return given.fields[step]
        return step if isinstance(step, str) else _image(pixel or "")

    def bare(match: re.Match[str]) -> str:
        url = match[0].rstrip(_TAIL)
        tail = match[0][len(url) :]
        return match[0] if url in left or skip(url) else led(Link(url)) + tail

    given = framed(html)
    if any(given.frame) and not _MARKUP.search("".join(given.fields)):
        frame, steps = _plan(given.frame, pixel is not None)
    else:
        steps = _steps(html.replace(_FIELD, ""), pixel is not None, common=False)
        frame = (None,) * len(steps)
    return Framed(frame, [shown(step) for step in steps]), _TEXT_URL.sub(bare, text)


@lru_cache(maxsize=256)
def _plan(frame: Frame, pixel: bool) -> tuple[Frame, tuple[_Step, ...]]:
    """The same frame with its links as holes too, and what goes into each hole."""
    steps = _steps("".join(_FIELD if words is None else words for words in frame), pixel, common=True)
    return (
        tuple(step if isinstance(step, str) else None for step in steps),
        tuple(step for step in steps if not isinstance(step, str)),
    )


def _steps(marked: str, pixel: bool, *, common: bool) -> tuple[_Step, ...]:
    """A text in which _FIELD stands for each field, read once from its beginning to its end."""
    steps: list[_Step] = []

    def numbers(start: int, end: int) -> range:
        return range(marked.count(_FIELD, 0, start), marked.count(_FIELD, 0, end))

    def add(start: int, end: int) -> None:
        first, *others = marked[start:end].split(_FIELD)
        steps.append(first)
        for number, words in zip(numbers(start, end), others, strict=True):
            steps.extend((number, words))

    last = 0
    for anchor in _ANCHOR.finditer(marked):
        inside = anchor.span()
        found = _HREF.search(marked, *inside)
        if found is None:
            continue
        value = found.span(3 if found[3] is not None else 4)
        named = _NAME.search(marked, *inside)
        name, within = (named[1], numbers(*named.span(1))) if named else ("", range(0))
        tag = _Tag(marked[slice(*value)], name, bool(_LEAVE.search(marked, *inside)), numbers(*value), within, None)
        if not (tag.href_fields or tag.name_fields):
            tag = tag._replace(link=_link(tag.href, tag.name, common=common))
            if tag.link is None:
                continue
        add(last, value[0])
        steps.append(tag)
        last = value[1]
    add(last, len(marked))
    return tuple(_with_pixel(steps) if pixel else steps)


def _link(href: str, name: str, *, common: bool = False) -> Link | None:
    """None where the tag leads nowhere on the web."""
    url = markup.unescape(href).strip()
    return Link(url, markup.unescape(name), common) if url.lower().startswith(("http://", "https://")) else None


def _with_fields(words: str, numbers: range, fields: Sequence[str]) -> str:
    if not numbers:
        return words
    first, *others = words.split(_FIELD)
    return first + "".join(fields[number] + part for number, part in zip(numbers, others, strict=True))


def _with_pixel(steps: list[_Step]) -> list[_Step]:
    """Last in the body; behind everything where no body ends."""
    for place in range(len(steps) - 1, -1, -1):
        step = steps[place]
        if isinstance(step, str) and (ends := list(_BODY_END.finditer(step))):
            cut = ends[-1].start()
            return [*steps[:place], step[:cut], _Pixel(), step[cut:], *steps[place + 1 :]]
    return [*steps, _Pixel()]


def _image(url: str) -> str:
    return f'<img src="{markup.escape(url)}" width="1" height="1" alt="" style="display:block;border:0">'
