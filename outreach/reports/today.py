"""Today: what one rep has to do, in the order in which it should be done, and how the day is going."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from outreach import documents
from outreach.core import office
from outreach.core.schedule import Calendar
from outreach.store import account, deals, forms, inbox, leads, tasks
from outreach.store.forms import Submission
from outreach.store.inbox import InboundMail
from outreach.store.leads import Lead
from outreach.store.tasks import Task
from outreach.store.users import User

REPLIES, NEW, CALLS, FOLLOW_UPS = "Replies waiting", "New leads", "Calls", "Follow-ups"
GROUPS = (REPLIES, NEW, CALLS, FOLLOW_UPS)
GROUP_OF = {"reply": REPLIES, "unknown_mail": REPLIES, "who": REPLIES, "new_lead": NEW, "call": CALLS, "voice": CALLS}

FIRST_ANSWER_GOAL = timedelta(minutes=5)
REPLY_GOAL = timedelta(minutes=30)
MINUTES_PER_TASK = 4
STILL_NEW = timedelta(minutes=30)
"""A call made so soon after the request is the first answer; later ones are calls of the sequence."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the queue. `waiting_since` counts up (replies, new leads); the others have a due time."""

    task: Task
    group: str
    name: str
    company: str
    words: str
    badge: str
    late: bool
    waiting_since: datetime | None


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """`first_answer`: median of the last seven days in working hours; `oldest_reply`: how long the oldest reply has waited, likewise."""

    first_answer: timedelta | None
    oldest_reply: timedelta | None
    interviews: int


@dataclass(frozen=True, slots=True)
class Day:
    """The whole list. `done` counts what this person finished today."""

    groups: tuple[Group, ...]
    done: int
    numbers: Numbers

    @property
    def items(self) -> list[Item]:
        return [item for group in self.groups for item in group.items]

    @property
    def total(self) -> int:
        return self.done + len(self.items)

    @property
    def minutes_left(self) -> int:
        return len(self.items) * MINUTES_PER_TASK

    def after(self, task_id: int | None) -> Item | None:
        """The line below this task, else the first one (what opens next)."""
        items = self.items
        at = next((n for n, item in enumerate(items) if item.task.id == task_id), -1)
        return items[at + 1] if at + 1 < len(items) else (items[0] if items else None)


def day(session: Session, user_id: int | None, now: datetime, zone: str, *, only: str = "") -> Day:
    """The queue of a user (None: everybody's) until the end of their local day; `only` keeps one group."""
    midnight = start_of_day(now, zone)
    open_tasks = tasks.open_for(session, user_id, midnight + timedelta(days=1, hours=1))
    items = list(_items(session, open_tasks, now))
    groups = [Group(name, tuple(_sorted(i for i in items if i.group == name))) for name in GROUPS]
    shown = tuple(g for g in groups if g.items and only in ("", g.name))
    done = tasks.done_since(session, user_id, midnight) if user_id else 0
    return Day(shown, done, _numbers(session, user_id, items, now, zone))


def start_of_day(now: datetime, zone: str) -> datetime:
    """Local midnight of this day."""
    local = now.astimezone(ZoneInfo(zone or "UTC"))
    return datetime.combine(local.date(), time(), local.tzinfo)


def _items(session: Session, rows: list[Task], now: datetime) -> Iterable[Item]:
    people = leads.by_ids(session, (t.lead_id for t in rows if t.lead_id))
    mails = inbox.by_ids(session, (t.inbound_id for t in rows if t.inbound_id))
    asked = forms.by_ids(session, (t.submission_id for t in rows if t.submission_id))
    hours = _Hours(session)
    for task in rows:
        lead = people.get(task.lead_id or 0)
        mail = mails.get(task.inbound_id or 0)
        yield _item(task, lead, mail, asked.get(task.submission_id or 0), now, hours.of(task.owner_id))


