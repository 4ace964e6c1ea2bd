"""/templates/<id>: MJML source with its faults on their lines, beside the letter as it will look."""

import difflib
from contextlib import suppress
from dataclasses import replace
from time import perf_counter

from flask import Response, abort, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from outreach.errors import Refused
from outreach.http.access import role, signed_in
from outreach.http.headers import LETTER_PREVIEW, allow
from outreach.http.house import current_house, now
from outreach.http.numbers import whole
from outreach.http.sign_in import this_user
from outreach.http.transactions import poke, transaction
from outreach.journeys import author, previews
from outreach.journeys.author import Written
from outreach.journeys.letters import Text
from outreach.journeys.previews import Preview
from outreach.mail import blocks, checks, library
from outreach.mail.library import LetterSource
from outreach.mail.templating import TemplateError
from outreach.reports import template_use
from outreach.store import template_files, templates, users
from outreach.store.templates import Template, TemplateVersion
from outreach.web.blueprint import blueprint
from outreach.web.files import carried_file, chosen_files
from outreach.web.letters import find_template
from outreach.web.merge_menu import COMPLETIONS, MENU
from outreach.web.sequences import BUILDERS

MOST_LINES = 4000
VIEWS = ("visual", "source", "preview")
OUR_HOSTS = frozenset({"", "localhost", "127.0.0.1"})


@blueprint.get("/templates/<int:template_id>")
@signed_in
def template_editor(template_id: int) -> str:
    """The editor; `?view=preview` opens it at the preview."""
    template = find_template(template_id)
    return _page(template, _saved(template), {})


@blueprint.post("/templates/<int:template_id>")
@role(*BUILDERS)
def template_save(template_id: int) -> AnyResponse:
    """Save = the next version, in force at once. What would stop a letter is refused, and nothing is lost."""
    template, written = find_template(template_id), _written()
    session = transaction()
    name = " ".join(request.form.get("name", "").split())[:120]
    errors = author.faults(template, written, _includes())
    if errors:
        if _wants_json():
            return _json({"errors": errors}, 422)
        return Response(_page(template, written, errors), 422)
    if name:
        template.name = name
    version = author.save(session, template, written, now(), this_user().id)
    words = f"Saved as version {version.number}." if version else "Nothing changed since the last version."
    if _wants_json():
        return _json({"saved": words, "name": template.name}, 200)
    flash(words, "ok")
    return redirect(url_for("web.template_editor", template_id=template_id), 303)


@blueprint.post("/templates/<int:template_id>/preview")
@signed_in
def template_preview(template_id: int) -> Response:
    """The letter as it is being written, as a document of its own with a policy of its own (for a frame)."""
    return _letter(find_template(template_id), _written())


@blueprint.get("/templates/<int:template_id>/letter")
@signed_in
def template_letter(template_id: int) -> Response:
    """The saved letter in full size, for a sample lead."""
    template = find_template(template_id)
    return _letter(template, _saved(template))


@blueprint.post("/templates/<int:template_id>/check")
@signed_in
def template_check(template_id: int) -> Response:
    """Faults by line, and what to look at before it is sent: for the editor while somebody writes."""
    return _json(checked(find_template(template_id), _written()), 200)


@blueprint.post("/templates/<int:template_id>/blocks")
@role(*BUILDERS)
def template_blocks(template_id: int) -> AnyResponse:
    """The letter as blocks: what was typed into them, then what a button of one says. Nothing is saved."""
    template, written = find_template(template_id), _written()
    with suppress(TemplateError):  # said in the place of the blocks
        written = replace(written, mjml=_rearranged(written.mjml, request.form.get("do", "")))
    if _wants_json():
        drawn = render_template("letters/_blocks.html", **_blocks(template, written.mjml))
        return _json({"mjml": written.mjml, "blocks": drawn}, 200)
    return Response(_page(template, written, {}, view="visual"))


def _rearranged(source: str, what: str) -> str:
    """`up:3`, `down:3`, `remove:3`, `add:3:button`."""
    act, _, where = what.partition(":")
    place, _, kind = where.partition(":")
    number = whole(place)
    if number is None:
        return source
    if act in ("up", "down"):
        return blocks.moved(source, number, act == "down")
    return blocks.removed(source, number) if act == "remove" else blocks.added(source, number, kind)


def _blocks(template: Template, source: str) -> dict[str, object]:
    """What _blocks.html needs: the blocks, or why the source has none just now."""
    found: list[blocks.Block] = []
    fault = ""
    try:
        found = blocks.of(source.replace("\r\n", "\n"))
    except TemplateError as error:
        fault = str(error)
    return {
        "blocks": found, "fault": fault, "kinds": [(kind, name) for kind, (name, _) in blocks.KINDS.items()],
        "may_edit": this_user().role in BUILDERS, "address": url_for("web.template_blocks", template_id=template.id),
    }  # fmt: skip


