"""Unsubscribing: a page for people, one POST for mail programs (MAIL 1.3, RFC 8058)."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from outreach.store.consents import Suppression
from outreach.store.leads import Lead
from outreach.store.messages import Message


@pytest.fixture
def letter(session: Any, house: Any) -> Message:
    now = house.now(session)
    lead = Lead(email="anna@lumen.example", name="Anna", created_at=now, last_activity_at=now)
    session.add(lead)
    session.flush()
    row = Message(kind="step", to_address=lead.email, lead_id=lead.id, due_at=now, queued_at=now, references=[])
    session.add(row)
    session.commit()
    return row


def suppressed(session: Any) -> list[str]:
    session.expire_all()
    return list(session.scalars(select(Suppression.email)))


def test_looking_changes_nothing(client: FlaskClient, house: Any, session: Any, letter: Message) -> None:
    """MAIL U3; B4."""
    address = "/u/" + house.token("unsubscribe", letter.id)
    for _ in range(330):
        assert client.get(address).status_code == 200
        client.head(address)
        client.options(address)
    assert suppressed(session) == []
    assert client.get(address).text.count("<button") == 1


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_the_one_click_post_of_a_mail_program_acts_at_once(
    client: FlaskClient, house: Any, session: Any, letter: Message, content_type: str
) -> None:
    """MAIL U2, A4: no cookie, no token, no redirect."""
    address = "/u/" + house.token("unsubscribe", letter.id)
    for _ in range(2):
        answer = client.post(address, data={"List-Unsubscribe": "One-Click"}, content_type=content_type)
        assert answer.status_code == 200
    assert suppressed(session) == ["anna@lumen.example"]


def test_it_works_after_the_lead_was_deleted(client: FlaskClient, house: Any, session: Any, letter: Message) -> None:
    """MAIL U4."""
    session.delete(session.get(Lead, letter.lead_id))
    session.commit()
    assert client.post("/u/" + house.token("unsubscribe", letter.id)).status_code == 200
    assert suppressed(session) == ["anna@lumen.example"]


def test_it_answers_kindly_after_the_letter_is_gone(client: FlaskClient, house: Any, letter: Message) -> None:
    assert client.post("/u/" + house.token("unsubscribe", 99_999)).status_code == 200


def test_tokens_of_other_purposes_and_forged_ones_do_nothing(
    client: FlaskClient, house: Any, session: Any, letter: Message
) -> None:
    for token in (house.token("click", letter.id), house.token("answer", letter.id), "preview", "a" * 24):
        assert client.post("/u/" + token).status_code == 404
    assert suppressed(session) == []
    assert session.scalar(select(func.count()).select_from(Suppression)) == 0
