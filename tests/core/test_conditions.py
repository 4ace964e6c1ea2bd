"""The conditions of SEQUENCE.md: read, written back, judged."""

from datetime import UTC, datetime

import pytest

from outreach.core.conditions import NotACondition, describe, holds, parse, write
from outreach.core.enrolments import Facts, Snapshot
from outreach.core.sequences import Condition

NOW = datetime(2026, 3, 4, tzinfo=UTC)
CALLED = {"done": {"call-1": {"at": NOW.isoformat(), "how": "done", "kind": "call", "outcome": "left voicemail"}}}
ENROLMENT = Snapshot(1, "scheduled", "a", NOW, NOW, memory=CALLED)
FACTS = Facts(
    phone="+1",
    email="a@b.test",
    clicks=frozenset({"pricing"}),
    replies=frozenset({"question"}),
    visits=frozenset({"/pricing/large"}),
    submitted=frozenset({"contact"}),
    tags=frozenset({"vip"}),
    segments=frozenset({"Price readers"}),
    stage="Quoted",
    prefers="text",
    score=50,
    attempts=3,
    fields={"plan": "Pro plus", "seats": 12, "since": "2026-01-31", "note": "", "owner.name": "Olga"},
)
TRUE = [
    "clicked", "clicked pricing", "replied", "replied question", "visited /pricing", "submitted contact", "tag vip",
    "in segment Price readers", 'in segment "Price readers"', "stage Quoted", "has phone", "has email", "prefers text",
    "score >= 50", "score < 51", "attempts >= 3", "field plan = pro PLUS", "field plan contains plus", "field seats > 9",
    "field since > 2026-01-30", "field note is empty", "field missing is empty", "field plan != basic",
    "field owner.name = Olga", "outcome call-1 = left voicemail", "outcome call-1 = left_voicemail",
]  # fmt: skip
FALSE = [
    "clicked guide", "replied interested", "visited /price", "submitted demo", "tag cold", "in segment Others", "stage New",
    "has company", "prefers phone", "score >= 51", "attempts >= 4", "field plan = basic", "field seats > 12",
    "field missing = x", "field missing != x", "field plan is empty", "outcome call-1 = no answer", "outcome call-2 = done",
]  # fmt: skip


@pytest.mark.parametrize("line", TRUE)
def test_what_holds(line):
    assert holds(parse(line), ENROLMENT, FACTS)


@pytest.mark.parametrize("line", FALSE)
def test_what_does_not_hold(line):
    assert not holds(parse(line), ENROLMENT, FACTS)


@pytest.mark.parametrize("line", [*TRUE, *FALSE])
def test_a_condition_is_written_back_to_what_it_was(line):
    assert parse(write(parse(line))) == parse(line)


@pytest.mark.parametrize(
    "line", ["opened", "opened letter", "open", "likes us", "tag", "score high", "outcome a", "has car"]
)
def test_what_is_no_condition_is_refused(line):
    """B2: none on opens."""
    with pytest.raises(NotACondition):
        parse(line)


def test_all_any_not():
    yes, no = parse("has phone"), parse("has company")
    assert holds(Condition("all", parts=(yes, Condition("not", parts=(no,)))), ENROLMENT, FACTS)
    assert holds(Condition("any", parts=(no, yes)), ENROLMENT, FACTS)
    assert not holds(Condition("all", parts=(yes, no)), ENROLMENT, FACTS)
    assert describe(Condition("any", parts=(no, yes))) == "(has company or has phone)"


def test_a_bad_phone_is_no_phone():
    """K3 wrong number."""
    assert not holds(parse("has phone"), ENROLMENT, Facts(phone="+1", phone_bad=True))
