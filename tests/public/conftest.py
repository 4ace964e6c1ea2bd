"""A stranger's browser before the doors, and a form to fill in."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from outreach.public import reading
from outreach.store.forms import Form

TOPICS = [
    {"value": "roof", "label": "A solar roof", "paragraph": "Roofs.", "question": "How large is it?"},
    {"value": "battery", "label": "A battery", "paragraph": "Batteries."},
]
FIELDS = [
    {"key": "name", "label": "Your name", "kind": "text", "required": True},
    {"key": "email", "label": "E-mail", "kind": "email", "required": True},
    {"key": "phone", "label": "Phone", "kind": "tel"},
    {"key": "topic", "label": "What is it about?", "kind": "select", "required": True, "options": TOPICS},
    {"key": "message", "label": "Your message", "kind": "textarea"},
    {"key": "consent", "label": "Send me the newsletter", "kind": "checkbox"},
]
ANSWERS = {"name": "Anna Weber", "email": "anna@lumen.example", "topic": "roof", "message": "Hello"}


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def form(house: Any) -> Iterator[Form]:
    with house.sessions() as session:
        row = Form(
            key="contact", name="Contact", title="Talk to us", intro="We answer at once.", fields=FIELDS,
            consent_text="Yes, send me useful articles.", created_at=house.now(session),
        )  # fmt: skip
        session.add(row)
        session.commit()
        yield row


@pytest.fixture
def slow_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who took a minute to fill in the page."""
    real = reading.clock.real_now

    def a_minute_ago(keys: tuple[bytes, ...]) -> str:
        return reading.tokens.sign("fill", int((real() - timedelta(minutes=1)).timestamp() * 10), keys)

    monkeypatch.setattr(reading, "stamp", a_minute_ago)


def hidden(html: str) -> dict[str, str]:
    """The hidden fields of a page."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', html))
