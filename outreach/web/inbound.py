"""/inbound/7: a received mail as it came: words, HTML in a closed frame, files, headers; and one click to correct its reading.

Nothing of a stranger's is ever run, loaded or opened here (MAIL X5, X6): HTML is sanitised and shown in a frame with a policy
of its own, pictures of elsewhere only when asked for, files only as downloads.
"""

from urllib.parse import urlencode

from flask import Response, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from outreach.errors import Refused
from outreach.http.access import role, signed_in
from outreach.http.headers import allow
from outreach.http.house import current_house, now
from outreach.http.sign_in import this_user
from outreach.http.transactions import poke, transaction
from outreach.journeys import corrections, settle
from outreach.mail import showhtml
from outreach.mail.encoded import decode_bytes
from outreach.mail.parse import Inbound, Unreadable, parse
from outreach.store import attachments, inbox
from outreach.store.inbox import InboundMail
from outreach.store.leads import Lead
from outreach.web.blueprint import blueprint
from outreach.web.files import download

VIEWS = ("words", "letter", "headers")
OPERATORS = ("admin", "manager")
PAGE = 100
KINDS = {
    "people": ("People's answers", ("human",)),
    "away": ("Out of office", ("out_of_office",)),
    "automatic": ("Automatic answers", ("acknowledgement", "receipt", "challenge", "calendar")),
    "bounces": ("Came back", ("bounce",)),
    "out": ("Wants no more mail", ("unsubscribe", "complaint")),
    "left": ("Left the company", ("left_company",)),
    "own": ("Sent by our own people", ("own",)),
    "list": ("Newsletters and lists", ("list",)),
}
"""What the list may be asked for: its words, and the classes that it shows."""
HEAD_SHOWN = 60_000
FRAME = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:{more}; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


@blueprint.get("/mail/received")
@signed_in
def received() -> str:
    """The latest received mail and what it was read as."""
    words, kind = request.args.get("q", "").strip()[:100], request.args.get("kind", "")
    kind = kind if kind in KINDS else ""
    before = request.args.get("before", type=int)
    rows, more = inbox.page(transaction(), before, PAGE, words=words, classes=KINDS[kind][1] if kind else ())
    kept = {key: value for key, value in (("q", words), ("kind", kind)) if value}
    return render_template(
        "mail/received.html", rows=rows, more=urlencode({**kept, "before": more}) if more else "", here="received",
        words=words, kind=kind, classes=KINDS, kept=kept, farthest=inbox.FARTHEST,
    )  # fmt: skip


@blueprint.get("/mail/quarantine")
@role(*OPERATORS)
def quarantine() -> str:
    """Mail that could not be read, with the reason."""
    return render_template(
        "mail/received.html", rows=inbox.quarantined(transaction()), more="", here="quarantine", kept={}
    )


@blueprint.post("/mail/quarantine/<int:inbound_id>")
@role(*OPERATORS)
def settle_quarantined(inbound_id: int) -> AnyResponse:
    """Read it again, or put it away for good (it stays in the database)."""
    try:
        if request.form.get("choice") == "discard":
            settle.discarded(transaction(), inbound_id)
            flash("Put away.", "ok")
        else:
            settle.quarantined(transaction(), inbound_id)
            poke("receive")
            flash("It is read again.", "ok")
    except Refused as error:
        flash(str(error), "bad")
    return redirect("/mail/quarantine", 303)


@blueprint.get("/inbound/<int:inbound_id>")
@signed_in
def inbound_mail(inbound_id: int) -> str:
    """The page of one mail."""
    allow(frame_src="'self'")
    row = _mail(inbound_id)
    found = _read(row)
    view = request.args.get("view", "")
    if view not in VIEWS:
        view = "words" if row.reply_text or not found or not found.html else "letter"
    return render_template(
        "mail/inbound.html", row=row, view=view, inbound=found, may=this_user().role in OPERATORS,
        head=_head(row) if view == "headers" or found is None else "", text=(found.body if found else "")[:100_000],
        files=attachments.of_mail(transaction(), row.id), lead=transaction().get(Lead, row.lead_id) if row.lead_id else None,
        classes=corrections.CLASSES, senses=corrections.SENSES, pictures="pictures" in request.args,
        shown=_shown(found, "pictures" in request.args) if found and view == "letter" else None,
    )  # fmt: skip


