"""Segments become SQL with bound values only; each rule finds whom its words say."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from outreach.core import segments as rules
from outreach.core.segments import NotASegment
from outreach.store import account, leads, segments
from outreach.store.enrolments import Enrolment
from outreach.store.forms import Form, Submission
from outreach.store.inbox import InboundMail
from outreach.store.leads import Lead, Tag
from outreach.store.links import Hit, Link
from outreach.store.messages import Message
from outreach.store.segments import Segment
from outreach.store.sequences import SequenceRow, add_version
from outreach.store.users import User
from outreach.store.visits import Visit

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


@pytest.fixture
def cast(session: Any) -> dict[str, Lead]:
    """Ann did everything, Bob nothing, Eve is erased."""
    rita = User(email="rita@outreach.test", name="Rita", role="rep", password_hash="")
    session.add(rita)
    session.flush()
    made = {
        name: leads.insert_new(session, f"{name}@acme.test", "form contact", ago(60)) for name in ("ann", "bob", "eve")
    }
    ann, bob, eve = made.values()
    ann.stage, ann.score, ann.hot, ann.owner_id, ann.country, ann.company = (
        "replied",
        60,
        True,
        rita.id,
        "SE",
        "Acme AB",
    )
    ann.fields = {"plan": "Gold", "seats": "12", "trial_ends": "2026-03-13", "o'dd": "x"}
    bob.fields = {"plan": "silver", "seats": "many", "trial_ends": "2026-02-31x"}
    ann.created_at = ago(5)
    eve.country, eve.erased_at = "SE", NOW
    row = SequenceRow(name="Price Letters", created_at=ago(90))
    session.add_all([Tag(lead_id=ann.id, tag="fair"), row])
    session.flush()
    version = add_version(session, row, "", ago(90), None)
    form = Form(key="quote", name="Quote", created_at=NOW, fields=[])
    letter = Message(
        kind="own",
        lead_id=ann.id,
        to_address=ann.email,
        due_at=ago(4),
        queued_at=ago(4),
        sent_at=ago(4),
        state="sent",
        extra={},
        references=[],
    )
    session.add_all([form, letter])
    session.flush()
    link = Link(message_id=letter.id, url="https://acme.test/p", name="pricing")
    mail = InboundMail(
        sha256="1", source="smtp", raw=b"", received_at=ago(3), references=[], lead_id=ann.id, sense="not_now"
    )
    mail.class_ = "human"
    session.add_all([link, mail])
    session.flush()
    session.add_all([
        Hit(message_id=letter.id, link_id=link.id, kind="click", verdict="human", at=ago(3), real_at=ago(3)),
        Visit(lead_id=ann.id, path="/pricing/teams", at=ago(2), real_at=ago(2), verdict="human"),
        Visit(lead_id=bob.id, path="/pricing", at=ago(2), real_at=ago(2), verdict="scanner"),
        Submission(form_id=form.id, lead_id=ann.id, fingerprint="f", answers={}, context={}, at=ago(20)),
        Enrolment(lead_id=ann.id, sequence_id=row.id, version_id=version.id, class_="nurture", state="waiting: delay",
                  anchor_at=ago(1), entered_at=ago(1), due_at=NOW, memory={}),
        Enrolment(lead_id=bob.id, sequence_id=row.id, version_id=version.id, class_="nurture", state="ended: no reply",
                  anchor_at=ago(50), entered_at=ago(50), ended_at=ago(40), memory={}),
    ])  # fmt: skip
    session.flush()
    return made


ONLY_ANN = [
    {"about": "tag", "op": "is", "value": "fair"},
    {"about": "stage", "op": "is", "value": "replied"},
    {"about": "score", "op": "is at least", "value": "60"},
    {"about": "hot", "op": "is"},
    {"about": "owner", "op": "is not", "value": "nobody"},
    {"about": "country", "op": "is", "value": "se"},
    {"about": "company", "op": "contains", "value": "acme"},
    {"about": "company", "op": "is not empty"},
    {"about": "field", "name": "plan", "op": "is", "value": "gold"},
    {"about": "field", "name": "seats", "op": "is more than", "value": "11.5"},
    {"about": "field", "name": "trial_ends", "op": "within the next", "value": "3"},
    {"about": "field", "name": "trial_ends", "op": "after", "value": "2026-03-12"},
    {"about": "created", "op": "within the last", "value": "30"},
    {"about": "created", "op": "after", "value": "2026-03-01"},
    {"about": "clicked", "name": "pricing", "op": "ever"},
    {"about": "clicked", "op": "within the last", "value": "3"},
    {"about": "visited", "name": "/pricing", "op": "within the last", "value": "7"},
    {"about": "replied", "name": "not_now", "op": "ever"},
    {"about": "submitted", "name": "quote", "op": "ever"},
    {"about": "touched", "op": "within the last", "value": "4"},
    {"about": "sequence", "name": "price letters", "op": "is in"},
    {"about": "nurture", "op": "is in"},
    {"about": "programme", "op": "is in"},
]
ONLY_BOB = [
    {"about": "tag", "op": "is not", "value": "fair"},
    {"about": "hot", "op": "is not"},
    {"about": "owner", "op": "is", "value": "nobody"},
    {"about": "score", "op": "is at most", "value": "0"},
    {"about": "field", "name": "o'dd", "op": "is empty"},
    {"about": "field", "name": "plan", "op": "does not contain", "value": "OLD"},
    {"about": "created", "op": "before", "value": "2026-02-01"},
    {"about": "clicked", "op": "never"},
    {"about": "visited", "op": "never"},
    {"about": "replied", "op": "not within the last", "value": "30"},
    {"about": "touched", "op": "never"},
    {"about": "sequence", "name": "Price letters", "op": "is not in"},
    {"about": "programme", "op": "is not in"},
]
NOBODY = [
    {"about": "clicked", "op": "within the last", "value": "2"},
    {"about": "visited", "name": "/price", "op": "ever"},
    {"about": "submitted", "op": "within the last", "value": "10"},
    {"about": "field", "name": "seats", "op": "is less than", "value": "3"},
    {"about": "tag", "op": "is", "value": "'; DROP TABLE leads; --"},
    {"about": "company", "op": "contains", "value": "%"},
]


def found(session: Any, data: dict[str, Any]) -> list[str]:
    group = rules.read(data)
    people = segments.sample(session, group, NOW, 10)
    assert segments.count(session, group, NOW) == len(people)
    return sorted(lead.email.partition("@")[0] for lead in people)


def test_each_rule_finds_whom_its_words_say(session: Any, cast: Any) -> None:
    silver = [rule for rule in ONLY_BOB if rule.get("name") != "o'dd"]
    expected = [
        *((rule, ["ann"]) for rule in ONLY_ANN),
        *((rule, ["bob"]) for rule in silver),
        *((r, []) for r in NOBODY),
    ]
    wrong = [
        (rules.describe(rules.Rule(**rule)), who, people)
        for rule, who in expected
        if (people := found(session, {"match": "all", "rules": [rule]})) != who
    ]
    assert wrong == []


def test_groups_join_all_and_any_and_stand_in_each_other(session: Any, cast: Any) -> None:
    either = {"match": "any", "rules": [ONLY_ANN[0], ONLY_BOB[2]]}
    assert found(session, either) == ["ann", "bob"]
    assert found(session, {"match": "all", "rules": [either, ONLY_BOB[2]]}) == ["bob"]
    assert found(session, {"match": "all", "rules": []}) == []


def test_members_of_named_segments_for_many_leads_at_once(session: Any, cast: Any) -> None:
    for name, rule in (("Hot", ONLY_ANN[3]), ("Silent", ONLY_BOB[7])):
        session.add(Segment(name=name, rules={"match": "all", "rules": [rule]}, created_at=NOW))
    session.flush()
    ids = [cast["ann"].id, cast["bob"].id]
    assert segments.members_of(session, ["hot", "Silent", "None"], ids, NOW) == {
        ids[0]: frozenset({"hot"}), ids[1]: frozenset({"Silent"}),
    }  # fmt: skip
    assert segments.of_lead(session, ids[0], ["Hot"], NOW) == frozenset({"Hot"})


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ({"match": "some", "rules": []}, ""),
        ({"match": "all", "rules": [{"about": "opened", "op": "ever"}]}, "0"),
        ({"match": "all", "rules": [ONLY_ANN[0], {"about": "score", "op": "is at least", "value": "many"}]}, "1"),
        ({"match": "all", "rules": [{"match": "all", "rules": [{"about": "created", "op": "before", "value": "soon"}]}]}, "0.0"),
        ({"match": "all", "rules": [{"about": "field", "name": "a b", "op": "is empty"}]}, "0"),
        ({"match": "all", "rules": [{"about": "field", "op": "is", "value": "x"}]}, "0"),
        ({"match": "all", "rules": [{"about": "tag", "op": "is", "value": ""}]}, "0"),
        ({"match": "all", "rules": [{"about": "tag", "op": "is", "value": ["x"]}]}, "0"),
        ({"match": "all", "rules": [{"about": "created", "op": "within the last", "value": "-3"}]}, "0"),
        ({"match": "all", "rules": [ONLY_ANN[0]] * 51}, ""),
    ],
)  # fmt: skip
def test_what_is_no_rule_is_refused_with_its_place(data: Any, place: str) -> None:
    with pytest.raises(NotASegment) as fault:
        rules.read(data)
    assert fault.value.place == place


def test_written_and_read_again_it_is_the_same() -> None:
    group = rules.read({"match": "any", "rules": [{"match": "all", "rules": ONLY_ANN}, ONLY_BOB[0]]})
    assert rules.read(rules.write(group)) == group
    assert rules.describe(rules.read({"match": "all", "rules": ONLY_ANN[:2]})) == "Tag is fair and Stage is replied"


@pytest.mark.parametrize(("zone", "inside"), [("America/Los_Angeles", False), ("Pacific/Auckland", True)])
def test_a_day_in_a_rule_is_a_day_of_the_account(session: Any, house: Any, zone: str, inside: bool) -> None:
    """A lead of Sunday 20:00 at Greenwich came on Monday in Auckland, and on Sunday in Los Angeles."""
    account.get(session).zone = zone
    sunday_evening = datetime(2026, 3, 8, 20, tzinfo=UTC)
    lead = leads.insert_new(session, "ann@acme.test", "call", sunday_evening)
    assert lead is not None
    lead.fields = {"trial_ends": "2026-03-09"}
    session.flush()
    for rule in (
        {"about": "created", "op": "after", "value": "2026-03-08"},
        {"about": "field", "name": "trial_ends", "op": "within the next", "value": "0"},
    ):
        group = rules.read({"match": "all", "rules": [rule]})
        assert segments.count(session, group, sunday_evening) == int(inside), rule
