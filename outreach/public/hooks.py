"""POST /hooks/<provider>/<secret>: where mail providers tell what became of letters, and hand in mail (MAIL X8).

The answer is quick and short: 200 once the post is kept, 404 for a wrong address, 401 with what is wrong of a signature.
"""

from flask import Response, abort, request

from outreach.http.access import MEGABYTE, anyone
from outreach.http.house import current_house
from outreach.http.limits import limiter
from outreach.http.transactions import poke, transaction
from outreach.journeys import hooks
from outreach.mail.providers import ses
from outreach.mail.providers.told import NotUnderstood, Post
from outreach.public.blueprint import blueprint

LARGEST = 30 * MEGABYTE


@blueprint.post("/hooks/<provider>/<path_secret>")
@blueprint.post("/hooks/<provider>/<path_secret>/mime")
@limiter.limit("6000/minute")
@anyone("mail providers show a secret address and, where they can, a signature", csrf=False, body=LARGEST)
def provider_hook(provider: str, path_secret: str) -> Response:
    """Check, keep, wake the reader."""
    lower = {name.lower(): value for name, value in request.headers.items()}
    post = Post(lower, request.get_data(cache=False, parse_form_data=False), request.content_type or "")
    try:
        kept = hooks.let_in(transaction(), current_house(), provider, path_secret, post)
        asks = bool(kept) and provider == "ses" and bool(ses.confirmation(post))
    except NotUnderstood:
        abort(400, "This post cannot be read.")
    if kept is None:
        abort(404)
    if not kept:
        abort(401, hooks.refusal(transaction(), provider))
    if asks:
        transaction().commit()  # let go of the database before the network
    if asks and not hooks.confirm_subscription(post):
        abort(502, "The subscription could not be confirmed; please send the request again.")
    poke("read_hooks")
    return Response("kept\n", 200, mimetype="text/plain")
