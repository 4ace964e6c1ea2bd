"""RULES D and W as a dated table, hand-checked, and as properties over random calendars."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from outreach.core import engine, schedule
from outreach.core.enrolments import Facts
from outreach.core.rehearsal import NoJitter
from outreach.core.sequences import Block, Delay, Kind, Mail, Schedule, Sequence, Step, Unit, Variant
from outreach.documents import week as hours

OFFICE = {"mon-fri": ["09:00-17:00"]}
LUNCH = {"mon-fri": ["09:00-12:00", "13:00-17:00"]}
ALWAYS = {"mon-sun": ["00:00-24:00"]}
GULF = {"sun-thu": ["09:00-17:00"]}
EVENING = {"mon-sun": ["20:00-24:00"]}
NEW_YORK, BERLIN, ADELAIDE = "America/New_York", "Europe/Berlin", "Australia/Adelaide"
UNITS = {"minutes": Unit.MINUTES, "hours": Unit.HOURS, "days": Unit.DAYS, "business": Unit.BUSINESS_DAYS}


def due_of(anchor, amount, unit, at=None, week=OFFICE, zone=NEW_YORK, country=None, region=None, **rest):
    """When a step is due that counts from `anchor` (wall clock), as a moment."""
    plan = Schedule(week=hours(week) if isinstance(week, dict) else week, **rest)
    step = Step("one", Kind.EMAIL, Mail((Variant("a"),)), Delay(amount, UNITS[unit]), at)
    sequence = Sequence("Table", (step,), schedule=plan)
    facts = Facts(zone=zone, country=country, region=region, email="ann@lead.test")
    moment = anchor if anchor.tzinfo else schedule.instant(ZoneInfo(zone), anchor)
    return engine.first(1, sequence, facts, moment, NoJitter()).after.due_at


TABLE = [
    # D5 to D7 and D1, New York, Mon-Fri 09:00-17:00
    ("Fri 2026-03-06 10:00", (3, "days"), {}, "Mon 2026-03-09 10:00"),
    ("Fri 2026-03-06 10:00", (2, "days"), {}, "Mon 2026-03-09 10:00"),
    ("Fri 2026-03-06 10:00", (3, "business"), {}, "Wed 2026-03-11 10:00"),
    ("Wed 2026-03-04 10:00", (2, "days"), {}, "Fri 2026-03-06 10:00"),
    ("Wed 2026-03-04 10:00", (4, "days"), {}, "Mon 2026-03-09 10:00"),
    ("Sun 2026-03-08 12:00", (1, "business"), {}, "Mon 2026-03-09 12:00"),
    ("Sat 2026-03-07 10:00", (2, "business"), {}, "Tue 2026-03-10 10:00"),
    ("Fri 2026-03-06 16:00", (1, "business"), {}, "Mon 2026-03-09 16:00"),
    # W3: the time of day
    ("Wed 2026-03-04 20:00", (2, "days"), {}, "Fri 2026-03-06 16:00"),
    ("Wed 2026-03-04 07:30", (1, "days"), {}, "Thu 2026-03-05 09:00"),
    ("Wed 2026-03-04 16:59", (1, "days"), {}, "Thu 2026-03-05 16:59"),
    ("Wed 2026-03-04 17:00", (1, "days"), {}, "Thu 2026-03-05 16:00"),
    ("Wed 2026-03-04 09:00", (1, "days"), {}, "Thu 2026-03-05 09:00"),
    ("Fri 2026-03-06 20:00", (1, "days"), {}, "Mon 2026-03-09 16:00"),
    ("Thu 2026-03-05 10:00", (1, "days", time(14, 30)), {}, "Fri 2026-03-06 14:30"),
    ("Thu 2026-03-05 10:00", (2, "days", time(14, 30)), {}, "Mon 2026-03-09 14:30"),
    ("Thu 2026-03-05 10:00", (1, "business", time(8, 0)), {}, "Fri 2026-03-06 09:00"),
    ("Thu 2026-03-05 10:00", (1, "business", time(22, 0)), {}, "Fri 2026-03-06 16:00"),
    ("Wed 2026-03-04 12:30", (1, "days"), {"week": LUNCH}, "Thu 2026-03-05 13:00"),
    ("Wed 2026-03-04 12:00", (1, "days"), {"week": LUNCH}, "Thu 2026-03-05 13:00"),
    ("Wed 2026-03-04 11:59", (1, "days"), {"week": LUNCH}, "Thu 2026-03-05 11:59"),
    ("Wed 2026-03-04 18:00", (1, "days"), {"week": LUNCH}, "Thu 2026-03-05 16:00"),
    ("Wed 2026-03-04 18:00", (1, "days"), {"week": {"mon-fri": ["16:30-17:00"]}}, "Thu 2026-03-05 16:30"),
    ("Wed 2026-03-04 10:00", (1, "days"), {"week": {"mon-fri": ["09:00-09:40"]}}, "Thu 2026-03-05 09:00"),
    ("Wed 2026-03-04 10:00", (1, "days"), {"week": {"mon-fri": ["08:00-09:00"]}}, "Thu 2026-03-05 08:00"),
    ("Sat 2026-03-14 23:59", (1, "days"), {"week": ALWAYS}, "Sun 2026-03-15 23:59"),
    ("Wed 2026-03-04 10:00", (1, "days"), {"week": EVENING}, "Thu 2026-03-05 20:00"),
    ("Wed 2026-03-04 23:30", (1, "days"), {"week": EVENING}, "Thu 2026-03-05 23:30"),
    # W2, W3: minutes and hours
    ("Wed 2026-03-04 10:00", (45, "minutes"), {}, "Wed 2026-03-04 10:45"),
    ("Wed 2026-03-04 16:30", (45, "minutes"), {}, "Thu 2026-03-05 09:00"),
    ("Wed 2026-03-04 16:15", (45, "minutes"), {}, "Thu 2026-03-05 09:00"),
    ("Fri 2026-03-06 16:30", (2, "hours"), {}, "Mon 2026-03-09 09:00"),
    ("Wed 2026-03-04 08:00", (30, "minutes"), {}, "Wed 2026-03-04 09:00"),
    ("Wed 2026-03-04 08:00", (1, "hours"), {}, "Wed 2026-03-04 09:00"),
    ("Wed 2026-03-04 20:00", (0, "minutes"), {}, "Thu 2026-03-05 09:00"),
    ("Sat 2026-03-07 11:00", (0, "minutes"), {}, "Mon 2026-03-09 09:00"),
    ("Wed 2026-03-04 11:30", (45, "minutes"), {"week": LUNCH}, "Wed 2026-03-04 13:00"),
    ("Wed 2026-03-04 17:00", (8, "hours"), {"week": {"mon-sun": ["18:00-24:00"]}}, "Thu 2026-03-05 18:00"),
    ("Wed 2026-03-04 22:00", (90, "minutes"), {"week": EVENING}, "Wed 2026-03-04 23:30"),
    ("Sat 2026-03-07 10:00", (24, "hours"), {"week": ALWAYS}, "Sun 2026-03-08 11:00"),
    # W8: public holidays and closure dates
    ("Thu 2026-07-02 10:00", (1, "days"), {"country": "US"}, "Mon 2026-07-06 10:00"),
    ("Thu 2026-07-02 10:00", (1, "business"), {"country": "US"}, "Mon 2026-07-06 10:00"),
    ("Thu 2026-07-02 10:00", (1, "days"), {"country": "US", "holidays": "none"}, "Fri 2026-07-03 10:00"),
    ("Thu 2026-07-02 10:00", (1, "days"), {}, "Fri 2026-07-03 10:00"),
    ("Thu 2026-04-02 10:00", (1, "days"), {"zone": BERLIN, "country": "DE"}, "Tue 2026-04-07 10:00"),
    ("Thu 2026-04-02 10:00", (2, "business"), {"zone": BERLIN, "country": "DE"}, "Wed 2026-04-08 10:00"),
    ("Wed 2026-06-03 10:00", (1, "days"), {"zone": BERLIN, "country": "DE", "region": "BY"}, "Fri 2026-06-05 10:00"),
    ("Wed 2026-06-03 10:00", (1, "days"), {"zone": BERLIN, "country": "DE"}, "Thu 2026-06-04 10:00"),
    (
        "Wed 2026-06-03 10:00",
        (1, "days"),
        {"zone": BERLIN, "country": "DE", "region": "Atlantis"},
        "Thu 2026-06-04 10:00",
    ),
    ("Mon 2026-01-05 10:00", (1, "days"), {"country": "US", "holidays": ("SE",)}, "Wed 2026-01-07 10:00"),
    ("Wed 2026-12-23 10:00", (1, "days"), {"country": "US", "closed": (date(2026, 12, 24),)}, "Mon 2026-12-28 10:00"),
    ("Wed 2026-12-23 10:00", (1, "days"), {"closed": (date(2026, 12, 24),)}, "Fri 2026-12-25 10:00"),
    ("Thu 2026-12-31 10:00", (1, "days"), {"country": "US"}, "Mon 2027-01-04 10:00"),
    ("Fri 2026-07-03 08:00", (2, "hours"), {"country": "US"}, "Mon 2026-07-06 09:00"),
    # daylight saving: New York, Berlin, Adelaide and Lord Howe (half hours), Santiago (midnight), Kolkata (none)
    ("Sat 2026-03-07 02:30", (1, "days"), {"week": ALWAYS}, "Sun 2026-03-08 03:00"),
    ("Sat 2026-10-31 01:30", (1, "days"), {"week": ALWAYS}, "Sun 2026-11-01 01:30"),
    ("Fri 2026-10-30 10:00", (3, "days"), {}, "Mon 2026-11-02 10:00"),
    ("Fri 2026-03-27 10:00", (3, "days"), {"zone": BERLIN}, "Mon 2026-03-30 10:00"),
    ("Sat 2026-03-28 02:30", (1, "days"), {"zone": BERLIN, "week": ALWAYS}, "Sun 2026-03-29 03:00"),
    ("Sat 2026-10-24 02:30", (1, "days"), {"zone": BERLIN, "week": ALWAYS}, "Sun 2026-10-25 02:30"),
    ("Fri 2026-10-23 10:00", (3, "days"), {"zone": BERLIN}, "Mon 2026-10-26 10:00"),
    ("Fri 2026-04-03 10:00", (3, "days"), {"zone": ADELAIDE}, "Mon 2026-04-06 10:00"),
    ("Fri 2026-10-02 10:00", (3, "days"), {"zone": ADELAIDE}, "Mon 2026-10-05 10:00"),
    ("Sat 2026-10-03 02:15", (1, "days"), {"zone": "Australia/Lord_Howe", "week": ALWAYS}, "Sun 2026-10-04 02:30"),
    ("Sat 2026-04-04 01:45", (1, "days"), {"zone": "Australia/Lord_Howe", "week": ALWAYS}, "Sun 2026-04-05 01:45"),
    ("Sat 2026-09-05 00:30", (1, "days"), {"zone": "America/Santiago", "week": ALWAYS}, "Sun 2026-09-06 01:00"),
    ("Fri 2026-03-06 10:00", (3, "days"), {"zone": "Asia/Kolkata"}, "Mon 2026-03-09 10:00"),
    ("Sat 2026-03-07 02:30", (1, "days"), {"week": {"mon-sun": ["02:00-03:00"]}}, "Mon 2026-03-09 02:00"),
    # leap day, year end, other weeks
    ("Mon 2028-02-28 10:00", (1, "days"), {}, "Tue 2028-02-29 10:00"),
    ("Tue 2028-02-29 10:00", (1, "business"), {}, "Wed 2028-03-01 10:00"),
    ("Fri 2027-02-26 10:00", (1, "business"), {}, "Mon 2027-03-01 10:00"),
    ("Wed 2026-12-30 10:00", (2, "days"), {}, "Fri 2027-01-01 10:00"),
    ("Thu 2026-03-05 10:00", (1, "business"), {"week": GULF, "zone": "Asia/Dubai"}, "Sun 2026-03-08 10:00"),
    ("Wed 2026-03-04 10:00", (2, "days"), {"week": GULF, "zone": "Asia/Dubai"}, "Sun 2026-03-08 10:00"),
    ("Sat 2026-03-07 10:00", (1, "days"), {"week": GULF, "zone": "Asia/Dubai"}, "Sun 2026-03-08 10:00"),
]


@pytest.mark.parametrize(("anchor", "delay", "options", "expected"), TABLE)
def test_a_step_is_due_at_the_dated_hour(anchor, delay, options, expected):
    """D1, D5, D6, D7, W1, W2, W3, W8: every row was worked out by hand."""
    start = datetime.strptime(anchor, "%a %Y-%m-%d %H:%M")
    assert f"{start:%a %Y-%m-%d %H:%M}" == anchor, "the row names the wrong weekday"
    due = due_of(start, *delay, **options).astimezone(ZoneInfo(options.get("zone", NEW_YORK)))
    assert f"{due:%a %Y-%m-%d %H:%M}" == expected


def test_three_days_over_a_clock_change_are_71_hours():
    """D5."""
    start = datetime(2026, 3, 6, 10, tzinfo=ZoneInfo(NEW_YORK))
    due = due_of(datetime(2026, 3, 6, 10), 3, "days")
    assert due - start.astimezone(UTC) == timedelta(hours=71)


def test_an_hour_that_comes_twice_is_the_first():
    """W3: 01:30 on 1 November 2026 in New York, the one of daylight saving time."""
    due = due_of(datetime(2026, 10, 31, 1, 30), 1, "days", week=ALWAYS)
    assert due == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_no_open_slot_in_thirty_days_is_said_and_no_loop():
    """W10."""
    shut = tuple(date(2026, 3, 1) + timedelta(days=n) for n in range(90))
    step = Step("one", Kind.EMAIL, Mail((Variant("a"),)), Delay(1, Unit.DAYS))
    sequence = Sequence("Shut", (step,), schedule=Schedule(closed=shut))
    now = datetime(2026, 3, 4, 15, tzinfo=UTC)
    decision = engine.first(1, sequence, Facts(email="a@b.test"), now, NoJitter())
    assert (decision.kind, decision.rule, decision.after.state) == ("block", "W10", "blocked: no open slot")
    assert decision.after.due_at == now + timedelta(days=7)


def test_only_open_hours_count_as_time_that_somebody_waited():
    plan = schedule.calendar(Schedule(zone="UTC", week=hours(OFFICE)), "UTC")
    evening = datetime(2026, 3, 6, 20, tzinfo=UTC)  # a Friday
    opening = schedule.next_open(plan, evening)
    assert schedule.open_time(plan, evening, opening) == timedelta()
    assert schedule.open_time(plan, evening, opening + timedelta(minutes=4)) == timedelta(minutes=4)
    assert schedule.open_time(plan, opening, opening + timedelta(minutes=9)) == timedelta(minutes=9)


def test_the_window_is_half_open():
    """W3, W4: 17:00 is outside, 24:00 is the end of the day."""
    cal = schedule.calendar(Schedule(), NEW_YORK)
    at = ZoneInfo(NEW_YORK)
    assert schedule.is_open(cal, datetime(2026, 3, 4, 16, 59, 59, tzinfo=at))
    assert not schedule.is_open(cal, datetime(2026, 3, 4, 17, 0, tzinfo=at))
    late = schedule.calendar(Schedule(week=hours(EVENING)), NEW_YORK)
    assert schedule.is_open(late, datetime(2026, 3, 4, 23, 59, 59, tzinfo=at))
    assert not schedule.is_open(late, datetime(2026, 3, 5, 0, 0, tzinfo=at))


def test_calls_wait_for_hours_that_lead_and_rep_share():
    """W9: New York 09:00-17:00 and Berlin 09:00-17:00 share 09:00-11:00 New York time."""
    lead = schedule.calendar(Schedule(), NEW_YORK)
    rep = schedule.calendar(Schedule(), BERLIN)
    noon = datetime(2026, 3, 4, 12, tzinfo=ZoneInfo(NEW_YORK)).astimezone(UTC)
    at, flagged = schedule.common_hours(lead, rep, noon)
    assert (at, flagged) == (datetime(2026, 3, 5, 14, tzinfo=UTC), False)


def test_a_call_without_common_hours_is_made_anyway_and_flagged():
    """W9."""
    lead = schedule.calendar(Schedule(), NEW_YORK)
    rep = schedule.calendar(Schedule(), "Asia/Tokyo")
    at, flagged = schedule.common_hours(lead, rep, datetime(2026, 3, 4, 15, tzinfo=UTC))
    assert (at, flagged) == (datetime(2026, 3, 4, 15, tzinfo=UTC), True)


def test_touches_that_vary_take_another_part_of_the_day_and_another_weekday():
    """W11."""
    cal = schedule.calendar(Schedule(), NEW_YORK)
    tried, wall = (), datetime(2026, 3, 4, 10)
    parts, days = [], []
    for _ in range(3):
        slot = schedule.choose_slot(cal, wall, tried, schedule.PARTS, 0.5)
        at = schedule.place_slot(cal, wall, slot)
        local = cal.local(at)
        assert schedule.part_of(cal, at) == slot.part
        parts, days = [*parts, slot.part], [*days, local.weekday()]
        tried = (*tried, (slot.part, local.weekday()))
    assert sorted(parts) == sorted(schedule.PARTS)
    assert len(set(days)) == 3


# Properties

zones = st.sampled_from(
    [NEW_YORK, BERLIN, ADELAIDE, "Australia/Lord_Howe", "Asia/Kolkata", "America/Santiago", "Africa/Casablanca", "UTC"]
)
anchors = st.datetimes(datetime(2025, 12, 1), datetime(2028, 4, 1)).map(lambda at: at.replace(tzinfo=UTC))


@st.composite
def weeks(draw):
    def blocks():
        edges = sorted(draw(st.sets(st.integers(0, 96), min_size=2, max_size=4)))
        return tuple(Block(a * 15, b * 15) for a, b in zip(edges[::2], edges[1::2], strict=False))

    days = draw(st.lists(st.booleans(), min_size=7, max_size=7).filter(any))
    return tuple(blocks() if open_ else () for open_ in days)


def inside(plan, zone, country, due):
    local = due.astimezone(ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    cal = schedule.calendar(plan, zone, country)
    return not cal.is_shut(local.date()) and any(b.start <= minute < b.end for b in plan.week[local.weekday()])


units = st.sampled_from(["minutes", "hours", "days", "business"])
countries = st.sampled_from([None, "US", "DE", "IN"])


@settings(max_examples=150, deadline=None)
@given(anchors, st.integers(0, 40), units, weeks(), zones, countries)
def test_no_step_is_due_outside_of_a_window_or_on_a_closed_day(anchor, amount, unit, week, zone, country):
    """W1, W2, W3, W8."""
    due = due_of(anchor, amount, unit, week=week, zone=zone, country=country)
    assert inside(Schedule(week=week), zone, country, due)
    assert due == due_of(anchor, amount, unit, week=week, zone=zone, country=country)


@settings(max_examples=100, deadline=None)
@given(anchors, st.integers(0, 3000), st.integers(0, 3000), weeks(), zones)
def test_minutes_and_hours_are_never_early_and_keep_their_order(anchor, first, second, week, zone):
    """D1, W2."""
    assume(first <= second)
    one = due_of(anchor, first, "minutes", week=week, zone=zone)
    two = due_of(anchor, second, "minutes", week=week, zone=zone)
    assert anchor + timedelta(minutes=first) <= one <= two


@settings(max_examples=100, deadline=None)
@given(anchors, st.integers(1, 40), st.integers(1, 40), weeks(), zones)
def test_days_are_never_early_by_date_and_keep_their_order(anchor, first, second, week, zone):
    """D5, D6."""
    assume(first <= second)
    at = ZoneInfo(zone)
    one = due_of(anchor, first, "days", week=week, zone=zone).astimezone(at).date()
    two = due_of(anchor, second, "days", week=week, zone=zone).astimezone(at).date()
    assert anchor.astimezone(at).date() + timedelta(days=first) <= one <= two


@settings(max_examples=100, deadline=None)
@given(anchors, st.integers(1, 20), weeks(), zones)
def test_business_days_are_counted_one_by_one(anchor, count, week, zone):
    """D7: between the anchor and the day lie exactly so many open days."""
    cal = schedule.calendar(Schedule(week=week), zone)
    start = cal.local(anchor).date()
    end = schedule.add_business_days(cal, start, count)
    assert schedule.business_days_between(cal, start, end) == count
    assert schedule.is_business_day(cal, end)
