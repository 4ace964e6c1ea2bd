"""/newsletters: write an issue, choose who gets it, try it, send or schedule it, watch it go out, see what came of it."""

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from outreach.errors import Refused
from outreach.http.access import role, signed_in
from outreach.http.headers import LETTER_PREVIEW, allow
from outreach.http.house import current_house, now
from outreach.http.numbers import whole
from outreach.http.sign_in import this_user
from outreach.http.transactions import poke, transaction
from outreach.journeys import broadcast, letters, previews, sending_domains
from outreach.mail import checks, library
from outreach.mail.templating import TemplateError
from outreach.reports import newsletters as reports
from outreach.store import leads, mailboxes, segments, templates
from outreach.store.templates import Issue
from outreach.web.blueprint import blueprint
from outreach.web.filters import page_zone

WRITERS = ("admin", "manager", "marketer")
ITEMS = 12
PAGE = 50
LONGEST = 200_000


@blueprint.get("/newsletters")
@signed_in
def newsletter_list() -> str:
    """The issues, the latest first, a page at a time."""
    before = request.args.get("before", type=int)
    lines = reports.lines(transaction(), before, PAGE + 1)
    older = lines[PAGE - 1][0].id if len(lines) > PAGE else None
    return render_template("newsletters/list.html", lines=lines[:PAGE], older=older, before=before)


@blueprint.post("/newsletters")
@role(*WRITERS)
def newsletter_new() -> AnyResponse:
    """A draft from the newsletter template."""
    issue = broadcast.new_issue(transaction(), now())
    return redirect(f"/newsletters/{issue.id}", 303)


@blueprint.get("/newsletters/<int:issue_id>")
@signed_in
def newsletter(issue_id: int) -> str:
    """A draft is written; anything else is looked at."""
    issue = _issue(issue_id)
    return _editor(issue, {}) if issue.state == "draft" else _results(issue)


@blueprint.post("/newsletters/<int:issue_id>")
@role(*WRITERS)
def newsletter_save(issue_id: int) -> str | AnyResponse:
    """Save the draft; then, as the button says, try it or go on to sending."""
    issue = _draft(issue_id)
    errors = _read(issue)
    if errors:
        return Response(_editor(issue, errors), 422)
    action = request.form.get("action", "")
    if action == "test":
        _send_test(issue)
    elif action == "send":
        return redirect(f"/newsletters/{issue.id}/send", 303)
    elif not request.headers.get("HX-Request"):
        flash("Saved.", "ok")
    return redirect(f"/newsletters/{issue.id}", 303)


@blueprint.post("/newsletters/<int:issue_id>/draft")
@role(*WRITERS)
def newsletter_autosave(issue_id: int) -> str:
    """What is typed is kept as it is typed; the answer is the new state of checks and audience."""
    issue = _draft(issue_id)
    errors = _read(issue)
    return render_template("newsletters/_side.html", saved=not errors, errors=errors, **_around(issue))


@blueprint.get("/newsletters/<int:issue_id>/letter")
@signed_in
def newsletter_letter(issue_id: int) -> Response:
    """The issue's letter for a sample lead, as a document of its own for the preview frame."""
    issue = _issue(issue_id)
    try:
        html = _preview(issue).letter.html
    except TemplateError as error:
        html = render_template("newsletters/_broken.html", words=str(error))
    return Response(html, mimetype="text/html", headers={"Content-Security-Policy": LETTER_PREVIEW})


@blueprint.get("/newsletters/<int:issue_id>/send")
@role(*WRITERS)
def newsletter_send(issue_id: int) -> str:
    """The last look before it goes."""
    return _send_page(_draft(issue_id), {})


@blueprint.post("/newsletters/<int:issue_id>/send")
@role(*WRITERS)
def newsletter_schedule(issue_id: int) -> str | AnyResponse:
    """Now, or at a moment in the page's time zone."""
    issue = _draft(issue_id)
    try:
        at = _moment() if request.form.get("when") == "later" else now()
        broadcast.schedule_issue(transaction(), current_house(), issue.id, at, this_user(), now())
    except Refused as error:
        return Response(_send_page(issue, {"when": str(error)}), 422)
    poke("broadcast")
    return redirect(f"/newsletters/{issue.id}", 303)


@blueprint.post("/newsletters/<int:issue_id>/<any(cancel, unschedule, copy, delete):what>")
@role(*WRITERS)
def newsletter_act(issue_id: int, what: str) -> AnyResponse:
    """Cancel, take back to draft, copy, or delete a draft."""
    session, issue = transaction(), _issue(issue_id)
    try:
        if what == "cancel":
            saved = broadcast.cancel(session, issue.id, this_user(), now())
            flash(f"Cancelled. {saved} letters were not sent.", "ok")
        elif what == "unschedule":
            broadcast.back_to_draft(session, issue.id)
        elif what == "copy":
            issue = broadcast.copy_of(session, issue, now())
        elif issue.state == "draft":
            session.delete(issue)
            flash(f"“{issue.name}” was deleted.", "ok")
            return redirect("/newsletters", 303)
    except Refused as error:
        flash(str(error), "bad")
    return redirect(f"/newsletters/{issue.id}", 303)


