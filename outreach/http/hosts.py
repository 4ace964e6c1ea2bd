"""Which host names we answer to, and which proxy we believe. Links in mail use BASE_URL only, never the request."""

from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from outreach.config import Settings

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def install(app: Flask, settings: Settings) -> None:
    """Refuse foreign Host headers; behind a local reverse proxy take the visitor's address from it.

    A proxy is there when we listen on loopback only while BASE_URL names another host; exactly one hop is believed.
    """
    host = urlsplit(settings.base_url).hostname or "localhost"
    app.config["TRUSTED_HOSTS"] = sorted({host, *LOOPBACK})
    if settings.listen in ("127.0.0.1", "::1", "localhost") and host not in LOOPBACK:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=0)  # type: ignore[method-assign]  # how Flask wants it wrapped
