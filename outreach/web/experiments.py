"""/experiments: one whole sequence against another, by lot at entry; what each side did, and what may be concluded (B6)."""

from flask import Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from outreach.core.experiments import people_needed
from outreach.errors import Refused
from outreach.http.access import role, signed_in
from outreach.http.house import now
from outreach.http.numbers import whole
from outreach.http.sign_in import this_user
from outreach.http.transactions import transaction
from outreach.journeys import experiments as journeys
from outreach.reports import experiments as reports
from outreach.store import experiments, sequences
from outreach.store.experiments import Experiment
from outreach.store.sequences import SequenceRow
from outreach.web.blueprint import blueprint
from outreach.web.sequences import BUILDERS

BLANK = {"measure": "positive", "weight": "50", "rate": "5", "worth": "10"}


@blueprint.get("/experiments")
@signed_in
def experiment_list() -> str:
    """Every test, those that run first, and the form for a new one."""
    return _list_page(BLANK, {})


@blueprint.post("/experiments")
@role(*BUILDERS)
def experiment_begin() -> AnyResponse:
    """Begin a test."""
    form = request.form
    try:
        found = journeys.begin(
            transaction(), _sequence("first"), _sequence("second"), this_user(), now(),
            measure=form.get("measure", ""), weight=_number("weight"), rate=_percent("rate"), worth=_percent("worth"),
        )  # fmt: skip
    except Refused as fault:
        return Response(_list_page(form, {"first": str(fault)}), 422)
    flash("The test runs. From now on a lot decides at entry.", "ok")
    return redirect(url_for("web.experiment_page", experiment_id=found.id), 303)


@blueprint.get("/experiments/<int:experiment_id>")
@signed_in
def experiment_page(experiment_id: int) -> str:
    """One test: its two sides, the verdict, and the people of a side."""
    row = _find(experiment_id)
    test = reports.of(transaction(), row, now())
    side = request.args.get("side", test.sides[0].sequence_id, type=int)
    only = request.args.get("only", "")
    if side not in (row.sequence_id, row.other_id) or (only and only not in reports.ONLY):
        abort(404)
    people = reports.people(transaction(), row, side, now(), only)
    return render_template(
        "experiments/page.html", test=test, side=side, people=people, only=reports.ONLY.get(only, ""), measures=journeys.MEASURES,
        may_edit=this_user().role in BUILDERS,
    )  # fmt: skip


@blueprint.post("/experiments/<int:experiment_id>/close")
@role(*BUILDERS)
def experiment_close(experiment_id: int) -> AnyResponse:
    """No more lots; the numbers stay."""
    journeys.close(transaction(), _find(experiment_id), this_user(), now())
    flash("The test is closed. Everybody enters the first sequence again.", "ok")
    return redirect(url_for("web.experiment_page", experiment_id=experiment_id), 303)


def _list_page(given: object, errors: dict[str, str]) -> str:
    session = transaction()
    tests = [reports.of(session, row, now()) for row in experiments.all_experiments(session)]
    live = [
        (row.id, row.name) for row in sequences.all_sequences(session) if row.current_version_id and not row.archived_at
    ]
    examples = [(rate, worth, people_needed(rate / 100, worth / 100)) for rate, worth in ((5, 10), (5, 7), (10, 15))]
    return render_template(
        "experiments/list.html", tests=tests, live=live, given=given, errors=errors, examples=examples,
        measures=journeys.MEASURES, may_edit=this_user().role in BUILDERS,
    )  # fmt: skip


def _find(experiment_id: int) -> Experiment:
    row = transaction().get(Experiment, experiment_id)
    if row is None:
        abort(404)
    return row


def _sequence(field: str) -> SequenceRow:
    number = request.form.get(field, "")
    row = transaction().get(SequenceRow, key) if (key := whole(number)) is not None else None
    if row is None:
        raise Refused("Choose two sequences.")
    return row


def _number(field: str) -> int:
    text = request.form.get(field, "").strip()
    number = whole(text)
    if number is None:
        raise Refused(f"“{text[:20]}” is no whole number.")
    return number


def _percent(field: str) -> float:
    text = request.form.get(field, "").strip().rstrip("%").replace(",", ".")
    try:
        return float(text) / 100
    except ValueError:
        raise Refused(f"“{text[:20]}” is no percentage.") from None
