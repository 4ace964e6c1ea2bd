"""MJML into HTML that still holds its merge tags (UI.md 4): compiled once per template, merged once per lead.

MRML is fast and merciless: it dies of deep nesting, refuses CRLF and `a < b`, and names no lines. So the steps are:
(1) normalise line ends; (2) put the shared blocks in and a bare body into the layout; (3) look for faults, with their
lines; (4) turn `show-if` into conditions; (5) set merge tags aside; (6) compile; (7) put the tags back.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from inscriptis import get_text
from inscriptis.model.config import ParserConfig
from mjml import mjml2html

from outreach.mail import templating
from outreach.mail.templating import TemplateError

MAX_SIZE = 400_000  # bytes after the shared blocks are in
MAX_DEPTH = 80  # MRML recurses: some 2,000 levels kill the process, no exception
MAX_INCLUDES = 5
LAYOUT = "_layout.mjml"
SLOT = "body"  # <mj-include path="body" /> in the layout is where a letter without <mjml> goes

_MERGE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.S)
_TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]*)((?:\"[^\"]*\"|'[^']*'|[^<>\"'/]|/(?!>))*)(/?)>")
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_STYLE = re.compile(r"(<mj-style[^<>]*>)(.*?)(</mj-style>)", re.S)
_ATTRIBUTES = re.compile(r"<mj-attributes.*?</mj-attributes>", re.S)
_GAP = re.compile(r"(</?mj(?:ml|-[\w-]+)\b(?:\"[^\"]*\"|'[^']*'|[^<>\"'])*>)\s+(?=<)")
_INCLUDE = re.compile(r"<mj-include\b[^<>]{0,300}?\bpath=\"([^\"<>]{1,200})\"[^<>]{0,300}?(?:/>|>\s*</mj-include>)")
_SHOW_IF = re.compile(r"\sshow-if=\"([^\"]*)\"")
_KEPT = re.compile(r"@@J(\d+)@@")
_CHOICE = re.compile(r"\A\s*<!--\s*layout:\s*([\w-]{1,40})\s*-->\s*")
_VOID = frozenset(["br", "hr", "img", "input", "meta", "link", "col", "area", "source", "wbr"])
_BLOCKS = frozenset([
    "mjml", "mj-head", "mj-body", "mj-include", "mj-attributes", "mj-all", "mj-class", "mj-breakpoint", "mj-font",
    "mj-preview", "mj-style", "mj-title", "mj-accordion", "mj-accordion-element", "mj-accordion-text",
    "mj-accordion-title", "mj-button", "mj-carousel", "mj-carousel-image", "mj-column", "mj-divider", "mj-group",
    "mj-hero", "mj-image", "mj-navbar", "mj-navbar-link", "mj-raw", "mj-section", "mj-social", "mj-social-element",
    "mj-spacer", "mj-table", "mj-text", "mj-wrapper",
])  # fmt: skip
_PAIRS = (
    ("<!--", "-->", "A comment is not closed"),
    ("<mj-style", "</mj-style>", "<mj-style> is not closed"),
    ("<mj-attributes", "</mj-attributes>", "<mj-attributes> is not closed"),
)
_DEAD = frozenset(["script", "iframe", "object", "embed", "applet"])
_RUNS = re.compile(r"\b(?:href|src|action|background|background-url)\s*=\s*(?:[\"']\s*)?(javascript|vbscript):", re.I)
_HEAD = re.compile(r"<mj-head\b.*?</mj-head>", re.S)
_LINKED = frozenset(["mj-button", "mj-navbar-link", "mj-social-element"])
_TEXTUAL = {"mj-text": "div", "mj-table": "table", "mj-accordion-title": "div", "mj-accordion-text": "div"}
_TEXT_PART = ParserConfig(display_links=True, display_anchors=False)


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault in a template where its author can find it; line and column count from 1."""

    line: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag and its place; `attributes` as written, merge tags blanked at equal length."""

    start: int
    end: int
    closes: bool
    name: str
    attributes: str
    alone: bool


class _Fault(Exception):
    """A fault at a place in the source; becomes a Problem or a TemplateError."""

    def __init__(self, place: int, message: str) -> None:
        super().__init__(message)
        self.place = place
        self.message = message


def compile_mjml(source: str, includes: Mapping[str, str]) -> str:
    """HTML with the merge tags still in it; `includes` are the shared blocks by name, `_layout.mjml` among them.

    Raises TemplateError with the line in `source` where that is known.
    """
    return _compile(source, tuple(sorted(includes.items())))


def lint(source: str, includes: Mapping[str, str] | None = None) -> list[Problem]:
    """What is wrong with a template, by line and column; without `includes` the shared blocks are not looked up."""
    text = _unix(source)
    try:
        _check(text)
        _check_dead(text)
        text = _normalise(source)
        _check_merge_tags(text)
    except _Fault as fault:
        return [_problem(text, fault)]
    except TemplateError as fault:
        return [Problem(fault.line or 1, 1, fault.message)]
    if includes is None:
        return []
    try:
        compile_mjml(source, includes)
    except TemplateError as fault:
        return [Problem(fault.line or 1, 1, fault.message)]
    return []


def tags(source: str) -> list[Tag]:
    """Every tag of a source without CRs with its place; raises TemplateError where they do not fit together."""
    try:
        _check(source)
    except _Fault as fault:
        problem = _problem(source, fault)
        raise TemplateError(problem.line, problem.message) from fault
    return list(_tags(_bare(source)))


def with_conditions(source: str) -> str:
    """A source that can be asked what it prints: each show-if is the {% if %} that it will be. A broken one stays as it is."""
    try:
        return _conditions(_unix(source))
    except _Fault:
        return source


def text_of(merged: str) -> str:
    """The text part for a letter that brings none: what the HTML says, links beside their words."""
    lines = [line.rstrip() for line in get_text(merged, _TEXT_PART).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def words_of(source: str, includes: Mapping[str, str]) -> str | None:
    """The text part's template, with the merge tags still in it: read once from the MJML instead of from each letter.

    None where a choice or a loop would not keep its place (`text_of` then reads each finished letter).
    """
    return _words(source, tuple(sorted(includes.items())))


@lru_cache(maxsize=256)
def _words(source: str, includes: tuple[tuple[str, str], ...]) -> str | None:
    blocks = dict(includes)
    try:
        whole = _conditions(_expand(_in_layout(_normalise(_unix(source)), blocks), blocks, 0))
    except _Fault:
        return None
    kept: list[str] = []

    def set_aside(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f"@@J{len(kept) - 1}@@"

    body = _STYLE.sub("", _COMMENT.sub("", _HEAD.sub("", whole)))
    body = _MERGE.sub(set_aside, body.replace("@@J", "@ @J"))
    text = text_of(_TAG.sub(_plain_tag, body))
    found = [int(number) for number in _KEPT.findall(text)]
    choices = [number for number, tag in enumerate(kept) if tag.startswith("{%")]
    if [number for number in found if kept[number].startswith("{%")] != choices:
        return None
    words = _KEPT.sub(lambda m: kept[int(m[1])], "\n".join(line.strip() for line in text.split("\n")))
    try:
        templating.check(words)
    except TemplateError:
        return None
    return words


def _plain_tag(match: re.Match[str]) -> str:
    """A building block as the HTML that says the same without any layout."""
    closes, name, attributes = match[1], match[2].lower(), match[3]
    if not name.startswith("mj"):
        return match[0]
    if name in _LINKED:
        return "</a></div>" if closes else f"<div><a{attributes}>"
    if name in _TEXTUAL:
        return f"<{closes}{_TEXTUAL[name]}>"
    return "\n" if name in ("mj-raw",) else "<div></div>"


@lru_cache(maxsize=256)
def _compile(source: str, includes: tuple[tuple[str, str], ...]) -> str:
    blocks = dict(includes)
    own = _unix(source)
    try:
        _check(own)
        own = _normalise(own)
        _check_merge_tags(own)
        whole = _expand(_in_layout(own, blocks), blocks, 0)
    except _Fault as fault:
        raise TemplateError(_problem(own, fault).line, fault.message) from fault
    shift = None if own is not whole and "<mj-include" in own else whole.count("\n", 0, max(whole.find(own), 0))
    try:
        _check(whole)
        return _to_html(_conditions(whole))
    except _Fault as fault:
        line = _problem(whole, fault).line
        raise TemplateError(line - shift if shift is not None and line > shift else None, fault.message) from fault


def _unix(source: str) -> str:
    return source.replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", "")


def _normalise(source: str) -> str:
    """LF only, no byte order mark; inside merge tags and styles what an HTML editor escaped is itself again."""
    text = _unix(source)
    _check_ends(text)
    text = _MERGE.sub(
        lambda m: html.unescape(m[0]).replace("\xa0", " ") if "&" in m[0] or "\xa0" in m[0] else m[0], text
    )
    return _STYLE.sub(lambda m: m[1] + html.unescape(m[2]) + m[3], text)


def _in_layout(source: str, blocks: Mapping[str, str]) -> str:
    """A letter that is only a body goes into the layout; one that brings its own <mjml> stays as it is.

    A first line `<!-- layout: personal -->` chooses `_personal.mjml` instead of the usual one.
    """
    if "<mjml" in source:
        return source
    choice = _CHOICE.match(source)
    name = f"_{choice[1]}.mjml" if choice else LAYOUT
    layout = blocks.get(name)
    if layout is None:
        raise _Fault(0, f"The letter has no <mjml>, and there is no layout {name}")
    return _INCLUDE.sub(lambda m: source if m[1] == SLOT else m[0], _normalise(layout))


def _expand(source: str, blocks: Mapping[str, str], depth: int) -> str:
    """Our own includes: MRML's loader loses the width of the container."""

    def block(match: re.Match[str]) -> str:
        if depth >= MAX_INCLUDES:
            raise _Fault(0, "Shared blocks include each other")
        if match[1] not in blocks:
            raise _Fault(match.start(), f"There is no shared block {match[1]!r}")
        return _expand(_normalise(blocks[match[1]]).strip(), blocks, depth + 1)

    whole = _INCLUDE.sub(block, source)
    if len(whole) > MAX_SIZE:
        raise _Fault(0, f"The template is larger than {MAX_SIZE // 1000} kB with its shared blocks")
    return whole


