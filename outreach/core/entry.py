"""Who enters which sequence when something happens (RULES M1 to M3, M6 to M8, P7, X7, X9). Pure.

heard      what a sequence listens for: its ways in, and what its conditions ask about
matches    whether a way in is opened by what happened
refusal    why a lead does not enter one sequence, with the rule; None = it may
choose     M2: of all sequences that it would open, the highest in the list; why not the others
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from collections.abc import Sequence as Ordered
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from outreach.core.conditions import NotACondition, holds, parse
from outreach.core.enrolments import Facts, Snapshot
from outreach.core.schedule import Calendar, is_business_day
from outreach.core.sequences import CLASSES, Condition, EntryRule, Goal, Lanes, Sequence, Unit, Until

REQUESTS: Final = ("form", "replied")
"""M8: what is a request of theirs by itself."""
CUSTOMER: Final = "customer"
MOST_DAYS: Final = 4000
_TOUCHED = re.compile(r"touched in (\d{1,4}) days?")
_WORD = re.compile(r"[\w.-]+")


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened to a lead. `kind` and `name` as in EntryRule; `before` and `after` are the score's."""

    kind: str
    name: str = ""
    before: int = 0
    after: int = 0


@dataclass(frozen=True, slots=True)
class Unless:
    """One line of ``enter.unless``: `customer`, ``touched in N days`` (M6), or a condition."""

    kind: str
    days: int = 0
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sequence that somebody could enter, in the version that is published. `sequence` None = never published."""

    id: int
    name: str
    sequence: Sequence | None
    archived: bool = False
    version_id: int = 0


@dataclass(frozen=True, slots=True)
class Running:
    """A programme that the lead is in."""

    sequence_id: int
    name: str
    klass: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is true of the lead at this moment.

    `left`: sequence id -> when the lead left it last (of those that it was in and is not in). `touched_at`: the last
    time that one of us reached out in person. `requested`: a request of theirs is on record for this entry (M8).
    `colleagues`: how many others of the company are being followed up (M7). `facts`: for conditions of `unless`.
    """

    facts: Facts = field(default_factory=Facts)
    suppressed: str | None = None
    customer: bool = False
    running: tuple[Running, ...] = ()
    left: Mapping[int, datetime] = field(default_factory=dict)
    touched_at: datetime | None = None
    requested: bool = False
    colleagues: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a lead does not enter; `waits`: it enters when a place is free (M7)."""

    candidate: Candidate
    rule: str
    text: str
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """What came of it: the sequence that is entered, and for each other that would have been, why not."""

    entered: Candidate | None
    refused: tuple[Refusal, ...] = ()


@lru_cache(maxsize=1024)
def unless(line: str) -> Unless:
    """What a line of ``enter.unless`` means. Raises NotACondition. A single word that is no condition is a tag."""
    words = " ".join(line.split())
    if words == CUSTOMER:
        return Unless("customer")
    if match := _TOUCHED.fullmatch(words):
        if int(match[1]) < 1:
            raise NotACondition(f"{line!r} is never true; write touched in 14 days")
        return Unless("touched", days=int(match[1]))
    try:
        condition = parse(words)
    except NotACondition:
        if not _WORD.fullmatch(words):
            raise
        condition = Condition("tag", words)
    if condition.kind == "outcome":
        raise NotACondition(f"{line!r} asks about a step, and whoever enters has done none")
    return Unless("condition", condition=condition)


def matches(rule: EntryRule, happened: Happening) -> bool:
    """Whether a way in is opened by what happened. The distance of a date is counted by whoever says that it is due."""
    if rule.kind != happened.kind:
        return False
    if rule.kind == "visited":
        return happened.name == rule.name or happened.name.startswith(rule.name.rstrip("/") + "/")
    if rule.kind == "score":
        return happened.before < int(rule.name) <= happened.after
    return not rule.name or rule.name == happened.name


def listens(sequence: Sequence, happened: Happening) -> bool:
    """Whether one of the sequence's ways in is opened. Coming back from nurture opens no programme of nurture again."""
    if happened.kind == "nurture_return" and not sequence.sells:
        return False
    return any(matches(rule, happened) for rule in sequence.enter.on)


def needs_facts(sequence: Sequence) -> bool:
    """Whether `unless` asks for more than tags, touches and what the lead is in."""
    return any(unless(line).kind == "condition" for line in sequence.enter.unless)


def needs_touch(sequence: Sequence) -> bool:
    """Whether `unless` asks when one of us reached out last."""
    return any(unless(line).kind == "touched" for line in sequence.enter.unless)


def day_of(rule: EntryRule, value: date, cal: Calendar) -> date:
    """The day on which a way in such as ``date trial_ends - 3 days`` acts for this value; business days are open days."""
    if rule.offset is None:
        return value
    if rule.offset.unit is not Unit.BUSINESS_DAYS:
        return value + timedelta(days=rule.sign * rule.offset.amount)
    day, left = value, rule.offset.amount
    for _ in range(MOST_DAYS):
        if left == 0:
            break
        day += timedelta(days=rule.sign)
        left -= is_business_day(cal, day)
    return day


