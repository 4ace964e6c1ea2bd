"""/settings/mailbox: the account that sends and receives, with a button that tries both servers."""

from typing import Any

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from outreach.http.access import role
from outreach.http.house import current_house, now
from outreach.http.limits import limiter
from outreach.http.sign_in import this_user
from outreach.http.transactions import transaction
from outreach.journeys import accounts, configure, try_mailbox
from outreach.store import mailboxes
from outreach.store.mailboxes import Mailbox
from outreach.web.blueprint import blueprint


@blueprint.get("/settings/mailbox")
@role("admin")
def mailbox() -> str:
    """The first mailbox: addresses, servers, limits."""
    return _page()


@blueprint.post("/settings/mailbox")
@role("admin")
def save_mailbox() -> Response | tuple[str, int]:
    """Change it."""
    errors = configure.mailbox(transaction(), current_house(), _row(), request.form)
    if errors:
        return _page(errors), 422
    flash("Saved.", "ok")
    return redirect("/settings/mailbox", 303)


@blueprint.post("/settings/mailbox/test")
@limiter.limit("12/minute")
@role("admin")
def test_mailbox() -> str:
    """Try the servers with what the form holds now, saved or not. Nothing is changed."""
    house, row, form = current_house(), _row(), request.form
    results = []
    for kind, fallback in (("smtp", house.settings.submission_url), ("imap", house.settings.imap_url)):
        url, errors = configure.server_url(house, row, form, kind)
        transaction().rollback()  # let go of the database before the network
        if errors:
            results += [(kind, False, sentence) for sentence in errors.values()]
        elif url or fallback:
            attempt = try_mailbox.sending if kind == "smtp" else try_mailbox.receiving
            results.append((kind, *attempt(url or fallback, form.get("address", ""), this_user().email)))
    return render_template("settings_mailbox_test.html", results=results)


def _row() -> Mailbox:
    session = transaction()
    if mailboxes.default(session) is None:
        accounts.ensure_mailbox(session, current_house(), now())
        session.flush()
    row = mailboxes.default(session)
    if row is None:
        raise LookupError("there is no mailbox although one was made a moment ago")
    return row


def _page(errors: dict[str, str] | None = None) -> str:
    house, row = current_house(), _row()
    return render_template(
        "settings_mailbox.html",
        row=request.form if errors else row,
        smtp=_parts(row, "smtp", errors),
        imap=_parts(row, "imap", errors),
        schemes=configure.SCHEMES,
        errors=errors,
        local=house.settings.mail_is_local,
        settings=house.settings,
    )


def _parts(row: Mailbox, kind: str, errors: dict[str, str] | None) -> dict[str, Any]:
    stored = configure.server_parts(current_house(), row, kind)
    kept = {"stored": bool(stored.pop("secret", ""))}
    if errors:
        return {part: request.form.get(f"{kind}_{part}", "") for part in ("scheme", "host", "port", "user")} | kept
    return stored | kept
