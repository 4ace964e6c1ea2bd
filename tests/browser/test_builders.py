"""The editors of sequences and templates in a real browser: typing, keys, dragging, frames, and no complaint of axe."""

from typing import Any

import pytest
from playwright.sync_api import expect

from outreach.journeys import presets, publish
from outreach.store import sequences, templates

FAULT = "5 < 6"


@pytest.fixture
def shipped(house: Any) -> int:
    """What an installation starts with; the id of the inbound sequence."""
    with house.sessions.begin() as session:
        presets.load_presets(session, house, house.now(session))
        return sequences.by_name(session, "Inbound 0-2-4-6-8").id


def order(page: Any) -> list[str]:
    return [node.get_attribute("data-id") for node in page.query_selector_all("#main-list > .st")]


def test_a_step_is_chosen_written_and_previewed_without_a_reload(
    inside: Any, site: str, shipped: int, house: Any, complaints: list[str]
):
    inside.goto(f"{site}/sequences/{shipped}")
    inside.keyboard.press("j")
    inside.wait_for_selector("#drawer #script")
    inside.keyboard.press("e")
    inside.keyboard.type("Be kind. ")
    inside.wait_for_selector("#saved:has-text('Draft saved')")
    assert inside.inner_text("#seq-summary") == "Draft with 1 change, version 1 is live"
    inside.keyboard.press("Escape")
    inside.keyboard.press("a")
    inside.click("#addbar button[value=email]")
    inside.wait_for_selector("#drawer #subject")
    inside.fill("#subject", "For {{ first_name }}")
    inside.wait_for_selector(".mail-subject:has-text('For Anna')")
    assert complaints == []
    with house.sessions() as session:
        draft = publish.draft_of(session, session.get_one(sequences.SequenceRow, shipped))
    assert draft.step("email").mail.variants[0].subject == "For {{ first_name }}"
    assert draft.step("call-now").touch.script.startswith("Be kind. ")


def test_a_step_moves_by_keys_and_keeps_the_focus(inside: Any, site: str, shipped: int, complaints: list[str]):
    inside.goto(f"{site}/sequences/{shipped}")
    before = order(inside)
    inside.focus(f"#st-{before[2]} .grip")
    inside.keyboard.press("Alt+ArrowUp")
    inside.wait_for_selector("#seq-summary:has-text('Draft')")
    assert order(inside) == [before[0], before[2], before[1], *before[3:]]
    inside.wait_for_selector(f"#st-{before[2]} .grip:focus")
    assert complaints == []


def test_the_source_of_a_letter_shows_its_faults_on_their_lines(
    inside: Any, site: str, shipped: int, house: Any, complaints: list[str]
):
    with house.sessions() as session:
        number = templates.ids(session)["day-2"]
    inside.goto(f"{site}/templates/{number}")
    inside.wait_for_selector(".cm-content")
    inside.click(".cm-content")
    inside.keyboard.press("Control+End")
    inside.keyboard.type(FAULT)
    inside.wait_for_selector("#problem-line:has-text('stands alone')")
    inside.wait_for_selector(".cm-lint-marker-error")
    inside.keyboard.press("Control+s")
    inside.wait_for_selector(".toast-item.bad:has-text('stands alone')")
    for _ in range(len(FAULT)):
        inside.keyboard.press("Backspace")
    inside.fill("#subject", "Better words for {{ first_name }}")
    expect(inside.locator("#problem-line")).to_have_text("")
    inside.keyboard.press("Control+s")
    inside.wait_for_selector(".toast-item:has-text('Saved as version 2')")
    frame = inside.frame(name="side-frame")
    frame.wait_for_selector("text=Hello Anna")
    assert [said for said in complaints if "422" not in said] == []


def test_a_letter_is_changed_as_blocks_by_keys_and_fields_and_its_source_follows(
    inside: Any, site: str, shipped: int, house: Any, complaints: list[str]
):
    with house.sessions() as session:
        number = templates.ids(session)["break-up"]
    inside.goto(f"{site}/templates/{number}")
    inside.wait_for_selector("body[data-ready=yes]")
    inside.keyboard.press("Alt+1")
    words = inside.locator("#b_0 textarea")
    words.fill(words.input_value().replace("one click is enough", "**one click** is enough"))
    inside.click("#b_1 [value='down:1']")
    inside.wait_for_selector("#b_2 [value='down:2']:focus")
    inside.click("#b_2 .block-add summary")
    inside.click("#b_2 [value='add:2:text']")
    inside.wait_for_selector("#b_3 textarea:focus")
    inside.keyboard.press("Control+a")
    inside.keyboard.type("- By phone")
    inside.keyboard.press("Alt+2")
    expect(inside.locator("#blocks")).to_be_hidden()
    source = inside.locator("#mjml").input_value()
    assert "<b>one click</b> is enough" in source
    assert source.index("answer_later_url") < source.index("answer_yes_url") < source.index("<li>By phone</li>")
    assert inside.locator("#b_0").count() == 0
    inside.keyboard.press("Control+s")
    inside.wait_for_selector(".toast-item:has-text('Saved as version 2')")
    with house.sessions() as session:
        assert templates.current(session, "break-up").mjml == source
    inside.frame(name="side-frame").wait_for_selector("li:has-text('By phone')")
    assert complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_of_the_builders_are_accessible(
    inside: Any, site: str, shipped: int, house: Any, faults: Any, theme: str
):
    inside.context.add_cookies([{"name": "theme", "value": theme, "url": site}])
    with house.sessions() as session:
        number = templates.ids(session)["break-up"]
    pages = [
        "/sequences",
        f"/sequences/{shipped}",
        f"/sequences/{shipped}/settings",
        "/templates",
        f"/templates/{number}",
        f"/templates/{number}?view=visual",
    ]
    found = {}
    for path in pages:
        inside.goto(site + path)
        inside.wait_for_timeout(300)
        if complaint := faults(inside):
            found[path] = complaint
    assert found == {}
