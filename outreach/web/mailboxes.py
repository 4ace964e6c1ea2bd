"""/settings/mailboxes: the accounts that send and receive: how each is, set up by provider, tried, paused, taken out."""

from typing import Any

from flask import abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from outreach.errors import Refused
from outreach.http.access import role
from outreach.http.house import current_house, now
from outreach.http.limits import limiter
from outreach.http.sign_in import this_user
from outreach.http.transactions import poke, transaction
from outreach.journeys import accounts, breakers, pausing, set_up_mailbox, sign_in_with, try_mailbox
from outreach.mail.providers import table
from outreach.mail.providers.table import Provider
from outreach.reports import mailbox_month
from outreach.reports import mailboxes as report
from outreach.store import mailboxes, oauth_clients, pauses, users
from outreach.store.mailboxes import Mailbox
from outreach.web.blueprint import blueprint

LIST = "/settings/mailboxes"


@blueprint.get("/settings/mailbox")
@role("admin")
def old_mailbox_page() -> Response:
    """The address that this page had before."""
    return redirect(LIST, 308)


@blueprint.get(LIST)
@role("admin")
def mailbox_list() -> str:
    """Every mailbox with its health."""
    _ensure_one()
    settings = current_house().settings
    words, number = request.args.get("q", "").strip()[:100], request.args.get("page", 1, type=int)
    polls, sends = bool(settings.imap_url), bool(settings.submission_url)
    page = report.page(transaction(), now(), words, number, polls_env=polls, env_sends=sends)
    return render_template(
        "mailboxes/list.html",
        boxes=page.shown,
        page=page,
        q=words,
        provider_of=table.of,
        local=settings.mail_is_local,
        everybody=mailboxes.default(transaction()),
    )


@blueprint.get(LIST + "/new")
@role("admin")
def choose_provider() -> str:
    """Who carries the mail?"""
    return render_template("mailboxes/new.html", providers=table.PROVIDERS)


@blueprint.get(LIST + "/new/<provider>")
@role("admin")
def new_mailbox(provider: str) -> str:
    """The form, filled in with what the provider's servers are."""
    return _form(set_up_mailbox.fresh(_provider(provider).key, now()))


@blueprint.post(LIST + "/new/<provider>")
@role("admin")
def add_mailbox(provider: str) -> Response | tuple[str, int]:
    """Add it; where one signs in at the provider, the next page leads there."""
    _ensure_one()
    session, row = transaction(), set_up_mailbox.fresh(_provider(provider).key, now())
    if request.form.get("how") == "oauth":
        row.sign_in = table.of(provider).oauth
    errors = set_up_mailbox.save(session, current_house(), row, request.form, now())
    if errors:
        return _form(row, errors), 422
    session.add(row)
    session.flush()
    if row.sign_in != "password":
        sign_in_with.prepare(current_house(), row, row.sign_in)
        return redirect(f"{LIST}/{row.id}#connect", 303)
    flash(f"{row.address} is set up. {_taking_over(row)}Try both servers once.", "ok")
    return redirect(f"{LIST}/{row.id}", 303)


@blueprint.get(LIST + "/<int:mailbox_id>")
@role("admin")
def mailbox_page(mailbox_id: int) -> str:
    """One mailbox."""
    return _form(_row(mailbox_id))


@blueprint.post(LIST + "/<int:mailbox_id>")
@role("admin")
def save_mailbox(mailbox_id: int) -> Response | tuple[str, int]:
    """Change it."""
    row = _row(mailbox_id)
    errors = set_up_mailbox.save(transaction(), current_house(), row, request.form, now())
    if errors:
        return _form(row, errors), 422
    poke("deliver")
    flash("Saved.", "ok")
    return redirect(f"{LIST}/{row.id}", 303)


@blueprint.post(LIST + "/test")
@limiter.limit("12/minute")
@role("admin")
def test_mailbox() -> str:
    """Try the servers with what the form holds now, saved or not. Nothing is changed."""
    house, form = current_house(), request.form
    row = transaction().get(Mailbox, form.get("id", type=int) or 0) or set_up_mailbox.fresh("", now())
    sign_in, me = row.sign_in, this_user().email
    urls = {kind: _tried_url(row, kind) for kind in ("smtp", "imap")}
    token, inbox_token = sign_in_with.bearer(house, row), sign_in_with.inbox_bearer(house, row)
    transaction().rollback()  # let go of the database before the network
    results = [try_mailbox.Tried(kind, False, words) for kind, (_, words) in urls.items() if words]
    if url := urls["smtp"][0]:
        results.append(try_mailbox.sending(url, form.get("address", ""), me, token))
    if url := urls["imap"][0]:
        results.append(try_mailbox.receiving(url, inbox_token))
    return render_template("mailboxes/test.html", results=results, sign_in=sign_in)


