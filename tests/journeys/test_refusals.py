"""Receivers refuse the sender (MAIL A5, 1.11): the mailbox rests, people are told once, and no lead is touched."""

from datetime import timedelta
from typing import Any

import pytest

from outreach.journeys import delivery_reports, refusals
from outreach.store import business_clock, consents
from outreach.store.leads import Lead
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message
from outreach.store.notices import Notice

WORDS = "550 5.7.515 Access denied, sending domain does not meet the required authentication level"


@pytest.fixture
def sent(house: Any, session: Any) -> list[Message]:
    """Forty letters of one mailbox that left within the last hour."""
    now = house.now(session)
    box = Mailbox(address="hello@lumen-roofs.com", created_at=now)
    leads = [Lead(email=f"lead{n}@x.example", created_at=now, last_activity_at=now) for n in range(40)]
    session.add_all([box, *leads])
    session.flush()
    rows = [
        Message(
            kind="step", class_="sales", lane="outbound", state="sent", lead_id=lead.id, mailbox_id=box.id, extra={},
            to_address=lead.email, subject="Hi", body="Hello", references=[], due_at=now, queued_at=now,
            sent_at=now - timedelta(minutes=number),
        )
        for number, lead in enumerate(leads)
    ]  # fmt: skip
    session.add_all(rows)
    session.flush()
    return rows


def report(house: Any, session: Any, letter: Message) -> None:
    lead = session.get(Lead, letter.lead_id)
    delivery_reports.told(session, house, letter, lead, "ours", WORDS, house.now(session), {})


def told(session: Any) -> list[str]:
    session.flush()
    return [notice.text for notice in session.query(Notice).filter_by(kind="problem")]


def test_several_reports_rest_the_mailbox_and_touch_no_lead(house: Any, session: Any, sent: list[Message]) -> None:
    """A5: two are chance; the third is our problem. It is told once, and nobody's address is marked."""
    box = session.query(Mailbox).one()
    for letter in sent[:2]:
        report(house, session, letter)
    assert box.paused_until is None
    for letter in sent[2:5]:
        report(house, session, letter)
    real = business_clock.real_now(session)
    assert timedelta(minutes=50) < box.paused_until - real <= timedelta(hours=1)
    assert "5.7.515" in box.paused_reason
    assert len(told(session)) == 1
    assert {lead.address_state for lead in session.query(Lead)}.isdisjoint({"dead", "bounced"})
    assert consents.suppression(session, sent[0].to_address) is None
    assert [letter.delivered for letter in sent[:6]] == ["refused"] * 5 + [""]


def test_a_rare_refusal_among_many_letters_rests_nothing(house: Any, session: Any, sent: list[Message]) -> None:
    """Below one in twenty of the last hundred of a day; those of yesterday do not count."""
    now = house.now(session)
    box = session.query(Mailbox).one()
    for number in range(60):
        session.add(
            Message(
                kind="step", class_="sales", lane="outbound", state="sent", mailbox_id=box.id, extra={}, to_address="a@b.example",
                subject="Hi", body="", references=[], due_at=now, queued_at=now, sent_at=now - timedelta(seconds=number),
            )
        )  # fmt: skip
    for letter in sent[:4]:
        report(house, session, letter)
    assert box.paused_until is None
    report(house, session, sent[4])
    assert box.paused_until is not None


def test_refusals_at_the_door_count_in_a_row(house: Any, session: Any) -> None:
    """A5, 1.11: the server that takes our letters says no to five of them, one after the other; an accepted one begins anew."""
    now = house.now(session)
    box = Mailbox(address="hello@lumen-roofs.com", created_at=now, failures=0, paused_reason="")
    session.add(box)
    session.flush()
    for _ in range(4):
        refusals.at_the_door(session, box, WORDS, now)
    assert box.paused_until is None
    refusals.at_the_door(session, box, WORDS, now)
    assert box.paused_until is not None
    first = box.paused_until
    refusals.at_the_door(session, box, WORDS, now)
    assert box.paused_until == first
