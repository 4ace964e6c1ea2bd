"""/o.js and /o/visit: pages that known leads look at; nothing of anybody else, nothing against their will (B1)."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from outreach.journeys import enter, visit
from outreach.store import account, leads, visits
from outreach.store.events import Event
from outreach.store.happenings import Happening
from outreach.store.leads import Lead
from outreach.store.links import Link
from outreach.store.messages import Message
from outreach.store.visits import Visit

AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0"
BROWSER = {
    "User-Agent": AGENT,
    "Accept-Language": "en",
    "Origin": "https://www.shop.example",
    "Content-Type": "text/plain",
}


@pytest.fixture
def ann(session: Any, house: Any) -> Lead:
    us = account.get(session)
    us.website, us.sites = "https://shop.example/", ["docs.other.example"]
    lead = leads.insert_new(session, "ann@acme.test", "test", house.now(session))
    session.commit()
    return lead


def look(client: FlaskClient, token: str, path: Any = "/pricing", **headers: str) -> int:
    body = json.dumps({"o": token, "path": path, "from": "https://search.example/?q=secret"})
    return client.post("/o/visit", data=body, headers={**BROWSER, **headers}).status_code


def kept(session: Any) -> list[tuple[str, str]]:
    session.expire_all()
    return [(row.path, row.verdict) for row in session.scalars(select(Visit).order_by(Visit.id))]


def test_a_known_lead_s_visit_is_kept_told_and_counts_once(
    client: FlaskClient, session: Any, house: Any, ann: Lead
) -> None:
    token = visit.token(house, ann.id)
    assert look(client, token, "/pricing?token=secret#part") == 204
    assert look(client, token) == 204
    assert kept(session) == [("/pricing", "human")]
    row = session.scalar(select(Visit))
    assert (row.site, row.referrer) == ("www.shop.example", "search.example")
    assert session.scalars(select(Event.text).where(Event.kind == "visit")).all() == [
        "Visited /pricing on www.shop.example."
    ]
    assert session.scalars(select(Happening.name).where(Happening.kind == "visited")).all() == ["/pricing"]
    assert list(visits.paths_of(session, [ann.id])[ann.id]) == ["/pricing"]
    enter.handle(house)
    session.refresh(ann)
    assert ann.score == 3


def test_who_asks_not_to_be_followed_is_not(client: FlaskClient, session: Any, house: Any, ann: Lead) -> None:
    token = visit.token(house, ann.id)
    assert look(client, token, **{"Sec-GPC": "1"}) == 204
    assert look(client, token, DNT="1") == 204
    assert kept(session) == []


def test_strangers_machines_other_sites_and_nonsense_leave_nothing(
    client: FlaskClient, session: Any, house: Any, ann: Lead
) -> None:
    token = visit.token(house, ann.id)
    for wrong in ("", "aaaa", token[:-1] + ("a" if token[-1] != "a" else "b"), house.token("click", ann.id)):
        assert look(client, wrong) == 204
    assert look(client, token, Origin="https://evil.example") == 204
    assert look(client, token, Origin="https://shop.example.evil.example") == 204
    assert look(client, token, path="javascript:alert(1)") == 204
    assert look(client, token, path=["/x"]) == 204
    for body in (b"", b"[]", b"\xff\xfe", b"[" * 3000, b'{"o": 5}'):
        assert client.post("/o/visit", data=body, headers=BROWSER).status_code == 204
    assert client.post("/o/visit", data=b"x" * 5000, headers=BROWSER).status_code == 413
    assert kept(session) == []
    look(client, token, **{"User-Agent": "Googlebot/2.1"})
    assert kept(session) == [("/pricing", "scanner")]
    assert session.scalars(select(Event).where(Event.kind == "visit")).all() == []


def test_subdomains_and_named_sites_are_ours(client: FlaskClient, session: Any, house: Any, ann: Lead) -> None:
    token = visit.token(house, ann.id)
    for number, origin in enumerate(
        ("https://shop.example", "https://app.shop.example", "https://docs.other.example:8443")
    ):
        look(client, token, f"/{number}", Origin=origin)
    assert len(kept(session)) == 3


def test_a_flood_from_one_place_is_cut_off(client: FlaskClient, session: Any, house: Any, ann: Lead) -> None:
    token = visit.token(house, ann.id)
    for number in range(125):
        assert look(client, token, f"/page-{number}") == 204
    assert len(kept(session)) == 120


def test_the_script_is_small_cached_and_sets_no_cookie(client: FlaskClient) -> None:
    answer = client.get("/o.js")
    assert answer.status_code == 200
    assert answer.mimetype == "text/javascript"
    assert "max-age" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    assert len(answer.data) < 4000
    assert b"document.cookie" not in answer.data


def test_a_letter_s_link_to_our_own_site_says_who_comes_and_others_do_not(
    client: FlaskClient, session: Any, house: Any, ann: Lead
) -> None:
    now = house.now(session)
    letter = Message(
        kind="step", to_address=ann.email, lead_id=ann.id, due_at=now, queued_at=now, state="sent", subject="Prices",
        sent_at=now - timedelta(hours=1), references=[],
    )  # fmt: skip
    session.add(letter)
    session.flush()
    targets = ("https://shop.example/prices?x=1#top", "https://elsewhere.example/prices")
    links = [Link(message_id=letter.id, url=url, name=url) for url in targets]
    session.add_all(links)
    session.commit()
    own, other = (
        client.get("/c/" + house.token("click", link.id), headers={"User-Agent": AGENT, "Accept-Language": "en"})
        for link in links
    )
    assert own.location == f"https://shop.example/prices?x=1&o={visit.token(house, ann.id)}#top"
    assert other.location == targets[1]
    machine = client.get("/c/" + house.token("click", links[0].id), headers={"User-Agent": "Barracuda"})
    assert machine.location == targets[0]


@pytest.mark.parametrize("consent", [True, False])
def test_in_a_browser_the_letter_s_page_is_told_and_the_next_one_only_with_consent(
    consent: bool, browser: Any, app: Flask, session: Any, house: Any, ann: Lead
) -> None:
    """The real script on a page of ours; the token leaves the address bar, and no cookie is set."""
    tag = '<!doctype html><title>Shop</title><script src="http://outreach.test/o.js" data-consent="%s"></script>'

    def ours(route: Any) -> None:
        request = route.request
        answer = app.test_client().open(
            request.url, method=request.method, data=request.post_data, headers=request.all_headers()
        )
        route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=answer.data)

    context = browser.new_context(user_agent=AGENT)
    try:
        page = context.new_page()
        page.route("http://outreach.test/**", ours)
        page.route(
            "http://shop.example/**",
            lambda route: route.fulfill(content_type="text/html", body=tag % ("yes" if consent else "no")),
        )
        with page.expect_request_finished(lambda request: request.url.endswith("/o/visit")):
            page.goto(f"http://shop.example/pricing?o={visit.token(house, ann.id)}&x=1")
        assert page.url == "http://shop.example/pricing?x=1"
        page.goto("http://shop.example/stories")
        if consent:
            page.wait_for_function(
                "() => performance.getEntriesByType('resource').some((one) => one.name.endsWith('/o/visit'))"
            )
        page.evaluate("() => new Promise((done) => setTimeout(done, 100))")
        assert context.cookies() == []
    finally:
        context.close()
    assert [path for path, _ in kept(session)] == (["/pricing", "/stories"] if consent else ["/pricing"])
