"""Security headers on every answer."""

import dataclasses
import re
from typing import Any

from flask.testing import FlaskClient

from outreach.app import create_app
from outreach.http import headers


def test_the_policy_is_strict_without_inline_script_or_style(client: FlaskClient) -> None:
    policy = client.get("/open").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "frame-ancestors 'none'" in policy


def test_errors_and_files_carry_the_headers_too(client: FlaskClient) -> None:
    for path in ("/nowhere", "/broken", "/static/app.css"):
        got = client.get(path).headers
        assert got["Content-Security-Policy"] == headers.policy({})
        assert got["X-Content-Type-Options"] == "nosniff"
        assert got["Referrer-Policy"] == "same-origin"


def test_a_page_may_ask_for_one_thing_more_for_its_own_answer_only(client: FlaskClient) -> None:
    answer = client.get("/framed")
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-src 'self'" in policy
    assert f"style-src 'self' 'nonce-{answer.text}'" in policy
    assert re.search(r"script-src 'self';", policy)
    assert "frame-src" not in client.get("/open").headers["Content-Security-Policy"]


def test_pages_are_not_stored_by_caches(client: FlaskClient) -> None:
    assert client.get("/open").headers["Cache-Control"] == "no-store"


def test_a_foreign_host_header_is_refused(client: FlaskClient) -> None:
    refused = client.get("/open", headers={"Host": "evil.example"})
    assert refused.status_code == 400
    assert "BASE_URL" in refused.text
    assert "evil" not in refused.text
    assert client.get("/open", headers={"Host": "outreach.test"}).status_code == 200
    assert client.get("/open", headers={"Host": "127.0.0.1:8000"}).status_code == 200


def test_behind_https_browsers_are_told_to_stay_there_and_the_cookie_never_travels_in_clear(house: Any) -> None:
    """RELIABILITY 5.2, item 14; without https nothing is promised that would lock people out."""
    settings = house.settings.model_copy(update={"base_url": "https://outreach.test"})
    answer = create_app(dataclasses.replace(house, settings=settings)).test_client().get("/sign-in")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    cookies = answer.headers.getlist("Set-Cookie")
    assert cookies
    assert all("Secure" in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in cookies)
    plain = create_app(house).test_client().get("/sign-in")
    assert "Strict-Transport-Security" not in plain.headers
