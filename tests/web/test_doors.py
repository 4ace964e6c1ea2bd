"""Sign-in, links, sessions and roles as somebody would try them who has no business here (RELIABILITY 5.2, items 13-15)."""

import dataclasses
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from outreach.app import create_app
from outreach.clock import real_now
from outreach.http.limits import counted_as
from outreach.journeys import accounts, handing_over
from outreach.store import events, logins
from outreach.store.forms import Form
from outreach.store.users import User
from tests.web.conftest import Visitor

PASSWORD = "correct horse battery"
FRESH = {"name": "Rita", "password": "another long one", "again": "another long one"}


def link_for(house: Any, user: User) -> str:
    with house.sessions.begin() as session:
        link: str = accounts.invite_link(session, house, session.get_one(User, user.id))
    return link.removeprefix("http://outreach.test")


def sentences(house: Any) -> list[str]:
    with house.sessions() as session:
        return [event.text for event in events.latest_of(session, "security", 20)]


# ---- links ----------------------------------------------------------------------------------------------------------


def test_of_several_links_only_the_newest_works(stranger: Any, rita: User, house: Any) -> None:
    """One that lies about in a mailbox or a chat opens nothing, whether the newer one was used or not."""
    old, new = link_for(house, rita), link_for(house, rita)
    assert stranger.get(old).status_code == 404
    stranger.get(new)
    assert stranger.post(old, FRESH).status_code == 422
    stranger.get(new)
    assert stranger.post(new, FRESH).status_code == 303
    assert stranger.get(new).status_code == 404


def test_a_link_for_a_new_password_lasts_half_an_hour_and_an_invitation_three_days(
    stranger: Any, rita: User, house: Any
) -> None:
    with house.sessions.begin() as session:
        invited = accounts.add_user(session, "new@outreach.test", "New", "rep")
    for user, minutes, status in ((rita, 29, 200), (rita, 31, 404), (invited, 71 * 60, 200), (invited, 73 * 60, 404)):
        path = link_for(house, user)
        with house.sessions.begin() as session:
            for row in session.query(logins.OneTimeLink):
                row.expires_at -= timedelta(minutes=minutes)
        assert stranger.get(path).status_code == status, (user.name, minutes)


def test_a_new_password_ends_the_links_that_were_to_set_one(rep: Any, stranger: Any, rita: User, house: Any) -> None:
    path = link_for(house, rita)
    rep.get("/settings/me")
    changed = {"password": PASSWORD, "new_password": "another long one", "again": "another long one"}
    assert rep.post("/settings/me/password", changed).status_code == 303
    assert stranger.get(path).status_code == 404


def test_somebody_who_was_switched_off_comes_in_by_no_link_session_or_password(
    rep: Any, stranger: Any, rita: User, ada: User, house: Any
) -> None:
    path = link_for(house, rita)
    with house.sessions.begin() as session:
        user, heir = session.get_one(User, rita.id), session.get_one(User, ada.id)
        handing_over.leave(session, user, heir, heir, house.now(session))
    assert rep.get("/settings/me").status_code == 302
    assert stranger.get(path).status_code == 404
    assert stranger.sign_in(rita.email).status_code == 422
    late = link_for(house, rita)
    stranger.get(late)
    assert "switched off" in stranger.post(late, FRESH).text


def test_two_who_use_one_link_at_once_do_not_both_come_in(app: Flask, rita: User, house: Any) -> None:
    path = link_for(house, rita)
    visitors = [Visitor(app) for _ in range(2)]
    for visitor in visitors:
        visitor.get(path)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda visitor: visitor.post(path, FRESH).status_code, visitors))
    assert sorted(answers) == [303, 422]


def test_a_link_names_our_own_host_whatever_the_request_said(admin: Any, rita: User) -> None:
    """Item 15: an administrator who was lured to another name hands out no link to it."""
    page = admin.post(f"/settings/users/{rita.id}/link", headers={"Host": "localhost"}).text
    assert re.search(r'value="http://outreach\.test/claim/[\w-]{30,}"', page)


