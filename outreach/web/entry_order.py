"""/sequences/order: which sequence a lead enters when several could (M2), and who was not enrolled, with the reason."""

from datetime import timedelta

from flask import abort, redirect, render_template, request
from werkzeug.wrappers import Response

from outreach.http.access import role, signed_in
from outreach.http.house import now
from outreach.http.numbers import whole
from outreach.http.sign_in import this_user
from outreach.http.transactions import transaction
from outreach.journeys import enrol, order_entry
from outreach.store import entries, forms, happenings, leads, sequences
from outreach.store.sequences import SequenceRow
from outreach.web import sequence_words as words
from outreach.web.blueprint import blueprint

BUILDERS = ("admin", "manager", "marketer")
LATELY = timedelta(days=30)
PAGE = 50


@blueprint.get("/sequences/order")
@signed_in
def entry_order() -> str:
    """The list of entry, from the first that is asked to the last."""
    session = transaction()
    rows = sequences.in_order(session)
    refused = entries.refusal_counts(session, now() - LATELY)
    lines = []
    for row, candidate in zip(rows, enrol.candidates(session, rows), strict=True):
        named = {form.key: form.name for form in forms.starting(session, row.id)}
        document = candidate.sequence
        lines.append(
            {
                "row": row,
                "ways": words.starts(document, named) if document else [],
                "unless": words.unless(document) if document else [],
                "most": document.enter.company_at_most if document else None,
                "refused": refused.get(row.id, 0),
            }
        )
    return render_template("sequences/order.html", lines=lines, classes=dict(words.CLASSES))


@blueprint.post("/sequences/<int:sequence_id>/entry-order")
@role(*BUILDERS)
def entry_order_move(sequence_id: int) -> Response:
    """One place up or down, or to the top."""
    by = {"up": -1, "down": 1, "top": -100_000}.get(request.form.get("do", ""), 0)
    order_entry.move(transaction(), _sequence(sequence_id), by, this_user(), now())
    return redirect(f"/sequences/order#sequence-{sequence_id}", 303)


@blueprint.get("/sequences/<int:sequence_id>/not-enrolled")
@signed_in
def not_enrolled(sequence_id: int) -> str:
    """Who did not enter, the latest first, with rule and reason; who waits for a place of the company."""
    session, row = transaction(), _sequence(sequence_id)
    before = request.args.get("before", "")
    found = entries.refusals(session, row.id, whole(before), PAGE + 1)
    shown, waiting = found[:PAGE], happenings.waiting_of(session, row.id)
    ids = {event.lead_id or 0 for event in shown} | {entry.lead_id for entry in waiting}
    people = leads.by_ids(session, ids)
    return render_template(
        "sequences/not_enrolled.html",
        row=row,
        shown=shown,
        people=people,
        waiting=waiting,
        rules=entries.refusals_by_rule(session, row.id, now() - LATELY),
        more=shown[-1].id if len(found) > PAGE else None,
    )


def _sequence(sequence_id: int) -> SequenceRow:
    row = transaction().get(SequenceRow, sequence_id)
    if row is None:
        abort(404)
    return row
