"""A rep files outcomes: the task closes, K3's consequences follow, and what can be taken back is taken back whole."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from outreach.errors import Refused
from outreach.journeys import capture, outcomes, presets
from outreach.store import consents, deals, enrolments, forms, leads, sequences, tasks
from outreach.store.deals import Deal
from outreach.store.enrolments import Enrolment
from outreach.store.events import Event
from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.store.tasks import Task
from outreach.store.users import User

WEEK = {"mon-sun": ["00:00-24:00"]}


@pytest.fixture
def marta(session: Any, house: Any) -> User:
    presets.load_presets(session, house, house.now(session))
    user = User(
        email="marta@outreach.test", name="Marta Silva", role="rep", phone="+46 40 555 0100", working_hours=WEEK
    )
    session.add(user)
    session.flush()
    return user


@pytest.fixture
def now(session: Any, house: Any) -> datetime:
    return house.now(session)  # type: ignore[no-any-return]


@pytest.fixture
def anna(session: Any, house: Any, marta: User, now: datetime) -> Lead:
    """Anna called and is in the inbound sequence."""
    row = sequences.by_name(session, "inbound-0-2-4-6-8")
    assert row is not None
    captured = capture.note_lead(
        session, house, name="Anna Weber", email="anna@lumen.example", phone="+49 30 5550 1420", company="Lumen",
        topic="", message="Can you help?", source="call", sequence_id=row.id, owner_id=marta.id, now=now,
        actor_id=marta.id,
    )  # fmt: skip
    session.flush()
    return session.get_one(Lead, captured.lead_id)


@pytest.fixture
def call(session: Any, anna: Lead, marta: User, now: datetime) -> Task:
    """A call beside the steps, in Marta's list."""
    return task(session, anna, marta, now)


def task(session: Any, lead: Lead, owner: User, now: datetime, kind: str = "call", **more: Any) -> Task:
    row = Task(kind=kind, lead_id=lead.id, owner_id=owner.id, title=f"Call {lead.name}", due_at=now, created_at=now,
               memory={}, **more)  # fmt: skip
    session.add(row)
    session.flush()
    return row


def running(session: Any, lead: Lead) -> list[Enrolment]:
    return enrolments.running(session, lead.id)


def test_no_answer_closes_the_call_and_stops_the_clock_of_the_request(
    session: Any, house: Any, anna: Lead, call: Task, marta: User, now: datetime
) -> None:
    """K3: counted as an attempt, the sequence goes on; N: speed to lead ends at the first human attempt."""
    words = outcomes.file_outcome(session, house, call.id, "no answer", marta, now, "rang six times")
    assert words == "Anna Weber: No answer"
    assert (call.state, call.outcome, call.note, call.done_by) == ("done", "no answer", "rang six times", marta.id)
    assert forms.submissions_of(session, anna.id)[0].first_human_at == now
    assert anna.answered_at == now
    assert [e.class_ for e in running(session, anna)] == ["inbound"]


def test_a_task_is_filed_once(session: Any, house: Any, call: Task, marta: User, now: datetime) -> None:
    outcomes.file_outcome(session, house, call.id, "no answer", marta, now)
    with pytest.raises(Refused, match="not open any more"):
        outcomes.file_outcome(session, house, call.id, "interested", marta, now)


def test_interested_stops_the_sequence_and_makes_the_interview(
    session: Any, house: Any, anna: Lead, call: Task, marta: User, now: datetime
) -> None:
    """K3."""
    outcomes.file_outcome(session, house, call.id, "interested", marta, now)
    assert running(session, anna) == []
    assert "interview" in [t.kind for t in tasks.open_of_lead(session, anna.id)]
    assert anna.stage == "replied"


def test_not_now_moves_to_nurture_and_comes_back_in_that_month(
    session: Any, house: Any, anna: Lead, call: Task, marta: User, now: datetime
) -> None:
    """K3: stop, nurture, come back on a date."""
    back = now + timedelta(days=90)
    outcomes.file_outcome(session, house, call.id, "not now", marta, now, back_on=back)
    assert [e.class_ for e in running(session, anna)] == ["nurture"]
    later = [t for t in tasks.open_of_lead(session, anna.id) if t.kind == "call"]
    assert [abs(t.due_at - back) < timedelta(days=2) for t in later] == [True]
    assert later[0].owner_id == marta.id


def test_not_now_after_a_reply_has_the_same_consequences(
    session: Any, house: Any, anna: Lead, marta: User, now: datetime
) -> None:
    """K3, when the reply ended the sequence already."""
    outcomes.file_outcome(session, house, task(session, anna, marta, now).id, "interested", marta, now)
    reply = task(session, anna, marta, now, "reply")
    outcomes.file_outcome(session, house, reply.id, "not now", marta, now, back_on=now + timedelta(days=40))
    assert [e.class_ for e in running(session, anna)] == ["nurture"]
    assert any(t.title.endswith("asked to come back now") for t in tasks.open_of_lead(session, anna.id))


def test_do_not_contact_suppresses_everywhere(
    session: Any, house: Any, anna: Lead, call: Task, marta: User, now: datetime
) -> None:
    """K3, X7."""
    outcomes.file_outcome(session, house, call.id, "do not contact", marta, now)
    found = consents.suppression(session, anna.email)
    assert found is not None
    assert found.reason == "do not contact"
    assert running(session, anna) == []
    with pytest.raises(Refused, match="do not contact"):
        outcomes.file_outcome(session, house, task(session, anna, marta, now).id, "cant help", marta, now)