# ---- sessions -------------------------------------------------------------------------------------------------------


def test_a_cookie_that_somebody_planted_is_not_taken_over_at_sign_in(stranger: Any, rita: User) -> None:
    """Neither the login's, nor the one that the CSRF token belongs to."""
    stranger.client.set_cookie("outreach_login", "planted")
    stranger.get("/sign-in")
    before = stranger.token
    stranger.post("/sign-in", {"email": rita.email, "password": PASSWORD})
    assert stranger.client.get_cookie("outreach_login").value != "planted"
    stale = stranger.client.post("/settings/me", data={"csrf_token": before, "name": "Eve"})
    assert stale.status_code == 400


def test_signing_in_as_somebody_else_ends_the_login_that_was_there(rep: Any, ada: User, rita: User, house: Any) -> None:
    old = rep.client.get_cookie("outreach_login").value
    rep.client.delete_cookie("outreach_login")
    rep.get("/sign-in")
    rep.client.set_cookie("outreach_login", old)
    rep.post("/sign-in", {"email": ada.email, "password": PASSWORD})
    with house.sessions() as session:
        assert logins.find(session, old, real_now()) is None
        assert logins.of_user(session, rita.id) == []


def test_with_https_no_neighbour_can_put_a_cookie_in_the_place_of_ours(house: Any, rita: User) -> None:
    """Browsers take a name with __Host- from the very host alone, and only with Secure, Path=/ and without a domain."""
    settings = house.settings.model_copy(update={"base_url": "https://outreach.test"})
    visitor = Visitor(create_app(dataclasses.replace(house, settings=settings)))
    secure = {"base_url": "https://outreach.test", "headers": {"Referer": "https://outreach.test/"}}
    visitor.get("/sign-in", **secure)
    answer = visitor.post("/sign-in", {"email": rita.email, "password": PASSWORD}, **secure)
    assert answer.status_code == 303
    cookies = answer.headers.getlist("Set-Cookie")
    visitor.get("/settings/me", **secure)
    left = visitor.post("/sign-out", **secure).headers.getlist("Set-Cookie")
    for cookie in [*cookies, *left]:
        assert cookie.startswith("__Host-outreach_")
        assert "Secure" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
    assert any("login=;" in cookie for cookie in left)


def test_a_role_that_is_taken_away_is_gone_with_the_next_click(admin: Any, ada: User, house: Any) -> None:
    assert admin.get("/settings/users").status_code == 200
    with house.sessions.begin() as session:
        session.get_one(User, ada.id).role = "rep"
    assert admin.get("/settings/users").status_code == 403
    assert (
        admin.post("/settings/users", {"name": "E", "email": "eve@outreach.test", "role": "admin"}).status_code == 403
    )


# ---- guessing -------------------------------------------------------------------------------------------------------


def test_many_tries_at_once_are_counted_one_by_one(app: Flask, rita: User) -> None:
    """Who sends them all in the same instant has five tries as well."""
    visitors = [Visitor(app) for _ in range(12)]
    for visitor in visitors:
        visitor.get("/sign-in")
    wrong = {"email": rita.email, "password": "wrong"}
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda visitor: visitor.post("/sign-in", wrong).status_code, visitors))
    assert sorted(answers) == [422] * 5 + [429] * 7


def test_whoever_sits_at_an_open_browser_guesses_the_password_five_times(rep: Any) -> None:
    rep.get("/settings/me")
    guess = {"password": "guess", "new_password": "another long one", "again": "another long one"}
    for _ in range(5):
        assert "not your present password" in rep.post("/settings/me/password", guess).text
    assert "Too many" in rep.post("/settings/me/password", {**guess, "password": PASSWORD}).text


@pytest.mark.parametrize(
    ("address", "who"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:a::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("no address", "no address"),
    ],
)
def test_a_visitor_with_a_network_of_addresses_counts_as_one(address: str, who: str) -> None:
    assert counted_as(address) == who


