"""The last statement before a letter goes, and what becomes of letters whose sender is gone (RELIABILITY 3.3, MAIL U5, X4)."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from outreach.store import account, consents, leases, outbox
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message
from tests.journeys.people import Office

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
ME = "4711"
ADDRESS = "Lead@kund.example"


class Letter:
    """A letter of a running sequence that this sender has claimed, and the connection that would begin it."""

    def __init__(self, house: Any, line: Any) -> None:
        self.house, self.line = house, line
        office = Office(house)
        with house.sessions.begin() as session:
            entered = office.inside(session, office.sequence(session), "anna")
            box = Mailbox(address="us@lumen-roofs.com", created_at=NOW, imap_cursor={})
            session.add(box)
            session.flush()
            row = Message(
                kind="step", class_="sales", enrolment_id=entered.id, step_key="two", lead_id=entered.lead_id,
                mailbox_id=box.id, to_address=ADDRESS, due_at=NOW, queued_at=NOW, extra={}, references=[],
            )  # fmt: skip
            session.add(row)
            session.flush()
            self.id, self.enrolment_id = row.id, entered.id
        self.set(state="claimed", lease_owner=ME, lease="10 minutes")

    def set(self, *, state: str, lease_owner: str | None, lease: str, server: str = f"({leases.SERVER})") -> None:
        """What the row says of its claim; `lease` counts from now."""
        with self.house.sessions.begin() as session:
            session.execute(
                text(
                    f"UPDATE messages SET state = :state, lease_owner = :owner, server = {server},"
                    " lease_until = clock_timestamp() + CAST(:lease AS interval) WHERE id = :id"
                ),
                {"state": state, "owner": lease_owner, "lease": lease, "id": self.id},
            )

    def begins(self, owner: str = ME) -> bool:
        """Whether it may go."""
        letter = outbox.Begun(self.id, "<a@lumen-roofs.com>", "Hello", "Hello", (), None)
        return bool(self.line.step(owner, letter, NOW, None))

    def state(self) -> str:
        with self.house.sessions() as session:
            return str(session.scalar(text("SELECT state FROM messages WHERE id = :id"), {"id": self.id}))

    def sql(self, statement: str) -> None:
        with self.house.sessions.begin() as session:
            session.execute(text(statement), {"id": self.id, "enrolment": self.enrolment_id})


@pytest.fixture
def letter(house: Any) -> Iterator[Letter]:
    with house.engine.connect() as connection:
        yield Letter(house, outbox.SendingLine(connection))
        connection.invalidate()


def test_a_claimed_letter_begins_once(letter: Letter) -> None:
    """Rule C: a compare-and-set; the second try finds nothing to begin."""
    assert letter.begins()
    assert letter.state() == "begun"
    assert not letter.begins()


def suppress(house: Any) -> None:
    with house.sessions.begin() as session:
        consents.suppress(session, ADDRESS.lower(), "unsubscribed", "link", NOW)


def switch_off(house: Any) -> None:
    with house.sessions.begin() as session:
        account.get(session).switches = {"everything": "a test"}


STOPS: dict[str, Callable[[Letter], object]] = {
    "its address opted out": lambda letter: suppress(letter.house),
    "everything is switched off": lambda letter: switch_off(letter.house),
    "its sequence ended": lambda letter: letter.sql(
        "UPDATE enrolments SET ended_at = now(), state = 'ended: replied', due_at = NULL WHERE id = :enrolment"
    ),
    "its lease ran out": lambda letter: letter.set(state="claimed", lease_owner=ME, lease="-1 second"),
    "another sender has it": lambda letter: letter.set(state="claimed", lease_owner="815", lease="10 minutes"),
    "it went back to the queue": lambda letter: letter.set(state="queued", lease_owner=None, lease="0"),
    "it was cancelled": lambda letter: letter.set(state="cancelled", lease_owner=ME, lease="10 minutes"),
    "somebody had to look at it": lambda letter: letter.set(state="unsure", lease_owner=ME, lease="10 minutes"),
    "it was sent": lambda letter: letter.set(state="sent", lease_owner=ME, lease="10 minutes"),
}


@pytest.mark.parametrize("stop", STOPS)
def test_a_stop_counts_until_the_last_statement(letter: Letter, stop: str) -> None:
    """Rule C, X4, X7, MAIL U5, RELIABILITY 3.6 (kill switch): each stop alone keeps the letter, and changes no other row."""
    STOPS[stop](letter)
    before = letter.state()
    assert not letter.begins()
    assert letter.state() == before


def test_only_notices_and_tests_pass_a_switch_and_an_opt_out(letter: Letter) -> None:
    """Our own people are told also while everything stands still; nobody else's letter is called a notice."""
    suppress(letter.house)
    switch_off(letter.house)
    for kind in ("step", "answer", "own", "newsletter", "notice", "test"):
        letter.set(state="claimed", lease_owner=ME, lease="10 minutes")
        letter.sql(f"UPDATE messages SET kind = '{kind}' WHERE id = :id")
        assert letter.begins() is (kind in ("notice", "test")), kind


