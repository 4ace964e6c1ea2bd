"""Newsletters: written, tried, scheduled, watched, stopped."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from outreach.journeys import broadcast, presets
from outreach.store import account
from outreach.store.leads import Lead, Tag
from outreach.store.messages import Message
from outreach.store.templates import Issue
from outreach.store.users import User
from tests.statements import asked_of

from .conftest import Visitor

FIELDS = {
    "subject": "{{ issue.title }}", "title": "Shade, measured", "intro": "Two short pieces.", "who": "tag",
    "tag": "fair", "item_0_title": "Trees", "item_0_text": "Less than you think.",
    "item_0_url": "https://northwind.example/trees", "name": "March",
}  # fmt: skip


@pytest.fixture
def writer(stranger: Visitor, ada: User, house: Any) -> Visitor:
    with house.sessions.begin() as session:
        presets.load_presets(session, house, house.now(session))
        account.get(session).postal_address = "14 Harbour Street, Bristol"
        now = house.now(session)
        lead = Lead(email="anna@lumen.example", name="Anna Weber", created_at=now, last_activity_at=now)
        session.add(lead)
        session.flush()
        session.add(Tag(lead_id=lead.id, tag="fair"))
    stranger.sign_in(ada.email)
    return stranger


def new_issue(writer: Visitor, session: Any, **more: str) -> Issue:
    writer.get("/newsletters")
    address = writer.post("/newsletters").location
    writer.get(address)
    issue = session.scalar(select(Issue).order_by(Issue.id.desc()))
    answer = writer.post(address, {**FIELDS, "mjml": issue.mjml, **more})
    session.expire_all()
    assert answer.status_code in (303, 422)
    return issue


def test_an_issue_starts_from_the_template_and_keeps_what_is_typed(writer: Visitor, session: Any) -> None:
    issue = new_issue(writer, session)
    assert issue.content["items"][0]["title"] == "Trees"
    page = writer.get(f"/newsletters/{issue.id}").text
    assert "Shade, measured" in page
    assert "1 person" in page
    letter = writer.get(f"/newsletters/{issue.id}/letter")
    assert "Less than you think." in letter.text
    assert "script-src" not in letter.headers["Content-Security-Policy"]


def test_a_link_that_is_none_is_told_beside_the_field(writer: Visitor, session: Any) -> None:
    issue = new_issue(writer, session, item_0_url="javascript:alert(1)")
    assert issue.content["items"] == []
    page = writer.post(f"/newsletters/{issue.id}", {**FIELDS, "mjml": "x", "item_0_url": "nonsense"})
    assert page.status_code == 422
    assert "no web address" in page.text


def test_a_test_goes_to_the_writer_alone(writer: Visitor, session: Any) -> None:
    new_issue(writer, session, action="test")
    (message,) = session.scalars(select(Message)).all()
    assert (message.kind, message.to_address) == ("test", "ada@outreach.test")


def test_sending_now_is_watched_and_stopped(writer: Visitor, session: Any, house: Any) -> None:
    issue = new_issue(writer, session)
    assert "Send to 1 person" in writer.get(f"/newsletters/{issue.id}/send").text
    assert writer.post(f"/newsletters/{issue.id}/send", {"when": "now"}).status_code == 303
    broadcast.plan_issues(house)
    page = writer.get(f"/newsletters/{issue.id}").text
    assert "Sending" in page
    assert "0 of 1 sent" in page
    writer.post(f"/newsletters/{issue.id}/cancel")
    assert "Cancelled" in writer.get(f"/newsletters/{issue.id}").text
    session.expire_all()
    assert session.scalar(select(Message.state)) == "cancelled"


def test_an_issue_without_postal_address_cannot_go(writer: Visitor, session: Any, house: Any) -> None:
    """MAIL C1."""
    issue = new_issue(writer, session)
    with house.sessions.begin() as other:
        account.get(other).postal_address = ""
    assert "postal address is missing" in writer.get(f"/newsletters/{issue.id}/send").text
    assert writer.post(f"/newsletters/{issue.id}/send", {"when": "now"}).status_code == 422
    session.expire_all()
    assert issue.state == "draft"


def test_a_moment_that_has_passed_is_refused(writer: Visitor, session: Any) -> None:
    issue = new_issue(writer, session)
    answer = writer.post(f"/newsletters/{issue.id}/send", {"when": "later", "at": "2020-01-01T10:00"})
    assert answer.status_code == 422
    assert "passed" in answer.text


def test_a_rep_reads_but_does_not_write(stranger: Visitor, rita: User) -> None:
    stranger.sign_in(rita.email)
    assert "New issue" not in stranger.get("/newsletters").text
    assert stranger.post("/newsletters").status_code == 403


def test_five_hundred_issues_are_a_page_at_a_time_without_their_letters(
    writer: Visitor, session: Any, house: Any
) -> None:
    """The list costs as many questions as with few, and no issue is missing or there twice."""
    now = house.now(session)
    session.add_all(
        Issue(
            name=f"Issue {n:03}", state="sent" if n % 2 else "draft", mjml="m" * 5000, content={},
            audience={"who": "nurture"}, created_at=now, started_at=now,
        )
        for n in range(500)
    )  # fmt: skip
    session.commit()
    seen: list[str] = []
    path, pages = "/newsletters", 0
    while path:
        with asked_of(session.get_bind()) as asked:
            page = writer.get(path).text
        assert not any("issues.mjml" in each for each in asked)
        assert len(asked) < 30
        seen += re.findall(r">(Issue \d{3})</a>", page)
        older = re.search(r'href="(/newsletters\?before=\d+)"', page)
        path, pages = older[1] if older else "", pages + 1
    assert (pages, seen) == (10, sorted(seen, reverse=True))
    assert len(seen) == 500
    assert "No older issue" in writer.get("/newsletters?before=1").text
