"""The outbox: every letter with its state and the reason, found by state, mailbox and lead; all of one letter."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from outreach.app import create_app
from outreach.journeys import accounts
from outreach.reports import outbox
from outreach.store import business_clock, messages
from outreach.store.leads import Lead
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message

from .conftest import Visitor


@pytest.fixture
def box(session: Any, house: Any) -> Mailbox:
    accounts.ensure_mailbox(session, house, house.now(session))
    session.flush()
    row = Mailbox(
        address="rita@lumen.example", name="Rita", active=True, domain_limits={}, created_at=house.now(session)
    )
    session.add(row)
    session.commit()
    return row


def letter(session: Any, house: Any, lead: Lead | None, subject: str, **more: Any) -> Message:
    now = house.now(session)
    values = {
        "kind": "own", "state": "sent", "subject": subject, "to_address": lead.email if lead else "ada@outreach.test",
        "lead_id": lead.id if lead else None, "extra": {}, "references": [], "due_at": now, "queued_at": now, "settled": True,
    }  # fmt: skip
    row = Message(**(values | more))
    session.add(row)
    session.commit()
    return row


def subjects(page: str) -> list[str]:
    return [part.split("</bdi>")[0] for part in page.split('"><bdi>')[1:] if "Letter " in part.split("</bdi>")[0]]


def test_an_empty_outbox_says_what_will_stand_there(admin: Visitor) -> None:
    assert "No letter yet" in admin.get("/mail/outbox").text


def test_every_letter_stands_there_with_its_state_and_what_was_said_of_it(
    admin: Visitor, session: Any, house: Any, lead: Lead
) -> None:
    now = house.now(session)
    letter(session, house, lead, "Letter one", sent_at=now, answer="250 2.0.0 queued as 7F")
    letter(session, house, lead, "Letter two", state="failed", reason="given up after 72 hours: 451 later")
    letter(session, house, lead, "Letter three", state="unsure", reason="no clear answer after the letter")
    letter(session, house, lead, "Letter four", state="queued", reason="waiting: window")
    letter(session, house, lead, "Letter five", state="failed", delivered="bounced", reason="550 5.1.1 User unknown")
    letter(session, house, None, "Letter six", kind="notice")
    page = admin.get("/mail/outbox").text
    assert subjects(page) == [f"Letter {n}" for n in ("five", "four", "three", "two", "one")]
    for words in ("queued as 7F", "451 later", "no clear answer", "User unknown"):
        assert words in page
    assert "waiting: window" not in page
    found = {view: subjects(admin.get(f"/mail/outbox?state={view}").text) for view in outbox.VIEWS if view}
    assert found == {
        "waiting": ["Letter four"],
        "sent": ["Letter six", "Letter one"],
        "returned": ["Letter five"],
        "unsure": ["Letter three"],
        "failed": ["Letter five", "Letter two"],
        "cancelled": [],
        "ours": ["Letter six"],
    }
    assert "Notice to our people" in admin.get("/mail/outbox?state=ours").text
    assert "No letter fits" in admin.get("/mail/outbox?state=cancelled").text


def test_letters_are_found_by_lead_by_mailbox_and_by_message_id(
    admin: Visitor, session: Any, house: Any, lead: Lead, box: Mailbox
) -> None:
    letter(session, house, lead, "Letter one", message_id="<abc@outreach.test>")
    two = letter(session, house, None, "Letter two", mailbox_id=box.id, kind="newsletter")
    two.message_id = f"<{house.token('message', two.id)}@outreach.test>"
    session.commit()
    letter(session, house, lead, "Letter three", mailbox_id=box.id, state="queued")
    for asked, there in {
        "q=webe": ["Letter three", "Letter one"],
        "q=anna@lumen": ["Letter three", "Letter one"],
        "q=%25": [],
        "q=nobody": [],
        "q=%3Cabc@outreach.test%3E": ["Letter one"],
        f"q={quote(two.message_id)}": ["Letter two"],
        f"box={box.id}": ["Letter three", "Letter two"],
        f"box={box.id}&state=waiting": ["Letter three"],
        "q=anna&state=sent": ["Letter one"],
        "state=nonsense&box=x&before=y": ["Letter three", "Letter two", "Letter one"],
    }.items():
        assert subjects(admin.get(f"/mail/outbox?{asked}").text) == there, asked


def test_what_waits_is_listed_in_the_order_in_which_it_goes(
    admin: Visitor, session: Any, house: Any, lead: Lead
) -> None:
    now = house.now(session)
    for hours, name in ((5, "Letter late"), (1, "Letter soon"), (3, "Letter later")):
        letter(session, house, lead, name, state="queued", due_at=now + timedelta(hours=hours))
    letter(session, house, lead, "Letter begun", state="begun")
    page = admin.get("/mail/outbox?state=waiting").text
    assert subjects(page) == ["Letter begun", "Letter soon", "Letter later", "Letter late"]
    assert "Waiting (4)" in page


def test_a_letter_that_is_due_says_what_holds_its_mailbox(
    admin: Visitor, session: Any, house: Any, lead: Lead, box: Mailbox
) -> None:
    """L5, F4."""
    now = house.now(session)
    letter(session, house, lead, "Letter one", state="queued", mailbox_id=box.id, kind="step", rank=2)
    box.free_at, box.free_why = now + timedelta(hours=1), "20 letters in any 24 hours"
    session.commit()
    assert "20 letters in any 24 hours" in admin.get("/mail/outbox").text
    box.paused_until, box.paused_reason = (
        business_clock.real_now(session) + timedelta(minutes=5),
        "The server is silent",
    )
    session.commit()
    assert "The server is silent" in admin.get("/mail/outbox").text


def test_rare_letters_are_looked_for_a_stretch_at_a_time(
    admin: Visitor, session: Any, house: Any, lead: Lead, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table of millions has no index of failed letters: a page looks through so many and the next one looks on."""
    monkeypatch.setattr(outbox, "FARTHEST", 10)
    letter(session, house, lead, "Letter failed", state="failed")
    for n in range(25):
        letter(session, house, lead, f"Letter {n}")
    path, seen = "/mail/outbox?state=failed", []
    for _ in range(3):
        page = admin.get(path).text
        seen.append(subjects(page))
        path = (
            page.split('<p class="more-line"><a class="btn" href="')[1].split('"')[0].replace("&amp;", "&")
            if not seen[-1]
            else ""
        )
    assert seen == [[], [], ["Letter failed"]]