def test_another_address_of_the_same_network_is_no_new_visitor(stranger: Any, rita: User) -> None:
    stranger.get("/sign-in")
    for number in range(5):
        wrong = {"email": rita.email, "password": "wrong"}
        stranger.post("/sign-in", wrong, environ_base={"REMOTE_ADDR": f"2001:db8::{number}"})
    shut = stranger.post(
        "/sign-in", {"email": rita.email, "password": PASSWORD}, environ_base={"REMOTE_ADDR": "2001:db8::9"}
    )
    assert shut.status_code == 429


def test_a_flood_of_forms_from_one_network_is_a_flood(app: Flask, house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """RELIABILITY 5.2, item 21: 60 posts a minute, whichever of its addresses they come from."""
    from limits import RateLimitItemPerMinute

    from outreach.public import forms

    monkeypatch.setattr(forms, "PER_VISITOR", RateLimitItemPerMinute(3))
    with house.sessions.begin() as session:
        session.add(Form(key="flooded", name="F", title="F", fields=[], created_at=house.now(session)))
    client = app.test_client()
    answers = [
        client.post("/f/flooded", json={}, environ_base={"REMOTE_ADDR": address}).status_code
        for address in ("2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8::4", "2001:db8:0:1::4")
    ]
    assert [status == 429 for status in answers] == [False, False, False, True, False]


def test_a_password_may_be_long_and_is_then_taken_whole(rep: Any, stranger: Any, rita: User, house: Any) -> None:
    long = "a phrase of many words " * 21
    rep.get("/settings/me")
    change = {"password": PASSWORD, "new_password": long, "again": long}
    assert rep.post("/settings/me/password", change).status_code == 303
    assert stranger.sign_in(rita.email, long[:-1]).status_code == 422
    assert stranger.sign_in(rita.email, long).status_code == 303
    endless = {"password": long, "new_password": long + long, "again": long + long}
    assert "At most 500 characters" in rep.post("/settings/me/password", endless).text


def test_a_password_that_was_hashed_with_less_work_is_hashed_anew_at_sign_in(
    stranger: Any, rita: User, house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would take less time to check than an address that nobody has."""
    from argon2 import PasswordHasher

    monkeypatch.setattr(accounts, "_hasher", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert stranger.sign_in(rita.email).status_code == 303
    with house.sessions() as session:
        assert "m=16,t=2,p=1" in session.get_one(User, rita.id).password_hash


# ---- what is told ---------------------------------------------------------------------------------------------------


def test_what_changes_at_the_sign_in_is_listed_with_who_did_it(admin: Any, rep: Any, rita: User, house: Any) -> None:
    admin.get("/settings/users")
    admin.post(f"/settings/users/{rita.id}/role", {"role": "manager"})
    admin.post(f"/settings/users/{rita.id}/link")
    rep.get("/settings/me")
    change = {"password": PASSWORD, "new_password": "another long one", "again": "another long one"}
    rep.post("/settings/me/password", change)
    assert sentences(house) == [
        "Rita Rep: The password was changed.",
        "Rita Rep: A one-time link to set a password was made.",
        "Rita Rep: The role is manager now, not rep.",
    ]
    page = admin.get("/settings/users").text
    assert "The role is manager now" in page
    assert "by Ada Admin" in page


def test_a_password_that_is_typed_twice_is_on_no_error_page(stranger: Any, house: Any) -> None:
    with house.sessions.begin() as session:
        path = accounts.claim_link(session, house).removeprefix("http://outreach.test")
    typed = {"name": "Ada of Acme", "email": "ada@outreach.test", "password": PASSWORD, "again": PASSWORD}
    stranger.get(path)
    refused = stranger.client.post(path, data=typed, headers={"Origin": "http://localhost"})
    assert refused.status_code == 400
    assert "Ada of Acme" in refused.text
    assert PASSWORD not in refused.text
