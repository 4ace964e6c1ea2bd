"""Many leads at once on the pages: tick, look, do, watch, take back; and publishing to those inside (V3)."""

import re
from dataclasses import replace
from typing import Any

import pytest

from outreach.core import editing
from outreach.core.sequences import Delay, Unit
from outreach.journeys import advance, publish
from outreach.store import batches, leads
from outreach.store.batches import Batch
from outreach.store.enrolments import Enrolment
from outreach.store.sequences import SequenceRow
from tests.journeys.people import Office
from tests.web.conftest import PASSWORD, Visitor


@pytest.fixture
def office(house: Any) -> Office:
    return Office(house)


@pytest.fixture
def cadence(office: Office) -> int:
    with office.house.sessions.begin() as session:
        return office.sequence(session).id


@pytest.fixture
def mona(app: Any, office: Office) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in("mona@outreach.test", PASSWORD)
    return visitor


@pytest.fixture
def rita(app: Any, office: Office) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in("rita@outreach.test", PASSWORD)
    return visitor


def people(office: Office, *names: str) -> list[int]:
    with office.house.sessions.begin() as session:
        return [office.lead(session, name).id for name in names]


def inside(office: Office, cadence: int, *names: str) -> list[int]:
    with office.house.sessions.begin() as session:
        row = session.get_one(SequenceRow, cadence)
        found = [office.inside(session, row, name).id for name in names]
    while advance.advance(office.house):
        pass
    return found


def outcome(office: Office, location: str) -> dict[str, int]:
    with office.house.sessions() as session:
        return batches.counts(session, int(location.rpartition("/")[2]))


def test_a_tag_is_put_on_many_watched_and_taken_back(mona: Visitor, office: Office) -> None:
    anna, bert, carl = people(office, "anna", "bert", "carl")
    with office.house.sessions.begin() as session:
        leads.add_tag(session, carl, "fair")
    page = mona.get("/leads").text
    assert page.count('name="lead"') == 3
    ticked = {"do": "tag", "lead": [anna, bert, carl]}
    assert "Show who will" in mona.post("/leads/many", ticked).text
    seen = mona.post("/leads/many", {**ticked, "tag": "fair"}).text
    assert "Has this tag already" in seen
    assert "2 leads" in re.sub(r"\s+", " ", seen)
    done = mona.post("/leads/many/do", {**ticked, "tag": "fair"})
    assert done.status_code == 303
    office.work()
    assert outcome(office, done.location) == {"done": 2, "refused": 1}
    shown = mona.get(done.location).text
    assert "is tagged “fair”" in shown
    mona.post(f"{done.location}/undo")
    office.work()
    assert outcome(office, done.location) == {"undone": 2, "refused": 1}
    with office.house.sessions() as session:
        assert leads.tags_by_lead(session, [anna, bert, carl]) == {carl: ["fair"]}, "what was there before stays"


def test_all_that_the_filters_find_are_chosen_not_only_the_page(mona: Visitor, office: Office) -> None:
    people(office, *(f"lead{number}" for number in range(60)))
    others = people(office, "somebody")
    form = {"do": "pause", "all": "1", "f_q": "lead", "reason": "a holiday"}
    assert "60 leads chosen" in mona.post("/leads/many", form).text
    done = mona.post("/leads/many/do", {**form, "do": "tag", "tag": "all of them"})
    office.work()
    assert outcome(office, done.location) == {"done": 60}
    with office.house.sessions() as session:
        assert leads.tags_of(session, others[0]) == frozenset()


