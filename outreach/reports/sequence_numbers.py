"""What a sequence did: its head line, its steps, who is inside (RULES N: people, by enrolment)."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from redis import Redis
from sqlalchemy import text
from sqlalchemy.orm import Session

from outreach.core.tasks import OUTCOMES
from outreach.reports import kept as figures

REACHED = tuple(name for name, means in OUTCOMES.items() if means.reached)
"""Outcomes of a call that spoke with the person (K3)."""


@dataclass(frozen=True)
class Headline:
    """A sequence in one line. `contacted`: people with at least one letter sent, or a task done."""

    inside: int = 0
    entered: int = 0
    contacted: int = 0
    replied: int = 0
    interviews: int = 0
    opted_out: int = 0

    @property
    def reply_rate(self) -> float | None:
        """Part of those contacted who answered; None before anybody was."""
        return self.replied / self.contacted if self.contacted else None

    @property
    def opt_out_rate(self) -> float | None:
        """Part of those contacted who opted out or complained."""
        return self.opted_out / self.contacted if self.contacted else None


@dataclass(frozen=True)
class StepNumbers:
    """One step. For letters: sent, replied, booked. For tasks: tasks, done, reached."""

    sent: int = 0
    replied: int = 0
    booked: int = 0
    tasks: int = 0
    done: int = 0
    reached: int = 0
    standing: int = 0
    """Leads whose next step it is."""

    @property
    def history(self) -> bool:
        """V6: somebody received it, or it is under way: it may be switched off, not deleted."""
        return bool(self.sent or self.tasks)


@dataclass(frozen=True)
class Inside:
    """One lead in a sequence."""

    lead_id: int
    name: str
    email: str
    state: str
    step_key: str | None
    due_at: datetime | None
    why: str
    version: int
    entered_at: datetime
    zone: str


HEADLINES = text("""
SELECT e.sequence_id,
  count(*) FILTER (WHERE e.ended_at IS NULL) AS inside,
  count(*) AS entered,
  count(*) FILTER (WHERE m.enrolment_id IS NOT NULL OR t.enrolment_id IS NOT NULL) AS contacted,
  count(*) FILTER (WHERE r.lead_id IS NOT NULL) AS replied,
  CAST(coalesce(sum(i.interviews), 0) AS bigint) AS interviews,
  count(*) FILTER (WHERE e.state IN ('ended: unsubscribed', 'ended: complained')) AS opted_out
FROM enrolments e
LEFT JOIN (SELECT DISTINCT enrolment_id FROM messages WHERE sent_at IS NOT NULL) m ON m.enrolment_id = e.id
LEFT JOIN (SELECT DISTINCT enrolment_id FROM tasks WHERE state = 'done') t ON t.enrolment_id = e.id
LEFT JOIN LATERAL (
  SELECT n.lead_id FROM inbox n WHERE n.lead_id = e.lead_id AND n.class = 'human' AND n.received_at >= e.entered_at
    AND (e.ended_at IS NULL OR n.received_at <= e.ended_at + interval '1 minute') LIMIT 1) r ON true
LEFT JOIN LATERAL (
  SELECT count(*) AS interviews FROM interviews v WHERE v.lead_id = e.lead_id AND v.booked_at >= e.entered_at
    AND v.state <> 'cancelled' AND (e.ended_at IS NULL OR v.booked_at <= e.ended_at + interval '14 days')) i ON true
WHERE CAST(:id AS bigint) IS NULL OR e.sequence_id = :id
GROUP BY e.sequence_id
""")

SENT = text("""
SELECT m.step_key, count(*) FROM messages m JOIN enrolments e ON e.id = m.enrolment_id
WHERE e.sequence_id = :id AND m.step_key IS NOT NULL AND m.state IN ('sent', 'unsure') GROUP BY m.step_key
""")

REPLIED = text("""
SELECT step_key, count(*) FROM (
  SELECT DISTINCT last.enrolment_id, last.step_key FROM inbox n
  JOIN LATERAL (
    SELECT m.enrolment_id, m.step_key FROM messages m
    WHERE m.lead_id = n.lead_id AND m.kind = 'step' AND m.sent_at <= n.received_at
    ORDER BY m.sent_at DESC, m.id DESC LIMIT 1) last ON true
  JOIN enrolments e ON e.id = last.enrolment_id
  WHERE n.class = 'human' AND e.sequence_id = :id
    AND n.lead_id IN (SELECT lead_id FROM enrolments WHERE sequence_id = :id)) credit
GROUP BY step_key
""")

BOOKED = text("""
SELECT step_key, count(*) FROM (
  SELECT v.id, last.step_key FROM interviews v
  JOIN LATERAL (
    SELECT touch.step_key, touch.sequence_id FROM (
      SELECT m.step_key, e.sequence_id, m.sent_at AS at FROM messages m JOIN enrolments e ON e.id = m.enrolment_id
      WHERE m.lead_id = v.lead_id AND m.sent_at <= v.booked_at AND m.step_key IS NOT NULL
        AND (e.ended_at IS NULL OR v.booked_at <= e.ended_at + interval '14 days')
      UNION ALL
      SELECT t.step_key, e.sequence_id, t.done_at FROM tasks t JOIN enrolments e ON e.id = t.enrolment_id
      WHERE t.lead_id = v.lead_id AND t.done_at <= v.booked_at AND t.step_key IS NOT NULL AND t.state = 'done'
        AND (e.ended_at IS NULL OR v.booked_at <= e.ended_at + interval '14 days')) touch
    ORDER BY touch.at DESC LIMIT 1) last ON true
  WHERE last.sequence_id = :id AND v.state <> 'cancelled') credit
