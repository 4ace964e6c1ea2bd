"""What the rows know of the limits (RULES L): how full they are, who is at what pace, what came of the latest letters.

The rules themselves are core.limits; here are the questions that they ask.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from outreach.core import limits
from outreach.core.limits import BOUNCE_SAMPLE, COMPLAINT_SAMPLE, MailboxLimits, Sample, Usage, Window
from outreach.store import mailboxes
from outreach.store.account import Account
from outreach.store.mailboxes import Mailbox


def limits_of(box: Mailbox, us: Account) -> MailboxLimits:
    """A mailbox's limits as the rules see them."""
    return MailboxLimits(
        address=box.address, zone=us.zone, minute=box.minute_limit, hour=box.hour_limit, day=box.daily_limit,
        gap_min=box.gap_seconds_min, gap_random=box.gap_seconds_random, ramp_start=box.ramp_start,
        ramp_step=box.ramp_step, ramp_from=box.ramp_from,
    )  # fmt: skip


def windows_of(session: Session, us: Account, box: Mailbox, now: datetime) -> list[tuple[Window, Usage]]:
    """L1, L6: every window that binds a mailbox, and how full it is."""
    own = [(each, usage(session, [box.id], each, now)) for each in limits.windows(limits_of(box, us), now)]
    whole = limits.account_windows(us.daily_limit)
    boxes = mailboxes.ids(session) if whole else []
    return own + [(each, usage(session, boxes, each, now)) for each in whole]


def usage(session: Session, mailbox_ids: Collection[int], window: Window, now: datetime) -> Usage:
    """How full a window of these mailboxes is: sent in it, under way, or possibly sent."""
    values = {"boxes": list(mailbox_ids), "since": now - window.span, "allowed": window.allowed}
    count, open_ = session.execute(USED, values).one()
    if count + open_ < window.allowed:
        return Usage(count + open_)
    kept = window.allowed - open_
    turning = session.scalar(TURNING, values | {"skip": kept - 1}) if 0 < kept <= count else now
    return Usage(count + open_, turning)


USED = text("""
SELECT (SELECT count(*) FROM messages WHERE mailbox_id = ANY(:boxes) AND sent_at > :since),
  (SELECT count(*) FROM messages WHERE mailbox_id = ANY(:boxes)
     AND (state IN ('claimed', 'begun') OR (state = 'unsure' AND first_tried_at > :since)))
""")
TURNING = text(
    "SELECT sent_at FROM messages WHERE mailbox_id = ANY(:boxes) AND sent_at > :since ORDER BY sent_at DESC OFFSET :skip LIMIT 1"
)


def new_leads_since(session: Session, mailbox_ids: Collection[int], since: datetime) -> int:
    """First steps of sales sequences that went or are going since then (L3)."""
    return int(session.scalar(STARTED, {"boxes": list(mailbox_ids), "since": since}) or 0)


STARTED = text("""
SELECT (SELECT count(*) FROM messages WHERE mailbox_id = ANY(:boxes) AND sent_at >= :since AND rank = 3)
  + (SELECT count(*) FROM messages WHERE mailbox_id = ANY(:boxes) AND rank = 3
     AND (state IN ('claimed', 'begun') OR (state = 'unsure' AND first_tried_at >= :since)))
""")


def sample(session: Session, mailbox_id: int, since: datetime) -> Sample:
    """L7: the latest letters of a mailbox since then: how many bounced hard, how many were called spam."""
    values = {"mailbox": mailbox_id, "since": since, "bounces": BOUNCE_SAMPLE, "complaints": COMPLAINT_SAMPLE}
    return Sample(*session.execute(SAMPLE, values).one())


SAMPLE = text("""
WITH mailed AS MATERIALIZED (
  SELECT sent_at AS at, delivered FROM messages WHERE mailbox_id = :mailbox AND sent_at > :since
  ORDER BY sent_at DESC LIMIT :complaints),
tried AS (
  (SELECT at, delivered FROM mailed ORDER BY at DESC LIMIT :bounces)
  UNION ALL
  (SELECT first_tried_at, delivered FROM messages
   WHERE state = 'failed' AND delivered = 'bounced' AND mailbox_id = :mailbox AND first_tried_at > :since
   ORDER BY first_tried_at DESC LIMIT :bounces)),
latest AS (SELECT delivered FROM tried ORDER BY at DESC LIMIT :bounces)
SELECT (SELECT count(*) FROM latest), (SELECT count(*) FROM latest WHERE delivered = 'bounced'),
  (SELECT count(*) FROM mailed), (SELECT count(*) FROM mailed WHERE delivered = 'complained')
""")


def paces(session: Session, mailbox_id: int, domains: Collection[str]) -> dict[tuple[int, str], datetime]:
    """(mailbox or 0, domain) -> when the domain is free again, locked until the transaction ends."""
    query = text(
        "SELECT mailbox_id, domain, next_at FROM paces WHERE mailbox_id IN (0, :mailbox) AND domain = ANY(:domains)"
        " ORDER BY mailbox_id, domain FOR UPDATE"
    )
    rows = session.execute(query, {"mailbox": mailbox_id, "domains": list(domains)})
    return {(box, domain): at for box, domain, at in rows}


def keep_paces(session: Session, found: dict[tuple[int, str], datetime]) -> None:
    """Write down when domains are free again."""
    query = text(
        "INSERT INTO paces (mailbox_id, domain, next_at) VALUES (:mailbox, :domain, :at)"
        " ON CONFLICT (mailbox_id, domain) DO UPDATE SET next_at = greatest(paces.next_at, excluded.next_at)"
    )
    if found:
        session.execute(
            query, [{"mailbox": box, "domain": name, "at": at} for (box, name), at in sorted(found.items())]
        )
