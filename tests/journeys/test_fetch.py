"""Mailboxes looked into at a real Dovecot: folders, the folder of sent mail, IDLE, moved mail (MAIL X9, RULES X2)."""

import dataclasses
import imaplib
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from outreach.cli.watchman import Watchman
from outreach.journeys import accounts, fetch, own_mail, receive
from outreach.mail import imap
from outreach.store import business_clock, inbox, messages, secrets
from outreach.store.forms import Submission
from outreach.store.inbox import InboundMail
from outreach.store.leads import Lead
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message
from outreach.store.notices import Notice
from outreach.store.tasks import Task
from tests.mail.dovecot import BINARY, Dovecot

pytestmark = pytest.mark.skipif(BINARY is None, reason="no Dovecot here: apt-get install dovecot-imapd dovecot-lmtpd")


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with Dovecot() as running:
        yield running


@pytest.fixture
def server(dovecot: Dovecot) -> Dovecot:
    """Empty, with the folders Sales, Sent and Done."""
    with imaplib.IMAP4("127.0.0.1", dovecot.imap) as client:
        client.login("replies", "secret")
        for name in ("Sales", "Sent", "Done"):
            client.delete(name)
            client.create(name)
        if client.select("INBOX")[1] != [b"0"]:
            client.store("1:*", "+FLAGS", "\\Deleted")
            client.expunge()
    return dovecot


@pytest.fixture
def box(house: Any, server: Dovecot) -> tuple[Any, int]:
    """A house with one mailbox, read by IMAP, and Rita whose it is."""
    settings = house.settings.model_copy(update={"imap_url": server.url})
    house = dataclasses.replace(house, settings=settings)
    with house.sessions.begin() as session:
        rita = accounts.add_user(session, "rita@outreach.test", "Rita Rep", "rep", "a good password")
        session.query(Mailbox).delete()
        row = Mailbox(
            address="sales@outreach.test", from_env=True, user_id=rita.id, created_at=house.now(session),
            folders=["Sales", "Gone"], sent_folder="Sent",
        )  # fmt: skip
        session.add(row)
        now = house.now(session)
        lead = Lead(email="ben@ode.example", name="Ben", created_at=now, last_activity_at=now)
        session.add(lead)
        session.flush()
        session.add(Submission(lead_id=lead.id, source="form", answers={}, fingerprint="1", at=now))
        number = row.id
    return house, number


def append(server: Dovecot, folder: str, raw: str) -> None:
    with imaplib.IMAP4("127.0.0.1", server.imap) as client:
        client.login("replies", "secret")
        client.append(folder, "", "", raw.replace("\n", "\r\n").encode())


def look(house: Any, number: int) -> int:
    """One look, now; then everything is understood."""
    fetch.hurry(house, number)
    found = fetch.fetch(house)
    receive.receive(house)
    return found


def test_several_folders_are_read_once_and_a_missing_one_stops_nothing(box: Any, server: Dovecot) -> None:
    house, number = box
    server.deliver(b"From: ben@ode.example\r\nSubject: One\r\n\r\nHello\r\n")
    append(server, "Sales", "From: ben@ode.example\nSubject: Two\n\nHello again\n")
    assert look(house, number) == 2
    assert look(house, number) == 0
    append(server, "Sales", "From: ben@ode.example\nSubject: Three\n\nAnd again\n")
    assert look(house, number) == 1
    with house.sessions() as session:
        row = session.get_one(Mailbox, number)
        assert row.read_error == ""
        assert row.read_at is not None
        assert set(row.imap_cursor["others"]) == {"Sales", "Gone", "Sent"}


