"""The coming week of all leads: walked by the engine, kept with its moment, every number with its rows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from outreach import documents
from outreach.journeys import accounts, enrol, outlook, publish
from outreach.reports import outlook as reports
from outreach.store import mailboxes, tasks
from outreach.store.leads import Lead
from outreach.store.mailboxes import Mailbox

WEDNESDAY = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
DOCUMENT = """outreach: 1
name: Cadence
anchor: enrolment
steps:
  - {id: a, email: {subject: Hello, body: Text}, after: 1 hour}
  - {id: call, call: {script: hello}, after: 1 day}
  - {id: b, email: {subject: Again, body: Text}, after: 2 days}
  - {id: far, email: {subject: Later, body: Text}, after: 20 days}
"""


@pytest.fixture
def world(house: Any, session: Any) -> Any:
    """Six leads enter on Wednesday 4 March 2026, 9:30; every other one is Rita's."""
    session.execute(
        text("INSERT INTO business_clock (id, ahead) VALUES (1, :at - clock_timestamp())"), {"at": WEDNESDAY}
    )
    rita = accounts.add_user(session, "rita@outreach.test", "Rita Rep", "rep", "correct horse battery")
    box = mailboxes.default(session)
    if box is None:
        box = Mailbox(address="us@outreach.test", imap_cursor={}, domain_limits={}, folders=[], created_at=WEDNESDAY)
        session.add(box)
    row = publish.create(session, documents.read(DOCUMENT), WEDNESDAY)
    publish.publish(session, row, WEDNESDAY, None)
    for number in range(6):
        lead = Lead(email=f"p{number}@lead.test", name=f"P{number}", phone="+12025550123", zone="UTC", fields={},
                    owner_id=rita.id if number % 2 else None, created_at=WEDNESDAY, last_activity_at=WEDNESDAY)  # fmt: skip
        session.add(lead)
        session.flush()
        assert enrol.enrol(session, house, lead, row, WEDNESDAY).enrolment
    session.commit()
    return house


def latest(house: Any) -> reports.Outlook:
    with house.sessions() as session:
        found = reports.latest(session)
        assert found is not None
        return found


def test_the_week_shows_mails_a_mailbox_and_tasks_a_rep_and_day(world: Any) -> None:
    outlook.look_ahead(world)
    found = latest(world)
    assert (found.total, found.walked, found.share) == (6, 6, 1.0)
    assert [series.days for series in found.mails] == [[6, 0, 6, 0, 0, 0, 0]]
    assert {series.name: series.days[:2] for series in found.tasks} == {"Rita Rep": [0, 3], "nobody yet": [0, 3]}
    with world.sessions() as session:
        behind = reports.rows(session, found, found.days[2], "mail", found.mails[0].key)
    assert {(line.name, line.step, line.sequence) for line in behind} == {(f"P{n}", "b", "Cadence") for n in range(6)}
    assert all(line.at == datetime(2026, 3, 6, 9, 30, tzinfo=UTC) for line in behind)


def test_limits_move_letters_to_the_next_open_day(world: Any) -> None:
    """L1: four a day: two of Wednesday go on Thursday, two of Friday on Monday."""
    with world.sessions.begin() as session:
        box = mailboxes.default(session)
        box.daily_limit = 4
    outlook.look_ahead(world)
    series = latest(world).mails[0]
    assert series.days == [4, 2, 4, 0, 0, 2, 0]
    assert series.moved == [0, 2, 0, 0, 0, 2, 0]


def test_a_sample_says_so_and_is_scaled(world: Any) -> None:
    outlook.look_ahead(world, most=3)
    found = latest(world)
    assert found.total == 6
    assert found.walked < 6 or found.share == 1.0
    if found.walked:
        assert found.mails[0].days[0] == 6


def test_looking_again_changes_no_lead_and_leaves_one_set_of_rows(world: Any) -> None:
    count = "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM messages), (SELECT count(*) FROM outlook)"
    outlook.look_ahead(world)
    with world.sessions() as session:
        before = session.execute(text(count)).one()
        kept = session.execute(text("SELECT id, state, due_at, memory FROM enrolments ORDER BY id")).all()
    outlook.look_ahead(world)
    with world.sessions() as session:
        assert session.execute(text(count)).one() == before
        assert session.execute(text("SELECT id, state, due_at, memory FROM enrolments ORDER BY id")).all() == kept
    assert latest(world).run == 2


def test_a_task_that_waits_already_stands_on_today(world: Any) -> None:
    with world.sessions.begin() as session:
        late = WEDNESDAY - timedelta(days=2)
        session.add(tasks.Task(kind="call", title="Call", due_at=late, created_at=late, memory={}))
    outlook.look_ahead(world)
    nobody = next(series for series in latest(world).tasks if series.key is None)
    assert nobody.days[:2] == [1, 3]


def test_nothing_planned_is_an_answer_too(house: Any) -> None:
    outlook.look_ahead(house)
    assert (latest(house).mails, latest(house).tasks, latest(house).share) == ([], [], 1.0)