def test_entering_many_says_beforehand_who_may_not_and_is_undone(mona: Visitor, office: Office, cadence: int) -> None:
    (first,) = inside(office, cadence, "anna")
    free = people(office, "bert", "carl")
    with office.house.sessions() as session:
        taken = session.get_one(Enrolment, first).lead_id
    form = {"do": "enrol", "sequence": str(cadence), "lead": [taken, *free]}
    seen = mona.post("/leads/many", form).text
    assert "in it already" in seen or "one sales sequence" in seen
    done = mona.post("/leads/many/do", form)
    office.work()
    assert [len(office.running(number)) for number in free] == [1, 1]
    mona.post(f"{done.location}/undo")
    office.work()
    assert [len(office.running(number)) for number in free] == [0, 0]
    assert len(office.running(taken)) == 1, "who was in it before stays"


def test_a_rep_may_pause_but_not_give_leads_away(rita: Visitor, office: Office, cadence: int) -> None:
    first, second = inside(office, cadence, "anna", "bert")
    with office.house.sessions() as session:
        ids = [session.get_one(Enrolment, number).lead_id for number in (first, second)]
    refused = rita.post("/leads/many/do", {"do": "owner", "owner": "1", "lead": ids})
    assert refused.status_code == 422
    done = rita.post("/leads/many/do", {"do": "pause", "reason": "a fair this week", "lead": ids})
    office.work()
    assert {office.enrolment(number).state for number in (first, second)} == {"paused: manual"}
    assert "a fair this week" in office.enrolment(first).reason
    rita.post(f"{done.location}/undo")
    office.work()
    assert {office.enrolment(number).state for number in (first, second)} == {"waiting: delay"}


def test_a_batch_of_somebody_else_is_not_shown_to_a_rep(mona: Visitor, rita: Visitor, office: Office) -> None:
    ids = people(office, "anna")
    done = mona.post("/leads/many/do", {"do": "tag", "tag": "x", "lead": ids})
    assert rita.get(done.location).status_code == 404
    assert mona.get(done.location).status_code == 200


def test_the_publish_page_shows_dates_before_and_after_and_moves_those_chosen(
    mona: Visitor, office: Office, cadence: int
) -> None:
    """V3, V5."""
    first, _ = inside(office, cadence, "anna", "bert")
    with office.house.sessions.begin() as session:
        row = session.get_one(SequenceRow, cadence)
        draft = editing.change_step(
            publish.draft_of(session, row), "two", lambda step: replace(step, after=Delay(7, Unit.DAYS))
        )
        publish.save_draft(session, row, draft)
        lead = session.get_one(Enrolment, first).lead_id
    path = f"/sequences/{cadence}/publish"
    assert "New leads only" in mona.get(path).text
    everyone = mona.get(f"{path}?who=all").text
    assert "Anna" in everyone
    assert "+4 days" in everyone
    assert "Choose who moves" in mona.get(f"{path}?who=some").text
    done = mona.post(path, {"who": "some", "lead": [lead]})
    assert done.location.startswith("/batches/")
    office.work()
    with office.house.sessions() as session:
        batch = session.get_one(Batch, int(done.location.rpartition("/")[2]))
        assert (batch.total, batch.state) == (1, "done")
        live = session.get_one(SequenceRow, cadence).current_version_id
    assert office.enrolment(first).version_id == live


def test_going_back_to_a_version_is_one_click(mona: Visitor, office: Office, cadence: int) -> None:
    """V7: at once to new leads, or with the choice who moves."""
    with office.house.sessions.begin() as session:
        row = session.get_one(SequenceRow, cadence)
        first = row.current_version_id
        draft = editing.remove(publish.draft_of(session, row), "three")
        publish.save_draft(session, row, draft)
        publish.publish(session, row, office.house.now(session), None)
    assert "Go back to it" in mona.get(f"/sequences/{cadence}/versions").text
    assert "Go back to version 1" in mona.get(f"/sequences/{cadence}/publish?version={first}").text
    mona.post(f"/sequences/{cadence}/publish", {"version": first, "who": "new"})
    with office.house.sessions() as session:
        row = session.get_one(SequenceRow, cadence)
        assert [step.id for step in publish.draft_of(session, row).steps] == ["one", "two", "three"]
