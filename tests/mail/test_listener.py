"""Our own mail servers, spoken to over real sockets (MAIL X7)."""

import datetime as dt
import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from outreach.mail.listener import InboundServer, LocalMailServer, Received

LETTER = b"From: a@example.org\r\nTo: b@example.com\r\nSubject: Hello\r\n\r\n..dot\r\nHello.\r\n"


class Box:
    """Keeps what comes; can be told to fail."""

    def __init__(self) -> None:
        self.letters: list[Received] = []
        self.broken = False

    def keep(self, letter: Received) -> None:
        if self.broken:
            raise OSError("the database is away")
        self.letters.append(letter)


def known(address: str) -> bool:
    return address.lower() == "replies@example.com"


def lines(port: int, *sent: bytes) -> list[bytes]:
    """What the server says to raw bytes, sent in one write each."""
    with socket.create_connection(("127.0.0.1", port), 5) as line:
        for piece in sent:
            line.sendall(piece)
        answers = b""
        while chunk := line.recv(65536):
            answers += chunk
    return answers.split(b"\r\n")


def test_a_letter_for_a_known_recipient_is_kept_byte_for_byte() -> None:
    """X7; the envelope comes with it, and dot stuffing is undone once."""
    box = Box()
    with InboundServer("127.0.0.1:0", known, box.keep) as server, smtplib.SMTP("127.0.0.1", server.port) as client:
        client.sendmail("lead@example.org", ["replies@example.com"], LETTER)
    assert box.letters[0].raw == LETTER
    assert box.letters[0].envelope_from == "lead@example.org"
    assert box.letters[0].recipients == ("replies@example.com",)
    assert box.letters[0].peer == "127.0.0.1"


def test_an_unknown_recipient_is_refused_and_nothing_is_relayed() -> None:
    """X7: 550 5.1.1."""
    box = Box()
    with (
        InboundServer("127.0.0.1:0", known, box.keep) as server,
        smtplib.SMTP("127.0.0.1", server.port) as client,
        pytest.raises(smtplib.SMTPRecipientsRefused) as refused,
    ):
        client.sendmail("lead@example.org", ["somebody@example.net"], LETTER)
    assert refused.value.recipients["somebody@example.net"][0] == 550
    assert b"5.1.1" in refused.value.recipients["somebody@example.net"][1]
    assert not box.letters


def test_a_delivery_report_with_the_null_sender_is_taken() -> None:
    """RFC 3464: reports come from <>."""
    box = Box()
    with InboundServer("127.0.0.1:0", known, box.keep) as server, smtplib.SMTP("127.0.0.1", server.port) as client:
        client.sendmail("", ["replies@example.com"], LETTER)
    assert box.letters[0].envelope_from == ""


def test_when_it_cannot_be_kept_the_sender_is_asked_to_come_back() -> None:
    """Nothing is lost: 451, and the same letter is taken later."""
    box = Box()
    box.broken = True
    with InboundServer("127.0.0.1:0", known, box.keep) as server, smtplib.SMTP("127.0.0.1", server.port) as client:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            client.sendmail("lead@example.org", ["replies@example.com"], LETTER)
        assert refused.value.smtp_code == 451
        box.broken = False
        client.sendmail("lead@example.org", ["replies@example.com"], LETTER)
    assert len(box.letters) == 1


def test_a_letter_over_the_announced_size_is_refused() -> None:
    """X7: announced in EHLO, refused at MAIL and at the end of the data."""
    box = Box()
    with (
        InboundServer("127.0.0.1:0", known, box.keep, max_bytes=2000) as server,
        smtplib.SMTP("127.0.0.1", server.port) as client,
    ):
        client.ehlo()
        assert client.esmtp_features["size"] == "2000"
        code, _ = client.mail("lead@example.org", ["SIZE=5000"])
        assert code == 552
        client.rset()
        client.mail("lead@example.org")
        client.rcpt("replies@example.com")
        assert client.data(b"x" * 70 + b"\r\n" + LETTER * 100)[0] == 552
    assert not box.letters


