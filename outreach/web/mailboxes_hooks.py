"""/settings/webhooks: let mail providers tell us what became of letters, and see that they do."""

from flask import abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from outreach.http.access import role
from outreach.http.house import current_house, now
from outreach.http.transactions import poke, transaction
from outreach.journeys import hooks
from outreach.mail.providers import table
from outreach.store import hooks as rows
from outreach.web.blueprint import blueprint

PAGE = "/settings/webhooks"
STEPS = {
    "ses": (
        "Amazon SNS: make a standard topic, add an HTTPS subscription with this address. It is confirmed by itself.",
        "SES > Configuration sets (or the identity’s notifications): send Bounce, Complaint and Delivery to that topic, "
        "with original headers.",
        "Replies: a receipt rule with the SNS action and this topic, when the reply domain’s MX leads to SES.",
    ),
    "postmark": (
        "Servers > your server > Webhooks: add this address; tick Delivery, Bounce, Spam complaint, Subscription change.",
        "Replies: Default inbound stream > Settings: the same address; tick “Include raw email content”.",
    ),
    "sendgrid": (
        "Settings > Mail settings > Event webhooks: this address; tick Delivered, Bounced, Dropped, Deferred, Spam reports, "
        "Unsubscribes. Switch on the signed event webhook and copy its verification key to here.",
        "Replies: Settings > Inbound parse: your reply domain, this address, tick “POST the raw, full MIME message”.",
    ),
    "mailgun": (
        "Sending > Webhooks: add this address for delivered, permanent failure, temporary failure, complained, unsubscribed. "
        "The HTTP webhook signing key stands on the same page.",
        "Replies: Receiving > Routes: forward mail for your reply domain to this address (it ends in mime, as it must).",
    ),
    "brevo": (
        "Transactional > Settings > Webhook: this address; tick delivered, hard and soft bounce, blocked, deferred, spam, "
        "unsubscribed.",
        "Replies: an inbound parsing webhook for your reply domain, with the same address.",
    ),
}
SECRETS = {
    "ses": "",
    "postmark": "User and password of basic authentication, as user:password (optional)",
    "sendgrid": "Verification key",
    "mailgun": "HTTP webhook signing key",
    "brevo": "Bearer token (optional)",
}


@blueprint.get(PAGE)
@role("admin")
def webhooks_page() -> str:
    """Each provider: its address, when it posted last, what went wrong."""
    house, session = current_house(), transaction()
    known = {key: rows.hook_of(session, key) for key in hooks.ADAPTERS}
    return render_template(
        "mailboxes/webhooks.html",
        providers=[table.of(key) for key in hooks.ADAPTERS],
        known=known,
        addresses={key: hooks.address_of(house, row) for key, row in known.items() if row},
        steps=STEPS,
        secrets=SECRETS,
        lacking=[key for key in hooks.NEEDS_SECRET if (row := known[key]) and not row.secret],
        failures=rows.failed(session),
        local=house.settings.base_url.startswith("http://"),
    )


@blueprint.post(PAGE + "/<provider>")
@role("admin")
def open_webhook(provider: str) -> Response:
    """Let it post, or change its key."""
    if provider not in hooks.ADAPTERS:
        abort(404)
    hooks.open_for(transaction(), current_house(), provider, request.form.get("secret", "").strip(), now())
    flash(f"{table.of(provider).name} may post to the address below.", "ok")
    return redirect(f"{PAGE}#{provider}", 303)


@blueprint.post(PAGE + "/<provider>/close")
@role("admin")
def close_webhook(provider: str) -> Response:
    """Its posts are refused from now on; the address is never used again."""
    hooks.close_for(transaction(), provider)
    flash(f"Posts of {table.of(provider).name} are refused from now on.", "ok")
    return redirect(PAGE, 303)


@blueprint.post(PAGE + "/posts/<int:post_id>/again")
@role("admin")
def read_post_again(post_id: int) -> Response:
    """Have a post that was not understood read again."""
    hooks.read_again(transaction(), post_id)
    poke("read_hooks")
    flash("It is read again.", "ok")
    return redirect(PAGE, 303)
