"""Today and the leads' pages in a real browser: by keyboard alone, on a phone, in both themes."""

from typing import Any

import pytest

from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.store.tasks import Task
from outreach.store.users import User
from tests.web.test_today import Desk

PAGES = ["/", "/?t=1", "/?t=2", "/?t=3", "/?t=5", "/replies", "/leads", "/leads/1", "/leads/3?all=1", "/leads/new",
         "/leads/import", "/leads?q=nobody"]  # fmt: skip


@pytest.fixture
def desk(house: Any, ada: User) -> Desk:
    """A day: a reply, a stranger's mail, a call with a script, a text, an interview."""
    made = Desk(house, ada)
    anna = made.lead("Anna Weber", company="Lumen Logistics", zone="Europe/Berlin", zone_source="browser", score=82)
    made.task("reply", anna, -26, inbound_id=made.mail(anna, "Pricing looks fine."), title="Answer Anna Weber")
    made.task("unknown_mail", None, -9, inbound_id=made.mail(None, "What is it?", "tom@x.example"), owner_id=None)
    sofia = made.lead("Sofia Lindqvist", company="Nordbyte", zone="Europe/Stockholm", hot=True)
    made.task("call", sofia, -2, script="call-new-lead", title="Call Sofia")
    daniel = made.lead("Daniel Okoye")
    made.task("call", daniel, -1, title="Call Daniel")
    made.task("text", daniel, 0, title="Send a text", script="Hi {{ first_name }}, did my mail arrive?")
    return made


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_of_the_day_have_no_accessibility_fault(
    inside: Any, site: str, desk: Desk, faults: Any, complaints: list[str], theme: str
) -> None:
    inside.context.add_cookies([{"name": "theme", "value": theme, "url": site}])
    found = []
    for path in PAGES:
        inside.goto(site + path)
        found += [f"{path}: {fault}" for fault in faults(inside)]
    assert found == []
    assert complaints == []


def test_nothing_is_wider_than_a_phone(inside: Any, site: str, desk: Desk) -> None:
    inside.set_viewport_size({"width": 375, "height": 812})
    widths = {}
    for path in PAGES:
        inside.goto(site + path)
        widths[path] = inside.evaluate("document.documentElement.scrollWidth")
    assert {path: width for path, width in widths.items() if width > 375} == {}


def test_a_day_goes_by_keyboard_alone(inside: Any, site: str, desk: Desk, complaints: list[str]) -> None:
    """J and K walk, a number files and opens the next, U takes back, R and Ctrl+Enter answer."""
    inside.goto(site + "/?t=3")
    inside.keyboard.press("j")
    inside.wait_for_selector(".task[data-id='4']")
    inside.keyboard.press("k")
    inside.wait_for_selector(".task[data-id='3']")
    inside.keyboard.press("n")
    inside.keyboard.type("rang out")
    inside.keyboard.press("Escape")
    inside.keyboard.press("1")
    inside.wait_for_selector(".task[data-id='4']")
    inside.wait_for_selector(".toast-item:has-text('Sofia Lindqvist: No answer')")
    assert (desk.get(Task, 3).outcome, desk.get(Task, 3).note) == ("no answer", "rang out")
    inside.evaluate("document.querySelector('#toasts').replaceChildren()")
    inside.keyboard.press("u")
    inside.wait_for_selector(".task[data-id='3']")
    assert desk.get(Task, 3).state == "open"
    inside.keyboard.press("5")
    inside.keyboard.press("Enter")
    inside.wait_for_selector(".toast-item:has-text('Not now')")
    assert desk.get(Task, 3).outcome == "not now"
    inside.goto(site + "/?t=1")
    inside.keyboard.press("r")
    inside.keyboard.type("gladly.")
    inside.keyboard.press("Control+Enter")
    inside.wait_for_selector(".toast-item:has-text('Reply sent')")
    own = [m for m in desk.all(Message) if m.kind == "own"]
    assert [m.body.startswith("Hi Anna,\n\ngladly.") for m in own] == [True]
    assert complaints == []


def test_a_phone_opens_a_task_over_the_list_and_goes_back(inside: Any, site: str, desk: Desk) -> None:
    inside.set_viewport_size({"width": 390, "height": 844})
    inside.goto(site + "/")
    inside.click("#task-4")
    inside.wait_for_selector(".task[data-id='4']")
    assert not inside.locator("#queue").is_visible()
    assert inside.locator(".only-phone").is_visible()
    inside.click(".back")
    assert inside.locator("#queue").is_visible()


