"""Before a sequence writes to people outside: what is missing is said, and without a postal address nothing goes (MAIL A1, C1)."""

from typing import Any

import pytest

from outreach import documents
from outreach.journeys import publish
from outreach.store import account, mailboxes
from outreach.store.mailboxes import Mailbox
from outreach.store.sequences import SequenceRow
from tests.web.conftest import live_sequence
from tests.web.test_sequences import DOCUMENT


@pytest.fixture
def draft(house: Any) -> int:
    """A sequence whose first letter was edited."""
    number = live_sequence(house, DOCUMENT)
    with house.sessions.begin() as session:
        row = session.get_one(SequenceRow, number)
        publish.save_draft(session, row, documents.read(DOCUMENT.replace("Did it arrive?", "Is it well there?")))
    return number


def a_real_mailbox(house: Any) -> None:
    with house.sessions.begin() as session:
        session.add(Mailbox(address="hello@lumen-roofs.com", created_at=house.now(session), smtp_secret=b"sealed"))


def test_a_trial_is_warned_and_may_go_on(admin: Any, house: Any, draft: int) -> None:
    page = admin.get(f"/sequences/{draft}/publish").text
    assert "postal address" in page
    assert "never checked" not in page
    answer = admin.post(f"/sequences/{draft}/publish")
    assert answer.headers["Location"].endswith(f"/sequences/{draft}")


def test_where_letters_leave_a_postal_address_is_needed_and_dns_is_spoken_of(
    admin: Any, house: Any, draft: int
) -> None:
    """MAIL C1, A1."""
    a_real_mailbox(house)
    page = admin.get(f"/sequences/{draft}/publish").text
    assert "The DNS records of lumen-roofs.com were never checked" in page
    refused = admin.post(f"/sequences/{draft}/publish")
    assert refused.headers["Location"].endswith("/publish")
    assert "postal address" in admin.get(f"/sequences/{draft}/publish").text
    with house.sessions.begin() as session:
        account.get(session).postal_address = "14 Harbour Street, Bristol"
        assert len(mailboxes.active(session)) >= 1
    answer = admin.post(f"/sequences/{draft}/publish")
    assert answer.headers["Location"].endswith(f"/sequences/{draft}")


def test_a_postal_address_that_letters_show_is_changed_but_not_emptied(admin: Any, house: Any) -> None:
    """MAIL C1, C2: what went live with it goes on with it."""
    company = {
        "company": "Lumen Roofs",
        "brand_color": "#1f5f5b",
        "zone": "Europe/London",
        "postal_address": "14 Harbour Street, Bristol",
    }
    admin.get("/settings")
    assert admin.post("/settings", company).status_code == 303
    refused = admin.post("/settings", company | {"postal_address": " "})
    assert refused.status_code == 422
    assert "not emptied" in refused.text
    assert admin.post("/settings", company | {"postal_address": "1 Quay, Bristol"}).status_code == 303
    with house.sessions() as session:
        assert account.get(session).postal_address == "1 Quay, Bristol"