@blueprint.post(LIST + "/<int:mailbox_id>/pause")
@role("admin", "manager")
def pause_mailbox(mailbox_id: int) -> Response:
    """P2: nothing leaves from it until somebody lifts the pause."""
    row, reason = _row(mailbox_id), request.form.get("reason", "")
    pausing.pause(transaction(), current_house(), "mailbox", row.id, this_user(), now(), reason=reason)
    flash(f"{row.address} is paused. Its mail waits.", "ok")
    return redirect(LIST, 303)


@blueprint.post(LIST + "/<int:mailbox_id>/resume")
@role("admin", "manager")
def resume_mailbox(mailbox_id: int) -> Response:
    """Lift the pause; what a refused login or a silent server held is tried again now as well."""
    row, session, moment = _row(mailbox_id), transaction(), now()
    for pause in pauses.holding(session, "mailbox", row.id, moment):
        pausing.lift(session, current_house(), pause.id, this_user(), moment)
    row.paused_until, row.paused_reason, row.failures = None, "", 0
    poke("deliver")
    flash(f"{row.address} sends again, within its limits.", "ok")
    return redirect(LIST, 303)


@blueprint.post(LIST + "/<int:mailbox_id>/prefer")
@role("admin")
def prefer_mailbox(mailbox_id: int) -> Response:
    """What no rep's own mailbox sends leaves from this one."""
    row = _row(mailbox_id)
    set_up_mailbox.prefer(transaction(), row, this_user(), now())
    flash(f"{row.address} sends for everybody now. Letters that wait already leave from where they are.", "ok")
    return redirect(LIST, 303)


@blueprint.post(LIST + "/<int:mailbox_id>/let-go")
@role("admin", "manager")
def close_breaker(mailbox_id: int) -> Response:
    """L7: a person lets first letters go again."""
    row = _row(mailbox_id)
    breakers.open_again(transaction(), row, now(), this_user())
    poke("deliver")
    flash(f"First letters leave from {row.address} again.", "ok")
    return redirect(LIST, 303)


@blueprint.get(LIST + "/<int:mailbox_id>/remove")
@role("admin")
def remove_page(mailbox_id: int) -> str:
    """Who takes over?"""
    row = _row(mailbox_id)
    heirs = [(box.id, box.address) for box in set_up_mailbox.heirs(transaction(), row)]
    return render_template("mailboxes/remove.html", row=row, heirs=heirs)


@blueprint.post(LIST + "/<int:mailbox_id>/remove")
@role("admin")
def remove_mailbox(mailbox_id: int) -> Response:
    """Take it out of use."""
    row, heir = _row(mailbox_id), _row(request.form.get("heir", type=int) or 0)
    moved = set_up_mailbox.remove(transaction(), row, heir, this_user(), now())
    flash(f"{row.address} is out of use; {heir.address} has taken over {moved} waiting letters.", "ok")
    return redirect(LIST, 303)


@blueprint.post(LIST + "/<int:mailbox_id>/return")
@role("admin")
def use_again(mailbox_id: int) -> Response:
    """Put it back into use; its passwords were forgotten."""
    row = _row(mailbox_id)
    row.active = True
    flash(f"{row.address} is in use again. Enter its passwords.", "ok")
    return redirect(f"{LIST}/{row.id}", 303)


# ---- signing in at the provider


@blueprint.post(LIST + "/<int:mailbox_id>/connect")
@role("admin")
def connect(mailbox_id: int) -> Response:
    """Keep our registration if it was typed in, then send the browser to the provider."""
    row, session, form = _row(mailbox_id), transaction(), request.form
    provider = table.of(row.provider).oauth
    if not provider:
        raise Refused("This mailbox signs in with a password.")
    if form.get("client_id"):
        typed = (form.get(name, "").strip() for name in ("client_id", "client_secret", "tenant"))
        sign_in_with.save_client(session, current_house(), provider, *typed)
    return redirect(sign_in_with.begin(session, current_house(), row, provider), 303)


