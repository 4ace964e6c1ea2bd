"""/u/<token>: stop the mail. GET shows one button and changes nothing; the POST acts at once (MAIL 1.3, RFC 8058)."""

from flask import Response, abort, render_template, request

from outreach.http.access import anyone
from outreach.http.house import current_house, now
from outreach.http.transactions import transaction
from outreach.journeys import opt_out
from outreach.public import brand
from outreach.public.blueprint import blueprint
from outreach.store import account
from outreach.store.messages import Message

BODY = 64_000


@blueprint.get("/u/<token>")
@anyone("the signed token belongs to one letter")
def unsubscribe_page(token: str) -> Response:
    """One button (U3); where opens are seen, a way to end that alone (T1)."""
    message_id = _message_id(token)
    seen = account.get(transaction()).open_pixel
    return _page("ask", current_house().token("untrack", message_id) if seen else "")


@blueprint.post("/u/<token>")
@anyone("one-click unsubscribing by mail programs: no cookie, no login (RFC 8058)", csrf=False, body=BODY)
def unsubscribe_post(token: str) -> Response:
    """Suppress the address that the letter went to, whatever the body says; twice is once, and no redirect (U2, U4)."""
    message_id = _message_id(token)
    letter = transaction().get(Message, message_id)
    if letter is not None:
        one_click = request.form.get("List-Unsubscribe") == "One-Click"
        source = "one-click" if one_click else "link"
        ids = {"message_id": letter.id, "lead_id": letter.lead_id}
        opt_out.unsubscribe(transaction(), current_house(), letter.to_address, source, now(), **ids)
    return _page("done")


def _message_id(token: str) -> int:
    message_id = current_house().number("unsubscribe", token)
    if message_id is None:
        abort(
            404, "This link is not complete. Please use the one at the end of the letter, or reply with “unsubscribe”."
        )
    return message_id


def _page(state: str, untrack: str = "") -> Response:
    page = render_template("public/unsubscribe.html", state=state, us=brand.us(), untrack=untrack)
    return Response(page, mimetype="text/html")
