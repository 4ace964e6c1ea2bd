"""Mail that came in: the raw message first, what it means later (DESIGN 5c)."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, column_property, defer, mapped_column

from outreach.store.base import Base, Id, Json, JsonList, Moment, ask


class InboundMail(Base):
    """A message as it arrived, and what was understood of it."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("sha256", "recipient"),
        Index("ix_inbox_state", "state", postgresql_where=text("state IN ('new','quarantined')")),
        Index("ix_inbox_lead_id", "lead_id"),
    )
    id: Mapped[Id]
    sha256: Mapped[str]
    recipient: Mapped[str] = mapped_column(default="")
    """Envelope recipient; empty when it came by IMAP."""
    envelope_from: Mapped[str] = mapped_column(default="")
    mailbox_id: Mapped[int | None] = mapped_column(ForeignKey("mailboxes.id", ondelete="SET NULL"))
    source: Mapped[str]
    """smtp | imap | local | sent (a rep's own mail, seen in the folder of sent mail)."""
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int] = column_property(func.octet_length(raw))
    """Of the raw message; known without reading it."""
    received_at: Mapped[Moment]
    state: Mapped[str] = mapped_column(default="new")
    """new | done | quarantined | discarded (a person looked and put it away)."""
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    class_: Mapped[str] = mapped_column("class", default="")
    evidence: Mapped[str] = mapped_column(default="")
    matched_by: Mapped[str] = mapped_column(default="")
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id", ondelete="SET NULL"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"))
    """Our letter that it answers or returns."""
    wire_id: Mapped[str] = mapped_column(default="", index=True)
    """Its own Message-ID."""
    references: Mapped[JsonList]
    from_address: Mapped[str] = mapped_column(default="")
    from_name: Mapped[str] = mapped_column(default="")
    subject: Mapped[str] = mapped_column(default="")
    reply_text: Mapped[str] = mapped_column(default="")
    sense: Mapped[str] = mapped_column(default="")
    detail: Mapped[Json]


def keep(session: Session, values: dict[str, object]) -> int | None:
    """Keep a raw message; its id, or None when we have it already."""
    statement = insert(InboundMail).values(values).on_conflict_do_nothing().returning(InboundMail.id)
    return session.scalar(statement)


def unread(session: Session, limit: int = 50) -> list[int]:
    """Ids of messages that nobody has understood yet."""
    return list(
        session.scalars(select(InboundMail.id).where(InboundMail.state == "new").order_by(InboundMail.id).limit(limit))
    )


WAITS = text(
    "SELECT EXISTS (SELECT FROM inbox WHERE state = 'new' AND received_at <= :since)"
    " OR EXISTS (SELECT FROM hook_posts WHERE state = 'new' AND received_at <= :since)"
)


def any_waits(session: Session, since: datetime) -> bool:
    """Whether mail, or what a provider posted, lies there since then and nobody has understood it."""
    return bool(ask(session, WAITS, since=since).scalar())


TRY = text(
    "UPDATE inbox SET tries = tries + 1 WHERE id ="
    " (SELECT id FROM inbox WHERE id = :id AND state = 'new' FOR UPDATE SKIP LOCKED) RETURNING tries"
)


def begin_try(session: Session, inbound_id: int) -> int | None:
    """Count a try to understand it; how many there were with this one. None when it is not new or somebody else holds it."""
    return session.scalar(TRY, {"id": inbound_id})


def take_back_try(session: Session, inbound_id: int) -> None:
    """What ended the latest try was no fault of the message."""
    took = update(InboundMail).where(InboundMail.id == inbound_id, InboundMail.state == "new", InboundMail.tries > 0)
    session.execute(took.values(tries=InboundMail.tries - 1))


def lock_new(session: Session, inbound_id: int) -> InboundMail | None:
    """The row, if it is still new and nobody else holds it."""
    query = select(InboundMail).where(InboundMail.id == inbound_id, InboundMail.state == "new")
    return session.scalar(query.with_for_update(skip_locked=True))


def locked(session: Session, inbound_id: int) -> InboundMail | None:
    """The row, locked until the transaction ends."""
    return session.scalar(select(InboundMail).where(InboundMail.id == inbound_id).with_for_update())


