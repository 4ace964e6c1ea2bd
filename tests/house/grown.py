"""An installation with something of everything, for tests about all pages."""

from typing import Any

from sqlalchemy import text

from outreach.journeys import accounts
from outreach.journeys.presets import load_presets
from tests.web.conftest import PASSWORD, Visitor

ROWS = (
    "INSERT INTO leads (email, name, phone, phone_bad, company, title, topic, owner_id, stage, address_state, zone,"
    " zone_source, country, region, locale, source, reach_by, best_time, score, hot, do_not_contact, created_at,"
    " last_activity_at) SELECT 'lead' || n || '@lumen.example', 'Lead ' || n, '', false, 'Lumen', '', '', :me, 'contacted',"
    " 'ok', 'Europe/Berlin', 'browser', 'DE', '', '', 'form', '', '', 0, false, false, now(), now() - n * interval '1 s'"
    " FROM generate_series(CAST(:first AS int), :last) n",
    "INSERT INTO enrolments (lead_id, sequence_id, version_id, class, state, reason, step_key, due_at, anchor_at, memory,"
    " entered_at, why, rule) SELECT l.id, q.id, q.current_version_id, 'sales', 'paused: manual', 'a visit', 'email',"
    " now() + interval '1 day', now(), '{}', now(), 'why', 'P2' FROM leads l JOIN sequences q ON q.id = :sequence"
    " WHERE NOT EXISTS (SELECT 1 FROM enrolments e WHERE e.lead_id = l.id)",
    "INSERT INTO tasks (kind, state, lead_id, owner_id, title, script, due_at, created_at, outcome, note, flag, memory)"
    " SELECT 'call', 'open', id, owner_id, 'Call', '', now(), now(), '', '', '', '{}' FROM leads"
    " WHERE NOT EXISTS (SELECT 1 FROM tasks t WHERE t.lead_id = leads.id)",
    "INSERT INTO messages (kind, class, lane, at_once, rank, state, reason, lead_id, enrolment_id, step_key, to_address,"
    ' subject, body, extra, "references", text_sent, due_at, queued_at, attempts, crashes, answer, settled, delivered,'
    " variant) SELECT 'step', 'sales', 'outbound', false, 2, (ARRAY['queued', 'failed', 'unsure'])[1 + id % 3], '', lead_id,"
    " id, 'email', 'x@lumen.example', 'Hello', '', '{}', '[]', '', now(), now(), 0, 0, '', true, '', '' FROM enrolments e"
    " WHERE NOT EXISTS (SELECT 1 FROM messages m WHERE m.enrolment_id = e.id)",
    "INSERT INTO inbox (sha256, recipient, envelope_from, source, raw, received_at, state, tries, error, class, evidence,"
    ' matched_by, lead_id, wire_id, "references", from_address, from_name, subject, reply_text, sense, detail)'
    " SELECT md5(email), '', '', 'smtp', 'x', now(), (ARRAY['quarantined', 'done'])[1 + id % 2], 0, '', 'human', '', '', id,"
    " '', '[]', email, name, 'Re: Hello', 'Yes', 'interested', '{}' FROM leads"
    " WHERE NOT EXISTS (SELECT 1 FROM inbox i WHERE i.lead_id = leads.id)",
    "INSERT INTO issues (name, state, subject, mjml, text, content, audience, planned_up_to, created_at, started_at)"
    " SELECT 'Issue ' || n, 'sent', 'News', '', '', '{}', '{}', 0, now(), now() FROM generate_series(CAST(:first AS int), :last) n",
    "INSERT INTO forms (key, name, title, intro, fields, consent_text, button, thanks, letter, active, created_at)"
    " SELECT 'form' || n, 'Form', '', '', '[]', '', '', '', '', true, now() FROM generate_series(CAST(:first AS int), :last) n",
    "INSERT INTO notices (user_id, kind, text, path, at) SELECT CAST(:me AS int), 'problem', 'Look', '/', now()"
    " FROM generate_series(CAST(:first AS int), :last) n",
    "INSERT INTO batches (kind, title, params, state, total, created_at) SELECT 'tag', 'Tagging', '{}', 'done', 0, now()"
    " FROM generate_series(CAST(:first AS int), :last) n",
)
"""A lead with everything that lists show of it, for each number; and other things that lists are made of."""


class Grown:
    """It grows on demand, and is seen by its administrator."""

    def __init__(self, house: Any, app: Any) -> None:
        self.house = house
        with house.sessions.begin() as session:
            self.me = accounts.add_user(session, "ada@outreach.test", "Ada", "admin", PASSWORD).id
            load_presets(session, house, house.now(session))
            self.sequence = session.scalar(text("SELECT min(id) FROM sequences WHERE current_version_id IS NOT NULL"))
        self.visitor = Visitor(app)
        self.visitor.sign_in("ada@outreach.test", PASSWORD)

    def grow(self, first: int, last: int) -> None:
        given = {"first": first, "last": last, "me": self.me, "sequence": self.sequence}
        with self.house.sessions.begin() as session:
            for statement in ROWS:
                session.execute(text(statement), {k: v for k, v in given.items() if f":{k}" in statement})
            self.lead = session.scalar(text("SELECT min(id) FROM leads"))