@blueprint.post("/templates/<int:template_id>/test")
@role(*BUILDERS)
def template_test(template_id: int) -> AnyResponse:
    """Send it, as it stands in the editor, to the one who writes."""
    template, user = find_template(template_id), this_user()
    try:
        letter = _render(template, _written()).letter
    except TemplateError as fault:
        return _told(f"It cannot be sent: {fault}", "bad", template_id)
    previews.send_test(transaction(), letter, user, now(), template.current_version_id)
    poke("deliver_urgent")
    return _told(f"On its way to {user.email}.", "ok", template_id)


@blueprint.post("/templates/<int:template_id>/files")
@role(*BUILDERS)
def template_add_files(template_id: int) -> AnyResponse:
    """Files that go with every letter of it that is not sent yet."""
    try:
        author.add_files(transaction(), find_template(template_id), chosen_files(), now(), this_user().id)
    except Refused as refused:
        return _told(str(refused), "bad", template_id)
    return _told("Letters carry it from now on.", "ok", template_id)


@blueprint.post("/templates/<int:template_id>/files/<int:number>/remove")
@role(*BUILDERS)
def template_remove_file(template_id: int, number: int) -> AnyResponse:
    """Letters go without it from now on; those that were sent keep it."""
    try:
        author.remove_file(transaction(), find_template(template_id), number, now(), this_user().id)
    except Refused as refused:
        return _told(str(refused), "bad", template_id)
    return _told("Letters go without it from now on.", "ok", template_id)


@blueprint.get("/templates/<int:template_id>/files/<int:number>")
@signed_in
def template_file(template_id: int, number: int) -> Response:
    """One of them, as a download."""
    return carried_file(find_template(template_id).current_version_id, number)


@blueprint.get("/templates/<int:template_id>/versions")
@signed_in
def template_versions(template_id: int) -> str:
    """Every saved text, the newest first."""
    template, session = find_template(template_id), transaction()
    page = {
        "versions": (found := templates.versions(session, template_id)),
        "files": template_files.of_versions(session, [version.id for version in found]),
        "names": {user.id: user.name for user in users.all_users(session)},
        "used_by": template_use.used_by(session).get(template.key, []),
        "may_edit": this_user().role in BUILDERS,
    }
    return render_template("letters/versions.html", template=template, **page)


@blueprint.get("/templates/<int:template_id>/versions/<int:version_id>")
@signed_in
def template_version(template_id: int, version_id: int) -> str:
    """An earlier text as it looked, and what differs from the one in force."""
    allow(frame_src="'self'")
    template, version = find_template(template_id), _version(template_id, version_id)
    ours, theirs = _whole(_saved(template)), _whole(_text_of(version))
    return render_template(
        "letters/version.html", template=template, version=version, changes=_changes(ours, theirs),
        live=version.id == template.current_version_id, may_edit=this_user().role in BUILDERS,
        by=getattr(transaction().get(users.User, version.saved_by or 0), "name", "came with the system"),
    )  # fmt: skip


@blueprint.get("/templates/<int:template_id>/versions/<int:version_id>/letter")
@signed_in
def template_version_letter(template_id: int, version_id: int) -> Response:
    """That text as a letter, for a sample lead."""
    template = find_template(template_id)
    return _letter(template, _text_of(_version(template_id, version_id)))


@blueprint.post("/templates/<int:template_id>/versions/<int:version_id>/restore")
@role(*BUILDERS)
def template_restore(template_id: int, version_id: int) -> AnyResponse:
    """An earlier text again, as the next version."""
    version = _version(template_id, version_id)
    saved = author.restore(transaction(), version, now(), this_user().id)
    words = f"Version {version.number} is in force again, as version {saved.number}." if saved else "It is in force."
    flash(words, "ok")
    return redirect(url_for("web.template_editor", template_id=template_id), 303)


def checked(template: Template, written: Written) -> dict[str, object]:
    """`problems` with line, column, message and severity; `checks` as HTML; the rendered subject; the time it took."""
    includes = _includes()
    problems = [
        {"line": one.line, "column": one.column, "message": one.message, "severity": "error"}
        for one in ([] if template.key.endswith(".txt") else author.problems_in(template, written.mjml, includes))
    ]
    problems += [
        {"line": line, "column": 1, "message": f"There is no merge field “{name}”", "severity": "warning"}
        for line, name in author.strange(written.mjml)
    ]
    started = perf_counter()
    try:
        preview = _render(template, written)
    except TemplateError as fault:
        if not any(one["severity"] == "error" for one in problems):
            line = fault.line or 1
            problems.append({"line": line, "column": 1, "message": fault.message, "severity": "error"})
        return {"ok": False, "problems": problems, "checks": "", "subject": "", "ms": 0}
    spent = (perf_counter() - started) * 1000
    found = checks.designed(preview.letter, preview.fields, _own_hosts(), template.kind not in ("notice", "layout"))
    html = render_template("letters/_checks.html", findings=found)
    return {"ok": True, "problems": problems, "checks": html, "subject": preview.letter.subject, "ms": round(spent, 1)}


