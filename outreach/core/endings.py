"""How an enrolment ends: the snapshot, the reason, and what is cancelled and follows (X8, K2). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from outreach.core import states
from outreach.core.decisions import (
    ArchiveSubmission,
    CancelLetters,
    CancelTasks,
    Effect,
    EnterNurture,
    EnterSequence,
    Exclude,
    HandToPerson,
    PartWays,
    Stop,
)
from outreach.core.enrolments import Snapshot
from outreach.core.sequences import Handover, Sequence, Step


def ended(enrolment: Snapshot, state: str, reason: str) -> Snapshot:
    """The enrolment at its end: no next date, nothing under way."""
    closed = enrolment.remember(under_way=None, rest=None, waiting=None, paused=None)
    return replace(closed, state=state, reason=reason, due_at=None, step_key=None)


def stop(
    enrolment: Snapshot,
    state: str,
    rule: str,
    text: str,
    *,
    effects: Iterable[Effect] = (),
    inputs: Mapping[str, Any] | None = None,
    step: Step | None = None,
) -> Stop:
    """End for a reason from outside: letters in the queue and open tasks are cancelled (X8, K2), then `effects`."""
    return Stop(
        after=ended(enrolment, state, text),
        rule=rule,
        text=text,
        step=step,
        inputs={**(inputs or {}), "was": enrolment.state, "next_step": enrolment.step_key},
        effects=(CancelLetters(text), CancelTasks(text), *effects),
    )


def suppressed(enrolment: Snapshot, why: str) -> Stop:
    """X7: unsubscribe, complaint, hard bounce, do not contact and erasure win over everything."""
    state = states.SUPPRESSION_STATES[why]
    return stop(enrolment, state, "X7", states.SENTENCES[state])


def part_ways(enrolment: Snapshot, sequence: Sequence) -> PartWays:
    """The end of the sequence: what `finish` says. Who answered on the way (a track, `reply: continue`) ends as such."""
    finish = sequence.finish
    state = str(enrolment.memory.get("answer") or states.NO_REPLY)
    how = "The sequence ended without a reply" if state == states.NO_REPLY else "The sequence ended after an answer"
    effects: list[Effect] = [CancelTasks(how[0].lower() + how[1:])]
    text = f"{how}."
    if finish is not None and finish.then == "nurture":
        effects.append(EnterNurture(finish.programme))
        text = f"{how}; {finish.programme or 'the nurture programme'} takes over."
    elif finish is not None and finish.then == "handover":
        effects.append(_handover(finish.to or "owner", None, f"{how}."))
        text = f"{how}; handed over to {finish.to or 'the owner'}."
    elif state == states.NO_REPLY:
        effects.append(Exclude("the sequence ended" if finish else "no programme set"))
        text = f"{how}." if finish else f"{how}; no programme is set to follow."
    if sequence.klass == "inbound" and state == states.NO_REPLY:
        effects.append(ArchiveSubmission())
    return PartWays(after=ended(enrolment, state, text), rule="N", text=text, effects=tuple(effects))


def hand_over(enrolment: Snapshot, step: Step | None, handover: Handover) -> PartWays:
    """A hand-over step or reaction: to nurture, to the owner, or to another sequence."""
    text = f"Handed over to {handover.programme or handover.to}."
    return PartWays(
        after=ended(enrolment, states.HANDED_OVER, text),
        rule="X1" if step is None else "S",
        text=text,
        step=step,
        effects=(
            CancelLetters(text),
            CancelTasks(text),
            _handover(handover.to, handover.programme, handover.note or text),
        ),
    )


def _handover(to: str, programme: str | None, note: str) -> Effect:
    if to == "nurture":
        return EnterNurture(programme)
    return HandToPerson(note) if to in ("owner", "person") else EnterSequence(to)
