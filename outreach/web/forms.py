"""/forms: shape a form beside its live view, copy its embed code, read what people sent."""

import csv
import io
import re
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from outreach.core.answers import in_words
from outreach.errors import Refused
from outreach.http.access import role, signed_in
from outreach.http.headers import allow
from outreach.http.house import current_house, now
from outreach.http.numbers import whole
from outreach.http.sign_in import this_user
from outreach.http.transactions import transaction
from outreach.journeys import design_form, held_answers
from outreach.journeys.design_form import KINDS, KNOWN, MOST_FIELDS, MOST_OPTIONS, OPTION, Draft
from outreach.store import forms, leads, sequences, templates
from outreach.store import held_answers as held_rows
from outreach.store.forms import Form, Submission
from outreach.web.blueprint import blueprint

BUILDERS = ("admin", "manager", "marketer")
SHOWN = 200
EXPORTED = 100_000
FORMULA = tuple("=+-@\t\r\n")


@blueprint.get("/forms")
@signed_in
def form_list() -> str:
    """Every form with what came in through it."""
    session = transaction()
    names = {row.id: row.name for row in sequences.all_sequences(session)}
    return render_template(
        "forms/list.html", forms=forms.all_forms(session), counts=forms.counts(session), sequences=names, error=""
    )


@blueprint.post("/forms")
@role(*BUILDERS)
def form_new() -> AnyResponse:
    """A new form, closed until it is switched on."""
    try:
        form = design_form.new(transaction(), request.form.get("name", ""), now())
    except Refused as error:
        flash(str(error), "bad")
        return redirect("/forms", 303)
    return redirect(f"/forms/{form.id}", 303)


@blueprint.get("/forms/<int:form_id>")
@signed_in
def form_editor(form_id: int) -> str:
    """The editor beside the live form."""
    form = _form(form_id)
    return _editor(form, _as_draft(form), {})


@blueprint.post("/forms/<int:form_id>")
@role(*BUILDERS)
def form_save(form_id: int) -> str | AnyResponse:
    """Save everything; a button of a field also moves, adds or removes."""
    form, draft = _form(form_id), _posted()
    what = request.form.get("do", "")
    if what == "add":
        what = f"add:{request.form.get('add_key', 'own')}"
    if what:
        draft = Draft(**{**draft.__dict__, "fields": design_form.rearranged(draft.fields, what)})
    errors = design_form.save(transaction(), form, draft)
    if errors:
        return Response(_editor(form, draft, errors), 422)
    if not what:
        flash("Saved: the form shows it now.", "ok")
    return redirect(f"/forms/{form.id}" + (f"#field-{_place(what, draft)}" if what else ""), 303)


@blueprint.post("/forms/<int:form_id>/answers")
@role(*BUILDERS)
def form_answers(form_id: int) -> AnyResponse:
    """MAIL L4: let a form answer by itself again, or decide about all whose answer waits."""
    form, what = _form(form_id), request.form.get("do", "")
    if what == "go_on":
        held_answers.go_on(transaction(), form, this_user(), now())
        flash("The form answers by itself again.", "ok")
    elif what in ("send", "leave"):
        count = held_answers.choose_all(transaction(), form, what == "send", this_user(), now())
        flash(f"{count} {'go out now' if what == 'send' else 'stay unanswered'}.", "ok")
    return redirect(f"/forms/{form.id}", 303)


@blueprint.post("/answers/<int:held_id>")
@signed_in
def held_answer(held_id: int) -> AnyResponse:
    """MAIL L2, L4: send an answer that waits, or leave it."""
    back = request.form.get("back", "")
    try:
        send = request.form.get("do") == "send"
        words = held_answers.choose(transaction(), current_house(), held_id, send, this_user(), now())
        flash(f"{words}.", "ok")
    except Refused as fault:
        flash(str(fault), "bad")
    return redirect(back if re.fullmatch(r"/(leads/\d+|forms/\d+/submissions)", back) else "/forms", 303)


@blueprint.get("/forms/<int:form_id>/submissions")
@signed_in
def form_submissions(form_id: int) -> str:
    """What people sent, the latest first."""
    form = _form(form_id)
    rows = forms.submissions(transaction(), form.id, SHOWN)
    people = leads.by_ids(transaction(), {row.lead_id for row in rows})
    said = {row.id: in_words(form.fields, row.answers) for row in rows}
    held = held_rows.open_of_submissions(transaction(), [row.id for row in rows])
    return render_template("forms/submissions.html", form=form, rows=rows, people=people, said=said, held=held)


