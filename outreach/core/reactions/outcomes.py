"""The outcome of a task (K1, K3)."""

from dataclasses import replace
from datetime import datetime

from outreach.core import endings, signals, states
from outreach.core.decisions import AddTask, Decision, Effect, EnterNurture, MarkPhoneBad, Suppress, Wait
from outreach.core.planning import calendar_of
from outreach.core.reactions.moves import go_on, goto
from outreach.core.reactions.stops import act_on, led, reacted, track_for
from outreach.core.scene import Scene
from outreach.core.tasks import OUTCOMES, Consequence
from outreach.core.walking import follower, planned, received, stand_before, with_slot


def outcome(scene: Scene, signal: signals.Outcome) -> Decision:
    """K3."""
    consequence = OUTCOMES[signal.outcome]
    scene = _noted(scene, signal)
    scene = scene.plus(*_consequences(consequence, signal, scene.now))
    if signal.suppress or consequence.suppress:
        decision = endings.suppressed(scene.enrolment, "do not contact")
        return replace(decision, rule="K3", effects=(Suppress("do not contact"), *scene.effects, *decision.effects))
    text = f"Outcome: {consequence.label.lower()}."
    scene, leads = reacted(scene)
    if leads is not None:
        return led(scene, leads, text)
    if consequence.ends is not None:
        return _ended_by_outcome(scene, consequence, signal, text)
    if consequence.reached and scene.sequence.stop.call_connected.do in ("stop", "pause", "goto"):
        return act_on(scene, scene.sequence.stop.call_connected, states.REPLIED, text)
    return _task_closed(scene, signal, text)


def _consequences(consequence: Consequence, signal: signals.Outcome, now: datetime) -> list[Effect]:
    found: list[Effect] = []
    if consequence.phone_bad:
        found.append(MarkPhoneBad())
    if consequence.interview:
        found.append(AddTask("interview", "They are interested: make the interview.", now))
    if consequence.referral:
        found.append(AddTask("referral", "They may know somebody: ask for a referral.", now))
    if signal.outcome == "call back at" and signal.back_on is not None:
        found.append(AddTask("call", "Call back as agreed.", signal.back_on))
    return found


def _ended_by_outcome(scene: Scene, consequence: Consequence, signal: signals.Outcome, text: str) -> Decision:
    track = None
    if signal.outcome in ("interested", "not interested"):
        track = track_for(scene.sequence, signal.outcome == "interested")
    if track is not None:
        answered = scene.enrolment.remember(answer=consequence.ends)
        return goto(scene.standing(answered), track, "K3", text)
    if consequence.nurture and scene.sequence.sells:
        finish = scene.sequence.finish
        back_on = calendar_of(scene.sequence, scene.facts).local(signal.back_on).date() if signal.back_on else None
        scene = scene.plus(EnterNurture(finish.programme if finish else None, back_on))
    state = consequence.ends or states.MANUAL
    return endings.stop(scene.enrolment, state, "K3", text, effects=scene.effects, inputs={"outcome": signal.outcome})


def _noted(scene: Scene, signal: signals.Outcome) -> Scene:
    """The outcome kept for conditions, with the step where it was received already."""
    done = scene.enrolment.done
    if signal.step is None:
        return scene
    if signal.step not in done:
        said = {**scene.enrolment.memory.get("said", {}), signal.step: signal.outcome}
        return scene.standing(scene.enrolment.remember(said=said))
    entry = {**done[signal.step], "outcome": signal.outcome}
    return scene.standing(scene.enrolment.remember(done={**done, signal.step: entry}))


def _task_closed(scene: Scene, signal: signals.Outcome, text: str) -> Decision:
    """A task that blocked moves the sequence on (D3: completed); any other only leaves its outcome."""
    enrolment = scene.enrolment
    under_way = enrolment.under_way
    step = scene.sequence.step(signal.step or "")
    if step is None or under_way is None or under_way["step"] != step.id or under_way["kind"] != "task":
        return go_on(scene, "K3", text)
    after = with_slot(
        received(enrolment, step, scene.now, "done", scene.facts, signal.outcome),
        scene.sequence,
        scene.facts,
        scene.now,
    )
    after = stand_before(after, scene.sequence, follower(after, scene.sequence, step.id))
    if not enrolment.still:
        after, _ = planned(after, scene.sequence, scene.facts, scene.now, scene.random)
    return Wait(after=after, rule="K3", text=text, step=step, effects=scene.effects)
