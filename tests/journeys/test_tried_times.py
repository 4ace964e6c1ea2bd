"""W11: times of the day and weekdays that were tried with a lead are remembered from one sequence to the next."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from outreach.core import signals
from outreach.journeys import applying, enrol
from outreach.store.leads import Lead

from .people import Office, letter, three_letters


@pytest.fixture
def office(house: Any) -> Office:
    return Office(house)


def test_a_second_sequence_takes_the_part_of_the_day_that_the_first_left_out(office: Office) -> None:
    """W11: not tried yet with this lead, whichever sequence tried the others."""
    tried = '{"slots": [["early", 2], ["midday", 3]]}'
    with office.house.sessions.begin() as session:
        before = office.inside(session, office.sequence(session), "ann")
        session.execute(text("UPDATE enrolments SET memory = memory || CAST(:tried AS jsonb)"), {"tried": tried})
        session.expire(before)
        now, lead_id = office.house.now(session), before.lead_id
        applying.signal(session, office.house, lead_id, signals.StoppedBy("Mona", "they called"), now)
        varied = replace(three_letters("Again"), steps=(replace(letter("one", 1), at="vary"), letter("two", 3)))
        row = office.sequence(session, varied)
        entered = enrol.enrol(session, office.house, session.get_one(Lead, lead_id), row, now).enrolment
        assert entered is not None
        number = entered.id
    memory = office.enrolment(number).memory
    assert memory["slots"] == [["early", 2], ["midday", 3]]
    assert memory["draws"]["slot:one"][0] == "late"
