"""A link that a letter's text has in common with all others is kept once, not once a letter."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("links", "message_id", nullable=True)
    op.create_index(
        "uq_links_common",
        "links",
        [sa.text("md5(url)"), "name"],
        unique=True,
        postgresql_where=sa.text("message_id IS NULL"),
    )


def downgrade() -> None:
    # What people clicked stays known: each letter gets its own rows of the links that were clicked in it.
    op.execute(
        "INSERT INTO links (message_id, url, name) SELECT DISTINCT h.message_id, l.url, l.name FROM hits h"
        " JOIN links l ON l.id = h.link_id WHERE l.message_id IS NULL AND h.message_id IS NOT NULL ON CONFLICT DO NOTHING"
    )
    op.execute(
        "UPDATE hits h SET link_id = own.id FROM links l JOIN links own ON own.url = l.url AND own.name = l.name"
        " WHERE l.id = h.link_id AND l.message_id IS NULL AND own.message_id = h.message_id"
    )
    op.execute("DELETE FROM links WHERE message_id IS NULL")
    op.drop_index("uq_links_common", table_name="links")
    op.alter_column("links", "message_id", nullable=False)
