"""Who is inside a sequence, and who of them moves to another version (V3): one condition, asked as count, page or items."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, insert, literal, select, text, update
from sqlalchemy.orm import Session

from outreach.core.sequences import Sequence, named_variants
from outreach.store import batches
from outreach.store.base import changed
from outreach.store.batches import Item
from outreach.store.enrolments import Enrolment
from outreach.store.leads import Lead

STATES = ("scheduled", "waiting", "paused", "held", "blocked", "failed")
"""Groups of RULES S's states that somebody inside can be in."""


@dataclass(frozen=True)
class Who:
    """V3: who moves. `who`: new (nobody inside), all, or some: by state, by entry, by owner, by hand."""

    who: str = "new"
    states: tuple[str, ...] = ()
    entered_from: datetime | None = None
    entered_before: datetime | None = None
    owners: tuple[int, ...] = ()
    leads: tuple[int, ...] = field(default=())

    @property
    def narrowed(self) -> bool:
        """Whether `some` names anything at all: without it nobody is chosen."""
        return bool(self.states or self.entered_from or self.entered_before or self.owners or self.leads)


def kept(who: Who) -> dict[str, Any]:
    """A choice as plain data."""
    moments = {"entered_from": who.entered_from, "entered_before": who.entered_before}
    lists = {"states": list(who.states), "owners": list(who.owners), "leads": list(who.leads)}
    return {"who": who.who, **lists, **{key: at.isoformat() if at else None for key, at in moments.items()}}


def who_of(data: dict[str, Any]) -> Who:
    """The choice that `kept` wrote."""

    def moment(key: str) -> datetime | None:
        return datetime.fromisoformat(data[key]) if data[key] else None

    return Who(
        data["who"], tuple(data["states"]), moment("entered_from"), moment("entered_before"),
        tuple(data["owners"]), tuple(data["leads"]),
    )  # fmt: skip


def _moves(sequence_id: int, who: Who, besides: int | None) -> list[ColumnElement[bool]]:
    inside = [Enrolment.sequence_id == sequence_id, Enrolment.ended_at.is_(None)]
    if besides is not None:
        inside.append(Enrolment.version_id != besides)
    if who.who == "all":
        return inside
    if who.who != "some" or not who.narrowed:
        return [*inside, literal(False)]
    if who.states:
        inside.append(func.split_part(Enrolment.state, ":", 1).in_(who.states))
    if who.entered_from:
        inside.append(Enrolment.entered_at >= who.entered_from)
    if who.entered_before:
        inside.append(Enrolment.entered_at < who.entered_before)
    if who.leads:
        inside.append(Enrolment.lead_id.in_(who.leads))
    if who.owners:
        owned = select(Lead.id).where(Lead.id == Enrolment.lead_id, Lead.owner_id.in_(who.owners))
        inside.append(owned.exists())
    return inside


def count(session: Session, sequence_id: int, who: Who, besides: int | None = None) -> int:
    """How many move."""
    return session.scalar(select(func.count()).where(*_moves(sequence_id, who, besides))) or 0


