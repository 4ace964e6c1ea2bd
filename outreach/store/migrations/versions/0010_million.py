"""Indexes for a million leads: lists by stage and by owner in the order of the page, the few that stand still, a rep's day."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ACTIVITY = [sa.text("last_activity_at DESC"), sa.text("id DESC")]
PAUSED = "ended_at IS NULL AND state LIKE 'paused%'"
BLOCKED = "ended_at IS NULL AND (state LIKE 'blocked%' OR state LIKE 'failed%')"

HELD = (
    "ended_at IS NULL AND (state LIKE 'held:%' OR state LIKE 'blocked:%' OR state LIKE 'failed:%' OR state LIKE 'paused: %'"
    " OR state LIKE 'waiting: inbox%' OR state IN ('waiting: limit', 'waiting: approval'))"
)


def upgrade() -> None:
    alive = sa.text("erased_at IS NULL")
    op.create_index("ix_leads_stage_activity", "leads", ["stage", *ACTIVITY], postgresql_where=alive)
    op.create_index("ix_leads_owner_activity", "leads", ["owner_id", *ACTIVITY], postgresql_where=alive)
    op.create_index(
        "ix_enrolments_inside",
        "enrolments",
        ["sequence_id", "due_at", "id"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_enrolments_held", "enrolments", ["due_at", "state"], postgresql_where=sa.text(HELD))
    op.create_index("ix_enrolments_paused", "enrolments", ["lead_id"], postgresql_where=sa.text(PAUSED))
    op.create_index("ix_enrolments_blocked", "enrolments", ["lead_id"], postgresql_where=sa.text(BLOCKED))
    op.create_index(
        "ix_tasks_done_by", "tasks", ["done_by", "done_at"], postgresql_where=sa.text("done_by IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_index("ix_tasks_done_by", table_name="tasks")
    op.drop_index("ix_enrolments_blocked", table_name="enrolments")
    op.drop_index("ix_enrolments_paused", table_name="enrolments")
    op.drop_index("ix_enrolments_held", table_name="enrolments")
    op.drop_index("ix_enrolments_inside", table_name="enrolments")
    op.drop_index("ix_leads_owner_activity", table_name="leads")
    op.drop_index("ix_leads_stage_activity", table_name="leads")
