"""Who may enter: marks on views, sign-in, roles, CSRF."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from outreach.clock import real_now
from outreach.http.sign_in import inside
from outreach.store import logins
from outreach.store.users import User


def test_a_view_that_says_nothing_is_closed(client: FlaskClient) -> None:
    assert client.get("/forgotten").status_code == 403


def test_a_stranger_is_asked_to_sign_in_and_comes_back(client: FlaskClient) -> None:
    answer = client.get("/mine?tab=2")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/sign-in?next=%2Fmine%3Ftab%3D2"


def test_a_script_hears_that_the_sign_in_has_ended_and_its_page_stays(client: FlaskClient) -> None:
    """Leading the page away would lose what was typed on it."""
    for headers in ({"HX-Request": "true"}, {"Accept": "application/json"}):
        answer = client.get("/mine", headers=headers)
        assert answer.status_code == 401
        assert "nothing you wrote is lost" in answer.text
        assert "HX-Redirect" not in answer.headers


def test_a_signed_in_user_enters_and_a_role_is_asked_for(client: FlaskClient, rep: User) -> None:
    client.get(f"/enter/{rep.id}")
    assert client.get("/mine").text == "Rita Rep"
    refused = client.get("/admins")
    assert refused.status_code == 403
    assert "administrators" in refused.text


def test_the_login_cookie_is_out_of_reach_of_scripts_and_other_sites(client: FlaskClient, rep: User) -> None:
    cookie = next(c for c in client.get(f"/enter/{rep.id}").headers.getlist("Set-Cookie") if "outreach_login" in c)
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_only_a_hash_of_the_login_is_kept(client: FlaskClient, rep: User, house: Any) -> None:
    client.get(f"/enter/{rep.id}")
    token = client.get_cookie("outreach_login").value  # type: ignore[union-attr]
    with house.sessions() as session:
        (row,) = logins.of_user(session, rep.id)
    assert token not in row.token_hash
    assert row.token_hash == logins.hashed(token)


def test_a_revoked_login_ends_at_once(client: FlaskClient, rep: User, house: Any) -> None:
    client.get(f"/enter/{rep.id}")
    with house.sessions.begin() as session:
        logins.revoke_all(session, rep.id)
    assert client.get("/mine").status_code == 302


def test_signing_out_ends_the_login_in_the_table_too(client: FlaskClient, rep: User, house: Any) -> None:
    client.get(f"/enter/{rep.id}")
    token = client.get_cookie("outreach_login").value  # type: ignore[union-attr]
    client.get("/leave")
    with house.sessions() as session:
        assert logins.find(session, token, real_now()) is None


def test_a_login_ends_with_time_and_with_the_user(client: FlaskClient, rep: User, house: Any) -> None:
    client.get(f"/enter/{rep.id}")
    token = client.get_cookie("outreach_login").value  # type: ignore[union-attr]
    with house.sessions.begin() as session:
        assert logins.find(session, token, real_now() + timedelta(days=31)) is None
        session.get_one(User, rep.id).active = False
    assert client.get("/mine").status_code == 302


def test_a_post_without_a_token_is_refused_in_words(client: FlaskClient) -> None:
    answer = client.post("/open-form")
    assert answer.status_code == 400
    assert "Reload the page" in answer.text


def test_a_door_for_machines_needs_no_token(client: FlaskClient) -> None:
    assert client.post("/hook", data={"a": "1"}).text == "1"


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/x", "//evil.example/x", "///evil.example", "/\\evil.example", "\\\\evil.example",
     "javascript:alert(1)", "/a\r\nSet-Cookie: x=1", "/\t/evil.example", " //evil.example", "\x0b//evil.example", "////evil.example",
     "http:///evil.example", "/\x0b/evil.example", "//evil.example\\@outreach.test", "https:evil.example", "", None],
)  # fmt: skip
def test_a_way_back_never_leads_to_another_host(address: str | None) -> None:
    path = inside(address)
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
    assert "\r" not in path
    assert "\n" not in path


def test_a_way_back_keeps_path_and_query() -> None:
    assert inside("/leads?q=a&tag=b") == "/leads?q=a&tag=b"
    assert inside("http://outreach.test/leads") == "/leads"
