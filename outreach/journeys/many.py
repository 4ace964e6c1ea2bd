"""Work on many leads, one after the other: each in a transaction of its own that also marks it done.

A worker may be killed at any moment: what is marked is done, what is not is done once by the next one. What may be
taken back is taken back the same way. The actions are in ACTIONS; other journeys register theirs there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from outreach.clock import monotonic
from outreach.errors import Refused
from outreach.journeys.house import House
from outreach.store import batches, events, leads
from outreach.store.batches import Batch, Item
from outreach.store.leads import Lead
from outreach.store.users import User

KEPT = timedelta(hours=24)
"""How long an action can be taken back."""
log = structlog.get_logger()


@dataclass(frozen=True)
class Work:
    """One item in hand: the lead is locked."""

    session: Session
    house: House
    batch: Batch
    item: Item
    lead: Lead
    now: datetime

    @property
    def actor(self) -> User:
        """Who asked for it. Raises Refused when the user is gone."""
        user = self.session.get(User, self.batch.actor_id) if self.batch.actor_id else None
        if user is None:
            raise Refused("The person who asked for this is not a user any more.")
        return user

    @property
    def params(self) -> dict[str, Any]:
        """What the action was asked with."""
        return self.batch.params


@dataclass(frozen=True)
class Done:
    """What an action did: a sentence, and what the undo needs (None = nothing to take back)."""

    text: str
    before: dict[str, Any] | None = None


@dataclass(frozen=True)
class Action:
    """`do` raises Refused to leave a lead as it is. `undo` is None for what cannot be taken back."""

    do: Callable[[Work], Done]
    undo: Callable[[Work], str] | None = None
    together: Callable[[list[Work]], list[Done | str]] | None = None
    """The same for many at once, where that is cheaper; a text is a refusal. When it raises, each goes alone."""
    gather: Callable[[Session, Batch], int] | None = None
    """Lines up the items of a batch that was begun without them; how many."""


ACTIONS: dict[str, Action] = {}
"""Kind of a batch -> what it does to one lead."""
TOGETHER = 100
"""Leads of one transaction, where an action takes many at once."""


def begin(
    session: Session, kind: str, title: str, params: dict[str, Any], actor_id: int | None, now: datetime
) -> Batch:
    """A batch without items yet; the caller lines them up and sets `total`."""
    undo_until = now + KEPT if ACTIONS[kind].undo else None
    batch = Batch(
        kind=kind, title=title, params=params, actor_id=actor_id, created_at=now, undo_until=undo_until, total=0
    )
    session.add(batch)
    session.flush()
    return batch


def lined_up(batch: Batch, total: int, now: datetime) -> Batch:
    """All items are there; one without any is done."""
    batch.total = total
    if not total:
        batch.state, batch.finished_at, batch.undo_until = "done", now, None
    return batch


def take_back(session: Session, batch: Batch, now: datetime) -> None:
    """Undo: what was done is taken back, the newest last. Raises Refused when that cannot be any more."""
    if batch.undo_until is None:
        raise Refused("This cannot be taken back.")
    if batch.undo_until <= now:
        raise Refused("It is more than 24 hours ago; this can be taken back lead by lead only.")
    if batch.state in ("undoing", "undone"):
        raise Refused("It is being taken back already.")
    if batch.state == "running":
        stop(session, batch)
    batch.state = "undoing"


def stop(session: Session, batch: Batch) -> None:
    """Leave the items that still wait as they are."""
    words = "stopped before it was done"
    batch.params = {key: value for key, value in batch.params.items() if key != "gather"}
    session.execute(
        text("UPDATE batch_items SET state = 'refused', text = :words WHERE batch_id = :id AND state = 'waiting'"),
        {"id": batch.id, "words": words},
    )


def work(house: House, seconds: float = 20.0) -> bool:
    """Do waiting items for so long, the oldest batch first. True when more is left."""
    until = monotonic() + seconds
    with house.sessions() as session:
        found = [(batch.id, "waiting" if batch.state == "running" else "done") for batch in batches.unfinished(session)]
    for batch_id, state in found:
        _gathered(house, batch_id)
        together = state == "waiting"
        while True:
            taken = _many(house, batch_id) if together else 0
            together = together and taken >= 0
            if taken <= 0 and not _one(house, batch_id, state):
                break
            if monotonic() > until:
                return True
    with house.sessions() as session:
        return batches.waits(session)


def _gathered(house: House, batch_id: int) -> None:
    """Line up the items of a batch that was begun without them; one worker does, the others find them."""
    with house.sessions.begin() as session:
        batch = session.get_one(Batch, batch_id, with_for_update=True)
        gather = ACTIONS[batch.kind].gather
        if batch.params.get("gather") and gather is not None:
            batch.total = gather(session, batch)
            batch.params = {key: value for key, value in batch.params.items() if key != "gather"}


def _many(house: House, batch_id: int) -> int:
    """The next items together, in one transaction; how many, 0 when this action or the rest goes one by one, -1 when one
    of them raised."""
    try:
        with house.sessions.begin() as session:
            session.execute(text("SET LOCAL synchronous_commit = off"))
            now, batch = house.now(session), session.get_one(Batch, batch_id)
            act = ACTIONS[batch.kind].together
            if act is None or batch.state != "running":
                return 0
            found = batches.take_many(session, batch_id, "waiting", TOGETHER)
            works = [Work(session, house, batch, item, lead, now) for item, lead in found if lead.erased_at is None]
            for each, told in zip(works, act(works), strict=True):
                refused = isinstance(told, str)
                each.item.state, each.item.at = "refused" if refused else "done", now
                each.item.text = told if isinstance(told, str) else told.text
                each.item.before = None if isinstance(told, str) else told.before
        return len(works)
    except OperationalError as error:
        if error.connection_invalidated:
            raise
        return -1
    except Exception:
        log.exception("batch_taken_apart", batch=batch_id)
        return -1


def _one(house: House, batch_id: int, state: str) -> bool:
    """The next item of a batch; False when there is none left to take."""
    try:
        with house.sessions.begin() as session:
            session.execute(text("SET LOCAL synchronous_commit = off"))
            now = house.now(session)
            batch = session.get_one(Batch, batch_id)
            item = batches.take(session, batch_id, state)
            if item is None:
                _over(session, batch, state, now)
                return False
            _handle(session, house, batch, item, now)
        return True
    except OperationalError as error:
        # The database is away, or somebody holds this lead for long: the item waits, and is no fault.
        log.warning("batch_waits", batch=batch_id, error=type(error).__name__)
        if error.connection_invalidated:
            raise
        return False


def _handle(session: Session, house: House, batch: Batch, item: Item, now: datetime) -> None:
    undoing, action, item.at = batch.state == "undoing", ACTIONS[batch.kind], now
    lead = leads.locked(session, item.lead_id)
    if lead is None or lead.erased_at:
        item.state, item.text = "kept" if undoing else "refused", "the lead is not there any more"
        return
    in_hand = Work(session, house, batch, item, lead, now)
    try:
        with session.begin_nested():
            if undoing:
                item_text = action.undo(in_hand) if action.undo and item.before is not None else ""
                item_state, before = ("undone", None) if item_text else ("kept", None)
            else:
                done = action.do(in_hand)
                item_state, item_text, before = "done", done.text, done.before
            session.flush()
    except Refused as refused:
        item_state, item_text, before = "kept" if undoing else "refused", str(refused), None
    except OperationalError:
        raise
    except Exception as error:
        log.exception("item_failed", batch=batch.id, item=item.id)
        words = f"{type(error).__name__}: {error}"[:300]
        item_state, item_text, before = "kept" if undoing else "failed", words, None
        events.record(session, now, "error", f"{batch.title}: {words}", lead_id=lead.id, rule="F1")
    item.state, item.text, item.before = item_state, item_text or item.text, before
    session.flush()


def _over(session: Session, batch: Batch, state: str, now: datetime) -> None:
    """Nothing is left to take; when nobody else works on an item of it either, the batch is done."""
    if not batches.counts(session, batch.id).get(state):
        batches.finish(session, batch.id, "done" if state == "waiting" else "undone", now)
