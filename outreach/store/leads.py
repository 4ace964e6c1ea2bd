"""Leads: the people we follow up, with their addresses, tags and companies."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Computed,
    ForeignKey,
    Index,
    and_,
    bindparam,
    delete,
    false,
    func,
    inspect,
    literal,
    literal_column,
    or_,
    select,
    text,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from outreach.core import pipeline
from outreach.store.base import Base, Id, Json, Moment, ask

SEARCH = (
    "to_tsvector('simple', coalesce(name,'') || ' ' || coalesce(company,'') || ' ' || coalesce(email,'') || ' ' || "
    "replace(replace(coalesce(email,''),'@',' '),'.',' ') || ' ' || coalesce(phone,''))"
)

DIGITS = re.compile(r"[^0-9+]")
"""What people write in a telephone number beside the number."""
PHONE_DIGITS = f"regexp_replace(phone, '{DIGITS.pattern}', '', 'g')"


UNCONFIRMED = "unconfirmed"
"""Nothing automatic goes to an address in this state."""


class Lead(Base):
    """A person. `email` is normalised (lower case); empty only for a lead without an address."""

    __tablename__ = "leads"
    __table_args__ = (
        Index("uq_leads_email", text("lower(email)"), unique=True, postgresql_where=text("email <> ''")),
        Index("ix_leads_search", "search", postgresql_using="gin"),
        Index("ix_leads_owner_stage", "owner_id", "stage"),
        Index("ix_leads_last_activity", text("last_activity_at DESC"), text("id DESC")),
        Index(
            "ix_leads_stage_activity",
            "stage",
            text("last_activity_at DESC"),
            text("id DESC"),
            postgresql_where=text("erased_at IS NULL"),
        ),
        Index(
            "ix_leads_owner_activity",
            "owner_id",
            text("last_activity_at DESC"),
            text("id DESC"),
            postgresql_where=text("erased_at IS NULL"),
        ),
        Index("ix_leads_domain", text("lower(split_part(email, '@', 2))"), postgresql_where=text("email <> ''")),
        Index("ix_leads_phone_digits", text(PHONE_DIGITS), postgresql_where=text("phone <> ''")),
        Index("ix_leads_company", text("lower(company)"), postgresql_where=text("company <> ''")),
    )
    id: Mapped[Id]
    email: Mapped[str] = mapped_column(default="")
    name: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    phone_bad: Mapped[bool] = mapped_column(default=False)
    company: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    topic: Mapped[str] = mapped_column(default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    stage: Mapped[str] = mapped_column(default="new")
    """new | contacted | replied | interview | won | nurture | lost | archived (core/pipeline)."""
    address_state: Mapped[str] = mapped_column(default="ok")
    """ok | dead | unconfirmed (a form asks new addresses to confirm themselves; until then nothing automatic goes there)."""
    zone: Mapped[str] = mapped_column(default="")
    zone_source: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    region: Mapped[str] = mapped_column(default="")
    locale: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    reach_by: Mapped[str] = mapped_column(default="")
    best_time: Mapped[str] = mapped_column(default="")
    score: Mapped[int] = mapped_column(default=0)
    score_bonus: Mapped[int] = mapped_column(server_default="0", default=0)
    """Points that a person gave by hand; part of `score`."""
    hot: Mapped[bool] = mapped_column(default=False)
    do_not_contact: Mapped[bool] = mapped_column(default=False)
    fields: Mapped[Json]
    created_at: Mapped[Moment]
    last_activity_at: Mapped[Moment]
    answered_at: Mapped[datetime | None]
    """First human attempt after the latest request: stops the speed-to-lead clock."""
    erased_at: Mapped[datetime | None]
    search: Mapped[Any] = mapped_column(TSVECTOR, Computed(SEARCH, persisted=True), deferred=True)


class Alias(Base):
    """Another address of a lead."""

    __tablename__ = "lead_aliases"
    email: Mapped[str] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), index=True)


class Tag(Base):
    """A word put on a lead."""

    __tablename__ = "lead_tags"
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True, index=True)


def normalised(email: str) -> str:
    """An address as it is kept: trimmed and in lower case."""
    return email.strip().lower()


BY_EMAIL = select(Lead).where(
    or_(
        and_(func.lower(Lead.email) == bindparam("address"), Lead.email != ""),
        Lead.id == select(Alias.lead_id).where(Alias.email == bindparam("address")).scalar_subquery(),
    )
)

BY_PHONE = (
    select(Lead)
    .where(literal_column(PHONE_DIGITS) == bindparam("digits"), Lead.phone != "", Lead.erased_at.is_(None))
    .order_by(Lead.id)
    .limit(1)
)


def by_email(session: Session, email: str) -> Lead | None:
    """The lead with this address, or with it as an alias."""
    address = normalised(email)
    if not address:
        return None
    found = session.scalars(BY_EMAIL, {"address": address}).all()
    return min(found, key=lambda lead: lead.email.lower() != address, default=None)


def by_phone(session: Session, phone: str) -> Lead | None:
    """The first lead with this number, however it was written down."""
    digits = DIGITS.sub("", phone)
    return session.scalar(BY_PHONE, {"digits": digits}) if digits else None


def at_domain(session: Session, domain: str, limit: int) -> list[Lead]:
    """Leads whose address is at this domain, the latest first."""
    place = func.lower(func.split_part(Lead.email, "@", 2))
    query = select(Lead).where(place == domain, Lead.email != "", Lead.erased_at.is_(None))
    return list(session.scalars(query.order_by(Lead.id.desc()).limit(limit)))


def blank(email: str, source: str, now: datetime) -> Lead:
    """A lead of whom only this is known, in no session: to be filled in, then inserted."""
    plain = {
        each.key: each.columns[0].default.arg
        for each in inspect(Lead).column_attrs
        if isinstance(each.columns[0].default, ScalarElementColumnDefault)
    }
    made = {"email": normalised(email), "source": source, "created_at": now, "last_activity_at": now, "fields": {}}
    return Lead(**plain | made)


def insert(session: Session, lead: Lead) -> Lead | None:
    """The row of a lead made by `blank`, locked as every new row is; None when somebody made one with its address at
    the same moment."""
    values = {each.key: vars(lead)[each.key] for each in inspect(Lead).column_attrs if each.key in vars(lead)}
    return session.scalar(pg_insert(Lead).values(values).on_conflict_do_nothing().returning(Lead))


def insert_new(session: Session, email: str, source: str, now: datetime) -> Lead | None:
    """A new lead of whom only this is known; None when somebody made one with this address at the same moment."""
    return insert(session, blank(email, source, now))


def must_by_email(session: Session, email: str) -> Lead:
    """The lead that is known to have this address."""
    lead = by_email(session, email)
    assert lead is not None, f"no lead has the address {email}"
    return lead


def locked(session: Session, lead_id: int, *, wait: bool = True) -> Lead | None:
    """The lead's row, locked until the transaction ends; without `wait` None when somebody else holds it.

    Whoever changes a lead's enrolments, tasks or letters locks the lead first, so that no two wait for each other.
    The lock leaves foreign-key checks free (FOR NO KEY UPDATE).
    """
    query = select(Lead).where(Lead.id == lead_id).execution_options(populate_existing=True)
    return session.scalar(query.with_for_update(key_share=True, skip_locked=not wait))


def scores_locked(session: Session, lead_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Lead -> (score, points given by hand), locked in order of their ids until the transaction ends."""
    query = select(Lead.id, Lead.score, Lead.score_bonus).where(Lead.id.in_(lead_ids), Lead.erased_at.is_(None))
    rows = session.execute(query.order_by(Lead.id).with_for_update(key_share=True))
    return {lead_id: (score, bonus) for lead_id, score, bonus in rows}


