"""Consents say channel, basis and end; the account says whether a basis is asked for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("consents", sa.Column("channel", sa.Text(), server_default="email", nullable=False))
    op.add_column("consents", sa.Column("basis", sa.Text(), server_default="consent", nullable=False))
    op.add_column("consents", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("account", sa.Column("basis_asked", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("account", sa.Column("consent_months", postgresql.JSONB(), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("account", "consent_months")
    op.drop_column("account", "basis_asked")
    op.drop_column("consents", "expires_at")
    op.drop_column("consents", "basis")
    op.drop_column("consents", "channel")
