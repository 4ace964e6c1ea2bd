"""/closed-loop: everybody who ended without a reply is in nurture, left out with a reason, or listed as an exception."""

from datetime import timedelta

from flask import abort, render_template, request

from outreach.http.access import signed_in
from outreach.http.house import now
from outreach.http.transactions import transaction
from outreach.reports import closed_loop as reports
from outreach.store.loose_ends import DAYS
from outreach.web.blueprint import blueprint

SPANS = ((30, "30 days"), (90, "90 days"), (365, "a year"))
MOST = 500
FRESH = timedelta(minutes=6)
"""The watchdog counts every five minutes; what it kept answers at once."""


@blueprint.get("/closed-loop")
@signed_in
def closed_loop() -> str:
    """The equation, its reasons, and the people of the fate that was chosen."""
    days = request.args.get("days", DAYS, type=int)
    fate, reason = request.args.get("fate", ""), request.args.get("reason") or None
    if days not in dict(SPANS) or (fate and fate not in reports.FATES):
        abort(404)
    session = transaction()
    kept = reports.kept(session) if days == DAYS else None
    loop = (
        kept if kept is not None and timedelta(0) <= now() - kept.at < FRESH else reports.counted(session, now(), days)
    )
    people = reports.people(session, fate, now(), days, reason, MOST) if fate else []
    return render_template(
        "closed_loop.html", loop=loop, fate=fate, reason=reason, people=people,
        fates=reports.FATES, spans=SPANS, days=days, most=MOST,
    )  # fmt: skip
