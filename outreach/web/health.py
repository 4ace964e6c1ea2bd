"""/health: engines, workers, clock, queues, mail; what waits and why; what failed; what only a person can settle."""

from collections.abc import Callable

from flask import Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from outreach.errors import Refused
from outreach.http.access import role, signed_in
from outreach.http.house import current_house, now
from outreach.http.sign_in import this_user
from outreach.http.transactions import poke, transaction
from outreach.journeys import settle
from outreach.reports import health as reports
from outreach.web.blueprint import blueprint

OPERATORS = ("admin", "manager")
DONE = {
    "resend": "The letter goes out again.",
    "sent": "Marked as sent; the sequence goes on.",
    "leave": "Left unsent.",
}


@blueprint.get("/health")
@signed_in
def health() -> str | Response:
    """The page; asked for in part (`HX-Request`) it is the body alone, renewed every few seconds."""
    found = reports.look(transaction(), current_house(), now())
    part = "health/_body.html" if request.headers.get("HX-Request") else "health/page.html"
    return render_template(part, health=found, may=this_user().role in OPERATORS, settings=current_house().settings)


@blueprint.post("/health/unsure/<int:message_id>")
@role(*OPERATORS)
def settle_unsure(message_id: int) -> AnyResponse:
    """Resend, mark as sent, or leave."""
    choice = request.form.get("choice", "")

    def act() -> str:
        settle.unsure(transaction(), message_id, choice, this_user(), now())
        return DONE[choice]

    return _settled(act, "deliver_urgent", "deliver", "advance", back=_back(message_id))


@blueprint.post("/health/failed/<int:message_id>")
@role(*OPERATORS)
def try_failed_again(message_id: int) -> AnyResponse:
    """Queue a failed letter once more."""

    def act() -> str:
        settle.failed(transaction(), message_id, this_user(), now())
        return "It is tried again."

    return _settled(act, "deliver_urgent", "deliver", back=_back(message_id))


@blueprint.post("/health/quarantine/<int:inbound_id>")
@role(*OPERATORS)
def read_again(inbound_id: int) -> AnyResponse:
    """Read a quarantined message again."""

    def act() -> str:
        settle.quarantined(transaction(), inbound_id)
        return "It is read again."

    return _settled(act, "receive")


def _back(message_id: int) -> str:
    """The page that asked: the letter's own, or Health."""
    return f"/mail/outbox/{message_id}" if request.form.get("back") == "outbox" else "/health"


def _settled(act: Callable[[], str], *jobs: str, back: str = "/health") -> AnyResponse:
    try:
        flash(act(), "ok")
    except Refused as error:
        flash(str(error), "bad")
        return redirect(back, 303)
    for job in jobs:
        poke(job)
    return redirect(back, 303)
