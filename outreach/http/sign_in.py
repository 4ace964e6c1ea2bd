"""The browser's sign-in: a random secret in a cookie, its hash in the table `logins`, revocable at once.

Sign-ins use real time, never the movable clock (DESIGN 3).
"""

from datetime import timedelta
from typing import cast
from urllib.parse import quote, urlsplit

from flask import current_app, g, request
from flask import session as cookie_session
from werkzeug.wrappers import Response

from outreach import clock
from outreach.http.transactions import transaction
from outreach.store import logins
from outreach.store.logins import Found, Login
from outreach.store.users import User

SEEN_EVERY = timedelta(minutes=5)


def current_user() -> User | None:
    """Who is signed in, read once per request; None for a stranger."""
    found = _found()
    return found.user if found else None


def this_user() -> User:
    """Who is signed in, in a view that the guard keeps strangers from."""
    user = current_user()
    if user is None:
        raise LookupError("this view has no signed-in user: it must be marked @signed_in or @role")
    return user


def current_login() -> Login | None:
    """This browser's row in `logins`."""
    found = _found()
    return found.login if found else None


def must_set_up() -> bool:
    """Whether this user has to set a second factor up before any other page opens."""
    found = _found()
    return found is not None and found.must_set_up


def sign_in(response: Response, user: User) -> Response:
    """Sign `user` in on this browser: a fresh secret and a fresh CSRF token; whatever it was signed in with ends."""
    cookie_session.clear()
    _end_here(response)
    agent = request.headers.get("User-Agent", "")
    token = logins.create(transaction(), user.id, clock.real_now(), agent)
    _put(response, _cookie_name(), token, timedelta(days=logins.SESSION_DAYS))
    return response


def sign_in_halfway(response: Response, user: User) -> Response:
    """The password was right: this browser may give the code of `user`'s second factor, and opens nothing yet."""
    cookie_session.clear()
    _end_here(response)
    _put(response, _half_name(), logins.create_half(transaction(), user.id, clock.real_now()), logins.HALFWAY)
    return response


def user_halfway() -> User | None:
    """Who gave the right password on this browser and still has to give a code."""
    token = request.cookies.get(_half_name())
    return logins.half(transaction(), token, clock.real_now()) if token else None


def sign_out(response: Response) -> Response:
    """End this browser's login, here and in the table."""
    cookie_session.clear()
    _end_here(response)
    return response


def sign_in_address(back_to: str) -> str:
    """The sign-in page that returns to `back_to`."""
    path = inside(back_to)
    return "/sign-in" if path == "/" else "/sign-in?next=" + quote(path, safe="")


def inside(address: str | None) -> str:
    """The path and query of `address` when it is a page of ours, else `/`: no redirect leads to another host."""
    parts = urlsplit((address or "").replace("\\", "/"))
    path = parts.path
    if not path.startswith("/") or path.startswith("//") or any(c < " " for c in path + parts.query):
        return "/"
    return path + ("?" + parts.query if parts.query else "")


def _put(response: Response, name: str, token: str, lasts: timedelta) -> None:
    response.set_cookie(name, token, max_age=lasts, httponly=True, samesite="Lax", secure=_secure())


def _secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])


def _end_here(response: Response) -> None:
    for name, end in ((_cookie_name(), logins.revoke), (_half_name(), logins.end_half)):
        if token := request.cookies.get(name):
            end(transaction(), token)
            response.delete_cookie(name, secure=_secure(), httponly=True, samesite="Lax")


def _cookie_name() -> str:
    return cast(str, current_app.config["LOGIN_COOKIE_NAME"])


def _half_name() -> str:
    return _cookie_name() + "_half"


def _found() -> Found | None:
    if "login" not in g:
        g.login = _look_up()
    return cast("Found | None", g.login)


def _look_up() -> Found | None:
    token = request.cookies.get(_cookie_name())
    if not token:
        return None
    now = clock.real_now()
    found = logins.find(transaction(), token, now)
    if found and now - found.login.seen_at > SEEN_EVERY:
        found.login.seen_at = now
    return found
