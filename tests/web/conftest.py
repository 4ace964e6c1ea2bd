"""A signed-in browser before the pages: Ada administers, Rita is a rep."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from outreach import documents
from outreach.journeys import accounts, publish
from outreach.store.leads import Lead
from outreach.store.users import User

PASSWORD = "correct horse battery"


class Visitor:
    """A browser that fills in forms: it takes the CSRF token from the page that it looked at last."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()
        self.token = ""

    def get(self, path: str, **more: Any) -> TestResponse:
        answer = self.client.get(path, **more)
        page = answer.text if answer.mimetype.startswith("text/") else ""
        found = re.search(r'name="csrf_token" value="([^"]+)"|name="csrf-token" content="([^"]+)"', page)
        self.token = (found[1] or found[2]) if found else self.token
        return answer

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.token, **(data or {})}, **more)

    def sign_in(self, email: str, password: str = PASSWORD) -> TestResponse:
        self.get("/sign-in")
        answer = self.post("/sign-in", {"email": email, "password": password})
        self.get("/menu")
        return answer


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    return Visitor(app)


@pytest.fixture
def ada(house: Any) -> User:
    with house.sessions.begin() as session:
        return accounts.add_user(session, "ada@outreach.test", "Ada Admin", "admin", PASSWORD)


@pytest.fixture
def rita(house: Any, ada: User) -> User:
    with house.sessions.begin() as session:
        return accounts.add_user(session, "rita@outreach.test", "Rita Rep", "rep", PASSWORD)


@pytest.fixture
def admin(app: Flask, ada: User) -> Visitor:
    """Ada's browser, signed in."""
    visitor = Visitor(app)
    visitor.sign_in(ada.email)
    return visitor


@pytest.fixture
def rep(app: Flask, rita: User) -> Visitor:
    """Rita's browser, signed in."""
    visitor = Visitor(app)
    visitor.sign_in(rita.email)
    return visitor


@pytest.fixture
def lead(session: Any, house: Any) -> Lead:
    """Anna, of whom only name and address are known."""
    now = house.now(session)
    row = Lead(email="anna@lumen.example", name="Anna Weber", created_at=now, last_activity_at=now)
    session.add(row)
    session.commit()
    return row


def live_sequence(house: Any, document: str) -> int:
    """A published sequence of this document; its id."""
    with house.sessions.begin() as session:
        row = publish.create(session, documents.read(document), house.now(session))
        publish.publish(session, row, house.now(session), None)
        return row.id
