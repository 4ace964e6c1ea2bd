"""What will go out in the coming days: letters laid on days within the limits as far as they are known (L1, L3, L6). Pure.

Letters sent at once wait for nothing but count. The others go oldest first; one for which a day has no room goes on the
next day on which its sequence is open. What finds no room within the days is counted behind them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

DAYS = 7
"""Today and the six days behind it."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that a plan names. `first`: the first step of a sales sequence (L3). `open_on`: whether its sequence
    sends on that local day."""

    at: datetime
    mailbox: int
    at_once: bool = False
    first: bool = False
    open_on: Callable[[date], bool] | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """`mailbox`: (mailbox, day) -> letters a day, None = no limit; `account` and `first` likewise for all mailboxes."""

    mailbox: Callable[[int, date], int | None]
    account: int = 0
    first: int = 0


@dataclass(frozen=True, slots=True)
class Laid:
    """Where a letter came to lie: its day (None: behind the days shown), and whether a limit moved it."""

    letter: Letter
    day: date | None
    moved: bool


def days_from(now: datetime, zone: str) -> list[date]:
    """The days shown, the first one today in this zone."""
    today = now.astimezone(ZoneInfo(zone)).date()
    return [today + timedelta(days=offset) for offset in range(DAYS)]


def lay(
    letters: Iterable[Letter],
    days: Sequence[date],
    zone: str,
    limits: Limits,
    sent_today: Mapping[int, int] | None = None,
    share: float = 1.0,
) -> list[Laid]:
    """Lay letters on days, in the order given back: by moment. `sent_today`: letters of the last 24 h by mailbox.

    `share`: the letters are so large a part of all; limits are made smaller by as much.
    """
    place = ZoneInfo(zone)
    used: Counter[tuple[int, date]] = Counter()
    whole: Counter[date] = Counter()
    firsts: Counter[date] = Counter()
    for mailbox, count in (sent_today or {}).items():
        used[mailbox, days[0]] += round(count * share)
        whole[days[0]] += round(count * share)

    def room(letter: Letter, day: date) -> bool:
        if letter.at_once:
            return True
        own = limits.mailbox(letter.mailbox, day)
        return not (
            (own is not None and used[letter.mailbox, day] >= own * share)
            or (limits.account and whole[day] >= limits.account * share)
            or (limits.first and letter.first and firsts[day] >= limits.first * share)
        )

    found = []
    for letter in sorted(letters, key=lambda each: (not each.at_once, each.at)):
        planned = max(letter.at.astimezone(place).date(), days[0])
        later = [day for day in days if day > planned and (letter.open_on is None or letter.open_on(day))]
        day = next((day for day in [planned, *later] if day <= days[-1] and room(letter, day)), None)
        if day is not None:
            used[letter.mailbox, day] += 1
            whole[day] += 1
            firsts[day] += letter.first and not letter.at_once
        found.append(Laid(letter, day, day != planned))
    return found
