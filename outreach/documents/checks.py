"""What must hold across a document: D10, places that are pointed to, merge fields, steps that go at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from outreach.core.placeholders import named, unknown
from outreach.core.sequences import MAIL_KINDS, Condition, Delay, Lanes, Mail, Sequence, Step, Touch, Unit, Until
from outreach.documents.nodes import Source


@dataclass(slots=True)
class Lines:
    """Where things stand: the line of each step's id, and of each `goto`."""

    steps: dict[str, int] = field(default_factory=dict)
    gotos: list[tuple[str, int]] = field(default_factory=list)


def check(sequence: Sequence, lines: Lines, source: Source, catalogue: frozenset[str]) -> None:
    """Raises DocumentError for the first fault."""
    _gotos(sequence, lines, source)
    _at_once(sequence, lines, source)
    for step in sequence.every_step():
        _fields(step, lines, source, catalogue)
        _outcomes(step, lines, source)
    for main in (sequence.steps, sequence.positive, sequence.negative):
        _Distances(sequence, lines, source).walk(main)


def _gotos(sequence: Sequence, lines: Lines, source: Source) -> None:
    for target, line in lines.gotos:
        if target in ("positive", "negative"):
            if not getattr(sequence, target):
                source.refuse(line, f"goto {target}: there is no such track.", f"Add {target}: with its steps.")
        elif target not in lines.steps:
            source.refuse(
                line, f"goto {target}: there is no step with this id.", f"Steps are: {', '.join(lines.steps)}."
            )


def _at_once(sequence: Sequence, lines: Lines, source: Source) -> None:
    for step in sequence.every_step():
        if step.at_once and step is not sequence.steps[0]:
            source.refuse(
                lines.steps[step.id], "at_once is legal on the first step only.", "Remove it; later steps keep windows."
            )


def texts_of(step: Step) -> Iterator[str]:
    """Every text of a step that may name merge fields."""
    payload = step.payload
    if isinstance(payload, Mail):
        for variant in payload.variants:
            yield from filter(None, (variant.subject, variant.body))
        yield from filter(None, (payload.fallback_subject,))
    elif isinstance(payload, Touch):
        yield from filter(None, (payload.script, payload.subject, payload.body))


def _fields(step: Step, lines: Lines, source: Source, catalogue: frozenset[str]) -> None:
    for text in texts_of(step):
        strange = unknown(named(text), catalogue)
        if strange:
            source.refuse(
                lines.steps[step.id],
                f"The step {step.id} uses the merge field {strange[0]!r}, which does not exist.",
                "Take one of the catalogue, or a lead's own field as fields.NAME.",
            )


def conditions_of(step: Step) -> Iterator[Condition]:
    """The plain conditions of a step."""
    payload = step.payload
    found = getattr(payload, "condition", None) or (payload.until if isinstance(payload, Until) else None)
    if found is not None:
        yield from plain(found)


def plain(condition: Condition) -> Iterator[Condition]:
    """The tests that a condition is made of."""
    if condition.parts:
        for part in condition.parts:
            yield from plain(part)
    else:
        yield condition


def _outcomes(step: Step, lines: Lines, source: Source) -> None:
    for test in conditions_of(step):
        if test.kind == "outcome" and test.name not in lines.steps:
            source.refuse(
                lines.steps[step.id],
                f"The condition asks for the outcome of {test.name!r}, which is no step.",
                f"Steps are: {', '.join(lines.steps)}.",
            )


class _Distances:
    """D10: two e-mails with no delay between them are refused.

    Under `previous_step` (and on tracks) delays add up from letter to letter, and a task that blocks or a wait parts
    them.
    Under `enrolment` two letters that count from the same anchor with the same delay and time have none between them.
    """

    def __init__(self, sequence: Sequence, lines: Lines, source: Source) -> None:
        self.sequence, self.lines, self.source = sequence, lines, source

    def walk(self, steps: tuple[Step, ...]) -> None:
        if self.sequence.from_enrolment:
            self._absolute(steps, None)
        else:
            self._relative(steps, False)

    def _refuse(self, step: Step) -> None:
        self.source.refuse(
            self.lines.steps[step.id],
            f"The letter {step.id} follows another letter with no delay between them (D10).",
            "Give it a delay, e.g. after: 1 day.",
        )

    def _relative(self, steps: tuple[Step, ...], close: bool) -> bool:
        """`close`: a letter went and no time has passed since; returned for what follows."""
        for step in steps:
            if step.off:
                continue
            if step.delay.amount:
                close = False
            if step.kind in MAIL_KINDS:
                if close:
                    self._refuse(step)
                close = True
            elif isinstance(step.payload, Lanes):
                close = self._lanes(step.payload, close)
            elif isinstance(step.payload, Until) or (isinstance(step.payload, Touch) and step.block is not False):
                close = False
        return close

    def _lanes(self, lanes: Lanes, close: bool) -> bool:
        then = self._relative(lanes.then, close)
        otherwise = self._relative(lanes.otherwise, close)
        return (then and not lanes.then_ends) or (otherwise and not lanes.otherwise_ends)

    def _absolute(self, steps: tuple[Step, ...], last: Step | None) -> None:
        """`last`: the letter before, of the same list."""
        for step in steps:
            if step.off:
                continue
            if step.kind in MAIL_KINDS:
                if last is not None and _same_time(step, last):
                    self._refuse(step)
                last = step
            elif isinstance(step.payload, Lanes):
                first_in_lane_is_close = last is not None and (step.after is None or _same_time(step, last))
                for lane in (step.payload.then, step.payload.otherwise):
                    self._lane_from_if(lane, first_in_lane_is_close)
                last = None
            elif isinstance(step.payload, Until):
                last = None

    def _lane_from_if(self, lane: tuple[Step, ...], close: bool) -> None:
        first = next((step for step in lane if step.kind in MAIL_KINDS and not step.off), None)
        if first is not None and close and not first.delay.amount:
            self._refuse(first)
        self._absolute(lane, None)


def _same_time(step: Step, other: Step) -> bool:
    return (_length(step.delay), step.at) == (_length(other.delay), other.at)


def _length(delay: Delay) -> tuple[int, Unit | None]:
    """A delay so that equal lengths are equal: 60 minutes are 1 hour, and nothing is nothing in every unit."""
    if delay.unit is Unit.HOURS:
        delay = Delay(delay.amount * 60, Unit.MINUTES)
    return delay.amount, delay.unit if delay.amount else None
