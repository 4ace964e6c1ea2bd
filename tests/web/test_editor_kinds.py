"""The editor's forms beyond plain letters and tasks: conditions, goals, hand-overs, variants; ways in and stop rules."""

from dataclasses import replace
from typing import Any

import pytest

from outreach.core.conditions import parse
from outreach.core.sequences import Condition, Goal, Handover, Kind, Mail, Step, Until, Variant
from outreach.journeys import publish
from outreach.store.sequences import SequenceRow
from outreach.web.condition_form import condition_of, lines_of
from outreach.web.step_form import filled_in
from tests.journeys.people import Office
from tests.web.conftest import PASSWORD, Visitor


@pytest.fixture
def office(house: Any) -> Office:
    return Office(house)


@pytest.fixture
def mona(app: Any, office: Office) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in("mona@outreach.test", PASSWORD)
    return visitor


@pytest.fixture
def cadence(office: Office) -> int:
    with office.house.sessions.begin() as session:
        return office.sequence(session).id


def draft(office: Office, cadence: int) -> Any:
    with office.house.sessions() as session:
        return publish.draft_of(session, session.get_one(SequenceRow, cadence))


@pytest.mark.parametrize(
    ("joined", "lines"),
    [
        ("all", ""),
        ("all", "clicked pricing"),
        ("all", "clicked pricing\nscore >= 50"),
        ("any", "tag event-2026\nfield city = Bristol"),
        ("none", "replied not_now"),
        ("none", "tag a\ntag b"),
    ],
)
def test_lines_become_a_condition_and_lines_again(joined: str, lines: str) -> None:
    found = condition_of(lines, joined)
    assert lines_of(found) == (joined, lines)


def test_conditions_within_conditions_are_left_to_the_text() -> None:
    nested = Condition("any", parts=(parse("tag a"), Condition("all", parts=(parse("tag b"), parse("tag c")))))
    assert lines_of(nested) is None
    goal = Step("g", Kind.GOAL, Goal(nested))
    changed, errors = filled_in(goal, {}, False)
    assert (changed, errors) == (goal, {})


def test_a_condition_that_is_none_is_said_beside_its_field() -> None:
    goal = Step("g", Kind.GOAL, Goal(parse("tag a")))
    changed, errors = filled_in(goal, {"condition": "opened the letter", "condition_joined": "all"}, False)
    assert "open" in errors["condition"]
    assert changed.payload == goal.payload


def test_a_wait_takes_and_loses_a_condition() -> None:
    wait = Step("w", Kind.WAIT, Until(at_most=None, until=parse("clicked x")))
    form = {"at_most": "5", "at_most_unit": "days", "condition": "visited /pricing", "condition_joined": "all"}
    changed, errors = filled_in(wait, form, False)
    assert errors == {}
    assert changed.payload.until == parse("visited /pricing")
    gone, errors = filled_in(changed, {**form, "condition": ""}, False)
    assert (gone.payload.until, errors) == (None, {})


def test_variants_are_written_and_weighted() -> None:
    """B5."""
    step = Step("one", Kind.EMAIL, Mail((Variant(subject="A", body="Hello"), Variant(subject="B", body="Hello"))))
    form = {
        "v0_letter": "own", "v0_subject": "Ask", "v0_body": "Hello", "v0_weight": "3",
        "v1_letter": "template", "v1_template": "story", "v1_weight": "1",
    }  # fmt: skip
    changed, errors = filled_in(step, form, False)
    assert errors == {}
    assert changed.mail.variants == (Variant(subject="Ask", body="Hello", weight=3), Variant(template="story"))
    assert "no weight" in filled_in(step, {**form, "v0_weight": "many"}, False)[1]["v0"]


def test_goals_handovers_and_variants_are_made_in_the_editor(mona: Visitor, office: Office, cadence: int) -> None:
    path = f"/sequences/{cadence}"
    mona.get(path)
    mona.post(f"{path}/steps", {"kind": "goal", "after": "one"})
    mona.post(f"{path}/steps/goal", {"condition": "stage interview\ntag customer", "condition_joined": "any"})
    mona.post(f"{path}/steps", {"kind": "handover", "after": "three"})
    mona.post(
        f"{path}/steps/handover",
        {"to": "nurture", "programme": "Educational", "note": "Liked the story", "after": "9", "after_unit": "days"},
    )
    mona.post(f"{path}/steps/two/variant")
    found = draft(office, cadence)
    assert found.step("goal").payload.condition == condition_of("stage interview\ntag customer", "any")
    assert found.step("handover").payload == Handover("nurture", "Educational", "Liked the story")
    assert len(found.step("two").mail.variants) == 2
    page = mona.get(f"{path}?step=two").text
    assert 'name="v1_weight"' in page
    mona.post(f"{path}/steps/two/unvary")
    assert len(draft(office, cadence).step("two").mail.variants) == 1


def test_ways_in_and_stop_rules_are_edited_on_a_page(mona: Visitor, office: Office, cadence: int) -> None:
    """X1, P7, M2."""
    path = f"/sequences/{cadence}/ways"
    assert "Starts when" in mona.get(path).text
    form = {
        "on": "form contact\ntag event-2026\ndate trial_ends - 3 days", "unless": "customer", "again": "after", "again_days": "90",
        "stop_reply": "goto", "stop_reply_step": "three", "stop_click": "pause", "stop_meeting": "stop",
        "stop_call_connected": "ask", "stop_colleague_reply": "pause", "stop_won": "stop",
    }  # fmt: skip
    assert mona.post(path, form).status_code == 303
    found = draft(office, cadence)
    assert [rule.kind for rule in found.enter.on] == ["form", "tag", "date"]
    assert (found.enter.unless, found.enter.again.rule, found.enter.again.days) == (("customer",), "after", 90)
    assert (str(found.stop.reply), str(found.stop.click)) == ("goto three", "pause")
    refused = mona.post(path, {**form, "on": "full moon"})
    assert refused.status_code == 422
    assert "no way in" in refused.text
    assert "full moon" in refused.text, "what was written stays"
    assert replace(draft(office, cadence), name=found.name) == found