OTHER_SERVER = "'7/2020-01-01/2020-01-01'"
GONE = [
    ("claimed", "-1 second", None, "queued"),
    ("claimed", "-1 second", OTHER_SERVER, "unsure"),
    ("begun", "-1 second", None, "unsure"),
    ("begun", "-1 second", OTHER_SERVER, "unsure"),
    ("queued", "-1 second", None, "queued"),
    ("sent", "-1 second", None, "sent"),
    ("cancelled", "-1 second", None, "cancelled"),
    ("failed", "-1 second", None, "failed"),
]


@pytest.mark.parametrize(("state", "lease", "server", "becomes"), GONE)
def test_what_a_gone_sender_left_is_judged_by_how_far_it_was(
    letter: Letter, state: str, lease: str, server: str | None, becomes: str
) -> None:
    """Rule H, F5, DESIGN 4.4: what was not begun goes back; what was, or may have been on a database that lost its last
    instants, is unsure."""
    letter.set(state=state, lease_owner=ME, lease=lease, **({"server": server} if server else {}))
    with letter.house.sessions.begin() as session:
        leases.sweep(session)
    assert letter.state() == becomes


@pytest.mark.parametrize("state", ["claimed", "begun"])
def test_the_letters_of_a_sender_that_lives_are_its_own(letter: Letter, state: str) -> None:
    """Rule H: nobody takes them away while its lock is held and its lease runs, not even after a restart of the database."""
    with letter.house.engine.connect() as connection:
        leases.hold_owner_lock(connection, ME)
        for server in (None, OTHER_SERVER):
            letter.set(state=state, lease_owner=ME, lease="10 minutes", **({"server": server} if server else {}))
            with letter.house.sessions.begin() as session:
                leases.sweep(session)
            assert letter.state() == state
        connection.invalidate()


def test_a_sender_gives_back_only_what_it_has_not_begun(letter: Letter) -> None:
    """DESIGN 4.4: of its own letters, those claimed; a letter that may have gone stays where it is."""
    for owner, state, becomes in (
        (ME, "claimed", "queued"), (ME, "begun", "begun"), (ME, "unsure", "unsure"), ("815", "claimed", "claimed"),
    ):  # fmt: skip
        letter.set(state=state, lease_owner=owner, lease="10 minutes")
        with letter.house.sessions.begin() as session:
            outbox.release(session, ME)
        assert letter.state() == becomes, (owner, state)


def test_an_end_is_written_by_the_one_who_began(letter: Letter) -> None:
    """Rule J: a late word of a sender that lost its letter changes nothing."""
    gone = outbox.Accepted(outbox.Begun(letter.id, "<a@lumen-roofs.com>", "Hello", "Hello", (), None), NOW, "250 ok")
    letter.set(state="begun", lease_owner="815", lease="10 minutes")
    with letter.house.sessions.begin() as session:
        outbox.settle_sent(session, ME, [gone])
    assert letter.state() == "begun"
    letter.set(state="queued", lease_owner=None, lease="0")
    with letter.house.sessions.begin() as session:
        outbox.settle_sent(session, ME, [gone])
    assert letter.state() == "queued"
    letter.set(state="begun", lease_owner=ME, lease="10 minutes")
    with letter.house.sessions.begin() as session:
        outbox.settle_sent(session, ME, [gone])
        outbox.settle_sent(session, ME, [gone])
    assert letter.state() == "sent"
