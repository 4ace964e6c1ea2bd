"""Newsletter issues in numbers: whom they reach, how far they are, what came of them. People, not mails (RULES N)."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from outreach.store import audiences, templates
from outreach.store.events import Event
from outreach.store.inbox import InboundMail
from outreach.store.leads import Lead
from outreach.store.links import Hit, Link
from outreach.store.messages import UNSENT, Message
from outreach.store.templates import Issue

MOST = 100


@dataclass(frozen=True)
class Reach:
    """Whom an audience holds: how many, and some of them."""

    count: int
    samples: tuple[Lead, ...]


@dataclass(frozen=True)
class Person:
    """Somebody in a list of results, with one line about it."""

    lead_id: int
    name: str
    text: str
    at: datetime | None = None


@dataclass(frozen=True)
class Numbers:
    """An issue's numbers. `states`: letters per state."""

    states: dict[str, int] = field(default_factory=dict)
    clicked: int = 0
    unsubscribed: int = 0
    replied: int = 0
    bounced: int = 0
    skipped: int = 0

    @property
    def total(self) -> int:
        """Letters of the issue so far."""
        return sum(self.states.values())

    @property
    def sent(self) -> int:
        return self.states.get("sent", 0)

    @property
    def waiting(self) -> int:
        return sum(self.states.get(state, 0) for state in UNSENT)

    @property
    def failed(self) -> int:
        return self.states.get("failed", 0)


@dataclass(frozen=True)
class Results:
    """The page of an issue that went, or goes, out."""

    numbers: Numbers
    audience: int
    clicks: tuple[Person, ...]
    failures: tuple[Person, ...]
    leavers: tuple[Person, ...]
    skipped: dict[str, int]
    links: tuple[tuple[str, int], ...]
    """Each link with the number of people who clicked it."""


def reach(session: Session, audience: dict[str, Any], samples: int = 5) -> Reach:
    """An audience's size and some samples."""
    people = audiences.batch(session, audience, 0, samples, None)
    return Reach(audiences.size(session, audience), tuple(people))


def lines(session: Session, before: int | None = None, limit: int = 50) -> list[tuple[Issue, Numbers]]:
    """The latest issues with their numbers; `before`: older than this one."""
    issues = templates.issues(session, before, limit)
    found = _numbers_of(session, issues)
    return [(issue, found[issue.id]) for issue in issues]


def numbers(session: Session, issue: Issue) -> Numbers:
    """An issue's numbers."""
    return _numbers_of(session, [issue])[issue.id]


def _numbers_of(session: Session, issues: Collection[Issue]) -> dict[int, Numbers]:
    """The numbers of many issues by id, in as many questions as those of one."""
    gone = [issue for issue in issues if issue.state not in ("draft", "scheduled")]
    found = {issue.id: Numbers() for issue in issues}
    if not gone:
        return found
    mine, states = Message.issue_id == func.any([issue.id for issue in gone]), defaultdict[int, dict[str, int]](dict)
    per_state = select(Message.issue_id, Message.state, func.count()).where(mine)
    for number, state, count in session.execute(per_state.group_by(Message.issue_id, Message.state)):
        states[number or 0][state] = count
    clicked = _people(session, mine, Hit.message_id, Hit.kind == "click", Hit.verdict == "human")
    unsubscribed = _people(session, mine, Event.message_id, Event.kind == "unsubscribed")
    replied = _people(session, mine, InboundMail.message_id, InboundMail.class_ == "human")
    bounced = _counted(session, select(Message.issue_id, func.count()).where(mine, Message.delivered == "bounced"))
    skipped = _skipped(session, gone)
    return found | {
        issue.id: Numbers(
            states=states[issue.id],
            clicked=clicked.get(issue.id, 0),
            unsubscribed=unsubscribed.get(issue.id, 0),
            replied=replied.get(issue.id, 0),
            bounced=bounced.get(issue.id, 0),
            skipped=sum(skipped.get(issue.id, {}).values()),
        )
        for issue in gone
    }


