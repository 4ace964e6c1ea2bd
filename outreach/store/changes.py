"""What one transaction changed about a lead, kept as plain data so that it can be taken back (undo of an outcome)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Table, delete, insert, inspect, select, update
from sqlalchemy.orm import Session

from outreach.store import happenings
from outreach.store.base import Base
from outreach.store.consents import Suppression
from outreach.store.deals import Deal, Interview
from outreach.store.enrolments import Enrolment
from outreach.store.forms import Submission
from outreach.store.leads import Lead, Tag
from outreach.store.messages import Message
from outreach.store.tasks import Task

Picture = dict[str, dict[str, dict[str, Any]]]
"""Table -> key -> column -> JSON value."""
Change = dict[str, Any]
"""{"table", "key": {column: value}, "before": columns or None (made), "after": columns or None (removed)}"""

WATCHED: tuple[type[Base], ...] = (Lead, Enrolment, Task, Interview, Deal, Message, Submission, Tag, Suppression)
"""In the order in which rows are made; taken back in reverse."""
UNWATCHED = frozenset({"search", "last_activity_at", "lease_owner", "lease_until", "server"})


def picture(session: Session, lead: Lead) -> Picture:
    """The lead's rows as they stand in this transaction."""
    session.flush()
    return {model.__tablename__: _rows(session, model, lead) for model in WATCHED}


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


def _rows(session: Session, model: type[Base], lead: Lead) -> dict[str, dict[str, Any]]:
    table: Table = model.__table__  # type: ignore[assignment]
    if model is Lead:
        mine = table.c.id == lead.id
    elif model is Suppression:
        mine = table.c.email == lead.email.lower()
    else:
        mine = table.c.lead_id == lead.id
    columns = [c for c in table.columns if c.name not in UNWATCHED]
    keys = [c.name for c in table.primary_key]
    rows = [dict(row) for row in session.execute(select(*columns).where(mine)).mappings()]
    return {repr([row[k] for k in keys]): {name: _plain(value) for name, value in row.items()} for row in rows}


def _table_changes(name: str, before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> list[Change]:
    found = []
    for key in [*before, *(k for k in after if k not in before)]:
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        whole = new or old or {}
        changed = {column for column in whole if old is None or new is None or old[column] != new[column]}
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
    table = _table(change["table"])
    row = session.execute(select(table).where(*_is(table, change["key"])).with_for_update()).mappings().first()
    if change["after"] is None:
        return row is None
    return row is not None and all(_plain(row[c]) == value for c, value in change["after"].items() if c != "memory")


def _restore(session: Session, change: Change) -> None:
    table = _table(change["table"])
    here = _is(table, change["key"])
    before: Mapping[str, Any] | None = change["before"]
    if before is None:
        session.execute(delete(table).where(*here))
    elif change["after"] is None:
        session.execute(insert(table).values({c: _value(table, c, v) for c, v in before.items()}))
    else:
        session.execute(update(table).where(*here).values({c: _value(table, c, v) for c, v in before.items()}))


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def _keys(name: str) -> list[str]:
    return [c.name for c in inspect(_table(name)).primary_key]


def _is(table: Table, key: Mapping[str, Any]) -> list[Any]:
    return [table.c[name] == value for name, value in key.items()]


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _value(table: Table, column: str, value: Any) -> Any:
    if value is None:
        return None
    kind = table.c[column].type.python_type
    if kind is datetime:
        return datetime.fromisoformat(value)
    return Decimal(value) if kind is Decimal else value
