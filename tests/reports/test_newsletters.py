"""Newsletters in numbers: people, not mails (N), and a list of many issues asks no more than a list of one."""

from datetime import UTC, datetime
from typing import Any

from outreach.reports import newsletters
from outreach.store import events, leads
from outreach.store.links import Hit, Link
from outreach.store.messages import Message
from outreach.store.templates import Issue
from tests.statements import asked_of

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)


def issue(session: Any, name: str, people: list[int]) -> Issue:
    """An issue that went to these leads; the first of them clicked twice, the last one bounced."""
    found = Issue(name=name, state="sent", content={}, audience={}, created_at=NOW, started_at=NOW)
    session.add(found)
    session.flush()
    for lead_id in people:
        letter = Message(
            kind="newsletter", lead_id=lead_id, issue_id=found.id, to_address="x@lead.test", due_at=NOW, queued_at=NOW,
            state="sent", sent_at=NOW, references=[], extra={}, delivered="bounced" if lead_id == people[-1] else "",
        )  # fmt: skip
        session.add(letter)
        session.flush()
        if lead_id == people[0]:
            link = Link(message_id=letter.id, url="https://x.example", name="more")
            session.add(link)
            session.flush()
            hit = {"message_id": letter.id, "link_id": link.id, "kind": "click", "at": NOW, "real_at": NOW}
            session.add_all([Hit(**hit, verdict="human") for _ in range(2)])
    events.record(session, NOW, "issue skipped", "left out", data={"issue": found.id, "reason": "unsubscribed"})
    session.flush()
    return found


def people(session: Any, number: int) -> list[int]:
    made = [leads.insert_new(session, f"lead{n}@lead.test", "call", NOW) for n in range(number)]
    return [lead.id for lead in made if lead is not None]


def test_each_issue_counts_its_own_people(session: Any, house: Any) -> None:
    found = people(session, 4)
    first, second = issue(session, "March", found), issue(session, "April", found[:2])
    session.add(Issue(name="May", state="draft", content={}, audience={}, created_at=NOW))
    session.flush()
    by_name = {each.name: numbers for each, numbers in newsletters.lines(session)}
    assert by_name == {
        "March": newsletters.Numbers({"sent": 4}, clicked=1, bounced=1, skipped=1),
        "April": newsletters.Numbers({"sent": 2}, clicked=1, bounced=1, skipped=1),
        "May": newsletters.Numbers(),
    }
    assert newsletters.numbers(session, first) == by_name["March"]
    assert newsletters.results(session, second).skipped == {"unsubscribed": 1}


def test_a_list_of_many_issues_asks_as_much_as_one_of_few(session: Any, house: Any) -> None:
    found = people(session, 2)
    issue(session, "March", found)
    with asked_of(house.engine) as few:
        newsletters.lines(session)
    for number in range(5):
        issue(session, f"No. {number}", found)
    with asked_of(house.engine) as many:
        newsletters.lines(session)
    assert len(many) == len(few)
