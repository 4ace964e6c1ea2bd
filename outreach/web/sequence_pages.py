"""The other pages of one sequence: versions, leads inside, the document as text, archive."""

import re

from flask import Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from outreach import documents
from outreach.errors import Refused
from outreach.http.access import role, signed_in
from outreach.http.numbers import whole
from outreach.http.sign_in import this_user
from outreach.http.transactions import transaction
from outreach.journeys import publish
from outreach.reports import sequence_numbers, version_numbers
from outreach.store import sequences, users
from outreach.store.sequences import SequenceRow, VersionRow
from outreach.web.blueprint import blueprint
from outreach.web.sequence_editor import desk_of
from outreach.web.sequences import BUILDERS, LARGEST, find


@blueprint.post("/sequences/<int:sequence_id>/discard")
@role(*BUILDERS)
def sequence_discard(sequence_id: int) -> AnyResponse:
    """Drop the draft."""
    row = find(sequence_id)
    try:
        publish.discard(row)
        flash("The draft is dropped.", "ok")
    except Refused as fault:
        flash(str(fault), "bad")
    return redirect(url_for("web.sequence_editor", sequence_id=sequence_id), 303)


@blueprint.get("/sequences/<int:sequence_id>/versions")
@signed_in
def sequence_versions(sequence_id: int) -> str:
    """Every version that was published, the newest first."""
    desk = desk_of(find(sequence_id))
    session = transaction()
    names = {user.id: user.name for user in users.all_users(session)}
    page = {"versions": sequences.versions(session, sequence_id), "names": names, "may_edit": _may_edit()}
    inside = sequence_numbers.inside_by_version(session, sequence_id)
    wanted = request.args.get("of", "")
    of = whole(wanted)
    page |= {"of": of, "brought": version_numbers.by_version(session, sequence_id)}
    page |= {"texts": version_numbers.by_text(session, sequence_id, of)}
    return render_template("sequences/versions.html", desk=desk, inside=inside, **page)


@blueprint.get("/sequences/<int:sequence_id>/versions/<int:version_id>")
@signed_in
def sequence_version(sequence_id: int, version_id: int) -> str:
    """One version as text."""
    desk, version = desk_of(find(sequence_id)), _version(sequence_id, version_id)
    return render_template("sequences/version.html", desk=desk, version=version, may_edit=_may_edit())


@blueprint.post("/sequences/<int:sequence_id>/versions/<int:version_id>/revert")
@role(*BUILDERS)
def sequence_revert(sequence_id: int, version_id: int) -> AnyResponse:
    """V7: back to a version, as a draft that is then published."""
    row, version = find(sequence_id), _version(sequence_id, version_id)
    publish.revert(transaction(), row, version)
    text = f"The draft is now version {version.number}. Publish it to go back to it."
    flash(text if row.draft else f"Version {version.number} is what is live: nothing to go back to.", "ok")
    return redirect(url_for("web.sequence_editor", sequence_id=sequence_id), 303)


@blueprint.get("/sequences/<int:sequence_id>/leads")
@signed_in
def sequence_leads(sequence_id: int) -> str:
    """Who is inside, where, and what happens next to each."""
    desk = desk_of(find(sequence_id))
    inside = sequence_numbers.inside(transaction(), sequence_id)
    return render_template("sequences/leads.html", desk=desk, inside=inside, may_edit=_may_edit())


@blueprint.get("/sequences/<int:sequence_id>/text")
@signed_in
def sequence_text(sequence_id: int) -> str:
    """The draft as the document that it is; here even one that cannot be read is shown and mended."""
    row = find(sequence_id)
    return _text_page(row, publish.draft_text(transaction(), row), None)


@blueprint.post("/sequences/<int:sequence_id>/text")
@role(*BUILDERS)
def sequence_text_save(sequence_id: int) -> AnyResponse:
    """Replace the draft by this text; refused with line and remedy, and the text stays in the field."""
    row = find(sequence_id)
    upload = request.files.get("file")
    text = request.form.get("text", "").replace("\r\n", "\n")
    if upload and upload.filename:
        text = upload.stream.read(LARGEST + 1).decode("utf-8", "replace").replace("\r\n", "\n")
    try:
        publish.import_text(transaction(), row, text)
    except documents.DocumentError as fault:
        return Response(_text_page(row, text, fault), 422)
    flash("The draft is kept.", "ok")
    return redirect(url_for("web.sequence_editor", sequence_id=sequence_id), 303)


@blueprint.get("/sequences/<int:sequence_id>.yaml")
@signed_in
def sequence_download(sequence_id: int) -> Response:
    """The draft, or what is live, as a file."""
    row = find(sequence_id)
    name = re.sub(r"[^a-z0-9]+", "-", row.name.lower()).strip("-") or "sequence"
    headers = {"Content-Disposition": f'attachment; filename="{name}.yaml"'}
    return Response(publish.draft_text(transaction(), row), mimetype="application/yaml", headers=headers)


def _text_page(row: SequenceRow, text: str, fault: documents.DocumentError | None) -> str:
    version = sequences.current(transaction(), row)
    page = {"row": row, "text": text, "fault": fault, "version": version.number if version else None}
    return render_template("sequences/text.html", **page, may_edit=_may_edit())


def _version(sequence_id: int, version_id: int) -> VersionRow:
    version = transaction().get(VersionRow, version_id)
    if version is None or version.sequence_id != sequence_id:
        abort(404)
    return version


def _may_edit() -> bool:
    return this_user().role in BUILDERS
