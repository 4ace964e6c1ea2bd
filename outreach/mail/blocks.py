"""A letter as blocks that can be changed without knowing MJML; the source stays the one truth.

Every block knows its place in the source, and each change is a splice there: what is not touched stays byte for byte,
conditions, comments and classes too. A text is shown as plain words with a few marks (blank line, `- item`, `**bold**`,
`*italic*`, `[words](address)`) where these say all of it, else as the HTML that it is.
"""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from outreach.mail import mjml
from outreach.mail.mjml import Tag

KINDS = {
    "text": ("Text", "<mj-text>\n  <p>New text</p>\n</mj-text>"),
    "button": ("Button", '<mj-button href="https://">Button</mj-button>'),
    "image": ("Picture", '<mj-image src="https://" alt="" />'),
    "divider": ("Line", "<mj-divider />"),
    "spacer": ("Space", '<mj-spacer height="20px" />'),
}
"""Kinds that can be added: their name, and how one begins."""
FIELDS = {"button": ("href",), "image": ("src", "alt", "href")}
_HOLDERS = frozenset({"mjml", "mj-body", "mj-wrapper", "mj-section", "mj-group", "mj-column", "mj-hero"})
_MERGE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.S)
_KEPT = re.compile("\ue000(\\d+)\ue001")
_PIECE = re.compile(r"<(/?)(p|br|b|strong|i|em|a|ul|li|h1|h2|h3)(?:\s+href=\"([^\"<>]*)\")?\s*/?>|[^<]+")
_HEADS = {"h1": "# ", "h2": "## ", "h3": "### "}
_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*"}


@dataclass(frozen=True, slots=True)
class Block:
    """One block. `words`: its text with marks, or None where only HTML says it; `up`, `down`: it may change places."""

    number: int
    kind: str
    tag: str
    start: int
    end: int
    inner: tuple[int, int]
    parent: int
    html: str
    words: str | None
    values: Mapping[str, str]
    up: bool = False
    down: bool = False

    @property
    def name(self) -> str:
        """What it is called for people."""
        return KINDS[self.kind][0] if self.kind in KINDS else self.tag.removeprefix("mj-").capitalize()


def of(source: str) -> list[Block]:
    """The blocks of a letter, from the top. Raises TemplateError where the source is broken."""
    found = _found(source, mjml.tags(source))
    neighbours = [a.parent == b.parent and not source[a.end : b.start].strip() for a, b in pairwise(found)]
    return [
        Block(
            number, each.kind, each.tag, each.start, each.end, each.inner, each.parent, each.html, each.words, each.values,
            up=number > 0 and neighbours[number - 1], down=number < len(neighbours) and neighbours[number],
        )
        for number, each in enumerate(found)
    ]  # fmt: skip


def _found(source: str, tags: list[Tag]) -> list[Block]:
    """Everything in a column that holds no blocks itself; the head of a letter has none."""
    found: list[Block] = []
    parents: list[int] = [-1]
    opened: Tag | None = None
    depth = 0
    for tag in tags:
        if opened is not None:
            depth += 0 if tag.alone or tag.name != opened.name else -1 if tag.closes else 1
            if depth == 0:
                _keep(found, source, opened, tag, parents[-1])
                opened = None
        elif tag.name in _HOLDERS:
            if tag.closes:
                parents.pop()
            elif not tag.alone:
                parents.append(tag.start)
        elif tag.alone:
            _keep(found, source, tag, tag, parents[-1])
        elif not tag.closes and tag.name.startswith("mj"):
            opened, depth = tag, 1
    return found


def _keep(found: list[Block], source: str, opened: Tag, closed: Tag, parent: int) -> None:
    kind = opened.name.removeprefix("mj-")
    if opened.name == "mj-head" or not opened.name.startswith("mj"):
        return
    inner = (opened.end, closed.start) if closed is not opened else (opened.end, opened.end)
    inside = source[inner[0] : inner[1]]
    head = source[opened.start : opened.end]
    values = {name: _attribute(head, name) for name in (*FIELDS.get(kind, ()), "show-if", "path")}
    words = to_words(inside) if kind in ("text", "button") else None
    if kind == "button" and words is not None and "\n" in words:
        words = None
    found.append(
        Block(len(found), kind, opened.name, opened.start, closed.end, inner, parent, inside.strip(), words, values)
    )


# ---- changes


