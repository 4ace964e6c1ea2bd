"""What people corrected in the reading of mail (RULES O10), kept as examples to learn from; and what was learned."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.core.wordweights import features
from outreach.store.base import Base, Id, Json, Moment
from outreach.store.inbox import InboundMail


class Correction(Base):
    """Who said that a mail's class or sense is another one than the rules said."""

    __tablename__ = "corrections"
    id: Mapped[Id]
    at: Mapped[Moment]
    inbound_id: Mapped[int] = mapped_column(ForeignKey("inbox.id", ondelete="CASCADE"), index=True)
    """The words themselves stay in the mail: they go with it."""
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    kind: Mapped[str]
    """class | sense."""
    before: Mapped[str]
    after: Mapped[str]


class Learned(Base):
    """A classifier that was learned from corrections: weights as plain numbers, never code."""

    __tablename__ = "learned"
    name: Mapped[str] = mapped_column(primary_key=True)
    active: Mapped[bool] = mapped_column(default=False)
    quality: Mapped[Json]
    """examples, folds, right, rules_right: how often it was right in cross-validation, and how often the rules."""
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)


def record(
    session: Session, inbound_id: int, user_id: int | None, kind: str, before: str, after: str, now: datetime
) -> None:
    """Note a correction."""
    row = Correction(at=now, inbound_id=inbound_id, user_id=user_id, kind=kind, before=before, after=after)
    session.add(row)
    session.flush()


def senses(session: Session) -> list[tuple[str, str]]:
    """Examples of (words, sense): the last correction of each mail first, then what nobody objected to."""
    corrected: dict[int, str] = {
        one.inbound_id: one.after
        for one in session.scalars(select(Correction).where(Correction.kind == "sense").order_by(Correction.id))
    }
    query = select(InboundMail.id, InboundMail.reply_text, InboundMail.sense).where(
        InboundMail.class_ == "human", InboundMail.reply_text != "", InboundMail.sense != ""
    )
    return [(text, corrected.get(number, sense)) for number, text, sense in session.execute(query.limit(50_000))]


def count(session: Session) -> int:
    """How often people corrected a sense."""
    return session.scalar(select(func.count()).select_from(Correction).where(Correction.kind == "sense")) or 0


def learned(session: Session, name: str) -> Learned | None:
    """The classifier of that name, if one was learned."""
    return session.get(Learned, name)


def keep_learned(session: Session, values: dict[str, Any]) -> None:
    """Keep a classifier; it takes the place of the one before."""
    fresh = {key: value for key, value in values.items() if key != "name"}
    session.execute(insert(Learned).values(values).on_conflict_do_update(index_elements=["name"], set_=fresh))


def has_learned(session: Session) -> bool:
    """Whether any classifier was learned."""
    return session.scalar(select(func.count()).select_from(Learned)) != 0


def features_by(session: Session, lead_id: int) -> tuple[set[str], set[str]]:
    """What a classifier saw in the replies of this lead, and which of that other people said too."""
    query = select(InboundMail.reply_text).where(InboundMail.class_ == "human", InboundMail.reply_text != "")
    said = {one for text in session.scalars(query.where(InboundMail.lead_id == lead_id)) for one in features(text)}
    if not said:
        return said, said
    others = session.scalars(query.where(InboundMail.lead_id.is_distinct_from(lead_id)).limit(50_000))
    return said, {one for text in others for one in features(text) if one in said}


def unlearn(session: Session, words: set[str]) -> None:
    """Take words out of what was learned."""
    for row in session.scalars(select(Learned).with_for_update()):
        known = row.data.get("words", {})
        if words & known.keys():
            row.data = {**row.data, "words": {word: weights for word, weights in known.items() if word not in words}}
