"""The names that a sequence may mention: what is missing is a warning when it is published, no fault."""

from sqlalchemy.orm import Session

from outreach.documents import Known
from outreach.store import forms, leads, segments, sequences, stop_sets


def known(session: Session, templates: frozenset[str]) -> Known:
    """Everything that exists under a name. Links are in letters, and are not looked at."""
    return Known(
        templates=templates,
        programmes=frozenset(row.name for row in sequences.all_sequences(session)),
        tags=frozenset(leads.all_tags(session)),
        segments=frozenset(row.name for row in segments.all_segments(session)),
        forms=frozenset(row.key for row in forms.all_forms(session)),
        stop_sets=frozenset(row.name for row in stop_sets.all_sets(session)),
    )
