"""The house behind this request: what wiring built, and business time."""

from datetime import datetime
from typing import TYPE_CHECKING, cast

from flask import current_app, g

from outreach.http.transactions import transaction

if TYPE_CHECKING:
    from outreach.wiring import House


def current_house() -> "House":
    """The house that this app was made for."""
    return cast("House", current_app.extensions["house"])


def now() -> datetime:
    """Business time, read once per request so that a page agrees with itself."""
    if "now" not in g:
        g.now = current_house().now(transaction())
    return cast(datetime, g.now)
