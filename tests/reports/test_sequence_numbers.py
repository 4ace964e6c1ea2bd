"""Numbers of a sequence: people, by enrolment (RULES N)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from outreach.core import editing
from outreach.journeys import publish
from outreach.reports import sequence_numbers
from outreach.store.deals import Interview
from outreach.store.enrolments import Enrolment
from outreach.store.inbox import InboundMail
from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.store.sequences import SequenceRow
from outreach.store.tasks import Task

START = datetime(2026, 3, 4, 9, tzinfo=UTC)


class Cast:
    """People who go through one sequence."""

    def __init__(self, session: Any, row: SequenceRow) -> None:
        self.session, self.row, self.count = session, row, 0

    def enters(self, state: str = "waiting: delay", ended: datetime | None = None) -> Enrolment:
        self.count += 1
        lead = Lead(email=f"lead{self.count}@x.example", fields={}, created_at=START, last_activity_at=START)
        enrolment = Enrolment(
            sequence_id=self.row.id, version_id=self.row.current_version_id, class_="nurture", state=state,
            step_key=None if ended else "email", due_at=None if ended else START, anchor_at=START, memory={},
            entered_at=START, ended_at=ended,
        )  # fmt: skip
        self.session.add(lead)
        self.session.flush()
        enrolment.lead_id = lead.id
        self.session.add(enrolment)
        self.session.flush()
        return enrolment

    def gets(self, who: Enrolment, step: str, at: datetime, state: str = "sent") -> None:
        self.session.add(
            Message(
                kind="step",
                lead_id=who.lead_id,
                enrolment_id=who.id,
                step_key=step,
                to_address="x",
                state=state,
                sent_at=at if state == "sent" else None,
                due_at=at,
                queued_at=at,
                extra={},
                references=[],
            )
        )
        self.session.flush()

    def answers(self, who: Enrolment, at: datetime, class_: str = "human") -> None:
        raw = f"{who.id}{at}".encode()
        self.session.add(
            InboundMail(
                sha256=raw.hex(),
                source="smtp",
                raw=raw,
                received_at=at,
                state="done",
                class_=class_,
                lead_id=who.lead_id,
                references=[],
                detail={},
            )
        )
        self.session.flush()


@pytest.fixture
def row(session: Any) -> SequenceRow:
    made = publish.create(session, editing.blank("Cadence"), START)
    publish.publish(session, made, START, None)
    return made


@pytest.fixture
def cast(session: Any, row: SequenceRow) -> Cast:
    return Cast(session, row)


def hours(number: int) -> datetime:
    return START + timedelta(hours=number)


def test_a_sequence_that_nobody_entered_has_no_rates(session: Any, row: SequenceRow):
    found = sequence_numbers.headline(session, row.id)
    assert (found.inside, found.reply_rate, found.opt_out_rate) == (0, None, None)


def test_the_head_line_counts_people_and_not_mails(session: Any, row: SequenceRow, cast: Cast):
    """N: reply rate = people with a human reply / contacted."""
    silent, talker, leaver = (
        cast.enters(),
        cast.enters("ended: replied", hours(5)),
        cast.enters("ended: unsubscribed", hours(5)),
    )
    cast.enters()
    for who in (silent, talker, leaver):
        cast.gets(who, "email", hours(1))
        cast.gets(who, "day-2", hours(2))
    cast.answers(talker, hours(3))
    cast.answers(talker, hours(4))
    found = sequence_numbers.headline(session, row.id)
    assert (found.inside, found.entered, found.contacted, found.replied, found.opted_out) == (2, 4, 3, 1, 1)
    assert found.reply_rate == pytest.approx(1 / 3)
    assert sequence_numbers.headlines(session) == {row.id: found}


def test_an_out_of_office_is_no_reply(session: Any, row: SequenceRow, cast: Cast):
    """O6."""
    who = cast.enters()
    cast.gets(who, "email", hours(1))
    cast.answers(who, hours(2), "out_of_office")
    assert sequence_numbers.headline(session, row.id).replied == 0
    assert sequence_numbers.steps(session, row.id)["email"].replied == 0


def test_a_reply_belongs_to_the_last_letter_before_it(session: Any, row: SequenceRow, cast: Cast):
    """N: step credit."""
    who = cast.enters()
    cast.gets(who, "email", hours(1))
    cast.gets(who, "day-2", hours(48))
    cast.answers(who, hours(50))
    found = sequence_numbers.steps(session, row.id)
    assert (found["email"].sent, found["email"].replied) == (1, 0)
    assert (found["day-2"].sent, found["day-2"].replied) == (1, 1)


def test_a_letter_that_was_not_sent_is_no_number_but_is_history(session: Any, row: SequenceRow, cast: Cast):
    """V6: a receipt in any state keeps the step."""
    cast.gets(cast.enters(), "email", hours(1), "queued")
    assert "email" in sequence_numbers.with_history(session, row.id)
    assert sequence_numbers.steps(session, row.id)["email"].sent == 0


def test_calls_are_counted_as_made_done_and_reached(session: Any, row: SequenceRow, cast: Cast):
    for state, outcome in (("done", "interested"), ("done", "no answer"), ("open", "")):
        who = cast.enters()
        session.add(
            Task(
                kind="call",
                state=state,
                outcome=outcome,
                lead_id=who.lead_id,
                enrolment_id=who.id,
                step_key="call",
                title="Call",
                due_at=START,
                created_at=START,
                done_at=hours(1) if state == "done" else None,
                memory={},
            )
        )
    session.flush()
    found = sequence_numbers.steps(session, row.id)["call"]
    assert (found.tasks, found.done, found.reached) == (3, 2, 1)


def test_an_interview_belongs_to_the_last_touch_before_it(session: Any, row: SequenceRow, cast: Cast):
    """N: booked during the enrolment or 14 days after."""
    who, late = cast.enters("ended: replied", hours(3)), cast.enters("ended: replied", hours(3))
    for one in (who, late):
        cast.gets(one, "email", hours(1))
    session.add(Interview(lead_id=who.lead_id, booked_at=hours(24)))
    session.add(Interview(lead_id=late.lead_id, booked_at=hours(24 * 20)))
    session.flush()
    assert sequence_numbers.steps(session, row.id)["email"].booked == 1
    assert sequence_numbers.headline(session, row.id).interviews == 1


def test_who_is_inside_comes_with_the_next_date_first(session: Any, row: SequenceRow, cast: Cast):
    later, sooner = cast.enters(), cast.enters()
    later.due_at = hours(5)
    session.flush()
    assert [one.lead_id for one in sequence_numbers.inside(session, row.id)] == [sooner.lead_id, later.lead_id]
    assert sequence_numbers.inside_by_version(session, row.id) == {row.current_version_id: 2}
