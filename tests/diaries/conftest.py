"""A small world for the diaries: a lead, a rep, real rows, real SMTP, and a clock that jumps from one due moment to the next."""

import dataclasses
import email
import email.policy
import smtplib
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from outreach.journeys import (
    accounts,
    advance,
    bulk,
    capture,
    cleaning,
    deliver,
    enter,
    held_answers,
    local_mail,
    look_around,
    receive,
    ticking,
)
from outreach.journeys.presets import load_presets
from outreach.mail.listener import InboundServer, LocalMailServer, Received
from outreach.store import enrolments, events, forms, tasks
from tests import judge
from tests.conftest import free_port

BERLIN = ZoneInfo("Europe/Berlin")


class World:
    """What a diary does and sees. Times are the lead's wall clock."""

    def __init__(self, house: Any, zone: ZoneInfo) -> None:
        self.house, self.zone = house, zone
        self.letters: list[EmailMessage] = []
        self.envelopes: list[tuple[str, str]] = []
        self.sender = deliver.Sender(house)

    # ---- time

    def set_clock(self, wall: str) -> None:
        """Business time, whatever the real date is."""
        at = datetime.fromisoformat(wall).replace(tzinfo=self.zone)
        with self.house.sessions.begin() as session:
            session.execute(text("DELETE FROM business_clock"))
            session.execute(
                text("INSERT INTO business_clock (id, ahead) VALUES (1, :at - clock_timestamp())"), {"at": at}
            )

    def live_until(self, wall: str) -> None:
        """Let everything happen that falls due until then, one due moment after the other."""
        until = datetime.fromisoformat(wall).replace(tzinfo=self.zone)
        while True:
            rested = self.settle()
            with self.house.sessions() as session:
                upcoming = ticking.next_instant(session, rested)
                passed = self.house.now(session)
            if upcoming is None or upcoming > until:
                break
            if upcoming > passed:
                self.set_clock(upcoming.astimezone(self.zone).replace(tzinfo=None).isoformat())
        self.set_clock(wall)
        self.settle()

    def settle(self) -> datetime:
        """Run due jobs until none is left, each twice: the second run must change nothing (F5). The moment at which none was."""
        for _ in range(100):
            with self.house.sessions() as session:
                now = self.house.now(session)
                due = ticking.due_jobs(session, now)
            if not due:
                return now
            for job in due:
                JOBS[job](self)
                JOBS[job](self)
        raise AssertionError(f"the system does not come to rest: {due}")

    # ---- what people do

    def post_form(self, **answers: Any) -> int:
        """Fill in the form `contact` in a browser; the lead's id."""
        with self.house.sessions.begin() as session:
            form = forms.by_key(session, "contact")
            cleaned, errors = cleaning.check(form, {"topic": "quote", "consent": True} | answers)
            assert not errors
            context = {"zone": str(self.zone), "locale": "de-DE"}
            found = capture.submit(session, self.house, form, cleaned, context, self.house.now(session))
        self.settle()
        return found.lead_id

    def answer(self, letter: EmailMessage, envelope_from: str, words: str, **headers: str) -> None:
        """The lead's mail program answers a letter of ours, by real SMTP."""
        mail = EmailMessage()
        mail["From"], mail["To"] = letter["To"], letter["Reply-To"]
        mail["Subject"] = f"Re: {letter['Subject']}"
        mail["In-Reply-To"] = letter["Message-ID"]
        mail["Message-ID"] = f"<{len(words)}.{hash(words) & 0xFFFFFF}@lead.example>"
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        quoted = "\n".join("> " + line for line in letter.get_body(("plain",)).get_content().splitlines())
        mail.set_content(f"{words}\n\nOn that day you wrote:\n{quoted}\n")
        self.hand_in(envelope_from, [str(letter["Reply-To"])], mail.as_bytes(policy=email.policy.SMTP))

    def hand_in(self, sender: str, recipients: list[str], raw: bytes) -> None:
        """Hand a message to our own listener."""
        host, port = self.house.settings.inbound_smtp_listen.split(":")
        with smtplib.SMTP(host, int(port)) as server:
            server.sendmail(sender, recipients, raw)
        self.settle()

    # ---- what people see

    def mail_to(self, address: str) -> list[tuple[str, str]]:
        """(day and time of the Date header on the lead's wall clock, subject) of every letter to an address."""
        return [
            (_date(m).astimezone(self.zone).strftime("%a %d %b %H:%M"), str(m["Subject"]))
            for m in self.letters
            if m["To"].endswith(f"{address}>") or m["To"] == address
        ]

    def letter(self, subject: str) -> EmailMessage:
        """The latest letter with this subject."""
        return next(m for m in reversed(self.letters) if m["Subject"] == subject)

    def envelope_of(self, letter: EmailMessage) -> str:
        """The envelope sender that a letter went out with."""
        return self.envelopes[self.letters.index(letter)][0]

    def enrolments(self, lead_id: int) -> list[tuple[str, str]]:
        """(class, state) of the lead's enrolments, the first one first."""
        with self.house.sessions() as session:
            return [(e.class_, e.state) for e in reversed(enrolments.of_lead(session, lead_id))]

    def read(self, question: Any, *arguments: Any) -> Any:
        """Ask the store something."""
        with self.house.sessions() as session:
            return question(session, *arguments)

    def tasks(self, lead_id: int) -> list[tuple[str, str]]:
        """(kind, state) of all tasks of a lead, the first one first."""
        with self.house.sessions() as session:
            rows = session.query(tasks.Task).filter_by(lead_id=lead_id).order_by(tasks.Task.id)
            return [(t.kind, t.state) for t in rows]

    def timeline(self, lead_id: int) -> list[str]:
        """Kinds of the lead's events, the first one first."""
        with self.house.sessions() as session:
            return [e.kind for e in reversed(events.of_lead(session, lead_id, 1000))]


