"""Sequences as a marketer sees them: the list, the timeline, the panel of a step, drafts, versions and text."""

import json
import re
from typing import Any

import pytest

from outreach import documents
from outreach.core import editing
from outreach.core.sequences import Kind
from outreach.journeys import publish
from outreach.store import messages, sequences
from outreach.store.leads import Lead
from outreach.store.mailboxes import Mailbox
from outreach.store.sequences import SequenceRow
from outreach.store.users import User

from .conftest import live_sequence

DOCUMENT = """outreach: 1
name: Cadence
class: inbound
anchor: enrolment
steps:
  - id: hello
    email: {subject: "Hello {{ first_name }}", body: "Shall we talk, {{ first_name }}?"}
    after: 0 minutes
  - id: call-1
    call: {script: Ask what they need}
    after: 0 minutes
  - id: day-2
    email: {subject: Again, body: Did it arrive?, thread: reply}
    after: 2 days
"""
BRANCHED = """outreach: 1
name: Branched
steps:
  - id: first
    email: {subject: First, body: Text}
  - id: ask
    if: clicked pricing
    then:
      - {id: call-hot, call: {script: Call}, after: 1 hour}
    else:
      - {id: story, email: {subject: Story, body: Text}, after: 2 business days}
positive:
  - {id: thanks, task: Say thank you}
"""


@pytest.fixture
def cadence(house: Any) -> int:
    """A published sequence of three steps."""
    return live_sequence(house, DOCUMENT)


def draft(house: Any, sequence_id: int) -> Any:
    with house.sessions() as session:
        return publish.draft_of(session, session.get_one(SequenceRow, sequence_id))


def keys(house: Any, sequence_id: int) -> list[str]:
    return [step.id for step in draft(house, sequence_id).steps]


def enrolled(house: Any, sequence_id: int, sent: str = "hello") -> None:
    """Anna stands in the sequence and got one letter."""
    from outreach.store.enrolments import Enrolment
    from outreach.store.messages import Message

    with house.sessions.begin() as session:
        now = house.now(session)
        lead = Lead(email="anna@lumen.example", name="Anna Weber", fields={}, created_at=now, last_activity_at=now)
        session.add(lead)
        session.flush()
        row = session.get_one(SequenceRow, sequence_id)
        enrolment = Enrolment(
            lead_id=lead.id, sequence_id=row.id, version_id=row.current_version_id, class_="inbound", why="Day 2 is next.",
            state="waiting: delay", step_key="day-2", due_at=now, anchor_at=now, memory={}, entered_at=now,
        )  # fmt: skip
        session.add(enrolment)
        session.flush()
        session.add(
            Message(
                kind="step",
                lead_id=lead.id,
                enrolment_id=enrolment.id,
                step_key=sent,
                to_address=lead.email,
                state="sent",
                sent_at=now,
                due_at=now,
                queued_at=now,
                extra={},
                references=[],
            )
        )


def test_the_list_shows_what_is_live_and_who_is_in_it(admin: Any, house: Any, cadence: int):
    enrolled(house, cadence)
    page = admin.get("/sequences").text
    assert "Cadence" in page
    assert "Live" in page
    assert re.search(r'data-label="In it now"[^>]*>1<', page)


def test_the_editor_shows_the_steps_with_their_waits_and_numbers(admin: Any, house: Any, cadence: int):
    enrolled(house, cadence)
    page = admin.get(f"/sequences/{cadence}").text
    assert re.findall(r'<li class="st[^"]*" id="st-([\w-]+)"', page) == ["hello", "call-1", "day-2"]
    assert "Until day 2" in page
    assert "<dt>Sent</dt><dd>1</dd>" in page
    assert "Version 1 is live" in page
    assert "lead replies" in page


def test_branches_and_tracks_are_shown_and_stay_intact(admin: Any, house: Any):
    """A document with lanes survives an edit of another step."""
    number = live_sequence(house, BRANCHED)
    page = admin.get(f"/sequences/{number}").text
    assert "Clicked “pricing”?" in page
    assert "Positive track" in page
    before = draft(house, number)
    admin.post(f"/sequences/{number}/steps/first", {"subject": "Changed", "body": "Text", "letter": "own", "after": ""})
    after = draft(house, number)
    assert after.step("first").mail.variants[0].subject == "Changed"
    assert after.step("ask") == before.step("ask")
    assert after.positive == before.positive


