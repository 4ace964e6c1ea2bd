"""Bring a database to the schema of this release (and say when it cannot)."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from outreach.errors import Refused
from outreach.store.base import engine_for
from outreach.store.tables import metadata

LOCK = 7_201_541
"""Advisory lock: two starts at once migrate one after the other."""


def upgrade(database_url: str) -> None:
    """Migrate to this release; refuses a database that a newer release has migrated."""
    with engine_for(database_url).connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:k)"), {"k": LOCK})
        try:
            _refuse_newer(connection)
            connection.commit()
            command.upgrade(_config(connection), "head")
            connection.commit()
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:k)"), {"k": LOCK})
            connection.commit()


def downgrade(database_url: str, revision: str) -> None:
    """Go back to a revision (`base` = empty)."""
    with engine_for(database_url).connect() as connection:
        command.downgrade(_config(connection), revision)
        connection.commit()


def state(connection: Connection) -> str:
    """`current`, `old`, `newer` or `empty`: how this database's schema compares with this release."""
    found = MigrationContext.configure(connection).get_current_revision()
    script = ScriptDirectory.from_config(_config(connection))
    if found is None:
        return "empty"
    if found == script.get_current_head():
        return "current"
    return "old" if found in {r.revision for r in script.walk_revisions()} else "newer"


def differences(connection: Connection) -> list[object]:
    """What the tables say and the migrations do not; empty when they agree."""
    return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _refuse_newer(connection: Connection) -> None:
    if state(connection) == "newer":
        raise Refused(
            "The database was migrated by a newer release of outreach. Start that release, or restore a backup."
        )
