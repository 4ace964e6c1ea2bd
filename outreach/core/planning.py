"""When the next step is due: RULES D, W, O4 and V5 put together for one enrolment. Pure.

Everything is worked out again from the anchor each time, so that planning twice gives the same moment; only random
parts are kept (drawn once, in the enrolment's memory).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from outreach.core import states
from outreach.core.enrolments import Facts, Snapshot
from outreach.core.schedule import (
    JITTER,
    PARTS,
    Calendar,
    Slot,
    add,
    add_business_days,
    back,
    business_days_between,
    calendar,
    choose_slot,
    common_hours,
    instant,
    is_open,
    kept_time,
    next_business_day,
    opening_after,
    place,
    place_slot,
    plus_jitter,
)
from outreach.core.sequences import (
    FINISH,
    NO_DELAY,
    ONE_BUSINESS_DAY,
    Delay,
    Kind,
    Place,
    Schedule,
    Sequence,
    Step,
    Unit,
    Until,
)

FLOW_KINDS = frozenset({Kind.IF, Kind.WAIT, Kind.GOAL, Kind.HANDOVER})
"""Steps that reach nobody: no window binds them."""
OUT_OF_OFFICE_DAYS = 7
"""O4: an absence without a return date."""


@dataclass(frozen=True, slots=True)
class Planned:
    """The moment of the next step (None: W10) with its state, the rule that set it and the random parts drawn."""

    due: datetime | None
    state: str
    rule: str
    enrolment: Snapshot
    raw: datetime | None = None
    flagged: bool = False


class Dice:
    """Random parts, drawn once and kept (W3, W11, B5)."""

    def __init__(self, enrolment: Snapshot, random: Random) -> None:
        self._drawn: dict[str, Any] = dict(enrolment.memory.get("draws", {}))
        self._random = random
        self._before = len(self._drawn)

    def share(self, name: str) -> float:
        """0 to 1, the same each time for one name."""
        if name not in self._drawn:
            self._drawn[name] = round(self._random.random(), 4)
        return float(self._drawn[name])

    def keep(self, name: str, value: Any) -> Any:
        """A choice made once; the stored one when there is one."""
        return self._drawn.setdefault(name, value)

    def get(self, name: str) -> Any:
        return self._drawn.get(name)

    def into(self, enrolment: Snapshot) -> Snapshot:
        """The enrolment with what was drawn."""
        return enrolment if len(self._drawn) == self._before else enrolment.remember(draws=self._drawn)


def calendar_of(sequence: Sequence, facts: Facts) -> Calendar:
    """The sequence's schedule for this lead."""
    return calendar(
        sequence.schedule,
        facts.zone,
        facts.country,
        facts.region,
        facts.account_zone,
        facts.account_country,
        facts.account_region,
    )


def rep_calendar(facts: Facts) -> Calendar | None:
    """The rep's working hours and absences (W9); None without a rep."""
    if facts.rep_zone is None or facts.rep_week is None:
        return None
    schedule = Schedule(zone="account", week=facts.rep_week, holidays="account", closed=facts.rep_away)
    return calendar(schedule, facts.zone, None, None, facts.rep_zone, facts.account_country, facts.account_region)


def moment(text: str) -> datetime:
    """A moment from an enrolment's memory."""
    return datetime.fromisoformat(text)


def written(at: datetime) -> str:
    """A moment for an enrolment's memory."""
    return at.astimezone(UTC).isoformat()


def is_automatic(step: Step, facts: Facts) -> bool:
    """True for what goes without a person: letters, and touches whose channel is set up."""
    return step.is_mail or step.kind.value in facts.channels


def base_of(enrolment: Snapshot, sequence: Sequence, where: Place) -> datetime:
    """D2: the moment that a step's delay counts from; inside a lane the `if`, on a track the entry into it."""
    previous = enrolment.last_done_at or enrolment.anchor_at
    flows_on = where.step.kind in FLOW_KINDS and where.step.after is None
    if not sequence.from_enrolment or flows_on:
        return previous
    if where.parent is not None:
        judged = enrolment.memory.get("judged", {}).get(where.parent)
        return moment(judged["at"]) if judged else previous
    if where.lane:
        track = enrolment.memory.get("track")
        return moment(track["at"]) if track else previous
    return enrolment.anchor_at


def raw_target(enrolment: Snapshot, sequence: Sequence, cal: Calendar) -> datetime | None:
    """The end of the delay itself, before windows (D1 to D7, V5); None when open days run out (W10)."""
    key = enrolment.step_key
    since, delay = _counts_from(enrolment, sequence)
    rest = enrolment.memory.get("rest")
    if rest and rest["key"] == key:
        return _rest_after_edit(cal, rest, delay)
    return add(cal, since, delay)


