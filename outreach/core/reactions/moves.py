"""The moves that answers to signals are made of."""

from dataclasses import replace

from outreach.core import states
from outreach.core.conditions import holds
from outreach.core.decisions import Branch, CancelLetters, CancelTasks, Decision, Wait
from outreach.core.enrolments import Snapshot
from outreach.core.scene import Scene
from outreach.core.sequences import Until
from outreach.core.walking import jump, planned


def go_on(scene: Scene, rule: str, text: str) -> Decision:
    """Nothing changes but the effects and, with fresh facts, the next date."""
    before = scene.enrolment
    after = planned_again(scene)
    return Wait(after=after, rule=rule, text=text, effects=scene.effects, changed=after != before)


def planned_again(scene: Scene) -> Snapshot:
    """The next moment worked out again; what is under way or paused stays. A wait whose condition now holds is due."""
    enrolment = scene.enrolment
    if enrolment.still or enrolment.under_way is not None:
        return enrolment
    if enrolment.state.startswith(("held", "blocked", "failed", states.APPROVAL)):
        return enrolment
    step = scene.sequence.step(enrolment.step_key or "")
    after, _ = planned(enrolment, scene.sequence, scene.facts, scene.now, scene.random)
    until = step.payload.until if step is not None and isinstance(step.payload, Until) else None
    if until is not None and enrolment.memory.get("waiting") and holds(until, enrolment, scene.facts):
        return replace(after, due_at=min(scene.now, after.due_at or scene.now))
    if enrolment.due_at is not None and enrolment.due_at <= scene.now == after.due_at:
        return replace(after, due_at=enrolment.due_at)
    return after


def taken_back(scene: Scene, why: str) -> Scene:
    """A letter in the queue becomes the next step again; its receipt stays, cancelled, and is used once more later."""
    under_way = scene.enrolment.under_way
    step = scene.sequence.step(under_way["step"]) if under_way and under_way["kind"] == "letter" else None
    if step is None or step.at_once:
        return scene
    freed = replace(scene.enrolment.remember(under_way=None), state=states.SCHEDULED)
    return scene.standing(freed).plus(CancelLetters(why))


def goto(scene: Scene, target: str, rule: str, text: str) -> Branch:
    """Leave what is under way and stand before a step, or on a track."""
    after = jump(scene.enrolment, scene.sequence, target, scene.now)
    after, _ = planned(after, scene.sequence, scene.facts, scene.now, scene.random)
    effects = (CancelLetters(text), CancelTasks(text), *scene.effects)
    return Branch(after=after, rule=rule, text=f"{text} Goes on at {target}.", lane=target, effects=effects)
