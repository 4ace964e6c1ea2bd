"""Editing a sequence: pure changes of the document, each giving a new `Sequence`, and what differs between two of them.

A change that makes no sense raises `CannotEdit` with a sentence for the person who edits. Whether the result may be
kept is said by `outreach.documents`, which reads it as strictly as any other document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import time

from outreach.core.sequences import (
    MAIL_KINDS,
    NO_DELAY,
    TOUCH_KINDS,
    Condition,
    Delay,
    Goal,
    Handover,
    Kind,
    Lanes,
    Mail,
    Payload,
    Sequence,
    Step,
    Touch,
    Unit,
    Until,
    Variant,
)

Steps = tuple[Step, ...]

ADDABLE = (
    Kind.EMAIL, Kind.CALL, Kind.TEXT, Kind.TASK, Kind.SOCIAL, Kind.LETTER, Kind.VIDEO, Kind.WAIT, Kind.BREAKUP,
    Kind.GOAL, Kind.HANDOVER,
)  # fmt: skip
"""Kinds that the editor adds; the lanes of branches are written as text."""

MOST_VARIANTS = 6
SUBJECT = "A question about your request"
AFTERNOON = time(16, 0)
BODY = "Hi {{ first_name }},\n\n\n\n{{ owner.name }}"


class CannotEdit(ValueError):
    """The change asks for something that is not there or makes no sense; the text is for the person who edits."""


# --- finding and replacing -------------------------------------------------------------------------------------------


def change_step(sequence: Sequence, key: str, change: Callable[[Step], Step]) -> Sequence:
    """The sequence with one step changed, wherever it stands; its id stays (V1)."""
    _known(sequence, key)

    def one(steps: Steps) -> Steps:
        return tuple(replace(change(step), id=key) if step.id == key else step for step in steps)

    return _in_every_list(sequence, one)


def switch(sequence: Sequence, key: str, off: bool) -> Sequence:
    """Switch a step off, or on again (V6)."""
    return change_step(sequence, key, lambda step: replace(step, off=off))


def remove(sequence: Sequence, key: str) -> Sequence:
    """The sequence without a step. Whether it has history, and so may only be switched off (V6), the caller knows."""
    _known(sequence, key)
    edited = _in_every_list(sequence, lambda steps: tuple(step for step in steps if step.id != key))
    if not edited.steps:
        raise CannotEdit("A sequence needs at least one step. Add another one first.")
    return _first_alone_at_once(edited)


def add(sequence: Sequence, step: Step, after: str | None = None) -> Sequence:
    """Put a step behind `after` (in the list where that one stands), or at the end of the main line."""
    if sequence.step(step.id):
        raise CannotEdit(f"There is a step {step.id!r} already.")
    if after is None:
        return replace(sequence, steps=(*sequence.steps, step))
    _known(sequence, after)

    def put(steps: Steps) -> Steps:
        return tuple(new for one in steps for new in ((one, step) if one.id == after else (one,)))

    return _in_every_list(sequence, put)


def copy(sequence: Sequence, key: str) -> tuple[Sequence, str]:
    """A copy of a step behind it, with an id of its own; the sequence and that id."""
    step = _known(sequence, key)
    if isinstance(step.payload, Lanes):
        raise CannotEdit("A branch cannot be copied here. Copy it in the text of the document.")
    delay, at = _slot(sequence, key, step.kind)
    if step.kind is not Kind.WAIT:
        step = replace(step, after=delay, at=at or _kept(step.at, delay))
    new = replace(step, id=fresh_id(sequence, step.id), at_once=False)
    return add(sequence, new, key), new.id


def _kept(at: time | str | None, after: Delay) -> time | str | None:
    """A time of day goes with a delay in days alone."""
    return at if after.day_level else None


# --- order -----------------------------------------------------------------------------------------------------------


def move(sequence: Sequence, key: str, by: int) -> Sequence:
    """Move a step of the main line up (`by` -1) or down (1); at the end of the line nothing changes."""
    keys = [step.id for step in sequence.steps]
    if key not in keys:
        raise CannotEdit("Only the steps of the main line are moved here. Move this one in the text of the document.")
    place = keys.index(key)
    target = max(0, min(len(keys) - 1, place + by))
    keys.insert(target, keys.pop(place))
    return reorder(sequence, tuple(keys))


def reorder(sequence: Sequence, keys: tuple[str, ...]) -> Sequence:
    """Put the main line into this order.

    Every step takes its delay along. Counted from the start of an enrolment (D2) that may make a later step due before
    an earlier one: then the days stay where they are and the steps change places, so that the line runs forward.
    """
    steps = {step.id: step for step in sequence.steps}
    if len(keys) != len(steps) or set(keys) != set(steps):
        raise CannotEdit("The steps changed in the meantime. Reload the page and try again.")
    ordered = tuple(steps[key] for key in keys)
    if sequence.from_enrolment and not _forward(ordered):
        ordered = tuple(
            replace(step, after=slot.after, at=slot.at) if step.id != slot.id else step
            for step, slot in zip(ordered, sequence.steps, strict=True)
        )
    return _first_alone_at_once(replace(sequence, steps=ordered))


def _forward(steps: Steps) -> bool:
    """Whether each step is due no earlier than the one above it, as far as delays of different units compare."""
    due = [step.delay.amount * _MINUTES[step.delay.unit] for step in steps if step.kind is not Kind.WAIT]
    return due == sorted(due)


_MINUTES = {Unit.MINUTES: 1, Unit.HOURS: 60, Unit.DAYS: 1440, Unit.BUSINESS_DAYS: 1440}


def _first_alone_at_once(sequence: Sequence) -> Sequence:
    """`at_once` is legal on the first step alone (W5)."""
    rest = tuple(replace(step, at_once=False) if step.at_once else step for step in sequence.steps[1:])
    return replace(sequence, steps=(sequence.steps[0], *rest))


# --- new ones --------------------------------------------------------------------------------------------------------


def blank(name: str, klass: str = "sales") -> Sequence:
    """A new sequence: one e-mail, and nothing after it."""
    return Sequence(name=name, klass=klass, steps=(Step("email", Kind.EMAIL, _letter(), after=NO_DELAY),))


def add_variant(sequence: Sequence, key: str) -> Sequence:
    """B5: another letter against those of a step, a copy of the last one to be rewritten."""

    def more(step: Step) -> Step:
        if not isinstance(step.payload, Mail):
            raise CannotEdit("Only letters are tested against each other.")
        if len(step.payload.variants) >= MOST_VARIANTS:
            raise CannotEdit(f"More than {MOST_VARIANTS} letters would need too many people to tell them apart.")
        return replace(
            step, payload=replace(step.payload, variants=(*step.payload.variants, step.payload.variants[-1]))
        )

    return change_step(sequence, key, more)


def drop_variant(sequence: Sequence, key: str) -> Sequence:
    """B5: without the last of a step's letters; who was drawn for it gets one of the others."""

    def less(step: Step) -> Step:
        if not isinstance(step.payload, Mail) or len(step.payload.variants) < 2:
            raise CannotEdit("This step has one letter only.")
        return replace(step, payload=replace(step.payload, variants=step.payload.variants[:-1]))

    return change_step(sequence, key, less)


