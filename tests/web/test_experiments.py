"""/experiments: a test is begun, seen and closed by those who build sequences."""

from typing import Any

import pytest

from outreach import documents
from outreach.journeys import enrol, publish
from outreach.store import experiments
from outreach.store.leads import Lead
from outreach.store.sequences import SequenceRow

from .conftest import Visitor

DOCUMENT = "outreach: 1\nname: {}\nsteps:\n  - {{id: a, email: {{subject: Hello, body: Text}}, after: 1 day}}\n"


@pytest.fixture
def pair(house: Any) -> list[int]:
    with house.sessions.begin() as session:
        made = []
        for name in ("Short", "Long"):
            row = publish.create(session, documents.read(DOCUMENT.format(name)), house.now(session))
            publish.publish(session, row, house.now(session), None)
            made.append(row.id)
        return made


def asked(pair: list[int], **change: str) -> dict[str, str]:
    return {"first": str(pair[0]), "second": str(pair[1]), "measure": "positive", "weight": "50", "rate": "5",
            "worth": "10", **change}  # fmt: skip


def test_a_test_is_begun_watched_and_closed(admin: Visitor, house: Any, pair: list[int]) -> None:
    """B6."""
    assert "Nothing is being tested" in admin.get("/experiments").text
    answer = admin.post("/experiments", asked(pair))
    assert answer.status_code == 303
    with house.sessions.begin() as session:
        now = house.now(session)
        for number in range(4):
            lead = Lead(
                email=f"p{number}@lead.test", name=f"P{number}", fields={}, created_at=now, last_activity_at=now
            )
            session.add(lead)
            session.flush()
            enrol.enrol(session, house, lead, session.get_one(SequenceRow, pair[0]), now)
        given = [experiments.given(session, 1, number) for number in (1, 2, 3, 4)]
    assert set(given) <= set(pair)
    side = given[0]
    page = admin.get(f"{answer.location}?side={side}").text
    assert "Too early: both sides still need people, up to 432 more" in page
    assert "P0" in page
    assert "Short against Long" in admin.get("/experiments").text
    assert admin.post(f"{answer.location}/close").status_code == 303
    assert "Close the test" not in admin.get(answer.location).text
    assert admin.get(f"{answer.location}?side=999").status_code == 404
    assert "Nobody yet" in admin.get(f"{answer.location}?side={side}&only=replied").text
    assert admin.get(f"{answer.location}?side={side}&only=liked").status_code == 404


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"second": ""}, "Choose two sequences"),
        ({"weight": "100"}, "Between 5 and 95"),
        ({"rate": "much"}, "is no percentage"),
        ({"worth": "5"}, "different rates"),
    ],
)
def test_what_cannot_be_tested_is_said_and_the_form_stays(
    admin: Visitor, pair: list[int], change: dict[str, str], words: str
) -> None:
    admin.get("/experiments")
    answer = admin.post("/experiments", asked(pair, **change))
    assert answer.status_code == 422
    assert words in answer.text


def test_a_rep_sees_the_numbers_and_begins_nothing(rep: Visitor, pair: list[int]) -> None:
    assert "New test" not in rep.get("/experiments").text
    assert rep.post("/experiments", asked(pair)).status_code == 403
