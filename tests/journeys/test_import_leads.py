"""A pasted list that is no list is refused in one sentence."""

from typing import Any

import pytest

from outreach.errors import Refused
from outreach.journeys import import_leads


@pytest.mark.parametrize("text", ["", "  \n ", ",,,\n,,", ";"])
def test_a_list_without_a_word_is_refused(session: Any, text: str) -> None:
    with pytest.raises(Refused, match="Paste a list first"):
        import_leads.read(session, text)


def test_a_quotation_that_never_ends_is_refused(session: Any) -> None:
    """A forgotten quotation mark makes one cell of all that follows."""
    with pytest.raises(Refused, match="quotation mark"):
        import_leads.read(session, 'email,name\nada@lead.example,"Ada\n' + "bob@lead.example,Bob\n" * 10_000)
