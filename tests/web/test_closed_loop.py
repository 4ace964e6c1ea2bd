"""/closed-loop, and what the watchdog found on /health."""

from datetime import timedelta
from typing import Any

from sqlalchemy import text

from outreach import documents
from outreach.journeys import enrol, publish, watchdog
from outreach.store.leads import Lead

from .conftest import Visitor

DOCUMENT = "outreach: 1\nname: Cadence\nsteps:\n  - {id: a, task: Do it, after: 1 day}\n"


def ended(house: Any) -> None:
    """Ida came to the end without answering, and nothing followed."""
    with house.sessions.begin() as session:
        now = house.now(session)
        row = publish.create(session, documents.read(DOCUMENT), now)
        publish.publish(session, row, now, None)
        lead = Lead(email="ida@lead.test", name="Ida Stone", fields={}, created_at=now, last_activity_at=now)
        session.add(lead)
        session.flush()
        found = enrol.enrol(session, house, lead, row, now).enrolment
        found.state, found.ended_at, found.due_at = "ended: no reply", now - timedelta(hours=1), None


def test_the_equation_and_its_people_are_shown(admin: Visitor, house: Any) -> None:
    assert "Nobody has ended without a reply" in admin.get("/closed-loop").text
    ended(house)
    page = admin.get("/closed-loop?fate=exception").text
    assert "1 of 1 in nurture" not in page
    assert "0 of 1 in nurture, 0 left out, 1 exceptions" in page
    assert "Ida Stone" in page
    assert "nothing followed" in page
    assert admin.get("/closed-loop?fate=lost").status_code == 404
    assert admin.get("/closed-loop?days=7").status_code == 404


def test_health_shows_exceptions_what_is_stuck_and_what_was_mended(admin: Visitor, house: Any) -> None:
    """N, S: the alarm rings once the watchdog came round, and it says who."""
    ended(house)
    assert "has not come round yet" in admin.get("/health").text
    with house.sessions.begin() as session:
        session.execute(text("UPDATE enrolments SET ended_at = NULL, state = 'waiting: delay'"))
    watchdog.look(house)
    page = admin.get("/health").text
    assert "It had no next date; it is looked at now." in page
    assert "Nothing is stuck" in page
    with house.sessions.begin() as session:
        session.execute(text("UPDATE enrolments SET ended_at = now(), due_at = NULL, state = 'ended: no reply'"))
        session.execute(text("DELETE FROM kept_reports"))
        session.execute(text("INSERT INTO inbox (sha256, recipient, envelope_from, source, raw, received_at, state, tries, error,"
                             " class, evidence, matched_by, wire_id, from_address, from_name, subject, reply_text, sense)"
                             " VALUES ('x', '', '', 'smtp', 'x', now() - interval '1 hour', 'new', 0, '', '', '', '', '',"
                             " 'max@lead.test', '', '', '', '')"))  # fmt: skip
    watchdog.look(house)
    watchdog.look(house)
    page = admin.get("/health").text
    assert "A mail from max@lead.test came in and was not read." in page
    assert "Closed loop: 1 = 0 + 0 +" in page
    assert "1 lead finished without a reply and went nowhere" in admin.get("/notices").text
