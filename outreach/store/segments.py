"""Segments: named rules over leads, and who is in them (MISSION: segment)."""

from collections.abc import Callable, Collection
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Numeric,
    and_,
    case,
    cast,
    delete,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from outreach.core.segments import DATE_OPS, DAYS_OPS, NOBODY, Group, Rule, read
from outreach.store import account
from outreach.store.base import Base, Id, Json, Moment
from outreach.store.enrolments import Enrolment
from outreach.store.entries import REACHES
from outreach.store.forms import Form, Submission
from outreach.store.inbox import InboundMail
from outreach.store.leads import Lead, Tag
from outreach.store.links import Hit, Link
from outreach.store.messages import Message
from outreach.store.sequences import SequenceRow
from outreach.store.tasks import Task
from outreach.store.visits import Visit


class Segment(Base):
    """A rule with a name. `rules`: the group as core.segments reads and writes it."""

    __tablename__ = "segments"
    __table_args__ = (Index("uq_segments_name", text("lower(name)"), unique=True),)
    id: Mapped[Id]
    name: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    rules: Mapped[Json]
    created_at: Mapped[Moment]
    watched_since: Mapped[datetime | None]
    """Since when its members are kept because a sequence listens; None = not kept. Rules changed = begun again."""


class Member(Base):
    """A lead that was in a watched segment when it was looked at last."""

    __tablename__ = "segment_members"
    segment_id: Mapped[int] = mapped_column(ForeignKey("segments.id", ondelete="CASCADE"), primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), primary_key=True, index=True)
    since: Mapped[Moment]


def all_segments(session: Session) -> list[Segment]:
    """Every segment, by name."""
    return list(session.scalars(select(Segment).order_by(func.lower(Segment.name))))


def by_name(session: Session, name: str) -> Segment | None:
    """The segment of this name, whatever the letter case."""
    return session.scalar(select(Segment).where(func.lower(Segment.name) == name.strip().lower()))


def locked(session: Session, segment_id: int) -> Segment | None:
    """The segment, for as long as its members are brought up to date; None when somebody else does that."""
    return session.scalar(select(Segment).where(Segment.id == segment_id).with_for_update(skip_locked=True))


def forget_unwatched(session: Session, watched: Collection[int]) -> None:
    """Segments that nobody listens for keep no members."""
    idle = update(Segment).where(Segment.watched_since.is_not(None), Segment.id.not_in(watched))
    for segment_id in session.scalars(idle.values(watched_since=None).returning(Segment.id)).all():
        session.execute(delete(Member).where(Member.segment_id == segment_id))


def named(session: Session, name: str, now: datetime) -> ColumnElement[bool] | None:
    """Which leads are in the segment of this name; nobody when there is none, no test at all for no name."""
    if not name:
        return None
    segment = by_name(session, name)
    return matching(session, read(segment.rules), now) if segment is not None else false()


def matching(session: Session, group: Group, now: datetime) -> ColumnElement[bool]:
    """Which leads match: an expression over `leads`. Whatever people typed is a bound parameter, never SQL. A day is one of
    the account's."""
    return and_(Lead.erased_at.is_(None), _group(group, now.astimezone(account.zone_of(session, ""))))


