"""RULES D, W, P1 and V5 as properties over random calendars, clocks and zones."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from outreach.core import engine, schedule, signals
from outreach.core.enrolments import Facts
from outreach.core.sequences import Block, Delay, Kind, Mail, Schedule, Sequence, Step, Unit, Variant

ZONES = [
    "America/New_York", "Europe/Berlin", "Australia/Adelaide", "Australia/Lord_Howe", "Asia/Kolkata", "Asia/Kathmandu",
    "America/Santiago", "Africa/Casablanca", "Pacific/Chatham", "America/Havana", "Africa/Cairo", "UTC",
]  # fmt: skip
FRIDAYS = ((), (), (), (), (Block(540, 1020),), (), ())
zones = st.sampled_from(ZONES)
anchors = st.datetimes(datetime(2025, 12, 1), datetime(2028, 4, 1)).map(
    lambda at: at.replace(tzinfo=UTC, microsecond=0)
)
clocks = st.none() | st.builds(time, st.integers(0, 23), st.integers(0, 59))
countries = st.sampled_from([None, "US", "DE", "IN", "AU"])
delays = st.builds(Delay, st.integers(0, 12), st.sampled_from(list(Unit)))
day_delays = st.builds(Delay, st.integers(1, 12), st.sampled_from([Unit.DAYS, Unit.BUSINESS_DAYS]))
few = settings(max_examples=50, deadline=None)


@st.composite
def weeks(draw):
    """Odd minutes, lunch breaks, blocks of a few minutes and ones that end at 24:00."""

    def blocks():
        edges = sorted(draw(st.sets(st.integers(0, 1440), min_size=2, max_size=6)))
        return tuple(Block(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False))

    days = draw(st.lists(st.booleans(), min_size=7, max_size=7).filter(any))
    return tuple(blocks() if open_ else () for open_ in days)


def letter(delay, at=None, key="one"):
    return Step(key, Kind.EMAIL, Mail((Variant("a"),)), delay, at if delay.day_level else None)


def planned(anchor, step, week, zone, country=None, seed=0):
    sequence = Sequence("P", (step,), schedule=Schedule(week=week))
    return engine.first(1, sequence, Facts(zone=zone, country=country), anchor, Random(seed)).after.due_at


def is_inside(due, week, zone, country):
    cal = schedule.calendar(Schedule(week=week), zone, country)
    local = due.astimezone(ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    return not cal.is_shut(local.date()) and any(b.start <= minute < b.end for b in week[local.weekday()])


@few
@given(anchors, delays, clocks, weeks(), zones, countries, st.integers(0, 5))
def test_no_random_part_leads_out_of_the_hours(anchor, delay, at, week, zone, country, seed):
    """W1, W2, W3, W8: with jitter, lunch breaks, odd minutes and any clock time."""
    due = planned(anchor, letter(delay, at), week, zone, country, seed)
    assert is_inside(due, week, zone, country)
    assert due >= anchor


@few
@given(anchors, delays, clocks, weeks(), zones, countries)
@example(datetime(2028, 3, 24, 21, 1, tzinfo=UTC), Delay(0, Unit.DAYS), time(9), FRIDAYS, "America/New_York", None)
def test_planning_again_gives_the_same_date(anchor, delay, at, week, zone, country):
    """D, W3: other dice, the same moment, on every retry until it is due."""
    sequence = Sequence("P", (letter(delay, at),), schedule=Schedule(week=week))
    facts = Facts(zone=zone, country=country)
    stands = engine.first(1, sequence, facts, anchor, Random(1)).after
    halfway = anchor + (stands.due_at - anchor) / 2
    for seed, now in enumerate((anchor, halfway, stands.due_at - timedelta(seconds=1))):
        if anchor <= now < stands.due_at:
            assert engine.decide(stands, sequence, facts, now, Random(seed)).after.due_at == stands.due_at


@few
@given(anchors, st.integers(1, 20), clocks, weeks(), zones, countries)
def test_days_keep_the_time_of_day_where_the_hours_allow_it(anchor, days, at, week, zone, country):
    """D5, W3: on the day that it moves to, a time inside a block stays as it is (daylight saving apart)."""
    step = letter(Delay(days, Unit.DAYS), at)
    due = planned(anchor, step, week, zone, country).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    local = anchor.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    wanted = datetime.combine(due.date(), at or local.time())
    blocks = week[due.weekday()]
    minute = wanted.hour * 60 + wanted.minute
    exists = schedule.instant(ZoneInfo(zone), wanted).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wanted
    if exists and any(block.start <= minute < block.end for block in blocks):
        assert due == wanted


@few
@given(anchors, day_delays, weeks(), zones, countries)
def test_the_way_back_leads_to_where_the_delay_began(anchor, delay, week, zone, country):
    """V5: what was served is known from the end of a delay."""
    cal = schedule.calendar(Schedule(week=week), zone, country)
    end = schedule.add(cal, anchor, delay)
    assume(end is not None)
    begin = schedule.back(cal, end, delay)
    assert schedule.add(cal, begin, delay) == end


@few
@given(anchors, weeks(), zones, clocks.filter(bool), countries)
def test_a_slot_that_may_not_be_early_is_late_by_as_little_as_can_be(anchor, week, zone, clock, country):
    """D9, M4: never before, always open, and on the first open day that has a moment left."""
    cal = schedule.calendar(Schedule(week=week), zone, country)
    found, opening = schedule.kept_time(cal, anchor, clock), schedule.next_open(cal, anchor)
    assert found >= anchor
    assert schedule.is_open(cal, found)
    assert cal.local(found).date() == cal.local(opening).date()


@few
@given(anchors, delays, clocks, weeks(), zones, st.sampled_from(["enrolment", "previous_step"]), st.floats(0, 1))
def test_a_pause_of_no_length_changes_nothing(anchor, delay, at, week, zone, counted, share):
    """P1: in all three units and under both anchors."""
    sequence = Sequence("P", (letter(delay, at),), anchor=counted, schedule=Schedule(week=week))
    facts, dice = Facts(zone=zone), Random(0)
    stands = engine.first(1, sequence, facts, anchor, dice).after
    now = anchor + (stands.due_at - anchor) * share * 0.99
    paused = engine.on_signal(stands, sequence, signals.PausedBy("Olga"), facts, now, dice).after
    resumed = engine.on_signal(paused, sequence, signals.ResumedBy("Olga"), facts, now, dice).after
    assert resumed.due_at == stands.due_at or resumed.due_at == now
    if delay.day_level and at is None and delay.amount:
        assert resumed.due_at == stands.due_at


@few
@given(anchors, st.integers(1, 9), st.integers(1, 20), zones, st.sampled_from(["enrolment", "previous_step"]))
def test_a_pause_of_whole_days_moves_a_delay_in_days_by_as_many(anchor, days, pause, zone, counted):
    """P1: on the wall clock, whatever daylight saving does meanwhile (hours that come twice apart)."""
    always = ((Block(0, 1440),),) * 7
    sequence = Sequence("P", (letter(Delay(days, Unit.DAYS)),), anchor=counted, schedule=Schedule(week=always))
    facts, dice, at = Facts(zone=zone), Random(0), ZoneInfo(zone)
    local = anchor.astimezone(at).replace(tzinfo=None, hour=12)
    begun = schedule.instant(at, local)
    stands = engine.first(1, sequence, facts, begun, dice).after
    stop, go = (
        schedule.instant(at, local + timedelta(hours=3)),
        schedule.instant(at, local + timedelta(days=pause, hours=3)),
    )
    paused = engine.on_signal(stands, sequence, signals.PausedBy("Olga"), facts, stop, dice).after
    resumed = engine.on_signal(paused, sequence, signals.ResumedBy("Olga"), facts, go, dice).after
    assert resumed.due_at == schedule.instant(at, local + timedelta(days=days + pause))


@few
@given(anchors, st.integers(1, 40), st.integers(0, 39), st.integers(1, 60))
def test_an_edited_delay_counts_what_was_served(anchor, old, served, new):
    """V5: in hours, for whoever simply waits and for whoever was paused meanwhile."""
    assume(served < old)
    always = Schedule(week=((Block(0, 1440),),) * 7)
    before = Sequence("P", (letter(Delay(old, Unit.HOURS)),), schedule=always)
    after = replace(before, steps=(letter(Delay(new, Unit.HOURS)),))
    facts, dice, now = Facts(), Random(0), anchor + timedelta(hours=served)
    stands = engine.first(1, before, facts, anchor, dice).after
    left = timedelta(hours=max(0, new - served))
    assert engine.on_signal(stands, after, signals.Edited(), facts, now, dice).after.due_at == now + left

    later = now + timedelta(days=3)
    paused = engine.on_signal(stands, before, signals.PausedBy("Olga"), facts, now, dice).after
    edited = engine.on_signal(paused, after, signals.Edited(), facts, later, dice).after
    resumed = engine.on_signal(edited, after, signals.ResumedBy("Olga"), facts, later, dice).after
    assert resumed.due_at == later + left
    resumed = engine.on_signal(paused, before, signals.ResumedBy("Olga"), facts, later, dice).after
    edited = engine.on_signal(resumed, after, signals.Edited(), facts, later, dice).after
    assert edited.due_at == later + left
