"""One open line to a mail server, and one letter at a time over it (RELIABILITY 3.3, DESIGN 4; RFC 5321, 2920, 3461).

What a caller may rest on:
- `begin()` runs when the server waits for the letter and nothing of it has been sent; then the letter leaves with its
  final dot in one write. Everything that fails before that write was surely not accepted (rule G).
- after it, only a clear answer counts: silence, a broken line or nonsense is `unsure`, never a failure (rule G).
- whatever goes wrong between DATA and the answer closes the line; it is never used again (rule M).
- a process that was frozen inside `begin()` for more than `lease_half` seconds does not write (rule E).
- where the server pipelines, the addresses of the next letter may follow the end of this one (RFC 2920 3.1), so that a
  letter costs one round trip; nothing of the next letter itself leaves before its own `begin()`.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from outreach.clock import monotonic
from outreach.mail import headers, oauth
from outreach.mail.smtpanswer import Answer, answer_of, kind_of
from outreach.mail.smtpline import LineBroken, Reply, ServerLine, as_bytes
from outreach.mail.smtpurl import SmtpServer, parse_url

__all__ = ["Answer", "Envelope", "Probe", "SmtpLink", "Timeouts", "dot_stuffed", "xtext"]

_DOT_LINE = re.compile(rb"\r\n\.")
_NOT_XTEXT = re.compile(r"[^\x21-\x2a\x2c-\x3c\x3e-\x7e]")


NO_SMTPUTF8 = (
    "The mail server takes no addresses beyond plain letters (it offers no SMTPUTF8); another mailbox or address may."
)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait for each answer (RFC 5321 4.5.3.2, shortened where no honest server needs that long)."""

    connect: float = 15
    greeting: float = 60
    command: float = 60
    begin_data: float = 120
    letter: float = 600  # the answer to the dot: giving up earlier makes duplicates


class Envelope(NamedTuple):
    """Where one letter goes: `sender` may be empty (null sender), `size` in bytes, `envid` for its DSN (RFC 3461)."""

    sender: str
    recipient: str
    size: int
    envid: str | None = None


Commands = tuple[str, str, str]
"""MAIL, RCPT and DATA."""


@dataclass(frozen=True, slots=True)
class Probe:
    """The result of the settings' test button: one plain sentence, and what the server offers."""

    ok: bool
    sentence: str
    offers: tuple[str, ...] = ()


