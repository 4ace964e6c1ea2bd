"""Columns that were written and never read: who did it and when is told by the events."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

POINTERS = (
    ("messages", "reply_to_id", "messages"),
    ("pauses", "by_id", "users"),
    ("experiments", "started_by", "users"),
    ("issues", "created_by", "users"),
)


def upgrade() -> None:
    for table, column, _other in POINTERS:
        op.drop_constraint(op.f(f"fk_{table}_{column}"), table, type_="foreignkey")
        op.drop_column(table, column)
    op.drop_column("pauses", "ended_by")
    op.drop_column("interviews", "held_at")
    op.drop_column("learned", "made_at")


def downgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("learned", sa.Column("made_at", moment, server_default=sa.func.now(), nullable=False))
    op.alter_column("learned", "made_at", server_default=None)
    op.add_column("interviews", sa.Column("held_at", moment, nullable=True))
    op.add_column("pauses", sa.Column("ended_by", sa.Text(), server_default="", nullable=False))
    op.alter_column("pauses", "ended_by", server_default=None)
    for table, column, other in POINTERS:
        op.add_column(table, sa.Column(column, sa.BigInteger(), nullable=True))
        op.create_foreign_key(op.f(f"fk_{table}_{column}"), table, other, [column], ["id"], ondelete="SET NULL")
