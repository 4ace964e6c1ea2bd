"""Diary: mail that shows nothing of ours but is signed by the sender's own organisation (MAIL M6, 1.8 h; RULES X3)."""

from typing import Any

import pytest

from outreach.journeys import receive
from outreach.mail import dkim
from outreach.mail.dns import DnsSilent
from outreach.store import consents, inbox, leads

PEM, PUBLIC = dkim.generate("ed25519")
KEY = dkim.load("ode.example", "s1", PEM)
RECORDS = {("s1._domainkey.ode.example", "TXT"): (dkim.record("ed25519", PUBLIC),)}


class Names:
    """DNS as a table, which may fall silent, and what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.silent = False

    def __call__(self, name: str, kind: str) -> tuple[str, ...]:
        self.asked.append(name)
        if self.silent:
            raise DnsSilent("nobody answers")
        return RECORDS.get((name, kind), ())


def lead_of(world: Any) -> int:
    world.set_clock("2027-06-01T10:00")
    found: int = world.post_form(name="Ben Ode", email="ben@ode.example")
    return found


def arrives(
    world: Any, words: str, names: Names, *, subject: str = "Hello", more: str = "", signed: bool = True
) -> int:
    """A mail from Ben's address, by IMAP, in no thread of ours."""
    raw = (
        f"From: Ben Ode <ben@ode.example>\r\nTo: hello@outreach.test\r\nSubject: {subject}\r\n"
        f"Message-ID: <{len(words)}@ode.example>\r\n{more}\r\n{words}\r\n"
    ).encode()
    with world.house.sessions.begin() as session:
        whole = dkim.signed(raw, [KEY]) if signed else raw
        kept = receive.keep(session, whole, world.house.now(session), source="imap")
    receive.receive(world.house, ask=names)
    assert kept is not None
    return kept


def row(world: Any, number: int) -> Any:
    return world.read(inbox.by_ids, [number])[number]


def test_a_signed_wish_to_be_left_alone_is_followed(world: Any) -> None:
    """X3: who signs for the domain in From is believed; DNS is asked for one key, and the page says why."""
    lead, names = lead_of(world), Names()
    mail = arrives(world, "Unsubscribe me please.", names)
    assert world.read(consents.suppression, "ben@ode.example").reason == "unsubscribed"
    assert world.enrolments(lead)[0][1].startswith("ended")
    assert row(world, mail).matched_by == "sender, signed by ode.example"
    assert names.asked == ["s1._domainkey.ode.example"]


def test_who_has_left_is_believed_by_a_signature(world: Any) -> None:
    """O7, X3."""
    lead_of(world)
    arrives(
        world, "Ben Ode no longer works here.", Names(), subject="Automatic reply: Hi",
        more="Auto-Submitted: auto-replied\r\n",
    )  # fmt: skip
    assert world.read(leads.by_email, "ben@ode.example").address_state == "dead"


@pytest.mark.parametrize("silent", [True, False])
def test_without_a_key_in_dns_the_sequence_stops_and_a_person_is_asked(world: Any, silent: bool) -> None:
    """X3: a silent DNS, and a signature that nobody published, hold up no stop and change no consent."""
    lead, names = lead_of(world), Names()
    names.silent = silent
    other = dkim.load("ode.example", "s2", PEM)
    raw = b"From: Ben Ode <ben@ode.example>\r\nTo: hello@outreach.test\r\nSubject: Hi\r\n\r\nUnsubscribe me please.\r\n"
    with world.house.sessions.begin() as session:
        for number in range(3):
            whole = dkim.signed(raw + b"x" * number, [other])
            receive.keep(session, whole, world.house.now(session), source="imap")
    receive.receive(world.house, ask=names)
    assert world.enrolments(lead) == [("inbound", "ended: replied")]
    assert world.read(consents.suppression, "ben@ode.example") is None
    assert [mail.state for mail in world.read(inbox.of_lead, lead)] == ["done"] * 3
    assert len(names.asked) == 1, "a silent domain is not asked again in this batch, nor is a known answer"


def test_mail_that_answers_our_letter_asks_nobody(world: Any) -> None:
    """A token or an id of ours is enough: DNS is left alone."""
    lead_of(world)
    names = Names()
    parent = str(world.letters[-1]["Message-ID"])
    arrives(world, "Unsubscribe me please.", names, more=f"In-Reply-To: {parent}\r\n")
    assert world.read(consents.suppression, "ben@ode.example") is not None
    unsigned = arrives(world, "One more thing, call me.", names, signed=False)
    assert row(world, unsigned).matched_by == "sender"
    assert names.asked == []


def test_what_our_own_server_judged_is_not_judged_again(world: Any) -> None:
    """MAIL 1.8 h: its word counts first, also when it says no."""
    import dataclasses

    settings = world.house.settings.model_copy(update={"authserv_id": "mx.outreach.test"})
    world.house = dataclasses.replace(world.house, settings=settings)
    lead_of(world)
    names = Names()
    said = "Authentication-Results: mx.outreach.test; dmarc=fail header.from=ode.example\r\n"
    arrives(world, "Unsubscribe me please.", names, more=said)
    assert world.read(consents.suppression, "ben@ode.example") is None
    assert names.asked == []


def test_a_stranger_whose_names_are_silent_takes_no_proof_from_others() -> None:
    """MAIL 1.8 h: his own mail stays unproven, Ben's behind it is judged; and when the batch's time is over, nobody's is."""
    evil = dkim.load("evil.example", "s1", PEM)
    raw = b"From: Ben Ode <ben@ode.example>\r\nSubject: Hi\r\n\r\nStop.\r\n"

    def names(name: str, kind: str) -> tuple[str, ...]:
        if name.endswith("evil.example"):
            raise DnsSilent("a tarpit")
        return RECORDS.get((name, kind), ())

    prover = receive.Prover(names)
    ben = receive.Unproven(dkim.signed(raw, [KEY]), "ben@ode.example")
    assert prover.of(receive.Unproven(dkim.signed(raw, [evil]), "x@evil.example")) == ""
    assert prover.of(ben) == "ode.example"
    prover.left = 0
    assert prover.of(ben) == ""
