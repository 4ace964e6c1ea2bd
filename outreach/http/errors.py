"""Errors in plain words: a page for a browser, one sentence for htmx, JSON for a machine."""

import logging
from typing import Any

from flask import Flask, Response, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException, SecurityError, default_exceptions

from outreach.errors import Failed, NotFound, Refused
from outreach.http import kept
from outreach.http.sign_in import sign_in_address

log = logging.getLogger(__name__)

WORDS = {
    400: ("That did not work", "The request was not one that this page understands."),
    401: ("Not let in", "Sign in, or show a token or signature that is right."),
    403: ("Not for your account", "Your role does not open this page. Ask an administrator."),
    404: (
        "Nothing here",
        "This page does not exist, or it was removed. Check the address.",
    ),
    405: ("That did not work", "This address does not take that kind of request."),
    413: ("Too large", "What you sent is larger than this page takes. Send less, or a smaller file."),
    429: ("A little slower, please", "Too many tries in a short time. Wait a minute and try again."),
    500: (
        "Something broke on our side",
        "It was written to the log. Nothing saved before is lost; try again.",
    ),
    503: (
        "Not possible right now",
        "The database does not answer. Nothing that was saved is lost; try again in a minute.",
    ),
}

STANDARD = frozenset(kind.description for kind in default_exceptions.values())
"""What the framework says when a view gave no sentence of its own; ours are plainer."""
AGAIN = frozenset({401, 429, 500, 502, 503})
"""What may go better the next time: the page offers to send the same words again."""
FIELD = "X-Field"
"""Tells the page's script beside which field the sentence belongs."""
FOR_MACHINES = ("/api/", "/hooks/")
NO_PLACE = "One of the values cannot be kept: a number that is too large, or a character that no keyboard has. Correct it and try again."
FOREIGN_HOST = "Nobody answers at this host name. Use the address in BASE_URL, or set BASE_URL to the one people open."


def install(app: Flask) -> None:
    """One handler for every kind of failure."""
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(CSRFError, _no_token)
    app.register_error_handler(SecurityError, lambda error: answer(400, FOREIGN_HOST))
    app.register_error_handler(
        Refused, lambda error: answer(400, str(error), {FIELD: error.field} if error.field else None)
    )
    app.register_error_handler(NotFound, lambda error: answer(404, str(error)))
    app.register_error_handler(Failed, lambda error: answer(503, str(error)))
    app.register_error_handler(OperationalError, _no_database)
    app.register_error_handler(DataError, lambda error: answer(400, NO_PLACE))
    app.register_error_handler(Exception, _broken)


def answer(status: int, words: str = "", headers: dict[str, str] | None = None, *, again: bool = False) -> Response:
    """An error as the asker can read it; `words` replace the general sentence. What was typed is shown once more."""
    title, general = WORDS.get(status, WORDS[500 if status >= 500 else 400])
    words = words or general
    if request.headers.get("HX-Request"):
        response = Response(words, status, mimetype="text/plain")
    elif _is_machine():
        response = jsonify(error={"status": status, "title": title, "message": words})
        response.status_code = status
    else:
        typed = kept.of_request()
        again = bool(typed and typed.whole and (again or status in AGAIN))
        title = "Please sign in again" if status == 401 else title
        sign_in = sign_in_address("/signed-in" if typed else request.referrer or "/") if status == 401 else ""
        page = render_template(
            "error.html", status=status, title=title, words=words, kept=typed, again=again, sign_in=sign_in
        )
        response = Response(page, status, mimetype="text/html")
    response.headers.extend(headers or {})
    return response


def _refused(error: HTTPException) -> Any:
    status = error.code or 500
    if error.response is not None or status < 400:
        return error
    own = "" if error.description in STANDARD else error.description or ""
    kept = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    return answer(status, own, kept)


def _no_token(_error: CSRFError) -> Response:
    typed = kept.of_request()
    words = "Send it again from here." if typed and typed.whole else "Reload the page and try again."
    return answer(400, f"This page was open for too long, or cookies are off. {words}", again=True)


def _no_database(error: OperationalError) -> Response:
    log.warning("the database does not answer: %s", type(error.orig).__name__)
    return answer(503, headers={"Retry-After": "10"})


def _broken(error: Exception) -> Response:
    log.exception("a request failed: %s %s", request.method, request.path, exc_info=error)
    return answer(500)


def _is_machine() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return request.path.startswith(FOR_MACHINES) or request.is_json or best == "application/json"
