"""/leads: everybody, found by words and filters; new leads by hand, a pasted list, and the list as CSV."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Response, flash, redirect, render_template, request, stream_with_context
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from outreach.core import jurisdictions, pipeline
from outreach.core.entry import Happening
from outreach.errors import Refused
from outreach.http.access import signed_in
from outreach.http.house import current_house, now
from outreach.http.numbers import whole
from outreach.http.sign_in import this_user
from outreach.http.transactions import poke, transaction
from outreach.journeys import bulk, capture, enrol, import_leads
from outreach.reports import card
from outreach.store import leads, segments, sequences, users
from outreach.store.leads import Lead
from outreach.web.blueprint import blueprint

PAGE = 50
BY_RULES = "ways in"
"""Chosen instead of a sequence: the sequences that listen for imports decide (M2)."""
SOURCES = (("call", "They called"), ("walk-in", "Walk-in"), ("card", "Business card"))
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@blueprint.get("/leads")
@signed_in
def lead_list() -> str:
    """A page of leads, the latest activity first."""
    session, asked = transaction(), _asked()
    until = leads.farthest(session, asked["state"], _cursor())
    found = leads.page(session, **_filters(), before=_cursor(), until=until, limit=PAGE + 1)
    rows = found[:PAGE]
    last = (rows[-1].last_activity_at, rows[-1].id) if len(found) > PAGE else until
    part = "leads/rows.html" if request.headers.get("HX-Target") == "lead-rows" else "leads/list.html"
    return render_template(
        part, rows=_rows(session, rows), asked=asked, more=_after(last, asked) if last else "",
        stages=pipeline.STAGES, counts=_counts(session), owners=users.active_users(session),
        tags=leads.all_tags(session),
        segments=[one.name for one in segments.all_segments(session)], states=tuple(leads.IN_STATE), query=urlencode(asked),
        filtered=any(asked.values()), bulk=bulk.ACTIONS, looked=leads.FARTHEST,
    )  # fmt: skip


@blueprint.get("/leads/export.csv")
@signed_in
def export_leads() -> Response:
    """All leads that the filters find, page by page; no cell can be taken for a formula."""
    filters = _filters()
    lines = stream_with_context(_csv_lines(filters))
    headers = {"Content-Disposition": "attachment; filename=leads.csv", "Cache-Control": "no-store"}
    return Response(lines, mimetype="text/csv; charset=utf-8", headers=headers)


@blueprint.get("/leads/new")
@signed_in
def new_lead() -> str:
    """The form for somebody who called, came in or gave a card."""
    return _new_form({"source": request.args.get("source", "call"), "owner": str(this_user().id)}, {})


@blueprint.post("/leads/new")
@signed_in
def add_lead() -> str | AnyResponse | tuple[str, int]:
    """Note the lead and start the chosen sequence."""
    given = {key: value.strip() for key, value in request.form.items()}
    session = transaction()
    savepoint = session.begin_nested()
    try:
        captured = capture.note_lead(
            session, current_house(), name=given.get("name", "")[:200], email=given.get("email", "")[:254],
            phone=given.get("phone", "")[:50], company=given.get("company", "")[:200], topic=given.get("topic", "")[:200],
            message=given.get("message", "")[:5000], source=_source(given), sequence_id=whole(given.get("sequence")),
            owner_id=whole(given.get("owner")), now=now(), actor_id=this_user().id,
        )  # fmt: skip
    except Refused as refused:
        savepoint.rollback()
        field = "phone" if "phone" in str(refused).lower() and "address" not in str(refused).lower() else "email"
        return _new_form(given, {field: str(refused)}), 422
    savepoint.commit()
    poke("advance")
    poke("deliver_urgent")
    lead = session.get_one(Lead, captured.lead_id)
    left_out = given.get("sequence") and not captured.enrolment_id
    ending = (
        " and in the sequence." if captured.enrolment_id else ", but not in the sequence: see why." if left_out else "."
    )
    flash(f"{lead.name or lead.email or lead.phone} is noted{ending}", "bad" if left_out else "ok")
    return redirect(f"/leads/{captured.lead_id}", 303)


@blueprint.get("/leads/import")
@signed_in
def import_form() -> str:
    """Where a list is pasted."""
    return _import_page({}, "")


@blueprint.post("/leads/import")
@signed_in
def import_list() -> str | tuple[str, int]:
    """First what was understood, then, on the second click, the import."""
    given = {key: request.form.get(key, "") for key in ("text", "sequence", "owner", "tag", "basis")}
    try:
        lines = import_leads.read(transaction(), given["text"])
    except Refused as refused:
        return _import_page(given, str(refused)), 422
    if "import" not in request.form:
        return _import_page(given, "", lines=lines)
    results = import_leads.run(
        transaction(), current_house(), lines, sequence_id=whole(given["sequence"]), owner_id=whole(given["owner"]),
        tag=" ".join(given["tag"].split())[:60], now=now(), actor_id=this_user().id,
        by_rules=given["sequence"] == BY_RULES, basis=given["basis"],
    )  # fmt: skip
    poke("advance")
    return _import_page(given, "", results=results)


def _counts(session: Session) -> dict[str, str]:
    """How many stand at each stage, and all together under ""; "10,000+" where more were not counted."""
    found = leads.count_by_stage(session)
    over, total = any(n > leads.MOST_COUNTED for n in found.values()), sum(found.values())
    whole = f"{leads.MOST_COUNTED:,}+ people" if over else f"{total:,} {'person' if total == 1 else 'people'}"
    return {stage: f"{min(n, leads.MOST_COUNTED):,}{'+' * (n > leads.MOST_COUNTED)}" for stage, n in found.items()} | {
        "": whole
    }


def _asked() -> dict[str, str]:
    return {key: request.args.get(key, "").strip()[:200] for key in ("q", "stage", "owner", "tag", "state", "segment")}


def _filters() -> dict[str, Any]:
    asked = _asked()
    owner = this_user().id if asked["owner"] == "me" else whole(asked["owner"])
    return {
        "words": asked["q"],
        "stage": asked["stage"],
        "owner_id": owner,
        "tag": asked["tag"],
        "state": asked["state"],
        "also": segments.named(transaction(), asked["segment"], now()),
    }


def _cursor() -> tuple[datetime, int] | None:
    at, _, number = request.args.get("before", "").partition("~")
    try:
        return (datetime.fromisoformat(at), int(number)) if number else None
    except ValueError:
        return None


def _after(last: tuple[datetime, int], asked: dict[str, str]) -> str:
    return "/leads?" + urlencode({**asked, "before": f"{last[0].isoformat()}~{last[1]}"})


def _rows(session: Session, rows: list[Lead]) -> list[dict[str, object]]:
    ids = [lead.id for lead in rows]
    standings, tags = card.standings_of(session, ids), leads.tags_by_lead(session, ids)
    names = {user.id: user.name for user in users.all_users(session)}
    return [
        {
            "lead": lead, "tags": tags.get(lead.id, []), "owner": names.get(lead.owner_id or 0, ""),
            "standings": standings.get(lead.id, []),
        }
        for lead in rows
    ]  # fmt: skip


def _csv_lines(filters: dict[str, Any]) -> Iterator[str]:
    """Own sessions: the request's one ends before the last line is written."""
    yield "\ufeff" + _csv_line(
        [
            "name",
            "e-mail",
            "phone",
            "company",
            "title",
            "stage",
            "owner",
            "topic",
            "source",
            "tags",
            "added",
            "activity",
        ]
    )
    before = None
    with current_house().sessions() as session:
        names = {user.id: user.name for user in users.all_users(session)}
        while rows := leads.page(session, **filters, before=before, limit=500):
            tags = leads.tags_by_lead(session, [lead.id for lead in rows])
            for lead in rows:
                yield _csv_line(
                    [lead.name, lead.email, lead.phone, lead.company, lead.title, lead.stage,
                     names.get(lead.owner_id or 0, ""), lead.topic, lead.source, ", ".join(tags.get(lead.id, [])),
                     lead.created_at.date().isoformat(), lead.last_activity_at.date().isoformat()]
                )  # fmt: skip
            before = (rows[-1].last_activity_at, rows[-1].id)
            session.expunge_all()


