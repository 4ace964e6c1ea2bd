"""A letter is in the indexes that it belongs to, and in no other: each step of its way costs an entry in every index."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

UNIQUE = {
    "uq_messages_enrolment_id_step_key": ["enrolment_id", "step_key"],
    "uq_messages_issue_id_lead_id": ["issue_id", "lead_id"],
    "uq_messages_message_id": ["message_id"],
}


def upgrade() -> None:
    for name, columns in UNIQUE.items():
        op.drop_constraint(op.f(name), "messages", type_="unique")
        there = sa.text(f"{columns[0]} IS NOT NULL")
        op.create_index(op.f(name), "messages", columns, unique=True, postgresql_where=there)
    op.drop_index("ix_messages_sent_at", table_name="messages")
    sent = sa.text("sent_at IS NOT NULL")
    op.create_index("ix_messages_sent_at", "messages", ["mailbox_id", "sent_at"], postgresql_where=sent)


def downgrade() -> None:
    op.drop_index("ix_messages_sent_at", table_name="messages")
    op.create_index("ix_messages_sent_at", "messages", ["mailbox_id", "sent_at"])
    for name, columns in UNIQUE.items():
        op.drop_index(op.f(name), table_name="messages")
        op.create_unique_constraint(op.f(name), "messages", columns)
