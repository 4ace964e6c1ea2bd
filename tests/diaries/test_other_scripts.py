"""Diary of an address in another script, before a mail server that cannot carry it (MAIL O13)."""

import dataclasses
from typing import Any

from outreach.journeys import deliver
from outreach.store import consents, events, leads, mailboxes, messages
from tests.mail.smtp_stage import Script, stage


def test_an_address_that_the_server_cannot_carry_fails_at_once_and_is_no_fault_of_lead_or_mailbox(world: Any) -> None:
    """MAIL O13: no retry, for none would help; the timeline says why and what helps. The address stays a good one, and the
    mailbox goes on sending."""
    script = Script()
    with stage(script) as port:
        settings = world.house.settings.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{port}"})
        world.house = dataclasses.replace(world.house, settings=settings)
        world.sender.close()
        world.sender = deliver.Sender(world.house)
        refused = world.post_form(name="Jo", email="jörg@büro.example")
        went = world.post_form(name="Kai", email="kai@büro.example")
        world.settle()
        world.sender.close()
    (letter,) = (row for row in world.read(messages.of_lead, refused) if row.to_address.startswith("jörg"))
    assert (letter.state, letter.delivered, letter.attempts) == ("failed", "", 0)
    assert "SMTPUTF8" in letter.reason
    assert world.enrolments(refused) == [("inbound", "failed: temporary")]
    held = world.read(events.of_lead, refused, 1)[0]
    assert held.text.startswith(
        "The letter could not be sent: 553 5.6.7 The mail server takes no addresses beyond plain"
    )
    assert world.read(leads.by_email, "jörg@büro.example").address_state != "dead"
    assert world.read(consents.suppression, "jörg@büro.example") is None
    assert world.read(mailboxes.default).paused_until is None
    assert {row.state for row in world.read(messages.of_lead, went)} == {"sent"}
    to_leads = [line.split()[1] for line in script.heard if line.startswith("RCPT") and "xn--" in line]
    assert to_leads == ["TO:<kai@xn--bro-hoa.example>"]
