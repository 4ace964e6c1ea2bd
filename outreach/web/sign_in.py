"""/sign-in, /sign-in/code and /sign-out. Five failed tries in 15 minutes close the door for a while: with passwords per
account and address, with codes of the second factor per account."""

from urllib.parse import quote

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from outreach import clock
from outreach.http import csrf
from outreach.http import sign_in as login
from outreach.http.access import anyone, signed_in
from outreach.http.house import current_house
from outreach.http.limits import limiter, visitor
from outreach.http.transactions import transaction
from outreach.journeys import accounts, second_factor
from outreach.store import logins, users
from outreach.web.blueprint import blueprint

CODE_PROBLEMS = {
    "wrong": "This code does not open the door. Take the one that the app shows now; each works once.",
    "shut": "Too many wrong codes. Wait 15 minutes, or ask an administrator to take the second factor away.",
}


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
    """1. Count the tries. 2. Check address and password. 3. Ask for the code of a second factor, else a fresh login, back
    to the page that was asked for."""
    session, email = transaction(), request.form.get("email", "").strip()[:320]
    who = f"{email.lower()}|{visitor()}"
    if logins.shut(session, who, clock.real_now()):
        return _form("Too many failed tries. Wait 15 minutes, or ask an administrator for a new link."), 429
    user = accounts.authenticate(session, email, request.form.get("password", "")[:1000])
    if user is None:
        logins.note_failure(session, who)
        session.commit()
        return _form("This e-mail address and password do not belong together."), 422
    logins.forget_failures(session, who)
    back_to = login.inside(request.form.get("next"))
    if second_factor.is_asked(session, user):
        return login.sign_in_halfway(redirect(code_address(back_to), 303), user)
    return login.sign_in(redirect(back_to, 303), user)


def code_address(back_to: str) -> str:
    """The page for the code, which goes on to `back_to`."""
    return "/sign-in/code" + ("" if back_to == "/" else "?next=" + quote(back_to, safe=""))


@blueprint.get("/sign-in/code")
@anyone("who gave the right password gives the code of the second factor here")
def code_page() -> Response | str:
    """The form; back to the password when that was too long ago, or never given."""
    if login.current_user():
        return redirect(login.inside(request.args.get("next")))
    user = login.user_halfway()
    return _code_form() if user else redirect(login.sign_in_address(request.args.get("next", "/")))


@blueprint.post("/sign-in/code")
@limiter.limit("60/minute")
@anyone("who gave the right password gives the code of the second factor here")
def give_code() -> Response | tuple[str, int]:
    """1. Who gave the password? 2. A code of the app or a recovery code, each once. 3. A fresh login."""
    session, user, back_to = transaction(), login.user_halfway(), login.inside(request.form.get("next"))
    if user is None:
        return _form("That took too long. Sign in again."), 422
    tried = second_factor.try_code(session, current_house(), user, request.form.get("code", ""), clock.real_now())
    if tried == "right":
        return login.sign_in(redirect(back_to, 303), user)
    session.commit()
    return _code_form(tried), 429 if tried == "shut" else 422


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


def _code_form(tried: str = "") -> str:
    return render_template(
        "sign_in_code.html",
        errors={"code": CODE_PROBLEMS[tried]} if tried else {},
        recovery="recovery" in request.values,
        next=login.inside(request.values.get("next")),
    )


def _form(problem: str = "") -> str:
    return render_template(
        "sign_in.html",
        problem=problem,
        email=request.values.get("email", ""),
        next=login.inside(request.values.get("next")),
        unclaimed=not users.any_user(transaction()),
    )
