"""/settings/me: a user's own profile, password and signed-in browsers."""

from flask import flash, redirect, render_template, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.wrappers import Response

from outreach import clock
from outreach.http.access import signed_in
from outreach.http.house import current_house
from outreach.http.limits import limiter
from outreach.http.sign_in import current_login, this_user
from outreach.http.transactions import poke, transaction
from outreach.journeys import configure
from outreach.store import logins, second_factors
from outreach.web.blueprint import blueprint
from outreach.web.settings import zone_choices


@blueprint.get("/settings/me")
@signed_in
def my_settings() -> str:
    """The profile's form, the password's form, the list of browsers."""
    return _page({})


@blueprint.post("/settings/me")
@signed_in
def save_my_settings() -> Response | tuple[str, int]:
    """Change the profile."""
    errors = configure.profile(this_user(), request.form)
    if errors:
        return _page(errors, request.form), 422
    flash("Saved.", "ok")
    return redirect("/settings/me", 303)


@blueprint.post("/settings/me/password")
@limiter.limit("10/minute")
@signed_in
def change_password() -> Response | tuple[str, int]:
    """A new password signs every other browser out."""
    errors = configure.password(transaction(), current_house(), this_user(), request.form, clock.real_now())
    if errors:
        transaction().commit()  # a failed try counts
        return _page(errors), 422
    _end_others()
    poke("deliver_urgent")
    flash("The password is changed. Other browsers are signed out.", "ok")
    return redirect("/settings/me", 303)


@blueprint.post("/settings/me/browsers/<int:login_id>/sign-out")
@signed_in
def sign_out_browser(login_id: int) -> Response:
    """Sign one of my browsers out."""
    logins.revoke_id(transaction(), login_id, this_user().id)
    flash("That browser is signed out.", "ok")
    return redirect("/settings/me#browsers", 303)


@blueprint.post("/settings/me/browsers/sign-out-others")
@signed_in
def sign_out_others() -> Response:
    """Sign all my browsers out but this one."""
    _end_others()
    flash("Other browsers are signed out.", "ok")
    return redirect("/settings/me#browsers", 303)


def _end_others() -> None:
    logins.revoke_all(transaction(), this_user().id, but=current_login())


def _page(errors: dict[str, str], form: ImmutableMultiDict[str, str] | None = None) -> str:
    me = this_user()
    return render_template(
        "settings_me.html",
        row=form or me,
        hours={day: form.get(f"hours_{day}", "") for day in configure.DAYS}
        if form
        else configure.hours_text(me.working_hours),
        days=configure.DAYS,
        errors=errors,
        zones=zone_choices(),
        browsers=[(login, _browser(login.agent)) for login in logins.of_user(transaction(), me.id)],
        this_browser=current_login(),
        second_factor=second_factors.of(transaction(), me.id),
    )


def _browser(agent: str) -> str:
    """A browser's name as its owner knows it: `Firefox on Linux`."""
    names = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
    systems = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "Mac OS": "macOS"}
    name = next((words for mark, words in names.items() if mark in agent), "A browser")
    system = next((words for mark, words in {**systems, "Linux": "Linux"}.items() if mark in agent), "")
    return f"{name} on {system}" if system else name
