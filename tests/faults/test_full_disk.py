"""A disk is full, of the database or of the logs: letters wait or go, none twice, none is lost (RELIABILITY 4, faults 17, 18, 40)."""

import contextlib
import os
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from typing import Any

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from outreach import wiring
from outreach.journeys import deliver, posting
from outreach.store import outbox
from outreach.store.messages import Message
from tests.mail.line import line_of
from tests.mail.smtp_stage import Script

PEOPLE = [f"lead{number}@kund.example" for number in range(5)]
FULL = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
END $$;
CREATE TRIGGER full_disk BEFORE {when} FOR EACH ROW {which} EXECUTE FUNCTION full_disk()
"""
"""What PostgreSQL says, by its own number (53100), when a table or its log cannot grow."""


@pytest.fixture
def script(house: Any, session: Any) -> Iterator[Script]:
    with line_of(house, session, PEOPLE) as played:
        yield played
        with house.engine.begin() as connection:
            connection.execute(text("DROP FUNCTION IF EXISTS full_disk CASCADE"))


def accepted(script: Script) -> Counter[str]:
    return Counter(str(message_from_bytes(raw)["To"]).strip("<>") for raw in script.letters)


def send(house: Any) -> None:
    sender = deliver.Sender(house)
    try:
        deliver.deliver(sender, "outbound")
    finally:
        sender.close()


def states(session: Any) -> Counter[str]:
    session.expire_all()
    return Counter(session.scalars(select(Message.state)))


@pytest.mark.parametrize(
    ("when", "which"),
    [
        ("UPDATE ON messages", "WHEN (NEW.state = 'begun')"),
        ("UPDATE ON messages", "WHEN (NEW.state = 'sent')"),
        ("UPDATE ON messages", "WHEN (NEW.state = 'claimed')"),
        ("UPDATE ON mailboxes", ""),
    ],
)
def test_a_full_disk_of_the_database_costs_only_time(
    house: Any, session: Any, script: Script, when: str, which: str
) -> None:
    """Fault 17: the sender waits, or gives up what has not begun; once there is room everybody has one letter."""
    with house.engine.begin() as connection:
        connection.execute(text(FULL.format(when=when, which=which)))

    def make_room() -> None:
        with house.engine.begin() as connection:
            connection.execute(text("DROP FUNCTION full_disk CASCADE"))

    soon = threading.Timer(1.5, make_room)
    soon.start()
    with contextlib.suppress(
        OperationalError, psycopg.OperationalError
    ):  # then the job fails, and the clock rings again
        send(house)
    soon.join()
    with house.sessions.begin() as opened:
        opened.execute(text("UPDATE mailboxes SET paused_until = NULL"))
        opened.execute(text("UPDATE messages SET due_at = clock_timestamp() WHERE state = 'queued'"))
    send(house)
    assert states(session) == {"sent": 5}
    assert accepted(script) == dict.fromkeys(PEOPLE, 1)


def test_an_end_that_was_written_though_it_was_told_otherwise_is_written_once(
    house: Any, session: Any, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault 40: the commit arrived, its answer did not; the sender says it again and nothing is doubled."""
    whole, calls = outbox.settle_sent, iter(range(100))

    def done_but_told_it_failed(opened: Any, owner: str, done: Any) -> None:
        whole(opened, owner, done)
        if next(calls) == 0:
            opened.commit()
            raise OperationalError("COMMIT", {}, Exception("server closed the connection unexpectedly"))

    monkeypatch.setattr(outbox, "settle_sent", done_but_told_it_failed)
    send(house)
    assert states(session) == {"sent": 5}
    assert accepted(script) == dict.fromkeys(PEOPLE, 1)


def test_logs_that_cannot_be_written_hold_up_no_letter(house: Any, session: Any, script: Script) -> None:
    """Fault 18: a letter that cannot be written wants to be told in the log, whose disk is full; the others go."""
    child = os.fork()
    if not child:
        full = os.open("/dev/full", os.O_WRONLY)
        os.dup2(full, 1)
        os.dup2(full, 2)
        sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)
        sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)
        code, whole = 1, posting.Desk.words

        def words(desk: posting.Desk, draft: Any) -> posting.Sheet:
            if draft.to_address == PEOPLE[1]:
                raise KeyError("a fault of ours")
            return whole(desk, draft)

        posting.Desk.words = words
        try:
            send(wiring.build(house.settings))
            code = 0
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    assert states(session) == {"sent": 4, "failed": 1}
    assert accepted(script) == dict.fromkeys([who for who in PEOPLE if who != PEOPLE[1]], 1)
