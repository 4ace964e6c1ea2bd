"""Drafts and versions of sequences: save, publish, go back, archive (RULES V, X9).

The document is the truth. A draft is kept as its text; it is always one that `documents.read` takes, so that
publishing never fails on what was saved. Publishing makes a version. Its texts reach everybody inside (V2); its
structure reaches those who are chosen (V3): they are lined up, and move one after the other.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach import documents
from outreach.core import editing, moving, placeholders, signals
from outreach.core.decisions import Decision
from outreach.core.editing import Change
from outreach.core.moving import Moved
from outreach.core.sequences import Sequence
from outreach.errors import Refused
from outreach.journeys import applying, facts, many
from outreach.journeys.house import House
from outreach.store import enrolments, events, inside, leads, mailboxes, sequences
from outreach.store.batches import Batch
from outreach.store.enrolments import Enrolment
from outreach.store.inside import Who
from outreach.store.leads import Lead
from outreach.store.sequences import SequenceRow, VersionRow

NEW_ONLY = Who("new")
SAMPLE = 1000
"""Of more leads than this a preview looks at an even sample."""
LINED_UP_AT_ONCE = 2000
"""More who move are lined up by the worker."""
AT_ONCE = 5000
"""An edit of texts alone moves so many pointers at once; others keep theirs and take the texts all the same."""


@dataclass(frozen=True)
class Published:
    """What publishing did. `moved`: leads inside who go on with the new texts."""

    version: VersionRow
    changes: tuple[Change, ...]
    moved: int
    batch: Batch | None = None
    """V3: those who were chosen to move to its structure, on their way."""


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
    return _changes(session, row, row.draft) if row.draft else ()


def document_of(session: Session, row: SequenceRow, earlier: VersionRow | None) -> tuple[str, tuple[Change, ...]]:
    """The document that would be published, the draft or an earlier version, and what it changes."""
    if earlier is not None:
        _is_of(row, earlier)
    document = earlier.document if earlier else draft_text(session, row)
    return document, _changes(session, row, document)


def publish(
    session: Session,
    row: SequenceRow,
    now: datetime,
    actor_id: int | None,
    who: Who = NEW_ONLY,
    earlier: VersionRow | None = None,
) -> Published:
    """Make the draft (or an earlier version, V7) the version in force.

    (1) read it once more; (2) the new version, its name and class; (3) its texts reach every unsent letter of those
    inside, whatever their version (V2); (4) who moves to its structure is lined up (V3); (5) an event.
    """
    session.flush()
    session.refresh(row, with_for_update={"key_share": True})  # two who publish at once come one after the other
    document = _to_publish(row, earlier)
    changes, before, edited = _changes(session, row, document), row.current_version_id, read(document, row.name)
    _name_is_free(session, row, edited.name)
    version = sequences.add_version(session, row, document, now, actor_id)
    row.name, row.class_ = edited.name, edited.klass
    row.draft = "" if earlier is None or row.draft == document else row.draft
    sequences.take_texts(session, row.id, version.id)
    inside.reword(session, row.id, version.id, edited)
    structural = any(change.structural for change in changes)
    moved, batch = 0, None
    if before is not None and not structural:
        moved = inside.point_to(session, [before], version.id, AT_ONCE)
    elif before is not None and who.who != "new":
        batch = _line_up(session, row, version, who, actor_id, now)
    words = f"{row.name}: version {version.number} published"
    data = {"sequence_id": row.id, "version": version.number, "changes": [change.text for change in changes]}
    data |= {"who": who.who, "moving": batch.total if batch else moved}
    events.record(session, now, "published", words, actor_id=actor_id, rule="V1", data=data)
    return Published(version, changes, moved, batch)


def _to_publish(row: SequenceRow, earlier: VersionRow | None) -> str:
    if earlier is None:
        if not row.draft:
            raise Refused("There is nothing to publish: the draft is the same as the version in force.")
        return row.draft
    _is_of(row, earlier)
    if earlier.id == row.current_version_id:
        raise Refused(f"Version {earlier.number} is in force already.")
    return earlier.document


def _changes(session: Session, row: SequenceRow, document: str) -> tuple[Change, ...]:
    """What this document changes against the version in force."""
    before, after = published(session, row), read(document, row.name)
    if before is None:
        return tuple(Change("added", change.text, change.step) for change in _all_new(after))
    return editing.changes(before, after)


def _line_up(
    session: Session, row: SequenceRow, version: VersionRow, who: Who, actor_id: int | None, now: datetime
) -> Batch:
    title = f"{row.name}: moving to version {version.number}"
    params = {"sequence_id": row.id, "version_id": version.id, "number": version.number}
    batch = many.begin(session, "move", title, params, actor_id, now)
    total = inside.count(session, row.id, who, version.id)
    if total <= LINED_UP_AT_ONCE:
        return many.lined_up(batch, inside.line_up(session, batch.id, row.id, who, version.id), now)
    batch.params = params | {"gather": inside.kept(who)}
    return many.lined_up(batch, total, now)


def _gather(session: Session, batch: Batch) -> int:
    """Many are lined up by the worker: nobody waits for it."""
    who = inside.who_of(batch.params["gather"])
    return inside.line_up(session, batch.id, batch.params["sequence_id"], who, batch.params["version_id"])


def move(work: many.Work) -> many.Done:
    """V3 to V5: one enrolment goes on in the new version; where it stands by now is what counts."""
    session, now, version_id = work.session, work.now, int(work.params["version_id"])
    row = session.get(Enrolment, work.item.enrolment_id or 0, with_for_update={"key_share": True})
    if row is None or row.ended_at is not None:
        raise Refused("has left the sequence in the meantime")
    if row.version_id == version_id:
        return many.Done("is in this version already")
    row.version_id = version_id
    session.flush()
    decided = applying.signal(session, work.house, row.lead_id, signals.Edited(), now, enrolment_id=row.id)
    return many.Done(decided[0].text if decided else "A new version.")


def move_together(works: list[many.Work]) -> list[many.Done | str]:
    """The same for many: rows, facts and writing in a few questions."""
    if not works:
        return []
    session, house, now = works[0].session, works[0].house, works[0].now
    version_id = int(works[0].params["version_id"])
    rows = enrolments.locked(session, [work.item.enrolment_id or 0 for work in works])
    moving_on: list[tuple[Lead, Enrolment]] = []
    for work in works:
        row = rows.get(work.item.enrolment_id or 0)
        if row is not None and row.ended_at is None and row.version_id != version_id:
            row.version_id = version_id
            moving_on.append((work.lead, row))
    session.flush()
    decided = applying.signal_many(session, house, moving_on, signals.Edited(), now)
    return [_told(rows.get(work.item.enrolment_id or 0), decided) for work in works]


def _told(row: Enrolment | None, decided: Mapping[int, Decision]) -> many.Done | str:
    if row is not None and row.id in decided:
        return many.Done(decided[row.id].text)
    if row is None or row.ended_at is not None:
        return "has left the sequence in the meantime"
    return many.Done("is in this version already")


many.ACTIONS["move"] = many.Action(move, together=move_together, gather=_gather)


# --- what publishing would do (V3) ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One lead of the preview."""

    enrolment_id: int
    lead_id: int
    name: str
    state: str
    zone: str
    version: int
    moved: Moved


