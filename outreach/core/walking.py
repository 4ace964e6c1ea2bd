"""The way through a sequence: which step follows, and the enrolment after a step is done, skipped or left out. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from random import Random
from typing import Any

from outreach.core import states
from outreach.core.enrolments import Facts, Snapshot
from outreach.core.planning import Planned, calendar_of, is_automatic, plan, written
from outreach.core.schedule import part_of
from outreach.core.sequences import FINISH, Lanes, Sequence, Step

TRACKS = ("positive", "negative")


def next_open_step(enrolment: Snapshot, sequence: Sequence, key: str) -> str:
    """`key` itself, or the first step after it that may still run: not switched off (V6), not yet received (V4)."""
    places = sequence.route.places
    while key != FINISH and (places[key].step.off or key in enrolment.done):
        key = follower(enrolment, sequence, key)
    return key


def follower(enrolment: Snapshot, sequence: Sequence, key: str) -> str:
    """The step after `key`: into the lane that was judged, out of a lane to where the lanes rejoin, or FINISH."""
    where = sequence.route.places[key]
    judged = enrolment.memory.get("judged", {}).get(key)
    if isinstance(where.step.payload, Lanes) and judged and not where.step.off:
        return sequence.route.starts.get(f"{key}:{judged['lane']}", where.next)
    return where.next


def received(
    enrolment: Snapshot, step: Step, at: datetime, how: str, facts: Facts, outcome: str | None = None
) -> Snapshot:
    """The enrolment with `step` in its list of received steps (V4), and as the anchor of what follows (D3).

    `how`: done, made (a task that blocks nothing), skipped, expired, judged.
    """
    entry: dict[str, Any] = {"at": written(at), "how": how, "kind": step.kind.value}
    if outcome:
        entry["outcome"] = outcome
    if step.at_once:
        entry["at_once"] = True
    changes: dict[str, Any] = {"done": {**enrolment.done, step.id: entry}, "last": step.id}
    if how in ("done", "made") and is_automatic(step, facts) and not step.at_once:
        changes["last_message_at"] = written(at)
    return replace(enrolment.remember(**changes, **_CLEARED), last_done_at=at)


_CLEARED: dict[str, None] = dict.fromkeys(("under_way", "rest", "waiting", "approved", "overdue_since", "capped_since"))


def with_slot(enrolment: Snapshot, sequence: Sequence, facts: Facts, at: datetime) -> Snapshot:
    """W11: the part of the day and the weekday of a touch, remembered so that the next one differs."""
    cal = calendar_of(sequence, facts)
    slots = [*enrolment.memory.get("slots", ()), [part_of(cal, at), cal.local(at).weekday()]]
    return enrolment.remember(slots=slots[-15:])


def stand_before(enrolment: Snapshot, sequence: Sequence, key: str) -> Snapshot:
    """The enrolment with the first step from `key` on that may still run as its next one."""
    return replace(enrolment, step_key=next_open_step(enrolment, sequence, key))


def planned(
    enrolment: Snapshot, sequence: Sequence, facts: Facts, now: datetime, random: Random
) -> tuple[Snapshot, Planned]:
    """The enrolment with its next moment worked out (now, when that has passed), and how it came about."""
    found = plan(enrolment, sequence, facts, now, random)
    due = max(found.due, now) if found.due is not None else now + states.REMINDER
    return replace(found.enrolment, state=found.state, due_at=due, reason=""), found


def jump(enrolment: Snapshot, sequence: Sequence, target: str, now: datetime) -> Snapshot:
    """`goto`: the enrolment before a step, or on a track (whose delays count from now)."""
    key = sequence.route.starts[target] if target in TRACKS else target
    place = sequence.route.places.get(key)
    on_track = place is not None and place.lane in TRACKS
    cleared = enrolment.remember(**_CLEARED, track={"name": target, "at": written(now)} if on_track else None)
    return stand_before(replace(cleared, last_done_at=now), sequence, key)


def place_after_edit(enrolment: Snapshot, sequence: Sequence) -> Snapshot:
    """V4: the place in a new version.

    After the last step received, when it still exists; else at the step that was next, when it still exists; else after
    the last of the received steps that still exist; else at the first step. No received step comes again.
    """
    places = sequence.route.places
    received_keys = [key for key in enrolment.done if key in places]
    last = str(enrolment.memory.get("last"))
    if last in places:
        key = follower(enrolment, sequence, last)
    elif enrolment.step_key in places:
        key = str(enrolment.step_key)
    elif received_keys:
        key = follower(enrolment, sequence, max(received_keys, key=lambda each: places[each].number))
    else:
        key = sequence.route.first
    return stand_before(enrolment, sequence, key)


def found_again(enrolment: Snapshot, sequence: Sequence) -> Snapshot:
    """V4: an enrolment whose pointer names a step that this version does not have stands where it belongs again."""
    known = enrolment.step_key in sequence.route.places or enrolment.step_key == FINISH
    if known or enrolment.ended or enrolment.under_way is not None:
        return enrolment
    return place_after_edit(enrolment.remember(waiting=None, rest=None), sequence)
