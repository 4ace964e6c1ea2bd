"""A person shapes a segment: name, rules, taking it away. Its members follow by themselves."""

from datetime import datetime
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from outreach.core import segments as rules
from outreach.core.segments import Group
from outreach.errors import Refused
from outreach.store import segments, statement_limits
from outreach.store.leads import Lead
from outreach.store.segments import Segment

EMPTY: dict[str, Any] = {"match": "all", "rules": [{"match": "all", "rules": []}]}
SECONDS = 4
"""How long a live count may take."""
MOST = 100_000


def new(session: Session, name: str, now: datetime) -> Segment:
    """A segment without rules, which nobody is in. Raises Refused."""
    segment = Segment(name=_free(session, name, None), rules=EMPTY, created_at=now)
    session.add(segment)
    session.flush()
    return segment


def save(session: Session, segment: Segment, name: str, note: str, group: Group) -> None:
    """Keep name and rules. Changed rules begin the list of members again: whoever is in it by then is not new."""
    segment.name, segment.note = _free(session, name, segment), note.strip()[:500]
    data = rules.write(group)
    if data != segment.rules:
        segment.rules, segment.watched_since = data, None


def remove(session: Session, segment: Segment, used_by: list[str]) -> None:
    """Take it away; refused while something uses it."""
    if used_by:
        raise Refused(f"It is used by {', '.join(used_by[:5])}. Choose something else there first.")
    session.delete(segment)


def look(session: Session, group: Group, now: datetime) -> tuple[int | None, list[Lead]]:
    """How many leads match (None: counting took too long; more than MOST is MOST + 1), and five of them."""
    try:
        with session.begin_nested():
            statement_limits.at_most(session, SECONDS)
            return segments.count(session, group, now, MOST), segments.sample(session, group, now)
    except DBAPIError as error:
        if not statement_limits.is_timeout(error):
            raise
        return None, []


def _free(session: Session, name: str, segment: Segment | None) -> str:
    name = " ".join(name.split())[:80]
    if not name:
        raise Refused("Give the segment a name, so that sequences and newsletters can use it.")
    other = segments.by_name(session, name)
    if other is not None and other is not segment:
        raise Refused(f"There is a segment “{other.name}” already.")
    return name
