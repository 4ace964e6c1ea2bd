"""What leads did: clicks, visits, replies and submissions of many leads at once, each name once a day."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, Text, cast, func, literal, select, union_all
from sqlalchemy.orm import Session

from outreach.store.forms import Form, Submission
from outreach.store.inbox import InboundMail
from outreach.store.links import Hit, Link
from outreach.store.messages import Message
from outreach.store.visits import Visit


def acts_of(
    session: Session, lead_ids: Collection[int], since: datetime | None
) -> dict[int, list[tuple[str, str, datetime]]]:
    """Lead -> (kind, name, when) of clicked, visited, replied and submitted, people's only (B1)."""
    found: dict[int, list[tuple[str, str, datetime]]] = {}
    for lead_id, kind, name, at in session.execute(union_all(*_questions(lead_ids, since))):
        found.setdefault(lead_id, []).append((kind, name, at))
    return found


def _questions(lead_ids: Collection[int], since: datetime | None) -> list[Any]:
    link = func.coalesce(func.nullif(Link.name, ""), Link.url)
    clicked = (
        select(Message.lead_id, _word("clicked"), link, func.max(Hit.at))
        .join(Hit, Hit.message_id == Message.id)
        .join(Link, Link.id == Hit.link_id)
        .where(Message.lead_id.in_(lead_ids), Hit.kind == "click", Hit.verdict == "human")
        .group_by(Message.lead_id, link, cast(Hit.at, Date))
    )
    visited = (
        select(Visit.lead_id, _word("visited"), Visit.path, func.max(Visit.at))
        .where(Visit.lead_id.in_(lead_ids), Visit.verdict == "human")
        .group_by(Visit.lead_id, Visit.path, cast(Visit.at, Date))
    )
    sense = func.coalesce(func.nullif(InboundMail.sense, ""), "other")
    replied = select(InboundMail.lead_id, _word("replied"), sense, InboundMail.received_at).where(
        InboundMail.lead_id.in_(lead_ids), InboundMail.class_ == "human"
    )
    submitted = (
        select(Submission.lead_id, _word("submitted"), Form.key, Submission.at)
        .join(Form, Form.id == Submission.form_id)
        .where(Submission.lead_id.in_(lead_ids))
    )
    if since is not None:
        clicked, visited = clicked.where(Hit.at >= since), visited.where(Visit.at >= since)
        replied, submitted = replied.where(InboundMail.received_at >= since), submitted.where(Submission.at >= since)
    return [clicked, visited, replied, submitted]


def _word(text: str) -> ColumnElement[str]:
    return cast(literal(text), Text)
