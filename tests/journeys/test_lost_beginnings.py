"""Letters whose beginning the database lost with its last instants (DESIGN 4.4, RULES F5, MAIL O1)."""

from typing import Any

from sqlalchemy import select

from outreach.journeys import receive
from outreach.store.inbox import InboundMail
from outreach.store.leads import Lead
from outreach.store.leases import RESTARTED
from outreach.store.messages import Message


def test_an_answer_finds_a_letter_whose_id_was_never_stored(house: Any, session: Any) -> None:
    """F5, MAIL O1, M3: the id says by itself which letter it is; the answer settles it, and nobody else's token does."""
    with house.sessions.begin() as writing:
        now = house.now(writing)
        lead = Lead(email="ben@ode.example", name="Ben", created_at=now, last_activity_at=now)
        writing.add(lead)
        writing.flush()
        for _ in range(2):
            writing.add(
                Message(
                    kind="own", state="unsure", reason=RESTARTED, lead_id=lead.id, to_address=lead.email, due_at=now,
                    queued_at=now, extra={}, references=[],
                )
            )  # fmt: skip
        writing.flush()
        one, two = writing.scalars(select(Message).order_by(Message.id)).all()
        ids = [f"<{house.token('message', one.id)}@{house.settings.reply_domain}>"]
        ids.append(f"<{house.token('reply', two.id)}@{house.settings.reply_domain}>")
        for number, answered in enumerate(ids):
            raw = f"From: assistant@ode.example\nMessage-ID: <a{number}@ode.example>\nSubject: Re: Hi\nIn-Reply-To: {answered}\n\nYes.\n"
            receive.keep(writing, raw.replace("\n", "\r\n").encode(), now, source="imap")
    receive.receive(house, ask=lambda name, kind: ())
    letters = session.scalars(select(Message).where(Message.kind == "own").order_by(Message.id)).all()
    assert [letter.state for letter in letters] == ["sent", "unsure"]
    found = session.scalars(select(InboundMail.message_id).order_by(InboundMail.id)).all()
    assert found == [letters[0].id, None]
