"""RULES M: what one person may get, whichever programme wants to write. Pure: the facts are the letters of late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from outreach.core.enrolments import SentMail
from outreach.core.schedule import Calendar, add, instant, next_open
from outreach.core.sequences import CLASSES, Delay, Unit

WEEK = 7
NURTURE_APART = Delay(5, Unit.DAYS)
NURTURE_FROM_SALES = Delay(2, Unit.BUSINESS_DAYS)
QUIET_CLASSES = ("nurture", "newsletter")


@dataclass(frozen=True, slots=True)
class Held:
    """Not yet:

    the rule, one plain sentence, and the first moment at which it would be allowed (None: not in 30 days).
    """

    until: datetime | None
    rule: str
    text: str


def outranks(one: str, other: str) -> bool:
    """M3: True when class `one` goes before class `other`."""
    return CLASSES.index(one) < CLASSES.index(other)


def highest_rival(klass: str, rivals: Iterable[str]) -> str | None:
    """M3: the class among the lead's other running programmes that puts this one on hold; None when there is none."""
    above = [rival for rival in rivals if outranks(rival, klass)]
    return min(above, key=CLASSES.index) if above else None


def allowed_from(
    klass: str,
    at: datetime,
    mails: Iterable[SentMail],
    cal: Calendar,
    *,
    cap_day: int = 1,
    cap_week: int = 5,
    keep_time: bool = False,
) -> Held | None:
    """M4: None when an automatic letter of this class may go at `at`, else what holds it and until when.

    `cal` is the sequence's calendar with the lead's zone. `keep_time`: a day-level step keeps its time of day on the
    day it
    moves to; others go at that day's opening. Letters sent at once do not count.
    """
    counted = [mail for mail in mails if not mail.at_once]
    return _distance(klass, at, counted, cal) or _cap(at, counted, cal, cap_day, cap_week, keep_time)


def _distance(klass: str, at: datetime, mails: list[SentMail], cal: Calendar) -> Held | None:
    """Nurture and newsletter: 5 days from each other, 2 business days from a sales mail."""
    if klass not in QUIET_CLASSES:
        return None
    ends = [_end_of_quiet(mail, cal) for mail in mails]
    latest = max((end for end in ends if end is not None and end > at), default=None)
    if latest is None:
        return None
    return Held(
        next_open(cal, latest),
        "M4",
        "Educational mail keeps 5 days from other educational mail and 2 business days from a sales mail.",
    )


def _end_of_quiet(mail: SentMail, cal: Calendar) -> datetime | None:
    return add(cal, mail.at, NURTURE_APART if mail.klass in QUIET_CLASSES else NURTURE_FROM_SALES)


def _cap(
    at: datetime, mails: list[SentMail], cal: Calendar, cap_day: int, cap_week: int, keep_time: bool
) -> Held | None:
    """The first local day on which neither the day's nor the week's cap is reached."""
    days = [cal.local(mail.at).date() for mail in mails]
    today = cal.local(at).date()
    if not _reached(days, today, cap_day, cap_week):
        return None
    day = today + timedelta(days=1)
    while _reached(days, day, cap_day, cap_week):
        day += timedelta(days=1)
    clock = cal.local(at).time() if keep_time else datetime.min.time()
    until = next_open(cal, instant(cal.zone, datetime.combine(day, clock)))
    return Held(until, "M4", f"The lead already got the automatic mail that is allowed ({_limit(cap_day, cap_week)}).")


def _reached(days: list[date], day: date, cap_day: int, cap_week: int) -> bool:
    in_week = sum(day - timedelta(days=WEEK) < each <= day for each in days)
    return days.count(day) >= cap_day or in_week >= cap_week


def _limit(cap_day: int, cap_week: int) -> str:
    return f"{cap_day} a day, {cap_week} in 7 days"
