"""YAML text to nodes that know their line: the core schema of YAML 1.2, without anchors, tags or duplicate keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from outreach.documents.errors import DocumentError

MOST_BYTES: Final = 256 * 1024
MOST_DEPTH: Final = 40

_NULL = re.compile(r"~|null|Null|NULL|")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document comes from; makes its refusals."""

    file: str

    def refuse(self, line: int, problem: str, remedy: str = "") -> NoReturn:
        raise DocumentError(self.file, line, problem, remedy)


@dataclass(slots=True)
class Node:
    """A value in the document:

    text, True/False, int, float or None; a list of nodes; or a mapping of names to nodes.
    """

    line: int
    source: Source
    value: Any = None
    keys: dict[str, int] = field(default_factory=dict)

    def refuse(self, problem: str, remedy: str = "") -> NoReturn:
        self.source.refuse(self.line, problem, remedy)

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.value, dict)

    @property
    def is_list(self) -> bool:
        return isinstance(self.value, list)

    @property
    def is_text(self) -> bool:
        return isinstance(self.value, str)

    def text(self, what: str) -> str:
        """The text, not empty. Numbers and the like are refused: they want quotation marks."""
        if not isinstance(self.value, str) or not self.value.strip():
            shown = "a mapping" if self.is_mapping else "a list" if self.is_list else repr(self.value)
            self.refuse(
                f"{what} must be text, not {shown}.", "Write text, in quotation marks if it looks like a number."
            )
        return self.value

    def flag(self, what: str) -> bool:
        if not isinstance(self.value, bool):
            self.refuse(f"{what} must be true or false, not {self.value!r}.", "Write true or false.")
        return self.value

    def number(self, what: str, least: int) -> int:
        if isinstance(self.value, bool) or not isinstance(self.value, int) or self.value < least:
            self.refuse(
                f"{what} must be a whole number from {least} up, not {self.value!r}.", f"Write {least} or more."
            )
        return self.value

    def choice(self, what: str, among: tuple[str, ...]) -> str:
        if self.value not in among or not isinstance(self.value, str):
            self.refuse(f"{what} {self.value!r} is not known.", f"Use one of: {', '.join(among)}.")
        return self.value

    def entries(self, what: str) -> list[Node]:
        if not isinstance(self.value, list):
            self.refuse(f"{what} must be a list.", "Begin each entry with a dash, or write [one, two].")
        return self.value

    def mapping(self, what: str, allowed: tuple[str, ...] | None = None) -> dict[str, Node]:
        """Name to node; a key that is not allowed is refused at its own line."""
        if not isinstance(self.value, dict):
            self.refuse(f"{what} must be a mapping.", f"Write {' / '.join(allowed or ('key',))}: value below it.")
        for key in self.value:
            if allowed is not None and key not in allowed:
                self.source.refuse(
                    self.keys[key], f"Unknown key {key!r} in {what}.", f"Known are: {', '.join(allowed)}."
                )
        return self.value


def load(text: str, source: Source) -> Node:
    """The document's root node. Raises DocumentError for everything that is no plain YAML 1.2."""
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        source.refuse(1, "The document is larger than 256 kB.", "Split it into several sequences.")
    try:
        events = _plain_events(text, source)
        root = _node(next(events), events, source)
        if next(events, None) is not None:
            source.refuse(1, "There is more than one document in the file.", "Keep one sequence to a file.")
    except StopIteration:
        source.refuse(1, "The document is empty.", "Begin it with: outreach: 1")
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        source.refuse(
            mark.line + 1 if mark else 1, f"This is no YAML: {error.problem}.", "Mind indentation and quotes."
        )
    except (YAMLError, ValueError, RecursionError) as error:
        source.refuse(1, f"This is no YAML: {error}.", "Mind indentation and quotation marks.")
    return root


_ENDS: Final = ("MappingEndEvent", "SequenceEndEvent")
_QUIET: Final = ("StreamStartEvent", "StreamEndEvent", "DocumentEndEvent")


def _plain_events(text: str, source: Source) -> Iterator[Any]:
    """The events that carry content; anchors, aliases, tags, directives and deep nesting are refused."""
    depth = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        name = type(event).__name__
        line = event.start_mark.line + 1
        if name == "DocumentStartEvent":
            if event.version or event.tags:
                source.refuse(1, "Directives such as %YAML are not allowed.", "Remove the line.")
            continue
        if name in _QUIET:
            continue
        if name == "AliasEvent" or getattr(event, "anchor", None):
            source.refuse(line, "Anchors and aliases (& and *) are not allowed.", "Write the value out in full.")
        if name not in _ENDS and getattr(event, "tag", None):
            source.refuse(line, "Tags (!) are not allowed.", "Remove the tag.")
        depth += {"MappingStartEvent": 1, "SequenceStartEvent": 1}.get(name, -1 if name in _ENDS else 0)
        if depth > MOST_DEPTH:
            source.refuse(line, "The document is nested too deeply.", "Take lanes apart into sequences of their own.")
        yield event


def _node(event: Any, events: Iterator[Any], source: Source) -> Node:
    line = event.start_mark.line + 1
    name = type(event).__name__
    if name == "ScalarEvent":
        return Node(line, source, _scalar(event))
    if name == "SequenceStartEvent":
        found = []
        while type(inner := next(events)).__name__ != "SequenceEndEvent":
            found.append(_node(inner, events, source))
        return Node(line, source, found)
    return _mapping(line, events, source)


def _mapping(line: int, events: Iterator[Any], source: Source) -> Node:
    values: dict[str, Node] = {}
    keys: dict[str, int] = {}
    while type(inner := next(events)).__name__ != "MappingEndEvent":
        key = _node(inner, events, source)
        if not isinstance(key.value, str):
            key.refuse(f"A key must be text, not {key.value!r}.", "Put it in quotation marks.")
        if key.value in values:
            key.refuse(f"The key {key.value!r} stands twice.", f"Keep one; the first is on line {keys[key.value]}.")
        keys[key.value] = key.line
        values[key.value] = _node(next(events), events, source)
    return Node(line, source, values, keys)


def _scalar(event: Any) -> Any:
    """A plain scalar by the core schema (yes, no, on, off and NO are text); a quoted one is text."""
    text = event.value
    if not event.implicit[0]:
        return text
    if _NULL.fullmatch(text):
        return None
    if _TRUE.fullmatch(text) or _FALSE.fullmatch(text):
        return bool(_TRUE.fullmatch(text))
    if _INT.fullmatch(text):
        return int(text, 0) if text[:2] in ("0x", "0o") else int(text)
    return float(text.replace(".inf", "inf").replace(".nan", "nan")) if _FLOAT.fullmatch(text) else text


def looks_like_text(text: str) -> bool:
    """True when a plain scalar with this content would be read back as the same text."""
    return not any(pattern.fullmatch(text) for pattern in (_NULL, _TRUE, _FALSE, _INT, _FLOAT))
