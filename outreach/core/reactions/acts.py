"""What a lead does beside writing, and what becomes of them: clicks, visits, forms, stages, meetings, sales (X1)."""

from dataclasses import replace

from outreach.core import signals, states
from outreach.core.decisions import Decision, MarkCustomer, MarkHot
from outreach.core.reactions.stops import act_on, engaged
from outreach.core.scene import Scene


def clicked(scene: Scene, signal: signals.Clicked) -> Decision:
    """X1: a click goes on and makes the lead hot. Where it stops the sequence, it was what the sequence was for."""
    facts = replace(scene.facts, clicks=scene.facts.clicks | {signal.name})
    scene = replace(scene, facts=facts).plus(MarkHot(f"clicked {signal.name}"))
    return engaged(scene, scene.sequence.stop.click, states.GOAL, f"The lead clicked {signal.name}.")


def visited(scene: Scene, signal: signals.Visited) -> Decision:
    facts = replace(scene.facts, visits=scene.facts.visits | {signal.path})
    return engaged(replace(scene, facts=facts), None, states.MANUAL, f"The lead visited {signal.path}.")


def submitted(scene: Scene, signal: signals.Submitted) -> Decision:
    facts = replace(scene.facts, submitted=scene.facts.submitted | {signal.form})
    return engaged(replace(scene, facts=facts), None, states.MANUAL, f"The lead sent the form {signal.form}.")


def facts_changed(scene: Scene, signal: signals.FactsChanged) -> Decision:
    return engaged(scene, None, states.MANUAL, signal.text)


def stage_changed(scene: Scene, signal: signals.StageChanged) -> Decision:
    """X1: a change of stage acts by the sequence's rule for that stage; without one only conditions hear of it."""
    state = {"won": states.WON, "interview": states.MEETING, "lost": states.DISQUALIFIED}.get(
        signal.stage, states.MANUAL
    )
    text = f"The lead's stage is now {signal.stage}."
    facts = replace(scene.facts, stage=signal.stage)
    return engaged(replace(scene, facts=facts), scene.sequence.stop.on_stage(signal.stage), state, text)


def meeting(scene: Scene, signal: signals.MeetingBooked) -> Decision:
    return engaged(scene, scene.sequence.stop.meeting, states.MEETING, states.sentence(states.MEETING))


def won(scene: Scene, signal: signals.DealWon) -> Decision:
    """X1: stop sales and nurture, mark the customer."""
    scene = scene.plus(MarkCustomer())
    return act_on(scene, scene.sequence.stop.won, states.WON, states.sentence(states.WON))
