"""/segments: rule rows with a live count, saved, used and taken away; newsletters go to them."""

from typing import Any

import pytest
from sqlalchemy import select

from outreach.store import audiences, leads
from outreach.store.segments import Segment
from outreach.store.sequences import SequenceRow, add_version
from outreach.store.users import User
from tests.statements import asked_of

from .conftest import Visitor

ROWS = {
    "name": "Swedes", "note": "", "match": "all", "g_0_match": "any",
    "r_0_0_about": "country", "r_0_0_op": "is", "r_0_0_value": "SE",
    "r_0_1_about": "tag", "r_0_1_op": "is", "r_0_1_value": "fair",
}  # fmt: skip


@pytest.fixture
def marketer(stranger: Visitor, ada: User, house: Any) -> Visitor:
    with house.sessions.begin() as session:
        for number in range(7):
            lead = leads.insert_new(session, f"lead{number}@acme.test", "test", house.now(session))
            lead.name, lead.country = f"Lead {number}", "SE"
    stranger.sign_in(ada.email)
    stranger.get("/segments")
    return stranger


def made(marketer: Visitor, session: Any) -> Segment:
    assert marketer.post("/segments", {"name": "New one"}).status_code == 303
    return session.scalar(select(Segment))


def test_a_segment_is_made_shaped_and_counted_live(marketer: Visitor, session: Any) -> None:
    row = made(marketer, session)
    page = marketer.get(f"/segments/{row.id}")
    assert "No rule yet, so nobody is in it" in page.text
    look = marketer.post(f"/segments/{row.id}/look", ROWS)
    assert ">7<" in look.text
    assert look.text.count('href="/leads/') == 5
    assert marketer.post(f"/segments/{row.id}", ROWS).status_code == 303
    session.refresh(row)
    (group,) = row.rules["rules"]
    assert (group["match"], [rule["value"] for rule in group["rules"]]) == ("any", ["SE", "fair"])
    assert "Country is SE or Tag is fair" in marketer.get("/segments").text


def test_rows_come_and_go_without_saving(marketer: Visitor, session: Any) -> None:
    row = made(marketer, session)
    more = marketer.post(f"/segments/{row.id}/rows", {**ROWS, "do": "add:0"})
    assert more.text.count('aria-label="Rule ') == 3
    fewer = marketer.post(f"/segments/{row.id}/rows", {**ROWS, "do": "remove:0:0"})
    assert fewer.text.count('aria-label="Rule ') == 1
    group = marketer.post(f"/segments/{row.id}", {**ROWS, "do": "group"})
    assert group.text.count('aria-label="Group ') == 2
    changed = marketer.post(f"/segments/{row.id}/rows", {**ROWS, "r_0_0_about": "created", "r_0_0_op": "is"})
    assert "within the last" in changed.text
    assert 'aria-label="Days"' in changed.text


def test_a_wrong_value_is_told_beside_its_row_and_nothing_is_saved(marketer: Visitor, session: Any) -> None:
    row = made(marketer, session)
    wrong = {**ROWS, "r_0_1_about": "score", "r_0_1_op": "is at least", "r_0_1_value": "lots"}
    answer = marketer.post(f"/segments/{row.id}", wrong)
    assert answer.status_code == 422
    assert "Score is at least: write a number" in answer.text
    assert 'value="lots"' in answer.text
    session.refresh(row)
    assert row.name == "New one"


def test_two_segments_of_one_name_are_refused(marketer: Visitor, session: Any) -> None:
    made(marketer, session)
    marketer.post("/segments", {"name": "new ONE"})
    assert len(session.scalars(select(Segment)).all()) == 1
    assert "There is a segment “New one” already" in marketer.get("/segments").text


def test_one_that_a_sequence_listens_for_is_not_taken_away(marketer: Visitor, session: Any, house: Any) -> None:
    row = made(marketer, session)
    with house.sessions.begin() as other:
        sequence = SequenceRow(name="Sweden", created_at=house.now(other))
        other.add(sequence)
        other.flush()
        document = 'outreach: 1\nname: Sweden\nenter: {on: [segment "New one"]}\nsteps: [{id: a, task: Look}]\n'
        add_version(other, sequence, document, house.now(other), None)
    marketer.post(f"/segments/{row.id}/delete")
    page = marketer.get(f"/segments/{row.id}")
    assert "It is used by the sequence “Sweden”" in page.text


def test_a_newsletter_goes_to_a_segment(marketer: Visitor, session: Any) -> None:
    row = made(marketer, session)
    marketer.post(f"/segments/{row.id}", ROWS)
    session.expire_all()
    assert audiences.size(session, {"who": "segment", "segment": "swedes"}) == 7
    assert audiences.size(session, {"who": "segment", "segment": "gone"}) == 0


def test_a_rep_looks_and_changes_nothing(stranger: Visitor, rita: User, session: Any, house: Any) -> None:
    with house.sessions.begin() as other:
        other.add(Segment(name="Some", rules={"match": "all", "rules": []}, created_at=house.now(other)))
    stranger.sign_in(rita.email)
    assert stranger.get("/segments/1").status_code == 200
    assert stranger.post("/segments/1", ROWS).status_code == 403


def test_the_list_of_leads_is_narrowed_by_a_segment_and_so_is_work_on_all_of_them(
    marketer: Visitor, session: Any, house: Any
) -> None:
    row = made(marketer, session)
    marketer.post(f"/segments/{row.id}", ROWS)
    with house.sessions.begin() as other:
        leads.insert_new(other, "else@other.test", "test", house.now(other))
    page = marketer.get("/leads?segment=swedes")
    assert "Lead 3" in page.text
    assert "else@other.test" not in page.text
    assert 'name="f_segment" value="swedes"' in page.text
    marketer.get("/leads")
    chosen = {"all": "1", "f_segment": "Swedes", "do": "tag"}
    assert "7 leads" in marketer.post("/leads/many", chosen).text
    assert "else@other.test" not in marketer.get("/leads/export.csv?segment=Swedes").text


def test_two_hundred_segments_cost_the_list_no_more_questions_than_two(
    marketer: Visitor, session: Any, house: Any
) -> None:
    now = house.now(session)
    rule = {"match": "all", "rules": [{"about": "owner", "name": "", "op": "is", "value": "1"}]}
    session.add_all(Segment(name=f"People {n:03}", rules=rule, created_at=now) for n in range(2))
    session.commit()
    with asked_of(session.get_bind()) as few:
        marketer.get("/segments")
    session.add_all(Segment(name=f"People {n:03}", rules=rule, created_at=now) for n in range(2, 200))
    session.commit()
    with asked_of(session.get_bind()) as many:
        page = marketer.get("/segments").text
    assert page.count("People ") == 200
    assert len(many) == len(few)
