"""The shell, sign-in and settings in a real browser."""

from typing import Any

import pytest

from outreach.journeys import accounts
from outreach.store import logins, notices
from outreach.store.inbox import InboundMail
from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.store.users import User

PAGES = [
    "/menu",
    "/settings",
    "/settings/me",
    "/settings/users",
    "/settings/mailboxes",
    "/settings/mailboxes/new",
    "/settings/mailboxes/new/google",
    "/settings/domains",
    "/settings/webhooks",
    "/mail/received",
    "/mail/outbox",
    "/mail/quarantine",
    "/inbound/1",
    "/inbound/2",
    "/health",
    "/notices",
    "/search?q=anna",
    "/nowhere",
]


@pytest.fixture
def something(house: Any, ada: User) -> None:
    """A lead, a colleague, a notice, mail that was read and mail that was not, a failed letter: pages have content."""
    with house.sessions.begin() as session:
        now = house.now(session)
        anna = Lead(name="Anna Weber", company="Lumen", email="anna@lumen.example", fields={}, created_at=now,
                    last_activity_at=now)  # fmt: skip
        session.add(anna)
        session.flush()
        read = {
            "class_": "human",
            "sense": "interested",
            "evidence": "no rule",
            "matched_by": "sender",
            "lead_id": anna.id,
        }
        raw = b"From: Anna Weber <anna@lumen.example>\r\nSubject: Yes\r\n\r\nCall me.\r\n"
        for state, more in (("done", read), ("quarantined", {"error": "too deep"})):
            session.add(InboundMail(sha256=state, source="smtp", raw=raw, received_at=now, state=state, references=[],
                                    from_name="Anna Weber", from_address="anna@lumen.example", subject="Yes", **more))  # fmt: skip
            session.flush()
        session.add(Message(kind="own", lead_id=anna.id, to_address=anna.email, subject="Your roof", state="failed",
                            reason="550 5.7.1 no", references=[], due_at=now, queued_at=now))  # fmt: skip
        accounts.add_user(session, "rita@outreach.test", "Rita Rep", "rep")
        notices.add(session, ada.id, "reply", "Anna Weber replied", "/leads/1", now)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_have_no_accessibility_fault(
    inside: Any, site: str, something: None, faults: Any, complaints: list[str], theme: str
) -> None:
    inside.context.add_cookies([{"name": "theme", "value": theme, "url": site}])
    found = []
    for path in PAGES:
        inside.goto(site + path)
        found += [f"{path}: {fault}" for fault in faults(inside)]
    assert found == []
    assert [line for line in complaints if "404" not in line] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_doors_have_no_accessibility_fault(
    page: Any, site: str, faults: Any, house: Any, complaints: list[str], theme: str
) -> None:
    page.context.add_cookies([{"name": "theme", "value": theme, "url": site}])
    with house.sessions.begin() as session:
        link = accounts.claim_link(session, house)
    assert link
    for path in ("/sign-in", link.removeprefix(house.settings.base_url), "/claim/spent"):
        page.goto(site + path)
        assert faults(page) == [], path
    assert [line for line in complaints if "404" not in line] == []


def test_dark_mode_follows_the_system_until_one_chooses(browser: Any, site: str) -> None:
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(site + "/sign-in")
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    context.add_cookies([{"name": "theme", "value": "light", "url": site}])
    page.reload()
    assert page.locator("html").get_attribute("data-bs-theme") == "light"
    context.close()


def test_the_theme_switch_is_remembered(inside: Any, site: str) -> None:
    inside.goto(site + "/menu")
    inside.click("[data-act=theme]")
    inside.goto(site + "/notices")
    assert inside.locator("html").get_attribute("data-bs-theme") == "dark"


