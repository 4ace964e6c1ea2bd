"""Mailboxes by provider: sign-in with Google and Microsoft, DKIM keys, sending domains, provider webhooks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mailboxes", sa.Column("provider", sa.Text(), server_default="", nullable=False))
    op.add_column("mailboxes", sa.Column("sign_in", sa.Text(), server_default="password", nullable=False))
    op.add_column("mailboxes", sa.Column("oauth_secret", sa.LargeBinary(), nullable=True))
    op.add_column("mailboxes", sa.Column("signature", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "mailboxes",
        sa.Column("folders", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
    )
    op.add_column("mailboxes", sa.Column("sent_folder", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "oauth_clients",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("client_secret", sa.LargeBinary(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oauth_clients")),
        sa.UniqueConstraint("provider", name=op.f("uq_oauth_clients_provider")),
    )
    op.create_table(
        "sending_domains",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending_domains")),
        sa.UniqueConstraint("name", name=op.f("uq_sending_domains_name")),
    )
    op.create_table(
        "dkim_keys",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("selector", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dkim_keys")),
        sa.UniqueConstraint("domain", "selector", name=op.f("uq_dkim_keys_domain_selector")),
    )
    op.create_table(
        "provider_hooks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("path_secret", sa.LargeBinary(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_hooks")),
        sa.UniqueConstraint("provider", name=op.f("uq_provider_hooks_provider")),
    )
    op.create_table(
        "hook_posts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook_posts")),
        sa.UniqueConstraint("provider", "sha256", name=op.f("uq_hook_posts_provider_sha256")),
    )
    op.create_index("ix_hook_posts_waiting", "hook_posts", ["id"], postgresql_where=sa.text("state = 'new'"))
    op.create_table(
        "hook_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("post_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["hook_posts.id"], name=op.f("fk_hook_events_post_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_hook_events_message_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook_events")),
        sa.UniqueConstraint("provider", "event_id", name=op.f("uq_hook_events_provider_event_id")),
    )
    op.create_index(op.f("ix_hook_events_post_id"), "hook_events", ["post_id"])
    op.create_index(op.f("ix_hook_events_message_id"), "hook_events", ["message_id"])


def downgrade() -> None:
    op.drop_table("hook_events")
    op.drop_table("hook_posts")
    op.drop_table("provider_hooks")
    op.drop_table("dkim_keys")
    op.drop_table("sending_domains")
    op.drop_table("oauth_clients")
    for name in ("sent_folder", "folders", "signature", "oauth_secret", "sign_in", "provider"):
        op.drop_column("mailboxes", name)
