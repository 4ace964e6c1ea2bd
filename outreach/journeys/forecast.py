"""What happens next to one enrolment, and when: the engine itself, walked ahead in memory. Writes nothing.

The walk supposes that every letter is accepted when it is due, that tasks are done on their day, and that the lead stays
silent; so it shows the plan as it stands, not a promise.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from random import Random

from sqlalchemy.orm import Session

from outreach.core import decisions as d
from outreach.core import engine
from outreach.core.enrolments import Facts, SentMail, Snapshot
from outreach.core.sequences import Sequence, Step
from outreach.journeys import facts
from outreach.journeys.house import House
from outreach.store.enrolments import Enrolment
from outreach.store.leads import Lead

FURTHEST = timedelta(days=400)
TURNS = 120
LONGEST_WORDS = 60
_FIELD = re.compile(r"\{\{\s*([\w.]+)[^}]*\}\}")


@dataclass(frozen=True, slots=True)
class Coming:
    """One thing that will happen: a step (`step_key`), a wait that holds it (`kind` hold), or the end (`kind` finish)."""

    at: datetime
    kind: str
    title: str
    step_key: str = ""
    rule: str = ""
    at_once: bool = False
    under_way: bool = False
    """It waits already: a letter in the queue, or a task that somebody has to do."""


NAMES = {
    "call": "Call", "text": "Text", "voice": "Voice message", "letter": "Letter by post", "social": "Social media",
    "video": "Video", "task": "Task", "email": "E-mail", "breakup": "Break-up letter",
}  # fmt: skip


def forecast(
    session: Session, house: House, lead: Lead, row: Enrolment, now: datetime, limit: int = 12
) -> list[Coming]:
    """The coming steps of a running enrolment, in order, with the end as the last one where it comes into sight."""
    if row.ended_at is not None or row.due_at is None:
        return []
    sequence = facts.sequence_of(session, row)
    known = facts.gather(session, house, lead, sequence, row, now)
    return list(islice(coming(sequence, known, facts.snapshot(row), now, now + FURTHEST), limit))


def coming(sequence: Sequence, known: Facts, enrolment: Snapshot, now: datetime, until: datetime) -> Iterator[Coming]:
    """What an enrolment will do up to a moment, in order, from facts at hand."""
    walk = _Walk(sequence, known, enrolment, now)
    for _ in range(TURNS):
        found = walk.step()
        if walk.at > until:
            return
        if found:
            yield found
        if walk.over:
            return


class _Walk:
    """The enrolment on its way through the days."""

    def __init__(self, sequence: Sequence, known: Facts, enrolment: Snapshot, now: datetime) -> None:
        self.sequence, self.known, self.enrolment, self.at = sequence, known, enrolment, now
        self.random, self.over = Random(0), False
        self._waited = 0

    def step(self) -> Coming | None:
        """One decision at the next moment; what it will do, if it does anything."""
        under_way = self.enrolment.under_way
        if under_way is not None and (step := self.sequence.step(under_way["step"])):
            return self._finish_under_way(step, under_way["kind"])
        self.at = max(self.at, self.enrolment.due_at or self.at)
        self.known = _after_pauses(self.known, self.at)
        decision = engine.decide(self.enrolment, self.sequence, self.known, self.at, self.random)
        self.enrolment = decision.after
        if isinstance(decision, d.Send):
            return self._sent(decision)
        if isinstance(decision, d.MakeTask):
            return self._task(decision)
        if isinstance(decision, d.Wait):
            return self._wait(decision)
        if self.enrolment.ended:
            self.over = True
            return Coming(self.at, "finish", _ending(decision), rule=decision.rule)
        if isinstance(decision, d.Skip) and decision.step:
            return Coming(self.at, "skip", f"Skipped: {decision.reason}", decision.step.id, decision.rule)
        return None

    def _sent(self, decision: d.Send) -> Coming:
        step = _step(decision)
        self.known = replace(
            self.known, mails=(*self.known.mails, SentMail(self.at, self.sequence.klass, decision.at_once))
        )
        self._done(step)
        return Coming(self.at, step.kind.value, title(step), step.id, decision.rule, decision.at_once)

    def _task(self, decision: d.MakeTask) -> Coming:
        step = _step(decision)
        if decision.blocking:
            self._done(step)
        return Coming(decision.call_at, decision.task_kind, title(step), step.id, decision.rule)

    def _finish_under_way(self, step: Step, kind: str) -> Coming:
        """A letter in the queue, or a task that a person has to do first."""
        words = f"{title(step)} ({'on its way' if kind == 'letter' else 'waits for you'})"
        self._done(step)
        return Coming(self.at, step.kind.value, words, step.id, at_once=step.at_once, under_way=True)

    def _done(self, step: Step) -> None:
        decision = engine.on_done(self.enrolment, self.sequence, step.id, self.at, self.known, self.at, self.random)
        self.enrolment = decision.after

    def _wait(self, decision: d.Wait) -> Coming | None:
        """Held until then; one that never ends by itself ends the forecast."""
        due = self.enrolment.due_at
        self._waited += 1
        held = isinstance(decision, d.Hold | d.Block)
        if due is None or due <= self.at or (held and self._waited > 2):
            self.over = True
        if held:
            coming = Coming(self.at, "hold", decision.text, rule=decision.rule)
            self.over = self.over or self.enrolment.paused is not None
            return coming if self._waited == 1 or self.over else None
        return None


def _after_pauses(known: Facts, at: datetime) -> Facts:
    """The facts at that moment: pauses with an end have run out by then (P2)."""
    over = tuple(replace(one, ended=one.until) for one in known.pauses if one.until is not None and one.until <= at)
    if not over:
        return known
    left = tuple(one for one in known.pauses if one.until is None or one.until > at)
    return replace(known, pauses=left, lifted=(*known.lifted, *over))


def _ending(decision: d.Decision) -> str:
    """How it ends when nothing comes between."""
    for effect in decision.effects:
        if isinstance(effect, d.EnterNurture):
            return "Ends without a reply; the educational letters begin"
        if isinstance(effect, d.EnterSequence):
            return f"Ends without a reply; goes on in “{effect.name}”"
    return "Ends without a reply" if isinstance(decision, d.PartWays) else decision.text


def title(step: Step) -> str:
    """A step in a few words: what it is, and the letter or script it uses."""
    name = NAMES.get(step.kind.value, step.kind.value.capitalize())
    if step.is_mail:
        variant = step.mail.variants[0]
        words = variant.subject or (variant.template or "").replace("-", " ")
        return f"{name}: {words}" if words else name
    if step.is_touch:
        words = step.touch.subject or (step.touch.script or "").replace("-", " ") or (step.touch.body or "")
        return f"{name}: {_first_words(words)}" if words else name
    return name


def _first_words(text: str) -> str:
    """The beginning of a text for people, its merge fields named instead of filled: `Hello [first name], this is ...`"""
    named = _FIELD.sub(lambda found: f"[{found[1].replace('.', ' ').replace('_', ' ')}]", " ".join(text.split()))
    return named if len(named) <= LONGEST_WORDS else named[:LONGEST_WORDS].rsplit(" ", 1)[0] + " …"


def _step(decision: d.Decision) -> Step:
    if decision.step is None:
        raise LookupError(f"a {decision.kind} without its step")
    return decision.step
