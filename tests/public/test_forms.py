"""The form door: what somebody who fills in a form meets, and what is kept."""

import socket
import time
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from outreach.public.flood import PER_ADDRESS, Flood
from outreach.store.consents import Consent
from outreach.store.forms import Form, Submission
from outreach.store.leads import Lead

from .conftest import ANSWERS, hidden

pytestmark = pytest.mark.usefixtures("form")


def submissions(session: Any) -> list[Submission]:
    session.expire_all()
    return list(session.scalars(select(Submission).order_by(Submission.id)))


def fill_in(client: FlaskClient, address: str = "/f/contact", **more: str) -> Any:
    page = client.get(address).text
    return client.post(address, data={**hidden(page), **ANSWERS, **more})


def test_the_page_shows_every_field_with_its_label_and_the_consent_words(client: FlaskClient) -> None:
    page = client.get("/f/contact")
    assert page.status_code == 200
    for words in ("Talk to us", "We answer at once.", "Your name", "A solar roof", "Yes, send me useful articles."):
        assert words in page.text
    assert 'name="topic"' in page.text
    assert 'autocomplete="email"' in page.text


def test_an_unknown_form_is_not_found_and_a_closed_one_says_so(client: FlaskClient, session: Any) -> None:
    assert client.get("/f/nothing").status_code == 404
    session.scalar(select(Form)).active = False
    session.commit()
    closed = client.get("/f/contact")
    assert closed.status_code == 410
    assert "not open any more" in closed.text


def test_a_json_post_answers_with_the_ids(client: FlaskClient, session: Any) -> None:
    answer = client.post("/f/contact", json=ANSWERS)
    assert answer.status_code == 201
    assert answer.json.keys() == {"submission", "lead", "enrolment"}
    kept = session.get(Submission, answer.json["submission"])
    assert kept.lead_id == answer.json["lead"]
    assert kept.answers["message"] == "Hello"
    assert "X-Outreach-Visitor" in answer.headers["Access-Control-Expose-Headers"]
    assert answer.headers["X-Outreach-Visitor"]


def test_json_errors_name_the_field_and_list_the_allowed_values(client: FlaskClient, session: Any) -> None:
    answer = client.post("/f/contact", json={**ANSWERS, "topic": "windmill", "email": "no address"})
    assert answer.status_code == 422
    errors = answer.json["errors"]
    assert "roof" in errors["topic"]
    assert "battery" in errors["topic"]
    assert "windmill" in errors["topic"]
    assert "no address" in errors["email"]
    assert submissions(session) == []


