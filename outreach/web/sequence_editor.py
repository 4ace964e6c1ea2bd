"""/sequences/<id>: the editor. A timeline of steps on the left; the chosen step, its letter and a preview on the right.

Every change is an edit of the document (core/editing.py) kept as the draft. Each answers with the whole page to a plain
form, and with the changed pieces to htmx.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from outreach import documents
from outreach.core import editing
from outreach.core.editing import CannotEdit, Change
from outreach.core.sequences import Kind, Sequence, Step
from outreach.http.access import role, signed_in
from outreach.http.headers import allow
from outreach.http.house import current_house, now
from outreach.http.numbers import whole
from outreach.http.sign_in import this_user
from outreach.http.transactions import poke, transaction
from outreach.journeys import previews, publish
from outreach.reports import sequence_numbers
from outreach.reports.sequence_numbers import Headline, StepNumbers
from outreach.store import forms, sequences, templates
from outreach.store.sequences import SequenceRow
from outreach.web import condition_form, sequence_cards, step_form, step_preview
from outreach.web import sequence_words as words
from outreach.web.blueprint import blueprint
from outreach.web.merge_menu import MENU
from outreach.web.sequences import BUILDERS, find


@dataclass
class Desk:
    """What the editor shows of one sequence: the draft with everything that is said about it."""

    row: SequenceRow
    draft: Sequence
    version: int | None
    changes: tuple[Change, ...]
    headline: Headline
    numbers: dict[str, StepNumbers]
    history: frozenset[str]
    letters: dict[str, str]
    subjects: dict[str, str]
    starts: list[tuple[str, str]]

    @property
    def board(self) -> sequence_cards.Board:
        """The timeline's share of it."""
        return sequence_cards.Board(self.draft, self.letters, self.subjects, self.numbers)

    @property
    def state(self) -> str:
        """Archived, Draft or Live."""
        return "archived" if self.row.archived_at else "live" if self.version else "draft"

    @property
    def summary(self) -> str:
        """`Draft with 2 changes, version 7 is live`."""
        live = f"version {self.version} is live" if self.version else "never published yet"
        if not self.row.draft:
            return live.capitalize()
        number = len(self.changes)
        return f"Draft with {number} change{'' if number == 1 else 's'}, {live}" if self.version else f"Draft, {live}"


def desk_of(row: SequenceRow) -> Desk:
    """Read all of it; a draft that cannot be read any more is shown as text, where it can be mended."""
    session = transaction()
    draft = publish.draft_of(session, row)
    named = templates.subjects(session)
    current = sequences.current(session, row)
    counted = sequence_numbers.kept(session, current_house().queue.redis, row.id)
    if counted.stale:
        poke("count_numbers", row.id)
    return Desk(
        row=row,
        draft=draft,
        version=current.number if current else None,
        changes=publish.waiting(session, row),
        headline=counted.headline,
        numbers=counted.steps,
        history=counted.history,
        letters={key: name for key, name, _ in named},
        subjects={key: subject for key, _, subject in named},
        starts=words.starts(draft, {form.key: form.name for form in forms.starting(session, row.id)}),
    )


@blueprint.get("/sequences/<int:sequence_id>")
@signed_in
def sequence_editor(sequence_id: int) -> str | AnyResponse:
    """The page, with the step of `?step=` (else the first) open beside the timeline."""
    row = find(sequence_id)
    try:
        desk = desk_of(row)
    except documents.DocumentError as fault:
        flash(f"The draft cannot be read any more: {fault}", "bad")
        return redirect(url_for("web.sequence_text", sequence_id=sequence_id))
    step = desk.draft.step(request.args.get("step", "")) or next(iter(desk.draft.steps), None)
    return render_template("sequences/editor.html", **_page(desk), **_open(desk, step), opened="step" in request.args)


@blueprint.get("/sequences/<int:sequence_id>/steps/<key>")
@signed_in
def sequence_step(sequence_id: int, key: str) -> str | AnyResponse:
    """One step's panel (htmx); without htmx the whole page."""
    if not request.headers.get("HX-Request"):
        return redirect(url_for("web.sequence_editor", sequence_id=sequence_id, step=key))
    desk = desk_of(find(sequence_id))
    return render_template("sequences/_drawer.html", **_page(desk), **_open(desk, _step(desk.draft, key)))


