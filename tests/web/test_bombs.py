"""Every bomb that is small enough to be kept here comes in like any other mail (MAIL X4; RELIABILITY 32)."""

from typing import Any

from sqlalchemy import select

from outreach.journeys import receive
from outreach.store.inbox import InboundMail
from outreach.store.users import User
from tests.mail.test_hostile import BOMBS

from .conftest import Visitor

SMALL = 700_000  # the large ones only take their time in the database; reading them is proven in tests/mail
NO_MAIL = {
    "a picture": b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 400,
    "a PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" * 99,
}


def test_bombs_are_kept_and_read_or_shown_in_quarantine_and_hold_nothing_up(
    stranger: Visitor, ada: User, house: Any, session: Any
) -> None:
    """X4: each ends as done or in quarantine with a reason; the page lists them; the next letter is read."""
    bombs = {name: raw for name, raw in {**BOMBS, **NO_MAIL}.items() if 0 < len(raw) <= SMALL}
    with house.sessions.begin() as writing:
        numbers = {name: receive.keep(writing, raw, house.now(writing), source="imap") for name, raw in bombs.items()}
        last = receive.keep(
            writing,
            b"From: anna@lumen.example\r\nSubject: Hi\r\n\r\nStill here.\r\n",
            house.now(writing),
            source="imap",
        )
    for _ in range(20):
        if not receive.receive(house):
            break
    rows = {row.id: row for row in session.scalars(select(InboundMail))}
    ended = {name: rows[number].state for name, number in numbers.items() if number is not None}
    assert set(ended.values()) == {"done", "quarantined"}
    assert rows[last].state == "done"
    assert ended["a picture"] == ended["a PDF"] == ended["1000 nested multiparts"] == "quarantined"
    assert all(rows[numbers[name]].error for name, state in ended.items() if state == "quarantined")
    stranger.sign_in(ada.email)
    listed = stranger.get("/mail/quarantine").text
    assert listed.count("/inbound/") >= list(ended.values()).count("quarantined")
    assert all(
        stranger.get(f"/inbound/{number}").status_code == 200 for number in numbers.values() if number is not None
    )
