"""RULES D and W: when a step may run. Pure functions over a calendar and a moment.

A `Calendar` is a schedule worked out for one lead: the zone, the week's blocks, the public holidays and the closure
dates.
Moments in and out are aware (UTC); wall-clock times are naive and belong to the calendar's zone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from outreach.core.publicholidays import is_holiday
from outreach.core.sequences import Block, Delay, Schedule, Unit, Week

SEARCH_DAYS = 30
"""W10: further than this no slot is looked for."""
JITTER = timedelta(minutes=30)
"""The most that a random part adds to an opening (W3, O4)."""
HOUR = 60
DAY = timedelta(days=1)
PARTS = ("early", "midday", "late")


@dataclass(frozen=True, slots=True)
class Calendar:
    """One lead's open hours. `places`: the (country, region) pairs whose public holidays are closed (W8).

    `horizon`: look for open days as far as this date at least, however many closed ones lie before it (W10).
    """

    zone: ZoneInfo
    week: Week
    places: tuple[tuple[str, str | None], ...] = ()
    closed: frozenset[date] = frozenset()
    horizon: date | None = None

    def seen_from(self, now: datetime) -> Calendar:
        """The calendar that looks 30 days ahead of `now`, from wherever a search begins."""
        return replace(self, horizon=self.local(now).date() + timedelta(days=SEARCH_DAYS))

    def blocks(self, day: date) -> tuple[Block, ...]:
        """The blocks of an open day; none when the day is closed."""
        blocks = self.week[day.weekday()]
        return blocks if blocks and not self.is_shut(day) else ()

    def is_shut(self, day: date) -> bool:
        """True on a closure date or a public holiday (W8)."""
        return day in self.closed or any(is_holiday(day, country, region) for country, region in self.places)

    def local(self, moment: datetime) -> datetime:
        """The wall clock at a moment, naive."""
        return moment.astimezone(self.zone).replace(tzinfo=None)


@lru_cache(maxsize=4096)
def calendar(
    schedule: Schedule,
    zone: str,
    country: str | None = None,
    region: str | None = None,
    account_zone: str = "UTC",
    account_country: str | None = None,
    account_region: str | None = None,
) -> Calendar:
    """The schedule worked out for a lead in `zone` and `country`, in an account elsewhere (W6, W8)."""
    names = {"lead": zone, "account": account_zone}
    return Calendar(
        zone=ZoneInfo(names.get(schedule.zone, schedule.zone)),
        week=schedule.week,
        places=_holiday_places(schedule.holidays, (country, region), (account_country, account_region)),
        closed=frozenset(schedule.closed),
    )


def _holiday_places(
    rule: str | tuple[str, ...], lead: tuple[str | None, str | None], account: tuple[str | None, str | None]
) -> tuple[tuple[str, str | None], ...]:
    if isinstance(rule, tuple):
        return tuple((code[:2], code[3:] or None) for code in rule)
    country, region = {"lead": lead, "account": account}.get(rule, (None, None))
    return ((country, region),) if country else ()


# Named one-liners


def is_business_day(cal: Calendar, day: date) -> bool:
    """An open day: at least one block, no public holiday, no closure date."""
    return bool(cal.blocks(day))


def is_open(cal: Calendar, moment: datetime) -> bool:
    """True when the wall clock stands inside a block of an open day (half-open, W3)."""
    wall = cal.local(moment)
    return _in_block(cal, wall)


def next_business_day(cal: Calendar, after: date) -> date | None:
    """The first open day after `after`; None when there is none within 30 days (W10)."""
    return first_business_day(cal, after + DAY)


def first_business_day(cal: Calendar, day: date) -> date | None:
    """`day` itself when it is open, else the next open day; None when there is none within 30 days (W10)."""
    return next((each for each in _days_from(cal, day) if is_business_day(cal, each)), None)


def _days_from(cal: Calendar, day: date) -> Iterator[date]:
    """W10: the day and the 30 after it, or up to the calendar's horizon."""
    ahead = max(SEARCH_DAYS, (cal.horizon - day).days) if cal.horizon else SEARCH_DAYS
    return (day + timedelta(days=offset) for offset in range(ahead + 1))


def _in_block(cal: Calendar, wall: datetime) -> bool:
    minutes = wall.hour * HOUR + wall.minute
    return any(block.start <= minutes < block.end for block in cal.blocks(wall.date()))


# Wall clock and moments


def instant(zone: ZoneInfo, wall: datetime) -> datetime:
    """The moment of a wall-clock time (D5, W3).

    A time that does not exist is the first moment after the gap; one that occurs twice is the first.
    """
    earlier = wall.replace(tzinfo=zone).astimezone(UTC)
    if earlier.astimezone(zone).replace(tzinfo=None) == wall:
        return earlier
    return _end_of_gap(zone, wall.replace(tzinfo=zone, fold=1).astimezone(UTC), earlier)


