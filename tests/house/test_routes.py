"""Every route is guarded or in the public list, every change needs a CSRF token, every answer has the strict policy."""

import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from outreach.app import create_app
from outreach.http.access import access_of

CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
OPEN_PREFIXES = (
    "/f/",
    "/u/",
    "/t/",
    "/a/",
    "/c/",
    "/o/",
    "/o.js",
    "/brand/",
    "/read/",
    "/static/",
    "/claim/",
    "/sign-in",
    "/csrf-token",
    "/healthz",
    "/api/",
    "/hooks/",
)
"""The public list: addresses that answer without a sign-in. /api/ is for tokens."""
WITHOUT_TOKEN = ("/f/", "/u/", "/t/", "/a/", "/o/", "/api/", "/hooks/")
"""Doors that strangers and machines post to, who have no cookie of ours that could be misused."""


@pytest.fixture
def app(house: Any) -> Flask:
    return create_app(house)


def rules(app: Flask) -> list[Rule]:
    found = list(app.url_map.iter_rules())
    assert len(found) > 20
    return found


def address(rule: Rule) -> str:
    """An address that the rule takes: 1 for a number, the first of a choice, else x."""

    def part(found: re.Match[str]) -> str:
        if found["kind"] == "any":
            return found["choice"].split(",")[0].strip()
        return "1" if found["kind"] in ("int", "float") else "x"

    return re.sub(r"<(?:(?P<kind>\w+)(?:\((?P<choice>[^)]*)\))?:)?\w+>", part, rule.rule)


def test_every_view_says_who_may_enter(app: Flask) -> None:
    assert [rule.rule for rule in rules(app) if access_of(app, rule.endpoint) is None] == []


def test_what_is_open_is_in_the_public_list_and_says_why(app: Flask) -> None:
    for rule in rules(app):
        access = access_of(app, rule.endpoint)
        assert access is not None
        if access.kind != "signed in":
            assert rule.rule.startswith(OPEN_PREFIXES), f"{rule.rule} is open and not in the public list"
            assert access.because or access.kind == "token"
        if not access.csrf and CHANGING & (rule.methods or set()):
            assert rule.rule.startswith(WITHOUT_TOKEN), f"{rule.rule} takes posts without a CSRF token"


def test_every_change_without_a_token_is_refused(app: Flask) -> None:
    client = app.test_client()
    tried = 0
    for rule in rules(app):
        access = access_of(app, rule.endpoint)
        for method in CHANGING & (rule.methods or set()):
            if access and access.csrf:
                answer = client.open(address(rule), method=method)
                assert answer.status_code == 400, f"{method} {rule.rule} without a CSRF token: {answer.status_code}"
                tried += 1
    assert tried > 5


def test_a_stranger_reads_no_page_behind_the_sign_in(app: Flask) -> None:
    client = app.test_client()
    for rule in rules(app):
        access = access_of(app, rule.endpoint)
        if access and access.kind == "signed in" and "GET" in (rule.methods or set()):
            answer = client.get(address(rule))
            assert answer.status_code == 302, rule.rule
            assert answer.headers["Location"].startswith("/sign-in"), rule.rule


def test_every_door_for_machines_wants_a_token_that_is_known(app: Flask) -> None:
    client = app.test_client()
    tried = 0
    for rule in rules(app):
        access = access_of(app, rule.endpoint)
        if access and access.kind == "token":
            for method in {"GET", *CHANGING} & (rule.methods or set()):
                for headers in ({}, {"Authorization": "Bearer or_invented"}, {"Authorization": "Basic b3I6"}):
                    assert client.open(address(rule), method=method, headers=headers).status_code == 401, rule.rule
                    tried += 1
    assert tried > 10


def test_the_policy_of_every_page_is_strict(app: Flask) -> None:
    client = app.test_client()
    for rule in rules(app):
        if "GET" in (rule.methods or set()):
            policy = client.get(address(rule)).headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy, rule.rule
            assert "unsafe" not in policy, rule.rule
