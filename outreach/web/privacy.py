"""What the law asks for: /leads/<id>/erase and data.zip (GDPR Art. 15, 17, 20), /leads/<id>/basis and /settings/consent (MAIL C5)."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from flask import Response, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from outreach.core import jurisdictions
from outreach.errors import Refused
from outreach.http.access import role, signed_in
from outreach.http.house import current_house, now
from outreach.http.sign_in import this_user
from outreach.http.transactions import poke, transaction
from outreach.journeys import consent_rules, edit_lead, erase
from outreach.reports import all_about
from outreach.store import account, bases
from outreach.store.leads import Lead
from outreach.web.blueprint import blueprint
from outreach.web.files import download
from outreach.web.filters import page_zone


@blueprint.get("/leads/<int:lead_id>/erase")
@role(*erase.ROLES)
def erase_page(lead_id: int) -> str:
    """What goes and what stays, and the field that has to be filled in."""
    return _page(_lead(lead_id), "")


@blueprint.post("/leads/<int:lead_id>/erase")
@role(*erase.ROLES)
def erase_lead(lead_id: int) -> AnyResponse | tuple[str, int]:
    """Erase, once the address was typed. The second of two clicks is told that it is done."""
    known = transaction().get(Lead, lead_id)
    if known is not None and known.erased_at:
        flash("This lead is erased already.", "ok")
        return redirect("/leads", 303)
    lead = _lead(lead_id)
    try:
        erase.confirmed(lead, request.form.get("confirm", ""))
    except Refused as refused:
        return _page(lead, str(refused)), 422
    words = erase.erase(transaction(), current_house(), lead_id, this_user(), now())
    poke("advance")
    flash(words, "ok")
    return redirect("/leads", 303)


@blueprint.get("/leads/<int:lead_id>/data.zip")
@role(*erase.ROLES)
def data_of_lead(lead_id: int) -> Response:
    """All that is kept of them."""
    packed = all_about.archive(transaction(), _lead(lead_id), now())
    return download(packed, f"lead-{lead_id}.zip")


@blueprint.post("/leads/<int:lead_id>/basis")
@signed_in
def note_basis(lead_id: int) -> AnyResponse:
    """By what they may be written to (MAIL C5)."""
    form, until = request.form, request.form.get("until", "").strip()
    try:
        end = datetime.combine(datetime.fromisoformat(until[:10]), time(), ZoneInfo(page_zone())) if until else None
    except ValueError:
        raise Refused(f"“{until[:40]}” is no date.") from None
    words = (form.get("purpose", ""), form.get("basis", ""), form.get("words", ""))
    edit_lead.state_basis(transaction(), _lead(lead_id).id, *words, this_user(), now(), end)
    poke("advance")
    flash("Noted", "ok")
    return redirect(f"/leads/{lead_id}", 303)


@blueprint.get("/settings/consent")
@role(*erase.ROLES)
def consent_page() -> str:
    """Which basis counts where, and for how long."""
    return _consent_page({}, {})


@blueprint.post("/settings/consent")
@role(*erase.ROLES)
def save_consent() -> AnyResponse | tuple[str, int]:
    """Whether a basis is asked for, and the account's own months."""
    given = dict(request.form.items())
    if wrong := consent_rules.save(transaction(), given, this_user(), now()):
        return _consent_page(given, wrong), 422
    poke("advance")
    flash("Saved", "ok")
    return redirect("/settings/consent", 303)


def _consent_page(given: dict[str, str], wrong: dict[str, str]) -> str:
    us = account.get(transaction())
    shown = consent_rules.shown(us) | given
    return render_template(
        "settings_consent.html", table=jurisdictions.TABLE, words=jurisdictions.BASES, given=shown, errors=wrong, us=us,
        asked=given.get("asked") == "1" if given else us.basis_asked, home=bases.rules_of(us).of(""), field=consent_rules.field,
    )  # fmt: skip


def _page(lead: Lead, fault: str) -> str:
    return render_template(
        "leads/erase.html", lead=lead, goes=erase.GOES, stays=erase.STAYS, elsewhere=erase.ELSEWHERE,
        wanted=erase.confirm_by(lead), errors={"confirm": fault} if fault else {}, given=request.form.get("confirm", ""),
    )  # fmt: skip


def _lead(lead_id: int) -> Lead:
    lead = transaction().get(Lead, lead_id)
    if lead is None or lead.erased_at:
        abort(404)
    return lead
