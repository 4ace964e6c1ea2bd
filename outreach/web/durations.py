"""How lengths of time are written: `|lasting`, `|running`, `|minutes`, `|short_due`, `|long_day`; `|tel` for links."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from outreach.http.house import now
from outreach.web.blueprint import blueprint
from outreach.web.filters import page_zone

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@blueprint.app_template_filter()
def lasting(length: timedelta) -> str:
    """`48 s`, `3 min 12 s`, `26 min`, `1 h 12`, `2 days`."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 600:
        return f"{seconds // 60} min" + (f" {seconds % 60} s" if seconds % 60 else "")
    if seconds < 3_600:
        return f"{seconds // 60} min"
    if seconds < 48 * 3_600:
        return f"{seconds // 3_600} h" + (f" {seconds % 3_600 // 60:02}" if seconds % 3_600 >= 60 else "")
    return f"{seconds // 86_400} days"


@blueprint.app_template_filter()
def running(length: timedelta) -> str:
    """A clock that runs: `2:14`, `1:02:14`; beyond a day `lasting`."""
    seconds = max(0, int(length.total_seconds()))
    if seconds >= 86_400:
        return lasting(length)
    hours, rest = divmod(seconds, 3_600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


@blueprint.app_template_filter()
def minutes(number: int) -> str:
    """`36 min`, `2 h 10`."""
    return f"{number} min" if number < 90 else lasting(timedelta(minutes=number))


@blueprint.app_template_filter()
def short_due(moment: datetime) -> str:
    """`10:50` today, else `Fri 20 Nov` (overdue)."""
    zone = ZoneInfo(page_zone())
    there, today = moment.astimezone(zone), now().astimezone(zone)
    if there.date() == today.date():
        return f"{there:%H:%M}"
    return f"{DAYS[there.weekday()][:3]} {there.day} {MONTHS[there.month - 1][:3]}"


@blueprint.app_template_filter()
def long_day(moment: datetime) -> str:
    """`Friday 20 November`."""
    there = moment.astimezone(ZoneInfo(page_zone()))
    return f"{DAYS[there.weekday()]} {there.day} {MONTHS[there.month - 1]}"


@blueprint.app_template_filter()
def tel(phone: str) -> str:
    """A number as a `tel:` link takes it: digits and a leading plus."""
    digits = "".join(c for c in phone if c.isascii() and c.isdigit())
    return ("+" if phone.strip().startswith("+") else "") + digits
