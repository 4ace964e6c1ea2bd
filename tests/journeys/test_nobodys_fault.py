"""What the database gives up for a reason that passes is no fault of the mail that was being read (MAIL X4, RELIABILITY 15)."""

import threading
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from outreach.journeys import again, consequences, enter, own_mail, receive
from outreach.store import messages, wire_ids
from outreach.store.happenings import Happening
from outreach.store.inbox import InboundMail
from outreach.store.leads import Lead
from outreach.store.mailboxes import Mailbox
from tests.faults.acts import until

RAW = b"From: ben@ode.example\r\nMessage-ID: <%s@ode.example>\r\nSubject: Hello\r\n\r\nPlease call me.\r\n"
FAILS = text("DO $$ BEGIN RAISE EXCEPTION 'of a test' USING ERRCODE = '40P01'; END $$")


@pytest.fixture
def ben(house: Any) -> int:
    with house.sessions.begin() as session:
        now = house.now(session)
        lead = Lead(email="ben@ode.example", name="Ben", created_at=now, last_activity_at=now)
        session.add(lead)
        session.flush()
        return lead.id


def comes(house: Any, raw: bytes = RAW % b"1") -> int:
    with house.sessions.begin() as session:
        found = receive.keep(session, raw, house.now(session), source="imap")
        assert found
        return found


def read(house: Any) -> None:
    receive.receive(house, ask=lambda name, kind: ())


def row(house: Any, inbound_id: int) -> InboundMail:
    with house.sessions() as session:
        return session.get_one(InboundMail, inbound_id)


def test_a_real_deadlock_costs_a_mail_nothing(house: Any, ben: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """MAIL X4: two transactions want what the other has; the reader is given up, and reads the mail all the same."""
    number, has_other, has_mail = comes(house), threading.Event(), threading.Event()
    lock = text("SELECT pg_advisory_xact_lock(4711)")
    act, acts = consequences.act, []
    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid = :pid")
    pids: list[int] = []

    def slowly(case: Any) -> None:
        acts.append(case)
        if len(acts) == 1:
            has_mail.set()
            assert has_other.wait(20)
            with house.sessions() as looker:
                until(lambda: looker.scalar(waits, {"pid": pids[0]}), 20)
            case.session.execute(text("SET LOCAL deadlock_timeout = '50ms'"))
        case.session.execute(lock)
        act(case)

    def other() -> None:
        with house.sessions.begin() as session:
            session.execute(text("SET LOCAL deadlock_timeout = '60s'"))
            session.execute(lock)
            pids.append(session.scalar(text("SELECT pg_backend_pid()")))
            assert has_mail.wait(20)
            has_other.set()
            session.execute(select(InboundMail.id).where(InboundMail.id == number).with_for_update())

    monkeypatch.setattr(consequences, "act", slowly)
    rival = threading.Thread(target=other)
    rival.start()
    read(house)
    rival.join(20)
    assert len(acts) == 2
    found = row(house, number)
    assert (found.state, found.lead_id, found.tries) == ("done", ben, 1)


def test_deadlocks_and_restarts_never_put_a_mail_into_quarantine(
    house: Any, ben: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MAIL X4: however often; it is read once the database takes it. A fault of the mail itself still counts."""
    number, act = comes(house), consequences.act
    monkeypatch.setattr(again, "LONGEST_PAUSE", 0.0)
    monkeypatch.setattr(consequences, "act", lambda case: case.session.execute(FAILS))
    for _ in range(4):
        with pytest.raises(OperationalError):
            read(house)
    assert (row(house, number).state, row(house, number).tries) == ("new", 0)

    def killed(case: Any) -> None:
        case.session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    monkeypatch.setattr(consequences, "act", killed)
    for _ in range(4):
        with pytest.raises(OperationalError):
            read(house)
    assert (row(house, number).state, row(house, number).tries) == ("new", 0)

    def wrong(case: Any) -> None:
        raise ValueError("of a test")

    monkeypatch.setattr(consequences, "act", wrong)
    read(house)
    assert row(house, number).tries == 1
    monkeypatch.setattr(consequences, "act", act)
    read(house)
    assert row(house, number).state == "done"


def test_a_deadlock_is_no_fault_of_what_happened_either(house: Any, ben: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """M2: what lets a lead in is not put off, and never given up, for it."""
    with house.sessions.begin() as session:
        session.add(Happening(at=house.now(session), kind="replied", lead_id=ben, data={}))
    tell, told = enter._tell, []

    def twice_in_vain(session: Any, *rest: Any) -> None:
        told.append(1)
        if len(told) < 3:
            session.execute(FAILS)
        tell(session, *rest)

    monkeypatch.setattr(again, "LONGEST_PAUSE", 0.0)
    monkeypatch.setattr(enter, "_tell", twice_in_vain)
    enter.handle(house)
    with house.sessions() as session:
        found = session.scalar(select(Happening))
        assert (found.tries, found.handled_at is not None, len(told)) == (0, True, 3)


def test_an_id_longer_than_an_index_takes_is_kept_and_found(house: Any, ben: int) -> None:
    """MAIL X1, M4: 990 signs of four bytes each, of a stranger's mail and of a rep's own; answers to it find their letter."""
    signs = "".join(chr(0x10000 + 7919 * n % 0xFFFFF) for n in range(990))
    long = f"<{signs}@x>"
    assert len(long.encode()) > 3900
    number = comes(house, RAW.replace(b"<%s@ode.example>", long.encode()))
    read(house)
    found = row(house, number)
    assert found.state == "done"
    assert found.wire_id == wire_ids.kept(long) != wire_ids.kept(long.replace("@x", "@y"))
    assert len(found.wire_id) < 100
    assert wire_ids.kept("<a@b.example>") == "<a@b.example>"

    with house.sessions.begin() as session:
        now = house.now(session)
        box = Mailbox(address="rita@outreach.test", created_at=now)
        session.add(box)
        session.flush()
        raw = (
            f"From: rita@outreach.test\r\nTo: ben@ode.example\r\nMessage-ID: {long}\r\nSubject: Hi\r\n\r\nHello Ben\r\n"
        )
        written = own_mail.seen(session, raw.encode(), box, now)
        assert len(written) == 1
    with house.sessions() as session:
        assert messages.by_message_id(session, ["<else@x>", long]).id == written[0].id
        assert session.scalar(select(func.count()).select_from(InboundMail)) == 1
