"""Signing in and out, throttling, claiming the installation."""

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from outreach.clock import real_now
from outreach.journeys import accounts, look_around
from outreach.store import logins, users
from outreach.store.users import User

PASSWORD = "correct horse battery"


def test_the_right_password_leads_to_the_page_that_was_asked_for(stranger: Any, ada: User) -> None:
    stranger.get("/sign-in?next=/settings/me")
    answer = stranger.post("/sign-in", {"email": "ADA@outreach.test ", "password": PASSWORD, "next": "/settings/me"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings/me")
    assert "Ada Admin" in stranger.get("/settings/me").text


def test_a_wrong_password_and_an_unknown_address_read_the_same(stranger: Any, ada: User) -> None:
    answers = []
    for email in ("ada@outreach.test", "nobody@outreach.test"):
        stranger.get("/sign-in")
        answers.append(stranger.post("/sign-in", {"email": email, "password": "wrong"}))
    assert [a.status_code for a in answers] == [422, 422]
    pages = [re.sub(r'name="csrf_token"[^>]*>|content="[\w.-]{60,}"', "", answer.text) for answer in answers]
    assert pages[0].replace("ada@", "") == pages[1].replace("nobody@", "")


def test_of_a_password_only_an_argon2_hash_is_kept_and_an_unknown_address_costs_one_as_well(
    stranger: Any, ada: User, monkeypatch: Any
) -> None:
    """RELIABILITY 5.2, item 13: neither the table nor the time that an answer takes tells who is there."""
    assert ada.password_hash.startswith("$argon2id$")
    assert PASSWORD not in ada.password_hash
    asked: list[str] = []
    whole = type(accounts._hasher).verify
    monkeypatch.setattr(
        type(accounts._hasher), "verify", lambda self, kept, given: asked.append(given) or whole(self, kept, given)
    )
    for email in ("ada@outreach.test", "nobody@outreach.test"):
        stranger.get("/sign-in")
        stranger.post("/sign-in", {"email": email, "password": "wrong"})
    assert asked == ["wrong", "wrong"]


def test_five_failed_tries_close_the_door_for_that_account_and_address(stranger: Any, ada: User, rita: User) -> None:
    stranger.get("/sign-in")
    for _ in range(5):
        stranger.post("/sign-in", {"email": ada.email, "password": "wrong"})
    shut = stranger.post("/sign-in", {"email": ada.email, "password": PASSWORD})
    assert shut.status_code == 429
    assert "15 minutes" in shut.text
    elsewhere = {"email": ada.email, "password": PASSWORD}
    assert stranger.post("/sign-in", elsewhere, environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 303


def test_the_door_opens_again_after_a_quarter_of_an_hour(stranger: Any, ada: User, house: Any) -> None:
    with house.sessions.begin() as session:
        for _ in range(5):
            session.add(logins.LoginAttempt(who="ada@outreach.test|127.0.0.1", at=real_now() - timedelta(minutes=16)))
    assert stranger.sign_in(ada.email).status_code == 303


def test_what_opens_nothing_any_more_is_forgotten(rita: User, admin: Any, house: Any) -> None:
    """Tries of yesterday, sign-ins and links that ran out; what still counts stays."""
    with house.sessions.begin() as session:
        now = real_now()
        logins.create(session, rita.id, now - timedelta(days=31))
        logins.make_link(session, rita.id, now - timedelta(days=4))
        fresh = logins.make_link(session, rita.id, now)
        session.add_all(
            logins.LoginAttempt(who="eve|203.0.113.7", at=now - timedelta(hours=hours)) for hours in (1, 30)
        )
    look_around.look_around(house)
    with house.sessions() as session:
        assert logins.of_user(session, rita.id) == []
        assert logins.link(session, fresh, now) is not None
        assert len(session.scalars(select(logins.OneTimeLink)).all()) == 1
        assert len(session.scalars(select(logins.LoginAttempt)).all()) == 1
    assert admin.get("/settings/me").status_code == 200


def test_signing_out_ends_the_session(admin: Any) -> None:
    assert admin.post("/sign-out").headers["Location"] == "/sign-in"
    assert admin.get("/settings").status_code == 302


def test_signing_in_leads_to_no_other_host(stranger: Any, ada: User) -> None:
    stranger.get("/sign-in")
    away = {"email": ada.email, "password": PASSWORD, "next": "//evil.example/x"}
    assert "evil" not in stranger.post("/sign-in", away).headers["Location"]


def claim_path(house: Any) -> str:
    with house.sessions.begin() as session:
        link = accounts.claim_link(session, house)
    assert link is not None
    return link.removeprefix(house.settings.base_url)


def answers(**changed: str) -> dict[str, str]:
    return {"name": "Ada Admin", "email": "ada@outreach.test", "password": PASSWORD, "again": PASSWORD, **changed}


def test_the_first_administrator_claims_the_installation_once(stranger: Any, house: Any, app: Any) -> None:
    path = claim_path(house)
    assert "first administrator" in stranger.get(path).text
    answer = stranger.post(path, answers())
    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings")
    assert stranger.get("/settings").status_code == 200
    with house.sessions() as session:
        assert users.by_email(session, "ada@outreach.test").role == "admin"  # type: ignore[union-attr]
    assert "no longer works" in stranger.get(path).text
    assert stranger.post(path, answers(email="eve@outreach.test")).status_code == 422


def test_what_is_wrong_in_a_claim_is_said_beside_the_field(stranger: Any, house: Any) -> None:
    path = claim_path(house)
    stranger.get(path)
    short = stranger.post(path, answers(password="short", again="short"))
    assert short.status_code == 422
    assert 'id="password-error"' in short.text
    assert 'id="again-error"' in stranger.post(path, answers(again="another password")).text
    assert "is no e-mail address" in stranger.post(path, answers(email="ada")).text
    assert stranger.post(path, answers()).status_code == 303


def test_an_invented_link_opens_nothing(stranger: Any) -> None:
    assert stranger.get("/claim/invented").status_code == 404
