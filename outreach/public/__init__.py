"""DOOR without login: forms, click redirects, the open pixel, unsubscribing, one-click answers, health.

One file per page, each with its views on the one blueprint (`blueprint.py`). Everything here is met by strangers and by
machines: GET changes nothing (but for a row that keeps the hit), addresses come from BASE_URL, targets of redirects are
rows of ours, and whatever a stranger wrote is data. No rule and no SQL lives here.
"""

import importlib
import pkgutil

from flask import Flask


def install(app: Flask) -> None:
    """Put all pages of this room on `app`: every module here is imported for its views."""
    from outreach.public.blueprint import blueprint

    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    app.register_blueprint(blueprint)
