"""/notices: what the bell counts."""

from flask import flash, redirect, render_template
from werkzeug.wrappers import Response

from outreach.http.access import signed_in
from outreach.http.house import now
from outreach.http.sign_in import this_user
from outreach.http.transactions import transaction
from outreach.store import notices
from outreach.web.blueprint import blueprint


@blueprint.get("/notices")
@signed_in
def notice_list() -> str:
    """My latest notices; administrators see the account's too."""
    me = this_user()
    found = notices.latest(transaction(), me.id, account_too=me.role == "admin", limit=60)
    return render_template("notices.html", notices=found)


@blueprint.post("/notices/read")
@signed_in
def read_notices() -> Response:
    """I looked at them."""
    notices.mark_read(transaction(), this_user().id, now())
    flash("All notices are marked as read.", "ok")
    return redirect("/notices", 303)
