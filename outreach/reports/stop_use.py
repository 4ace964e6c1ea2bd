"""Which sequences use a set of stop rules."""

from sqlalchemy.orm import Session

from outreach import documents
from outreach.documents import DocumentError
from outreach.store import sequences
from outreach.store.sequences import VersionRow


def of_sets(session: Session) -> dict[str, list[str]]:
    """Name in lower case -> the sequences that use it, in words."""
    found: dict[str, list[str]] = {}
    for row in sequences.in_order(session):
        version = session.get(VersionRow, row.current_version_id) if row.current_version_id else None
        names = {_name(version.document if version else ""), _name(row.draft)} - {""}
        for name in sorted(names):
            found.setdefault(name, []).append(f"the sequence “{row.name}”")
    return found


def _name(document: str) -> str:
    try:
        return (documents.published(document).stop.use or "").lower() if document else ""
    except DocumentError:
        return ""
