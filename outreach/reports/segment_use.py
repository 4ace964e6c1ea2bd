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
    for row in sequences.in_order(session):
        version = session.get(VersionRow, row.current_version_id) if row.current_version_id else None
        for name in sorted(_names(version.document if version else "") | _names(row.draft)):
            found.setdefault(name, []).append(f"the sequence “{row.name}”")
    for issue in session.scalars(select(Issue).where(Issue.audience["who"].astext == "segment")):
        found.setdefault(str(issue.audience.get("segment", "")).lower(), []).append(f"the newsletter “{issue.name}”")
    return found


def _names(document: str) -> set[str]:
    try:
        sequence: Sequence | None = documents.published(document) if document else None
    except DocumentError:
        return set()
    if sequence is None:
        return set()
    asked = set(entry.names_asked([sequence], "segment"))
    asked |= {rule.name for rule in sequence.enter.on if rule.kind == "segment"}
    return {name.lower() for name in asked}
