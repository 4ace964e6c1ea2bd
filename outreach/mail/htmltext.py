"""HTML of strangers as plain text, in time linear in its size (MAIL X5).

The standard library's parser is quadratic on unclosed comments, so the little that is needed is read here: tags, their
attributes as one string, and text.
"""

import html as entities
import itertools
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final, NamedTuple

MAX_HTML: Final = 512 * 1024
MAX_TOKENS: Final = 30_000
BLOCKS: Final = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    }
)
SPACED: Final = frozenset(["p", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote"])
SKIPPED: Final = frozenset(
    ["script", "style", "head", "title", "template", "noscript", "svg", "object", "textarea", "select"]
)
RAW: Final = frozenset(["script", "style", "title", "textarea"])
VOID: Final = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)
TAG: Final = re.compile(
    r"<(/?)([a-zA-Z][a-zA-Z0-9:_-]{0,40})((?:[^<>\"']++|\"[^\"]{0,8000}+\"|'[^']{0,8000}+')*+)>", re.DOTALL
)
LOOSE_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:_-]{0,40})([^<>]{0,8000}+)>")


class Token(NamedTuple):
    """``kind`` is start, end or text; ``value`` the tag or the text; ``attributes`` as written."""

    kind: str
    value: str
    attributes: str = ""


def tokens(source: str) -> Iterator[Token]:
    """The tags and texts of a document, in order, capped; comments and the content of raw elements are left out."""
    return itertools.islice(_tokens(source), MAX_TOKENS)


def _tokens(source: str) -> Iterator[Token]:
    html = source[:MAX_HTML]
    lower = html.lower()
    place = 0
    while True:
        start = html.find("<", place)
        if start < 0:
            yield from _text(html[place:])
            return
        yield from _text(html[place:start])
        if html.startswith("<!--", start):
            end = html.find("-->", start + 4)
            if end < 0:
                return
            place = end + 3
            continue
        if html.startswith(("<!", "<?"), start):
            end = html.find(">", start)
            if end < 0:
                return
            place = end + 1
            continue
        match = TAG.match(html, start) or LOOSE_TAG.match(html, start)
        if match is None:
            yield from _text("<")
            place = start + 1
            continue
        tag, place = match[2].lower(), match.end()
        yield Token("end" if match[1] else "start", tag, match[3])
        if tag in RAW and not match[1]:
            end = lower.find(f"</{tag}", place)
            if end < 0:
                return
            place = end


def _text(text: str) -> Iterator[Token]:
    if text:
        yield Token("text", entities.unescape(_ENDLESS.sub("", text)) if "&" in text else text)


_ENDLESS: Final = re.compile(
    r"&#[xX]?[0-9a-fA-F]{9,};?"
)  # no character has such a number, and Python refuses to read it


def attribute(attributes: str, name: str) -> str:
    """One attribute's value in lower case, empty when missing."""
    if name not in attributes and name not in attributes.lower():
        return ""
    match = _attribute(name).search(attributes)
    return next((found for found in match.groups() if found is not None), "").lower() if match else ""


@cache
def _attribute(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|[\s\"'/]){name}\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)


class TextWriter:
    """Collects the words of a document, a line for each block."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.skipping: list[str] = []
        self.preformatted = 0
        self.at_start = True

    def write(self, token: Token) -> None:
        """Takes the next token."""
        if token.kind == "text":
            self._text(token.value)
        elif token.kind == "start":
            self._start(token.value)
        else:
            self._end(token.value)

    def line(self, spaced: bool = False) -> None:
        """Begins a new line, after an empty one when ``spaced``."""
        if not self.at_start:
            self.out.append("\n")
            self.at_start = True
        if spaced and self.out and self.out[-2:] != ["\n", "\n"]:
            self.out.append("\n")

    def _start(self, tag: str) -> None:
        if tag in SKIPPED and tag not in VOID:
            self.skipping.append(tag)
        if self.skipping:
            if tag == "body":
                self.skipping.clear()
            return
        if tag == "br":
            self.out.append("\n")
            self.at_start = True
        elif tag in BLOCKS:
            self.line(tag in SPACED)
            self.preformatted += tag == "pre"
            if tag == "li":
                self.out.append("- ")
        elif tag in {"td", "th"} and not self.at_start:
            self.out.append(" ")

    def _end(self, tag: str) -> None:
        if self.skipping:
            if tag in self.skipping[-8:]:
                while self.skipping.pop() != tag:
                    pass
            return
        if tag in BLOCKS:
            self.line(tag in SPACED)
            self.preformatted = max(0, self.preformatted - (tag == "pre"))

    def _text(self, data: str) -> None:
        if self.skipping:
            return
        text = data if self.preformatted else re.sub(r"[ \t\r\n\f]+", " ", data)
        follows_space = bool(self.out) and self.out[-1].endswith(" ")
        if (self.at_start or follows_space) and not self.preformatted:
            text = text.lstrip(" ")
        if text:
            self.out.append(text)
            self.at_start = text.endswith("\n")

    def result(self) -> str:
        """The text so far: no trailing blanks, at most one empty line in a row."""
        text = "".join(self.out).replace("\xa0", " ").translate(INVISIBLE)
        lines = [line.rstrip() for line in text.split("\n")]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\ufeff\u2060\u00ad\u034f"))


@lru_cache(maxsize=4)
def html_to_text(html: str) -> str:
    """The words of an HTML document."""
    if not html.strip():
        return ""
    writer = TextWriter()
    for token in tokens(html):
        writer.write(token)
    return writer.result()
