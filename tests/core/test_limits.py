"""How much mail may leave now, what holds the rest, and until when (RULES L, D11)."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.core import limits
from outreach.core.limits import MailboxLimits, Sample, Usage, Window

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
BOX = "rita@outreach.test"


def ago(**span: float) -> datetime:
    return NOON - timedelta(**span)


def full(known: MailboxLimits, times: list[datetime], under_way: int = 0) -> list[tuple[Window, Usage]]:
    return [(each, limits.usage(each, times, under_way, NOON)) for each in limits.windows(known, NOON)]


# ---- L1: windows


@pytest.mark.parametrize(
    ("known", "times", "count", "name", "until"),
    [
        (MailboxLimits(BOX), [ago(seconds=1)] * 500, None, "", None),
        (MailboxLimits(BOX, minute=3), [ago(seconds=70), ago(seconds=10)], 2, "", None),
        (MailboxLimits(BOX, minute=3), [ago(seconds=50), ago(seconds=20), ago(seconds=10)], 0, "minute", ago(seconds=-10)),
        (MailboxLimits(BOX, hour=2), [ago(minutes=50), ago(minutes=40)], 0, "hour", ago(minutes=-10)),
        (MailboxLimits(BOX, day=2), [ago(hours=20), ago(hours=4)], 0, "day", ago(hours=-4)),
        (MailboxLimits(BOX, minute=5, day=4), [ago(hours=3)] * 3, 1, "", None),
        # More were sent than the limit is now: the one that makes room is the third latest, not the oldest.
        (MailboxLimits(BOX, hour=3), [ago(minutes=m) for m in (55, 50, 30, 20, 10)], 0, "hour", ago(minutes=-30)),
    ],
)  # fmt: skip
def test_the_strictest_window_says_how_many_and_until_when(
    known: MailboxLimits, times: list[datetime], count: int | None, name: str, until: datetime | None
) -> None:
    """L1, L5."""
    room = limits.room(full(known, times), NOON)
    assert (room.count, room.name, room.until) == (count, name, until)


def test_two_full_windows_hold_until_both_have_room() -> None:
    """L1: the strictest applies."""
    times = [ago(hours=23), *[ago(seconds=s) for s in (40, 30)]]
    room = limits.room(full(MailboxLimits(BOX, minute=2, day=3), times), NOON)
    assert (room.name, room.until) == ("day", ago(hours=-1))


def test_letters_under_way_take_their_place() -> None:
    """Two workers at once never claim the same room."""
    known = MailboxLimits(BOX, minute=5)
    assert limits.room(full(known, [ago(seconds=30)] * 2, under_way=2), NOON).count == 1
    held = limits.room(full(known, [ago(seconds=30)] * 2, under_way=5), NOON)
    assert (held.count, held.until) == (0, ago(seconds=-60))


def test_the_limit_says_itself_in_a_sentence() -> None:
    """L5."""
    assert [w.text for w in limits.windows(MailboxLimits(BOX, minute=1, hour=40, day=200), NOON)] == [
        f"1 letter in any minute from {BOX}",
        f"40 letters in any hour from {BOX}",
        f"200 letters in any 24 hours from {BOX}",
    ]
    assert limits.account_windows(0) == ()
    assert limits.account_windows(900)[0].text == "900 letters in any 24 hours from all mailboxes"


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 6),
    st.integers(1, 25),
    st.lists(st.tuples(st.integers(1, 90), st.integers(1, 8)), min_size=5, max_size=60),
)
def test_no_span_of_time_ever_holds_more_than_its_limit(minute: int, hour: int, claims: list[tuple[int, int]]) -> None:
    """L1 as an invariant: whatever is asked for whenever, in every rolling minute and hour."""
    known = MailboxLimits(BOX, minute=minute, hour=hour)
    sent: list[datetime] = []
    now = NOON
    for pause, wanted in claims:
        now += timedelta(seconds=pause)
        room = limits.room([(w, limits.usage(w, sent, 0, now)) for w in limits.windows(known, now)], now)
        assert room.count is not None
        if room.count == 0:
            assert room.until is not None
            assert room.until > now
            again = room.until
            assert limits.room(
                [(w, limits.usage(w, sent, 0, again)) for w in limits.windows(known, again)], again
            ).count
        sent += [now] * min(room.count, wanted)
    for window in limits.windows(known, now):
        for end in sent:
            assert sum(end - window.span < at <= end for at in sent) <= window.allowed


# ---- L6: the ramp


@pytest.mark.parametrize(
    ("day", "hour", "allowed"),
    [(4, 9, 20), (4, 23, 20), (5, 6, 30), (6, 9, 40), (10, 9, 80), (12, 9, 100), (30, 9, 100)],
)
def test_a_new_mailbox_may_send_more_every_day_of_the_account_up_to_its_limit(
    day: int, hour: int, allowed: int
) -> None:
    """L6: 20, then 10 more each day, up to 100; the day is New York's."""
    begun = datetime(2026, 3, 4, 14, tzinfo=UTC)
    known = MailboxLimits(BOX, zone="America/New_York", day=100, ramp_start=20, ramp_step=10, ramp_from=begun)
    now = datetime(2026, 3, day, hour, tzinfo=UTC)
    assert min(w.allowed for w in limits.windows(known, now)) == allowed


