"""Diary: a rep's mail that is to go later, and what happens until then (RULES W5, X1, X7, P2, N: speed to lead; F5)."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from outreach.errors import Refused
from outreach.journeys import copies, corrections, later, opt_out, write
from outreach.store import inbox, leads, users
from outreach.store.forms import Submission
from outreach.store.messages import Message

BEN, BEA = "ben@ode.example", "bea@ode.example"
NINE = datetime(2027, 6, 3, 9, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture
def lead(world: Any) -> int:
    world.set_clock("2027-06-01T10:00")
    return int(world.post_form(name="Ben Ode", email=BEN))


def planned(world: Any, lead_id: int, at: datetime = NINE) -> int:
    """Rita writes today what is to go the day after tomorrow, with a copy to Bea."""
    with world.house.sessions.begin() as session:
        rita, row = users.by_email(session, "rita@outreach.test"), leads.locked(session, lead_id)
        now = world.house.now(session)
        number = write.own_mail(session, row, rita, "Our visit", "See you on Friday.", now, cc=BEA, at=at).id
    world.settle()
    return int(number)


def decide(world: Any, what: Any, number: int, *more: Any) -> None:
    with world.house.sessions.begin() as session:
        rita = users.by_email(session, "rita@outreach.test")
        what(session, number, rita, *more, world.house.now(session))
    world.settle()


def visits(world: Any) -> list[str]:
    return [
        recipient
        for (_, recipient), m in zip(world.envelopes, world.letters, strict=True)
        if m["Subject"] == "Our visit"
    ]


def state(world: Any, number: int) -> list[tuple[str, str]]:
    with world.house.sessions() as session:
        own = session.get(Message, number)
        return [(one.state, one.reason) for one in (own, *copies.every(session, [own]))]


def test_it_goes_at_its_moment_and_not_before(world: Any, lead: int) -> None:
    """W5: no window or cap holds it then. N: the speed to lead counts the moment at which it went."""
    planned(world, lead)
    world.live_until("2027-06-03T08:59")
    assert visits(world) == []
    world.live_until("2027-06-03T09:01")
    assert sorted(visits(world)) == [BEA, BEN]
    with world.house.sessions() as session:
        asked = session.scalars(select(Submission).where(Submission.lead_id == lead)).one()
        assert (asked.first_human_at, leads.locked(session, lead).answered_at) == (NINE, NINE)


def test_a_lead_who_writes_meanwhile_holds_it_back_until_a_person_has_decided(world: Any, lead: int) -> None:
    """X1: with its copies; the words stay, the task to answer is there, and one press sends it all the same."""
    number = planned(world, lead)
    world.answer(world.letter("Your request: a price or a quote"), BEN, "Please do not come on Friday.")
    world.live_until("2027-06-03T12:00")
    assert visits(world) == []
    assert set(state(world, number)) == {("cancelled", later.HELD_BACK)}
    assert [one.id for one in world.read(later.held_of, lead)] == [number]
    assert ("reply", "open") in world.tasks(lead)
    with world.house.sessions() as session:
        asked = session.scalars(select(Submission).where(Submission.lead_id == lead)).one()
        assert (asked.first_human_at, leads.locked(session, lead).answered_at) == (None, None)

    decide(world, later.set_time, number, None)
    assert sorted(visits(world)) == [BEA, BEN]
    with pytest.raises(Refused, match="gone already"):
        decide(world, later.take_back, number)


def test_it_can_be_moved_and_taken_back_until_it_goes(world: Any, lead: int) -> None:
    """Taken back is not sent, ever, unless somebody chooses a time again."""
    number = planned(world, lead)
    decide(world, later.set_time, number, NINE.replace(day=4))
    world.live_until("2027-06-03T12:00")
    assert visits(world) == []
    decide(world, later.take_back, number)
    world.live_until("2027-06-05T12:00")
    assert visits(world) == []
    assert set(state(world, number)) == {("cancelled", later.TAKEN_BACK)}
    decide(world, later.set_time, number, NINE.replace(day=7))
    world.live_until("2027-06-07T12:00")
    assert sorted(visits(world)) == [BEA, BEN]


def test_its_words_can_be_changed_until_it_goes(world: Any, lead: int) -> None:
    """Everybody in Cc gets the new ones too."""
    number = planned(world, lead)
    decide(world, later.set_words, number, "", "See you on Monday.\r\n")
    with pytest.raises(Refused, match="empty"):
        decide(world, later.set_words, number, "Our visit", " ")
    world.live_until("2027-06-03T12:00")
    went = [m.get_body(("plain",)).get_content().strip() for m in world.letters if m["Subject"] == "Our visit"]
    assert went == ["See you on Monday."] * 2
    with pytest.raises(Refused, match="gone already"):
        decide(world, later.set_words, number, "Our visit", "Too late.")


def test_an_opt_out_wins_over_what_was_planned(world: Any, lead: int) -> None:
    """X7: it is dropped when its moment comes, and cannot be sent by hand."""
    number = planned(world, lead)
    with world.house.sessions.begin() as session:
        opt_out.unsubscribe(session, world.house, BEN, "said so", world.house.now(session))
    with pytest.raises(Refused, match="Nothing may be sent"):
        decide(world, later.set_time, number, None)
    world.live_until("2027-06-03T12:00")
    assert BEN not in visits(world)
    assert state(world, number)[0][0] == "cancelled"


def corrected(world: Any, lead_id: int, to: str) -> None:
    mail = world.read(inbox.of_lead, lead_id)[0]
    with world.house.sessions.begin() as session:
        rita = users.by_email(session, "rita@outreach.test")
        corrections.change(session, world.house, mail.id, to, rita, world.house.now(session))
    world.settle()


def test_a_mistaken_reading_gives_the_planned_mail_back(world: Any, lead: int) -> None:
    """O10: where the mail was no reply after all, the correction puts the mail back into its place; another sense of a reply does
    not."""
    number = planned(world, lead)
    world.answer(world.letter("Your request: a price or a quote"), BEN, "Friday is all right for me, thank you.")
    assert set(state(world, number)) == {("cancelled", later.HELD_BACK)}
    corrected(world, lead, "sense:question")
    assert set(state(world, number)) == {("cancelled", later.HELD_BACK)}
    corrected(world, lead, "class:acknowledgement")
    assert set(state(world, number)) == {("queued", "")}
    world.live_until("2027-06-03T12:00")
    assert sorted(visits(world)) == [BEA, BEN]


def test_what_should_have_gone_before_the_correction_does_not_go_late_by_itself(world: Any, lead: int) -> None:
    """O10."""
    number = planned(world, lead)
    world.answer(world.letter("Your request: a price or a quote"), BEN, "Friday is all right for me, thank you.")
    world.live_until("2027-06-04T12:00")
    corrected(world, lead, "sense:question")
    corrected(world, lead, "class:acknowledgement")
    assert visits(world) == []
    assert set(state(world, number)) == {("cancelled", later.HELD_BACK)}


@pytest.mark.parametrize(
    ("now", "theirs", "expected"),
    [
        ("2027-06-01T10:00", "America/New_York",
         ["there 1 Jun 14:00", "there 2 Jun 14:00", "there 7 Jun 14:00", "here 2 Jun 08:00", "here 7 Jun 08:00"]),
        ("2027-06-01T07:00", "", ["here 1 Jun 08:00", "here 2 Jun 08:00", "here 7 Jun 08:00"]),
        ("2027-06-06T10:00", "Europe/Vienna", ["there 7 Jun 08:00"]),
        ("2027-03-27T10:00", "Europe/Berlin", ["there 28 Mar 08:00", "there 29 Mar 08:00"]),
    ],
)  # fmt: skip
def test_mornings_are_eight_oclock_there_and_here_each_moment_once(now: str, theirs: str, expected: list[str]) -> None:
    """W6: their own morning first, across a change of the clock as well."""
    berlin = ZoneInfo("Europe/Berlin")
    found = later.choices(datetime.fromisoformat(now).replace(tzinfo=berlin), theirs, "Europe/Berlin")
    here = [(key.partition(":")[0], at.astimezone(berlin)) for key, at, _ in found]
    assert [f"{whose} {at.day} {at:%b %H:%M}" for whose, at in here] == expected


@pytest.mark.parametrize(
    ("choice", "typed"),
    [("at", ""), ("at", "2027-06-01T09:59"), ("at", "2029-01-01T08:00"), ("there:2027-05-31", ""), ("here:never", ""),
     ("x", "9999-12-31T23:59")],
)  # fmt: skip
def test_no_moment_that_has_passed_or_is_none(choice: str, typed: str) -> None:
    now = datetime(2027, 6, 1, 10, tzinfo=ZoneInfo("Europe/Berlin"))
    with pytest.raises(Refused):
        later.moment(choice, typed, now, "America/New_York", "Europe/Berlin")
    assert later.moment("", "", now, "", "Europe/Berlin") is None
