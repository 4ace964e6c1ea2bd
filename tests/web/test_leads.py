"""Leads: list, filters, pages, new leads, a pasted list, export, and one lead's page with everything that steers it."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest

from outreach.store import account, consents, enrolments, leads, sequences
from outreach.store.deals import Deal, Interview
from outreach.store.enrolments import Enrolment
from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.store.users import User
from tests.web.conftest import Visitor
from tests.web.test_today import Desk


@pytest.fixture
def desk(house: Any, rita: User) -> Desk:
    made = Desk(house, rita)
    with house.sessions.begin() as session:
        account.get(session).postal_address = "14 Harbour Street, Bristol"
    return made


def sequence(desk: Desk, preset: str) -> int:
    with desk.house.sessions() as session:
        row = sequences.by_name(session, preset)
        assert row is not None
        return row.id


def note(rep: Visitor, desk: Desk, **more: str) -> int:
    """A lead that called, in the inbound sequence."""
    rep.get("/leads/new")
    given = {"source": "call", "name": "Anna Weber", "email": "anna@lumen.example", "phone": "+49 40 5550 1420",
             "sequence": str(sequence(desk, "inbound-0-2-4-6-8")), **more}  # fmt: skip
    answer = rep.post("/leads/new", given)
    assert answer.status_code == 303, answer.text
    number = int(answer.location.rpartition("/")[2])
    rep.get(answer.location)
    return number


def running(desk: Desk, lead_id: int) -> list[Enrolment]:
    with desk.house.sessions() as session:
        return enrolments.running(session, lead_id)


def test_an_empty_list_offers_the_first_step(rep: Visitor, desk: Desk) -> None:
    page = rep.get("/leads").text
    assert "No leads yet" in page
    assert 'href="/leads/new"' in page


def test_the_list_finds_by_beginnings_of_words_and_by_filters(rep: Visitor, desk: Desk) -> None:
    anna = desk.lead("Anna Weber", company="Lumen Logistics", stage="contacted")
    desk.lead("Kenji Mori", company="Sakura Parts", stage="new")
    with desk.house.sessions.begin() as session:
        leads.add_tag(session, anna, "fair")
    for query in ("q=web+lum", "stage=contacted", "tag=fair", "owner=me&stage=contacted"):
        page = rep.get(f"/leads?{query}").text
        assert "Anna Weber" in page, query
        assert "Kenji Mori" not in page, query
    assert "Nobody fits" in rep.get("/leads?q=nobody").text
    assert "Kenji Mori" in rep.get("/leads?state=in+nothing").text


def test_the_list_goes_on_page_by_page_without_leaving_anybody_out(rep: Visitor, desk: Desk) -> None:
    with desk.house.sessions.begin() as session:
        for n in range(120):
            at = desk.now - timedelta(minutes=n // 3)
            session.add(Lead(name=f"Lead {n:03}", email=f"l{n}@x.example", created_at=at, last_activity_at=at))
    seen: list[str] = []
    path = "/leads"
    while path:
        page = rep.get(path).text
        seen += re.findall(r"<b>(Lead \d+)</b>", page)
        more = re.search(r'class="more-line"><a class="btn" href="([^"]+)"', page)
        path = more[1].replace("&amp;", "&") if more else ""
    assert len(seen) == len(set(seen)) == 120


def test_whoever_is_in_nothing_is_found_however_far_back(
    rep: Visitor, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page looks through so many leads; `Older` goes on, also over a stretch where nobody fits."""
    monkeypatch.setattr(leads, "FARTHEST", 3)
    with desk.house.sessions.begin() as session:
        for n in range(12):
            at = desk.now - timedelta(days=1, minutes=n)
            session.add(Lead(name=f"Lead {n:03}", email=f"l{n}@x.example", created_at=at, last_activity_at=at))
    for n in range(8):
        note(rep, desk, name=f"Busy {n}", email=f"busy{n}@x.example", phone="")
    seen: list[str] = []
    path, empty = "/leads?state=in+nothing", 0
    while path:
        page = rep.get(path).text
        found = re.findall(r"<b>(Lead \d+|Busy \d)</b>", page)
        empty += not found and "Nobody yet" in page
        seen += found
        more = re.search(r'href="(/leads\?[^"]*before=[^"]+)"', page)
        path = more[1].replace("&amp;", "&") if more else ""
    assert seen == [f"Lead {n:03}" for n in range(12)]
    assert empty == 2


def test_the_export_never_hands_a_formula_to_a_spreadsheet(rep: Visitor, desk: Desk) -> None:
    desk.lead("=cmd|'/c calc'!A0", company="@SUM(1)", phone="+49 40 5550 1420")
    answer = rep.get("/leads/export.csv")
    rows = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert rows[0][:3] == ["name", "e-mail", "phone"]
    assert rows[1][0].startswith("'=")
    assert rows[1][2].startswith("'+")
    assert rows[1][3].startswith("'@")
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_somebody_who_called_is_noted_and_the_sequence_starts(rep: Visitor, desk: Desk) -> None:
    """M8: a call is a request, so class inbound may begin."""
    number = note(rep, desk, message="Do you work on Saturdays?")
    page = rep.get(f"/leads/{number}").text
    assert "Anna Weber" in page
    assert "Came by call" in page
    assert "Do you work on Saturdays?" in page
    assert [e.class_ for e in running(desk, number)] == ["inbound"]


