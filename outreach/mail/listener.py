"""Mail servers of our own, by aiosmtpd: one that takes answers, and the local one that takes what we send (MAIL X7).

Both run an event loop in a thread of their own.  ``keep`` runs in a small pool, since it may write to a database: only when
it has returned is a letter acknowledged, and when it raises the sender is told to come back (451), so that nothing is lost.

aiosmtpd reads commands in turn from a buffer, so that PIPELINING (RFC 2920) is true although it does not announce it; we
announce it, and read the parameters of RFC 3461 (DSN), which it refuses.
"""

import asyncio
import logging
import re
import socket
import ssl
import threading
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final

from aiosmtpd.smtp import SMTP, Envelope, Session, syntax

MAX_BYTES: Final = 25 * 1024 * 1024
MAX_RECIPIENTS: Final = 100
MAX_CONNECTIONS: Final = 100
MAX_FROM_ONE: Final = 30
"""Connections of one address of elsewhere; a mail server on this machine may have them all."""
IDLE_SECONDS: Final = 300
SESSION_SECONDS: Final = 1800
"""Of a session in all, however busy it seems: who sends a byte a minute does not keep a place for ever."""
PATH: Final = re.compile(r"\s*<(?:@[^<>:]{1,255}:)?([^<>\x00-\x1f\x7f]{0,500})>(.*)", re.DOTALL)
BARE: Final = re.compile(r"\s*([^\s<>]{1,500})(.*)", re.DOTALL)

log = logging.getLogger("outreach.mail.listener")


@dataclass(frozen=True, slots=True)
class Received:
    """A letter as it came: ``envelope_from`` is empty for the null sender; the options are those of MAIL and RCPT."""

    raw: bytes
    envelope_from: str
    recipients: tuple[str, ...]
    peer: str
    mail_options: tuple[str, ...] = ()


Keep = Callable[[Received], None]


class _Connection(SMTP):
    """One session; commands and data lines may be longer than the standard asks for, since real mail is."""

    line_length_limit = 1024 * 1024
    command_size_limit = 4096
    local_part_limit = 0

    def __init__(self, server: "_Server", **options: Any) -> None:
        super().__init__(server, **options)
        self.command_size_limits = defaultdict(lambda: 4096)  # aiosmtpd's own is shared by all sessions
        self.server = server
        self.refused = False
        self.counted = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not self.counted and not self.server.has_room(_peer(transport)):
            self.refused = True
            assert isinstance(transport, asyncio.WriteTransport)
            transport.write(b"421 4.3.2 Too many connections, please try again later\r\n")
            transport.close()
            return
        if not self.counted:
            self.counted, self.peer = True, _peer(transport)
            self.server.open += 1
            self.server.peers[self.peer] += 1
            self.server.transports.add(transport)
            self.ending = asyncio.get_running_loop().call_later(self.server.session_seconds, transport.close)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self.refused:
            return
        if self.counted:
            self.counted = False
            self.server.open -= 1
            self.server.left(self.peer)
            self.ending.cancel()
            self.server.transports = {one for one in self.server.transports if not one.is_closing()}
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        if not self.refused:
            super().data_received(data)

    def eof_received(self) -> bool | None:
        return None if self.refused else super().eof_received()

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        """The path of MAIL or RCPT and its parameters; the standard library's reader is slow and raises."""
        match = PATH.match(arg) or BARE.match(arg)
        if match is None:
            return None, None
        return match[1].strip() or "<>", match[2]

    async def smtp_MAIL(self, arg: str | None) -> None:
        await super().smtp_MAIL(self._without(arg, "RET", "ENVID", "AUTH", "HOLDFOR", "BY", "MT-PRIORITY"))

    async def smtp_RCPT(self, arg: str | None) -> None:
        await super().smtp_RCPT(self._without(arg, "NOTIFY", "ORCPT"))

    async def smtp_DATA(self, arg: str | None) -> None:
        """Reads the letter in the pieces that come, not line by line: five times as fast as aiosmtpd's own."""
        if await self.check_helo_needed() or await self.check_auth_needed("DATA"):
            return
        assert self.envelope is not None
        assert self.session is not None
        if not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Error: need RCPT command")
            return
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        body = await self._letter()
        if body is None:
            status = "552 5.3.4 The letter is too large"
        else:
            self.envelope.content = self.envelope.original_content = body
            status = await self.server.handle_DATA(self, self.session, self.envelope)
        self._set_post_data_state()
        await self.push(status)

    async def _letter(self) -> bytes | None:
        """The body up to CR LF dot CR LF and nothing else, unstuffed; None when it is too large.

        What follows the dot belongs to the next command and goes back to the empty reader.
        """
        data = bytearray(b"\r\n")
        too_large = False
        while True:
            piece = await self._reader.read(2**30)
            if not piece:
                raise ConnectionResetError("The connection was closed within a letter")
            self._reset_timeout()
            start = max(0, len(data) - 4)
            data += piece
            end = data.find(b"\r\n.\r\n", start)
            if end >= 0:
                if len(data) > end + 5:
                    self._reader.feed_data(bytes(data[end + 5 :]))
                if too_large or end > self.server.max_bytes:
                    return None
                return bytes(data[: end + 2].replace(b"\r\n.", b"\r\n")[2:])
            if len(data) > self.server.max_bytes + 8:
                too_large = True
                del data[:-4]

    def _without(self, arg: str | None, *names: str) -> str | None:
        """The command without parameters that aiosmtpd does not know; they are noted in the session."""
        if arg is None or "=" not in arg:
            return arg
        head, mark, tail = arg.rpartition(">")
        words = tail.split()
        taken = [word for word in words if word.partition("=")[0].upper() in names]
        if taken and self.session is not None:
            noted: list[str] = self.session.__dict__.setdefault("noted_options", [])
            noted.extend(taken)
        return f"{head}{mark} {' '.join(word for word in words if word not in taken)}".strip()


