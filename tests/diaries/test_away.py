"""Diary: Cleo is away, comes back, and then her address stops working."""

from datetime import date
from typing import Any

from outreach.mail.answering import as_bounce, as_out_of_office
from outreach.store import consents, leads


def test_out_of_office_holds_and_a_bounce_ends(world: Any) -> None:
    """O4, O6, F2, X7: letters wait until the day after the return; a hard bounce marks the address and stops."""
    world.set_clock("2027-06-01T10:00")
    lead = world.post_form(name="Cleo Court", email="cleo@court.example", phone="+49 30 555 0199")
    letter = world.letters[-1] if "cleo" in world.letters[-1]["To"] else world.letters[-2]
    sender, recipient, raw = as_out_of_office(letter.as_bytes(), date(2027, 6, 8))
    world.hand_in(sender, [recipient], raw)
    assert "out of office" in world.timeline(lead)
    assert ("reply", "open") not in world.tasks(lead)

    world.live_until("2027-06-08T18:00")
    assert world.enrolments(lead) == [("inbound", "paused: out-of-office")]
    assert len(world.mail_to("cleo@court.example")) == 1
    world.live_until("2027-06-09T18:00")
    mail = world.mail_to("cleo@court.example")
    assert len(mail) == 2
    assert mail[1][0].startswith("Wed 09 Jun 10:")  # the first business day after the return date, with jitter

    letter = world.letters[-1]
    sender, recipient, raw = as_bounce(letter.as_bytes(), world.envelope_of(letter))
    world.hand_in(sender, [recipient], raw)
    assert world.enrolments(lead) == [("inbound", "ended: bounced")]
    assert world.read(leads.by_email, "cleo@court.example").address_state == "dead"
    assert world.read(consents.suppression, "cleo@court.example").reason == "bounced"
    world.live_until("2027-08-01T10:00")
    assert len(world.mail_to("cleo@court.example")) == 2


def test_what_became_of_a_second_recipient_says_nothing_of_our_lead(world: Any) -> None:
    """F2: a report of several recipients counts for the one whom the letter went to."""
    world.set_clock("2027-06-01T10:00")
    lead = world.post_form(name="Cleo Court", email="cleo@court.example")
    letter = next(one for one in reversed(world.letters) if "cleo" in one["To"])
    sender, recipient, raw = as_bounce(letter.as_bytes(), world.envelope_of(letter), hard=False)
    other = (
        b"Final-Recipient: rfc822; archive@court.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\nFinal-Recipient: "
    )
    world.hand_in(sender, [recipient], raw.replace(b"Final-Recipient: ", other, 1))
    assert world.enrolments(lead)[0][1].startswith(("scheduled", "waiting"))
    assert world.read(consents.suppression, "cleo@court.example") is None
    assert world.read(leads.by_email, "cleo@court.example").address_state != "dead"
