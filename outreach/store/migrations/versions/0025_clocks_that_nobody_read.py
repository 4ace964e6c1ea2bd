"""Two moments of a submission that nothing read: the clock runs in its task, the answer stands in `first_human_at`."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("submissions", "sla_due_at")
    op.drop_column("submissions", "answered_at")


def downgrade() -> None:
    op.add_column("submissions", sa.Column("sla_due_at", sa.DateTime(timezone=True)))
    op.add_column("submissions", sa.Column("answered_at", sa.DateTime(timezone=True)))
