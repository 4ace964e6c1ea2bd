"""What became of a letter after it left: told by a delivery report in the mail or by a provider's webhook, once understood.

Whoever calls has matched the letter by a token or Message-ID of ours: a forged report suppresses nobody (MAIL 1.11).
"""

from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from sqlalchemy.orm import Session

from outreach.core import signals
from outreach.journeys import advance, applying, refusals, settle
from outreach.journeys.house import House
from outreach.store import events, messages
from outreach.store.leads import Lead
from outreach.store.messages import Message

GRAVITY = ("", "soft", "delivered", refusals.REFUSED, "bounced", "complained")
"""What is known of a letter; a delivery answers an earlier soft refusal."""
SOFT_BEFORE_FINAL, SOFT_OVER = 3, timedelta(days=5)
"""So many soft bounces, over so long and without a delivery between, are put before a person (MAIL 1.11)."""


def told(
    session: Session,
    house: House,
    message: Message,
    lead: Lead | None,
    verdict: str,
    words: str,
    now: datetime,
    data: dict[str, Any],
) -> None:
    """(1) An unsure letter is settled: who reports on it has it; (2) the letter's mark; (3) the lead's sequences hear."""
    settle.arrived(session, message, f"a mail server reports on it ({verdict})", now)
    if verdict == "hard":
        mark(message, "bounced")
        message.reason = words[:500]
        if lead is not None:
            advance.bounced(session, house, lead, message, now)
        return
    if verdict == "delivered":
        mark(message, "delivered")
    elif lead is not None:
        text = f"Delivery report ({verdict}): {words}"[:500]
        events.record(
            session, now, "delivery", text, lead_id=lead.id, message_id=message.id, rule="F2",
            data=data | {"verdict": verdict},
        )  # fmt: skip
    if verdict == "ours":
        refusals.reported(session, message, words, now)
    if verdict == "soft":
        mark(message, "soft")
        if lead is not None:
            session.flush()
            signal = signals.Bounced(hard=False, final=_soft_for_long(session, lead))
            applying.signal(session, house, lead.id, signal, now, message_id=message.id)


def mark(message: Message, word: str) -> None:
    """The gravest word stays, in whatever order they come (RELIABILITY 3.6)."""
    if GRAVITY.index(word) > GRAVITY.index(message.delivered):
        message.delivered = word


def _soft_for_long(session: Session, lead: Lead) -> bool:
    """Whether nothing has arrived since the first of enough soft bounces."""
    latest = takewhile(lambda one: one.delivered != "delivered", messages.of_lead(session, lead.id, 20))
    moments = [one.sent_at for one in latest if one.delivered == "soft" and one.sent_at]
    return len(moments) >= SOFT_BEFORE_FINAL and max(moments) - min(moments) >= SOFT_OVER
