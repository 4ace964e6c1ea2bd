"""Editing a sequence: pure changes, and what they say about themselves."""

from dataclasses import replace
from datetime import time

import pytest

from outreach import documents
from outreach.core import editing
from outreach.core.sequences import (
    NO_DELAY,
    Condition,
    Delay,
    Kind,
    Lanes,
    Mail,
    Sequence,
    Step,
    Touch,
    Unit,
    Variant,
)


def days(amount: int) -> Delay:
    return Delay(amount, Unit.DAYS)


def letter(key: str, after: Delay, **more: object) -> Step:
    return Step(key, Kind.EMAIL, Mail((Variant(template=key),)), after=after, **more)  # type: ignore[arg-type]


def call(key: str, after: Delay) -> Step:
    return Step(key, Kind.CALL, Touch(script="Call"), after=after)


def cadence(anchor: str = "enrolment") -> Sequence:
    first = (letter("answer", NO_DELAY, at_once=True), call("call", NO_DELAY))
    return Sequence("Cadence", (*first, letter("day-2", days(2)), letter("day-4", days(4))), "inbound", anchor)


def branched() -> Sequence:
    lanes = Lanes(Condition("clicked"), then=(call("hot", days(1)),), otherwise=(letter("story", days(2)),))
    return Sequence("Branched", (letter("one", NO_DELAY), Step("ask", Kind.IF, lanes), letter("two", days(3))))


def keys(sequence: Sequence) -> list[str]:
    return [step.id for step in sequence.steps]


def test_a_step_is_changed_wherever_it_stands_and_keeps_its_id():
    """V1: ids are stable; a step in a lane is edited like any other."""
    edited = editing.change_step(branched(), "story", lambda step: replace(step, id="other", after=days(5)))
    assert edited.step("story").after == days(5)
    assert edited.step("other") is None
    assert keys(edited) == ["one", "ask", "two"]


def test_an_unknown_step_is_refused_in_words():
    with pytest.raises(editing.CannotEdit, match="no step 'gone'"):
        editing.switch(cadence(), "gone", True)


def test_a_step_is_switched_off_and_on():
    """V6: off is kept in the document, so that its history stays."""
    off = editing.switch(cadence(), "day-2", True)
    assert off.step("day-2").off
    assert editing.switch(off, "day-2", False) == cadence()


def test_moving_a_step_counted_from_the_start_leaves_the_days_where_they_are():
    """D2: the letter of day 4 goes on day 2 and the other one on day 4."""
    moved = editing.move(cadence(), "day-4", -1)
    assert [(step.id, str(step.delay)) for step in moved.steps] == [
        ("answer", "0 minutes"), ("call", "0 minutes"), ("day-4", "2 days"), ("day-2", "4 days"),
    ]  # fmt: skip


def test_a_move_that_keeps_the_line_running_forward_changes_no_day():
    """D2: past a step of the same day, or of an earlier one."""
    moved = editing.reorder(cadence(), ("answer", "call", "day-2", "day-4"))
    assert moved == cadence()
    beside = editing.add(cadence(), call("call-2", days(2)), "day-2")
    assert [str(step.delay) for step in editing.move(beside, "call-2", -1).steps][2:] == ["2 days", "2 days", "4 days"]


def test_moving_a_step_counted_from_the_one_before_takes_its_wait_along():
    """D2, D3."""
    moved = editing.move(cadence("previous_step"), "day-4", -1)
    assert [(step.id, str(step.delay)) for step in moved.steps][2:] == [("day-4", "4 days"), ("day-2", "2 days")]


def test_only_the_first_step_may_go_at_once():
    """W5: another step that comes first does not make two of them."""
    moved = editing.move(cadence(), "call", -1)
    assert keys(moved)[:2] == ["call", "answer"]
    assert not moved.steps[1].at_once


def test_an_order_that_lost_a_step_is_refused():
    with pytest.raises(editing.CannotEdit, match="Reload"):
        editing.reorder(cadence(), ("answer", "day-2"))


