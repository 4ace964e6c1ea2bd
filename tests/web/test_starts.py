"""A mail of one's own starts from a template: its words for this lead, to be changed before they go."""

from typing import Any

import pytest

from outreach.store import templates
from outreach.store.leads import Lead
from outreach.store.templates import Template

from .conftest import Visitor

WORDS = "Dear {{ first_name|default('there') }},\n\nour prices are these.\n\n{{ owner.name }}"


@pytest.fixture
def prices(session: Any, house: Any) -> Template:
    return made(session, house, "prices", "Prices", WORDS)


def made(session: Any, house: Any, key: str, name: str, text: str, kind: str = "letter") -> Template:
    row = Template(key=key, name=name, kind=kind)
    session.add(row)
    session.flush()
    templates.save(
        session, row, "Prices for {{ company|default('you') }}", "<mj-text>x</mj-text>", text, house.now(session), None
    )
    session.commit()
    return row


def test_a_template_gives_its_words_for_this_lead_in_the_writer_s_name(
    rep: Visitor, lead: Lead, prices: Template
) -> None:
    found = rep.get(f"/leads/{lead.id}/words/{prices.id}").json
    assert found == {"subject": "Prices for you", "text": "Dear Anna,\n\nour prices are these.\n\nRita Rep"}
    page = rep.get(f"/leads/{lead.id}").text
    assert f'data-words="/leads/{lead.id}/words/{prices.id}"' in page
    assert "our prices are these" not in page


def test_without_scripts_the_page_comes_with_the_words(rep: Visitor, lead: Lead, prices: Template) -> None:
    page = rep.get(f"/leads/{lead.id}?words={prices.id}").text
    assert "our prices are these" in page
    assert 'value="Prices for you"' in page
    assert 'id="write" open' in page


def test_what_is_missing_is_named_and_no_gap_is_written(rep: Visitor, lead: Lead, session: Any, house: Any) -> None:
    """F3."""
    gap = made(session, house, "gap", "Gap", "Dear {{ company }}")
    answer = rep.get(f"/leads/{lead.id}/words/{gap.id}", headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert "company" in answer.json["error"]["message"]
    assert "company" in rep.get(f"/leads/{lead.id}?words={gap.id}").text
    assert rep.get(f"/leads/{lead.id}?words=999999").status_code == 200


def test_frames_notices_and_newsletters_are_nothing_to_start_from(
    rep: Visitor, lead: Lead, session: Any, house: Any
) -> None:
    for kind in ("layout", "notice", "newsletter", "break-up"):
        row = made(session, house, kind, kind, "Words", kind)
        assert rep.get(f"/leads/{lead.id}/words/{row.id}", headers={"Accept": "application/json"}).status_code == 400
    assert "Start from a template" not in rep.get(f"/leads/{lead.id}").text