def results(session: Session, issue: Issue) -> Results:
    """Everything about an issue that went out."""
    return Results(
        numbers=numbers(session, issue),
        audience=audiences.size(session, issue.audience),
        clicks=_clicks(session, issue),
        failures=_failures(session, issue),
        leavers=_leavers(session, issue),
        skipped=_skipped(session, [issue]).get(issue.id, {}),
        links=_links(session, issue),
    )


def _people(session: Session, mine: ColumnElement[bool], key: Any, *conditions: ColumnElement[bool]) -> dict[int, int]:
    """Issue -> people of whom something is true that is kept beside the letter."""
    people = func.count(Message.lead_id.distinct())
    query = select(Message.issue_id, people).join_from(Message, key.class_, key == Message.id)
    return _counted(session, query.where(mine, *conditions))


def _counted(session: Session, query: Select[int | None, int]) -> dict[int, int]:
    return {number: count for number, count in session.execute(query.group_by(Message.issue_id)) if number is not None}


def _skipped(session: Session, issues: Collection[Issue]) -> dict[int, dict[str, int]]:
    """Issue -> why people were left out, the most frequent reason first."""
    number, reason = Event.data["issue"].astext, Event.data["reason"].astext
    began = min(issue.started_at or issue.created_at for issue in issues)
    query = select(number, reason, func.count()).where(
        Event.kind == "issue skipped", Event.at >= began, number.in_([str(issue.id) for issue in issues])
    )
    found: dict[int, dict[str, int]] = {}
    for issue_id, text, count in session.execute(query.group_by(number, reason).order_by(func.count().desc())):
        found.setdefault(int(issue_id), {})[text] = count
    return found


def _clicks(session: Session, issue: Issue) -> tuple[Person, ...]:
    query = (
        select(Lead.id, Lead.name, Lead.email, Link.url, func.min(Hit.at))
        .join(Message, Message.lead_id == Lead.id)
        .join(Hit, Hit.message_id == Message.id)
        .join(Link, Link.id == Hit.link_id)
        .where(Message.issue_id == issue.id, Hit.kind == "click", Hit.verdict == "human")
        .group_by(Lead.id, Link.url)
        .order_by(func.min(Hit.at).desc())
        .limit(MOST)
    )
    return tuple(Person(key, name or email, url, at) for key, name, email, url, at in session.execute(query))


def _links(session: Session, issue: Issue) -> tuple[tuple[str, int], ...]:
    people = func.count(Message.lead_id.distinct())
    query = (
        select(Link.url, people)
        .join(Hit, Hit.link_id == Link.id)
        .join(Message, Message.id == Hit.message_id)
        .where(Message.issue_id == issue.id, Hit.kind == "click", Hit.verdict == "human")
        .group_by(Link.url)
        .order_by(people.desc())
        .limit(20)
    )
    return tuple((url, count) for url, count in session.execute(query))


def _failures(session: Session, issue: Issue) -> tuple[Person, ...]:
    query = (
        select(Lead.id, Lead.name, Lead.email, Message.reason, Message.answer)
        .join(Message, Message.lead_id == Lead.id)
        .where(Message.issue_id == issue.id, (Message.state == "failed") | (Message.delivered == "bounced"))
        .order_by(Message.id)
        .limit(MOST)
    )
    return tuple(
        Person(key, name or email, reason or answer) for key, name, email, reason, answer in session.execute(query)
    )


def _leavers(session: Session, issue: Issue) -> tuple[Person, ...]:
    query = (
        select(Lead.id, Lead.name, Lead.email, Event.at)
        .join(Event, Event.lead_id == Lead.id)
        .join(Message, Message.id == Event.message_id)
        .where(Message.issue_id == issue.id, Event.kind == "unsubscribed")
        .order_by(Event.id.desc())
        .limit(MOST)
    )
    return tuple(Person(key, name or email, "unsubscribed", at) for key, name, email, at in session.execute(query))
