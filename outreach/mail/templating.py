"""Merge fields: a strict front end before Jinja2 (RELIABILITY 5.1, RULES F3, MAIL L6).

People who write letters are not programmers of this house, so a template may only print fields, choose and repeat. The
steps: (1) refuse a source that is too large; (2) parse it and walk its tree against a short list of what a letter
needs: no calls, no arithmetic, no assignments, no macros, no imports, no loop inside a loop; (3) compile it once per
source in an immutable sandbox without globals; (4) render over plain dictionaries only, counting the output.

A field that is printed and not there is reported by name; a letter never has a gap.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextvars import ContextVar
from copy import copy
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from jinja2 import Template, TemplateSyntaxError, Undefined, nodes
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from outreach.mail.framed import FIELD, Framed, frame_of

MAX_SOURCE = 200_000
MAX_OUTPUT = 500_000
MAX_NODES = 5_000
MAX_DEPTH = 40
MAX_ROWS = 200
MAX_TOKEN = 2_000
MAX_CONSTANT = 2_000

FILTERS = frozenset([
    "capitalize", "d", "default", "e", "escape", "first", "float", "int", "join", "last", "length", "lower", "round",
    "title", "trim", "truncate", "upper", "urlencode",
])  # fmt: skip
TESTS = frozenset(["defined", "undefined", "none", "true", "false"])
_ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem,
    nodes.Filter, nodes.Test, nodes.If, nodes.For, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And,
    nodes.Or, nodes.Not, nodes.Tuple, nodes.List, nodes.Keyword,
)  # fmt: skip
_LOOP = frozenset(["index", "index0", "first", "last", "length"])
_OPENING = re.compile(r"\{[{%#]")
# A tag that has a line for itself leaves no line behind; its line end moves inside, so that faults keep their lines.
_OWN_LINE = re.compile(r"^[ \t]*\{%((?:(?!%\}|\n).)*[^-+%\n])%\}[ \t]*\n", re.M)
_CLOSING = {"{{": "}}", "{%": "%}", "{#": "#}"}
_WORDS: dict[type[nodes.Node], str] = {
    nodes.Call: "calling something with (...)",
    nodes.Assign: "{% set %}",
    nodes.AssignBlock: "{% set %}",
    nodes.Macro: "{% macro %}",
    nodes.Import: "{% import %}",
    nodes.FromImport: "{% import %}",
    nodes.Include: "{% include %}",
    nodes.Extends: "{% extends %}",
    nodes.Block: "{% block %}",
    nodes.Concat: "joining with ~",
    nodes.Slice: "slices",
    nodes.Dict: "a dictionary",
}


class TemplateError(ValueError):
    """A template that cannot be used: `line` counts from 1 (None: the whole), `message` is for its author."""

    def __init__(self, line: int | None, message: str) -> None:
        super().__init__(f"line {line}: {message}" if line else message)
        self.line = line
        self.message = message


class MissingField(LookupError):
    """F3: fields that the letter prints and that nobody filled, each by its dotted name, in order of first use."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__("missing " + ", ".join(names))
        self.names = names


_missing: ContextVar[list[str]] = ContextVar("missing")


class _Absent(Undefined):
    """A field that is not there: false in a condition, reported when printed, silent under `default`."""

    def __str__(self) -> str:
        _missing.get().append(self._undefined_name or "?")
        return ""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Absent(name=f"{self._undefined_name}.{name}")

    def _no(self, other: object) -> bool:
        return False

    __lt__ = __le__ = __gt__ = __ge__ = _no  # type: ignore[assignment]  # one answer to four questions


class _Fields(dict[str, Any]):
    """A cleaned dictionary that knows its own place, so that a missing field is named in full."""

    path = ""


