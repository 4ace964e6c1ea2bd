"""Settings that people change: the company, a mailbox, a user's own profile, working hours.

Each function takes the answers of a form as text, and either changes the row and returns {}, or changes nothing and
returns one sentence per wrong field.
"""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.publicholidays import known_countries
from outreach.journeys import accounts
from outreach.journeys.house import House
from outreach.mail import imap, smtpurl
from outreach.store import account, secrets
from outreach.store.mailboxes import Mailbox
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
SCHEMES = {
    "smtp": {"smtp+starttls": "STARTTLS (usually 587)", "smtps": "TLS (usually 465)", "smtp": "Not encrypted (25)"},
    "imap": {"imaps": "TLS (usually 993)", "imap+starttls": "STARTTLS (usually 143)", "imap": "Not encrypted (143)"},
}
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
    if errors:
        return errors
    row = account.get(session)
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


def password(session: Session, user: User, answers: Answers) -> Errors:
    """A new password, when the present one is right."""
    new = answers.get("new_password", "")
    if accounts.authenticate(session, user.email, answers.get("password", "")[:1000]) is None:
        return {"password": "This is not your present password."}
    if len(new) < accounts.SHORTEST_PASSWORD:
        return {"new_password": f"At least {accounts.SHORTEST_PASSWORD} characters; this has {len(new)}."}
    if new != answers.get("again", ""):
        return {"again": "The two passwords differ."}
    accounts.set_password(user, new)
    return {}


def mailbox(session: Session, house: House, row: Mailbox, answers: Answers) -> Errors:
    """A mailbox's address, servers and limits. An empty password keeps the one that is stored."""
    address, errors = _address(session, row, answers)
    smtp, smtp_wrong = server_url(house, row, answers, "smtp")
    imap, imap_wrong = server_url(house, row, answers, "imap")
    errors |= smtp_wrong | imap_wrong | _too_long(answers, "name")
    limits = {name: _number(answers, name, errors) for name in ("daily_limit", "minute_limit")}
    if errors:
        return errors
    row.address, row.name = address, _text(answers, "name")
    row.smtp_secret = secrets.seal(smtp, house.keys) if smtp else None
    row.imap_secret = secrets.seal(imap, house.keys) if imap else None
    row.takes_strangers = answers.get("takes_strangers") == "1"
    row.daily_limit, row.minute_limit = limits["daily_limit"], limits["minute_limit"]
    row.paused_until, row.paused_reason, row.failures, row.read_error = None, "", 0, ""
    return {}


def server_url(house: House, row: Mailbox, answers: Answers, kind: str) -> tuple[str, Errors]:
    """The URL that a form's parts make (`smtp_host`, `smtp_port`, ...); "" when no host is given."""
    host, scheme = _text(answers, f"{kind}_host"), _text(answers, f"{kind}_scheme")
    if not host:
        return "", {}
    if not re.fullmatch(r"[\w.:\[\]-]+", host) or scheme not in SCHEMES[kind]:
        return "", {f"{kind}_host": f"'{host[:60]}' is no host name; give one such as mail.example.com."}
    port = _text(answers, f"{kind}_port")
    if port and not (port.isdecimal() and 1 <= int(port) <= 65_535):
        return "", {f"{kind}_port": f"'{port[:20]}' is no port; leave it empty for the usual one."}
    user, secret = _text(answers, f"{kind}_user"), answers.get(f"{kind}_password", "")
    if user and not secret:
        stored = server_parts(house, row, kind)
        if stored.get("secret") and stored["host"] != host:
            return "", {f"{kind}_password": "This is another server: enter its password. The stored one stays here."}
        secret = stored.get("secret", "")
    who = f"{quote(user, safe='')}:{quote(secret, safe='')}@" if user else ""
    url = f"{scheme}://{who}{host}{':' + port if port else ''}"
    try:
        (smtpurl if kind == "smtp" else imap).parse_url(url)
    except ValueError as fault:
        return "", {f"{kind}_host": str(fault)}
    return url, {}


def server_parts(house: House, row: Mailbox, kind: str) -> dict[str, str]:
    """The parts of a mailbox's stored server URL: scheme, host, port, user, secret; {} when none is stored."""
    sealed = row.smtp_secret if kind == "smtp" else row.imap_secret
    if not sealed:
        return {}
    parts = urlsplit(secrets.unseal(sealed, house.keys))
    return {
        "scheme": parts.scheme,
        "host": parts.hostname or "",
        "port": str(parts.port or ""),
        "user": unquote(parts.username or ""),
        "secret": unquote(parts.password or ""),
    }


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


def _address(session: Session, row: Mailbox, answers: Answers) -> tuple[str, Errors]:
    address = _text(answers, "address").lower()
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        if not re.fullmatch(r"[^@\s<>]+@[a-z0-9.-]+", address):
            return "", {"address": f"'{address[:60]}' is no e-mail address; give one such as hello@example.com."}
    taken = session.scalar(select(Mailbox.id).where(Mailbox.address == address, Mailbox.id != (row.id or 0)))
    return address, {"address": f"There is a mailbox {address} already."} if taken else {}


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


def _number(answers: Answers, name: str, errors: Errors) -> int:
    text = _text(answers, name) or "0"
    if not text.isdecimal() or int(text) > 1_000_000:
        errors[name] = f"'{text[:20]}' is no number of letters; 0 means no limit."
        return 0
    return int(text)


def _text(answers: Answers, name: str) -> str:
    return answers.get(name, "").replace("\r\n", "\n").strip()
