"""The three answers of the break-up letter."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from outreach.store.events import Event
from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.store.tasks import Task


@pytest.fixture
def address(session: Any, house: Any) -> str:
    """The beginning of the letter's answer links."""
    now = house.now(session)
    lead = Lead(email="anna@lumen.example", name="Anna", zone="Europe/Berlin", created_at=now, last_activity_at=now)
    session.add(lead)
    session.flush()
    letter = Message(kind="step", to_address=lead.email, lead_id=lead.id, due_at=now, queued_at=now, references=[])
    session.add(letter)
    session.commit()
    return "/a/" + house.token("answer", letter.id)


def tasks(session: Any) -> list[Task]:
    session.expire_all()
    return list(session.scalars(select(Task).order_by(Task.id)))


@pytest.mark.parametrize("choice", ["yes", "later", "no"])
def test_opening_a_link_shows_a_page_and_changes_nothing(
    client: FlaskClient, session: Any, address: str, choice: str
) -> None:
    page = client.get(f"{address}/{choice}")
    assert page.status_code == 200
    assert page.text.count("<button") == 1
    assert session.scalars(select(Event)).all() == []


def test_yes_makes_a_task_for_the_rep_once(client: FlaskClient, session: Any, address: str) -> None:
    for _ in range(2):
        assert "we will talk" in client.post(f"{address}/yes").text
    assert [task.kind for task in tasks(session)] == ["interview"]


def test_later_comes_back_in_the_chosen_month(client: FlaskClient, session: Any, house: Any, address: str) -> None:
    assert client.post(f"{address}/later").status_code == 422
    month = (house.now(session).replace(day=1) + timedelta(days=70)).replace(day=1)
    answer = client.post(f"{address}/later", data={"month": f"{month:%Y-%m}"})
    assert f"{month:%B %Y}" in answer.text
    task = tasks(session)[0]
    assert task.kind == "call"
    assert (task.due_at.year, task.due_at.month) == (month.year, month.month)


def test_no_is_noted_without_a_task(client: FlaskClient, session: Any, address: str) -> None:
    assert client.post(f"{address}/no").status_code == 200
    assert tasks(session) == []
    assert "No, thanks" in session.scalar(select(Event.text).where(Event.kind == "answer"))


def test_a_wrong_token_or_choice_is_not_found(client: FlaskClient, address: str) -> None:
    assert client.post("/a/aaaaaaaaaaaaaaaaaaaaaa/yes").status_code == 404
    assert client.get(f"{address}/perhaps").status_code == 404


def test_it_answers_kindly_after_the_letter_is_gone(client: FlaskClient, house: Any) -> None:
    assert client.post(f"/a/{house.token('answer', 4711)}/yes").status_code == 200
