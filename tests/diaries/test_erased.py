"""Diary: Ben wants his data erased (RULES X7, MAIL C4, U4). Everything that is his has a word in it by which it would be found."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text

from outreach.cli import doctor
from outreach.journeys import edit_lead, erase, meetings, opt_out, write
from outreach.mail.letters import Attachment
from outreach.reports import sequence_numbers
from outreach.store import consents, erased, inbox, leads, users
from outreach.store.corrections import Learned
from outreach.store.erased import ErasedAddress
from outreach.store.leads import Alias, Lead
from outreach.store.messages import Message
from outreach.store.sequences import SequenceRow

BEN = "zorblax.ode@quuxcanary.example"
WORDS = ("zorblax", "quuxcanary", "555 0177", "wibblegram", "flumpet", "snorquist", "mimsyfile", "grobbit")
"""Parts of Ben's address, name, number, and of what he and Rita wrote of him."""


@pytest.fixture(autouse=True)
def no_journal(house: Any) -> Iterator[Path]:
    journal: Path = house.settings.data / erase.NAME
    journal.unlink(missing_ok=True)
    yield journal
    journal.unlink(missing_ok=True)


def everything(world: Any) -> str:
    """All that is in the database, as words, with every mail decoded as far as base64 goes."""
    found = []
    with world.house.engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            for (row,) in connection.execute(text(f"SELECT t::text FROM {table} t")):
                found.append(f"{table}: {row}")
            for column in inspect(connection).get_columns(table):
                if str(column["type"]) == "BYTEA":
                    for (raw,) in connection.execute(text(f'SELECT "{column["name"]}" FROM {table}')):
                        found.append(f"{table}.{column['name']}: {bytes(raw or b'').decode('latin-1')}")
    keys = world.house.queue.redis.keys("*")
    return "\n".join(found) + "\n" + repr(keys)


def canaries(world: Any) -> list[tuple[str, str]]:
    """Which words of Ben's are still there, and where."""
    lines = everything(world).lower().splitlines()
    return [(word, line[:200]) for line in lines for word in WORDS if word in line]


def a_life(world: Any) -> int:
    """Ben asks, gets letters, writes back with a file, is written to with a file and a copy, has a note, a tag, an alias."""
    world.set_clock("2027-06-01T10:00")
    lead = int(world.post_form(
        name="Zorblax Ode", email=BEN, phone="+49 30 555 0177", company="Quuxcanary Ltd", message="A wibblegram, please"
    ))  # fmt: skip
    world.live_until("2027-06-03T16:00")
    letter = next(one for one in reversed(world.letters) if BEN in str(one["To"]))
    reply = EmailMessage()
    reply["From"], reply["To"], reply["Subject"] = f"Zorblax Ode <{BEN}>", letter["Reply-To"], "Re: flumpet"
    reply["Message-ID"], reply["In-Reply-To"] = "<1@quuxcanary.example>", letter["Message-ID"]
    reply.set_content("My flumpet is broken. Can you call 555 0177?")
    reply.add_attachment(b"snorquist", maintype="text", subtype="plain", filename="mimsyfile.txt")
    world.hand_in(BEN, [str(letter["Reply-To"])], reply.as_bytes())
    now = world.read(world.house.now)
    with world.house.sessions.begin() as session:
        ben, rita = leads.locked(session, lead), users.by_email(session, "rita@outreach.test")
        files = [Attachment("mimsyfile.pdf", "application/pdf", b"snorquist")]
        write.own_mail(
            session, ben, rita, "Your flumpet", "Dear Zorblax, the grobbit comes.", now, files=files,
            inbound_id=inbox.of_lead(session, lead, 1)[0].id, cc="Cara <cara@else.example>",
        )  # fmt: skip
        edit_lead.note(session, lead, "Zorblax likes grobbits", rita, now)
        edit_lead.tag(session, lead, "grobbit", rita, now)
        edit_lead.add_task(session, lead, "call", "Ask about the wibblegram", now, rita, now)
        session.add(Alias(email="also@quuxcanary.example", lead_id=lead))
        meetings.record(session, world.house, lead, "booked", rita, now)
        meetings.record(session, world.house, lead, "won", rita, now, amount="100")
        session.add(Learned(name="senses", active=True, quality={}, data={
            "classes": ["a", "b"], "bias": [0, 0], "words": {"flumpet": [1, 1, 1], "call": [1, 1, 1], "flumpet is": [1, 1, 1]},
        }))  # fmt: skip
    world.settle()
    return lead


def erase_ben(world: Any, lead: int, *, settle: bool = True) -> None:
    with world.house.sessions.begin() as session:
        user = users.by_email(session, "rita@outreach.test")
        erase.erase(session, world.house, lead, user, world.house.now(session))
    if settle:
        world.settle()