def _end_of_gap(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The moment between the two at which the zone's offset changes, to the second."""
    offset = before.astimezone(zone).utcoffset()
    low, high = before, after
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def at_minute(day: date, minute: float) -> datetime:
    """The naive wall-clock time `minute` minutes into a day; 1440 is the next midnight."""
    return datetime.combine(day, time()) + timedelta(minutes=minute)


def _occurrences(zone: ZoneInfo, wall: datetime) -> tuple[datetime, datetime]:
    """Both moments of a wall-clock time; twice the same except where the clock is set back."""
    return instant(zone, wall), wall.replace(tzinfo=zone, fold=1).astimezone(UTC)


# Adding delays (D1, D5 to D7)


def add(cal: Calendar, moment: datetime, delay: Delay) -> datetime | None:
    """`moment` plus the delay, before any window is looked at: D5 for days, D7 for business days.

    None: there are not enough open days (W10).
    """
    moment = moment.astimezone(UTC)  # elapsed time is elapsed in every zone that a caller may hand in (D1)
    if delay.unit is Unit.MINUTES:
        return moment + timedelta(minutes=delay.amount)
    if delay.unit is Unit.HOURS:
        return moment + timedelta(hours=delay.amount)
    wall = cal.local(moment)
    if delay.unit is Unit.DAYS:
        return instant(cal.zone, wall + timedelta(days=delay.amount)) if delay.amount else moment
    day = add_business_days(cal, wall.date(), delay.amount)
    return None if day is None else instant(cal.zone, datetime.combine(day, wall.time())) if delay.amount else moment


def back(cal: Calendar, moment: datetime, delay: Delay) -> datetime | None:
    """The moment from which the delay leads to `moment`: the way back of `add`. None: not enough open days."""
    if not delay.day_level or not delay.amount:
        return add(cal, moment, Delay(-delay.amount, delay.unit)) if delay.amount else moment
    wall = cal.local(moment)
    if delay.unit is Unit.DAYS:
        return instant(cal.zone, wall - timedelta(days=delay.amount))
    day = wall.date()
    for _ in range(delay.amount):
        earlier = (day - timedelta(days=offset) for offset in range(1, SEARCH_DAYS + 2))
        found = next((each for each in earlier if is_business_day(cal, each)), None)
        if found is None:
            return None
        day = found
    return instant(cal.zone, datetime.combine(day, wall.time()))


def add_business_days(cal: Calendar, day: date, count: int) -> date | None:
    """The `count`-th open day after `day` (0: the day itself); None when 30 closed days in a row are met."""
    for _ in range(count):
        found = next_business_day(cal, day)
        if found is None:
            return None
        day = found
    return day


def business_days_between(cal: Calendar, start: date, end: date) -> int:
    """How many open days lie after `start` up to and with `end`."""
    days = (start + timedelta(days=offset) for offset in range(1, (end - start).days + 1))
    return sum(is_business_day(cal, day) for day in days)


def open_time(cal: Calendar, start: datetime, end: datetime) -> timedelta:
    """How much of the time from `start` to `end` lies in open hours."""
    total, day, last = timedelta(), cal.local(start).date(), cal.local(end).date()
    while day <= last:
        for block in cal.blocks(day):
            opens = instant(cal.zone, at_minute(day, block.start))
            closes = instant(cal.zone, at_minute(day, block.end))
            total += max(min(closes, end) - max(opens, start), timedelta())
        day += DAY
    return total


# Finding a slot


def next_open(cal: Calendar, moment: datetime) -> datetime | None:
    """W2: the moment itself when it is open, else the next opening; None when there is none within 30 days (W10)."""
    moment = moment.astimezone(UTC)
    if is_open(cal, moment):
        return moment
    for day in _days_from(cal, cal.local(moment).date()):
        for block in cal.blocks(day):
            for opening in _occurrences(cal.zone, at_minute(day, block.start)):
                if opening >= moment and is_open(cal, opening):
                    return opening
    return None


def opening_after(cal: Calendar, moment: datetime, jitter: float = 0.0) -> datetime | None:
    """W2, W3: the moment itself when it is open, else the next opening plus jitter (0 to 1, stored by the caller)."""
    opening = next_open(cal, moment)
    return opening if opening is None or opening == moment.astimezone(UTC) else plus_jitter(cal, opening, jitter)


def plus_jitter(cal: Calendar, moment: datetime, jitter: float) -> datetime:
    """A little later, but never past the end of the block that the moment stands in."""
    wall = cal.local(moment)
    minutes = wall.hour * HOUR + wall.minute
    left = next((block.end - minutes for block in cal.blocks(wall.date()) if block.start <= minutes < block.end), 0)
    room = min(JITTER, timedelta(minutes=left) / 2)
    later = moment + timedelta(seconds=int(room.total_seconds() * jitter))
    return later if is_open(cal, later) else moment


def place(cal: Calendar, wall: datetime) -> datetime | None:
    """W3: a day-level target's slot. The day is moved first (D6), then the time. None: W10."""
    day = first_business_day(cal, wall.date())
    if day is None:
        return None
    moment = instant(cal.zone, _time_within(cal.blocks(day), day, wall.time()))
    # a daylight-saving gap can carry the moment out of its block
    return next_open(cal, moment)


def kept_time(cal: Calendar, earliest: datetime, clock: time) -> datetime | None:
    """The slot of a day-level step that may not lie before `earliest` (D9, M4), as little later as that asks for.

    At its own time on that day, else at the first open moment that is left of that day, else at its own time on the next
    open day. None: W10.
    """
    day = cal.local(earliest).date()
    due = place(cal, datetime.combine(day, clock))
    if due is None or due >= earliest.astimezone(UTC):
        return due
    opening = next_open(cal, earliest)
    if opening is not None and cal.local(opening).date() == day:
        return opening
    return place(cal, datetime.combine(day + DAY, clock))


def _time_within(blocks: tuple[Block, ...], day: date, clock: time) -> datetime:
    """The time of day itself inside a block, else W3's place for it."""
    minutes = clock.hour * HOUR + clock.minute
    for block in blocks:
        if minutes < block.start:
            return at_minute(day, block.start)
        if minutes < block.end:
            return datetime.combine(day, clock)
    last = blocks[-1]
    return at_minute(day, max(last.end - HOUR, last.start))


# W11: times that vary


@dataclass(frozen=True, slots=True)
class Slot:
    """A part of the day and a weekday;

    `shift` open days after the first possible one, `share` 0 to 1 within the part.
    """

    part: str
    shift: int
    share: float


def choose_slot(
    cal: Calendar, wall: datetime, tried: tuple[tuple[str, int], ...], order: tuple[str, ...], share: float
) -> Slot:
    """W11: a part of the day and a weekday that were not tried yet with this lead.

    `order`: the parts in the order to prefer them (drawn once); `tried`: (part, weekday) of earlier touches. The first
    possible open day with an untried weekday is taken; when all weekdays of the schedule were tried, the first day.
    """
    parts = [part for part, _ in tried]
    part = min(order, key=parts.count)
    weekdays = {weekday for _, weekday in tried}
    days = _open_days(cal, wall.date(), sum(map(bool, cal.week)))
    shift = next((n for n, day in enumerate(days) if day.weekday() not in weekdays), 0)
    return Slot(part, shift, share)


def _open_days(cal: Calendar, day: date, count: int) -> Iterator[date]:
    found = first_business_day(cal, day)
    for _ in range(count):
        if found is None:
            return
        yield found
        found = next_business_day(cal, found)


def place_slot(cal: Calendar, wall: datetime, slot: Slot) -> datetime | None:
    """The moment of a chosen slot, worked out again from the day-level target."""
    days = list(_open_days(cal, wall.date(), slot.shift + 1))
    if not days:
        return None
    day = days[-1]
    total = sum(block.end - block.start for block in cal.blocks(day))
    offset = int(total * (PARTS.index(slot.part) + slot.share * 0.98) / len(PARTS))
    return next_open(cal, instant(cal.zone, at_minute(day, _open_minute(cal.blocks(day), offset))))


def _open_minute(blocks: tuple[Block, ...], offset: int) -> int:
    """The minute of the day after `offset` open minutes."""
    for block in blocks:
        if offset < block.end - block.start:
            return block.start + offset
        offset -= block.end - block.start
    return blocks[-1].start


def part_of(cal: Calendar, moment: datetime) -> str:
    """The third of the open hours that a moment falls in: early, midday or late."""
    wall = cal.local(moment)
    blocks = cal.blocks(wall.date())
    minutes = wall.hour * HOUR + wall.minute
    total = sum(block.end - block.start for block in blocks)
    passed = sum(max(0, min(minutes, block.end) - block.start) for block in blocks)
    return PARTS[min(2, passed * 3 // total)] if total else PARTS[0]


# W9: hours in common with the rep


def common_hours(cal: Calendar, rep: Calendar, moment: datetime) -> tuple[datetime | None, bool]:
    """W9: the first moment from `moment` on that is open for the lead and for the rep, and whether it is flagged.

    No overlap within 2 business days: the lead's next open moment, flagged.
    """
    start = next_open(cal, moment)
    if start is None:
        return None, True
    last = add_business_days(cal, cal.local(start).date(), 2) or cal.local(start).date()
    at: datetime | None = start
    while at is not None and cal.local(at).date() <= last:
        for_rep = next_open(rep, at)
        if for_rep is None or cal.local(for_rep).date() > last:
            break
        at = next_open(cal, for_rep)
        if at is not None and at == for_rep:
            return at, False
    return start, True
