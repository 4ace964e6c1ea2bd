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
from outreach.store.logins import Login
from outreach.store.users import User

SEEN_EVERY = timedelta(minutes=5)


def current_user() -> User | None:
    """Who is signed in, read once per request; None for a stranger."""
    found = _found()
    return found[1] if found else None


def this_user() -> User:
    """Who is signed in, in a view that the guard keeps strangers from."""
    user = current_user()
    if user is None:
        raise LookupError("this view has no signed-in user: it must be marked @signed_in or @role")
    return user


def current_login() -> Login | None:
    """This browser's row in `logins`."""
    found = _found()
    return found[0] if found else None


def sign_in(response: Response, user: User) -> Response:
    """Sign `user` in on this browser: a fresh secret and a fresh CSRF token."""
    cookie_session.clear()
    agent = request.headers.get("User-Agent", "")
    token = logins.create(transaction(), user.id, clock.real_now(), agent)
    response.set_cookie(
        _cookie_name(),
        token,
        max_age=timedelta(days=logins.SESSION_DAYS),
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )
    return response


def sign_out(response: Response) -> Response:
    """End this browser's login, here and in the table."""
    if token := request.cookies.get(_cookie_name()):
        logins.revoke(transaction(), token)
    cookie_session.clear()
    response.delete_cookie(_cookie_name())
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


def _cookie_name() -> str:
    return cast(str, current_app.config["LOGIN_COOKIE_NAME"])


def _found() -> tuple[Login, User] | None:
    if "login" not in g:
        g.login = _look_up()
    return cast("tuple[Login, User] | None", g.login)


def _look_up() -> tuple[Login, User] | None:
    token = request.cookies.get(_cookie_name())
    if not token:
        return None
    now = clock.real_now()
    found = logins.find(transaction(), token, now)
    if found and now - found[0].seen_at > SEEN_EVERY:
        found[0].seen_at = now
    return found