def sample(session: Session, sequence_id: int, who: Who, besides: int | None, limit: int) -> list[Enrolment]:
    """Those who move; of more than `limit` an even sample by id, the same at each asking."""
    total = count(session, sequence_id, who, besides)
    every = max(1, -(-total // limit))
    numbered = select(Enrolment.id, func.row_number().over(order_by=Enrolment.id).label("n"))
    picked = numbered.where(*_moves(sequence_id, who, besides)).subquery()
    query = select(Enrolment).join(picked, picked.c.id == Enrolment.id).where(picked.c.n % every == 0)
    return list(session.scalars(query.order_by(Enrolment.id)))


def by_group(session: Session, sequence_id: int) -> dict[str, int]:
    """First word of the state -> leads inside."""
    group = func.split_part(Enrolment.state, ":", 1)
    inside = (Enrolment.sequence_id == sequence_id, Enrolment.ended_at.is_(None))
    return {
        name: number for name, number in session.execute(select(group, func.count()).where(*inside).group_by(group))
    }


def by_owner(session: Session, sequence_id: int) -> dict[int | None, int]:
    """Owner -> leads inside."""
    inside = (Enrolment.sequence_id == sequence_id, Enrolment.ended_at.is_(None))
    query = select(Lead.owner_id, func.count()).join(Enrolment, Lead.id == Enrolment.lead_id).where(*inside)
    return {owner: number for owner, number in session.execute(query.group_by(Lead.owner_id))}


def line_up(session: Session, batch_id: int, sequence_id: int, who: Who, besides: int) -> int:
    """An item for each who moves, in one statement; how many."""
    chosen = select(literal(batch_id), Enrolment.lead_id, Enrolment.id, literal("waiting"), literal(""))
    return _items(session, batch_id, chosen.where(*_moves(sequence_id, who, besides)).order_by(Enrolment.id))


def line_up_paused(session: Session, batch_id: int, scope: str, subject_id: int | None) -> int:
    """An item for each running enrolment that a pause of this scope binds, in one statement; how many.

    For everything: those that are frozen, to go on when it is lifted.
    """
    chosen = select(literal(batch_id), Enrolment.lead_id, Enrolment.id, literal("waiting"), literal(""))
    return _items(session, batch_id, chosen.where(*_bound(scope, subject_id)).order_by(Enrolment.id))


def count_bound(session: Session, scope: str, subject_id: int | None) -> int:
    """How many running enrolments a pause of this scope binds."""
    return session.scalar(select(func.count()).where(*_bound(scope, subject_id))) or 0


def bound_ids(session: Session, scope: str, subject_id: int | None, limit: int) -> list[tuple[int, int]]:
    """(lead, enrolment) of those, at most so many."""
    query = select(Enrolment.lead_id, Enrolment.id).where(*_bound(scope, subject_id)).order_by(Enrolment.id)
    return [(lead_id, number) for lead_id, number in session.execute(query.limit(limit))]


def _bound(scope: str, subject_id: int | None) -> list[ColumnElement[bool]]:
    running = Enrolment.ended_at.is_(None)
    if scope == "everything":
        return [running, Enrolment.memory.has_key("frozen")]
    if scope == "rep":
        owned = select(Lead.id).where(Lead.id == Enrolment.lead_id, Lead.owner_id == subject_id)
        return [running, owned.exists()]
    column: Any = {"lead": Enrolment.lead_id, "sequence": Enrolment.sequence_id, "enrolment": Enrolment.id}[scope]
    return [running, column == subject_id]


def _items(session: Session, batch_id: int, chosen: Any) -> int:
    session.execute(insert(Item).from_select(("batch_id", "lead_id", "enrolment_id", "state", "text"), chosen))
    return batches.count(session, batch_id)


def point_to(session: Session, version_ids: Collection[int], version_id: int, limit: int) -> int:
    """V2: enrolments of these versions point to another that differs in texts alone; those in use are left out.

    At most `limit`; the others take its texts all the same.
    """
    free = select(Enrolment.id).where(Enrolment.version_id.in_(version_ids), Enrolment.ended_at.is_(None))
    free = free.limit(limit).with_for_update(skip_locked=True)
    moved = update(Enrolment).where(Enrolment.id.in_(free)).values(version_id=version_id)
    return changed(session, moved)


REWORD = text("""
UPDATE messages m SET subject = :subject, body = :body, text_version_id = :version,
  extra = m.extra || jsonb_build_object('template', CAST(:template AS text), 'fallback_subject', CAST(:alone AS text))
FROM enrolments e WHERE e.id = m.enrolment_id AND e.sequence_id = :sequence AND m.state = 'queued'
  AND m.kind = 'step' AND m.step_key = :step AND m.variant = :name
""")


def reword(session: Session, sequence_id: int, version_id: int, edited: Sequence) -> None:
    """V2: letters in the queue, which nobody has begun, take the words of this version."""
    waiting = set(session.scalars(QUEUED, {"sequence": sequence_id}))
    for step in edited.every_step():
        if not step.is_mail or step.id not in waiting:
            continue
        for name, variant in named_variants(step.mail):
            words = {"subject": variant.subject or "", "body": variant.body or "", "template": variant.template}
            where = {"sequence": sequence_id, "step": step.id, "name": name, "version": version_id}
            session.execute(REWORD, {**words, **where, "alone": step.mail.fallback_subject})


QUEUED = text("""
SELECT DISTINCT m.step_key FROM messages m JOIN enrolments e ON e.id = m.enrolment_id
WHERE m.state = 'queued' AND m.kind = 'step' AND e.sequence_id = :sequence
""")
