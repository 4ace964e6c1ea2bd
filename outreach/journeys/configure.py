"""Settings that people change: the company, a user's own profile, working hours. Mailboxes: set_up_mailbox.

Each function takes the answers of a form as text, and either changes the row and returns {}, or changes nothing and
returns one sentence per wrong field.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from sqlalchemy.orm import Session

from outreach.core.publicholidays import known_countries
from outreach.journeys import accounts, security
from outreach.journeys.house import House
from outreach.store import account, logins
from outreach.store.users import User

Answers = Mapping[str, str]
Errors = dict[str, str]

DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
LONGEST = {"company": 200, "sender_name": 100, "postal_address": 500, "name": 100, "phone": 40, "signature": 2_000}
_BLOCK = re.compile(r"([01]?\d|2[0-4])[:.]([0-5]\d)\s*(?:-|–|to)\s*([01]?\d|2[0-4])[:.]([0-5]\d)")


def company(session: Session, answers: Answers) -> Errors:
    """Who we are: names, colour, postal address, zone, holidays and working hours of the account."""
    errors = _too_long(answers, "company", "sender_name", "postal_address")
    errors |= (
        _web_address(answers, "website") | _web_address(answers, "logo_url") | _web_address(answers, "booking_link")
    )
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", answers.get("brand_color", "")):
        errors["brand_color"] = "A colour is # and six digits, for example #2f55d4."
    if _text(answers, "zone") not in available_timezones():
        errors["zone"] = f"'{_text(answers, 'zone')}' is no time zone; choose one of the list, such as Europe/Berlin."
    country, region = _text(answers, "country"), _text(answers, "region")
    if country and country not in known_countries():
        errors["country"] = f"No public holidays are known for '{country}'; leave it empty or choose another country."
    hours, wrong = read_hours(answers)
    errors |= wrong
    row = account.get(session)
    if row.postal_address.strip() and not _text(answers, "postal_address"):
        errors["postal_address"] = "Every letter must show your postal address: it can be changed, but not emptied."
    if errors:
        return errors
    for name in (
        "company",
        "sender_name",
        "brand_color",
        "postal_address",
        "website",
        "logo_url",
        "booking_link",
        "zone",
    ):
        setattr(row, name, _text(answers, name))
    row.country = country
    row.region = region if region in known_countries().get(country, ()) else ""
    row.working_hours = hours
    row.open_pixel = answers.get("open_pixel") == "1"
    return {}


def profile(user: User, answers: Answers) -> Errors:
    """A user's own name, phone, signature, booking link, zone and working hours."""
    errors = _too_long(answers, "name", "phone", "signature") | _web_address(answers, "booking_link")
    if not _text(answers, "name"):
        errors["name"] = "Say your name: leads see it in your letters."
    if _text(answers, "zone") not in available_timezones() | {""}:
        errors["zone"] = f"'{_text(answers, 'zone')}' is no time zone; choose one of the list, such as Europe/Berlin."
    hours, wrong = read_hours(answers)
    errors |= wrong
    if errors:
        return errors
    for name in ("name", "title", "phone", "signature", "booking_link", "zone"):
        setattr(user, name, _text(answers, name))
    user.working_hours = hours
    user.takes_leads = answers.get("takes_leads") == "1"
    return {}


def password(session: Session, house: House, user: User, answers: Answers, real_now: datetime) -> Errors:
    """A new password, when the present one is right; the user is told. The door commits that a try failed."""
    new = answers.get("new_password", "")
    if problem := accounts.prove(session, user, answers.get("password", "")[:1000], real_now):
        return {"password": problem}
    if not accounts.SHORTEST_PASSWORD <= len(new) <= accounts.LONGEST_PASSWORD:
        return {"new_password": accounts.length_problem(new)}
    if new != answers.get("again", ""):
        return {"again": "The two passwords differ."}
    accounts.set_password(user, new)
    logins.drop_links(session, user.id)
    security.note(session, house, user, "The password was changed.", user, tell=True)
    return {}


def hours_text(hours: Mapping[str, Any]) -> dict[str, str]:
    """Working hours as kept (`{"mon-fri": ["09:00-17:00"]}`), one text per day for a form."""
    names = list(DAYS)
    found = dict.fromkeys(names, "")
    for days, blocks in hours.items():
        first, _, last = days.partition("-")
        for day in names[names.index(first) : names.index(last or first) + 1]:
            found[day] = ", ".join(blocks)
    return found


def read_hours(answers: Answers) -> tuple[dict[str, list[str]], Errors]:
    """The working hours of a form's seven fields `hours_mon` ... `hours_sun`; a day left empty is closed."""
    hours, errors = {}, {}
    for day, name in DAYS.items():
        text = _text(answers, f"hours_{day}")
        blocks = [_block(part) for part in re.split(r"[,;]|\band\b", text) if part.strip()]
        if None in blocks or any(a[6:] > b[:5] for a, b in pairwise(blocks) if a and b):
            errors[f"hours_{day}"] = (
                f"{name}: '{text[:40]}' are no hours; write 09:00-17:00, or 09:00-12:00, 13:00-17:00."
            )
        elif blocks:
            hours[day] = [block for block in blocks if block]
    return hours, errors


def _block(text: str) -> str | None:
    found = _BLOCK.fullmatch(text.strip())
    if not found:
        return None
    h1, m1, h2, m2 = (int(part) for part in found.groups())
    if h1 * 60 + m1 >= h2 * 60 + m2 or h2 * 60 + m2 > 24 * 60:
        return None
    return f"{h1:02}:{m1:02}-{h2:02}:{m2:02}"


def _web_address(answers: Answers, name: str) -> Errors:
    text = _text(answers, name)
    parts = urlsplit(text)
    if not text or (parts.scheme in ("http", "https") and parts.hostname and len(text) <= 500):
        return {}
    return {name: f"'{text[:60]}' is no web address; begin with https://."}


def _too_long(answers: Answers, *names: str) -> Errors:
    return {
        name: f"At most {LONGEST[name]} characters; this has {len(_text(answers, name))}."
        for name in names
        if len(_text(answers, name)) > LONGEST[name]
    }


def _text(answers: Answers, name: str) -> str:
    return answers.get(name, "").replace("\r\n", "\n").strip()