def _check(source: str) -> None:
    """Size, then tags one after another: known, closed, in order, not too deep. The first fault is raised."""
    if len(source.encode("utf-8", "replace")) > MAX_SIZE:
        raise _Fault(0, f"The template is larger than {MAX_SIZE // 1000} kB")
    _check_ends(source)
    open_tags: list[Tag] = []
    for tag in _tags(_bare(source)):
        if tag.name.startswith("mj") and tag.name not in _BLOCKS:
            raise _Fault(tag.start, f"There is no <{tag.name}>")
        if tag.name in _VOID or tag.alone:
            continue
        if tag.closes:
            _close(open_tags, tag)
        else:
            open_tags.append(tag)
            if len(open_tags) > MAX_DEPTH:
                raise _Fault(tag.start, f"Nested deeper than {MAX_DEPTH} levels")
    if open_tags:
        raise _Fault(open_tags[-1].start, f"<{open_tags[-1].name}> is not closed")


def _check_dead(source: str) -> None:
    """What no mail program runs; filters refuse letters that hold it."""
    for tag in _tags(_bare(source)):
        if tag.name in _DEAD and not tag.closes:
            raise _Fault(tag.start, f"No mail program runs <{tag.name}>, and filters refuse such letters: take it out")
    if link := _RUNS.search(source):
        raise _Fault(
            link.start(), f"A link cannot run {link[1].lower()}: give an address that begins with https:// or mailto"
        )