def test_too_many_recipients_and_too_many_connections_are_put_off() -> None:
    """X7: own caps; both answers are temporary."""
    box = Box()
    with InboundServer("127.0.0.1:0", lambda _: True, box.keep, max_recipients=3, max_connections=2) as server:
        with smtplib.SMTP("127.0.0.1", server.port) as first, smtplib.SMTP("127.0.0.1", server.port):
            first.ehlo()
            first.mail("lead@example.org")
            assert [first.rcpt(f"r{number}@example.com")[0] for number in range(5)] == [250, 250, 250, 452, 452]
            assert lines(server.port)[0].startswith(b"421")
        assert _soon(lambda: server.open == 0)


def test_one_address_of_elsewhere_does_not_take_all_places() -> None:
    """X7: thirty connections of one stranger; a mail server on this machine, and others, still come in."""
    server = InboundServer("127.0.0.1:0", known, Box().keep, max_connections=100)
    server.peers["203.0.113.7"] = 30
    server.open = 30
    assert not server.has_room("203.0.113.7")
    assert server.has_room("203.0.113.8")
    server.peers["127.0.0.1"] = 60
    server.open = 90
    assert server.has_room("127.0.0.1")
    server.left("203.0.113.7")
    assert server.has_room("203.0.113.7")
    server.open = 100
    assert not server.has_room("127.0.0.1")