def new_step(sequence: Sequence, kind: Kind, after: str | None = None) -> Step:
    """A step of this kind to be put behind `after`, with a fresh id, plain content and a delay that is legal there."""
    last = after or (sequence.steps[-1].id if sequence.steps else None)
    if kind in (Kind.WAIT, Kind.GOAL):
        return Step(fresh_id(sequence, kind.value), kind, _payload(kind))
    delay, at = _slot(sequence, last, kind)
    return Step(fresh_id(sequence, kind.value), kind, _payload(kind), after=delay, at=at)


def fresh_id(sequence: Sequence, base: str) -> str:
    """An id that no step of the sequence has: `email`, `email-2`, `email-3` ..."""
    taken = {step.id for step in sequence.every_step()}
    stem = re.sub(r"-\d+$", "", base) if base in taken else base
    number = 2
    while base in taken:
        base = f"{stem}-{number}"
        number += 1
    return base


def _payload(kind: Kind) -> Payload:
    if kind in MAIL_KINDS:
        return Mail((Variant(template="break-up"),)) if kind is Kind.BREAKUP else _letter()
    if kind is Kind.WAIT:
        return Until(at_most=Delay(2, Unit.BUSINESS_DAYS))
    if kind is Kind.GOAL:
        return Goal(Condition("stage", "interview"))
    if kind is Kind.HANDOVER:
        return Handover("owner")
    if kind in TOUCH_KINDS:
        return Touch(script="Call and ask how you can help.") if kind is Kind.CALL else Touch(body=_words(kind))
    raise CannotEdit(f"A step of the kind {kind.value!r} is written in the text of the document.")


def _letter() -> Mail:
    return Mail((Variant(subject=SUBJECT, body=BODY),))


