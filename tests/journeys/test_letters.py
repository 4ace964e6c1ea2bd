"""From rows to a letter: who signs it."""

from typing import Any

from outreach.journeys import letters
from outreach.store import account


def test_before_anything_is_set_the_domain_signs_and_not_the_word_before_the_at_sign(session: Any, house: Any) -> None:
    us = account.get(session)
    us.sender_name = us.company = ""
    assert letters.owner_fields(us, None, house)["name"] == "outreach.test"
    us.company = "Northwind"
    assert letters.owner_fields(us, None, house)["name"] == "Northwind"
    us.sender_name = "The Northwind team"
    assert letters.owner_fields(us, None, house)["name"] == "The Northwind team"
