"""The conditions of SEQUENCE.md: read from one line, written back, and judged against the facts. None on opens (B2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from outreach.core.enrolments import Facts, Snapshot
from outreach.core.sequences import Condition
from outreach.core.tasks import OUTCOMES

SENSES: Final = ("interested", "not_now", "not_interested", "question", "wrong_person", "unsubscribe", "other")
"""What a human reply can mean."""

_HEADS: Final = (
    "clicked",
    "replied",
    "visited",
    "submitted",
    "tag",
    "in segment",
    "stage",
    "has",
    "prefers",
    "score",
    "field",
    "outcome",
    "attempts",
)
_CHOICES: Final = {
    "has": ("phone", "email", "company"),
    "prefers": ("phone", "text", "email"),
    "replied": ("", *SENSES),
}
_COUNT = re.compile(r"(>=|<=|!=|=|>|<)\s*(-?\d+)")
_FIELD = re.compile(r"([\w.-]+)\s+(?:(is empty)|(contains\b|>=|<=|!=|=|>|<)\s*(.+))")
_OUTCOME = re.compile(r"([\w.-]+)\s*=\s*(.+)")


class NotACondition(ValueError):
    """The line is no condition; the message says why and what would be one."""


def parse(line: str) -> Condition:
    """The condition that a line states. Raises NotACondition."""
    words = " ".join(line.split())
    head = next((head for head in _HEADS if words == head or words.startswith(head + " ")), None)
    if head is None:
        if words.split(" ")[0] in ("opened", "open"):
            raise NotACondition("nothing branches on an open (B2); use clicked, replied or visited")
        raise NotACondition(f"{line!r} is no condition; one begins with {', '.join(_HEADS)}")
    rest = words[len(head) :].strip()
    if head in ("score", "attempts"):
        return _counted(head, rest, line)
    if head == "field":
        return _on_field(rest, line)
    if head == "outcome":
        return _on_outcome(rest, line)
    return _named(head, unquote(rest), line)


def _counted(head: str, rest: str, line: str) -> Condition:
    match = _COUNT.fullmatch(rest)
    if not match:
        raise NotACondition(f"{line!r} compares with no number; write {head} >= 5")
    return Condition(head, op=match[1], value=match[2])


def _on_field(rest: str, line: str) -> Condition:
    match = _FIELD.fullmatch(rest)
    if not match:
        raise NotACondition(f"{line!r} compares nothing; write field NAME = VALUE, or !=, >, <, contains, is empty")
    name, empty, op, value = match.groups()
    return Condition("field", name, empty or op, "" if empty else unquote(value))


def _on_outcome(rest: str, line: str) -> Condition:
    match = _OUTCOME.fullmatch(rest)
    if not match:
        raise NotACondition(f"{line!r} names no step and outcome; write outcome STEP = no answer")
    value = unquote(match[2]).replace("_", " ")
    if value not in OUTCOMES:
        raise NotACondition(f"{value!r} is no outcome; the outcomes are {', '.join(OUTCOMES)}")
    return Condition("outcome", match[1], "=", value)


def _named(head: str, name: str, line: str) -> Condition:
    allowed = _CHOICES.get(head)
    if allowed is not None and name not in allowed:
        raise NotACondition(f"{line!r}: after {head} comes one of {', '.join(filter(None, allowed))}")
    if not name and head not in ("clicked", "replied"):
        raise NotACondition(f"{line!r} names nothing; write {head} NAME")
    return Condition("segment" if head == "in segment" else head, name)


def unquote(text: str) -> str:
    """Without the quotation marks around a name of several words."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def write(condition: Condition) -> str:
    """The line that states a plain condition; `parse` of it gives the condition again."""
    head = "in segment" if condition.kind == "segment" else condition.kind
    if condition.kind in ("score", "attempts"):
        return f"{head} {condition.op} {condition.value}"
    if condition.kind == "field" and condition.op == "is empty":
        return f"field {condition.name} is empty"
    if condition.kind in ("field", "outcome"):
        return f"{head} {condition.name} {condition.op} {_quoted(condition.value)}"
    return f"{head} {_quoted(condition.name)}".strip()


