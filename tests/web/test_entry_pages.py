"""The list of entry, who was not enrolled, a lead's score, and the rules of following (M2, M7, X1, X4)."""

from typing import Any

import pytest
from sqlalchemy import select

from outreach.journeys import enrol
from outreach.store import account, leads, sequences
from outreach.store.happenings import WaitingEntry
from outreach.store.leads import Lead
from outreach.store.sequences import SequenceRow
from outreach.store.stop_sets import StopSet
from outreach.store.users import User

from .conftest import Visitor

DOCUMENT = """outreach: 1
name: {name}
enter: {{on: [tag fair], company_at_most: 1}}
stop: {{use: Careful}}
steps: [{{id: a, task: Look, after: 1 day}}]
"""
FOLLOWING = {
    "sites": "https://Shop.example/x\ndocs.example", "inbox_minutes": "30",
    "cap_day": "2", "cap_week": "6", "clicked": "4", "visited": "2", "replied": "10",
    "submitted": "20", "half_days": "14", "most": "3", "named": "clicked pricing = 12", "tags": "vip = 9",
}  # fmt: skip


@pytest.fixture
def marketer(stranger: Visitor, ada: User, house: Any) -> Visitor:
    with house.sessions.begin() as session:
        for name in ("First", "Second", "Third"):
            row = SequenceRow(name=name, created_at=house.now(session))
            session.add(row)
            session.flush()
            sequences.add_version(session, row, DOCUMENT.format(name=name), house.now(session), None)
        for address in ("ann@acme.test", "bob@acme.test"):
            lead = leads.insert_new(session, address, "test", house.now(session))
            enrol.enrol(session, house, lead, session.get(SequenceRow, 1), house.now(session))
    stranger.sign_in(ada.email)
    return stranger


def order(session: Any) -> list[str]:
    session.expire_all()
    return [row.name for row in sequences.in_order(session)]


def test_the_order_of_entry_is_set_by_buttons_and_kept(marketer: Visitor, session: Any) -> None:
    page = marketer.get("/sequences/order")
    assert page.text.index("First") < page.text.index("Second") < page.text.index("Third")
    marketer.post("/sequences/3/entry-order", {"do": "up"})
    assert order(session) == ["First", "Third", "Second"]
    marketer.post("/sequences/3/entry-order", {"do": "up"})
    marketer.post("/sequences/3/entry-order", {"do": "up"})
    assert order(session) == ["Third", "First", "Second"]
    marketer.post("/sequences/3/entry-order", {"do": "down"})
    assert order(session) == ["First", "Third", "Second"]
    assert "at most 1 of one company at once" in marketer.get("/sequences/order").text


def test_who_was_not_enrolled_is_listed_with_the_reason_and_who_waits(marketer: Visitor, session: Any) -> None:
    assert "1 not enrolled in 30 days" in marketer.get("/sequences/order").text
    page = marketer.get("/sequences/1/not-enrolled")
    assert "1 person of the company is being followed up" in page.text
    assert "bob@acme.test" in page.text
    assert "Waiting for a place of their company" in page.text
    assert session.scalar(select(WaitingEntry.lead_id)) == 2
    assert "Nobody was refused" in marketer.get("/sequences/2/not-enrolled").text
    assert marketer.get("/sequences/99/not-enrolled").status_code == 404


def test_a_lead_s_score_is_shown_by_its_parts_and_set_by_hand(marketer: Visitor, session: Any) -> None:
    assert marketer.get("/leads/1/score").status_code == 200
    part = marketer.post("/leads/1/score", {"points": "30"}, headers={"HX-Request": "true"})
    assert "given by hand" in part.text
    assert session.get_one(Lead, 1).score == 30
    assert marketer.post("/leads/1/score", {"points": "many"}).status_code == 422
    assert "Ada Admin set +30 points by hand." in marketer.get("/leads/1").text


def test_the_rules_of_following_are_kept_together_or_not_at_all(marketer: Visitor, session: Any) -> None:
    marketer.get("/settings/following")
    assert marketer.post("/settings/following", FOLLOWING).status_code == 303
    us = account.get(session)
    assert (us.sites, us.inbox_minutes) == (["shop.example", "docs.example"], 30)
    assert (us.cap_day, us.cap_week) == (2, 6)
    assert us.score_rules["named"] == {"clicked pricing": 12}
    wrong = marketer.post(
        "/settings/following", {**FOLLOWING, "sites": "a b!", "named": "opened = 3", "inbox_minutes": "0", "tags": "x"}
    )
    assert wrong.status_code == 422
    assert wrong.text.count('class="field-error"') == 4
    session.expire_all()
    assert account.get(session).inbox_minutes == 30
    page = marketer.get("/settings/following").text
    assert "/o.js" in page
    assert "clicked pricing = 12" in page


def test_a_set_of_stop_rules_is_made_changed_and_not_taken_away_while_used(marketer: Visitor, session: Any) -> None:
    marketer.get("/settings/stop-rules")
    made = marketer.post("/settings/stop-rules", {"name": "Careful", "reply": "pause", "stage_lost": "stop"})
    assert made.status_code == 303
    row = session.scalar(select(StopSet))
    assert row.rules == {"reply": "pause", "stage": {"lost": "stop"}}
    assert "Used by the sequence “First”" in marketer.get("/settings/stop-rules").text
    marketer.post(f"/settings/stop-rules/{row.id}", {"name": "Careful", "do": "delete"})
    assert "It is used by" in marketer.get("/settings/stop-rules").text
    assert marketer.post("/settings/stop-rules", {"name": "careful"}).status_code == 422
    assert marketer.post(f"/settings/stop-rules/{row.id}", {"name": "Careful", "reply": "explode"}).status_code == 422
    assert marketer.post(f"/settings/stop-rules/{row.id}", {"name": "Calm", "reply": "ask"}).status_code == 303
    session.refresh(row)
    assert (row.name, row.rules) == ("Calm", {"reply": "ask"})


def test_a_rep_sees_the_order_and_changes_no_rule(stranger: Visitor, rita: User, session: Any) -> None:
    stranger.sign_in(rita.email)
    assert stranger.get("/sequences/order").status_code == 200
    for path in ("/settings/following", "/settings/stop-rules"):
        assert stranger.get(path).status_code == 403
