"""Sequences by machine: the same documents as on the command line and in the editor."""

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue

from outreach import documents
from outreach.api.views import blueprint
from outreach.core import placeholders
from outreach.errors import NotFound, Refused
from outreach.http.access import with_token
from outreach.http.house import current_house, now
from outreach.http.transactions import transaction
from outreach.journeys import before_sending, publish
from outreach.store import sequences
from outreach.store.sequences import SequenceRow

YAML = "application/yaml"
LARGEST = 256_000


@blueprint.get("/sequences")
@with_token
def list_sequences() -> ResponseReturnValue:
    """All sequences."""
    session = transaction()
    versions = sequences.version_numbers(session)
    return jsonify(
        sequences=[
            {
                "name": row.name,
                "class": row.class_,
                "archived": row.archived_at is not None,
                "version": versions.get(row.id),
                "draft": bool(row.draft),
            }
            for row in sequences.all_sequences(session)
        ]
    )


@blueprint.get("/sequences/<name>")
@with_token
def read_sequence(name: str) -> ResponseReturnValue:
    """The document in force (`?draft=1`: the draft): YAML where that is asked for (`Accept`), else within JSON."""
    session = transaction()
    row = sequences.by_name(session, name)
    if row is None:
        raise NotFound(f"There is no sequence '{name}'.")
    found = None if request.args.get("draft") == "1" else publish.published(session, row)
    text = documents.write(found or publish.draft_of(session, row))
    if request.accept_mimetypes.best_match(["application/json", YAML]) == YAML:
        return Response(text, mimetype=YAML)
    return jsonify(_told(row, text))


@blueprint.put("/sequences/<name>")
@with_token
def write_sequence(name: str) -> ResponseReturnValue:
    """Make or update the draft; with `?publish=1` it is live for new leads, those inside stay.

    The body is the document: YAML, or JSON `{"document": "..."}`. 422 with line and remedy when it is refused.
    """
    session, text = transaction(), _body()
    savepoint = session.begin_nested()
    try:
        wanted = documents.read(text, name, placeholders.CATALOGUE)
        row = sequences.by_name(session, name)
        made = row is None
        if row is None:
            if wanted.name.lower() != name.lower():
                raise Refused(f"The document is called “{wanted.name}”, the address “{name}”.")
            row = publish.create(session, wanted, now())
        else:
            publish.save_draft(session, row, wanted)
        changes = [change.text for change in publish.waiting(session, row)]
        if request.args.get("publish") == "1" and row.draft:
            before_sending.check(session, current_house(), wanted)
            publish.publish(session, row, now(), None)
    except documents.DocumentError as fault:
        savepoint.rollback()
        return jsonify(errors={"document": str(fault)}, line=fault.line, remedy=fault.remedy), 422
    except Refused as refused:
        savepoint.rollback()
        return jsonify(errors={"document": str(refused)}), 422
    savepoint.commit()
    told = _told(row, publish.draft_text(session, row))
    return jsonify(**told, changes=changes, notes=documents.warnings(wanted)), 201 if made else 200


@blueprint.post("/sequences/check")
@with_token
def check_sequence() -> ResponseReturnValue:
    """Read a document as strictly as publishing does; nothing is kept."""
    try:
        wanted = documents.read(_body(), "document", placeholders.CATALOGUE)
    except documents.DocumentError as fault:
        return jsonify(errors={"document": str(fault)}, line=fault.line, remedy=fault.remedy), 422
    return jsonify(name=wanted.name, notes=documents.warnings(wanted))


def _body() -> str:
    if request.is_json:
        given = request.get_json(silent=True)
        text = given.get("document", "") if isinstance(given, dict) else ""
        return str(text).replace("\r\n", "\n")[: LARGEST + 1]
    return request.get_data()[: LARGEST + 1].decode("utf-8", "replace").replace("\r\n", "\n")


def _told(row: SequenceRow, text: str) -> dict[str, object]:
    version = sequences.current(transaction(), row)
    return {
        "name": row.name,
        "class": row.class_,
        "version": version.number if version else None,
        "draft": bool(row.draft),
        "archived": row.archived_at is not None,
        "document": text,
    }
