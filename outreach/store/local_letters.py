"""What the local mail server took, shown on the page Mail."""

from typing import Any

from sqlalchemy import Index, LargeBinary, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from outreach.store.base import Base, Id, Moment


class LocalLetter(Base):
    """What the local mail server took (only while no SMTP_URL is set), byte for byte."""

    __tablename__ = "local_letters"
    __table_args__ = (Index("uq_local_letters_delivery", "delivery", "envelope_to", unique=True),)
    id: Mapped[Id]
    at: Mapped[Moment]
    envelope_from: Mapped[str] = mapped_column(default="")
    envelope_to: Mapped[str] = mapped_column(index=True)
    message_id: Mapped[str] = mapped_column(default="", index=True)
    subject: Mapped[str] = mapped_column(default="")
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    delivery: Mapped[str] = mapped_column(server_default=text("gen_random_uuid()::text"))
    """One for each letter that was handed in, so that keeping it again changes nothing."""


def keep(session: Session, row: dict[str, Any]) -> None:
    """Keep a letter of the local mail server for one recipient; once a delivery."""
    session.execute(insert(LocalLetter).values(row).on_conflict_do_nothing())


def found(session: Session, words: str = "", before: int | None = None, limit: int = 50) -> list[LocalLetter]:
    """What the local mail server took, the latest first, without the bytes; `words` are looked for in address and subject."""
    query = select(LocalLetter).options(defer(LocalLetter.raw))
    for word in words.split()[:8]:
        pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        query = query.where(LocalLetter.subject.ilike(pattern) | LocalLetter.envelope_to.ilike(pattern))
    if before is not None:
        query = query.where(LocalLetter.id < before)
    return list(session.scalars(query.order_by(LocalLetter.id.desc()).limit(limit)))
