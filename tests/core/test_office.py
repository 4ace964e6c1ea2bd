"""Working time: when a promise is due, and how long somebody has waited (W1, W8; nobody promises the nights)."""

from datetime import UTC, datetime, timedelta

import pytest

from outreach.core import office
from outreach.core.sequences import OFFICE_WEEK

BERLIN = office.hours(OFFICE_WEEK, "Europe/Berlin", "Europe/Berlin", "DE")
FIVE = timedelta(minutes=5)


def at(day, hour, minute=0):
    return datetime(2026, 4, day, hour - 2, minute, tzinfo=UTC)  # summer time


@pytest.mark.parametrize(
    ("since", "due"),
    [
        (at(8, 10), at(8, 10, 5)),  # a Wednesday morning
        (at(8, 7), at(8, 9, 5)),  # before the office opens
        (at(8, 16, 58), at(9, 9, 3)),  # two minutes before it closes: three are left for the next morning
        (at(10, 18), at(13, 9, 5)),  # a Friday evening
        (at(2, 18), at(7, 9, 5)),  # the evening before Good Friday: Easter Monday is closed as well
    ],
)
def test_five_working_minutes_later(since, due):
    assert office.due(BERLIN, since, FIVE) == due
    assert office.waited(BERLIN, since, due) == FIVE


def test_without_any_open_hour_nothing_is_due():
    """W10."""
    closed = office.hours(((),) * 7, "UTC", "UTC", None)
    assert office.due(closed, at(8, 10), FIVE) is None
    assert office.waited(closed, at(8, 10), at(20, 10)) == timedelta()