def _counts_from(enrolment: Snapshot, sequence: Sequence) -> tuple[datetime, Delay]:
    """The delay that runs now and the moment that it counts from."""
    key = enrolment.step_key
    if key == FINISH:
        grace = sequence.finish.grace if sequence.finish else None
        return enrolment.last_done_at or enrolment.anchor_at, grace or NO_DELAY
    where = sequence.route.places[key or ""]
    waiting = enrolment.memory.get("waiting")
    if waiting and waiting["key"] == key and isinstance(where.step.payload, Until):
        return moment(waiting["since"]), where.step.payload.at_most or ONE_BUSINESS_DAY
    return base_of(enrolment, sequence, where), where.step.delay


def _rest_after_edit(cal: Calendar, rest: Mapping[str, Any], delay: Delay) -> datetime | None:
    """P1, V5: where the rest of a delay ends; a delay edited since then counts the time that was served."""
    at = moment(rest["at"])
    if rest.get("delay") in (None, str(delay)):
        return at
    amount, _, unit = str(rest["delay"]).partition(" ")
    since = back(cal, at, Delay(int(amount), Unit(unit if unit.endswith("s") else unit + "s")))
    return at if since is None else add(cal, since, delay)


def plan(
    enrolment: Snapshot, sequence: Sequence, facts: Facts, now: datetime, random: Random, cal: Calendar | None = None
) -> Planned:
    """When the step at `step_key` is due, seen from `now`. A due moment that is not after `now` may be acted on.

    W10: no slot within 30 days of the delay's end is no slot, until one within 30 days of `now` comes into sight.
    """
    cal = cal or calendar_of(sequence, facts)
    found = _plan(enrolment, sequence, facts, now, random, cal)
    return found if found.due is not None else _plan(enrolment, sequence, facts, now, random, cal.seen_from(now))


def _plan(
    enrolment: Snapshot, sequence: Sequence, facts: Facts, now: datetime, random: Random, cal: Calendar
) -> Planned:
    raw = raw_target(enrolment, sequence, cal)
    if raw is None:
        return _no_slot(enrolment)
    step = sequence.step(enrolment.step_key or "")
    if step is None or step.kind in FLOW_KINDS or step.at_once:
        return Planned(raw, states.DELAY, "D2" if sequence.from_enrolment else "D3", enrolment, raw)
    dice = Dice(enrolment, random)
    placed = _placed(enrolment, sequence, step, raw, cal, dice)
    placed = _after_gap(enrolment, sequence, step, placed, facts, cal, dice)
    placed = _after_absence(enrolment, sequence, step, placed, facts, cal, dice)
    if placed is None:
        return _no_slot(enrolment)
    due, rule, flagged = _within_hours(enrolment, step, blocks(sequence, step), placed, facts, now, cal, dice)
    if due is None:
        return _no_slot(enrolment)
    return Planned(due, _state(due, raw, rule, now), rule, dice.into(enrolment), raw, flagged)


def _no_slot(enrolment: Snapshot) -> Planned:
    return Planned(None, states.NO_SLOT, "W10", enrolment)


def _state(due: datetime, raw: datetime, rule: str, now: datetime) -> str:
    if rule == "O4" and due > now:
        return states.OUT_OF_OFFICE
    return states.WINDOW if raw <= now < due and rule not in ("D9", "O4") else states.DELAY


Found = tuple[datetime, str]
"""A moment and the rule that set it."""


def keeps_time(step: Step) -> bool:
    """True for a day-level step: it keeps its time of day (W3)."""
    return step.at is not None or (step.delay.day_level and step.delay.amount > 0)


def _placed(
    enrolment: Snapshot, sequence: Sequence, step: Step, raw: datetime, cal: Calendar, dice: Dice
) -> Found | None:
    """W2, W3, W11: the slot of the raw target."""
    if not keeps_time(step):
        return _opened(step, raw, cal, dice)
    wall = cal.local(raw)
    if isinstance(step.at, time):
        wall = datetime.combine(wall.date(), step.at)
    due = _varied(enrolment, step, wall, cal, dice) if step.at == "vary" else place(cal, wall)
    return None if due is None else (due, _rule_of(sequence, step, wall, due, cal))


def _opened(step: Step, raw: datetime, cal: Calendar, dice: Dice) -> Found | None:
    """W3, minutes and hours: the target itself in the window, else the next opening plus jitter."""
    if is_open(cal, raw):
        return raw, "D1"
    due = opening_after(cal, raw, dice.share(f"jitter:{step.id}"))
    return None if due is None else (due, "W3")


def _rule_of(sequence: Sequence, step: Step, wall: datetime, due: datetime, cal: Calendar) -> str:
    placed = cal.local(due)
    if step.at == "vary":
        return "W11"
    if placed.date() != wall.date():
        return "W8" if cal.week[wall.weekday()] else "D6"
    if placed.time() != wall.time():
        return "W3"
    if step.delay.unit.value == "business days":
        return "D7"
    return "D2" if sequence.from_enrolment else "D5"


