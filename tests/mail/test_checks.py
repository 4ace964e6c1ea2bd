"""What the editors look at before a letter is sent."""

import pytest

from outreach.mail import checks
from outreach.mail.library import RenderedLetter

LINK = "https://our.test/u/x"


def letter(subject: str = "A short subject", html: str = "", missing: tuple[str, ...] = ()) -> RenderedLetter:
    return RenderedLetter(subject, html, "", (), missing)


def said(found: list[checks.Check]) -> list[tuple[str, str]]:
    return [(check.level, check.text) for check in found]


def test_a_short_personal_letter_with_one_question_is_fine():
    body = "Hi Anna,\n\n" + "word " * 30 + "\n\nDoes Tuesday suit you?\n\nhttps://our.test/book?a=1"
    assert {level for level, _ in said(checks.personal(letter(), body))} == {"ok"}
    assert ("ok", "1 question") in said(checks.personal(letter(), body))


@pytest.mark.parametrize(("subject", "level"), [("", "warn"), ("x" * 60, "ok"), ("x" * 61, "warn")])
def test_a_subject_is_there_and_fits_into_an_inbox(subject: str, level: str):
    assert checks.personal(letter(subject), "Hi")[0].level == level


def test_long_letters_many_links_and_empty_fields_are_named():
    body = "word " * 200 + "https://a.test https://b.test https://c.test"
    found = said(checks.personal(letter(missing=("company", "owner.phone")), body))
    assert ("warn", "3 links") in found
    assert any("shorter letters" in text for _, text in found)
    assert any("company, owner’s phone" in text for _, text in found)


def test_a_template_is_looked_at_for_size_pictures_way_out_and_hosts():
    html = f'<div style="display:none">Look inside</div><a href="{LINK}">x</a><img alt="" src="https://far.test/a.png">'
    found = said(checks.designed(letter(html=html), {"unsubscribe_url": LINK}, frozenset({"our.test"}), True))
    assert ("ok", "Unsubscribe link present") in found
    assert ("ok", "Preview line set") in found
    assert ("warn", "1 image without alternative text") in found
    assert ("warn", "Pictures from other hosts: far.test") in found


def test_a_letter_that_gmail_would_clip_and_that_has_no_way_out_is_warned_of():
    found = said(checks.designed(letter(html="x" * 102_000), {"unsubscribe_url": LINK}, frozenset(), True))
    assert ("warn", "102 kB of HTML (Gmail clips at 102 kB)") in found
    assert any(text.startswith("No unsubscribe link") for _, text in found)
