"""Files that people choose on a page, and files that a page hands out."""

from urllib.parse import quote

from flask import Response, abort, request

from outreach.http.transactions import transaction
from outreach.mail.letters import Attachment
from outreach.store import template_files


def chosen_files(name: str = "files") -> list[Attachment]:
    """What was chosen in a form's field; an empty field is no file."""
    chosen = [file for file in request.files.getlist(name) if file.filename]
    return [Attachment(file.filename or "", file.mimetype, file.read()) for file in chosen]


def carried_file(version_id: int | None, number: int) -> Response:
    """A file that a saved text carries, or 404."""
    found = template_files.contents(transaction(), version_id) if version_id else []
    if not 1 <= number <= len(found):
        abort(404)
    name, _kind, content = found[number - 1]
    return download(content, name)


def download(content: bytes, name: str) -> Response:
    """Always a download, and never what it says it is (MAIL X6)."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, mimetype="application/octet-stream", headers=headers)
