"""Work on many leads: what may go wrong with one stays with one, stopping halfway, and what can be taken back when."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from outreach.core.sequences import Enter
from outreach.errors import Refused
from outreach.journeys import bulk, many
from outreach.journeys.bulk import Chosen
from outreach.store import batches, leads
from outreach.store.batches import Batch
from outreach.store.leads import Lead
from tests.journeys.people import DAY, START, Office, three_letters
from tests.statements import asked_of


@pytest.fixture
def office(house: Any) -> Office:
    return Office(house)


def tagging(office: Office, *names: str, tag: str = "fair") -> tuple[int, list[int]]:
    """A batch that tags them, not worked on yet."""
    with office.house.sessions.begin() as session:
        ids = [office.lead(session, name).id for name in names]
        mona, now = office.user(session, "mona"), office.house.now(session)
        return bulk.start(session, "tag", Chosen(ids=tuple(ids)), {"tag": tag}, mona, now).id, ids


def told(office: Office, batch_id: int) -> dict[str, int]:
    with office.house.sessions() as session:
        return batches.counts(session, batch_id)


def test_one_lead_that_fails_leaves_the_others_alone_and_is_listed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id, (_, second, _) = tagging(office, "anna", "bert", "carl")
    real = many.ACTIONS["tag"]

    def trips(work: many.Work) -> many.Done:
        done = real.do(work)
        if work.lead.id == second:
            raise ZeroDivisionError("a fault of ours")
        return done

    monkeypatch.setitem(many.ACTIONS, "tag", many.Action(trips, real.undo))
    office.work()
    assert told(office, batch_id) == {"done": 2, "failed": 1}
    with office.house.sessions() as session:
        failed = batches.items(session, batch_id, "failed")[0]
        assert "a fault of ours" in failed.text
        assert leads.tags_of(session, second) == frozenset(), "what it began is rolled back"
        assert session.get_one(Batch, batch_id).state == "done"


def test_a_lead_chosen_twice_is_one_item(office: Office) -> None:
    with office.house.sessions.begin() as session:
        lead = office.lead(session, "anna")
        mona, now = office.user(session, "mona"), office.house.now(session)
        batch = bulk.start(session, "tag", Chosen(ids=(lead.id, lead.id)), {"tag": "x"}, mona, now)
        assert batch.total == 1


def test_stopping_leaves_the_rest_as_they_are(office: Office) -> None:
    batch_id, _ = tagging(office, "anna", "bert")
    with office.house.sessions.begin() as session:
        many.stop(session, session.get_one(Batch, batch_id))
    office.work()
    assert told(office, batch_id) == {"refused": 2}


def test_after_a_day_nothing_is_taken_back_in_one_go(office: Office) -> None:
    batch_id, _ = tagging(office, "anna")
    office.work()
    office.at(START + DAY + timedelta(minutes=5))
    with office.house.sessions.begin() as session, pytest.raises(Refused, match="24 hours"):
        many.take_back(session, session.get_one(Batch, batch_id), office.house.now(session))


def test_an_owner_changed_since_is_not_taken_back(office: Office) -> None:
    """K4."""
    with office.house.sessions.begin() as session:
        ids = [office.lead(session, name).id for name in ("anna", "bert")]
        mona, ralf, now = office.user(session, "mona"), office.user(session, "ralf"), office.house.now(session)
        batch_id = bulk.start(session, "owner", Chosen(ids=tuple(ids)), {"owner": str(ralf.id)}, mona, now).id
        rita = office.user(session, "rita").id
    office.work()
    with office.house.sessions.begin() as session:
        session.get_one(Lead, ids[0]).owner_id = office.user(session, "mona").id
        many.take_back(session, session.get_one(Batch, batch_id), office.house.now(session))
    office.work()
    assert told(office, batch_id) == {"undone": 1, "kept": 1}
    with office.house.sessions() as session:
        assert session.get_one(Lead, ids[1]).owner_id == rita


def test_a_worker_killed_between_two_leads_does_each_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    batch_id, ids = tagging(office, "anna", "bert", "carl")
    real, did = many.ACTIONS["tag"], []

    def dies(work: many.Work) -> many.Done:
        did.append(work.lead.id)
        if len(did) == 2:
            raise KeyboardInterrupt
        return real.do(work)

    monkeypatch.setitem(many.ACTIONS, "tag", many.Action(dies, real.undo))
    with pytest.raises(KeyboardInterrupt):
        bulk.work(office.house)
    assert told(office, batch_id) == {"done": 1, "waiting": 2}
    office.work()
    assert told(office, batch_id) == {"done": 3}
    assert did == [ids[0], ids[1], ids[1], ids[2]]


@pytest.mark.parametrize("kind", ["enrol", "pause", "resume", "stop", "owner", "tag"])
def test_looking_at_many_leads_costs_as_many_questions_as_at_few(office: Office, kind: str) -> None:
    """The preview of 500 leads is there at once, and takes no lock that others wait for."""
    with office.house.sessions.begin() as session:
        row = office.sequence(
            session, replace(three_letters(), enter=Enter(unless=("touched in 14 days", "score >= 50")))
        )
        ids = [office.lead(session, f"lead{number}").id for number in range(8)]
        params = {"sequence": row.id, "tag": "fair", "owner": office.user(session, "ralf").id}

    def asked(chosen: list[int]) -> int:
        with office.house.sessions() as session, asked_of(office.house.engine) as seen:
            found = bulk.preview(session, office.house, kind, Chosen(ids=tuple(chosen)), params, START)
            assert found.looked_at == len(chosen)
        return len(seen)

    asked(ids[:1])  # what is read once a process
    assert asked(ids) == asked(ids[:2])