def test_a_session_that_drips_for_ever_is_ended() -> None:
    """X7: a byte now and then resets no limit of the whole session; its half letter is not kept."""
    box = Box()
    with InboundServer("127.0.0.1:0", known, box.keep, session_seconds=0.6) as server:
        began = time.monotonic()
        with socket.create_connection(("127.0.0.1", server.port), 5) as line:
            line.sendall(b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<replies@example.com>\r\nDATA\r\n")
            line.settimeout(0.05)
            ended = False
            while not ended and time.monotonic() - began < 10:
                try:
                    line.sendall(b"x")
                    ended = line.recv(4096) == b""
                except TimeoutError:
                    continue
                except OSError:
                    ended = True
        assert ended
        assert _soon(lambda: server.open == 0 and not server.peers)
    assert box.letters == []


def _soon(done: Callable[[], bool]) -> bool:
    end = time.monotonic() + 5
    while not done() and time.monotonic() < end:
        time.sleep(0.01)
    return done()


def test_pipelined_commands_in_one_write_are_answered_in_order() -> None:
    """RFC 2920: what is announced is true."""
    box = Box()
    with LocalMailServer("127.0.0.1", 0, box.keep) as server:
        with smtplib.SMTP("127.0.0.1", server.port) as client:
            client.ehlo()
            assert {"pipelining", "8bitmime", "smtputf8", "size", "dsn"} <= client.esmtp_features.keys()
        answers = lines(
            server.port,
            b"EHLO x\r\nMAIL FROM:<b+abc@example.com> RET=HDRS ENVID=tok\r\n"
            b"RCPT TO:<l@example.org> NOTIFY=FAILURE,DELAY ORCPT=rfc822;l@example.org\r\nDATA\r\n",
            b"Subject: x\r\n\r\nhi\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<m@example.org>\r\nDATA\r\n",
            b"Subject: y\r\n\r\nho\r\n.\r\nQUIT\r\n",
        )
    codes = [line[:3] for line in answers if line[3:4] == b" "]
    assert codes == [b"220", b"250", b"250", b"250", b"354", b"250", b"250", b"250", b"354", b"250", b"221"]
    assert [letter.raw for letter in box.letters] == [b"Subject: x\r\n\r\nhi\r\n", b"Subject: y\r\n\r\nho\r\n"]
    assert any(option.upper() == "ENVID=TOK" for option in box.letters[0].mail_options)


@pytest.mark.parametrize("ending", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\n.\r"])
def test_no_odd_line_end_smuggles_a_second_letter(ending: bytes) -> None:
    """X7: only CR LF dot CR LF ends a letter."""
    box = Box()
    with LocalMailServer("127.0.0.1", 0, box.keep) as server:
        inner = b"MAIL FROM:<evil@example.net>\r\nRCPT TO:<b@example.com>\r\nDATA\r\nSubject: smuggled\r\n\r\nx"
        lines(
            server.port,
            b"EHLO x\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n",
            b"Subject: one\r\n\r\nhi" + ending + inner + b"\r\n.\r\nQUIT\r\n",
        )
    assert len(box.letters) == 1
    assert box.letters[0].envelope_from == "a@example.com"


def test_lines_longer_than_the_standard_allows_are_taken() -> None:
    """Real mail has them; refusing would lose answers."""
    box = Box()
    with LocalMailServer("127.0.0.1", 0, box.keep) as server, smtplib.SMTP("127.0.0.1", server.port) as client:
        client.sendmail("a@example.com", ["b@example.com"], b"Subject: x\r\n\r\n" + b"y" * 50_000 + b"\r\n")
    assert len(box.letters[0].raw) > 50_000


def test_nonsense_commands_do_not_end_the_server() -> None:
    """X7: odd paths and binary noise get an answer, and the next client is served."""
    box = Box()
    with InboundServer("127.0.0.1:0", known, box.keep) as server:
        noise = [
            b"EHLO x\r\n",
            b"MAIL FROM:<\r\n",
            b"MAIL FROM:<[[[>\r\nRCPT TO:<>\r\n",
            b"\xff\xfe\x00\r\n",
            b"DATA\r\n",
            b"QUIT\r\n",
        ]
        assert lines(server.port, *noise)
        with smtplib.SMTP("127.0.0.1", server.port) as client:
            client.sendmail("lead@example.org", ["replies@example.com"], LETTER)
    assert len(box.letters) == 1


def test_the_local_server_is_quick() -> None:
    """At least 500 letters a second over one connection; a floor far below what it does, so that it never flickers."""
    box = Box()
    with LocalMailServer("127.0.0.1", 0, box.keep) as server, smtplib.SMTP("127.0.0.1", server.port) as client:
        start = time.perf_counter()
        for number in range(200):
            client.sendmail("a@example.com", [f"b{number}@example.com"], LETTER)
        rate = 200 / (time.perf_counter() - start)
    assert len(box.letters) == 200
    assert rate > 150


def test_a_mail_server_of_the_operators_hands_in_by_lmtp() -> None:
    """RFC 2033: LHLO, one answer for each recipient, and no SMTP by mistake."""
    box = Box()
    with InboundServer("127.0.0.1:0", known, box.keep, lmtp=True) as server:
        with smtplib.LMTP("127.0.0.1", server.port) as client:
            assert client.sendmail("lead@example.org", ["replies@example.com", "nobody@example.com"], LETTER) == {
                "nobody@example.com": (550, b"5.1.1 No such recipient here")
            }
        said = lines(
            server.port,
            b"LHLO mx\r\nMAIL FROM:<>\r\nRCPT TO:<replies@example.com>\r\nRCPT TO:<Replies@example.com>\r\nDATA\r\n",
            LETTER + b".\r\nQUIT\r\n",
        )
        assert said.count(b"250 2.0.0 Ok: kept") == 2
        assert any(line.startswith(b"500") for line in lines(server.port, b"EHLO mx\r\nQUIT\r\n"))
    assert box.letters[0].recipients == ("replies@example.com",)
    assert len(box.letters) == 2


def test_starttls_is_offered_with_a_certificate(tmp_path: Path) -> None:
    """X7."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False).sign(key, hashes.SHA256())
    )  # fmt: skip
    file = tmp_path / "mx.pem"
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, form, plain)
    )
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(file)
    box = Box()
    with (
        InboundServer("127.0.0.1:0", known, box.keep, tls=tls) as server,
        smtplib.SMTP("localhost", server.port) as client,
    ):
        client.starttls(context=ssl.create_default_context(cafile=str(file)))
        client.sendmail("lead@example.org", ["replies@example.com"], LETTER)
    assert box.letters[0].raw == LETTER
