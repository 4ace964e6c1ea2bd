"""Files that a rep's own mail carries: kept with the letter, to be sent and to be shown with it ever after."""

from collections.abc import Sequence

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.base import Base, Id


class SentFile(Base):
    """One file of one letter, in the order in which they were chosen; it goes when the letter goes."""

    __tablename__ = "sent_files"
    __table_args__ = (UniqueConstraint("message_id", "number"),)
    id: Mapped[Id]
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    number: Mapped[int]
    """From 1."""
    name: Mapped[str]
    type: Mapped[str]
    content: Mapped[bytes]


def of_letter(session: Session, message_id: int) -> Sequence[SentFile]:
    """A letter's files in their order, bytes and all."""
    return session.scalars(select(SentFile).where(SentFile.message_id == message_id).order_by(SentFile.number)).all()


def one(session: Session, message_id: int, number: int) -> SentFile | None:
    """One of them."""
    return session.scalar(select(SentFile).where(SentFile.message_id == message_id, SentFile.number == number))
