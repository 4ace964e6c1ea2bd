"""What will go out in the coming days: mails per mailbox and day, tasks per rep and day, from the latest look ahead."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach.store import kept_reports, leads, outlook, users
from outreach.store.enrolments import Enrolment
from outreach.store.mailboxes import Mailbox
from outreach.store.outlook import OutlookLine
from outreach.store.sequences import SequenceRow
from outreach.store.templates import Issue

MOST_ROWS = 500


@dataclass
class Series:
    """One mailbox, or one rep. `days` in the order of the outlook; `later`: no room within them."""

    key: int | None
    name: str
    days: list[int]
    moved: list[int]
    later: int = 0

    @property
    def total(self) -> int:
        return sum(self.days)


@dataclass(frozen=True)
class Outlook:
    """`share` < 1: worked out from so large a sample; all numbers are scaled by it."""

    at: datetime
    days: list[date]
    zone: str
    share: float
    total: int
    walked: int
    run: int
    mails: list[Series]
    tasks: list[Series]

    @property
    def most(self) -> int:
        """The largest number of letters of one day, for the drawing's scale."""
        return max((sum(series.days[n] for series in self.mails) for n in range(len(self.days))), default=0)

    @property
    def most_tasks(self) -> int:
        return max((sum(series.days[n] for series in self.tasks) for n in range(len(self.days))), default=0)


@dataclass(frozen=True)
class Line:
    """One row behind a number."""

    at: datetime
    lead_id: int | None
    name: str
    sequence: str
    step: str
    rule: str
    moved: bool
    people: int = 1


@dataclass(frozen=True)
class Progress:
    """A look ahead under way. `at`: when it last told."""

    at: datetime
    done: int
    of: int


def latest(session: Session) -> Outlook | None:
    """The latest look ahead; None before the first."""
    kept = kept_reports.kept(session, kept_reports.OUTLOOK)
    if kept is None:
        return None
    data = kept.data
    days = [date.fromisoformat(day) for day in data["days"]]
    share = data["walked"] / data["total"] if data["total"] else 1.0
    mails, tasks = _series(session, data["run"], days, share)
    return Outlook(kept.at, days, data["zone"], share, data["total"], data["walked"], data["run"], mails, tasks)


def progress(session: Session) -> Progress | None:
    """How far the look ahead is that goes on now; None when the last one is over."""
    kept = kept_reports.kept(session, kept_reports.OUTLOOK_PROGRESS)
    if kept is None or kept.data.get("over"):
        return None
    return Progress(kept.at, kept.data["done"], kept.data["of"])


def rows(session: Session, found: Outlook, day: date | None, kind: str, key: int | None) -> list[Line]:
    """What is behind one number; of a sample, the sample's rows."""
    mailbox, owner = (None, key) if kind == "task" else (key, None)
    lines = outlook.of_day(session, found.run, day, kind, mailbox, owner, MOST_ROWS)
    people = leads.by_ids(session, {line.lead_id for line in lines if line.lead_id})
    names = _sequences(session, {line.enrolment_id for line in lines if line.enrolment_id})
    shown = []
    for line in lines:
        lead = people.get(line.lead_id or 0)
        name = (lead.name or lead.email) if lead else "nobody"
        sequence = names.get(line.enrolment_id or 0, "")
        if line.kind == "newsletter":
            issue = session.get(Issue, int(line.step_key))
            name, sequence = (issue.name if issue else "a newsletter"), "newsletter"
        shown.append(
            Line(line.at, lead.id if lead else None, name, sequence, line.step_key, line.rule, line.moved, line.people)
        )
    return shown


def _series(session: Session, run: int, days: list[date], share: float) -> tuple[list[Series], list[Series]]:
    tally = _Tally(session, days, share)
    keys = (OutlookLine.kind, OutlookLine.mailbox_id, OutlookLine.owner_id, OutlookLine.day)
    sums = (func.sum(OutlookLine.people), func.count().filter(OutlookLine.moved))
    query = select(*keys, *sums).where(OutlookLine.run == run).group_by(*keys)
    for kind, mailbox, owner, day, people, moved in session.execute(query):
        key = owner if kind == "task" else mailbox
        tally.add(kind == "task", key, day, int(people), moved, whole=kind == "newsletter")
    return tally.sorted(tally.mails), tally.sorted(tally.tasks)


@dataclass
class _Tally:
    session: Session
    days: list[date]
    share: float
    mails: dict[int | None, Series] = field(default_factory=dict)
    tasks: dict[int | None, Series] = field(default_factory=dict)

    def add(self, is_task: bool, key: int | None, day: date | None, people: int, moved: int, *, whole: bool) -> None:
        """`whole`: the number is no sample's (an issue's audience)."""
        kept = self.tasks if is_task else self.mails
        if key not in kept:
            kept[key] = Series(key, "", [0] * len(self.days), [0] * len(self.days))
        scale = 1.0 if whole else self.share
        if day is None or day not in self.days:
            kept[key].later += round(people / scale)
            return
        kept[key].days[self.days.index(day)] += round(people / scale)
        kept[key].moved[self.days.index(day)] += round(moved / scale)

    def sorted(self, kept: dict[int | None, Series]) -> list[Series]:
        boxes = {box.id: box.address for box in self.session.scalars(select(Mailbox))} if kept is self.mails else {}
        people = {} if kept is self.mails else {u.id: u.name for u in users.all_users(self.session)}
        for series in kept.values():
            name = boxes.get(series.key or 0) if kept is self.mails else people.get(series.key or 0)
            series.name = name or ("no mailbox" if kept is self.mails else "nobody yet")
        return sorted(kept.values(), key=lambda series: (-series.total - series.later, series.name))


def _sequences(session: Session, enrolments: set[int]) -> dict[int, str]:
    query = select(Enrolment.id, SequenceRow.name).join(SequenceRow, SequenceRow.id == Enrolment.sequence_id)
    return {key: name for key, name in session.execute(query.where(Enrolment.id.in_(enrolments)))}
