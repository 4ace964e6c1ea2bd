"""What became of a letter is told in any order, twice, or late: the gravest word stays (RELIABILITY 3.6, 4 fault 30)."""

from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from outreach.journeys import delivery_reports
from outreach.store import leads
from outreach.store.messages import Message

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
MARKS = {"delivered": "delivered", "soft": "soft", "hard": "bounced", "complained": "complained"}
GRAVITY = ("", "soft", "delivered", "bounced", "complained")


def told(session: Any, house: Any, number: int, verdicts: tuple[str, ...]) -> str:
    """The letter's mark after these words about it."""
    lead = leads.insert_new(session, f"lead{number}@kund.example", "card", NOW)
    row = Message(
        kind="own", state="sent", lead_id=lead.id, to_address=lead.email, due_at=NOW, queued_at=NOW, sent_at=NOW
    )
    row.extra, row.references = {}, []
    session.add(row)
    session.flush()
    for verdict in verdicts:
        if verdict == "complained":
            delivery_reports.mark(row, verdict)
        else:
            delivery_reports.told(session, house, row, lead, verdict, "550 5.1.1 no such user", NOW, {})
    return row.delivered


def test_the_gravest_word_about_a_letter_stays_in_whatever_order_it_is_told(house: Any, session: Any) -> None:
    """A late `delivered` hides no bounce, a late bounce no complaint; a delivery answers an earlier soft refusal."""
    orders = [order for size in (2, 3) for order in permutations(MARKS, size)]
    found = {order: told(session, house, number, order) for number, order in enumerate(orders)}
    expected = {order: max((MARKS[verdict] for verdict in order), key=GRAVITY.index) for order in orders}
    assert {order: (mark, expected[order]) for order, mark in found.items() if mark != expected[order]} == {}


@pytest.mark.parametrize("verdict", ["delivered", "soft", "hard"])
def test_a_word_that_comes_twice_changes_nothing_more(house: Any, session: Any, verdict: str) -> None:
    """Fault 29."""
    assert told(session, house, 1, (verdict,)) == told(session, house, 2, (verdict, verdict, verdict))
