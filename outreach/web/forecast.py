"""/forecast: what will go out in the coming week, mails per mailbox and tasks per rep; every number opens its rows."""

from datetime import date, timedelta

from flask import abort, render_template, request
from werkzeug.wrappers import Response

from outreach.http.access import signed_in
from outreach.http.house import now
from outreach.http.transactions import poke, transaction
from outreach.reports import outlook as reports
from outreach.reports.outlook import Outlook
from outreach.web.blueprint import blueprint

FRESH = timedelta(minutes=10)
"""An older look ahead is renewed when somebody looks."""
UNDER_WAY = timedelta(minutes=2)
STOP_POLLING = 286
"""What tells htmx that the page need not ask again."""


@blueprint.get("/forecast")
@signed_in
def forecast() -> Response:
    """The latest look ahead; a new one is rung for when it is old (or asked for)."""
    found = reports.latest(transaction())
    progress = reports.progress(transaction())
    running = progress is not None and now() - progress.at < UNDER_WAY
    stale = (
        found is None or now() - found.at > FRESH or ("again" in request.args and not request.headers.get("HX-Request"))
    )
    if stale and not running:
        poke("look_ahead")
    waits = stale or running
    partly = bool(request.headers.get("HX-Request"))
    page = render_template(
        "forecast/_body.html" if partly else "forecast/page.html", found=found, waits=waits,
        progress=progress if running else None, bars=_bars(found, "mail") if found else [],
        task_bars=_bars(found, "task") if found else [],
    )  # fmt: skip
    return Response(page, STOP_POLLING if partly and not waits else 200, mimetype="text/html")


@blueprint.get("/forecast/rows")
@signed_in
def forecast_rows() -> str:
    """What is behind one number: `day` (empty: behind the days shown), `kind` mail or task, `key` a mailbox or a rep."""
    found = reports.latest(transaction())
    kind, key = request.args.get("kind", "mail"), request.args.get("key", type=int)
    if found is None or kind not in ("mail", "task"):
        abort(404)
    series = next((each for each in (found.tasks if kind == "task" else found.mails) if each.key == key), None)
    day = _day(request.args.get("day", ""), found)
    if series is None:
        abort(404)
    lines = reports.rows(transaction(), found, day, kind, key)
    return render_template(
        "forecast/rows.html", found=found, lines=lines, series=series, day=day, kind=kind, most=reports.MOST_ROWS
    )


def _day(text: str, found: Outlook) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        abort(404)
    return day if day in found.days else abort(404)


HIGH, HEAD = 130, 20
"""The height of the largest bar, and the room above it for its number, in the drawing's own units."""


def _bars(found: Outlook, kind: str) -> list[dict[str, object]]:
    """The stacked bars of the drawing: for each day its pieces from the bottom up."""
    series = found.tasks if kind == "task" else found.mails
    most = (found.most_tasks if kind == "task" else found.most) or 1
    bars = []
    for number, day in enumerate(found.days):
        pieces, top = [], float(HIGH + HEAD)
        for place, each in enumerate(series):
            height = HIGH * each.days[number] / most
            top -= height
            if each.days[number]:
                pieces.append({"y": round(top, 1), "height": round(max(height, 1), 1), "tone": place % 6, "series": each,
                               "count": each.days[number], "moved": each.moved[number]})  # fmt: skip
        bars.append(
            {
                "x": number * 100 + 19,
                "day": day,
                "pieces": pieces,
                "total": sum(each.days[number] for each in series),
                "top": round(top, 1),
            }
        )
    return bars
