"""Never stuck: each fault is made by SQL, and seen mended (with its event) or listed (with its remedy)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from outreach import documents
from outreach.core import engine
from outreach.journeys import accounts, enrol, publish, watchdog
from outreach.store import enrolments, events, happenings, kept_reports, leads, mailboxes, messages, notices, tasks
from outreach.store.enrolments import Enrolment
from outreach.store.inbox import InboundMail
from outreach.store.leads import Lead
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message
from outreach.store.sequences import SequenceRow
from outreach.store.users import User

DOCUMENT = """outreach: 1
name: Cadence
steps:
  - {id: hello, email: {subject: Hello, body: Text}, after: 0 minutes, at_once: true}
  - {id: call, call: {script: hello}, after: 2 days}
finish: {then: end}
"""


class World:
    """Anna stands in a sequence; her first letter waits in the queue."""

    def __init__(self, house: Any) -> None:
        self.house = house
        with house.sessions.begin() as session:
            now = house.now(session)
            if mailboxes.default(session) is None:
                session.add(
                    Mailbox(address="us@outreach.test", imap_cursor={}, domain_limits={}, folders=[], created_at=now)
                )
            accounts.add_user(session, "rita@outreach.test", "Rita Rep", "rep", "correct horse battery")
            row = publish.create(session, documents.read(DOCUMENT), now)
            publish.publish(session, row, now, None)
            lead = Lead(email="anna@lead.test", name="Anna", phone="+12025550123", zone="UTC", owner_id=1, fields={},
                        created_at=now, last_activity_at=now)  # fmt: skip
            session.add(lead)
            session.flush()
            assert enrol.enrol(session, house, lead, row, now).enrolment
        self.look()

    def sql(self, statement: str, **values: Any) -> None:
        with self.house.sessions.begin() as session:
            session.execute(text(statement), values)

    def look(self, times: int = 1) -> int:
        """What takes long is asked again each time: five minutes have passed."""
        mended = 0
        for _ in range(times):
            self.sql("UPDATE kept_reports SET at = at - interval '6 minutes'")
            mended += watchdog.look(self.house)
        return mended

    def found(self) -> list[str]:
        with self.house.sessions() as session:
            kept = kept_reports.kept(session, kept_reports.WATCHDOG)
            return [each["what"] for each in kept.data["findings"]]

    def row(self) -> Enrolment:
        with self.house.sessions() as session:
            return session.get(Enrolment, 1)

    def repaired(self) -> list[str]:
        with self.house.sessions() as session:
            told = [event for event in events.of_lead(session, 1) if event.kind == "repaired"]
            assert all(event.rule == "S" and event.data["fault"] for event in told)
            return [event.text for event in told]


@pytest.fixture
def world(house: Any) -> World:
    return World(house)


def test_when_all_is_well_nothing_is_mended_listed_or_written(world: World) -> None:
    assert world.look(2) == 0
    assert (world.found(), world.repaired()) == ([], [])


def test_a_running_enrolment_without_a_date_is_looked_at_now(world: World) -> None:
    """S: every state that is not ended has a next date."""
    world.sql("UPDATE enrolments SET due_at = NULL")
    assert world.look() == 1
    assert world.row().due_at is not None
    assert world.repaired() == ["It had no next date; it is looked at now."]
    assert world.look() == 0


def test_an_ended_state_without_an_end_is_closed(world: World) -> None:
    world.sql("UPDATE enrolments SET state = 'ended: replied'")
    assert world.look() >= 1
    row = world.row()
    assert row.due_at is None
    assert row.ended_at is not None
    assert "An open task" not in str(world.repaired())


def test_an_end_with_a_running_state_is_closed_and_nothing_more_goes(world: World) -> None:
    world.sql("UPDATE enrolments SET ended_at = now()")
    assert world.look(2) == 2
    row = world.row()
    assert (row.state, row.due_at) == ("ended: manual", None)
    assert any("queued letter of an ended sequence" in text for text in world.repaired())


def test_queued_letters_and_open_tasks_of_an_ended_enrolment_are_cancelled(world: World) -> None:
    """X8, K2."""
    with world.house.sessions.begin() as session:
        now = world.house.now(session)
        session.add(tasks.Task(kind="call", title="Call Anna", lead_id=1, enrolment_id=1, step_key="call", due_at=now,
                               created_at=now, memory={}))  # fmt: skip
    world.sql("UPDATE enrolments SET ended_at = now(), due_at = NULL, state = 'ended: replied'")
    assert world.look() == 2
    with world.house.sessions() as session:
        assert session.get(Message, 1).state == "cancelled"
        assert tasks.open_of_lead(session, 1) == []
    assert len(world.repaired()) == 2


@pytest.mark.parametrize("how", ["DELETE FROM messages", "UPDATE messages SET state = 'cancelled'"])
def test_a_letter_that_is_waited_for_and_is_not_there_is_decided_again(world: World, how: str) -> None:
    """F5: but only when it is still missing at the next look."""
    world.sql(how)
    assert world.look() == 0
    assert world.look() == 1
    assert "decided again" in world.repaired()[0]
    row = world.row()
    assert not row.memory.get("under_way")
    assert row.due_at is not None


def test_a_letter_that_went_without_telling_its_sequence_is_told_again(world: World) -> None:
    """D3."""
    world.sql("UPDATE messages SET state = 'sent', sent_at = now(), settled = true")
    assert world.look(2) == 1
    with world.house.sessions() as session:
        assert messages.unsettled(session, 9) == [1]


def test_a_lease_that_ran_out_goes_back_to_the_queue(world: World) -> None:
    """F5."""
    past = "clock_timestamp() - interval '5 minutes'"
    world.sql(f"UPDATE messages SET state = 'claimed', lease_owner = '7', lease_until = {past}")
    world.look()
    with world.house.sessions() as session:
        assert session.get(Message, 1).state in ("queued", "unsure")


def test_what_is_due_for_long_is_listed_when_it_is_still_there_and_rung_for(world: World) -> None:
    """F6: a moved clock makes everything late for a moment; that is no fault."""
    world.sql("UPDATE enrolments SET due_at = now() - interval '2 hours'")
    world.house.queue.redis.flushdb()
    world.look()
    assert world.found() == []
    world.look()
    assert world.found() == ["Due and not looked at (scheduled)."]
    assert world.house.queue.lengths()["outbound"] >= 1


def test_a_letter_that_ended_and_was_not_told_is_listed(world: World) -> None:
    world.sql("UPDATE messages SET state = 'sent', sent_at = now() - interval '1 hour', settled = false")
    world.look(2)
    assert world.found() == ["A letter ended (sent) and its lead was not told."]


def test_a_letter_without_a_mailbox_in_use_is_listed(world: World) -> None:
    """F4."""
    world.sql("UPDATE mailboxes SET active = false")
    world.sql("UPDATE messages SET due_at = now() - interval '1 hour'")
    world.look(2)
    assert len(world.found()) == 1
    assert "waits for a mailbox that is not in use" in world.found()[0]


def test_a_lead_whose_owner_is_switched_off_is_listed(world: World) -> None:
    """X10."""
    world.sql("UPDATE users SET active = false")
    world.look()
    assert world.found() == ["The owner, Rita Rep, is switched off."]


def test_a_version_of_another_sequence_and_one_that_cannot_be_read_are_listed(world: World) -> None:
    """V1."""
    with world.house.sessions.begin() as session:
        now = world.house.now(session)
        other = publish.create(session, documents.read(DOCUMENT.replace("Cadence", "Other")), now)
        publish.publish(session, other, now, None)
        session.get(Enrolment, 1).version_id = session.get(SequenceRow, other.id).current_version_id
    world.look()
    watchdog.look(world.house)
    assert world.found() == ["Stands in a version of another sequence than “Cadence”."]
    world.sql("UPDATE enrolments SET version_id = (SELECT current_version_id FROM sequences WHERE name = 'Cadence')")
    world.sql("UPDATE sequence_versions SET document = 'outreach: 9' WHERE sequence_id = 1")
    world.look()
    assert len(world.found()) == 1
    assert "Version 1 of “Cadence” cannot be read" in world.found()[0]
    assert "1 leads stand in it" in world.found()[0]


def test_mail_that_nobody_reads_is_listed(world: World) -> None:
    with world.house.sessions.begin() as session:
        long_ago = world.house.now(session) - timedelta(hours=1)
        session.add(InboundMail(sha256="x", source="smtp", raw=b"x", received_at=long_ago, state="new", references=[],
                                from_address="ida@lead.test"))  # fmt: skip
    world.look(2)
    assert world.found() == ["A mail from ida@lead.test came in and was not read."]


def test_what_could_not_be_handled_is_listed_for_as_long_as_it_is_kept(world: World) -> None:
    """M2: after the last try nobody looks at it by itself any more: a person has to hear of it."""
    lead_id = world.row().lead_id
    with world.house.sessions.begin() as session:
        now = world.house.now(session)
        happenings.note(session, now, "tag", "fair", lead_id)
        number = session.scalars(select(happenings.Happening.id).where(happenings.Happening.name == "fair")).one()
        for _ in range(happenings.MOST_TRIES):
            happenings.failed(session, number, "RuntimeError: the disk is full")
            session.flush()
    world.look()
    (words,) = world.found()
    assert "tag fair: RuntimeError: the disk is full" in words
    world.sql("UPDATE happenings SET handled_at = now() - interval '31 days'")
    with world.house.sessions.begin() as session:
        assert happenings.prune(session) == 1
    world.look()
    assert world.found() == []


def test_jobs_that_wait_for_long_are_listed(world: World, monkeypatch: Any) -> None:
    world.house.queue.poke("receive")
    assert world.house.queue.oldest()["inbound"] < 60
    later = datetime.now(UTC).timestamp() + 900
    monkeypatch.setattr("outreach.queue.time.time", lambda: later)
    world.look()
    assert world.found() == ["Jobs for the worker “inbound” wait since 15 minutes."]


def test_a_row_that_cannot_be_mended_leaves_the_others_alone(world: World, monkeypatch: Any) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(engine, "on_signal", broken)
    world.sql("DELETE FROM messages")
    world.look()
    world.sql("UPDATE enrolments SET due_at = NULL")
    assert world.look() == 1
    assert world.row().due_at is not None


def test_leads_who_never_answered_and_went_nowhere_ring_the_bell_once(world: World) -> None:
    """N: ended without reply = in nurture + excluded with a reason + exceptions."""
    with world.house.sessions.begin() as session:
        leads.locked(session, 1)
        row = enrolments.running(session, 1)[0]
        row.state, row.ended_at, row.due_at = "ended: no reply", world.house.now(session), None
        session.execute(text("DELETE FROM kept_reports"))
    world.look(2)
    with world.house.sessions() as session:
        kept = kept_reports.kept(session, kept_reports.CLOSED_LOOP)
        assert kept.data["sums"] == {"nurture": 0, "excluded": 0, "exception": 1}
        told = notices.latest(session, session.query(User).one().id, account_too=True)
        assert [each.text.split(" ")[:2] for each in told if each.kind == "problem"] == [["1", "lead"]]
