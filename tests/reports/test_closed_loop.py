"""RULES N: finished without reply = moved to nurture + excluded with a reason + exceptions; each person has one fate."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from outreach import documents
from outreach.journeys import advance, enrol, publish
from outreach.reports import closed_loop
from outreach.store import consents, leads
from outreach.store.leads import Lead
from outreach.store.sequences import SequenceRow

START = datetime(2026, 3, 4, 9, tzinfo=UTC)
END = START + timedelta(days=2)


class World:
    """Sequences of one task each, so that they end by themselves two days after the start."""

    def __init__(self, house: Any) -> None:
        self.house, self.count = house, 0
        self.at(START)
        self.sequence("Educational", "nurture", "")

    def at(self, moment: datetime) -> None:
        with self.house.sessions.begin() as session:
            session.execute(text("DELETE FROM business_clock"))
            session.execute(
                text("INSERT INTO business_clock (id, ahead) VALUES (1, :at - clock_timestamp())"), {"at": moment}
            )

    def sequence(self, name: str, klass: str, finish: str) -> int:
        document = (
            f"outreach: 1\nname: {name}\nclass: {klass}\nanchor: enrolment\n"
            f"steps:\n  - {{id: a, task: Do it, after: 0 days}}\n  - {{id: b, task: Again, after: 1 day}}\n{finish}"
        )
        with self.house.sessions.begin() as session:
            row = publish.create(session, documents.read(document), START)
            publish.publish(session, row, START, None)
            return row.id

    def ends(self, sequence_id: int) -> int:
        """A lead enters; the lead's id."""
        self.count += 1
        with self.house.sessions.begin() as session:
            lead = Lead(email=f"p{self.count}@lead.test", name=f"P{self.count}", zone="UTC", fields={}, created_at=START,
                        last_activity_at=START)  # fmt: skip
            session.add(lead)
            session.flush()
            row = session.get_one(SequenceRow, sequence_id)
            assert enrol.enrol(session, self.house, lead, row, START).enrolment
            return lead.id

    def passes(self) -> None:
        self.at(END)
        for _ in range(4):
            advance.advance(self.house)

    def loop(self) -> closed_loop.Loop:
        with self.house.sessions() as session:
            return closed_loop.counted(session, END + timedelta(hours=1))

    def reasons(self) -> dict[tuple[str, str], int]:
        return {(each.fate, each.words): each.count for each in self.loop().reasons}


@pytest.fixture
def world(house: Any) -> World:
    return World(house)


def test_each_end_has_exactly_one_fate_and_the_equation_holds(world: World) -> None:
    world.ends(world.sequence("To nurture", "sales", "finish: {then: nurture, programme: Educational}\n"))
    world.ends(world.sequence("To nobody", "sales", "finish: {then: end}\n"))
    world.ends(world.sequence("No finish", "sales", ""))
    world.ends(world.sequence("To a person", "sales", "finish: {then: handover owner}\n"))
    world.ends(world.sequence("To what is not there", "sales", "finish: {then: nurture, programme: Missing}\n"))
    world.passes()
    assert world.reasons() == {
        ("nurture", "Educational"): 1,
        ("excluded", "the sequence ended"): 1,
        ("excluded", "no programme set"): 1,
        ("excluded", "handed over to a person"): 1,
        ("exception", "There is no live sequence “Missing” to hand over to."): 1,
    }
    loop = world.loop()
    assert (loop.ended, loop.nurture, loop.excluded, loop.exceptions) == (5, 1, 3, 1)
    assert not loop.closed


def test_who_may_not_be_written_to_is_left_out_with_that_reason(world: World) -> None:
    """X7: an opt-out before the end leaves no gap either."""
    lead_id = world.ends(world.sequence("To nurture", "sales", "finish: {then: nurture, programme: Missing}\n"))
    world.passes()
    with world.house.sessions.begin() as session:
        consents.suppress(session, session.get_one(Lead, lead_id).email, "unsubscribed", "link", END)
    assert world.reasons() == {("excluded", "unsubscribed"): 1}
    assert world.loop().closed


def test_who_is_in_another_sequence_by_now_is_no_exception(world: World) -> None:
    first = world.sequence("First", "sales", "finish: {then: nurture, programme: Missing}\n")
    other = world.sequence("Other", "sales", "finish: {then: end}\n")
    lead_id = world.ends(first)
    world.passes()
    assert world.loop().exceptions == 1
    with world.house.sessions.begin() as session:
        lead = leads.locked(session, lead_id)
        assert enrol.enrol(session, world.house, lead, session.get_one(SequenceRow, other), END).enrolment
    assert world.reasons() == {("excluded", "in another sequence: Other"): 1}


def test_the_people_behind_a_number_are_its_people(world: World) -> None:
    sequence = world.sequence("To nobody", "sales", "finish: {then: end}\n")
    for _ in range(3):
        world.ends(sequence)
    world.passes()
    with world.house.sessions() as session:
        found = closed_loop.people(session, "excluded", END, reason="the sequence ended")
        assert {each.name for each in found} == {"P1", "P2", "P3"}
        assert {each.sequence for each in found} == {"To nobody"}
        assert closed_loop.people(session, "exception", END) == []
        assert closed_loop.people(session, "excluded", END + timedelta(days=200)) == []


def test_nobody_ended_is_a_closed_loop(world: World) -> None:
    assert (world.loop().ended, world.loop().closed) == (0, True)
