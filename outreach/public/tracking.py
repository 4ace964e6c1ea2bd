"""/c/<token>: a link of a letter, /o/<token>.gif: the open pixel, and /t/<token>: the end of it.

A link leads everybody on, always; keeping the hit comes second and may fail.
"""

import base64
import logging

from flask import Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from outreach import clock
from outreach.core.tracking import Hit
from outreach.http.access import anyone
from outreach.http.house import current_house, now
from outreach.http.sign_in import current_user
from outreach.http.transactions import transaction
from outreach.journeys import opt_out, track
from outreach.public import brand
from outreach.public.blueprint import blueprint
from outreach.store import account

log = logging.getLogger(__name__)

PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


@blueprint.get("/c/<token>")
@anyone("links in letters; the target is a row of ours, never part of the address")
def click(token: str) -> AnyResponse:
    """302 to the address kept with the letter; 404 for a token that is not ours (MAIL T3, T5).

    Behind a dot stands which letter it was, where many have this link; without that (cut off, or not ours) nobody clicked.
    """
    token, _, letter = token.partition(".")
    link_id = current_house().number("click", token)
    message_id = current_house().number("letter", letter) if letter else None
    url = track.target(transaction(), link_id) if link_id is not None else None
    if link_id is None or url is None:
        abort(404, "This link is not one of ours, or the letter that it was in is gone.")
    hit = _hit(link_id)
    try:
        with transaction().begin_nested():
            track.click(transaction(), current_house(), hit, message_id, now())
            url = track.marked(transaction(), current_house(), hit, message_id, url)
    except Exception:
        log.exception("a click could not be kept")
    return redirect(url, 302)


@blueprint.get("/o/<token>.gif")
@anyone("a pixel in letters, only where open tracking is on")
def opened(token: str) -> Response:
    """One transparent pixel; the hit is kept only while the account tracks opens (MAIL T1)."""
    message_id = current_house().number("open", token)
    if message_id is None:
        abort(404)
    if account.get(transaction()).open_pixel:
        try:
            with transaction().begin_nested():
                track.opened(transaction(), message_id, _hit(0), now())
                transaction().flush()
        except Exception:
            log.exception("an open could not be kept")
    return Response(PIXEL, mimetype="image/gif", headers={"Cache-Control": "no-store"})


@blueprint.get("/t/<token>")
@anyone("the signed token belongs to one letter")
def untrack_page(token: str) -> Response:
    """One button; looking changes nothing (MAIL T1)."""
    _untracked(token)
    return _untrack("ask")


@blueprint.post("/t/<token>")
@anyone("the signed token belongs to one letter", csrf=False, body=8_000)
def untrack_post(token: str) -> Response:
    """No letter tells any more that it was opened; twice is once."""
    opt_out.untrack(transaction(), _untracked(token), now())
    return _untrack("done")


def _untracked(token: str) -> int:
    message_id = current_house().number("untrack", token)
    if message_id is None:
        abort(404, "This link is not complete. Please use the one at the end of the letter, or simply reply to it.")
    return message_id


def _untrack(state: str) -> Response:
    return Response(render_template("public/untrack.html", state=state, us=brand.us()), mimetype="text/html")


def _hit(link_id: int) -> Hit:
    headers = request.headers
    purpose = " ".join(headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz", "X-Purpose")).lower()
    return Hit(
        at=clock.real_now(),
        link_id=link_id,
        method=request.method,
        agent=headers.get("User-Agent", ""),
        ip=request.remote_addr or "",
        language=bool(headers.get("Accept-Language")),
        prefetch="prefetch" in purpose or "preview" in purpose,
        own=not current_house().settings.mail_is_local and current_user() is not None,
    )
