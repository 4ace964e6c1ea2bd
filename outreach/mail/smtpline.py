"""Lines of SMTP over a socket: commands out in one write, replies in with a limit and a deadline."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Sequence
from typing import NamedTuple

from outreach.clock import monotonic
from outreach.mail import hosts
from outreach.mail.smtpurl import SmtpServer

MAX_REPLY = 100_000  # bytes of one reply, however many lines: more is an attack or nonsense


class LineBroken(Exception):
    """The other side hung up, or spoke something that is no SMTP."""


class Reply(NamedTuple):
    """A whole reply: its code and its lines without the code."""

    code: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.lines)


def as_bytes(commands: Sequence[str]) -> bytes:
    """Commands as they travel. Raises LineBroken when one would be two."""
    for command in commands:
        if "\r" in command or "\n" in command:
            raise LineBroken("a command holds a line end")
    return "".join([f"{command}\r\n" for command in commands]).encode()


class ServerLine:
    """A connected socket with our own small buffer; TCP_NODELAY is set (rule O)."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._buffer = b""
        self.encrypted = False

    @classmethod
    def open(cls, server: SmtpServer, timeout: float) -> ServerLine:
        """Connect, and encrypt at once for smtps. Raises OSError (ssl.SSLError among them)."""
        connection = hosts.connect(server.host, server.port, timeout)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line = cls(connection)
            if server.tls == "tls":
                line.secure(server)
        except BaseException:
            connection.close()
            raise
        return line

    def secure(self, server: SmtpServer) -> None:
        """TLS from here on. What the server said before it is not believed: a full buffer is an injection."""
        if self._buffer:
            raise LineBroken("the server spoke before encryption began")
        self._socket = server.context().wrap_socket(self._socket, server_hostname=server.host)
        self.encrypted = True

    def write_commands(self, *commands: str) -> None:
        self.write(as_bytes(commands), 60.0)

    def write(self, data: bytes, timeout: float, *, behind: bytes = b"") -> None:
        """`behind` travels with the end of `data`; whether it could be written is not told."""
        self._socket.settimeout(timeout)
        whole = data + behind
        sent = self._socket.send(whole)
        if sent < len(data):
            self._socket.sendall(data[sent:])
            sent = len(data)
        if sent < len(whole):
            with contextlib.suppress(OSError):
                self._socket.sendall(whole[sent:])

    def read(self, timeout: float) -> Reply:
        """One reply of one or more lines. Raises LineBroken, and TimeoutError after `timeout` seconds in all."""
        deadline = monotonic() + timeout
        lines: list[str] = []
        size = 0
        while True:
            line = self._read_line(deadline)
            size += len(line)
            if size > MAX_REPLY or not line[:3].isdigit() or line[3:4] not in (b" ", b"-", b""):
                raise LineBroken(f"the server said {line[:60]!r}")
            lines.append(line[4:].decode("utf-8", "replace"))
            if line[3:4] != b"-":
                return Reply(int(line[:3]), tuple(lines))

    def _read_line(self, deadline: float) -> bytes:
        while (end := self._buffer.find(b"\n")) < 0:
            left = deadline - monotonic()
            if left <= 0:
                raise TimeoutError("the server did not answer in time")
            self._socket.settimeout(left)
            data = self._socket.recv(65536)
            if not data:
                raise LineBroken("the server hung up")
            self._buffer += data
            if len(self._buffer) > MAX_REPLY:
                raise LineBroken("the server does not stop talking")
        line, self._buffer = self._buffer[:end], self._buffer[end + 1 :]
        return line.rstrip(b"\r")

    def quit(self) -> None:
        """QUIT without waiting for the answer."""
        with contextlib.suppress(OSError):
            self.write(b"QUIT\r\n", 1.0)
        self.cut()

    def cut(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.close()