@blueprint.get("/forms/<int:form_id>/submissions.csv")
@signed_in
def form_csv(form_id: int) -> Response:
    """All answers as CSV; what a spreadsheet would run as a formula is quoted (RELIABILITY 5.2 item 16)."""
    form = _form(form_id)
    rows = forms.submissions(transaction(), form.id, EXPORTED)
    keys = list(dict.fromkeys([*(one["key"] for one in form.fields), *(key for row in rows for key in row.answers)]))
    text = io.StringIO()
    sheet = csv.writer(text, quoting=csv.QUOTE_ALL)
    sheet.writerow(["submission", "at", "state", *map(_cell, keys), "zone", "referrer", "source", "campaign"])
    for row in rows:
        sheet.writerow(_line(row, keys))
    name = f"{form.key}-{now():%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response("\ufeff" + text.getvalue(), mimetype="text/csv", headers=headers)


def _form(form_id: int) -> Form:
    form = transaction().get(Form, form_id)
    if form is None:
        abort(404)
    return form


def _editor(form: Form, draft: Draft, errors: dict[str, str]) -> str:
    allow(frame_src="'self'")
    session = transaction()
    taken = {one["key"] for one in draft.fields}
    return render_template(
        "forms/editor.html",
        form=form,
        draft=draft,
        errors=errors,
        kinds=KINDS,
        known=KNOWN,
        addable=[(key, label) for key, (label, _) in KNOWN.items() if key not in taken],
        sequences=design_form.starts(session),
        letters=[row for row in templates.all_templates(session) if row.kind == "letter"],
        address=current_house().url(f"/f/{form.key}"),
        count=forms.counts(session).get(form.id, 0),
        waiting=held_rows.waiting(session, form.id),
    )


def _as_draft(form: Form) -> Draft:
    names = (
        "name",
        "title",
        "intro",
        "button",
        "thanks",
        "consent_text",
        "sequence_id",
        "letter",
        "active",
        "fields",
        "confirm",
    )
    draft = {name: getattr(form, name) for name in names} | {"confirm_days": str(form.confirm_days)}
    draft["fields"] = [one for one in form.fields if one["key"] != "consent"]
    return Draft(**draft)


def _posted() -> Draft:
    def text(name: str, most: int) -> str:
        return request.form.get(name, "").replace("\r\n", "\n").strip()[:most]

    sequence = request.form.get("sequence_id", "")
    return Draft(
        name=text("name", 80),
        title=text("title", 120),
        intro=text("intro", 1000),
        button=text("button", 40),
        thanks=text("thanks", 1000),
        consent_text=text("consent_text", 1000),
        sequence_id=whole(sequence),
        letter=text("letter", 100),
        active=request.form.get("active") == "1",
        confirm=request.form.get("confirm") == "1",
        confirm_days=text("confirm_days", 10),
        fields=[_posted_field(n) for n in range(MOST_FIELDS) if f"f_{n}_key" in request.form],
    )


def _posted_field(number: int) -> dict[str, Any]:
    def value(name: str, most: int = 200) -> str:
        return " ".join(request.form.get(f"f_{number}_{name}", "").split())[:most]

    kind = value("kind") if value("kind") in KINDS else "text"
    key = value("key", 40) or design_form.slug(value("label")).replace("-", "_")
    found: dict[str, Any] = {
        "key": design_form.slug(key).replace("-", "_"),
        "label": value("label"),
        "kind": kind,
        "required": f"f_{number}_required" in request.form,
        "help": value("help", 300),
    }
    if kind in ("select", "radio"):
        found["options"] = _posted_options(number)
    return found


def _posted_options(number: int) -> list[dict[str, str]]:
    found = []
    for place in range(MOST_OPTIONS):
        names = {name: f"o_{number}_{place}_{name}" for name in OPTION}
        option = {name: request.form.get(posted, "").strip()[:2000] for name, posted in names.items()}
        if option["label"] or option["value"]:
            option["value"] = option["value"] or design_form.slug(option["label"])
            option["label"] = option["label"] or option["value"]
            found.append({key: words for key, words in option.items() if words})
    return found


def _place(what: str, draft: Draft) -> int:
    act, _, where = what.partition(":")
    if act == "add":
        return len(draft.fields) - 1
    return max(0, (whole(where) or 0) + {"up": -1, "down": 1}.get(act, 0))


def _line(row: Submission, keys: list[str]) -> list[str]:
    utm = row.context.get("utm", {})
    context = (
        row.context.get("zone", ""),
        row.context.get("referrer", ""),
        utm.get("source", ""),
        utm.get("campaign", ""),
    )
    said = [row.answers.get(key, "") for key in keys]
    return [str(row.id), row.at.isoformat(timespec="seconds"), row.state, *map(_cell, said), *map(_cell, context)]


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return "'" + text if text.startswith(FORMULA) else text
