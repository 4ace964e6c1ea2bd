"""Pauses on the pages: the list, the stop of all sending, a sequence, a lead, a mailbox, absences (P2 to P4)."""

import re
from datetime import timedelta
from typing import Any

import pytest

from outreach.journeys import advance
from outreach.store import account, mailboxes, pauses
from outreach.store.leads import Lead
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message
from outreach.store.pauses import Pause
from outreach.store.sequences import SequenceRow
from outreach.store.tasks import Task
from tests.journeys.people import DAY, START, Office
from tests.statements import asked_of
from tests.web.conftest import PASSWORD, Visitor


@pytest.fixture
def office(house: Any) -> Office:
    return Office(house)


def visitor(app: Any, name: str) -> Visitor:
    made = Visitor(app)
    made.sign_in(f"{name}@outreach.test", PASSWORD)
    return made


@pytest.fixture
def mona(app: Any, office: Office) -> Visitor:
    return visitor(app, "mona")


@pytest.fixture
def rita(app: Any, office: Office) -> Visitor:
    return visitor(app, "rita")


def enter(office: Office, *names: str, owner: str = "rita") -> list[int]:
    with office.house.sessions.begin() as session:
        row = session.query(SequenceRow).first() or office.sequence(session)
        found = [office.inside(session, row, name, owner).id for name in names]
    while advance.advance(office.house):
        pass
    return found


def lift(visitor: Visitor, office: Office, reason: str, **more: str) -> Any:
    with office.house.sessions() as session:
        row = session.query(Pause).filter_by(reason=reason, ended_at=None).one()
    return visitor.post(f"/pauses/{row.id}/lift", more)


def test_the_stop_of_all_sending_holds_at_once_and_is_seen_everywhere(
    mona: Visitor, rita: Visitor, office: Office
) -> None:
    """P2: one click of a manager, with the reason; a rep sees it and cannot lift it."""
    (number,) = enter(office, "anna")
    assert "Stop all sending" in mona.get("/health").text
    assert "Stop all sending" not in rita.get("/health").text
    assert rita.post("/pauses", {"what": "everything", "reason": "x"}).status_code == 400
    assert mona.post("/pauses", {"what": "everything", "reason": ""}).status_code == 400
    mona.post("/pauses", {"what": "everything", "reason": "a wrong price"})
    with office.house.sessions() as session:
        assert account.get(session).switches == {"everything": "a wrong price"}
    for page in ("/", "/leads", "/health"):
        assert "All sending is stopped: a wrong price" in rita.get(page).text
    office.at(START + 3 * DAY + timedelta(minutes=5))
    while advance.advance(office.house):
        pass
    assert office.enrolment(number).state == "paused: manual"
    assert lift(rita, office, "a wrong price").status_code == 400
    lift(mona, office, "a wrong price")
    with office.house.sessions() as session:
        assert account.get(session).switches == {}
    assert office.enrolment(number).state == "waiting: delay"
    due = office.due(number)
    assert due is not None
    assert abs(due - START - 6 * DAY) < timedelta(minutes=10), "three of three days were left when it began"
    assert "All sending is stopped" not in rita.get("/").text


def test_a_sequence_and_a_lead_are_paused_apart(mona: Visitor, rita: Visitor, office: Office) -> None:
    """P1, P2: lifting one lifts no other; the rest of the delay is what it was."""
    anna, bert = enter(office, "anna", "bert")
    sequence, lead = office.enrolment(anna).sequence_id, office.enrolment(anna).lead_id
    office.at(START + 2 * DAY)
    mona.post("/pauses", {"what": f"sequence-{sequence}", "reason": "new texts"})
    rita.post("/pauses", {"what": f"lead-{lead}", "reason": "on holiday"})
    assert "new texts" in mona.get(f"/sequences/{sequence}").text
    assert "on holiday" in rita.get(f"/leads/{lead}").text
    health = mona.get("/health").text
    assert "new texts" in health
    assert "on holiday" in health
    office.at(START + 5 * DAY)
    lift(mona, office, "new texts")
    assert (office.enrolment(anna).state, office.enrolment(bert).state) == ("paused: manual", "waiting: delay")
    assert office.due(bert) == START + 6 * DAY
    office.at(START + 6 * DAY)
    lift(rita, office, "on holiday")
    assert office.due(anna) == START + 7 * DAY


def test_many_inside_a_sequence_are_told_by_the_worker(mona: Visitor, office: Office) -> None:
    """P2."""
    found = enter(office, *(f"lead{number}" for number in range(25)))
    sequence = office.enrolment(found[0]).sequence_id
    mona.post("/pauses", {"what": f"sequence-{sequence}", "reason": "new texts"})
    office.work()
    assert {office.enrolment(number).state for number in found} == {"paused: manual"}
    lift(mona, office, "new texts")
    office.work()
    assert {office.enrolment(number).state for number in found} == {"waiting: delay"}


