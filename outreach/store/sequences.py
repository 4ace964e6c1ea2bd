"""Sequences and their published versions. The document (SEQUENCE.md's YAML) is the truth; drafts are kept as text."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, bindparam, func, select, update
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from outreach.store.base import Base, Id, Moment, ask


class SequenceRow(Base):
    """A sequence; `draft` is the document being edited (empty = as published)."""

    __tablename__ = "sequences"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    preset: Mapped[str] = mapped_column(default="")
    """The shipped file it came from, without the ending."""
    class_: Mapped[str] = mapped_column("class", default="sales")
    draft: Mapped[str] = mapped_column(default="")
    current_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("sequence_versions.id", use_alter=True, ondelete="SET NULL")
    )
    archived_at: Mapped[datetime | None]
    created_at: Mapped[Moment]
    position: Mapped[int | None]
    """M2: where it stands in the list of entry; without one it stands behind those that have one, by id."""


class VersionRow(Base):
    """What was published once; never changed (V1)."""

    __tablename__ = "sequence_versions"
    __table_args__ = (UniqueConstraint("sequence_id", "number"),)
    id: Mapped[Id]
    sequence_id: Mapped[int] = mapped_column(ForeignKey("sequences.id", ondelete="CASCADE"))
    number: Mapped[int]
    document: Mapped[str]
    published_at: Mapped[Moment]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    texts_id: Mapped[int | None]
    """V2: the version whose texts its unsent letters take; NULL = its own."""


PUBLISHED = select(VersionRow.id, VersionRow.published_at).where(VersionRow.id == func.any(bindparam("ids")))
TEXTS = select(VersionRow.texts_id).where(VersionRow.id == bindparam("version"))
IN_ORDER = (
    select(SequenceRow)
    .where(SequenceRow.archived_at.is_(None))
    .order_by(SequenceRow.position.nulls_last(), SequenceRow.id)
)


def all_sequences(session: Session) -> list[SequenceRow]:
    """Every sequence, archived ones last."""
    order = (SequenceRow.archived_at.is_not(None), SequenceRow.class_, func.lower(SequenceRow.name))
    return list(session.scalars(select(SequenceRow).order_by(*order)))


def in_order(session: Session) -> list[SequenceRow]:
    """M2: every sequence that is not archived, the first in the list of entry first."""
    return list(session.scalars(IN_ORDER))


def by_name(session: Session, name: str) -> SequenceRow | None:
    """The sequence with this name or preset key, whatever the letter case."""
    wanted = name.strip().lower()
    query = select(SequenceRow).where((func.lower(SequenceRow.name) == wanted) | (SequenceRow.preset == wanted))
    return session.scalar(query.limit(1))


def current(session: Session, sequence: SequenceRow) -> VersionRow | None:
    """The published version."""
    return session.get(VersionRow, sequence.current_version_id) if sequence.current_version_id else None


def versions(session: Session, sequence_id: int) -> list[VersionRow]:
    """All versions, the newest first."""
    query = select(VersionRow).where(VersionRow.sequence_id == sequence_id)
    return list(session.scalars(query.order_by(VersionRow.number.desc())))


def add_version(
    session: Session, sequence: SequenceRow, document: str, now: datetime, user_id: int | None
) -> VersionRow:
    """Publish a document as the sequence's next version."""
    query = select(func.max(VersionRow.number)).where(VersionRow.sequence_id == sequence.id)
    number = (session.scalar(query) or 0) + 1
    version = VersionRow(
        sequence_id=sequence.id, number=number, document=document, published_at=now, published_by=user_id
    )
    session.add(version)
    session.flush()
    sequence.current_version_id = version.id
    return version


def documents_of(session: Session, version_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Version id -> its document, and the document whose texts its unsent letters take (V2; empty: its own)."""
    texts = aliased(VersionRow)
    query = select(VersionRow.id, VersionRow.document, func.coalesce(texts.document, ""))
    query = query.outerjoin(texts, texts.id == VersionRow.texts_id).where(VersionRow.id == func.any(list(version_ids)))
    return {version_id: (document, words) for version_id, document, words in session.execute(query)}


def take_texts(session: Session, sequence_id: int, version_id: int) -> None:
    """V2: the unsent letters of all earlier versions take the texts of this one."""
    earlier = (VersionRow.sequence_id == sequence_id) & (VersionRow.id != version_id)
    session.execute(update(VersionRow).where(earlier).values(texts_id=version_id))


def all_versions(session: Session) -> list[int]:
    """Ids of every version."""
    return list(session.scalars(select(VersionRow.id)))


def published_at(session: Session, version_ids: Collection[int]) -> list[tuple[int, datetime]]:
    """(version id, when it was published) of those that exist."""
    return [(number, at) for number, at in ask(session, PUBLISHED, ids=list(version_ids))]


def texts_of(session: Session, version_id: int) -> int:
    """The version whose texts this one's letters take (V2): itself, unless texts were edited since."""
    return ask(session, TEXTS, version=version_id).scalar() or version_id


def version_numbers(session: Session) -> dict[int, int]:
    """Sequence id -> number of the version in force."""
    query = select(SequenceRow.id, VersionRow.number).join(VersionRow, SequenceRow.current_version_id == VersionRow.id)
    return {sequence_id: number for sequence_id, number in session.execute(query)}