class _Sandbox(ImmutableSandboxedEnvironment):
    """Dots and brackets reach into dictionaries and lists and nowhere else: no attribute of any object exists."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, _Fields):
            found = obj.get(argument)
            return _Absent(name=f"{obj.path}.{argument}") if found is None else found
        if isinstance(obj, list) and isinstance(argument, int):
            return obj[argument] if -len(obj) <= argument < len(obj) else _Absent(name=f"[{argument}]")
        if isinstance(obj, _Absent):
            return _Absent(name=f"{obj._undefined_name}.{argument}")
        if isinstance(obj, LoopContext) and argument in _LOOP:
            return getattr(obj, argument)
        return _Absent(name=str(argument))


class Shared:
    """Fields that many letters have in common (a newsletter's words, the brand): they are read into the template once,
    so that only what is personal is left to do for each letter. Two with the same fields are equal."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self.fields = _plain(fields, "", 0)
        self._key = repr(self.fields)
        self._hash = hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Shared) and self._key == other._key

    def __hash__(self) -> int:
        return self._hash


def prepared(fields: Mapping[str, Any], shared: Shared | None = None, **more: str) -> dict[str, Any]:
    """Fields made ready once for several calls of `render`, with a few more beside them."""
    if isinstance(fields, _Fields) and shared is None and not more:
        return fields
    ready = _Fields(fields) if isinstance(fields, _Fields) else _plain(fields, "", 0)
    if shared is not None:
        ready.update(shared.fields)
    ready.update(more)
    return ready


def render(
    source: str,
    fields: Mapping[str, Any],
    html: bool,
    missing: list[str] | None = None,
    shared: Shared | None = None,
) -> Framed:
    """The text of a template with its fields, escaped where it is HTML; `shared` ones must be among `fields` too.

    Raises TemplateError (unusable source) and MissingField (all names at once). With a list for `missing` the names are
    put there instead, and the gaps stay: that is for previews only.
    """
    compiled = _compiled(source, html, shared)
    gaps: list[str] = []
    mark = _missing.set(gaps)
    try:
        text = _collect(compiled, prepared(fields))
    except TemplateError:
        raise
    except (
        Exception
    ) as fault:  # whatever a filter makes of strange values: the author gets a sentence, the worker lives
        raise TemplateError(None, f"This template cannot be filled: {fault}") from fault
    finally:
        _missing.reset(mark)
    if gaps and shared is not None:
        return render(source, fields, html, missing)  # which names each gap by its place
    names = tuple(dict.fromkeys(gaps))
    if missing is not None:
        missing.extend(names)
    elif names:
        raise MissingField(names)
    return text


def check(source: str) -> None:
    """Raise TemplateError when a source could not be rendered at all; cheap to call again, for the result is kept."""
    _compiled(source, False, None)


@lru_cache(maxsize=1024)
def roots_used(source: str) -> frozenset[str]:
    """The first part of every field that a source may ask for: `topic` of `topic.title`."""
    return frozenset(name.name for name in _parse(source, _environment(False)).find_all(nodes.Name))


def names_used(source: str) -> frozenset[str]:
    """Every field a source mentions, dotted (`topic.title`), loop variables left out."""
    tree = _parse(source, _environment(False))
    own = {name.name for loop in tree.find_all(nodes.For) for name in _targets(loop)}
    found = set()
    inner: set[int] = set()
    for node in tree.find_all((nodes.Getattr, nodes.Name)):
        if id(node) not in inner:
            inner.update(id(child) for child in node.find_all((nodes.Getattr, nodes.Name)))
            found.add(_dotted(node))
    return frozenset(name for name in found if name.partition(".")[0] not in own)


def _targets(loop: nodes.For) -> list[nodes.Name]:
    return [loop.target] if isinstance(loop.target, nodes.Name) else list(loop.target.find_all(nodes.Name))


def _dotted(node: nodes.Node) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_dotted(node.node)}.{node.attr}"
    return node.name if isinstance(node, nodes.Name) else "?"


