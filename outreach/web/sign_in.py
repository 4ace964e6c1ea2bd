"""/sign-in and /sign-out. Five failed tries in 15 minutes per account and address close the door for a while."""

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from outreach import clock
from outreach.http import csrf
from outreach.http import sign_in as login
from outreach.http.access import anyone, signed_in
from outreach.http.limits import limiter
from outreach.http.transactions import transaction
from outreach.journeys import accounts
from outreach.store import logins, users
from outreach.web.blueprint import blueprint


@blueprint.get("/sign-in")
@anyone("people sign in here")
def sign_in_page() -> Response | str:
    """The form; somebody who is signed in already goes on."""
    if login.current_user():
        return redirect(login.inside(request.args.get("next")))
    return _form()


@blueprint.post("/sign-in")
@limiter.limit("60/minute")
@anyone("people sign in here")
def sign_in() -> Response | str | tuple[str, int]:
    """1. Count the tries. 2. Check address and password. 3. A fresh login, back to the page that was asked for."""
    session, email = transaction(), request.form.get("email", "").strip()[:320]
    who = f"{email.lower()}|{request.remote_addr}"
    if logins.shut(session, who, clock.real_now()):
        return _form("Too many failed tries. Wait 15 minutes, or ask an administrator for a new link."), 429
    user = accounts.authenticate(session, email, request.form.get("password", "")[:1000])
    if user is None:
        logins.note_failure(session, who)
        session.commit()
        return _form("This e-mail address and password do not belong together."), 422
    logins.forget_failures(session, who)
    return login.sign_in(redirect(login.inside(request.form.get("next")), 303), user)


@blueprint.get("/signed-in")
@signed_in
def signed_in_again() -> str:
    """Where a sign-in in another tab ends: the words are in the first one."""
    return render_template("signed_in.html")


@blueprint.get("/csrf-token")
@anyone("a page that stayed open asks whether its own token still counts; only our own pages can read the answer")
def csrf_token() -> Response:
    """Empty, or the token to use from now on: somebody signed in anew in another tab."""
    return Response(csrf.renewed(request.headers.get("X-CSRFToken", "")), mimetype="text/plain")


@blueprint.post("/sign-out")
@signed_in
def sign_out() -> Response:
    """End this browser's login."""
    return login.sign_out(redirect("/sign-in", 303))


def _form(problem: str = "") -> str:
    return render_template(
        "sign_in.html",
        problem=problem,
        email=request.values.get("email", ""),
        next=login.inside(request.values.get("next")),
        unclaimed=not users.any_user(transaction()),
    )