def numbers(world: Any) -> Any:
    """What the reports say of what was: letters, replies, tasks by sequence; interviews and sales; clicks and opens."""
    counted = (
        "SELECT kind, class, state, count(*), count(sent_at), min(sent_at), max(sent_at) FROM messages GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        "SELECT kind, count(*), min(at), max(at) FROM events WHERE kind <> 'erased' GROUP BY 1 ORDER BY 1",
        "SELECT class, sense, count(*), min(received_at) FROM inbox GROUP BY 1, 2 ORDER BY 1, 2",
        "SELECT kind, outcome, count(*), min(created_at) FROM tasks GROUP BY 1, 2 ORDER BY 1, 2",
        "SELECT form_id, source, count(*), min(at), min(first_human_at) FROM submissions GROUP BY 1, 2",
        "SELECT state, count(*), sum(amount) FROM deals GROUP BY 1 ORDER BY 1",
        "SELECT state, count(*) FROM interviews GROUP BY 1 ORDER BY 1",
        "SELECT kind, verdict, count(*) FROM hits GROUP BY 1, 2 ORDER BY 1, 2",
        "SELECT purpose, granted, wording, source, at FROM consents ORDER BY id",
        "SELECT source, stage, count(*) FROM leads GROUP BY 1, 2 ORDER BY 1, 2",
    )
    with world.house.sessions() as session:
        heads = [
            str(sequence_numbers.headline(session, row.id))
            for row in session.query(SequenceRow).order_by(SequenceRow.id)
        ]
        return [[tuple(row) for row in session.execute(text(one))] for one in counted], heads


def test_nothing_of_somebody_who_was_erased_is_left_anywhere_and_every_number_stays(world: Any) -> None:
    """X7, MAIL C4: no table and no file holds a word of theirs; what was counted stays counted."""
    lead = a_life(world)
    assert {word for word, _ in canaries(world)} == set(WORDS)
    before = numbers(world)

    erase_ben(world, lead)

    assert canaries(world) == []
    assert numbers(world) == before
    journal = (world.house.settings.data / erase.NAME).read_text()
    assert not [word for word in WORDS if word in journal.lower()]
    with world.house.sessions() as session:
        row = session.get_one(Lead, lead)
        assert (row.email, row.name, row.fields, row.erased_at is not None) == ("", "", {}, True)
        assert world.timeline(lead)[-1] == "erased"
        assert session.get_one(Learned, "senses").data["words"].keys() <= {"call"}
        assert consents.reasons_of(session, [BEN, "also@quuxcanary.example", "cara@else.example"]) == {
            BEN: "erased", "also@quuxcanary.example": "erased",
        }  # fmt: skip


def test_erasing_twice_is_once(world: Any, no_journal: Path) -> None:
    """X7."""
    lead = a_life(world)
    erase_ben(world, lead)
    first = everything(world)
    erase_ben(world, lead)
    assert everything(world) == first
    assert len(no_journal.read_text().splitlines()) == 1


def test_what_waits_is_cancelled_and_what_has_begun_is_finished_without_its_words(world: Any) -> None:
    """X7, RELIABILITY 1.4: the statement that begins a letter finds nothing any more; the words of one that is on its way are
    not written down."""
    world.set_clock("2027-06-01T10:00")
    lead = int(world.post_form(name="Zorblax Ode", email=BEN))
    with world.house.sessions.begin() as session:
        now = world.house.now(session)
        for number, state in enumerate(("queued", "claimed", "begun"), 1):
            session.add(Message(
                kind="own", lane="outbound", to_address=BEN, lead_id=lead, subject=f"flumpet {number}", body="grobbit", state=state,
                due_at=now, queued_at=now, references=[], lease_owner="me" if state != "queued" else None, extra={},
            ))  # fmt: skip
    erase_ben(world, lead, settle=False)
    with world.house.sessions.begin() as session:
        rows = session.query(Message).filter_by(lead_id=lead, lane="outbound", kind="own").order_by(Message.id).all()
        assert [row.state for row in rows] == ["cancelled", "cancelled", "begun"]
        assert [row.lease_owner for row in rows] == [None, None, "me"]
        rows[2].state, rows[2].answer = "sent", f"250 <{BEN}> ok"  # the sender's last word comes later
    erase.keep_up(world.house)
    assert canaries(world) == []


