"""What mail providers tell us by webhook: the post as it came first, its events later, each event once."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.base import Base, Id, Moment


class ProviderHook(Base):
    """A provider that may post to us, and what its signature is checked with."""

    __tablename__ = "provider_hooks"
    id: Mapped[Id]
    provider: Mapped[str] = mapped_column(unique=True)
    path_secret: Mapped[bytes] = mapped_column(LargeBinary)
    """The last part of the address, sealed."""
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Signing key, public key or password, as the provider has it; sealed."""
    topic: Mapped[str] = mapped_column(default="")
    """Amazon SES: the SNS topic that is believed; empty until the first confirmed subscription."""
    created_at: Mapped[Moment]
    last_at: Mapped[datetime | None]
    """Real time of the last post that was believed."""


class HookPost(Base):
    """One post of a provider, raw."""

    __tablename__ = "hook_posts"
    __table_args__ = (
        UniqueConstraint("provider", "sha256"),
        Index("ix_hook_posts_waiting", "id", postgresql_where=text("state = 'new'")),
    )
    id: Mapped[Id]
    provider: Mapped[str]
    sha256: Mapped[str]
    content_type: Mapped[str] = mapped_column(default="")
    body: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[Moment]
    state: Mapped[str] = mapped_column(default="new")
    """new | done | failed."""
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")


class HookEvent(Base):
    """One event of a post; unique, so that a provider may repeat itself as often as it likes."""

    __tablename__ = "hook_events"
    __table_args__ = (UniqueConstraint("provider", "event_id"),)
    id: Mapped[Id]
    provider: Mapped[str]
    event_id: Mapped[str]
    post_id: Mapped[int | None] = mapped_column(ForeignKey("hook_posts.id", ondelete="SET NULL"), index=True)
    kind: Mapped[str]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"), index=True)
    received_at: Mapped[Moment]


def hook_of(session: Session, provider: str) -> ProviderHook | None:
    """The settings of a provider; None when it may not post."""
    return session.scalar(select(ProviderHook).where(ProviderHook.provider == provider))


def keep(session: Session, values: dict[str, object]) -> int | None:
    """Keep a post; its id, or None when we have the very same one already."""
    return session.scalar(insert(HookPost).values(values).on_conflict_do_nothing().returning(HookPost.id))


def waiting(session: Session, limit: int = 50) -> list[int]:
    """Posts that nobody has understood yet."""
    return list(session.scalars(select(HookPost.id).where(HookPost.state == "new").order_by(HookPost.id).limit(limit)))


def lock_new(session: Session, post_id: int) -> HookPost | None:
    """The post, if it is still new and nobody else holds it."""
    query = select(HookPost).where(HookPost.id == post_id, HookPost.state == "new")
    return session.scalar(query.with_for_update(skip_locked=True))


def failed(session: Session) -> list[HookPost]:
    """Posts that were not understood, the latest first."""
    return list(
        session.scalars(select(HookPost).where(HookPost.state == "failed").order_by(HookPost.id.desc()).limit(20))
    )


def first_time(session: Session, values: dict[str, object]) -> bool:
    """Note an event; False when it was noted before (a replay)."""
    statement = insert(HookEvent).values(values).on_conflict_do_nothing().returning(HookEvent.id)
    return session.scalar(statement) is not None


def forget(session: Session, before: datetime) -> None:
    """Raw posts that are old and understood."""
    session.execute(delete(HookPost).where(HookPost.received_at < before, HookPost.state == "done"))
