"""/settings/domains: is our mail believed? What DNS says of each sending domain, what to publish, and its DKIM keys."""

from flask import abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from outreach.http.access import role
from outreach.http.house import current_house, now
from outreach.http.limits import limiter
from outreach.http.transactions import transaction
from outreach.journeys import sending_domains, signing
from outreach.mail import dkim, dns
from outreach.mail.dnscheck import Record
from outreach.store import domains
from outreach.store.domains import DkimKeyRow
from outreach.web.blueprint import blueprint

PAGE = sending_domains.PAGE


@blueprint.get(PAGE)
@role("admin")
def sending_domains_page() -> str:
    """Every domain that a mailbox sends from."""
    session = transaction()
    shown = [
        {
            "name": name,
            "local": dns.is_local(name),
            "row": domains.by_name(session, name),
            "findings": sending_domains.findings(session, name),
            "keys": [(key, _record(key)) for key in domains.keys(session, name)],
            "signer": sender.signer,
            "own": sender.signs_itself,
        }
        for name in sending_domains.names(session)
        for sender in (sending_domains.sender_of(session, current_house(), name),)
    ]
    return render_template("mailboxes/domains.html", shown=shown)


@blueprint.post(PAGE + "/<name>/check")
@limiter.limit("20/minute")
@role("admin")
def check_domain(name: str) -> Response:
    """Ask DNS now."""
    _known(name)
    transaction().rollback()  # let go of the database before the network
    findings = sending_domains.look(current_house(), name)
    bad = sum(finding.state in sending_domains.BAD for finding in findings)
    flash(f"{name}: {'all is well' if not bad else f'{bad} to mend'}.", "bad" if bad else "ok")
    return redirect(PAGE, 303)


@blueprint.post(PAGE + "/<name>/keys")
@role("admin")
def new_dkim_key(name: str) -> Response:
    """A fresh key; its record is shown, and it signs once DNS has it."""
    _known(name)
    key = signing.new_key(transaction(), current_house(), name, request.form.get("kind", "rsa"), now())
    flash("Publish the record below. Letters are signed as soon as DNS shows it.", "ok")
    return redirect(f"{PAGE}#key-{key.id}", 303)


@blueprint.post(PAGE + "/keys/<int:key_id>/drop")
@role("admin")
def drop_dkim_key(key_id: int) -> Response:
    """Take a key away."""
    signing.drop_key(transaction(), key_id)
    flash("The key is gone. Leave its DNS record for a week: letters on the way need it.", "ok")
    return redirect(PAGE, 303)


def _known(name: str) -> None:
    if name not in sending_domains.names(transaction()):
        abort(404)


def _record(key: DkimKeyRow) -> Record:
    return Record(f"{key.selector}._domainkey.{key.domain}", "TXT", dkim.record(key.kind, key.public))