@blueprint.post("/sequences/<int:sequence_id>/steps/<key>")
@role(*BUILDERS)
def sequence_step_save(sequence_id: int, key: str) -> AnyResponse:
    """Keep what was filled in; what makes no sense is said beside its field, and nothing is lost from the page."""
    row = find(sequence_id)
    draft = publish.draft_of(transaction(), row)
    step = _step(draft, key)
    changed, errors = step_form.filled_in(step, request.form, draft.steps[0].id == key)
    errors |= step_preview.faults(changed)
    if not errors:
        errors = _keep(row, editing.change_step(draft, key, lambda _: changed), key)
    if not request.headers.get("HX-Request"):
        return _after_plain_save(row, key, errors)
    desk = desk_of(row)
    shown = changed if errors else _step(desk.draft, key)
    page = {**_page(desk), **_open(desk, shown), "errors": errors}
    return Response(render_template("sequences/_saved.html", **page), 422 if errors else 200)


@blueprint.post("/sequences/<int:sequence_id>/steps")
@role(*BUILDERS)
def sequence_step_add(sequence_id: int) -> AnyResponse:
    """A new step behind the chosen one, opened at once."""
    row = find(sequence_id)
    draft = publish.draft_of(transaction(), row)
    kind, after = request.form.get("kind", ""), request.form.get("after") or None
    if kind not in editing.ADDABLE:
        abort(400, "There is no such kind of step.")
    step = editing.new_step(draft, Kind(kind), after if draft.step(after or "") else None)
    return _edited(row, lambda: editing.add(draft, step, after if draft.step(after or "") else None), step.id)


@blueprint.post("/sequences/<int:sequence_id>/order")
@role(*BUILDERS)
def sequence_order(sequence_id: int) -> AnyResponse:
    """The main line in a new order, as it was dragged."""
    row = find(sequence_id)
    draft = publish.draft_of(transaction(), row)
    try:
        keys = tuple(str(key) for key in json.loads(request.form.get("keys", "[]")))
    except (ValueError, TypeError):
        abort(400, "The order could not be read. Reload the page and try again.")
    return _edited(row, lambda: editing.reorder(draft, keys), request.form.get("step") or draft.steps[0].id)


@blueprint.post("/sequences/<int:sequence_id>/steps/<key>/<any(up,down,off,on,copy,remove,variant,unvary):what>")
@role(*BUILDERS)
def sequence_step_do(sequence_id: int, key: str, what: str) -> AnyResponse:
    """Move, switch off and on, copy or take out a step. One with history is switched off instead (V6)."""
    row = find(sequence_id)
    draft = publish.draft_of(transaction(), row)
    if what == "copy":
        edited, new = editing.copy(draft, key)
        return _edited(row, lambda: edited, new)
    if what == "remove" and key in sequence_numbers.with_history(transaction(), sequence_id):
        flash("This step has history, so it is switched off and keeps its numbers.", "ok")
        what = "off"
    edit = {
        "up": lambda: editing.move(draft, key, -1),
        "down": lambda: editing.move(draft, key, 1),
        "off": lambda: editing.switch(draft, key, True),
        "on": lambda: editing.switch(draft, key, False),
        "remove": lambda: editing.remove(draft, key),
        "variant": lambda: editing.add_variant(draft, key),
        "unvary": lambda: editing.drop_variant(draft, key),
    }[what]
    return _edited(row, edit, key)


@blueprint.post("/sequences/<int:sequence_id>/steps/<key>/test")
@role(*BUILDERS)
def sequence_step_test(sequence_id: int, key: str) -> AnyResponse:
    """Test on myself: the step's letter, for the chosen sample lead, to the signed-in user."""
    row = find(sequence_id)
    step = _step(publish.draft_of(transaction(), row), key)
    shown = step_preview.of(step, _sample_id())
    if shown is None or shown.letter is None:
        flash(shown.fault if shown else "Choose a step that sends a letter; this one is done by a person.", "bad")
    else:
        user = this_user()
        previews.send_test(transaction(), shown.letter, user, now())
        poke("deliver_urgent")
        flash(f"On its way to {user.email}.", "ok")
    return redirect(url_for("web.sequence_editor", sequence_id=sequence_id, step=key), 303)


