"""W6: the zone of a lead who says nothing of it is that of the colleagues, before the owner's and ours."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from outreach.journeys import accounts, answer, capture, edit_lead
from outreach.store import account, tasks
from outreach.store.leads import Lead
from outreach.store.messages import Message

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


def test_a_zone_that_a_person_takes_out_is_found_again_by_the_chain(session: Any, house: Any) -> None:
    """W6: an empty field is no zone of the lead's own, neither now nor when they write again."""
    account.get(session).zone = "Europe/Berlin"
    lead = _noted(session, house, "ada@northwind.test")
    user = accounts.add_user(session, "olga@outreach.test", "Olga", "rep", "correct horse battery")
    edit_lead.save(session, house, lead.id, {"zone": "America/Denver"}, user, NOW)
    assert (lead.zone, lead.zone_source) == ("America/Denver", "field")
    edit_lead.save(session, house, lead.id, {"zone": ""}, user, NOW)
    assert (lead.zone, lead.zone_source) == ("Europe/Berlin", "account")


def test_a_lead_without_a_zone_is_called_in_the_morning_of_the_account(session: Any, house: Any) -> None:
    """W6: whoever came in without a zone lives where the account is, also where a date is all that is known."""
    account.get(session).zone = "America/New_York"
    lead = _noted(session, house, "ada@northwind.test")
    lead.zone = lead.zone_source = ""
    session.flush()
    letter = Message(
        kind="step", lead_id=lead.id, to_address=lead.email, due_at=NOW, queued_at=NOW, state="sent", sent_at=NOW,
        references=[], extra={},
    )  # fmt: skip
    session.add(letter)
    session.flush()
    answer.answered(session, house, letter.id, "later", date(2026, 6, 1), NOW)
    session.flush()
    (call,) = (task for task in tasks.open_of_lead(session, lead.id) if task.kind == "call")
    assert call.due_at == datetime(2026, 6, 1, 9, tzinfo=ZoneInfo("America/New_York"))


def test_a_number_that_was_written_otherwise_is_the_same_person(session: Any, house: Any) -> None:
    """A number is kept in one form, whoever typed it: who calls again is found, also after somebody set it right."""
    user = accounts.add_user(session, "olga@outreach.test", "Olga", "rep", "correct horse battery")

    def calls(phone: str) -> int:
        return capture.note_lead(session, house, name="", email="", phone=phone, source="call", now=NOW).lead_id

    first = calls("+49 40 5550163")
    assert calls("+49405550163") == first
    edit_lead.save(session, house, first, {"phone": "+49 40 555 01 64"}, user, NOW)
    assert calls("+49 (40) 5550164") == first
    assert calls("+49 40 5550165") != first
