"""What the commands of `outreach lead` do: all that is kept of a person, and its end."""

import os
from pathlib import Path

from sqlalchemy.orm import Session

from outreach.errors import NotFound
from outreach.journeys import erase
from outreach.journeys.house import House
from outreach.reports import all_about
from outreach.store import leads
from outreach.store.leads import Lead


def packed(session: Session, house: House, who: str, path: str) -> None:
    """Write the archive; nobody else may read it."""
    found = all_about.archive(session, _lead(session, who), house.now(session))
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(found)


def erased(session: Session, house: House, who: str) -> str:
    """Erase one lead."""
    return erase.erase(session, house, _lead(session, who).id, None, house.now(session), by="the operator")


def erased_again(house: House, journal: str) -> str:
    """Hold a journal that was kept elsewhere against the database."""
    lines = erase.read(Path(journal))
    done = erase.erase_again(house, lines)
    return f"{len(lines)} erasures in {journal}; {done} of them were not done in this database, and are now."


def _lead(session: Session, who: str) -> Lead:
    found = session.get(Lead, int(who)) if who.isdecimal() and len(who) < 19 else leads.by_email(session, who)
    if found is None or found.erased_at is not None:
        raise NotFound(f"There is no lead {who}. Name it by its address or its number.")
    return found
