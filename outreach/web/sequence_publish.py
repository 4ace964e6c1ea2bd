"""/sequences/<id>/publish: what changes, who moves, when their next step is due before and after (V3 to V5, V7)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from outreach import documents
from outreach.errors import Refused
from outreach.http.access import role
from outreach.http.house import current_house, now
from outreach.http.numbers import whole
from outreach.http.sign_in import this_user
from outreach.http.transactions import poke, transaction
from outreach.journeys import before_sending, publish
from outreach.journeys.publish import Line, Preview
from outreach.reports import known_names
from outreach.store import inside, users
from outreach.store.inside import Who
from outreach.store.sequences import VersionRow
from outreach.web.blueprint import blueprint
from outreach.web.filters import page_zone
from outreach.web.sequence_editor import desk_of
from outreach.web.sequences import BUILDERS, find

PAGE = 25
SORTS = {
    "after": "next date after",
    "before": "next date before",
    "shift": "largest change",
    "name": "name",
}
FAR = datetime.max.replace(tzinfo=ZoneInfo("UTC"))


@blueprint.get("/sequences/<int:sequence_id>/publish")
@role(*BUILDERS)
def sequence_publish(sequence_id: int) -> str:
    """What publishing changes, and for whom, before it is done; `?version=` goes back to an earlier one (V7)."""
    session, row = transaction(), find(sequence_id)
    earlier = _earlier(sequence_id)
    desk = desk_of(row)
    if earlier is None and not row.draft:
        return render_template("sequences/publish.html", desk=desk, nothing=True)
    document, changes = publish.document_of(session, row, earlier)
    structural = any(change.structural for change in changes)
    wanted = publish.read(document, row.name)
    found = documents.warnings(wanted, known_names.known(session, frozenset(desk.letters)))
    if before_sending.writes(wanted):
        found += before_sending.warnings(session, current_house())
    page: dict[str, object] = {"desk": desk, "earlier": earlier, "changes": changes, "structural": structural}
    page |= {"warnings": found, "removed": [one for one in changes if one.what == "removed"]}
    page |= {"history": desk.history, "nothing": False}
    if structural and desk.headline.inside:
        page |= _choosing(sequence_id, document)
    part = "sequences/_moving.html" if request.headers.get("HX-Target") == "moving" else "sequences/publish.html"
    return render_template(part, **page)


@blueprint.post("/sequences/<int:sequence_id>/publish")
@role(*BUILDERS)
def sequence_publish_do(sequence_id: int) -> AnyResponse:
    """Make it the version in force; those chosen are on their way."""
    row, session = find(sequence_id), transaction()
    try:
        who = who_of(request.form)
        wanted = publish.read(publish.document_of(session, row, _earlier(sequence_id))[0], row.name)
        before_sending.check(session, current_house(), wanted)
        done = publish.publish(session, row, now(), this_user().id, who, _earlier(sequence_id))
    except (Refused, documents.DocumentError) as fault:
        flash(str(fault), "bad")
        return redirect(url_for("web.sequence_publish", sequence_id=sequence_id), 303)
    if done.batch is not None and done.batch.total:
        poke("work_many")
        flash(f"Version {done.version.number} is live.", "ok")
        return redirect(f"/batches/{done.batch.id}", 303)
    everybody = f" {done.moved} inside get the new texts." if done.moved else ""
    flash(f"Version {done.version.number} is live.{everybody}", "ok")
    return redirect(url_for("web.sequence_editor", sequence_id=sequence_id), 303)


def who_of(values: "MultiDict[str, str]") -> Who:
    """V3: the choice as the form has it. Raises Refused for a day that is none, and for `some` that names nothing."""
    chosen = values.get("who", "new")
    if chosen not in ("all", "some"):
        return Who("new")
    if chosen == "all":
        return Who("all")
    until = _day(values.get("entered_to", ""))
    who = Who(
        "some",
        states=tuple(state for state in values.getlist("state") if state in inside.STATES),
        entered_from=_day(values.get("entered_from", "")),
        entered_before=until + timedelta(days=1) if until else None,
        owners=_numbers(values.getlist("owner")),
        leads=_numbers(values.getlist("lead")),
    )
    if not who.narrowed and values.get("who"):
        raise Refused("Choose who moves: by state, by entry, by owner or by hand.")
    return who


def _choosing(sequence_id: int, document: str) -> dict[str, object]:
    """The choice with what it would do. An empty choice is shown as such, before anything is asked of the engine."""
    session, row = transaction(), find(sequence_id)
    try:
        who, fault = who_of(request.args), ""
    except Refused as refused:
        who, fault = Who("some"), str(refused)
    seen = publish.preview(session, current_house(), row, document, who, now())
    sort = request.args.get("sort", "after")
    lines = _sorted(seen, sort if sort in SORTS else "after")
    first = max(0, request.args.get("from", 0, int))
    names = {user.id: user.name for user in users.all_users(session)}
    return {
        "who": who,
        "fault": fault,
        "seen": seen,
        "lines": lines[first : first + PAGE],
        "first": first,
        "following": first + PAGE if len(lines) > first + PAGE else None,
        "sort": sort,
        "sorts": SORTS,
        "groups": inside.by_group(session, sequence_id),
        "owners": [
            (owner, names[owner], number)
            for owner, number in inside.by_owner(session, sequence_id).items()
            if owner in names
        ],
        "asked": request.args,
    }


def _sorted(seen: Preview, sort: str) -> list[Line]:
    keys = {
        "after": lambda line: (line.moved.due_after or FAR, line.lead_id),
        "before": lambda line: (line.moved.due_before or FAR, line.lead_id),
        "name": lambda line: (line.name.lower(), line.lead_id),
        "shift": lambda line: (-abs((line.moved.due_after or FAR) - (line.moved.due_before or FAR)), line.lead_id),
    }
    return sorted(seen.lines, key=keys[sort])


def _earlier(sequence_id: int) -> VersionRow | None:
    number = request.values.get("version", "")
    if not number:
        return None
    version = transaction().get(VersionRow, key) if (key := whole(number)) is not None else None
    if version is None or version.sequence_id != sequence_id:
        abort(404)
    return version


def _day(text: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        return datetime.fromisoformat(text.strip()[:10]).replace(tzinfo=ZoneInfo(page_zone()))
    except ValueError:
        raise Refused(f"“{text[:40]}” is no date.") from None


def _numbers(texts: list[str]) -> tuple[int, ...]:
    return tuple(number for text in texts[:5000] if (number := whole(text)) is not None)
