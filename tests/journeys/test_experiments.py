"""B6: a whole sequence against another, by lot at entry, for good, and its numbers."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from outreach import documents
from outreach.errors import Refused
from outreach.journeys import accounts, enrol, experiments, publish
from outreach.reports import experiments as reports
from outreach.store import enrolments, events
from outreach.store import experiments as lots
from outreach.store.inbox import InboundMail
from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.store.sequences import SequenceRow

DOCUMENT = """outreach: 1
name: {name}
class: {klass}
enter: {{again: always}}
steps:
  - {{id: a, email: {{subject: Hello, body: Text}}, after: 0 minutes}}
  - {{id: b, email: {{subject: Again, body: Text}}, after: {days} days}}
"""


class Cast:
    def __init__(self, house: Any, session: Any) -> None:
        self.house, self.session, self.now = house, session, house.now(session)
        self.ada = accounts.add_user(session, "ada@outreach.test", "Ada Admin", "admin", "correct horse battery")
        self.short, self.long = self.sequence("Short", 2), self.sequence("Long", 6)

    def sequence(self, name: str, days: int, klass: str = "sales") -> SequenceRow:
        row = publish.create(self.session, documents.read(DOCUMENT.format(name=name, days=days, klass=klass)), self.now)
        publish.publish(self.session, row, self.now, None)
        return row

    def lead(self, number: int) -> Lead:
        row = Lead(email=f"p{number}@lead.test", name=f"P{number}", fields={}, created_at=self.now,
                   last_activity_at=self.now)  # fmt: skip
        self.session.add(row)
        self.session.flush()
        return row

    def enter(self, lead: Lead, **more: Any) -> SequenceRow:
        found = enrol.enrol(self.session, self.house, lead, self.short, self.now, **more).enrolment
        assert found is not None
        return self.session.get_one(SequenceRow, found.sequence_id)


@pytest.fixture
def cast(house: Any, session: Any) -> Cast:
    return Cast(house, session)


def test_people_are_split_by_lot_and_the_lot_is_for_good(cast: Cast) -> None:
    """B6: sticky, also when somebody enters again; the timeline says which side and why."""
    found = experiments.begin(cast.session, cast.short, cast.long, cast.ada, cast.now)
    people = [cast.lead(number) for number in range(40)]
    drawn = {lead.id: cast.enter(lead).name for lead in people}
    assert set(drawn.values()) == {"Short", "Long"}
    assert 5 <= list(drawn.values()).count("Long") <= 35
    for lead in people:
        for row in enrolments.running(cast.session, lead.id):
            row.ended_at, row.state, row.due_at = cast.now, "ended: manual", None
        cast.session.flush()
        assert cast.enter(lead).name == drawn[lead.id]
    told = [event for event in events.of_lead(cast.session, people[0].id) if event.rule == "B6"]
    assert len(told) == 1
    assert told[0].data["sequence"] in (cast.short.id, cast.long.id)
    assert found.needed == 432
    assert found.ripe_days == 8 + 7


def test_the_lot_falls_by_weight(cast: Cast) -> None:
    experiments.begin(cast.session, cast.short, cast.long, cast.ada, cast.now, weight=90)
    chance = Random(4)
    drawn = [experiments.assigned(cast.session, cast.lead(n).id, cast.short, cast.now, chance).name for n in range(200)]
    assert 5 <= drawn.count("Long") <= 40


def test_who_chooses_by_hand_gets_what_was_chosen_and_a_closed_test_draws_nobody(cast: Cast) -> None:
    found = experiments.begin(cast.session, cast.short, cast.long, cast.ada, cast.now, weight=5)
    assert {cast.enter(cast.lead(n), actor_id=cast.ada.id).name for n in range(10)} == {"Short"}
    experiments.close(cast.session, found, cast.ada, cast.now)
    cast.session.flush()
    assert {cast.enter(cast.lead(n)).name for n in range(10, 20)} == {"Short"}


def test_when_the_other_sequence_is_archived_everybody_gets_the_first(cast: Cast) -> None:
    experiments.begin(cast.session, cast.short, cast.long, cast.ada, cast.now, weight=5)
    publish.archive(cast.session, cast.long, cast.now, None)
    assert {cast.enter(cast.lead(n)).name for n in range(10)} == {"Short"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"measure": "opens"}, "no measure"),
        ({"weight": 100}, "Between 5 and 95"),
        ({"rate": 0.1}, "different rates"),
    ],
)
def test_a_test_that_could_tell_nothing_is_refused(cast: Cast, change: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        experiments.begin(cast.session, cast.short, cast.long, cast.ada, cast.now, **change)


def test_two_tests_at_once_and_unlike_sequences_are_refused(cast: Cast) -> None:
    other, nurture = cast.sequence("Other", 1), cast.sequence("Taught", 1, "nurture")
    with pytest.raises(Refused, match="test like with like"):
        experiments.begin(cast.session, cast.short, nurture, cast.ada, cast.now)
    with pytest.raises(Refused, match="another sequence"):
        experiments.begin(cast.session, cast.short, cast.short, cast.ada, cast.now)
    experiments.begin(cast.session, cast.short, cast.long, cast.ada, cast.now)
    with pytest.raises(Refused, match="tested already"):
        experiments.begin(cast.session, other, cast.long, cast.ada, cast.now)


def test_each_side_counts_its_people_and_only_those_who_had_their_time_are_compared(cast: Cast) -> None:
    """B5, N: contacted, positive replies; somebody who came yesterday is not compared yet."""
    found = experiments.begin(cast.session, cast.short, cast.long, cast.ada, cast.now)
    long_ago = cast.now - timedelta(days=30)
    for number in range(8):
        lead = cast.lead(number)
        lots.give(cast.session, found.id, lead.id, (cast.short.id, cast.long.id)[number % 2], long_ago)
        cast.enter(lead)
        row = enrolments.running(cast.session, lead.id)[0]
        row.entered_at = long_ago if number < 6 else cast.now
        letter = cast.session.query(Message).filter_by(enrolment_id=row.id).first() or Message(
            kind="step", lead_id=lead.id, enrolment_id=row.id, step_key="a", to_address=lead.email, references=[],
            due_at=cast.now, queued_at=cast.now,
        )  # fmt: skip
        letter.state, letter.sent_at = "sent", row.entered_at
        cast.session.add(letter)
        if number in (1, 3, 7):
            sense = "interested" if number != 3 else "question"
            cast.session.add(InboundMail(sha256=str(number), source="smtp", raw=b"", received_at=cast.now, state="done",
                                         class_="human", sense=sense, lead_id=lead.id, references=[]))  # fmt: skip
    cast.session.flush()
    test = reports.of(cast.session, found, cast.now)
    short, long = test.sides
    assert (short.contacted, short.replied, short.ripe) == (4, 0, 3)
    assert (long.contacted, long.replied, long.positive, long.ripe, long.ripe_good) == (4, 3, 2, 3, 1)
    assert test.verdict.kind == "early"
    shown = reports.people(cast.session, found, cast.long.id, cast.now)
    assert [person.name for person in shown if person.positive] == ["P7", "P1"]
    one = reports.people(cast.session, found, cast.long.id, cast.now, "positive")
    assert [person.name for person in one] == ["P7", "P1"]
    assert len(reports.people(cast.session, found, cast.long.id, cast.now, "ripe")) == long.ripe
    assert len(reports.people(cast.session, found, cast.short.id, cast.now, "replied")) == 0
