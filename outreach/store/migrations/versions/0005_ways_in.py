"""Ways into a sequence: happenings, segments, visits, waiting entries, stop sets, the order of sequences, score."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SALES = "ended_at IS NULL AND class IN ('inbound','sales','reengagement')"

BUSINESS_NOW = """
CREATE FUNCTION outreach_business_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
  SELECT clock_timestamp() + coalesce((SELECT ahead FROM business_clock WHERE id = 1), interval '0')
$$
"""
TAG_ADDED = """
CREATE FUNCTION outreach_tag_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('outreach.quiet', true) IS DISTINCT FROM 'on' THEN
    INSERT INTO happenings (at, kind, name, lead_id) VALUES (outreach_business_now(), 'tag', NEW.tag, NEW.lead_id);
  END IF;
  RETURN NULL;
END $$
"""
STAGE_CHANGED = """
CREATE FUNCTION outreach_stage_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('outreach.quiet', true) IS DISTINCT FROM 'on' THEN
    INSERT INTO happenings (at, kind, name, lead_id, data)
      VALUES (outreach_business_now(), 'stage', NEW.stage, NEW.id, jsonb_build_object('before', OLD.stage));
    IF OLD.stage = 'nurture' AND NEW.stage IN ('new', 'contacted', 'replied') THEN
      INSERT INTO happenings (at, kind, lead_id) VALUES (outreach_business_now(), 'nurture_return', NEW.id);
    END IF;
  END IF;
  RETURN NULL;
END $$
"""
# Runs at the commit and reads the row as it is then: what a mail is and means is settled in several steps.
REPLIED = """
CREATE FUNCTION outreach_replied() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE mail record;
BEGIN
  SELECT id, lead_id, class, sense INTO mail FROM inbox WHERE id = NEW.id;
  IF mail.class = 'human' AND mail.lead_id IS NOT NULL THEN
    INSERT INTO happenings (at, kind, name, lead_id, key, data)
      VALUES (outreach_business_now(), 'replied', coalesce(nullif(mail.sense, ''), 'other'), mail.lead_id,
              'reply:' || mail.id || ':' || coalesce(mail.sense, '') || ':' || mail.lead_id,
              jsonb_build_object('inbound', mail.id))
      ON CONFLICT (key) DO NOTHING;
  END IF;
  RETURN NULL;
