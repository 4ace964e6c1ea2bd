"""Several clocks, and clocks that are wrong: one acts, and what is leased is leased by the database's own time (RELIABILITY 3.3
rule L, 4 faults 27 and 36)."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

import outreach
from outreach import clock
from outreach.jobs import clock as ticker
from outreach.journeys import claiming, ticking
from outreach.store import leases
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message

PACKAGE = Path(outreach.__file__).parent
READS_TIME = re.compile(r"datetime\.now\(|datetime\.utcnow\(|date\.today\(")


def test_of_two_clocks_one_acts_and_the_other_takes_over(house: Any) -> None:
    """Fault 36: started twice by mistake, or while a new release comes up."""
    with house.engine.connect() as first, house.engine.connect() as second:
        assert ticker._is_ours(first)
        assert not ticker._is_ours(second)
        assert ticker._is_ours(first), "and it stays so"
        first.invalidate()
        first.close()
        deadline = clock.monotonic() + 10
        while not ticker._is_ours(second):
            assert clock.monotonic() < deadline
        second.invalidate()


@pytest.mark.parametrize("wrong", [timedelta(hours=1), timedelta(hours=-1), timedelta(days=1)])
def test_a_process_whose_clock_is_wrong_takes_nobodys_letters(
    house: Any, session: Any, monkeypatch: pytest.MonkeyPatch, wrong: timedelta
) -> None:
    """Fault 27, I5: a lease begins and ends by the database's clock, and nothing goes before its moment."""
    now = house.now(session)
    session.add(Mailbox(address="us@outreach.test", created_at=now, imap_cursor={}))
    for minutes in (-1, 30):
        letter = Message(kind="own", to_address="lead@kund.example", subject="Hello", body="Hello.")
        letter.due_at, letter.queued_at = now + timedelta(minutes=minutes), now
        letter.extra, letter.references = {}, []
        session.add(letter)
    session.commit()
    monkeypatch.setattr(clock, "real_now", lambda: datetime.now(UTC) + wrong)
    with house.engine.connect() as alive:
        leases.hold_owner_lock(alive, "4711")
        with house.sessions.begin() as opened:
            found = claiming.claim(opened, house, "4711", "outbound", 10, 0)
        assert found is not None
        assert len(found.ids) == 1
        ticking.sweep(house)
        states = session.execute(select(Message.state).order_by(Message.due_at)).scalars().all()
        assert states == ["claimed", "queued"]
        left = session.scalar(text("SELECT max(lease_until) - clock_timestamp() FROM messages"))
        assert timedelta(0) < left <= timedelta(minutes=15)
        alive.invalidate()


def test_time_is_read_in_one_place() -> None:
    """DESIGN 3: outreach/clock.py, and the database; so that what moves is known."""
    places = [
        path.relative_to(PACKAGE).as_posix()
        for path in sorted(PACKAGE.rglob("*.py"))
        if READS_TIME.search(path.read_text(encoding="utf-8")) and path != PACKAGE / "clock.py"
    ]
    assert places == []
