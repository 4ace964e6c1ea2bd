"""A step whose time has come: a letter, a task, or a turn in the way (D, F3, F6, K1, M4, P5, W9)."""

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from outreach.core import endings, states
from outreach.core.conditions import describe, holds
from outreach.core.decisions import Branch, Decision, MakeTask, Send, Skip
from outreach.core.enrolments import Facts
from outreach.core.gates import blocked, inbox_unread, judged_by_cap, overdue, without_basis
from outreach.core.placeholders import missing_fields
from outreach.core.planning import Dice, Planned, blocks, calendar_of, hours_for_call, is_automatic, written
from outreach.core.scene import Scene, hold
from outreach.core.schedule import add
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
from outreach.core.waits import behind, inputs_of, next_wait
from outreach.core.walking import follower, planned, received, stand_before, with_slot

LETTER_AGAIN = timedelta(days=1)
PHONE_KINDS = frozenset({Kind.CALL, Kind.TEXT, Kind.VOICE})


def act(scene: Scene, found: Planned) -> Decision:
    """What the step before which the enrolment stands does now; `found`: how its moment came about."""
    if scene.enrolment.step_key == FINISH:
        return endings.part_ways(scene.enrolment, scene.sequence)
    step = scene.sequence.route.places[scene.enrolment.step_key or ""].step
    payload = step.payload
    if isinstance(payload, Lanes):
        return _judge(scene, step, payload)
    if isinstance(payload, Until):
        return _wait(scene, step, payload)
    if isinstance(payload, Goal):
        return _goal(scene, step, payload)
    if isinstance(payload, Handover):
        return endings.hand_over(scene.enrolment, step, payload)
    if isinstance(payload, Touch):
        return _touch(scene, step, payload, found)
    return _send(scene, step, found)


# Turns


def _judge(scene: Scene, step: Step, lanes: Lanes) -> Branch:
    enrolment = scene.enrolment
    lane = "then" if holds(lanes.condition, enrolment, scene.facts) else "else"
    judged = {**enrolment.memory.get("judged", {}), step.id: {"at": written(scene.now), "lane": lane}}
    text = f"{describe(lanes.condition)}: {'yes' if lane == 'then' else 'no'}."
    return _branched(scene.standing(enrolment.remember(judged=judged)), step, lane, text)


def _branched(scene: Scene, step: Step, lane: str, text: str) -> Branch:
    after, found = behind(scene, step, "judged")
    return Branch(after=after, rule="S", text=text, step=step, lane=lane, inputs=inputs_of(found, scene.facts))


def _wait(scene: Scene, step: Step, until: Until) -> Decision:
    """Until the condition holds, at most so long."""
    if until.until is not None and holds(until.until, scene.enrolment, scene.facts):
        return _branched(scene, step, "met", f"{describe(until.until)}: the wait is over.")
    waiting = scene.enrolment.memory.get("waiting")
    if waiting and waiting["key"] == step.id:
        return _branched(scene, step, "over", "The wait is over.")
    begun = scene.enrolment.remember(waiting={"key": step.id, "since": written(scene.now)}, rest=None)
    return next_wait(scene.standing(begun), step)


def _goal(scene: Scene, step: Step, goal: Goal) -> Decision:
    what = describe(goal.condition)
    if holds(goal.condition, scene.enrolment, scene.facts):
        return endings.stop(scene.enrolment, states.GOAL, "S", f"Goal reached: {what}.", step=step)
    return _branched(scene, step, "not met", f"Goal not reached yet: {what}.")


def _skipped(scene: Scene, step: Step, why: str, rule: str = "P5") -> Skip:
    """P5, M5."""
    after, _ = behind(scene, step, "skipped")
    text = f"Skipped {step.id}: {why.rstrip('.')}."
    return Skip(after=after, rule=rule, text=text, step=step, reason=why)


# Tasks


