"""What happened and could not be handled is found at once."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_happenings_given_up", "happenings", ["id"], postgresql_where=sa.text("tries >= 5"))


def downgrade() -> None:
    op.drop_index("ix_happenings_given_up", table_name="happenings")
