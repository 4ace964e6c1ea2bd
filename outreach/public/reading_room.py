"""/read/<key>: an educational letter as a page, so that an answer can lead to something useful at once."""

from typing import Any

from flask import Response, abort, render_template

from outreach.http.access import anyone
from outreach.http.house import current_house
from outreach.http.transactions import transaction
from outreach.journeys import letters
from outreach.mail.templating import TemplateError
from outreach.public import brand
from outreach.public.blueprint import blueprint
from outreach.store import account, templates

Block = tuple[str, list[str]]


@blueprint.get("/read/<key>")
@anyone("educational pieces are for everybody")
def read(key: str) -> Response:
    """The piece in force, without anything that belongs to one lead."""
    session = transaction()
    template = templates.by_key(session, key)
    if template is None or template.kind != "educational" or template.archived_at:
        abort(404)
    us = account.get(session)
    fields: dict[str, Any] = {"owner": letters.owner_fields(us, None, current_house()), "brand": brand.us()}
    try:
        letter = letters.render(session, letters.text_of(session, key), fields, preview=True)
    except TemplateError:
        abort(404)
    html = render_template(
        "public/read.html", title=letter.subject, blocks=blocks(letter.text, letter.subject), us=brand.us()
    )
    return Response(html, mimetype="text/html")


def blocks(text: str, title: str) -> list[Block]:
    """A plain text as paragraphs (`p`) and lists (`ul`), without its title, greeting and small print."""
    found: list[Block] = []
    for part in text.split("\n\n"):
        lines = [line.strip() for line in part.strip().split("\n") if line.strip()]
        if lines and lines[0].startswith(("--", "__")):
            break
        if not lines or lines == [title] or (len(lines) == 1 and lines[0].startswith("Hello")):
            continue
        points = [line[2:] for line in lines if line.startswith("- ")]
        found.append(("ul", points) if len(points) == len(lines) else ("p", lines))
    return found