END $$
"""
TRIGGERS = (
    "CREATE TRIGGER tag_added AFTER INSERT ON lead_tags FOR EACH ROW EXECUTE FUNCTION outreach_tag_added()",
    "CREATE TRIGGER stage_changed AFTER UPDATE OF stage ON leads FOR EACH ROW"
    " WHEN (OLD.stage IS DISTINCT FROM NEW.stage) EXECUTE FUNCTION outreach_stage_changed()",
    "CREATE CONSTRAINT TRIGGER replied AFTER INSERT OR UPDATE OF class, lead_id, sense ON inbox"
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.class = 'human') EXECUTE FUNCTION outreach_replied()",
)


def upgrade() -> None:
    op.create_table(
        "happenings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("tries", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_happenings_lead_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_happenings")),
        sa.UniqueConstraint("key", name=op.f("uq_happenings_key")),
    )
    op.create_index(
        "ix_happenings_open", "happenings", ["look_at", "id"], postgresql_where=sa.text("handled_at IS NULL")
    )
    op.create_index("ix_happenings_lead_id", "happenings", ["lead_id"])
    op.create_table(
        "waiting_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("sequence_id", sa.BigInteger(), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_waiting_entries_lead_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["sequence_id"], ["sequences.id"], name=op.f("fk_waiting_entries_sequence_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_waiting_entries_submission_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_entries")),
    )
    op.create_index("uq_waiting_entries_lead_sequence", "waiting_entries", ["lead_id", "sequence_id"], unique=True)
    op.create_table(
        "looks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_looks")),
    )
    op.create_table(
        "visits",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("referrer", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("real_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("ip", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_visits_lead_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
    )
    op.create_index("ix_visits_lead_id_at", "visits", ["lead_id", "at"])
    op.create_table(
        "segments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("watched_since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
    )
    op.create_index("uq_segments_name", "segments", [sa.text("lower(name)")], unique=True)
    op.create_table(
        "segment_members",
        sa.Column("segment_id", sa.BigInteger(), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segments.id"], name=op.f("fk_segment_members_segment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_segment_members_lead_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("segment_id", "lead_id", name=op.f("pk_segment_members")),
    )
    op.create_index("ix_segment_members_lead_id", "segment_members", ["lead_id"])
    op.create_table(
        "stop_sets",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stop_sets")),
    )
    op.create_index("uq_stop_sets_name", "stop_sets", [sa.text("lower(name)")], unique=True)
    op.add_column("sequences", sa.Column("position", sa.BigInteger(), nullable=True))
    op.add_column("leads", sa.Column("score_bonus", sa.BigInteger(), server_default="0", nullable=False))
    op.create_index(
        "ix_leads_domain",
        "leads",
        [sa.text("lower(split_part(email, '@', 2))")],
        postgresql_where=sa.text("email <> ''"),
    )
    op.create_index("ix_leads_company", "leads", [sa.text("lower(company)")], postgresql_where=sa.text("company <> ''"))
    op.create_index(
        "ix_events_not_enrolled",
        "events",
        [sa.text("(data ->> 'sequence')"), "id"],
        postgresql_where=sa.text("kind = 'not enrolled'"),
    )
    json = postgresql.JSONB(astext_type=sa.Text())
    op.add_column("account", sa.Column("sites", json, server_default="[]", nullable=False))
    op.add_column("account", sa.Column("inbox_minutes", sa.BigInteger(), server_default="15", nullable=False))
    op.add_column("account", sa.Column("score_rules", json, server_default="{}", nullable=False))
    # M1, M3: one running sequence a class; a higher class holds a lower one, which keeps its place.
    op.create_index(
        "uq_enrolments_one_a_class", "enrolments", ["lead_id", "class"], unique=True, postgresql_where=sa.text(SALES)
    )
    op.drop_index("uq_enrolments_one_sales", table_name="enrolments", postgresql_where=sa.text(SALES))
    for statement in (BUSINESS_NOW, TAG_ADDED, STAGE_CHANGED, REPLIED, *TRIGGERS):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER replied ON inbox")
    op.execute("DROP TRIGGER stage_changed ON leads")
    op.execute("DROP TRIGGER tag_added ON lead_tags")
    for name in ("outreach_replied", "outreach_stage_changed", "outreach_tag_added", "outreach_business_now"):
        op.execute(f"DROP FUNCTION {name}()")
    op.execute(
        "UPDATE enrolments e SET state = 'ended: moved', ended_at = now(), due_at = NULL"
        f" WHERE {SALES} AND EXISTS (SELECT 1 FROM enrolments o WHERE o.lead_id = e.lead_id AND o.id <> e.id AND o.{SALES}"
        " AND array_position(ARRAY['inbound','sales','reengagement'], o.class)"
        " < array_position(ARRAY['inbound','sales','reengagement'], e.class))"
    )
    op.create_index("uq_enrolments_one_sales", "enrolments", ["lead_id"], unique=True, postgresql_where=sa.text(SALES))
    op.drop_index("uq_enrolments_one_a_class", table_name="enrolments", postgresql_where=sa.text(SALES))
    for column in ("score_rules", "inbox_minutes", "sites"):
        op.drop_column("account", column)
    op.drop_index("ix_events_not_enrolled", table_name="events")
    op.drop_index("ix_leads_company", table_name="leads")
    op.drop_index("ix_leads_domain", table_name="leads")
    op.drop_column("leads", "score_bonus")
    op.drop_column("sequences", "position")
    for table in ("stop_sets", "segment_members", "segments", "visits", "looks", "waiting_entries", "happenings"):
        op.drop_table(table)
