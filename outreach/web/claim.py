"""/claim/<token>: the one-time link that makes the first administrator, or lets an invited user set a password."""

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from outreach import clock
from outreach.errors import Refused
from outreach.http import sign_in as login
from outreach.http.access import anyone
from outreach.http.house import current_house
from outreach.http.limits import limiter
from outreach.http.transactions import poke, transaction
from outreach.journeys import accounts, second_factor
from outreach.store import logins, users
from outreach.store.users import User
from outreach.web.blueprint import blueprint
from outreach.web.sign_in import code_address

WHY = "who has the one-time link has no password yet"


@blueprint.get("/claim/<token>")
@anyone(WHY)
def claim_page(token: str) -> str | tuple[str, int]:
    """The form, or what to do when the link no longer works."""
    link = logins.link(transaction(), token, clock.real_now())
    first = link is not None and link.user_id is None
    if link is None or (first and users.any_user(transaction())):
        return render_template("claim_spent.html"), 404
    return _form(token)


@blueprint.post("/claim/<token>")
@limiter.limit("20/minute")
@anyone(WHY)
def claim(token: str) -> Response | tuple[str, int]:
    """Use the link, sign in, and go to the settings that letters need."""
    errors = _errors()
    if errors:
        return _form(token, errors), 422
    form = request.form
    try:
        name, email = form.get("name", ""), form.get("email", "")
        user = accounts.claim(transaction(), current_house(), token, name, email, form["password"])
    except Refused as refused:
        transaction().rollback()
        return _form(token, {"form": str(refused)}), 422
    transaction().flush()
    poke("deliver_urgent")
    then = "/settings" if user.role == "admin" else "/settings/me"
    if second_factor.is_asked(transaction(), user):  # a link stands for the password alone
        return login.sign_in_halfway(redirect(code_address(then), 303), user)
    return login.sign_in(redirect(then, 303), user)


def _errors() -> dict[str, str]:
    password = request.form.get("password", "")
    errors = {}
    if not request.form.get("name", "").strip():
        errors["name"] = "Say your name: leads see it in the signature."
    if not accounts.SHORTEST_PASSWORD <= len(password) <= accounts.LONGEST_PASSWORD:
        errors["password"] = accounts.length_problem(password)
    elif password != request.form.get("again", ""):
        errors["again"] = "The two passwords differ."
    return errors


def _form(token: str, errors: dict[str, str] | None = None) -> str:
    link = logins.link(transaction(), token, clock.real_now())
    invited = transaction().get(User, link.user_id) if link and link.user_id else None
    return render_template("claim.html", errors=errors, invited=invited, form=request.form)
