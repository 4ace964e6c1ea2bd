"""Letters cost less on their way: their text is not compressed, and an issue's index holds only what waits."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

QUEUED = sa.text("issue_id IS NOT NULL AND state = 'queued'")
UNSENT = sa.text("issue_id IS NOT NULL AND state IN ('queued','claimed','begun')")


def upgrade() -> None:
    op.execute("ALTER TABLE messages ALTER text_sent SET STORAGE EXTERNAL")
    op.drop_index("ix_messages_issue_unsent", table_name="messages")
    op.create_index("ix_messages_issue_queued", "messages", ["issue_id"], postgresql_where=QUEUED)


def downgrade() -> None:
    op.drop_index("ix_messages_issue_queued", table_name="messages")
    op.create_index("ix_messages_issue_unsent", "messages", ["issue_id"], postgresql_where=UNSENT)
    op.execute("ALTER TABLE messages ALTER text_sent SET STORAGE EXTENDED")
