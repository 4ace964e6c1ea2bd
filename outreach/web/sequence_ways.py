"""/sequences/<id>/ways: what starts it, who stays out, how often; what a reply, a click, a sale and the like do (X1, M2, P7)."""

from dataclasses import replace
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from outreach import documents
from outreach.core.sequences import STOPS, Sequence
from outreach.http.access import role, signed_in
from outreach.http.sign_in import this_user
from outreach.http.transactions import transaction
from outreach.journeys import publish
from outreach.store import stop_sets
from outreach.web import sequence_words as words
from outreach.web.blueprint import blueprint
from outreach.web.sequence_editor import desk_of
from outreach.web.sequences import BUILDERS, find

TRIGGERS = (
    ("reply", "The lead replies"), ("meeting", "An interview is booked"), ("call_connected", "A call is answered"),
    ("click", "A link is clicked"), ("colleague_reply", "A colleague replies"), ("won", "The deal is won"),
)  # fmt: skip
ACTIONS = (
    ("continue", "go on"),
    ("pause", "pause"),
    ("stop", "stop"),
    ("ask", "ask the rep"),
    ("goto", "go to a step"),
)
EXAMPLES = (
    "form contact", "segment Price readers", "tag event-2026", "stage Quoted", "clicked pricing", "visited /pricing",
    "replied interested", "score >= 50", "date trial_ends - 3 days", "import", "api", "nurture return",
)  # fmt: skip
AGAIN = (
    ("if not active", "if not in it now"), ("once", "once only"), ("after", "again after some days"), ("always", "always"),
)  # fmt: skip


@blueprint.get("/sequences/<int:sequence_id>/ways")
@signed_in
def sequence_ways(sequence_id: int) -> str:
    """The page."""
    return _page(sequence_id, {}, {})


@blueprint.post("/sequences/<int:sequence_id>/ways")
@role(*BUILDERS)
def sequence_ways_save(sequence_id: int) -> AnyResponse:
    """Keep them in the draft; what makes no sense is said beside its field."""
    row = find(sequence_id)
    draft = publish.draft_of(transaction(), row)
    errors: dict[str, str] = {}
    edited = draft
    for field, read in (("on", _enter), ("stop", _stop)):
        try:
            edited = read(edited)
        except documents.DocumentError as fault:
            errors[field] = f"{fault.problem} {fault.remedy}"
    if not errors:
        try:
            publish.save_draft(transaction(), row, edited)
        except documents.DocumentError as fault:
            errors["stop" if "goto" in fault.problem else "on"] = f"{fault.problem} {fault.remedy}"
    if errors:
        return Response(_page(sequence_id, dict(request.form), errors), 422)
    flash("Kept in the draft.", "ok")
    return redirect(url_for("web.sequence_ways", sequence_id=sequence_id), 303)


def _lines(name: str) -> list[str]:
    return [line.strip() for line in request.form.get(name, "").splitlines() if line.strip()]


def _enter(draft: Sequence) -> Sequence:
    again = request.form.get("again", "if not active")
    if again == "after":
        again = f"after {request.form.get('again_days', '').strip() or '0'} days"
    rules: dict[str, Any] = {"on": _lines("on"), "unless": _lines("unless"), "again": again}
    most = request.form.get("company_at_most", "").strip()
    if most:
        rules["company_at_most"] = int(most) if most.isascii() and most.isdigit() else most
    return replace(draft, enter=documents.enter_rules({key: value for key, value in rules.items() if value}))


def _stop(draft: Sequence) -> Sequence:
    rules: dict[str, Any] = {}
    use = request.form.get("use", "").strip()
    for key in STOPS:
        chosen = request.form.get(f"stop_{key}", "")
        if chosen == "goto":
            chosen = f"goto {request.form.get(f'stop_{key}_step', '').strip()}"
        if chosen:
            rules[key] = chosen
    if draft.stop.stage:
        rules["stage"] = {stage: str(action) for stage, action in draft.stop.stage}
    if use:
        rules["use"] = use
    return replace(draft, stop=documents.stops_of(rules))


def _page(sequence_id: int, values: dict[str, str], errors: dict[str, str]) -> str:
    desk = desk_of(find(sequence_id))
    draft = desk.draft
    targets = [(step.id, step.id) for step in draft.every_step()]
    targets += [(name, f"{name} track") for name in ("positive", "negative") if getattr(draft, name)]
    return render_template(
        "sequences/ways.html", desk=desk, values=values, errors=errors, triggers=TRIGGERS, actions=ACTIONS,
        examples=EXAMPLES, again=AGAIN, targets=targets, rules=documents.entry_lines(draft.enter),
        sets=_sets(draft), words=words, may_edit=this_user().role in BUILDERS,
    )  # fmt: skip


def _sets(draft: Sequence) -> list[tuple[str, str]]:
    """The account's sets of stop rules to choose from; empty when there are none."""
    names = [one.name for one in stop_sets.all_sets(transaction())]
    if draft.stop.use and draft.stop.use.lower() not in [name.lower() for name in names]:
        names.append(draft.stop.use)
    return [("", "none: what is chosen here"), *((name, name) for name in names)] if names else []
