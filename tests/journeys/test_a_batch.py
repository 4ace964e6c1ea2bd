"""A batch of letters, one of which cannot be written, or none (F3, DESIGN 4)."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from outreach.journeys import deliver, posting
from outreach.store.messages import Message
from tests.mail.line import line_of
from tests.mail.smtp_stage import Script

PEOPLE = [f"lead{number}@kund.example" for number in range(5)]


@pytest.fixture
def script(house: Any, session: Any) -> Iterator[Script]:
    with line_of(house, session, PEOPLE) as played:
        yield played


def ends(session: Any) -> dict[str, tuple[str, str]]:
    session.expire_all()
    return {row.to_address: (row.state, row.reason) for row in session.scalars(select(Message))}


def test_a_letter_that_cannot_be_written_fails_alone(house: Any, session: Any, script: Script) -> None:
    """F3, DESIGN 5b: its neighbours go, over the same line."""
    session.scalars(select(Message).where(Message.to_address == PEOPLE[1])).one().subject = ""
    session.commit()
    sender = deliver.Sender(house)
    deliver.deliver(sender, "outbound")
    sender.close()
    found = ends(session)
    assert found.pop(PEOPLE[1]) == ("failed", "Subject is empty")
    assert set(found.values()) == {("sent", "")}
    assert (len(script.letters), script.connections) == (4, 1)


def test_a_database_that_goes_away_while_letters_are_written_costs_none(
    house: Any, session: Any, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DESIGN 4: nothing has begun; all go back, and the next batch takes them. Nobody gets two."""
    whole = posting.Desk.letter

    def away(desk: posting.Desk, sheet: posting.Sheet) -> posting.Ready:
        if sheet.draft.to_address == PEOPLE[3]:
            raise OperationalError("SELECT 1", {}, Exception("the server closed the connection"))
        return whole(desk, sheet)

    sender = deliver.Sender(house)
    with monkeypatch.context() as patched:
        patched.setattr(posting.Desk, "letter", away)
        with pytest.raises(OperationalError):
            deliver.deliver(sender, "outbound")
    assert {state for state, _ in ends(session).values()} == {"queued"}
    deliver.deliver(sender, "outbound")
    sender.close()
    assert {state for state, _ in ends(session).values()} == {"sent"}
    assert len(script.letters) == 5
