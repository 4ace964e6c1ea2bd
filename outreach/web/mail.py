"""/mail: what the local mail server took, rendered; and buttons to answer, be away, bounce, click in the lead's place."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape
from urllib.parse import urlsplit

from flask import Response, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from outreach.config import Settings
from outreach.errors import Failed, Refused
from outreach.http.access import signed_in
from outreach.http.headers import LETTER_PREVIEW, allow
from outreach.http.house import current_house, now
from outreach.http.transactions import poke, transaction
from outreach.journeys import as_the_lead
from outreach.mail.parse import Inbound, Unreadable, parse
from outreach.store import local_letters, messages
from outreach.store.local_letters import LocalLetter
from outreach.web.blueprint import blueprint

PAGE = 50
VIEWS = ("letter", "text", "headers", "source")
LARGEST_HTML = 600_000
SOURCE_SHOWN = 400_000
FRAME = LETTER_PREVIEW.replace(
    "sandbox allow-same-origin", "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
_ANCHOR = re.compile(r"<a\b[^>]*?\bhref=\"([^\"]{1,2000})\"[^>]*>(.{0,400}?)</a>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]{0,2000}>")


@dataclass(frozen=True)
class Way:
    """A link of a letter that leads to us: its words and its path here."""

    words: str
    path: str


@blueprint.app_template_global()
def local_mail() -> bool:
    """Whether there is a local page: letters stay on this machine, or some did once."""
    return current_house().settings.mail_is_local or bool(local_letters.found(transaction(), "", None, 1))


@blueprint.get("/mail")
@signed_in
def mail() -> str | AnyResponse:
    """The list; with a letter beside it on a wide screen. Where all letters leave the machine, the outbox."""
    return _page(None) if local_mail() else redirect("/mail/outbox")


@blueprint.get("/mail/<int:letter_id>")
@signed_in
def mail_letter(letter_id: int) -> str:
    """One letter."""
    return _page(_letter(letter_id))


@blueprint.get("/mail/<int:letter_id>/letter")
@signed_in
def mail_frame(letter_id: int) -> Response:
    """The letter as a document of its own: no script, nothing but its own styles; links open beside the page."""
    found = _read(_letter(letter_id))
    html = found.html if found else ""
    if not html or len(html) > LARGEST_HTML:
        html = render_template("mail/_plain.html", text=(found.text if found else "")[:SOURCE_SHOWN])
    base = '<base target="_blank">'
    html = re.sub(r"(<head[^>]*>)", lambda m: m[1] + base, html, count=1) if "<head" in html else base + html
    return Response(html, mimetype="text/html", headers={"Content-Security-Policy": FRAME})


@blueprint.get("/mail/<int:letter_id>/source")
@signed_in
def mail_source(letter_id: int) -> Response:
    """Byte for byte, to download."""
    letter = _letter(letter_id)
    headers = {"Content-Disposition": f'attachment; filename="letter-{letter.id}.eml"'}
    return Response(letter.raw, mimetype="message/rfc822", headers=headers)


@blueprint.post("/mail/<int:letter_id>/<any(answer, away, bounce):what>")
@signed_in
def mail_act(letter_id: int, what: str) -> AnyResponse:
    """In the lead's place, by real SMTP to our own reply server."""
    letter, house = _letter(letter_id), current_house()
    try:
        if what == "answer":
            as_the_lead.answer(house, letter, request.form.get("text", ""), now())
            words = f"Answered as {letter.envelope_to}."
        elif what == "away":
            as_the_lead.out_of_office(house, letter, _day(), now())
            words = f"{letter.envelope_to} is out of the office."
        else:
            as_the_lead.bounce(house, letter, now())
            words = f"The mail system returned the letter to {letter.envelope_to}."
    except (Refused, Failed) as error:
        flash(str(error), "bad")
        return redirect(f"/mail/{letter.id}", 303)
    poke("receive")
    flash(words, "ok")
    return redirect(f"/mail/{letter.id}", 303)


def _page(letter: LocalLetter | None) -> str:
    allow(frame_src="'self'")
    settings = current_house().settings
    words = request.args.get("q", "").strip()[:100]
    found = local_letters.found(transaction(), words, request.args.get("before", type=int), PAGE + 1)
    shown = letter or next((one for one in found if "before" not in request.args), None)
    values = {
        "letters": found[:PAGE],
        "more": found[PAGE - 1].id if len(found) > PAGE else None,
        "words": words,
        "shown": shown,
        "opened": letter is not None,
        "settings": settings,
    }
    if request.headers.get("HX-Request"):
        return render_template("mail/_list.html", **values)
    view = request.args.get("view", "letter")
    inbound = _read(shown) if shown else None
    return render_template(
        "mail/page.html",
        view=view if view in VIEWS else "letter",
        inbound=inbound,
        ways=_ways(inbound, settings) if inbound else [],
        to_a_lead=bool(shown and inbound and inbound.reply_to and _is_to_a_lead(shown)),
        way_out=_way_out(inbound, settings) if inbound else "",
        source=shown.raw[:SOURCE_SHOWN].decode("utf-8", "replace") if shown and view == "source" else "",
        server=_server(settings),
        back_on=(now() + timedelta(days=7)).date(),
        **values,
    )


def _letter(letter_id: int) -> LocalLetter:
    letter = transaction().get(LocalLetter, letter_id)
    if letter is None:
        abort(404)
    return letter


def _read(letter: LocalLetter) -> Inbound | None:
    try:
        return parse(letter.raw)
    except Unreadable:
        return None


def _is_to_a_lead(letter: LocalLetter) -> bool:
    """Notices to our own people and tests are looked at only."""
    ours = messages.by_message_id(transaction(), [letter.message_id])
    return ours is None or ours.kind not in ("notice", "test")


def _ways(letter: Inbound, settings: Settings) -> list[Way]:
    """Links that lead to us, once each: opened in this browser they are real clicks."""
    found: dict[str, str] = {}
    for address, inside in _ANCHOR.findall(letter.html[:LARGEST_HTML]):
        path = _own_path(unescape(address), settings)
        words = " ".join(unescape(_TAG.sub(" ", inside)).split())
        if path.startswith(("/c/", "/a/")):
            found.setdefault(path, words or "A picture")
    return [Way(words, path) for path, words in found.items()][:30]


def _way_out(letter: Inbound, settings: Settings) -> str:
    """The path of the one-click address in List-Unsubscribe."""
    match = re.search(r"<(https?://[^>\s]+)>", letter.header("List-Unsubscribe"))
    path = _own_path(match[1], settings) if match else ""
    return path if path.startswith("/u/") else ""


def _own_path(address: str, settings: Settings) -> str:
    return urlsplit(address).path if address.startswith(settings.base_url + "/") else ""


def _server(settings: Settings) -> str:
    """Where letters go when they leave this machine, without the password."""
    parts = urlsplit(settings.smtp_url)
    return f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname or ""


def _day() -> date | None:
    value = request.form.get("until", "")
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise Refused(f"'{value[:20]}' is no date.") from None
