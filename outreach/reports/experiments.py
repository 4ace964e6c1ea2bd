"""What a test of two sequences says so far (B5, B6): people per side, what they did, and what may be concluded."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from outreach.core.experiments import Arm, Verdict, verdict
from outreach.store.experiments import Experiment
from outreach.store.sequences import SequenceRow


@dataclass(frozen=True)
class Side:
    """One side. All numbers are people; `ripe`: contacted, and with their time to answer over."""

    sequence_id: int
    name: str
    share: int
    assigned: int = 0
    entered: int = 0
    contacted: int = 0
    replied: int = 0
    positive: int = 0
    interviews: int = 0
    opted_out: int = 0
    ripe: int = 0
    ripe_good: int = 0
    ripe_out: int = 0

    def part(self, number: int) -> float | None:
        """A number as part of those contacted; None before anybody was."""
        return number / self.contacted if self.contacted else None


@dataclass(frozen=True)
class Test:
    """One test with its two sides."""

    row: Experiment
    sides: tuple[Side, Side]
    verdict: Verdict

    @property
    def name(self) -> str:
        return f"{self.sides[0].name} against {self.sides[1].name}"


@dataclass(frozen=True)
class Person:
    """One person of a side."""

    lead_id: int
    name: str
    at: datetime
    contacted: bool
    replied: bool
    positive: bool
    interviews: bool
    opted_out: bool
    ripe: bool


PEOPLE = text("""
SELECT a.sequence_id, l.id, coalesce(nullif(l.name, ''), l.email) AS name, a.at, e.id IS NOT NULL AS entered,
  m.sent IS NOT NULL AS contacted, r.said IS NOT NULL AS replied,
  coalesce(r.good, false) OR y.id IS NOT NULL AS positive, i.id IS NOT NULL AS interviews,
  s.email IS NOT NULL OR x.mark IS NOT NULL AS opted_out, m.sent IS NOT NULL AND e.entered_at <= :ripe AS ripe
FROM experiment_assignments a
JOIN leads l ON l.id = a.lead_id
LEFT JOIN LATERAL (
  SELECT id, entered_at, coalesce(ended_at, 'infinity') AS left_at FROM enrolments
  WHERE lead_id = a.lead_id AND sequence_id = a.sequence_id AND entered_at >= a.at ORDER BY id LIMIT 1) e ON true
LEFT JOIN LATERAL (SELECT min(sent_at) AS sent FROM messages WHERE enrolment_id = e.id AND sent_at IS NOT NULL) m ON true
LEFT JOIN LATERAL (
  SELECT min(received_at) AS said, bool_or(sense = 'interested') AS good FROM inbox
  WHERE lead_id = a.lead_id AND class = 'human' AND received_at >= e.entered_at
    AND received_at <= e.left_at + interval '14 days') r ON true
LEFT JOIN LATERAL (
  SELECT id FROM events WHERE enrolment_id = e.id AND kind = 'answer' AND data->>'choice' = 'yes' LIMIT 1) y ON true
LEFT JOIN LATERAL (
  SELECT id FROM interviews WHERE lead_id = a.lead_id AND booked_at >= e.entered_at AND state <> 'cancelled'
    AND booked_at <= e.left_at + interval '14 days' LIMIT 1) i ON true
LEFT JOIN suppressions s ON s.email = lower(l.email) AND s.reason IN ('unsubscribed', 'complained') AND s.at >= a.at
LEFT JOIN LATERAL (
  SELECT mark FROM erased_addresses WHERE lead_id = l.id AND l.erased_at IS NOT NULL
    AND reason IN ('unsubscribed', 'complained') AND at >= a.at LIMIT 1) x ON true
WHERE a.experiment_id = :id
""")
SIDES = text(f"""
SELECT sequence_id, count(*), count(*) FILTER (WHERE entered), count(*) FILTER (WHERE contacted),
  count(*) FILTER (WHERE contacted AND replied), count(*) FILTER (WHERE contacted AND positive),
  count(*) FILTER (WHERE contacted AND interviews), count(*) FILTER (WHERE contacted AND opted_out),
  count(*) FILTER (WHERE ripe),
  count(*) FILTER (WHERE ripe AND CASE WHEN :measure = 'interviews' THEN interviews ELSE positive END),
  count(*) FILTER (WHERE ripe AND opted_out)
FROM ({PEOPLE.text}) people GROUP BY sequence_id
""")
SOME = text(f"""
SELECT id, name, at, contacted, replied, positive, interviews, opted_out, ripe
FROM ({PEOPLE.text}) people WHERE sequence_id = :side AND CASE :only WHEN 'entered' THEN entered
  WHEN 'contacted' THEN contacted WHEN 'replied' THEN contacted AND replied WHEN 'positive' THEN contacted AND positive
  WHEN 'interviews' THEN contacted AND interviews WHEN 'opted_out' THEN contacted AND opted_out WHEN 'ripe' THEN ripe
  ELSE true END ORDER BY at DESC, id DESC LIMIT :limit
""")


def of(session: Session, row: Experiment, now: datetime) -> Test:
    """The numbers of one test, and what they allow to say."""
    values = {"id": row.id, "ripe": _ripe(row, now), "measure": row.measure}
    found = {line[0]: tuple(line[1:]) for line in session.execute(SIDES, values)}
    sides = []
    for sequence_id, share in ((row.sequence_id, row.weight), (row.other_id, 100 - row.weight)):
        name = session.get_one(SequenceRow, sequence_id).name
        sides.append(Side(sequence_id, name, share, *found.get(sequence_id, ())))
    arms = [Arm(side.name, side.ripe, side.ripe_good, side.ripe_out) for side in sides]
    return Test(row, (sides[0], sides[1]), verdict(arms, row.needed))


ONLY = {
    "entered": "entered", "contacted": "contacted", "replied": "replied", "positive": "replied positively",
    "interviews": "had an interview", "opted_out": "opted out", "ripe": "had their time",
}  # fmt: skip
"""Parts of a side's people, as the page names them."""


def people(
    session: Session, row: Experiment, sequence_id: int, now: datetime, only: str = "", limit: int = 500
) -> list[Person]:
    """The people of one side (of one of ONLY), the latest first."""
    values = {"id": row.id, "ripe": _ripe(row, now), "side": sequence_id, "only": only, "limit": limit}
    return [Person(*line) for line in session.execute(SOME, values)]


def _ripe(row: Experiment, now: datetime) -> datetime:
    return now - timedelta(days=row.ripe_days)