def set_scores(session: Session, scores: Mapping[int, int]) -> None:
    """Write scores by lead."""
    if scores:
        session.execute(update(Lead), [{"id": lead_id, "score": score} for lead_id, score in scores.items()])


def scored_after(session: Session, lead_id: int, limit: int) -> list[int]:
    """Ids of the next leads that have a score."""
    query = select(Lead.id).where(Lead.id > lead_id, Lead.score != 0).order_by(Lead.id).limit(limit)
    return list(session.scalars(query))


def tags_of(session: Session, lead_id: int) -> frozenset[str]:
    """The lead's tags."""
    return frozenset(session.scalars(select(Tag.tag).where(Tag.lead_id == lead_id)))


def add_tag(session: Session, lead_id: int, tag: str) -> None:
    """Put a tag on a lead; twice is once."""
    session.merge(Tag(lead_id=lead_id, tag=tag))


def remove_tag(session: Session, lead_id: int, tag: str) -> None:
    """Take a tag off a lead."""
    session.execute(delete(Tag).where(Tag.lead_id == lead_id, Tag.tag == tag))


def by_ids(session: Session, ids: Iterable[int]) -> dict[int, Lead]:
    """Leads by id."""
    return {lead.id: lead for lead in session.scalars(select(Lead).where(Lead.id == func.any(list(ids))))}


