"""How moments are written on a page: `|ago`, `|when(zone)`, `|local_time(zone)`, `|day(zone)`; `|initials` for names.

Zones default to the signed-in user's, else the account's. All are business time; a moment is always aware.
"""

from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from outreach.http.house import now
from outreach.http.sign_in import current_user
from outreach.http.transactions import transaction
from outreach.store import account
from outreach.web.blueprint import blueprint

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def page_zone() -> str:
    """The zone that this page's times are written in."""
    user = current_user()
    return (user.zone if user else "") or account.get(transaction()).zone or "UTC"


@blueprint.app_template_filter()
def ago(moment: datetime | None) -> str:
    """`just now`, `4 min ago`, `3 h ago`, `yesterday`, `5 days ago`; `in 2 h`, `tomorrow`, `in 3 days` ahead."""
    if moment is None:
        return "never"
    return _distance(now() - moment)


@blueprint.app_template_filter()
def when(moment: datetime | None, zone: str = "") -> str:
    """`today 10:42`, `yesterday 09:05`, `tomorrow 08:00`, else `Fri 20 Nov, 10:42` (other years: with the year)."""
    if moment is None:
        return "—"
    where = zone_named(zone)
    there, today = moment.astimezone(where), now().astimezone(where)
    near = {0: "today", -1: "yesterday", 1: "tomorrow"}.get((there.date() - today.date()).days)
    return f"{near} {there:%H:%M}" if near else f"{_day(there, today)}, {there:%H:%M}"


@blueprint.app_template_filter()
def local_time(moment: datetime | None, zone: str = "") -> str:
    """The clock there: `10:42`."""
    return "—" if moment is None else f"{moment.astimezone(zone_named(zone)):%H:%M}"


@blueprint.app_template_filter()
def day(moment: datetime | None, zone: str = "") -> str:
    """`Fri 20 Nov`, with the year when it is not this one."""
    if moment is None:
        return "—"
    where = zone_named(zone)
    return _day(moment.astimezone(where), now().astimezone(where))


@blueprint.app_template_filter()
def initials(name: str) -> str:
    """One or two letters for an avatar: `Marta Silva` is `MS`."""
    words = [word for word in name.replace("@", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


@blueprint.app_template_filter()
def count(number: int, one: str, many: str = "") -> str:
    """`1 lead`, `1,204 leads`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def zone_named(name: str) -> tzinfo:
    """The zone of this name; empty: this page's; one that does not exist: UTC."""
    try:
        return ZoneInfo(name or page_zone())
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _day(moment: datetime, today: datetime) -> str:
    text = f"{DAYS[moment.weekday()]} {moment.day} {MONTHS[moment.month - 1]}"
    return text if moment.year == today.year else f"{text} {moment.year}"


def _distance(past: timedelta) -> str:
    ahead = past < timedelta(0)
    seconds = int(abs(past).total_seconds())
    if seconds < 45:
        return "in a moment" if ahead else "just now"
    days = round(seconds / 86_400)
    if seconds < 5_400:
        text = f"{max(1, round(seconds / 60))} min"
    elif seconds < 79_200:
        text = f"{round(seconds / 3_600)} h"
    elif days <= 1:
        return "tomorrow" if ahead else "yesterday"
    else:
        text = f"{days} days"
    return f"in {text}" if ahead else f"{text} ago"
