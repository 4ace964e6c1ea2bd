"""X6: the bytes of received files lie in the raw mail; the second copy, which nothing removed, goes."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f("fk_attachments_sha256"), "attachments", type_="foreignkey")
    op.drop_table("attachment_files")


def downgrade() -> None:
    """The older release shows the files of mail that it reads itself; those of earlier mail stay in the raw bytes."""
    op.create_table(
        "attachment_files",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_attachment_files")),
    )
    op.execute("DELETE FROM attachments")
    op.create_foreign_key(op.f("fk_attachments_sha256"), "attachments", "attachment_files", ["sha256"], ["sha256"])
