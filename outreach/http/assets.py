"""Static files: addresses that carry the content's hash, so that browsers may keep them for ever."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, request, send_from_directory

import outreach
from outreach.http.access import anyone

FOLDER = Path(outreach.__file__).parent / "web" / "static"
FOR_EVER = "public, max-age=31536000, immutable"


def static_url(name: str) -> str:
    """The address of a file below web/static: `/static/app.css?v=1a2b3c4d5e`."""
    path = FOLDER / name
    return f"/static/{name}?v={_digest(path, path.stat().st_mtime_ns)}"


@anyone("style sheets, scripts and pictures are the same for everybody")
def static_file(name: str) -> Response:
    """A file; kept for ever when its address carries a hash."""
    response = send_from_directory(FOLDER, name, max_age=2_592_000 if name.endswith(".woff2") else 3_600)
    if request.args.get("v"):
        response.headers["Cache-Control"] = FOR_EVER
    return response


def install(app: Flask) -> None:
    """Serve /static/ and give templates `static_url`."""
    app.add_url_rule("/static/<path:name>", "static_file", static_file)
    app.jinja_env.globals["static_url"] = static_url


@cache
def _digest(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]
