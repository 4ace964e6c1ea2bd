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
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from outreach.core import endings, states
from outreach.core.arbiter import Ask, Person, Verdict, arbitrate, on_hold
from outreach.core.conditions import describe, holds
from outreach.core.decisions import Block, Branch, Decision, Hold, MakeTask, Notify, Send, Skip, Wait
from outreach.core.enrolments import Facts, Snapshot
from outreach.core.placeholders import missing_fields
from outreach.core.planning import (
    FLOW_KINDS,
    Dice,
    Planned,
    blocks,
    calendar_of,
    hours_for_call,
    is_automatic,
    keeps_time,
    moment,
    plan,
    written,
)
from outreach.core.reactions.answers import on_signal
from outreach.core.reactions.pauses import ASKS_FIRST, asks_first, frozen, over, resumed, thawed
from outreach.core.reactions.scene import Scene, hold
from outreach.core.schedule import add, is_open, opening_after
from outreach.core.sequences import (
    FINISH,
    ONE_BUSINESS_DAY,
    Goal,
    Handover,
    Kind,
    Lanes,
    Letter,
    Sequence,
    Step,
    Touch,
    Until,
)
from outreach.core.walking import follower, found_again, planned, received, stand_before, with_slot

__all__ = ["decide", "first", "on_done", "on_signal", "still_may"]

INBOX_AGAIN = timedelta(minutes=5)
LETTER_AGAIN = timedelta(days=1)
OVERDUE = timedelta(days=7)
"""F6: a letter that is later than this asks a person."""
_DATED = frozenset(
    {
        states.SCHEDULED,
        states.DELAY,
        states.WINDOW,
        states.LIMIT,
        states.INBOX,
        states.APPROVAL,
        states.OUT_OF_OFFICE,
        states.CAP,
    }
)
"""States whose date is the step's own, so that being late for it means that nobody looked (F6)."""
STANDSTILL = ("everything", "mailbox")
"""P2: pauses that also hold a letter that goes at once and stands in the queue already."""
PHONE_KINDS = frozenset({Kind.CALL, Kind.TEXT, Kind.VOICE})


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
    return _planned(stand_before(fresh, sequence, sequence.route.first), sequence, facts, now, random)


def decide(enrolment: Snapshot, sequence: Sequence, facts: Facts, now: datetime, random: Random) -> Decision:
    """One decision for an enrolment that is due (or that is only asked: then the plan is worked out again).

    Wait/Hold/Block: look again at after.due_at. Send/MakeTask: write the receipt and the row. Skip/Branch: call again.
    PartWays/Stop: ended.
    """
    if enrolment.ended:
        return Wait(after=enrolment, rule="S", text=states.sentence(enrolment.state), changed=False)
    if facts.suppressed:
        return endings.suppressed(enrolment, facts.suppressed)
    held = _held_from_outside(enrolment, sequence, facts, now, random)
    if held is not None:
        return held
    if enrolment.under_way is not None:
        return _under_way(enrolment, sequence, facts, now, random)
    enrolment = found_again(enrolment, sequence)
    found = plan(enrolment, sequence, facts, now, random)
    if found.due is None:
        return _no_slot(enrolment, found, now)
    if found.due > now and not _wait_is_over(enrolment, sequence, facts):
        return _waits(enrolment, sequence, found, facts, now)
    return _act(found.enrolment, sequence, facts, now, random, found)


def _wait_is_over(enrolment: Snapshot, sequence: Sequence, facts: Facts) -> bool:
    """True for a wait that has begun and whose condition holds by now."""
    if not enrolment.memory.get("waiting"):
        return False
    step = sequence.step(enrolment.step_key or "")
    until = step.payload.until if step is not None and isinstance(step.payload, Until) else None
    return until is not None and holds(until, enrolment, facts)


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
    step = sequence.step(step_key)
    if enrolment.ended or step_key in enrolment.done:
        return Wait(after=enrolment, rule="V4", text="The step was counted already.", changed=False)
    if step is None:
        return _done_elsewhere(enrolment, sequence, step_key, at, facts, now, random)
    after = with_slot(received(enrolment, step, at, "done", facts, outcome), sequence, facts, at)
    if enrolment.still:
        kept = stand_before(after, sequence, follower(after, sequence, step_key))
        return Wait(after=kept, rule="P1", text="The letter had gone before the pause.", step=step)
    after = stand_before(after, sequence, follower(after, sequence, step_key))
    return _planned(after, sequence, facts, now, random, step=step)


