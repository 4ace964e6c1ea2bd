"""/sequences: every sequence with its numbers; new ones from a preset, blank, or from the text of a document."""

from dataclasses import dataclass, replace
from pathlib import Path

from flask import Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from outreach import documents
from outreach.core import editing
from outreach.core.sequences import Sequence
from outreach.errors import Refused
from outreach.http.access import role, signed_in
from outreach.http.house import current_house, now
from outreach.http.sign_in import this_user
from outreach.http.transactions import poke, transaction
from outreach.journeys import publish
from outreach.reports import sequence_numbers
from outreach.reports.sequence_numbers import Headline
from outreach.store import sequences
from outreach.store.sequences import SequenceRow
from outreach.web import sequence_words as words
from outreach.web.blueprint import blueprint

BUILDERS = ("admin", "manager", "marketer")
"""Roles that change sequences and templates; everybody signed in may look."""
PRESETS = Path(__file__).resolve().parents[2] / "templates" / "sequences"
LARGEST = 256_000


@dataclass(frozen=True)
class Line:
    """One sequence in the list."""

    row: SequenceRow
    numbers: Headline
    version: int | None

    @property
    def state(self) -> str:
        """archived, draft (never published), live or live with a draft beside it."""
        if self.row.archived_at:
            return "archived"
        return "live" if self.row.current_version_id else "draft"


@blueprint.get("/sequences")
@signed_in
def sequence_list() -> str:
    """All sequences, the archived ones last."""
    session = transaction()
    numbers, stale = sequence_numbers.kept_headlines(session, current_house().queue.redis)
    if stale:
        poke("count_numbers", 0)
    published = sequences.version_numbers(session)
    lines = [
        Line(row, numbers.get(row.id, Headline()), published.get(row.id)) for row in sequences.all_sequences(session)
    ]
    return render_template("sequences/list.html", lines=lines, classes=dict(words.CLASSES))


@blueprint.get("/sequences/new")
@role(*BUILDERS)
def sequence_new() -> str:
    """Where a new sequence comes from."""
    return _new_page({}, {})


@blueprint.post("/sequences/new")
@role(*BUILDERS)
def sequence_make() -> AnyResponse:
    """Make it, as a draft, and open its editor."""
    start = request.form.get("from", "blank")
    maker = {"preset": _from_preset, "text": _from_text}.get(start, _blank)
    try:
        edited = maker()
    except documents.DocumentError as fault:
        return Response(_new_page(request.form, {"text": str(fault)}), 422)
    except Refused as fault:
        return Response(_new_page(request.form, {start: str(fault)}), 422)
    row = publish.create(transaction(), edited, now())
    flash(f"{row.name} is a draft. Publish it when it is ready.", "ok")
    return redirect(url_for("web.sequence_editor", sequence_id=row.id), 303)


@blueprint.post("/sequences/<int:sequence_id>/archive")
@role(*BUILDERS)
def sequence_archive(sequence_id: int) -> AnyResponse:
    """X9: no new entries; those inside finish. The same button takes it back."""
    row = find(sequence_id)
    if row.archived_at:
        publish.take_back(row)
        flash(f"{row.name} takes leads again.", "ok")
    else:
        publish.archive(transaction(), row, now(), this_user().id)
        flash(f"{row.name} takes no new leads. Those inside finish it.", "ok")
    return redirect(request.form.get("back") or url_for("web.sequence_list"), 303)


def find(sequence_id: int) -> SequenceRow:
    """The sequence of this address, or 404."""
    row = transaction().get(SequenceRow, sequence_id)
    if row is None:
        abort(404)
    return row


def presets() -> list[tuple[str, str]]:
    """The shipped documents: (file name without ending, name)."""
    return [(path.stem, _name_in(path)) for path in sorted(PRESETS.glob("*.yaml"))]


def _name_in(path: Path) -> str:
    lines = path.read_text("utf-8").splitlines()
    found = next((line.partition(":")[2].strip().strip("\"'") for line in lines if line.startswith("name:")), "")
    return found or words.spoken(path.stem)


def _new_page(values: object, errors: dict[str, str]) -> str:
    known = {"values": values, "errors": errors, "presets": presets(), "classes": words.CLASSES}
    return render_template("sequences/new.html", **known)


def _blank() -> Sequence:
    name = " ".join(request.form.get("name", "").split())
    if not name:
        raise Refused("Give the sequence a name, so that others know what it is for.")
    klass = request.form.get("class", "sales")
    return editing.blank(name, klass if klass in dict(words.CLASSES) else "sales")


def _from_preset() -> Sequence:
    key = request.form.get("preset", "")
    if key not in dict(presets()):
        raise Refused("Choose one of the ready-made sequences.")
    path = PRESETS / f"{key}.yaml"
    edited = publish.read(path.read_text("utf-8"), path.name)
    name = " ".join(request.form.get("preset_name", "").split())
    return replace(edited, name=name) if name else edited


def _from_text() -> Sequence:
    upload = request.files.get("file")
    text, name = request.form.get("text", ""), "the text"
    if upload and upload.filename:
        text, name = upload.stream.read(LARGEST + 1).decode("utf-8", "replace"), Path(upload.filename).name
    if not text.strip():
        raise Refused("Paste the text of a document, or choose a file.")
    return publish.read(text.replace("\r\n", "\n"), name)