def _peer(transport: asyncio.BaseTransport) -> str:
    named = transport.get_extra_info("peername")
    return str(named[0]) if isinstance(named, tuple) else ""


def _is_here(peer: str) -> bool:
    try:
        return ip_address(peer.partition("%")[0]).is_loopback
    except ValueError:
        return True


class _LmtpConnection(_Connection):
    """The same by LMTP (RFC 2033): LHLO instead of EHLO, and an answer for each recipient."""

    @syntax("LHLO hostname")
    async def smtp_LHLO(self, arg: str) -> None:
        """The greeting of LMTP; the rest is that of SMTP."""
        await super().smtp_EHLO(arg)

    async def smtp_HELO(self, arg: str) -> None:
        """SMTP is not spoken here."""
        await self.push("500 5.5.1 This is LMTP: say LHLO")

    async def smtp_EHLO(self, arg: str) -> None:
        """SMTP is not spoken here."""
        await self.push("500 5.5.1 This is LMTP: say LHLO")

    async def push(self, status: Any) -> None:
        """The answer to the letter is repeated for each recipient: we keep all or none."""
        await super().push(status)
        answers = self.session.__dict__.pop("lmtp_answers", 0) if self.session is not None else 0
        for _ in range(max(0, answers - 1)):
            await super().push(status)


