"""The rehearsal of a sequence on its page: what it shows, beside what, and that nothing is written."""

import re
from typing import Any

import pytest
from sqlalchemy import text

from outreach.journeys import publish
from outreach.store.leads import Lead
from outreach.store.sequences import SequenceRow

from .conftest import Visitor, live_sequence

DOCUMENT = """outreach: 1
name: Cadence
steps:
  - id: hello
    email: {subject: "Hello {{ first_name }}", body: "Shall we talk, {{ first_name }}?"}
    after: 0 minutes
  - id: text-1
    text: {body: "Hello {{ first_name }}, may I call?"}
    after: 1 business day
  - id: again
    email: {subject: Again, body: "{% if called %}I called.{% else %}I wrote.{% endif %}", thread: reply}
    after: 2 days
  - id: call-1
    call: {script: Ask what they need}
    after: 1 business day
  - id: last
    email: {subject: Last, body: "{% if called %}I called.{% else %}I wrote.{% endif %}"}
    after: 1 business day
"""
START = "start=2026-03-27T10:00"


@pytest.fixture
def cadence(house: Any) -> int:
    return live_sequence(house, DOCUMENT)


@pytest.fixture
def anna(house: Any) -> int:
    with house.sessions.begin() as session:
        now = house.now(session)
        lead = Lead(email="a@lumen.example", name="Ida Stone", phone="+4930123456", zone="Europe/Berlin", country="DE", fields={},
                    created_at=now, last_activity_at=now)  # fmt: skip
        session.add(lead)
        session.flush()
        return lead.id


def lines(page: str, side: int = 0) -> list[tuple[str, str]]:
    """(day and time, words) of one list."""
    part = re.split(r'aria-labelledby="reh-\d"', page)[1 + side]
    found = re.findall(r"<time[^>]*>([^<]+)<.*?<div>\s*<(?:a|span|details)[^>]*>(?:<summary>)?(.*?)<", part, re.DOTALL)
    return [(when.strip(), what.strip()) for when, what in found]


def rows(house: Any) -> list[int]:
    """How many rows each table has."""
    with house.sessions() as session:
        names = session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")).all()
        return [session.scalar(text(f'SELECT count(*) FROM "{name}"')) for name in names]


def test_every_message_and_task_stands_with_its_date_and_nothing_is_written(
    admin: Visitor, house: Any, cadence: int, anna: int
) -> None:
    """D7, T1, W8: Good Friday and Easter Monday are closed in Germany; a reply carries its thread's subject."""
    admin.get("/menu")
    before = rows(house)
    page = admin.get(f"/sequences/{cadence}/rehearsal?{START}&lead={anna}")
    assert page.status_code == 200
    assert lines(page.text)[:5] == [
        ("Fri 27 Mar, 10:00", "Hello Ida"),
        ("Mon 30 Mar, 10:00", "Text: Hello [first name], may I call?"),
        ("Wed 1 Apr, 10:00", "Re: Hello Ida"),
        ("Thu 2 Apr, 10:00", "Call: Ask what they need"),
        ("Tue 7 Apr, 10:00", "Last"),
    ]
    assert "Hello Ida, may I call?" in page.text
    assert "public holiday (DE)" in page.text
    assert rows(house) == before


def test_a_letter_opens_as_this_lead_would_get_it_and_knows_what_was_done_by_then(
    admin: Visitor, cadence: int, anna: int
) -> None:
    address = f"/sequences/{cadence}/rehearsal/letter?{START}&lead={anna}"
    first, second, last = (admin.get(f"{address}&line={number}") for number in (0, 2, 4))
    assert "Shall we talk, Ida?" in first.text
    assert "sandbox" in first.headers["Content-Security-Policy"]
    assert "I wrote." in second.text
    assert "I called." in last.text
    assert admin.get(f"{address}&line=1").status_code == 404
    assert admin.get(f"{address}&line=99").status_code == 404


def test_two_countries_stand_side_by_side(admin: Visitor, cadence: int) -> None:
    """W6, W8: the same letters, but for Easter."""
    page = admin.get(f"/sequences/{cadence}/rehearsal?{START}&against=lead&country2=US").text
    assert "Germany, Europe/Berlin" in page
    assert "United States, America/New_York" in page
    assert lines(page)[4][0] == "Tue 7 Apr, 10:00"
    assert lines(page, 1)[4][0] == "Fri 3 Apr, 10:00"
    assert "4 days sooner" in page


def test_a_draft_stands_beside_the_version_in_force_and_another_sequence(
    admin: Visitor, house: Any, cadence: int
) -> None:
    """V7: what a change of a delay does is seen before publishing."""
    with house.sessions.begin() as session:
        row = session.get_one(SequenceRow, cadence)
        publish.import_text(session, row, DOCUMENT.replace("after: 2 days", "after: 4 days"))
        version = row.current_version_id
    page = admin.get(f"/sequences/{cadence}/rehearsal?{START}&what=version:{version}&against=draft").text
    assert lines(page)[2] == ("Wed 1 Apr, 10:00", "Re: Hello Anna")
    assert lines(page, 1)[2] == ("Tue 7 Apr, 10:00", "Re: Hello Anna")
    assert "6 days later" in page
    other = live_sequence(
        house, "outreach: 1\nname: Other\nsteps:\n  - {id: x, email: {subject: Another, body: Text}}\n"
    )
    page = admin.get(f"/sequences/{cadence}/rehearsal?{START}&against=sequence:{other}").text
    assert lines(page, 1)[0][1] == "Another"
    assert "only here" in page


def test_what_happens_meanwhile_is_played(admin: Visitor, cadence: int) -> None:
    """X1, P5: a reply ends it; a lead without a phone gets no calls."""
    happens = "event=&event_at=&event_detail=&event=reply&event_at=2026-03-31T09:00&event_detail=Not now"
    page = admin.get(f"/sequences/{cadence}/rehearsal?{START}&{happens}").text
    assert lines(page)[-1] == ("Tue 31 Mar, 09:00", "The lead replied (not now).")
    page = admin.get(f"/sequences/{cadence}/rehearsal?{START}&phone=").text
    assert ("Mon 30 Mar, 10:00", "Skipped text-1: no phone number.") in lines(page)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("event=dance&event_at=2026-03-31T09:00&event_detail=", "is no event"),
        ("event=reply&event_at=&event_detail=", "Say when it happens"),
        ("zone=Mars", "is no time zone"),
        ("what=version:999", "no such version"),
        ("against=sequence:999", "no such sequence"),
        ("days=4000", "takes 1 to 400 days"),
        ("start=soon", "is no time"),
    ],
)
def test_what_cannot_be_played_is_said_in_one_sentence_and_the_form_stays(
    admin: Visitor, cadence: int, asked: str, words: str
) -> None:
    page = admin.get(f"/sequences/{cadence}/rehearsal?{asked}")
    assert page.status_code == 200
    assert words in page.text
    assert "They come in" in page.text


def test_a_rep_may_look_and_a_stranger_may_not(rep: Visitor, stranger: Visitor, cadence: int) -> None:
    assert rep.get(f"/sequences/{cadence}/rehearsal").status_code == 200
    assert stranger.get(f"/sequences/{cadence}/rehearsal").status_code == 302