def _csv_line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([guarded(cell) for cell in cells])
    return line.getvalue()


def guarded(cell: str) -> str:
    """A cell that a spreadsheet shows and never runs: an apostrophe before what could begin a formula."""
    return "'" + cell if cell.startswith(FORMULA) else cell


def _new_form(given: dict[str, str], errors: dict[str, str]) -> str:
    session = transaction()
    return render_template(
        "leads/new.html", given=given, errors=errors, sources=SOURCES, sequences=_choices(session),
        owners=[("", "In turn")] + [(str(u.id), u.name) for u in users.active_users(session)],
    )  # fmt: skip


def _import_page(given: dict[str, str], error: str, **more: object) -> str:
    session = transaction()
    return render_template(
        "leads/import.html", given=given, error=error, sequences=_choices(session, inbound=False),
        owners=[("", "In turn")] + [(str(u.id), u.name) for u in users.active_users(session)],
        most=import_leads.MOST_LINES, known_bases=list(jurisdictions.BASES.items()), **more,
    )  # fmt: skip


def _choices(session: Session, *, inbound: bool = True) -> list[tuple[str, str]]:
    """Published sequences; class inbound needs a request of theirs (M8)."""
    words = {"inbound": "for people who asked", "nurture": "educational"}
    rows = [s for s in sequences.all_sequences(session) if s.current_version_id and not s.archived_at]
    shown = [s for s in rows if inbound or s.class_ != "inbound"]
    listening = [] if inbound else enrol.opened_by(session, Happening("import"))
    names = ", ".join(f"“{each.name}”" for each in listening)
    by_rules = [(BY_RULES, f"As the ways in say: {names}")] if listening else []
    return [("", "None for now"), *by_rules] + [
        (str(s.id), s.name + (f" ({words[s.class_]})" if s.class_ in words else "")) for s in shown
    ]


def _source(given: dict[str, str]) -> str:
    return given["source"] if given.get("source") in dict(SOURCES) else "call"