def refusal(candidate: Candidate, known: Known, now: datetime) -> Refusal | None:
    """Why the lead does not enter this sequence; None = it may."""

    def no(rule: str, text: str, waits: bool = False) -> Refusal:
        return Refusal(candidate, rule, text, waits)

    sequence = candidate.sequence
    if candidate.archived or sequence is None:
        return no("X9", f"the sequence is {'archived' if candidate.archived else 'not published'}.")
    if known.suppressed:
        return no("X7", f"the lead is {known.suppressed}.")
    if sequence.klass == "inbound" and not known.requested:
        return no("M8", "a sequence of class inbound needs a recorded request (a form, a call or a mail from them).")
    for line in sequence.enter.unless:
        if kept_out := _kept_out(line, known, now):
            return no(*kept_out)
    if sequence.sells and (standing := _in_the_way(sequence.klass, candidate.id, known.running)):
        return no("M1", f"the lead is in “{standing.name}” already, and one sales sequence at a time is allowed.")
    if found := _again(candidate.id, sequence, known, now):
        return no("P7", found)
    most = sequence.enter.company_at_most
    if most is not None and known.colleagues >= most:
        people = "1 person of the company is" if known.colleagues == 1 else f"{known.colleagues} of the company are"
        return no("M7", f"{people} being followed up, {most} at once are allowed; the lead enters later.", waits=True)
    return None


def choose(candidates: Ordered[Candidate], known: Known, now: datetime) -> Choice:
    """M2: the first of these candidates, in the order of the list, that the lead may enter; why not the others.

    One that only waits for a place (M7) has won as well: those below it do not take its place.
    """
    refused: list[Refusal] = []
    winner: Candidate | None = None
    waits = False
    for candidate in candidates:
        if winner is not None:
            text = f"“{winner.name}” stands higher in the list of entry and matched too."
            refused.append(Refusal(candidate, "M2", text))
            continue
        found = refusal(candidate, known, now)
        if found is None or found.waits:
            winner, waits = candidate, found is not None
        if found is not None:
            refused.append(found)
    return Choice(None if waits else winner, tuple(refused))


def _kept_out(line: str, known: Known, now: datetime) -> tuple[str, str] | None:
    rule = unless(line)
    if rule.kind == "customer":
        return ("M2", "the lead is a customer.") if known.customer else None
    if rule.kind == "touched":
        if known.touched_at is None or now - known.touched_at >= timedelta(days=rule.days):
            return None
        return "M6", f"one of us was in touch with the lead in the last {rule.days} days."
    assert rule.condition is not None
    nowhere = Snapshot(0, "", None, None, now)
    return ("M2", f"the lead is kept out by “{line}”.") if holds(rule.condition, nowhere, known.facts) else None


def _in_the_way(klass: str, sequence_id: int, running: tuple[Running, ...]) -> Running | None:
    """M1, M3: a higher class enters above a lower one, which is held; anything else is one too many."""
    rank = CLASSES.index(klass)
    return next(
        (
            each
            for each in running
            if each.klass != "nurture" and CLASSES.index(each.klass) <= rank and each.sequence_id != sequence_id
        ),
        None,
    )


def _again(sequence_id: int, sequence: Sequence, known: Known, now: datetime) -> str | None:
    """P7: once, if not active, after N days, always. One running sales sequence of a class stays one (M1)."""
    again = sequence.enter.again
    inside = any(each.sequence_id == sequence_id for each in known.running)
    if inside and (again.rule != "always" or sequence.sells):
        return "the lead is in it already."
    if inside:
        return None
    left = known.left.get(sequence_id)
    if left is None:
        return None
    if again.rule == "once":
        return "the lead was in it before, and it may be entered once."
    if again.rule == "after" and now - left < timedelta(days=again.days):
        return f"the lead left it less than {again.days} days ago."
    return None


def asked_for(sequence: Sequence) -> Iterator[Condition]:
    """Every plain condition of a document: of its steps, reactions and `unless`."""
    for step in sequence.every_step():
        payload = step.payload
        if isinstance(payload, Lanes | Goal):
            yield from _plain(payload.condition)
        elif isinstance(payload, Until) and payload.until is not None:
            yield from _plain(payload.until)
    for reaction in sequence.react:
        yield from _plain(reaction.when)
    for line in sequence.enter.unless:
        if (condition := unless(line).condition) is not None:
            yield condition


def names_asked(sequences: Collection[Sequence], kind: str) -> frozenset[str]:
    """The names that conditions of this kind ask about in these sequences (`segment`: the segments)."""
    return frozenset(each.name for sequence in sequences for each in _asked(sequence) if each.kind == kind)


def _asked(sequence: Sequence) -> tuple[Condition, ...]:
    """`asked_for`, worked out once for each sequence object."""
    # Beside the cached properties of the sequence: hashing a whole sequence would cost more than the answer.
    kept = vars(sequence)
    if "_asked_for" not in kept:
        kept["_asked_for"] = tuple(asked_for(sequence))
    found: tuple[Condition, ...] = kept["_asked_for"]
    return found


def _plain(condition: Condition) -> Iterator[Condition]:
    if condition.parts:
        for part in condition.parts:
            yield from _plain(part)
    else:
        yield condition
