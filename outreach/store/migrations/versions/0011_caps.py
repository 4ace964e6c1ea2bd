"""M4: how much automatic mail one person may get is the account's to say."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("cap_day", sa.BigInteger(), server_default="1", nullable=False))
    op.add_column("account", sa.Column("cap_week", sa.BigInteger(), server_default="5", nullable=False))


def downgrade() -> None:
    op.drop_column("account", "cap_week")
    op.drop_column("account", "cap_day")