def test_a_reps_own_mail_seen_in_sent_is_a_human_attempt_and_no_reply(box: Any, server: Dovecot) -> None:
    """X2, M5, N (speed to lead): on the timeline, the clock stops, the task to answer is done; nothing private is kept."""
    house, number = box
    server.deliver(
        b"From: ben@ode.example\r\nMessage-ID: <q1@ode.example>\r\nSubject: Roof\r\n\r\nWhat does it cost?\r\n"
    )
    look(house, number)
    sent = (
        "From: Rita Rep <rita@outreach.test>\nTo: Ben <ben@ode.example>, aunt@home.example\nSubject: Re: Roof\n"
        "Message-ID: <own1@laptop.example>\nIn-Reply-To: <q1@ode.example>\n\nAbout ten thousand.\n\n> What does it cost?\n"
    )
    append(server, "Sent", sent)
    append(
        server,
        "Sent",
        "From: rita@outreach.test\nTo: aunt@home.example\nMessage-ID: <p@x.example>\n\nSee you on Sunday\n",
    )
    append(server, "Sent", "From: somebody@else.example\nTo: ben@ode.example\nMessage-ID: <f@x.example>\n\nForged\n")
    look(house, number)
    look(house, number)
    with house.sessions() as session:
        lead = session.query(Lead).filter_by(email="ben@ode.example").one()
        (letter,) = session.query(Message).filter_by(lead_id=lead.id, kind="own").all()
        assert (letter.state, letter.text_sent, letter.message_id) == (
            "sent",
            "About ten thousand.",
            "<own1@laptop.example>",
        )
        assert lead.stage != "new"
        assert session.query(Submission).filter_by(lead_id=lead.id).one().first_human_at is not None
        assert session.query(Task).filter_by(lead_id=lead.id, kind="reply").one().outcome == "replied"
        assert [mail.class_ for mail in inbox.of_lead(session, lead.id, 9)] == ["human"]
        assert session.query(InboundMail).count() == 1

    server.deliver(
        b"From: someone@private.example\r\nSubject: Re: Roof\r\nIn-Reply-To: <own1@laptop.example>\r\n\r\nFine, let us do it.\r\n"
    )
    look(house, number)
    with house.sessions() as session:
        answer = session.query(InboundMail).order_by(InboundMail.id.desc()).first()
        assert answer is not None
        assert answer.lead_id == lead.id  # answers to it are matched by its Message-ID


@pytest.mark.parametrize("state", ["sent", "unsure"])
def test_what_we_sent_ourselves_is_not_noted_twice_and_is_known_to_have_gone_out(
    box: Any, server: Dovecot, state: str
) -> None:
    """F5: a letter of which nobody knew lies in the folder of sent mail."""
    house, number = box
    with house.sessions.begin() as session:
        lead = session.query(Lead).filter_by(email="ben@ode.example").one()
        now = house.now(session)
        session.add(
            Message(
                kind="own",
                state=state,
                lead_id=lead.id,
                to_address=lead.email,
                subject="Roof",
                references=[],
                message_id="<ours@outreach.test>",
                due_at=now,
                queued_at=now,
                sent_at=now,
            )
        )
    append(server, "Sent", "From: rita@outreach.test\nTo: ben@ode.example\nMessage-ID: <ours@outreach.test>\n\nHello\n")
    look(house, number)
    with house.sessions() as session:
        assert [letter.state for letter in messages.of_lead(session, lead.id, 9)] == ["sent"]


def test_mail_is_moved_only_where_that_is_wished_and_after_it_is_kept(box: Any, server: Dovecot) -> None:
    """MAIL X9."""
    house, number = box
    server.deliver(b"From: ben@ode.example\r\nSubject: One\r\n\r\nHello\r\n")
    settings = house.settings.model_copy(update={"imap_url": server.url + "?processed=Done"})
    assert look(dataclasses.replace(house, settings=settings), number) == 1
    with imaplib.IMAP4("127.0.0.1", server.imap) as client:
        client.login("replies", "secret")
        assert client.select("INBOX", readonly=True)[1] == [b"0"]
        assert client.select("Done", readonly=True)[1] == [b"1"]