JOBS: dict[str, Any] = {
    "advance": lambda world: advance.advance(world.house),
    "deliver_urgent": lambda world: deliver.deliver(world.sender, "urgent"),
    "deliver": lambda world: deliver.deliver(world.sender, "outbound"),
    "receive": lambda world: receive.receive(world.house),
    "sweep": lambda world: ticking.sweep(world.house),
    "enter": lambda world: enter.handle(world.house),
    "answer_held": lambda world: held_answers.release(world.house),
    "look_around": lambda world: look_around.look_around(world.house),
    "work_many": lambda world: bulk.work(world.house),
}


def _date(letter: EmailMessage) -> datetime:
    return letter["Date"].datetime


@pytest.fixture
def world(house: Any) -> Iterator[World]:
    """Berlin, a rep named Rita, the presets, and both mail servers on real ports."""
    smtp, inbound = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
    settings = house.settings.model_copy(update={"local_smtp": smtp, "inbound_smtp_listen": inbound})
    made = World(dataclasses.replace(house, settings=settings), BERLIN)
    with house.sessions.begin() as session:
        load_presets(session, made.house, made.house.now(session))
        accounts.add_user(session, "rita@outreach.test", "Rita Rep", "admin", "a good password")

    def took(received: Received) -> None:
        judge.look(received.raw, smtputf8="SMTPUTF8" in received.mail_options)
        made.letters.append(email.message_from_bytes(received.raw, policy=email.policy.default))
        made.envelopes.append((received.envelope_from, received.recipients[0]))
        with house.sessions.begin() as session:
            local_mail.take(
                session,
                received.raw,
                received.envelope_from,
                tuple(received.recipients),
                house.now(session),
                uuid4().hex,
            )

    def replied(received: Received) -> None:
        with house.sessions.begin() as session:
            for recipient in received.recipients:
                now = house.now(session)
                receive.keep(
                    session, received.raw, now, source="smtp", recipient=recipient, envelope_from=received.envelope_from
                )

    def accepted(address: str) -> bool:
        with house.sessions() as session:
            return receive.accepts(session, made.house, address)

    servers = [LocalMailServer("127.0.0.1", int(smtp.split(":")[1]), took), InboundServer(inbound, accepted, replied)]
    for server in servers:
        server.start()
    yield made
    made.sender.close()
    for server in servers:
        server.stop()