def _touch(scene: Scene, step: Step, touch: Touch, found: Planned) -> Decision:
    """K1, P5, W9: a task for a person, which blocks under `previous_step` unless the step says otherwise."""
    enrolment, sequence, facts, now = scene.enrolment, scene.sequence, scene.facts, scene.now
    if step.kind in PHONE_KINDS and (not facts.phone or facts.phone_bad):
        return _skipped(scene, step, "the phone number is wrong" if facts.phone else "no phone number")
    automatic = is_automatic(step, facts)
    if automatic:
        held = overdue(scene, step) or _touch_held(scene, step, touch)
        if held is not None:
            return held
    cal, blocking = calendar_of(sequence, facts), blocks(sequence, step)
    call_at, flagged = hours_for_call(facts, cal, now) if step.kind is Kind.CALL else (now, False)
    expires = add(cal, call_at, touch.timeout or ONE_BUSINESS_DAY) or now + states.REMINDER
    if blocking:
        under_way = _under_way(step, "task", now, expires)
        after = replace(
            enrolment.remember(under_way=under_way, rest=None), state=states.TASK, due_at=expires, reason=""
        )
    else:
        after = with_slot(received(enrolment, step, now, "made", facts), sequence, facts, now)
        after = stand_before(after, sequence, follower(after, sequence, step.id))
        after, _ = planned(after, sequence, facts, now, scene.random)
    text = f"Task for a person: {step.kind.value} ({step.id})."
    return MakeTask(
        after=after,
        rule="W9" if flagged else found.rule,
        text=text + (" No hours in common with the rep." if flagged else ""),
        step=step,
        task_kind=step.kind.value,
        blocking=blocking,
        expires_at=expires,
        flagged=flagged,
        call_at=call_at,
        automatic=automatic,
        script=touch.script,
        body=touch.body,
    )


def _touch_held(scene: Scene, step: Step, touch: Touch) -> Decision | None:
    """F3, X4: what a channel sends by itself has no gap either, and waits for the inbox like a letter."""
    if lawless := without_basis(scene, step):
        return lawless
    missing = missing_fields(Letter(touch.template, touch.subject, touch.body), None, scene.facts)
    return blocked(scene, step, missing) if missing else inbox_unread(scene, step)


def _under_way(step: Step, kind: str, now: datetime, until: datetime) -> dict[str, str]:
    return {"step": step.id, "kind": kind, "since": written(now), "until": written(until)}


# Letters


def _send(scene: Scene, step: Step, found: Planned) -> Decision:
    """A letter: overdue (F6), complete (F3) and allowed (X4, M4)? Then it goes."""
    late = overdue(scene, step)
    if late is not None:
        return late
    dice = Dice(scene.enrolment, scene.random)
    number = _variant(scene.sequence, step, scene.facts, dice)
    variant = step.mail.variants[number]
    name = chr(ord("A") + number) if len(step.mail.variants) > 1 else ""
    letter = Letter(variant.template, variant.subject, variant.body, name)
    if lawless := without_basis(scene, step):
        return lawless
    missing = missing_fields(letter, step.mail.fallback_subject, scene.facts)
    if missing:
        return blocked(scene, step, missing)
    held = None if step.at_once else _letter_held(scene, step)
    if held is not None:
        return held
    again = scene.now + LETTER_AGAIN
    kept = dice.into(scene.enrolment).remember(under_way=_under_way(step, "letter", scene.now, again))
    return Send(
        after=replace(kept, state=states.SCHEDULED, due_at=again, reason=""),
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


def _letter_held(scene: Scene, step: Step) -> Decision | None:
    """X4: the inbox was not read lately. M4: the cap over all automatic mail. M5: what would wait too long is left out."""
    held = inbox_unread(scene, step)
    if held is not None:
        return held
    verdict = judged_by_cap(scene, step)
    if verdict.outcome == "go":
        return None
    if verdict.outcome == "skip":
        return _skipped(scene, step, verdict.text, verdict.rule)
    before = scene.enrolment
    kept = before.remember(capped_since=before.memory.get("capped_since") or written(scene.now))
    due = verdict.until or scene.now + states.REMINDER
    return hold(kept, states.CAP, due, verdict.rule, verdict.text, step=step, before=before)
