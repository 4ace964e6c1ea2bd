"""Happenings: what leads do and what becomes true of them, kept until somebody has looked at what follows (M2).

A row is written in the same transaction as the change itself: for tags, stages and replies by triggers of the
database, so that no way of changing them can be forgotten; for clicks, visits, scores, segments and dates by the journey.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ForeignKey, Index, bindparam, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.base import Base, Id, Json, Moment, ask

MOST_TRIES = 5
GIVEN_UP = f"tries >= {MOST_TRIES}"
"""Could not be handled: the watchdog lists it for as long as the row is kept."""
DATES = "dates"
"""The look at leads' own dates."""
REAL_NOW = func.clock_timestamp()
KEPT = timedelta(days=30)
"""Real time for which handled rows are kept; those with a key stay, because the key is what makes them happen once."""


class Happening(Base):
    """Something that may let a lead enter a sequence, or that a running one reacts to.

    `kind`: form, segment, tag, stage, clicked, visited, replied, score, date, import, api, nurture_return.
    `name`: the form's key, the tag, the link's name, the path, the reply's sense ...
    """

    __tablename__ = "happenings"
    __table_args__ = (
        Index("ix_happenings_open", "look_at", "id", postgresql_where=text("handled_at IS NULL")),
        Index("ix_happenings_lead_id", "lead_id"),
        Index("ix_happenings_given_up", "id", postgresql_where=text(GIVEN_UP)),
    )
    id: Mapped[Id]
    at: Mapped[Moment]
    kind: Mapped[str]
    name: Mapped[str] = mapped_column(server_default="", default="")
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    key: Mapped[str | None] = mapped_column(unique=True)
    """What happens once only, such as a date: the second row with this key is none."""
    data: Mapped[Json]
    tries: Mapped[int] = mapped_column(server_default="0", default=0)
    error: Mapped[str] = mapped_column(server_default="", default="")
    look_at: Mapped[datetime] = mapped_column(server_default=func.now())
    """Real time from which it may be handled; moves on when handling it failed."""
    handled_at: Mapped[datetime | None]


class WaitingEntry(Base):
    """M7: a lead that enters a sequence as soon as fewer of its company are followed up."""

    __tablename__ = "waiting_entries"
    __table_args__ = (Index("uq_waiting_entries_lead_sequence", "lead_id", "sequence_id", unique=True),)
    id: Mapped[Id]
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    sequence_id: Mapped[int] = mapped_column(ForeignKey("sequences.id", ondelete="CASCADE"))
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submissions.id", ondelete="SET NULL"))
    since: Mapped[Moment]
    look_at: Mapped[Moment]


class Look(Base):
    """When something that is looked at from time to time was looked at last (`at` business time)."""

    __tablename__ = "looks"
    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[Moment]
    next_at: Mapped[datetime | None]
    """Business time at which it will have something to do, where that is known."""


NOTE = (
    insert(Happening)
    .values({name: bindparam(name) for name in ("at", "kind", "name", "lead_id", "key", "data")})
    .on_conflict_do_nothing(index_elements=["key"])
)