def _done_elsewhere(
    enrolment: Snapshot, sequence: Sequence, step_key: str, at: datetime, facts: Facts, now: datetime, random: Random
) -> Decision:
    """V4: a letter had gone for a step that this version does not have: it is received, and never comes again."""
    entry = {"at": written(at), "how": "done", "kind": Kind.EMAIL.value}
    under_way = enrolment.under_way
    waits = {} if under_way is None or under_way["step"] != step_key else {"under_way": None}
    after = enrolment.remember(done={**enrolment.done, step_key: entry}, last_message_at=written(at), **waits)
    after = replace(after, last_done_at=at)
    if after.under_way is not None or after.still:
        return Wait(after=after, rule="V4", text="A letter of a step that was taken out had gone.")
    return _planned(found_again(after, sequence), sequence, facts, now, random)


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
    if step.at_once:
        stopped = any(pause.scope in STANDSTILL for pause in facts.pauses)
        return frozen(Scene(enrolment, sequence, facts, now, random)) if stopped else None
    held = _held_from_outside(enrolment, sequence, facts, now, random)
    if held is not None:
        return held
    cal = calendar_of(sequence, facts)
    if not is_open(cal, now):
        dice = Dice(enrolment, random)
        until = opening_after(cal, now, dice.share(f"jitter:{step.id}"))
        due, enrolment = until or now + states.REMINDER, dice.into(enrolment)
        return hold(enrolment, states.WINDOW, due, "W4", "It is outside the lead's working hours now.", step=step)
    held = _inbox_unread(enrolment, step, facts, now)
    if held is not None:
        return held
    verdict = _judged_by_cap(enrolment, sequence, step, facts, now)
    if verdict.outcome == "go":
        return None
    return hold(enrolment, states.CAP, verdict.until or now + states.REMINDER, verdict.rule, verdict.text, step=step)


# What binds from outside


def _held_from_outside(
    enrolment: Snapshot, sequence: Sequence, facts: Facts, now: datetime, random: Random
) -> Decision | None:
    """Pauses (P1, P2), a more important programme (M3), and the quiet time after a reply elsewhere (X5)."""
    if enrolment.paused is not None:
        return _paused(enrolment, sequence, facts, now, random)
    scene = Scene(enrolment, sequence, facts, now, random)
    if facts.pauses:
        return frozen(scene)
    if over(scene):
        return thawed(scene)
    behind = on_hold(sequence.klass, facts.rivals, _quiet_until(enrolment, sequence, facts), now)
    if behind is None or behind.until is None:
        return None
    inputs = {"rivals": sorted(facts.rivals)}
    again = behind.rule == "M3"
    return hold(enrolment, states.PRIORITY, behind.until, behind.rule, behind.text, inputs=inputs, asks_again=again)


def _quiet_until(enrolment: Snapshot, sequence: Sequence, facts: Facts) -> datetime | None:
    if sequence.sells:
        return None
    kept = enrolment.memory.get("quiet_until")
    return max(filter(None, (facts.hold_until, moment(kept) if kept else None)), default=None)


def _paused(enrolment: Snapshot, sequence: Sequence, facts: Facts, now: datetime, random: Random) -> Decision:
    """P1: a pause with an end resumes by itself; another one reminds."""
    paused = enrolment.paused or {}
    until = moment(paused["until"]) if paused.get("until") else None
    if until is not None and until <= now and not asks_first(enrolment, now):
        return resumed(enrolment, sequence, facts, now, random, "the pause ran out")
    if until is not None and until <= now and enrolment.state != states.APPROVAL:
        return hold(enrolment, states.APPROVAL, now + states.REMINDER, "P3", ASKS_FIRST)
    if enrolment.due_at is not None and enrolment.due_at > now:
        return Wait(after=enrolment, rule="P1", text=states.sentence(enrolment.state), changed=False)
    due = until if until is not None and until > now else now + states.REMINDER
    return replace(
        hold(enrolment, enrolment.state, due, "P1", "Still paused."),
        effects=(Notify("Still paused: " + str(paused.get("reason") or "no reason given")),),
    )


