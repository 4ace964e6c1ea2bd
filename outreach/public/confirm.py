"""/a/confirm/<token>: the owner of an address says that it was them. GET shows one button and changes nothing (B4, MAIL L4)."""

from flask import Response, render_template, request

from outreach.errors import NotFound
from outreach.http.access import anyone
from outreach.http.house import current_house, now
from outreach.http.transactions import poke, transaction
from outreach.journeys import held_answers
from outreach.public import brand
from outreach.public.blueprint import blueprint
from outreach.store.messages import Message

BODY = 8_000


@blueprint.get("/a/confirm/<token>")
@anyone("the signed token belongs to one letter")
def confirm_page(token: str) -> Response:
    """One button."""
    _message_id(token)
    return _page("ask")


@blueprint.post("/a/confirm/<token>")
@anyone("the signed token belongs to one letter", csrf=False, body=BODY)
def confirm_post(token: str) -> Response:
    """What was asked for begins; twice is once."""
    letter = transaction().get(Message, _message_id(token))
    done = held_answers.confirm(transaction(), current_house(), letter, request.remote_addr or "", now())
    if not done:
        return _page("late", 410)
    poke("deliver_urgent")
    return _page("done")


def _message_id(token: str) -> int:
    message_id = current_house().number("confirm", token)
    if message_id is None:
        raise NotFound("This link is not complete. Please use the one in the letter.")
    return message_id


def _page(state: str, status: int = 200) -> Response:
    return Response(render_template("public/confirm.html", state=state, us=brand.us()), status, mimetype="text/html")