def test_the_ramp_begins_with_its_start_before_any_letter_went() -> None:
    """L6."""
    known = MailboxLimits(BOX, ramp_start=5, ramp_step=5)
    assert [(w.name, w.allowed) for w in limits.windows(known, NOON)] == [("ramp", 5)]


# ---- L4: gaps


def test_a_gap_is_its_minimum_and_what_chance_adds() -> None:
    """L4."""
    known = MailboxLimits(BOX, gap_min=60, gap_random=30)
    drawn = [limits.gap(known, Random(seed)).total_seconds() for seed in range(200)]
    assert min(drawn) >= 60
    assert max(drawn) <= 90
    assert len(set(drawn)) > 100
    assert limits.gap_mean(known) == timedelta(seconds=75)
    assert not limits.has_gap(MailboxLimits(BOX))


# ---- L3: new leads


def test_new_leads_of_a_day_wait_for_the_accounts_midnight() -> None:
    """L3: Berlin's 5 March begins at 23:00 UTC."""
    assert limits.new_leads(0, 999, "Europe/Berlin", NOON).count is None
    assert limits.new_leads(10, 7, "Europe/Berlin", NOON).count == 3
    room = limits.new_leads(10, 10, "Europe/Berlin", NOON)
    assert (room.count, room.until) == (0, datetime(2026, 3, 4, 23, tzinfo=UTC))
    assert room.text == "10 new leads a day may be started"
    assert limits.day_began("Europe/Berlin", NOON) == datetime(2026, 3, 3, 23, tzinfo=UTC)


# ---- L1: domains


def test_a_domain_has_its_own_pace_or_that_of_all_others() -> None:
    """L1."""
    named = {"gmail.com": 60, "*": 120, "open.example": 0}
    assert limits.pace(named, "gmail.com") == timedelta(minutes=1)
    assert limits.pace(named, "lumen.example") == timedelta(seconds=30)
    assert limits.pace(named, "open.example") is None
    assert limits.pace({}, "gmail.com") is None
    assert limits.pace({"gmail.com": "many"}, "gmail.com") is None
    assert limits.domain_of("Ann@GMail.com") == "gmail.com"


def test_a_domains_next_moment_is_never_in_the_past() -> None:
    """D11: unused time is not made up for."""
    assert limits.slot(None, NOON) == NOON
    assert limits.slot(ago(hours=3), NOON) == NOON
    assert limits.slot(ago(hours=-3), NOON) == ago(hours=-3)


# ---- L5: the expected moment


def test_the_expected_moment_grows_with_the_place_in_the_line() -> None:
    """L5: two may go now, then one a minute, then by the day."""
    known = MailboxLimits(BOX, minute=2)
    places = [limits.expected(full(known, []), known, place, NOON) for place in range(6)]
    assert places[:2] == [NOON, NOON]
    assert places == sorted(places)
    assert places[5] - NOON <= timedelta(minutes=3)
    spaced = MailboxLimits(BOX, gap_min=60)
    assert limits.expected([], spaced, 10, NOON) == NOON + timedelta(minutes=10)


def test_a_full_day_is_followed_by_the_next_ones() -> None:
    """L5: 10 a day, all used 4 hours ago; number 0 goes in 20 hours, number 25 two days later."""
    known = MailboxLimits(BOX, day=10)
    used = full(known, [ago(hours=4)] * 10)
    assert limits.expected(used, known, 0, NOON) == ago(hours=-20)
    later = limits.expected(used, known, 25, NOON)
    assert timedelta(hours=68) <= later - NOON <= timedelta(hours=92)


# ---- L7: breakers


@pytest.mark.parametrize(
    ("before", "sample", "after"),
    [
        ("", Sample(100, 4, 100, 0), ""),
        ("", Sample(100, 5, 100, 0), "bounces"),
        ("", Sample(39, 39, 39, 0), ""),
        ("", Sample(40, 2, 40, 0), "bounces"),
        ("bounces", Sample(100, 4, 100, 0), "bounces"),
        ("bounces", Sample(100, 3, 100, 0), "bounces"),
        ("bounces", Sample(100, 2, 100, 0), ""),
        ("bounces", Sample(10, 0, 10, 0), "bounces"),
        ("", Sample(100, 0, 299, 9), ""),
        ("", Sample(100, 0, 1000, 2), ""),
        ("", Sample(100, 0, 1000, 3), "complaints"),
        ("", Sample(100, 0, 300, 1), "complaints"),
        ("complaints", Sample(100, 0, 1000, 2), "complaints"),
        ("complaints", Sample(100, 0, 1000, 1), ""),
        ("complaints", Sample(100, 8, 1000, 0), "bounces"),
    ],
)
def test_a_breaker_stops_at_its_mark_and_opens_well_below_it(before: str, sample: Sample, after: str) -> None:
    """L7: 5 % bounces in the last 100, 0.3 % complaints; a floor below which a sample says nothing; hysteresis."""
    assert limits.breaker(before, sample) == after


def test_the_breaker_says_what_it_saw() -> None:
    """L7."""
    words = limits.breaker_text("bounces", Sample(100, 7, 100, 0), BOX)
    assert words == f"7 of the last 100 letters from {BOX} bounced; no new leads are started until this gets better"
    assert "2 of the last 500 letters" in limits.breaker_text("complaints", Sample(100, 7, 500, 2), BOX)
