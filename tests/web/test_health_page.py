"""/health and /healthz: what an operator sees, and settles."""

from datetime import timedelta
from typing import Any

import pytest

from outreach.reports import health
from outreach.store.enrolments import Enrolment
from outreach.store.events import Event
from outreach.store.inbox import InboundMail
from outreach.store.leads import Lead
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message
from outreach.store.sequences import SequenceRow, VersionRow
from outreach.store.users import User

from .conftest import Visitor


def letter(session: Any, house: Any, lead: Lead, **more: Any) -> Message:
    now = house.now(session)
    row = Message(
        kind="own", lead_id=lead.id, to_address=lead.email, subject="Your roof", message_id="<one@outreach.test>",
        due_at=now, queued_at=now, references=[], **more,
    )  # fmt: skip
    session.add(row)
    session.commit()
    return row


def test_healthz_says_what_does_not_run(stranger: Visitor) -> None:
    answer = stranger.get("/healthz")
    assert answer.status_code == 503
    assert any("clock does not run" in reason for reason in answer.json["reasons"])
    assert not any("database" in reason for reason in answer.json["reasons"])


def test_an_unsure_letter_is_resent_with_the_same_message_id(
    admin: Visitor, session: Any, house: Any, lead: Lead
) -> None:
    """F5: only a person decides."""
    row = letter(session, house, lead, state="unsure", reason="the worker died while sending")
    page = admin.get("/health").text
    assert "the worker died while sending" in page
    assert admin.post(f"/health/unsure/{row.id}", {"choice": "resend"}).status_code == 303
    session.expire_all()
    assert (row.state, row.message_id) == ("queued", "<one@outreach.test>")
    admin.post(f"/health/unsure/{row.id}", {"choice": "resend"})
    assert "settled already" in admin.get("/health").text


@pytest.mark.parametrize(("choice", "state"), [("sent", "sent"), ("leave", "failed")])
def test_an_unsure_letter_is_marked_or_left(
    admin: Visitor, session: Any, house: Any, lead: Lead, choice: str, state: str
) -> None:
    row = letter(session, house, lead, state="unsure")
    admin.get("/health")
    admin.post(f"/health/unsure/{row.id}", {"choice": choice})
    session.expire_all()
    assert row.state == state
    assert not row.settled


def test_a_bounced_letter_is_not_tried_again(admin: Visitor, session: Any, house: Any, lead: Lead) -> None:
    row = letter(session, house, lead, state="failed", delivered="bounced", reason="550 5.1.1")
    page = admin.get("/health").text
    assert "550 5.1.1" in page
    assert "Try again" not in page
    admin.post(f"/health/failed/{row.id}")
    assert "does not take mail" in admin.get("/health").text
    session.expire_all()
    assert row.state == "failed"


def test_a_mailbox_with_a_server_of_its_own_is_not_said_to_send_to_the_local_one(
    admin: Visitor, session: Any, house: Any
) -> None:
    """Nobody must believe that letters stay on the machine when they leave it."""
    for address, secret in (("local@outreach.test", None), ("real@outreach.test", b"sealed")):
        session.add(Mailbox(address=address, smtp_secret=secret, created_at=house.now(session)))
    session.commit()
    page = admin.get("/health").text
    lines = {
        address: page.split(f"<b>{address}</b>")[1].split("</div>")[0]
        for address in ("local@outreach.test", "real@outreach.test")
    }
    assert "nothing leaves this machine" in lines["local@outreach.test"]
    assert "nothing leaves this machine" not in lines["real@outreach.test"]


def test_quarantined_mail_is_read_again(admin: Visitor, session: Any, house: Any) -> None:
    row = InboundMail(
        sha256="x", source="smtp", raw=b"x", received_at=house.now(session), state="quarantined", error="too deep",
        references=[],
    )  # fmt: skip
    session.add(row)
    session.commit()
    assert "too deep" in admin.get("/health").text
    admin.post(f"/health/quarantine/{row.id}")
    session.expire_all()
    assert row.state == "new"


def test_a_rep_looks_but_settles_nothing(stranger: Visitor, rita: User, session: Any, house: Any, lead: Lead) -> None:
    row = letter(session, house, lead, state="unsure")
    stranger.sign_in(rita.email)
    assert "Resend" not in stranger.get("/health").text
    assert stranger.post(f"/health/unsure/{row.id}", {"choice": "sent"}).status_code == 403


def test_who_finished_without_reply_and_was_forgotten_is_listed(session: Any, house: Any, lead: Lead) -> None:
    """RULES N: finished without reply = nurture + excluded, always."""
    now = house.now(session)
    sequence = SequenceRow(name="Inbound", class_="inbound", created_at=now)
    session.add(sequence)
    session.flush()
    version = VersionRow(sequence_id=sequence.id, number=1, document="", published_at=now)
    session.add(version)
    session.flush()
    ended = Enrolment(
        lead_id=lead.id, sequence_id=sequence.id, version_id=version.id, class_="inbound", state="ended: no reply",
        anchor_at=now, entered_at=now - timedelta(days=9), ended_at=now, memory={},
    )  # fmt: skip
    session.add(ended)
    session.flush()
    assert [one.name for one in health.forgotten(session, now)] == ["Anna Weber"]
    session.add(Event(at=now, kind="excluded", text="Excluded.", lead_id=lead.id, enrolment_id=ended.id))
    session.flush()
    assert health.forgotten(session, now) == ()