def _check_ends(source: str) -> None:
    """What opens also closes: everything that reads up to an end would read the rest again and again without one."""
    templating.closed(source)
    for opening, closing, words in _PAIRS:
        last = source.rfind(opening)
        if last > source.rfind(closing):
            first = source.find(opening, source.rfind(closing) + 1)
            raise _Fault(first, words)


def _close(open_tags: list[Tag], tag: Tag) -> None:
    if not open_tags:
        raise _Fault(tag.start, f"</{tag.name}> was never opened")
    opened = open_tags.pop()
    if opened.name != tag.name:
        raise _Fault(opened.start, f"<{opened.name}> is not closed before </{tag.name}>")


def _bare(source: str) -> str:
    """The source at equal length without what is no markup: comments, styles, merge tags, the doctype."""
    text = _MERGE.sub(_blank, _COMMENT.sub(_blank, source))
    text = _STYLE.sub(lambda m: m[1] + _blank_text(m[2]) + m[3], text)
    return re.sub(r"\A\s*<!doctype[^<>]*>", _blank, text, flags=re.I)


def _blank(match: re.Match[str]) -> str:
    return _blank_text(match[0])


def _blank_text(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _tags(bare: str) -> Iterator[Tag]:
    """Every tag in order, in one pass; the first `<` that begins none is a fault, so that no text is read twice."""
    place = bare.find("<")
    while place >= 0:
        match = _TAG.match(bare, place)
        if match is None:
            raise _Fault(place, _why_no_tag(bare[place : place + 12]))
        if match[2].startswith("mj") and re.search(r"=\s*[^\s\"'=]", re.sub(r"\"[^\"]*\"|'[^']*'", '""', match[3])):
            raise _Fault(place, f"An attribute of <{match[2]}> has no quotes")
        yield Tag(place, match.end(), bool(match[1]), match[2].lower(), match[3], bool(match[4]))
        place = bare.find("<", match.end())


def _why_no_tag(start: str) -> str:
    if start.startswith("<!--"):
        return "A comment is not closed"
    if start.startswith(("<?", "<![")):
        return "An XML declaration or CDATA has no place in a letter"
    return 'A "<" stands alone: write &lt; in text, and close every tag with ">"'


def _check_merge_tags(source: str) -> None:
    """The merge tags themselves, and each show-if as the condition that it will be."""
    templating.check(source)
    for tag in _tags(_bare(source)):
        condition = _SHOW_IF.search(tag.attributes)
        if condition:
            try:
                templating.check("{% if " + html.unescape(condition[1]) + " %}{% endif %}")
            except TemplateError as fault:
                raise _Fault(tag.start, f"show-if: {fault.message}") from fault


def _conditions(source: str) -> str:
    """`<mj-section show-if="x">..</mj-section>` becomes {% if x %} around the section."""
    pieces: list[str] = []
    waiting: list[tuple[str, bool]] = []
    last = 0
    for tag in _tags(_bare(source)):
        if not tag.name.startswith("mj-"):
            continue
        if tag.closes:
            if waiting and waiting.pop()[1]:
                pieces.append(source[last : tag.end] + "<mj-raw>{% endif %}</mj-raw>")
                last = tag.end
            continue
        match = _SHOW_IF.search(tag.attributes)
        if match:
            shown = source[tag.start : tag.end].replace(match[0], "", 1)
            pieces.append(
                source[last : tag.start] + "<mj-raw>{% if " + html.unescape(match[1]) + " %}</mj-raw>" + shown
            )
            pieces.append("<mj-raw>{% endif %}</mj-raw>" if tag.alone else "")
            last = tag.end
        if not tag.alone:
            waiting.append((tag.name, match is not None))
    return "".join(pieces) + source[last:]


def _to_html(source: str) -> str:
    """Merge tags set aside, white space as MRML wants it, compiled without remote fonts, tags put back."""
    kept: list[str] = []

    def set_aside(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f"@@J{len(kept) - 1}@@"

    body = _MERGE.sub(set_aside, source.replace("@@J", "@ @J"))
    body = _ATTRIBUTES.sub(lambda m: _COMMENT.sub("", m[0]), body)
    body = _GAP.sub(r"\1\n", body.strip())
    try:
        compiled = mjml2html(body, fonts={})
    except (ValueError, OSError) as fault:
        raise _refused(body, kept, str(fault)) from fault
    return _KEPT.sub(lambda m: kept[int(m[1])], str(compiled))


def _refused(body: str, kept: list[str], message: str) -> _Fault:
    """MRML names offsets into its own input; people want the place in theirs."""
    place = re.search(r"position (\d+)", message)
    before = _KEPT.sub(lambda m: kept[int(m[1])], body[: int(place[1])]) if place else ""
    return _Fault(len(before), "MJML: " + re.sub(r" in root template.*", "", message, flags=re.S))


def _problem(source: str, fault: _Fault) -> Problem:
    place = min(fault.place, len(source))
    line = source.count("\n", 0, place) + 1
    return Problem(line, place - (source.rfind("\n", 0, place) + 1) + 1, fault.message)
