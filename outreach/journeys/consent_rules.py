"""An administrator says whether a basis is asked for, and how long each counts where the account has its own view (MAIL C5)."""

from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core.jurisdictions import TABLE, Jurisdiction
from outreach.store import account, events
from outreach.store.account import Account
from outreach.store.users import User

MOST_MONTHS = 120


def field(where: Jurisdiction, basis: str) -> str:
    """The name of the field of a basis in a jurisdiction."""
    return f"{where.key}-{basis.replace(' ', '-')}"


def shown(us: Account) -> dict[str, str]:
    """The account's own months, by field."""
    own = us.consent_months
    return {
        field(where, basis): str(own[where.key][basis])
        for where in TABLE
        for basis in where.follow_up or ()
        if basis in own.get(where.key, {})
    }


def save(session: Session, given: dict[str, str], user: User, now: datetime) -> dict[str, str]:
    """Keep them; what is wrong comes back by field, and then nothing is written. Empty = as the table says, 0 = does not count."""
    us, wrong = account.get(session), {}
    months: dict[str, dict[str, int]] = {}
    for where in TABLE:
        for basis in where.follow_up or ():
            text = given.get(field(where, basis), "").strip()
            if text and not (text.isascii() and text.isdigit() and int(text[:9]) <= MOST_MONTHS):
                wrong[field(where, basis)] = f"Write months, 0 to {MOST_MONTHS}, or nothing."
            elif text:
                months.setdefault(where.key, {})[basis] = int(text)
    if wrong:
        return wrong
    us.basis_asked, us.consent_months = given.get("asked") == "1", months
    words = f"{user.name} changed the rules of consent: a basis is {'' if us.basis_asked else 'not '}asked for."
    events.record(session, now, "consent", words, actor_id=user.id, rule="MAIL C5", data={"months": months})
    return {}
