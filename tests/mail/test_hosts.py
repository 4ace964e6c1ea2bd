"""Which hosts we connect to (RELIABILITY 5.2 #11)."""

import socket
from typing import Any

import pytest

from outreach.mail import hosts, imap
from outreach.mail.smtp import SmtpLink
from tests.mail.smtp_stage import Script, stage

METADATA = ("169.254.169.254", "::ffff:169.254.169.254", "fe80::1", "fd00:ec2::254", "100.100.100.200", "0.0.0.0")
PRIVATE = ("127.0.0.1", "::1", "10.1.2.3", "192.168.0.5", "172.16.0.1", "100.64.0.1", "::ffff:127.0.0.1", "fd12::1")


@pytest.mark.parametrize("allowed", ["", "0"])
def test_the_metadata_of_a_cloud_machine_is_never_connected_to(monkeypatch: pytest.MonkeyPatch, allowed: str) -> None:
    monkeypatch.setenv("OUTREACH_PRIVATE_HOSTS", allowed)
    assert all(hosts.refused(address) for address in METADATA)
    assert not hosts.refused("8.8.8.8")
    assert not hosts.refused("2001:4860:4860::8888")


def test_private_addresses_are_the_operators_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OUTREACH_PRIVATE_HOSTS", raising=False)
    assert not any(hosts.refused(address) for address in PRIVATE)
    monkeypatch.setenv("OUTREACH_PRIVATE_HOSTS", "0")
    assert all(hosts.refused(address) for address in PRIVATE)


def test_a_name_that_changes_its_address_is_judged_where_it_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the address that was judged is the one that is used."""
    answers = iter([[(2, 1, 6, "", ("169.254.169.254", 25))]])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: next(answers))
    with pytest.raises(hosts.HostRefused, match="cloud service"):
        hosts.connect("mail.evil.example", 25, 1)


@pytest.mark.parametrize("spelling", ["127.0.0.1", "localhost", "0x7f.1", "127.1", "2130706433"])
def test_however_it_is_spelled_both_mail_clients_refuse_it(monkeypatch: pytest.MonkeyPatch, spelling: str) -> None:
    monkeypatch.setenv("OUTREACH_PRIVATE_HOSTS", "0")
    for name in ("SMTP_URL", "IMAP_URL", "OUTREACH_LOCAL_SMTP"):
        monkeypatch.delenv(name, raising=False)
    script = Script()
    with stage(script) as port:
        probe: Any = SmtpLink(f"smtp://{spelling}:{port}").probe("a@b.example", "c@d.example")
        assert "private address" in probe.sentence
        for scheme in ("imap", "imaps", "imap+starttls"):
            found = imap.probe(f"{scheme}://u:p@{spelling}:{port}/?tls=no", timeout=2)
            assert "private address" in found.sentence
    assert script.connections == 0


def test_servers_of_the_settings_are_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTREACH_PRIVATE_HOSTS", "0")
    monkeypatch.setenv("SMTP_URL", "smtp://127.0.0.1:25")
    with stage(Script()) as port:
        assert SmtpLink(f"smtp://127.0.0.1:{port}").probe("a@b.example", "c@d.example").ok
