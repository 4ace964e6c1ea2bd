"""A child that reads strangers' mail is given only so much (MAIL X4, RELIABILITY 32)."""

import base64
import os
import signal
import subprocess
import sys
import time
from typing import Any

from outreach import leash
from outreach.jobs.work import MOST_MEMORY
from outreach.journeys import receive
from outreach.store.inbox import InboundMail


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)


def test_too_much_memory_is_refused() -> None:
    found = run("from outreach import leash; leash.limit(64 << 20); bytearray(512 << 20)")
    assert "MemoryError" in found.stderr


def test_too_much_computing_ends_the_process_even_inside_a_library() -> None:
    code = "import re; from outreach import leash; leash.limit(1 << 30)\nwith leash.at_most(0.3): re.match('(a*)*b', 'a' * 40)"
    assert run(code).returncode == -signal.SIGPROF


def test_nothing_is_limited_in_an_ordinary_process() -> None:
    with leash.at_most(0.001):
        end = time.process_time() + 0.05
        while time.process_time() < end:
            pass


def test_the_largest_message_that_is_taken_can_be_read_within_the_limit(house: Any) -> None:
    """X1: 25 MB, of which nearly all is one file."""
    content = base64.encodebytes(os.urandom(18 * 1024 * 1024)).replace(b"\n", b"\r\n")
    raw = (
        b'From: a@b.example\r\nSubject: Big\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="B"\r\n\r\n--B\r\n'
        b"Content-Type: text/plain\r\n\r\nHere it is.\r\n--B\r\nContent-Type: application/pdf; name=plan.pdf\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + content + b"\r\n--B--\r\n"
    )
    with house.sessions.begin() as session:
        number = receive.keep(session, raw, house.now(session), source="imap")
    assert number is not None
    house.engine.dispose()
    child = os.fork()
    if child == 0:
        try:
            leash.limit(MOST_MEMORY["inbound"])
            receive.receive(house)
            os._exit(0)
        finally:  # never back into the tests
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    with house.sessions() as session:
        row = session.get_one(InboundMail, number)
        assert (row.state, row.error, row.reply_text) == ("done", "", "Here it is.")
