"""Diary: three mail servers take connections and say nothing; a reply lies in the inbox of a fourth."""

import dataclasses
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from outreach.journeys import fetch
from outreach.store import secrets
from outreach.store.mailboxes import Mailbox
from tests.mail.dovecot import BINARY, Dovecot

pytestmark = pytest.mark.skipif(BINARY is None, reason="no Dovecot here: apt-get install dovecot-imapd dovecot-lmtpd")


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """Connections are taken here, by the system alone, and nobody ever answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=20) as listener:
        yield listener


def test_a_reply_stops_its_sequence_while_other_servers_hang(world: Any, silent: socket.socket) -> None:
    """RELIABILITY fault 21, MAIL X9, X1: fetching waits for nobody, and reading does not wait for fetching."""
    with Dovecot() as server:
        settings = world.house.settings.model_copy(update={"imap_url": server.url})
        world.house = dataclasses.replace(world.house, settings=settings)
        lead = world.post_form(name="Ben Ode", email="ben@ode.example")
        letter = world.letters[-1] if "ben@" in world.letters[-1]["To"] else world.letters[-2]
        with world.house.sessions.begin() as session:
            address = secrets.seal(f"imap://a:b@127.0.0.1:{silent.getsockname()[1]}/", world.house.keys)
            now = world.house.now(session)
            for number in range(3):
                session.add(Mailbox(address=f"{number}@other.test", created_at=now, imap_secret=address))
        words = f"From: ben@ode.example\r\nTo: {letter['Reply-To']}\r\nSubject: Re: {letter['Subject']}\r\n"
        server.deliver(f"{words}In-Reply-To: {letter['Message-ID']}\r\n\r\nPlease call me.\r\n".encode())
        came = threading.Event()
        worker = threading.Thread(target=fetch.fetch, args=(world.house,), kwargs={"kept": came.set}, daemon=True)
        worker.start()
        assert came.wait(20)
        world.settle()
        assert world.enrolments(lead) == [("inbound", "ended: replied")]
        assert worker.is_alive(), "the three are waited for still"
        silent.close()
        worker.join(20)
        assert not worker.is_alive()
