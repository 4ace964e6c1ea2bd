"""What was changed about a lead goes back to the letter, and only what the change itself did."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, update

from outreach.store import changes, consents, leads
from outreach.store.deals import Deal
from outreach.store.leads import Lead, Tag
from outreach.store.messages import Message

NOW = datetime(2026, 3, 10, 12, 0, 0, 120_000, tzinfo=UTC)


@pytest.fixture
def ann(session: Any) -> Lead:
    """Ann has a tag, a deal of some cents, a letter that waits and one that went."""
    lead = leads.insert_new(session, "Ann@acme.test", "form contact", NOW)
    assert lead is not None
    lead.fields = {"size": 4, "rooms": ["hall", "attic"]}
    waits, went = (
        Message(kind="step", lead_id=lead.id, to_address=lead.email, due_at=NOW, queued_at=NOW) for _ in range(2)
    )
    went.state, went.sent_at = "sent", NOW
    deal = Deal(lead_id=lead.id, state="open", amount=Decimal("4800.07"), at=NOW)
    session.add_all([Tag(lead_id=lead.id, tag="warm"), deal, waits, went])
    session.flush()
    return lead


def letter(session: Any, state: str) -> Message:
    found = session.scalar(select(Message).where(Message.state == state))
    assert found is not None
    return found  # type: ignore[no-any-return]


def everything_changes(session: Any, lead: Lead) -> list[changes.Change]:
    before = changes.picture(session, lead)
    lead.stage, lead.fields = "lost", {"size": 5}
    deal = session.scalar(select(Deal))
    deal.state, deal.amount, deal.at = "lost", Decimal("1.5"), NOW + timedelta(days=1)
    leads.remove_tag(session, lead.id, "warm")
    consents.suppress(session, lead.email, "unsubscribed", "reply", NOW)
    letter(session, "queued").state = "cancelled"
    letter(session, "sent").delivered = "bounced"
    return changes.between(before, changes.picture(session, lead))


def test_rows_that_were_changed_made_or_removed_go_back_as_they_were(session: Any, ann: Lead) -> None:
    """O10."""
    before = changes.picture(session, ann)
    done = everything_changes(session, ann)
    assert changes.picture(session, ann) != before
    assert changes.take_back(session, done)
    assert changes.picture(session, ann) == before
    assert session.scalar(select(Deal.amount)) == Decimal("4800.07")


def test_what_was_kept_with_other_spellings_of_the_same_values_goes_back_too(session: Any, ann: Lead) -> None:
    """Moments with all their zeros and amounts as text, as earlier releases kept them."""
    done = everything_changes(session, ann)
    deal = next(change for change in done if change["table"] == "deals")
    deal["after"] |= {"amount": "1.50", "at": "2026-03-11T12:00:00.120000+00:00"}
    assert changes.take_back(session, done)
    assert session.scalar(select(Deal.at)) == NOW


def test_nothing_goes_back_once_a_row_went_on(session: Any, ann: Lead) -> None:
    done = everything_changes(session, ann)
    session.execute(update(Deal).values(amount=Decimal("1.51")))
    assert not changes.take_back(session, done)
    assert session.scalar(select(func.count()).select_from(Tag)) == 0


def test_a_letter_that_a_sender_sends_meanwhile_is_not_taken_back(session: Any, ann: Lead) -> None:
    """F5: senders hold no lock on the lead; what they did is no part of the change, else the letter would go twice."""
    before = changes.picture(session, ann)
    ann.stage = "replied"
    waited = letter(session, "queued")
    waited.state, waited.sent_at = "sent", NOW
    done = changes.between(before, changes.picture(session, ann))
    assert changes.take_back(session, done)
    assert ann.stage == "new"
    assert waited.state == "sent"
