"""Letters handed to a mail server that is not ours: smtp-sink of Postfix, as an unprivileged user (MAIL O10, 1.11, 4)."""

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from outreach.mail.compose import compose
from outreach.mail.smtp import Answer, Envelope, SmtpLink
from tests import judge
from tests.conftest import free_port
from tests.mail.cast import letter

BINARY = next((path for path in ("/usr/sbin/smtp-sink", "/usr/lib/postfix/sbin/smtp-sink") if Path(path).exists()), "")
pytestmark = pytest.mark.skipif(not BINARY, reason="no smtp-sink here: apt-get install postfix")
FROM, TO = "b+k7k2tq@bounce.nordic.example", "asa@kund.example"


@contextmanager
def sink(*options: str) -> Iterator[tuple[int, Path]]:
    """A running one; its port, and the folder of what it took, one file a letter."""
    with tempfile.TemporaryDirectory(prefix="sink-", dir="/tmp") as name:
        folder, port = Path(name), free_port()
        folder.chmod(0o777)
        user = ("-u", "nobody") if os.getuid() == 0 else ()
        process = subprocess.Popen([BINARY, *user, *options, "-d", f"{folder}/%M.", f"127.0.0.1:{port}", "50"])
        try:
            _until_it_listens(port)
            yield port, folder
        finally:
            process.terminate()
            process.wait(10)


def _until_it_listens(port: int) -> None:
    end = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert time.monotonic() < end, "smtp-sink does not listen"
            time.sleep(0.02)
        else:
            return


def handed_in(port: int, letters: list[bytes]) -> list[Answer]:
    link = SmtpLink(f"smtp://127.0.0.1:{port}", hello="outreach.nordic.example")
    answers = [link.send(Envelope(FROM, TO, len(raw), "k7k2tq"), raw, lambda: True) for raw in letters]
    link.close()
    return answers


def test_each_letter_arrives_whole_with_its_envelope() -> None:
    """O7, O10: forty letters over one line, lone dots and long lines among them; what was taken is what was made."""
    letters = [
        compose(letter(message_id=f"<{number}@nordic.example>", text=f".\n..\n.{number}\n", html="<p>" + "x" * 3000))
        for number in range(40)
    ]
    with sink() as (port, folder):
        assert {answer.kind for answer in handed_in(port, letters)} == {"accepted"}
        taken = [file.read_bytes() for file in folder.iterdir()]
    for raw in taken:
        head, _, own = raw.partition(b"\n\tby smtp-sink")
        assert f"X-Rcpt-Args: <{TO}>".encode() in head
        assert f"X-Mail-Args: <{FROM}>".encode() in head
        whole = own.split(b"\n", 2)[2].removesuffix(b"\n").replace(b"\n", b"\r\n")
        judge.look(whole)
        assert whole in letters
    assert len(taken) == 40


@pytest.mark.parametrize(
    ("options", "kind", "stage"),
    [
        (("-r", "rcpt"), "deferred", "rcpt"),
        (("-f", "rcpt"), "refused", "rcpt"),
        (("-r", "data"), "deferred", "data"),
        (("-r", "."), "deferred", "letter"),
        (("-q", "mail"), "host_down", ""),
        (("-q", "."), "unsure", "letter"),
    ],
)
def test_what_it_refuses_or_breaks_off_is_understood(options: tuple[str, ...], kind: str, stage: str) -> None:
    """1.11: before the dot nothing has left; behind it a broken line is unsure, and nothing here is the lead's fault."""
    with sink(*options) as (port, _):
        (answer,) = handed_in(port, [compose(letter())])
    assert answer.kind == kind, answer
    assert not stage or answer.stage == stage
    assert answer.verdict != "hard"
