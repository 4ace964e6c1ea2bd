"""M2: a person sets the order in which sequences are asked when something lets a lead in."""

from datetime import datetime

from sqlalchemy.orm import Session

from outreach.store import events, sequences
from outreach.store.sequences import SequenceRow
from outreach.store.users import User


def move(session: Session, row: SequenceRow, by: int, user: User, now: datetime) -> bool:
    """Put a sequence so many places up (negative) or down; False when it stands at the end already."""
    rows = sequences.in_order(session)
    place = next((number for number, each in enumerate(rows) if each.id == row.id), None)
    target = max(0, min(len(rows) - 1, place + by)) if place is not None else None
    if place is None or target is None or target == place:
        return False
    rows.insert(target, rows.pop(place))
    for number, each in enumerate(rows, 1):
        each.position = number
    text = f"{user.name} moved “{row.name}” to place {target + 1} of {len(rows)} in the list of entry."
    events.record(session, now, "order of entry", text, actor_id=user.id, rule="M2", data={"sequence": row.id})
    return True
