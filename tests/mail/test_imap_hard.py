"""IMAP where it is hard (MAIL X9, fault 33): very large mailboxes, lines that break in the middle, servers that repeat themselves."""

import datetime as dt
import imaplib
import os
import time
from collections.abc import Iterator

import pytest

from outreach.mail import imap
from outreach.mail.imap import Cursor, FetchedMeta, ImapError, fetch_new
from tests.mail.dovecot import BINARY, Dovecot
from tests.mail.line_cutter import line_to

pytestmark = pytest.mark.skipif(BINARY is None, reason="no Dovecot here: apt-get install dovecot-imapd dovecot-lmtpd")
MANY = 20_000
YESTERDAY = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)


class Desk:
    """Keeps what comes."""

    def __init__(self) -> None:
        self.uids: list[int] = []
        self.bytes = 0

    def keep(self, raw: bytes, meta: FetchedMeta) -> None:
        self.uids.append(meta.uid)
        self.bytes += len(raw)


def letter(number: int, size: int = 0) -> bytes:
    return f"From: ben@ode.example\r\nSubject: Letter {number}\r\n\r\n{'x' * 70}\r\n".encode() + b"y" * size + b"\r\n"


@pytest.fixture(scope="module")
def grown() -> Iterator[Dovecot]:
    """A mailbox of 20,000 mails of the last year."""
    with Dovecot() as running:
        running.deliver(letter(0))
        inbox = next((running.home / "mail").rglob("cur"))
        last_year = time.time() - 200 * 86_400
        for number in range(MANY):
            file = inbox / f"{int(last_year)}.M{number}P1.old:2,S"
            file.write_bytes(letter(number))
            os.utime(file, (last_year, last_year))
            os.chown(file, running.uid, running.gid)
        with imaplib.IMAP4("127.0.0.1", running.imap) as client:  # numbers them
            client.login("replies", "secret")
            client.select("INBOX", readonly=True)
        yield running


@pytest.fixture
def server() -> Iterator[Dovecot]:
    with Dovecot() as running:
        yield running


@pytest.mark.parametrize("searched", [imap.SEARCHED, 3_000])
def test_the_first_look_at_a_large_mailbox_reads_what_is_new(
    grown: Dovecot, monkeypatch: pytest.MonkeyPatch, searched: int
) -> None:
    """X9: 20,000 old mails are not read, not even listed; in one search, and in several stretches."""
    monkeypatch.setattr(imap, "SEARCHED", searched)
    for number in range(2):
        grown.deliver(letter(number))
    desk = Desk()
    with line_to(grown.imap) as line:
        url = grown.url.replace(str(grown.imap), str(line.port))
        cursor = fetch_new(url, Cursor(), desk.keep, since=YESTERDAY)
        assert len(desk.uids) >= 3
        assert [uid for uid in desk.uids if 1 < uid <= MANY + 1] == []  # the first one is of today
        assert line.said < 20_000
    more = Desk()
    grown.deliver(letter(9))
    assert fetch_new(grown.url, cursor, more.keep).last_uid == cursor.last_uid + 1
    assert len(more.uids) == 1


def test_a_large_mailbox_without_new_mail_is_passed_at_once(grown: Dovecot) -> None:
    desk = Desk()
    with line_to(grown.imap) as line:
        url = grown.url.replace(str(grown.imap), str(line.port))
        cursor = fetch_new(url, Cursor(), desk.keep, since=dt.datetime(2099, 1, 1, tzinfo=dt.UTC))
        assert line.said < 5_000
    assert not desk.uids
    assert cursor.last_uid > MANY


def test_all_of_a_large_mailbox_can_be_read_a_stretch_at_a_time(
    grown: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is read twice or left out where the stretches meet; a look asks for the facts of 25 mails at once."""
    monkeypatch.setattr(imap, "SEARCHED", 70)
    desk, cursor = Desk(), Cursor()
    with line_to(grown.imap) as line:
        url = grown.url.replace(str(grown.imap), str(line.port))
        for _ in range(3):
            cursor = fetch_new(url, cursor, desk.keep, limit=100)
        assert line.asked < 3 * 130
    assert len(desk.uids) == 300
    assert desk.uids == sorted(set(desk.uids))


def test_a_line_that_breaks_within_a_mail_keeps_what_was_whole(server: Dovecot) -> None:
    """X9: the half mail is not kept; the next look begins with it, until all are there."""
    for number in range(6):
        server.deliver(letter(number, 30_000))
    desk, cursor, breaks = Desk(), Cursor(), 0
    with line_to(server.imap) as line:
        url = server.url.replace(str(server.imap), str(line.port))

        def keep(raw: bytes, meta: FetchedMeta) -> None:
            nonlocal cursor
            assert len(raw) > 30_000
            desk.keep(raw, meta)
            cursor = Cursor(meta.folder, meta.uidvalidity, meta.uid)

        while len(desk.uids) < 6:
            line.left = 80_000
            try:
                cursor = fetch_new(url, cursor, keep)
            except ImapError:
                breaks += 1
            assert breaks < 10
    assert breaks >= 2
    assert desk.uids == sorted(set(desk.uids))


def test_moved_mail_is_moved_a_few_at_a_time(server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    """X9: what was kept is out of the inbox, also when the line breaks later."""
    monkeypatch.setattr(imap, "TOGETHER", 2)
    with imaplib.IMAP4("127.0.0.1", server.imap) as client:
        client.login("replies", "secret")
        client.create("Done")
    for number in range(6):
        server.deliver(letter(number, 20_000))
    desk = Desk()
    with line_to(server.imap) as line:
        line.left = 75_000
        url = server.url.replace(str(server.imap), str(line.port)) + "?processed=Done"
        with pytest.raises(ImapError):
            fetch_new(url, Cursor(), desk.keep)
    with imaplib.IMAP4("127.0.0.1", server.imap) as client:
        client.login("replies", "secret")
        assert client.select("Done", readonly=True)[1] == [b"2"]
        assert client.select("INBOX", readonly=True)[1] == [b"4"]
