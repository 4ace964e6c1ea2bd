"""Links of letters: they lead everybody on, and keep who it was."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from outreach.journeys import track
from outreach.store import account
from outreach.store.events import Event
from outreach.store.leads import Lead
from outreach.store.links import Hit, Link
from outreach.store.messages import Message

CHROME = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0", "Accept-Language": "en"}
TARGETS = ("https://shop.example/prices", "https://shop.example/stories", "https://shop.example/contact")


@pytest.fixture
def links(session: Any, house: Any) -> list[Link]:
    """Three links of one letter that went out an hour ago."""
    now = house.now(session)
    lead = Lead(email="anna@lumen.example", name="Anna", created_at=now, last_activity_at=now)
    session.add(lead)
    session.flush()
    letter = Message(
        kind="step", to_address=lead.email, lead_id=lead.id, due_at=now, queued_at=now, state="sent", subject="Prices",
        sent_at=now - timedelta(hours=1), references=[],
    )  # fmt: skip
    session.add(letter)
    session.flush()
    made = [Link(message_id=letter.id, url=url, name=url.rsplit("/", 1)[1]) for url in TARGETS]
    session.add_all(made)
    session.commit()
    return made


def verdicts(session: Any) -> list[str]:
    session.expire_all()
    return [hit.verdict for hit in session.scalars(select(Hit).order_by(Hit.id))]


def test_a_click_leads_to_the_address_kept_with_the_letter(
    client: FlaskClient, house: Any, session: Any, links: list[Link]
) -> None:
    """MAIL T3, T5."""
    answer = client.get("/c/" + house.token("click", links[0].id), headers=CHROME)
    assert (answer.status_code, answer.location) == (302, TARGETS[0])
    assert verdicts(session) == ["human"]
    assert "Clicked “prices” in “Prices”." in session.scalars(select(Event.text)).all()


def test_a_token_that_is_not_ours_leads_nowhere(client: FlaskClient, house: Any, links: list[Link]) -> None:
    wrong_purpose = house.token("open", links[0].id)
    unknown_link = house.token("click", 99_999)
    for token in ("https://evil.example", "aaaa", wrong_purpose, unknown_link, house.token("click", links[0].id)[:-1]):
        assert client.get("/c/" + token).status_code == 404


def test_a_target_of_a_dangerous_scheme_is_never_followed(
    client: FlaskClient, house: Any, session: Any, links: list[Link]
) -> None:
    for url in ("javascript:alert(1)", "data:text/html,x", "//evil.example", "https://a.example/\r\nX: y"):
        session.get(Link, links[0].id).url = url
        session.commit()
        assert client.get("/c/" + house.token("click", links[0].id)).status_code == 404


def test_a_machine_is_led_on_too_and_counts_for_nothing(
    client: FlaskClient, house: Any, session: Any, links: list[Link]
) -> None:
    """MAIL T3, T6."""
    token = house.token("click", links[0].id)
    assert client.get("/c/" + token, headers={"User-Agent": "Mimecast/1.0"}).status_code == 302
    assert client.head("/c/" + token, headers=CHROME).status_code == 302
    assert verdicts(session) == ["scanner", "scanner"]
    assert session.scalars(select(Event)).all() == []


def test_opening_every_link_at_once_takes_the_first_human_verdicts_back(
    client: FlaskClient, house: Any, session: Any, links: list[Link]
) -> None:
    for link in links:
        client.get("/c/" + house.token("click", link.id), headers=CHROME)
    assert verdicts(session) == ["scanner", "scanner", "scanner"]


def test_a_click_seconds_after_delivery_counts_once_nothing_else_followed(
    client: FlaskClient, house: Any, session: Any, links: list[Link]
) -> None:
    now = house.now(session)
    session.get(Message, links[0].message_id).sent_at = now
    session.commit()
    client.get("/c/" + house.token("click", links[0].id), headers=CHROME)
    assert verdicts(session) == ["unknown"]
    assert track.settle_before(session, house, now, now) == 0
    assert track.settle_before(session, house, now, now + timedelta(seconds=20)) == 1
    session.commit()
    assert verdicts(session) == ["human"]
    assert track.settle_before(session, house, now, now + timedelta(seconds=40)) == 0
    assert len(session.scalars(select(Event).where(Event.kind == "click")).all()) == 1


def test_the_pixel_is_answered_always_and_kept_only_where_opens_are_tracked(
    client: FlaskClient, house: Any, session: Any, links: list[Link]
) -> None:
    """MAIL T1: off by default."""
    address = f"/o/{house.token('open', links[0].message_id)}.gif"
    assert client.get(address, headers=CHROME).mimetype == "image/gif"
    assert verdicts(session) == []
    account.get(session).open_pixel = True
    session.commit()
    client.get(address, headers=CHROME)
    assert verdicts(session) == ["human"]
    assert client.get("/o/nonsense.gif").status_code == 404
