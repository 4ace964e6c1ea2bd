"""RULES L: how much mail may leave now, what holds the rest, and until when. Pure.

A limit is a *window*: so many letters in any span of time (L1, L6). The strictest of all windows decides (`room`). Gaps
between two letters (L4) and the pace of one recipient domain (L1) are moments that are drawn or counted once and kept by
the caller. Breakers (L7) look at a sample and remember what they decided before.

Letters sent at once, a rep's own mail and notices wait for no limit, but they count in the windows: the provider counts
them too. Time that a limit cost is never made up for (D11): nothing here looks at when a letter was first due.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from outreach.core.schedule import instant

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(hours=24)

BOUNCE_SAMPLE, BOUNCE_FLOOR, BOUNCE_STOP, BOUNCE_GO = 100, 40, 0.05, 0.02
COMPLAINT_SAMPLE, COMPLAINT_FLOOR, COMPLAINT_STOP, COMPLAINT_GO = 1000, 300, 0.003, 0.001
"""L7. Below the floor a sample says nothing, whichever way: one bounce among ten letters stops nobody."""


@dataclass(frozen=True, slots=True)
class MailboxLimits:
    """What a mailbox may send; 0 = no limit. `zone` is the account's: the ramp grows with its days."""

    address: str
    zone: str = "UTC"
    minute: int = 0
    hour: int = 0
    day: int = 0
    gap_min: int = 0
    gap_random: int = 0
    ramp_start: int = 0
    ramp_step: int = 0
    ramp_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """At most `allowed` letters in any `span`; `text` says so in a plain sentence."""

    name: str
    allowed: int
    span: timedelta
    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """How full a window is: letters in it now (those under way included), and the moment of its `allowed`-th latest
    letter, which has to leave the window before another one may go (None while there is room)."""

    count: int
    turning: datetime | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """How many letters may go now (None: as many as there are); with 0: which limit holds, and until when (L5)."""

    count: int | None
    until: datetime | None = None
    name: str = ""
    text: str = ""


# L1, L6: windows


def windows(limits: MailboxLimits, now: datetime) -> tuple[Window, ...]:
    """The windows of a mailbox as they stand today, the ramp among them."""
    found = [
        Window(name, allowed, span, f"{_letters(allowed)} in any {words} from {limits.address}")
        for name, allowed, span, words in (
            ("minute", limits.minute, MINUTE, "minute"),
            ("hour", limits.hour, HOUR, "hour"),
            ("day", limits.day, DAY, "24 hours"),
        )
        if allowed
    ]
    ramp = ramped(limits, now)
    if ramp is not None and (not limits.day or ramp < limits.day):
        text = f"{_letters(ramp)} in any 24 hours while {limits.address} is new; more every day"
        found.append(Window("ramp", ramp, DAY, text))
    return tuple(found)


def account_windows(daily: int) -> tuple[Window, ...]:
    """The window of the whole account."""
    return (Window("account", daily, DAY, f"{_letters(daily)} in any 24 hours from all mailboxes"),) if daily else ()


def ramped(limits: MailboxLimits, now: datetime) -> int | None:
    """L6: what a new mailbox may send in 24 hours today; None = it has no ramp."""
    if not limits.ramp_start:
        return None
    zone = ZoneInfo(limits.zone)
    begun = limits.ramp_from or now
    days = max(0, (now.astimezone(zone).date() - begun.astimezone(zone).date()).days)
    return limits.ramp_start + limits.ramp_step * days


def usage(window: Window, times: Sequence[datetime], under_way: int, now: datetime) -> Usage:
    """How full a window is, from the moments of letters (in order) and the number of those under way."""
    inside = [at for at in times if at > now - window.span]
    count = len(inside) + under_way
    if count < window.allowed:
        return Usage(count)
    kept = window.allowed - under_way
    return Usage(count, inside[-kept] if 0 < kept <= len(inside) else now)


def room(full: Iterable[tuple[Window, Usage]], now: datetime) -> Room:
    """The strictest of all windows: the fewest letters, or the latest moment at which all of them have room again."""
    count: int | None = None
    held: Room | None = None
    for window, used in full:
        left = max(0, window.allowed - used.count)
        count = left if count is None else min(count, left)
        if left == 0:
            until = max((used.turning or now) + window.span, now + timedelta(seconds=1))
            if held is None or held.until is None or until > held.until:
                held = Room(0, until, window.name, window.text)
    return held or Room(count)