class SmtpLink:
    """A persistent connection, opened when first needed and opened anew after a fault. Not for two threads at once."""

    def __init__(
        self,
        url: str,
        *,
        timeouts: Timeouts | None = None,
        hello: str | None = None,
        token: Callable[[bool], str] | None = None,
    ) -> None:
        """`token` signs in by XOAUTH2 instead of a password; called with True it must give a fresh one."""
        self.server: SmtpServer = parse_url(url)
        self._token = token
        self._timeouts = timeouts or Timeouts()
        self._hello = hello or _own_name()
        self._line: ServerLine | None = None
        self._offers: dict[str, str] = {}
        self._open_transaction = False
        self._ahead: Envelope | None = None
        """Whose commands the server was told behind the last letter; it has not been asked about them yet."""
        self._loses = False
        """The server offers PIPELINING and does not answer what came with the end of a letter."""

    def send(
        self,
        envelope: Envelope,
        raw: bytes,
        begin: Callable[[], bool],
        *,
        then: Envelope | None = None,
        lease_half: float = 300.0,
        patience: float | None = None,
    ) -> Answer:
        """Offer one letter: (1) addresses; (2) a line, reused or new; (3) MAIL, RCPT, DATA; (4) `begin`; (5) letter.

        `raw` has CRLF line ends. `then`: the letter that will be sent next, if any. Raises only what `begin` raises. A
        server that has not answered the letter after `patience` seconds is `silent`: ask `late` for its answer, and use
        this link for nothing else.
        """
        answer = self._envelope(envelope)
        if answer is not None:
            return answer
        return self._letter(dot_stuffed(raw), begin, then, lease_half, patience)

    def rest(self) -> None:
        """No letter follows now: one that was announced is taken back, which only closing the line can do."""
        if self._ahead is not None:
            self._drop()

    def close(self) -> None:
        """Say goodbye without waiting; safe to call at any time."""
        self.rest()
        if self._line is not None:
            self._line.quit()
        self._drop()

    def probe(self, envelope_from: str, recipient: str) -> Probe:
        """Everything but a letter: connect, EHLO, TLS, sign in, MAIL, RCPT; says in a sentence where it stopped."""
        self.close()
        where = f"{self.server.host}:{self.server.port}"
        try:
            wire = _on_the_wire(Envelope(envelope_from, recipient, 1000))
        except headers.HeaderRefused as fault:
            return Probe(False, f"{fault}.")
        try:
            failed = self._connect()
            if failed is not None:
                return Probe(False, _probe_sentence(failed, where))
            failed = self._one_by_one(*self._commands(wire)[:2], data=False)
            offers = tuple(sorted(self._offers))
        except (LineBroken, OSError) as fault:
            return Probe(False, f"The mail server {where} stopped answering: {fault}.")
        finally:
            self.close()
        if failed is not None:
            return Probe(False, _probe_sentence(failed, where), offers)
        safe = "over an encrypted line" if self.server.tls != "plain" or "STARTTLS" in offers else "without encryption"
        user = f" as {self.server.user}" if self.server.user else ""
        return Probe(True, f"The mail server {where} takes letters{user}, {safe}.", offers)

    def _envelope(self, envelope: Envelope) -> Answer | None:
        """Until the server waits for the letter. A reused line may be dead; then one new line is tried."""
        reused = self._line is not None
        answer = self._try_envelope(envelope)
        if reused and answer is not None and answer.kind == "host_down":
            self._drop()
            answer = self._try_envelope(envelope)
        if answer is not None and answer.kind in ("host_down", "auth_failed"):
            self._drop()
        return answer

    def _try_envelope(self, envelope: Envelope) -> Answer | None:
        try:
            ahead, self._ahead = self._ahead, None
            if ahead is not None:
                if ahead != envelope:
                    raise LineBroken("another letter was announced on this line")
                return self._answers_to_announced()
            wire = _on_the_wire(envelope)
            if self._line is None:
                failed = self._connect()
                if failed is not None:
                    return failed
            unfit = self._unfit(wire)
            if unfit is not None:
                return unfit
            commands = self._commands(wire)
            return self._pipelined(commands) if "PIPELINING" in self._offers else self._one_by_one(*commands[:2])
        except headers.HeaderRefused as fault:
            return Answer("refused", 553, "5.1.3", str(fault), stage="rcpt")
        except (LineBroken, OSError) as fault:
            return Answer("host_down", text=f"{self.server.host}: {fault}")

    def _connect(self) -> Answer | None:
        """A line that is greeted, encrypted and signed in as the URL asks; or why there is none."""
        try:
            self._line = ServerLine.open(self.server, self._timeouts.connect)
            greeting = self._line.read(self._timeouts.greeting)
            if greeting.code != 220:
                return answer_of(greeting, "connect", "host_down")
            return self._greet_and_secure()
        except ssl.SSLError as fault:
            why = getattr(fault, "verify_message", "") or str(fault).partition(" (_ssl")[0]
            return Answer("host_down", text=f"TLS with {self.server.host} failed: {why}")
        except (LineBroken, OSError) as fault:
            where = f"{self.server.host}:{self.server.port}"
            if self._line is not None and isinstance(fault, TimeoutError):
                return Answer("host_down", text=f"{where} takes the connection and then says nothing")
            why = getattr(fault, "strerror", "") or str(fault)
            return Answer("host_down", text=f"{where} cannot be reached: {why}")

    def _greet_and_secure(self) -> Answer | None:
        refused = self._ehlo()
        if refused is not None:
            return refused
        if self.server.wants_starttls("STARTTLS" in self._offers):
            if "STARTTLS" not in self._offers:
                return Answer("host_down", text=f"{self.server.host} offers no encryption (STARTTLS).")
            reply = self._ask("STARTTLS")
            if reply.code != 220:
                return Answer(
                    "host_down", reply.code, text=f"{self.server.host} refuses encryption (STARTTLS): {reply.text}"
                )
            self._need().secure(self.server)
            refused = self._ehlo()
            if refused is not None:
                return refused
        return self._sign_in() if self.server.user else None

    def _ehlo(self) -> Answer | None:
        reply = self._ask(f"EHLO {self._hello}")
        if reply.code in (500, 502, 504, 550):
            reply = self._ask(f"HELO {self._hello}")
        if reply.code != 250:
            return answer_of(reply, "connect", "host_down")
        words = [line.partition(" ") for line in reply.lines[1:]]
        self._offers = {name.upper(): rest for name, _, rest in words}
        return None

    def _sign_in(self) -> Answer | None:
        """PLAIN, else LOGIN (RFC 4954). The words of the server are kept, ours never are."""
        server, line = self.server, self._need()
        if not line.encrypted and not server.loopback:
            return Answer("auth_failed", text="The password is not sent: the server offers no encryption.")
        ways = self._offers.get("AUTH", "").upper().split()
        if not ways:
            return Answer("auth_failed", text=f"{server.host} offers no sign-in here, but a user name is set.")
        if self._token is not None:
            return self._sign_in_with_token(self._token)
        if "PLAIN" in ways or "LOGIN" not in ways:
            reply = self._ask(f"AUTH PLAIN {server.plain_credentials()}")
        else:
            reply = self._ask("AUTH LOGIN")
            for secret in server.login_credentials():
                if reply.code == 334:
                    reply = self._ask(secret)
        if reply.code == 235:
            return None
        return answer_of(reply, "connect", "auth_failed" if reply.code >= 500 or reply.code == 454 else "host_down")

    def _sign_in_with_token(self, token: Callable[[bool], str]) -> Answer | None:
        """XOAUTH2; a refused token is renewed once, since it may have been withdrawn before its end."""
        reply = Reply(535, ("no token",))
        for fresh in (False, True):
            try:
                credentials = oauth.xoauth2(self.server.user, token(fresh))
            except oauth.OAuthRefused as refused:
                return Answer("auth_failed" if refused.lasting else "host_down", text=str(refused))
            reply = self._ask(f"AUTH XOAUTH2 {credentials}")
            if reply.code == 334:  # the reason, as a challenge that wants an empty answer
                reply = self._ask("")
            if reply.code == 235:
                return None
            if reply.code != 535:
                break
        return answer_of(reply, "connect", "auth_failed" if reply.code >= 500 or reply.code == 454 else "host_down")

    def _unfit(self, wire: Envelope) -> Answer | None:
        """Reasons to ask nothing: O13 and SIZE."""
        size = wire.size
        if headers.needs_smtputf8(wire.recipient) and "SMTPUTF8" not in self._offers:
            return Answer("refused", 553, "5.6.7", NO_SMTPUTF8, stage="rcpt")
        limit = self._offers.get("SIZE", "")
        if limit.isdigit() and 0 < int(limit) < size:
            return Answer(
                "refused", 552, "5.3.4", f"The letter has {size} bytes, the server takes {limit}.", stage="mail"
            )
        return None

    def _commands(self, wire: Envelope) -> Commands:
        offers, target = self._offers, wire.recipient
        mail = f"MAIL FROM:<{wire.sender}>"
        mail += f" SIZE={wire.size}" if "SIZE" in offers else ""
        mail += " SMTPUTF8" if headers.needs_smtputf8(target + wire.sender) else ""
        rcpt = f"RCPT TO:<{target}>"
        if wire.envid and "DSN" in offers:
            mail += f" RET=HDRS ENVID={xtext(wire.envid)}"
            rcpt += " NOTIFY=FAILURE,DELAY"
            rcpt += "" if headers.needs_smtputf8(target) else f" ORCPT=rfc822;{xtext(target)}"
        elif not wire.sender and "DSN" in offers:
            rcpt += " NOTIFY=NEVER"  # MAIL L3
        return mail, rcpt, "DATA"

    def _pipelined(self, commands: Commands) -> Answer | None:
        """RFC 2920: three commands, one write."""
        line = self._need()
        clear = ("RSET",) if self._open_transaction else ()
        line.write_commands(*clear, *commands)
        if clear:
            line.read(self._timeouts.command)
        return self._answers_to_all()

    def _answers_to_all(self) -> Answer | None:
        """The answers to three commands. After a refused recipient a 354 is met by closing, without a dot (RFC 2920 3.1)."""
        line = self._need()
        self._open_transaction = True
        mail = line.read(self._timeouts.command)
        rcpt = line.read(self._timeouts.command)
        data = line.read(self._timeouts.begin_data)
        refused = self._refusal(mail, rcpt, data)
        if refused is not None and data.code == 354:
            self._drop()
        return refused

    def _answers_to_announced(self) -> Answer | None:
        """The same behind a letter. Whoever is silent then may have thrown the commands away: nothing is announced to it again."""
        try:
            return self._answers_to_all()
        except TimeoutError:
            self._loses = True
            raise

    def _one_by_one(self, mail: str, rcpt: str, *, data: bool = True) -> Answer | None:
        if self._open_transaction:
            self._ask("RSET")
        self._open_transaction = True
        first = self._ask(mail)
        if first.code // 100 != 2:
            return self._refusal(first, None, None)
        second = self._ask(rcpt)
        if second.code // 100 != 2 or not data:
            return self._refusal(first, second, None)
        return self._refusal(first, second, self._ask("DATA", self._timeouts.begin_data))

    def _refusal(self, mail: Reply, rcpt: Reply | None, data: Reply | None) -> Answer | None:
        """The first answer that is no yes, judged by what it answered."""
        if mail.code // 100 != 2:
            return answer_of(mail, "mail", kind_of(mail, "mail"))
        if rcpt is not None and rcpt.code // 100 != 2:
            return answer_of(rcpt, "rcpt", kind_of(rcpt, "rcpt"))
        if data is not None and data.code != 354:
            return answer_of(data, "data", kind_of(data, "data"))
        return None

    def _letter(
        self, body: bytes, begin: Callable[[], bool], then: Envelope | None, lease_half: float, patience: float | None
    ) -> Answer:
        """The server waits. From here on the line is only kept after a clear answer."""
        started = monotonic()
        try:
            go = begin()
        except BaseException:
            self._drop()
            raise
        if not go:
            self._drop()
            return Answer("dropped", text="The letter was taken back at the last moment.", stage="data")
        if monotonic() - started > lease_half:
            self._drop()
            return Answer(
                "dropped", text="This worker was held up for too long; the letter was not sent.", stage="data"
            )
        return self._write_letter(body, self._announced(then), patience)

    def _announced(self, then: Envelope | None) -> bytes:
        """The commands of the next letter, where they may follow the end of this one."""
        if then is None or self._loses or "PIPELINING" not in self._offers:
            return b""
        try:
            wire = _on_the_wire(then)
            ahead = b"" if self._unfit(wire) else as_bytes(self._commands(wire))
        except (headers.HeaderRefused, LineBroken):
            return b""
        self._ahead = then if ahead else None
        return ahead

    def _write_letter(self, body: bytes, ahead: bytes, patience: float | None) -> Answer:
        try:
            self._need().write(body, self._timeouts.letter, behind=ahead)
        except OSError as fault:
            # The end of the letter was never handed over: the server may say why, and cannot have taken it.
            answer = self._last_words(fault)
            self._drop()
            return answer
        except BaseException:
            self._drop()
            raise
        patient = patience is not None and patience < self._timeouts.letter
        said = self._final_answer(patience if patient and patience else self._timeouts.letter, keep=patient)
        return said or Answer("silent", text="The server has not answered the letter yet", stage="letter")

    def late(self, wait: float) -> Answer | None:
        """The answer of a server that was silent, if it comes within so many seconds."""
        return self._final_answer(max(wait, 0.01), keep=True)

    def _final_answer(self, seconds: float, *, keep: bool) -> Answer | None:
        """What the server says to the letter; None = nothing yet, and the line is kept."""
        try:
            reply = self._need().read(seconds)
        except TimeoutError as fault:
            if keep:
                return None
            self._drop()
            return Answer("unsure", text=f"No answer to the letter: {fault}", stage="letter")
        except (LineBroken, OSError) as fault:
            self._drop()
            return Answer("unsure", text=f"No answer to the letter: {fault}", stage="letter")
        except BaseException:
            self._drop()
            raise
        return self._judged(reply)

    def _judged(self, reply: Reply) -> Answer:
        self._open_transaction = False
        if reply.code // 100 == 2:
            return answer_of(reply, "letter", "accepted")
        if reply.code // 100 not in (4, 5):
            self._drop()
            return answer_of(reply, "letter", "unsure")
        if reply.code == 421:
            self._drop()
        return answer_of(reply, "letter", kind_of(reply, "letter"))

    def _last_words(self, fault: OSError) -> Answer:
        try:
            reply = self._need().read(2.0)
        except (LineBroken, OSError):
            return Answer("host_down", text=f"The line broke while the letter was being sent: {fault}", stage="letter")
        if reply.code // 100 not in (4, 5):
            return answer_of(reply, "letter", "unsure")
        return answer_of(reply, "letter", kind_of(reply, "letter"))

    def _ask(self, command: str, timeout: float | None = None) -> Reply:
        line = self._need()
        line.write_commands(command)
        return line.read(self._timeouts.command if timeout is None else timeout)

    def _need(self) -> ServerLine:
        if self._line is None:
            raise LineBroken("the line is closed")
        return self._line

    def _drop(self) -> None:
        """Close without a word: what the server holds of a letter has no dot and is thrown away."""
        if self._line is not None:
            self._line.cut()
        self._line = self._ahead = None
        self._open_transaction = False


