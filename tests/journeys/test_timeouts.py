"""A task that nobody does in time is closed, and the manager hears of it where the step says so (K1)."""

from typing import Any

import pytest
from sqlalchemy import select

from outreach import documents
from outreach.journeys import accounts, advance, enrol
from outreach.store.notices import Notice
from outreach.store.tasks import Task
from tests.journeys.people import DAY, START, Office

DOCUMENT = """outreach: 1
name: Cadence
anchor: {anchor}
steps:
  - {{id: ring, call: {{script: hello, timeout: 1 day, then: {then}}}, after: 0 minutes}}
  - {{id: mail, email: {{subject: Hello, body: Text}}, after: 5 days}}
"""


class Timeouts(Office):
    """Anna, Rita's lead, has to be called; nobody does. Max is a manager."""

    def __init__(self, house: Any, anchor: str, then: str, *, managed: bool = True) -> None:
        super().__init__(house)
        with house.sessions.begin() as session:
            self.manager = accounts.add_user(session, "max@outreach.test", "Max", "manager" if managed else "rep").id
            row = self.sequence(session, documents.read(DOCUMENT.format(anchor=anchor, then=then)))
            lead = self.lead(session, "anna")
            lead.phone = "+12025550123"
            session.flush()
            assert enrol.enrol(session, house, lead, row, START).enrolment
        self.at(START + 2 * DAY)
        for _ in range(3):
            advance.advance(house)

    def task(self) -> Task:
        with self.house.sessions() as session:
            return session.scalars(select(Task).where(Task.kind == "call")).one()

    def told(self) -> list[int | None]:
        with self.house.sessions() as session:
            return list(session.scalars(select(Notice.user_id).where(Notice.text.contains("in time"))))


@pytest.mark.parametrize("anchor", ["previous_step", "enrolment"])
@pytest.mark.parametrize("then", ["skip", "continue"])
def test_the_task_is_closed_and_nobody_is_told(house: Any, anchor: str, then: str) -> None:
    """K1: whether it held the sequence up or not."""
    office = Timeouts(house, anchor, then)
    assert (office.task().state, office.task().note) == ("skipped", "not done in time")
    assert office.told() == []


@pytest.mark.parametrize("anchor", ["previous_step", "enrolment"])
def test_the_manager_is_told_once_and_not_the_one_who_did_nothing(house: Any, anchor: str) -> None:
    """K1."""
    office = Timeouts(house, anchor, "escalate")
    assert office.told() == [office.manager]


def test_without_a_manager_the_administrators_are_told(house: Any) -> None:
    """K1: under the account's bell."""
    assert Timeouts(house, "previous_step", "escalate", managed=False).told() == [None]
