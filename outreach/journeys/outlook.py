"""What will go out in the coming week, for all leads: each running enrolment is walked ahead by the engine itself.

The walk supposes what journeys/forecast supposes (letters accepted, tasks done on their day, leads silent). It takes facts
in batches and stops after a while: what it had no time for is left to chance, and the numbers are scaled and say so.
"""

import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach.core import limits as limit_rules
from outreach.core import outlook as rules
from outreach.core.outlook import Letter, Limits
from outreach.core.planning import calendar_of
from outreach.core.sequences import Kind
from outreach.journeys import facts, forecast
from outreach.journeys.claiming import limits_of
from outreach.journeys.facts import Asking
from outreach.journeys.house import House
from outreach.store import account, audiences, kept_reports, leads, mailboxes, outlook
from outreach.store.enrolments import SALES, Enrolment
from outreach.store.kept_reports import OUTLOOK, OUTLOOK_PROGRESS
from outreach.store.messages import Message
from outreach.store.tasks import Task
from outreach.store.templates import Issue

MOST = 10_000
"""Enrolments that are walked; of more, so many by chance."""
BATCH = 500
SECONDS = 60.0
MAILS = (Kind.EMAIL.value, Kind.BREAKUP.value)
Row = tuple[Any, ...]


def look_ahead(house: House, seconds: float = SECONDS, most: int = MOST) -> None:
    """(1) Choose the enrolments, (2) walk them in batches, telling how far it is, (3) lay the letters on days within the
    limits, (4) add tasks that wait and issues that are scheduled, (5) keep it with its moment."""
    with house.sessions() as session:
        now = house.now(session)
        us = account.get(session)
        zone, days = us.zone, rules.days_from(now, us.zone)
        until = _end_of(days[-1], zone)
        chosen, total = _chosen(session, until, most)
    letters: list[tuple[Letter, Row]] = []
    tasks: list[Row] = []
    walked, begun = 0, time.monotonic()
    for start in range(0, len(chosen), BATCH):
        if walked and time.monotonic() - begun > seconds:
            break
        ids = chosen[start : start + BATCH]
        with house.sessions() as session:
            _walk(session, house, ids, now, until, letters, tasks)
        walked += len(ids)
        _tell(house, walked, min(total, len(chosen)))
    share = walked / total if total else 1.0
    with house.sessions.begin() as session:
        _keep(session, now, days, zone, letters, tasks, share, total, walked)


def _end_of(day: date, zone: str) -> datetime:
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), ZoneInfo(zone))


