"""Sequences that ended without a reply, and what became of each person (RULES N): the closed loop."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

NURTURE, EXCLUDED, EXCEPTION = "nurture", "excluded", "exception"
DAYS = 90
"""How far the closed loop looks back."""

FATES = """
SELECT e.id, e.lead_id, e.ended_at, e.sequence_id,
  CASE WHEN n.id IS NOT NULL THEN 'nurture'
       WHEN x.id IS NOT NULL OR l.erased_at IS NOT NULL OR l.do_not_contact OR s.email IS NOT NULL
         OR l.address_state = 'dead' OR o.id IS NOT NULL THEN 'excluded'
       ELSE 'exception' END AS fate,
  CASE WHEN n.id IS NOT NULL THEN n.name
       WHEN x.id IS NOT NULL THEN coalesce(x.reason, x.text)
       WHEN l.erased_at IS NOT NULL THEN 'erased'
       WHEN l.do_not_contact THEN 'do not contact'
       WHEN s.email IS NOT NULL THEN s.reason
       WHEN l.address_state = 'dead' THEN 'the address takes no mail'
       WHEN o.id IS NOT NULL THEN 'in another sequence: ' || o.name
       ELSE coalesce(w.text, 'nothing followed') END AS reason
FROM enrolments e JOIN leads l ON l.id = e.lead_id
LEFT JOIN LATERAL (
  SELECT f.id, q.name FROM enrolments f JOIN sequences q ON q.id = f.sequence_id
  WHERE f.lead_id = e.lead_id AND f.class = 'nurture' AND (f.ended_at IS NULL OR f.entered_at >= e.ended_at)
  ORDER BY f.id DESC LIMIT 1) n ON true
LEFT JOIN LATERAL (
  SELECT v.id, v.text, v.data->>'reason' AS reason FROM events v
  WHERE v.enrolment_id = e.id AND v.kind = 'excluded' ORDER BY v.id DESC LIMIT 1) x ON true
LEFT JOIN suppressions s ON s.email = lower(l.email)
LEFT JOIN LATERAL (
  SELECT f.id, q.name FROM enrolments f JOIN sequences q ON q.id = f.sequence_id
  WHERE f.lead_id = e.lead_id AND f.id > e.id AND f.class <> 'nurture' ORDER BY f.id DESC LIMIT 1) o ON true
LEFT JOIN LATERAL (
  SELECT v.text FROM events v WHERE v.enrolment_id = e.id AND v.kind = 'not enrolled' ORDER BY v.id DESC LIMIT 1) w ON true
WHERE e.state = 'ended: no reply' AND e.class IN ('inbound', 'sales', 'reengagement') AND e.ended_at >= :since
"""
TALLY = text(f"SELECT fate, reason, count(*) FROM ({FATES}) fates GROUP BY fate, reason ORDER BY 3 DESC, 2")
SOME = text(f"""
SELECT f.id, f.lead_id, coalesce(nullif(l.name, ''), l.email) AS name, q.name AS sequence, f.ended_at, f.fate, f.reason
FROM ({FATES}) f JOIN leads l ON l.id = f.lead_id JOIN sequences q ON q.id = f.sequence_id
WHERE f.fate = :fate AND (CAST(:reason AS text) IS NULL OR f.reason = :reason)
ORDER BY f.ended_at DESC, f.id DESC LIMIT :limit
""")


class End(NamedTuple):
    """One ended enrolment and its fate."""

    enrolment_id: int
    lead_id: int
    name: str
    sequence: str
    ended_at: datetime
    fate: str
    reason: str


def tally(session: Session, since: datetime) -> list[tuple[str, str, int]]:
    """(fate, reason, how many) of those that ended since then; each has exactly one fate."""
    return [(fate, reason, count) for fate, reason, count in session.execute(TALLY, {"since": since})]


def some(session: Session, fate: str, since: datetime, reason: str | None = None, limit: int = 200) -> list[End]:
    """The people of one fate (and reason), the latest first."""
    values = {"fate": fate, "reason": reason, "since": since, "limit": limit}
    return [End(*row) for row in session.execute(SOME, values)]