def expected(full: Iterable[tuple[Window, Usage]], limits: MailboxLimits, place: int, now: datetime) -> datetime:
    """L5: about when the letter at this place in the line (0 = next) goes: by its position, nothing is written for it."""
    moments = [now + place * gap_mean(limits)]
    for window, used in full:
        beyond = place - max(0, window.allowed - used.count)
        if beyond >= 0:
            opens = max(now, (used.turning or now) + window.span)
            moments.append(opens + window.span * (beyond / max(window.allowed, 1)))
    return max(moments)


# L3: new leads


def new_leads(allowed: int, started: int, zone: str, now: datetime) -> Room:
    """First steps of sales sequences that may still go on this day of the account."""
    if not allowed:
        return Room(None)
    if started < allowed:
        return Room(allowed - started)
    text = f"{allowed} new lead{'' if allowed == 1 else 's'} a day may be started"
    return Room(0, _tomorrow(zone, now), "new leads", text)


def day_began(zone: str, now: datetime) -> datetime:
    """The account's last midnight."""
    return instant(ZoneInfo(zone), datetime.combine(now.astimezone(ZoneInfo(zone)).date(), time()))


def _tomorrow(zone: str, now: datetime) -> datetime:
    day = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    return instant(ZoneInfo(zone), datetime.combine(day, time()))


# L4: gaps


def gap(limits: MailboxLimits, random: Random) -> timedelta:
    """Minimum and random, drawn once for the letter that goes now; zero where no gap is set."""
    return timedelta(seconds=limits.gap_min + random.random() * limits.gap_random)


def gap_mean(limits: MailboxLimits) -> timedelta:
    """What a gap is on average."""
    return timedelta(seconds=limits.gap_min + limits.gap_random / 2)


def has_gap(limits: MailboxLimits) -> bool:
    """Whether letters of this mailbox keep a distance: then they are taken one at a time."""
    return limits.gap_min + limits.gap_random > 0


def gap_text(limits: MailboxLimits) -> str:
    """The gap in words."""
    return f"{limits.gap_min} to {limits.gap_min + limits.gap_random} seconds between two letters from {limits.address}"


# L1: the pace of a recipient domain


def pace(limits: Mapping[str, object], domain: str) -> timedelta | None:
    """Time between two letters to this domain: the domain's own limit an hour, else that of `*`; None = no limit."""
    allowed = limits.get(domain, limits.get("*"))
    if isinstance(allowed, bool) or not isinstance(allowed, int | float) or allowed <= 0:
        return None
    return HOUR / allowed


def slot(free: datetime | None, now: datetime) -> datetime:
    """The moment for the next letter to a domain whose last one left it free at `free`."""
    return now if free is None or free <= now else free


def domain_of(address: str) -> str:
    """The recipient's domain in lower case."""
    return address.rpartition("@")[2].lower()


# L7: breakers


@dataclass(frozen=True, slots=True)
class Sample:
    """The latest letters of a mailbox: so many sent, of which so many bounced hard; the same for complaints."""

    sent: int
    bounced: int
    mailed: int
    complained: int


def breaker(before: str, sample: Sample) -> str:
    """`bounces` or `complaints` when first steps are to stop, empty when they may go.

    A breaker that has stopped opens again only well below the mark at which it stops, and only on a sample that says
    something: so it does not flutter.
    """
    bounces = _rate(sample.bounced, sample.sent, BOUNCE_FLOOR)
    complaints = _rate(sample.complained, sample.mailed, COMPLAINT_FLOOR)
    if _stops(complaints, before == "complaints", COMPLAINT_STOP, COMPLAINT_GO):
        return "complaints"
    if _stops(bounces, before == "bounces", BOUNCE_STOP, BOUNCE_GO):
        return "bounces"
    return ""


def breaker_text(kind: str, sample: Sample, address: str) -> str:
    """Why first steps stand still, for people."""
    if kind == "complaints":
        what = f"{sample.complained} of the last {sample.mailed} letters from {address} were marked as spam"
    else:
        what = f"{sample.bounced} of the last {sample.sent} letters from {address} bounced"
    return f"{what}; no new leads are started until this gets better"


def _rate(bad: int, sent: int, floor: int) -> float | None:
    return bad / sent if sent >= floor else None


def _stops(rate: float | None, stopped: bool, stop: float, go: float) -> bool:
    if rate is None:
        return stopped
    return rate > go if stopped else rate >= stop


def _letters(count: int) -> str:
    return f"{count} letter{'' if count == 1 else 's'}"
