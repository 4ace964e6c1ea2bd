"""Links of a letter led through our own redirect, so that a click is seen (RULES B, MAIL T): a pure rewriting.

A link is left alone when it is no web address, when its tag says so (`data-track="off"`, class or rel `no-track`), or
when `skip` knows it: the way out of the list and one-click answers are never led around. The pixel is only set where
the caller asks for one; it is off by default in the settings.
"""

from __future__ import annotations

import html as markup
import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from outreach.mail.framed import FIELD, Frame, Framed, frame_of, framed, read

_ANCHOR = re.compile(r"<[aA]\b((?:\"[^\"]*\"|'[^']*'|[^<>\"'])*)>")
_HREF = re.compile(r"(?<![\w-])(href\s*=\s*)(\"([^\"]*)\"|'([^']*)')", re.I)
_LEAVE = re.compile(r"data-track\s*=\s*[\"']off[\"']|(?:class|rel)\s*=\s*[\"'][^\"']*\bno-track\b", re.I)
_NAME = re.compile(r"(?<![\w-])(?:data-link|name)\s*=\s*[\"']([^\"']{1,80})[\"']", re.I)
_TEXT_URL = re.compile(r"https?://[^\s<>\"'\x00-\x20]+")
_TAIL = ".,;:!?)]}*_"
_UNBROKEN = re.compile(r"[^\s<>\"'\x01-\x20]+")
"""What one address in a text, and the fields in it, are part of."""
_BODY_END = re.compile(r"</body\s*>", re.I)
_MARKUP = re.compile(r"[<>\"'\x00]")


SEEN, STOP = "We can see that this letter was opened.", "Stop that"
_SMALL = "margin:0;padding:12px 16px 20px;font:12px/1.5 Helvetica,Arial,sans-serif;color:#68706c;text-align:center"


class Pixel(NamedTuple):
    """A picture that tells of opening, and the page where its reader stops that (MAIL T1)."""

    url: str
    stop: str


class Link(NamedTuple):
    """One tracked target."""

    url: str
    name: str = ""
    """What a sequence asks for in `clicked NAME`, where the author gave one."""
    common: bool = False
    """The template says it, to everybody alike."""


class _Tag(NamedTuple):
    """The value of an href, what its tag says of it, and which of the text's fields stand in both."""

    href: Frame
    name: Frame
    leave: bool
    href_fields: slice
    name_fields: slice
    link: Link | None
    """Where it leads, when no field is needed to know that."""


class _Bare(NamedTuple):
    """An address in a text part that is the template's own, and the signs around it."""

    before: str
    link: Link
    after: str


class _Run(NamedTuple):
    """Unbroken signs of a text part: with the fields in it that may be an address, or several."""

    words: Frame
    fields: slice


class _Place(NamedTuple):
    """The place of the pixel."""


_Step = str | int | _Tag | _Place
"""What comes next in a text: words, the field of this number, the value of an href, the pixel."""


def wrap(
    html: str,
    text: str,
    redirect: Callable[[Link], str],
    *,
    skip: Callable[[str], bool] = lambda url: False,
    pixel: Pixel | None = None,
) -> tuple[Framed | str, Framed | str]:
    """HTML and text with what `redirect` makes of each web address; it is asked once an address. With a pixel both parts say so,
    and how to stop it, whatever template they are of."""
    targets: dict[str, str] = {}
    left: set[str] = set()

    def led(link: Link) -> str:
        if link.url not in targets:
            targets[link.url] = redirect(link)
        return targets[link.url]

    def href(tag: _Tag) -> str:
        link = tag.link or _link(
            tag.href.filled(given.fields[tag.href_fields]), tag.name.filled(given.fields[tag.name_fields])
        )
        if link is not None and not tag.leave and not skip(link.url):
            return markup.escape(led(link))
        if link is not None:
            left.add(link.url)
        return tag.href.filled(given.fields[tag.href_fields])

    def shown(step: str | _Tag | _Place) -> str:
        if isinstance(step, _Tag):
            return href(step)
        return step if isinstance(step, str) else _image(pixel) if pixel else ""

    def run(step: _Bare | _Run) -> str:
        if isinstance(step, _Bare):
            return f"{step.before}{bare(step.link)}{step.after}"
        words = step.words.filled(written.fields[step.fields])
        return _TEXT_URL.sub(found, words) if "://" in words else words

    def found(address: re.Match[str]) -> str:
        url = address[0].rstrip(_TAIL)
        return bare(Link(url)) + address[0][len(url) :]

    def bare(link: Link) -> str:
        return link.url if link.url in left or skip(link.url) else led(link)

    given = framed(html)
    plan = None if _MARKUP.search("".join(given.fields)) else _plan(given.frame, pixel is not None)
    if plan:
        frame, steps = plan
    else:
        steps = _steps(html.replace(FIELD, ""), pixel is not None, common=False)
        frame = frame_of((None,) * len(steps))
    done = Framed(frame, [given.fields[step] if isinstance(step, int) else shown(step) for step in steps])
    written = framed(text)
    frame, runs = _text_plan(written.frame)
    words = Framed(frame, [run(step) for step in runs])
    return done, f"{words.rstrip()}\n\n{SEEN} {STOP}: {pixel.stop}\n" if pixel else words


