"""Segments: rules over leads, read from plain data and described in words. Which SQL they become is store.segments'.

A group is all or any of its parts; a part is a rule or another group. Pure; nothing here knows a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from outreach.core.conditions import SENSES
from outreach.core.pipeline import STAGES

MOST_RULES: Final = 50
MOST_DEPTH: Final = 4
LONGEST: Final = 300
NOBODY: Final = "nobody"

IS: Final = ("is", "is not")
TEXT: Final = ("is", "is not", "contains", "does not contain", "is empty", "is not empty")
PAST: Final = ("within the last", "not within the last", "before", "after")
ACTS: Final = ("ever", "never", "within the last", "not within the last")
INSIDE: Final = ("is in", "is not in", "was ever in", "was never in")
FIELD: Final = (*TEXT, "is more than", "is less than", "before", "after", "within the next", "within the last")

DAYS_OPS: Final = frozenset({"within the last", "not within the last", "within the next"})
DATE_OPS: Final = frozenset({"before", "after"})
BARE_OPS: Final = frozenset({"ever", "never", "is empty", "is not empty"})
NUMBER_OPS: Final = frozenset({"is at least", "is at most", "is more than", "is less than"})


@dataclass(frozen=True, slots=True)
class About:
    """Something that a rule can ask about: its words, how it is compared, and whether it needs a name (`field NAME`)."""

    words: str
    ops: tuple[str, ...]
    name: str = ""
    """What the name is, such as "field"; empty = there is none."""
    name_optional: bool = False
    valueless: bool = False


ABOUTS: Final[dict[str, About]] = {
    "tag": About("Tag", IS),
    "stage": About("Stage", IS),
    "score": About("Score", ("is at least", "is at most")),
    "hot": About("Hot", IS, valueless=True),
    "owner": About("Owner", IS),
    "source": About("Source", TEXT),
    "country": About("Country", TEXT),
    "company": About("Company", TEXT),
    "email": About("E-mail", TEXT),
    "name": About("Name", TEXT),
    "title": About("Job title", TEXT),
    "topic": About("Topic", TEXT),
    "phone": About("Phone", TEXT),
    "zone": About("Time zone", TEXT),
    "locale": About("Language", TEXT),
    "reach_by": About("Preferred way", TEXT),
    "field": About("Own field", FIELD, name="field"),
    "created": About("Added", PAST),
    "active": About("Last activity", PAST),
    "clicked": About("Clicked", ACTS, name="link", name_optional=True),
    "visited": About("Visited", ACTS, name="page", name_optional=True),
    "replied": About("Replied", ACTS, name="sense", name_optional=True),
    "submitted": About("Filled in", ACTS, name="form", name_optional=True),
    "touched": About("Contacted by one of us", ACTS),
    "sequence": About("Sequence", INSIDE, name="sequence"),
    "nurture": About("Nurture", ("is in", "is not in"), valueless=True),
    "programme": About("Any sequence", ("is in", "is not in"), valueless=True),
}


class NotASegment(ValueError):
    """The data is no segment. `place`: the rule's place such as "1.0"; the message says what to do."""

    def __init__(self, place: str, words: str) -> None:
        super().__init__(words)
        self.place = place


@dataclass(frozen=True, slots=True)
class Rule:
    """One test. `value` is text: a number of days, a date, a number, or words, as `op` says."""

    about: str
    op: str
    value: str = ""
    name: str = ""

    @property
    def days(self) -> int:
        return int(self.value)

    @property
    def day(self) -> date:
        return date.fromisoformat(self.value)


@dataclass(frozen=True, slots=True)
class Group:
    """`match`: all or any of the parts. A group without parts matches nobody."""

    match: str = "all"
    parts: tuple[Rule | Group, ...] = ()


def read(data: Any) -> Group:
    """A segment's rules from plain data. Raises NotASegment."""
    group = _group(data, "", 1)
    if sum(1 for _ in rules_of(group)) > MOST_RULES:
        raise NotASegment("", f"These are more than {MOST_RULES} rules; take them apart into several segments.")
    return group


def write(group: Group) -> dict[str, Any]:
    """The same as plain data."""
    return {
        "match": group.match,
        "rules": [write(part) if isinstance(part, Group) else _written(part) for part in group.parts],
    }


def rules_of(group: Group) -> Iterator[Rule]:
    """Every rule, those of inner groups included."""
    for part in group.parts:
        if isinstance(part, Group):
            yield from rules_of(part)
        else:
            yield part


