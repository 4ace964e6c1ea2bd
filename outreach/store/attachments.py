"""Files that came with mail: what each is called and its checksum. Their bytes lie in the raw mail, once (MAIL X6)."""

from collections.abc import Iterable

from sqlalchemy import ForeignKey, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.base import Base, Id


class Attachment(Base):
    """One file of one received mail, in the order of its parts; it goes when the mail goes."""

    __tablename__ = "attachments"
    __table_args__ = (UniqueConstraint("inbound_id", "number"),)
    id: Mapped[Id]
    inbound_id: Mapped[int] = mapped_column(ForeignKey("inbox.id", ondelete="CASCADE"))
    number: Mapped[int]
    name: Mapped[str]
    """As the sender called it, made safe (mail.parse.safe_name)."""
    type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(index=True)
    """Of the bytes; what is handed out is compared with it."""
    content_id: Mapped[str] = mapped_column(default="", server_default="")
    inline: Mapped[bool] = mapped_column(default=False)


def keep(session: Session, inbound_id: int, files: Iterable[Attachment]) -> None:
    """Note the files of a mail; read again, they replace what was noted."""
    session.execute(delete(Attachment).where(Attachment.inbound_id == inbound_id))
    for row in files:
        row.inbound_id = inbound_id
        session.add(row)


def of_mail(session: Session, inbound_id: int) -> list[Attachment]:
    """The files of a mail."""
    query = select(Attachment).where(Attachment.inbound_id == inbound_id).order_by(Attachment.number)
    return list(session.scalars(query))