def changed(source: str, fields: Mapping[str, str]) -> str:
    """The source with what was typed into `b_3_words`, `b_3_html`, `b_3_href` ...; only what differs is touched."""
    for block in reversed(of(source)):
        given = {
            name: fields[key].replace("\r\n", "\n")
            for name in ("words", "html", "href", "src", "alt", "show-if")
            if (key := f"b_{block.number}_{name}") in fields
        }
        piece = _piece(source, block, given)
        source = source[: block.start] + piece + source[block.end :]
    return source


def _piece(source: str, block: Block, given: Mapping[str, str]) -> str:
    head, inside = source[block.start : block.inner[0]], source[block.inner[0] : block.inner[1]]
    tail = source[block.inner[1] : block.end]
    if block.words is not None and "words" in given and given["words"].strip() != block.words:
        inside = _inside(given["words"], inside, block.kind)
    elif block.words is None and "html" in given and given["html"].strip() != block.html:
        inside = f"\n{given['html'].strip()}\n"
    for name, value in given.items():
        if name in block.values and value.strip() != block.values[name]:
            head = _with_attribute(head, name, value.strip())
    return head + inside + tail


def moved(source: str, number: int, down: bool) -> str:
    """A block in the place of its neighbour, and the other way round; as it was where there is none to change with."""
    every = of(source)
    if not 0 <= number < len(every) or not (every[number].down if down else every[number].up):
        return source
    first, second = (every[number], every[number + 1]) if down else (every[number - 1], every[number])
    one, two = source[first.start : first.end], source[second.start : second.end]
    return source[: first.start] + two + source[first.end : second.start] + one + source[second.end :]


def removed(source: str, number: int) -> str:
    """Without this block, and without the line that it leaves empty."""
    every = of(source)
    if not 0 <= number < len(every):
        return source
    start = len(source[: every[number].start].rstrip(" \t"))
    return source[:start].removesuffix("\n") + source[every[number].end :]


def added(source: str, after: int, kind: str) -> str:
    """With a new block below this one."""
    every = of(source)
    if kind not in KINDS or not 0 <= after < len(every):
        return source
    block = every[after]
    margin = source[source.rfind("\n", 0, block.start) + 1 : block.start]
    indent = margin if not margin.strip() else ""
    new = "\n".join(indent + line for line in KINDS[kind][1].split("\n"))
    return source[: block.end] + "\n" + new + source[block.end :]


# ---- attributes


def _blanked(head: str) -> str:
    return _MERGE.sub(lambda found: "\ue002" * len(found[0]), head)


def _place(head: str, name: str) -> re.Match[str] | None:
    return re.search(rf"\s{re.escape(name)}\s*=\s*(\"[^\"]*\"|'[^']*')", _blanked(head))


def _attribute(head: str, name: str) -> str:
    found = _place(head, name)
    return _outside(html.unescape, head[found.start(1) + 1 : found.end(1) - 1]) if found else ""


def _with_attribute(head: str, name: str, value: str) -> str:
    """Set it; without a value it is taken away (a picture keeps its empty alt: it says that there is nothing to say)."""
    found = _place(head, name)
    if not value and name != "alt":
        return head[: found.start()] + head[found.end() :] if found else head
    safe = _outside(lambda text: html.escape(text, quote=False), value)
    quote = '"' if '"' not in safe else "'"
    if quote == "'":
        safe = _outside(lambda text: text.replace("'", "&#39;"), safe)
        safe = _MERGE.sub(lambda one: one[0].replace("'", '"'), safe)
    written = f" {name}={quote}{safe}{quote}"
    if found:
        return head[: found.start()] + written + head[found.end() :]
    end = re.search(r"\s*/?>\Z", head)
    return head[: end.start()] + written + head[end.start() :] if end else head