def _reminder(enrolment: Snapshot, state: str, now: datetime) -> datetime:
    """The standing reminder date while it lies ahead, else one in 7 days (RULES S)."""
    if enrolment.state == state and enrolment.due_at is not None and enrolment.due_at > now:
        return enrolment.due_at
    return now + states.REMINDER


def _under_way(enrolment: Snapshot, sequence: Sequence, facts: Facts, now: datetime, random: Random) -> Decision:
    """A letter in the queue is waited for; a blocking task as long as its timeout (K1)."""
    under_way = enrolment.under_way or {}
    until = moment(under_way["until"])
    if now < until or under_way["kind"] == "letter":
        due = until if until > now else now + LETTER_AGAIN
        after = enrolment if enrolment.due_at and enrolment.due_at > now else replace(enrolment, due_at=due)
        rule, text = (
            ("K1", "Waits for the task.") if under_way["kind"] == "task" else ("F5", "The letter is under way.")
        )
        return Wait(after=after, rule=rule, text=text, changed=after != enrolment)
    step = sequence.step(under_way["step"])
    if step is None:
        freed = found_again(enrolment.remember(under_way=None), sequence)
        return _planned(freed, sequence, facts, now, random)
    return _timed_out(enrolment, sequence, step, facts, now, random)


_PASSED = {
    "skip": "it is skipped",
    "continue": "the sequence goes on without it",
    "escalate": "the manager is told, and the sequence goes on",
}


def _timed_out(
    enrolment: Snapshot, sequence: Sequence, step: Step, facts: Facts, now: datetime, random: Random
) -> Decision:
    """K1: a task that nobody did in time is skipped, passed over, or told to the manager."""
    then = step.touch.then or "skip"
    after = received(enrolment, step, now, "skipped" if then == "skip" else "expired", facts)
    after, _ = planned(stand_before(after, sequence, follower(after, sequence, step.id)), sequence, facts, now, random)
    text = f"Nobody did the task {step.id} in time; {_PASSED[then]}."
    effects = (Notify(f"The task {step.id} was not done in time.", escalate=True),) if then == "escalate" else ()
    return Skip(after=after, rule="K1", text=text, step=step, reason="not done in time", effects=effects)


# Planning


def _planned(
    enrolment: Snapshot,
    sequence: Sequence,
    facts: Facts,
    now: datetime,
    random: Random,
    step: Step | None = None,
) -> Decision:
    after, found = planned(enrolment, sequence, facts, now, random)
    text = _says(after, sequence, found, facts)
    if found.due is None:
        return Block(after=after, rule="W10", text=text, step=step)
    return Wait(after=after, rule=found.rule, text=text, step=step, inputs=_inputs(found, facts))


def _waits(enrolment: Snapshot, sequence: Sequence, found: Planned, facts: Facts, now: datetime) -> Wait:
    """Not due yet: the plan as it stands with today's facts."""
    after = replace(found.enrolment, state=found.state, due_at=found.due, reason="")
    text = _says(after, sequence, found, facts)
    kind = Hold if _passed(found, now) or found.state == states.OUT_OF_OFFICE else Wait
    return kind(
        after=after,
        rule=found.rule,
        text=text,
        step=sequence.step(after.step_key or ""),
        inputs=_inputs(found, facts),
        changed=after != enrolment,
    )


def _passed(found: Planned, now: datetime) -> bool:
    """True when the delay is over and only the window (or the like) is waited for."""
    return found.raw is not None and found.raw <= now


def _no_slot(enrolment: Snapshot, found: Planned, now: datetime) -> Block:
    """W10."""
    due = _reminder(enrolment, states.NO_SLOT, now)
    after = replace(found.enrolment, state=states.NO_SLOT, due_at=due, reason=states.sentence(states.NO_SLOT))
    return Block(after=after, rule="W10", text=after.reason, changed=after != enrolment)


def _says(after: Snapshot, sequence: Sequence, found: Planned, facts: Facts) -> str:
    if found.due is None:
        return states.sentence(states.NO_SLOT)
    local = calendar_of(sequence, facts).local(found.due)
    what = "The end of the sequence" if after.step_key == FINISH else _called(sequence.step(after.step_key or ""))
    return f"{what} is planned for {local:%a} {local.day} {local:%b %Y} at {local:%H:%M}."


