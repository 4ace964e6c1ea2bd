"""The door of an IMAP server: it greets, hears XOAUTH2, and lets in whoever brings the right token. Nothing is behind it."""

import socketserver
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Door:
    """The token that opens it, and what was heard."""

    good: str = ""
    heard: list[str] = field(default_factory=list)
    port: int = 0


@contextmanager
def door(good: str = "") -> Iterator[Door]:
    """A door on a loopback port."""
    found = Door(good)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("* OK come in")
            while line := self.rfile.readline().decode().strip():
                tag, _, command = line.partition(" ")
                verb = command.split(" ")[0].upper()
                if verb == "CAPABILITY":
                    self.say("* CAPABILITY IMAP4rev1 AUTH=XOAUTH2")
                    self.say(f"{tag} OK done")
                elif verb == "AUTHENTICATE":
                    self.say("+ ")
                    found.heard.append(b64decode(self.rfile.readline()).decode())
                    opens = bool(found.good) and found.heard[-1].endswith(f"Bearer {found.good}\x01\x01")
                    self.say(f"{tag} {'OK welcome' if opens else 'NO [AUTHENTICATIONFAILED] invalid token'}")
                elif verb == "LOGOUT":
                    self.say("* BYE")
                    self.say(f"{tag} OK done")
                else:
                    self.say(f"{tag} NO nothing is here")

        def say(self, words: str) -> None:
            self.wfile.write(words.encode() + b"\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        found.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield found
        server.shutdown()
