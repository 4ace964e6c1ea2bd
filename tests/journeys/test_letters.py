"""From rows to a letter: who signs it."""

from typing import Any

from outreach.journeys import letters
from outreach.journeys.letters import Text
from outreach.mail.library import LetterSource
from outreach.store import account


def test_before_anything_is_set_the_domain_signs_and_not_the_word_before_the_at_sign(session: Any, house: Any) -> None:
    us = account.get(session)
    us.sender_name = us.company = ""
    assert letters.owner_fields(us, None, house)["name"] == "outreach.test"
    us.company = "Northwind"
    assert letters.owner_fields(us, None, house)["name"] == "Northwind"
    us.sender_name = "The Northwind team"
    assert letters.owner_fields(us, None, house)["name"] == "The Northwind team"


def test_a_field_in_a_block_that_is_left_out_without_it_holds_no_letter() -> None:
    """F3: `show-if` is asked like `{% if %}`; what is printed outside of it must be there. A broken text blocks no question."""
    body = (
        "<mj-section><mj-column><mj-text>Hello {{ company }}</mj-text>"
        '<mj-text show-if="phone">We call {{ phone }}.</mj-text></mj-column></mj-section>'
    )
    assert letters.needed(Text("", source=LetterSource("About {{ city }}", body))) == {
        "company",
        "city",
    }
    broken = LetterSource("", body + "<mj-section")
    assert "company" in letters.needed(Text("", source=broken))
