"""What may be a slip but is no fault: names that do not exist yet, tracks that nothing enters, delays out of order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from outreach.core.entry import unless
from outreach.core.sequences import Condition, Handover, Lanes, Mail, Sequence, Step
from outreach.documents.checks import conditions_of, plain


@dataclass(frozen=True, slots=True)
class Known:
    """The names that exist; None = not looked at."""

    templates: frozenset[str] | None = None
    programmes: frozenset[str] | None = None
    links: frozenset[str] | None = None
    tags: frozenset[str] | None = None
    segments: frozenset[str] | None = None
    forms: frozenset[str] | None = None
    stop_sets: frozenset[str] | None = None
    """Names of segments and of sets of stop rules count whatever their letter case."""


def warnings(sequence: Sequence, known: Known = Known()) -> list[str]:
    """One sentence each, in the order of the document."""
    return [
        *_templates(sequence, known),
        *_names(sequence, known),
        *_stop_set(sequence, known),
        *_programmes(sequence, known),
        *_shape(sequence),
    ]


def _templates(sequence: Sequence, known: Known) -> Iterator[str]:
    for step in sequence.every_step():
        if known.templates is not None and isinstance(step.payload, Mail):
            for variant in step.payload.variants:
                if variant.template and variant.template not in known.templates:
                    yield f"Step {step.id}: there is no template {variant.template!r} yet."


_KINDS = {"clicked": "links", "tag": "tags", "segment": "segments", "submitted": "forms"}
_WORDS = {"clicked": "link", "tag": "tag", "segment": "segment", "submitted": "form"}


def _names(sequence: Sequence, known: Known) -> Iterator[str]:
    tests: list[Condition] = [test for step in sequence.every_step() for test in conditions_of(step)]
    tests += [test for reaction in sequence.react for test in plain(reaction.when)]
    tests += [Condition(rule.kind, rule.name) for rule in sequence.enter.on if rule.kind != "score"]
    tests += [line for text in sequence.enter.unless if (line := unless(text).condition) is not None]
    tests += [Condition("submitted", rule.name) for rule in sequence.enter.on if rule.kind == "form"]
    for test in dict.fromkeys(tests):
        names: frozenset[str] | None = getattr(known, _KINDS.get(test.kind, ""), None)
        if names is not None and test.name and test.name not in names and test.name.lower() not in _lower(test, names):
            yield f"There is no {_WORDS[test.kind]} {test.name!r} yet."


def _lower(test: Condition, names: frozenset[str]) -> set[str]:
    return {name.lower() for name in names} if test.kind == "segment" else set()


def _stop_set(sequence: Sequence, known: Known) -> Iterator[str]:
    use = sequence.stop.use
    if use and known.stop_sets is not None and use.lower() not in {name.lower() for name in known.stop_sets}:
        yield f"There is no set of stop rules {use!r} yet; the defaults count."


def _programmes(sequence: Sequence, known: Known) -> Iterator[str]:
    finish = sequence.finish
    names = [finish.programme or finish.to] if finish else []
    names += [
        step.payload.programme or step.payload.to
        for step in sequence.every_step()
        if isinstance(step.payload, Handover)
    ]
    for name in names:
        strange = known.programmes is not None and name not in known.programmes
        if name and strange and name not in ("nurture", "owner", "person"):
            yield f"There is no sequence {name!r} yet."
    if finish is None and sequence.sells:
        yield "No finish: leads that never reply leave without a programme (they are listed as excluded)."


def _shape(sequence: Sequence) -> Iterator[str]:
    for step in sequence.every_step():
        if isinstance(step.payload, Lanes) and not (step.payload.then or step.payload.otherwise):
            yield f"Step {step.id}: both lanes are empty."
        if isinstance(step.payload, Mail) and step.payload.thread == "reply" and _nameless(step):
            yield f"Step {step.id}: without a fallback_subject it cannot go when no letter went before it."
    if sequence.from_enrolment:
        yield from _order(sequence.steps)


def _nameless(step: Step) -> bool:
    mail = step.mail
    return mail.fallback_subject is None and any(not (each.template or each.subject) for each in mail.variants)


def _order(steps: tuple[Step, ...]) -> Iterator[str]:
    """A step that is due before the one above it goes right after it."""
    minutes = {"minutes": 1, "hours": 60, "days": 1440, "business days": 1440}
    latest = 0
    for step in steps:
        due = step.delay.amount * minutes[step.delay.unit.value]
        if due < latest and step.after is not None:
            yield f"Step {step.id}: it is due before the step above it, and will go right after that."
        latest = max(latest, due)