class _Server:
    """An event loop in a thread, a listening socket, and a pool for ``keep``; also aiosmtpd's handler."""

    def __init__(
        self,
        host: str,
        port: int,
        keep: Keep,
        *,
        accept: Callable[[str], bool] | None,
        name: str,
        tls: ssl.SSLContext | None = None,
        max_bytes: int = MAX_BYTES,
        max_connections: int = MAX_CONNECTIONS,
        max_recipients: int = MAX_RECIPIENTS,
        max_from_one: int = MAX_FROM_ONE,
        session_seconds: float = SESSION_SECONDS,
        threads: int = 4,
        lmtp: bool = False,
    ) -> None:
        self.max_from_one, self.session_seconds = max_from_one, session_seconds
        self.peers: Counter[str] = Counter()
        self.host, self.port, self.hostname, self.lmtp = host, port, name, lmtp
        self.max_connections, self.max_recipients, self.max_bytes = max_connections, max_recipients, max_bytes
        self.open = 0
        self.transports: set[asyncio.BaseTransport] = set()
        self._keep, self._accept, self._tls = keep, accept, tls
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="mail-keep")
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._run, name="mail-listener", daemon=True)

    def has_room(self, peer: str) -> bool:
        """X7: so many connections in all, and so many of one address of elsewhere."""
        return self.open < self.max_connections and (_is_here(peer) or self.peers[peer] < self.max_from_one)

    def left(self, peer: str) -> None:
        """A connection of that address has ended."""
        self.peers[peer] -= 1
        if self.peers[peer] <= 0:
            del self.peers[peer]

    # -- life --

    def start(self) -> "_Server":
        """Listens; raises OSError when the port is taken. ``port`` then holds the real one."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        # With the protocol named, asyncio sets TCP_NODELAY on what it accepts: the three answers to pipelined commands
        # would otherwise wait 40 ms for each other (RELIABILITY 3.3, rule O).
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((self.host, self.port))
            listening.listen(512)
        except OSError:
            listening.close()
            raise
        self.port = listening.getsockname()[1]
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(listening), self._loop).result(10)
        return self

    def stop(self) -> None:
        """Takes no more connections, lets letters in hand be kept, closes the rest."""
        if not self._thread.is_alive():
            return
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._pool.shutdown(wait=True)
        self._loop.close()

    def __enter__(self) -> "_Server":
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _listen(self, listening: socket.socket) -> None:
        self._server = await self._loop.create_server(self._connection, sock=listening)

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        for transport in list(self.transports):
            transport.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        if tasks:
            await asyncio.wait(tasks, timeout=10)

    def _connection(self) -> _Connection:
        return (_LmtpConnection if self.lmtp else _Connection)(
            self,
            hostname=self.hostname,
            ident="ESMTP",
            data_size_limit=self.max_bytes,
            enable_SMTPUTF8=True,
            decode_data=False,
            tls_context=self._tls,
            timeout=IDLE_SECONDS,
            auth_exclude_mechanism=["PLAIN", "LOGIN"],
            loop=self._loop,
        )

    # -- aiosmtpd's hooks --

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        offered = [line for line in responses[:-1] if not line.startswith("250-AUTH")]
        return [*offered, "250-PIPELINING", "250-ENHANCEDSTATUSCODES", "250-DSN", "250 HELP"]

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        envelope.mail_options.extend(session.__dict__.pop("noted_options", []))
        return "250 2.1.0 Ok"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= self.max_recipients:
            return "452 4.5.3 Too many recipients"
        if self._accept is not None:
            try:
                known = await self._loop.run_in_executor(self._pool, self._accept, address)
            except Exception:
                log.exception("The recipient could not be looked up")
                return "451 4.3.0 Please try again later"
            if not known:
                return "550 5.1.1 No such recipient here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        received = Received(
            raw=bytes(envelope.original_content or b""),
            envelope_from="" if envelope.mail_from in (None, "<>") else str(envelope.mail_from),
            recipients=tuple(str(address) for address in envelope.rcpt_tos),
            peer=str(session.peer[0]) if isinstance(session.peer, tuple) else str(session.peer or ""),
            mail_options=tuple(str(option) for option in envelope.mail_options),
        )
        if self.lmtp:
            session.__dict__["lmtp_answers"] = len(received.recipients)
        try:
            await self._loop.run_in_executor(self._pool, self._keep, received)
        except Exception:
            log.exception("A letter could not be kept; its sender is asked to try again")
            return "451 4.3.0 The letter could not be kept; please try again later"
        return "250 2.0.0 Ok: kept"


class InboundServer(_Server):
    """Takes mail for recipients that ``accept`` knows, and for nobody else: 550 5.1.1, no relay.

    ``listen`` is ``host:port`` (``[::1]:port`` for IPv6; port 0 takes a free one). With ``tls`` STARTTLS is offered;
    ``lmtp`` speaks LMTP, for a mail server on the same machine that delivers to us.
    """

    def __init__(
        self,
        listen: str,
        accept: Callable[[str], bool],
        keep: Keep,
        *,
        hostname: str = "outreach",
        tls: ssl.SSLContext | None = None,
        max_bytes: int = MAX_BYTES,
        max_recipients: int = MAX_RECIPIENTS,
        max_connections: int = MAX_CONNECTIONS,
        session_seconds: float = SESSION_SECONDS,
        lmtp: bool = False,
    ) -> None:
        host, _, port = listen.rpartition(":")
        super().__init__(
            host.strip("[]") or "127.0.0.1",
            int(port),
            keep,
            accept=accept,
            name=hostname,
            tls=tls,
            max_bytes=max_bytes,
            max_connections=max_connections,
            max_recipients=max_recipients,
            session_seconds=session_seconds,
            lmtp=lmtp,
        )


class LocalMailServer(_Server):
    """The mail server that takes all that we send while no other is configured; nothing leaves the machine."""

    def __init__(self, host: str, port: int, keep: Keep, *, hostname: str = "localhost", threads: int = 4) -> None:
        super().__init__(
            host,
            port,
            keep,
            accept=None,
            name=hostname,
            max_bytes=2 * MAX_BYTES,
            max_connections=1000,
            max_recipients=1000,
            threads=threads,
        )
