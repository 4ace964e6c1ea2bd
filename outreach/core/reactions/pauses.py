"""Pause, resume, and pauses from outside (P1 to P3, F6)."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from outreach.core import endings, signals, states
from outreach.core.decisions import Decision, Effect, EnterSequence, Hold, Pause, Resume, TaskUntil, Wait
from outreach.core.enrolments import Facts, Pausing, Snapshot
from outreach.core.planning import calendar_of, moment, rest_from, rest_of, shifted, target_after, time_left, written
from outreach.core.reactions.moves import taken_back
from outreach.core.scene import Scene, hold
from outreach.core.sequences import Sequence
from outreach.core.walking import planned

LONG_PAUSE = timedelta(days=30)
"""P3: after a longer pause a person is asked how to go on."""
ASKS_FIRST = "It was paused for more than 30 days: continue, restart or stop?"
SCOPE_STATES = {"rep": states.ABSENCE, "company": states.COMPANY}
_WHO = {
    "everything": "Everything is paused", "sequence": "The sequence is paused", "rep": "The owner is away",
    "lead": "The lead is paused", "company": "The company is paused", "mailbox": "The mailbox is paused",
}  # fmt: skip


def paused_by(scene: Scene, signal: signals.PausedBy) -> Decision:
    reason = signal.reason or f"Paused by {signal.by}."
    return pause(scene, reason, states.PAUSED, "P1", by=signal.by, until=signal.until)


def pause(
    scene: Scene,
    reason: str,
    state: str,
    rule: str,
    *effects: Effect,
    by: str = "rule",
    until: datetime | None = None,
) -> Decision:
    """P1: the rest of the delay is frozen in its own unit."""
    enrolment = scene.enrolment
    if enrolment.paused is not None:
        return Wait(after=enrolment, rule="P1", text="It is paused already.", effects=scene.effects, changed=False)
    scene = taken_back(scene, reason)
    paused = {**_rest_at(scene, scene.now), "reason": reason, "by": by, "until": written(until) if until else None}
    kept = scene.enrolment.remember(paused=paused)
    after = replace(kept, state=state, reason=reason, due_at=until or scene.now + states.REMINDER)
    return Pause(after=after, rule=rule, text=reason, effects=(*scene.effects, *effects), inputs={"by": by})


def resumed_by(scene: Scene, signal: signals.ResumedBy) -> Decision:
    """P3, F6: go on, begin again, or stop."""
    enrolment = scene.enrolment
    if signal.choice == "stop":
        return endings.stop(enrolment, states.MANUAL, "P3", f"Stopped by {signal.by} instead of resumed.")
    if signal.choice == "restart":
        again = EnterSequence(scene.sequence.name)
        return endings.stop(enrolment, states.MOVED, "P3", f"Begun again by {signal.by}.", effects=(again,))
    paused = enrolment.paused
    if paused is None and enrolment.frozen is not None:
        return frozen(scene) if scene.facts.pauses else thawed(scene, signal.choice or "continue")
    if paused is None:
        return _approved(scene, signal)
    if not signal.choice and enrolment.state != states.APPROVAL and asks_first(enrolment, scene.now):
        return hold(enrolment, states.APPROVAL, scene.now + states.REMINDER, "P3", ASKS_FIRST)
    return resumed(enrolment, scene.sequence, scene.facts, scene.now, scene.random, f"resumed by {signal.by}")


def _approved(scene: Scene, signal: signals.ResumedBy) -> Decision:
    """F6, F1: a person says yes to the step that asks, or has a failed one tried again."""
    enrolment = scene.enrolment
    if enrolment.state not in (states.APPROVAL, states.FAILED):
        return Wait(after=enrolment, rule="P3", text="It is not paused.", changed=False)
    freed = enrolment.remember(approved=enrolment.step_key, overdue_since=None, under_way=None)
    after = replace(freed, state=states.SCHEDULED, due_at=scene.now, reason="")
    return Resume(after=after, rule="F6", text=f"Released by {signal.by}.")


def asks_first(enrolment: Snapshot, now: datetime) -> bool:
    """P3: True when its own pause is so long that a person says how to go on."""
    return enrolment.paused is not None and now - moment(enrolment.paused["at"]) > LONG_PAUSE


def resumed(enrolment: Snapshot, sequence: Sequence, facts: Facts, now: datetime, random: Random, why: str) -> Resume:
    """P1: the rest of the delay runs from now; in an enrolment-anchored sequence the anchor moves by the pause."""
    paused = enrolment.paused or {}
    cal = calendar_of(sequence, facts)
    after = enrolment.remember(paused=None, counted_to=written(now))
    if sequence.from_enrolment:
        after = shifted(after, cal, moment(paused["at"]), now)
    left = paused.get("left")
    if left is not None and left["key"] == after.step_key:
        after = after.remember(rest=rest_from(left, cal, now))
    elif after.last_done_at is not None and after.last_done_at > moment(paused["at"]):
        after = replace(after, last_done_at=now)
    effects: tuple[Effect, ...] = ()
    if after.under_way is not None:
        until, left = moment(after.under_way["until"]), paused.get("task")
        if left is not None and left["key"] == after.under_way["step"]:
            until = max(target_after(left, cal, now), now)
            after = after.remember(under_way={**after.under_way, "until": written(until)})
            effects = (TaskUntil(left["key"], until),)
        after = replace(after, state=paused.get("was", states.SCHEDULED), due_at=max(until, now), reason="")
    else:
        after, _ = planned(after, sequence, facts, now, random)
    return Resume(after=after, rule="P1", text=f"Goes on: {why}.", effects=effects)


def pauses_changed(scene: Scene, signal: signals.PausesChanged) -> Decision:
    """P2: hold, or go on with what was left."""
    if scene.enrolment.paused is None and scene.facts.pauses:
        held = frozen(scene)
        if scene.enrolment.frozen is not None:
            return held
        return Pause(after=held.after, rule=held.rule, text=held.text, inputs=held.inputs, effects=held.effects)
    if scene.enrolment.paused is None and over(scene):
        return thawed(scene)
    return Wait(after=scene.enrolment, rule="P2", text="Nothing changes.", changed=False)


def frozen(scene: Scene) -> Hold:
    """P1, P2: hold for the widest of the pauses; the rest of the delay is frozen as it was when they began."""
    before, widest = scene.enrolment, scene.facts.pauses[0]
    if before.frozen is None:
        scene = taken_back(scene, widest.reason or "paused")
        since = min((each.since for each in scene.facts.pauses if each.since is not None), default=scene.now)
        kept = _frozen(scene, min(max(since, _counted_from(scene.enrolment)), scene.now))
    else:
        kept = before
    ends = [each.until for each in scene.facts.pauses if each.until is not None and each.until > scene.now]
    text = f"{_WHO.get(widest.scope, 'Paused')}: {widest.reason}" if widest.reason else _WHO.get(widest.scope, "Paused")
    if widest.scope == "enrolment":
        text = widest.reason or "Paused by a person."
    state = SCOPE_STATES.get(widest.scope, states.PAUSED)
    waits = before.due_at if before.state == state and before.due_at and before.due_at > scene.now else None
    due = min(ends) if ends else waits or scene.now + states.REMINDER
    held = hold(kept, state, due, "P2", text, inputs={"scope": widest.scope}, before=before)
    return replace(held, effects=scene.effects)


def over(scene: Scene) -> bool:
    """True when no pause binds any more and one that did is not yet in the dates."""
    return scene.enrolment.frozen is not None or bool(_uncounted(scene))


def thawed(scene: Scene, choice: str = "") -> Decision:
    """P1, P3: go on from the moment at which the last pause ended; after more than 30 days as a person says."""
    ended = [each.ended for each in _uncounted(scene) if each.ended is not None]
    at = min(max(ended), scene.now) if ended else scene.now
    before = scene.enrolment
    if before.frozen is None:
        since = min(each.since or at for each in _uncounted(scene))
        scene = scene.standing(_frozen(scene, max(since, _counted_from(before))))
    since = moment((scene.enrolment.frozen or {})["at"])
    choice = choice or next((each.choice for each in _uncounted(scene) if each.choice), "")
    if choice == "stop":
        return endings.stop(before, states.MANUAL, "P3", "Stopped instead of resumed.")
    if choice == "restart":
        again = EnterSequence(scene.sequence.name)
        return endings.stop(before, states.MOVED, "P3", "Begun again after a pause.", effects=(again,))
    if not choice and at - since > LONG_PAUSE:
        waits = before.due_at if before.state == states.APPROVAL and before.due_at else scene.now
        due = waits if waits > scene.now else scene.now + states.REMINDER
        return hold(scene.enrolment, states.APPROVAL, due, "P3", ASKS_FIRST, before=before)
    own = scene.enrolment.remember(paused=scene.enrolment.frozen, frozen=None)
    return resumed(own, scene.sequence, scene.facts, at, scene.random, "the pause is over")


def _frozen(scene: Scene, since: datetime) -> Snapshot:
    return scene.enrolment.remember(frozen=_rest_at(scene, since))


def _rest_at(scene: Scene, since: datetime) -> dict[str, Any]:
    """P1: where the enrolment stood, and what was left of its delay and of its task's time."""
    enrolment, cal = scene.enrolment, calendar_of(scene.sequence, scene.facts)
    left = rest_of(enrolment, scene.sequence, cal, since)
    task = time_left(enrolment, scene.sequence, cal, since)
    return {"at": written(since), "left": left, "task": task, "was": enrolment.state}


def _counted_from(enrolment: Snapshot) -> datetime:
    """From here on pauses are not yet in the enrolment's dates."""
    kept = enrolment.memory.get("counted_to")
    since = enrolment.last_done_at or moment(str(enrolment.memory.get("entered") or written(enrolment.anchor_at)))
    return max(moment(kept), since) if kept else since


def _uncounted(scene: Scene) -> list[Pausing]:
    since = _counted_from(scene.enrolment)
    return [each for each in scene.facts.lifted if each.ended is not None and each.ended > since]
