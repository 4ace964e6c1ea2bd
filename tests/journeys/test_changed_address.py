"""What comes back of a letter whose lead has another address by now (RULES F2, P6, X7)."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from outreach.journeys import advance, delivery_reports, edit_lead, opt_out
from outreach.store import account, consents
from outreach.store.enrolments import Enrolment
from outreach.store.leads import Lead
from outreach.store.messages import Message
from tests.journeys.people import START, Office

OLD, NEW = "anna@old.example", "anna@lumen.example"


def written_to_the_old_address(house: Any, office: Office | None = None) -> tuple[int, int, int]:
    """Enrolment, lead and letter."""
    office = office or Office(house)
    with house.sessions.begin() as session:
        entered = office.inside(session, office.sequence(session), "anna")
        letter = Message(
            kind="own", state="sent", sent_at=START, lead_id=entered.lead_id, to_address=OLD, due_at=START,
            queued_at=START, extra={}, references=[], settled=True,
        )  # fmt: skip
        session.add(letter)
        session.flush()
        return entered.id, entered.lead_id, letter.id


def test_a_late_bounce_of_the_old_address_leaves_the_new_one_alone(house: Any, session: Any) -> None:
    """F2, P6: the address was corrected; the sequence goes on at the new one, the old one gets nothing any more."""
    number, lead_id, letter_id = written_to_the_old_address(house)
    with house.sessions.begin() as writing:
        lead, letter = writing.get_one(Lead, lead_id), writing.get_one(Message, letter_id)
        delivery_reports.told(writing, house, letter, lead, "hard", "550 5.1.1 unknown", START, {})
    assert consents.suppression(session, OLD) is not None
    assert consents.suppression(session, NEW) is None
    assert session.get_one(Lead, lead_id).address_state != "dead"
    assert session.get_one(Enrolment, number).ended_at is None


def test_a_complaint_about_a_letter_to_the_old_address_stops_all_the_same(house: Any, session: Any) -> None:
    """X7: it is the person who complained, whatever the address: both are suppressed, every programme ends."""
    number, lead_id, letter_id = written_to_the_old_address(house)
    with house.sessions.begin() as writing:
        opt_out.complain(writing, house, OLD, START, letter_id, lead_id)
    assert consents.suppression(session, OLD) is not None
    assert consents.suppression(session, NEW) is not None
    assert session.get_one(Enrolment, number).ended_at is not None


def test_a_letter_that_waits_goes_to_the_new_address(house: Any, session: Any) -> None:
    """P6, V2: what was queued before the correction does not go to the address that was wrong."""
    office = Office(house)
    _, lead_id, letter_id = written_to_the_old_address(house, office)
    with house.sessions.begin() as writing:
        letter = writing.get_one(Message, letter_id)
        letter.state, letter.to_address, letter.sent_at = "queued", NEW, None
        rita = office.user(writing, "rita")
        assert edit_lead.save(writing, house, lead_id, {"email": "Anna@Right.example"}, rita, START) == {}
    assert session.get_one(Message, letter_id).to_address == "anna@right.example"


def test_a_step_that_the_old_address_refused_is_sent_to_the_new_one(house: Any, session: Any) -> None:
    """F2, P6, F5: refused at the door, so surely not delivered: the step is decided again, with the same receipt."""
    office = Office(house)
    number, lead_id, _ = written_to_the_old_address(house, office)
    with house.sessions.begin() as writing:
        account.get(writing).cap_day = 9
    advance.advance(house)
    for day in range(1, 6):
        office.at(START + timedelta(days=day))
        advance.advance(house)
    with house.sessions.begin() as writing:
        letter = writing.scalars(select(Message).where(Message.enrolment_id == number, Message.step_key == "two")).one()
        assert letter.state == "queued"
        letter.to_address, letter.state, letter.delivered, letter.reason = OLD, "failed", "bounced", "550 5.1.1 unknown"
    for _ in range(3):
        advance.advance(house)
    session.expire_all()
    letter = session.scalars(select(Message).where(Message.enrolment_id == number, Message.step_key == "two")).one()
    assert (letter.state, letter.to_address, letter.delivered) == ("queued", NEW, "")
    assert session.get_one(Lead, lead_id).address_state != "dead"
