"""What one transaction changed about a lead, kept as plain data so that it can be taken back (undo of an outcome).

Rows become JSON in the database and are put back from it by the database, so that each value returns as it was.
"""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Table, inspect, text
from sqlalchemy.orm import Session

from outreach.store import happenings
from outreach.store.base import Base, ask
from outreach.store.consents import Suppression
from outreach.store.deals import Deal, Interview
from outreach.store.enrolments import Enrolment
from outreach.store.forms import Submission
from outreach.store.leads import Lead, Tag
from outreach.store.messages import Message
from outreach.store.tasks import Task

Row = dict[str, Any]
"""Column -> JSON value."""
Picture = dict[str, dict[str, Row]]
"""Table -> key -> row."""
Change = dict[str, Any]
"""{"table", "key": {column: value}, "before": columns or None (made), "after": columns or None (removed)}"""

WATCHED: tuple[type[Base], ...] = (Lead, Enrolment, Task, Interview, Deal, Message, Submission, Tag, Suppression)
"""In the order in which rows are made; taken back in reverse."""
UNWATCHED = "{search,last_activity_at,lease_owner,lease_until,server}"
MINE = {"leads": "id = :lead_id", "suppressions": "email = :email"}
"""Which rows are the lead's, where it is not the column `lead_id` that says so."""
SHOWN = {
    "messages": "CASE WHEN state IN ('begun', 'sent', 'unsure', 'failed')"
    " THEN jsonb_build_object('id', id, 'delivered', delivered, 'reason', reason) ELSE to_jsonb(t) END"
}
"""Of a letter that has begun only what is heard of it later: its going is the sender's doing, and is never taken back."""
PICTURE = text(
    " UNION ALL ".join(
        f"SELECT '{name}', {SHOWN.get(name, 'to_jsonb(t)')} - '{UNWATCHED}'::text[]"
        f" FROM {name} t WHERE {MINE.get(name, 'lead_id = :lead_id')}"
        for name in (model.__tablename__ for model in WATCHED)
    )
)


def picture(session: Session, lead: Lead) -> Picture:
    """The lead's rows as they stand in this transaction."""
    found: Picture = {model.__tablename__: {} for model in WATCHED}
    for name, row in ask(session, PICTURE, lead_id=lead.id, email=lead.email.lower()):
        found[name][repr([row[column] for column in _keys(name)])] = row
    return found


def between(before: Picture, after: Picture) -> list[Change]:
    """What differs between two pictures, in the order of WATCHED."""
    return [change for name in after for change in _table_changes(name, before[name], after[name])]


def take_back(session: Session, changes: list[Change]) -> bool:
    """Put every row back as it was. False, and nothing done, when one of them has changed since."""
    session.flush()
    if not all(_as_left(session, change) for change in changes):
        return False
    happenings.quietly(session)
    for change in reversed(changes):
        _restore(session, change)
    session.expire_all()
    return True


def _table_changes(name: str, before: dict[str, Row], after: dict[str, Row]) -> list[Change]:
    found = []
    for key in [*before, *(k for k in after if k not in before)]:
        old, new = before.get(key), after.get(key)
        whole = new or old or {}
        changed = [c for c in whole if old is None or new is None or (c in old and old[c] != new[c])]
        if changed:
            found.append(
                {
                    "table": name,
                    "key": {column: whole[column] for column in _keys(name)},
                    "before": {c: old[c] for c in changed} if old else None,
                    "after": {c: new[c] for c in changed} if new else None,
                }
            )
    return found


def _as_left(session: Session, change: Change) -> bool:
    """Whether the row still is as the change left it; locks it."""
    table = _table(change)
    same = [f"t.{c} IS NOT DISTINCT FROM r.{c}" for c in _names(table, change["after"] or {}) if c != "memory"]
    query = (
        f"SELECT {' AND '.join(same) or 'true'} FROM {table.name} t, {AS_ROW.format(table.name)} WHERE {_is_it(table)}"
    )
    found = session.scalar(text(f"{query} FOR UPDATE OF t"), _values(change, "after"))
    return found is None if change["after"] is None else found is True


def _restore(session: Session, change: Change) -> None:
    table, before = _table(change), change["before"]
    source, here = AS_ROW.format(table.name), _is_it(table)
    if before is None:
        statement = f"DELETE FROM {table.name} t USING {source} WHERE {here}"
    elif change["after"] is None:
        names = ", ".join(_names(table, before))
        statement = f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {source}"
    else:
        values = ", ".join(f"{c} = r.{c}" for c in _names(table, before))
        statement = f"UPDATE {table.name} t SET {values} FROM {source} WHERE {here}"
    session.execute(text(statement), _values(change, "before"))


AS_ROW = "jsonb_populate_record(NULL::{0}, CAST(:row AS jsonb)) r"
"""The key and the values of a change, as a row of the table."""


def _values(change: Change, side: str) -> dict[str, str]:
    return {"row": json.dumps({**change["key"], **(change[side] or {})})}


def _is_it(table: Table) -> str:
    return " AND ".join(f"t.{name} = r.{name}" for name in _names(table, _keys(table.name)))


def _table(change: Change) -> Table:
    return Base.metadata.tables[change["table"]]


def _names(table: Table, columns: Iterable[str]) -> list[str]:
    """Names of columns as SQL writes them; KeyError for one that the table does not have."""
    return [f'"{table.c[name].name}"' for name in columns]


def _keys(name: str) -> list[str]:
    return [c.name for c in inspect(Base.metadata.tables[name]).primary_key]
