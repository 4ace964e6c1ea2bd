"""A lead is found by the digits of its number, however it was written down."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    digits = sa.text("regexp_replace(phone, '[^0-9+]', '', 'g')")
    op.create_index("ix_leads_phone_digits", "leads", [digits], postgresql_where=sa.text("phone <> ''"))


def downgrade() -> None:
    op.drop_index("ix_leads_phone_digits", table_name="leads")
