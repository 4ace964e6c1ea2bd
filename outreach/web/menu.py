"""/menu: the whole navigation as a page, behind "More" on a phone."""

from flask import render_template

from outreach.http.access import signed_in
from outreach.web.blueprint import blueprint


@blueprint.get("/menu")
@signed_in
def menu() -> str:
    """All places, settings and sign-out."""
    return render_template("menu.html")