def test_what_is_filled_in_is_kept_as_a_draft_and_not_live(admin: Any, house: Any, cadence: int):
    """V7: draft and published are separate."""
    admin.get(f"/sequences/{cadence}")
    form = {"letter": "own", "subject": "New words", "body": "Text", "after": "3", "after_unit": "days"}
    answer = admin.post(f"/sequences/{cadence}/steps/day-2", form)
    assert answer.status_code == 303
    page = admin.get(answer.location).text
    assert "Draft with 3 changes, version 1 is live" in page
    with house.sessions() as session:
        row = session.get_one(SequenceRow, cadence)
        assert "New words" not in sequences.current(session, row).document


def test_the_live_preview_is_filled_for_the_sample_lead(admin: Any, house: Any, cadence: int):
    enrolled(house, cadence)
    admin.get(f"/sequences/{cadence}?step=hello")
    form = {
        "letter": "own",
        "subject": "Dear {{ first_name }}",
        "body": "Are you well?",
        "after": "0",
        "after_unit": "minutes",
    }
    answer = admin.post(f"/sequences/{cadence}/steps/hello", form, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "Dear Anna" in answer.text
    assert "1 question" in answer.text
    assert "Draft saved" in answer.text


def test_the_preview_shows_the_address_that_a_real_letter_comes_from(admin: Any, house: Any, ada: User, cadence: int):
    enrolled(house, cadence)
    with house.sessions.begin() as session:
        session.add(
            Mailbox(address="letters@outreach.test", user_id=ada.id, imap_cursor={}, created_at=house.now(session))
        )
    page = admin.get(f"/sequences/{cadence}?step=hello").text
    assert "&lt;letters@outreach.test&gt;" in page
    assert ada.email not in page


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"subject": ""}, "A letter needs a subject."),
        ({"body": "Hi {{ nobody }}"}, "There is no merge field “nobody”"),
        ({"body": "Hi {% if %}"}, "Line 1"),
        ({"after": "soon"}, "“soon” is no number"),
        ({"after": "0", "after_unit": "minutes"}, "no delay between them"),
        ({"at_mode": "time", "at": "25:99"}, "Write the time as hours and minutes"),
        ({"letter": "template", "template": ""}, "Choose a template"),
    ],
)
def test_what_makes_no_sense_is_said_and_changes_nothing(
    admin: Any, house: Any, cadence: int, changed: dict[str, str], words: str
):
    """D10, F3: refused beside the field."""
    before = draft(house, cadence)
    admin.get(f"/sequences/{cadence}")
    form = {"letter": "own", "subject": "S", "body": "B", "after": "2", "after_unit": "days"} | changed
    answer = admin.post(f"/sequences/{cadence}/steps/day-2", form)
    assert answer.status_code == 422
    assert words in answer.text
    assert draft(house, cadence) == before