def _varied(enrolment: Snapshot, step: Step, wall: datetime, cal: Calendar, dice: Dice) -> datetime | None:
    """W11: the slot that was chosen for this step, choosing it the first time."""
    name = f"slot:{step.id}"
    stored = dice.get(name)
    if stored is None:
        turn = int(dice.share(f"turn:{step.id}") * len(PARTS))
        tried = tuple((part, weekday) for part, weekday in enrolment.memory.get("slots", ()))
        slot = choose_slot(cal, wall, tried, PARTS[turn:] + PARTS[:turn], dice.share(f"share:{step.id}"))
        stored = dice.keep(name, [slot.part, slot.shift, slot.share])
    return place_slot(cal, wall, Slot(stored[0], stored[1], stored[2]))


def _after_gap(
    enrolment: Snapshot,
    sequence: Sequence,
    step: Step,
    placed: Found | None,
    facts: Facts,
    cal: Calendar,
    dice: Dice,
) -> Found | None:
    """D9: in an enrolment-anchored sequence automatic messages keep their distance, however late an earlier one ran."""
    last = enrolment.memory.get("last_message_at")
    if placed is None or not sequence.from_enrolment or last is None or not is_automatic(step, facts):
        return placed
    earliest = add(cal, moment(last), sequence.min_gap)
    if earliest is None:
        return None
    if placed[0] >= earliest:
        return placed
    return _not_before(earliest, cal.local(placed[0]).time(), step, cal, dice)


def _not_before(earliest: datetime, clock: time, step: Step, cal: Calendar, dice: Dice) -> Found | None:
    """D9: as little later as the gap asks for, so that a letter that ran seconds late never costs the next one a day."""
    kept = keeps_time(step)
    due = kept_time(cal, earliest, clock) if kept else opening_after(cal, earliest, dice.share(f"jitter:{step.id}"))
    return None if due is None else (due, "D9")


def out_of_office_until(enrolment: Snapshot, facts: Facts) -> date | None:
    """O4: the return date that holds this lead's letters, if any."""
    if facts.out_of_office is not None:
        return facts.out_of_office
    kept = enrolment.memory.get("ooo")
    return date.fromisoformat(kept["until"]) if kept else None


def _after_absence(
    enrolment: Snapshot,
    sequence: Sequence,
    step: Step,
    placed: Found | None,
    facts: Facts,
    cal: Calendar,
    dice: Dice,
) -> Found | None:
    """O4: an automatic sales step planned on or before the return date moves to the first business day after it."""
    until = out_of_office_until(enrolment, facts)
    if placed is None or until is None or not sequence.sells or not is_automatic(step, facts):
        return placed
    wall = cal.local(placed[0])
    if placed[0].astimezone(ZoneInfo(facts.zone)).date() > until:
        return placed
    day = next_business_day(cal, until)
    due = None if day is None else place(cal, datetime.combine(day, wall.time()))
    return None if due is None else (plus_jitter(cal, due, dice.share(f"back:{step.id}")), "O4")


def blocks(sequence: Sequence, step: Step) -> bool:
    """K1: whether the steps behind a task wait for it: as the step says, else by the anchor."""
    return step.block if step.block is not None else not sequence.from_enrolment


def hours_for_call(facts: Facts, cal: Calendar, at: datetime) -> tuple[datetime, bool]:
    """W9: the first moment from `at` on in the lead's window and the rep's hours; and whether there is none (flagged)."""
    rep = rep_calendar(facts)
    common, flagged = (None, False) if rep is None else common_hours(cal, rep, at)
    return common or at, flagged


def _within_hours(
    enrolment: Snapshot,
    step: Step,
    blocking: bool,
    placed: Found,
    facts: Facts,
    now: datetime,
    cal: Calendar,
    dice: Dice,
) -> tuple[datetime | None, str, bool]:
    """W4, W9: a moment that has passed is checked against the window again; calls need the rep's hours as well.

    Whoever waits for an opening keeps the moment within it, also when asked again before that.

    A call that nothing waits for is made a task in time and carries its own hours, so that no later step is late (K1).
    """
    at: datetime | None
    at, rule = placed
    if at <= now and not is_open(cal, now):
        at, rule = opening_after(cal, now, dice.share(f"jitter:{step.id}")), "W2"
    elif at <= now and enrolment.state == states.WINDOW and enrolment.due_at and now < enrolment.due_at <= now + JITTER:
        at, rule = enrolment.due_at, "W2"
    if at is None or step.kind is not Kind.CALL or not blocking:
        return at, rule, False
    common, flagged = hours_for_call(facts, cal, at)
    rule = "W9" if common > at or flagged else rule
    if common < now:
        common, flagged = hours_for_call(facts, cal, now)
        rule = "W9" if common > now or flagged else rule
        return (common if common > now else at), rule, flagged
    return common, rule, flagged


