"""Somebody is away (P4): a day begins and ends at their own midnight, not at Greenwich's."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from outreach.journeys import pausing
from outreach.store import users
from outreach.store.pauses import Absence
from outreach.store.tasks import Task
from tests.journeys.people import Office

MONDAY = date(2026, 3, 9)
AUCKLAND = timedelta(hours=13)
"""Ahead of Greenwich in March."""


@pytest.fixture
def office(house: Any) -> Office:
    """Rita lives in Auckland and is away on Monday the 9th; Ralf has been given a lead more lately than she."""
    made = Office(house)
    with house.sessions.begin() as session:
        rita, ralf = made.user(session, "rita"), made.user(session, "ralf")
        rita.zone, rita.last_assigned_at = "Pacific/Auckland", datetime.fromisoformat("2026-03-01T00:00+00:00")
        ralf.last_assigned_at = datetime.fromisoformat("2026-03-02T00:00+00:00")
        made.user(session, "mona").takes_leads = False
        session.add(
            Absence(user_id=rita.id, first_day=MONDAY, last_day=MONDAY, choice="tasks", by_name="Rita",
                    created_at=datetime.fromisoformat("2026-03-04T10:00+00:00"))
        )  # fmt: skip
    return made


def local(day: int, hour: int) -> datetime:
    """A full hour in Auckland, in March 2026."""
    return datetime.fromisoformat(f"2026-03-{day:02}T{hour:02}:00+00:00") - AUCKLAND


@pytest.mark.parametrize(
    ("day", "hour", "whose"),
    [(8, 23, "Rita"), (9, 1, "Ralf"), (9, 23, "Ralf"), (10, 1, "Rita"), (10, 12, "Rita")],
)
def test_who_is_away_is_passed_over_from_midnight_to_midnight_of_their_own(
    office: Office, day: int, hour: int, whose: str
) -> None:
    """P4: Sunday night it is still Rita's turn, all Monday it is not, and on Tuesday morning it is again."""
    office.at(local(day, hour))
    with office.house.sessions() as session:
        found = users.next_in_turn(session, office.house.now(session))
        assert found is not None
        assert found.name == whose


@pytest.mark.parametrize(("day", "hour", "moves"), [(8, 23, False), (9, 1, True), (9, 23, True), (10, 1, False)])
def test_tasks_that_come_up_on_the_day_wait_for_nine_o_clock_of_the_return(
    office: Office, day: int, hour: int, moves: bool
) -> None:
    """P4: in the zone of whoever is away, and only while it is that day there."""
    office.at(local(day, hour))
    with office.house.sessions.begin() as session:
        rep, now = office.user(session, "rita").id, office.house.now(session)
        task = Task(kind="call", owner_id=rep, title="Call", due_at=local(9, 10), created_at=now, memory={})
        session.add(task)
        session.flush()
        assert pausing.keep_absences(session, now) == int(moves)
        assert task.due_at == (local(10, 9) if moves else local(9, 10))
        assert pausing.keep_absences(session, now) == 0
