"""V8, B5: what each version of a sequence brought, and each text of each step: people, by the letter that they got.

A reply and an interview belong to the last letter before them (N); an opt-out to the last letter that the enrolment got.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Brought:
    """People: `contacted` got a letter, of them `replied`, `positive`, had an `interview`, `opted_out`; `letters` sent."""

    letters: int = 0
    contacted: int = 0
    replied: int = 0
    positive: int = 0
    interviews: int = 0
    opted_out: int = 0

    @property
    def reply_rate(self) -> float | None:
        """Part of those contacted who answered; None before anybody was."""
        return self.replied / self.contacted if self.contacted else None


@dataclass(frozen=True)
class TextNumbers:
    """One text of one step: the template's version, or the version of the sequence that holds the words; A/B variant."""

    step_key: str
    template: str
    revision: int
    variant: str
    saved_at: datetime | None
    subject: str
    brought: Brought


LETTERS = """
WITH letters AS (
  SELECT m.id, m.enrolment_id, m.lead_id, m.step_key, m.variant, m.sent_at, m.template_version_id, m.subject,
    coalesce(m.version_id, e.version_id) AS version_id,
    coalesce(m.text_version_id, m.version_id, e.version_id) AS text_id,
    CASE WHEN e.state IN ('ended: unsubscribed', 'ended: complained') AND m.sent_at = max(m.sent_at) OVER (
      PARTITION BY m.enrolment_id) THEN e.id END AS opted_out
  FROM messages m JOIN enrolments e ON e.id = m.enrolment_id
  WHERE e.sequence_id = :id AND m.kind = 'step' AND m.sent_at IS NOT NULL AND m.state IN ('sent', 'unsure')
), answers AS (
  SELECT last.id, bool_or(n.sense = 'interested') AS positive FROM inbox n
  JOIN LATERAL (
    SELECT m.id FROM messages m WHERE m.lead_id = n.lead_id AND m.kind = 'step' AND m.sent_at <= n.received_at
    ORDER BY m.sent_at DESC, m.id DESC LIMIT 1) last ON true
  WHERE n.class = 'human' AND n.lead_id IN (SELECT lead_id FROM letters) GROUP BY last.id
), booked AS (
  SELECT last.id, count(*) AS interviews FROM interviews v
  JOIN LATERAL (
    SELECT m.id FROM messages m WHERE m.lead_id = v.lead_id AND m.kind = 'step' AND m.sent_at <= v.booked_at
      AND v.booked_at <= m.sent_at + interval '60 days'
    ORDER BY m.sent_at DESC, m.id DESC LIMIT 1) last ON true
  WHERE v.state <> 'cancelled' AND v.lead_id IN (SELECT lead_id FROM letters) GROUP BY last.id
)
"""

COUNTS = """
  count(*), count(DISTINCT l.enrolment_id), count(DISTINCT l.enrolment_id) FILTER (WHERE a.id IS NOT NULL),
  count(DISTINCT l.enrolment_id) FILTER (WHERE a.positive), coalesce(sum(b.interviews), 0),
  count(DISTINCT l.opted_out)
FROM letters l LEFT JOIN answers a ON a.id = l.id LEFT JOIN booked b ON b.id = l.id
"""

BY_VERSION = text(f"{LETTERS} SELECT l.version_id, {COUNTS} GROUP BY l.version_id")
BY_TEXT = text(f"""{LETTERS}
SELECT l.step_key, coalesce(t.key, ''), coalesce(tv.number, v.number, 0), l.variant,
  coalesce(tv.saved_at, v.published_at), max(l.subject), {COUNTS}
LEFT JOIN template_versions tv ON tv.id = l.template_version_id LEFT JOIN templates t ON t.id = tv.template_id
LEFT JOIN sequence_versions v ON v.id = l.text_id AND l.template_version_id IS NULL
WHERE CAST(:version AS bigint) IS NULL OR l.version_id = :version
GROUP BY l.step_key, t.key, tv.number, v.number, l.variant, tv.saved_at, v.published_at
ORDER BY l.step_key, 2, 3, l.variant
""")


def by_version(session: Session, sequence_id: int) -> dict[int, Brought]:
    """Version id -> what the letters sent in it brought."""
    return {row[0]: Brought(*row[1:]) for row in session.execute(BY_VERSION, {"id": sequence_id})}


def by_text(session: Session, sequence_id: int, version_id: int | None = None) -> list[TextNumbers]:
    """Each text of each step, with its revision and variant; of one version alone on request."""
    rows = session.execute(BY_TEXT, {"id": sequence_id, "version": version_id})
    return [
        TextNumbers(step, template, revision, variant, saved_at, subject, Brought(*numbers))
        for step, template, revision, variant, saved_at, subject, *numbers in rows
    ]
