"""Random lives over real rows: what the engine promises (tests/core/test_engine_model.py) holds for the house as well.

Every job runs twice at each tick (World.settle), so that a second run that changed anything would show here.
"""

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import select, text

from outreach.core import signals, states
from outreach.core.publicholidays import is_holiday
from outreach.core.sequences import Delay
from outreach.errors import Refused
from outreach.journeys import advance, applying, enrol, opt_out, pausing, publish, steer
from outreach.journeys.presets import load_presets
from outreach.store import enrolments, leads, sequences, users
from outreach.store.enrolments import Enrolment
from outreach.store.inside import Who
from outreach.store.messages import Message

ADDRESS = "anna@lumen.example"
SALES = ["Until yes or no", "Persistence, nurtured", "Persistent, not a pest"]


class Life:
    """What can happen to Anna and to the house; each by its own transaction, as the doors do it."""

    def __init__(self, world: Any, seed: int) -> None:
        self.world, self.dice, self.lead = world, Random(seed), 0
        self.opted_out: datetime | None = None
        self.done: list[str] = []

    def now(self) -> datetime:
        return self.world.read(self.world.house.now)

    def begin(self) -> Any:
        return self.world.house.sessions.begin()

    def running(self, session: Any) -> list[Enrolment]:
        return [row for row in enrolments.of_lead(session, self.lead) if row.ended_at is None]

    def rita(self, session: Any) -> Any:
        return users.by_email(session, "rita@outreach.test")

    def happens(self) -> None:
        what = self.dice.choice(ACTS)
        self.done.append(what.__name__)
        with suppress(Refused):  # pausing what is paused, and the like: refused, and nothing has changed
            what(self)
        self.world.settle()

    # the acts

    def some_time_passes(self) -> None:
        hours = self.dice.choice([2, 20, 30, 70, 200])
        until = (self.now() + timedelta(hours=hours)).astimezone(self.world.zone).replace(tzinfo=None)
        self.world.live_until(until.isoformat())

    def the_machine_is_off(self) -> None:
        later = self.now() + timedelta(days=self.dice.randint(2, 12))
        self.world.set_clock(later.astimezone(self.world.zone).replace(tzinfo=None).isoformat())

    def she_enters_another_sequence(self) -> None:
        with self.begin() as session:
            row = sequences.by_name(session, self.dice.choice(SALES))
            enrol.enrol(
                session, self.world.house, session.get_one(leads.Lead, self.lead), row, self.world.house.now(session)
            )

    def she_does_something(self) -> None:
        away = (self.now() + timedelta(days=self.dice.randint(-2, 12))).date()
        what = self.dice.choice(
            [
                signals.Clicked("pricing"),
                signals.WasOutOfOffice(away),
                signals.WasOutOfOffice(None),
                signals.Visited("/pricing"),
                signals.Replied("question", colleague=True),
                signals.ZoneChanged(new="Europe/Berlin"),
            ]
        )
        with self.begin() as session:
            applying.signal(session, self.world.house, self.lead, what, self.world.house.now(session))

    def she_replies(self) -> None:
        if self.dice.random() < 0.5:
            return
        with self.begin() as session:
            now = self.world.house.now(session)
            row = next(iter(self.running(session)), None)
            if row is not None:
                applying.signal(
                    session, self.world.house, self.lead, signals.Replied("question"), now, enrolment_id=row.id
                )

    def she_opts_out(self) -> None:
        if self.dice.random() < 0.7:
            return
        with self.begin() as session:
            now = self.world.house.now(session)
            opt_out.unsubscribe(session, self.world.house, ADDRESS, "test", now)
            self.opted_out = self.opted_out or now

    def rita_steers(self) -> None:
        with self.begin() as session:
            now, rita = self.world.house.now(session), self.rita(session)
            row = next(iter(self.running(session)), None)
            if row is None:
                return
            until = now + timedelta(days=self.dice.randint(1, 9)) if self.dice.random() < 0.5 else None
            which = self.dice.choice(["pause", "resume", "skip"])
            if which == "pause":
                steer.pause(session, self.world.house, row.id, rita, now, reason="a test", until=until)
            elif which == "resume":
                steer.resume(session, self.world.house, row.id, rita, now)
            else:
                steer.skip(session, self.world.house, row.id, rita, now)

    def everything_stands_still(self) -> None:
        with self.begin() as session:
            now = self.world.house.now(session)
            until = now + timedelta(days=self.dice.randint(1, 5))
            pausing.pause(
                session, self.world.house, "everything", None, self.rita(session), now, reason="a test", until=until
            )

    def a_worker_dies(self) -> None:
        """A step is applied, and the process is gone before it commits."""
        with self.world.house.sessions() as session:
            now = self.world.house.now(session)
            row = next(iter(self.running(session)), None)
            if row is not None:
                applying.signal(session, self.world.house, self.lead, signals.Clicked("x"), now, enrolment_id=row.id)
                row.due_at = now
                session.flush()
            session.rollback()

    def a_letter_is_unsure(self) -> None:
        """The sender died between the letter and the answer (F5)."""
        with self.begin() as session:
            row = session.scalar(select(Message).where(Message.lead_id == self.lead, Message.state == "queued"))
            if row is not None and row.enrolment_id is not None:
                row.state, row.reason, row.settled = "unsure", "a test", False

    def a_new_version_is_published(self) -> None:
        """V3, V5: another delay, for everyone from where they stand."""
        with self.begin() as session:
            row = sequences.by_name(session, self.dice.choice(["Inbound 0-2-4-6-8", *SALES]))
            draft = publish.draft_of(session, row)
            step = self.dice.choice([step for step in draft.steps[1:] if step.after and step.after.day_level])
            longer = replace(step, after=Delay(step.after.amount + 1, step.after.unit))
            steps = tuple(longer if each is step else each for each in draft.steps)
            publish.save_draft(session, row, replace(draft, steps=steps))
            publish.publish(session, row, self.world.house.now(session), None, Who("all"))


