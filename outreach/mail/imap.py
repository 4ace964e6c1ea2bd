"""Reading a mailbox by IMAP with imap-tools (MAIL X9): nothing is marked, moved or lost.

The folder is opened read-only and bodies are peeked at, so that a person's own client shows the same as before.  Each
message is kept before the cursor passes it; what was kept twice after a fault is told apart by its checksum.
"""

import datetime as dt
import imaplib
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from . import hosts
from .parse import MAX_BYTES

TIMEOUT: Final = 60.0
IDLE_AGAIN: Final = 25 * 60.0
"""Seconds after which IDLE is asked for anew; servers may hang up after 29 minutes (RFC 2177)."""
LIMIT: Final = 500
"""Messages of one folder that one look reads."""
TOGETHER: Final = 25
"""Messages whose size and date are asked for in one question, and that are moved together."""
SEARCHED: Final = 50_000
"""UIDs of one answer: the line of a larger one is longer than the standard library reads."""
IDLE_LOOK: Final = 5.0
"""Seconds between looks whether the waiting shall end."""
SCHEMES: Final = {"imap": 143, "imaps": 993, "imap+starttls": 143}


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a folder was read. ``uidvalidity`` None: never."""

    folder: str = "INBOX"
    uidvalidity: int | None = None
    last_uid: int = 0


@dataclass(frozen=True, slots=True)
class FetchedMeta:
    """Where a message lay; ``size`` is the server's figure, larger than the bytes when they were cut at 25 MB."""

    folder: str
    uidvalidity: int
    uid: int
    size: int
    arrived: dt.datetime | None
    seen: bool


@dataclass(frozen=True, slots=True)
class ImapServer:
    """An IMAP URL: ``imap://``, ``imaps://`` or ``imap+starttls://`` with user, password, host, port and folder."""

    host: str
    port: int
    scheme: str
    user: str
    password: str
    folder: str = "INBOX"
    verify: bool = True
    clear: bool = False
    processed: str = ""
    """A folder that kept messages are moved to; empty = nothing is moved."""

    def __repr__(self) -> str:
        return f"ImapServer({self.scheme}://{self.user}@{self.host}:{self.port}/{self.folder})"


@dataclass(frozen=True, slots=True)
class ImapProbe:
    """The result of the settings' test button: one plain sentence, and the folders that there are."""

    ok: bool
    sentence: str
    messages: int = 0
    folders: tuple[str, ...] = ()


class ImapError(Exception):
    """The mailbox could not be read; the text is a sentence for people, without the password."""

    def __init__(self, sentence: str, *, sign_in: bool = False) -> None:
        super().__init__(sentence)
        self.sign_in = sign_in


class NotKept(Exception):
    """``keep`` failed; ``cursor`` tells how far everything is kept."""

    def __init__(self, cursor: Cursor) -> None:
        super().__init__(f"message after UID {cursor.last_uid} in {cursor.folder} could not be kept")
        self.cursor = cursor


