"""One lead by machine: erase (GDPR Art. 17), and all that is kept of them (Art. 15, 20)."""

from flask import g, jsonify, request
from flask.typing import ResponseReturnValue

from outreach.api.steering import named_lead
from outreach.api.views import blueprint
from outreach.http.access import with_token
from outreach.http.house import current_house, now
from outreach.http.transactions import poke, transaction
from outreach.journeys import erase
from outreach.reports import all_about


@blueprint.post("/leads/<who>/erase")
@with_token
def erase_lead(who: str) -> ResponseReturnValue:
    """Erase, with the lead's address as `confirm`."""
    lead, given = named_lead(who), request.get_json(silent=True)
    erase.confirmed(lead, str(given.get("confirm", "")) if isinstance(given, dict) else "")
    by = f"{g.api_token.name} (API)"
    words = erase.erase(transaction(), current_house(), lead.id, None, now(), by=by)
    poke("advance")
    return jsonify(lead=lead.id, done=words)


@blueprint.get("/leads/<who>/data")
@with_token
def data_of_lead(who: str) -> ResponseReturnValue:
    """Every row that is kept of them, by table."""
    return jsonify(all_about.all_about(transaction(), named_lead(who)))
