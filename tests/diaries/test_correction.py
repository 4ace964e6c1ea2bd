"""Diary: mail that was read wrongly, mail that only says who it is from, and machines that answer each other."""

import dataclasses
from typing import Any

import pytest

from outreach.errors import Refused
from outreach.journeys import corrections, receive
from outreach.store import consents, enrolments, inbox, leads, mailboxes, tasks, users
from outreach.store.corrections import Correction


def mail(world: Any, sender: str, words: str, *, subject: str = "Hello", to: str = "", headers: str = "") -> int:
    """A mail that comes by IMAP, without anything of ours in it."""
    raw = f"From: {sender}\r\nTo: {to or 'hello@outreach.test'}\r\nSubject: {subject}\r\n{headers}\r\n{words}\r\n"
    with world.house.sessions.begin() as session:
        kept = receive.keep(session, raw.encode(), world.house.now(session), source="imap")
    world.settle()
    assert kept is not None
    return kept


def change(world: Any, inbound_id: int, to: str) -> str:
    with world.house.sessions.begin() as session:
        rita = users.by_email(session, "rita@outreach.test")
        words = corrections.change(session, world.house, inbound_id, to, rita, world.house.now(session))
    world.settle()
    return words


def replied(world: Any, words: str) -> tuple[int, int]:
    world.set_clock("2027-06-01T10:00")
    lead = world.post_form(name="Ben Ode", email="ben@ode.example", phone="+49 30 555 0100")
    world.live_until("2027-06-03T16:00")
    world.answer(world.letters[-1], "ben@ode.example", words)
    return lead, world.read(inbox.of_lead, lead)[0].id


def test_a_reply_that_was_an_absence_goes_on_after_the_return(world: Any) -> None:
    """O10, O4: the wrong stop is taken back, the right pause follows, and nobody is asked to answer."""
    lead, mail_id = replied(world, "I sail round Öland and have no net. Back on 14 June 2027.")
    assert world.enrolments(lead) == [("inbound", "ended: replied")]
    assert ("reply", "open") in world.tasks(lead)

    assert change(world, mail_id, "class:out_of_office") == "Changed"

    assert "away until" in world.read(enrolments.of_lead, lead)[0].why
    assert ("reply", "open") not in world.tasks(lead)
    assert "corrected" in world.timeline(lead)
    world.live_until("2027-06-13T23:00")
    sent = len(world.mail_to("ben@ode.example"))
    world.live_until("2027-06-17T23:00")
    assert len(world.mail_to("ben@ode.example")) > sent
    assert change(world, mail_id, "class:out_of_office") == "It says so already"


def test_a_corrected_sense_suppresses_and_releases_again(world: Any) -> None:
    """O10, X7: a wish to be left alone that the rules did not see; and back, when that was wrong."""
    lead, mail_id = replied(world, "Kindly lose my details, all of them.")
    assert world.read(consents.suppression, "ben@ode.example") is None

    change(world, mail_id, "sense:unsubscribe")
    assert world.read(consents.suppression, "ben@ode.example") is not None

    change(world, mail_id, "sense:question")
    assert world.read(consents.suppression, "ben@ode.example") is None
    assert world.enrolments(lead) == [("inbound", "ended: replied")]
    with world.house.sessions() as session:
        kept = [(c.kind, c.after) for c in session.query(Correction).order_by(Correction.id)]
        assert kept == [("sense", "unsubscribe"), ("sense", "question")]
    assert world.tasks(lead).count(("reply", "open")) == 1


def test_nonsense_is_refused(world: Any) -> None:
    _, mail_id = replied(world, "Yes.")
    with pytest.raises(Refused):
        change(world, mail_id, "class:complaint")
    with pytest.raises(Refused):
        change(world, mail_id, "sense:whatever")


def test_a_forged_sender_stops_but_changes_no_consent(world: Any) -> None:
    """X3: the From header alone stops the sequence and asks a person; it unsubscribes nobody and kills no address."""
    world.set_clock("2027-06-01T10:00")
    lead = world.post_form(name="Ben Ode", email="ben@ode.example")
    mail(world, "ben@ode.example", "Unsubscribe me please.")
    assert world.enrolments(lead) == [("inbound", "ended: replied")]
    assert world.read(consents.suppression, "ben@ode.example") is None
    with world.house.sessions() as session:
        titles = [t.title for t in session.query(tasks.Task).filter_by(lead_id=lead, kind="reply", state="open")]
    assert any("not proven" in title for title in titles)

    automatic = "Auto-Submitted: auto-replied\r\n"
    mail(world, "ben@ode.example", "Ben Ode no longer works here.", subject="Automatic reply: Hi", headers=automatic)
    assert world.read(leads.by_email, "ben@ode.example").address_state != "dead"


