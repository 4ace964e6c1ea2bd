"""What became of a mailbox's letters in the last thirty days: how receivers take it, and whether people answer."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import DateTime, Integer, bindparam, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from outreach.store import account, statement_limits

DAYS = 30
SECONDS = 2.0
"""A page does not wait longer for it."""
BY_DAY = text(
    "SELECT (sent_at AT TIME ZONE :zone)::date AS day, count(*) AS sent,"
    " count(*) FILTER (WHERE delivered = 'bounced') AS bounced,"
    " count(*) FILTER (WHERE delivered = 'complained') AS complained"
    " FROM messages WHERE mailbox_id = :box AND sent_at > :since AND kind NOT IN ('notice', 'test') GROUP BY 1"
).bindparams(bindparam("since", type_=DateTime(timezone=True)), bindparam("box", type_=Integer))
REFUSED = text(
    "SELECT count(*) FROM messages WHERE mailbox_id = :box AND first_tried_at > :since"
    " AND state = 'failed' AND delivered = 'bounced'"
).bindparams(bindparam("since", type_=DateTime(timezone=True)), bindparam("box", type_=Integer))
ANSWERED = text(
    "SELECT count(DISTINCT i.lead_id) FROM inbox i JOIN messages m ON m.id = i.message_id"
    " WHERE i.received_at > :since AND i.class = 'human' AND m.mailbox_id = :box"
).bindparams(bindparam("since", type_=DateTime(timezone=True)), bindparam("box", type_=Integer))


@dataclass(frozen=True, slots=True)
class Month:
    """Letters to leads. `bounced`: sent and returned, or refused at once; `tried` is what the rates are shares of."""

    sent: int
    tried: int
    bounced: int
    complained: int
    answered: int
    days: list[tuple[date, int]]

    def rate(self, number: int) -> str:
        """A share of what was tried, as people say it."""
        share = 100 * number / self.tried if self.tried else 0.0
        return f"{share:.2f} %" if 0 < share < 0.1 else f"{share:.1f} %"


def month(session: Session, mailbox_id: int, now: datetime) -> Month | None:
    """The numbers; None when counting them takes too long."""
    zone = account.get(session).zone
    since = now - timedelta(days=DAYS)
    asked = {"box": mailbox_id, "since": since}
    try:
        with session.begin_nested():
            statement_limits.at_most(session, SECONDS)
            rows = {row.day: row for row in session.execute(BY_DAY, {**asked, "zone": zone})}
            refused = session.scalar(REFUSED, asked) or 0
            answered = session.scalar(ANSWERED, asked) or 0
    except DBAPIError as error:
        if not statement_limits.is_timeout(error):
            raise
        return None
    today = now.astimezone(ZoneInfo(zone)).date()
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    sent = sum(row.sent for row in rows.values())
    return Month(
        sent=sent,
        tried=sent + refused,
        bounced=refused + sum(row.bounced for row in rows.values()),
        complained=sum(row.complained for row in rows.values()),
        answered=answered,
        days=[(day, rows[day].sent if day in rows else 0) for day in days],
    )
