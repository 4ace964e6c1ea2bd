"""The short phrases of the document: delays, times of day, blocks, days, entry rules, actions, conditions."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Final

from outreach.core import conditions
from outreach.core.entry import unless as _unless
from outreach.core.sequences import Action, Again, Block, Condition, Delay, EntryRule, Unit
from outreach.documents.nodes import Node

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
UNITS: Final = {
    "minute": Unit.MINUTES,
    "hour": Unit.HOURS,
    "day": Unit.DAYS,
    "business day": Unit.BUSINESS_DAYS,
}
MOST: Final = {Unit.MINUTES: 525_600, Unit.HOURS: 17_520, Unit.DAYS: 3_650, Unit.BUSINESS_DAYS: 2_600}
ACTIONS: Final = ("continue", "pause", "stop", "ask")
BARE_ENTRIES: Final = {"import": "import", "api": "api", "nurture return": "nurture_return"}
NAMED_ENTRIES: Final = ("form", "segment", "tag", "stage", "clicked", "visited")

_DELAY = re.compile(r"(\d{1,9}) +(minute|hour|day|business day)s?")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_BLOCK = re.compile(r"(\d\d):([0-5]\d) ?- ?(\d\d):([0-5]\d)")
_DATE_ENTRY = re.compile(r"date +([\w.-]+)(?: *([+-]) *(.+))?")
_SCORE_ENTRY = re.compile(r"score *>= *(\d{1,6})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AGAIN = re.compile(r"after (\d{1,4}) days?")


def delay(node: Node, what: str) -> Delay:
    """``2 business days``."""
    text = node.text(what)
    match = _DELAY.fullmatch(" ".join(text.split()))
    if not match:
        node.refuse(
            f"{what} {text!r} is no delay.", "Write a number and minutes, hours, days or business days, e.g. 2 days."
        )
    found = Delay(int(match[1]), UNITS[match[2]])
    if found.amount > MOST[found.unit]:
        node.refuse(f"{what} {text!r} is too long.", f"Use at most {MOST[found.unit]} {found.unit.value}.")
    return found


def clock(node: Node, what: str) -> time:
    """``10:00``."""
    match = _TIME.fullmatch(str(node.value))
    if not match:
        node.refuse(f"{what} {node.value!r} is no time of day.", 'Write hours and minutes, e.g. "10:00", or vary.')
    return time(int(match[1]), int(match[2]))


def day_of(node: Node, what: str) -> date:
    """``2026-12-24``."""
    try:
        if not _DATE.fullmatch(str(node.value)):
            raise ValueError(node.value)
        return date.fromisoformat(str(node.value))
    except ValueError:
        node.refuse(f"{what} {node.value!r} is no date.", "Write it like 2026-12-24.")


def block(node: Node) -> Block:
    """``09:00-17:00``; 24:00 is a legal end (W3)."""
    text = node.text("A window")
    match = _BLOCK.fullmatch(text)
    if not match:
        node.refuse(f"{text!r} is no window.", 'Write begin and end, e.g. "09:00-17:00".')
    start, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    if start >= 1440 or end > 1440:
        node.refuse(f"{text!r} is beyond the end of the day.", "The latest end is 24:00.")
    if end <= start:
        node.refuse(f"{text!r} ends before it begins.", "A window across midnight is written as two, on two days.")
    return Block(start, end)


def weekdays(name: str, line: int, node: Node) -> list[int]:
    """``mon``, ``mon-fri`` or ``sat-mon``: days from 0 (Monday)."""
    parts = name.split("-")
    if len(parts) > 2 or any(part not in DAYS for part in parts):
        node.source.refuse(line, f"{name!r} is no day.", "Write a day such as mon, or a range such as mon-fri.")
    first, last = DAYS.index(parts[0]), DAYS.index(parts[-1])
    return [(first + step) % 7 for step in range((last - first) % 7 + 1)]


def entry(node: Node) -> EntryRule:
    """``form contact``, ``date trial_ends - 3 days`` ..."""
    text = " ".join(node.text("An entry").split())
    if text in BARE_ENTRIES:
        return EntryRule(BARE_ENTRIES[text])
    match = _DATE_ENTRY.fullmatch(text)
    if match:
        offset = delay(Node(node.line, node.source, match[3]), "The distance from the date") if match[3] else None
        if offset is not None and offset.unit in (Unit.MINUTES, Unit.HOURS):
            node.refuse(f"{text!r} counts from a date by {offset.unit.value}.", "Use days or business days.")
        return EntryRule("date", match[1], {"+": 1, "-": -1, None: 0}[match[2]], offset)
    if scored := _SCORE_ENTRY.fullmatch(text):
        return EntryRule("score", scored[1])
    head, _, name = text.partition(" ")
    name = conditions.unquote(name.strip())
    if head == "replied":
        if name and name not in conditions.SENSES:
            node.refuse(f"{text!r} names no sense of a reply.", f"Senses are: {', '.join(conditions.SENSES)}.")
        return EntryRule(head, name)
    if head not in NAMED_ENTRIES or not name:
        named = (*(f"{each} NAME" for each in NAMED_ENTRIES), "replied SENSE", "score >= 50", "date FIELD - 3 days")
        node.refuse(f"{text!r} is no way in.", f"Known are: {', '.join([*named, *BARE_ENTRIES])}.")
    return EntryRule(head, name)


def unless(node: Node) -> str:
    """``customer``, ``touched in 14 days`` (M6), or a condition such as ``in segment VIP``."""
    text = " ".join(node.text("unless").split())
    try:
        _unless(text)
    except conditions.NotACondition as error:
        node.refuse(f"{error}.", "Write customer, touched in 14 days, or a condition such as tag NAME.")
    return text


def again(node: Node) -> Again:
    """P7: ``once``, ``if not active``, ``after 90 days``, ``always``."""
    text = " ".join(node.text("again").split())
    if text in ("once", "if not active", "always"):
        return Again(text)
    match = _AGAIN.fullmatch(text)
    if not match or int(match[1]) < 1:
        node.refuse(f"again {text!r} is not known.", "Use once, if not active, after N days, or always.")
    return Again("after", int(match[1]))


def action(node: Node, what: str) -> Action:
    """X1: ``stop``, ``goto STEP`` ..."""
    text = " ".join(node.text(what).split())
    if text in ACTIONS:
        return Action(text)
    if not text.startswith("goto ") or not text[5:]:
        node.refuse(f"{what} {text!r} is not known.", f"Use {', '.join(ACTIONS)} or goto STEP.")
    return Action("goto", text[5:])


def condition(node: Node) -> Condition:
    """A line, or all: / any: / not: over conditions."""
    if node.is_mapping:
        parts = node.mapping("a condition", ("all", "any", "not"))
        if len(parts) != 1:
            node.refuse("A condition has exactly one of all, any, not.", "Nest them when you need more.")
        kind, inner = next(iter(parts.items()))
        if kind == "not":
            return Condition("not", parts=(condition(inner),))
        found = tuple(condition(part) for part in inner.entries(kind))
        if not found:
            inner.refuse(f"{kind} has no conditions.", "Give it at least one.")
        return Condition(kind, parts=found)
    try:
        return conditions.parse(node.text("A condition"))
    except conditions.NotACondition as error:
        node.refuse(f"{error}.", "")