def rest_of(enrolment: Snapshot, sequence: Sequence, cal: Calendar, now: datetime) -> dict[str, Any] | None:
    """P1: what is left of the delay that runs, in its own unit. None when no delay runs, and when it counts from the
    enrolment in days: then the anchor moves.

    {"key", "delay", "unit": elapsed, "seconds"}, or wall with "seconds" on the clock, or open with "days" and "seconds",
    or over (only the window is waited for) with the "clock" of the step.
    """
    if enrolment.step_key is None or enrolment.under_way is not None:
        return None
    raw = raw_target(enrolment, sequence, cal) or now
    _, delay = _counts_from(enrolment, sequence)
    left: dict[str, Any] = {"key": enrolment.step_key, "delay": str(delay)}
    if raw <= now:
        over = {"unit": "over", "clock": cal.local(raw).time().isoformat()}
        return {**left, **(over if delay.day_level and delay.amount else {"unit": "elapsed", "seconds": 0.0})}
    if delay.day_level and _anchored(enrolment, sequence):
        return None
    return {**left, **_ahead(delay, raw, cal, now)}


def time_left(enrolment: Snapshot, sequence: Sequence, cal: Calendar, now: datetime) -> dict[str, Any] | None:
    """P1, K1: what is left of the time in which the task that blocks is to be done, as `rest_of` says it."""
    under_way = enrolment.under_way
    step = sequence.step(under_way["step"]) if under_way is not None and under_way["kind"] == "task" else None
    if under_way is None or step is None:
        return None
    delay = step.touch.timeout or ONE_BUSINESS_DAY
    return {"key": step.id, "delay": str(delay), **_ahead(delay, max(moment(under_way["until"]), now), cal, now)}


def _ahead(delay: Delay, end: datetime, cal: Calendar, now: datetime) -> dict[str, Any]:
    """The stretch from now to a later moment, in the unit of a delay."""
    target, wall = cal.local(end), cal.local(now)
    if not delay.day_level:
        return {"unit": "elapsed", "seconds": (end - now).total_seconds()}
    if delay.unit is Unit.DAYS:
        return {"unit": "wall", "seconds": (target - wall).total_seconds()}
    days = business_days_between(cal, wall.date(), target.date())
    clock = datetime.combine(wall.date(), target.time()) - wall
    return {"unit": "open", "days": days, "seconds": clock.total_seconds()}


def _anchored(enrolment: Snapshot, sequence: Sequence) -> bool:
    """True when the delay counts from an anchor that a pause moves: the enrolment, an `if`, the entry into a track."""
    where = sequence.route.places.get(enrolment.step_key or "")
    if not sequence.from_enrolment or where is None or enrolment.memory.get("rest"):
        return False
    return not (where.step.kind in FLOW_KINDS and (where.step.after is None or enrolment.memory.get("waiting")))


def rest_from(left: Mapping[str, Any], cal: Calendar, now: datetime) -> dict[str, Any]:
    """P1: the rest that goes on at `now`, for an enrolment's memory."""
    return {"key": left["key"], "delay": left.get("delay"), "at": written(target_after(left, cal, now))}


def target_after(left: Mapping[str, Any], cal: Calendar, now: datetime) -> datetime:
    """P1: the end of the delay when it goes on at `now`; in the past (by the hours of today) when it was over already."""
    wall = cal.local(now)
    if left["unit"] == "over":
        return instant(cal.zone, datetime.combine(wall.date(), time.fromisoformat(left["clock"])))
    rest = timedelta(seconds=left["seconds"])
    if left["unit"] == "elapsed":
        return now + rest
    if left["unit"] == "open":
        day = add_business_days(cal, wall.date(), left["days"]) or wall.date()
        wall = datetime.combine(day, wall.time())
    return max(now, instant(cal.zone, wall + rest))


def shifted(enrolment: Snapshot, cal: Calendar, paused_at: datetime, now: datetime) -> Snapshot:
    """P1: the anchor (and the anchors inside lanes) moved by the length of a pause, on the wall clock."""
    length = cal.local(now) - cal.local(paused_at)

    def later(at: datetime) -> datetime:
        return instant(cal.zone, cal.local(at) + length)

    judged = {
        key: {**value, "at": written(later(moment(value["at"])))}
        for key, value in enrolment.memory.get("judged", {}).items()
    }
    track = enrolment.memory.get("track")
    moved = enrolment.remember(
        judged=judged or None, track={**track, "at": written(later(moment(track["at"])))} if track else None
    )
    return replace(moved, anchor_at=later(enrolment.anchor_at))