def _letter(template: Template, written: Written) -> Response:
    """A text as a letter, or why it is none, as a document of its own."""
    try:
        html = _render(template, written).letter.html
    except TemplateError as fault:
        html = render_template("letters/broken.html", fault=str(fault))
    return Response(html, mimetype="text/html", headers={"Content-Security-Policy": LETTER_PREVIEW})


def _version(template_id: int, version_id: int) -> TemplateVersion:
    version = transaction().get(TemplateVersion, version_id)
    if version is None or version.template_id != template_id:
        abort(404)
    return version


def _whole(written: Written) -> list[str]:
    """All that a text consists of, line by line."""
    heads = [f"Subject: {written.subject}", f"Preview line: {written.preview}", ""]
    return heads + written.mjml.splitlines() + (["", "Plain text:", *written.text.splitlines()] if written.text else [])


def _changes(ours: list[str], theirs: list[str]) -> list[tuple[str, str]]:
    """What restoring `theirs` would change: ("+" comes, "-" goes, " " stays, "@" a gap), and the line."""
    lines = difflib.unified_diff(ours[:MOST_LINES], theirs[:MOST_LINES], n=2, lineterm="")
    return [(line[0], "" if line[0] == "@" else line[1:]) for line in list(lines)[2:]]


def _render(template: Template, written: Written) -> Preview:
    """The letter as written, for the chosen sample lead; a shared block is shown around a sample letter."""
    session, house, user = transaction(), current_house(), this_user()
    lead = previews.sample(session, _sample_id(), now())
    if template.kind == "layout":
        shared = {template.key: written.mjml}
        return previews.preview(session, house, Text("", ""), lead, user, shared)
    source = LetterSource(written.subject, written.mjml, written.text or None)
    return previews.preview(session, house, Text(written.subject, source=source, preview=written.preview), lead, user)


def _written() -> Written:
    """The text of the form, with plain line ends and with what was typed into its blocks."""
    parts = (request.form.get(name, "").replace("\r\n", "\n") for name in ("subject", "mjml", "text", "preview"))
    subject, mjml, text, preview = parts
    if any(name.startswith("b_") for name in request.form):
        with suppress(TemplateError):  # a source that has a fault has no blocks; the fault is said where it is checked
            mjml = blocks.changed(mjml, request.form)
    return Written(subject.strip(), mjml, text if text.strip() else "", preview.strip())


def _saved(template: Template) -> Written:
    version = templates.current(transaction(), template.key)
    return _text_of(version) if version else Written("", "")


def _text_of(version: TemplateVersion) -> Written:
    return Written(version.subject, version.mjml, version.text, version.preview)


def _includes() -> dict[str, str]:
    return library.shipped_includes() | templates.layouts(transaction())


def _own_hosts() -> frozenset[str]:
    house = current_house()
    return OUR_HOSTS | {house.settings.base_url.split("//")[-1].split(":")[0].split("/")[0]}


def _sample_id() -> int | None:
    given = request.values.get("lead", "")
    return whole(given)


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _json(values: dict[str, object], status: int) -> Response:
    answer = jsonify(values)
    answer.status_code = status
    return answer


def _has_blocks(template: Template) -> bool:
    return not template.key.endswith(".txt")


def _told(words: str, kind: str, template_id: int) -> AnyResponse:
    if _wants_json():
        return _json({"saved" if kind == "ok" else "refused": words}, 200 if kind == "ok" else 422)
    flash(words, kind)
    return redirect(url_for("web.template_editor", template_id=template_id), 303)


def _page(template: Template, written: Written, errors: dict[str, str], view: str = "") -> str:
    view = view or request.args.get("view", "")
    allow(frame_src="'self'")
    session = transaction()
    chosen = previews.sample(session, _sample_id(), now())
    known = {
        "samples": previews.samples(session),
        "chosen": chosen,
        "merge_menu": MENU,
        "completions": COMPLETIONS,
        "used_by": template_use.used_by(session).get(template.key, []),
        "versions": len(templates.versions(session, template.id)),
        "files": template_files.of_version(session, template.current_version_id),
        "carries": template.kind in author.CARRIERS,
        "may_edit": this_user().role in BUILDERS,
        "first": checked(template, written),
        "view": view if view in VIEWS and (view != "visual" or _has_blocks(template)) else "source",
        "has_blocks": _has_blocks(template),
    }
    known |= _blocks(template, written.mjml) if known["view"] == "visual" else {}
    return render_template("letters/editor.html", template=template, written=written, errors=errors, **known)