def read(session: Session, ids: Iterable[int]) -> dict[int, Lead]:
    """Leads to read and not to change, by id: plain rows, for what is asked with every letter (see `ask`)."""
    return {row.id: cast("Lead", row) for row in ask(session, READ, ids=list(ids))}


READ = select(*(column for column in Lead.__table__.c if column.name != "search")).where(
    Lead.id == func.any(bindparam("ids"))
)


def tags_by_lead(session: Session, ids: Iterable[int]) -> dict[int, list[str]]:
    """The tags of many leads at once."""
    found: dict[int, list[str]] = {}
    query = select(Tag.lead_id, Tag.tag).where(Tag.lead_id == func.any(list(ids))).order_by(Tag.tag)
    for lead_id, tag in session.execute(query):
        found.setdefault(lead_id, []).append(tag)
    return found


def all_tags(session: Session) -> list[str]:
    """Every tag in use: from one to the next in the index, however many leads have it."""
    first = select(func.min(Tag.tag).label("tag")).cte("used", recursive=True)
    after = select(func.min(Tag.tag)).where(Tag.tag > first.c.tag).scalar_subquery()
    used = first.union_all(select(after).where(first.c.tag.is_not(None)))
    return list(session.scalars(select(used.c.tag).where(used.c.tag.is_not(None)).order_by(used.c.tag)))


def prefix_query(words: str) -> str:
    """A `to_tsquery` text that finds all words by their beginnings."""
    cleaned = ["".join(c for c in word if c.isalnum()) for word in words.replace("@", " ").replace(".", " ").split()]
    return " & ".join(f"{word}:*" for word in cleaned if word)


IN_STATE = {
    "in a sequence": "EXISTS (SELECT 1 FROM enrolments e WHERE e.lead_id = leads.id AND e.ended_at IS NULL"
    " AND e.class <> 'nurture')",
    "in nurture": "EXISTS (SELECT 1 FROM enrolments e WHERE e.lead_id = leads.id AND e.ended_at IS NULL"
    " AND e.class = 'nurture')",
    "in nothing": "NOT EXISTS (SELECT 1 FROM enrolments e WHERE e.lead_id = leads.id AND e.ended_at IS NULL)",
    "paused": "EXISTS (SELECT 1 FROM enrolments e WHERE e.lead_id = leads.id AND e.ended_at IS NULL"
    " AND e.state LIKE 'paused%')",
    "blocked": "EXISTS (SELECT 1 FROM enrolments e WHERE e.lead_id = leads.id AND e.ended_at IS NULL"
    " AND (e.state LIKE 'blocked%' OR e.state LIKE 'failed%'))",
    "never contacted": "leads.answered_at IS NULL AND leads.stage = 'new'",
    "not to be contacted": "(leads.do_not_contact OR EXISTS (SELECT 1 FROM suppressions s WHERE s.email = leads.email))",
}
"""What a lead may be asked for by, beside its stage."""


def _in_state(state: str) -> ColumnElement[bool]:
    return literal_column(IN_STATE[state], Boolean) if state in IN_STATE else false()


