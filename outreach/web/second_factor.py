"""/settings/me/second-factor: set one up with an authenticator app, move it, turn it off, make recovery codes."""

import segno
from flask import flash, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from outreach import clock
from outreach.http.access import SET_UP, setting_up, signed_in
from outreach.http.house import current_house
from outreach.http.limits import limiter
from outreach.http.sign_in import current_login, inside, must_set_up, this_user
from outreach.http.transactions import poke, transaction
from outreach.journeys import accounts, second_factor
from outreach.store import second_factors
from outreach.web.blueprint import blueprint

CODES = {
    "wrong": "This is no code of your app or of your recovery codes, or it was used already; each works once.",
    "shut": "Too many wrong codes. Wait 15 minutes.",
}
ANOTHER = "This is not the code that belongs to the picture. Take the one that the app shows now, and see that the phone’s clock is right."


@blueprint.get(SET_UP)
@setting_up
def second_factor_page() -> str:
    """Off, begun (picture and first code), or on."""
    return _page()


@blueprint.post(SET_UP + "/begin")
@limiter.limit("20/minute")
@setting_up
def begin() -> Response | tuple[str, int]:
    """A secret for an app, after the password; and after a code, while there is a second factor already."""
    errors = _proven()
    if errors:
        return _failed(errors)
    second_factor.begin(transaction(), current_house(), this_user(), clock.real_now())
    return redirect(request.full_path.replace("/begin", "").rstrip("?"), 303)


@blueprint.post(SET_UP + "/give-up")
@setting_up
def give_up() -> Response:
    """Not now."""
    second_factor.give_up(transaction(), this_user())
    return redirect(SET_UP, 303)


@blueprint.post(SET_UP + "/confirm")
@limiter.limit("20/minute")
@setting_up
def confirm() -> str | tuple[str, int]:
    """The app's first code: it holds, and recovery codes are shown once."""
    code = request.form.get("code", "")
    me, here = this_user(), current_login()
    codes = second_factor.confirm(transaction(), current_house(), me, code, clock.real_now(), here)
    return (_page({"code": ANOTHER}), 422) if codes is None else _shown(codes)


@blueprint.post(SET_UP + "/codes")
@limiter.limit("20/minute")
@signed_in
def new_recovery_codes() -> str | tuple[str, int]:
    """Fresh recovery codes, shown once."""
    errors = _proven()
    if errors:
        return _failed(errors)
    return _shown(second_factor.new_codes(transaction(), current_house(), this_user()))


@blueprint.post(SET_UP + "/off")
@limiter.limit("20/minute")
@signed_in
def turn_off() -> Response | tuple[str, int]:
    """The password alone is enough again."""
    errors = _proven()
    if errors:
        return _failed(errors)
    second_factor.turn_off(transaction(), current_house(), this_user(), current_login())
    poke("deliver_urgent")
    flash("The second factor is off. Other browsers are signed out.", "ok")
    return redirect("/settings/me", 303)


def _proven() -> dict[str, str]:
    """The password, and a code while one is asked for; what is wrong, by field."""
    session, me, now = transaction(), this_user(), clock.real_now()
    if problem := accounts.prove(session, me, request.form.get("password", "")[:1000], now):
        return {"password": problem}
    if not second_factor.is_asked(session, me):
        return {}
    tried = second_factor.try_code(session, current_house(), me, request.form.get("code", ""), now)
    return {} if tried == "right" else {"code": CODES[tried]}


def _failed(errors: dict[str, str]) -> tuple[str, int]:
    transaction().commit()  # a failed try counts
    return _page(errors), 422


def _shown(codes: list[str]) -> str:
    poke("deliver_urgent")
    return render_template(
        "second_factor_codes.html", codes=codes, email=this_user().email, then=inside(request.args.get("next"))
    )


def _page(errors: dict[str, str] | None = None) -> str:
    session, me = transaction(), this_user()
    begun = second_factor.begun(session, current_house(), me, clock.real_now())
    row = second_factors.of(session, me.id)
    return render_template(
        "second_factor_first.html" if must_set_up() else "second_factor.html",
        errors=errors,
        begun=begun,
        picture=Markup(_picture(begun.address)) if begun else "",  # noqa: S704  drawn by segno, holds no text
        since=row.since if row and row.secret else None,
        left=second_factors.recovery_codes_left(session, me.id),
        must=second_factor.must_have(session, me),
        next=inside(request.args.get("next")),
    )


def _picture(address: str) -> str:
    """A QR code, dark on light also on a dark page: cameras want it so."""
    code = segno.make(address, error="m", micro=False)
    return str(code.svg_inline(border=3, omitsize=True, dark="#000", light="#fff", svgclass="qr", lineclass=None))
