"""W6: the zone of a lead who says nothing of it is that of the colleagues, before the owner's and ours."""

from datetime import UTC, datetime
from typing import Any

from outreach.journeys import capture
from outreach.store import account
from outreach.store.leads import Lead

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)


def _noted(session: Any, house: Any, email: str) -> Lead:
    captured = capture.note_lead(
        session, house, name="", email=email, phone="", company="", topic="", message="", source="card",
        sequence_id=None, owner_id=None, now=NOW, actor_id=None,
    )  # fmt: skip
    session.flush()
    found: Lead = session.get_one(Lead, captured.lead_id)
    return found


def test_a_colleague_s_known_zone_goes_before_ours(session: Any, house: Any) -> None:
    """W6."""
    account.get(session).zone = "Europe/Berlin"
    session.flush()
    colleague = _noted(session, house, "ada@northwind.test")
    colleague.zone, colleague.zone_source = "America/Denver", "browser"
    session.flush()
    lead = _noted(session, house, "bob@northwind.test")
    assert (lead.zone, lead.zone_source) == ("America/Denver", "company")


def test_guesses_of_colleagues_and_free_mail_say_nothing(session: Any, house: Any) -> None:
    """W6: what is only guessed of a colleague is not taken on, and an address at a free-mail domain has no colleagues."""
    account.get(session).zone = "Europe/Berlin"
    session.flush()
    for email, source in (("ada@northwind.test", "postal (guessed)"), ("eve@gmail.com", "browser")):
        one = _noted(session, house, email)
        one.zone, one.zone_source = "America/Denver", source
    session.flush()
    for email in ("bob@northwind.test", "bob@gmail.com"):
        assert _noted(session, house, email).zone == "Europe/Berlin"
