"""Which sequences and forms send a template."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.store.forms import Form
from outreach.store.sequences import SequenceRow, VersionRow

ONE_KEY = ("cant-help", "need-more-information")
"""Letters that a rep sends with one key."""
_NAMED = re.compile(r"\btemplate:\s*[\"']?([A-Za-z0-9_.-]+)")


def used_by(session: Session) -> dict[str, list[str]]:
    """Template key -> names of the sequences (live or drafted) and forms that send it."""
    found = {key: {"one-key letters of Today"} for key in ONE_KEY}
    live = select(SequenceRow.name, SequenceRow.draft, VersionRow.document).outerjoin(
        VersionRow, SequenceRow.current_version_id == VersionRow.id
    )
    for name, draft, document in session.execute(live.where(SequenceRow.archived_at.is_(None))):
        for key in {*_NAMED.findall(draft or ""), *_NAMED.findall(document or "")}:
            found.setdefault(key, set()).add(name)
    for name, key in session.execute(select(Form.name, Form.letter).where(Form.letter != "", Form.active)):
        found.setdefault(key, set()).add(f"form {name}")
    return {key: sorted(names) for key, names in found.items()}