def _called(step: Step | None) -> str:
    """A step in the middle of a sentence for people, who know no ids."""
    if step is None or step.kind in FLOW_KINDS:
        return "The next step"
    names = {Kind.EMAIL: "letter", Kind.BREAKUP: "break-up letter", Kind.VOICE: "voice message",
             Kind.LETTER: "letter by post", Kind.SOCIAL: "touch on social media"}  # fmt: skip
    return f"The next {names.get(step.kind, step.kind.value)}"


def _inputs(found: Planned, facts: Facts) -> Mapping[str, Any]:
    return {"delay_ends": written(found.raw) if found.raw else None, "zone": facts.zone, "country": facts.country}


# Acting on a due step


def _act(
    enrolment: Snapshot, sequence: Sequence, facts: Facts, now: datetime, random: Random, found: Planned
) -> Decision:
    if enrolment.step_key == FINISH:
        return endings.part_ways(enrolment, sequence)
    step = sequence.route.places[enrolment.step_key or ""].step
    payload = step.payload
    if isinstance(payload, Lanes):
        return _judge(enrolment, sequence, step, payload, facts, now, random)
    if isinstance(payload, Until):
        return _wait(enrolment, sequence, step, payload, facts, now, random)
    if isinstance(payload, Goal):
        return _goal(enrolment, sequence, step, payload, facts, now, random)
    if isinstance(payload, Handover):
        return endings.hand_over(enrolment, step, payload)
    if isinstance(payload, Touch):
        return _touch(enrolment, sequence, step, payload, facts, now, random, found)
    return _send(enrolment, sequence, step, facts, now, random, found)


def _judge(
    enrolment: Snapshot, sequence: Sequence, step: Step, lanes: Lanes, facts: Facts, now: datetime, random: Random
) -> Branch:
    lane = "then" if holds(lanes.condition, enrolment, facts) else "else"
    judged = {**enrolment.memory.get("judged", {}), step.id: {"at": written(now), "lane": lane}}
    text = f"{describe(lanes.condition)}: {'yes' if lane == 'then' else 'no'}."
    return _branched(enrolment.remember(judged=judged), sequence, step, lane, text, facts, now, random)


def _branched(
    enrolment: Snapshot,
    sequence: Sequence,
    step: Step,
    lane: str,
    text: str,
    facts: Facts,
    now: datetime,
    random: Random,
) -> Branch:
    after = received(enrolment, step, now, "judged", facts)
    after, found = planned(
        stand_before(after, sequence, follower(after, sequence, step.id)), sequence, facts, now, random
    )
    return Branch(after=after, rule="S", text=text, step=step, lane=lane, inputs=_inputs(found, facts))


def _wait(
    enrolment: Snapshot, sequence: Sequence, step: Step, until: Until, facts: Facts, now: datetime, random: Random
) -> Decision:
    """Until the condition holds, at most so long."""
    if until.until is not None and holds(until.until, enrolment, facts):
        text = f"{describe(until.until)}: the wait is over."
        return _branched(enrolment, sequence, step, "met", text, facts, now, random)
    waiting = enrolment.memory.get("waiting")
    if waiting and waiting["key"] == step.id:
        return _branched(enrolment, sequence, step, "over", "The wait is over.", facts, now, random)
    begun = enrolment.remember(waiting={"key": step.id, "since": written(now)}, rest=None)
    return _planned(begun, sequence, facts, now, random, step=step)


def _goal(
    enrolment: Snapshot, sequence: Sequence, step: Step, goal: Goal, facts: Facts, now: datetime, random: Random
) -> Decision:
    if holds(goal.condition, enrolment, facts):
        return endings.stop(enrolment, states.GOAL, "S", f"Goal reached: {describe(goal.condition)}.", step=step)
    text = f"Goal not reached yet: {describe(goal.condition)}."
    return _branched(enrolment, sequence, step, "not met", text, facts, now, random)