def test_idle_tells_of_new_mail_at_once(server: Dovecot) -> None:
    """MAIL X9: a push, not the next poll."""
    arrived, over, calls = threading.Event(), threading.Event(), []

    def seen() -> None:
        calls.append(1)
        if len(calls) > 1:
            arrived.set()

    waiting = threading.Thread(target=imap.wait_for_mail, args=(server.url, seen, over.is_set), daemon=True)
    waiting.start()
    for _ in range(100):
        if calls:
            break
        over.wait(0.1)
    server.deliver(b"From: ben@ode.example\r\nSubject: Now\r\n\r\nHello\r\n")
    assert arrived.wait(20)
    over.set()
    waiting.join(20)
    assert not waiting.is_alive()


def test_the_watchman_wakes_the_fetcher_for_his_mailbox(box: Any, server: Dovecot) -> None:
    house, number = box
    poked = threading.Event()

    class Bell:
        def poke(self, job: str, *_: Any) -> None:
            if job == "fetch_mail":
                poked.set()

    with house.sessions.begin() as session:
        session.get_one(Mailbox, number).looked_at = business_clock.real_now(session)
    stop = threading.Event()
    watchman = Watchman(dataclasses.replace(house, queue=Bell()), stop)
    watchman.start()
    assert poked.wait(20)
    with house.sessions() as session:
        assert fetch.due(session, house) == [number]
    stop.set()
    waiting = watchman.waiting[number]
    waiting.join(20)
    assert not waiting.is_alive()


def test_a_broken_line_is_told_once_and_the_next_look_goes_on_behind_it(box: Any, server: Dovecot) -> None:
    """MAIL X9: what was whole is kept, is not read again, and nothing is missed."""
    from tests.mail.line_cutter import line_to

    house, number = box
    for letter in range(4):
        server.deliver(f"From: ben@ode.example\r\nSubject: {letter}\r\n\r\n".encode() + b"y" * 30_000 + b"\r\n")
    with line_to(server.imap) as line:
        url = server.url.replace(str(server.imap), str(line.port))
        cut = dataclasses.replace(house, settings=house.settings.model_copy(update={"imap_url": url}))
        line.left = 80_000
        assert look(cut, number) == 2
        line.left = None
        with house.sessions() as session:
            row = session.get_one(Mailbox, number)
            assert row.imap_cursor["last_uid"] > 0
            assert row.read_error
        said = line.said
        assert look(cut, number) == 2
        assert line.said - said < 75_000, "the two that were kept are not fetched again"
    with house.sessions() as session:
        assert not session.get_one(Mailbox, number).read_error
        assert session.query(InboundMail).count() == 4


