"""Newsletter issues in numbers: whom they reach, how far they are, what came of them. People, not mails (RULES N)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
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


def lines(session: Session) -> list[tuple[Issue, Numbers]]:
    """Every issue with its numbers, the latest first."""
    return [(issue, numbers(session, issue)) for issue in templates.all_issues(session)]


def numbers(session: Session, issue: Issue) -> Numbers:
    """An issue's numbers."""
    if issue.state in ("draft", "scheduled"):
        return Numbers()
    mine = Message.issue_id == issue.id
    states = session.execute(select(Message.state, func.count()).where(mine).group_by(Message.state))
    return Numbers(
        states={state: count for state, count in states},
        clicked=_people(session, mine, Hit.message_id, Hit.kind == "click", Hit.verdict == "human"),
        unsubscribed=_people(session, mine, Event.message_id, Event.kind == "unsubscribed"),
        replied=_people(session, mine, InboundMail.message_id, InboundMail.class_ == "human"),
        bounced=session.scalar(select(func.count()).where(mine, Message.delivered == "bounced")) or 0,
        skipped=sum(_skipped(session, issue).values()),
    )


def results(session: Session, issue: Issue) -> Results:
    """Everything about an issue that went out."""
    return Results(
        numbers=numbers(session, issue),
        audience=audiences.size(session, issue.audience),
        clicks=_clicks(session, issue),
        failures=_failures(session, issue),
        leavers=_leavers(session, issue),
        skipped=_skipped(session, issue),
        links=_links(session, issue),
    )


def _people(session: Session, mine: ColumnElement[bool], key: Any, *conditions: ColumnElement[bool]) -> int:
    query = select(func.count(Message.lead_id.distinct())).join_from(Message, key.class_, key == Message.id)
    return session.scalar(query.where(mine, *conditions)) or 0


def _skipped(session: Session, issue: Issue) -> dict[str, int]:
    reason = Event.data["reason"].astext
    query = select(reason, func.count()).where(
        Event.kind == "issue skipped", Event.at >= (issue.started_at or issue.created_at),
        Event.data["issue"].astext == str(issue.id),
    )  # fmt: skip
    return {text: count for text, count in session.execute(query.group_by(reason).order_by(func.count().desc()))}


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