def _chosen(session: Session, until: datetime, most: int) -> tuple[list[int], int]:
    """Ids of the enrolments that may do something until then: all, or so many by chance; and how many there are."""
    due = (Enrolment.due_at <= until, Enrolment.due_at.is_not(None))
    total = session.scalar(select(func.count()).select_from(Enrolment).where(*due)) or 0
    query = select(Enrolment.id).where(*due)
    if total > most:
        # A hash of the id is chance enough, and the same people tomorrow: numbers do not jump.
        query = query.where(func.hashint8(Enrolment.id).op("&")(0x7FFFFFFF) % 100_000 < 100_000 * most // total)
    return list(session.scalars(query.order_by(func.hashint8(Enrolment.id)))), total


def _walk(
    session: Session,
    house: House,
    ids: list[int],
    now: datetime,
    until: datetime,
    letters: list[tuple[Letter, Row]],
    tasks: list[Row],
) -> None:
    rows = list(session.scalars(select(Enrolment).where(Enrolment.id == func.any(ids), Enrolment.ended_at.is_(None))))
    people = leads.by_ids(session, {row.lead_id for row in rows})
    versions = facts.sequences_of(session, rows)
    boxes = mailboxes.by_owner(session)
    asked = [Asking(people[row.lead_id], versions[row.version_id], row) for row in rows]
    known = facts.gather_all(session, house, asked, now)
    for lead, sequence, row in asked:
        if row is None:
            continue
        box = boxes.get(lead.owner_id) or boxes.get(None)
        cal = calendar_of(sequence, known[row.id])
        fresh = not row.memory.get("done") and row.class_ in SALES
        for coming in forecast.coming(sequence, known[row.id], facts.snapshot(row), now, until):
            if coming.kind in MAILS:
                letter = Letter(coming.at, box or 0, coming.at_once, fresh, partial(_open, cal))
                line = (coming.at, "mail", lead.id, row.id, box, lead.owner_id, coming.step_key, coming.rule)
                letters.append((letter, line))
                fresh = False
            elif coming.kind not in ("hold", "skip", "finish") and not coming.under_way:
                line = (coming.at, "task", lead.id, row.id, None, lead.owner_id, coming.step_key, coming.rule)
                tasks.append(line)


def _open(cal: Any, day: date) -> bool:
    return bool(cal.blocks(day))


def _tell(house: House, done: int, of: int) -> None:
    """How far it is, for the page that waits."""
    with house.sessions.begin() as session:
        kept_reports.keep(session, OUTLOOK_PROGRESS, house.now(session), {"done": done, "of": of})


def _keep(
    session: Session,
    now: datetime,
    days: list[date],
    zone: str,
    letters: list[tuple[Letter, Row]],
    tasks: list[Row],
    share: float,
    total: int,
    walked: int,
) -> None:
    run = outlook.latest_run(session) + 1
    order = {id(letter): row for letter, row in letters}
    laid = rules.lay([letter for letter, _ in letters], days, zone, _limits(session, now), _sent(session, now), share)
    lines = [_line(run, each.day, order[id(each.letter)], each.moved) for each in laid]
    place = ZoneInfo(zone)
    for row in [*tasks, *_open_tasks(session, _end_of(days[-1], zone))]:
        lines.append(_line(run, max(row[0].astimezone(place).date(), days[0]), row, False))
    lines += [_issue(session, run, issue, days[0], place) for issue in _issues(session, _end_of(days[-1], zone))]
    outlook.write(session, lines)
    outlook.forget_before(session, run)
    data = {"run": run, "total": total, "walked": walked, "days": [day.isoformat() for day in days], "zone": zone}
    kept_reports.keep(session, OUTLOOK, now, data)
    kept_reports.keep(session, OUTLOOK_PROGRESS, now, {"done": walked, "of": walked, "over": True})


def _line(run: int, day: date | None, row: Row, moved: bool) -> Row:
    return (run, day, *row, moved, 1)


def _limits(session: Session, now: datetime) -> Limits:
    """L1, L3, L6 of today; a ramp grows with the days."""
    us = account.get(session)
    boxes = {box.id: limits_of(box, us) for box in mailboxes.active(session)}
    today = now.astimezone(ZoneInfo(us.zone)).date()

    def of_day(mailbox: int, day: date) -> int | None:
        known = boxes.get(mailbox)
        if known is None:
            return None
        windows = limit_rules.windows(known, now + (day - today))
        allowed = [each.allowed for each in windows if each.name in ("day", "ramp")]
        return min(allowed, default=None)

    return Limits(of_day, us.daily_limit, us.new_leads_per_day)


def _sent(session: Session, now: datetime) -> dict[int, int]:
    """Letters of each mailbox in the last 24 hours: they still count."""
    query = select(Message.mailbox_id, func.count()).where(
        Message.sent_at > now - timedelta(hours=24), Message.mailbox_id.is_not(None)
    )
    return {box: count for box, count in session.execute(query.group_by(Message.mailbox_id)) if box is not None}


def _open_tasks(session: Session, until: datetime) -> Iterator[Row]:
    """Tasks that wait already, of whatever origin."""
    query = select(Task.due_at, Task.lead_id, Task.enrolment_id, Task.owner_id, Task.step_key)
    for at, lead, enrolment, owner, step in session.execute(query.where(Task.state == "open", Task.due_at <= until)):
        yield (at, "task", lead, enrolment, None, owner, step or "", "")


def _issues(session: Session, until: datetime) -> list[Issue]:
    due = (Issue.state == "scheduled", Issue.scheduled_at <= until)
    return list(session.scalars(select(Issue).where(*due).order_by(Issue.scheduled_at)))


def _issue(session: Session, run: int, issue: Issue, today: date, place: ZoneInfo) -> Row:
    box = mailboxes.default(session)
    at = issue.scheduled_at or issue.created_at
    people = audiences.size(session, issue.audience)
    day = max(at.astimezone(place).date(), today)
    return (run, day, at, "newsletter", None, None, box.id if box else None, None, str(issue.id), "", False, people)
