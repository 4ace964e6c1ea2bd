"""A small real token endpoint: what Google's or Microsoft's does, on a loopback port."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from outreach.mail.oauth import Endpoints


@dataclass
class Office:
    """What it answers, and what it was asked."""

    asked: list[dict[str, str]] = field(default_factory=list)
    status: int = 200
    answer: dict[str, Any] = field(default_factory=dict)
    given: int = 0
    url: str = ""

    @property
    def endpoints(self) -> Endpoints:
        return Endpoints("Google", self.url + "/authorize", self.url + "/token", "mail", {"access_type": "offline"})


@contextmanager
def office() -> Iterator[Office]:
    """A running office; each good answer holds another access token."""
    desk = Office()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            desk.asked.append(dict(parse_qsl(body)))
            desk.given += 1
            good = {"access_token": f"access{desk.given}", "expires_in": 3600, "refresh_token": "refresh1"}
            data = json.dumps(good | desk.answer if desk.status == 200 else desk.answer).encode()
            self.send_response(desk.status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *arguments: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    desk.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield desk
    finally:
        server.shutdown()
        server.server_close()