def parse_url(url: str) -> ImapServer:
    """Reads an IMAP URL; ValueError says what is wrong, without the password.

    A folder may follow (``/Archive``); ``?verify=no`` accepts a certificate of one's own making and ``?tls=no`` lets a
    password travel in clear to another machine.  ``?processed=Done`` moves messages to that folder once they are kept.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise ValueError("The mailbox's address cannot be read; is the port a number?") from None
    scheme = parts.scheme.lower()
    if scheme not in SCHEMES:
        raise ValueError(f"A mailbox's address begins with imap://, imaps:// or imap+starttls://, not {scheme!r}.")
    if not parts.hostname or not parts.username:
        raise ValueError("The mailbox's address names no host or no user: imaps://user:password@host/")
    options = parse_qs(parts.query)
    no = ("no", "0", "false")
    return ImapServer(
        host=parts.hostname,
        port=port or SCHEMES[scheme],
        scheme=scheme,
        user=unquote(parts.username),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.strip("/")) or "INBOX",
        verify=options.get("verify", [""])[-1].lower() not in no,
        clear=options.get("tls", [""])[-1].lower() in no,
        processed=options.get("processed", [""])[-1],
    )


def fetch_new(
    url: str,
    cursor: Cursor,
    keep: Callable[[bytes, FetchedMeta], None],
    *,
    since: dt.datetime | None = None,
    limit: int = LIMIT,
    token: Callable[[], str] | None = None,
    timeout: float = TIMEOUT,
) -> Cursor:
    """Hands every message after ``cursor`` to ``keep``, oldest first, at most ``limit``; returns the new cursor.

    On first contact, and when the server has numbered the folder anew (UIDVALIDITY), messages that arrived at or after
    ``since`` are read (None: all), however many older ones there are.
    ``token`` gives an OAuth access token for XOAUTH2 instead of the password.
    Raises ``NotKept`` when ``keep`` raises, and ``ImapError`` for all that the server or the line does.
    """
    (place,) = fetch_folders(url, [cursor], keep, since=since, limit=limit, token=token, timeout=timeout)
    return place


def fetch_folders(
    url: str,
    cursors: Sequence[Cursor],
    keep: Callable[[bytes, FetchedMeta], None],
    *,
    since: dt.datetime | None = None,
    limit: int = LIMIT,
    token: Callable[[], str] | None = None,
    timeout: float = TIMEOUT,
) -> list[Cursor]:
    """``fetch_new`` for several folders in one session; a folder after the first that is gone is passed over."""
    server = parse_url(url)
    places: list[Cursor] = []
    with _translated(server), _signed_in(server, token, timeout) as box:
        for number, cursor in enumerate(cursors):
            try:
                places.append(_read(box, cursor, keep, since, limit, server.processed if number == 0 else ""))
            except (ImapToolsError, imaplib.IMAP4.error):
                if number == 0:
                    raise
                places.append(cursor)
    return places


def _read(
    box: BaseMailBox,
    cursor: Cursor,
    keep: Callable[[bytes, FetchedMeta], None],
    since: dt.datetime | None,
    limit: int,
    processed: str,
) -> Cursor:
    """(1) Which messages are new, (2) a few at a time: their facts, each one's bytes kept, (3) those moved that are kept."""
    validity = _open(box, cursor.folder)
    anew = cursor.uidvalidity != validity
    place = Cursor(cursor.folder, validity, 0 if anew else cursor.last_uid)
    since = since if anew else None
    wanted = _new(box, place.last_uid, since, limit)
    if not wanted and anew:
        return replace(place, last_uid=_highest(box))
    for few in _by(wanted, TOGETHER):
        facts = _facts(box, few)
        kept: list[str] = []
        for uid in few:
            found = _fetch(box, place.folder, validity, uid, facts.get(uid, b""), since)
            if found is not None:
                try:
                    keep(*found)
                except Exception as error:
                    raise NotKept(place) from error
                kept.append(str(uid))
            place = replace(place, last_uid=uid)
        if kept and processed:
            box.folder.set(place.folder)
            box.move(kept, processed)
            box.folder.set(place.folder, readonly=True)
    return place


def _by(uids: list[int], number: int) -> Iterator[list[int]]:
    yield from (uids[start : start + number] for start in range(0, len(uids), number))


def wait_for_mail(
    url: str,
    seen: Callable[[], None],
    stopped: Callable[[], bool],
    *,
    folder: str = "",
    token: Callable[[], str] | None = None,
    timeout: float = TIMEOUT,
) -> bool:
    """Waits in IDLE and calls ``seen`` whenever something arrives, until ``stopped``; False when the server has no IDLE.

    Raises ``ImapError`` for all that the server or the line does: the caller waits a while and begins again.
    """
    server = parse_url(url)
    with _translated(server), _signed_in(server, token, timeout) as box:
        _open(box, folder or server.folder)
        if b"IDLE" not in _capabilities(box):
            return False
        seen()  # what came while nobody waited
        while not stopped():
            _idle_once(box, seen, stopped)
    return True


def _idle_once(box: BaseMailBox, seen: Callable[[], None], stopped: Callable[[], bool]) -> None:
    """One IDLE, ended before servers hang up."""
    box.idle.start()
    try:
        for _ in range(int(IDLE_AGAIN / IDLE_LOOK)):
            if stopped():
                return
            said = box.idle.poll(timeout=IDLE_LOOK)
            if any(b"EXISTS" in line or b"RECENT" in line for line in said):
                seen()
            if any(b"BYE" in line[:8] for line in said):
                raise OSError("the server hung up")
    finally:
        box.idle.stop()