def _on_the_wire(envelope: Envelope) -> Envelope:
    """The addresses as SMTP takes them (O13). Raises HeaderRefused."""
    sender = headers.wire_address(envelope.sender) if envelope.sender else ""
    return Envelope(sender, headers.wire_address(envelope.recipient), envelope.size, envelope.envid)


def dot_stuffed(raw: bytes) -> bytes:
    """The letter as DATA takes it: lines that begin with a dot get another (RFC 5321 4.5.2), then the lone dot."""
    body = (
        raw.replace(b"\r\n.", b"\r\n..") if _DOT_LINE.search(raw) else raw
    )  # most have none: looking is half the work
    if body.startswith(b"."):
        body = b"." + body
    return body + (b".\r\n" if body.endswith(b"\r\n") else b"\r\n.\r\n")


def xtext(value: str) -> str:
    """RFC 3461 4: printable ASCII, with `+XX` for everything else."""
    return _NOT_XTEXT.sub(lambda m: "".join(f"+{b:02X}" for b in m[0].encode()), value)


def _probe_sentence(answer: Answer, where: str) -> str:
    said = f" It said: {answer.code} {answer.text}" if answer.code else f" {answer.text}"
    if answer.kind == "auth_failed":
        return f"The mail server {where} does not let us in; check user name and password.{said}"
    if answer.stage == "mail":
        return f"The mail server {where} refuses our sender address.{said}"
    if answer.stage == "rcpt":
        return f"The mail server {where} refuses the address of the test.{said}"
    return f"The mail server {where} cannot be used.{said}"


def _own_name() -> str:
    """The name for EHLO: ours when it is a full one, else an address literal, which every server must take."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() and re.fullmatch(r"[A-Za-z0-9.-]+", name) else "[127.0.0.1]"