def _collect(compiled: _Compiled, fields: dict[str, Any]) -> Framed:
    template, words = compiled
    printed = template.root_render_func(template.new_context(fields, shared=True))
    pieces: list[str] = []
    size = 0
    while some := list(islice(printed, 64)):
        size += sum(map(len, some))
        if size > MAX_OUTPUT:
            raise TemplateError(None, f"The finished letter would be larger than {MAX_OUTPUT // 1000} kB.")
        pieces += some
    own = tuple(map(words.get, map(id, pieces)))
    return Framed(frame_of(own), [str.__str__(pieces[place]) for place, part in enumerate(own) if part is None])


def _plain(value: Mapping[str, Any], path: str, depth: int) -> _Fields:
    """Plain data only; what is None or empty is not there (a letter shall not print it by accident)."""
    if depth > 5:
        raise TemplateError(None, "The merge fields are nested deeper than 5.")
    clean = _Fields()
    clean.path = path
    for key, item in value.items():
        kept = _value(item, f"{path}.{key}" if path else key, depth)
        if kept is not None:
            clean[key] = kept
    return clean


def _value(item: Any, path: str, depth: int) -> Any:
    if type(item) is _Fields and item.path == path:
        return item
    if isinstance(item, str):
        return str.__str__(item) if item.strip() else None
    if item is None or isinstance(item, bool | int | float | Decimal | date):
        return item
    if isinstance(item, Mapping):
        return _plain(item, path, depth + 1)
    if isinstance(item, list | tuple):
        rows = [_value(row, path, depth + 1) for row in item[:MAX_ROWS]]
        return [row for row in rows if row is not None] or None
    raise TemplateError(
        None, f"The merge field {path} is a {type(item).__name__}; text, numbers, dates and lists are allowed."
    )


class _Compiled(NamedTuple):
    template: Template
    words: dict[int, str]
    """The texts that the template itself holds, by their identity: a field may hold the same words."""


@lru_cache(maxsize=1024)
def _compiled(source: str, html: bool, shared: Shared | None) -> _Compiled:
    environment = _environment(html)
    tree = _parse(source, environment)
    try:
        template = environment.from_string(_Settling(environment).tree(tree, shared.fields) if shared else tree)
    except Exception as fault:  # Python's own limits on generated code, in many forms
        raise TemplateError(None, "This template is too complicated.") from fault
    template.globals = {}
    texts = (text for text in template.root_render_func.__code__.co_consts if isinstance(text, str))
    return _Compiled(template, {id(text): text for text in texts if FIELD not in text})


@lru_cache(maxsize=2)
def _environment(html: bool) -> _Sandbox:
    environment = _Sandbox(autoescape=html, undefined=_Absent, keep_trailing_newline=True, cache_size=0)
    environment.globals.clear()
    environment.finalize = _printable
    environment.filters = {name: environment.filters[name] for name in FILTERS}
    environment.filters["rows_"] = _rows
    environment.tests = {name: environment.tests[name] for name in TESTS}
    return environment


def _printable(value: Any) -> Any:
    """A whole list or group of fields is never what a letter wants to show."""
    if type(value) is str:
        return value
    if value is None or isinstance(value, dict | list | LoopContext):
        raise TemplateError(
            None, "Nothing, a list or a group of fields cannot be printed; name a field, or repeat with for."
        )
    return value


def _rows(value: Any) -> list[Any]:
    """What a loop walks over: a list, or nothing; never the letters of a text."""
    return value if isinstance(value, list) else []


def _parse(source: str, environment: _Sandbox) -> nodes.Template:
    if len(source) > MAX_SOURCE or len(source.encode("utf-8", "replace")) > MAX_SOURCE:
        raise TemplateError(None, f"The template is larger than {MAX_SOURCE // 1000} kB.")
    if source.count("{{") + source.count("{%") > MAX_NODES:
        raise TemplateError(None, "This template is too complicated.")  # not worth reading
    closed(source)
    try:
        tree = environment.parse(_OWN_LINE.sub(r"{%\1\n%}", source))
    except TemplateSyntaxError as fault:
        raise TemplateError(fault.lineno, fault.message or "This merge tag cannot be read.") from fault
    except (RecursionError, ValueError, MemoryError, OverflowError) as fault:
        raise TemplateError(None, "This template is too complicated.") from fault
    _inspect(tree)
    return tree


