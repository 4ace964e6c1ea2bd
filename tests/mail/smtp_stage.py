"""A mail server on a stage: a thread that speaks SMTP by a script, so that every fault can be played on purpose."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from tests import judge

HANG = "hang"  # read on, say nothing any more
DROP = "drop"  # hang up


@dataclass
class Script:
    """What the server says to each command; a callable gets the line. Letters that it took are in `letters`."""

    greeting: str = "220 stage ESMTP"
    offers: tuple[str, ...] = ("PIPELINING", "SIZE 1000000", "DSN", "ENHANCEDSTATUSCODES")
    ehlo: str | None = None
    mail: str | Callable[[str], str] = "250 2.1.0 ok"
    rcpt: str | Callable[[str], str] = "250 2.1.5 ok"
    data: str = "354 go on"
    letter: str | Callable[[bytes], str] = "250 2.0.0 ok: queued as 4ABC123"
    auth: str = "235 2.7.0 welcome"
    starttls: str = "220 go on"
    tls: ssl.SSLContext | None = None
    forgets: bool = False
    """What came behind the end of a letter is thrown away."""
    ours: bool = True
    """The letters are those of the product: the byte checker judges them."""
    letters: list[bytes] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    writes: list[int] = field(default_factory=list)  # how many commands came in one packet
    connections: int = 0


@contextmanager
def stage(script: Script, port: int = 0) -> Iterator[int]:
    """Play a script on a loopback port (0: a free one); gives the port."""
    listener = socket.create_server(("127.0.0.1", port))
    over = threading.Event()
    guests: list[socket.socket] = []

    def host() -> None:
        while not over.is_set():
            with suppress(OSError):
                guest, _ = listener.accept()
                guests.append(guest)
                script.connections += 1
                threading.Thread(target=_serve, args=(guest, script), daemon=True).start()

    door = threading.Thread(target=host, daemon=True)
    door.start()
    try:
        yield listener.getsockname()[1]
    finally:
        over.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        door.join(1)  # else it may take the next stage's guests, whose listener has the same number
        listener.close()
        for guest in guests:
            with suppress(OSError):
                guest.shutdown(socket.SHUT_RDWR)
            guest.close()


class _Over(Exception):
    pass


class _Player:
    def __init__(self, guest: socket.socket, script: Script) -> None:
        self.guest, self.script, self.buffer = guest, script, b""
        self.mute = False

    def say(self, words: str) -> None:
        if words == DROP:
            raise _Over
        self.mute |= words == HANG
        if not self.mute:
            self.guest.sendall(words.replace("\n", "\r\n").encode() + b"\r\n")

    def until(self, end: bytes) -> bytes:
        while end not in self.buffer:
            data = self.guest.recv(65536)
            if not data:
                raise _Over
            self.script.writes.append(data.count(b"\r\n"))
            self.buffer += data
        found, _, self.buffer = self.buffer.partition(end)
        return found

    def secure(self) -> None:
        assert self.script.tls is not None
        self.guest = self.script.tls.wrap_socket(self.guest, server_side=True)


def _serve(guest: socket.socket, script: Script) -> None:
    player = _Player(guest, script)
    with suppress(_Over, OSError):
        player.say(script.greeting)
        while True:
            line = player.until(b"\r\n").decode("utf-8", "replace")
            script.heard.append(line)
            _answer(player, script, line)
    with suppress(OSError):
        player.guest.close()


def _answer(player: _Player, script: Script, line: str) -> None:
    verb = line.split(" ")[0].upper()
    if verb == "EHLO":
        player.say(script.ehlo or "\n".join([*(f"250-{name}" for name in ("stage", *script.offers)), "250 HELP"]))
    elif verb == "MAIL":
        player.say(_said(script.mail, line))
    elif verb == "RCPT":
        player.say(_said(script.rcpt, line))
    elif verb == "DATA":
        _take(player, script)
    elif verb == "AUTH":
        player.say(script.auth)
    elif verb == "STARTTLS":
        player.say(script.starttls)
        if script.tls and script.starttls.startswith("220"):
            player.secure()
    elif verb == "QUIT":
        player.say("221 bye")
        raise _Over
    else:
        player.say("250 ok")


def _take(player: _Player, script: Script) -> None:
    player.say(script.data)
    if not script.data.startswith("354"):
        return
    letter = player.until(b"\r\n.\r\n") + b"\r\n"
    script.letters.append(letter)
    if script.forgets:
        player.buffer = b""
    if script.ours:
        asked = next((line for line in reversed(script.heard) if line.upper().startswith("MAIL ")), "")
        judge.look((b"\r\n" + letter).replace(b"\r\n..", b"\r\n.")[2:], smtputf8="SMTPUTF8" in asked)
    player.say(_said(script.letter, letter))


def _said(words: str | Callable[[Any], str], heard: Any) -> str:
    return words if isinstance(words, str) else words(heard)
