"""M3: what stands back for a more important programme goes on as soon as that one ends."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from outreach.core import signals, states
from outreach.core.sequences import Sequence
from outreach.journeys import advance, applying, enrol
from outreach.store.leads import Lead

from .people import START, Office, three_letters


@pytest.fixture
def office(house: Any) -> Office:
    return Office(house)


def slow_letters() -> Sequence:
    return replace(three_letters("Slow letters"), klass="nurture")


def test_a_held_programme_looks_again_when_the_more_important_one_ends(office: Office) -> None:
    """M3: not at its next daily look, which may be a day away; its place is kept."""
    with office.house.sessions.begin() as session:
        slow = office.inside(session, office.sequence(session, slow_letters()), "ann")
        sales = office.sequence(session)
        lead = session.get_one(Lead, slow.lead_id)
        entered = enrol.enrol(session, office.house, lead, sales, office.house.now(session)).enrolment
        assert entered is not None
        held, number, lead_id = slow.id, entered.id, lead.id
    advance.advance(office.house)
    office.at(START + timedelta(days=3, hours=1))
    for _ in range(2):  # one enrolment of a lead at a time
        advance.advance(office.house)
    before = office.enrolment(held)
    assert (before.state, before.step_key) == (states.PRIORITY, "two")
    office.at(START + timedelta(days=3, hours=2))
    with office.house.sessions.begin() as session:
        now = office.house.now(session)
        assert before.due_at is not None
        assert before.due_at > now + timedelta(hours=20)
        signal = signals.StoppedBy("Mona", "they called")
        applying.signal(session, office.house, lead_id, signal, now, enrolment_id=number)
    assert office.enrolment(number).ended_at is not None
    advance.advance(office.house)
    after = office.enrolment(held)
    assert after.ended_at is None
    assert (after.state, after.step_key) != (states.PRIORITY, "two")
    assert after.due_at is not None


def test_the_end_of_a_programme_moves_no_other_date(office: Office) -> None:
    """M3: only what stood back for it looks again; a delay that runs is left alone."""
    with office.house.sessions.begin() as session:
        slow = office.inside(session, office.sequence(session, slow_letters()), "ann")
        lead = session.get_one(Lead, slow.lead_id)
        entered = enrol.enrol(session, office.house, lead, office.sequence(session), office.house.now(session))
        assert entered.enrolment is not None
        other, number, lead_id = slow.id, entered.enrolment.id, lead.id
    advance.advance(office.house)
    before = office.due(other)
    with office.house.sessions.begin() as session:
        signal = signals.StoppedBy("Mona", "they called")
        applying.signal(session, office.house, lead_id, signal, office.house.now(session), enrolment_id=number)
    assert before is not None
    assert office.due(other) == before
