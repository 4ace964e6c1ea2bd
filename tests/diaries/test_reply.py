"""Diary: Ben answers on the third day, and asks again a month later."""

from typing import Any

import pytest

from outreach.store import inbox, leads
from outreach.store.messages import Message


def test_a_reply_stops_everything_and_a_new_request_begins_anew(world: Any) -> None:
    """X1, X2, X3, X8, K2, P7: the reply ends the sequence; the same rep; a month later it starts again."""
    world.set_clock("2027-06-01T10:00")
    lead = world.post_form(name="Ben Ode", email="ben@ode.example", phone="+49 30 555 0100")
    world.live_until("2027-06-03T16:00")
    assert len(world.mail_to("ben@ode.example")) == 2

    second = world.letters[-1]
    world.answer(second, "ben@ode.example", "Sounds good, can we talk on Monday?")

    assert world.enrolments(lead) == [("inbound", "ended: replied")]
    assert world.tasks(lead)[-1] == ("reply", "open")
    assert ("call", "open") not in world.tasks(lead)
    assert world.read(inbox.of_lead, lead)[0].reply_text == "Sounds good, can we talk on Monday?"
    assert world.mail_to("rita@outreach.test")[-1][1].startswith("Ben Ode")
    world.live_until("2027-07-01T10:00")
    assert len(world.mail_to("ben@ode.example")) == 2  # nothing more by itself

    owner = world.read(leads.by_email, "ben@ode.example").owner_id
    again = world.post_form(name="Ben Ode", email="BEN@ode.example", message="One more thing")
    assert again == lead
    assert world.enrolments(lead)[1][0] == "inbound"
    assert len(world.mail_to("ben@ode.example")) == 3
    assert world.read(leads.by_email, "ben@ode.example").owner_id == owner


@pytest.mark.parametrize("evidence", ["reply", "way out"])
def test_a_letter_of_which_nobody_knew_is_known_once_its_reader_acts(world: Any, evidence: str) -> None:
    """F5, RELIABILITY 1.6: an answer to it, or a link of it, is evidence that it went out; no person has to settle it."""
    world.set_clock("2027-06-01T10:00")
    lead = world.post_form(name="Ben Ode", email="ben@ode.example")
    letter = world.letter("Your request: a price or a quote")
    with world.house.sessions.begin() as session:
        row = session.query(Message).filter_by(lead_id=lead, kind="step").one()
        row.state, row.reason, row.sent_at, row.settled = "unsure", "the line broke", None, False
    if evidence == "reply":
        world.answer(letter, "ben@ode.example", "Sounds good, can we talk on Monday?")
    else:
        address = str(letter["List-Unsubscribe"]).partition("mailto:")[2].rstrip(">")
        world.hand_in("ben@ode.example", [address], b"From: ben@ode.example\r\n\r\n\r\n")
    with world.house.sessions() as session:
        assert session.query(Message.state).filter_by(lead_id=lead, kind="step").scalar() == "sent"
    assert "settled" in world.timeline(lead)


@pytest.mark.parametrize(("partstat", "state"), [("ACCEPTED", "ended: meeting"), ("DECLINED", "ended: replied")])
def test_whoever_answers_an_invitation_gets_no_further_letters_of_the_sequence(
    world: Any, partstat: str, state: str
) -> None:
    """X1, O1, MAIL 1.9: an answer of a calendar is a person's act; a rep sees it."""
    world.set_clock("2027-06-01T10:00")
    lead = world.post_form(name="Ben Ode", email="ben@ode.example")
    letter = world.letter("Your request: a price or a quote")
    calendar = f"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:1\r\nATTENDEE;PARTSTAT={partstat}:mailto:ben@ode.example\r\n"
    raw = (
        f"From: ben@ode.example\r\nTo: {letter['Reply-To']}\r\nSubject: {partstat.title()}: a talk\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: text/calendar; method=REPLY\r\n\r\n{calendar}END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    world.hand_in("ben@ode.example", [str(letter["Reply-To"])], raw.encode())
    assert world.enrolments(lead) == [("inbound", state)]
    assert ("task", "open") in world.tasks(lead)
    world.live_until("2027-07-01T10:00")
    assert len(world.mail_to("ben@ode.example")) == 1


def test_a_double_click_is_one_submission_with_one_answer(world: Any) -> None:
    """O9: the same post twice is one submission, one enrolment, one letter."""
    world.set_clock("2027-06-01T10:00")
    for _ in range(2):
        world.post_form(name="Ben Ode", email="ben@ode.example")
    assert len(world.mail_to("ben@ode.example")) == 1
    assert len(world.mail_to("rita@outreach.test")) == 1


def test_an_unsubscribe_by_mail_wins_over_everything(world: Any) -> None:
    """X7, MAIL U6: mail to the unsubscribe address of a letter ends all, at once; Apple's says auto-replied."""
    world.set_clock("2027-06-01T10:00")
    lead = world.post_form(name="Ben Ode", email="ben@ode.example")
    header = str(world.letter("Your request: a price or a quote")["List-Unsubscribe"])
    address = header.partition("mailto:")[2].rstrip(">")
    raw = f"From: ben@ode.example\r\nTo: {address}\r\nAuto-Submitted: auto-replied\r\nX-Apple-Unsubscribe: true\r\n\r\n\r\n"
    world.hand_in("ben@ode.example", [address], raw.encode())
    assert world.enrolments(lead) == [("inbound", "ended: unsubscribed")]
    world.live_until("2027-08-01T10:00")
    assert len(world.mail_to("ben@ode.example")) == 1


def test_an_unsubscribe_to_the_mailbox_itself_counts_by_its_subject(world: Any) -> None:
    """X7: where a mailbox is polled, the wish comes to its own address with the token as the subject."""
    world.set_clock("2027-06-01T10:00")
    lead = world.post_form(name="Ben Ode", email="ben@ode.example")
    token = (
        str(world.letter("Your request: a price or a quote")["List-Unsubscribe"]).partition("/u/")[2].partition(">")[0]
    )
    raw = f"From: somebody@else.example\r\nTo: hello@outreach.test\r\nSubject: Unsubscribe-{token}\r\n\r\n\r\n"
    world.hand_in("somebody@else.example", ["hello@outreach.test"], raw.encode())
    assert world.enrolments(lead) == [("inbound", "ended: unsubscribed")]


def test_mail_from_somebody_unknown_becomes_a_task(world: Any) -> None:
    """DESIGN 5c: unmatched human mail is never dropped."""
    world.set_clock("2027-06-01T10:00")
    raw = b"From: Zoe <zoe@else.example>\r\nTo: hello@outreach.test\r\nSubject: Hello\r\nMessage-ID: <1@else>\r\n\r\nDo you do windows?\r\n"
    world.hand_in("zoe@else.example", ["hello@outreach.test"], raw)
    with world.house.sessions() as session:
        from outreach.store.tasks import Task

        assert [(t.kind, t.state) for t in session.query(Task)] == [("unknown_mail", "open")]