def test_an_address_that_comes_again_by_any_way_gets_nothing_by_itself(world: Any) -> None:
    """X7: by the form, as another address of a lead, by mail; a rep sees why, and a person's word opens it again."""
    lead = a_life(world)
    erase_ben(world, lead)
    world.letters.clear()

    again = int(world.post_form(name="Zorblax Ode", email=BEN.upper(), message="Again"))
    assert again != lead
    world.live_until("2027-06-20T10:00")
    assert world.mail_to(BEN) == []
    assert world.enrolments(again) == []
    assert ("new_lead", "open") in world.tasks(again)  # a person is told
    with world.house.sessions.begin() as session:
        assert consents.suppression(session, BEN).reason == "erased"
        rita, now = users.by_email(session, "rita@outreach.test"), world.house.now(session)
        edit_lead.may_contact_again(session, again, rita, now, "called and asked for our letters")
        assert consents.reasons_of(session, [BEN]) == {}
        # erased once more, the mark holds again
        erase.erase(session, world.house, again, rita, now)
        assert consents.reasons_of(session, [BEN]) == {BEN: "erased"}


def test_a_way_out_in_an_old_letter_means_the_same_person_for_ever(world: Any) -> None:
    """MAIL U4: after the erasure, and after they came back and asked for mail."""
    lead = a_life(world)
    with world.house.sessions() as session:
        letter = session.query(Message).filter_by(lead_id=lead, kind="step").first().id
    erase_ben(world, lead)
    again = int(world.post_form(name="Zorblax Ode", email=BEN))
    with world.house.sessions.begin() as session:
        rita, now = users.by_email(session, "rita@outreach.test"), world.house.now(session)
        edit_lead.may_contact_again(session, again, rita, now, "asked for it")
    with world.house.sessions.begin() as session:
        opt_out.unsubscribe(session, world.house, "", "link", now, message_id=letter, lead_id=lead)
    with world.house.sessions.begin() as session:
        assert consents.suppression(session, BEN).reason == "unsubscribed"
        assert {row.reason for row in session.query(ErasedAddress)} == {"unsubscribed"}


def test_mail_of_somebody_erased_is_a_strangers_and_reports_of_their_letters_keep_no_word(world: Any) -> None:
    """X7: they write in an old thread; a server reports that an old letter could not be delivered."""
    lead = a_life(world)
    copy, letter = [one for one in reversed(world.letters) if BEN in str(one["To"]) and one["Reply-To"]][:2]
    erase_ben(world, lead)
    for envelope in (world.envelope_of(copy), world.envelope_of(letter)):
        world.hand_in("", [envelope], (
            f"From: mailer-daemon@quuxcanary.example\r\nTo: {envelope}\r\nSubject: Undelivered: flumpet\r\n"
            f"Auto-Submitted: auto-replied\r\n\r\n<{BEN}>: 550 5.1.1 user unknown\r\n"
        ).encode())  # fmt: skip
    assert canaries(world) == []
    assert world.read(lambda session: session.query(inbox.InboundMail).filter_by(class_="bounce").count()) == 2
    world.answer(letter, BEN, "Do you remember me?")
    with world.house.sessions() as session:
        row = session.query(inbox.InboundMail).order_by(inbox.InboundMail.id.desc()).first()
        assert (row.lead_id, row.class_, row.reply_text) == (None, "human", "Do you remember me?")


def test_a_restored_backup_is_erased_again(world: Any, no_journal: Path) -> None:
    """X7, RELIABILITY fault 37: the journal outside of the database knows whom; a lead of the same number that is somebody else
    is left alone."""
    lead = a_life(world)
    with world.house.engine.connect() as connection:
        row = connection.execute(text("SELECT email, name, created_at FROM leads WHERE id = :id"), {"id": lead}).one()
    erase_ben(world, lead)
    with world.house.sessions.begin() as session:  # the backup knows Ben and no mark
        session.execute(text("DELETE FROM erased_addresses"))
        session.execute(
            text("UPDATE leads SET erased_at = NULL, email = :email, name = :name WHERE id = :id"),
            {"id": lead, "email": row.email, "name": row.name},
        )
    assert erase.keep_up(world.house) == 1
    assert canaries(world) == []
    with world.house.sessions() as session:
        assert consents.reasons_of(session, [BEN, "also@quuxcanary.example"]) == {
            BEN: "erased", "also@quuxcanary.example": "erased",
        }  # fmt: skip
    assert erase.keep_up(world.house) == 0

    with world.house.sessions.begin() as session:
        session.execute(
            text("UPDATE leads SET erased_at = NULL, email = 'else@lead.example', created_at = now() WHERE id = :id"),
            {"id": lead},
        )
    assert erase.erase_again(world.house, erase.read(no_journal)) == 0
    assert world.read(leads.by_email, "else@lead.example").id == lead


def test_a_mark_of_another_key_is_told_to_the_operator(world: Any) -> None:
    """X7: it would recognise nobody."""
    lead = a_life(world)
    erase_ben(world, lead)
    assert world.read(erased.of_other_keys) == 0
    assert list(doctor.marks(world.house)) == []
    with world.house.sessions.begin() as session:
        session.query(ErasedAddress).update({"key": "another1"})
    (told,) = doctor.marks(world.house)
    assert "2 marks" in str(told)
