"""The postman process: takes replies by SMTP, waits at inboxes (IMAP IDLE), and is the local mail server without SMTP_URL.

Both keep a message before they say 250 to the sender; what cannot be kept is refused for now (451), so nothing is lost.
"""

import signal
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from uuid import uuid4

from sqlalchemy.exc import OperationalError

from outreach import config, wiring
from outreach.cli.watchman import Watchman
from outreach.config import host_and_port
from outreach.heartbeat import Heart
from outreach.journeys import local_mail, receive
from outreach.mail.listener import InboundServer, LocalMailServer, Received
from outreach.queue import connect
from outreach.wiring import House

PATIENCE = 20.0
"""Seconds that a database may be away before the sender of a letter is told to come back; RFC 5321 lets it wait longer."""


def run(heartbeat_file: Path | None = None) -> None:
    """Serve until SIGTERM or SIGINT."""
    stop = threading.Event()

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    house = wiring.build(config.load())
    servers = open_servers(house)
    heart = Heart("postman", connect(house.settings.redis_url), heartbeat_file)
    heart.start()
    Watchman(house, stop).start()
    stop.wait()
    for server in servers:
        server.stop()
    heart.rest()


def open_servers(house: House) -> list[InboundServer | LocalMailServer]:
    """Start listening."""
    tls = _tls(house)
    listen = [(house.settings.inbound_smtp_listen, False), (house.settings.inbound_lmtp_listen, True)]
    servers: list[InboundServer | LocalMailServer] = [
        InboundServer(
            address,
            lambda address: _accepts(house, address),
            lambda received: insist(lambda: keep_reply(house, received)),
            tls=tls,
            lmtp=lmtp,
        )
        for address, lmtp in listen
        if address
    ]
    if house.settings.mail_is_local and house.settings.local_smtp:
        host, port = host_and_port(house.settings.local_smtp)
        servers.append(LocalMailServer(host, port, lambda received: take_letter(house, received)))
    for server in servers:
        server.start()
    return servers


def _tls(house: House) -> ssl.SSLContext | None:
    """For STARTTLS where replies are taken; None without a certificate."""
    if not house.settings.inbound_tls_cert:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(house.settings.inbound_tls_cert, house.settings.inbound_tls_key or None)
    return context


def insist(keep: Callable[[], None], patience: float = PATIENCE) -> None:
    """Keep it, again and again while the database is away for a moment. A commit whose answer was lost may have held, so
    `keep` must be harmless to repeat."""
    until = time.monotonic() + patience
    while True:
        try:
            return keep()
        except OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.3)


def _accepts(house: House, address: str) -> bool:
    with house.sessions() as session:
        return receive.accepts(session, house, address)


def keep_reply(house: House, received: Received) -> None:
    """Raw first, a row for each recipient; then wake the reader."""
    with house.sessions.begin() as session:
        now = house.now(session)
        for recipient in received.recipients:
            receive.keep(
                session,
                received.raw,
                now,
                source="smtp",
                recipient=recipient,
                envelope_from=received.envelope_from,
            )
    house.queue.poke("receive")


def take_letter(house: House, received: Received) -> None:
    """A letter of ours that stays on this machine: kept once, whatever happens to the database meanwhile."""
    delivery = uuid4().hex
    insist(lambda: keep_letter(house, received, delivery))


def keep_letter(house: House, received: Received, delivery: str) -> None:
    with house.sessions.begin() as session:
        now = house.now(session)
        local_mail.take(session, received.raw, received.envelope_from, tuple(received.recipients), now, delivery)