@pytest.mark.parametrize("body", ["{", "[1]", "null", '"text"', ""])
def test_a_body_that_is_no_json_object_is_refused_in_words(client: FlaskClient, body: str) -> None:
    answer = client.post("/f/contact", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert "JSON object" in answer.json["errors"]["form"]


def test_strange_json_values_never_break_the_door(client: FlaskClient) -> None:
    strange = {**ANSWERS, "name": {"a": 1}, "message": ["x", 3], "phone": None, "consent": "perhaps", "zone": 7}
    answer = client.post("/f/contact", json=strange)
    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {"name", "consent"}


@pytest.mark.usefixtures("slow_reader")
@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_browser_is_thanked_on_a_page_that_asks_for_the_phone_number(
    client: FlaskClient, session: Any, content_type: str
) -> None:
    page = client.get("/f/contact").text
    answer = client.post("/f/contact", data={**hidden(page), **ANSWERS}, content_type=content_type)
    assert answer.status_code == 303
    thanks = client.get(answer.location)
    assert "Thank you, Anna" in thanks.text
    assert "Phone number" in thanks.text
    saved = client.post(answer.location, data={"phone": "+49 40 555 0163", "best_time": "morning"})
    assert saved.status_code == 303
    lead = session.scalar(select(Lead))
    assert (lead.phone, lead.best_time) == ("+49 40 555 0163", "morning")
    again = client.get(saved.location).text
    assert "Noted" in again
    assert "555 0163" not in again


@pytest.mark.usefixtures("slow_reader")
def test_a_wrong_phone_number_is_told_beside_the_field(client: FlaskClient, session: Any) -> None:
    thanks = fill_in(client).location
    answer = client.post(thanks, data={"phone": "call me", "best_time": "morning"})
    assert answer.status_code == 422
    assert "call me" in answer.text
    assert session.scalar(select(Lead)).phone == ""


def test_a_forged_thanks_address_shows_thanks_and_nothing_else(client: FlaskClient) -> None:
    page = client.get("/f/contact/thanks/aaaaaaaaaaaaaaaaaaaaaaaa")
    assert page.status_code == 200
    assert "Phone number" not in page.text


@pytest.mark.usefixtures("slow_reader")
def test_errors_keep_what_was_typed(client: FlaskClient, session: Any) -> None:
    answer = fill_in(client, email="not an address", message="A long story")
    assert answer.status_code == 422
    assert "not an address" in answer.text
    assert "A long story" in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert submissions(session) == []


def test_a_page_filled_in_at_once_is_asked_for_again_and_loses_nothing(client: FlaskClient, session: Any) -> None:
    answer = fill_in(client)
    assert answer.status_code == 422
    assert "very quick" in answer.text
    assert "Anna Weber" in answer.text
    without_page = client.post("/f/contact", data=ANSWERS)
    assert without_page.status_code == 422
    assert submissions(session) == []


@pytest.mark.usefixtures("slow_reader")
def test_whoever_fills_in_the_hidden_field_is_thanked_and_forgotten(client: FlaskClient, session: Any) -> None:
    assert fill_in(client, homepage="http://spam.example").status_code == 303
    assert client.post("/f/contact", json={**ANSWERS, "homepage": "x"}).status_code == 422
    assert submissions(session) == []


@pytest.mark.usefixtures("slow_reader")
def test_a_double_click_is_one_submission(client: FlaskClient, session: Any) -> None:
    first, second = fill_in(client), fill_in(client)
    assert first.location == second.location
    assert len(submissions(session)) == 1


@pytest.mark.usefixtures("slow_reader")
def test_zone_locale_referrer_utm_and_the_consent_words_are_kept(client: FlaskClient, session: Any) -> None:
    """MAIL C2, C4."""
    page = client.get(
        "/f/contact?utm_source=fair&page=https://site.example/?utm_medium=qr",
        headers={"Referer": "https://from.example/"},
    )
    told = {**hidden(page.text), "_zone": "Europe/Berlin", "_locale": "de-DE"}
    client.post("/f/contact", data={**told, **ANSWERS, "consent": "true"})
    kept = submissions(session)[0]
    assert kept.context["zone"] == "Europe/Berlin"
    assert kept.context["locale"] == "de-DE"
    assert kept.context["referrer"] == "https://from.example/"
    assert kept.context["utm"] == {"source": "fair", "medium": "qr"}
    consent = session.scalar(select(Consent))
    assert consent.granted
    assert consent.wording == "Yes, send me useful articles."


def test_an_invented_zone_is_not_believed(client: FlaskClient, session: Any) -> None:
    client.post("/f/contact", json={**ANSWERS, "zone": "Mars/Base"})
    assert submissions(session)[0].context["zone"] == ""


def test_the_sixty_first_post_within_a_minute_is_asked_to_wait(client: FlaskClient, session: Any) -> None:
    statuses = [client.post("/f/contact", json={**ANSWERS, "email": "nonsense"}).status_code for _ in range(60)]
    assert set(statuses) == {422}
    answer = client.post("/f/contact", json=ANSWERS)
    assert answer.status_code == 429
    assert "in a minute" in answer.json["errors"]["form"]
    assert answer.headers["Retry-After"] == "60"
    assert client.post("/f/contact", json=ANSWERS, environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 201


def test_the_sixth_post_of_one_address_within_an_hour_is_asked_to_wait(client: FlaskClient, session: Any) -> None:
    """MAIL L4."""
    for number in range(5):
        assert client.post("/f/contact", json={**ANSWERS, "message": str(number)}).status_code == 201
    answer = client.post("/f/contact", json={**ANSWERS, "email": "ANNA@lumen.example", "message": "six"})
    assert answer.status_code == 429
    assert "hour" in answer.json["errors"]["form"]


def test_a_body_over_64_kb_is_refused(client: FlaskClient) -> None:
    assert client.post("/f/contact", json={**ANSWERS, "message": "x" * 70_000}).status_code == 413
    assert client.post("/f/contact", data={**ANSWERS, "message": "x" * 70_000}).status_code == 413


def test_other_sites_may_show_the_form_in_a_frame_and_post_json(client: FlaskClient) -> None:
    alone, embedded = client.get("/f/contact"), client.get("/f/contact?embed=1")
    assert "frame-ancestors 'none'" in alone.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in embedded.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in embedded.headers
    preflight = client.options("/f/contact", headers={"Origin": "https://site.example"})
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    answer = client.post("/f/contact", json=ANSWERS, headers={"Origin": "https://site.example"})
    assert answer.status_code == 201
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_the_script_for_other_sites_names_the_public_address(client: FlaskClient) -> None:
    script = client.get("/f/contact.js", headers={"Host": "localhost"})
    assert script.mimetype == "text/javascript"
    assert '"http://outreach.test/f/contact"' in script.text


def test_the_page_carries_the_brand_colour_without_inline_style(client: FlaskClient) -> None:
    page = client.get("/f/contact").text
    assert "style=" not in page
    assert "/brand/2f55d4.css" in page
    assert "--brand:#2f55d4;--on-brand:#fff" in client.get("/brand/2f55d4.css").text
    assert "--on-brand:#131a29" in client.get("/brand/ffdd00.css").text


def test_what_a_stranger_typed_is_never_markup(client: FlaskClient) -> None:
    answer = client.post("/f/contact", data={**ANSWERS, "name": "<script>alert(1)</script>"})
    assert "<script>alert" not in answer.text


def test_a_form_answers_quickly_while_redis_is_frozen(
    app: Any, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within 300 ms; the best of three, since the machine of a test run is shared."""
    client.post("/f/contact", json=ANSWERS)
    took = []
    with socket.create_server(("127.0.0.1", 0)) as silent:
        for number in range(3):
            frozen = Flood(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
            monkeypatch.setitem(app.extensions, "flood", frozen)
            begun = time.monotonic()
            assert client.post("/f/contact", json={**ANSWERS, "message": str(number)}).status_code == 201
            took.append(time.monotonic() - begun)
    assert min(took) < 0.3


def test_limits_hold_while_redis_is_down(session: Any) -> None:
    flood = Flood("redis://127.0.0.1:9/0")
    assert [flood.too_much(PER_ADDRESS, "ann@example.com") for _ in range(6)] == [False] * 5 + [True]


def test_a_get_keeps_nothing(client: FlaskClient, session: Any) -> None:
    for method in (client.get, client.head, client.options):
        method("/f/contact")
    assert session.scalar(select(func.count()).select_from(Submission)) == 0