def count(session: Session, group: Group, now: datetime, most: int = 100_000) -> int:
    """How many leads match; no more than `most` + 1 are counted."""
    some = select(Lead.id).where(matching(session, group, now)).limit(most + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def sample(session: Session, group: Group, now: datetime, limit: int = 5) -> list[Lead]:
    """A few leads that match, the latest activity first."""
    query = select(Lead).where(matching(session, group, now))
    return list(session.scalars(query.order_by(Lead.last_activity_at.desc(), Lead.id.desc()).limit(limit)))


def members_of(
    session: Session, names: Collection[str], lead_ids: Collection[int], now: datetime
) -> dict[int, frozenset[str]]:
    """Lead -> those of these segments (as named here) that the lead is in right now."""
    found: dict[int, set[str]] = {}
    for name in names:
        segment = by_name(session, name)
        if segment is None or not lead_ids:
            continue
        query = select(Lead.id).where(Lead.id.in_(lead_ids), matching(session, read(segment.rules), now))
        for lead_id in session.scalars(query):
            found.setdefault(lead_id, set()).add(name)
    return {lead_id: frozenset(inside) for lead_id, inside in found.items()}


def of_lead(session: Session, lead_id: int, names: Collection[str], now: datetime) -> frozenset[str]:
    """Those of these segments that the lead is in right now."""
    return members_of(session, names, [lead_id], now).get(lead_id, frozenset())


def refresh(session: Session, segment: Segment, now: datetime) -> list[int]:
    """Bring the kept members up to date; the leads that came in since the last time. The first time nobody counts as new."""
    group = matching(session, read(segment.rules), now)
    begun = segment.watched_since is None
    if begun:
        session.execute(delete(Member).where(Member.segment_id == segment.id))
        segment.watched_since = now
    else:
        gone = select(Lead.id).where(Lead.id == Member.lead_id, group).exists()
        session.execute(
            delete(Member).where(Member.segment_id == segment.id, ~gone).execution_options(synchronize_session=False)
        )
    kept = select(Member.lead_id).where(Member.segment_id == segment.id, Member.lead_id == Lead.id).exists()
    new = select(literal(segment.id), Lead.id, literal(now)).where(group, ~kept)
    added = insert(Member).from_select(["segment_id", "lead_id", "since"], new).on_conflict_do_nothing()
    ids = list(session.scalars(added.returning(Member.lead_id)))
    return [] if begun else ids


def _group(group: Group, now: datetime) -> ColumnElement[bool]:
    parts = [_group(part, now) if isinstance(part, Group) else _rule(part, now) for part in group.parts]
    if not parts:
        return false()
    return and_(*parts) if group.match == "all" else or_(*parts)


def _rule(rule: Rule, now: datetime) -> ColumnElement[bool]:
    return _ABOUTS[rule.about](rule, now)


def _negated(rule: Rule) -> bool:
    return rule.op in ("is not", "never", "not within the last", "is not in", "was never in", "does not contain")


def _turned(rule: Rule, found: ColumnElement[bool]) -> ColumnElement[bool]:
    return ~found if _negated(rule) else found


def _tag(rule: Rule, _: datetime) -> ColumnElement[bool]:
    return _turned(rule, exists().where(Tag.lead_id == Lead.id, Tag.tag == rule.value))


def _owner(rule: Rule, _: datetime) -> ColumnElement[bool]:
    if rule.value == NOBODY:
        return _turned(rule, Lead.owner_id.is_(None))
    return _turned(rule, Lead.owner_id.is_not_distinct_from(int(rule.value)))


def _score(rule: Rule, _: datetime) -> ColumnElement[bool]:
    return Lead.score >= int(rule.value) if rule.op == "is at least" else Lead.score <= int(rule.value)


def _words(of: InstrumentedAttribute[str]) -> Callable[[Rule, datetime], ColumnElement[bool]]:
    return lambda rule, _: _text(rule, func.coalesce(of, ""))


def _text(rule: Rule, of: ColumnElement[str]) -> ColumnElement[bool]:
    if rule.op in ("is empty", "is not empty"):
        return of == "" if rule.op == "is empty" else of != ""
    if rule.op in ("contains", "does not contain"):
        return _turned(rule, func.strpos(func.lower(of), func.lower(rule.value)) > 0)
    return _turned(rule, func.lower(of) == func.lower(rule.value))


def _field(rule: Rule, now: datetime) -> ColumnElement[bool]:
    """A lead's own field: text, and a number or ISO date where it looks like one (nothing else is ever cast)."""
    of = func.coalesce(Lead.fields[rule.name].astext, "")
    if rule.op in ("is more than", "is less than"):
        number = case((of.op("~")(r"^-?\d{1,15}(\.\d{1,6})?$"), cast(of, Numeric)), else_=None)
        wanted = Decimal(rule.value)
        return func.coalesce(number > wanted if rule.op == "is more than" else number < wanted, False)
    if rule.op in DATE_OPS or rule.op in DAYS_OPS:
        day = case((of.op("~")(r"^\d{4}-\d\d-\d\d"), func.left(of, 10)), else_=None).collate("C")
        return func.coalesce(and_(*_days(rule, day, now.date())), False)
    return _text(rule, of)


def _days(rule: Rule, day: ColumnElement[str], today: date) -> list[ColumnElement[bool]]:
    if rule.op == "before":
        return [day < rule.value]
    if rule.op == "after":
        return [day > rule.value]
    span = timedelta(days=rule.days)
    first, last = (today, today + span) if rule.op == "within the next" else (today - span, today)
    return [day >= first.isoformat(), day <= last.isoformat()]


def _moment(of: InstrumentedAttribute[datetime]) -> Callable[[Rule, datetime], ColumnElement[bool]]:
    def compared(rule: Rule, now: datetime) -> ColumnElement[bool]:
        if rule.op in DATE_OPS:
            midnight = datetime.combine(rule.day, time(0), now.tzinfo)
            return of < midnight if rule.op == "before" else of >= midnight + timedelta(days=1)
        return _turned(rule, of >= now - timedelta(days=rule.days))

    return compared


def _since(rule: Rule, at: InstrumentedAttribute[Any], now: datetime) -> list[ColumnElement[bool]]:
    return [at >= now - timedelta(days=rule.days)] if rule.op in DAYS_OPS else []


def _clicked(rule: Rule, now: datetime) -> ColumnElement[bool]:
    wanted = [Link.name == rule.name] if rule.name else []
    found = (
        select(Hit.id)
        .join(Link, Link.id == Hit.link_id)
        .join(Message, Message.id == Hit.message_id)
        .where(Message.lead_id == Lead.id, Hit.kind == "click", Hit.verdict == "human", *wanted)
    )
    return _turned(rule, found.where(*_since(rule, Hit.at, now)).exists())


def _visited(rule: Rule, now: datetime) -> ColumnElement[bool]:
    below = rule.name.rstrip("/") + "/"
    wanted = [or_(Visit.path == rule.name, func.starts_with(Visit.path, below))] if rule.name else []
    found = select(Visit.id).where(Visit.lead_id == Lead.id, Visit.verdict == "human", *wanted)
    return _turned(rule, found.where(*_since(rule, Visit.at, now)).exists())


def _replied(rule: Rule, now: datetime) -> ColumnElement[bool]:
    wanted = [InboundMail.sense == rule.name] if rule.name else []
    found = select(InboundMail.id).where(InboundMail.lead_id == Lead.id, InboundMail.class_ == "human", *wanted)
    return _turned(rule, found.where(*_since(rule, InboundMail.received_at, now)).exists())


def _submitted(rule: Rule, now: datetime) -> ColumnElement[bool]:
    found = select(Submission.id).where(Submission.lead_id == Lead.id)
    if rule.name:
        found = found.join(Form, Form.id == Submission.form_id).where(Form.key == rule.name)
    return _turned(rule, found.where(*_since(rule, Submission.at, now)).exists())


def _touched(rule: Rule, now: datetime) -> ColumnElement[bool]:
    wrote = select(Message.id).where(
        Message.lead_id == Lead.id,
        Message.kind == "own",
        Message.sent_at.is_not(None),
        *_since(rule, Message.sent_at, now),
    )
    did = select(Task.id).where(
        Task.lead_id == Lead.id,
        Task.state == "done",
        Task.done_by.is_not(None),
        Task.kind.in_(REACHES),
        *_since(rule, Task.done_at, now),
    )
    return _turned(rule, or_(wrote.exists(), did.exists()))


def _sequence(rule: Rule, _: datetime) -> ColumnElement[bool]:
    found = (
        select(Enrolment.id)
        .join(SequenceRow, SequenceRow.id == Enrolment.sequence_id)
        .where(Enrolment.lead_id == Lead.id, func.lower(SequenceRow.name) == rule.name.lower())
    )
    inside = found if "ever" in rule.op else found.where(Enrolment.ended_at.is_(None))
    return _turned(rule, inside.exists())


def _programme(*classes: str) -> Callable[[Rule, datetime], ColumnElement[bool]]:
    wanted = [Enrolment.class_.in_(classes)] if classes else []

    def inside(rule: Rule, _: datetime) -> ColumnElement[bool]:
        found = exists().where(Enrolment.lead_id == Lead.id, Enrolment.ended_at.is_(None), *wanted)
        return _turned(rule, found)

    return inside


_ABOUTS: dict[str, Callable[[Rule, datetime], ColumnElement[bool]]] = {
    "tag": _tag,
    "stage": lambda rule, _: _turned(rule, Lead.stage == rule.value),
    "score": _score,
    "hot": lambda rule, _: _turned(rule, Lead.hot.is_(True)),
    "owner": _owner,
    "source": _words(Lead.source),
    "country": _words(Lead.country),
    "company": _words(Lead.company),
    "email": _words(Lead.email),
    "name": _words(Lead.name),
    "title": _words(Lead.title),
    "topic": _words(Lead.topic),
    "phone": _words(Lead.phone),
    "zone": _words(Lead.zone),
    "locale": _words(Lead.locale),
    "reach_by": _words(Lead.reach_by),
    "field": _field,
    "created": _moment(Lead.created_at),
    "active": _moment(Lead.last_activity_at),
    "clicked": _clicked,
    "visited": _visited,
    "replied": _replied,
    "submitted": _submitted,
    "touched": _touched,
    "sequence": _sequence,
    "nurture": _programme("nurture"),
    "programme": _programme(),
}