def _capabilities(box: BaseMailBox) -> bytes:
    answer: Any = box.client.capability()
    return b" ".join(part for part in answer[1] if isinstance(part, bytes)).upper()


def probe(url: str, *, token: Callable[[], str] | None = None, timeout: float = 20) -> ImapProbe:
    """What the test button says: connect, sign in, open the folder."""
    try:
        server = parse_url(url)
        with _translated(server), _signed_in(server, token, timeout) as box:
            _open(box, server.folder)
            count = int(box.folder.status(server.folder, ["MESSAGES"])["MESSAGES"])
            names = tuple(folder.name for folder in box.folder.list())[:200]
    except (ImapError, ValueError) as error:
        return ImapProbe(False, str(error))
    found = f"{count} message{'' if count == 1 else 's'} in {server.folder}"
    return ImapProbe(True, f"Signed in to {server.host} as {server.user}; {found}.", count, names)


# --- connection ----------------------------------------------------------------------------------------------------


class _translated:
    """Faults of the line and the server become ``ImapError``; our own faults pass."""

    def __init__(self, server: ImapServer) -> None:
        self.where = f"{server.host}:{server.port}"

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        match error:
            case None | ImapError() | NotKept():
                return
            case ssl.SSLCertVerificationError():
                raise ImapError(
                    f"The certificate of {self.where} is not trusted: {error.verify_message.rstrip('.')}."
                ) from error
            case ssl.SSLError():
                raise ImapError(f"{self.where} does not speak TLS as asked: {error.reason}.") from error
            case TimeoutError():
                raise ImapError(f"{self.where} did not answer in time.") from error
            case imaplib.IMAP4.error() | ImapToolsError():
                raise ImapError(f"{self.where} refused: {_plain(error)}") from error
            case OSError():
                raise ImapError(f"{self.where} cannot be reached: {error.strerror or error}.") from error
            case _:
                return


def _plain(error: BaseException) -> str:
    """What the server said, without the words of the libraries around it."""
    said = getattr(error, "command_result", (None, error.args))[1]
    words = [part.decode("utf-8", "replace") if isinstance(part, bytes) else str(part) for part in said or ()]
    return " ".join(" ".join(words).split())[:200]


class _signed_in:
    """A mailbox while the block runs; always closed."""

    def __init__(self, server: ImapServer, token: Callable[[], str] | None, timeout: float) -> None:
        self.box = _connect(server, timeout)
        try:
            if token is not None:
                self.box.xoauth2(server.user, token(), initial_folder=None)
            else:
                self._login(server)
        except imaplib.IMAP4.abort:
            self._close()
            raise
        except (ImapToolsError, imaplib.IMAP4.error) as error:
            self._close()
            raise ImapError(f"{server.host} does not let “{server.user}” in: {_plain(error)}", sign_in=True) from error
        except BaseException:
            self._close()
            raise

    def _login(self, server: ImapServer) -> None:
        if server.user.isascii() and server.password.isascii():
            self.box.login(server.user, server.password, initial_folder=None)
        else:
            self.box.login_utf8(server.user, server.password, initial_folder=None)

    def __enter__(self) -> BaseMailBox:
        return self.box

    def __exit__(self, *exc: object) -> None:
        self._close()

    def _close(self) -> None:
        try:
            self.box.client.logout()
        except (imaplib.IMAP4.error, OSError):
            self.box.client.shutdown()


def _connect(server: ImapServer, timeout: float) -> BaseMailBox:
    context = ssl.create_default_context()
    if not server.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if server.scheme == "imaps":
        return _MailBox(server.host, server.port, timeout=timeout, ssl_context=context)
    if server.scheme == "imap+starttls" or not (server.clear or _loopback(server.host)):
        return _MailBoxStartTls(server.host, server.port, timeout=timeout, ssl_context=context)
    return _MailBoxUnencrypted(server.host, server.port, timeout=timeout)


class _Client(imaplib.IMAP4):
    """Connects only to addresses that may be connected to."""

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return hosts.connect(self.host, self.port, timeout)


class _TlsClient(imaplib.IMAP4_SSL):
    """The same, encrypted from the first byte."""

    def _create_socket(self, timeout: float | None) -> ssl.SSLSocket:
        context: ssl.SSLContext = self.ssl_context
        return context.wrap_socket(hosts.connect(self.host, self.port, timeout), server_hostname=self.host)


