"""Forms: shaped by a marketer, read by everybody."""

import csv
import io
from typing import Any

import pytest
from sqlalchemy import select

from outreach.journeys import capture, cleaning, held_answers, letters, presets
from outreach.store import account
from outreach.store.forms import Form
from outreach.store.held_answers import HeldAnswer
from outreach.store.messages import Message
from outreach.store.users import User

from .conftest import Visitor


@pytest.fixture
def builder(stranger: Visitor, ada: User) -> Visitor:
    stranger.sign_in(ada.email)
    return stranger


@pytest.fixture
def form(builder: Visitor, session: Any) -> Form:
    builder.get("/forms")
    builder.post("/forms", {"name": "Ask for a quote"})
    found: Form = session.scalar(select(Form))
    return found


def posted(form: Form, **more: str) -> dict[str, str]:
    """The editor's fields as a browser would send them."""
    data = {
        "name": form.name, "title": form.title, "intro": form.intro, "button": form.button, "thanks": form.thanks,
        "consent_text": form.consent_text,
    }  # fmt: skip
    fields = [one for one in form.fields if one["key"] != "consent"]
    for n, one in enumerate(fields):
        data |= {f"f_{n}_{key}": str(one[key]) for key in ("key", "label", "kind")}
        if one["required"]:
            data[f"f_{n}_required"] = "1"
        for m, option in enumerate(one.get("options", [])):
            data |= {f"o_{n}_{m}_{key}": words for key, words in option.items()}
    return data | more


def keys(session: Any, form: Form) -> list[str]:
    session.expire_all()
    return [one["key"] for one in form.fields]


def test_a_new_form_is_closed_and_asks_the_usual_questions(builder: Visitor, session: Any, form: Form) -> None:
    assert (form.key, form.active) == ("ask-for-a-quote", False)
    assert keys(session, form) == ["name", "email", "phone", "message", "consent"]
    assert builder.get("/f/ask-for-a-quote").status_code == 410


def test_a_form_may_ask_new_addresses_to_confirm_themselves(builder: Visitor, session: Any, form: Form) -> None:
    """MAIL L4: an option of each form, with the days that the link is good for."""
    builder.get(f"/forms/{form.id}")
    wrong = builder.post(f"/forms/{form.id}", posted(form, confirm="1", confirm_days="0"))
    assert wrong.status_code == 422
    assert "from 1 to 60" in wrong.text
    builder.post(f"/forms/{form.id}", posted(form, confirm="1", confirm_days="3"))
    session.refresh(form)
    assert (form.confirm, form.confirm_days) == (True, 3)
    builder.post(f"/forms/{form.id}", posted(form))
    session.refresh(form)
    assert (form.confirm, form.confirm_days) == (False, 3)


def test_a_form_that_met_a_burst_says_so_and_goes_on_by_a_click(
    builder: Visitor, session: Any, form: Form, house: Any
) -> None:
    """MAIL L4: on the form's page, its list, its submissions and the lead's page; each answer, or all, by a person's choice."""
    account.get(session).burst_least = 2
    form.active, form.letter = True, "form-thanks"
    for number in range(5):
        given = {"name": f"Pat {number}", "email": f"pat{number}@firm{number}.internal", "message": "Hello"}
        cleaned, _ = cleaning.check(form, given)
        capture.submit(session, house, form, cleaned, {}, house.now(session))
    session.commit()
    page = builder.get(f"/forms/{form.id}").text
    assert "does not answer by itself" in page
    assert "3 people wait" in page
    assert "Does not answer" in builder.get("/forms").text
    assert builder.get(f"/forms/{form.id}/submissions").text.count("Answer waits") == 3

    rows = list(session.scalars(select(HeldAnswer).order_by(HeldAnswer.id)))
    lead = builder.get(f"/leads/{rows[0].lead_id}").text
    assert "has not gone" in lead
    back = {"back": f"/leads/{rows[0].lead_id}"}
    assert builder.post(f"/answers/{rows[0].id}", {"do": "send", **back}).location == back["back"]
    assert builder.post(f"/answers/{rows[1].id}", {"do": "leave", "back": "//evil.example"}).location == "/forms"
    assert "gone already" in builder.post(f"/answers/{rows[1].id}", {"do": "send"}, follow_redirects=True).text
    builder.post(f"/forms/{form.id}/answers", {"do": "go_on"})
    builder.post(f"/forms/{form.id}/answers", {"do": "send"})
    held_answers.release(house)
    session.expire_all()
    assert [row.end for row in rows] == ["sent", "left", "sent"]
    assert form.stopped_at is None
    assert "person waits" not in builder.get(f"/forms/{form.id}").text


