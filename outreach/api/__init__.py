"""DOOR for machines with a token: post leads in, ask why. JSON only; documented in docs/api.md. No rule and no SQL here."""

from flask import Flask


def install(app: Flask) -> None:
    """Put the API on `app`."""
    from outreach.api import documents, privacy, steering  # noqa: F401  their views
    from outreach.api.views import blueprint

    app.register_blueprint(blueprint)