def _touch(
    enrolment: Snapshot,
    sequence: Sequence,
    step: Step,
    touch: Touch,
    facts: Facts,
    now: datetime,
    random: Random,
    found: Planned,
) -> Decision:
    """K1, P5, W9: a task for a person, which blocks under `previous_step` unless the step says otherwise."""
    if step.kind in PHONE_KINDS and (not facts.phone or facts.phone_bad):
        why = "the phone number is wrong" if facts.phone and facts.phone_bad else "no phone number"
        return _skipped(enrolment, sequence, step, why, facts, now, random)
    if is_automatic(step, facts):
        held = _overdue(enrolment, step, now) or _touch_held(enrolment, step, touch, facts, now)
        if held is not None:
            return held
    blocking = blocks(sequence, step)
    call_at, flagged = (
        hours_for_call(facts, calendar_of(sequence, facts), now) if step.kind is Kind.CALL else (now, False)
    )
    expires = add(calendar_of(sequence, facts), call_at, touch.timeout or ONE_BUSINESS_DAY) or now + states.REMINDER
    if blocking:
        after = replace(
            enrolment.remember(
                under_way={"step": step.id, "kind": "task", "since": written(now), "until": written(expires)}, rest=None
            ),
            state=states.TASK,
            due_at=expires,
            reason="",
        )
    else:
        after = with_slot(received(enrolment, step, now, "made", facts), sequence, facts, now)
        after = stand_before(after, sequence, follower(after, sequence, step.id))
        after, _ = planned(after, sequence, facts, now, random)
    return MakeTask(
        after=after,
        rule="W9" if flagged else found.rule,
        text=f"Task for a person: {step.kind.value} ({step.id})."
        + (" No hours in common with the rep." if flagged else ""),
        step=step,
        task_kind=step.kind.value,
        blocking=blocking,
        expires_at=expires,
        flagged=flagged,
        call_at=call_at,
        automatic=is_automatic(step, facts),
        script=touch.script,
        body=touch.body,
    )


def _touch_held(enrolment: Snapshot, step: Step, touch: Touch, facts: Facts, now: datetime) -> Decision | None:
    """F3, X4: what a channel sends by itself has no gap either, and waits for the inbox like a letter."""
    missing = missing_fields(Letter(touch.template, touch.subject, touch.body), None, facts)
    if missing:
        return _blocked(enrolment, step, missing, now)
    return _inbox_unread(enrolment, step, facts, now)


def _skipped(
    enrolment: Snapshot,
    sequence: Sequence,
    step: Step,
    why: str,
    facts: Facts,
    now: datetime,
    random: Random,
    rule: str = "P5",
) -> Skip:
    """P5, M5."""
    after = received(enrolment, step, now, "skipped", facts)
    after, _ = planned(stand_before(after, sequence, follower(after, sequence, step.id)), sequence, facts, now, random)
    text = f"Skipped {step.id}: {why.rstrip('.')}."
    return Skip(after=after, rule=rule, text=text, step=step, reason=why)


def _send(
    enrolment: Snapshot,
    sequence: Sequence,
    step: Step,
    facts: Facts,
    now: datetime,
    random: Random,
    found: Planned,
) -> Decision:
    """A letter: overdue (F6), complete (F3) and allowed (X4, M4)? Then it goes."""
    overdue = _overdue(enrolment, step, now)
    if overdue is not None:
        return overdue
    dice = Dice(enrolment, random)
    number = _variant(sequence, step, facts, dice)
    variant = step.mail.variants[number]
    name = chr(ord("A") + number) if len(step.mail.variants) > 1 else ""
    letter = Letter(variant.template, variant.subject, variant.body, name)
    missing = missing_fields(letter, step.mail.fallback_subject, facts)
    if missing:
        return _blocked(enrolment, step, missing, now)
    held = None if step.at_once else _letter_held(enrolment, sequence, step, facts, now, random)
    if held is not None:
        return held
    under_way = {"step": step.id, "kind": "letter", "since": written(now), "until": written(now + LETTER_AGAIN)}
    after = replace(
        dice.into(enrolment).remember(under_way=under_way),
        state=states.SCHEDULED,
        due_at=now + LETTER_AGAIN,
        reason="",
    )
    return Send(
        after=after,
        rule="W5" if step.at_once else found.rule,
        text=f"The letter {step.id} goes now.",
        step=step,
        inputs={"variant": number, "template": letter.template},
        letter=letter,
        variant=number,
        at_once=step.at_once,
        thread=step.mail.thread,
        fallback_subject=step.mail.fallback_subject,
    )