def test_the_last_step_cannot_be_removed():
    one = editing.blank("New")
    with pytest.raises(editing.CannotEdit, match="at least one step"):
        editing.remove(one, one.steps[0].id)


def test_removing_a_step_of_a_lane_leaves_the_branch_intact():
    edited = editing.remove(branched(), "hot")
    lanes = edited.step("ask").payload
    assert lanes.then == ()
    assert [step.id for step in lanes.otherwise] == ["story"]


@pytest.mark.parametrize(
    ("behind", "after", "at"),
    [("day-4", days(6), None), ("day-2", days(3), None), ("answer", days(1), None)],
)
def test_a_new_letter_gets_a_day_of_its_own(behind, after, at):
    """D10: two letters never stand together."""
    step = editing.new_step(cadence(), Kind.EMAIL, behind)
    assert (step.id, step.after, step.at) == ("email", after, at)


def test_where_no_day_is_free_a_new_letter_goes_in_the_afternoon():
    """D10: the same day at another time is a delay between them."""
    full = editing.add(cadence(), editing.new_step(cadence(), Kind.EMAIL, "day-2"), "day-2")
    step = editing.new_step(full, Kind.EMAIL, "email")
    assert (step.after, step.at) == (days(4), time(16, 0))


def test_a_new_letter_counted_from_the_step_before_waits_two_business_days():
    step = editing.new_step(cadence("previous_step"), Kind.EMAIL, "day-2")
    assert step.after == Delay(2, Unit.BUSINESS_DAYS)


def test_a_new_task_stands_beside_the_step_before_it():
    assert editing.new_step(cadence(), Kind.CALL, "day-4").after == days(4)


@pytest.mark.parametrize("kind", editing.ADDABLE)
@pytest.mark.parametrize("anchor", ["enrolment", "previous_step"])
def test_every_new_step_makes_a_document_that_is_taken(kind, anchor):
    """D10, SEQUENCE.md: what the editor adds is never refused."""
    for behind in keys(cadence(anchor)):
        edited = editing.add(cadence(anchor), editing.new_step(cadence(anchor), kind, behind), behind)
        assert documents.read(documents.write(edited)) == edited


def test_a_new_step_stands_behind_the_chosen_one_in_its_own_list():
    edited = editing.add(branched(), editing.new_step(branched(), Kind.CALL, "story"), "story")
    lanes = edited.step("ask").payload
    assert [step.id for step in lanes.otherwise] == ["story", "call"]


def test_a_copy_gets_an_id_of_its_own():
    edited, key = editing.copy(cadence(), "day-2")
    assert key == "day-3"
    assert edited.step(key).payload == edited.step("day-2").payload
    assert keys(edited)[3] == key


def test_the_same_document_has_no_changes():
    assert editing.changes(cadence(), cadence()) == ()


def test_changes_are_told_in_sentences_and_text_is_told_from_structure():
    """V2: a new letter text is no structural edit; a new delay is."""
    edited = editing.change_step(cadence(), "day-2", lambda step: replace(step, after=days(3)))
    edited = editing.change_step(
        edited, "day-4", lambda step: replace(step, payload=Mail((Variant(subject="Hello", body="Hi"),)))
    )
    edited = editing.remove(edited, "call")
    found = editing.changes(cadence(), edited)
    assert [(change.text, change.structural) for change in found] == [
        ("Call “call” is taken out", True),
        ("E-mail “day-2” waits 3 days instead of 2 days", True),
        ("E-mail “day-4” has another letter", False),
    ]


def test_the_fewest_moves_are_told():
    moved = editing.reorder(cadence("previous_step"), ("day-4", "answer", "call", "day-2"))
    told = [change.text for change in editing.changes(cadence("previous_step"), moved) if change.what == "moved"]
    assert told == ["E-mail “day-4” has another place"]
