"""Rate limits (flask-limiter) in Redis, with memory of this process while Redis does not answer at once.

`@limiter.limit("60/minute")` on a view; per address of the visitor unless it names another key.
"""

from ipaddress import IPv6Address, ip_address, ip_network

from flask import Flask, request
from flask_limiter import Limiter

TIMEOUT = 0.15
"""Seconds: a form post waits no longer for a Redis that hangs."""


def visitor() -> str:
    """Who is counted: an IPv4 address, or the /64 network of an IPv6 one, of which everybody has as many as they like."""
    return counted_as(request.remote_addr or "")


def counted_as(address: str) -> str:
    """`2001:db8:1:2::/64` of any address in it; an IPv4 address (also in the shape ::ffff:192.0.2.7) as it is."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))


limiter = Limiter(visitor)


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
