"""Handing letters in (RELIABILITY 3.3 rules C, E, G, M, O, P; MAIL 1.11) against a server that misbehaves on command."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
from collections.abc import Callable
from itertools import zip_longest
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from outreach.mail.compose import compose
from outreach.mail.smtp import Answer, Envelope, SmtpLink, Timeouts, dot_stuffed, xtext
from outreach.mail.smtpline import Reply, ServerLine
from outreach.mail.smtpurl import parse_url
from tests.mail.cast import LETTER
from tests.mail.smtp_stage import DROP, HANG, Script, stage

RAW = compose(LETTER)
SOON = Timeouts(connect=2, greeting=0.3, command=0.3, begin_data=0.3, letter=0.3)
FROM, TO = "b+k7k2tq@bounce.nordic.example", "asa@kund.example"


def yes() -> bool:
    return True


def link(port: int, url: str = "smtp://127.0.0.1:{port}", timeouts: Timeouts = SOON) -> SmtpLink:
    return SmtpLink(url.format(port=port), timeouts=timeouts, hello="outreach.nordic.example")


def send_once(
    script: Script, begin: Callable[[], bool] = yes, envid: str | None = None, lease_half: float = 300.0
) -> Answer:
    with stage(script) as port:
        line = link(port)
        answer = line.send(Envelope(FROM, TO, len(RAW), envid), RAW, begin, lease_half=lease_half)
        line.close()
        return answer


def test_an_accepted_letter_arrives_exactly() -> None:
    script = Script()
    answer = send_once(script)
    assert answer == Answer("accepted", 250, "2.0.0", "2.0.0 ok: queued as 4ABC123", "4ABC123", "letter")
    assert script.letters == [RAW]
    assert answer.verdict is None


def test_many_letters_use_one_line_and_one_packet_for_the_envelope() -> None:
    """DESIGN 4: MAIL, RCPT and DATA together (RFC 2920)."""
    script = Script()
    with stage(script) as port:
        line = link(port)
        for _ in range(20):
            assert line.send(Envelope(FROM, TO, len(RAW)), RAW, yes).kind == "accepted"
        line.close()
    assert script.connections == 1
    assert len(script.letters) == 20
    assert 3 in script.writes


def announced(to: str, raw: bytes = RAW) -> Envelope:
    return Envelope(FROM, to, len(raw))


class TestAnnouncing:
    """RFC 2920 3.1: the addresses of the next letter follow the end of this one; its text waits for its own `begin`."""

    PEOPLE = tuple(f"lead{n}@kund.example" for n in range(5))

    def test_a_letter_costs_one_round_trip(self) -> None:
        script = Script()
        with stage(script) as port:
            line = link(port)
            for to, following in zip_longest(self.PEOPLE, self.PEOPLE[1:]):
                then = announced(following) if following else None
                assert line.send(announced(to), RAW, yes, then=then).kind == "accepted"
            line.close()
        assert script.connections == 1
        assert [heard for heard in script.heard if heard.startswith("RCPT")] == [
            f"RCPT TO:<{to}>" for to in self.PEOPLE
        ]
        assert script.letters == [RAW] * 5

    def test_another_letter_than_the_announced_one_takes_a_new_line(self) -> None:
        script = Script()
        with stage(script) as port:
            line = link(port)
            assert line.send(announced("a@kund.example"), RAW, yes, then=announced("b@kund.example")).kind == "accepted"
            assert line.send(announced("c@kund.example"), RAW, yes).kind == "accepted"
        assert script.connections == 2
        assert script.letters == [RAW, RAW]

    def test_a_batch_that_ends_early_leaves_nothing_of_the_announced_letter(self) -> None:
        script = Script()
        with stage(script) as port:
            line = link(port)
            assert line.send(announced("a@kund.example"), RAW, yes, then=announced("b@kund.example")).kind == "accepted"
            line.rest()
            assert line.send(announced("c@kund.example"), RAW, yes).kind == "accepted"
        assert script.connections == 2
        assert script.letters == [RAW, RAW]

    def test_an_announced_letter_that_is_taken_back_is_not_sent(self) -> None:
        """Rule C: its `begin` counts, however early its addresses were said."""
        script = Script()
        with stage(script) as port:
            line = link(port)
            assert line.send(announced("a@kund.example"), RAW, yes, then=announced("b@kund.example")).kind == "accepted"
            assert line.send(announced("b@kund.example"), RAW, lambda: False).kind == "dropped"
            assert line.send(announced("c@kund.example"), RAW, yes).kind == "accepted"
        assert script.letters == [RAW, RAW]

    def test_a_refused_announcement_is_the_announced_letters_own(self) -> None:
        script = Script(rcpt=lambda line: "550 5.1.1 no such user" if "b@" in line else "250 ok", data="354 go on")
        with stage(script) as port:
            line = link(port)
            assert line.send(announced("a@kund.example"), RAW, yes, then=announced("b@kund.example")).kind == "accepted"
            answer = line.send(announced("b@kund.example"), RAW, yes, then=announced("c@kund.example"))
            assert (answer.kind, answer.code, answer.stage) == ("refused", 550, "rcpt")
            assert line.send(announced("c@kund.example"), RAW, yes).kind == "accepted"
        assert script.letters == [RAW, RAW]

    def test_a_refused_letter_does_not_touch_the_announced_one(self) -> None:
        answers = iter(["554 5.7.1 no", "250 2.0.0 ok"])
        script = Script(letter=lambda raw: next(answers))
        with stage(script) as port:
            line = link(port)
            first = line.send(announced("a@kund.example"), RAW, yes, then=announced("b@kund.example"))
            assert (first.kind, first.stage) == ("refused", "letter")
            assert line.send(announced("b@kund.example"), RAW, yes).kind == "accepted"
        assert script.connections == 1

    def test_silence_after_a_letter_with_an_announcement_is_unsure_and_the_announced_one_goes_by_a_new_line(
        self,
    ) -> None:
        """Rules G and M."""
        answers = iter([HANG, "250 2.0.0 ok"])
        script = Script(letter=lambda raw: next(answers))
        with stage(script) as port:
            line = link(port)
            assert line.send(announced("a@kund.example"), RAW, yes, then=announced("b@kund.example")).kind == "unsure"
            assert line.send(announced("b@kund.example"), RAW, yes).kind == "accepted"
        assert script.connections == 2
        assert script.letters == [RAW, RAW]

    def test_a_server_that_does_not_pipeline_hears_of_the_next_letter_in_its_turn(self) -> None:
        script = Script(offers=("SIZE 1000000",))
        with stage(script) as port:
            line = link(port)
            assert line.send(announced("a@kund.example"), RAW, yes, then=announced("b@kund.example")).kind == "accepted"
            assert sum(heard.startswith("MAIL") for heard in script.heard) == 1
            assert line.send(announced("b@kund.example"), RAW, yes).kind == "accepted"


def test_a_server_without_pipelining_is_asked_one_by_one() -> None:
    script = Script(offers=("SIZE",))
    assert send_once(script).kind == "accepted"
    assert 3 not in script.writes
    assert script.heard[1:4] == [f"MAIL FROM:<{FROM}> SIZE={len(RAW)}", f"RCPT TO:<{TO}>", "DATA"]


def test_an_old_server_that_knows_only_helo_is_enough() -> None:
    script = Script(ehlo="502 what?")
    assert send_once(script).kind == "accepted"


def test_delivery_reports_are_asked_for_where_they_are_offered() -> None:
    """O7."""
    script = Script()
    send_once(script, envid="k7+k2=tq")
    assert f"MAIL FROM:<{FROM}> SIZE={len(RAW)} RET=HDRS ENVID=k7+2Bk2+3Dtq" in script.heard
    assert f"RCPT TO:<{TO}> NOTIFY=FAILURE,DELAY ORCPT=rfc822;{TO}" in script.heard
    assert xtext("a b") == "a+20b"


def test_the_null_sender_is_allowed_and_wants_no_report() -> None:
    """MAIL L3: no bounce, and where it can be said, no delivery report."""
    for offers, rcpt in (((), f"RCPT TO:<{TO}>"), (("DSN",), f"RCPT TO:<{TO}> NOTIFY=NEVER")):
        script = Script(offers=offers)
        with stage(script) as port:
            assert link(port).send(Envelope("", TO, len(RAW)), RAW, yes).kind == "accepted"
        assert "MAIL FROM:<>" in script.heard
        assert rcpt in script.heard


def test_lone_dots_do_not_end_a_letter() -> None:
    """Rule P, O10."""
    script = Script(ours=False)
    letter = b"Subject: x\r\n\r\n.\r\n..\r\n.hidden\r\nend\r\n"
    with stage(script) as port:
        assert link(port).send(Envelope(FROM, TO, len(letter)), letter, yes).kind == "accepted"
    assert script.letters == [b"Subject: x\r\n\r\n..\r\n...\r\n..hidden\r\nend\r\n"]
    assert dot_stuffed(b".a").startswith(b"..a\r\n.\r\n")


@pytest.mark.parametrize(
    ("script", "kind", "verdict", "code"),
    [
        (Script(rcpt="550 5.1.1 no such user"), "refused", "hard", 550),
        (Script(rcpt="450 4.2.0 greylisted, come back"), "deferred", "soft", 450),
        (Script(rcpt="452 4.2.2 mailbox full"), "deferred", "soft", 452),
        (Script(rcpt="550 5.7.1 blocked by policy"), "refused", "ours", 550),
        (Script(mail="550 5.1.8 sender rejected"), "refused", "ours", 550),
        (Script(mail="451 4.3.0 later"), "deferred", "soft", 451),
        (Script(mail="530 5.7.0 authentication required"), "auth_failed", "ours", 530),
        (Script(data="451 4.3.0 no room"), "deferred", "soft", 451),
        (Script(letter="554 5.7.1 spam"), "refused", "ours", 554),
        (Script(letter="451 4.7.1 try again"), "deferred", "ours", 451),
        (Script(rcpt="421 4.3.2 too many connections"), "host_down", "ours", 421),
        (Script(greeting="421 4.3.2 closed"), "host_down", "ours", 421),
        (Script(greeting="554 no mail here"), "host_down", "ours", 554),
        (Script(greeting=HANG), "host_down", "ours", None),
        (Script(greeting=DROP), "host_down", "ours", None),
        (Script(greeting="HTTP/1.1 400 Bad Request"), "host_down", "ours", None),
        (Script(mail=HANG), "host_down", "ours", None),
        (Script(rcpt=DROP), "host_down", "ours", None),
        (Script(data=HANG), "host_down", "ours", None),
        (Script(letter=HANG), "unsure", None, None),
        (Script(letter=DROP), "unsure", None, None),
        (Script(letter="hello?"), "unsure", None, None),
        (Script(letter="354 more please"), "unsure", None, 354),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, str) else "",
)
def test_each_answer_has_its_meaning(script: Script, kind: str, verdict: str | None, code: int | None) -> None:
    """Rule G and MAIL 1.11: before the dot surely not accepted, after it unsure unless the server says otherwise."""
    answer = send_once(script)
    assert (answer.kind, answer.verdict, answer.code) == (kind, verdict, code), answer


def test_a_refused_letter_does_not_spoil_the_next() -> None:
    """The open transaction is reset, on the same line."""
    script = Script(rcpt=lambda line: "550 5.1.1 unknown" if "nobody" in line else "250 ok", data="354 go on")
    for offers in (("PIPELINING",), ()):
        script.offers, script.letters, script.connections = offers, [], 0
        with stage(script) as port:
            line = link(port)
            kinds = [
                line.send(Envelope(FROM, to, len(RAW)), RAW, yes).kind
                for to in ("nobody@kund.example", TO, "nobody@kund.example", TO)
            ]
        assert kinds == ["refused", "accepted", "refused", "accepted"]
        assert script.letters == [RAW, RAW]


def test_a_server_that_waits_for_a_letter_to_nobody_gets_no_dot() -> None:
    """RFC 2920 3.1: 354 after a refused recipient."""
    script = Script(rcpt="550 5.1.1 unknown", data="354 go on")
    begun: list[int] = []
    assert send_once(script, lambda: bool(begun.append(1))).kind == "refused"
    assert begun == []
    assert script.letters == []


def test_begin_is_asked_when_the_server_waits_and_before_anything_is_sent() -> None:
    """Rule D."""
    script = Script()
    seen: list[list[str]] = []

    def begin() -> bool:
        seen.append(list(script.heard))
        return not script.letters

    assert send_once(script, begin).kind == "accepted"
    assert [line.split()[0] for line in seen[0]] == ["EHLO", "MAIL", "RCPT", "DATA"]


def test_a_letter_that_was_taken_back_is_never_ended() -> None:
    """Rule C: no dot, the line is closed, the next letter takes a new one."""
    script = Script()
    with stage(script) as port:
        line = link(port)
        assert line.send(Envelope(FROM, TO, len(RAW)), RAW, lambda: False).kind == "dropped"
        assert script.letters == []
        assert line.send(Envelope(FROM, TO, len(RAW)), RAW, yes).kind == "accepted"
    assert script.connections == 2
    assert script.letters == [RAW]


def test_a_fault_in_begin_closes_the_line_and_reaches_the_caller() -> None:
    """Rule M."""
    script = Script()

    def begin() -> bool:
        raise ConnectionError("database gone")

    with stage(script) as port:
        line = link(port)
        with pytest.raises(ConnectionError, match="database gone"):
            line.send(Envelope(FROM, TO, len(RAW)), RAW, begin)
        assert line.send(Envelope(FROM, TO, len(RAW)), RAW, yes).kind == "accepted"
    assert script.letters == [RAW]


def test_a_worker_that_was_frozen_does_not_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule E: time passed inside `begin`, by the clock that never jumps."""
    now = [1000.0]
    monkeypatch.setattr("outreach.mail.smtp.monotonic", lambda: now[0])
    script = Script()

    def frozen() -> bool:
        now[0] += 61
        return True

    answer = send_once(script, frozen, lease_half=60.0)
    assert answer.kind == "dropped"
    assert script.letters == []