@dataclass(frozen=True)
class Preview:
    """V3, V5: what moving means. Of more than SAMPLE leads the numbers are estimated from an even sample.

    `inside`: everybody inside. `moving`: those chosen. Of these: `changed` have another next date or step; `at_once`
    fall due by the edit, `letters_at_once` of them with a letter, spread over `takes` by the mailboxes' limits;
    `removed` stand before a step that is gone; `held` are paused, held or blocked and stay so.
    """

    inside: int
    moving: int
    looked_at: int
    changed: int
    at_once: int
    letters_at_once: int
    removed: int
    held: int
    takes: timedelta
    lines: tuple[Line, ...]

    @property
    def estimated(self) -> bool:
        """Whether the numbers come from a sample."""
        return self.looked_at < self.moving


def preview(
    session: Session, house: House, row: SequenceRow, document: str, who: Who, now: datetime, most: int = SAMPLE
) -> Preview:
    """Work out, without changing anything, where those chosen would go on and when.

    (1) count; (2) facts of all (or of an even sample) in a few questions; (3) ask the engine for each; (4) add up.
    """
    after = read(document, row.name)
    chosen = inside.count(session, row.id, who)
    rows = inside.sample(session, row.id, who, None, most) if chosen else []
    lines = tuple(_lines(session, house, rows, after, now))
    scale = chosen / len(lines) if lines else 0.0

    def estimate(found: list[Line]) -> int:
        return round(len(found) * scale)

    letters = estimate([line for line in lines if line.moved.at_once and line.moved.letter])
    limits = [(box.minute_limit, box.daily_limit) for box in mailboxes.active(session)]
    return Preview(
        inside=inside.count(session, row.id, Who("all")),
        moving=chosen,
        looked_at=len(lines),
        changed=estimate([line for line in lines if line.moved.changed]),
        at_once=estimate([line for line in lines if line.moved.at_once]),
        letters_at_once=letters,
        removed=estimate([line for line in lines if line.moved.removed]),
        held=estimate([line for line in lines if line.state.startswith(("paused", "held", "blocked"))]),
        takes=moving.spread(letters, limits),
        lines=lines,
    )


def _lines(session: Session, house: House, rows: list[Enrolment], after: Sequence, now: datetime) -> Iterator[Line]:
    if not rows:
        return
    people = leads.by_ids(session, {row.lead_id for row in rows})
    numbers = {version.id: version.number for version in sequences.versions(session, rows[0].sequence_id)}
    known = facts.gather_all(session, house, [facts.Asking(people[row.lead_id], after, row) for row in rows], now)
    for row in rows:
        lead = people[row.lead_id]
        moved = moving.move(facts.snapshot(row), after, known[row.id], now, Random(row.id))
        name = lead.name or lead.email or lead.phone
        yield Line(row.id, lead.id, name, row.state, lead.zone, numbers.get(row.version_id, 0), moved)


def revert(session: Session, row: SequenceRow, version: VersionRow) -> Sequence:
    """V7: the text of an earlier version becomes the draft, to be changed before it is published."""
    _is_of(row, version)
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


def _all_new(sequence: Sequence) -> tuple[Change, ...]:
    return editing.changes(replace(sequence, steps=sequence.steps[:0], positive=(), negative=()), sequence)


def _name_is_free(session: Session, row: SequenceRow, name: str) -> None:
    other = select(SequenceRow.id).where(func.lower(SequenceRow.name) == name.lower(), SequenceRow.id != row.id)
    if session.scalar(other) is not None:
        raise Refused(f"Another sequence is called “{name}”. Give this one another name.")


def _is_of(row: SequenceRow, version: VersionRow) -> None:
    if version.sequence_id != row.id:
        raise Refused("This version belongs to another sequence.")
