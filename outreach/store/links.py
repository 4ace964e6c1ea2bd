"""Links of letters, and what came to them (RULES B)."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.base import Base, Id, Moment
from outreach.store.leads import Lead
from outreach.store.messages import Message


class Link(Base):
    """A tracked link's target, kept by us (MAIL T5): of one letter, or, where its text says the same to all, of any."""

    __tablename__ = "links"
    __table_args__ = (
        UniqueConstraint("message_id", "url", "name"),
        Index("uq_links_common", text("md5(url)"), "name", unique=True, postgresql_where=text("message_id IS NULL")),
    )
    id: Mapped[Id]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    url: Mapped[str]
    name: Mapped[str] = mapped_column(default="")


class Hit(Base):
    """A raw click or open with its class (B1)."""

    __tablename__ = "hits"
    __table_args__ = (
        Index("ix_hits_message_id_at", "message_id", "at"),
        Index("ix_hits_later", "real_at", postgresql_where=text("rule LIKE 'later:%'")),
    )
    id: Mapped[Id]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    link_id: Mapped[int | None] = mapped_column(ForeignKey("links.id", ondelete="CASCADE"))
    kind: Mapped[str]
    """click | open."""
    verdict: Mapped[str]
    """human | prefetch | scanner | own | unknown."""
    rule: Mapped[str] = mapped_column(default="")
    method: Mapped[str] = mapped_column(default="GET")
    agent: Mapped[str] = mapped_column(default="")
    ip: Mapped[str] = mapped_column(default="")
    at: Mapped[Moment]
    """Business time."""
    real_at: Mapped[Moment]


def clicks_of(session: Session, lead_ids: Collection[int]) -> dict[int, dict[str, datetime]]:
    """Names of the links that each of these leads clicked, and when last."""
    query = (
        select(Message.lead_id, Link.name, func.max(Hit.at))
        .join(Hit, Hit.message_id == Message.id)
        .join(Link, Link.id == Hit.link_id)
        .where(Message.lead_id == func.any(list(lead_ids)), Hit.verdict == "human", Hit.kind == "click")
        .group_by(Message.lead_id, Link.name)
    )
    found: dict[int, dict[str, datetime]] = {}
    for lead_id, name, at in session.execute(query):
        found.setdefault(lead_id or 0, {})[name] = at
    return found


def with_letter(session: Session, link_id: int, message_id: int | None) -> tuple[Link, Message] | None:
    """A tracked link with its letter; `message_id` says which where the link is of many. None for somebody who was erased."""
    letter = func.coalesce(Link.message_id, message_id)
    query = select(Link, Message).join(Message, Message.id == letter).where(Link.id == link_id)
    erased = select(Lead.id).where(Lead.id == Message.lead_id, Lead.erased_at.is_not(None))
    row = session.execute(query.where(~erased.exists())).first()
    return (row[0], row[1]) if row else None


def clicks_around(session: Session, message_id: int, since: datetime) -> list[tuple[Hit, str]]:
    """A letter's clicks since then (real time), each with its link's name."""
    query = select(Hit, Link.name).join(Link, Link.id == Hit.link_id)
    query = query.where(Hit.message_id == message_id, Hit.kind == "click", Hit.real_at >= since)
    return [(hit, name) for hit, name in session.execute(query.order_by(Hit.id))]


def clicks_wait(session: Session, before: datetime) -> bool:
    """Whether a click made before then (real time) is still to be judged."""
    query = select(Hit.id).where(text("rule LIKE 'later:%'"), Hit.real_at < before).limit(1)
    return session.scalar(query) is not None


def unsettled_clicks(session: Session, before: datetime) -> list[Hit]:
    """Clicks that could be judged only later, made before then (real time), locked."""
    query = select(Hit).where(text("rule LIKE 'later:%'"), Hit.real_at < before).order_by(Hit.id).limit(200)
    return list(session.scalars(query.with_for_update(skip_locked=True)))
