"""The sequence's own rules on what a lead does: react, goals, and X1's stops with their defaults."""

from dataclasses import replace
from datetime import datetime
from typing import cast

from outreach.core import endings, states
from outreach.core.conditions import describe, holds
from outreach.core.decisions import AddTask, Decision, Effect, MarkHot, Notify, SetStage, TagLead
from outreach.core.reactions.moves import go_on, goto
from outreach.core.reactions.pauses import pause
from outreach.core.scene import Scene
from outreach.core.sequences import Action, Do, Goal, Handover, Sequence, Step


def engaged(scene: Scene, action: Action | None, state: str, text: str) -> Decision:
    """The common way of everything a lead does: react, goals ahead, then the stop rule."""
    scene, leads = reacted(scene)
    if leads is not None:
        return led(scene, leads, text)
    goal = _goal_ahead(scene)
    if goal is not None:
        return endings.stop(
            scene.enrolment, states.GOAL, "S", f"{text} The goal is reached.", effects=scene.effects, step=goal
        )
    return act_on(scene, action, state, text) if action is not None else go_on(scene, "X1", text)


def act_on(scene: Scene, action: Action, state: str, text: str) -> Decision:
    """X1: what the sequence's stop rule says."""
    if action.do == "continue":
        return go_on(scene, "X1", text)
    if action.do == "goto":
        return goto(scene, action.step or "", "X1", text)
    if action.do == "stop":
        return endings.stop(scene.enrolment, state, "X1", text, effects=scene.effects)
    if action.do == "ask":
        return pause(scene, text, states.APPROVAL, "X1", Notify(f"{text} Go on or stop?"))
    return pause(scene, text, states.PAUSED, "X1", Notify(text))


def reacted(scene: Scene) -> tuple[Scene, Do | None]:
    """`react`: what holds now for the first time. Its effects, and the one that leads elsewhere, if any."""
    fired: list[str] = list(scene.enrolment.memory.get("reacted", ()))
    leads: Do | None = None
    for reaction in scene.sequence.react:
        name = describe(reaction.when)
        if name in fired or not holds(reaction.when, scene.enrolment, scene.facts):
            continue
        fired.append(name)
        scene = scene.plus(*_effects_of(reaction.do, name, scene.now))
        if leads is None and (reaction.do.goto or reaction.do.handover):
            leads = reaction.do
    if len(fired) == len(scene.enrolment.memory.get("reacted", ())):
        return scene, None
    return scene.standing(scene.enrolment.remember(reacted=fired)), leads


def _effects_of(do: Do, why: str, now: datetime) -> list[Effect]:
    found: list[Effect] = []
    if do.task:
        found.append(AddTask("task", do.task, now))
    if do.hot:
        found.append(MarkHot(why))
    if do.notify:
        found.append(Notify(do.notify))
    if do.stage:
        found.append(SetStage(do.stage))
    if do.tag:
        found.append(TagLead(do.tag))
    if do.untag:
        found.append(TagLead(do.untag, remove=True))
    return found


def led(scene: Scene, do: Do, text: str) -> Decision:
    """A reaction that leads elsewhere."""
    if do.goto:
        return goto(scene, do.goto, "X1", text)
    decision = endings.hand_over(scene.enrolment, None, Handover(do.handover or "owner"))
    return replace(decision, effects=(*scene.effects, *decision.effects), text=f"{text} {decision.text}")


def _goal_ahead(scene: Scene) -> Step | None:
    """A goal step further on whose condition holds now."""
    places = scene.sequence.route.places
    standing = places.get(scene.enrolment.step_key or "")
    here = standing.number if standing else len(places)
    for place in places.values():
        payload = place.step.payload
        ahead = isinstance(payload, Goal) and not place.step.off and place.lane == "" and place.number >= here
        if ahead and holds(cast(Goal, payload).condition, scene.enrolment, scene.facts):
            return place.step
    return None


def track_for(sequence: Sequence, good: bool) -> str | None:
    """The track that a sense or an outcome enters by itself: it has steps, and no goto in the document leads to it."""
    name = "positive" if good else "negative"
    steps = sequence.positive if good else sequence.negative
    gotos = {reaction.do.goto for reaction in sequence.react}
    stops = sequence.stop
    gotos |= {
        action.step
        for action in (stops.reply, stops.meeting, stops.call_connected, stops.click, stops.colleague_reply, stops.won)
    }
    gotos |= {action.step for _, action in stops.stage}
    return name if steps and name not in gotos and not gotos & {step.id for step in steps} else None
