"""Move business time (only where OUTREACH_MOVABLE_CLOCK allows): never over work, from one due instant to the next."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from outreach.errors import Failed, Refused
from outreach.journeys import ticking
from outreach.journeys.house import House
from outreach.store import business_clock, mailboxes

POLL = 0.02
RING_EVERY = 0.25
STUCK = 60.0
"""Real seconds without any progress after which waiting is given up, with what is still due."""


class Stuck(Failed):
    """Something due is not done: the sentence says what."""


def show(house: House) -> tuple[datetime, timedelta]:
    """Business time, and how far it runs ahead of real time."""
    with house.sessions() as session:
        return house.now(session), business_clock.ahead(session)


def next_instant(house: House) -> datetime | None:
    """When the system will next do something by itself."""
    with house.sessions() as session:
        return ticking.next_instant(session, house.now(session))


def advance(house: House, by: timedelta, told: Callable[[datetime, str], None] = lambda at, what: None) -> datetime:
    """Go forward by so much: (1) finish what is due, (2) go to the next due instant, again and again until the target."""
    if by < timedelta(0):
        raise Refused("The clock only goes forward; give a span such as 2d, 3h or 10m.")
    _refuse_unmovable(house)
    with house.sessions() as session:
        target = house.now(session) + by
    while True:
        rested = settle(house)
        with house.sessions.begin() as session:
            now = house.now(session)
            if now >= target:
                return now
            # Counted from the rest: what has fallen due since then must not be passed over.
            upcoming = ticking.next_instant(session, rested)
            goal = min(upcoming, target) if upcoming else target
            business_clock.move_to(session, goal)
        told(goal, "target reached" if goal == target else "something is due")


def skip_to_next(house: House) -> datetime | None:
    """Go to the next thing that happens by itself, and let it happen; None when nothing is planned."""
    _refuse_unmovable(house)
    upcoming = next_instant(house)
    if upcoming is None:
        return None
    with house.sessions.begin() as session:
        business_clock.move_to(session, upcoming)
    settle(house)
    return upcoming


def settle(house: House) -> datetime:
    """Wait until nothing is due and nothing is in flight, ringing the workers meanwhile; the moment of that rest. Raises Stuck."""
    rung, seen, since = 0.0, "", time.monotonic()
    while True:
        with house.sessions() as session:
            # One snapshot: between two, a letter could go from "in flight" to "ended" and be seen in neither.
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            now = house.now(session)
            jobs = ticking.due_jobs(session, now)
            flying = ticking.in_flight(session)
        if not jobs and not flying:
            return now
        state = f"{sorted(jobs)} {flying}"
        if state != seen:
            seen, since = state, time.monotonic()
        if time.monotonic() - since > STUCK:
            raise Stuck(
                f"Still due after {STUCK:.0f} s: {', '.join(sorted(jobs)) or 'nothing'}; letters in flight: {flying}. "
                "Look at Health, or run `outreach doctor`."
            )
        if time.monotonic() - rung > RING_EVERY:
            for job in jobs:
                house.queue.poke(job)
            rung = time.monotonic()
        time.sleep(POLL)


def unmovable(session: Session, house: House) -> str:
    """Why this installation's clock cannot be moved; empty when it can."""
    if not house.settings.movable_clock:
        return "This installation's clock cannot be moved. Set OUTREACH_MOVABLE_CLOCK=1 on a trial system, never on a live one."
    if box := mailboxes.with_own_server(session):
        return f"The clock cannot be moved: {box.address} has a mail server of its own, and real people would get real letters early."
    return ""


def _refuse_unmovable(house: House) -> None:
    with house.sessions() as session:
        if why := unmovable(session, house):
            raise Refused(why)
