"""Numbers per version, per text and per variant (V8, B5), counted from rows."""

from typing import Any

import pytest
from sqlalchemy import text

from outreach.core import editing
from outreach.core.sequences import Mail, Variant
from outreach.journeys import publish
from outreach.reports import version_numbers
from outreach.store.inbox import InboundMail
from outreach.store.sequences import SequenceRow
from tests.journeys.people import START, Office


@pytest.fixture
def office(house: Any) -> Office:
    return Office(house)


def answer(session: Any, lead_id: int, sense: str) -> None:
    session.add(
        InboundMail(
            raw=b"", sha256=f"{lead_id}", source="test", detail={}, references=[], received_at=START.replace(hour=23), lead_id=lead_id,
            class_="human", sense=sense, state="done",
        )
    )  # fmt: skip


def test_replies_belong_to_the_version_and_the_words_that_brought_them(office: Office) -> None:
    """V8: two wrote to version 1's words, one to those of version 2; only one of them answered."""
    with office.house.sessions.begin() as session:
        row = office.sequence(session)
        first = row.current_version_id
        anna = office.inside(session, row, "anna")
        office.inside(session, row, "bert")
        answer(session, anna.lead_id, "interested")
        words = Mail((Variant(subject="Better", body="Hello"),))
        draft = publish.draft_of(session, row)
        publish.save_draft(session, row, editing.change_step(draft, "one", lambda s: editing.replace(s, payload=words)))
        second = publish.publish(session, row, office.house.now(session), None).version.id
        carl = office.inside(session, row, "carl")
        session.execute(text("UPDATE enrolments SET state = 'ended: unsubscribed' WHERE id = :id"), {"id": carl.id})
    with office.house.sessions() as session:
        row = session.get_one(SequenceRow, row.id)
        numbers = version_numbers.by_version(session, row.id)
        assert (numbers[first].contacted, numbers[first].replied, numbers[first].positive) == (2, 1, 1)
        assert (numbers[second].contacted, numbers[second].replied, numbers[second].opted_out) == (1, 0, 1)
        texts = {(one.step_key, one.revision): one.brought for one in version_numbers.by_text(session, row.id)}
        assert {key: each.letters for key, each in texts.items()} == {("one", 1): 2, ("one", 2): 1}
        only = version_numbers.by_text(session, row.id, second)
        assert [one.revision for one in only] == [2]


def test_variants_are_told_apart(office: Office) -> None:
    """B5."""
    with office.house.sessions.begin() as session:
        row = office.sequence(session)
        both = Mail((Variant(subject="A", body="Hello"), Variant(subject="B", body="Hello")))
        draft = publish.draft_of(session, row)
        publish.save_draft(session, row, editing.change_step(draft, "one", lambda s: editing.replace(s, payload=both)))
        publish.publish(session, row, office.house.now(session), None)
        for number in range(12):
            office.inside(session, row, f"lead{number}")
    with office.house.sessions() as session:
        found = {one.variant: one.brought.letters for one in version_numbers.by_text(session, row.id)}
    assert set(found) == {"A", "B"}
    assert sum(found.values()) == 12
