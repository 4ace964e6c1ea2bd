"""RULES M1 to M3, M6 to M8, P7, X7, X9: who enters which sequence, and why not the others."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from outreach.core import entry, stops
from outreach.core.conditions import NotACondition
from outreach.core.enrolments import Facts
from outreach.core.entry import Candidate, Happening, Known, Running
from outreach.core.sequences import Action, Again, Enter, EntryRule, Kind, Mail, Sequence, Step, StopMap, Variant

NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
STEP = Step("one", Kind.EMAIL, Mail((Variant(subject="Hello", body="Hello"),)))


def sequence(name="Event", klass="sales", **enter) -> Sequence:
    return Sequence(name, (STEP,), klass, enter=Enter(**enter))


def candidate(number=1, name="Event", klass="sales", **enter) -> Candidate:
    return Candidate(number, name, sequence(name, klass, **enter))


def refused(found: Candidate, **known) -> str | None:
    refusal = entry.refusal(found, Known(**known), NOW)
    return refusal.rule if refusal else None


@pytest.mark.parametrize(
    ("rule", "happened", "opens"),
    [
        (EntryRule("form", "contact"), Happening("form", "contact"), True),
        (EntryRule("form", "contact"), Happening("form", "quote"), False),
        (EntryRule("tag", "event"), Happening("stage", "event"), False),
        (EntryRule("visited", "/pricing"), Happening("visited", "/pricing"), True),
        (EntryRule("visited", "/pricing"), Happening("visited", "/pricing/teams"), True),
        (EntryRule("visited", "/pricing"), Happening("visited", "/pricing-old"), False),
        (EntryRule("replied", "not_now"), Happening("replied", "not_now"), True),
        (EntryRule("replied", "not_now"), Happening("replied", "interested"), False),
        (EntryRule("replied"), Happening("replied", "other"), True),
        (EntryRule("score", "50"), Happening("score", before=49, after=50), True),
        (EntryRule("score", "50"), Happening("score", before=50, after=60), False),
        (EntryRule("score", "50"), Happening("score", before=60, after=50), False),
        (EntryRule("import"), Happening("import", "a list"), True),
        (EntryRule("nurture_return"), Happening("nurture_return"), True),
    ],
)
def test_a_way_in_is_opened_by_what_it_names(rule, happened, opens):
    assert entry.matches(rule, happened) is opens


def test_coming_back_from_nurture_opens_sales_and_no_nurture():
    """M2, M3."""
    back, on = Happening("nurture_return"), (EntryRule("nurture_return"),)
    assert entry.listens(sequence("Back", "sales", on=on), back)
    assert not entry.listens(sequence("Educational", "nurture", on=on), back)


def test_m2_the_highest_in_the_list_wins_and_the_others_say_so():
    choice = entry.choose([candidate(1, "First"), candidate(2, "Second"), candidate(3, "Third")], Known(), NOW)
    assert choice.entered is not None
    assert choice.entered.name == "First"
    assert [(each.candidate.name, each.rule) for each in choice.refused] == [("Second", "M2"), ("Third", "M2")]
    assert "“First” stands higher" in choice.refused[0].text


def test_m2_one_that_keeps_the_lead_out_leaves_the_place_to_the_next():
    first = candidate(1, "First", unless=("customer",))
    choice = entry.choose([first, candidate(2, "Second")], Known(customer=True), NOW)
    assert choice.entered is not None
    assert choice.entered.name == "Second"
    assert [(each.candidate.name, each.rule) for each in choice.refused] == [("First", "M2")]


@pytest.mark.parametrize(
    ("klass", "running", "rule"),
    [
        ("sales", "sales", "M1"),
        ("sales", "inbound", "M1"),
        ("reengagement", "sales", "M1"),
        ("inbound", "sales", None),
        ("sales", "reengagement", None),
        ("sales", "nurture", None),
        ("nurture", "sales", None),
    ],
)
def test_m1_m3_a_higher_class_enters_above_a_lower_one_and_nothing_else_does(klass, running, rule):
    found = candidate(1, "New", klass)
    assert refused(found, running=(Running(2, "Old", running),), requested=True) == rule


def test_m6_no_human_touch_in_the_last_days():
    found = candidate(unless=("touched in 14 days",))
    assert refused(found, touched_at=NOW - timedelta(days=13, hours=23)) == "M6"
    assert refused(found, touched_at=NOW - timedelta(days=14)) is None
    assert refused(found) is None


def test_m7_more_than_the_company_may_have_wait_and_keep_those_below_out():
    crowded = candidate(1, "Crowded", company_at_most=3)
    assert refused(crowded, colleagues=2) is None
    choice = entry.choose([crowded, candidate(2, "Below")], Known(colleagues=3), NOW)
    assert choice.entered is None
    assert [(each.rule, each.waits) for each in choice.refused] == [("M7", True), ("M2", False)]


def test_m8_class_inbound_needs_a_request():
    assert refused(candidate(klass="inbound")) == "M8"
    assert refused(candidate(klass="inbound"), requested=True) is None


@pytest.mark.parametrize(
    ("again", "left", "inside", "rule"),
    [
        (Again("once"), 400, False, "P7"),
        (Again("if not active"), 1, False, None),
        (Again("if not active"), None, True, "P7"),
        (Again("after", 90), 89, False, "P7"),
        (Again("after", 90), 90, False, None),
        (Again("always"), 0, False, None),
        (Again("always"), None, True, None),
    ],
)
def test_p7_entering_again(again, left, inside, rule):
    found = candidate(7, klass="nurture", again=again)
    running = (Running(7, "Event", "nurture"),) if inside else ()
    gone = {7: NOW - timedelta(days=left)} if left is not None else {}
    assert refused(found, running=running, left=gone) == rule


def test_x7_x9_who_may_not_be_written_to_and_what_takes_nobody():
    assert refused(candidate(), suppressed="unsubscribed") == "X7"
    assert refused(replace(candidate(), archived=True)) == "X9"
    assert refused(replace(candidate(), sequence=None)) == "X9"


@pytest.mark.parametrize(
    ("line", "facts", "kept_out"),
    [
        ("tag partner", Facts(tags=frozenset({"partner"})), True),
        ("partner", Facts(tags=frozenset({"partner"})), True),
        ("partner", Facts(), False),
        ("in segment Price readers", Facts(segments=frozenset({"Price readers"})), True),
        ("stage won", Facts(stage="won"), True),
        ("score >= 50", Facts(score=49), False),
        ("field country = DE", Facts(fields={"country": "de"}), True),
    ],
)
def test_unless_takes_any_condition(line, facts, kept_out):
    assert (refused(candidate(unless=(line,)), facts=facts) == "M2") is kept_out


@pytest.mark.parametrize("line", ["touched in 0 days", "outcome call-1 = no answer", "in segment", "no such thing"])
def test_unless_refuses_what_it_does_not_understand(line):
    with pytest.raises(NotACondition):
        entry.unless(line)


def test_x1_a_set_stands_under_what_the_sequence_says_itself():
    document = StopMap(reply=Action("pause"), use="Careful", own=("reply",), stage=(("lost", Action("stop")),))
    careful = StopMap(reply=Action("stop"), click=Action("ask"), stage=(("interview", Action("pause")),))
    found = stops.resolved(replace(sequence(), stop=document), {"careful": careful}).stop
    assert (found.reply, found.click, found.meeting) == (Action("pause"), Action("ask"), Action("stop"))
    assert dict(found.stage) == {"interview": Action("pause"), "lost": Action("stop")}


def test_x1_a_set_that_is_gone_leaves_the_defaults():
    document = replace(sequence(), stop=StopMap(use="Gone"))
    assert stops.resolved(document, {}).stop.reply == Action("stop")