def _outside(change: Callable[[str], str], text: str) -> str:
    """Change what is no merge tag."""
    kept: list[str] = []

    def aside(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f"\ue000{len(kept) - 1}\ue001"

    return _KEPT.sub(lambda match: kept[int(match[1])], change(_MERGE.sub(aside, text)))


# ---- words


def to_words(inside: str) -> str | None:
    """HTML as words with marks; None where these would not say all of it."""
    words = _outside_or_none(inside)
    if words is None or _canonical(to_html(words, bare=_is_bare(inside))) != _canonical(inside):
        return None
    return words


def _is_bare(inside: str) -> bool:
    return not re.search(r"<(?:p|ul|h[123])\b", inside)


def _outside_or_none(inside: str) -> str | None:
    kept: list[str] = []

    def aside(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f"\ue000{len(kept) - 1}\ue001"

    read = _read(_MERGE.sub(aside, inside))
    return None if read is None else _KEPT.sub(lambda match: kept[int(match[1])], read)


def _read(text: str) -> str | None:
    """The pieces one after the other; None at the first that has no mark."""
    parts: list[str] = []
    line, hrefs, place = "", [], 0
    item = False

    def close(lead: str = "") -> None:
        nonlocal line
        words = "\n".join(one.strip() for one in line.strip().split("\n"))
        if words or lead:
            joined = parts and lead == "- " and parts[-1].startswith("- ")
            parts[-1:] = [f"{parts[-1]}\n{lead}{words}"] if joined else [*parts[-1:], lead + words]
        line = ""

    for match in _PIECE.finditer(text):
        if match.start() != place:
            return None
        place = match.end()
        closing, tag, href = match[1], match[2], match[3]
        if tag is None:
            line += html.unescape(re.sub(r"\s+", " ", match[0]))
        elif href is not None and (tag != "a" or closing):
            return None
        elif tag == "br":
            line += "\n"
        elif tag in _MARKS:
            line += _MARKS[tag]
        elif tag == "a":
            if not closing and href is None:
                return None
            if not closing:
                hrefs.append(html.unescape(href))
            elif not hrefs:
                return None
            line += f"]({hrefs.pop()})" if closing else "["
        elif tag == "li":
            close("- " if closing and item else "")
            item = not closing
        else:
            close(_HEADS.get(tag, "") if closing and line.strip() else "")
    if place != len(text):
        return None
    close()
    return "\n\n".join(parts)


def to_html(words: str, *, bare: bool = False, indent: str = "") -> str:
    """Words with marks as HTML; `bare`: a single paragraph needs no <p>."""
    paragraphs = [one.strip() for one in re.split(r"\n\s*\n", words.strip()) if one.strip()]
    if bare and len(paragraphs) <= 1 and not re.match(r"(?:- |#{1,3} )", words.strip()):
        return _inline(paragraphs[0]) if paragraphs else ""
    return "\n".join(indent + line for one in paragraphs for line in _paragraph(one))


def _paragraph(text: str) -> list[str]:
    lines = text.split("\n")
    if all(line.startswith("- ") for line in lines):
        return ["<ul>", *(f"  <li>{_inline(line[2:].strip())}</li>" for line in lines), "</ul>"]
    if head := re.match(r"(#{1,3}) (.*)\Z", text):
        return [f"<h{len(head[1])}>{_inline(head[2])}</h{len(head[1])}>"]
    if not _MERGE.sub(lambda one: "" if one[0].startswith("{%") else one[0], text).strip():
        return [text]
    return [f"<p>{_inline(text)}</p>"]


def _inline(text: str) -> str:
    def marked(plain: str) -> str:
        safe = html.escape(plain, quote=False)
        safe = re.sub(
            r"\[([^\[\]\n]+)\]\(([^()\s]+)\)", lambda m: f'<a href="{m[2].replace(chr(34), "%22")}">{m[1]}</a>', safe
        )
        safe = re.sub(r"\*\*(?=\S)([^*]+?)(?<=\S)\*\*", r"<b>\1</b>", safe)
        safe = re.sub(r"\*(?=\S)([^*]+?)(?<=\S)\*", r"<i>\1</i>", safe)
        return safe.replace("\n", "<br />")

    return _outside(marked, text)


def _inside(words: str, old: str, kind: str) -> str:
    """New words in the clothes of the old ones: their margin, and no <p> where there was none."""
    if kind == "button":
        return _inline(" ".join(words.split()))
    margin = re.match(r"\s*\n([ \t]*)\S", old)
    new = to_html(words, bare=_is_bare(old), indent=margin[1] if margin else "")
    end = re.search(r"\n[ \t]*\Z", old)
    return f"\n{new}{end[0] if end else chr(10)}" if margin else new


def _canonical(text: str) -> str:
    """HTML as it is compared: white space, names of the same mark and entities made one."""
    text = re.sub(r"<(/?)strong>", r"<\1b>", re.sub(r"<(/?)em>", r"<\1i>", text))
    text = re.sub(r"\s*<br\s*/?>\s*", "<br>", text)
    text = re.sub(r"\s*(</?(?:p|ul|li|h[123])>)\s*", r"\1", re.sub(r"\s+", " ", text))
    text = re.sub(r"\s*(\{%.*?%\})\s*(?=<|\{%|\Z)", r"\1", text)
    text = re.sub(r"(\A|>|%\})\s*(\{%.*?%\})\s*", r"\1\2", text)
    return _outside(html.unescape, text).strip()