GROUP BY step_key
""")

TASKS = text("""
SELECT t.step_key, count(*), count(*) FILTER (WHERE t.state = 'done'),
  count(*) FILTER (WHERE t.state = 'done' AND t.outcome = ANY(:reached))
FROM tasks t JOIN enrolments e ON e.id = t.enrolment_id
WHERE e.sequence_id = :id AND t.step_key IS NOT NULL GROUP BY t.step_key
""")

STANDING = text("""
SELECT step_key, count(*) FROM enrolments WHERE sequence_id = :id AND ended_at IS NULL AND step_key IS NOT NULL
GROUP BY step_key
""")

UNDER_WAY = text("""
SELECT DISTINCT m.step_key FROM messages m JOIN enrolments e ON e.id = m.enrolment_id
WHERE e.sequence_id = :id AND m.step_key IS NOT NULL
UNION SELECT DISTINCT t.step_key FROM tasks t JOIN enrolments e ON e.id = t.enrolment_id
WHERE e.sequence_id = :id AND t.step_key IS NOT NULL
""")

INSIDE = text("""
SELECT l.id, l.name, l.email, e.state, e.step_key, e.due_at, e.why, v.number, e.entered_at, l.zone
FROM enrolments e JOIN leads l ON l.id = e.lead_id JOIN sequence_versions v ON v.id = e.version_id
WHERE e.sequence_id = :id AND e.ended_at IS NULL
ORDER BY e.due_at NULLS LAST, e.id LIMIT :limit
""")


def headlines(session: Session) -> dict[int, Headline]:
    """The head line of every sequence that anybody ever entered."""
    return {row[0]: Headline(*row[1:]) for row in session.execute(HEADLINES, {"id": None})}


def headline(session: Session, sequence_id: int) -> Headline:
    """The head line of one sequence."""
    row = session.execute(HEADLINES, {"id": sequence_id}).first()
    return Headline(*row[1:]) if row else Headline()


def steps(session: Session, sequence_id: int) -> dict[str, StepNumbers]:
    """Numbers by step id; a step that nobody reached is not in it. A reply belongs to the last letter before it (N)."""
    values = {"id": sequence_id}
    found: dict[str, dict[str, int]] = {}
    for name, query in (("sent", SENT), ("replied", REPLIED), ("booked", BOOKED), ("standing", STANDING)):
        for key, number in session.execute(query, values):
            found.setdefault(key, {})[name] = number
    for key, tasks, done, reached in session.execute(TASKS, {**values, "reached": list(REACHED)}):
        found.setdefault(key, {}).update(tasks=tasks, done=done, reached=reached)
    return {key: StepNumbers(**numbers) for key, numbers in found.items()}


@dataclass(frozen=True)
class Numbers:
    """All numbers of one sequence, as they were `minutes` ago; `stale`: to be counted again."""

    headline: Headline
    steps: dict[str, StepNumbers]
    history: frozenset[str]
    minutes: int = 0
    stale: bool = False


def kept(session: Session, redis: Redis, sequence_id: int) -> Numbers:
    """All numbers of one sequence: counted now, or kept from the last minutes where counting is slow."""
    figure = figures.figure(redis, f"sequence:{sequence_id}", lambda: _counted(session, sequence_id))
    steps_of = {key: StepNumbers(**numbers) for key, numbers in figure.value["steps"].items()}
    return Numbers(
        Headline(**figure.value["headline"]), steps_of, frozenset(figure.value["history"]), figure.minutes, figure.stale
    )


def kept_headlines(session: Session, redis: Redis) -> tuple[dict[int, Headline], bool]:
    """The head line of every sequence, counted now or kept; and whether they are to be counted again."""
    figure = figures.figure(redis, "sequences", lambda: _counted_headlines(session))
    return {int(key): Headline(**numbers) for key, numbers in figure.value.items()}, figure.stale


def count_again(session: Session, redis: Redis, sequence_id: int) -> None:
    """Count the numbers of a sequence anew (0: the head lines of all), for those who ask next."""
    if sequence_id:
        figures.count_again(redis, f"sequence:{sequence_id}", lambda: _counted(session, sequence_id))
    else:
        figures.count_again(redis, "sequences", lambda: _counted_headlines(session))


def _counted(session: Session, sequence_id: int) -> dict[str, Any]:
    return {
        "headline": asdict(headline(session, sequence_id)),
        "steps": {key: asdict(numbers) for key, numbers in steps(session, sequence_id).items()},
        "history": sorted(with_history(session, sequence_id)),
    }


def _counted_headlines(session: Session) -> dict[str, Any]:
    return {str(key): asdict(numbers) for key, numbers in headlines(session).items()}


def with_history(session: Session, sequence_id: int) -> frozenset[str]:
    """Steps that have a receipt: a letter or a task in any state (V6)."""
    return frozenset(session.scalars(UNDER_WAY, {"id": sequence_id}))


def inside(session: Session, sequence_id: int, limit: int = 200) -> list[Inside]:
    """Who is in a sequence now, the next date first."""
    return [Inside(*row) for row in session.execute(INSIDE, {"id": sequence_id, "limit": limit})]


def inside_by_version(session: Session, sequence_id: int) -> dict[int, int]:
    """Version id -> leads inside it now."""
    query = text(
        "SELECT version_id, count(*) FROM enrolments WHERE sequence_id = :id AND ended_at IS NULL GROUP BY version_id"
    )
    return {row[0]: row[1] for row in session.execute(query, {"id": sequence_id})}
