"""Rows that contradict each other or that nobody works on: the questions of the watchdog. Each answers in a few milliseconds
when all is well, however much is stored (partial indexes), and gives at most so many rows."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from outreach.store import happenings
from outreach.store.enrolments import CONTRADICTING

MOST = 200


class Loose(NamedTuple):
    """One row with a fault. `since`: since when, where that is known."""

    id: int
    lead_id: int | None
    enrolment_id: int | None
    words: str
    since: datetime | None


SELECT = "SELECT {id} AS id, {lead} AS lead_id, {enrolment} AS enrolment_id, {words} AS words, {since} AS since "


def _ask(id: str, lead: str, enrolment: str, words: str, since: str, rest: str) -> TextClause:
    columns = SELECT.format(id=id, lead=lead, enrolment=enrolment, words=words, since=since)
    return text(f"{columns} FROM {rest} ORDER BY 1 LIMIT {MOST}")


ENROLMENTS = text(
    "SELECT id, lead_id, id AS enrolment_id, state AS words, coalesce(ended_at, entered_at) AS since FROM enrolments"
    f" WHERE {CONTRADICTING} ORDER BY id LIMIT {MOST}"
)
OVERDUE = _ask(
    "e.id", "e.lead_id", "e.id", "e.state", "e.due_at",
    "enrolments e JOIN leads l ON l.id = e.lead_id WHERE e.due_at < :before AND e.ended_at IS NULL",
)  # fmt: skip
LETTERS_OF_ENDED = _ask(
    "m.id", "m.lead_id", "m.enrolment_id", "coalesce(nullif(m.subject, ''), m.step_key, '')", "e.ended_at",
    "messages m JOIN enrolments e ON e.id = m.enrolment_id WHERE m.state = 'queued' AND e.ended_at IS NOT NULL",
)  # fmt: skip
TASKS_OF_ENDED = _ask(
    "t.id", "t.lead_id", "t.enrolment_id", "t.title", "e.ended_at",
    "tasks t JOIN enrolments e ON e.id = t.enrolment_id"
    " WHERE t.state = 'open' AND t.step_key IS NOT NULL AND e.ended_at IS NOT NULL",
)  # fmt: skip
LETTER_LOST = _ask(
    "e.id", "e.lead_id", "e.id", "e.memory->'under_way'->>'step'", "(e.memory->'under_way'->>'since')::timestamptz",
    "enrolments e LEFT JOIN messages m ON m.enrolment_id = e.id AND m.step_key = e.memory->'under_way'->>'step'"
    " WHERE e.sequence_id = ANY(:sequences) AND e.state = 'scheduled' AND e.ended_at IS NULL"
    " AND e.memory->'under_way'->>'kind' = 'letter' AND (m.id IS NULL OR m.state = 'cancelled')",
)  # fmt: skip
LETTER_UNTOLD = _ask(
    "m.id", "m.lead_id", "e.id", "m.step_key", "m.sent_at",
    "enrolments e JOIN messages m ON m.enrolment_id = e.id AND m.step_key = e.memory->'under_way'->>'step'"
    " WHERE e.sequence_id = ANY(:sequences) AND e.state = 'scheduled' AND e.ended_at IS NULL"
    " AND e.memory->'under_way'->>'kind' = 'letter' AND m.state = 'sent' AND m.settled",
)  # fmt: skip
LEASES = _ask(
    "m.id", "m.lead_id", "m.enrolment_id", "m.state", "m.lease_until",
    "messages m WHERE m.state IN ('claimed', 'begun') AND m.lease_until < clock_timestamp() - interval '2 minutes'",
)  # fmt: skip
NO_MAILBOX = _ask(
    "m.id", "m.lead_id", "m.enrolment_id", "coalesce(b.address, 'no mailbox')", "m.due_at",
    "messages m LEFT JOIN mailboxes b ON b.id = m.mailbox_id WHERE m.state = 'queued' AND m.due_at < :before"
    " AND NOT coalesce(b.active, false) AND m.kind <> 'notice'",
)  # fmt: skip
OWNER_GONE = _ask(
    "l.id", "l.id", "e.id", "u.name", "NULL::timestamptz",
    "users u JOIN leads l ON l.owner_id = u.id JOIN enrolments e ON e.lead_id = l.id AND e.ended_at IS NULL"
    " WHERE NOT u.active",
)  # fmt: skip
MAIL_UNREAD = _ask(
    "i.id", "NULL::bigint", "NULL::bigint", "coalesce(nullif(i.from_address, ''), i.envelope_from)", "i.received_at",
    "inbox i WHERE i.state = 'new' AND i.received_at < :before",
)  # fmt: skip
UNTOLD = _ask(
    "m.id", "m.lead_id", "m.enrolment_id", "m.state", "coalesce(m.sent_at, m.due_at)",
    "messages m WHERE NOT m.settled AND m.lead_id IS NOT NULL AND m.state IN ('sent', 'unsure', 'failed')"
    " AND m.kind IN ('step', 'answer', 'newsletter', 'own') AND coalesce(m.sent_at, m.due_at) < :before",
)  # fmt: skip
ASTRAY = _ask(
    "e.id", "e.lead_id", "e.id", "s.name", "e.entered_at",
    "enrolments e JOIN sequence_versions v ON v.id = e.version_id JOIN sequences s ON s.id = e.sequence_id"
    " WHERE e.ended_at IS NULL AND v.sequence_id <> e.sequence_id",
)  # fmt: skip
GIVEN_UP = _ask(
    "h.id", "h.lead_id", "NULL::bigint", "h.kind || coalesce(nullif(' ' || h.name, ' '), '') || ': ' || h.error", "h.at",
    f"happenings h WHERE h.{happenings.GIVEN_UP} AND h.handled_at > clock_timestamp() - interval '{happenings.KEPT.days} days'",
)  # fmt: skip
INACTIVE = text("SELECT count(*) FROM users WHERE NOT active")


def ask(session: Session, question: TextClause, **values: Any) -> list[Loose]:
    """The rows of one question."""
    return [Loose(*row) for row in session.execute(question, values)]


def owner_gone(session: Session) -> list[Loose]:
    """Running enrolments of leads whose owner is switched off; a quick no while everybody is active."""
    return ask(session, OWNER_GONE) if session.scalar(INACTIVE) else []