def test_a_wrong_number_marks_the_phone(
    session: Any, house: Any, anna: Lead, call: Task, marta: User, now: datetime
) -> None:
    """K3."""
    outcomes.file_outcome(session, house, call.id, "wrong number", marta, now)
    assert anna.phone_bad


def test_a_third_voicemail_is_refused(session: Any, house: Any, anna: Lead, marta: User, now: datetime) -> None:
    """K3: at most two per lead."""
    for _ in range(2):
        outcomes.file_outcome(session, house, task(session, anna, marta, now).id, "left voicemail", marta, now)
    with pytest.raises(Refused, match="Two voicemails"):
        outcomes.file_outcome(session, house, task(session, anna, marta, now).id, "left voicemail", marta, now)


def test_not_qualified_offers_the_referral_ask(
    session: Any, house: Any, anna: Lead, call: Task, marta: User, now: datetime
) -> None:
    """K3."""
    outcomes.file_outcome(session, house, call.id, "not qualified", marta, now)
    assert "referral" in [t.kind for t in tasks.open_of_lead(session, anna.id)]
    assert anna.stage == "lost"


def test_an_interview_goes_from_booked_to_held(
    session: Any, house: Any, anna: Lead, call: Task, marta: User, now: datetime
) -> None:
    """X1: a meeting stops the sequence; afterwards the rep is asked whether it was held."""
    at = now + timedelta(days=2)
    outcomes.file_outcome(session, house, call.id, "interview booked", marta, now, back_on=at)
    assert running(session, anna) == []
    asked = next(t for t in tasks.open_of_lead(session, anna.id) if t.kind == "interview")
    assert asked.due_at == at
    outcomes.file_outcome(session, house, asked.id, "interview held", marta, at)
    assert [i.state for i in deals.interviews_of(session, anna.id)] == ["held"]


def test_won_keeps_the_amount_and_marks_the_customer(
    session: Any, house: Any, anna: Lead, call: Task, marta: User, now: datetime
) -> None:
    """X1."""
    outcomes.file_outcome(session, house, call.id, "won", marta, now, amount=Decimal("4800"))
    deal = session.scalar(select(Deal))
    assert (deal.state, deal.amount, anna.stage) == ("won", Decimal("4800"), "won")
    assert "customer" in leads.tags_of(session, anna.id)


def test_cant_help_sends_the_letter_as_the_reps_own_mail_at_once(
    session: Any, house: Any, anna: Lead, call: Task, marta: User, now: datetime
) -> None:
    """MISSION 5: even "sorry, we can't help" goes out fast."""
    outcomes.file_outcome(session, house, call.id, "cant help", marta, now)
    mail = session.scalar(select(Message).where(Message.kind == "own"))
    assert (mail.lane, mail.state, mail.to_address, mail.user_id) == (
        "urgent",
        "queued",
        "anna@lumen.example",
        marta.id,
    )
    assert "Hello Anna" in mail.body
    assert "Marta Silva" in mail.body
    assert "{{" not in mail.body
    assert running(session, anna) == []


@pytest.mark.parametrize("outcome", ["no answer", "interested", "not interested", "wrong number", "not qualified",
                                     "do not contact", "interview booked", "won"])  # fmt: skip
def test_undo_puts_everything_back_as_it_was(
    session: Any, house: Any, anna: Lead, call: Task, marta: User, now: datetime, outcome: str
) -> None:
    from outreach.store import changes

    before = changes.picture(session, anna)
    outcomes.file_outcome(session, house, call.id, outcome, marta, now)
    assert changes.picture(session, anna) != before
    assert outcomes.undo(session, call.id, marta, now) == "Taken back"
    assert changes.picture(session, anna) == before
    assert call.state == "open"
    assert session.scalars(select(Event.kind).where(Event.kind == "undone")).all() == ["undone"]


def test_undo_is_refused_once_it_went_on(
    session: Any, house: Any, anna: Lead, call: Task, marta: User, now: datetime
) -> None:
    outcomes.file_outcome(session, house, call.id, "not interested", marta, now)
    nurture = running(session, anna)[0]
    nurture.state, nurture.step_key = "waiting: delay", "something-later"
    session.flush()
    with pytest.raises(Refused, match="went on meanwhile"):
        outcomes.undo(session, call.id, marta, now)
    assert call.state == "done"


def test_a_letter_that_was_sent_cannot_be_taken_back(
    session: Any, house: Any, call: Task, marta: User, now: datetime
) -> None:
    outcomes.file_outcome(session, house, call.id, "need more information", marta, now)
    with pytest.raises(Refused, match="nothing to take back"):
        outcomes.undo(session, call.id, marta, now)


def test_snooze_puts_off_and_undo_brings_back(session: Any, house: Any, call: Task, marta: User, now: datetime) -> None:
    outcomes.snooze(session, call.id, marta, now + timedelta(hours=3), now)
    assert call.due_at == now + timedelta(hours=3)
    outcomes.undo(session, call.id, marta, now)
    assert call.due_at == now


def test_the_new_lead_task_and_the_first_call_are_one(
    session: Any, house: Any, anna: Lead, call: Task, marta: User, now: datetime
) -> None:
    """One call, filed once, closes both and counts as one attempt."""
    new = task(session, anna, marta, now, "new_lead")
    outcomes.file_outcome(session, house, new.id, "no answer", marta, now)
    assert call.state == "done"
    assert sum(1 for t in tasks.calls_of(session, anna.id) if t.outcome) == 1
