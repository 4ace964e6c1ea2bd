"""Drafts, versions and the leads inside."""

from dataclasses import replace
from typing import Any

import pytest

from outreach import documents
from outreach.core import editing
from outreach.core.sequences import Delay, Mail, Sequence, Unit, Variant
from outreach.errors import Refused
from outreach.journeys import publish
from outreach.store import sequences
from outreach.store.enrolments import Enrolment
from outreach.store.leads import Lead
from outreach.store.sequences import SequenceRow


@pytest.fixture
def row(session: Any, house: Any) -> SequenceRow:
    """A published sequence of one letter."""
    now = house.now(session)
    made = publish.create(session, editing.blank("Cadence"), now)
    publish.publish(session, made, now, None)
    return made


def inside(session: Any, house: Any, row: SequenceRow) -> Enrolment:
    now = house.now(session)
    lead = Lead(email="anna@lumen.example", fields={}, created_at=now, last_activity_at=now)
    session.add(lead)
    session.flush()
    enrolment = Enrolment(
        lead_id=lead.id, sequence_id=row.id, version_id=row.current_version_id, class_="sales", state="waiting: delay",
        step_key="email", due_at=now, anchor_at=now, memory={}, entered_at=now,
    )  # fmt: skip
    session.add(enrolment)
    session.flush()
    return enrolment


def other_words(sequence: Sequence) -> Sequence:
    letter = Mail((Variant(subject="Other", body="Words"),))
    return editing.change_step(sequence, "email", lambda step: replace(step, payload=letter))


def later(sequence: Sequence) -> Sequence:
    return editing.change_step(sequence, "email", lambda step: replace(step, after=Delay(3, Unit.DAYS)))


def test_a_draft_that_says_what_is_live_is_no_draft(session: Any, row: SequenceRow):
    publish.save_draft(session, row, later(publish.draft_of(session, row)))
    assert row.draft
    publish.save_draft(session, row, publish.published(session, row))
    assert row.draft == ""


def test_a_document_that_cannot_be_right_is_never_kept(session: Any, row: SequenceRow):
    """D10."""
    draft = publish.draft_of(session, row)
    twice = editing.add(draft, replace(draft.steps[0], id="again", after=Delay(0, Unit.MINUTES)))
    with pytest.raises(documents.DocumentError, match="no delay between"):
        publish.save_draft(session, row, twice)
    assert row.draft == ""


def test_leads_inside_finish_their_version_when_the_structure_changes(session: Any, house: Any, row: SequenceRow):
    """V1, V3: new leads only."""
    enrolment, before = inside(session, house, row), row.current_version_id
    publish.save_draft(session, row, later(publish.draft_of(session, row)))
    done = publish.publish(session, row, house.now(session), None)
    session.refresh(enrolment)
    assert (done.version.number, done.moved) == (2, 0)
    assert enrolment.version_id == before


def test_new_texts_reach_everybody_inside(session: Any, house: Any, row: SequenceRow):
    """V2."""
    enrolment = inside(session, house, row)
    publish.save_draft(session, row, other_words(publish.draft_of(session, row)))
    done = publish.publish(session, row, house.now(session), None)
    session.refresh(enrolment)
    assert done.moved == 1
    assert enrolment.version_id == row.current_version_id == done.version.id


def test_nothing_to_publish_is_refused_in_words(session: Any, house: Any, row: SequenceRow):
    with pytest.raises(Refused, match="nothing to publish"):
        publish.publish(session, row, house.now(session), None)


def test_going_back_makes_the_earlier_text_the_draft(session: Any, house: Any, row: SequenceRow):
    """V7."""
    first = sequences.current(session, row)
    publish.save_draft(session, row, later(publish.draft_of(session, row)))
    publish.publish(session, row, house.now(session), None)
    publish.revert(session, row, first)
    assert publish.draft_of(session, row) == publish.read(first.document, row.name)
    publish.publish(session, row, house.now(session), None)
    assert [version.number for version in sequences.versions(session, row.id)] == [3, 2, 1]


def test_two_sequences_never_share_a_name(session: Any, house: Any, row: SequenceRow):
    second = publish.create(session, editing.blank("Cadence"), house.now(session))
    assert second.name == "Cadence 2"
    publish.save_draft(session, second, replace(publish.draft_of(session, second), name="cadence"))
    with pytest.raises(Refused, match="Another sequence is called"):
        publish.publish(session, second, house.now(session), None)
