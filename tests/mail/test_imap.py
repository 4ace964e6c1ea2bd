"""Reading a real mailbox: Dovecot over IMAP, filled over LMTP (MAIL X9)."""

import datetime as dt
from collections.abc import Iterator

import pytest

from outreach.mail.imap import Cursor, FetchedMeta, ImapError, NotKept, fetch_new, parse_url, probe
from tests.mail.dovecot import BINARY, Dovecot

needs_dovecot = pytest.mark.skipif(
    BINARY is None, reason="no Dovecot here: apt-get install dovecot-imapd dovecot-lmtpd"
)


def letter(number: int) -> bytes:
    return f"From: lead@example.org\r\nTo: replies@example.test\r\nSubject: Letter {number}\r\n\r\nHello {number}\r\n".encode()


class Desk:
    """Keeps what it is handed, and can be told to fail at the n-th letter."""

    def __init__(self, fails_at: int = 0) -> None:
        self.kept: list[tuple[bytes, FetchedMeta]] = []
        self.fails_at = fails_at

    def keep(self, raw: bytes, meta: FetchedMeta) -> None:
        if self.fails_at == len(self.kept) + 1:
            raise OSError("the database is away")
        self.kept.append((raw, meta))

    @property
    def subjects(self) -> list[int]:
        return [int(raw.split(b"Subject: Letter ")[1].split(b"\r\n")[0]) for raw, _ in self.kept]


@pytest.fixture
def server() -> Iterator[Dovecot]:
    with Dovecot() as running:
        yield running


@needs_dovecot
def test_each_message_is_read_once_oldest_first_and_left_unread(server: Dovecot) -> None:
    """X9: BODY.PEEK, a cursor, nothing changed in the mailbox."""
    desk = Desk()
    for number in (1, 2, 3):
        server.deliver(letter(number), to=f"replies+r{number}@example.test")
    cursor = fetch_new(server.url, Cursor(), desk.keep)
    assert desk.subjects == [1, 2, 3]
    assert b"Delivered-To: replies+r2@example.test" in desk.kept[1][0]
    assert not any(meta.seen for _, meta in desk.kept)
    assert desk.kept[0][1].arrived is not None

    cursor = fetch_new(server.url, cursor, desk.keep)
    assert len(desk.kept) == 3
    server.deliver(letter(4))
    again = Desk()
    fetch_new(server.url, cursor, again.keep)
    assert again.subjects == [4]
    everything = Desk()
    fetch_new(server.url, Cursor(), everything.keep)
    assert [meta.seen for _, meta in everything.kept] == [False] * 4


@needs_dovecot
def test_the_cursor_stays_before_a_message_that_could_not_be_kept(server: Dovecot) -> None:
    """X9: kept first, then passed; the next poll goes on there."""
    for number in (1, 2, 3):
        server.deliver(letter(number))
    desk = Desk(fails_at=2)
    with pytest.raises(NotKept) as stopped:
        fetch_new(server.url, Cursor(), desk.keep)
    assert desk.subjects == [1]
    rest = Desk()
    fetch_new(server.url, stopped.value.cursor, rest.keep)
    assert rest.subjects == [2, 3]


@needs_dovecot
def test_a_mailbox_that_is_numbered_anew_is_read_again(server: Dovecot) -> None:
    """X9: UIDVALIDITY; nothing is missed, the checksum tells what is known already."""
    for number in (1, 2):
        server.deliver(letter(number))
    cursor = fetch_new(server.url, Cursor(), Desk().keep)
    server.number_anew()
    server.deliver(letter(3))
    desk = Desk()
    after = fetch_new(server.url, cursor, desk.keep, since=dt.datetime.now(dt.UTC) - dt.timedelta(days=2))
    assert after.uidvalidity != cursor.uidvalidity
    assert sorted(desk.subjects) == [1, 2, 3]


@needs_dovecot
def test_first_contact_can_leave_old_mail_alone(server: Dovecot) -> None:
    server.deliver(letter(1))
    desk = Desk()
    cursor = fetch_new(server.url, Cursor(), desk.keep, since=dt.datetime(2099, 1, 1, tzinfo=dt.UTC))
    assert not desk.kept
    server.deliver(letter(2))
    fetch_new(server.url, cursor, desk.keep)
    assert desk.subjects == [2]


@needs_dovecot
def test_a_message_larger_than_the_cap_arrives_cut_and_the_line_goes_on(server: Dovecot) -> None:
    """X1: it is refused by the parser, visible in quarantine, and no poison for the mailbox."""
    server.deliver(b"Subject: Letter 1\r\n\r\n" + b"x" * 70 + b"\r\n" + (b"y" * 76 + b"\r\n") * 340_000)
    server.deliver(letter(2))
    desk = Desk()
    fetch_new(server.url, Cursor(), desk.keep)
    assert desk.subjects == [1, 2]
    assert len(desk.kept[0][0]) == 25 * 1024 * 1024 + 1 < desk.kept[0][1].size


@needs_dovecot
def test_the_limit_leaves_the_rest_for_the_next_time(server: Dovecot) -> None:
    for number in range(1, 6):
        server.deliver(letter(number))
    desk = Desk()
    cursor = fetch_new(server.url, Cursor(), desk.keep, limit=3)
    fetch_new(server.url, cursor, desk.keep, limit=3)
    assert desk.subjects == [1, 2, 3, 4, 5]


@needs_dovecot
def test_the_test_button_says_what_it_found_in_one_sentence(server: Dovecot) -> None:
    server.deliver(letter(1))
    good = probe(server.url)
    assert good.ok
    assert "1 message in INBOX" in good.sentence
    wrong = probe(server.url.replace("secret", "hunter2"))
    assert not wrong.ok
    assert wrong.sentence.endswith("does not let “replies” in: [AUTHENTICATIONFAILED] Authentication failed.")
    assert "hunter2" not in wrong.sentence
    with pytest.raises(ImapError) as refused:
        fetch_new(server.url.replace("secret", "hunter2"), Cursor(), Desk().keep)
    assert refused.value.sign_in


def test_a_server_that_is_not_there_is_said_plainly() -> None:
    from tests.mail.dovecot import free_port

    found = probe(f"imap://replies:hunter2@127.0.0.1:{free_port()}/", timeout=2)
    assert not found.ok
    assert "cannot be reached" in found.sentence
    assert "hunter2" not in found.sentence


def test_urls_carry_user_password_port_and_folder() -> None:
    server = parse_url("imaps://a%40example.org:p%2Fw@mail.example.org/Sent%20Items?verify=no")
    assert (server.user, server.password, server.port, server.folder) == ("a@example.org", "p/w", 993, "Sent Items")
    assert not server.verify
    assert "p/w" not in repr(server)


@pytest.mark.parametrize("url", ["http://a:b@c", "imap://host", "imaps://a:b@host:port/", "imaps://:x@/"])
def test_a_wrong_url_is_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(ValueError, match="mailbox"):
        parse_url(url)