@blueprint.get("/inbound/<int:inbound_id>/letter")
@signed_in
def inbound_frame(inbound_id: int) -> Response:
    """The sanitised HTML as a document of its own, without script; with `pictures` it may load pictures of elsewhere."""
    found = _read(_mail(inbound_id))
    pictures = "pictures" in request.args
    shown = _shown(found, pictures)
    page = render_template("mail/_stranger.html", shown=shown, text=(found.body if found else "")[:100_000])
    policy = FRAME.format(more=" https: http:" if pictures else "")
    return Response(
        page, mimetype="text/html", headers={"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer"}
    )


@blueprint.get("/inbound/<int:inbound_id>/files/<int:number>")
@signed_in
def inbound_file(inbound_id: int, number: int) -> Response:
    """One file, always as a download and never as what it says it is."""
    row = _mail(inbound_id)
    one = next((file for file in attachments.of_mail(transaction(), row.id) if file.number == number), None)
    found = _read(row) if one else None
    if one is None or found is None:
        abort(404)
    inside = next((file for file in found.attachments if file.sha256 == one.sha256), None)
    return download(inside.content, one.name) if inside else abort(404)


@blueprint.get("/inbound/<int:inbound_id>/source")
@signed_in
def inbound_source(inbound_id: int) -> Response:
    """Byte for byte, to download."""
    row = _mail(inbound_id)
    return download(row.raw, f"mail-{row.id}.eml")


@blueprint.post("/inbound/<int:inbound_id>/change")
@signed_in
def change_inbound(inbound_id: int) -> AnyResponse:
    """O10: one click says what the mail really is; the right consequences follow."""
    try:
        words = corrections.change(
            transaction(), current_house(), inbound_id, request.form.get("to", ""), this_user(), now()
        )
        for job in ("advance", "deliver_urgent"):
            poke(job)
        flash(words + ".", "ok")
    except Refused as error:
        flash(str(error), "bad")
    return redirect(_back(inbound_id), 303)


def _back(inbound_id: int) -> str:
    """Back to the page that asked, when it is one of ours."""
    row, back = _mail(inbound_id), request.form.get("back", "")
    if back == "replies":
        return "/replies"
    return f"/leads/{row.lead_id}" if back == "lead" and row.lead_id else f"/inbound/{inbound_id}"


def _mail(inbound_id: int) -> InboundMail:
    row = transaction().get(InboundMail, inbound_id)
    if row is None:
        abort(404)
    return row


def _read(row: InboundMail) -> Inbound | None:
    if row.state not in ("done", "discarded") or row.class_ == "unreadable":
        return None
    try:
        return parse(row.raw)
    except Unreadable:
        return None


def _shown(found: Inbound | None, pictures: bool) -> showhtml.Shown:
    if found is None or not found.html.strip():
        return showhtml.Shown("", why="The mail has no HTML.")
    inside = {one.content_id.lower(): (one.type, one.content) for one in found.attachments if one.content_id}
    return showhtml.fit(found.html, inside, pictures=pictures)


def _head(row: InboundMail) -> str:
    """The header block as text, cut: also of what could not be parsed."""
    start = row.raw[: HEAD_SHOWN * 2]
    ends = [place for mark in (b"\r\n\r\n", b"\n\n") if (place := start.find(mark)) >= 0]
    head = start[: min(ends)] if ends else start
    return decode_bytes(head[:HEAD_SHOWN]).replace("\x00", "") + ("\n[cut]" if len(head) > HEAD_SHOWN else "")
