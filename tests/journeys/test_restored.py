"""A database out of a backup sends nothing until a person has looked (RELIABILITY 4, fault 37; 5.2, item 28)."""

import dataclasses
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from outreach.journeys import accounts, claiming, pausing, restored
from outreach.store import account, lineage
from outreach.store.leads import Lead
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message
from outreach.store.notices import Notice
from outreach.store.pauses import Pause


@pytest.fixture
def live(house: Any, tmp_path: Path) -> Any:
    """A house whose letters leave the machine, and that has run for a while on a data folder of its own."""
    settings = house.settings.model_copy(update={"smtp_url": "smtp://127.0.0.1:9", "data": tmp_path / "data"})
    settings.data.mkdir()
    made = dataclasses.replace(house, settings=settings)
    for _ in range(3):
        restored.remember(made)
    return made


def start(house: Any) -> str:
    """What `up` does before any process runs."""
    with house.sessions.begin() as session:
        why = restored.look(session, house)
    restored.remember(house)
    return str(why)


def backup(house: Any, **back: Any) -> None:
    """The database as it was before: fewer marks, and older."""
    with house.sessions.begin() as session:
        row = lineage.read(session)
        assert row is not None
        row.mark, row.at = row.mark - 2, row.at - timedelta(**back)


def letter(house: Any, to: str = "lead@kund.example") -> int:
    """A letter that is due."""
    with house.sessions.begin() as session:
        now = house.now(session)
        if session.scalar(select(Mailbox.id)) is None:
            session.add(Mailbox(address="us@outreach.test", created_at=now, imap_cursor={}))
        row = Message(
            kind="own",
            to_address=to,
            subject="Hello",
            body="Hello.",
            due_at=now,
            queued_at=now,
            extra={},
            references=[],
        )
        session.add(row)
        session.flush()
        return int(row.id)


def goes(house: Any) -> bool:
    """Whether a sender would take a letter now."""
    with house.sessions() as session:
        return claiming.claim(session, house, "77", "outbound", 10, 0) is not None


def test_an_ordinary_start_holds_nothing(live: Any, session: Any) -> None:
    """Also after days without power, and the very first one."""
    letter(live)
    with live.sessions.begin() as opened:
        opened.execute(text("UPDATE lineage SET at = at - interval '9 days'"))
    assert start(live) == ""
    assert goes(live)
    session.execute(text("DELETE FROM lineage"))
    session.commit()
    (live.settings.data / restored.NAME).unlink()
    assert start(live) == ""


def test_a_database_that_knows_less_than_the_folder_is_held_until_a_person_lifts_the_pause(
    live: Any, session: Any
) -> None:
    """Fault 37: an old dump beside a folder that went on. Administrators are told, in words that say what to do."""
    letter(live)
    backup(live, hours=3)
    why = start(live)
    assert "restored from a backup" in why
    assert not goes(live)
    pause = session.scalars(select(Pause)).one()
    assert (pause.scope, pause.reason) == ("everything", why)
    assert session.scalars(select(Notice.text)).one() == why
    assert start(live) == "", "it is said once"
    assert not goes(live), "and holds, however often it is started"
    ada = accounts.add_user(session, "ada@outreach.test", "Ada Admin", "admin", "a good password")
    pausing.lift(session, live, pause.id, ada, live.now(session))
    session.commit()
    assert goes(live)


def test_numbers_of_letters_that_were_lost_are_never_given_again(live: Any, session: Any) -> None:
    """A token in a letter that is out there, and forgotten here, must not opt out or stop somebody else."""
    lost = letter(live, "lost@kund.example")
    forgotten = live.token("unsubscribe", lost)
    with live.sessions.begin() as opened:
        opened.execute(text("DELETE FROM messages"))
        opened.execute(text("ALTER SEQUENCE messages_id_seq RESTART WITH 1"))
    backup(live)
    start(live)
    new = letter(live, "somebody.else@kund.example")
    assert new > lost + 1_000_000
    assert live.number("unsubscribe", forgotten) != new
    now = live.now(session)
    session.add(Lead(name="Lee", email="lee@kund.example", source="card", created_at=now, last_activity_at=now))
    session.flush()
    assert session.scalars(select(Lead.id)).one() > 1_000_000, "visits carry a lead's number"


def test_a_folder_that_was_copied_back_is_known_by_its_file(live: Any) -> None:
    """The whole folder out of last night's backup: folder and database agree, but they are copies."""
    letter(live)
    backup(live, hours=9)
    copy = live.settings.data.with_name("restored")
    with live.sessions() as session:
        found = lineage.read(session)
        assert found is not None
        restored._write(live.settings.data, found.name, found.mark)
    shutil.copytree(live.settings.data, copy)
    old = dataclasses.replace(live, settings=live.settings.model_copy(update={"data": copy}))
    assert "ran until" in start(old)
    assert not goes(old)


def test_a_system_that_moves_to_another_machine_within_the_hour_just_goes_on(live: Any) -> None:
    """Stopped, copied, started: nobody is asked."""
    letter(live)
    copy = live.settings.data.with_name("moved")
    shutil.copytree(live.settings.data, copy)
    assert start(dataclasses.replace(live, settings=live.settings.model_copy(update={"data": copy}))) == ""
    assert goes(live)


def test_where_no_letter_leaves_the_machine_nothing_is_held(live: Any, session: Any) -> None:
    """A trial system may be copied about as one likes; not so one of whose mailboxes has a server of its own."""
    letter(live)
    backup(live, hours=9)
    trial = dataclasses.replace(live, settings=live.settings.model_copy(update={"smtp_url": ""}))
    with trial.sessions.begin() as opened:
        assert restored.look(opened, trial) == ""
        opened.scalars(select(Mailbox)).one().smtp_secret = b"sealed"
        assert restored.look(opened, trial)
        assert "everything" in account.get(opened).switches


@pytest.mark.parametrize("damage", ["", "{", '{"name": 1}', "[]", '{"name": "x", "mark": "y", "file": 0}'])
def test_a_damaged_mark_is_as_good_as_none(live: Any, damage: str) -> None:
    """The database's own mark still tells how old it is."""
    (live.settings.data / restored.NAME).write_text(damage)
    assert start(live) == ""
    with live.sessions.begin() as opened:
        opened.execute(text("UPDATE lineage SET at = at - interval '2 hours'"))
    (live.settings.data / restored.NAME).write_text(damage)
    assert "ran until" in start(live)
