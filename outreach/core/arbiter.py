"""RULES M: what one person may get, whichever programme wants to write. Pure: the facts are the letters of late.

arbitrate     all that wants to reach one person now: what goes, what is held and until when, what is left out
on_hold       M3, X5: a programme that has to stand back, whether or not it wants to write now
allowed_from  M4: the cap and the distances for one letter
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from outreach.core.enrolments import SentMail
from outreach.core.schedule import DAY, Calendar, add, instant, kept_time, next_open
from outreach.core.sequences import CLASSES, Delay, Unit

WEEK: Final = 7
NURTURE_APART: Final = Delay(5, Unit.DAYS)
NURTURE_FROM_SALES: Final = Delay(2, Unit.BUSINESS_DAYS)
QUIET_CLASSES: Final = ("nurture", "newsletter")
PATIENCE: Final = {"nurture": timedelta(days=14), "newsletter": timedelta(days=7)}
"""M5: how long capped mail of a lower class waits before it is left out. Other classes wait as long as it takes."""
ASKING_AGAIN: Final = timedelta(days=1)
"""When a programme that stands back looks again, should nobody wake it before."""
FURTHEST: Final = 62
"""Days that are looked at for one on which the cap is not reached."""

AUTOMATIC, AT_ONCE, OWN = "automatic", "at once", "own"


@dataclass(frozen=True, slots=True)
class Held:
    """Not yet:

    the rule, one plain sentence, and the first moment at which it would be allowed (None: not in 30 days).
    """

    until: datetime | None
    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Something that wants to reach the person now. `key` names it for the caller.

    `how`: automatic; at once (an auto-response, a confirmation: W5); own (a rep's own mail: M5). `since`: when it was first
    wanted. `cal`: the open hours it keeps to. `keep_time`: a day-level step keeps its time of day on another day.
    """

    key: str
    klass: str
    since: datetime
    cal: Calendar
    how: str = AUTOMATIC
    keep_time: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """What is true of the person. `rivals`: classes of the running programmes (an ask's own class among them does no
    harm). `quiet_until`: X5. `zone`: the person's, for local days (M4)."""

    zone: ZoneInfo
    mails: tuple[SentMail, ...] = ()
    rivals: frozenset[str] = frozenset()
    quiet_until: datetime | None = None
    suppressed: str | None = None
    cap_day: int = 1
    cap_week: int = 5


@dataclass(frozen=True, slots=True)
class Verdict:
    """`outcome`: go, held (until) or skip (for good), with the rule and one plain sentence."""

    ask: Ask
    outcome: str
    rule: str
    text: str
    until: datetime | None = None


def arbitrate(asks: Iterable[Ask], person: Person, now: datetime) -> tuple[Verdict, ...]:
    """One decision between all that wants to reach one person at this moment, in the order of service.

    (1) Suppression stops everything automatic (X7). (2) What goes at once and a rep's own mail never wait (W5, M5). (3) The
    rest by class, then by age (M3): what goes counts for those behind it, under one cap (M4). (4) What a lower class would
    wait too long for is left out (M5).
    """
    verdicts: list[Verdict] = []
    mails = person.mails
    for ask in sorted(asks, key=_order):
        found = _verdict(ask, person, mails, now)
        verdicts.append(found)
        if found.outcome == "go":
            klass = "sales" if ask.how == OWN else ask.klass
            mails = (*mails, SentMail(now, klass, at_once=ask.how == AT_ONCE))
    return tuple(verdicts)


def _order(ask: Ask) -> tuple[bool, int, datetime, str]:
    return ask.how == AUTOMATIC, CLASSES.index(ask.klass), ask.since, ask.key


def _verdict(ask: Ask, person: Person, mails: tuple[SentMail, ...], now: datetime) -> Verdict:
    if ask.how == OWN:
        return Verdict(ask, "go", "M5", "A rep's own mail is never held.")
    if person.suppressed:
        return Verdict(ask, "skip", "X7", f"Nothing automatic goes to this person: {person.suppressed}.")
    behind = on_hold(ask.klass, person.rivals, person.quiet_until, now)
    if behind is not None:
        return Verdict(ask, "held", behind.rule, behind.text, behind.until)
    if ask.how == AT_ONCE:
        return Verdict(ask, "go", "W5", "It goes at once, and waits for no cap.")
    held = allowed_from(
        ask.klass,
        now,
        mails,
        ask.cal,
        cap_day=person.cap_day,
        cap_week=person.cap_week,
        keep_time=ask.keep_time,
        zone=person.zone,
    )
    if held is None:
        return Verdict(ask, "go", "M4", "Nothing holds it.")
    patience = PATIENCE.get(ask.klass)
    if patience is not None and (held.until is None or held.until > ask.since + patience):
        text = f"Left out: it would have waited more than {patience.days} days. {held.text}"
        return Verdict(ask, "skip", "M5", text)
    return Verdict(ask, "held", held.rule, held.text, held.until)