def test_an_unsure_line_is_not_used_again() -> None:
    """Rule M."""
    replies = iter([HANG, "250 ok"])
    script = Script(letter=lambda letter: next(replies))
    with stage(script) as port:
        line = link(port)
        assert line.send(Envelope(FROM, TO, len(RAW)), RAW, yes).kind == "unsure"
        assert line.send(Envelope(FROM, TO, len(RAW)), RAW, yes).kind == "accepted"
    assert script.connections == 2


def test_a_line_that_died_while_idle_is_opened_again_without_a_word() -> None:
    script = Script()
    with stage(script) as port:
        line = link(port)
        assert line.send(Envelope(FROM, TO, len(RAW)), RAW, yes).kind == "accepted"
        script.mail = DROP
        begun: list[int] = []
        answer = line.send(
            Envelope(FROM, TO, len(RAW)), RAW, lambda: not begun.append(1)
        )  # both lines die: the server is down
        assert answer.kind == "host_down"
        assert begun == []
        assert script.connections == 2
        script.mail = "250 ok"
        assert line.send(Envelope(FROM, TO, len(RAW)), RAW, yes).kind == "accepted"


def test_a_server_that_breaks_off_in_the_middle_did_not_take_the_letter() -> None:
    """Rule G: the end was never handed over; the server's last words count."""

    class Refusing(Script):
        pass

    script = Refusing(offers=("PIPELINING",))
    big = b"Subject: x\r\n\r\n" + b"x" * 70 * 1024 * 1024 + b"\r\n"
    ready = threading.Event()

    def hang_up() -> bool:
        ready.set()
        return True

    script.data = "354 go on\n552 5.3.4 too big\n" + "421 4.7.0 bye"
    with stage(script) as port:
        answer = link(port).send(Envelope(FROM, TO, len(big)), big, hang_up)
    assert ready.is_set()
    assert answer.kind in ("refused", "host_down", "deferred"), answer