def test_after_more_than_thirty_days_lifting_asks_how_they_go_on(mona: Visitor, office: Office) -> None:
    """P3."""
    (number,) = enter(office, "anna")
    sequence = office.enrolment(number).sequence_id
    mona.post("/pauses", {"what": f"sequence-{sequence}", "reason": "summer"})
    office.at(START + 40 * DAY)
    refused = lift(mona, office, "summer")
    assert refused.status_code == 400
    assert "continue, restart or stop" in refused.text
    assert re.search(r'<option value="restart">', mona.get("/pauses").text)
    lift(mona, office, "summer", choice="stop")
    assert office.enrolment(number).state == "ended: manual"


def test_a_paused_mailbox_sends_nothing_until_it_is_lifted(mona: Visitor, office: Office) -> None:
    """P2."""
    with office.house.sessions.begin() as session:
        box = Mailbox(address="sales@outreach.test", imap_cursor={}, created_at=START)
        session.add(box)
        session.flush()
        number = box.id
    mona.post("/pauses", {"what": f"mailbox-{number}", "reason": "the provider called"})
    with office.house.sessions() as session:
        paused = session.get_one(Mailbox, number)
        assert paused.paused_until is not None
        assert "the provider called" in paused.paused_reason
    lift(mona, office, "the provider called")
    with office.house.sessions() as session:
        assert [box.paused_until for box in mailboxes.active(session)] == [None]


def test_of_very_many_pauses_the_widest_are_shown_and_the_others_counted(
    mona: Visitor, rita: Visitor, office: Office
) -> None:
    """P2: a thousand leads paused one by one bury no pause of a sequence, and make no page slow."""
    enter(office, "anna")
    with office.house.sessions.begin() as session:
        row = session.query(SequenceRow).one()
        lead_id = session.query(Lead).one().id
        session.add(Pause(scope="sequence", subject_id=row.id, reason="wrong price", by_name="Mona", since=START))
        session.add_all(
            Pause(scope="lead", subject_id=lead_id, reason=f"no. {n}", by_name="Mona", since=START) for n in range(200)
        )
    for path in ("/pauses", "/health"):
        with asked_of(office.house.engine) as asked:
            page = mona.get(path).text
        assert "wrong price" in page
        assert page.count("no. ") == 29
        assert "171 more pauses" in page
        assert len(asked) < 200


def test_an_absence_moves_tasks_or_hands_them_over_or_pauses_everything(
    mona: Visitor, rita: Visitor, office: Office
) -> None:
    """P4: chosen when it is entered."""
    (number,) = enter(office, "anna")
    with office.house.sessions.begin() as session:
        lead, rep, other = (
            office.enrolment(number).lead_id,
            office.user(session, "rita").id,
            office.user(session, "ralf").id,
        )
        for day in (1, 3, 9):
            session.add(
                Task(
                    kind="call",
                    lead_id=lead,
                    owner_id=rep,
                    title=f"day {day}",
                    due_at=START + day * DAY,
                    created_at=START,
                    memory={},
                )
            )
    days = {"user": str(rep), "first_day": "2026-03-06", "last_day": "2026-03-10"}
    rita.post("/absences", {**days, "choice": "tasks", "reason": "skiing"})
    with office.house.sessions() as session:
        due = {task.title: task.due_at.date().isoformat() for task in session.query(Task).filter_by(kind="call")}
        assert due == {"day 1": "2026-03-05", "day 3": "2026-03-11", "day 9": "2026-03-13"}
        assert len(pauses.absences_of(session, [rep], START.date())[rep][0].days()) == 5
    assert "skiing" in mona.get("/pauses").text
    mona.post(
        "/absences",
        {**days, "first_day": "2026-03-12", "last_day": "2026-03-16", "choice": "hand over", "stand_in": str(other)},
    )
    with office.house.sessions() as session:
        assert session.query(Task).filter_by(title="day 9").one().owner_id == other
    assert rita.post("/absences", {"user": str(other), "first_day": "2026-03-06", "choice": "tasks"}).status_code == 400
    mona.post("/absences", {**days, "first_day": "2026-03-04", "choice": "everything", "reason": "ill"})
    row = office.enrolment(number)
    assert (row.state, row.reason) == ("paused: absence", "The owner is away: ill")


def test_who_leaves_hands_over_leads_tasks_and_letters(mona: Visitor, office: Office) -> None:
    """X10, K4, T3: nobody leaves a sequence; the next letter comes from the heir."""
    found = enter(office, "anna", "bert")
    office.at(START + 3 * DAY + timedelta(minutes=5))
    while advance.advance(office.house):
        pass
    with office.house.sessions() as session:
        rita, ralf = office.user(session, "rita").id, office.user(session, "ralf").id
    page = mona.get(f"/settings/users/{rita}/leave").text
    assert "2 leads" in page
    assert "2 letters in the queue" in page
    done = mona.post(f"/settings/users/{rita}/leave", {"heir": str(ralf)})
    assert done.location.startswith("/batches/")
    office.work()
    with office.house.sessions() as session:
        assert not session.get_one(type(office.user(session, "rita")), rita).active
        assert {lead.owner_id for lead in session.query(Lead)} == {ralf}
        assert {m.user_id for m in session.query(Message).filter_by(state="queued")} == {ralf}
    assert all(office.enrolment(number).ended_at is None for number in found)