def _item(
    task: Task, lead: Lead | None, mail: InboundMail | None, asked: Submission | None, now: datetime, hours: Calendar
) -> Item:
    group = _group(task, asked)
    since = task.created_at if group in (REPLIES, NEW) else None
    if since and mail:
        since = mail.received_at
    elif since and asked:
        since = asked.at
    goal = FIRST_ANSWER_GOAL if group == NEW else REPLY_GOAL
    late = _waited(hours, since, now) > goal if since else task.due_at < now
    return Item(
        task=task,
        group=group,
        name=_name(lead, mail),
        company=lead.company if lead else "",
        words=_words(task, mail, asked),
        badge=_badge(task, lead, mail, asked),
        late=late,
        waiting_since=since,
    )


def _group(task: Task, asked: Submission | None) -> str:
    """The first call to somebody whom nobody has tried to reach yet is a new lead, with the clock running."""
    first_call = task.kind == "call" and asked is not None and asked.first_human_at is None
    if first_call and asked and task.created_at - asked.at < STILL_NEW:
        return NEW
    return GROUP_OF.get(task.kind, FOLLOW_UPS)


def _name(lead: Lead | None, mail: InboundMail | None) -> str:
    if lead:
        return lead.name or lead.email or lead.phone
    return (mail.from_name or mail.from_address) if mail else "Nobody yet"


def _words(task: Task, mail: InboundMail | None, asked: Submission | None) -> str:
    if mail:
        said = " ".join((mail.reply_text or mail.subject).split())
        return f"“{said[:120]}”" if said else task.title
    message = " ".join(str(asked.answers.get("message", "")).split()) if asked else ""
    if message and asked and _group(task, asked) == NEW:
        return f"“{message[:120]}”"
    return task.title


def _badge(task: Task, lead: Lead | None, mail: InboundMail | None, asked: Submission | None) -> str:
    """One word that helps to choose: what the reply says, hot, call back, which attempt."""
    if task.kind in ("unknown_mail", "who"):
        return "who is this?"
    if mail:
        return {"not_now": "later", "not_interested": "no", "other": "reply", "": "reply"}.get(mail.sense, mail.sense)
    if lead and lead.hot:
        return "hot"
    if task.flag:
        return "odd hours"
    if task.memory.get("call_back") or task.title.startswith("Call back"):
        return "call back"
    if _group(task, asked) == NEW:
        return "new"
    return {"interview": "interview", "referral": "referral"}.get(task.kind, task.kind)


def _sorted(items: Iterable[Item]) -> list[Item]:
    return sorted(items, key=lambda item: (item.waiting_since or item.task.due_at, item.task.id))


LONG_AGO = timedelta(days=14)


def _waited(hours: Calendar, since: datetime, now: datetime) -> timedelta:
    """Working time since then; what is older than two weeks is late however it is counted."""
    return office.waited(hours, since, now) if now - since < LONG_AGO else now - since


def _first_waits(session: Session, user_id: int | None, since: datetime) -> list[timedelta]:
    """How long people waited for a first human attempt, in the owner's working hours: nobody promises the nights."""
    hours = _Hours(session)
    return [
        office.waited(hours.of(owner), asked, answered)
        for owner, asked, answered in forms.first_answers(session, user_id, since)
    ]


class _Hours:
    """Working hours by owner, each made once; without an owner the account's."""

    def __init__(self, session: Session) -> None:
        self._session, self._us = session, account.get(session)
        self._made: dict[int | None, Calendar] = {}

    def of(self, user_id: int | None) -> Calendar:
        if user_id not in self._made:
            us = self._us
            owner = self._session.get(User, user_id) if user_id else None
            week = documents.week((owner.working_hours if owner else None) or us.working_hours)
            zone = (owner.zone if owner else "") or us.zone
            self._made[user_id] = office.hours(week, zone, us.zone, us.country or None, us.region or None)
        return self._made[user_id]


def _numbers(session: Session, user_id: int | None, items: list[Item], now: datetime, zone: str) -> Numbers:
    waits = _first_waits(session, user_id, now - timedelta(days=7))
    replies = [item.waiting_since for item in items if item.group == REPLIES and item.waiting_since]
    today = start_of_day(now, zone)
    return Numbers(
        first_answer=timedelta(seconds=median(w.total_seconds() for w in waits)) if waits else None,
        oldest_reply=_waited(_Hours(session).of(user_id), min(replies), now) if replies else None,
        interviews=deals.booked_since(session, user_id, today - timedelta(days=today.weekday())),
    )