def test_a_card_is_no_request_and_the_page_says_why_nothing_started(rep: Visitor, desk: Desk) -> None:
    """M8."""
    number = note(rep, desk, source="card")
    assert running(desk, number) == []
    assert "needs a recorded request" in rep.get(f"/leads/{number}?all=1").text


def test_a_lead_without_address_and_number_is_refused_beside_the_field(rep: Visitor, desk: Desk) -> None:
    rep.get("/leads/new")
    answer = rep.post("/leads/new", {"name": "Anna", "source": "call"})
    assert answer.status_code == 422
    assert "Give an e-mail address or a phone number" in answer.text
    assert 'value="Anna"' in answer.text
    assert desk.all(Lead) == []


def test_a_pasted_list_is_shown_first_and_imported_line_by_line(rep: Visitor, desk: Desk) -> None:
    desk.lead("Kenji Mori")
    text = (
        "Full name;E-mail;Telephone;Company\nAnna Weber;anna@x.example;+49 40 5550 1420;Lumen\n"
        "No Address;;;\nKenji M;kenji@lumen.example;;Sakura\nAnna Again;ANNA@x.example;;\nBad;not-an-address;;\n"
    )
    rep.get("/leads/import")
    page = rep.post("/leads/import", {"text": text}).text
    assert "neither an e-mail address nor a phone number" in page
    assert "stands in the list twice" in page
    assert "is no e-mail address" in page
    assert "Known already" in page
    assert "Import 2 lines" in page
    assert len(desk.all(Lead)) == 1
    done = rep.post("/leads/import", {"text": text, "import": "1", "tag": "fair"}).text
    assert "2 lines taken, 3 lines left out" in done
    assert sorted(lead.email for lead in desk.all(Lead)) == ["anna@x.example", "kenji@lumen.example"]
    with desk.house.sessions() as session:
        assert len(leads.page(session, tag="fair")) == 2


def test_a_list_without_header_is_refused_with_the_remedy(rep: Visitor, desk: Desk) -> None:
    rep.get("/leads/import")
    answer = rep.post("/leads/import", {"text": "Anna,anna@x.example\nKenji,kenji@x.example"})
    assert answer.status_code == 422
    assert "Add a line with the names" in answer.text


def test_the_page_says_what_happens_next_when_and_why(rep: Visitor, desk: Desk) -> None:
    number = note(rep, desk)
    page = rep.get(f"/leads/{number}").text
    coming = page[page.index('class="coming"') : page.index("coming-note")]
    assert "E-mail: day 2" in coming
    assert "Break-up letter" in coming
    assert "the educational letters begin" in coming
    assert coming.index("day 2") < coming.index("Break-up letter") < coming.index("educational")


def test_the_next_step_is_named_once_and_without_its_id(rep: Visitor, desk: Desk) -> None:
    number = note(rep, desk)
    page = rep.get(f"/leads/{number}").text
    head = page[page.index('class="programme-head"') : page.index('class="programme-acts"')]
    assert head.count("Next: ") == 1
    assert "Next: " + running(desk, number)[0].step_key not in head


def test_an_absence_is_told_with_the_day_of_the_return(rep: Visitor, desk: Desk) -> None:
    """O4: on the page of the lead and on Health."""
    number = note(rep, desk)
    with desk.house.sessions.begin() as session:
        row = session.get_one(Enrolment, running(desk, number)[0].id)
        row.state, row.why = "paused: out-of-office", "The last thing that happened."
        row.memory = {**row.memory, "ooo": {"until": "2031-03-06", "since": desk.now.isoformat()}}
    for page in (rep.get(f"/leads/{number}").text, rep.get("/health").text):
        assert "The lead is away until Thu 6 Mar 2031; the next letter goes after the return." in page
        assert '<td class="why">The last thing that happened.' not in page


def test_a_person_pauses_resumes_skips_and_stops(rep: Visitor, desk: Desk) -> None:
    """P1, P3, P5, X8."""
    number = note(rep, desk)
    row = running(desk, number)[0]
    path = f"/leads/{number}/enrolments/{row.id}"
    rep.post(path, {"do": "pause", "reason": "on holiday"})
    page = rep.get(f"/leads/{number}").text
    assert "paused: manual" in page
    assert "on holiday" in page
    rep.post(path, {"do": "continue"})
    before = running(desk, number)[0]
    assert not before.state.startswith("paused")
    rep.post(path, {"do": "skip"})
    assert running(desk, number)[0].step_key != before.step_key
    rep.post(path, {"do": "stop", "reason": "wrong list"})
    assert running(desk, number) == []
    assert "ended: manual" in rep.get(f"/leads/{number}").text