def note(
    session: Session,
    at: datetime,
    kind: str,
    name: str,
    lead_id: int,
    *,
    key: str | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """Keep that it happened; with a `key`, once."""
    row = {"at": at, "kind": kind, "name": name[:500], "lead_id": lead_id, "key": key, "data": data or {}}
    ask(session, NOTE, **row)


def note_all(session: Session, rows: list[dict[str, Any]]) -> None:
    """Keep many at once: dicts of at, kind, name, lead_id, key."""
    if rows:
        session.execute(insert(Happening).on_conflict_do_nothing(index_elements=["key"]), rows)


def open_ids(session: Session, limit: int) -> list[int]:
    """Ids of what nobody has handled, the oldest first."""
    query = select(Happening.id).where(Happening.handled_at.is_(None), Happening.look_at <= func.now())
    return list(session.scalars(query.order_by(Happening.look_at, Happening.id).limit(limit)))


def any_open(session: Session) -> bool:
    """Whether something waits to be handled."""
    return bool(open_ids(session, 1))


def leads_of(session: Session, ids: Collection[int]) -> list[int]:
    """The leads that these happened to."""
    return list(session.scalars(select(Happening.lead_id).where(Happening.id.in_(ids)).distinct()))


class Open(NamedTuple):
    """What happened to a lead, as a row that nobody has handled says it."""

    id: int
    lead_id: int
    kind: str
    name: str
    data: dict[str, Any]


def still_open(session: Session, ids: Collection[int]) -> list[Open]:
    """Those that nobody has handled, in order."""
    query = select(Happening.id, Happening.lead_id, Happening.kind, Happening.name, Happening.data)
    query = query.where(Happening.id == func.any(list(ids)), Happening.handled_at.is_(None))
    return [Open(*row) for row in session.execute(query.order_by(Happening.id))]


def drop_unheard(
    session: Session, heard: Iterable[tuple[str, str]], kinds: Iterable[str], ids: Collection[int]
) -> None:
    """Mark as handled, of these, what nobody listens for: neither its kind as a whole nor this kind and name.

    A name of "" listens for every name of the kind.
    """
    pairs = set(heard)
    whole = {*kinds, *(kind for kind, name in pairs if not name)}
    named = [f"{kind}\x1f{name}" for kind, name in pairs if name]
    loud = Happening.kind.in_(whole) | (Happening.kind + "\x1f" + Happening.name).in_(named)
    drop(session, ids, ~loud)


def drop(session: Session, ids: Collection[int], *conditions: ColumnElement[bool]) -> None:
    """Mark these as handled; those that somebody else holds are left to them."""
    wanted = select(Happening.id).where(
        Happening.id == func.any(list(ids)), Happening.handled_at.is_(None), *conditions
    )
    free = wanted.order_by(Happening.id).with_for_update(skip_locked=True)
    done = update(Happening).where(Happening.id.in_(free)).values(handled_at=REAL_NOW)
    session.execute(done.execution_options(synchronize_session=False))


def lock_open(session: Session, happening_id: int) -> Happening | None:
    """The row, if it is still open and nobody else holds it."""
    query = select(Happening).where(Happening.id == happening_id, Happening.handled_at.is_(None))
    return session.scalar(query.with_for_update(skip_locked=True))


def failed(session: Session, happening_id: int, error: str) -> None:
    """Handling it raised: look again later, at most MOST_TRIES times; then it is given up, and listed."""
    row = session.get(Happening, happening_id)
    if row is None:
        return
    row.tries, row.error = row.tries + 1, error[:500]
    real_now = session.execute(select(REAL_NOW)).scalar_one()
    row.look_at = real_now + timedelta(seconds=30 * 4**row.tries)
    if row.tries >= MOST_TRIES:
        row.handled_at = real_now


def prune(session: Session) -> int:
    """Forget handled rows that are old; how many."""
    old = delete(Happening).where(Happening.key.is_(None), Happening.handled_at < func.now() - KEPT)
    return len(session.scalars(old.returning(Happening.id)).all())


def looked(session: Session, name: str) -> Look | None:
    """When it was looked at last."""
    return session.get(Look, name, populate_existing=True)


def set_looked(session: Session, name: str, at: datetime, next_at: datetime | None = None) -> None:
    """It was looked at now."""
    row = {"name": name, "at": at, "next_at": next_at}
    changed = {"at": at, "next_at": next_at}
    session.execute(insert(Look).values(row).on_conflict_do_update(index_elements=["name"], set_=changed))


def forget_look(session: Session, name: str) -> None:
    """Look again as soon as possible."""
    session.execute(delete(Look).where(Look.name == name))


def look_due(session: Session, now: datetime) -> bool:
    """Whether the day of some lead has come, or somebody who waits for a place wants to be looked at."""
    dates = select(Look.name).where(Look.name == DATES, Look.next_at <= now).limit(1)
    return session.scalar(dates) is not None or bool(waiting_due(session, now, 1))


def next_look(session: Session, now: datetime) -> datetime | None:
    """When the next lead's day comes, as far as the last look knows."""
    return session.scalar(select(Look.next_at).where(Look.name == DATES, Look.next_at > now))


def wait(session: Session, lead_id: int, sequence_id: int, submission_id: int | None, now: datetime) -> bool:
    """M7: let a lead wait for a place; False when it waits already."""
    row = {
        "lead_id": lead_id,
        "sequence_id": sequence_id,
        "submission_id": submission_id,
        "since": now,
        "look_at": now,
    }
    statement = insert(WaitingEntry).values(row).on_conflict_do_nothing().returning(WaitingEntry.id)
    return session.scalar(statement) is not None


def waiting_due(session: Session, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(id, lead) of waiting entries to look at again, the longest waiting first."""
    query = select(WaitingEntry.id, WaitingEntry.lead_id).where(WaitingEntry.look_at <= now)
    rows = session.execute(query.order_by(WaitingEntry.since, WaitingEntry.id).limit(limit))
    return [(entry_id, lead_id) for entry_id, lead_id in rows]


def lock_waiting(session: Session, entry_id: int) -> WaitingEntry | None:
    """The entry, if it still waits and nobody else holds it."""
    return session.scalar(select(WaitingEntry).where(WaitingEntry.id == entry_id).with_for_update(skip_locked=True))


def waiting_of(session: Session, sequence_id: int, limit: int = 200) -> list[WaitingEntry]:
    """Who waits for a place in a sequence, the longest waiting first."""
    query = select(WaitingEntry).where(WaitingEntry.sequence_id == sequence_id)
    return list(session.scalars(query.order_by(WaitingEntry.since, WaitingEntry.id).limit(limit)))


def quietly(session: Session) -> None:
    """For the rest of this transaction tags and stages change without a happening (taking something back)."""
    session.execute(text("SET LOCAL outreach.quiet = 'on'"))
