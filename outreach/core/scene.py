"""What every decision stands on, and the enrolment held in its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from typing import Any

from outreach.core import states
from outreach.core.decisions import Effect, Hold
from outreach.core.enrolments import Facts, Snapshot
from outreach.core.sequences import Sequence, Step


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that a decision needs; `effects` so far."""

    enrolment: Snapshot
    sequence: Sequence
    facts: Facts
    now: datetime
    random: Random
    effects: tuple[Effect, ...] = ()

    def plus(self, *effects: Effect) -> Scene:
        return replace(self, effects=(*self.effects, *effects))

    def standing(self, enrolment: Snapshot) -> Scene:
        """The same, with the enrolment as it is by now."""
        return replace(self, enrolment=enrolment)


def hold(
    enrolment: Snapshot,
    state: str,
    due: datetime,
    rule: str,
    text: str,
    *,
    step: Step | None = None,
    inputs: Mapping[str, Any] | None = None,
    before: Snapshot | None = None,
    asks_again: bool = False,
) -> Hold:
    """The enrolment held in its place until `due`. `asks_again`: `due` only says when to look again, and looking is no
    change."""
    after = replace(enrolment, state=state, due_at=due, reason=text)
    stood = before if before is not None else enrolment
    if asks_again and stood.state == state:
        stood = replace(stood, due_at=due)
    return Hold(
        after=after,
        rule=rule,
        text=text,
        step=step,
        inputs=inputs or {},
        changed=after != stood,
    )


def reminder(enrolment: Snapshot, state: str, now: datetime) -> datetime:
    """The standing reminder date while it lies ahead, else one in 7 days (RULES S)."""
    if enrolment.state == state and enrolment.due_at is not None and enrolment.due_at > now:
        return enrolment.due_at
    return now + states.REMINDER
