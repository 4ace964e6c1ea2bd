"""Diary: a rep answers a lead from the product; the lead's mail program sees one thread (MAIL O1, O3, O4; RULES T1, X2)."""

from typing import Any

import pytest

from outreach.journeys import posting, write
from outreach.store import inbox, leads, mailboxes, messages, users


def answered_by_rita(world: Any, lead_id: int, words: str = "Gladly, tomorrow at ten.") -> Any:
    """Rita answers the lead's latest mail; the letter as it came out."""
    with world.house.sessions.begin() as session:
        rita = users.by_email(session, "rita@outreach.test")
        mail = inbox.of_lead(session, lead_id, 9)[0]
        lead = leads.locked(session, lead_id)
        write.own_mail(session, lead, rita, "", words, world.house.now(session), inbound_id=mail.id)
    world.settle()
    return to_ben(world)


def to_ben(world: Any) -> Any:
    """The latest letter that Ben has."""
    return next(letter for letter in reversed(world.letters) if "ben@ode.example" in str(letter["To"]))


@pytest.mark.parametrize("references", [True, False])
def test_a_reps_answer_hangs_below_the_leads_mail(world: Any, references: bool) -> None:
    """O3: In-Reply-To is the lead's mail; References are its chain and it; where it had none, what it answered (RFC 5322 3.6.4)."""
    world.set_clock("2027-06-01T10:00")
    lead = world.post_form(name="Ben Ode", email="ben@ode.example")
    first = to_ben(world)
    chain = {"References": str(first["Message-ID"])} if references else {}
    world.answer(first, "ben@ode.example", "Can you call me?", **chain)
    theirs = world.read(inbox.of_lead, lead)[0].wire_id
    world.set_clock("2027-06-01T15:30")

    letter = answered_by_rita(world, lead)

    assert letter["In-Reply-To"] == theirs
    assert str(letter["References"]).split() == [str(first["Message-ID"]), theirs]
    assert letter["Subject"] == f"Re: {first['Subject']}"
    assert letter["Auto-Submitted"] is None
    assert letter["List-Unsubscribe"] is None
    assert letter["Date"].datetime.astimezone(world.zone).strftime("%H:%M") == "15:30"
    assert world.timeline(lead).count("replied") == 1
    assert "own mail" in world.timeline(lead)

    world.answer(letter, "ben@ode.example", "Ten is fine, thank you.", References=str(letter["References"]))
    again = answered_by_rita(world, lead, "See you then.")
    assert str(again["References"]).split()[:3] == [
        str(first["Message-ID"]),
        theirs,
        str(again["References"]).split()[2],
    ]
    assert again["In-Reply-To"] == str(again["References"]).split()[-1]


def test_a_letters_id_is_known_before_anything_is_sent_and_is_its_own(world: Any) -> None:
    """O1: it follows from the row alone, so that every try has the same one, whatever was stored; no two letters share one."""
    world.set_clock("2027-06-01T10:00")
    world.post_form(name="Ben Ode", email="ben@ode.example")
    world.post_form(name="Ina Ode", email="ina@ode.example")
    with world.house.sessions.begin() as session:
        box, now = mailboxes.default(session), world.house.now(session)
        sent = [row for row in session.query(messages.Message).order_by(messages.Message.id) if row.message_id]
        stored = {row.id: row.message_id for row in sent}
        for row in sent:
            row.message_id = None  # as if the database had lost its last instants
        session.flush()
        desk = posting.Desk(session, world.house, box, list(stored), now)
        again = {draft.id: desk.write(draft).begun.message_id for draft in desk.drafts}
        session.rollback()
    assert again == stored
    assert len(set(stored.values())) == len(stored) >= 2
    assert {str(letter["Message-ID"]) for letter in world.letters} == set(stored.values())


def test_an_acknowledgement_is_kept_and_changes_nothing(world: Any) -> None:
    """O8: "we have received your message, ticket 4711" stops nothing, asks nobody, and stands on the timeline."""
    world.set_clock("2027-06-01T10:00")
    lead = world.post_form(name="Ben Ode", email="ben@ode.example")
    before = world.enrolments(lead), world.tasks(lead)
    words = "Thank you for your message. We have received it; your ticket is 4711."
    world.answer(to_ben(world), "ben@ode.example", words, Auto_Submitted="auto-replied")
    assert world.read(inbox.of_lead, lead)[0].class_ == "acknowledgement"
    assert (world.enrolments(lead), world.tasks(lead)) == before
    assert "received" in world.timeline(lead)