def _quoted(text: str) -> str:
    """In quotation marks when `parse` would otherwise read it differently."""
    plain = text == " ".join(text.split()) and unquote(text) == text
    return text if plain else f'"{text}"'


def describe(condition: Condition) -> str:
    """The condition in one line for people, parts included."""
    if condition.kind == "not":
        return f"not ({describe(condition.parts[0])})"
    if condition.kind in ("all", "any"):
        joined = (" and " if condition.kind == "all" else " or ").join(describe(part) for part in condition.parts)
        return f"({joined})" if len(condition.parts) > 1 else joined
    return write(condition)


def holds(condition: Condition, enrolment: Snapshot, facts: Facts) -> bool:
    """True when the condition is met right now."""
    if condition.kind == "all":
        return all(holds(part, enrolment, facts) for part in condition.parts)
    if condition.kind == "any":
        return any(holds(part, enrolment, facts) for part in condition.parts)
    if condition.kind == "not":
        return not holds(condition.parts[0], enrolment, facts)
    return _JUDGES[condition.kind](condition, enrolment, facts)


Judge = Callable[[Condition, Snapshot, Facts], bool]


def _member(of: Callable[[Facts], frozenset[str]]) -> Judge:
    """In the set; a condition without a name asks for any member."""
    return lambda condition, _, facts: condition.name in of(facts) if condition.name else bool(of(facts))


def _has(condition: Condition, _: Snapshot, facts: Facts) -> bool:
    present = {"phone": facts.phone and not facts.phone_bad, "email": facts.email, "company": facts.company}
    return bool(present[condition.name])


def _field(condition: Condition, _: Snapshot, facts: Facts) -> bool:
    value = field_value(facts.fields, condition.name)
    if condition.op == "is empty":
        return value in (None, "")
    if condition.op == "contains":
        return condition.value.casefold() in str(value if value is not None else "").casefold()
    return value is not None and _compare(value, condition.op, condition.value)


def field_value(fields: Mapping[str, Any], name: str) -> Any:
    """A field by its dotted name, flat or nested; None when it is not there."""
    if name in fields:
        return fields[name]
    value: Any = fields
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _compare(left: Any, op: str, right: str) -> bool:
    """Numbers as numbers; everything else as text without regard to case (ISO dates sort as text)."""
    try:
        order: Any = float(left) - float(right)
    except (TypeError, ValueError):
        mine, theirs = str(left).casefold(), right.casefold()
        order = (mine > theirs) - (mine < theirs)
    return bool(
        {">=": order >= 0, "<=": order <= 0, "!=": order != 0, "=": order == 0, ">": order > 0, "<": order < 0}[op]
    )


def _outcome(condition: Condition, enrolment: Snapshot, _: Facts) -> bool:
    said: Mapping[str, str] = enrolment.memory.get("said", {})
    outcome = enrolment.done.get(condition.name, {}).get("outcome") or said.get(condition.name)
    return bool(outcome == condition.value)


def _visited(condition: Condition, _: Snapshot, facts: Facts) -> bool:
    return any(path == condition.name or path.startswith(condition.name.rstrip("/") + "/") for path in facts.visits)


_JUDGES: Final[dict[str, Judge]] = {
    "clicked": _member(lambda facts: facts.clicks),
    "replied": _member(lambda facts: facts.replies),
    "submitted": _member(lambda facts: facts.submitted),
    "tag": _member(lambda facts: facts.tags),
    "segment": _member(lambda facts: facts.segments),
    "visited": _visited,
    "stage": lambda condition, _, facts: facts.stage == condition.name,
    "has": _has,
    "prefers": lambda condition, _, facts: facts.prefers == condition.name,
    "score": lambda condition, _, facts: _compare(facts.score, condition.op, condition.value),
    "attempts": lambda condition, _, facts: _compare(facts.attempts, condition.op, condition.value),
    "field": _field,
    "outcome": _outcome,
}
