"""A lead's score: points for what they did, which fade, and points that a person gave. Pure.

Each act counts once a day and name; of each kind only the latest `most`. Points halve every `half_days` (0 = they stay).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

KINDS: Final = {
    "clicked": "clicks a link",
    "visited": "visits a page",
    "replied": "replies",
    "submitted": "fills in a form",
}
"""What a lead does that may count, as `clicked`; one of them may count differently, as `clicked pricing`."""
HIGHEST: Final = 1000
FORGOTTEN: Final = 10
"""After so many halvings an act counts for nothing and is not looked up."""


class NotRules(ValueError):
    """These are no rules for a score; the message says why."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Points by kind (`clicked`), by kind and name (`clicked pricing`, `visited /pricing`) and by tag."""

    points: Mapping[str, int] = field(
        default_factory=lambda: {"clicked": 5, "visited": 3, "replied": 15, "submitted": 20}
    )
    named: Mapping[str, int] = field(default_factory=dict)
    tags: Mapping[str, int] = field(default_factory=dict)
    half_days: int = 30
    most: int = 5

    @property
    def look_back(self) -> timedelta | None:
        """How long ago an act may lie to count; None = for ever."""
        return timedelta(days=self.half_days * FORGOTTEN) if self.half_days else None

    @property
    def silent(self) -> bool:
        """Nothing counts: no score is worked out."""
        return not any((*self.points.values(), *self.named.values(), *self.tags.values()))


@dataclass(frozen=True, slots=True)
class Act:
    """Something that a lead did. `kind` of KINDS; `name`: the link, the path, the sense, the form."""

    kind: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """Where points come from, in words."""

    text: str
    points: int


def read(kept: Mapping[str, Any]) -> Rules:
    """Rules as they are kept (plain data); {} = the defaults. Raises NotRules."""
    if not kept:
        return Rules()
    plain = Rules()
    points = {kind: _points(kept.get("points", {}).get(kind, 0), kind) for kind in KINDS}
    named = {_name(name): _points(value, name) for name, value in kept.get("named", {}).items()}
    tags = {str(tag): _points(value, str(tag)) for tag, value in kept.get("tags", {}).items()}
    half = _whole(kept.get("half_days", plain.half_days), 0, 3650, "Days until points halve")
    most = _whole(kept.get("most", plain.most), 1, 100, "Acts that count")
    return Rules(points, named, tags, half, most)


def kept(rules: Rules) -> dict[str, Any]:
    """Rules as plain data."""
    return {
        "points": dict(rules.points),
        "named": dict(rules.named),
        "tags": dict(rules.tags),
        "half_days": rules.half_days,
        "most": rules.most,
    }


def parts(acts: Iterable[Act], tags: Iterable[str], bonus: int, rules: Rules, now: datetime) -> list[Part]:
    """What the score is made of, the largest part first."""
    found = [_part(words, group, rules, now) for words, group in _groups(acts, rules).items()]
    found += [Part(f"has the tag “{tag}”", rules.tags[tag]) for tag in sorted(set(tags)) if rules.tags.get(tag)]
    if bonus:
        found.append(Part("given by hand", bonus))
    return sorted((part for part in found if part.points), key=lambda part: (-abs(part.points), part.text))


def total(found: Iterable[Part]) -> int:
    """The score: the sum of its parts, never below zero."""
    return max(0, min(HIGHEST, sum(part.points for part in found)))


def _groups(acts: Iterable[Act], rules: Rules) -> dict[tuple[str, int], list[Act]]:
    """Acts by their words and points; each name once a day, of each kind and name's points the latest `most`."""
    once = {(act.kind, act.name, act.at.date()): act for act in sorted(acts, key=lambda act: act.at)}
    groups: dict[tuple[str, int], list[Act]] = {}
    for act in once.values():
        key, points = _rule_for(act, rules)
        groups.setdefault((key, points), []).append(act)
    return {key: group[-rules.most :] for key, group in groups.items()}


def _rule_for(act: Act, rules: Rules) -> tuple[str, int]:
    """The rule that counts an act: one that names it, else its kind's. A path counts for those below it too."""
    own = f"{act.kind} {act.name}"
    if own in rules.named:
        return own, rules.named[own]
    if act.kind == "visited":
        above = [key for key in rules.named if key.startswith("visited ") and own.startswith(key.rstrip("/") + "/")]
        if above:
            longest = max(above, key=len)
            return longest, rules.named[longest]
    return act.kind, rules.points.get(act.kind, 0)


def _part(rule: tuple[str, int], group: list[Act], rules: Rules, now: datetime) -> Part:
    words, points = rule
    kind, _, name = words.partition(" ")
    text = KINDS.get(kind, kind) + (f" “{name}”" if name else "")
    if len(group) > 1:
        text += f" ({len(group)} times)"
    return Part(text, round(sum(points * _left(act, rules, now) for act in group)))


def _left(act: Act, rules: Rules, now: datetime) -> float:
    if not rules.half_days:
        return 1.0
    halvings = max(0, (now - act.at).days) // rules.half_days
    return 0.0 if halvings >= FORGOTTEN else 0.5**halvings


def _name(name: str) -> str:
    kind, _, rest = " ".join(name.split()).partition(" ")
    if kind not in KINDS or not rest:
        raise NotRules(
            f"“{name}” names nothing that counts; write clicked NAME, visited /PATH, replied SENSE or submitted FORM."
        )
    return f"{kind} {rest}"


def _points(value: Any, what: str) -> int:
    return _whole(value, -HIGHEST, HIGHEST, f"The points for “{what}”")


def _whole(value: Any, least: int, most: int, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise NotRules(f"{what}: write a whole number from {least} to {most}, not {value!r}.")
    return value
