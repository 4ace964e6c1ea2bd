"""A small application on the shared web floor, with one view for each kind of door."""

from typing import Any

import pytest
from flask import Flask, abort, request
from flask.testing import FlaskClient

from outreach import http, web
from outreach.http import sign_in, transactions
from outreach.http.access import anyone, role, signed_in
from outreach.http.headers import allow, style_nonce
from outreach.store import account
from outreach.store.users import User


@pytest.fixture
def app(house: Any) -> Flask:
    """Doors: /open, /mine, /admins, /hook (no CSRF), /rename (writes), /broken, /gone, /framed, /forgotten (no mark)."""
    made = Flask("outreach", static_folder=None)
    http.install(made, house)

    @made.get("/open")
    @anyone("a test")
    def open_() -> str:
        return "open"

    @made.get("/mine")
    @signed_in
    def mine() -> str:
        return sign_in.this_user().name

    @made.get("/admins")
    @role("admin")
    def admins() -> str:
        return "admins"

    @made.post("/hook")
    @anyone("machines post here", csrf=False, body=1_000)
    def hook() -> str:
        return str(len(request.form) or len(request.get_data()))

    @made.post("/open-form")
    @anyone("a test")
    def open_form() -> str:
        return "posted"

    @made.post("/rename/<name>/<int:status>")
    @anyone("a test", csrf=False)
    def rename(name: str, status: int) -> tuple[str, int]:
        account.get(transactions.transaction()).company = name
        transactions.poke("deliver", 7)
        return name, status

    @made.get("/broken")
    @anyone("a test")
    def broken() -> str:
        raise RuntimeError("a secret of the inside")

    @made.get("/gone/<int:status>")
    @anyone("a test")
    def gone(status: int) -> str:
        abort(status, "The letter that this link was in is gone.")

    @made.get("/framed")
    @anyone("a test")
    def framed() -> str:
        allow(frame_src="'self'")
        return style_nonce()

    @made.get("/forgotten")
    def forgotten() -> str:
        return "nobody said who may read this"

    @made.get("/enter/<int:user_id>")
    @anyone("a test")
    def enter(user_id: int) -> Any:
        user = transactions.transaction().get_one(User, user_id)
        return sign_in.sign_in(made.make_response("in"), user)

    @made.get("/leave")
    @signed_in
    def leave() -> Any:
        return sign_in.sign_out(made.make_response("out"))

    web.install(made)  # error pages are drawn with its templates
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def rep(house: Any) -> User:
    """Rita, a rep."""
    with house.sessions() as session:
        user = User(email="rita@outreach.test", name="Rita Rep", role="rep", working_hours={})
        session.add(user)
        session.commit()
        return user