def closed(source: str) -> None:
    """Refuse a source unless every tag ends, and soon: a run of openings is slow to read for every parser."""
    place = 0
    while opening := _OPENING.search(source, place):
        closing = source.find(_CLOSING[opening[0]], opening.end())
        comment = opening[0] == "{#"
        if closing < 0 or (closing - opening.start() > MAX_TOKEN and not comment):
            fault = "is not closed" if closing < 0 else f"is longer than {MAX_TOKEN} signs"
            raise TemplateError(source.count("\n", 0, opening.start()) + 1, f"A merge tag {fault}.")
        if not comment and source.count("{{", opening.end(), closing) > 2:
            raise TemplateError(source.count("\n", 0, opening.start()) + 1, "A merge tag is not closed.")
        place = closing + 2


def _inspect(tree: nodes.Template) -> None:
    """Walk the tree without recursion and refuse what is not on the list."""
    stack: list[tuple[nodes.Node, int, bool]] = [(tree, 0, False)]
    seen = 0
    while stack:
        node, depth, looping = stack.pop()
        seen += 1
        if seen > MAX_NODES or depth > MAX_DEPTH:
            raise TemplateError(node.lineno, "This template is too complicated.")
        _permit(node, looping)
        inside = looping or isinstance(node, nodes.For)
        stack += [(child, depth + 1, inside) for child in node.iter_child_nodes()]
        if isinstance(node, nodes.For):
            node.iter = nodes.Filter(node.iter, "rows_", [], [], None, None, lineno=node.lineno)


def _permit(node: nodes.Node, looping: bool) -> None:
    line = node.lineno
    if not isinstance(node, _ALLOWED):
        what = _WORDS.get(type(node), type(node).__name__.lower())
        raise TemplateError(
            line, f"Merge tags can print a field, choose with if and repeat with for; {what} is not available."
        )
    if isinstance(node, nodes.For):
        _permit_loop(node, looping)
    elif isinstance(node, nodes.Filter) and (node.name not in FILTERS or node.dyn_args or node.dyn_kwargs):
        raise TemplateError(line, f"There is no filter {node.name!r}; there are {', '.join(sorted(FILTERS))}.")
    elif isinstance(node, nodes.Test) and node.name not in TESTS:
        raise TemplateError(line, f"There is no test {node.name!r}; there are {', '.join(sorted(TESTS))}.")
    elif isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
        raise TemplateError(line, f"No field begins with an underscore: {node.attr!r}.")
    elif isinstance(node, nodes.Name) and (node.name.startswith("_") or node.name == "self"):
        raise TemplateError(line, f"There is no field {node.name!r}.")
    elif isinstance(node, nodes.Getitem) and not _plain_key(node.arg):
        raise TemplateError(line, "Brackets take a name in quotes or a number.")
    elif isinstance(node, nodes.Const) and isinstance(node.value, str) and len(node.value) > MAX_CONSTANT:
        raise TemplateError(line, f"A text inside a merge tag is longer than {MAX_CONSTANT} signs.")


def _plain_key(arg: nodes.Node) -> bool:
    if not isinstance(arg, nodes.Const) or not isinstance(arg.value, str | int):
        return False
    return not (isinstance(arg.value, str) and arg.value.startswith("_"))


def _permit_loop(node: nodes.For, looping: bool) -> None:
    if looping:
        raise TemplateError(node.lineno, "A loop inside a loop is not available.")
    if node.recursive or node.test is not None or not isinstance(node.target, nodes.Name):
        raise TemplateError(node.lineno, "A loop is written {% for item in items %} and nothing more.")
    if not isinstance(node.iter, nodes.Name | nodes.Getattr):
        raise TemplateError(node.lineno, "A loop walks over a list field.")


