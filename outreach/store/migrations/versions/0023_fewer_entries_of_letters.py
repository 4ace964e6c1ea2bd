"""A letter on its way is entered in fewer indexes and looks up fewer other rows: both cost as much as the letter itself."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BEFORE = {
    "ix_messages_refused": (["mailbox_id", "first_tried_at"], "state = 'failed' AND delivered = 'bounced'"),
    "ix_messages_issue_queued": (["issue_id"], "issue_id IS NOT NULL AND state = 'queued'"),
    "ix_messages_unsettled": (
        ["id"],
        "NOT settled AND lead_id IS NOT NULL AND state IN ('sent', 'unsure', 'failed')"
        " AND kind IN ('step', 'answer', 'newsletter', 'own')",
    ),
}
AFTER = {
    "ix_messages_refused": (["mailbox_id", "first_tried_at"], "delivered = 'bounced'"),
    "ix_messages_issue_queued": (["issue_id"], "state = 'queued'"),
    "ix_messages_unsettled": (["id"], "NOT settled AND state IN ('sent', 'unsure', 'failed')"),
}


def upgrade() -> None:
    op.drop_index("uq_messages_message_id", table_name="messages")
    op.create_index("ix_messages_own_message_id", "messages", ["message_id"], postgresql_where=sa.text("kind = 'own'"))
    _exchange(AFTER)
    op.drop_index("ix_events_enrolment_id_id", table_name="events")
    enrolled = sa.text("enrolment_id IS NOT NULL")
    op.create_index("ix_events_enrolment_id_id", "events", ["enrolment_id", "id"], postgresql_where=enrolled)
    op.drop_constraint("fk_events_message_id", "events", type_="foreignkey")
    op.drop_constraint("fk_messages_template_version_id", "messages", type_="foreignkey")


def downgrade() -> None:
    op.create_foreign_key(
        "fk_messages_template_version_id", "messages", "template_versions", ["template_version_id"], ["id"],
        ondelete="SET NULL",
    )  # fmt: skip
    op.execute(
        "UPDATE events e SET message_id = NULL"
        " WHERE message_id IS NOT NULL AND NOT EXISTS (SELECT FROM messages m WHERE m.id = e.message_id)"
    )
    op.create_foreign_key("fk_events_message_id", "events", "messages", ["message_id"], ["id"], ondelete="SET NULL")
    op.drop_index("ix_events_enrolment_id_id", table_name="events")
    op.create_index("ix_events_enrolment_id_id", "events", ["enrolment_id", "id"])
    _exchange(BEFORE)
    op.drop_index("ix_messages_own_message_id", table_name="messages")
    there = sa.text("message_id IS NOT NULL")
    op.create_index("uq_messages_message_id", "messages", ["message_id"], unique=True, postgresql_where=there)


def _exchange(indexes: dict[str, tuple[list[str], str]]) -> None:
    for name, (columns, where) in indexes.items():
        op.drop_index(name, table_name="messages")
        op.create_index(name, "messages", columns, postgresql_where=sa.text(where))
