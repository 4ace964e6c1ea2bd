"""Templates (letters that marketers edit) and newsletter issues."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, bindparam, func, select, text
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from outreach.store.base import Base, Id, Json, Moment, ask


class Template(Base):
    """A letter by its key; `kind` groups the gallery: letter | break-up | newsletter | educational | notice | layout."""

    __tablename__ = "templates"
    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(default="letter")
    current_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("template_versions.id", use_alter=True, ondelete="SET NULL")
    )
    archived_at: Mapped[datetime | None]


class TemplateVersion(Base):
    """One saved text of a template; never changed (V8)."""

    __tablename__ = "template_versions"
    __table_args__ = (UniqueConstraint("template_id", "number"),)
    id: Mapped[Id]
    template_id: Mapped[int] = mapped_column(ForeignKey("templates.id", ondelete="CASCADE"))
    number: Mapped[int]
    subject: Mapped[str]
    mjml: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    """Plain-text part; empty = made from the HTML."""
    preview: Mapped[str] = mapped_column(default="")
    """The line that inboxes show behind the subject (merge field `preview_text` of the layout)."""
    saved_at: Mapped[Moment]
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))


class Issue(Base):
    """A newsletter issue: written, tested, then sent to an audience."""

    __tablename__ = "issues"
    __table_args__ = (Index("ix_issues_due", "scheduled_at", postgresql_where=text("state = 'scheduled'")),)
    id: Mapped[Id]
    name: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft")
    """draft | scheduled | sending | sent | cancelled."""
    subject: Mapped[str] = mapped_column(default="")
    mjml: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    content: Mapped[Json]
    """The merge field `issue`: {title, intro, items: [{title, text, url}]}, and `preview_text`."""
    audience: Mapped[Json]
    """{"who": "nurture"} | {"who": "tag", "tag": ...} | {"who": "everyone"}."""
    scheduled_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    planned_up_to: Mapped[int] = mapped_column(default=0)
    """The last lead id that got its message row: planning goes on from there after a crash."""
    created_at: Mapped[Moment]


def by_key(session: Session, key: str) -> Template | None:
    """The template with this key."""
    return session.scalar(select(Template).where(Template.key == key))


def current(session: Session, key: str) -> TemplateVersion | None:
    """The saved text in force of a template."""
    query = select(TemplateVersion).join(Template, Template.current_version_id == TemplateVersion.id)
    return session.scalar(query.where(Template.key == key))


def in_force(session: Session, keys: Collection[str]) -> dict[str, TemplateVersion]:
    """The saved texts in force of these templates, by key; those that are not there are left out."""
    query = select(Template.key, TemplateVersion).join(
        TemplateVersion, Template.current_version_id == TemplateVersion.id
    )
    return {key: version for key, version in session.execute(query.where(Template.key.in_(keys)))}


MARKS = (
    select(Template.key, TemplateVersion.id, TemplateVersion.saved_at)
    .join(TemplateVersion, Template.current_version_id == TemplateVersion.id)
    .where(Template.key == func.any(bindparam("keys")))
)


def marks(session: Session, keys: Collection[str]) -> dict[str, tuple[int, datetime]]:
    """(version id, moment of saving) of the texts in force: what names a text that never changes."""
    found = ask(session, MARKS, keys=list(keys)) if keys else ()
    return {key: (version_id, saved_at) for key, version_id, saved_at in found}


def all_templates(session: Session) -> list[Template]:
    """The gallery, by kind and name."""
    query = select(Template).where(Template.archived_at.is_(None))
    return list(session.scalars(query.order_by(Template.kind, func.lower(Template.name))))


def versions(session: Session, template_id: int) -> list[TemplateVersion]:
    """All saved texts of a template, the newest first."""
    query = select(TemplateVersion).where(TemplateVersion.template_id == template_id)
    return list(session.scalars(query.order_by(TemplateVersion.number.desc())))


def save(
    session: Session,
    template: Template,
    subject: str,
    mjml: str,
    body: str,
    now: datetime,
    user_id: int | None,
    preview: str = "",
) -> TemplateVersion:
    """Save a template's text as its next version, in force at once."""
    query = select(func.max(TemplateVersion.number)).where(TemplateVersion.template_id == template.id)
    version = TemplateVersion(
        template_id=template.id,
        number=(session.scalar(query) or 0) + 1,
        subject=subject,
        mjml=mjml,
        text=body,
        saved_at=now,
        saved_by=user_id,
        preview=preview,
    )
    session.add(version)
    session.flush()
    template.current_version_id = version.id
    return version


def layouts(session: Session) -> dict[str, str]:
    """Include name (`_layout.mjml`, `_footer.txt`) -> text of the layout templates in force."""
    query = select(Template.key, TemplateVersion.mjml).join(
        TemplateVersion, Template.current_version_id == TemplateVersion.id
    )
    return {key: mjml for key, mjml in session.execute(query.where(Template.kind == "layout"))}


def issues(session: Session, before: int | None = None, limit: int = 50) -> list[Issue]:
    """The latest newsletter issues, without their letters; `before`: older than this one."""
    query = select(Issue).order_by(Issue.id.desc()).limit(limit)
    query = query.options(defer(Issue.mjml), defer(Issue.text), defer(Issue.content))
    return list(session.scalars(query if before is None else query.where(Issue.id < before)))


def subjects(session: Session) -> list[tuple[str, str, str]]:
    """(key, name, subject in force) of every template, archived ones too: sequences may still name them."""
    query = select(Template.key, Template.name, TemplateVersion.subject).outerjoin(
        TemplateVersion, Template.current_version_id == TemplateVersion.id
    )
    return [(key, name, subject or "") for key, name, subject in session.execute(query)]


def choices(session: Session) -> list[tuple[str, str]]:
    """(key, name) of the templates that a sequence may send, by name."""
    query = select(Template.key, Template.name).where(
        Template.archived_at.is_(None), Template.kind.not_in(("layout", "notice"))
    )
    return [(key, name) for key, name in session.execute(query.order_by(func.lower(Template.name)))]


def ids(session: Session) -> dict[str, int]:
    """Template key -> id."""
    return {key: template_id for key, template_id in session.execute(select(Template.key, Template.id))}


def versions_in_force(session: Session) -> dict[int, TemplateVersion]:
    """Template id -> its saved text in force."""
    query = select(Template.id, TemplateVersion).join(
        TemplateVersion, Template.current_version_id == TemplateVersion.id
    )
    return {template_id: version for template_id, version in session.execute(query)}


def due_issues(session: Session, now: datetime) -> list[int]:
    """Issues whose time has come, or that are going out."""
    due = (Issue.state == "sending") | ((Issue.state == "scheduled") & (Issue.scheduled_at <= now))
    return list(session.scalars(select(Issue.id).where(due).order_by(Issue.scheduled_at, Issue.id)))


def locked_issue(session: Session, issue_id: int, *, wait: bool = True) -> Issue | None:
    """An issue's row, locked until the transaction ends; None when another has it and `wait` is False."""
    query = select(Issue).where(Issue.id == issue_id).execution_options(populate_existing=True)
    return session.scalar(query.with_for_update(skip_locked=not wait))
