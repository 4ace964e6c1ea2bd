"""Rate limits (flask-limiter) in Redis, with memory of this process while Redis does not answer at once.

`@limiter.limit("60/minute")` on a view; per address of the visitor unless it names another key.
"""

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

TIMEOUT = 0.15
"""Seconds: a form post waits no longer for a Redis that hangs."""

limiter = Limiter(get_remote_address)


def install(app: Flask, redis_url: str) -> None:
    """Connect the limiter; it fails open."""
    app.config.update(
        RATELIMIT_STORAGE_URI=_storage(redis_url),
        RATELIMIT_STORAGE_OPTIONS={"socket_timeout": TIMEOUT, "socket_connect_timeout": TIMEOUT, "retry": None}
        if redis_url
        else {},
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
        RATELIMIT_SWALLOW_ERRORS=True,
        RATELIMIT_STRATEGY="moving-window",
        RATELIMIT_KEY_PREFIX="limits",
    )
    limiter.init_app(app)


def _storage(redis_url: str) -> str:
    if not redis_url:
        return "memory://"
    return "redis+" + redis_url if redis_url.startswith("unix:") else redis_url
