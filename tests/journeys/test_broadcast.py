"""A newsletter goes out: once to everybody who may get it, never to anybody else, with the reason kept."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from outreach.errors import Refused
from outreach.journeys import broadcast
from outreach.store import account, consents
from outreach.store.consents import Consent
from outreach.store.events import Event
from outreach.store.leads import Lead, Tag
from outreach.store.messages import Message
from outreach.store.templates import Issue
from outreach.store.users import User

MJML = "<mj-section><mj-column><mj-text>{{ issue.title }} {{ unsubscribe_url }}</mj-text></mj-column></mj-section>"


@pytest.fixture
def user(session: Any) -> User:
    row = User(email="marta@outreach.test", name="Marta", role="marketer", working_hours={})
    session.add(row)
    session.flush()
    return row


@pytest.fixture
def issue(session: Any, house: Any, user: User) -> Issue:
    account.get(session).postal_address = "14 Harbour Street, Bristol"
    row = Issue(
        name="March", subject="March", mjml=MJML, content={"title": "News"}, audience={"who": "tag", "tag": "friends"},
        created_at=house.now(session), state="draft",
    )  # fmt: skip
    session.add(row)
    session.commit()
    return row


def friends(session: Any, house: Any, count: int, name: str = "friend") -> list[Lead]:
    now = house.now(session) - timedelta(days=1)
    people = [
        Lead(email=f"{name}{n}@lumen.example", name=name, created_at=now, last_activity_at=now) for n in range(count)
    ]
    session.add_all(people)
    session.flush()
    session.add_all(Tag(lead_id=lead.id, tag="friends") for lead in people)
    session.commit()
    return people


def start(session: Any, house: Any, issue: Issue, user: User) -> None:
    now = house.now(session)
    broadcast.schedule_issue(session, house, issue.id, now, user, now)
    session.commit()


def letters(session: Any) -> list[Message]:
    session.expire_all()
    return list(session.scalars(select(Message).where(Message.kind == "newsletter").order_by(Message.id)))


def reasons(session: Any) -> list[str]:
    return list(session.scalars(select(Event.text).where(Event.kind == "issue skipped").order_by(Event.id)))


def test_everybody_in_the_audience_gets_one_letter(session: Any, house: Any, issue: Issue, user: User) -> None:
    friends(session, house, 3)
    start(session, house, issue, user)
    broadcast.plan_issues(house)
    broadcast.plan_issues(house)
    assert [m.to_address for m in letters(session)] == [f"friend{n}@lumen.example" for n in range(3)]
    assert session.get(Issue, issue.id).state == "sending"


@pytest.mark.parametrize(("kind", "waits"), [("own", True), ("answer", False)])
def test_a_rep_s_own_mail_keeps_the_newsletter_away_and_an_auto_response_does_not(
    session: Any, house: Any, issue: Issue, user: User, kind: str, waits: bool
) -> None:
    """M4, M5: both go at once, but what a person wrote by hand counts: two business days between."""
    (lead,) = friends(session, house, 1)
    now = house.now(session)
    session.add(
        Message(kind=kind, class_="" if kind == "own" else "inbound", at_once=True, state="sent", lead_id=lead.id,
                to_address=lead.email, sent_at=now, due_at=now, queued_at=now, references=[], extra={})
    )  # fmt: skip
    session.commit()
    start(session, house, issue, user)
    broadcast.plan_issues(house)
    (letter,) = letters(session)
    assert (letter.due_at > now + timedelta(days=1)) is waits


def test_planning_twice_from_the_start_writes_nobody_twice(session: Any, house: Any, issue: Issue, user: User) -> None:
    """As after a crash that lost the place: the database forbids the second letter."""
    friends(session, house, 3)
    start(session, house, issue, user)
    broadcast.plan_issues(house)
    session.get(Issue, issue.id).planned_up_to = 0
    session.commit()
    broadcast.plan_issues(house)
    assert len(letters(session)) == 3


def test_a_large_issue_is_planned_in_batches_that_do_not_run_far_ahead(
    session: Any, house: Any, issue: Issue, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcast, "BATCH", 2)
    monkeypatch.setattr(broadcast, "AHEAD", 2)
    friends(session, house, 5)
    start(session, house, issue, user)
    broadcast.plan_issues(house)
    broadcast.plan_issues(house)
    assert len(letters(session)) == 2
    for _ in range(4):
        for letter in letters(session):
            letter.state = "sent"
        session.commit()
        broadcast.plan_issues(house)
    assert len(letters(session)) == 5
    session.expire_all()
    assert session.get(Issue, issue.id).state == "sent"


def test_who_may_not_get_it_is_left_out_with_the_reason(session: Any, house: Any, issue: Issue, user: User) -> None:
    """X7, MAIL C5."""
    now = house.now(session)
    out, no, dead, stop = friends(session, house, 4)
    consents.suppress(session, out.email, "unsubscribed", "test", now)
    session.add(Consent(lead_id=no.id, purpose="educational mail", granted=False, at=now))
    dead.address_state, stop.do_not_contact = "dead", True
    session.commit()
    start(session, house, issue, user)
    broadcast.plan_issues(house)
    assert letters(session) == []
    assert [text.split(": ")[1] for text in reasons(session)] == [
        "unsubscribed.", "no consent to educational mail.", "the address does not take mail.", "do not contact.",
    ]  # fmt: skip


def test_somebody_who_got_educational_mail_lately_waits_for_it(
    session: Any, house: Any, issue: Issue, user: User
) -> None:
    """M4, M5: five days apart."""
    now = house.now(session)
    (lead,) = friends(session, house, 1)
    earlier = Message(
        kind="step", class_="nurture", state="sent", lead_id=lead.id, to_address=lead.email, due_at=now, queued_at=now,
        sent_at=now - timedelta(days=2), references=[],
    )  # fmt: skip
    session.add(earlier)
    session.commit()
    start(session, house, issue, user)
    broadcast.plan_issues(house)
    (letter,) = letters(session)
    assert timedelta(days=2) < letter.due_at - now < timedelta(days=5)
    assert "5 days" in letter.reason


def test_cancelling_stops_what_has_not_begun(session: Any, house: Any, issue: Issue, user: User) -> None:
    friends(session, house, 3)
    start(session, house, issue, user)
    broadcast.plan_issues(house)
    letters(session)[0].state = "sent"
    session.commit()
    assert broadcast.cancel(session, issue.id, user, house.now(session)) == 2
    session.commit()
    assert [m.state for m in letters(session)] == ["sent", "cancelled", "cancelled"]
    assert broadcast.plan_issues(house) == 0
    assert session.scalar(select(func.count()).select_from(Message)) == 3


def test_an_issue_that_cannot_be_written_is_refused_in_words(
    session: Any, house: Any, issue: Issue, user: User
) -> None:
    now = house.now(session)
    with pytest.raises(Refused, match="Nobody is in the audience"):
        broadcast.schedule_issue(session, house, issue.id, now, user, now)
    friends(session, house, 1)
    issue.mjml = "<mj-section><mj-column><mj-text>{{ wrong.field }}</mj-text></mj-column></mj-section>"
    with pytest.raises(Refused, match=r"wrong\.field"):
        broadcast.schedule_issue(session, house, issue.id, now, user, now)
    account.get(session).postal_address = ""
    with pytest.raises(Refused, match="postal address"):
        broadcast.schedule_issue(session, house, issue.id, now, user, now)


def test_a_scheduled_issue_waits_for_its_moment(session: Any, house: Any, issue: Issue, user: User) -> None:
    friends(session, house, 1)
    now = house.now(session)
    broadcast.schedule_issue(session, house, issue.id, now + timedelta(hours=2), user, now)
    session.commit()
    assert broadcast.plan_issues(house) == 0
    broadcast.back_to_draft(session, issue.id)
    assert issue.state == "draft"
