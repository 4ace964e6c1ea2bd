"""Order of service and limits: rank of a letter, limits of mailboxes and of the account."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

RANKS = """
UPDATE messages SET rank = CASE
  WHEN kind = 'own' THEN 1
  WHEN at_once OR kind IN ('answer', 'notice', 'test') THEN 0
  WHEN kind = 'newsletter' THEN 5
  WHEN class IN ('nurture', 'newsletter') THEN 4
  ELSE 2 END
WHERE state IN ('queued', 'claimed', 'begun')
"""
TEXTS = ("free_why", "first_why", "breaker", "breaker_why")
NUMBERS = ("hour_limit", "gap_seconds_min", "gap_seconds_random", "ramp_start", "ramp_step")
MOMENTS = ("ramp_from", "free_at", "first_at", "breaker_at")
QUEUED = sa.text("state = 'queued'")
UNSENT = sa.text("issue_id IS NOT NULL AND state IN ('queued','claimed','begun')")
REFUSED = sa.text("state = 'failed' AND delivered = 'bounced'")


def upgrade() -> None:
    op.add_column("messages", sa.Column("rank", sa.SmallInteger(), server_default="2", nullable=False))
    op.add_column("messages", sa.Column("slot_at", sa.DateTime(timezone=True)))
    op.execute(RANKS)
    op.drop_index("ix_messages_queue", table_name="messages")
    op.create_index(
        "ix_messages_turn", "messages", ["mailbox_id", "lane", "rank", "due_at", "id"], postgresql_where=QUEUED
    )
    op.drop_index("ix_messages_issue_state", table_name="messages")
    op.create_index("ix_messages_issue_unsent", "messages", ["issue_id"], postgresql_where=UNSENT)
    op.create_index("ix_messages_refused", "messages", ["mailbox_id", "first_tried_at"], postgresql_where=REFUSED)
    for name in TEXTS:
        op.add_column("mailboxes", sa.Column(name, sa.Text(), server_default="", nullable=False))
    for name in NUMBERS:
        op.add_column("mailboxes", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
    for name in MOMENTS:
        op.add_column("mailboxes", sa.Column(name, sa.DateTime(timezone=True)))
    for table in ("mailboxes", "account"):
        op.add_column(table, sa.Column("domain_limits", postgresql.JSONB(), server_default="{}", nullable=False))
    for name in ("daily_limit", "new_leads_per_day"):
        op.add_column("account", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
    op.create_table(
        "paces",
        sa.Column("mailbox_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mailbox_id", "domain", name=op.f("pk_paces")),
    )


def downgrade() -> None:
    op.drop_table("paces")
    for name in ("daily_limit", "new_leads_per_day", "domain_limits"):
        op.drop_column("account", name)
    for name in (*TEXTS, *NUMBERS, *MOMENTS, "domain_limits"):
        op.drop_column("mailboxes", name)
    op.drop_index("ix_messages_refused", table_name="messages")
    op.drop_index("ix_messages_issue_unsent", table_name="messages")
    op.create_index("ix_messages_issue_state", "messages", ["issue_id", "state"])
    op.drop_index("ix_messages_turn", table_name="messages")
    op.create_index("ix_messages_queue", "messages", ["lane", "due_at", "id"], postgresql_where=QUEUED)
    op.drop_column("messages", "slot_at")
    op.drop_column("messages", "rank")