def test_older_letters_follow_on_the_next_page(admin: Visitor, session: Any, house: Any, lead: Lead) -> None:
    rows = [letter(session, house, lead, f"Letter {n}") for n in range(55)]
    first = admin.get("/mail/outbox").text
    assert len(subjects(first)) == 50
    assert f"before={rows[5].id}" in first
    assert len(subjects(admin.get(f"/mail/outbox?before={rows[5].id}").text)) == 5


def test_a_letter_s_page_says_all_that_is_known(
    admin: Visitor, session: Any, house: Any, lead: Lead, box: Mailbox
) -> None:
    sent = letter(
        session, house, lead, "Letter one", mailbox_id=box.id, message_id="<abc@outreach.test>", text_sent="Dear <b>Anna</b>",
        answer="250 ok", attempts=3, sent_at=house.now(session), extra={"files": ["offer.pdf"]},
    )  # fmt: skip
    page = admin.get(f"/mail/outbox/{sent.id}").text
    for words in ("250 ok", "abc@outreach.test", "Dear &lt;b&gt;Anna", "rita@lumen.example", "offer.pdf", "<dd>3</dd>"):
        assert words in page
    later = letter(
        session, house, lead, "", kind="step", state="queued", due_at=house.now(session) + timedelta(hours=2)
    )
    assert "when its turn comes" in admin.get(f"/mail/outbox/{later.id}").text
    assert admin.get("/mail/outbox/999999").status_code == 404
    assert f"/mail/outbox/{sent.id}" in admin.get(f"/leads/{lead.id}").text


def test_an_unsure_letter_is_settled_on_its_page_by_those_who_may(
    admin: Visitor, rep: Visitor, session: Any, house: Any, lead: Lead
) -> None:
    """F5: a person decides, and comes back to the letter."""
    row = letter(session, house, lead, "Letter one", state="unsure")
    path = f"/mail/outbox/{row.id}"
    assert "Mark as sent" not in rep.get(path).text
    assert "Mark as sent" in admin.get(path).text
    answer = admin.post(f"/health/unsure/{row.id}", {"choice": "sent", "back": "outbox"})
    assert answer.headers["Location"] == path
    assert "Taken by the mail server" in admin.get(path).text
    assert admin.post(f"/health/unsure/{row.id}", {"choice": "sent"}).headers["Location"] == "/health"


def test_mail_leads_to_the_outbox_where_letters_leave_the_machine(house: Any, ada: Any, admin: Visitor) -> None:
    assert "Local mail" in admin.get("/mail").text
    settings = house.settings.model_copy(update={"smtp_url": "smtp://mail.example"})
    away = Visitor(create_app(replace(house, settings=settings)))
    away.sign_in(ada.email)
    assert away.get("/mail").headers["Location"] == "/mail/outbox"
    assert "Local mail" not in away.get("/mail/outbox").text


def test_names_of_any_direction_stay_in_their_place(admin: Visitor, session: Any, house: Any, lead: Lead) -> None:
    lead.name = "محمد العلي"
    session.add(lead)
    letter(session, house, lead, "Letter عرض")
    assert "<bdi>محمد العلي</bdi>" in admin.get("/mail/outbox").text


@pytest.mark.parametrize(
    ("told", "words"),
    [("delivered", "Delivered"), *messages.RETURNED.items()],
)
def test_whatever_was_told_of_a_letter_later_stands_in_the_outbox_and_on_the_timeline(
    admin: Visitor, session: Any, house: Any, lead: Lead, told: str, words: str
) -> None:
    """A provider's webhook says delivered of most letters; that is no letter that came back."""
    row = letter(session, house, lead, "Letter told of", sent_at=house.now(session), answer="250 ok", delivered=told)

    for path in ("/mail/outbox", f"/mail/outbox/{row.id}", f"/leads/{lead.id}"):
        assert words in admin.get(path).text
    back = subjects(admin.get("/mail/outbox?state=returned").text)
    assert back == ([] if told == "delivered" else ["Letter told of"])
