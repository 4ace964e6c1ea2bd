"""Whose turn is it? One transaction takes due letters of one mailbox under a lease, as many as the limits leave room for.

(1) letters without a mailbox get one, (2) the next mailbox with something to send is held, (3) its limits say how many,
(4) so many are leased in the order of L2, (5) the engine, the cap and the pace of the recipients' domains are asked once
more (X4, W4, M4, L1), and what must wait goes back with its moment and its reason.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach.clock import monotonic
from outreach.core import engine, limits
from outreach.core.decisions import Decision
from outreach.journeys import breakers, facts
from outreach.journeys.house import House
from outreach.journeys.places import place_of
from outreach.store import account, audiences, enrolments, events, leads, leases, mailboxes, messages, outbox
from outreach.store import limits as pacing
from outreach.store.account import Account
from outreach.store.enrolments import Enrolment
from outreach.store.leads import Lead
from outreach.store.limits import limits_of, windows_of
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import RANK_FIRST
from outreach.store.outbox import BYPASS, Later, Taken

FAR = timedelta(hours=1)
"""A domain's limit gives moments for so long ahead; whoever is behind that asks again then, in the order of L2."""
SOONEST = timedelta(minutes=1)
"""What was held is not asked again sooner: no letter goes round in circles."""
WHOLE_ACCOUNT = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """Letters of one mailbox under a lease, in the order in which they shall go."""

    mailbox: Mailbox
    ids: list[int]
    now: datetime
    """Business time of the claim."""
    at: float
    """The same moment on this process's monotonic clock."""
    people: dict[int, Lead]
    """Leads that were read on the way."""


def anybody(_mailbox: Mailbox) -> bool:
    """Nobody is kept from any mailbox."""
    return True


def claim(
    session: Session,
    house: House,
    owner: str,
    lane: str,
    size: int,
    after: int,
    random: Random | None = None,
    may: Callable[[Mailbox], bool] = anybody,
) -> Claim | None:
    """Take the next batch of a lane; mailboxes take turns, the one behind `after` is next, if it `may` be served by whoever
    asks. None = nothing may go now."""
    now, at = house.now(session), monotonic()
    us = account.get(session)
    outbox.adopt(session, lane, now)
    turns = sorted(outbox.ready(session, lane, now), key=lambda number: (number <= after, number))
    for number in _held(session, turns):
        box = session.get_one(Mailbox, number, populate_existing=True)
        if not may(box):
            continue
        taken = _take(session, us, box, owner, lane, size, now)
        if taken:
            people: dict[int, Lead] = {}
            later = _later(session, house, us, box, taken, now, people)
            outbox.put_back(session, owner, later)
            waiting = {row.id for row in later}
            go = [row for row in taken if row.id not in waiting]
            if any(row.limited for row in go):
                _count(us, box, now, random or Random())
            return Claim(box, [row.id for row in go], now, at, people)
    return None


def _held(session: Session, turns: list[int]) -> Iterator[int]:
    """Mailboxes that nobody else claims from now, each held; when others have all of them, the first one is waited for."""
    held = False
    for number in turns:
        if outbox.hold_mailbox(session, number, wait=False):
            held = True
            yield number
    if turns and not held:
        outbox.hold_mailbox(session, turns[0], wait=True)
        yield turns[0]


def _take(session: Session, us: Account, box: Mailbox, owner: str, lane: str, size: int, now: datetime) -> list[Taken]:
    """What passes the limits, then what they leave room for (L2)."""
    off = "everything" in us.switches
    free = outbox.take(session, box.id, lane, owner, now, dict.fromkeys(BYPASS, size), size, off=off)
    room = 0 if off else _room(session, us, box, now)
    if room == 0:
        return free
    left = size - len(free) if room is None else min(size - len(free), room)
    caps = dict.fromkeys((2, 3, 4, 5), left)
    if outbox.first_steps_wait(session, box.id, lane, now):
        caps[RANK_FIRST] = min(left, _new_leads(session, us, box, now, left))
    return free + outbox.take(session, box.id, lane, owner, now, caps, left, off=off)


