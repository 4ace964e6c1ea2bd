"""Words that somebody typed outlive a sign-in that ended, a stale token, a refusal."""

import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from outreach.store import consents, logins
from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.store.users import User

FROM_US = {"Sec-Fetch-Site": "same-origin"}
WORDS = "Hello Anna,\n\nthe offer is “<b>ready</b>” & attached."


@pytest.fixture
def anna(house: Any) -> Lead:
    with house.sessions.begin() as session:
        now = house.now(session)
        row = Lead(email="anna@acme.example", name="Anna", fields={}, created_at=now, last_activity_at=now)
        session.add(row)
    return row


def end_sign_in(house: Any, user: User) -> None:
    with house.sessions.begin() as session:
        logins.revoke_all(session, user.id)


def sent_again(client: FlaskClient, page: str, headers: dict[str, str] = FROM_US) -> Any:
    """Press “Send again” on an error page."""
    address = unescape(re.search(r'<form[^>]*method="post" action="([^"]+)"', page)[1])  # type: ignore[index]
    fields = re.findall(r'<textarea name="([^"]+)" hidden>\n(.*?)</textarea>', page, re.DOTALL)
    hidden = dict(re.findall(r'<input[^>]*type="hidden" name="([^"]+)" value="([^"]+)"', page))
    return client.post(address, data=hidden | {name: unescape(text) for name, text in fields}, headers=headers)


def letters(house: Any) -> list[str]:
    with house.sessions() as session:
        return list(session.scalars(select(Message.body).where(Message.kind == "own")))


def test_a_mail_survives_a_sign_in_that_ended_and_goes_out_afterwards(
    rep: Any, rita: User, anna: Lead, house: Any
) -> None:
    rep.get(f"/leads/{anna.id}")
    end_sign_in(house, rita)
    refused = rep.post(f"/leads/{anna.id}/write", {"subject": "Your offer", "text": WORDS}, headers=FROM_US)
    assert refused.status_code == 401
    assert "Please sign in again" in refused.text
    assert "Sign in in a new tab" in refused.text
    assert WORDS in unescape(refused.text)
    assert "<b>ready</b>" not in refused.text
    rep.sign_in(rita.email)  # that makes a new token; without scripts the page still has the old one
    assert sent_again(rep.client, refused.text).status_code == 303
    assert letters(house) == [WORDS]


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Referer": "http://localhost/"}, {}],
)
def test_only_the_browser_s_own_word_stands_in_for_a_stale_token(
    rep: Any, rita: User, anna: Lead, house: Any, headers: dict[str, str]
) -> None:
    rep.get(f"/leads/{anna.id}")
    end_sign_in(house, rita)
    refused = rep.post(f"/leads/{anna.id}/write", {"subject": "Your offer", "text": WORDS}, headers=FROM_US)
    rep.sign_in(rita.email)
    assert sent_again(rep.client, refused.text, headers).status_code == 400
    assert letters(house) == []
    same = {"Origin": "http://localhost"}
    assert (
        rep.client.post(f"/leads/{anna.id}/write", data={"subject": "x", "text": "y"}, headers=same).status_code == 400
    )


def test_a_page_that_stayed_open_is_given_the_new_token(rep: Any, rita: User, house: Any) -> None:
    rep.get("/leads")
    old = rep.token
    assert rep.client.get("/csrf-token", headers={"X-CSRFToken": old}).text == ""
    end_sign_in(house, rita)
    rep.sign_in(rita.email)
    fresh = rep.client.get("/csrf-token", headers={"X-CSRFToken": old}).text
    assert rep.client.get("/csrf-token", headers={"X-CSRFToken": fresh}).text == ""
    assert "in the other one" in rep.client.get("/signed-in").text


def test_what_cannot_be_sent_again_is_shown_to_be_copied(rep: Any, anna: Lead, house: Any) -> None:
    with house.sessions.begin() as session:
        now = house.now(session)
        consents.suppress(session, "anna@acme.example", "unsubscribed", "mail", now)
    rep.get(f"/leads/{anna.id}")
    refused = rep.post(f"/leads/{anna.id}/write", {"subject": "Your offer", "text": WORDS}, headers=FROM_US)
    assert 400 <= refused.status_code < 500
    assert WORDS in unescape(refused.text)


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Referer": "https://evil.example/"}, {}],
)
def test_words_of_another_site_are_not_repeated(rep: Any, headers: dict[str, str]) -> None:
    """Its form would stand on a page of ours, with a token that counts."""
    answer = rep.client.post("/leads/new", data={"name": "Evil words"}, headers=headers)
    assert answer.status_code == 400
    assert "Evil words" not in answer.text
    assert "csrf_token" not in answer.text


def test_a_password_is_never_repeated(rep: Any, rita: User, house: Any) -> None:
    end_sign_in(house, rita)
    given = {"username": rita.email, "password": "my old secret words"}
    given |= dict.fromkeys(("new_password", "again"), "my new secret words")
    answer = rep.post("/settings/me/password", given, headers=FROM_US)
    assert answer.status_code == 401
    assert "secret words" not in answer.text
    assert "Send again" not in answer.text
