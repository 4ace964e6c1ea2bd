"""/mail/outbox: every letter with its state, found by state, mailbox and lead; and all that is known of one."""

from urllib.parse import urlencode

from flask import abort, render_template, request

from outreach.http.access import signed_in
from outreach.http.house import now
from outreach.http.sign_in import this_user
from outreach.http.transactions import transaction
from outreach.journeys import copies, later
from outreach.reports import outbox
from outreach.store.leads import Lead
from outreach.web import composing
from outreach.web.blueprint import blueprint
from outreach.web.filters import page_zone

OPERATORS = ("admin", "manager")
PAGE = 50


@blueprint.get("/mail/outbox")
@signed_in
def outbox_page() -> str:
    """The list."""
    session, view = transaction(), request.args.get("state", "")
    view = view if view in outbox.VIEWS else ""
    words, box = request.args.get("q", "").strip()[:200], request.args.get("box", type=int)
    found = outbox.page(session, now(), view, words, box, request.args.get("before", type=int), PAGE)
    kept = {key: value for key, value in (("state", view), ("q", words), ("box", box)) if value}
    return render_template(
        "mail/outbox.html", page=found, view=view, views=outbox.VIEWS, words=words, box=box, boxes=outbox.boxes(session),
        counts=outbox.counts(session), kept=kept, more=urlencode({**kept, "before": found.more}) if found.more else "",
        most=outbox.MOST_WAITING, farthest=outbox.FARTHEST,
    )  # fmt: skip


@blueprint.get("/mail/outbox/<int:message_id>")
@signed_in
def outbox_letter(message_id: int) -> str:
    """One letter: its words, its way, what holds it, what the server said."""
    found = outbox.whole(transaction(), message_id, now()) or abort(404)
    letter, session = found.line.letter, transaction()
    lead = session.get(Lead, letter.lead_id) if letter.lead_id else None
    return render_template(
        "mail/outbox_letter.html", whole=found, may=this_user().role in OPERATORS, copies=copies.every(session, [letter]),
        open=later.is_open(letter, now()) and composing.may_decide(letter), was_held=later.was_held(letter),
        times=composing.times(lead), zone_name=page_zone(),
    )  # fmt: skip