@lru_cache(maxsize=256)
def _plan(frame: Frame, pixel: bool) -> tuple[Frame, tuple[_Step, ...]] | None:
    """The same frame with its links as holes too, and what goes into each hole; None where only the fields tell."""
    marked = frame.marked
    if marked == FIELD or f"<a{FIELD}" in marked.lower():
        return None
    steps = _steps(marked, pixel, common=True)
    return (
        frame_of(tuple(step if isinstance(step, str) else None for step in steps)),
        tuple(step for step in steps if not isinstance(step, str)),
    )


@lru_cache(maxsize=256)
def _text_plan(frame: Frame) -> tuple[Frame, tuple[_Bare | _Run, ...]]:
    """The frame of a text part with all that may be an address as holes, and what goes into each hole."""
    whole = frame.marked
    words: list[str | None] = []
    runs: list[_Bare | _Run] = []
    last = 0
    for found in _UNBROKEN.finditer(whole):
        address = _TEXT_URL.search(found[0])
        if FIELD in found[0]:
            runs.append(_Run(read(found[0]), _numbers(whole, *found.span())))
        elif address:
            url = address[0].rstrip(_TAIL)
            runs.append(_Bare(found[0][: address.start()], Link(url, common=True), address[0][len(url) :]))
        else:
            continue
        words += [whole[last : found.start()], None]
        last = found.end()
    return frame_of((*words, whole[last:])), tuple(runs)


def _numbers(whole: str, start: int, end: int) -> slice:
    """The fields between two places of a text in which FIELD stands for each."""
    return slice(whole.count(FIELD, 0, start), whole.count(FIELD, 0, end))


def _steps(whole: str, pixel: bool, *, common: bool) -> tuple[_Step, ...]:
    """A text in which FIELD stands for each field, read once from its beginning to its end."""
    steps: list[_Step] = []

    def add(start: int, end: int) -> None:
        first, *others = whole[start:end].split(FIELD)
        steps.append(first)
        for number, words in enumerate(others, _numbers(whole, start, end).start):
            steps.extend((number, words))

    last = 0
    for anchor in _ANCHOR.finditer(whole):
        inside = anchor.span()
        found = _HREF.search(whole, *inside)
        if found is None:
            continue
        value = found.span(3 if found[3] is not None else 4)
        named = _NAME.search(whole, *inside)
        naming = named.span(1) if named else (0, 0)
        href, name = whole[slice(*value)], whole[slice(*naming)]
        link = None
        if FIELD not in href + name:
            link = _link(href, name, common=common)
            if link is None:
                continue
        leave = bool(_LEAVE.search(whole, *inside))
        at = _numbers(whole, *value), _numbers(whole, *naming)
        add(last, value[0])
        steps.append(_Tag(read(href), read(name), leave, *at, link))
        last = value[1]
    add(last, len(whole))
    return tuple(_with_pixel(steps) if pixel else steps)


def _link(href: str, name: str, *, common: bool = False) -> Link | None:
    """None where the tag leads nowhere on the web."""
    url = markup.unescape(href).strip()
    return Link(url, markup.unescape(name), common) if url.lower().startswith(("http://", "https://")) else None


def _with_pixel(steps: list[_Step]) -> list[_Step]:
    """Last in the body; behind everything where no body ends."""
    for place in range(len(steps) - 1, -1, -1):
        step = steps[place]
        if isinstance(step, str) and (ends := list(_BODY_END.finditer(step))):
            cut = ends[-1].start()
            return [*steps[:place], step[:cut], _Place(), step[cut:], *steps[place + 1 :]]
    return [*steps, _Place()]


def _image(pixel: Pixel) -> str:
    seen = f'<img src="{markup.escape(pixel.url)}" width="1" height="1" alt="" style="display:block;border:0">'
    stop = f'<a href="{markup.escape(pixel.stop)}" style="color:#68706c">{STOP}</a>'
    return f'<p style="{_SMALL}">{SEEN} {stop}</p>{seen}'