def _overdue(enrolment: Snapshot, step: Step, now: datetime) -> Hold | None:
    """F6: after a long downtime what goes by itself and is over 7 days late asks first."""
    waited = enrolment.state in _DATED
    if not waited or enrolment.memory.get("approved") == step.id or step.at_once:
        return None
    since = enrolment.memory.get("overdue_since")
    late_from = moment(since) if since else enrolment.due_at
    if late_from is None or now - late_from <= OVERDUE:
        return None
    text = f"The letter {step.id} is more than 7 days late: send it, or skip it?"
    kept = enrolment.remember(overdue_since=written(late_from))
    due = _reminder(enrolment, states.APPROVAL, now)
    return hold(kept, states.APPROVAL, due, "F6", text, step=step, before=enrolment)


def _variant(sequence: Sequence, step: Step, facts: Facts, dice: Dice) -> int:
    """B5: the variant of this step, drawn once by weight; the same for a lead that comes again."""
    variants = step.mail.variants
    if len(variants) == 1:
        return 0
    name = f"variant:{step.id}"
    if facts.lead is not None:
        dice.keep(name, _lot(f"{facts.lead} {sequence.name} {step.id}"))
    left = dice.share(name) * sum(variant.weight for variant in variants)
    for number, variant in enumerate(variants):
        left -= variant.weight
        if left < 0:
            return number
    return len(variants) - 1


def _lot(text: str) -> float:
    """0 to 1, the same each time for one text, and evenly spread over many."""
    return round(int.from_bytes(sha256(text.encode()).digest()[:4]) / 2**32, 4)


def _blocked(enrolment: Snapshot, step: Step, missing: tuple[str, ...], now: datetime) -> Block:
    """F3: never a gap in a letter; it releases itself when the field is filled."""
    state = f"{states.MISSING} {missing[0]}"
    text = f"The letter {step.id} needs {', '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} empty."
    after = replace(enrolment, state=state, due_at=_reminder(enrolment, state, now), reason=text)
    return Block(
        after=after, rule="F3", text=text, step=step, inputs={"missing": list(missing)}, changed=after != enrolment
    )


def _letter_held(
    enrolment: Snapshot, sequence: Sequence, step: Step, facts: Facts, now: datetime, random: Random
) -> Decision | None:
    """X4: the inbox was not read lately. M4: the cap over all automatic mail. M5: what would wait too long is left out."""
    held = _inbox_unread(enrolment, step, facts, now)
    if held is not None:
        return held
    verdict = _judged_by_cap(enrolment, sequence, step, facts, now)
    if verdict.outcome == "go":
        return None
    if verdict.outcome == "skip":
        return _skipped(enrolment, sequence, step, verdict.text, facts, now, random, rule=verdict.rule)
    kept = enrolment.remember(capped_since=enrolment.memory.get("capped_since") or written(now))
    due = verdict.until or now + states.REMINDER
    return hold(kept, states.CAP, due, verdict.rule, verdict.text, step=step, before=enrolment)


def _inbox_unread(enrolment: Snapshot, step: Step, facts: Facts, now: datetime) -> Hold | None:
    """X4."""
    if facts.inbox_read:
        return None
    text = "The inbox was not read lately; a reply could be unseen."
    return hold(enrolment, states.INBOX, now + INBOX_AGAIN, "X4", text, step=step, asks_again=True)


def _judged_by_cap(enrolment: Snapshot, sequence: Sequence, step: Step, facts: Facts, now: datetime) -> Verdict:
    """M3 to M5: the arbiter's word on this letter, beside what the person got already."""
    since = enrolment.memory.get("capped_since")
    ask = Ask(
        key=step.id,
        klass=sequence.klass,
        since=moment(since) if since else now,
        cal=calendar_of(sequence, facts),
        keep_time=keeps_time(step),
    )
    person = Person(
        zone=ZoneInfo(facts.zone),
        mails=facts.mails,
        rivals=facts.rivals,
        quiet_until=_quiet_until(enrolment, sequence, facts),
        suppressed=facts.suppressed,
        cap_day=facts.cap_day,
        cap_week=facts.cap_week,
    )
    return arbitrate((ask,), person, now)[0]
