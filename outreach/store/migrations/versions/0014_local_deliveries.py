"""A letter that the local mail server takes is kept once, however often the database has to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.Column("delivery", sa.Text(), nullable=False, server_default=sa.text("gen_random_uuid()::text"))
    op.add_column("local_letters", key)
    op.create_index("uq_local_letters_delivery", "local_letters", ["delivery", "envelope_to"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_local_letters_delivery", table_name="local_letters")
    op.drop_column("local_letters", "delivery")
