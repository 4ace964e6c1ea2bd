"""Automatic letters need a basis where the lead's law asks for one; it runs out, and is renewed (MAIL C2, C5)."""

from datetime import timedelta
from typing import Any

import pytest

from outreach.cli import doctor
from outreach.core import jurisdictions, remedies, states
from outreach.errors import Refused
from outreach.journeys import advance, capture, claiming, edit_lead, enrol, facts, places, write
from outreach.store import account, audiences, bases, consents, deals
from outreach.store.consents import Consent
from outreach.store.forms import Submission
from outreach.store.leads import Lead
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message
from tests.journeys.people import START, Office


@pytest.fixture
def office(house: Any) -> Office:
    return Office(house).asks_for_a_basis()


def lead_in(office: Office, session: Any, country: str, name: str = "anna") -> Lead:
    lead = office.lead(session, name)
    lead.country = country
    return lead


def enrolled(office: Office, session: Any, lead: Lead) -> int:
    found = enrol.enrol(session, office.house, lead, office.sequence(session), office.house.now(session)).enrolment
    assert found is not None
    return found.id


def work(office: Office) -> None:
    while advance.advance(office.house):
        pass


def test_without_a_basis_a_letter_is_blocked_and_goes_once_one_is_noted(office: Office) -> None:
    """C5: the reason is shown and says what helps; a person's own mail is never held by it."""
    with office.house.sessions.begin() as session:
        lead = lead_in(office, session, "CA")
        number, lead_id = enrolled(office, session, lead), lead.id
        mona, now = office.user(session, "mona"), office.house.now(session)
        write.own_mail(session, lead, mona, "Your question", "Yes, we can.", now)
    work(office)
    row = office.enrolment(number)
    assert row.state == states.BASIS
    assert "Canada asks for a basis (CASL): they agreed to it, they asked us something" in row.reason
    assert row.due_at is not None
    assert "new request" in remedies.of(row.state)[0]
    with office.house.sessions.begin() as session:
        assert [one.kind for one in session.query(Message)] == ["own"]
        mona, now = office.user(session, "mona"), office.house.now(session)
        for wrong in (
            ("sales", "consent", "x"),
            (jurisdictions.FOLLOW_UP, "luck", "x"),
            (jurisdictions.FOLLOW_UP, "consent", " "),
        ):
            with pytest.raises(Refused):
                edit_lead.state_basis(session, lead_id, *wrong, mona, now)
        edit_lead.state_basis(session, lead_id, jurisdictions.FOLLOW_UP, "consent", "said so on the phone", mona, now)
    work(office)
    with office.house.sessions.begin() as session:
        assert [one.kind for one in session.query(Message).order_by(Message.id)] == ["own", "step"]
        said = session.query(Consent).one()
        assert (said.basis, said.source, said.wording, said.channel) == (
            "consent",
            "Mona",
            "said so on the phone",
            "email",
        )


def test_an_enquiry_runs_out_in_canada_and_a_new_one_renews_it(office: Office) -> None:
    """C2: six months; asked once more when the letter's turn has come."""
    with office.house.sessions.begin() as session:
        asked = {"name": "Anna", "email": "anna@lumen.example", "source": "call"}
        lead_id = capture.note_lead(session, office.house, now=office.house.now(session), **asked).lead_id
        lead = session.get(Lead, lead_id)
        lead.country = "CA"
        enrolled(office, session, lead)
    work(office)
    with office.house.sessions.begin() as session:
        letter = session.query(Message).filter_by(kind="step").one()
        assert letter.state == "queued"
        letter.due_at = START + timedelta(days=190)
    office.at(START + timedelta(days=190))  # the mail server was away for half a year
    with office.house.sessions.begin() as session:
        if session.query(Mailbox).first() is None:
            session.add(Mailbox(address="hello@outreach.test", created_at=START))
    with office.house.sessions.begin() as session:
        claiming.claim(session, office.house, "me", "outbound", 10, 0)
    with office.house.sessions.begin() as session:
        letter = session.query(Message).filter_by(kind="step").one()
        assert (letter.state, letter.reason) == ("queued", states.BASIS)
        lead = session.get(Lead, lead_id)
        found = bases.standing(session, lead, jurisdictions.FOLLOW_UP, office.house.now(session))
        assert "ended on 4 September 2026 (CASL); a new request renews it" in found.text
        again = asked | {"topic": "once more"}
        capture.note_lead(session, office.house, now=office.house.now(session), **again)
        assert bases.standing(session, lead, jurisdictions.FOLLOW_UP, office.house.now(session)).may


@pytest.mark.parametrize(
    ("country", "how", "follow_up", "education"),
    [("DE", "", False, False), ("DE", "call", True, False), ("DE", "card", True, False), ("DE", "won", True, True),
     ("DE", "agreed", False, True), ("CA", "card", True, False), ("US", "", True, True), ("", "", True, True)],
)  # fmt: skip
def test_the_rows_that_are_there_are_the_evidence(
    office: Office, session: Any, country: str, how: str, follow_up: bool, education: bool
) -> None:
    """C5: requests, cards, sales and consents, each for what it counts; newsletters and nurture ask the same."""
    lead, now = lead_in(office, session, country), office.house.now(session)
    if how in ("call", "card"):
        session.add(Submission(lead_id=lead.id, fingerprint=how, source=how, answers={}, context={}, at=now))
    elif how == "won":
        session.add(deals.Deal(lead_id=lead.id, state="won", at=now, closed_at=now))
    elif how == "agreed":
        session.add(Consent(lead_id=lead.id, purpose=consents.EDUCATION, granted=True, at=now))
    session.flush()
    assert bases.standing(session, lead, jurisdictions.FOLLOW_UP, now).may is follow_up
    assert bases.standing(session, lead, jurisdictions.EDUCATION, now).may is education
    refused = facts.refused_education(session, lead, now)
    assert (refused is None) is education
    known = audiences.known(session, [lead], now - facts.LOOK_BACK)
    place = places.place_of(lead, known, account.get(session), now)
    assert (place.at is not None) is education
    assert education or place.text == "no basis for educational mail (ePrivacy Directive and GDPR)." or country == "CA"


def test_who_runs_the_house_decides_whether_a_basis_is_asked_for(office: Office, session: Any) -> None:
    """C5: with the switch off nothing is held, but a no stays a no."""
    lead, now = lead_in(office, session, "DE"), office.house.now(session)
    account.get(session).basis_asked = False
    assert bases.standing(session, lead, jurisdictions.EDUCATION, now).may
    session.add(Consent(lead_id=lead.id, purpose=consents.EDUCATION, granted=False, at=now))
    assert facts.refused_education(session, lead, now) == "no consent to educational mail"


def test_the_doctor_tells_a_house_whose_country_asks_for_a_basis(office: Office) -> None:
    """C5: it is off until an administrator switches it on, and not unsaid."""
    for country, asked, told in (("DE", False, 1), ("DE", True, 0), ("US", False, 0), ("", False, 0)):
        with office.house.sessions.begin() as session:
            us = account.get(session)
            us.country, us.basis_asked = country, asked
        found = list(doctor.basis(office.house))
        assert len(found) == told
        assert all("European Union and EEA" in one.what for one in found)
