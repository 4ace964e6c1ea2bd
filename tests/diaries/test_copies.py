"""Diary: a rep answers a thread with colleagues in Cc (RULES W5, X1 to X3, X7, M5; MAIL O1, O3: one letter a recipient)."""

from email.message import EmailMessage
from typing import Any

import pytest

from outreach.errors import Refused
from outreach.journeys import copies, write
from outreach.store import consents, events, inbox, leads, messages, users

BEN, BEA, CARL = "ben@ode.example", "bea@ode.example", "carl@partner.example"


@pytest.fixture
def lead(world: Any) -> int:
    """Ben asked, and his answer has two more people in sight, beside our own addresses."""
    world.set_clock("2027-06-01T10:00")
    number = world.post_form(name="Ben Ode", email=BEN)
    first = to(world, BEN)
    cc = f"Bea Boss <{BEA}>, {CARL}, rita@outreach.test, {BEN}"
    world.answer(first, BEN, "What would it cost for the three of us?", Cc=cc)
    return int(number)


def to(world: Any, address: str) -> Any:
    """The latest letter that this address was given, whatever stands at its top."""
    found = [n for n, (_, recipient) in enumerate(world.envelopes) if recipient == address]
    return world.letters[found[-1]] if found else None


def answered(world: Any, lead_id: int, cc: str | None = None, words: str = "Four thousand.") -> int:
    """Rita answers the latest mail, to all that the field proposes unless told otherwise; the letter's number."""
    with world.house.sessions.begin() as session:
        rita, row = users.by_email(session, "rita@outreach.test"), leads.locked(session, lead_id)
        mail = inbox.of_lead(session, lead_id, 9)[0]
        proposed = copies.to_all(session, world.house, row, mail) if cc is None else cc
        now = world.house.now(session)
        number = write.own_mail(session, row, rita, "", words, now, inbound_id=mail.id, cc=proposed).id
    world.settle()
    return int(number)


def test_everybody_on_the_thread_gets_a_letter_of_their_own_and_sees_the_others(world: Any, lead: int) -> None:
    """MAIL O1, O3: one recipient and one Message-ID a letter, the same To, Cc and thread at the top of each."""
    before = len(world.letters)
    answered(world, lead)

    letters = [to(world, one) for one in (BEN, BEA, CARL)]
    assert [len(world.letters) - before, len({str(m["Message-ID"]) for m in letters})] == [3, 3]
    for one in letters:
        assert str(one["To"]) == f"Ben Ode <{BEN}>"
        assert str(one["Cc"]) == f"Bea Boss <{BEA}>, <{CARL}>".replace("<carl@partner.example>", CARL)
        assert one["References"] == letters[0]["References"]
        assert one.get_body(("plain",)).get_content().strip() == "Four thousand."
    assert world.mail_to("rita@outreach.test")[-1][1] != str(letters[0]["Subject"])


def test_a_colleague_who_answers_a_copy_is_heard_on_the_leads_thread(world: Any, lead: int) -> None:
    """X3: the copy's token and Message-ID lead to the lead whom it is about."""
    answered(world, lead)
    reply_to_copy(world, BEA, "Good, when can you begin?")

    mail = world.read(inbox.of_lead, lead)[0]
    assert (mail.from_address, mail.class_, mail.lead_id) == (BEA, "human", lead)
    number = answered(world, lead)
    again = world.read(lambda session: session.get(messages.Message, number))
    assert (again.to_address, again.extra["to"]) == (BEA, ["", BEA])
    assert [one for _, one in again.extra["cc"]] == [BEN]


def reply_to_copy(world: Any, sender: str, words: str, **headers: str) -> None:
    """Who got a copy answers it, to its Reply-To."""
    copy = to(world, sender)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, copy["Reply-To"], f"Re: {copy['Subject']}"
    mail["In-Reply-To"], mail["Message-ID"] = copy["Message-ID"], f"<{len(words)}.copy@lead.example>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(words + "\n")
    world.hand_in(sender, [str(copy["Reply-To"])], mail.as_bytes())


def test_what_becomes_of_a_copy_says_nothing_of_the_lead(world: Any, lead: int) -> None:
    """F2, O4, O7, M5: its bounce and its reader's absence or leaving touch neither the lead's address nor their steps nor the cap;
    who is dead is not proposed again."""
    answered(world, lead)
    state = world.enrolments(lead)
    reply_to_copy(world, BEA, "I am out of office until 4 August 2027.", Auto_Submitted="auto-replied")
    reply_to_copy(world, BEA, "Bea Boss no longer works here.", Auto_Submitted="auto-replied")
    bounce(world, CARL)

    with world.house.sessions() as session:
        row = leads.locked(session, lead)
        assert (row.address_state == "dead", consents.suppression(session, BEN)) == (False, None)
        dead = [one for one in copies.every(session, messages.of_lead(session, lead)) if one.delivered == "bounced"]
        assert [one.to_address for one in dead] == [CARL]
        since = row.created_at
        assert sum(one.class_ == "sales" for one in messages.letters_since(session, [lead], since).get(lead, [])) == 1
        assert CARL not in copies.to_all(session, world.house, row, inbox.of_lead(session, lead, 9)[-1])
        assert "bounced" not in [event.kind for event in events.of_lead(session, lead, 100)]
    assert world.enrolments(lead) == state


def bounce(world: Any, address: str) -> None:
    """The server behind an address says that it does not exist, to the letter's envelope sender."""
    token = world.envelope_of(to(world, address))
    raw = (
        f"From: MAILER-DAEMON@mx.example\r\nTo: {token}\r\nSubject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n--B\r\n\r\nfailed\r\n--B\r\n'
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {address}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n--B--\r\n"
    )
    world.hand_in("", [token], raw.encode())


def test_nobody_gets_a_copy_who_wants_no_mail(world: Any, lead: int) -> None:
    """X7: whoever is suppressed is not proposed, refused by name when typed, and dropped at the last moment."""
    with world.house.sessions.begin() as session:
        consents.suppress(session, BEA, "unsubscribed", "said so", world.house.now(session))
        row, mail = leads.locked(session, lead), inbox.of_lead(session, lead, 9)[0]
        assert copies.to_all(session, world.house, row, mail) == CARL
    with pytest.raises(Refused, match=f"Nothing may be sent to {BEA}: unsubscribed"):
        answered(world, lead, cc=f"Bea <{BEA}>")

    with world.house.sessions.begin() as session:
        rita, row = users.by_email(session, "rita@outreach.test"), leads.locked(session, lead)
        number = write.own_mail(session, row, rita, "Prices", "Here.", world.house.now(session), cc=CARL).id
        consents.suppress(session, CARL, "unsubscribed", "said so", world.house.now(session))
    world.settle()
    with world.house.sessions() as session:
        own = session.get(messages.Message, number)
        assert (own.state, [one.state for one in copies.every(session, [own])]) == ("sent", ["cancelled"])


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("bea", "Not every address under Cc can be read"),
        ("bea@ode.example, carl@", "Not every address under Cc can be read"),
        ("ünal@ode.example", "few mail servers take"),
        (", ".join(f"p{n}@ode.example" for n in range(21)), "21 people"),
    ],
)
def test_what_cannot_be_copied_to_is_said_in_words(world: Any, lead: int, typed: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        answered(world, lead, cc=typed)