def _words(kind: Kind) -> str:
    if kind is Kind.TEXT:
        return "Hi {{ first_name }}, {{ owner.name }} here. Did my e-mail reach you?"
    return "What should be done here?"


def _slot(sequence: Sequence, key: str | None, kind: Kind) -> tuple[Delay, time | None]:
    """Delay and time of day of a new step behind `key`: beside it for a task, on a day of its own for a letter (D10)."""
    if not sequence.from_enrolment:
        return Delay(2 if kind in MAIL_KINDS else 1, Unit.BUSINESS_DAYS), None
    before = sequence.step(key) if key else None
    start = before.delay if before else NO_DELAY
    if kind not in MAIL_KINDS:
        return start, None
    day = start.amount if start.day_level else 0
    following = _next_letter_day(sequence, key)
    if following is None:
        return Delay(day + 2, Unit.DAYS), None
    return (Delay(day + 1, Unit.DAYS), None) if day + 1 < following else (Delay(following, Unit.DAYS), AFTERNOON)


def _next_letter_day(sequence: Sequence, key: str | None) -> int | None:
    """The day of the first letter below `key` in the main line; None when there is none."""
    keys = [step.id for step in sequence.steps]
    below = sequence.steps[keys.index(key) + 1 :] if key in keys else ()
    return next((step.delay.amount for step in below if step.is_mail and step.delay.day_level), None)


# --- texts of one version in another (V2) ----------------------------------------------------------------------------


def with_texts(structure: Sequence, texts: Sequence) -> Sequence:
    """V2: the way through one version with the words of another: letters, scripts and texts of the steps in both.

    A step takes them when it is of the same kind and, for letters, has as many variants.
    """
    words = {step.id: step for step in texts.every_step()}

    def one(steps: Steps) -> Steps:
        return tuple(_reworded(step, words[step.id]) if step.id in words else step for step in steps)

    return replace(_in_every_list(structure, one), name=texts.name)


def _reworded(step: Step, words: Step) -> Step:
    old, new = step.payload, words.payload
    if step.kind is not words.kind:
        return step
    if isinstance(old, Mail) and isinstance(new, Mail) and len(old.variants) == len(new.variants):
        return replace(step, payload=replace(old, variants=new.variants, fallback_subject=new.fallback_subject))
    if isinstance(old, Touch) and isinstance(new, Touch):
        said = replace(old, script=new.script, template=new.template, subject=new.subject, body=new.body)
        return replace(step, payload=said)
    return step


# --- what changed ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two documents, as a sentence. `structural`: the way through the sequence changes (V2)."""

    what: str
    """added | removed | moved | changed | settings."""
    text: str
    step: str | None = None
    structural: bool = True


def changes(before: Sequence, after: Sequence) -> tuple[Change, ...]:
    """What publishing `after` over `before` changes, in the order of the document (V3)."""
    old = {step.id: step for step in before.every_step()}
    new = {step.id: step for step in after.every_step()}
    found = [*_settings(before, after)]
    found += [Change("added", f"{_named(step)} is new", key) for key, step in new.items() if key not in old]
    found += [Change("removed", f"{_named(step)} is taken out", key) for key, step in old.items() if key not in new]
    found += _moves([key for key in old if key in new], [key for key in new if key in old], new)
    for key, step in new.items():
        if key in old:
            found += _step_changes(old[key], step)
    return tuple(found)


_SETTINGS = {
    "name": "The name", "klass": "The class", "anchor": "What the delays count from", "schedule": "The sending hours",
    "min_gap": "The smallest gap between two letters", "enter": "What starts it", "stop": "What stops it",
    "react": "What it reacts to", "finish": "What happens at the end",
}  # fmt: skip


def _settings(before: Sequence, after: Sequence) -> Iterator[Change]:
    for name, label in _SETTINGS.items():
        if getattr(before, name) != getattr(after, name):
            yield Change("settings", f"{label} changed", structural=name != "name")


def _moves(old: list[str], new: list[str], steps: dict[str, Step]) -> list[Change]:
    """The fewest steps whose moving explains the new order."""
    stays = _longest_common(old, new)
    return [Change("moved", f"{_named(steps[key])} has another place", key) for key in new if key not in stays]


def _longest_common(old: list[str], new: list[str]) -> set[str]:
    """The longest run of keys whose order is the same in both (longest increasing subsequence)."""
    place = {key: index for index, key in enumerate(old)}
    best: list[list[str]] = []
    for key in new:
        run = max((one for one in best if place[one[-1]] < place[key]), key=len, default=[])
        best.append([*run, key])
    longest = max(best, key=len, default=[])
    return set(longest)


