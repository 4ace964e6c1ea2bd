"""Who may enter: every view carries one mark, and a view without a mark is closed to everybody.

The marks are also the registry that tests/house/test_routes.py walks. Order of the checks: CSRF, sign-in, second factor,
role.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar
from urllib.parse import quote

from flask import Flask, abort, current_app, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from outreach.http import csrf, kept
from outreach.http.sign_in import current_user, inside, must_set_up, sign_in_address

View = TypeVar("View", bound=Callable[..., Any])
Kind = Literal["anyone", "signed in", "token"]

SET_UP = "/settings/me/second-factor"
MEGABYTE = 1_000_000
ADMIN_BODY = 25 * MEGABYTE
PUBLIC_BODY = MEGABYTE


@dataclass(frozen=True)
class Access:
    """A view's mark. `roles` empty: every signed-in user. `setting_up`: also who must first set up a second factor.
    `body`: the largest request body in bytes."""

    kind: Kind
    because: str = ""
    roles: frozenset[str] = frozenset()
    setting_up: bool = False
    csrf: bool = True
    body: int = ADMIN_BODY


def anyone(because: str, *, csrf: bool = True, body: int = PUBLIC_BODY) -> Callable[[View], View]:
    """No sign-in, for the stated reason. `csrf=False` only for doors that strangers and machines post to."""
    return _mark(Access("anyone", because, csrf=csrf, body=body))


def signed_in(view: View) -> View:
    """Every signed-in user."""
    return _mark(Access("signed in"))(view)


def setting_up(view: View) -> View:
    """Every signed-in user, also one to whom nothing else is open until a second factor is set up."""
    return _mark(Access("signed in", setting_up=True))(view)


def role(*roles: str) -> Callable[[View], View]:
    """Signed-in users who have one of `roles`."""
    return _mark(Access("signed in", roles=frozenset(roles)))


def with_token(view: View) -> View:
    """A machine that shows an API token; the api door checks the token itself."""
    return _mark(Access("token", csrf=False))(view)


def access_of(app: Flask, endpoint: str | None) -> Access | None:
    """The mark of an endpoint's view, or None."""
    return getattr(app.view_functions.get(endpoint or ""), "access", None)


def install(app: Flask) -> None:
    """Check the mark before every view."""
    app.before_request(_check)


def _mark(access: Access) -> Callable[[View], View]:
    def put(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]  # functions may carry marks
        return view

    return put


def _check() -> AnyResponse | None:
    if request.endpoint is None or request.routing_exception is not None:
        return None
    access = access_of(current_app, request.endpoint)
    if access is None:
        current_app.logger.error("the view %s says nothing about who may enter: closed", request.endpoint)
        abort(403)
    if access.csrf:
        csrf.check()
    if access.kind != "signed in":
        return None
    user = current_user()
    if user is None:
        return _ask_to_sign_in()
    if must_set_up() and not access.setting_up:
        return _ask_to_set_up()
    if access.roles and user.role not in access.roles:
        abort(403, f"This page is for {_either(access.roles)}. Ask an administrator to change your role.")
    return None


def _ask_to_sign_in() -> AnyResponse:
    """A page goes to the sign-in and comes back; whoever typed something keeps it where it is (`http/kept`)."""
    if request.headers.get("HX-Request") or request.accept_mimetypes.best == "application/json":
        abort(401, "Your sign-in has ended. Sign in again in another tab, then go on here: nothing you wrote is lost.")
    if request.method not in ("GET", "HEAD"):
        if kept.of_request():
            abort(401, "Your sign-in has ended. Sign in again in a new tab, come back, and send this again.")
        return redirect(sign_in_address(request.referrer or "/"), 303)
    return redirect(sign_in_address(request.full_path.rstrip("?")), 302)


def _ask_to_set_up() -> AnyResponse:
    if request.headers.get("HX-Request") or request.accept_mimetypes.best == "application/json":
        abort(403, "Your company asks for a second factor. Open Settings, My profile and set it up; then go on.")
    back_to = inside(request.full_path.rstrip("?")) if request.method in ("GET", "HEAD") else "/"
    return redirect(SET_UP + ("" if back_to == "/" else "?next=" + quote(back_to, safe="")), 303)


def _either(roles: frozenset[str]) -> str:
    names = {"admin": "administrators", "manager": "managers", "marketer": "marketers", "rep": "reps"}
    return " and ".join(names.get(role, role) for role in sorted(roles))
