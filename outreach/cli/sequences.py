"""Sequences as text on the command line: list, export, import, check. The document is SEQUENCE's; bytes are stable."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from outreach import documents
from outreach.core import placeholders
from outreach.core.sequences import Sequence
from outreach.errors import Refused

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outreach.journeys.house import House
    from outreach.store.sequences import SequenceRow

LARGEST = 256_000
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


def text_of(path: str) -> tuple[str, str]:
    """(text, name for messages) of a file; `-` is standard input. Raises Refused."""
    try:
        raw = sys.stdin.buffer.read(LARGEST + 1) if path == "-" else Path(path).read_bytes()[: LARGEST + 1]
        return raw.decode().replace("\r\n", "\n"), "standard input" if path == "-" else path
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise Refused(f"{path} is no text in UTF-8; save it so.") from None


def checked(path: str) -> tuple[Sequence, list[str]]:
    """The sequence in a file and what may be a slip in it; needs no database. Raises documents.DocumentError."""
    text, name = text_of(path)
    sequence = documents.read(text, name, placeholders.CATALOGUE)
    letters = TEMPLATES / "emails"
    shipped = frozenset(one.name for one in letters.iterdir() if one.is_dir()) if letters.is_dir() else None
    return sequence, documents.warnings(sequence, documents.Known(templates=shipped))


def listed(session: "Session") -> list[tuple[str, ...]]:
    """Key of the preset, name, class, version in force and state, for the table."""
    from outreach.store import sequences

    versions = sequences.version_numbers(session)

    def state(row: "SequenceRow") -> str:
        if row.archived_at:
            return "archived"
        return "draft" if row.id not in versions else "live, with a draft" if row.draft else "live"

    return [
        (row.preset or "-", row.name, row.class_, str(versions.get(row.id, "-")), state(row))
        for row in sequences.all_sequences(session)
    ]


def exported(session: "Session", name: str, draft: bool) -> str:
    """The document in force (or the draft), written anew: the same content gives the same bytes."""
    from outreach.journeys import publish

    row = _named(session, name)
    found = publish.draft_of(session, row) if draft else publish.published(session, row)
    return documents.write(found or publish.draft_of(session, row))


def imported(session: "Session", house: "House", path: str, now: "datetime", publishing: bool) -> list[str]:
    """Make or update the draft of the sequence that the document names; with `publishing` it is live for new leads.

    Returns what to tell.
    """
    from outreach.journeys import before_sending, publish
    from outreach.store import sequences

    text, name = text_of(path)
    wanted = publish.read(text, name)
    row = sequences.by_name(session, wanted.name)
    if row is None:
        row = publish.create(session, wanted, now)
        told = [f"{row.name} is a new draft."]
    else:
        publish.save_draft(session, row, wanted)
        changes = publish.waiting(session, row)
        told = [f"{row.name}: {change.text}." for change in changes]
        told = told or ([f"{row.name}: the draft is kept." if row.draft else f"{row.name} is like this already."])
    if publishing and row.draft:
        before_sending.check(session, house, wanted)
        done = publish.publish(session, row, now, None)
        told.append(f"{row.name}: version {done.version.number} is live. Those inside finish their version.")
        if done.moved:
            told[-1] = f"{row.name}: version {done.version.number} is live; {done.moved} inside get the new texts."
    return told


def _named(session: "Session", name: str) -> "SequenceRow":
    from outreach.store import sequences

    row = sequences.by_name(session, name)
    if row is None:
        known = ", ".join(f"“{one.name}”" for one in sequences.all_sequences(session))
        raise Refused(f"There is no sequence “{name}”. There are: {known}.")
    return row
