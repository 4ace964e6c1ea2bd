"""Business time is moved from one due instant to the next (DESIGN 3, two clocks)."""

import dataclasses
from datetime import datetime, timedelta
from typing import Any

import pytest

from outreach.journeys import moveclock
from outreach.store.messages import Message


def test_what_falls_due_just_after_the_rest_is_not_passed_over(house: Any, session: Any, monkeypatch: Any) -> None:
    """D: a letter that fell due between the last look at what is due and the next step is gone to, not jumped over."""
    house = dataclasses.replace(house, settings=house.settings.model_copy(update={"movable_clock": True}))
    rested = house.now(session)
    due = rested + timedelta(microseconds=1)
    session.add(
        Message(kind="test", to_address="anna@lumen.example", extra={}, references=[], due_at=due, queued_at=rested)
    )
    session.commit()
    monkeypatch.setattr(moveclock, "settle", lambda _house: rested)
    told: list[tuple[datetime, str]] = []

    class Enough(Exception):
        """The first step says it all."""

    def first(at: datetime, what: str) -> None:
        told.append((at, what))
        raise Enough

    with pytest.raises(Enough):
        moveclock.advance(house, timedelta(days=2), first)
    assert told == [(due, "something is due")]
