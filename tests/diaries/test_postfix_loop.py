"""Diary through real servers: us, Postfix, a refusing world, a delivery report, LMTP, Dovecot, IMAP, us again (MAIL 4)."""

import dataclasses
import time
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from outreach.journeys import deliver, fetch
from outreach.store import consents, inbox, leads, mailboxes
from tests import judge
from tests.conftest import free_port
from tests.mail.dovecot import BINARY as DOVECOT
from tests.mail.dovecot import Dovecot
from tests.mail.postfix import READY, REASON, Postfix

pytestmark = pytest.mark.skipif(not READY or DOVECOT is None, reason=REASON)


class World:
    """The mail servers of all others: nobody is at home at gone.example, everybody is busy at busy.example."""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if address.endswith("gone.example"):
            return f"550 5.1.1 <{address}>: Recipient address rejected: User unknown"
        if address.endswith("busy.example"):
            return "450 4.3.2 The system is too busy, try again later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        judge.look(bytes(envelope.original_content or b""))
        return "250 2.0.0 Ok"


def test_what_postfix_returns_is_understood(world: Any) -> None:
    """MAIL 1.8 M2, 1.11, F2, O6, O7: the signed envelope sender and the envelope id come back through real servers; a user
    unknown is hard and ends all, an expired 4.x is soft and suppresses nobody."""
    others = Controller(World(), hostname="127.0.0.1", port=free_port())
    others.start()
    with Dovecot() as dovecot, Postfix("example.test", dovecot.lmtp, others.port) as postfix:
        settings = world.house.settings.model_copy(
            update={
                "smtp_url": f"smtp://127.0.0.1:{postfix.port}",
                "imap_url": dovecot.url,
                "mail_from": "Sales <sales@example.test>",
                "reply_domain": "example.test",
            }
        )
        world.house = dataclasses.replace(world.house, settings=settings)
        world.sender.close()
        world.sender = deliver.Sender(world.house)
        with world.house.sessions.begin() as session:
            box = mailboxes.default(session)
            box.address, box.from_env = "sales@example.test", True
        world.set_clock("2027-06-01T10:00")
        gone = world.post_form(name="Ben Ode", email="ben@gone.example")
        busy = world.post_form(name="Ina Ode", email="ina@busy.example")

        end = time.monotonic() + 60
        while len(world.read(inbox.of_lead, gone)) + len(world.read(inbox.of_lead, busy)) < 2:
            assert time.monotonic() < end, postfix.log()
            fetch.hurry(world.house, box.id)
            fetch.fetch(world.house)
            world.settle()
            time.sleep(0.1)

    others.stop()
    (hard,), (soft,) = world.read(inbox.of_lead, gone), world.read(inbox.of_lead, busy)
    assert (hard.class_, hard.detail["bounces"][0]["verdict"]) == ("bounce", "hard")
    assert (soft.class_, soft.detail["bounces"][0]["verdict"]) == ("bounce", "soft")
    assert hard.matched_by
    assert world.enrolments(gone) == [("inbound", "ended: bounced")]
    assert world.read(consents.suppression, "ben@gone.example").reason == "bounced"
    assert world.read(consents.suppression, "ina@busy.example") is None
    assert not world.enrolments(busy)[0][1].startswith("ended")
    assert world.read(leads.by_email, "ina@busy.example").address_state != "dead"
