"""Caps on what a request may bring. Werkzeug caps multipart forms only: urlencoded ones are counted here."""

from flask import Flask, abort, current_app, request

from outreach.http.access import ADMIN_BODY, access_of

URLENCODED_BYTES = 1_000_000
FIELDS = 1_000


def install(app: Flask) -> None:
    """Check sizes before the form is read."""
    app.config.update(MAX_CONTENT_LENGTH=ADMIN_BODY, MAX_FORM_MEMORY_SIZE=1_000_000, MAX_FORM_PARTS=FIELDS)
    app.before_request(_check)


def _check() -> None:
    access = access_of(current_app, request.endpoint)
    if access:
        request.max_content_length = access.body
    if request.mimetype != "application/x-www-form-urlencoded":
        return
    if not access or access.body <= ADMIN_BODY:  # only a door that takes whole mails takes more
        request.max_content_length = min(URLENCODED_BYTES, request.max_content_length or URLENCODED_BYTES)
    if request.get_data(parse_form_data=False).count(b"&") >= FIELDS:
        abort(413, f"A form may have {FIELDS} fields at most.")
