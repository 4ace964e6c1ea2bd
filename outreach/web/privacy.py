"""/leads/<id>/erase and /leads/<id>/data.zip: what the law lets people ask for (GDPR Art. 15, 17, 20)."""

from flask import Response, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from outreach.errors import Refused
from outreach.http.access import role
from outreach.http.house import current_house, now
from outreach.http.sign_in import this_user
from outreach.http.transactions import poke, transaction
from outreach.journeys import erase
from outreach.reports import all_about
from outreach.store.leads import Lead
from outreach.web.blueprint import blueprint
from outreach.web.files import download


@blueprint.get("/leads/<int:lead_id>/erase")
@role(*erase.ROLES)
def erase_page(lead_id: int) -> str:
    """What goes and what stays, and the field that has to be filled in."""
    return _page(_lead(lead_id), "")


@blueprint.post("/leads/<int:lead_id>/erase")
@role(*erase.ROLES)
def erase_lead(lead_id: int) -> AnyResponse | tuple[str, int]:
    """Erase, once the address was typed."""
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
