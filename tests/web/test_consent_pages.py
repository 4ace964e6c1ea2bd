"""By what leads may be written to, on the pages: the lead, the list that is pasted, the rules (MAIL C2, C5)."""

from typing import Any

import pytest

from outreach.core import states
from outreach.journeys import advance, enrol
from outreach.store import account
from outreach.store.consents import Consent
from outreach.store.enrolments import Enrolment
from outreach.store.leads import Lead
from outreach.store.messages import Message
from tests.journeys.people import Office
from tests.web.conftest import PASSWORD, Visitor


@pytest.fixture
def office(house: Any) -> Office:
    return Office(house).asks_for_a_basis()


@pytest.fixture
def mona(app: Any, office: Office) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in("mona@outreach.test", PASSWORD)
    return visitor


def work(office: Office) -> None:
    while advance.advance(office.house):
        pass


def test_the_leads_page_says_why_nothing_goes_and_a_rep_notes_a_basis(mona: Visitor, office: Office) -> None:
    """C5: the reason, and the way to renew."""
    with office.house.sessions.begin() as session:
        lead = office.lead(session, "anna")
        lead.country, number = "CA", lead.id
        enrol.enrol(session, office.house, lead, office.sequence(session), office.house.now(session))
    work(office)
    page = mona.get(f"/leads/{number}").text
    assert "None is known" in page
    assert "a consent noted on the lead" in page
    path, given = (
        f"/leads/{number}/basis",
        {"purpose": "follow-up", "basis": "consent", "words": "said so", "until": "2026-12-31"},
    )
    assert mona.post(path, given | {"until": "soon"}).status_code == 400
    assert mona.post(path, given | {"words": ""}).status_code == 400
    assert mona.post(path, given).status_code == 303
    page = mona.get(f"/leads/{number}").text
    assert "They agreed to it on" in page
    assert "until" in page
    work(office)
    with office.house.sessions() as session:
        assert session.query(Message).filter_by(kind="step", state="queued").count() == 1


def test_a_pasted_list_says_why_its_people_may_be_written_to(mona: Visitor, office: Office) -> None:
    """C5: without it they wait, with it they are written to."""
    with office.house.sessions.begin() as session:
        account.get(session).country = "CA"
        sequence = str(office.sequence(session).id)
    mona.get("/leads/import")
    for name, basis in (("ann", ""), ("bo", "purchase")):
        text = f"name,email\n{name.capitalize()},{name}@lead.example"
        given = {"text": text, "sequence": sequence, "owner": "", "tag": "", "basis": basis, "import": "1"}
        assert "1 line taken" in mona.post("/leads/import", given).text
    work(office)
    with office.house.sessions() as session:
        found = {
            lead.name: (session.query(Enrolment).filter_by(lead_id=lead.id).one().state == states.BASIS)
            for lead in session.query(Lead)
        }
        assert found == {"Ann": True, "Bo": False}
        assert {(row.basis, row.source) for row in session.query(Consent)} == {("purchase", "import")}


def test_the_rules_of_consent_are_the_accounts_to_change(mona: Visitor, office: Office) -> None:
    """C5: months as data; what is no number is said beside its field and changes nothing."""
    page = mona.get("/settings/consent").text
    assert "Canada" in page
    assert 'placeholder="6 months"' in page
    refused = mona.post("/settings/consent", {"asked": "1", "CA-enquiry": "six"})
    assert refused.status_code == 422
    assert "Write months" in refused.text
    assert mona.post("/settings/consent", {"CA-enquiry": "3", "EU-purchase": "0"}).status_code == 303
    with office.house.sessions() as session:
        us = account.get(session)
        assert (us.basis_asked, us.consent_months) == (False, {"CA": {"enquiry": 3}, "EU": {"purchase": 0}})
    page = mona.get("/settings/consent").text
    assert 'value="3"' in page
    rita = Visitor(mona.client.application)
    rita.sign_in("rita@outreach.test", PASSWORD)
    assert rita.get("/settings/consent").status_code == 403
