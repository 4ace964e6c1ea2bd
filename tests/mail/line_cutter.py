"""A line to a server that can be cut in the middle of what the server says: a small relay on a loopback port."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass


@dataclass
class Line:
    """`left`: bytes that the server may still say before the line is cut; None: all it likes. `port`: where to connect."""

    port: int = 0
    left: int | None = None
    said: int = 0
    asked: int = 0
    """Writes of the client: round trips, more or less."""


@contextmanager
def line_to(port: int) -> Iterator[Line]:
    """Relays to a port of this machine."""
    listener = socket.create_server(("127.0.0.1", 0))
    line, open_ends = Line(listener.getsockname()[1]), []

    def host() -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(("127.0.0.1", port))
                open_ends.extend((near, far))
                threading.Thread(target=_up, args=(near, far, line), daemon=True).start()
                threading.Thread(target=_down, args=(far, near, line), daemon=True).start()

    threading.Thread(target=host, daemon=True).start()
    try:
        yield line
    finally:
        for end in (listener, *open_ends):
            _cut(end)


def _up(near: socket.socket, far: socket.socket, line: Line) -> None:
    with suppress(OSError):
        while data := near.recv(65536):
            line.asked += 1
            far.sendall(data)
    _cut(far)


def _down(far: socket.socket, near: socket.socket, line: Line) -> None:
    with suppress(OSError):
        while data := far.recv(65536):
            line.said += len(data)
            if line.left is not None:
                data, line.left = data[: line.left], line.left - len(data)
            near.sendall(data)
            if line.left is not None and line.left <= 0:
                break
    _cut(near)
    _cut(far)


def _cut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
