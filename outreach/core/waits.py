"""A plan as a decision: wait until then, and say so in one sentence."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from outreach.core import states
from outreach.core.decisions import Block, Decision, Hold, Wait
from outreach.core.enrolments import Facts, Snapshot
from outreach.core.planning import FLOW_KINDS, Planned, calendar_of, written
from outreach.core.scene import Scene, reminder
from outreach.core.sequences import FINISH, Kind, Step
from outreach.core.walking import follower, planned, received, stand_before


def next_wait(scene: Scene, step: Step | None = None) -> Decision:
    """The next step planned. `step`: the one that was finished just now."""
    after, found = planned(scene.enrolment, scene.sequence, scene.facts, scene.now, scene.random)
    text = _says(scene, after, found)
    if found.due is None:
        return Block(after=after, rule="W10", text=text, step=step)
    return Wait(after=after, rule=found.rule, text=text, step=step, inputs=inputs_of(found, scene.facts))


def still_waits(scene: Scene, found: Planned) -> Wait:
    """Not due yet: the plan as it stands with today's facts."""
    after = replace(found.enrolment, state=found.state, due_at=found.due, reason="")
    delay_is_over = found.raw is not None and found.raw <= scene.now
    kind = Hold if delay_is_over or found.state == states.OUT_OF_OFFICE else Wait
    return kind(
        after=after,
        rule=found.rule,
        text=_says(scene, after, found),
        step=scene.sequence.step(after.step_key or ""),
        inputs=inputs_of(found, scene.facts),
        changed=after != scene.enrolment,
    )


def no_slot(scene: Scene, found: Planned) -> Block:
    """W10."""
    due = reminder(scene.enrolment, states.NO_SLOT, scene.now)
    after = replace(found.enrolment, state=states.NO_SLOT, due_at=due, reason=states.sentence(states.NO_SLOT))
    return Block(after=after, rule="W10", text=after.reason, changed=after != scene.enrolment)


def behind(scene: Scene, step: Step, how: str) -> tuple[Snapshot, Planned]:
    """The enrolment behind a step that it received in this way (`walking.received`), with what follows planned."""
    after = received(scene.enrolment, step, scene.now, how, scene.facts)
    after = stand_before(after, scene.sequence, follower(after, scene.sequence, step.id))
    return planned(after, scene.sequence, scene.facts, scene.now, scene.random)


def inputs_of(found: Planned, facts: Facts) -> Mapping[str, Any]:
    """What a plan stood on, for the event."""
    return {"delay_ends": written(found.raw) if found.raw else None, "zone": facts.zone, "country": facts.country}


def _says(scene: Scene, after: Snapshot, found: Planned) -> str:
    if found.due is None:
        return states.sentence(states.NO_SLOT)
    sequence = scene.sequence
    local = calendar_of(sequence, scene.facts).local(found.due)
    what = "The end of the sequence" if after.step_key == FINISH else _called(sequence.step(after.step_key or ""))
    return f"{what} is planned for {local:%a} {local.day} {local:%b %Y} at {local:%H:%M}."


def _called(step: Step | None) -> str:
    """A step in the middle of a sentence for people, who know no ids."""
    if step is None or step.kind in FLOW_KINDS:
        return "The next step"
    names = {Kind.EMAIL: "letter", Kind.BREAKUP: "break-up letter", Kind.VOICE: "voice message",
             Kind.LETTER: "letter by post", Kind.SOCIAL: "touch on social media"}  # fmt: skip
    return f"The next {names.get(step.kind, step.kind.value)}"
