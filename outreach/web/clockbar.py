"""POST /clock/next: with a movable clock, business time goes to the next thing that will happen (and no further)."""

from flask import flash, redirect, request
from werkzeug.wrappers import Response

from outreach.http.access import signed_in
from outreach.http.house import current_house
from outreach.http.sign_in import inside
from outreach.http.transactions import transaction
from outreach.journeys import moveclock
from outreach.web.blueprint import blueprint
from outreach.web.filters import day, local_time


@blueprint.post("/clock/next")
@signed_in
def skip() -> Response:
    """Move the clock to the next due instant and let the system finish what is due there."""
    transaction().rollback()  # let go of the database: the move waits for the workers
    there = moveclock.skip_to_next(current_house())
    if there is None:
        flash("Nothing is planned. Post a form or start a sequence first.", "ok")
    else:
        flash(f"It is now {day(there)}, {local_time(there)}.", "ok")
    return redirect(inside(request.form.get("back")), 303)