def test_opening_it_shows_it_to_everybody(builder: Visitor, session: Any, form: Form) -> None:
    builder.get(f"/forms/{form.id}")
    builder.post(f"/forms/{form.id}", posted(form, active="1", title="What would it cost?"))
    assert "What would it cost?" in builder.get("/f/ask-for-a-quote").text


def test_fields_are_added_moved_and_removed_without_script(builder: Visitor, session: Any, form: Form) -> None:
    builder.get(f"/forms/{form.id}")
    builder.post(f"/forms/{form.id}", posted(form, do="add", add_key="topic"))
    assert keys(session, form) == ["name", "email", "phone", "message", "topic", "consent"]
    builder.post(f"/forms/{form.id}", posted(form, do="up:4"))
    assert keys(session, form) == ["name", "email", "phone", "topic", "message", "consent"]
    builder.post(f"/forms/{form.id}", posted(form, do="remove:2"))
    assert keys(session, form) == ["name", "email", "topic", "message", "consent"]


def test_each_topic_carries_its_own_paragraph(builder: Visitor, session: Any, form: Form) -> None:
    builder.post(f"/forms/{form.id}", posted(form, do="add", add_key="topic"))
    session.expire_all()
    words = {"o_4_0_label": "A roof", "o_4_0_value": "roof", "o_4_0_paragraph": "Roofs are our trade."}
    builder.post(f"/forms/{form.id}", posted(form, **words))
    session.expire_all()
    (option,) = form.fields[4]["options"]
    assert option == {"value": "roof", "label": "A roof", "paragraph": "Roofs are our trade."}


def test_a_form_without_any_address_is_refused_and_nothing_is_lost(builder: Visitor, session: Any, form: Form) -> None:
    data = {key: value for key, value in posted(form, title="New words").items() if not key.startswith(("f_1", "f_2"))}
    answer = builder.post(f"/forms/{form.id}", data)
    assert answer.status_code == 422
    assert "e-mail address or a phone number" in answer.text
    assert "New words" in answer.text
    assert "email" in keys(session, form)


def test_the_embed_codes_name_the_public_address(builder: Visitor, form: Form) -> None:
    page = builder.get(f"/forms/{form.id}").text
    assert "http://outreach.test/f/ask-for-a-quote.js" in page
    assert "?embed=1" in page


def test_submissions_are_shown_and_exported_without_formulas(
    builder: Visitor, session: Any, house: Any, form: Form
) -> None:
    """RELIABILITY 5.2 item 16."""
    now = house.now(session)
    answers = {"name": "Anna", "email": "anna@lumen.example", "message": "=HYPERLINK(1)", "consent": True}
    cleaned, errors = cleaning.check(form, answers)
    assert errors == {}
    capture.submit(session, house, form, cleaned, {"utm": {"source": "@fair"}}, now)
    session.commit()
    assert "=HYPERLINK(1)" in builder.get(f"/forms/{form.id}/submissions").text
    sheet = builder.get(f"/forms/{form.id}/submissions.csv")
    header, row = csv.reader(io.StringIO(sheet.text.lstrip("\ufeff")))
    found = dict(zip(header, row, strict=True))
    assert found["message"] == "'=HYPERLINK(1)"
    assert found["source"] == "'@fair"


def test_people_read_answers_in_the_words_of_the_form(builder: Visitor, session: Any, house: Any) -> None:
    """On the page of submissions, the lead's page and in the notice to the rep, which repeats nothing."""
    presets.load_presets(session, house, house.now(session))
    form = session.scalar(select(Form).where(Form.key == "contact"))
    cleaned, _ = cleaning.check(form, {"name": "Anna", "email": "anna@lumen.example", "phone": "", "topic": "quote"})
    done = capture.submit(session, house, form, cleaned, {}, house.now(session))
    session.commit()
    for path in (f"/forms/{form.id}/submissions", f"/leads/{done.lead_id}"):
        page = builder.get(path).text
        assert "<dt>What is it about?</dt><dd>A price or a quote</dd>" in page
        assert "<dd>quote</dd>" not in page
    notice = session.scalar(select(Message).where(Message.kind == "notice"))
    fields = {"brand": {"name": "Lumen"}} | notice.extra["fields"]
    letter = letters.render(session, letters.text_of(session, "notice-new-lead"), fields)
    assert "- What is it about? A price or a quote" in letter.text
    assert "What is it about? A price or a quote</li>" in letter.html
    assert letter.text.count("anna@lumen.example") == 1


def test_a_rep_looks_but_does_not_change(stranger: Visitor, rita: User, form: Form) -> None:
    stranger.sign_in(rita.email)
    assert stranger.get(f"/forms/{form.id}").status_code == 200
    assert stranger.post(f"/forms/{form.id}", posted(form)).status_code == 403