def to_consult(session: Session, limit: int) -> list[tuple[int, str]]:
    """Late replies whose sense the rules left open, and their words; each is told once."""
    newest = select(func.max(InboundMail.id)).scalar_subquery()
    query = select(InboundMail).where(
        InboundMail.id > newest - 1000,
        InboundMail.state == "done",
        InboundMail.class_ == "human",
        InboundMail.lead_id.is_not(None),
        (InboundMail.sense == "other") | (InboundMail.detail["sure"].as_boolean().is_(False)),
        InboundMail.detail["sense_by"].as_string() != "a person",
        InboundMail.detail["consulted"].is_(None),
    )
    rows = list(session.scalars(query.order_by(InboundMail.id).limit(limit).with_for_update(skip_locked=True)))
    for row in rows:
        row.detail = {**row.detail, "consulted": True}
    return [(row.id, row.reply_text) for row in rows]


def quarantined(session: Session) -> list[InboundMail]:
    """Messages that could not be read, the latest first, without their raw bytes."""
    query = select(InboundMail).where(InboundMail.state == "quarantined").options(defer(InboundMail.raw))
    return list(session.scalars(query.order_by(InboundMail.id.desc()).limit(200)))


FARTHEST = 50_000
"""Mails that are looked through for words or a class, which no index finds; the next page looks on."""


def page(
    session: Session, before: int | None, limit: int, *, words: str = "", classes: Collection[str] = ()
) -> tuple[list[InboundMail], int | None]:
    """Received mail, the latest first, without its raw bytes: with these words in sender, name or subject, of these classes.
    And before which id the next page begins, if there is one."""
    query = select(InboundMail).options(defer(InboundMail.raw)).order_by(InboundMail.id.desc()).limit(limit + 1)
    floor = 0
    if words or classes:
        top = before or (session.scalar(select(func.max(InboundMail.id))) or 0) + 1
        floor = max(0, top - 1 - FARTHEST)
        query = query.where(InboundMail.id > floor)
    for word in words.split()[:8]:
        places = (InboundMail.from_address, InboundMail.from_name, InboundMail.subject)
        query = query.where(or_(*(place.icontains(word, autoescape=True) for place in places)))
    if classes:
        query = query.where(InboundMail.class_.in_(classes))
    rows = list(session.scalars(query.where(InboundMail.id < before) if before else query))
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else floor + 1 if floor else None


def of_lead(session: Session, lead_id: int, limit: int = 50) -> list[InboundMail]:
    """What a lead wrote lately, the latest first, without the raw bytes."""
    query = select(InboundMail).where(InboundMail.lead_id == lead_id).options(defer(InboundMail.raw))
    return list(session.scalars(query.order_by(InboundMail.id.desc()).limit(limit)))


def by_ids(session: Session, ids: Iterable[int]) -> dict[int, InboundMail]:
    """Messages by id, without their raw bytes."""
    query = select(InboundMail).where(InboundMail.id.in_(set(ids))).options(defer(InboundMail.raw))
    return {mail.id: mail for mail in session.scalars(query)}


def last_received(session: Session) -> datetime | None:
    """When the last message came in."""
    return session.scalar(select(InboundMail.received_at).order_by(InboundMail.id.desc()).limit(1))


def absences_of(
    session: Session, lead_ids: Collection[int], since: datetime
) -> dict[int, tuple[datetime, date | None]]:
    """Lead -> when their last absence notice came, and the day of return that it named."""
    query = (
        select(InboundMail.lead_id, InboundMail.received_at, InboundMail.detail["return_date"].astext)
        .where(
            InboundMail.lead_id == func.any(list(lead_ids)),
            InboundMail.class_ == "out_of_office",
            InboundMail.received_at >= since,
        )
        .order_by(InboundMail.received_at)
    )
    return {
        lead_id or 0: (at, date.fromisoformat(said) if said else None) for lead_id, at, said in session.execute(query)
    }


def senses_of(session: Session, lead_ids: Collection[int]) -> dict[int, dict[str, datetime]]:
    """What each of these leads answered, and when last."""
    query = (
        select(InboundMail.lead_id, InboundMail.sense, func.max(InboundMail.received_at))
        .where(InboundMail.lead_id == func.any(list(lead_ids)), InboundMail.class_ == "human")
        .group_by(InboundMail.lead_id, InboundMail.sense)
    )
    found: dict[int, dict[str, datetime]] = {}
    for lead_id, sense, at in session.execute(query):
        found.setdefault(lead_id or 0, {})[sense] = at
    return found


def blank(row: InboundMail) -> None:
    """Nothing that was written is kept of it; that it came, and what it was, is (X7)."""
    row.raw, row.detail, row.references, row.state = b"", {}, [], "done"
    for name in ("envelope_from", "wire_id", "from_address", "from_name", "subject", "reply_text", "error", "evidence"):
        setattr(row, name, "")