def test_nobody_listens() -> None:
    with stage(Script()) as port:
        pass
    answer = link(port).send(Envelope(FROM, TO, len(RAW)), RAW, yes)
    assert answer.kind == "host_down"
    assert str(port) in answer.text


@pytest.mark.parametrize("address", ["a@b.example>\r\nRCPT TO:<v@x.example", "nonsense", "a b@c.example", ""])
def test_an_address_never_becomes_a_command(address: str) -> None:
    """O12."""
    script = Script()
    with stage(script) as port:
        answer = link(port).send(Envelope(FROM, address, len(RAW)), RAW, yes)
    assert (answer.kind, answer.enhanced, script.heard) == ("refused", "5.1.3", [])


def test_addresses_of_other_scripts() -> None:
    """O13: A-labels go everywhere; a local part beyond ASCII only where SMTPUTF8 is offered."""
    script = Script()
    with stage(script) as port:
        line = link(port)
        assert line.send(Envelope(FROM, "info@bücher.example", len(RAW)), RAW, yes).kind == "accepted"
        refused = line.send(Envelope(FROM, "åsa@kund.example", len(RAW)), RAW, yes)
        assert (refused.kind, refused.enhanced) == ("refused", "5.6.7")
        line.close()
        script.offers = ("PIPELINING", "SMTPUTF8")
        assert line.send(Envelope(FROM, "åsa@kund.example", len(RAW)), RAW, yes).kind == "accepted"
    assert "RCPT TO:<info@xn--bcher-kva.example>" in script.heard
    assert f"MAIL FROM:<{FROM}> SMTPUTF8" in script.heard


