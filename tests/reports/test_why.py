"""Why: what happened, what comes next, when, what holds it, and what would change it; each decision with rule, inputs, date."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from outreach import documents
from outreach.cli.telling import lines
from outreach.core import signals
from outreach.journeys import advance, applying, claiming, enrol, publish
from outreach.reports import why
from outreach.store import leads, mailboxes
from outreach.store.leads import Lead
from outreach.store.mailboxes import Mailbox
from outreach.store.sequences import SequenceRow

FRIDAY = datetime(2026, 3, 6, 16, 30, tzinfo=UTC)
DOCUMENT = """outreach: 1
name: Cadence
enter: {again: once}
steps:
  - {id: hello, email: {subject: Hello, body: Text}, after: 0 minutes}
  - {id: call, call: {script: hello}, after: 1 business day}
  - {id: needs, email: {subject: "{{ company }}", body: Text}, after: 1 day}
"""


class World:
    """Ida enters on Friday 6 March 2026 at 16:30 (UTC, as her zone); the office closes at 17:00."""

    def __init__(self, house: Any) -> None:
        self.house = house
        self.at(FRIDAY)
        with house.sessions.begin() as session:
            if mailboxes.default(session) is None:
                session.add(
                    Mailbox(address="us@outreach.test", imap_cursor={}, domain_limits={}, folders=[], created_at=FRIDAY)
                )
            row = publish.create(session, documents.read(DOCUMENT), FRIDAY)
            publish.publish(session, row, FRIDAY, None)
            lead = Lead(email="ida@lead.test", name="Ida", phone="+12025550123", zone="UTC", fields={}, created_at=FRIDAY,
                        last_activity_at=FRIDAY)  # fmt: skip
            session.add(lead)
            session.flush()
            assert enrol.enrol(session, house, lead, row, FRIDAY).enrolment

    def at(self, moment: datetime) -> None:
        with self.house.sessions.begin() as session:
            session.execute(text("DELETE FROM business_clock"))
            session.execute(
                text("INSERT INTO business_clock (id, ahead) VALUES (1, :at - clock_timestamp())"), {"at": moment}
            )

    def claim(self) -> None:
        with self.house.sessions.begin() as session:
            claiming.claim(session, self.house, "77", "outbound", 9, 0)

    def sent(self) -> None:
        """The mail server took the letter, and the sequence hears of it."""
        with self.house.sessions.begin() as session:
            now = self.house.now(session)
            session.execute(
                text("UPDATE messages SET state = 'sent', sent_at = :now WHERE state = 'queued'"), {"now": now}
            )
        advance.advance(self.house)

    def told(self) -> dict[str, Any]:
        with self.house.sessions() as session:
            return why.of_lead(session, leads.must_by_email(session, "ida@lead.test"), self.house.now(session))


@pytest.fixture
def world(house: Any) -> World:
    return World(house)


def test_a_letter_that_leaves_the_queue_after_hours_says_so_once_with_its_rule_and_date(world: World) -> None:
    """W4: a hold at the moment of sending is a decision too; trying again writes nothing new."""
    world.at(FRIDAY + timedelta(minutes=31))
    world.claim()
    monday = datetime(2026, 3, 9, 9, tzinfo=UTC)
    told = world.told()
    standing = told["enrolments"][0]
    assert standing["state"] == "waiting: window"
    assert monday <= standing["next_at"] <= monday + timedelta(minutes=30)
    holds = [each for each in told["decisions"] if each["kind"] == "hold"]
    assert [(each["rule"], each["state"], each["step"]) for each in holds] == [("W4", "waiting: window", "hello")]
    assert datetime.fromisoformat(holds[0]["next_at"]) == standing["next_at"]
    with world.house.sessions.begin() as session:
        session.execute(text("UPDATE messages SET due_at = now()"))
        session.execute(text("UPDATE messages SET due_at = :at"), {"at": FRIDAY})
    world.claim()
    assert len([each for each in world.told()["decisions"] if each["kind"] == "hold"]) == 1


def test_every_decision_of_a_life_has_its_rule_and_its_next_date_or_an_end(world: World) -> None:
    """S: sent, planned, task, skipped, blocked, held, stopped, not enrolled; what happened, what comes next, when."""
    world.sent()
    world.at(datetime(2026, 3, 9, 16, 40, tzinfo=UTC))
    advance.advance(world.house)
    world.at(datetime(2026, 3, 10, 16, 45, tzinfo=UTC))
    advance.advance(world.house)
    world.at(datetime(2026, 3, 12, 16, 50, tzinfo=UTC))
    advance.advance(world.house)
    advance.advance(world.house)
    blocked = world.told()["enrolments"][0]
    assert blocked["state"] == "blocked: missing company"
    assert blocked["would_change"][0] == "Filling in the field company; it goes on by itself then."
    with world.house.sessions.begin() as session:
        now = world.house.now(session)
        applying.signal(session, world.house, 1, signals.WasOutOfOffice(now.date() + timedelta(days=9)), now)
        applying.signal(session, world.house, 1, signals.PausedBy("Ada", "on holiday"), now)
        applying.signal(session, world.house, 1, signals.StoppedBy("Ada", "asked us to"), now)
        lead = leads.locked(session, 1)
        assert lead is not None
        enrol.enrol(session, world.house, lead, session.get_one(SequenceRow, 1), now)
    told = world.told()
    kinds = {each["kind"] for each in told["decisions"]}
    assert {"entered", "send", "plan", "task", "block", "pause", "stop", "not enrolled"} <= kinds
    for each in told["decisions"]:
        assert each["rule"], each
        if each["kind"] in ("send", "plan", "task", "skip", "block", "hold", "pause"):
            assert each["next_at"] or each["state"].startswith("ended"), each
    assert [each["rule"] for each in told["not_enrolled"]] == ["P7"]
    block = next(each for each in told["decisions"] if each["kind"] == "block")
    assert "company" in str(block["inputs"]["missing"])
    assert told["enrolments"][0]["would_change"] == ["Starting a sequence again, where the lead may enter."]
    assert json.loads(json.dumps(told, default=str))["enrolments"][0]["state"] == "ended: manual"


def test_the_command_says_what_comes_next_and_what_would_change_it(world: World) -> None:
    world.sent()
    said = "\n".join(lines(world.told()))
    assert "next: call, Mon 2026-03-09 16:30" in said
    assert "would change it: Skipping the step" in said
    assert "would change it: A reply, a booked meeting or an opt-out ends it at once." in said
    assert "Entered the sequence “Cadence”.  [M2]" in said
    assert "next Mon 2026-03-09 16:30" in said