def test_steps_are_added_behind_the_chosen_one_and_moved(admin: Any, house: Any, cadence: int):
    admin.get(f"/sequences/{cadence}")
    admin.post(f"/sequences/{cadence}/steps", {"kind": "task", "after": "call-1"})
    assert keys(house, cadence) == ["hello", "call-1", "task", "day-2"]
    admin.post(f"/sequences/{cadence}/steps/task/up")
    assert keys(house, cadence) == ["hello", "task", "call-1", "day-2"]
    order = json.dumps(["hello", "call-1", "task", "day-2"])
    answer = admin.post(f"/sequences/{cadence}/order", {"keys": order}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert keys(house, cadence) == ["hello", "call-1", "task", "day-2"]


def test_a_step_with_history_is_switched_off_instead_of_taken_out(admin: Any, house: Any, cadence: int):
    """V6."""
    enrolled(house, cadence)
    admin.get(f"/sequences/{cadence}")
    admin.post(f"/sequences/{cadence}/steps/hello/remove")
    assert draft(house, cadence).step("hello").off
    admin.post(f"/sequences/{cadence}/steps/call-1/remove")
    assert keys(house, cadence) == ["hello", "day-2"]
    admin.post(f"/sequences/{cadence}/steps/hello/on")
    assert not draft(house, cadence).step("hello").off


def test_an_edit_that_the_document_refuses_says_why(admin: Any, house: Any, cadence: int):
    """D10: two letters with nothing between them."""
    admin.get(f"/sequences/{cadence}")
    order = json.dumps(["day-2", "hello", "call-1"])
    answer = admin.post(
        f"/sequences/{cadence}/order", {"keys": order[:-1] + ', "gone"]'}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 422
    assert "changed in the meantime" in answer.text


def test_publishing_shows_what_changes_and_makes_a_version(admin: Any, house: Any, cadence: int):
    """V1, V3."""
    enrolled(house, cadence)
    admin.get(f"/sequences/{cadence}")
    admin.post(f"/sequences/{cadence}/steps/call-1/remove")
    page = admin.get(f"/sequences/{cadence}/publish").text
    assert "Call “call-1” is taken out" in page
    assert "Whoever stays behind finishes the version that they are in" in page
    answer = admin.post(f"/sequences/{cadence}/publish")
    assert "Version 2 is live" in admin.get(answer.location).text


def test_one_click_goes_back_to_an_earlier_version(admin: Any, house: Any, cadence: int):
    """V7."""
    admin.get(f"/sequences/{cadence}")
    admin.post(f"/sequences/{cadence}/steps/call-1/remove")
    admin.post(f"/sequences/{cadence}/publish")
    page = admin.get(f"/sequences/{cadence}/versions").text
    back = re.search(r'action="(/sequences/\d+/versions/\d+/revert)"', page)[1]
    admin.post(back)
    assert keys(house, cadence) == ["hello", "call-1", "day-2"]


def test_the_leads_inside_are_listed_with_state_and_next_date(admin: Any, house: Any, cadence: int):
    enrolled(house, cadence)
    page = admin.get(f"/sequences/{cadence}/leads").text
    assert "Anna Weber" in page
    assert "waiting: delay" in page
    assert "Day 2 is next." in page


def test_the_document_is_exported_and_taken_back(admin: Any, house: Any, cadence: int):
    text = admin.get(f"/sequences/{cadence}.yaml").text
    assert documents.read(text) == draft(house, cadence)
    admin.get(f"/sequences/{cadence}/text")
    answer = admin.post(f"/sequences/{cadence}/text", {"text": text.replace("Again", "Once more")})
    assert answer.status_code == 303
    assert draft(house, cadence).step("day-2").mail.variants[0].subject == "Once more"


def test_a_faulty_document_is_refused_with_its_line_and_stays_in_the_field(admin: Any, house: Any, cadence: int):
    admin.get(f"/sequences/{cadence}/text")
    faulty = DOCUMENT.replace("after: 2 days", "after: 2 fortnights")
    answer = admin.post(f"/sequences/{cadence}/text", {"text": faulty})
    assert answer.status_code == 422
    assert ":14:" in answer.text or ":15:" in answer.text
    assert "2 fortnights" in answer.text
    assert draft(house, cadence) == documents.read(DOCUMENT)


def test_hours_holidays_gap_and_end_are_kept_in_the_draft(admin: Any, house: Any, cadence: int):
    """W1, W8, D9."""
    admin.get(f"/sequences/{cadence}/settings")
    days = {f"day{number}": "" for number in range(7)} | {"day0": "09:00-12:00, 13:00-24:00"}
    form = {"name": "Cadence", "class": "sales", "anchor": "enrolment", "zone": "own", "zone_name": "Europe/Berlin",
            "holidays": "own", "holiday_places": "DE-BY", "closed": "2026-12-24", "min_gap": "2", "min_gap_unit": "days",
            "grace": "3", "grace_unit": "days", "then": "nurture", "programme": "Educational"}  # fmt: skip
    assert admin.post(f"/sequences/{cadence}/settings", {**form, **days}).status_code == 303
    kept = draft(house, cadence)
    assert kept.schedule.zone == "Europe/Berlin"
    assert [(block.start, block.end) for block in kept.schedule.week[0]] == [(540, 720), (780, 1440)]
    assert kept.schedule.week[1] == ()
    assert kept.schedule.holidays == ("DE-BY",)
    assert str(kept.min_gap) == "2 days"
    assert (str(kept.finish.grace), kept.finish.then, kept.finish.programme) == ("3 days", "nurture", "Educational")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"day0": "17:00-09:00"}, "write hours like 09:00-17:00"),
        ({"day0": ""}, "At least one day needs hours"),
        ({"zone": "own", "zone_name": "Mars/Base"}, "is no time zone"),
        ({"closed": "Christmas"}, "is no date"),
        ({"name": " "}, "needs a name"),
    ],
)
def test_senseless_hours_are_refused_beside_the_field(
    admin: Any, house: Any, cadence: int, changed: dict[str, str], words: str
):
    admin.get(f"/sequences/{cadence}/settings")
    form = {"name": "Cadence", "zone": "lead", "holidays": "lead", "day0": "09:00-17:00", "then": "end"} | changed
    answer = admin.post(f"/sequences/{cadence}/settings", form)
    assert answer.status_code == 422
    assert words in answer.text


