"""What a try of a mailbox's server says: what happened, and what to do about it."""

import socket
from collections.abc import Iterator

import pytest

from outreach.journeys import try_mailbox
from outreach.mail.smtp import Timeouts
from tests.mail.smtp_stage import HANG, Script, stage


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        try_mailbox, "QUICK", Timeouts(connect=1, greeting=0.3, command=0.3, begin_data=0.3, letter=0.3)
    )


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that takes connections and says nothing, as one does that waits for TLS."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_server_that_says_nothing_may_want_tls(silent: int) -> None:
    tried = try_mailbox.sending(f"smtp://127.0.0.1:{silent}", "ann@lumen.example", "ann@lumen.example")
    assert not tried.ok
    assert "takes the connection and then says nothing" in tried.sentence
    assert "TLS with 465" in tried.remedy


def test_a_port_where_nothing_listens_and_a_name_that_is_none_are_told_apart() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    refused = try_mailbox.sending(f"smtp://127.0.0.1:{port}", "ann@lumen.example", "ann@lumen.example")
    assert "Nothing listens" in refused.remedy
    assert "Errno" not in refused.sentence


def test_a_certificate_of_nobody_known_is_told_from_one_that_has_run_out() -> None:
    said = "TLS with mail.example.com failed: {}"
    for words, remedy in {
        "self-signed certificate": "SSL_CERT_FILE",
        "unable to get local issuer certificate": "SSL_CERT_FILE",
        "certificate has expired": "have it renewed",
        "Hostname mismatch, certificate is not valid for 'mail.example.com'.": "the name that is in the certificate",
        "[SSL: WRONG_VERSION_NUMBER] wrong version number": "another encryption",
    }.items():
        assert remedy in try_mailbox.remedy(said.format(words)), words


def test_a_server_that_greets_and_then_hangs_is_no_firewall() -> None:
    with stage(Script(ehlo=HANG, ours=False)) as port:
        tried = try_mailbox.sending(f"smtp://127.0.0.1:{port}", "ann@lumen.example", "ann@lumen.example")
    assert "says nothing" in tried.sentence
    assert "firewall" not in tried.remedy
