"""A database that came out of a backup sends nothing until a person has looked (RELIABILITY 4, fault 37; 5.2, 28).

remember   leaves the same mark in the database and in the data folder, every ten minutes
look       before anything is sent: does the database know less than the folder, or is one of them a copy? Then
           (1) everything is paused, with the reason, (2) numbers of rows that were lost are never given again: a
           token in a letter that is out there must not mean somebody else, (3) the administrators are told.

A mark knows its own file (its number in the file system), so that a folder that was copied back is told from one that stood
still. Where no letter leaves the machine nothing is held.
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from outreach.journeys import notify
from outreach.journeys.house import House
from outreach.store import account, business_clock, events, lineage, mailboxes
from outreach.store.lineage import Lineage
from outreach.store.pauses import Pause

NAME = "mark.json"
FRESH = timedelta(hours=1)
"""A copy of something that ran so lately is a move to another place, not a backup."""
NUMBERS_LOST = 10_000_000
"""So many rows may have been made since the backup."""
WAY_OUT = (
    "What went out since then is not known here and would go out again: look through the leads inside your sequences,"
    " stop whom you must, then lift this pause."
)


@dataclass(frozen=True)
class Mark:
    """What the data folder remembers of its database; `moved`: the file is a copy of the one that was written."""

    name: str
    mark: int
    moved: bool


def remember(house: House) -> None:
    """The next mark, in the database first: the folder never knows more than a database that stood still."""
    with house.sessions.begin() as session:
        name, mark = lineage.step(session)
    _write(house.settings.data, name, mark)


def look(session: Session, house: House) -> str:
    """Hold everything when this database is a restored one; why, or nothing."""
    why = _older(_read(house.settings.data), lineage.read(session), session)
    if not why or not _letters_leave(session, house):
        return ""
    now = house.now(session)
    reason = f"{why} {WAY_OUT}"
    session.add(Pause(scope="everything", subject_id=None, reason=reason, by_name="outreach", since=now))
    us = account.get(session)
    us.switches = us.switches | {"everything": reason}
    lineage.skip_numbers(session, NUMBERS_LOST)
    events.record(session, now, "pause", reason, rule="P2", data={"scope": "everything"})
    notify.tell(session, None, "problem", reason, "/settings/pauses", now)
    return reason


def _older(kept: Mark | None, found: Lineage | None, session: Session) -> str:
    if found is None:
        lost = kept is not None and lineage.has_sent(session)
        return "This database is older than the data folder: it was restored from a backup." if lost else ""
    if kept and kept.name == found.name and kept.mark > found.mark:
        return f"This database is older than the data folder: it was restored from a backup of {_day(found.at)}."
    known = kept is not None and kept.name == found.name and not kept.moved
    if not known and business_clock.real_now(session) - found.at > FRESH:
        return f"This is a copy of a system that ran until {_day(found.at)}: perhaps it was restored from a backup."
    return ""


def _day(at: datetime) -> str:
    return f"{at:%-d %B %Y, %H:%M} UTC"


def _letters_leave(session: Session, house: House) -> bool:
    return not house.settings.mail_is_local or mailboxes.with_own_server(session) is not None


def _write(folder: Path, name: str, mark: int) -> None:
    """Replaced in one step; the file holds its own number, which a copy of it does not have."""
    unfinished = folder / f".{NAME}.{os.getpid()}"
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump({"name": name, "mark": mark, "file": os.fstat(file.fileno()).st_ino}, file)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(folder / NAME)


def _read(folder: Path) -> Mark | None:
    path = folder / NAME
    try:
        values = json.loads(path.read_text())
        return Mark(str(values["name"]), int(values["mark"]), values["file"] != path.stat().st_ino)
    except (OSError, ValueError, KeyError, TypeError):
        return None