def test_the_list_of_leads_narrows_while_typing(inside: Any, site: str, desk: Desk, complaints: list[str]) -> None:
    inside.goto(site + "/leads")
    inside.fill(".lead-words input", "sof")
    inside.wait_for_selector(".lead-table tbody tr:only-child")
    assert "Sofia Lindqvist" in inside.locator("#lead-rows").inner_text()
    assert len(desk.all(Lead)) == 3
    assert complaints == []


OVER = """() => {
  const shown = document.querySelector('#toasts .toast-item:last-child').getBoundingClientRect();
  const over = node => {
    const box = node.getBoundingClientRect();
    const apart = box.right <= shown.left || box.left >= shown.right || box.bottom <= shown.top || box.top >= shown.bottom;
    return box.width && box.height && !apart && getComputedStyle(node).visibility === 'visible'
      && !node.closest('.toast-item');
  };
  return [...document.querySelectorAll('button, a[href], input:not([type=hidden]), select, textarea, summary')]
    .filter(node => over(node) && node.checkVisibility()).map(node => node.outerHTML.slice(0, 90));
}"""


@pytest.mark.parametrize(("theme", "size"), [("light", (1280, 800)), ("dark", (390, 844))])
def test_what_was_done_is_told_over_no_control(
    inside: Any, site: str, desk: Desk, faults: Any, theme: str, size: tuple[int, int]
) -> None:
    """A toast has a place of its own; it says what was done, is read out, and can be taken back."""
    inside.context.add_cookies([{"name": "theme", "value": theme, "url": site}])
    inside.set_viewport_size({"width": size[0], "height": size[1]})
    inside.goto(site + "/?t=4")
    inside.click("[name=outcome][value='no answer']")
    inside.wait_for_selector("#toasts[role=status] .toast-item:has-text('No answer')")
    assert inside.evaluate(OVER) == []
    assert inside.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert faults(inside) == []
    inside.click("#toasts button")
    inside.wait_for_selector(".task[data-id='4']")


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_what_did_not_work_is_said_at_its_field_with_the_words_kept(
    inside: Any, site: str, desk: Desk, faults: Any, size: tuple[int, int]
) -> None:
    """At the field, read out, in focus; gone with the next try. What is about no field stands at its form."""
    inside.set_viewport_size({"width": size[0], "height": size[1]})
    inside.goto(site + "/?t=1")
    inside.fill("#reply", "Gladly, on Monday.")
    inside.fill("#cc", "nobody at all")
    inside.click("[value=replied]")
    inside.wait_for_selector("#cc + #refusal[role=alert]")
    assert "nobody at all" in inside.text_content("#refusal")
    assert inside.evaluate("document.activeElement.id") == "cc"
    assert inside.get_attribute("#cc", "aria-invalid") == "true"
    assert inside.get_attribute("#cc", "aria-describedby") == "refusal"
    assert inside.input_value("#reply") == "Gladly, on Monday."
    assert inside.query_selector(".toast-item") is None
    assert faults(inside) == []

    inside.fill("#cc", "")
    inside.fill("#reply", "  ")
    inside.click("[value=replied]")
    inside.wait_for_selector("#reply + #refusal")
    said, foot = (inside.query_selector(one).bounding_box() for one in ("#refusal", ".task-foot"))
    assert said["y"] + said["height"] <= foot["y"], "in sight above the buttons"
    assert inside.get_attribute("#cc", "aria-invalid") is None
    inside.fill("#reply", "Gladly.")
    inside.click("[value=replied]")
    inside.wait_for_selector(".toast-item:has-text('sent'), .toast-item:has-text('Replied'), .toast-item")
    assert inside.query_selector("#refusal") is None


def test_a_server_that_is_away_is_told_in_a_line_of_its_own(inside: Any, site: str, desk: Desk) -> None:
    """What belongs to no form stands below the top line and covers nothing; the next answer takes it away."""
    inside.goto(site + "/?t=4")
    inside.route("**/today/3*", lambda route: route.abort())
    inside.click("#queue a[href*='t=3'], #queue [hx-get*='/today/3']")
    inside.wait_for_selector(".top-line[role=alert]:has-text('does not answer')")
    assert inside.query_selector(".toast-item") is None
    inside.unroute("**/today/3*")
    inside.click("#queue a[href*='t=3'], #queue [hx-get*='/today/3']")
    inside.wait_for_selector(".task[data-id='3']")
    assert inside.query_selector(".top-line") is None