ACTS = [
    Life.some_time_passes, Life.some_time_passes, Life.some_time_passes, Life.some_time_passes, Life.the_machine_is_off,
    Life.she_enters_another_sequence, Life.she_does_something, Life.she_does_something, Life.she_replies, Life.she_opts_out,
    Life.rita_steers, Life.rita_steers, Life.everything_stands_still, Life.a_worker_dies, Life.a_letter_is_unsure,
    Life.a_new_version_is_published, Life.a_new_version_is_published,
]  # fmt: skip


def promises(life: Life) -> None:
    """Counted from the rows by arithmetic that knows nothing of the engine."""
    zone = life.world.zone
    with life.world.house.sessions() as session:
        rows = enrolments.of_lead(session, life.lead)
        query = select(Message).where(Message.lead_id == life.lead, Message.state == "sent", Message.kind != "notice")
        sent = list(session.scalars(query.order_by(Message.sent_at)))
        again = Counter((each.enrolment_id, each.step_key) for each in sent if each.enrolment_id)
        assert max(again.values(), default=0) <= 1, f"a receipt twice: {again}"
        days: list[date] = []
        for each in sent:
            local = each.sent_at.astimezone(zone)
            assert life.opted_out is None or each.sent_at <= life.opted_out, "a letter to a suppressed person"
            if each.at_once:
                continue
            assert local.weekday() < 5, local
            assert 9 <= local.hour < 18, local
            assert not is_holiday(local.date(), "DE"), local
            days.append(local.date())
        assert max(Counter(days).values(), default=0) <= 1, f"two automatic letters a day: {days}"
        assert all(sum(timedelta(0) <= day - other < timedelta(days=7) for other in days) <= 5 for day in days)
        for row in rows:
            assert states.is_state(row.state), row.state
            assert (row.ended_at is None) == (row.due_at is not None), "ended, or a next date"
        open_letters = select(Message.id).where(Message.state.in_(("queued", "claimed", "begun")))
        ended = [row.id for row in rows if row.ended_at is not None]
        assert not session.scalars(open_letters.where(Message.enrolment_id.in_(ended))).all(), (
            "a letter of an ended one"
        )


@pytest.mark.parametrize("seed", range(2))
def test_a_random_life_breaks_no_promise(world: Any, seed: int) -> None:
    """F5, X7, W4, M3, M4, P1, P2, S: replies, pauses, absences, dead workers, unsure letters and jumps of the clock."""
    life = Life(world, seed)
    with life.begin() as session:
        load_presets(session, world.house, world.house.now(session))
    world.set_clock("2027-03-23T10:00")
    life.lead = world.post_form(name="Anna Weber", email=ADDRESS, phone="+49 40 555 0163")
    for _ in range(16):
        life.happens()
        promises(life)
    with life.begin() as session:
        session.execute(text("UPDATE pauses SET ended_at = clock_timestamp() WHERE ended_at IS NULL"))
    world.live_until("2027-07-01T12:00")
    promises(life)
    with world.house.sessions() as session:
        stuck = [row for row in life.running(session) if row.class_ != "nurture" and row.due_at <= life.now()]
        assert not stuck, "holds return"
        assert advance.advance(world.house) == 0