def test_what_our_own_mail_server_proved_is_believed(world: Any) -> None:
    """X3, MAIL M6, 1.8 h: Authentication-Results of our own server only, and only its topmost word."""
    settings = world.house.settings.model_copy(update={"authserv_id": "mx.outreach.test"})
    world.house = dataclasses.replace(world.house, settings=settings)
    world.set_clock("2027-06-01T10:00")
    world.post_form(name="Ben Ode", email="ben@ode.example")
    forged = "Authentication-Results: mx.evil.example; dmarc=pass header.from=ode.example\r\n"
    ours = "Authentication-Results: mx.outreach.test; dmarc=pass (p=none) header.from=ode.example\r\n"
    mail(world, "ben@ode.example", "Unsubscribe me.", headers=forged + ours)
    assert world.read(consents.suppression, "ben@ode.example") is None
    mail(world, "ben@ode.example", "Unsubscribe me now.", headers=ours + forged)
    assert world.read(consents.suppression, "ben@ode.example") is not None


def test_a_colleague_who_answers_the_subject_pauses_and_a_person_is_asked(world: Any) -> None:
    """X1, X3, MAIL M7: same company, same subject, nothing else: low confidence, so nothing is ended."""
    world.set_clock("2027-06-01T10:00")
    lead = world.post_form(name="Ben Ode", email="ben@ode.example")
    subject = world.mail_to("ben@ode.example")[0][1]
    mail(world, "Ina Ode <ina@ode.example>", "Ben is not the right one, I am.", subject=f"AW: {subject}")
    assert world.enrolments(lead)[0][1].startswith("paused")
    assert ("reply", "open") in world.tasks(lead)


def test_two_machines_that_answer_each_other_stop_after_one_letter_each(world: Any) -> None:
    """O9, MAIL L1, L2, L3, O3: an automatic answer to our automatic answer makes no lead, no letter, no second answer; and ours
    has the null sender, so that nobody can answer it by a bounce."""
    world.set_clock("2027-06-01T10:00")
    with world.house.sessions.begin() as session:
        box = mailboxes.default(session)
        box.takes_strangers = True
        address = box.address

    def comes(words: str, headers: str = "") -> None:
        number = f"Message-ID: <{len(words)}@shop.example>\r\n"
        raw = f"From: robot@shop.example\r\nTo: {address}\r\nSubject: Hello\r\n{number}{headers}\r\n{words}\r\n"
        with world.house.sessions.begin() as session:
            receive.keep(session, raw.encode(), world.house.now(session), source="smtp", recipient=address)
        world.settle()

    comes("Please send me a price.")
    assert len(world.mail_to("robot@shop.example")) == 1
    answer = world.letters[
        [m["To"].endswith("robot@shop.example") or "robot@" in m["To"] for m in world.letters].index(True)
    ]
    assert answer["Auto-Submitted"] == "auto-replied"
    assert world.envelope_of(answer) == ""
    assert answer["In-Reply-To"] == answer["References"] == f"<{len('Please send me a price.')}@shop.example>"
    for number in range(5):
        comes(f"We have received your message {number}.", "Auto-Submitted: auto-replied\r\nPrecedence: bulk\r\n")
        comes(f"Hello again {number}.")
    for number in range(20):
        comes(f"Undelivered {number}", "Return-Path: <>\r\nX-Failed-Recipients: a@b.example\r\n")
    assert len(world.mail_to("robot@shop.example")) == 1


def test_the_third_absence_in_a_row_asks_a_person(world: Any) -> None:
    """MAIL 1.9: two extend the pause, the third makes a task, once."""
    world.set_clock("2027-06-01T10:00")
    lead = world.post_form(name="Ben Ode", email="ben@ode.example")
    for number in range(4):
        mail(
            world, "ben@ode.example", f"I am out of the office. ({number})", headers="Auto-Submitted: auto-replied\r\n"
        )
        with world.house.sessions() as session:
            asked = session.query(tasks.Task).filter(tasks.Task.lead_id == lead, tasks.Task.title.like("%third time%"))
            assert asked.count() == (1 if number >= 2 else 0)
