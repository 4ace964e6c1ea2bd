"""Alembic's entry: runs migrations on the connection that `outreach.store.migrate` hands over."""

from alembic import context

from outreach.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
