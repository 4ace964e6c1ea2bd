"""A person's working hours as a calendar: what "within five minutes" and "late" are measured in. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from outreach.core import schedule
from outreach.core.schedule import Calendar
from outreach.core.sequences import Schedule, Week


def hours(week: Week, zone: str, account_zone: str, country: str | None, region: str | None = None) -> Calendar:
    """The hours of somebody who works in `zone`; public holidays are the account's."""
    plan = Schedule(zone=zone, week=week, holidays="account")
    return schedule.calendar(plan, zone, None, None, account_zone, country, region)


def due(cal: Calendar, since: datetime, within: timedelta) -> datetime | None:
    """When so much working time has passed; None when no open hour comes within 30 days (W10)."""
    at, left = schedule.next_open(cal, since), within
    while at is not None:
        closes = _closing(cal, at)
        if closes - at >= left:
            return at + left
        left -= closes - at
        at = schedule.next_open(cal, closes)
    return None


def _closing(cal: Calendar, at: datetime) -> datetime:
    """The end of the block of hours that an open moment lies in."""
    wall = cal.local(at)
    minute = wall.hour * 60 + wall.minute
    end = next(block.end for block in cal.blocks(wall.date()) if block.start <= minute < block.end)
    return schedule.instant(cal.zone, schedule.at_minute(wall.date(), end))


def waited(cal: Calendar, since: datetime, now: datetime) -> timedelta:
    """How much working time has passed: nobody promises the nights."""
    return schedule.open_time(cal, since, now)
