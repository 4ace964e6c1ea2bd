"""Files that a template's letters carry: part of a saved text, so that what a letter carried is known ever after."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import ForeignKey, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.base import Base, Id


class KeptFile(Base):
    """The bytes of a file, once, however many saved texts carry it."""

    __tablename__ = "kept_files"
    id: Mapped[Id]
    sha256: Mapped[str] = mapped_column(unique=True)
    size: Mapped[int]
    content: Mapped[bytes]


class TemplateFile(Base):
    """One file of one saved text, in its order."""

    __tablename__ = "template_files"
    version_id: Mapped[int] = mapped_column(ForeignKey("template_versions.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """From 1."""
    name: Mapped[str]
    type: Mapped[str]
    file_id: Mapped[int] = mapped_column(ForeignKey("kept_files.id"))


@dataclass(frozen=True, slots=True)
class Named:
    """A file as a text names it; `size` in bytes."""

    name: str
    type: str
    file_id: int
    size: int


def of_version(session: Session, version_id: int | None) -> list[Named]:
    """The files of a saved text, without their bytes."""
    return of_versions(session, [version_id]).get(version_id, []) if version_id else []


def of_versions(session: Session, version_ids: Collection[int]) -> dict[int, list[Named]]:
    """The same for many texts, by text; those without files are left out."""
    query = (
        select(TemplateFile.version_id, TemplateFile.name, TemplateFile.type, KeptFile.id, KeptFile.size)
        .join(KeptFile, KeptFile.id == TemplateFile.file_id)
        .where(TemplateFile.version_id.in_(version_ids))
        .order_by(TemplateFile.version_id, TemplateFile.number)
    )
    found: dict[int, list[Named]] = {}
    for version_id, name, kind, number, size in session.execute(query) if version_ids else ():
        found.setdefault(version_id, []).append(Named(name, kind, number, size))
    return found


def contents(session: Session, version_id: int) -> Sequence[tuple[str, str, bytes]]:
    """(name, type, bytes) of a saved text's files in their order."""
    query = (
        select(TemplateFile.name, TemplateFile.type, KeptFile.content)
        .join(KeptFile, KeptFile.id == TemplateFile.file_id)
        .where(TemplateFile.version_id == version_id)
        .order_by(TemplateFile.number)
    )
    return [(name, kind, content) for name, kind, content in session.execute(query)]


def keep(session: Session, name: str, kind: str, content: bytes) -> Named:
    """Keep a file's bytes, once."""
    mark = sha256(content).hexdigest()
    values = {"sha256": mark, "size": len(content), "content": content}
    session.execute(insert(KeptFile).values(values).on_conflict_do_nothing(index_elements=["sha256"]))
    number = session.scalars(select(KeptFile.id).where(KeptFile.sha256 == mark)).one()
    return Named(name, kind, number, len(content))


def put(session: Session, version_id: int, files: Sequence[Named]) -> None:
    """The files of a new saved text."""
    for number, file in enumerate(files, 1):
        row = TemplateFile(version_id=version_id, number=number, name=file.name, type=file.type, file_id=file.file_id)
        session.add(row)
    session.flush()