def test_an_enrolment_of_another_lead_cannot_be_steered(rep: Visitor, desk: Desk) -> None:
    number = note(rep, desk)
    other = desk.lead("Kenji Mori")
    row = running(desk, number)[0]
    assert rep.post(f"/leads/{other}/enrolments/{row.id}", {"do": "stop"}).status_code == 404
    assert running(desk, number) != []


def test_facts_are_edited_with_errors_beside_the_field(rep: Visitor, desk: Desk) -> None:
    number = desk.lead("Anna Weber", phone_bad=True)
    desk.lead("Kenji Mori")
    rep.get(f"/leads/{number}")
    answer = rep.post(f"/leads/{number}/facts", {"email": "kenji@lumen.example", "zone": "Mars/Base"})
    assert answer.status_code == 422
    assert "Kenji Mori has this address already" in answer.text
    assert "is no time zone" in answer.text
    rep.post(f"/leads/{number}/facts", {"phone": "+49 40 5550 1421", "zone": "Europe/Berlin", "stage": "replied"})
    lead = desk.get(Lead, number)
    assert (lead.phone_bad, lead.zone, lead.zone_source, lead.stage) == (False, "Europe/Berlin", "field", "replied")


def test_tags_go_on_and_off(rep: Visitor, desk: Desk) -> None:
    number = desk.lead("Anna Weber")
    rep.get(f"/leads/{number}")
    rep.post(f"/leads/{number}/tags", {"add": "fair, vip"})
    rep.post(f"/leads/{number}/tags", {"remove": "fair"})
    with desk.house.sessions() as session:
        assert leads.tags_of(session, number) == {"vip"}


def test_a_mail_of_ones_own_goes_at_once(rep: Visitor, desk: Desk) -> None:
    """W5, M5."""
    number = desk.lead("Anna Weber")
    rep.get(f"/leads/{number}")
    answer = rep.post(f"/leads/{number}/write", {"subject": "", "text": "Hello"})
    assert answer.status_code == 422
    assert "no subject" in answer.text
    rep.post(f"/leads/{number}/write", {"subject": "A question", "text": "Hello Anna"})
    mail = desk.all(Message)[-1]
    assert (mail.kind, mail.lane, mail.subject, mail.to_address) == (
        "own",
        "urgent",
        "A question",
        "anna@lumen.example",
    )


def test_do_not_contact_ends_everything_and_hides_the_mail_form(rep: Visitor, desk: Desk) -> None:
    """X7."""
    number = note(rep, desk)
    rep.post(f"/leads/{number}/contact", {"do": "never"})
    assert running(desk, number) == []
    page = rep.get(f"/leads/{number}").text
    assert "Nothing is sent to this lead" in page
    assert 'id="write"' not in page
    rep.post(f"/leads/{number}/contact", {"do": "again", "reason": "called us and asked"})
    with desk.house.sessions() as session:
        assert consents.suppression(session, "anna@lumen.example") is None


def test_an_unsubscribe_is_never_taken_back_by_us(rep: Visitor, desk: Desk) -> None:
    """P6, X7."""
    number = desk.lead("Anna Weber")
    with desk.house.sessions.begin() as session:
        consents.suppress(session, "anna@lumen.example", "unsubscribed", "test", desk.now)
    rep.get(f"/leads/{number}")
    assert rep.post(f"/leads/{number}/contact", {"do": "again", "reason": "please"}).status_code == 400
    with desk.house.sessions() as session:
        assert consents.suppression(session, "anna@lumen.example") is not None


def test_interviews_and_deals_are_recorded(rep: Visitor, desk: Desk) -> None:
    """X1: a meeting ends the sales sequence."""
    number = note(rep, desk)
    day = (desk.now + timedelta(days=3)).date()
    rep.post(f"/leads/{number}/meetings", {"do": "booked", "at": f"{day}T14:30"})
    assert running(desk, number) == []
    rep.post(f"/leads/{number}/meetings", {"do": "held"})
    assert [i.state for i in desk.all(Interview)] == ["held"]
    rep.post(f"/leads/{number}/meetings", {"do": "won", "amount": "4.800,50"})
    assert [str(d.amount) for d in desk.all(Deal)] == ["4800.50"]
    assert desk.get(Lead, number).stage == "won"


def test_the_timeline_opens_letters_as_they_were_sent(rep: Visitor, desk: Desk) -> None:
    number = desk.lead("Anna Weber")
    with desk.house.sessions.begin() as session:
        session.add(
            Message(kind="own", state="sent", lead_id=number, to_address="anna@lumen.example", subject="Hello",
                    text_sent="the words that went out", extra={}, references=[], due_at=desk.now, queued_at=desk.now,
                    sent_at=desk.now)
        )  # fmt: skip
    desk.mail(number, "the words that came back")
    page = rep.get(f"/leads/{number}").text
    assert "the words that went out" in page
    assert "the words that came back" in page


def test_a_lead_that_does_not_exist_is_a_404(rep: Visitor, desk: Desk) -> None:
    assert rep.get("/leads/4711").status_code == 404
