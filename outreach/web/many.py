"""/batches: work on many leads on its way: progress, who was left out and why, and taking it back; /leads/many: the preview."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from outreach.core import pipeline
from outreach.errors import Refused
from outreach.http.access import signed_in
from outreach.http.house import current_house, now
from outreach.http.numbers import whole
from outreach.http.sign_in import this_user
from outreach.http.transactions import poke, transaction
from outreach.journeys import bulk, many
from outreach.journeys.bulk import Chosen
from outreach.store import batches, leads, segments, sequences, users
from outreach.store.batches import Batch
from outreach.web.blueprint import blueprint
from outreach.web.filters import page_zone

MANAGERS = ("admin", "manager")
PAGE = 50
MOST_BY_HAND = 5000
STATES = (
    ("", "All"), ("done", "Done"), ("refused", "Left as they are"), ("failed", "Failed"), ("undone", "Taken back"),
    ("kept", "Could not be taken back"),
)  # fmt: skip


@blueprint.get("/batches")
@signed_in
def batch_list() -> str:
    """What was done to many leads of late: mine, or everybody's for managers."""
    user = this_user()
    found = batches.latest(transaction(), None if user.role in MANAGERS else user.id, 50)
    names = {one.id: one.name for one in users.all_users(transaction())}
    return render_template("many/list.html", batches=found, names=names)


@blueprint.get("/batches/<int:batch_id>")
@signed_in
def batch_page(batch_id: int) -> str:
    """Progress while it runs (asked for in part by the page itself), then the results."""
    batch, session = _mine(batch_id), transaction()
    state = request.args.get("state", "")
    after = request.args.get("after", 0, int)
    found = batches.items(session, batch_id, state, after, PAGE + 1)
    people = leads.by_ids(session, [item.lead_id for item in found])
    counts = batches.counts(session, batch_id)
    done = batch.total - counts.get("waiting", 0) if batch.state != "undoing" else batch.total - counts.get("done", 0)
    page: dict[str, Any] = {"batch": batch, "counts": counts, "done": done, "people": people, "states": STATES}
    page |= {"items": found[:PAGE], "more": found[PAGE - 1].id if len(found) > PAGE else None, "state": state}
    page["undoable"] = batch.undo_until is not None and batch.undo_until > now() and batch.state in ("running", "done")
    part = "many/_progress.html" if request.headers.get("HX-Request") else "many/page.html"
    return render_template(part, **page)


@blueprint.post("/batches/<int:batch_id>/undo")
@signed_in
def batch_undo(batch_id: int) -> AnyResponse:
    """Take it back, within 24 hours."""
    many.take_back(transaction(), _mine(batch_id), now())
    poke("work_many")
    return redirect(f"/batches/{batch_id}", 303)


@blueprint.post("/batches/<int:batch_id>/stop")
@signed_in
def batch_stop(batch_id: int) -> AnyResponse:
    """Leave those that still wait as they are."""
    many.stop(transaction(), _mine(batch_id))
    poke("work_many")
    flash("Stopped. Those that were not done yet stay as they are.", "ok")
    return redirect(f"/batches/{batch_id}", 303)


@blueprint.post("/leads/many")
@signed_in
def many_preview() -> str | tuple[str, int]:
    """What the action would do to the chosen leads, and what it needs to know."""
    return _preview(bulk.ACTIONS.get(request.form.get("do", "")))


@blueprint.post("/leads/many/do")
@signed_in
def many_do() -> AnyResponse | tuple[str, int]:
    """Line them up; a worker does the rest."""
    session, kind = transaction(), request.form.get("do", "")
    try:
        batch = bulk.start(session, kind, _chosen(), _params(kind), this_user(), now())
    except Refused as refused:
        session.rollback()
        page, status = _preview(bulk.ACTIONS.get(kind), str(refused))
        return page, status
    poke("work_many")
    return redirect(f"/batches/{batch.id}", 303)


def _preview(action: bulk.BulkAction | None, fault: str = "") -> tuple[str, int]:
    if action is None:
        raise Refused("Choose what to do with the leads.")
    session, kind = transaction(), request.form["do"]
    seen: bulk.Preview | None = None
    if not fault and _is_said(kind):
        try:
            seen = bulk.preview(session, current_house(), kind, _chosen(), _params(kind), now())
        except Refused as refused:
            fault = str(refused)
    rows = [one for one in sequences.all_sequences(session) if one.current_version_id and not one.archived_at]
    page = render_template(
        "many/preview.html", action=action, kind=kind, seen=seen, fault=fault, total=_chosen().count(session),
        form=request.form, leads=request.form.getlist("lead")[:MOST_BY_HAND],
        sequences=[(str(one.id), one.name) for one in rows if kind != "enrol" or one.class_ != "inbound"],
        owners=[("", "Nobody")] + [(str(one.id), one.name) for one in users.active_users(session)],
        tags=leads.all_tags(session), may=not action.roles or this_user().role in action.roles,
    )  # fmt: skip
    return page, 422 if fault else 200


NEEDED = {"enrol": "sequence", "tag": "tag", "untag": "tag"}


def _is_said(kind: str) -> bool:
    """Whether everything that the action needs was filled in; else the page asks for it first."""
    if kind == "owner":
        return "owner" in request.form
    return kind not in NEEDED or bool(request.form.get(NEEDED[kind], "").strip())


def _params(kind: str) -> dict[str, Any]:
    given = {
        key: request.form.get(key, "").strip()[:300]
        for key in ("sequence", "owner", "tag", "reason", "choice", "confirm")
    }
    given["until"] = _until(request.form.get("until", ""))
    return {key: value for key, value in given.items() if value}


def _until(text: str) -> str:
    if not text.strip():
        return ""
    try:
        day = datetime.fromisoformat(text.strip()[:10]).date()
    except ValueError:
        raise Refused(f"“{text[:40]}” is no date.") from None
    return datetime.combine(day, time(9), ZoneInfo(page_zone())).isoformat()


def _chosen() -> Chosen:
    """The ticked leads, or all that the filters find."""
    if request.form.get("all") != "1":
        ids = [n for text in request.form.getlist("lead")[:MOST_BY_HAND] if (n := whole(text)) is not None]
        return Chosen(ids=tuple(ids))
    asked = {
        key: request.form.get(f"f_{key}", "").strip()[:200]
        for key in ("q", "stage", "owner", "tag", "state", "segment")
    }
    owner = this_user().id if asked["owner"] == "me" else whole(asked["owner"])
    stage = asked["stage"] if asked["stage"] in pipeline.STAGES else ""
    filters = {"words": asked["q"], "stage": stage, "owner_id": owner, "tag": asked["tag"], "state": asked["state"]}
    return Chosen(filters={**filters, "also": segments.named(transaction(), asked["segment"], now())})


def _mine(batch_id: int) -> Batch:
    """A batch of one's own; managers see all."""
    batch = transaction().get(Batch, batch_id)
    if batch is None or (batch.actor_id != this_user().id and this_user().role not in MANAGERS):
        abort(404)
    return batch
