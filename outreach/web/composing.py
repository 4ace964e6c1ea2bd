"""The fields that every mail of one's own has beside its words: who else gets it, and when it goes."""

from datetime import datetime

from flask import abort, flash, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from outreach.errors import Refused
from outreach.http.access import signed_in
from outreach.http.house import now
from outreach.http.sign_in import this_user
from outreach.http.transactions import poke, transaction
from outreach.journeys import later
from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.web.blueprint import blueprint
from outreach.web.filters import local_time, page_zone, when

DECIDERS = ("admin", "manager")


def times(lead: Lead | None) -> list[tuple[str, str]]:
    """The mornings to choose from, in words."""
    found, two = [], lead is not None and lead.zone not in ("", page_zone())
    for key, at, zone in later.choices(now(), lead.zone if lead else "", page_zone()):
        words = when(at, zone)
        if two and key.startswith(later.HERE):
            words += " here"
        elif two:
            place = zone.rpartition("/")[2].replace("_", " ")
            words += f" in {place} ({local_time(at)} here)"
        found.append((key, words[0].upper() + words[1:]))
    return found


def chosen_time(lead: Lead | None) -> datetime | None:
    """When the mail of this form shall go; None = now. Raises Refused."""
    choice, typed = request.form.get("later", ""), request.form.get("later_at", "")
    return later.moment(choice, typed, now(), lead.zone if lead else "", page_zone())


def on_its_way(letter: Message) -> str:
    """What is said when it was taken."""
    return f"Your mail goes {when(letter.due_at)}" if letter.due_at > now() else "Your mail is on its way"


def may_decide(letter: Message) -> bool:
    """Whether this user may change when it goes: whoever wrote it, and who runs the house."""
    return letter.user_id == this_user().id or this_user().role in DECIDERS


def _decided(letter: Message, what: str) -> str:
    session = transaction()
    if what == "take back":
        later.take_back(session, letter.id, this_user(), now())
        return "Taken back: it does not go"
    if what == "words":
        words = request.form.get("subject", ""), request.form.get("text", "")
        later.set_words(session, letter.id, this_user(), *words, now())
        return "The words are changed"
    lead = session.get(Lead, letter.lead_id) if letter.lead_id else None
    at = None if what == "now" else chosen_time(lead)
    moved = later.set_time(session, letter.id, this_user(), at, now())
    poke("deliver_urgent")
    return on_its_way(moved)


@blueprint.post("/mail/outbox/<int:message_id>/later")
@signed_in
def decide_later(message_id: int) -> AnyResponse:
    """A mail that waits for its moment, or was held back: now, at another time, or not at all."""
    session = transaction()
    letter = session.get(Message, message_id)
    if letter is None or letter.kind != "own":
        abort(404)
    if not may_decide(letter):
        abort(403)
    try:
        flash(_decided(letter, request.form.get("do", "")), "ok")
    except Refused as refused:
        flash(str(refused), "bad")
    return redirect(f"/mail/outbox/{message_id}", 303)
