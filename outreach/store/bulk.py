"""Many rows in one statement: they travel as one JSON value, so that a batch costs one short query and one round trip.

The unit of work of the session knows nothing of it: for rows that nobody holds as objects, or that are brought up to date
with `set_committed_value` (see `journeys.desk`).
"""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import TextClause, inspect, text
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from outreach.store.base import Base, ask

Values = Mapping[str, Any]
"""Attribute name -> value, as for the model's constructor."""


def insert_many(session: Session, model: type[Base], rows: Collection[Values]) -> None:
    """Insert rows of one table; each names the same attributes. What they do not name gets the model's defaults."""
    if not rows:
        return
    columns, defaults = _columns(model), _defaults(model)
    given = [defaults | {columns[name]: value for name, value in row.items()} for row in rows]
    names = ", ".join(f'"{name}"' for name in given[0])
    _run(
        session,
        f"INSERT INTO {model.__tablename__} ({names}) SELECT {names}"
        f" FROM json_populate_recordset(NULL::{model.__tablename__}, CAST(:rows AS json))",
        given,
    )


def update_many(session: Session, model: type[Base], rows: Collection[Values]) -> None:
    """Write these attributes of rows of one table, by `id`; each names the same attributes."""
    if not rows:
        return
    columns = _columns(model)
    given = [{columns[name]: value for name, value in row.items()} for row in rows]
    sets = ", ".join(f'"{name}" = new."{name}"' for name in given[0] if name != "id")
    _run(
        session,
        f"UPDATE {model.__tablename__} old SET {sets}"
        f" FROM json_populate_recordset(NULL::{model.__tablename__}, CAST(:rows AS json)) new WHERE old.id = new.id",
        given,
    )


def _run(session: Session, statement: str, rows: list[dict[str, Any]]) -> None:
    ask(session, _text(statement), rows=json.dumps(rows, ensure_ascii=False, default=_plain))


@lru_cache(maxsize=256)
def _text(statement: str) -> TextClause:
    """There are few of them, and each is asked for often."""
    return text(statement)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a bulk row")


@lru_cache(maxsize=64)
def _columns(model: type[Base]) -> dict[str, str]:
    """Attribute name -> column name."""
    return {each.key: each.columns[0].name for each in inspect(model).column_attrs}


@lru_cache(maxsize=64)
def _defaults(model: type[Base]) -> dict[str, Any]:
    """Column name -> the plain value that the model puts there by itself. (Lists and dicts are the database's to add.)"""
    found = ((column.name, column.default) for column in model.__table__.columns)
    return {name: default.arg for name, default in found if isinstance(default, ScalarElementColumnDefault)}