def test_more_than_one_look_can_take_is_looked_for_again_at_once(
    box: Any, server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MAIL X9: a full look is followed by the next, not in a minute."""
    house, number = box
    monkeypatch.setattr(imap, "LIMIT", 2)
    for letter in range(5):
        server.deliver(f"From: ben@ode.example\r\nSubject: {letter}\r\n\r\nHello\r\n".encode())
    assert look(house, number) == 5
    with house.sessions() as session:
        assert fetch.due(session, house) == []


def test_a_look_that_takes_long_keeps_how_far_it_came_and_goes_on_at_once(
    box: Any, server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MAIL X9: a slow server's mailbox is read in pieces, none of which is read twice."""
    house, number = box
    for letter in range(3):
        server.deliver(f"From: ben@ode.example\r\nSubject: {letter}\r\n\r\nHello\r\n".encode())
    real, ahead = fetch.clock.monotonic, [0.0]
    monkeypatch.setattr(fetch.clock, "monotonic", lambda: real() + ahead[0])
    keep, kept = receive.keep, []

    def slowly(*args: Any, **more: Any) -> Any:
        ahead[0] += fetch.LONGEST + 1
        kept.append(args[1])
        return keep(*args, **more)

    monkeypatch.setattr(receive, "keep", slowly)
    fetch.hurry(house, number)
    assert fetch.fetch(house, seconds=fetch.LONGEST * 9) == 3
    assert len(kept) == 3
    with house.sessions() as session:
        assert session.get_one(Mailbox, number).read_error == ""


def test_a_mailbox_that_cannot_be_looked_into_keeps_no_other_one_waiting(box: Any, server: Dovecot) -> None:
    """MAIL X9, F4: a password that no key opens, or a fault of ours: it is told once, the other mailboxes are read, and it is not
    asked again before its time."""
    house, number = box
    with house.sessions.begin() as session:
        session.get_one(Mailbox, number).from_env = False
        now, right = house.now(session), secrets.seal(server.url, house.keys)
        closed = Mailbox(
            address="a@other.test", created_at=now, imap_secret=secrets.seal(server.url, (b"another key",))
        )
        broken = Mailbox(address="b@other.test", created_at=now, imap_secret=secrets.seal("imap://odd", house.keys))
        session.add_all([closed, broken])
        session.flush()
        third = Mailbox(address="c@other.test", created_at=now, imap_secret=right)
        session.add(third)
        session.flush()
        numbers = closed.id, broken.id, third.id
        real = business_clock.real_now(session)
    server.deliver(b"From: ben@ode.example\r\nSubject: One\r\n\r\nHello\r\n")
    assert fetch.fetch(house) == 1
    assert fetch.fetch(house) == 0
    assert set(fetch.watched(house, 10)) >= {third.id}
    with house.sessions() as session:
        first, second, last = (session.get_one(Mailbox, each) for each in numbers)
        assert "SECRET_KEY" in first.read_error
        assert second.read_error
        assert last.read_error == ""
        assert min(each.looked_at for each in (first, second, last)) >= real
        assert first.read_at is None
        told = [row.text for row in session.query(Notice).filter_by(kind="problem")]
        assert sorted(told) == sorted(set(told))
        assert {text.split(" ")[3] for text in told} == {"a@other.test", "b@other.test"}


def test_a_sent_mail_that_cannot_be_understood_stops_no_reading(
    box: Any, server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """X4, MAIL X4: what lies in the folder of sent mail is a courtesy; follow-ups never wait because of it."""
    house, number = box

    def fails(*_: object) -> None:
        raise ValueError("a fault of the reader")

    monkeypatch.setattr(own_mail, "seen", fails)
    append(server, "Sent", "From: rita@outreach.test\nTo: ben@ode.example\nSubject: Odd\n\nHello\n")
    server.deliver(b"From: ben@ode.example\r\nSubject: One\r\n\r\nHello\r\n")
    assert look(house, number) == 1
    with house.sessions() as session:
        row = session.get_one(Mailbox, number)
        assert row.read_error == ""
        assert row.read_at is not None
        assert row.imap_cursor["last_uid"] > 0
        assert row.imap_cursor["others"]["Sent"]["last_uid"] > 0


def test_servers_that_failed_last_leave_a_place_for_the_others(box: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """MAIL X9, RELIABILITY fault 21: however many hang, a mailbox whose server is well is looked into at once, again and again."""
    house, number = box
    with house.sessions.begin() as session:
        now, address = house.now(session), secrets.seal("imap://a:b@127.0.0.1/", house.keys)
        bad = [
            Mailbox(address=f"{n}@other.test", created_at=now, imap_secret=address, read_error="hangs")
            for n in range(6)
        ]
        session.add_all(bad)
    looked: list[int] = []
    well, over = threading.Semaphore(0), threading.Event()

    def looks(house: Any, mailbox_id: int) -> int:
        looked.append(mailbox_id)
        with house.sessions.begin() as session:
            session.get_one(Mailbox, mailbox_id).looked_at = business_clock.real_now(session)
        if mailbox_id == number:
            well.release()
        else:
            assert over.wait(30)
        return 0

    monkeypatch.setattr(fetch, "_look", looks)
    monkeypatch.setattr(fetch, "LOOK_AGAIN", 0.02)
    worker = threading.Thread(target=fetch.fetch, args=(house,))
    worker.start()
    for _ in range(3):
        assert well.acquire(timeout=20)
        fetch.hurry(house, number)
    assert len([one for one in looked if one != number]) == fetch.AT_ONCE - 1
    over.set()
    worker.join(20)
    assert not worker.is_alive()
    assert set(looked) == {number, *(one.id for one in bad)}
