"""What comes true with time alone, looked at now and then: members of segments, leads' own dates, fading scores.

segments    who came into a segment that a sequence listens for
dates       `enter.on: date FIELD - 3 days`: the day has come, in the lead's zone; once for each value
waiting     M7: who waits for a place of the company

And what has become useless with time alone is forgotten: handled happenings, sign-ins that ran out.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from outreach.clock import monotonic
from outreach.core import entry, schedule
from outreach.core.sequences import EntryRule, Sequence
from outreach.journeys import enrol, enter, scoring
from outreach.journeys.house import House
from outreach.store import account, entries, happenings, logins, second_factors, segments, sequences
from outreach.store.entries import Dated
from outreach.store.sequences import SequenceRow

SEGMENTS, DATES = "segments", happenings.DATES
SEGMENTS_EVERY = timedelta(minutes=1)
REST = 20
"""Of so many minutes segments are looked at in one, at most."""
DATES_EVERY = timedelta(hours=1)
LATE = timedelta(days=3)
"""How late a date may still let in (the system was down, or the field was filled late)."""


def look_around(house: House) -> None:
    """Everything that is due; safe to run at any time, and twice."""
    refresh_segments(house)
    look_at_dates(house)
    enter.place_waiting(house)
    scoring.fade(house)
    with house.sessions.begin() as session:
        happenings.prune(session)
        logins.forget_old(session)
        second_factors.forget_begun(session)


def refresh_segments(house: House) -> int:
    """Who is new in a segment that somebody listens for becomes a happening, in the transaction that keeps the member.

    Every lead is looked at, so with very many it takes a while; then it is done more rarely, and never takes more than
    a twentieth of the time.
    """
    began = monotonic()
    with house.sessions.begin() as session:
        now, last = house.now(session), happenings.looked(session, SEGMENTS)
        if last is not None and timedelta(0) <= now - last.at < SEGMENTS_EVERY / 2:
            return 0
        if last is not None and last.next_at is not None and last.next_at > now:
            return 0
        happenings.set_looked(session, SEGMENTS, now)
        names = {name.lower() for kind, name in enter.heard(session) if kind == "segment"}
        ids = [each.id for each in segments.all_segments(session) if each.name.lower() in names]
        segments.forget_unwatched(session, ids)
    found = sum(_refresh(house, segment_id) for segment_id in ids)
    rest = (monotonic() - began) * (REST - 1)
    if rest > SEGMENTS_EVERY.total_seconds():
        with house.sessions.begin() as session:
            happenings.set_looked(session, SEGMENTS, now, now + timedelta(seconds=rest))
    return found


def look_at_dates(house: House) -> int:
    """Leads whose day has come since the last look; how many."""
    with house.sessions.begin() as session:
        now, last = house.now(session), happenings.looked(session, DATES)
        soon = last is not None and last.next_at is not None and last.next_at <= now
        if last is not None and not soon and timedelta(0) <= now - last.at < DATES_EVERY:
            return 0
        found, next_at = 0, None
        for row, sequence, rule in _dated_rules(session):
            came, upcoming = _come(session, row, sequence, rule, now)
            found += came
            next_at = min(filter(None, (next_at, upcoming)), default=None)
        happenings.set_looked(session, DATES, now, next_at)
    return found


def _refresh(house: House, segment_id: int) -> int:
    with house.sessions.begin() as session:
        segment = segments.locked(session, segment_id)
        if segment is None:
            return 0
        now = house.now(session)
        new = segments.refresh(session, segment, now)
        rows: list[dict[str, Any]] = [
            {"at": now, "kind": "segment", "name": segment.name, "lead_id": lead_id, "key": None, "data": {}}
            for lead_id in new
        ]
        happenings.note_all(session, rows)
        return len(new)


def _dated_rules(session: Session) -> Iterator[tuple[SequenceRow, Sequence, EntryRule]]:
    rows = sequences.in_order(session)
    for row, candidate in zip(rows, enrol.candidates(session, rows), strict=True):
        for rule in candidate.sequence.enter.on if candidate.sequence else ():
            if rule.kind == "date" and candidate.sequence:
                yield row, candidate.sequence, rule


def _come(
    session: Session, row: SequenceRow, sequence: Sequence, rule: EntryRule, now: datetime
) -> tuple[int, datetime | None]:
    """Note the leads whose day has come, each value once; and when the next one's comes (within two days)."""
    us = account.get(session)
    noted, upcoming = [], None
    for lead in entries.dated(session, rule.name, *_span(rule, now)):
        moment = _moment(lead, sequence, rule, us.zone, us.country or None)
        if now - moment > LATE:
            continue
        if moment > now:
            upcoming = min(filter(None, (upcoming, moment)))
            continue
        key = f"date:{row.id}:{lead.id}:{rule.name}:{rule.sign}{rule.offset or ''}:{lead.value}"
        noted.append({"at": now, "kind": "date", "name": rule.name, "lead_id": lead.id, "key": key,
                      "data": {"sequence": row.id, "value": lead.value}})  # fmt: skip
    happenings.note_all(session, noted)
    return len(noted), upcoming


def _span(rule: EntryRule, now: datetime) -> tuple[date, date]:
    """Values of the field that can matter today: the distance both ways, generously."""
    days = (
        (rule.offset.amount * 2 + 14 if rule.offset.unit.value == "business days" else rule.offset.amount)
        if rule.offset
        else 0
    )
    middle = now.date() - rule.sign * timedelta(days=days)
    around = timedelta(days=4 + (days if rule.offset and rule.offset.unit.value == "business days" else 0))
    return middle - around, middle + around


def _moment(
    lead: Dated, sequence: Sequence, rule: EntryRule, account_zone: str, account_country: str | None
) -> datetime:
    """The beginning of the lead's day on which the rule acts."""
    zone = lead.zone or account_zone
    calendar = schedule.calendar(
        sequence.schedule, zone, lead.country or None, lead.region or None, account_zone, account_country
    )
    return schedule.instant(ZoneInfo(zone), datetime.combine(entry.day_of(rule, lead.day, calendar), time(0)))