def describe(part: Rule | Group) -> str:
    """The rules in words."""
    if isinstance(part, Rule):
        about = ABOUTS[part.about]
        unit = " days" if part.op in DAYS_OPS else ""
        words = (
            about.words,
            f"“{part.name}”" if part.name else "",
            part.op,
            f"{part.value}{unit}" if part.value else "",
        )
        return " ".join(filter(None, words))
    joined = (" and " if part.match == "all" else " or ").join(
        f"({describe(each)})" if isinstance(each, Group) and len(each.parts) > 1 else describe(each)
        for each in part.parts
    )
    return joined or "nobody"


def _group(data: Any, place: str, depth: int) -> Group:
    if not isinstance(data, Mapping) or data.get("match", "all") not in ("all", "any"):
        raise NotASegment(place, "A group says match: all or any, and has rules.")
    if depth > MOST_DEPTH:
        raise NotASegment(place, "The groups are nested too deeply.")
    parts = data.get("rules", [])
    if not isinstance(parts, list) or set(data) - {"match", "rules"}:
        raise NotASegment(place, "A group has match and rules, and nothing else.")
    inner = place + "." if place else ""
    return Group(
        data.get("match", "all"),
        tuple(
            _group(part, f"{inner}{number}", depth + 1)
            if isinstance(part, Mapping) and "rules" in part
            else _rule(part, f"{inner}{number}")
            for number, part in enumerate(parts)
        ),
    )


def _rule(data: Any, place: str) -> Rule:
    if not isinstance(data, Mapping) or set(data) - {"about", "name", "op", "value"}:
        raise NotASegment(place, "A rule has about, name, op and value, and nothing else.")
    texts = {key: data.get(key, "") for key in ("about", "name", "op", "value")}
    if not all(isinstance(text, str) and len(text) <= LONGEST and "\x00" not in text for text in texts.values()):
        raise NotASegment(place, f"Write text of at most {LONGEST} characters.")
    rule = Rule(**{key: " ".join(text.split()) for key, text in texts.items()})
    about = ABOUTS.get(rule.about)
    if about is None:
        raise NotASegment(place, f"“{rule.about}” is nothing that a rule can ask about.")
    if rule.op not in about.ops:
        raise NotASegment(place, f"{about.words}: choose {', '.join(about.ops)}.")
    return _checked(rule, about, place)


def _checked(rule: Rule, about: About, place: str) -> Rule:
    if about.name and not rule.name and not about.name_optional:
        raise NotASegment(place, f"{about.words}: say which {about.name}.")
    if rule.about == "field" and not re.fullmatch(r"[\w.-]{1,60}", rule.name):
        raise NotASegment(place, f"“{rule.name}” is no name of a field.")
    if rule.about == "replied" and rule.name and rule.name not in SENSES:
        raise NotASegment(place, f"Replied: choose one of {', '.join(SENSES)}, or none for any reply.")
    name = rule.name if about.name else ""
    if about.valueless or rule.op in BARE_OPS or rule.about == "sequence":
        return Rule(rule.about, rule.op, "", name)
    if not rule.value:
        raise NotASegment(place, f"{about.words} {rule.op}: say what.")
    _check_value(rule, about, place)
    return Rule(rule.about, rule.op, rule.value, name)


def _check_value(rule: Rule, about: About, place: str) -> None:
    if rule.op in DAYS_OPS and not re.fullmatch(r"[0-9]{1,4}", rule.value):
        raise NotASegment(place, f"{about.words} {rule.op}: write a number of days, such as 30.")
    if rule.op in DATE_OPS:
        try:
            date.fromisoformat(rule.value)
        except ValueError:
            raise NotASegment(place, f"{about.words} {rule.op}: write a date such as 2026-03-31.") from None
    if rule.op in NUMBER_OPS and not re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,4})?", rule.value):
        raise NotASegment(place, f"{about.words} {rule.op}: write a number.")
    if rule.about == "score" and not re.fullmatch(r"-?[0-9]{1,6}", rule.value):
        raise NotASegment(place, "Score: write a whole number.")
    if rule.about == "stage" and rule.value not in STAGES:
        raise NotASegment(place, f"Stage: choose one of {', '.join(STAGES)}.")
    if rule.about == "owner" and not re.fullmatch(rf"{NOBODY}|[0-9]{{1,18}}", rule.value):
        raise NotASegment(place, "Owner: choose one of your users, or nobody.")


def _written(rule: Rule) -> dict[str, str]:
    kept = {"about": rule.about, "op": rule.op, "value": rule.value, "name": rule.name}
    return {key: text for key, text in kept.items() if text}
