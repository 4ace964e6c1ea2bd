"""What decides about an entry: what the lead is in and was in, and when one of us reached out last (M1, M6, P7)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach.store.enrolments import Enrolment
from outreach.store.events import Event
from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.store.sequences import SequenceRow
from outreach.store.tasks import Task

REACHES = ("call", "new_lead", "text", "voice", "letter", "social", "video", "reply")
"""Kinds of tasks by which a person reaches out."""


def running_of(session: Session, lead_ids: Collection[int]) -> dict[int, list[tuple[int, str, str]]]:
    """Lead -> (sequence, its name, class) of everything that it is in, the first entered first."""
    query = select(Enrolment.lead_id, Enrolment.sequence_id, SequenceRow.name, Enrolment.class_)
    query = query.join(SequenceRow, SequenceRow.id == Enrolment.sequence_id)
    inside = query.where(Enrolment.lead_id == func.any(list(lead_ids)), Enrolment.ended_at.is_(None))
    found: dict[int, list[tuple[int, str, str]]] = {}
    for lead_id, sequence_id, name, class_ in session.execute(inside.order_by(Enrolment.id)):
        found.setdefault(lead_id, []).append((sequence_id, name, class_))
    return found


def left_of(session: Session, lead_ids: Collection[int]) -> dict[int, dict[int, datetime]]:
    """Lead -> sequence -> when the lead left it last."""
    query = select(Enrolment.lead_id, Enrolment.sequence_id, func.max(Enrolment.ended_at)).where(
        Enrolment.lead_id == func.any(list(lead_ids)), Enrolment.ended_at.is_not(None)
    )
    found: dict[int, dict[int, datetime]] = {}
    for lead_id, sequence_id, at in session.execute(query.group_by(Enrolment.lead_id, Enrolment.sequence_id)):
        if at is not None:
            found.setdefault(lead_id, {})[sequence_id] = at
    return found


def touched_of(session: Session, lead_ids: Collection[int]) -> dict[int, datetime]:
    """M6: lead -> when one of us reached out in person last (own mail sent, a call or the like done)."""
    wrote = select(Message.lead_id, func.max(Message.sent_at)).where(
        Message.lead_id.in_(lead_ids), Message.kind == "own", Message.sent_at.is_not(None)
    )
    did = select(Task.lead_id, func.max(Task.done_at)).where(
        Task.lead_id.in_(lead_ids), Task.state == "done", Task.done_by.is_not(None), Task.kind.in_(REACHES)
    )
    found: dict[int, datetime] = {}
    for query in (wrote.group_by(Message.lead_id), did.group_by(Task.lead_id)):
        for lead_id, at in session.execute(query):
            if lead_id is not None and at is not None:
                found[lead_id] = max(at, found.get(lead_id, at))
    return found


@dataclass(frozen=True)
class Dated:
    """A lead with a date in a field of its own: the text as it stands, and the day that it means."""

    id: int
    zone: str
    country: str
    region: str
    value: str
    day: date


def dated(session: Session, field: str, first: date, last: date) -> list[Dated]:
    """Leads whose own field holds an ISO date (or moment) from `first` to `last`."""
    value = Lead.fields[field].astext
    query = select(Lead.id, Lead.zone, Lead.country, Lead.region, value).where(
        Lead.fields.has_key(field),
        Lead.erased_at.is_(None),
        value.op("~")(r"^\d{4}-\d\d-\d\d"),
        func.left(value, 10).collate("C").between(first.isoformat(), last.isoformat()),
    )
    found = []
    for lead_id, zone, country, region, text in session.execute(query.order_by(Lead.id)):
        try:
            found.append(Dated(lead_id, zone, country, region, text, date.fromisoformat(text[:10])))
        except ValueError:  # such as 2026-02-31
            continue
    return found


def refusals(session: Session, sequence_id: int, before: int | None = None, limit: int = 50) -> list[Event]:
    """Who was not enrolled in a sequence, the latest first; the next page starts before an id."""
    query = select(Event).where(Event.kind == "not enrolled", Event.data["sequence"].astext == str(sequence_id))
    if before is not None:
        query = query.where(Event.id < before)
    return list(session.scalars(query.order_by(Event.id.desc()).limit(limit)))


def refusals_by_rule(session: Session, sequence_id: int, since: datetime) -> dict[str, int]:
    """How many were not enrolled since then, by rule."""
    query = select(Event.rule, func.count()).where(
        Event.kind == "not enrolled", Event.data["sequence"].astext == str(sequence_id), Event.at >= since
    )
    return {rule: count for rule, count in session.execute(query.group_by(Event.rule).order_by(func.count().desc()))}


def refusal_counts(session: Session, since: datetime) -> dict[int, int]:
    """How many were not enrolled since then, by sequence."""
    sequence = Event.data["sequence"].astext
    query = select(sequence, func.count()).where(Event.kind == "not enrolled", Event.at >= since, sequence.is_not(None))
    return {int(number): count for number, count in session.execute(query.group_by(sequence)) if number.isdigit()}
