"""Files that came with mail: what each is called, and their bytes once for all that are the same (MAIL X6)."""

from collections.abc import Iterable

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.base import Base, Id


class AttachmentFile(Base):
    """The bytes, by their SHA-256."""

    __tablename__ = "attachment_files"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Attachment(Base):
    """One file of one received mail, in the order of its parts."""

    __tablename__ = "attachments"
    __table_args__ = (UniqueConstraint("inbound_id", "number"),)
    id: Mapped[Id]
    inbound_id: Mapped[int] = mapped_column(ForeignKey("inbox.id", ondelete="CASCADE"))
    number: Mapped[int]
    name: Mapped[str]
    """As the sender called it, made safe (mail.parse.safe_name)."""
    type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(ForeignKey("attachment_files.sha256"), index=True)
    content_id: Mapped[str] = mapped_column(default="", server_default="")
    inline: Mapped[bool] = mapped_column(default=False)


def keep(session: Session, inbound_id: int, files: Iterable[tuple[Attachment, bytes]]) -> None:
    """Keep the files of a mail; read again, they replace what was kept."""
    session.execute(delete(Attachment).where(Attachment.inbound_id == inbound_id))
    for row, content in files:
        values = {"sha256": row.sha256, "size": row.size, "content": content}
        session.execute(insert(AttachmentFile).values(values).on_conflict_do_nothing())
        row.inbound_id = inbound_id
        session.add(row)


def of_mail(session: Session, inbound_id: int) -> list[Attachment]:
    """The files of a mail, without their bytes."""
    query = select(Attachment).where(Attachment.inbound_id == inbound_id).order_by(Attachment.number)
    return list(session.scalars(query))


def content(session: Session, sha256: str) -> bytes | None:
    """The bytes of a file."""
    return session.scalar(select(AttachmentFile.content).where(AttachmentFile.sha256 == sha256))