def test_a_letter_larger_than_the_server_takes_is_not_offered() -> None:
    script = Script(offers=("SIZE 500",))
    answer = send_once(script)
    assert (answer.kind, answer.enhanced) == ("refused", "5.3.4")
    assert not any(line.startswith("MAIL") for line in script.heard)


# ---- signing in and encryption ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server_tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A certificate of our own making for 127.0.0.1, which no client trusts."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stage")])
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(start).not_valid_after(start.replace(year=2100)).sign(key, hashes.SHA256())
    )  # fmt: skip
    return _context(folder, key, certificate)


def _context(folder: Path, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> ssl.SSLContext:
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "key.pem").write_bytes(private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def test_plain_is_preferred_and_login_is_known() -> None:
    script = Script(offers=("AUTH LOGIN PLAIN",))
    with stage(script) as port:
        assert (
            link(port, "smtp://maja:se%40cret@127.0.0.1:{port}").send(Envelope(FROM, TO, len(RAW)), RAW, yes).kind
            == "accepted"
        )
    assert "AUTH PLAIN AG1hamEAc2VAY3JldA==" in script.heard
    login = Script(offers=("AUTH LOGIN",), auth="535 5.7.8 wrong password")
    with stage(login) as port:
        answer = link(port, "smtp://maja:secret@127.0.0.1:{port}").send(Envelope(FROM, TO, len(RAW)), RAW, yes)
    assert (answer.kind, answer.code, answer.enhanced) == ("auth_failed", 535, "5.7.8")
    assert "secret" not in repr(answer)


def test_a_password_never_travels_unencrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is the exception; here it is made a stranger."""
    from outreach.mail.smtpurl import SmtpServer

    monkeypatch.setattr(SmtpServer, "loopback", property(lambda self: False))
    script = Script(offers=("AUTH PLAIN",))
    with stage(script) as port:
        answer = link(port, "smtp://maja:secret@127.0.0.1:{port}").send(Envelope(FROM, TO, len(RAW)), RAW, yes)
    assert answer.kind == "host_down"
    assert "no encryption" in answer.text
    assert not any(line.startswith("AUTH") for line in script.heard)


def test_starttls_is_required_where_the_url_says_so(server_tls: ssl.SSLContext) -> None:
    assert_down = Script(offers=())
    with stage(assert_down) as port:
        answer = link(port, "smtp+starttls://127.0.0.1:{port}").send(Envelope(FROM, TO, len(RAW)), RAW, yes)
    assert answer.kind == "host_down"
    script = Script(offers=("STARTTLS", "AUTH PLAIN"), tls=server_tls)
    with stage(script) as port:
        url = "smtp+starttls://maja:secret@127.0.0.1:{port}"
        distrusted = link(port, url).send(Envelope(FROM, TO, len(RAW)), RAW, yes)
        assert (distrusted.kind, "TLS" in distrusted.text) == ("host_down", True)
        assert not any(line.startswith("AUTH") for line in script.heard)
        assert link(port, url + "?verify=no").send(Envelope(FROM, TO, len(RAW)), RAW, yes).kind == "accepted"
    assert script.letters == [RAW]
    encrypted = script.heard[-script.heard[::-1].index("STARTTLS") :]
    assert encrypted[0].startswith("EHLO"), "what was offered before encryption counts no more (RFC 3207 4.2)"
    assert encrypted[1].startswith("AUTH")


def test_what_is_said_before_encryption_is_not_believed(server_tls: ssl.SSLContext) -> None:
    """STARTTLS injection: words behind the 220 in the same packet."""
    script = Script(offers=("STARTTLS",), starttls="220 go on\n250-stage\n250 AUTH PLAIN", tls=server_tls)
    with stage(script) as port:
        answer = link(port, "smtp+starttls://127.0.0.1:{port}?verify=no").send(Envelope(FROM, TO, len(RAW)), RAW, yes)
    assert answer.kind == "host_down"
    assert script.letters == []


# ---- the test button ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "ok", "words"),
    [
        (Script(), True, "takes letters"),
        (Script(mail="550 5.7.1 not yours"), False, "refuses our sender address"),
        (Script(rcpt="554 5.7.1 relay denied"), False, "refuses the address of the test"),
        (Script(greeting="554 go away"), False, "cannot be used"),
        (Script(mail=DROP), False, "stopped answering"),
    ],
    ids=["all well", "sender", "recipient", "greeting", "hangs up"],
)
def test_the_test_button_says_in_a_sentence_what_is_wrong(script: Script, ok: bool, words: str) -> None:
    with stage(script) as port:
        result = link(port).probe(FROM, TO)
    assert (result.ok, words in result.sentence) == (ok, True), result
    assert not script.letters
    assert "DATA" not in script.heard


def test_the_test_button_says_when_the_password_is_wrong() -> None:
    with stage(Script(offers=("AUTH PLAIN",), auth="535 5.7.8 no")) as port:
        result = link(port, "smtp://maja:secret@127.0.0.1:{port}").probe(FROM, TO)
    assert not result.ok
    assert "check user name and password" in result.sentence


@pytest.mark.parametrize(
    "url", ["http://x.example", "smtp://", "smtp://x.example:99999", "x.example:25", "smtp://[::1", ""]
)
def test_a_wrong_url_is_told_without_its_password(url: str) -> None:
    with pytest.raises(ValueError) as refused:
        SmtpLink(url.replace("smtp://x", "smtp://maja:secret@x"))
    assert "secret" not in str(refused.value)


def test_the_password_is_not_in_a_repr() -> None:
    assert "secret" not in repr(SmtpLink("smtps://maja:secret@x.example").server)


def test_no_packet_to_a_mail_server_waits_for_another() -> None:
    """Rule O: the end of a letter is not held back until what went before is acknowledged."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        line = ServerLine.open(parse_url(f"smtp://127.0.0.1:{door.getsockname()[1]}"), 5)
        assert line._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        line.cut()


def test_an_answer_that_drips_is_heard_or_given_up_in_time() -> None:
    """RELIABILITY 4, fault 22: the time counts for the whole answer, not for each byte of it."""
    ours, theirs = socket.socketpair()
    over = threading.Event()

    def drip(answer: bytes) -> None:
        for number in range(1000):
            if over.wait(0.01) or number >= len(answer):
                return
            theirs.send(answer[number : number + 1])

    line = ServerLine(ours)
    speaker = threading.Thread(target=drip, args=(b"250-2.0.0 so far\r\n250 2.0.0 ok\r\n",))
    speaker.start()
    assert line.read(10) == Reply(250, ("2.0.0 so far", "2.0.0 ok"))
    speaker.join()
    speaker = threading.Thread(target=drip, args=(b"250-" + b"x" * 900,))
    speaker.start()
    with pytest.raises(TimeoutError):
        line.read(0.3)
    over.set()
    speaker.join()
    line.cut()
    theirs.close()


def test_an_answer_that_comes_after_it_was_given_up_is_never_taken_for_another_letters() -> None:
    """Rule M: the late 250 belongs to the first letter, whose end nobody knows; the second has a line and an answer of its own."""
    late = threading.Event()

    def answer(letter: bytes) -> str:
        first = not late.is_set()
        late.wait(0.6)
        late.set()
        return "250 2.0.0 the first" if first else "250 2.0.0 the second"

    script = Script(letter=answer)
    with stage(script) as port:
        line = link(port)
        assert line.send(Envelope(FROM, TO, len(RAW)), RAW, yes).kind == "unsure"
        late.wait(2)
        second = line.send(Envelope(FROM, TO, len(RAW)), RAW, yes)
    assert (second.kind, second.text) == ("accepted", "2.0.0 the second")
    assert script.connections == 2
