"""DOOR for marketers, reps and managers: server-rendered pages (Jinja2, htmx), their templates and static files.

One file per page, each with its views on the one blueprint (`blueprint.py`); views read through store and reports and
change things through journeys. `shell.py` is what every page shows around itself. No rule and no SQL lives here.
"""

import importlib
import pkgutil

from flask import Flask


def install(app: Flask) -> None:
    """Put all pages of this room on `app`: every module here is imported for its views."""
    from outreach.web.blueprint import blueprint

    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    app.register_blueprint(blueprint)