def found_by(
    *,
    words: str = "",
    stage: str = "",
    owner_id: int | None = None,
    tag: str = "",
    state: str = "",
    also: ColumnElement[bool] | None = None,
) -> list[ColumnElement[bool]]:
    """What the filters of the list of leads ask for; one place for the page, the file and work on all of them.

    `also`: a test of its own beside them, such as a segment's.
    """
    asked: list[ColumnElement[bool]] = [Lead.erased_at.is_(None)]
    if words and (prefixes := prefix_query(words)):
        asked.append(Lead.search.op("@@")(func.to_tsquery("simple", prefixes)))
    if stage:
        asked.append(Lead.stage == stage)
    if owner_id is not None:
        asked.append(Lead.owner_id == owner_id)
    if tag:
        asked.append(Lead.id.in_(select(Tag.lead_id).where(Tag.tag == tag)))
    if state:
        asked.append(_in_state(state))
    if also is not None:
        asked.append(also)
    return asked


WALKED = ("in nothing",)
"""States that no index finds: the list is walked for them, `FARTHEST` leads at a time."""
FARTHEST = 50_000
FEW = 2000
"""Leads that a search may find before the page is rather read in its own order."""
MOST_COUNTED = 10_000


def page(
    session: Session,
    *,
    words: str = "",
    stage: str = "",
    owner_id: int | None = None,
    tag: str = "",
    state: str = "",
    also: ColumnElement[bool] | None = None,
    before: tuple[datetime, int] | None = None,
    until: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> list[Lead]:
    """A page of leads, the latest activity first; the next page starts before (last_activity_at, id), and none is older
    than `until`."""
    query = select(Lead).where(*found_by(words=words, stage=stage, owner_id=owner_id, tag=tag, state=state, also=also))
    if before:
        query = query.where(tuple_(Lead.last_activity_at, Lead.id) < tuple_(*before))
    if until:
        query = query.where(tuple_(Lead.last_activity_at, Lead.id) >= tuple_(*until))
    query = query.order_by(Lead.last_activity_at.desc(), Lead.id.desc()).limit(limit)
    if not prefix_query(words):
        return list(session.scalars(query))
    few = _few_with(session, words)
    if few is not None:
        return list(session.scalars(query.where(Lead.id == func.any(few))))
    # Many have these words: a walk in the order of the page meets enough of them at once, while the index of words
    # would first fetch and sort them all.
    session.execute(text("SET LOCAL enable_bitmapscan = off"))
    found = list(session.scalars(query))
    session.execute(text("SET LOCAL enable_bitmapscan = on"))
    return found


def farthest(session: Session, state: str, before: tuple[datetime, int] | None) -> tuple[datetime, int] | None:
    """How far back one page looks for leads in a state that is walked for; None = to the end."""
    if state not in WALKED:
        return None
    query = select(Lead.last_activity_at, Lead.id).where(Lead.erased_at.is_(None))
    if before:
        query = query.where(tuple_(Lead.last_activity_at, Lead.id) < tuple_(*before))
    query = query.order_by(Lead.last_activity_at.desc(), Lead.id.desc()).offset(FARTHEST).limit(1)
    found = session.execute(query).first()
    return (found[0], found[1]) if found else None


def _few_with(session: Session, words: str) -> list[int] | None:
    """The ids of the leads with these words; None when they are more than FEW."""
    query = select(Lead.id).where(*found_by(words=words)).limit(FEW + 1)
    found = list(session.scalars(query))
    return found if len(found) <= FEW else None


def count_by_stage(session: Session, most: int = MOST_COUNTED) -> dict[str, int]:
    """How many leads stand at each stage; counted no further than `most` and one more."""
    known = [Lead.erased_at.is_(None)]
    counts = [
        select(literal(stage), select(func.count()).select_from(
            select(Lead.id).where(*known, Lead.stage == stage).limit(most + 1).subquery()
        ).scalar_subquery())
        for stage in pipeline.STAGES
    ]  # fmt: skip
    return {stage: count for stage, count in session.execute(union_all(*counts)) if count}
