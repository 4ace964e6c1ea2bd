"""Where a segment is used: by which sequences and newsletters."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach import documents
from outreach.core import entry
from outreach.core.sequences import Sequence
from outreach.documents import DocumentError
from outreach.store import sequences
from outreach.store.sequences import VersionRow
from outreach.store.templates import Issue


def of_segments(session: Session) -> dict[str, list[str]]:
    """Name in lower case -> what uses it, in words."""
    found: dict[str, list[str]] = {}
    rows = sequences.in_order(session)
    query = select(VersionRow.id, VersionRow.document).where(
        VersionRow.id.in_({row.current_version_id for row in rows if row.current_version_id})
    )
    documents_of = {number: document for number, document in session.execute(query)}
    for row in rows:
        texts = {documents_of.get(row.current_version_id or 0, ""), row.draft}
        for name in sorted(set().union(*map(_names, texts))):
            found.setdefault(name, []).append(f"the sequence “{row.name}”")
    issues = select(Issue.name, Issue.audience["segment"].astext).where(Issue.audience["who"].astext == "segment")
    for issue, segment in session.execute(issues.order_by(Issue.id.desc())):
        found.setdefault((segment or "").lower(), []).append(f"the newsletter “{issue}”")
    return found


def _names(document: str) -> set[str]:
    if "segment" not in document:
        return set()
    try:
        sequence: Sequence | None = documents.published(document) if document else None
    except DocumentError:
        return set()
    if sequence is None:
        return set()
    asked = set(entry.names_asked([sequence], "segment"))
    asked |= {rule.name for rule in sequence.enter.on if rule.kind == "segment"}
    return {name.lower() for name in asked}
