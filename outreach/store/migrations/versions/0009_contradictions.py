"""Contradicting enrolments are found at once, and so are those that ended without a reply."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

CONTRADICTING = "(ended_at IS NULL) = (due_at IS NULL) OR (ended_at IS NULL) = (\"left\"(state, 5) = 'ended')"


def upgrade() -> None:
    op.create_index("ix_enrolments_contradicting", "enrolments", ["id"], postgresql_where=sa.text(CONTRADICTING))
    op.create_index(
        "ix_enrolments_silent", "enrolments", ["ended_at"], postgresql_where=sa.text("state = 'ended: no reply'")
    )


def downgrade() -> None:
    op.drop_index("ix_enrolments_silent", table_name="enrolments")
    op.drop_index("ix_enrolments_contradicting", table_name="enrolments")
