"""Links of a letter led through our own redirect, so that a click is seen (RULES B, MAIL T): a pure rewriting.

A link is left alone when it is no web address, when its tag says so (`data-track="off"`, class or rel `no-track`), or
when `skip` knows it: the way out of the list and one-click answers are never led around. The pixel is only set where
the caller asks for one; it is off by default in the settings.
"""

from __future__ import annotations

import html as markup
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

_ANCHOR = re.compile(r"<[aA]\b((?:\"[^\"]*\"|'[^']*'|[^<>\"'])*)>")
_HREF = re.compile(r"(?<![\w-])(href\s*=\s*)(\"([^\"]*)\"|'([^']*)')", re.I)
_LEAVE = re.compile(r"data-track\s*=\s*[\"']off[\"']|(?:class|rel)\s*=\s*[\"'][^\"']*\bno-track\b", re.I)
_NAME = re.compile(r"(?<![\w-])(?:data-link|name)\s*=\s*[\"']([^\"']{1,80})[\"']", re.I)
_TEXT_URL = re.compile(r"https?://[^\s<>\"'\x00-\x20]+")
_TAIL = ".,;:!?)]}*_"
_BODY_END = re.compile(r"</body\s*>", re.I)


@dataclass(frozen=True, slots=True)
class Link:
    """One tracked target; `name` is what a sequence asks for in `clicked NAME`, where the author gave one."""

    index: int
    url: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Tracked:
    html: str
    text: str
    links: tuple[Link, ...]


def wrap(
    html: str,
    text: str,
    redirect: Callable[[str, int], str],
    *,
    skip: Callable[[str], bool] = lambda url: False,
    pixel: str | None = None,
) -> Tracked:
    """Both parts with `redirect(url, index)` for each web address, and the list of them (one index per URL)."""
    links: dict[str, Link] = {}
    targets: dict[str, str] = {}
    left: set[str] = set()

    def led(url: str, name: str | None) -> str:
        if url not in links:
            links[url] = Link(len(links), url, name)
            targets[url] = redirect(url, links[url].index)
        return targets[url]

    def anchor(match: re.Match[str]) -> str:
        tag = _anchor(match[1])
        if tag is None:
            return match[0]
        if tag.leave or skip(tag.url):
            left.add(tag.url)
            return match[0]
        return f'{tag.before}"{markup.escape(led(tag.url, tag.name), quote=True)}"{tag.after}'

    def bare(match: re.Match[str]) -> str:
        url = match[0].rstrip(_TAIL)
        tail = match[0][len(url) :]
        return match[0] if url in left or skip(url) else led(url, None) + tail

    shown = _ANCHOR.sub(anchor, html)
    plain = _TEXT_URL.sub(bare, text)
    if pixel:
        shown = _with_pixel(shown, pixel)
    return Tracked(shown, plain, tuple(links.values()))


class _Tag(NamedTuple):
    """An <a> that leads to a web address: the tag around its target, and what it says of itself."""

    url: str
    name: str | None
    leave: bool
    before: str
    after: str


@lru_cache(maxsize=1024)
def _anchor(attributes: str) -> _Tag | None:
    """Most tags are the same in every letter of a template."""
    href = _HREF.search(attributes)
    if href is None:
        return None
    url = markup.unescape(href[3] if href[3] is not None else href[4]).strip()
    if not url.lower().startswith(("http://", "https://")):
        return None
    name = _NAME.search(attributes)
    start, end = href.span()
    return _Tag(
        url, markup.unescape(name[1]) if name else None, bool(_LEAVE.search(attributes)),
        f"<a{attributes[:start]}{href[1]}", f"{attributes[end:]}>",
    )  # fmt: skip


def _with_pixel(html: str, url: str) -> str:
    image = f'<img src="{markup.escape(url, quote=True)}" width="1" height="1" alt="" style="display:block;border:0">'
    ends = [match.start() for match in _BODY_END.finditer(html)]
    place = ends[-1] if ends else len(html)
    return html[:place] + image + html[place:]
