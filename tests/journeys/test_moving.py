"""Publishing to those inside: who moves, when, and what they get (V2 to V5, V7), on real rows."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from outreach.core import editing
from outreach.core.sequences import Delay, Mail, Sequence, Unit, Variant
from outreach.journeys import advance, many, publish
from outreach.store import batches, sequences
from outreach.store.enrolments import Enrolment
from outreach.store.inside import Who
from outreach.store.messages import Message
from outreach.store.sequences import SequenceRow
from tests.journeys.people import DAY, START, Office, letter


@pytest.fixture
def office(house: Any) -> Office:
    return Office(house)


@pytest.fixture
def cadence(office: Office) -> int:
    with office.house.sessions.begin() as session:
        return office.sequence(session).id


def enter(office: Office, cadence: int, *names: str, owner: str = "rita") -> list[int]:
    """Leads that wait for the second letter, three days after the start."""
    with office.house.sessions.begin() as session:
        row = session.get_one(SequenceRow, cadence)
        found = [office.inside(session, row, name, owner).id for name in names]
    while advance.advance(office.house):
        pass
    return found


def draft(office: Office, cadence: int, change: Any) -> None:
    with office.house.sessions.begin() as session:
        row = session.get_one(SequenceRow, cadence)
        publish.save_draft(session, row, change(publish.draft_of(session, row)))


def go(office: Office, cadence: int, who: Who, earlier: int = 0) -> publish.Published:
    with office.house.sessions.begin() as session:
        row, now = session.get_one(SequenceRow, cadence), office.house.now(session)
        version = session.get_one(sequences.VersionRow, earlier) if earlier else None
        done = publish.publish(session, row, now, office.user(session, "mona").id, who, version)
    office.work()
    return done


def two_days(sequence: Sequence) -> Sequence:
    return editing.change_step(sequence, "two", lambda step: replace(step, after=Delay(5, Unit.DAYS)))


def without_two(sequence: Sequence) -> Sequence:
    return editing.remove(sequence, "two")


def reworded(sequence: Sequence) -> Sequence:
    words = Mail((Variant(subject="Better words", body="Hello again"),))
    return editing.change_step(sequence, "two", lambda step: replace(step, payload=words))


def test_everyone_moves_from_where_they_stand_and_time_served_counts(office: Office, cadence: int) -> None:
    """V3, V4, V5: two of three days are served when the delay becomes five: three are left."""
    anna, bert = enter(office, cadence, "anna", "bert")
    assert office.due(anna) == START + 3 * DAY
    office.at(START + 2 * DAY)
    draft(office, cadence, two_days)
    done = go(office, cadence, Who("all"))
    assert done.batch is not None
    assert done.batch.total == 2
    for number in (anna, bert):
        row = office.enrolment(number)
        assert (row.version_id, row.step_key) == (done.version.id, "two")
        assert office.due(number) == START + 5 * DAY


def test_new_leads_only_is_what_happens_unless_somebody_chooses(office: Office, cadence: int) -> None:
    """V3."""
    (anna,) = enter(office, cadence, "anna")
    draft(office, cadence, two_days)
    done = go(office, cadence, publish.NEW_ONLY)
    assert done.batch is None
    assert office.enrolment(anna).version_id != done.version.id


def test_those_who_move_are_chosen_by_owner_state_entry_and_hand(office: Office, cadence: int) -> None:
    """V3: choose."""
    anna, bert = enter(office, cadence, "anna", "bert")
    office.at(START + DAY)
    (carl,) = enter(office, cadence, "carl", owner="ralf")
    with office.house.sessions() as session:
        ralf, lead = office.user(session, "ralf").id, session.get_one(Enrolment, bert).lead_id
    choices = {
        "owner": (Who("some", owners=(ralf,)), {carl}),
        "entry": (Who("some", entered_from=START + timedelta(hours=1)), {carl}),
        "before": (Who("some", entered_before=START + timedelta(hours=1)), {anna, bert}),
        "hand": (Who("some", leads=(lead,)), {bert}),
        "state": (Who("some", states=("waiting",)), {anna, bert, carl}),
        "nothing": (Who("some"), set()),
    }
    for name, (who, chosen) in choices.items():
        with office.house.sessions() as session:
            row = session.get_one(SequenceRow, cadence)
            draft_text = publish.documents.write(two_days(publish.draft_of(session, row)))
            seen = publish.preview(session, office.house, row, draft_text, who, office.house.now(session))
        assert {line.enrolment_id for line in seen.lines} == chosen, name
        assert seen.moving == len(chosen)


def test_the_preview_says_what_publishing_then_does(office: Office, cadence: int) -> None:
    """V3, V5: dates before and after, who stands on a step that is gone, what falls due at once; nothing is changed."""
    anna, bert = enter(office, cadence, "anna", "bert")
    office.at(START + 2 * DAY + timedelta(hours=23))

    def sooner(sequence: Sequence) -> Sequence:
        return editing.change_step(sequence, "two", lambda step: replace(step, after=Delay(1, Unit.DAYS)))

    draft(office, cadence, sooner)
    with office.house.sessions.begin() as session:
        row, now = session.get_one(SequenceRow, cadence), office.house.now(session)
        before = [(e.id, e.due_at, e.version_id) for e in session.query(Enrolment).order_by(Enrolment.id)]
        seen = publish.preview(session, office.house, row, row.draft, Who("all"), now)
        assert (seen.inside, seen.moving, seen.changed, seen.at_once, seen.letters_at_once) == (2, 2, 2, 2, 2)
        assert [(e.id, e.due_at, e.version_id) for e in session.query(Enrolment).order_by(Enrolment.id)] == before
    promised = {line.enrolment_id: line.moved for line in seen.lines}
    go(office, cadence, Who("all"))
    for number in (anna, bert):
        row_now = office.enrolment(number)
        assert row_now.step_key == promised[number].step_after
        assert abs(row_now.due_at - promised[number].due_after) < timedelta(minutes=1)


def test_a_lead_before_a_removed_step_goes_on_with_the_next_one_not_received(office: Office, cadence: int) -> None:
    """V4: nothing that was received comes again."""
    (anna,) = enter(office, cadence, "anna")
    draft(office, cadence, without_two)
    with office.house.sessions() as session:
        row = session.get_one(SequenceRow, cadence)
        seen = publish.preview(session, office.house, row, row.draft, Who("all"), office.house.now(session))
    assert seen.removed == 1
    go(office, cadence, Who("all"))
    row_now = office.enrolment(anna)
    assert (row_now.step_key, office.due(anna)) == ("three", START + 5 * DAY)
    assert list(row_now.memory["done"]) == ["one"]


def test_a_step_put_before_the_place_is_not_sent(office: Office, cadence: int) -> None:
    """V4."""
    (anna,) = enter(office, cadence, "anna")
    draft(
        office,
        cadence,
        lambda s: replace(s, steps=(letter("zero", 0), replace(s.steps[0], after=Delay(1, Unit.DAYS)), *s.steps[1:])),
    )
    go(office, cadence, Who("all"))
    assert office.enrolment(anna).step_key == "two"


def test_who_left_or_moved_on_in_the_meantime_is_planned_afresh(office: Office, cadence: int) -> None:
    """V3: the move asks where each stands when its turn comes."""
    anna, bert = enter(office, cadence, "anna", "bert")
    draft(office, cadence, two_days)
    with office.house.sessions.begin() as session:
        row, now = session.get_one(SequenceRow, cadence), office.house.now(session)
        done = publish.publish(session, row, now, office.user(session, "mona").id, Who("all"))
        gone = session.get_one(Enrolment, anna)
        gone.state, gone.ended_at, gone.due_at = "ended: replied", now, None
    office.work()
    assert done.batch is not None
    with office.house.sessions() as session:
        told = {item.enrolment_id: (item.state, item.text) for item in batches.items(session, done.batch.id)}
        assert session.get_one(batches.Batch, done.batch.id).state == "done"
    assert told[anna] == ("refused", "has left the sequence in the meantime")
    assert told[bert][0] == "done"


def test_texts_reach_every_unsent_letter_also_of_those_who_do_not_move(office: Office, cadence: int) -> None:
    """V2: one edit changes a delay and the words; who stays behind keeps the delay and gets the words."""
    (anna,) = enter(office, cadence, "anna")
    draft(office, cadence, lambda s: reworded(two_days(s)))
    done = go(office, cadence, publish.NEW_ONLY)
    office.at(START + 3 * DAY + timedelta(minutes=5))
    while advance.advance(office.house):
        pass
    with office.house.sessions() as session:
        second = session.query(Message).filter_by(enrolment_id=anna, step_key="two").one()
        assert (second.subject, second.body) == ("Better words", "Hello again")
        assert second.version_id != done.version.id, "the way through is the old version's (V8)"
        assert second.text_version_id == done.version.id, "the words are the new one's (V8)"


def test_texts_reach_a_letter_that_waits_in_the_queue(office: Office, cadence: int) -> None:
    """V2."""
    (anna,) = enter(office, cadence, "anna")
    office.at(START + 3 * DAY + timedelta(minutes=5))
    while advance.advance(office.house):
        pass
    draft(office, cadence, reworded)
    go(office, cadence, publish.NEW_ONLY)
    with office.house.sessions() as session:
        waiting = session.query(Message).filter_by(enrolment_id=anna, step_key="two").one()
        assert (waiting.state, waiting.subject) == ("queued", "Better words")


def test_an_earlier_version_comes_back_in_one_act_and_leaves_the_draft_alone(office: Office, cadence: int) -> None:
    """V7: with the same choice who moves."""
    (anna,) = enter(office, cadence, "anna")
    first = office.enrolment(anna).version_id
    draft(office, cadence, two_days)
    go(office, cadence, Who("all"))
    draft(office, cadence, without_two)
    done = go(office, cadence, Who("all"), earlier=first)
    row_now = office.enrolment(anna)
    assert (row_now.version_id, office.due(anna)) == (done.version.id, START + 3 * DAY)
    with office.house.sessions() as session:
        row = session.get_one(SequenceRow, cadence)
        assert row.current_version_id == done.version.id
        assert "two" not in [step.id for step in publish.draft_of(session, row).steps]


def test_a_worker_that_dies_on_the_way_moves_nobody_twice(office: Office, cadence: int) -> None:
    """V3: the item and the move are one transaction; the next worker goes on where the last one fell."""
    enter(office, cadence, "anna", "bert", "carl")
    draft(office, cadence, two_days)
    with office.house.sessions.begin() as session:
        row, now = session.get_one(SequenceRow, cadence), office.house.now(session)
        done = publish.publish(session, row, now, office.user(session, "mona").id, Who("all"))
    assert done.batch is not None
    real, calls = many.ACTIONS["move"], []

    def dies(work: many.Work) -> many.Done:
        calls.append(work.item.id)
        told = real.do(work)
        if len(calls) == 2:
            raise SystemExit("killed")
        return told

    many.ACTIONS["move"] = many.Action(dies)
    try:
        with pytest.raises(SystemExit):
            many.work(office.house)
        assert many.work(office.house) is False
    finally:
        many.ACTIONS["move"] = real
    with office.house.sessions() as session:
        assert batches.counts(session, done.batch.id) == {"done": 3}
        told = session.execute(publish.select(Message.id)).all()
        assert len(told) == 3, "no second letter"
        kinds = [e.kind for e in session.query(publish.events.Event).filter_by(rule="V4")]
        assert len(kinds) == 3, "each moved once"
    assert len(calls) == 4


def test_many_are_lined_up_by_the_worker_not_by_the_click(
    office: Office, cadence: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """V3: publishing to very many answers at once; the worker finds those who were chosen."""
    anna, bert = enter(office, cadence, "anna", "bert")
    draft(office, cadence, two_days)
    monkeypatch.setattr(publish, "LINED_UP_AT_ONCE", 1)
    with office.house.sessions.begin() as session:
        row, now = session.get_one(SequenceRow, cadence), office.house.now(session)
        chosen = Who("some", owners=(office.user(session, "rita").id,), entered_before=START + DAY)
        done = publish.publish(session, row, now, office.user(session, "mona").id, chosen)
        assert done.batch is not None
        assert (done.batch.total, batches.count(session, done.batch.id)) == (2, 0)
    office.work()
    assert [office.enrolment(number).version_id for number in (anna, bert)] == [done.version.id] * 2


def test_one_that_raises_among_many_is_found_and_the_others_move(
    office: Office, cadence: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """V3: the group is taken apart, each goes alone, and the one at fault is listed."""
    anna, bert = enter(office, cadence, "anna", "bert")
    draft(office, cadence, two_days)
    real = many.ACTIONS["move"]

    def trips(work: many.Work) -> many.Done:
        if work.item.enrolment_id == anna:
            raise ZeroDivisionError
        return real.do(work)

    def trips_together(works: list[many.Work]) -> list[many.Done | str]:
        raise ZeroDivisionError

    monkeypatch.setitem(many.ACTIONS, "move", many.Action(trips, together=trips_together))
    done = go(office, cadence, Who("all"))
    assert done.batch is not None
    with office.house.sessions() as session:
        assert batches.counts(session, done.batch.id) == {"done": 1, "failed": 1}
    assert office.enrolment(bert).version_id == done.version.id
