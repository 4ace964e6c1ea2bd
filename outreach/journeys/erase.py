"""Somebody wants their data erased (RULES X7, MAIL C4, GDPR Art. 17): all that is personal goes, what was counted stays.

erase      one lead, at once, in one transaction; twice is once
keep_up    what was written down of an erased lead afterwards goes as well; what a restored backup brought back goes again
erase_again  the same from a journal that was kept elsewhere

The journal lies in the data folder, outside of the database: a line for each erasure, with the number of the lead and the marks
of its addresses, and nothing that says who it was.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from outreach.core import signals
from outreach.errors import Refused
from outreach.journeys import applying
from outreach.journeys.house import House
from outreach.store import blanking, consents, erased, events, happenings, leads, messages, tasks
from outreach.store.leads import Lead
from outreach.store.users import User

NAME = "erasures.jsonl"
LATE_FOR = timedelta(days=14)
"""So long after an erasure servers may still say something of a letter that was on its way."""
LOOKED_AT = 500
"""Lines of the journal that are held against the database every time; all, when one of them is news to it."""
ROLES = ("admin", "manager")

GOES = (
    "name, addresses, numbers, company, answers, tags, notes and every other fact",
    "the words of all letters and replies, raw mail, files, reports of mail servers",
    "IP addresses and programs of clicks, visits and consents",
    "what waits: letters that have not begun are cancelled, sequences end, tasks are closed",
)
STAYS = (
    "dates, states and counts, so that the reports of the past keep their numbers",
    "a mark of each address (a keyed hash), so that nothing is ever sent there by itself again",
    "the words, date and source of a consent, as proof, without the address",
)
ELSEWHERE = (
    "Mail in mailboxes at your mail provider, what reps keep in their own mail programs, lists that were exported, and other"
    " systems that were told of the lead. Backups hold the lead until they are thrown away; after a restore the journal in the data"
    " folder erases again by itself. What other people wrote about the lead in their own mails stays with them."
)


def erase(session: Session, house: House, lead_id: int, user: User | None, now: datetime, by: str = "") -> str:
    """Erase one lead; `by`: who asked, where it is no user.

    (1) Everything ends: enrolments, letters that have not begun, tasks. (2) The addresses become marks, with the reason for which
    nothing went there. (3) The line in the journal, before the commit: what was asked for is done, even if this fails. (4) What
    is personal is blanked. (5) The event, without anything personal.
    """
    lead = leads.locked(session, lead_id)
    if lead is None:
        raise Refused("This lead does not exist any more.")
    if lead.erased_at is not None:
        return "The data of this lead was erased before."
    happenings.quietly(session)
    applying.signal(session, house, lead.id, signals.Erased(), now, actor_id=user.id if user else None)
    session.flush()
    addresses = blanking.addresses_of(session, lead)
    messages.cancel_all_of(session, lead.id, blanking.copies_of(session, lead.id), "the data of this lead was erased")
    for task in tasks.open_of_lead(session, lead.id):
        task.state, task.done_at = "cancelled", now
    known = consents.reasons_of(session, addresses)
    reasons = {one: known.get(one) or ("do not contact" if lead.do_not_contact else "erased") for one in addresses}
    marks = erased.keep(session, consents.since(session, reasons, now), lead.id)
    _write(house.settings.data, _told(lead, marks, reasons, now))
    blanking.blank(session, lead, addresses, now)
    who = user.name if user else by or "the operator"
    events.record(
        session, now, "erased", f"Everything personal was erased, by {who}.", lead_id=lead.id,
        actor_id=user.id if user and user.id else None, rule="X7",
    )  # fmt: skip
    session.flush()
    return "Erased. What stays are dates, counts, and marks by which nothing is ever sent there again."


def confirmed(lead: Lead, typed: str) -> None:
    """Whoever erases types the address (or the number, or the name) of the lead. Raises Refused."""
    wanted = confirm_by(lead)
    if " ".join(typed.lower().split()) != " ".join(wanted.lower().split()):
        raise Refused(f"Type “{wanted}” to confirm. Nothing was erased.")


def confirm_by(lead: Lead) -> str:
    """What has to be typed."""
    return lead.email or lead.phone or lead.name


# ---- afterwards ----


@dataclass(frozen=True)
class Line:
    """One erasure, as the journal keeps it."""

    at: datetime
    lead_id: int
    born: datetime
    """When the lead came into being: with the number it says for sure who is meant."""
    marks: dict[bytes, str]
    """Mark -> reason."""


def keep_up(house: House) -> int:
    """(1) What came late of leads that were erased of late is blanked; (2) the journal is held against the database. How many
    were erased again."""
    with house.sessions.begin() as session:
        blanking.again(session, house.now(session) - LATE_FOR)
    lines = read(house.settings.data / NAME)
    lately = erase_again(house, lines[-LOOKED_AT:])
    return lately + (erase_again(house, lines[:-LOOKED_AT]) if lately else 0)


def erase_again(house: House, lines: Sequence[Line]) -> int:
    """Erasures that this database does not know of, because it came out of a backup that is older. How many leads."""
    with house.sessions.begin() as session:
        _keep_marks(session, house, lines)
        found = blanking.not_erased(session, {line.lead_id: line.born for line in lines})
    for lead_id in found:
        with house.sessions.begin() as session:
            erase(session, house, lead_id, None, house.now(session), by="the journal of erasures, after a restore")
    return len(found)


def _keep_marks(session: Session, house: House, lines: Sequence[Line]) -> None:
    """Of leads that came and went since the backup only the marks are left to keep."""
    known = erased.known(session, [mark for line in lines for mark in line.marks])
    missing = {mark: (reason, line.at) for line in lines for mark, reason in line.marks.items() if mark not in known}
    key = erased.name_of(house.keys[0])
    erased.keep_marks(
        session,
        [{"mark": mark, "reason": why, "at": at, "key": key, "lead_id": None} for mark, (why, at) in missing.items()],
    )


def read(path: Path) -> list[Line]:
    """The lines of a journal, the oldest first; a last one that was cut off is left out. Raises Refused for what is none."""
    lines = path.read_text("utf-8").split("\n")[:-1] if path.exists() else []
    try:
        return [_line(json.loads(text)) for text in lines]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused(f"{path} is no journal of erasures, or a line of it is broken.") from None


def _line(found: dict[str, Any]) -> Line:
    marks = {bytes.fromhex(mark): str(reason) for mark, reason in found["marks"].items()}
    at, born = datetime.fromisoformat(found["at"]), datetime.fromisoformat(found["born"])
    return Line(at, int(found["lead"]), born, marks)


def _told(lead: Lead, marks: Sequence[bytes], reasons: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """A line of the journal."""
    marked = {mark.hex(): reason for mark, reason in zip(marks, reasons.values(), strict=True)}
    return {"at": now.isoformat(), "lead": lead.id, "born": lead.created_at.isoformat(), "marks": marked}


def _write(folder: Path, line: dict[str, Any]) -> None:
    """One line more, on the disk before anything is erased."""
    descriptor = os.open(folder / NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())