# M3, X5: programmes


def outranks(one: str, other: str) -> bool:
    """M3: True when class `one` goes before class `other`."""
    return CLASSES.index(one) < CLASSES.index(other)


def highest_rival(klass: str, rivals: Iterable[str]) -> str | None:
    """M3: the class among the lead's other running programmes that puts this one on hold; None when there is none."""
    above = [rival for rival in rivals if outranks(rival, klass)]
    return min(above, key=CLASSES.index) if above else None


def on_hold(klass: str, rivals: Iterable[str], quiet_until: datetime | None, now: datetime) -> Held | None:
    """What puts a whole programme on hold, its place kept: a more important one (M3), or a reply of late (X5)."""
    rival = highest_rival(klass, rivals)
    if rival is not None:
        text = f"A sequence of class {rival} is running for this lead; this one keeps its place."
        return Held(now + ASKING_AGAIN, "M3", text)
    if klass in QUIET_CLASSES and quiet_until is not None and quiet_until > now:
        return Held(quiet_until, "X5", "The lead replied lately; educational mail holds.")
    return None


# M4: the cap over all automatic mail


def allowed_from(
    klass: str,
    at: datetime,
    mails: Iterable[SentMail],
    cal: Calendar,
    *,
    cap_day: int = 1,
    cap_week: int = 5,
    keep_time: bool = False,
    zone: ZoneInfo | None = None,
) -> Held | None:
    """M4: None when an automatic letter of this class may go at `at`, else what holds it and until when.

    `cal`: the open hours of the letter; `zone`: the lead's, in which the cap counts its days (None: that of `cal`).
    `keep_time`: a day-level step keeps its time of day on the day that it moves to; others go at that day's opening. Letters
    sent at once do not count, nor does one that is still under way and has to give way to this one (M3).
    """
    counted = [mail for mail in mails if not mail.at_once and not (mail.pending and outranks(klass, mail.klass))]
    clock = cal.local(at).time() if keep_time else None
    return _distance(klass, at, counted, cal, clock) or _cap(
        at, counted, cal, cap_day, cap_week, clock, zone or cal.zone
    )


def _distance(klass: str, at: datetime, mails: list[SentMail], cal: Calendar, clock: time | None) -> Held | None:
    """Nurture and newsletter: 5 days from each other, 2 business days from a sales mail."""
    if klass not in QUIET_CLASSES:
        return None
    ends = [_end_of_quiet(mail, cal) for mail in mails]
    latest = max((end for end in ends if end is not None and end > at), default=None)
    if latest is None:
        return None
    return Held(
        _slot(cal, latest, clock),
        "M4",
        "Educational mail keeps 5 days from other educational mail and 2 business days from a sales mail.",
    )


def _end_of_quiet(mail: SentMail, cal: Calendar) -> datetime | None:
    return add(cal, mail.at, NURTURE_APART if mail.klass in QUIET_CLASSES else NURTURE_FROM_SALES)


def _cap(
    at: datetime,
    mails: list[SentMail],
    cal: Calendar,
    cap_day: int,
    cap_week: int,
    clock: time | None,
    zone: ZoneInfo,
) -> Held | None:
    """The first slot on a local day of the lead on which neither the day's nor the week's cap is reached."""
    days = [mail.at.astimezone(zone).date() for mail in mails]
    day = at.astimezone(zone).date()
    if not _reached(days, day, cap_day, cap_week):
        return None
    text = f"The lead already got the automatic mail that is allowed ({_limit(cap_day, cap_week)})."
    for _ in range(FURTHEST):
        day += DAY
        if _reached(days, day, cap_day, cap_week):
            continue
        slot = _slot(cal, instant(zone, datetime.combine(day, time())), clock)
        if slot is None:
            break
        day = slot.astimezone(zone).date()
        if not _reached(days, day, cap_day, cap_week):
            return Held(slot, "M4", text)
    return Held(None, "M4", text)


def _slot(cal: Calendar, earliest: datetime, clock: time | None) -> datetime | None:
    return next_open(cal, earliest) if clock is None else kept_time(cal, earliest, clock)


def _reached(days: list[date], day: date, cap_day: int, cap_week: int) -> bool:
    in_week = sum(day - timedelta(days=WEEK) < each <= day for each in days)
    return days.count(day) >= cap_day or in_week >= cap_week


def _limit(cap_day: int, cap_week: int) -> str:
    return f"{cap_day} a day, {cap_week} in 7 days"
