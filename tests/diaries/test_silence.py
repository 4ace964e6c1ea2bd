"""Diary: Anna asks, and never says a word again. Over a weekend, Easter and the change to summer time; the rep does nothing."""

from datetime import UTC, datetime
from typing import Any

from outreach.journeys import edit_lead
from outreach.store import forms, templates, users
from outreach.store.mailboxes import Mailbox
from outreach.store.templates import Template


def test_silence_is_followed_up_to_the_end_and_into_nurture(world: Any) -> None:
    """D2, D5, D6, D9, W2, W8, T1, T2, K1, K2, M4, N: days 0 to 8, break-up letter, grace, nurture."""
    world.set_clock("2027-03-23T10:00")
    lead = world.post_form(name="Anna Weber", email="anna@lumen.example", phone="+49 40 555 0163")
    assert [subject for _, subject in world.mail_to("anna@lumen.example")] == ["Your request: a price or a quote"]
    assert [subject for _, subject in world.mail_to("rita@outreach.test")] == ["New lead: Anna Weber"]

    world.live_until("2027-06-30T12:00")

    mail = world.mail_to("anna@lumen.example")
    assert [at for at, _ in mail[:5]] == [
        "Tue 23 Mar 10:00",  # at once
        "Thu 25 Mar 10:00",  # day 2
        "Tue 30 Mar 10:00",  # day 4 is a Saturday; Good Friday and Easter Monday are closed, summer time came on Sunday
        "Wed 31 Mar 10:00",  # day 6 was Easter Monday; one business day after the letter before (D9)
        "Thu 01 Apr 10:00",  # day 8, and again one business day later
    ]
    assert mail[1][1] == mail[2][1] == "Re: Your request: a price or a quote"
    assert mail[4][1] == "Shall I close your request?"
    first, second, third = (world.letters[i] for i in _indexes(world, "anna@lumen.example")[:3])
    assert second["In-Reply-To"] == first["Message-ID"]
    assert third["References"].split() == [first["Message-ID"], second["Message-ID"]]
    assert "I tried to call" not in third.get_body(("plain",)).get_content()

    nurture = [at for at, _ in mail[5:]]
    assert nurture[:3] == ["Mon 05 Apr 10:00", "Mon 12 Apr 10:00", "Mon 19 Apr 10:00"]
    assert len(nurture) == 5  # then one a month: May and June
    assert world.enrolments(lead) == [("inbound", "ended: no reply"), ("nurture", "waiting: delay")]
    assert [s.state for s in world.read(forms.submissions_of, lead)] == ["archived"]
    assert {state for _, state in world.tasks(lead)} <= {"cancelled", "skipped"}
    assert ("call", "skipped") in world.tasks(lead)


def test_running_every_step_twice_sends_nothing_twice(world: Any) -> None:
    """F5: the jobs run twice at every tick; each letter has its own Message-ID and went once."""
    world.set_clock("2027-03-23T10:00")
    world.post_form(name="Anna Weber", email="anna@lumen.example")
    world.live_until("2027-04-10T12:00")
    ids = [m["Message-ID"] for m in world.letters]
    assert len(ids) == len(set(ids)) == 7


def test_who_refused_educational_mail_gets_none(world: Any) -> None:
    """N, C4: finished without reply = moved to nurture + excluded with a reason; an empty box is a no."""
    world.set_clock("2027-03-23T10:00")
    lead = world.post_form(name="Anna Weber", email="anna@lumen.example", consent=False)
    world.live_until("2027-05-30T12:00")
    assert world.enrolments(lead) == [("inbound", "ended: no reply")]
    assert "excluded" in world.timeline(lead)
    assert len(world.mail_to("anna@lumen.example")) == 5


def _indexes(world: Any, address: str) -> list[int]:
    return [i for i, m in enumerate(world.letters) if address in m["To"]]


def test_a_letter_whose_text_comes_to_need_a_field_while_it_waits_is_blocked_and_goes_once_it_is_filled(
    world: Any,
) -> None:
    """F3, V2: the text was changed between the decision and the mail server; never a gap, never forgotten."""
    world.set_clock("2027-06-01T10:00")
    lead = world.post_form(name="Ben Ode", email="ben@ode.example", phone="+49 30 555 0100")
    with world.house.sessions.begin() as session:
        for box in session.query(Mailbox):
            box.paused_until, box.paused_reason = datetime(2099, 1, 1, tzinfo=UTC), "away"
    world.live_until("2027-06-03T12:00")
    with world.house.sessions.begin() as session:
        template = session.query(Template).filter_by(key="day-2").one()
        body = "<mj-section><mj-column><mj-text>Hello {{ company }}</mj-text></mj-column></mj-section>"
        templates.save(session, template, "For {{ company }}", body, "", world.house.now(session), None)
        for box in session.query(Mailbox):
            box.paused_until, box.paused_reason = None, ""
    world.settle()
    assert world.enrolments(lead) == [("inbound", "blocked: missing company")]
    assert len(world.mail_to("ben@ode.example")) == 1

    with world.house.sessions.begin() as session:
        edit_lead.save(
            session,
            world.house,
            lead,
            {"company": "Ode Ltd"},
            users.by_email(session, "rita@outreach.test"),
            world.house.now(session),
        )
    world.live_until("2027-06-03T16:00")
    letter = next(one for one in reversed(world.letters) if "ben@ode.example" in str(one["To"]))
    assert "Hello Ode Ltd" in letter.get_body(("plain",)).get_content()
