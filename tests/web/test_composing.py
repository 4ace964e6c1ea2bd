"""A mail of one's own on the pages: who else gets it, when it goes, and what may still be decided about it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from outreach.journeys import accounts
from outreach.journeys import later as going
from outreach.store.inbox import InboundMail
from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.store.users import User
from tests.web.conftest import Visitor
from tests.web.test_today import Desk

RAW = (
    b"From: Anna Weber <anna@lumen.example>\r\nTo: rita@outreach.test\r\nCc: Bea Boss <bea@lumen.example>, rita@outreach.test\r\n"
    b"Subject: Re: Your request\r\n\r\nHow much?\r\n"
)


@pytest.fixture
def desk(house: Any, rita: User) -> Desk:
    with house.sessions.begin() as session:
        accounts.ensure_mailbox(session, house, house.now(session))
    return Desk(house, rita)


def answer_task(desk: Desk) -> tuple[int, int]:
    """Anna asks with Bea in Cc; lead and task."""
    anna = desk.lead("Anna Weber", zone="America/New_York")
    mail = desk.mail(anna, "How much?")
    with desk.house.sessions.begin() as session:
        session.execute(update(InboundMail).where(InboundMail.id == mail).values(raw=RAW))
    return anna, desk.task("reply", anna, inbound_id=mail)


def kept(desk: Desk) -> list[Message]:
    return [m for m in desk.all(Message) if m.kind in ("own", "copy")]


def test_an_answer_proposes_all_who_were_on_the_mail_and_goes_to_them(rep: Visitor, desk: Desk) -> None:
    """X2, MAIL O1: To and Cc without us; each gets a letter of their own."""
    _, task = answer_task(desk)
    page = rep.get(f"/?t={task}").text
    assert 'name="cc" value="Bea Boss &lt;bea@lumen.example&gt;"' in page
    given = {"outcome": "replied", "text": "Four thousand.", "cc": "Bea Boss <bea@lumen.example>"}
    assert rep.post(f"/today/{task}/outcome", given).status_code == 303
    assert [(m.kind, m.to_address) for m in kept(desk)] == [
        ("own", "anna@lumen.example"),
        ("copy", "bea@lumen.example"),
    ]
    own, copy = kept(desk)
    page = rep.get(f"/mail/outbox/{own.id}").text
    assert "bea@lumen.example" in page
    assert f"/mail/outbox/{copy.id}" in page
    assert f"/mail/outbox/{own.id}" in rep.get(f"/mail/outbox/{copy.id}").text
    assert "Copies to bea@lumen.example" in rep.get(f"/leads/{own.lead_id}").text


def test_an_address_that_is_none_is_said_and_nothing_of_the_mail_is_lost(rep: Visitor, desk: Desk) -> None:
    anna = desk.lead("Anna Weber")
    rep.get(f"/leads/{anna}")
    answer = rep.post(f"/leads/{anna}/write", {"subject": "Hello", "text": "Words kept.", "cc": "bea at lumen"})
    assert answer.status_code == 422
    for words in ("Not every address under Cc can be read", "Words kept.", 'value="bea at lumen"'):
        assert words in answer.text
    assert kept(desk) == []


def test_a_mail_planned_for_the_leads_morning_waits_and_can_be_decided_about(rep: Visitor, desk: Desk) -> None:
    """W6: the morning is theirs, with ours beside it. Until then it can be moved, sent or taken back."""
    anna = desk.lead("Anna Weber", zone="America/New_York")
    page = rep.get(f"/leads/{anna}").text
    key, words = re.findall(r'<option value="(there:[\d-]+)">([^<]+)</option>', page)[-1]
    assert "08:00 in New York" in words
    assert " here)" in words
    assert rep.post(f"/leads/{anna}/write", {"subject": "Hi", "text": "Soon.", "later": key}).status_code == 303
    (letter,) = kept(desk)
    assert letter.due_at > desk.now + timedelta(hours=8)
    assert "Goes later: “Hi”" in rep.get(f"/leads/{anna}").text
    page = rep.get(f"/mail/outbox/{letter.id}").text
    assert "Send it now" in page
    assert "Do not send it" in page

    path = f"/mail/outbox/{letter.id}/later"
    assert rep.post(path, {"do": "time", "later": "at", "later_at": "2001-01-01T08:00"}).status_code == 303
    assert "This moment has passed" in rep.get(f"/mail/outbox/{letter.id}").text
    assert kept(desk)[0].due_at == letter.due_at
    rep.get(f"/mail/outbox/{letter.id}")
    assert rep.post(path, {"do": "words", "subject": "Hello", "text": "Later."}).status_code == 303
    assert (kept(desk)[0].subject, kept(desk)[0].body) == ("Hello", "Later.")
    rep.get(f"/mail/outbox/{letter.id}")
    assert rep.post(path, {"do": "take back"}).status_code == 303
    page = rep.get(f"/mail/outbox/{letter.id}").text
    assert "Taken back" in page
    assert "Send it all the same" in page
    assert rep.post(path, {"do": "now"}).status_code == 303
    (letter,) = kept(desk)
    assert (letter.state, letter.due_at <= desk.now + timedelta(minutes=5)) == ("queued", True)


def test_what_was_held_back_stands_where_the_answer_is_written(rep: Visitor, desk: Desk) -> None:
    """X1: the rep sees it on the reply's card and on the lead's page."""
    anna, task = answer_task(desk)
    rep.get(f"/leads/{anna}")
    rep.post(
        f"/leads/{anna}/write",
        {"subject": "Our visit", "text": "On Friday.", "later": "at", "later_at": "2099-01-01T08:00"},
    )
    assert kept(desk) == []  # more than a year ahead
    at = (desk.now + timedelta(days=3)).strftime("%Y-%m-%dT08:00")
    rep.post(f"/leads/{anna}/write", {"subject": "Our visit", "text": "On Friday.", "later": "at", "later_at": at})
    with desk.house.sessions.begin() as session:
        going.hold_back(session, session.get_one(Lead, anna), desk.now)
    for path in (f"/?t={task}", f"/leads/{anna}"):
        page = rep.get(path).text
        assert "“Our visit” was to go later and was held back" in page


def test_nobody_decides_about_anothers_mail_but_who_runs_the_house(
    rep: Visitor, admin: Visitor, desk: Desk, house: Any
) -> None:
    anna = desk.lead("Anna Weber")
    admin.get(f"/leads/{anna}")
    at = (desk.now + timedelta(days=3)).strftime("%Y-%m-%dT08:00")
    admin.post(f"/leads/{anna}/write", {"subject": "Hi", "text": "From Ada.", "later": "at", "later_at": at})
    (letter,) = kept(desk)
    assert "Do not send it" not in rep.get(f"/mail/outbox/{letter.id}").text
    assert rep.post(f"/mail/outbox/{letter.id}/later", {"do": "take back"}).status_code == 403
    assert "Do not send it" in admin.get(f"/mail/outbox/{letter.id}").text
