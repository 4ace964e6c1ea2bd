"""DOOR for marketers, reps and managers: server-rendered pages (Jinja2, htmx), their templates and static files.

One file per page, each with its views on the one blueprint (`blueprint.py`); views read through store and reports and
change things through journeys. `shell.py` is what every page shows around itself. No rule and no SQL lives here.
"""

import importlib
import pkgutil
from functools import cache

from flask import Blueprint, Flask


def install(app: Flask) -> None:
    """Put all pages of this room on `app`."""
    app.register_blueprint(_with_pages())


@cache
def _with_pages() -> Blueprint:
    """The blueprint, after every module here was imported for its views."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    from outreach.web.blueprint import blueprint

    return blueprint
