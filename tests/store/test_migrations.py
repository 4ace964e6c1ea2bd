"""An upgrade from the first release keeps every row, and a way back and forth again does too (DESIGN 2, RELIABILITY fault 39)."""

from typing import Any

from alembic import command
from sqlalchemy import Connection, inspect, select, text

from outreach.store import migrate
from outreach.store.base import Base, engine_for, sessions_for

FILLED = {
    "bigint": "1", "integer": "1", "smallint": "1", "text": "'x'", "boolean": "true", "date": "current_date", "bytea": "'x'",
    "timestamp with time zone": "now()", "jsonb": "'{}'", "tsvector": "''", "double precision": "1", "numeric": "1",
    "interval": "'1 s'", "ARRAY": "'{}'",
}  # fmt: skip
COLUMNS = text(
    "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' AND table_name = :table"
    " AND is_generated = 'NEVER' AND (column_name = 'id' OR (is_nullable = 'NO' AND column_default IS NULL))"
)


def tables(connection: Connection) -> list[str]:
    return [name for name in inspect(connection).get_table_names() if name != "alembic_version"]


def fill(connection: Connection) -> None:
    """A row in every table, whatever it refers to."""
    connection.execute(text("SET session_replication_role = replica"))
    for table in tables(connection):
        columns = {name: FILLED[kind] for name, kind in connection.execute(COLUMNS, {"table": table})}
        if connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0:
            connection.execute(
                text(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(columns.values())})")
            )
    connection.execute(text("SET session_replication_role = DEFAULT"))
    connection.commit()


def counted(connection: Connection) -> dict[str, int]:
    return {name: connection.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in tables(connection)}


def test_rows_of_the_first_release_live_through_every_migration_up_and_down(new_database: Any) -> None:
    url = new_database("upgrades")
    with engine_for(url).connect() as connection:
        command.upgrade(migrate._config(connection), "0001")
        connection.commit()
        fill(connection)
        first = counted(connection)
        assert min(first.values()) == 1
        for revision in ("head", "0001", "head"):
            (command.downgrade if revision == "0001" else command.upgrade)(migrate._config(connection), revision)
            connection.commit()
            now = counted(connection)
            assert {name: now.get(name) for name in first} == first
        assert migrate.differences(connection) == []
        with sessions_for(connection.engine)() as session:
            for mapper in Base.registry.mappers:
                session.scalars(select(mapper.class_)).all()