def _issue(issue_id: int) -> Issue:
    issue = transaction().get(Issue, issue_id)
    if issue is None:
        abort(404)
    return issue


def _draft(issue_id: int) -> Issue:
    issue = templates.locked_issue(transaction(), issue_id)
    if issue is None:
        abort(404)
    if issue.state != "draft":
        abort(400, "This issue is not a draft any more: reload the page to see how it goes out.")
    return issue


def _read(issue: Issue) -> dict[str, str]:
    """Take the posted fields over; what is wrong, by field."""
    form, errors = request.form, {}
    source = form.get("mjml", "").replace("\r\n", "\n")
    if len(source) > LONGEST:
        errors["mjml"] = f"This has {len(source):,} characters; {LONGEST:,} are allowed."
    elif source.strip() != issue.mjml.strip():
        issue.mjml, issue.text = source, ""
    issue.name = form.get("name", "").strip()[:120] or issue.name
    issue.subject = " ".join(form.get("subject", "").split())[:300]
    issue.content = {
        "title": form.get("title", "").strip()[:300],
        "intro": form.get("intro", "").replace("\r\n", "\n").strip()[:5000],
        "preview_text": form.get("preview_text", "").strip()[:200],
        "items": _items(errors),
    }
    issue.audience = _audience()
    transaction().flush()
    return errors


def _items(errors: dict[str, str]) -> list[dict[str, str]]:
    found = []
    for number in range(ITEMS):
        item = {key: request.form.get(f"item_{number}_{key}", "").strip()[:3000] for key in ("title", "text", "url")}
        if item["url"] and not re.match(r"https?://[^\s/]+\.[^\s]+\Z", item["url"]):
            errors[f"item_{number}_url"] = f"'{item['url'][:60]}' is no web address; begin with https://"
        if any(item.values()):
            found.append(item)
    return found


def _audience() -> dict[str, Any]:
    if request.form.get("who") == "tag":
        return {"who": "tag", "tag": request.form.get("tag", "")[:100]}
    if request.form.get("who") == "segment":
        return {"who": "segment", "segment": request.form.get("segment", "")[:100]}
    return {"who": "nurture"}


def _moment() -> datetime:
    value = request.form.get("at", "")
    try:
        wall = datetime.fromisoformat(value)
    except ValueError:
        raise Refused("Please choose a day and a time.") from None
    return wall.replace(tzinfo=ZoneInfo(page_zone())) if wall.tzinfo is None else wall


def _send_test(issue: Issue) -> None:
    try:
        letter = _preview(issue).letter
    except TemplateError as error:
        flash(f"The letter cannot be read: {error}", "bad")
        return
    previews.send_test(transaction(), letter, this_user(), now())
    poke("deliver_urgent")
    flash(f"A test is on its way to {this_user().email}.", "ok")


def _preview(issue: Issue) -> previews.Preview:
    session, house = transaction(), current_house()
    given = request.args.get("lead", "")
    lead = previews.sample(session, whole(given), now())
    fields = previews.fields_of(session, house, lead, this_user()) | letters.fields_of_issue(issue)
    return previews.Preview(letters.render(session, broadcast.text_of(issue), fields, preview=True), fields, lead)


def _around(issue: Issue) -> dict[str, Any]:
    session = transaction()
    findings: list[checks.Check] = []
    subject, fault = "", ""
    try:
        shown = _preview(issue)
        subject = shown.letter.subject
        findings = checks.designed(shown.letter, shown.fields, frozenset(), True)
    except TemplateError as error:
        fault = str(error)
    return {
        "issue": issue,
        "reach": reports.reach(session, issue.audience),
        "findings": findings,
        "fault": fault,
        "subject": subject,
    }


def _editor(issue: Issue, errors: dict[str, str]) -> str:
    allow(frame_src="'self'")
    session = transaction()
    return render_template(
        "newsletters/editor.html",
        errors=errors,
        items=[*issue.content.get("items", []), *({} for _ in range(2))][:ITEMS],
        tags=leads.all_tags(session),
        segments=[segment.name for segment in segments.all_segments(session)],
        samples=previews.samples(session),
        saved=False,
        shared=sorted(name for name in library.shipped_includes() if name.endswith(".mjml")),
        **_around(issue),
    )


def _send_page(issue: Issue, errors: dict[str, str]) -> str:
    allow(frame_src="'self'")
    faults = broadcast.faults(transaction(), current_house(), issue, now())
    box = mailboxes.default(transaction())
    warnings = sending_domains.warnings(transaction(), box.address.rpartition("@")[2]) if box else []
    soon = now().astimezone(ZoneInfo(page_zone()))
    return render_template(
        "newsletters/send.html",
        errors=errors,
        faults=faults,
        warnings=warnings,
        zone=page_zone(),
        soon=soon,
        **_around(issue),
    )


def _results(issue: Issue) -> str:
    allow(frame_src="'self'")
    part = "newsletters/_progress.html" if request.headers.get("HX-Request") else "newsletters/results.html"
    return render_template(part, issue=issue, results=reports.results(transaction(), issue))
