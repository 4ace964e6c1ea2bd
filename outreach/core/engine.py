"""The heart: what happens next to one enrolment, and why (DESIGN.md section 3). Pure.

    first(...)      plan a new enrolment's first step
    decide(...)     it is due: one decision, with fresh facts
    still_may(...)  the letter is about to be claimed: may it go now (W4, X4)?
    on_done(...)    a letter was accepted: remember it (D3), plan what follows
    on_signal(...)  a reply, bounce, click, outcome, pause ...: one decision

Each returns one `decisions.Decision`; `decision.after` is the enrolment as it shall stand. Call `decide` again while
`after.due_at <= now` and the decision is none of Wait, Hold, Block. Deciding twice with unchanged facts changes
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import Any

from outreach.core import endings, states
from outreach.core.acting import LETTER_AGAIN, act
from outreach.core.conditions import holds
from outreach.core.decisions import Decision, Notify, Skip, Wait
from outreach.core.enrolments import Facts, Snapshot
from outreach.core.gates import held_from_outside, inbox_unread, judged_by_cap, without_basis
from outreach.core.planning import Dice, calendar_of, moment, plan, written
from outreach.core.reactions.answers import on_signal
from outreach.core.reactions.pauses import frozen
from outreach.core.scene import Scene, hold
from outreach.core.schedule import is_open, opening_after
from outreach.core.sequences import Kind, Sequence, Step, Until
from outreach.core.waits import behind, next_wait, no_slot, still_waits
from outreach.core.walking import follower, found_again, received, stand_before, with_slot

__all__ = ["decide", "first", "on_done", "on_signal", "still_may"]

STANDSTILL = ("everything", "mailbox")
"""P2: pauses that also hold a letter that goes at once and stands in the queue already."""


def first(
    enrolment_id: int,
    sequence: Sequence,
    facts: Facts,
    now: datetime,
    random: Random,
    slots: Iterable[Iterable[Any]] = (),
) -> Decision:
    """Begin: the snapshot of a new enrolment with its first step planned (a Wait whose `after` is to be written).
    `slots`: (part of the day, weekday) of earlier touches of this lead in other enrolments (W11)."""
    fresh = Snapshot(enrolment_id, states.SCHEDULED, None, now, anchor_at=now)
    if tried := [list(each) for each in slots]:
        fresh = fresh.remember(slots=tried)
    return next_wait(Scene(stand_before(fresh, sequence, sequence.route.first), sequence, facts, now, random))


def decide(enrolment: Snapshot, sequence: Sequence, facts: Facts, now: datetime, random: Random) -> Decision:
    """One decision for an enrolment that is due (or that is only asked: then the plan is worked out again).

    Wait/Hold/Block: look again at after.due_at. Send/MakeTask: write the receipt and the row. Skip/Branch: call again.
    PartWays/Stop: ended.
    """
    if enrolment.ended:
        return Wait(after=enrolment, rule="S", text=states.sentence(enrolment.state), changed=False)
    if facts.suppressed:
        return endings.suppressed(enrolment, facts.suppressed)
    scene = Scene(enrolment, sequence, facts, now, random)
    held = held_from_outside(scene)
    if held is not None:
        return held
    if enrolment.under_way is not None:
        return _under_way(scene, enrolment.under_way)
    scene = scene.standing(found_again(enrolment, sequence))
    found = plan(scene.enrolment, sequence, facts, now, random)
    if found.due is None:
        return no_slot(scene, found)
    if found.due > now and not _wait_is_over(scene):
        return still_waits(scene, found)
    return act(scene.standing(found.enrolment), found)


def _wait_is_over(scene: Scene) -> bool:
    """True for a wait that has begun and whose condition holds by now."""
    if not scene.enrolment.memory.get("waiting"):
        return False
    step = scene.sequence.step(scene.enrolment.step_key or "")
    until = step.payload.until if step is not None and isinstance(step.payload, Until) else None
    return until is not None and holds(until, scene.enrolment, scene.facts)


def on_done(
    enrolment: Snapshot,
    sequence: Sequence,
    step_key: str,
    at: datetime,
    facts: Facts,
    now: datetime,
    random: Random,
    outcome: str | None = None,
) -> Decision:
    """D3: `step_key` was completed at `at` (letter accepted, task closed); the following step is planned."""
    scene = Scene(enrolment, sequence, facts, now, random)
    step = sequence.step(step_key)
    if enrolment.ended or step_key in enrolment.done:
        return Wait(after=enrolment, rule="V4", text="The step was counted already.", changed=False)
    if step is None:
        return _done_elsewhere(scene, step_key, at)
    after = with_slot(received(enrolment, step, at, "done", facts, outcome), sequence, facts, at)
    after = stand_before(after, sequence, follower(after, sequence, step_key))
    if enrolment.still:
        return Wait(after=after, rule="P1", text="The letter had gone before the pause.", step=step)
    return next_wait(scene.standing(after), step)


def _done_elsewhere(scene: Scene, step_key: str, at: datetime) -> Decision:
    """V4: a letter had gone for a step that this version does not have: it is received, and never comes again."""
    enrolment = scene.enrolment
    entry = {"at": written(at), "how": "done", "kind": Kind.EMAIL.value}
    under_way = enrolment.under_way
    waits = {} if under_way is None or under_way["step"] != step_key else {"under_way": None}
    after = enrolment.remember(done={**enrolment.done, step_key: entry}, last_message_at=written(at), **waits)
    after = replace(after, last_done_at=at)
    if after.under_way is not None or after.still:
        return Wait(after=after, rule="V4", text="A letter of a step that was taken out had gone.")
    return next_wait(scene.standing(found_again(after, scene.sequence)))


def still_may(
    enrolment: Snapshot, sequence: Sequence, step_key: str, facts: Facts, now: datetime, random: Random
) -> Decision | None:
    """W4, X4, M4: None when the letter under way may go at this moment, else why not and until when.

    Called in the transaction that claims it. A Stop: cancel the letter. A Hold: leave it queued until `after.due_at`.
    """
    if enrolment.ended:
        return endings.stop(enrolment, enrolment.state, "X4", enrolment.reason or states.sentence(enrolment.state))
    if facts.suppressed:
        return endings.suppressed(enrolment, facts.suppressed)
    step = sequence.step(step_key)
    if step is None:
        return None
    scene = Scene(enrolment, sequence, facts, now, random)
    if step.at_once:
        return frozen(scene) if any(pause.scope in STANDSTILL for pause in facts.pauses) else None
    held = held_from_outside(scene) or without_basis(scene, step)
    held = held or _window_closed(scene, step) or inbox_unread(scene, step)
    if held is not None:
        return held
    verdict = judged_by_cap(scene, step)
    if verdict.outcome == "go":
        return None
    return hold(enrolment, states.CAP, verdict.until or now + states.REMINDER, verdict.rule, verdict.text, step=step)


def _window_closed(scene: Scene, step: Step) -> Decision | None:
    """W4."""
    cal, now = calendar_of(scene.sequence, scene.facts), scene.now
    if is_open(cal, now):
        return None
    dice = Dice(scene.enrolment, scene.random)
    due = opening_after(cal, now, dice.share(f"jitter:{step.id}")) or now + states.REMINDER
    text = "It is outside the lead's working hours now."
    return hold(dice.into(scene.enrolment), states.WINDOW, due, "W4", text, step=step)


def _under_way(scene: Scene, under_way: Mapping[str, Any]) -> Decision:
    """A letter in the queue is waited for; a blocking task as long as its timeout (K1)."""
    enrolment, now = scene.enrolment, scene.now
    until = moment(under_way["until"])
    if now < until or under_way["kind"] == "letter":
        due = until if until > now else now + LETTER_AGAIN
        after = enrolment if enrolment.due_at and enrolment.due_at > now else replace(enrolment, due_at=due)
        task = under_way["kind"] == "task"
        rule, text = ("K1", "Waits for the task.") if task else ("F5", "The letter is under way.")
        return Wait(after=after, rule=rule, text=text, changed=after != enrolment)
    step = scene.sequence.step(under_way["step"])
    if step is None:
        return next_wait(scene.standing(found_again(enrolment.remember(under_way=None), scene.sequence)))
    return _timed_out(scene, step)


_PASSED = {
    "skip": "it is skipped",
    "continue": "the sequence goes on without it",
    "escalate": "the manager is told, and the sequence goes on",
}


def _timed_out(scene: Scene, step: Step) -> Decision:
    """K1: a task that nobody did in time is skipped, passed over, or told to the manager."""
    then = step.touch.then or "skip"
    after, _ = behind(scene, step, "skipped" if then == "skip" else "expired")
    text = f"Nobody did the task {step.id} in time; {_PASSED[then]}."
    effects = (Notify(f"The task {step.id} was not done in time.", escalate=True),) if then == "escalate" else ()
    return Skip(after=after, rule="K1", text=text, step=step, reason="not done in time", effects=effects)