def _count(us: Account, box: Mailbox, now: datetime, random: Random) -> None:
    """L4: the gap after a letter is drawn once and kept. L6: the ramp begins with the first letter."""
    known = limits_of(box, us)
    if limits.has_gap(known):
        box.free_at, box.free_why = now + limits.gap(known, random), limits.gap_text(known)
    if box.ramp_start and box.ramp_from is None:
        box.ramp_from = now


def _room(session: Session, us: Account, box: Mailbox, now: datetime) -> int | None:
    """How many limited letters may go; 0: the mailbox's row says until when, and why (L5). None = no limit binds."""
    if box.free_at is not None and box.free_at > now:
        return 0
    if us.daily_limit or us.new_leads_per_day:
        outbox.hold_mailbox(session, WHOLE_ACCOUNT, wait=True)
    room = limits.room(windows_of(session, us, box, now), now)
    box.free_at, box.free_why = (room.until, room.text) if room.count == 0 else (None, "")
    if room.count != 0 and limits.has_gap(limits_of(box, us)):
        return 1
    return room.count


def _new_leads(session: Session, us: Account, box: Mailbox, now: datetime, most: int) -> int:
    """L3, L7: how many first steps may go; with 0, `first_at` and `first_why` say until when."""
    if box.first_at is not None and box.first_at > now:
        return 0
    if breakers.stops_first_steps(session, box, now):
        box.first_at, box.first_why = now + breakers.LOOK_AGAIN, box.breaker_why
        return 0
    if not us.new_leads_per_day:
        box.first_at, box.first_why = None, ""
        return most
    started = pacing.new_leads_since(session, mailboxes.ids(session), limits.day_began(us.zone, now))
    room = limits.new_leads(us.new_leads_per_day, started, us.zone, now)
    box.first_at, box.first_why = (room.until, room.text) if room.count == 0 else (None, "")
    return most if room.count is None else room.count


# ---- asked once more


def _later(
    session: Session,
    house: House,
    us: Account,
    box: Mailbox,
    taken: list[Taken],
    now: datetime,
    people: dict[int, Lead],
) -> list[Later]:
    """What must wait after all: the engine's word, then the cap on newsletters, then the pace of domains; and all others
    while one goes alone."""
    later = _by_engine(session, house, taken, now) + _by_cap(session, us, taken, now, people)
    waiting = {row.id for row in later}
    later += _by_crashes([row for row in taken if row.id not in waiting])
    waiting = {row.id for row in later}
    return later + _by_domain(session, us, box, [row for row in taken if row.id not in waiting], now)


def _by_crashes(taken: list[Taken]) -> list[Later]:
    """A letter over which senders ended goes alone: if it is the one, no other letter is suspected (RELIABILITY 3.6)."""
    suspects = [row for row in taken if row.crashes >= leases.SUSPECT]
    alone = suspects and suspects[0] is taken[0]
    return [Later(row.id, row.due_at, "") for row in (taken[1:] if alone else suspects)]


def _by_engine(session: Session, house: House, taken: list[Taken], now: datetime) -> list[Later]:
    """What the engine says of steps' letters at the moment of sending (W4, X4, M4)."""
    asked = {row.enrolment_id: row for row in taken if row.enrolment_id and row.step_key and not row.at_once}
    if not asked:
        return []
    rows = list(session.scalars(select(Enrolment).where(Enrolment.id == func.any(list(asked)))))
    versions, known = facts.sequences_of(session, rows), facts.gather_many(session, house, rows, now)
    later: list[Later] = []
    held: list[tuple[Enrolment, Taken, Decision, datetime]] = []
    over: list[int] = []
    for row in rows:
        letter = asked[row.id]
        decision = engine.still_may(
            facts.snapshot(row), versions[row.version_id], letter.step_key or "", known[row.id], now, Random()
        )
        if decision is None:
            continue
        if decision.after.ended:
            # It ends by its own decision, now, which takes the letter back; the letter of one that has ended goes at once.
            if row.ended_at:
                messages.cancel(session, letter.id, decision.after.state)
            over.append(row.id)
            later.append(Later(letter.id, now + SOONEST, decision.after.state))
            continue
        due = decision.after.due_at or now + timedelta(days=1)
        later.append(Later(letter.id, max(due, now + SOONEST), decision.after.state))
        held.append((row, letter, decision, due))
    enrolments.look_now(session, over, now)
    _tell_held(session, held, now)
    return later


