"""Soft bounces that add up (RULES F2, MAIL 1.11): three of them, over at least five days, and nothing that arrived between."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from outreach.core import states
from outreach.journeys import delivery_reports
from outreach.store.enrolments import Enrolment
from outreach.store.leads import Lead
from outreach.store.messages import Message
from tests.journeys.people import START, Office


@pytest.mark.parametrize(
    ("days", "between", "waits"),
    [
        ((0, 3, 6), None, True),
        ((0, 1, 2), None, False),  # one outage of their server
        ((0, 3, 6), "delivered", False),
        ((0, 6), None, False),
    ],
)
def test_soft_bounces_end_a_lead_only_when_nothing_arrives_for_days(
    house: Any, session: Any, days: tuple[int, ...], between: str | None, waits: bool
) -> None:
    """F2, MAIL 1.11: three letters in one bad day are no dead address, and one that was delivered begins the count anew."""
    office = Office(house)
    with house.sessions.begin() as writing:
        entered = office.inside(writing, office.sequence(writing), "anna")
        number, lead_id = entered.id, entered.lead_id
    verdicts = [(day, "soft") for day in days] + ([(5, between)] if between else [])
    for day, verdict in sorted(verdicts):
        at = START + timedelta(days=day)
        with house.sessions.begin() as writing:
            letter = Message(
                kind="own", state="sent", sent_at=at, lead_id=lead_id, to_address="anna@lumen.example", due_at=at,
                queued_at=at, extra={}, references=[], settled=True,
            )  # fmt: skip
            writing.add(letter)
            writing.flush()
            lead = writing.get_one(Lead, lead_id)
            delivery_reports.told(writing, house, letter, lead, verdict, "452 4.2.2 full", at, {})
    row = session.scalars(select(Enrolment).where(Enrolment.id == number)).one()
    assert (row.state == states.FAILED) is waits