def _step_changes(old: Step, new: Step) -> Iterator[Change]:
    name = _named(new)
    if old.off != new.off:
        yield Change("changed", f"{name} is switched {'off' if new.off else 'on'}", new.id)
    if old.kind != new.kind:
        yield Change("changed", f"{name} was {_WORDS[old.kind]}", new.id)
    if old.delay != new.delay:
        yield Change("changed", f"{name} waits {new.delay} instead of {old.delay}", new.id)
    if (old.at, old.at_once, old.block) != (new.at, new.at_once, new.block):
        yield Change("changed", f"{name} runs {_when(new)}", new.id)
    yield from _payload_changes(old, new, name)


def _payload_changes(old: Step, new: Step, name: str) -> Iterator[Change]:
    if old.payload == new.payload or old.kind != new.kind:
        return
    if isinstance(new.payload, Mail) and isinstance(old.payload, Mail):
        if old.payload.thread != new.payload.thread:
            yield Change("changed", f"{name} goes {_thread(new.payload)}", new.id)
        if len(old.payload.variants) != len(new.payload.variants):
            yield Change("changed", f"{name} has {len(new.payload.variants)} variants", new.id)
        elif old.payload.variants != new.payload.variants:
            yield Change("changed", f"{name} has another letter", new.id, structural=False)
        elif old.payload.fallback_subject != new.payload.fallback_subject:
            yield Change("changed", f"{name} has another subject when it stands alone", new.id, structural=False)
    elif isinstance(new.payload, Touch) and isinstance(old.payload, Touch):
        words = (old.payload.timeout, old.payload.then) == (new.payload.timeout, new.payload.then)
        text = "has other words" if words else "has another timeout"
        yield Change("changed", f"{name} {text}", new.id, structural=not words)
    elif isinstance(new.payload, Lanes) and isinstance(old.payload, Lanes):
        if old.payload.condition != new.payload.condition:
            yield Change("changed", f"{name} asks something else", new.id)
    else:
        yield Change("changed", f"{name} changed", new.id)


_WORDS = {
    Kind.EMAIL: "an e-mail", Kind.CALL: "a call", Kind.TEXT: "a text message", Kind.VOICE: "a voice message",
    Kind.LETTER: "a printed letter", Kind.SOCIAL: "a social touch", Kind.VIDEO: "a video", Kind.TASK: "a task",
    Kind.WAIT: "a wait", Kind.IF: "a branch", Kind.BREAKUP: "the break-up letter", Kind.GOAL: "a goal",
    Kind.HANDOVER: "a hand-over",
}  # fmt: skip


def _named(step: Step) -> str:
    kind = _WORDS[step.kind].split(" ", 1)[1].capitalize()
    return f"{kind} “{step.id}”"


def _when(step: Step) -> str:
    parts = ["at once" if step.at_once else ""]
    if isinstance(step.at, time):
        parts.append(f"at {step.at:%H:%M}")
    elif step.at == "vary":
        parts.append("at varied hours")
    if step.block is not None:
        parts.append("and the next step waits for it" if step.block else "and nothing waits for it")
    return " ".join(part for part in parts if part) or "at the usual hours"


def _thread(mail: Mail) -> str:
    return "as a reply in the thread" if mail.thread == "reply" else "as a new thread"


# --- lists within lists ----------------------------------------------------------------------------------------------


def _known(sequence: Sequence, key: str) -> Step:
    step = sequence.step(key)
    if step is None:
        raise CannotEdit(f"There is no step {key!r} in this draft any more. Reload the page.")
    return step


def _in_every_list(sequence: Sequence, change: Callable[[Steps], Steps]) -> Sequence:
    """Apply a change to the main line, the tracks and every lane within them."""

    def deep(steps: Steps) -> Steps:
        return tuple(_with_lanes(step, deep) for step in change(steps))

    lists = (deep(sequence.steps), deep(sequence.positive), deep(sequence.negative))
    return replace(sequence, steps=lists[0], positive=lists[1], negative=lists[2])


def _with_lanes(step: Step, change: Callable[[Steps], Steps]) -> Step:
    if not isinstance(step.payload, Lanes):
        return step
    lanes = replace(step.payload, then=change(step.payload.then), otherwise=change(step.payload.otherwise))
    return replace(step, payload=lanes)
