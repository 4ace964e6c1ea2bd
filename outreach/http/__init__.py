"""What the three web doors share, below them: headers and CSP, CSRF, sign-in sessions, guards, rate limits, errors.

`install(app, house)` puts all of it on a Flask app. A door then writes views that say who may enter (`@signed_in`,
`@role("admin")`, `@anyone("why")`, `@with_token`), and take `transaction()` for the request's one database session.
No page and no rule lives here.
"""

from typing import TYPE_CHECKING

from flask import Flask

from outreach.http import access, assets, csrf, errors, headers, hosts, limits, sizes, transactions

if TYPE_CHECKING:
    from outreach.wiring import House

__all__ = ["install"]


def install(app: Flask, house: "House") -> None:
    """Put the shared parts on `app`, in the order in which a request meets them."""
    app.extensions["house"] = house
    hosts.install(app, house.settings)
    headers.install(app, https=house.settings.base_url.startswith("https:"))
    assets.install(app)
    errors.install(app)
    sizes.install(app)
    csrf.install(app, house.settings)
    limits.install(app, house.settings.redis_url)
    transactions.install(app)
    access.install(app)
