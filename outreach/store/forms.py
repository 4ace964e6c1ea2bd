"""Forms and their submissions."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, bindparam, false, func, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.base import Base, Id, Json, JsonList, Moment, changed
from outreach.store.leads import Lead


class Form(Base):
    """A form that strangers fill in. `fields` is a list of
    {key, label, kind: text|email|tel|select|textarea|date|checkbox|radio, required, options: [{value, label,
    paragraph, question, material_title, material_url}], help}."""

    __tablename__ = "forms"
    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    intro: Mapped[str] = mapped_column(default="")
    fields: Mapped[JsonList]
    consent_text: Mapped[str] = mapped_column(default="")
    button: Mapped[str] = mapped_column(default="Send")
    thanks: Mapped[str] = mapped_column(default="")
    sequence_id: Mapped[int | None] = mapped_column(ForeignKey("sequences.id", ondelete="SET NULL"))
    letter: Mapped[str] = mapped_column(default="")
    """Template key of the answer when the form enrols nowhere."""
    active: Mapped[bool] = mapped_column(default=True)
    confirm: Mapped[bool] = mapped_column(server_default=false(), default=False)
    """MAIL L4: whose address is new is asked to confirm it before anything else is sent there."""
    confirm_days: Mapped[int] = mapped_column(server_default="7", default=7)
    stopped_at: Mapped[datetime | None]
    """MAIL L4: since when its automatic answers stand still, for a burst of requests; requests are taken all the same."""
    burst_known_until: Mapped[datetime | None]
    """Until then a person has said that many requests are usual."""
    created_at: Mapped[Moment]


class Submission(Base):
    """What somebody sent us: a form post, or what a person noted (call, card, walk-in), or a stranger's mail."""

    __tablename__ = "submissions"
    __table_args__ = (
        UniqueConstraint("form_id", "fingerprint", postgresql_nulls_not_distinct=True),
        Index("ix_submissions_lead_id_at", "lead_id", "at"),
        Index("ix_submissions_form_id_at", "form_id", "at"),
    )
    id: Mapped[Id]
    form_id: Mapped[int | None] = mapped_column(ForeignKey("forms.id", ondelete="SET NULL"))
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    fingerprint: Mapped[str]
    source: Mapped[str] = mapped_column(default="form")
    """form | call | card | walk-in | mail | import."""
    state: Mapped[str] = mapped_column(default="open")
    """open | archived."""
    answers: Mapped[Json]
    context: Mapped[Json]
    """zone, locale, referrer, utm, agent, ip, consent wording."""
    at: Mapped[Moment]
    first_human_at: Mapped[datetime | None]


BY_KEY = select(Form).where(Form.key == bindparam("key"))
_SAME = select(Submission).where(Submission.fingerprint == func.any(bindparam("marks")))
_SAME = _SAME.order_by(Submission.at.desc()).limit(1)
SAME_OF_FORM = _SAME.where(Submission.form_id == bindparam("form"))
SAME_NOTED = _SAME.where(Submission.form_id.is_(None))
"""Two questions, since no index answers IS NOT DISTINCT FROM."""


def stop_answers(session: Session, form_id: int, now: datetime) -> bool:
    """The automatic answers of a form stop; False when they had already."""
    stops = update(Form).where(Form.id == form_id, Form.stopped_at.is_(None)).values(stopped_at=now)
    return bool(changed(session, stops))


def stopped(session: Session) -> list[Form]:
    """Forms whose automatic answers stand still."""
    return list(session.scalars(select(Form).where(Form.stopped_at.is_not(None)).order_by(Form.id)))


def by_key(session: Session, key: str) -> Form | None:
    """The form at /f/<key>."""
    return session.scalar(BY_KEY, {"key": key})


def all_forms(session: Session) -> list[Form]:
    """Every form, by name."""
    return list(session.scalars(select(Form).order_by(Form.name, Form.id)))


def submissions(session: Session, form_id: int, limit: int = 50) -> list[Submission]:
    """A form's latest submissions."""
    query = select(Submission).where(Submission.form_id == form_id).order_by(Submission.at.desc(), Submission.id.desc())
    return list(session.scalars(query.limit(limit)))


def submissions_of(session: Session, lead_id: int) -> list[Submission]:
    """A lead's submissions, the latest first."""
    query = select(Submission).where(Submission.lead_id == lead_id)
    return list(session.scalars(query.order_by(Submission.at.desc(), Submission.id.desc())))


