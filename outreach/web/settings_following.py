"""/settings/following: our own sites and their script, how fresh the inbox must be, the score. /settings/stop-rules: sets (X1)."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from outreach.core import scoring
from outreach.core.pipeline import STAGES
from outreach.core.sequences import STOPS
from outreach.errors import Refused
from outreach.http.access import role, signed_in
from outreach.http.house import current_house, now
from outreach.http.sign_in import this_user
from outreach.http.transactions import transaction
from outreach.journeys import follow_rules
from outreach.journeys import scoring as scores
from outreach.reports import stop_use
from outreach.store import account, stop_sets, visits
from outreach.store.leads import Lead
from outreach.store.stop_sets import StopSet
from outreach.web.blueprint import blueprint

BUILDERS = ("admin", "manager", "marketer")
TRIGGERS = {
    "reply": "They reply",
    "meeting": "An interview is booked",
    "call_connected": "They answer a call",
    "click": "They click a link",
    "colleague_reply": "A colleague replies",
    "won": "The deal is won",
}


@blueprint.get("/settings/following")
@role("admin", "manager", "marketer")
def following() -> str:
    """The page."""
    us, rules = account.get(transaction()), scores.rules_of(transaction())
    given = {
        "sites": "\n".join(us.sites),
        "inbox_minutes": str(us.inbox_minutes),
        "cap_day": str(us.cap_day),
        "cap_week": str(us.cap_week),
        "answers_an_hour": str(us.answers_an_hour),
        "burst_least": str(us.burst_least),
        **{kind: str(rules.points.get(kind, 0)) for kind in scoring.KINDS},
        "named": _lines(rules.named),
        "tags": _lines(rules.tags),
        "half_days": str(rules.half_days),
        "most": str(rules.most),
    }
    return _page(given, {})


@blueprint.post("/settings/following")
@role("admin", "manager", "marketer")
def save_following() -> str | AnyResponse:
    """Keep it, or say beside each field what is wrong."""
    given = {key: text[:5000] for key, text in request.form.items()}
    if errors := follow_rules.save(transaction(), given):
        return Response(_page(given, errors), 422)
    flash("Saved.", "ok")
    return redirect("/settings/following", 303)


@blueprint.get("/settings/stop-rules")
@role(*BUILDERS)
def stop_rules() -> str:
    """All sets, each a small form."""
    return _stops({}, "")


@blueprint.post("/settings/stop-rules")
@role(*BUILDERS)
def stop_rules_new() -> str | AnyResponse:
    """A new set."""
    return _save_stops(None)


@blueprint.post("/settings/stop-rules/<int:set_id>")
@role(*BUILDERS)
def stop_rules_save(set_id: int) -> str | AnyResponse:
    """Change a set, or take it away."""
    session = transaction()
    row = session.get(StopSet, set_id)
    if row is None:
        abort(404)
    if request.form.get("do") == "delete":
        if used := stop_use.of_sets(session).get(row.name.lower()):
            flash(f"It is used by {', '.join(used[:5])}.", "bad")
        else:
            session.delete(row)
            flash(f"“{row.name}” was taken away.", "ok")
        return redirect("/settings/stop-rules", 303)
    return _save_stops(row)


@blueprint.get("/leads/<int:lead_id>/score")
@signed_in
def lead_score(lead_id: int) -> str:
    """What a lead's score is made of."""
    return _score(_lead(lead_id), "")


@blueprint.post("/leads/<int:lead_id>/score")
@signed_in
def lead_score_give(lead_id: int) -> str | AnyResponse:
    """Points by hand."""
    text = request.form.get("points", "").strip()
    lead = _lead(lead_id)
    try:
        if not text.removeprefix("-").removeprefix("+").isdecimal() or len(text) > 6:
            raise Refused("Write a whole number.")
        scores.give(transaction(), lead.id, int(text), this_user(), now())
    except Refused as fault:
        return Response(_score(lead, str(fault)), 422)
    if request.headers.get("HX-Request"):
        return _score(lead, "")
    return redirect(f"/leads/{lead.id}", 303)


def _page(given: dict[str, str], errors: dict[str, str]) -> str:
    return render_template(
        "settings_following.html",
        given=given,
        errors=errors,
        kinds=scoring.KINDS,
        us=account.get(transaction()),
        address=current_house().url("/o.js"),
        pages=visits.counts_by_path(transaction(), 10),
    )


def _lines(points: Any) -> str:
    return "\n".join(f"{name} = {number}" for name, number in points.items())


def _stops(given: dict[str, Any], error: str) -> str:
    session = transaction()
    used = stop_use.of_sets(session)
    return render_template(
        "settings_stop_rules.html",
        sets=[{"row": row, "used": used.get(row.name.lower(), [])} for row in stop_sets.all_sets(session)],
        triggers=TRIGGERS,
        stages=STAGES,
        actions=follow_rules.ACTIONS,
        given=given,
        error=error,
    )


def _save_stops(row: StopSet | None) -> str | AnyResponse:
    form = request.form
    rules: dict[str, Any] = {key: form.get(key, "") for key in STOPS}
    rules["stage"] = {stage: form.get(f"stage_{stage}", "") for stage in STAGES}
    name, note = form.get("name", ""), form.get("note", "")
    given = {"id": row.id if row else 0, "name": name, "note": note, "rules": rules}
    try:
        follow_rules.save_stops(transaction(), row, name, note, rules)
    except Refused as fault:
        return Response(_stops(given, str(fault)), 422)
    flash("Saved. It counts at once in every sequence that uses it.", "ok")
    return redirect("/settings/stop-rules", 303)


def _score(lead: Lead, error: str) -> str:
    part = "leads/_score.html" if request.headers.get("HX-Request") else "leads/score.html"
    return render_template(part, lead=lead, parts=scores.parts_of(transaction(), lead, now()), error=error)


def _lead(lead_id: int) -> Lead:
    lead = transaction().get(Lead, lead_id)
    if lead is None:
        abort(404)
    return lead
