"""What our own people do to an enrolment beside pausing it: skip, stop, move, edit (P5, X8, W7, K4, V4, V5)."""

from dataclasses import replace

from outreach.core import endings, signals, states
from outreach.core.decisions import CancelLetters, CancelTasks, Decision, Skip, Wait
from outreach.core.reactions.moves import go_on, planned_again
from outreach.core.scene import Scene
from outreach.core.sequences import FINISH
from outreach.core.walking import place_after_edit, planned, received, stand_before


def skipped_by(scene: Scene, signal: signals.SkippedBy) -> Decision:
    """P5."""
    enrolment, sequence = scene.enrolment, scene.sequence
    reason = signal.reason or f"skipped by {signal.by}"
    step = sequence.step(enrolment.step_key or "")
    if step is None:
        return endings.part_ways(enrolment, sequence)
    after = received(enrolment, step, scene.now, "skipped", scene.facts)
    after = stand_before(after, sequence, sequence.route.places[step.id].next)  # past both lanes of an `if`
    if not enrolment.still:
        after, _ = planned(after, sequence, scene.facts, scene.now, scene.random)
    effects = (CancelLetters(reason), CancelTasks(reason)) if enrolment.under_way else ()
    return Skip(after=after, rule="P5", text=f"Skipped {step.id}: {reason}.", step=step, reason=reason, effects=effects)


def stopped_by(scene: Scene, signal: signals.StoppedBy) -> Decision:
    text = signal.reason or f"Stopped by {signal.by}."
    return endings.stop(scene.enrolment, signal.state, "X8", text, inputs={"by": signal.by})


def zone_changed(scene: Scene, signal: signals.ZoneChanged) -> Decision:
    """W7."""
    text = f"The lead's time zone is now {signal.new or scene.facts.zone}; what was not sent is planned again."
    if scene.enrolment.under_way is None and scene.enrolment.state in (states.CAP, states.INBOX, states.NO_SLOT):
        scene = scene.standing(replace(scene.enrolment, state=states.DELAY))
    return go_on(scene, "W7", text)


def owner_changed(scene: Scene, signal: signals.OwnerChanged) -> Decision:
    """K4: planned again for the new owner's hours; the tasks are moved by the caller."""
    return go_on(scene, "K4", f"The owner is now {signal.new}." if signal.new else "The owner changed.")


def edited(scene: Scene, signal: signals.Edited) -> Decision:
    """V4, V5: the place in the new version; time already served counts."""
    before = scene.enrolment
    scene = _out_of_a_gone_step(scene)
    moved = scene.enrolment
    if moved.under_way is None:
        moved = place_after_edit(moved, scene.sequence)
    if moved.step_key != before.step_key:
        moved = moved.remember(waiting=None, rest=None)
    if moved.state == states.NO_SLOT:  # perhaps the edit opened hours (W10)
        moved = replace(moved, state=states.DELAY)
    after = planned_again(scene.standing(moved))
    to = "the end" if after.step_key == FINISH else after.step_key
    text = f"A new version: goes on at {to}."
    return Wait(after=after, rule="V4", text=text, effects=scene.effects, changed=after != before)


def _out_of_a_gone_step(scene: Scene) -> Scene:
    """V4: what is under way for a step that the new version does not have: a queued letter is taken back; a task stays
    open, but nothing waits for it any more."""
    under_way = scene.enrolment.under_way
    step = scene.sequence.step(under_way["step"]) if under_way is not None else None
    if under_way is None or (step is not None and not step.off):
        return scene
    freed = scene.standing(replace(scene.enrolment.remember(under_way=None), state=states.SCHEDULED))
    if under_way["kind"] != "letter":
        return freed
    return freed.plus(CancelLetters("The step was taken out of the sequence."))
