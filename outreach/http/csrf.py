"""CSRF tokens (flask-wtf): every form carries one in `csrf_token`, htmx sends it in `X-CSRFToken`.

The signed cookie that holds the token's secret is named after the port, since browsers share cookies between ports and
several installations may run side by side on one host. With https, cookies are named `__Host-...`: browsers take such a
name from this very host alone, so no neighbour below the same domain can put a login or a token of its own in its place.
"""

from urllib.parse import urlsplit

from flask import Flask, request
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError, generate_csrf, validate_csrf
from wtforms import ValidationError

from outreach.config import Settings
from outreach.http import kept

_protect = CSRFProtect()


def install(app: Flask, settings: Settings) -> None:
    """Cookies and tokens; the check itself runs in `access`, which knows the exempt doors."""
    base = urlsplit(settings.base_url)
    suffix, https = f"_{base.port}" if base.port else "", base.scheme == "https"
    own = "__Host-" if https else ""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME=f"{own}outreach_form{suffix}",
        LOGIN_COOKIE_NAME=f"{own}outreach_login{suffix}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=https,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
    )
    _protect.init_app(app)


def check() -> None:
    """Refuse (400) a changing request without a valid token; what an error page sends again needs the browser's word."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    try:
        _protect.protect()
    except CSRFError:
        if not kept.sent_again():
            raise


def renewed(token: str) -> str:
    """A token for a page that was open while its reader signed in anew; "" while the page's own still counts."""
    try:
        validate_csrf(token)
    except ValidationError:
        return str(generate_csrf())
    return ""