class _MailBox(MailBox):
    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return _TlsClient(self._host, self._port, ssl_context=self._ssl_context, timeout=self._timeout)


class _MailBoxUnencrypted(MailBoxUnencrypted):
    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return _Client(self._host, self._port, self._timeout)


class _MailBoxStartTls(MailBoxStartTls):
    def _get_mailbox_client(self) -> imaplib.IMAP4:
        client = _Client(self._host, self._port, self._timeout)
        answer, said = client.starttls(self._ssl_context)
        if answer != "OK":
            raise imaplib.IMAP4.error(said)
        return client


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


# --- folder --------------------------------------------------------------------------------------------------------


def _open(box: BaseMailBox, folder: str) -> int:
    box.folder.set(folder, readonly=True)
    validity = box.client.response("UIDVALIDITY")[1]
    return int(validity[0]) if validity and validity[0] else 0


def _new(box: BaseMailBox, last: int, since: dt.datetime | None, limit: int) -> list[int]:
    """The lowest UIDs above ``last`` (of mail of that day and later), at most ``limit``.

    Servers answer ``n:*`` with the last message even when it is older. A very large folder is searched a stretch at a time.
    """
    day = f" SINCE {_day(since - dt.timedelta(days=1))}" if since else ""  # a day more: servers mean their own zone
    highest = _highest(box) if _exists(box) > SEARCHED else 0
    found: list[int] = []
    for low in range(last + 1, highest + 1, SEARCHED) if highest else (last + 1,):
        high = str(min(low + SEARCHED - 1, highest)) if highest else "*"
        found += sorted(uid for uid in map(int, box.uids(f"UID {low}:{high}{day}")) if uid > last)
        if len(found) >= limit:
            break
    return found[:limit]


def _day(at: dt.datetime) -> str:
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{at.day}-{months[at.month - 1]}-{at.year}"


def _exists(box: BaseMailBox) -> int:
    """How many messages the open folder has, as the server said when it was opened."""
    said = box.client.untagged_responses.get("EXISTS") or [b"0"]
    return int(said[-1]) if isinstance(said[-1], bytes) else 0


def _highest(box: BaseMailBox) -> int:
    """No UID is above it."""
    said = box.client.response("UIDNEXT")[1]
    if said and said[0]:
        return max(0, int(said[0]) - 1)
    return max(map(int, box.uids("UID *:*")), default=0)


def _facts(box: BaseMailBox, uids: list[int]) -> dict[int, bytes]:
    """UID -> what the server says of it (size, date, flags), in one question."""
    found: dict[int, bytes] = {}
    for line in _pieces(box.client.uid("FETCH", ",".join(map(str, uids)), "(UID RFC822.SIZE INTERNALDATE FLAGS)")):
        if match := re.search(rb"\bUID (\d+)", line):
            found[int(match[1])] = line
    return found


def _fetch(
    box: BaseMailBox, folder: str, validity: int, uid: int, facts: bytes, since: dt.datetime | None
) -> tuple[bytes, FetchedMeta] | None:
    """The raw bytes of one message, cut behind 25 MB; None when it is gone meanwhile or came before ``since``."""
    size = int(match[1]) if (match := re.search(rb"RFC822\.SIZE (\d+)", facts)) else 0
    when = _arrived(facts)
    if since is not None and when is not None and when < since:
        return None
    what = "BODY.PEEK[]" if size <= MAX_BYTES else f"BODY.PEEK[]<0.{MAX_BYTES + 1}>"
    answer: Any = box.client.uid("FETCH", str(uid), f"(UID {what})")
    raw = next((item[1] for item in answer[1] or () if isinstance(item, tuple) and b"BODY[" in item[0].upper()), None)
    if raw is None:
        return None
    return bytes(raw), FetchedMeta(folder, validity, uid, size or len(raw), when, b"\\Seen" in facts)


def _arrived(facts: bytes) -> dt.datetime | None:
    """When it came; None where the server says no date, or one that there is not."""
    try:
        local = imaplib.Internaldate2tuple(facts)
        return dt.datetime(*local[:6]).astimezone(dt.UTC) if local else None
    except (ValueError, OverflowError, OSError):
        return None


def _pieces(answer: Any) -> Iterator[bytes]:
    for item in answer[1] or ():
        yield from (part for part in (item if isinstance(item, tuple) else (item,)) if isinstance(part, bytes))
