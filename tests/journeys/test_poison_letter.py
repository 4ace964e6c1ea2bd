"""A letter over which its senders die holds up nobody for ever, and takes no other letter with it (RELIABILITY 3.3 rule N, 3.6)."""

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select, text

from outreach import wiring
from outreach.journeys import deliver, posting, ticking
from outreach.store import leases
from outreach.store.messages import Message
from outreach.store.notices import Notice
from tests.mail.line import line_of
from tests.mail.smtp_stage import Script

PEOPLE = [f"lead{number}@kund.example" for number in range(6)]
POISON = PEOPLE[2]


@pytest.fixture
def script(house: Any, session: Any) -> Iterator[Script]:
    with line_of(house, session, PEOPLE) as played:
        yield played


def a_senders_life(house: Any) -> bool:
    """One process that sends what it gets, and dies over one letter; whether it came through."""
    child = os.fork()
    if not child:
        try:
            whole = posting.Desk.letter

            def letter(desk: posting.Desk, sheet: posting.Sheet) -> posting.Ready:
                if sheet.draft.to_address == POISON:
                    os.kill(os.getpid(), signal.SIGKILL)
                return whole(desk, sheet)

            posting.Desk.letter = letter
            sender = deliver.Sender(wiring.build(house.settings))
            deliver.deliver(sender, "outbound")
            sender.close()
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1] == 0


@pytest.fixture
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database of the tests has just started: whoever is gone counts as gone at once all the same."""
    for name in ("SWEEP_BEGUN", "SWEEP_OTHER_SERVER", "SWEEP_POISON", "SWEEP_CLAIMED"):
        monkeypatch.setattr(leases, name, text(str(getattr(leases, name)).replace("'8 seconds'", "'0 seconds'")))


@pytest.mark.usefixtures("no_grace")
def test_one_letter_that_kills_its_senders_is_set_aside_and_all_others_go(
    house: Any, session: Any, script: Script
) -> None:
    """Twice a whole batch dies with it, three times it dies alone; the innocent go meanwhile, each once."""
    lives = 0
    while lives < 12:
        came_through = a_senders_life(house)
        ticking.sweep(house)
        lives += 1
        if came_through:
            break
    session.expire_all()
    ends = {row.to_address: (row.state, row.reason) for row in session.scalars(select(Message))}
    assert ends.pop(POISON) == ("failed", "set aside: 5 senders ended while they had this letter in hand")
    assert ends == dict.fromkeys(ends, ("sent", ""))
    assert len(script.letters) == len(PEOPLE) - 1
    assert lives <= leases.POISON + 1
    assert [one for one in session.scalars(select(Notice.text)) if POISON in one]


def test_a_sender_that_lives_and_is_slow_makes_no_letter_suspect(house: Any, session: Any, script: Script) -> None:
    """A lease that ran out behind a server that hangs says nothing of the letters that waited behind it."""
    with house.engine.connect() as connection:
        leases.hold_owner_lock(connection, "4711")
        for _ in range(leases.POISON + 1):
            with house.sessions.begin() as opened:
                opened.execute(
                    text(
                        "UPDATE messages SET state = 'claimed', lease_owner = '4711', server = ''"
                        f" || {leases.SERVER}, lease_until = clock_timestamp() - interval '1 second'"
                    )
                )
            ticking.sweep(house)
        connection.invalidate()
    assert set(session.execute(select(Message.state, Message.crashes)).all()) == {("queued", 0)}