def _edited(row: SequenceRow, edit: Callable[[], Sequence], key: str) -> AnyResponse:
    """Do an edit, keep the draft, and answer with the timeline and the step's panel."""
    try:
        publish.save_draft(transaction(), row, edit())
    except (CannotEdit, documents.DocumentError) as fault:
        return _refused(row, key, _plain(fault))
    if not request.headers.get("HX-Request"):
        return redirect(url_for("web.sequence_editor", sequence_id=row.id, step=key), 303)
    desk = desk_of(row)
    step = desk.draft.step(key) or desk.draft.steps[0]
    return Response(render_template("sequences/_changed.html", **_page(desk), **_open(desk, step)))


def _refused(row: SequenceRow, key: str, words_: str) -> AnyResponse:
    """Say why not; the page goes back to what is kept."""
    if not request.headers.get("HX-Request"):
        flash(words_, "bad")
        return redirect(url_for("web.sequence_editor", sequence_id=row.id, step=key), 303)
    desk = desk_of(row)
    step = desk.draft.step(key) or desk.draft.steps[0]
    page = render_template("sequences/_changed.html", **_page(desk), **_open(desk, step), refused=words_)
    return Response(page, 422)


def _keep(row: SequenceRow, edited: Sequence, key: str) -> dict[str, str]:
    """Keep an edited step; the document's refusal as an error beside the field that it is about."""
    try:
        publish.save_draft(transaction(), row, edited)
    except documents.DocumentError as fault:
        return {_field_of(str(fault)): _plain(fault)}
    return {}


def _field_of(fault: str) -> str:
    """The field that a refusal is about, by the words that it uses."""
    about = (
        ("merge field", "body"),
        ("delay", "after"),
        ("after:", "after"),
        ("subject", "subject"),
        ("timeout", "timeout"),
    )
    return next((name for word, name in about if word in fault.lower()), "step")


def _plain(fault: Exception) -> str:
    """A refusal without the file and the line, which mean nothing where there is no text to look at."""
    return f"{fault.problem} {fault.remedy}".strip() if isinstance(fault, documents.DocumentError) else str(fault)


def _after_plain_save(row: SequenceRow, key: str, errors: dict[str, str]) -> AnyResponse:
    if not errors:
        return redirect(url_for("web.sequence_editor", sequence_id=row.id, step=key), 303)
    desk = desk_of(row)
    page = {**_page(desk), **_open(desk, _step(desk.draft, key)), "errors": errors, "values": request.form}
    page["opened"] = True
    return Response(render_template("sequences/editor.html", **page), 422)


def _step(sequence: Sequence, key: str) -> Step:
    return sequence.step(key) or abort(404, "This step is not in the draft any more.")


def _sample_id() -> int | None:
    given = request.values.get("lead", "")
    return whole(given)


def _page(desk: Desk) -> dict[str, object]:
    allow(frame_src="'self'")
    return {
        "desk": desk,
        "cards": sequence_cards.timeline(desk.board),
        "tracks": sequence_cards.tracks(desk.board),
        "words": words,
        "kinds": [(kind.value, *words.KINDS[kind]) for kind in editing.ADDABLE],
        "may_edit": this_user().role in BUILDERS,
    }


def _open(desk: Desk, step: Step | None) -> dict[str, object]:
    """What the panel of a step needs."""
    if step is None:
        return {"step": None}
    session = transaction()
    return {
        "step": step,
        "chosen": step.id,
        "slots": step_form.fields_of(step),
        "first": bool(desk.draft.steps) and desk.draft.steps[0].id == step.id,
        "has_history": step.id in desk.history,
        "in_line": any(one.id == step.id for one in desk.draft.steps),
        "units": step_form.UNITS,
        "joined": condition_form.JOINED,
        "examples": condition_form.EXAMPLES,
        "lines_of": condition_form.lines_of,
        "sequence_names": [one.name for one in sequences.all_sequences(session) if not one.archived_at],
        "then_choices": step_form.THEN,
        "letter_choices": templates.choices(session),
        "template_ids": templates.ids(session),
        "shown": step_preview.of(step, _sample_id()),
        "samples": previews.samples(session),
        "sample_id": _sample_id(),
        "merge_menu": MENU,
        "errors": {},
        "values": {},
    }