@dataclass(frozen=True, slots=True)
class Asked:
    """When a lead asked for something, by which form."""

    form_id: int | None
    at: datetime


def latest_of(session: Session, lead_ids: Collection[int]) -> dict[int, Asked]:
    """The latest submission of each of these leads."""
    query = (
        select(Submission.lead_id, Submission.form_id, Submission.at)
        .ext(distinct_on(Submission.lead_id))
        .where(Submission.lead_id == func.any(list(lead_ids)))
        .order_by(Submission.lead_id, Submission.at.desc(), Submission.id.desc())
    )
    return {lead_id: Asked(form_id, at) for lead_id, form_id, at in session.execute(query)}


def submitted_of(session: Session, lead_ids: Collection[int]) -> dict[int, dict[str, datetime]]:
    """Lead -> keys of the forms that they filled in, each with the last time."""
    query = select(Submission.lead_id, Form.key, func.max(Submission.at)).join(Form, Form.id == Submission.form_id)
    found: dict[int, dict[str, datetime]] = {}
    for lead_id, key, at in session.execute(
        query.where(Submission.lead_id.in_(lead_ids)).group_by(Submission.lead_id, Form.key)
    ):
        found.setdefault(lead_id, {})[key] = at
    return found


def by_ids(session: Session, ids: Iterable[int]) -> dict[int, Submission]:
    """Submissions by id."""
    return {one.id: one for one in session.scalars(select(Submission).where(Submission.id.in_(set(ids))))}


def forms_by_ids(session: Session, ids: Collection[int]) -> dict[int, Form]:
    """Forms by id."""
    if len(ids) == 1:  # mostly at hand already
        one = session.get(Form, next(iter(ids)))
        return {one.id: one} if one else {}
    found = session.scalars(select(Form).where(Form.id == func.any(list(ids)))) if ids else ()
    return {form.id: form for form in found}


def first_answers(
    session: Session, owner_id: int | None, since: datetime
) -> list[tuple[int | None, datetime, datetime]]:
    """Owner, moment of asking and moment of the first human attempt, since then (one owner's leads, or all)."""
    query = select(Lead.owner_id, Submission.at, Submission.first_human_at).join(Lead, Lead.id == Submission.lead_id)
    query = query.where(Submission.first_human_at.is_not(None), Submission.at >= since)
    rows = session.execute(query.where(Lead.owner_id == owner_id) if owner_id else query)
    return [(owner, asked, answered) for owner, asked, answered in rows if answered]


def stop_clocks(session: Session, lead_id: int, at: datetime) -> None:
    """A person tried to reach the lead: the speed-to-lead clock of what they asked stops."""
    waiting = (Submission.lead_id == lead_id, Submission.first_human_at.is_(None))
    session.execute(update(Submission).where(*waiting).values(first_human_at=at))


def same(session: Session, form_id: int | None, fingerprints: Collection[str]) -> Submission | None:
    """The latest submission that a double click would repeat."""
    if form_id is None:
        return session.scalar(SAME_NOTED, {"marks": list(fingerprints)})
    return session.scalar(SAME_OF_FORM, {"form": form_id, "marks": list(fingerprints)})


def set_state(session: Session, lead_id: int, state: str) -> None:
    """Archive or reopen a lead's submissions."""
    session.execute(update(Submission).where(Submission.lead_id == lead_id).values(state=state))


def counts(session: Session) -> dict[int, int]:
    """Submissions per form."""
    rows = session.execute(select(Submission.form_id, func.count()).group_by(Submission.form_id))
    return {form_id: count for form_id, count in rows if form_id is not None}


def option(form: Form | None, field: str, value: Any) -> dict[str, Any]:
    """The option of a select field that has this value, or {}."""
    for one in form.fields if form else []:
        if one.get("key") == field:
            return next((o for o in one.get("options", []) if o.get("value") == value), {})
    return {}


def starting(session: Session, sequence_id: int) -> list[Form]:
    """The active forms that start a sequence, by name."""
    return list(session.scalars(select(Form).where(Form.sequence_id == sequence_id, Form.active).order_by(Form.name)))


def latest_by_source(session: Session, lead_ids: Collection[int]) -> list[tuple[int, str, datetime]]:
    """(lead, source, moment) of the latest request from each source."""
    query = select(Submission.lead_id, Submission.source, func.max(Submission.at)).where(
        Submission.lead_id == func.any(list(lead_ids))
    )
    rows = session.execute(query.group_by(Submission.lead_id, Submission.source))
    return [(lead_id, source, at) for lead_id, source, at in rows]
