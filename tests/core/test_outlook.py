"""Letters of the coming days, laid within the limits (L1, L3, L6)."""

from datetime import UTC, date, datetime, timedelta

from outreach.core.outlook import Letter, Limits, days_from, lay

NOW = datetime(2026, 3, 4, 8, tzinfo=UTC)  # a Wednesday
DAYS = days_from(NOW, "UTC")


def weekday(day):
    return day.weekday() < 5


def letters(count, day=0, **more):
    return [Letter(NOW + timedelta(days=day, minutes=n), 1, open_on=weekday, **more) for n in range(count)]


def counts(laid):
    return [sum(each.day == day for each in laid) for day in DAYS]


def limits(own=None, **more):
    return Limits(lambda mailbox, day: own(day) if callable(own) else own, **more)


def test_without_limits_every_letter_stays_on_its_day():
    laid = lay(letters(3) + letters(2, day=2), DAYS, "UTC", limits())
    assert counts(laid) == [3, 0, 2, 0, 0, 0, 0]
    assert not any(each.moved for each in laid)


def test_a_full_day_moves_the_latest_letters_to_the_next_open_day():
    """L1: Wednesday to Friday are full; Saturday and Sunday are closed; what finds no room is counted behind."""
    laid = lay(letters(9), DAYS, "UTC", limits(2))
    assert counts(laid) == [2, 2, 2, 0, 0, 2, 1]
    assert sum(each.moved for each in laid) == 7
    laid = lay(letters(20), DAYS, "UTC", limits(2))
    assert sum(each.day is None for each in laid) == 10


def test_letters_sent_at_once_wait_for_nothing_and_take_room():
    """W5, L2."""
    laid = lay(letters(2) + letters(3, at_once=True), DAYS, "UTC", limits(4))
    assert counts(laid)[:2] == [4, 1]
    assert [each.moved for each in laid if each.letter.at_once] == [False] * 3


def test_what_went_today_takes_room_and_a_ramp_grows():
    """L1, L6."""
    laid = lay(letters(10), DAYS, "UTC", limits(lambda day: 2 + (day - date(2026, 3, 4)).days * 2), {1: 1})
    assert counts(laid) == [1, 4, 5, 0, 0, 0, 0]


def test_the_account_and_new_leads_have_limits_of_their_own():
    """L1, L3."""
    laid = lay(letters(4), DAYS, "UTC", limits(account=3))
    assert counts(laid)[:2] == [3, 1]
    laid = lay(letters(4, first=True) + letters(2), DAYS, "UTC", limits(first=1))
    assert counts(laid) == [3, 1, 1, 0, 0, 1, 0]


def test_a_sample_has_limits_as_small_as_itself():
    laid = lay(letters(10), DAYS, "UTC", limits(20), share=0.1)
    assert counts(laid)[:3] == [2, 2, 2]


def test_days_are_those_of_the_account():
    late = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
    assert days_from(late, "Europe/Berlin")[0] == date(2026, 3, 5)
    laid = lay([Letter(late, 1)], days_from(NOW, "Europe/Berlin"), "Europe/Berlin", limits())
    assert laid[0].day == date(2026, 3, 5)
