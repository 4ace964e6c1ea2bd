"""Drafts and versions of sequences: save, publish, go back, archive (RULES V, X9).

The document is the truth. A draft is kept as its text; it is always one that `documents.read` takes, so that
publishing never fails on what was saved. Publishing makes a version: leads inside finish theirs, except that an edit of
texts alone reaches everybody (V2).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from outreach import documents
from outreach.core import editing, placeholders
from outreach.core.editing import Change
from outreach.core.sequences import Sequence
from outreach.errors import Refused
from outreach.store import events, sequences
from outreach.store.enrolments import Enrolment
from outreach.store.sequences import SequenceRow, VersionRow


@dataclass(frozen=True)
class Published:
    """What publishing did. `moved`: leads inside who go on with the new texts."""

    version: VersionRow
    changes: tuple[Change, ...]
    moved: int


def read(text: str, name: str) -> Sequence:
    """A document as strictly as anywhere else; raises documents.DocumentError with line and remedy."""
    return documents.read(text, name, placeholders.CATALOGUE)


def draft_of(session: Session, row: SequenceRow) -> Sequence:
    """The document being edited: the draft, else what is published."""
    return read(draft_text(session, row), row.name)


def draft_text(session: Session, row: SequenceRow) -> str:
    """The text of the draft, else of the version in force."""
    if row.draft:
        return row.draft
    version = sequences.current(session, row)
    return version.document if version else documents.write(editing.blank(row.name, row.class_))


def published(session: Session, row: SequenceRow) -> Sequence | None:
    """The version in force as dataclasses; None before the first."""
    version = sequences.current(session, row)
    return read(version.document, row.name) if version else None


def save_draft(session: Session, row: SequenceRow, edited: Sequence) -> Sequence:
    """Keep an edited sequence as the draft; a draft equal to the version in force is no draft.

    Raises documents.DocumentError when the document may not be kept; then nothing is changed.
    """
    text = documents.write(edited)
    checked = read(text, edited.name)
    row.draft = "" if published(session, row) == checked else text
    return checked


def import_text(session: Session, row: SequenceRow, text: str) -> Sequence:
    """Replace the draft by a document that somebody wrote or brought; refused with file, line and remedy."""
    return save_draft(session, row, read(text, row.name))


def create(session: Session, edited: Sequence, now: datetime) -> SequenceRow:
    """A new sequence whose draft is this document; its name is made free when it is taken."""
    name = free_name(session, edited.name)
    row = SequenceRow(name=name, class_=edited.klass, created_at=now)
    session.add(row)
    session.flush()
    save_draft(session, row, replace(edited, name=name))
    return row


def free_name(session: Session, name: str) -> str:
    """`Name`, or `Name 2`, `Name 3` ... when there is such a sequence already."""
    name = " ".join(name.split())[:120] or "New sequence"
    taken = {one.lower() for one in session.scalars(select(SequenceRow.name))}
    number, free = 2, name
    while free.lower() in taken:
        free, number = f"{name} {number}", number + 1
    return free


def waiting(session: Session, row: SequenceRow) -> tuple[Change, ...]:
    """What publishing the draft would change; nothing when there is no draft."""
    before = published(session, row)
    if not row.draft:
        return ()
    after = draft_of(session, row)
    if before is None:
        return tuple(Change("added", change.text, change.step) for change in _all_new(after))
    return editing.changes(before, after)


def publish(session: Session, row: SequenceRow, now: datetime, actor_id: int | None) -> Published:
    """Make the draft the version in force.

    (1) read it once more; (2) the new version, its name and class; (3) texts alone reach those inside (V2), else they
    finish their version; (4) an event.
    """
    if not row.draft:
        raise Refused("There is nothing to publish: the draft is the same as the version in force.")
    changes, before, edited = waiting(session, row), row.current_version_id, draft_of(session, row)
    _name_is_free(session, row, edited.name)
    version = sequences.add_version(session, row, row.draft, now, actor_id)
    row.name, row.class_, row.draft = edited.name, edited.klass, ""
    moved = 0
    if before is not None and not any(change.structural for change in changes):
        moved = _move_everybody(session, before, version.id)
    words = f"{row.name}: version {version.number} published"
    data = {"sequence_id": row.id, "version": version.number, "changes": [change.text for change in changes]}
    events.record(session, now, "published", words, actor_id=actor_id, rule="V1", data=data)
    return Published(version, changes, moved)


def revert(session: Session, row: SequenceRow, version: VersionRow) -> Sequence:
    """V7: the text of an earlier version becomes the draft; publishing it goes back."""
    if version.sequence_id != row.id:
        raise Refused("This version belongs to another sequence.")
    return save_draft(session, row, read(version.document, row.name))


def discard(row: SequenceRow) -> None:
    """Drop the draft: the version in force is what is edited again."""
    if row.current_version_id is None:
        raise Refused("This sequence was never published: there is nothing to go back to. Archive it instead.")
    row.draft = ""


def archive(session: Session, row: SequenceRow, now: datetime, actor_id: int | None) -> None:
    """X9: no new entries; those inside finish."""
    row.archived_at = row.archived_at or now
    words, data = f"{row.name} archived", {"sequence_id": row.id}
    events.record(session, now, "archived", words, actor_id=actor_id, rule="X9", data=data)


def take_back(row: SequenceRow) -> None:
    """Bring an archived sequence back."""
    row.archived_at = None


def step_at(text: str, line: int | None) -> str | None:
    """The id of the step that a line of a document belongs to, to show an error beside it."""
    found = None
    for number, content in enumerate(text.splitlines(), start=1):
        if line is not None and number > line:
            break
        words = content.strip().removeprefix("- ").removeprefix("{")
        if words.startswith("id:"):
            found = words[3:].split(",")[0].strip().strip("\"'")
    return found


def _all_new(sequence: Sequence) -> tuple[Change, ...]:
    return editing.changes(replace(sequence, steps=sequence.steps[:0], positive=(), negative=()), sequence)


def _name_is_free(session: Session, row: SequenceRow, name: str) -> None:
    other = select(SequenceRow.id).where(func.lower(SequenceRow.name) == name.lower(), SequenceRow.id != row.id)
    if session.scalar(other) is not None:
        raise Refused(f"Another sequence is called “{name}”. Give this one another name.")


def _move_everybody(session: Session, before: int, after: int) -> int:
    inside = update(Enrolment).where(Enrolment.version_id == before, Enrolment.ended_at.is_(None))
    return len(list(session.scalars(inside.values(version_id=after).returning(Enrolment.id))))