def test_a_slash_finds_a_lead_from_the_keyboard_alone(
    inside: Any, site: str, something: None, complaints: list[str]
) -> None:
    inside.goto(site + "/menu")
    inside.keyboard.press("/")
    inside.keyboard.type("web")
    inside.wait_for_selector("#found .found-item")
    inside.keyboard.press("ArrowDown")
    assert inside.evaluate("document.activeElement.getAttribute('href')").startswith("/leads/")
    inside.keyboard.press("Escape")
    assert inside.locator("#found .found-item").count() == 0
    assert complaints == []


def test_a_question_mark_lists_the_shortcuts(inside: Any, site: str) -> None:
    inside.goto(site + "/menu")
    inside.keyboard.press("?")
    assert inside.locator("#help").is_visible()
    assert "Find anything" in inside.locator("#help").inner_text()
    inside.keyboard.press("Escape")
    assert not inside.locator("#help").is_visible()


def test_settings_are_saved_and_errors_stand_beside_their_fields(inside: Any, site: str) -> None:
    inside.goto(site + "/settings")
    inside.fill("#company", "Lumen")
    inside.fill("#hours_mon", "late")
    inside.click("button:has-text('Save')")
    assert "are no hours" in inside.locator("#hours_mon-error").inner_text()
    inside.fill("#hours_mon", "10:00-16:00")
    inside.select_option("#country", "DE")
    inside.wait_for_selector("#region")
    inside.select_option("#region", "BY")
    inside.click("button:has-text('Save')")
    inside.wait_for_selector(".toast-item:has-text('Saved.')")
    assert inside.input_value("#region") == "BY"
    assert inside.input_value("#hours_mon") == "10:00-16:00"


def test_the_mailbox_test_answers_in_the_page(inside: Any, site: str, complaints: list[str]) -> None:
    inside.goto(site + "/settings/mailboxes/new/generic")
    inside.fill("#smtp_host", "127.0.0.1")
    inside.fill("#smtp_port", "9")
    inside.select_option("#smtp_scheme", "smtp")
    inside.click("button:has-text('Try both servers')")
    inside.wait_for_selector("#mailbox-test .note-bad")
    assert complaints == []


def test_nothing_is_wider_than_a_phone(inside: Any, site: str, something: None) -> None:
    inside.set_viewport_size({"width": 375, "height": 812})
    widths = {}
    for path in PAGES:
        inside.goto(site + path)
        widths[path] = inside.evaluate("document.documentElement.scrollWidth")
    assert {path: width for path, width in widths.items() if width > 375} == {}


def test_words_outlive_a_sign_in_that_ends_while_they_are_typed(inside: Any, site: str, house: Any, ada: User) -> None:
    """The page stays as it is; after signing in in another tab it goes on, by scripts and by plain forms alike."""
    with house.sessions.begin() as session:
        now = house.now(session)
        anna = Lead(name="Anna Weber", email="anna@lumen.example", fields={}, created_at=now, last_activity_at=now)
        session.add(anna)
    inside.goto(f"{site}/leads/{anna.id}")
    inside.click("#write summary")
    inside.fill("#subject", "Your offer")
    inside.fill("#text", "Words that took an hour.")
    with house.sessions.begin() as session:
        logins.revoke_all(session, ada.id)
    inside.click("#write >> text=Send")
    inside.wait_for_selector("text=Your sign-in has ended")
    assert inside.input_value("#kept-2") == "Words that took an hour."
    with inside.context.expect_page() as opened:
        inside.click("text=Sign in in a new tab")
    tab = opened.value
    tab.fill("#email", ada.email)
    tab.fill("#password", "correct horse battery")
    tab.click("text=Sign in >> nth=-1")
    tab.wait_for_selector("text=You are signed in")
    tab.close()
    with inside.expect_response("**/csrf-token"):
        inside.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    inside.click("text=Send again")
    inside.wait_for_url(f"{site}/leads/{anna.id}*")
    with house.sessions() as session:
        assert [row.body for row in session.query(Message).filter_by(kind="own")] == ["Words that took an hour."]