@blueprint.get(sign_in_with.RETURN_PATH)
@role("admin")
def connected() -> Response:
    """The browser is back from the provider."""
    house, session = current_house(), transaction()
    mailbox, client, pending = sign_in_with.awaited(session, house, request.args.get("state", ""))
    mailbox_id, address = mailbox.id, mailbox.address
    if not (code := request.args.get("code", "")):
        flash(f"{client.endpoints.name} did not give permission. Nothing was changed.", "bad")
        return redirect(f"{LIST}/{mailbox_id}", 303)
    session.rollback()  # let go of the database before the network
    try:
        tokens = sign_in_with.exchange(house, client, pending, code)
    except sign_in_with.OAuthRefused as refused:
        flash(str(refused), "bad")
        return redirect(f"{LIST}/{mailbox_id}", 303)
    row = session.get_one(Mailbox, mailbox_id)
    sign_in_with.finish(house, row, pending["provider"], tokens)
    words = _taking_over(row)
    poke("deliver")
    flash(f"{address} is connected. {words}Try both servers once.", "ok")
    return redirect(f"{LIST}/{mailbox_id}", 303)


# ---- parts


def _taking_over(row: Mailbox) -> str:
    took = set_up_mailbox.takes_over(transaction(), current_house(), row)
    return "Letters to everybody leave from it now; before, they stayed on this machine. " if took else ""


def _ensure_one() -> None:
    if mailboxes.default(transaction()) is None:
        accounts.ensure_mailbox(transaction(), current_house(), now())
        transaction().flush()


def _row(mailbox_id: int) -> Mailbox:
    return transaction().get(Mailbox, mailbox_id) or abort(404)


def _provider(key: str) -> Provider:
    return table.BY_KEY.get(key) or abort(404)


def _tried_url(row: Mailbox, kind: str) -> tuple[str, str]:
    """The URL to try, or what is wrong with the form: that of the form, of the stored sign-in, or of the settings."""
    house = current_house()
    if row.sign_in != "password":
        return set_up_mailbox.stored_url(house, row, kind), ""
    url, errors = set_up_mailbox.server_url(house, row, request.form, kind)
    if errors:
        return "", " ".join(errors.values())
    fallback = house.settings.submission_url if kind == "smtp" else house.settings.imap_url
    return url or (fallback if row.from_env or kind == "smtp" else ""), ""


def _form(row: Mailbox, errors: dict[str, str] | None = None) -> str:
    house, session, provider = current_house(), transaction(), table.of(row.provider)
    client = oauth_clients.of(session, provider.oauth) if provider.oauth else None
    shown = request.form if errors else row
    known = row.id is not None
    return render_template(
        "mailboxes/form.html",
        row=row,
        shown=shown,
        provider=provider,
        smtp=_parts(row, "smtp", errors),
        imap=_parts(row, "imap", errors),
        schemes=set_up_mailbox.SCHEMES,
        errors=errors,
        owners=[("", "Nobody in particular"), *((u.id, u.name) for u in users.active_users(session))],
        paces=request.form.get("domain_limits", "") if errors else set_up_mailbox.paces_text(row.domain_limits or {}),
        folders=request.form.get("folders", "") if errors else ", ".join(row.folders or []),
        client=client,
        connected=sign_in_with.is_connected(house, row) if known else False,
        return_address=house.url(sign_in_with.RETURN_PATH),
        settings=house.settings,
        health=_health(row) if known else None,
        month=mailbox_month.month(session, row.id, now()) if known else None,
    )


def _health(row: Mailbox) -> report.Health:
    settings = current_house().settings
    return report.health(
        transaction(), row, now(), polls_env=bool(settings.imap_url), env_sends=bool(settings.submission_url)
    )


def _parts(row: Mailbox, kind: str, errors: dict[str, str] | None) -> dict[str, Any]:
    stored = set_up_mailbox.server_parts(current_house(), row, kind)
    kept = {"stored": bool(stored.pop("secret", ""))}
    if errors:
        return {part: request.form.get(f"{kind}_{part}", "") for part in ("scheme", "host", "port", "user")} | kept
    if not stored and row.id is None:
        return set_up_mailbox.suggested_parts(row.provider, kind, request.args.get("region", "")) | kept
    return stored | kept
