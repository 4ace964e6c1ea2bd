"""Automatic answers have a pace for each domain, stop when a form meets a burst, and may wait until an address is confirmed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("answers_an_hour", sa.BigInteger(), server_default="30", nullable=False))
    op.add_column("account", sa.Column("burst_least", sa.BigInteger(), server_default="60", nullable=False))
    op.add_column("forms", sa.Column("confirm", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("forms", sa.Column("confirm_days", sa.BigInteger(), server_default="7", nullable=False))
    op.add_column("forms", sa.Column("stopped_at", sa.DateTime(timezone=True)))
    op.add_column("forms", sa.Column("burst_known_until", sa.DateTime(timezone=True)))
    op.create_table(
        "answered_domains",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("moments", postgresql.ARRAY(sa.DateTime(timezone=True)), nullable=False),
        sa.Column("granted", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_answered_domains")),
    )
    op.create_table(
        "held_answers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("form_id", sa.BigInteger()),
        sa.Column("sequence_id", sa.BigInteger()),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("end", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_held_answers_submission_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_held_answers_lead_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["form_id"], ["forms.id"], name=op.f("fk_held_answers_form_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["sequence_id"], ["sequences.id"], name=op.f("fk_held_answers_sequence_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_answers")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_held_answers_submission_id")),
    )
    still = sa.text("ended_at IS NULL")
    op.create_index("ix_held_answers_due", "held_answers", ["due_at"], postgresql_where=still)
    op.create_index("ix_held_answers_form", "held_answers", ["form_id", "id"], postgresql_where=still)
    op.create_index("ix_held_answers_lead_id", "held_answers", ["lead_id"])


def downgrade() -> None:
    op.drop_table("held_answers")
    op.drop_table("answered_domains")
    for column in ("burst_known_until", "stopped_at", "confirm_days", "confirm"):
        op.drop_column("forms", column)
    op.drop_column("account", "burst_least")
    op.drop_column("account", "answers_an_hour")