# ---- what is known beforehand

_UNKNOWN = object()
MAX_UNROLLED = 20


class _Settling:
    """Reads known fields into a tree: a field becomes its value, a loop over a known list its rows. Jinja's own optimizer
    then makes constants of what hangs on them; what is not there or no plain value is left for the time of rendering."""

    def __init__(self, environment: _Sandbox) -> None:
        self.environment = environment

    def tree(self, tree: nodes.Template, known: Mapping[str, Any]) -> nodes.Template:
        settled = self._one(tree, known)
        return settled if isinstance(settled, nodes.Template) else tree

    def _one(self, node: nodes.Node, known: Mapping[str, Any]) -> nodes.Node:
        value = self._value(node, known)
        if isinstance(value, str | int | float):
            return nodes.Const(value, lineno=node.lineno, environment=self.environment)
        if isinstance(node, nodes.For) and isinstance(node.target, nodes.Name):
            known = {name: known[name] for name in known if name not in ("loop", node.target.name)}
        settled = copy(node)
        for name, field in node.iter_fields():
            if isinstance(field, nodes.Node):
                setattr(settled, name, self._one(field, known))
            elif name == "elif_":
                setattr(settled, name, [self._one(choice, known) for choice in field])
            elif isinstance(field, list):
                setattr(settled, name, _together([new for child in field for new in self._several(child, known)]))
        return settled

    def _several(self, node: Any, known: Mapping[str, Any]) -> list[Any]:
        """A loop over known rows is its body once for each of them, a known choice what is chosen."""
        if not isinstance(node, nodes.Node):
            return [node]
        if isinstance(node, nodes.If) and not node.elif_ and (value := self._value(node.test, known)) is not _UNKNOWN:
            return [new for child in (node.body if value else node.else_) for new in self._several(child, known)]
        rows = self._rows(node, known)
        if rows is None or not isinstance(node, nodes.For) or not isinstance(node.target, nodes.Name):
            return [self._one(node, known)]
        if not rows:
            return [self._one(child, known) for child in node.else_]
        done = []
        for number, row in enumerate(rows):
            loop = _Fields(
                index=number + 1, index0=number, first=number == 0, last=number == len(rows) - 1, length=len(rows)
            )
            inside = {**known, node.target.name: row, "loop": loop}
            done += [new for child in node.body for new in self._several(child, inside)]
        return done

    def _rows(self, node: nodes.Node, known: Mapping[str, Any]) -> list[Any] | None:
        if not isinstance(node, nodes.For) or not isinstance(node.iter, nodes.Filter) or node.iter.node is None:
            return None
        value = self._value(node.iter.node, known)
        return value if isinstance(value, list) and len(value) <= MAX_UNROLLED else None

    def _value(self, node: nodes.Node, known: Mapping[str, Any]) -> Any:
        """What a name, or something reached from a name by dots and brackets, stands for; _UNKNOWN where only rendering can tell."""
        if isinstance(node, nodes.Name):
            return known.get(node.name, _UNKNOWN) if node.ctx == "load" else _UNKNOWN
        if not isinstance(node, nodes.Getattr | nodes.Getitem):
            return _UNKNOWN
        whole = self._value(node.node, known)
        if whole is _UNKNOWN:
            return _UNKNOWN
        key = node.attr if isinstance(node, nodes.Getattr) else getattr(node.arg, "value", None)
        found = self.environment.getitem(whole, key)
        return _UNKNOWN if isinstance(found, Undefined) else found


def _together(several: list[Any]) -> list[Any]:
    """Neighbours that print become one, so that their fixed words do."""
    joined: list[Any] = []
    for node in several:
        if isinstance(node, nodes.Output) and joined and isinstance(joined[-1], nodes.Output):
            joined[-1] = nodes.Output([*joined[-1].nodes, *node.nodes], lineno=joined[-1].lineno)
        else:
            joined.append(node)
    return joined