def _tell_held(session: Session, held: list[tuple[Enrolment, Taken, Decision, datetime]], now: datetime) -> None:
    """A letter that was queued and has to wait after all: an event when what holds it is new, not at every try."""
    told = messages.reasons_of(session, [letter.id for _, letter, _, _ in held]) if held else {}
    for row, letter, decision, due in held:
        if told.get(letter.id) != decision.after.state:
            data = {"state": decision.after.state, "due_at": due.isoformat(), "letter": letter.id}
            events.record(
                session, now, "hold", decision.text, lead_id=row.lead_id, enrolment_id=row.id, message_id=letter.id,
                step_key=letter.step_key, rule=decision.rule, data=data,
            )  # fmt: skip


def _by_cap(session: Session, us: Account, taken: list[Taken], now: datetime, people: dict[int, Lead]) -> list[Later]:
    """M4, M5, X7 for newsletters: a letter that may not go any more is cancelled, with the reason."""
    issues = [row for row in taken if row.issue_id and row.lead_id]
    if not issues:
        return []
    people |= leads.read(session, [row.lead_id for row in issues if row.lead_id])
    known = audiences.known(session, list(people.values()), now - facts.LOOK_BACK, sending=[row.id for row in issues])
    later, gone = [], []
    for row in issues:
        lead = people.get(row.lead_id or 0)
        place = place_of(lead, known, us, now) if lead else None
        if lead is None or place is None or place.at is None:
            gone.append((row, place.rule if place else "X7", place.text if place else "the lead is gone."))
        elif place.at > now:
            later.append(Later(row.id, place.at, place.text))
    for row, rule, why in gone:
        messages.cancel(session, row.id, why)
        if row.lead_id in people:
            data = {"issue": row.issue_id, "reason": why}
            text = f"A newsletter was not sent: {why}"
            events.record(session, now, "issue skipped", text, lead_id=row.lead_id, rule=rule, data=data)
    # A cancelled row is not put back (its state says so), but it is not to be sent either.
    return later + [Later(row.id, now, why) for row, _, why in gone]


def _by_domain(session: Session, us: Account, box: Mailbox, taken: list[Taken], now: datetime) -> list[Later]:
    """L1: letters to one domain keep its pace; each gets the next free moment, once, while that is not too far off."""
    scopes = {box.id: box.domain_limits, WHOLE_ACCOUNT: us.domain_limits}
    if not any(scopes.values()):
        return []
    bound = [
        (row, limits.domain_of(row.to_address))
        for row in taken
        if row.limited and not (row.slot_at and now - row.slot_at < outbox.STALE)
    ]
    paces = pacing.paces(session, box.id, {domain for _, domain in bound})
    changed, later = {}, []
    for row, domain in bound:
        kept = {scope: pace for scope, named in scopes.items() if (pace := limits.pace(named, domain))}
        if not kept:
            continue
        moment = max(limits.slot(paces.get((scope, domain)), now) for scope in kept)
        why = f"waiting: limit (letters to {domain})"
        if moment > now + FAR:
            later.append(Later(row.id, now + FAR, why))
            continue
        for scope, pace in kept.items():
            paces[scope, domain] = changed[scope, domain] = moment + pace
        if moment > now:
            later.append(Later(row.id, moment, why, slot=True))
    pacing.keep_paces(session, changed)
    return later
