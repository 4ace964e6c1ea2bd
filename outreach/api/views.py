"""The API's addresses, below /api/v1."""

from typing import Any, Literal

from flask import Blueprint, abort, g, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from outreach import clock
from outreach.errors import Refused
from outreach.http.access import with_token
from outreach.http.house import current_house, now
from outreach.http.transactions import poke, transaction
from outreach.journeys import capture
from outreach.store import forms, logins, sequences

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


class NewLead(BaseModel):
    """A lead that another system hands in."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    name: str = Field(default="", max_length=200)
    email: str = Field(default="", max_length=254)
    phone: str = Field(default="", max_length=40)
    company: str = Field(default="", max_length=200)
    topic: str = Field(default="", max_length=200)
    message: str = Field(default="", max_length=5000)
    source: Literal["call", "card", "walk-in", "import"] = "import"
    basis: Literal["", "consent", "enquiry", "purchase", "contract", "address handed over", "legitimate interest"] = ""
    sequence: str = Field(default="", max_length=120)


@blueprint.before_request
def _token() -> None:
    """`Authorization: Bearer TOKEN` from `outreach token create NAME`."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    row = (
        logins.api_token(transaction(), secret.strip(), clock.real_now())
        if scheme.lower() == "bearer" and secret
        else None
    )
    if row is None:
        abort(401, "Send 'Authorization: Bearer TOKEN' with a token of `outreach token create NAME`.")
    g.api_token = row


@blueprint.post("/leads")
@with_token
def create_lead() -> ResponseReturnValue:
    """A lead, kept and (with `sequence`) enrolled: 201 with ids, 422 with an error per field."""
    try:
        wanted = NewLead.model_validate(request.get_json(silent=True) or {})
    except ValidationError as error:
        return jsonify(errors={str(e["loc"][-1]) if e["loc"] else "body": e["msg"] for e in error.errors()}), 422
    session = transaction()
    row = sequences.by_name(session, wanted.sequence) if wanted.sequence else None
    if wanted.sequence and row is None:
        known = ", ".join(s.name for s in sequences.all_sequences(session))
        return jsonify(errors={"sequence": f"There is no sequence '{wanted.sequence}'. There are: {known}."}), 422
    given = wanted.model_dump(exclude={"sequence"})
    try:
        done = capture.note_lead(
            session, current_house(), **given, sequence_id=row.id if row else None, now=now(), through="api"
        )
    except Refused as error:
        return jsonify(errors={"email": str(error)}), 422
    poke("deliver_urgent")
    return jsonify(lead=done.lead_id, submission=done.submission_id, enrolment=done.enrolment_id), 201


@blueprint.get("/forms")
@with_token
def list_forms() -> ResponseReturnValue:
    """All forms with their addresses."""
    house = current_house()
    return jsonify(
        forms=[{"key": f.key, "name": f.name, "url": house.url(f"/f/{f.key}")} for f in forms.all_forms(transaction())]
    )


def plain(value: Any) -> Any:
    """Moments as ISO 8601."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