def test_a_new_sequence_starts_blank_from_a_preset_or_from_text(admin: Any, house: Any):
    admin.get("/sequences/new")
    blank = admin.post("/sequences/new", {"from": "blank", "name": "Mine", "class": "sales"})
    assert "Draft, never published yet" in admin.get(blank.location).text
    preset = admin.post("/sequences/new", {"from": "preset", "preset": "inbound-0-2-4-6-8", "preset_name": "Ours"})
    assert "Ours" in admin.get(preset.location).text
    text = admin.post("/sequences/new", {"from": "text", "text": DOCUMENT})
    assert "Cadence" in admin.get(text.location).text
    broken = admin.post("/sequences/new", {"from": "text", "text": "outreach: 1\nname: [x"})
    assert broken.status_code == 422


def test_an_archived_sequence_says_so_and_comes_back(admin: Any, house: Any, cadence: int):
    """X9."""
    admin.get(f"/sequences/{cadence}/versions")
    admin.post(f"/sequences/{cadence}/archive")
    assert "Archived" in admin.get("/sequences").text
    admin.post(f"/sequences/{cadence}/archive")
    assert "Archived" not in admin.get("/sequences").text


def test_the_letter_of_a_step_is_sent_to_myself_alone(admin: Any, ada: Any, house: Any, cadence: int):
    enrolled(house, cadence)
    admin.get(f"/sequences/{cadence}")
    admin.post(f"/sequences/{cadence}/steps/hello/test")
    with house.sessions() as session:
        letter = session.query(messages.Message).filter_by(kind="test").one()
    assert letter.to_address == ada.email
    assert letter.lead_id is None
    assert letter.extra["rendered"]["subject"] == "[Test] Hello Anna"


def test_a_rep_may_look_and_not_change(rep: Any, house: Any, cadence: int):
    page = rep.get(f"/sequences/{cadence}")
    assert page.status_code == 200
    assert "Add step" not in page.text
    assert rep.post(f"/sequences/{cadence}/steps/hello/off").status_code == 403


def test_every_kind_of_step_can_be_added_opened_and_saved_as_it_is(admin: Any, house: Any, cadence: int):
    """Opening and saving the form of a new step changes nothing."""
    for kind in editing.ADDABLE:
        admin.get(f"/sequences/{cadence}")
        answer = admin.post(f"/sequences/{cadence}/steps", {"kind": kind.value, "after": "day-2"})
        key = answer.location.rpartition("step=")[2]
        page = admin.get(answer.location)
        step = draft(house, cadence).step(key)
        form = fields_in(page.text)
        if step.kind is Kind.BREAKUP:
            form["template"] = "break-up"
        assert admin.post(f"/sequences/{cadence}/steps/{key}", form).status_code == 303
        assert draft(house, cadence).step(key) == step
        admin.post(f"/sequences/{cadence}/steps/{key}/remove")


def fields_in(page: str) -> dict[str, str]:
    """What a browser would send of the step's form."""
    from html.parser import HTMLParser

    found: dict[str, str] = {}

    class Reader(HTMLParser):
        inside = False
        area = select = ""

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            given = {name: value or "" for name, value in attrs}
            if tag == "form":
                self.inside = given.get("id") == "step-form"
            if not self.inside:
                return
            kind = given.get("type", "text")
            if tag == "input" and "name" in given and (kind not in ("radio", "checkbox") or "checked" in given):
                found[given["name"]] = given.get("value", "")
            elif tag == "textarea":
                self.area = given["name"]
                found[self.area] = ""
            elif tag == "select":
                self.select = given["name"]
            elif tag == "option" and self.select and ("selected" in given or self.select not in found):
                found[self.select] = given.get("value", "")

        def handle_endtag(self, tag: str) -> None:
            if tag == "textarea":
                self.area = ""
            if tag == "form":
                self.inside = False

        def handle_data(self, data: str) -> None:
            if self.area:
                found[self.area] += data

    Reader().feed(page)
    return found
