"""Today's late marks count working time, and a manager sees everybody's list."""

from datetime import UTC, datetime, timedelta
from typing import Any

from outreach.journeys import accounts
from outreach.reports import today
from outreach.store import account
from outreach.store.inbox import InboundMail
from outreach.store.tasks import Task


def test_a_reply_of_friday_evening_is_not_late_on_monday_morning(session: Any, house: Any) -> None:
    """The goal is 30 minutes of the owner's hours: Friday 16:50 is due on Monday 9:20."""
    rita = accounts.add_user(session, "rita@outreach.test", "Rita Rep", "rep", "correct horse battery")
    account.get(session).zone = "UTC"
    friday = datetime(2026, 3, 6, 16, 50, tzinfo=UTC)
    mail = InboundMail(sha256="x", source="smtp", raw=b"", received_at=friday, state="done", class_="human",
                       references=[], from_address="ida@lead.test")  # fmt: skip
    session.add(mail)
    session.flush()
    session.add(Task(kind="reply", title="Answer", inbound_id=mail.id, owner_id=rita.id, due_at=friday, created_at=friday,
                     memory={}))  # fmt: skip
    session.flush()

    def shown(now: datetime) -> tuple[bool, timedelta | None]:
        day = today.day(session, rita.id, now, "UTC")
        return day.items[0].late, day.numbers.oldest_reply

    monday = datetime(2026, 3, 9, 9, 15, tzinfo=UTC)
    assert shown(monday) == (False, timedelta(minutes=25))
    assert shown(monday + timedelta(minutes=6)) == (True, timedelta(minutes=31))
    assert shown(monday + timedelta(days=30))[0]
