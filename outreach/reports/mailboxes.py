"""How each mailbox is: what it sent, what waits, what holds it, whether it is read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach.core import limits
from outreach.core.limits import MailboxLimits
from outreach.store import account, business_clock, domains, mailboxes, pauses, users
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message
from outreach.store.pauses import Pause

MOST_WAITING = 10_000
PAGE = 50
STALE = timedelta(minutes=15)
Level = Literal["ok", "warn", "bad", "off"]


@dataclass(frozen=True)
class Health:
    """One mailbox. `level` and `sentence` say in a word and a sentence how it is; `room` is today's limit (0 = none)."""

    box: Mailbox
    owner: str
    level: Level
    state: str
    sentence: str
    sent_at: datetime | None
    sent_today: int
    room: int
    ramping: bool
    waiting: int
    read: bool
    pause: Pause | None
    signed: bool


@dataclass(frozen=True)
class Page:
    """So many mailboxes of all that fit; `pages` is how many pages there are."""

    shown: list[Health]
    total: int
    number: int
    pages: int


def page(
    session: Session, now: datetime, words: str = "", number: int = 1, *, polls_env: bool, env_sends: bool
) -> Page:
    """A page of the mailboxes whose address or name holds the words: those that want a look first, those out of use last.
    `polls_env`: IMAP_URL is set; `env_sends`: SMTP_URL or the local server is."""
    number = max(1, number)
    rows, total = mailboxes.page(session, words, number, PAGE)
    shown = [health(session, box, now, polls_env=polls_env, env_sends=env_sends) for box in rows]
    return Page(shown, total, number, -(-total // PAGE))


def health(session: Session, box: Mailbox, now: datetime, *, polls_env: bool, env_sends: bool) -> Health:
    """One mailbox's health."""
    zone = account.get(session).zone
    owner = session.get(users.User, box.user_id) if box.user_id else None
    holding = pauses.holding(session, "mailbox", box.id, now)
    ramp = limits.ramped(_limits(box, zone), now)
    room = min(filter(None, (box.daily_limit, ramp)), default=0)
    reads = bool(box.imap_secret or (box.from_env and polls_env))
    level, state, sentence = _judged(session, box, holding, reads, now, env_sends)
    return Health(
        box=box,
        owner=owner.name if owner else "",
        level=level,
        state=state,
        sentence=sentence,
        sent_at=session.scalar(select(func.max(Message.sent_at)).where(Message.mailbox_id == box.id)),
        sent_today=_sent(session, box, now - timedelta(hours=24)),
        room=room,
        ramping=ramp is not None and (not box.daily_limit or ramp < box.daily_limit),
        waiting=_waiting(session, box),
        read=reads,
        pause=holding[0] if holding else None,
        signed=bool(domains.keys_in_use(session, box.address.rpartition("@")[2])),
    )


def _judged(
    session: Session, box: Mailbox, holding: list[Pause], reads: bool, now: datetime, env_sends: bool
) -> tuple[Level, str, str]:
    real = business_clock.real_now(session)
    if not box.active:
        return "off", "Out of use", "Nothing leaves from here. Old letters and their answers stay known."
    if holding:
        return "warn", "Paused", f"{holding[0].by_name}: {holding[0].reason}"
    if box.sign_in != "password" and not box.oauth_secret:
        return "bad", "Not connected", "Open its settings and sign in. Its mail waits until then."
    if not box.smtp_secret and not (box.from_env or env_sends):
        return "bad", "Not connected", "It has no mail server yet."
    if mailboxes.is_held(box, real):
        return "bad", "Held", f"{box.paused_reason.rstrip('.')}. Tried again by itself."
    if box.read_error:
        return "bad", "Inbox not read", f"{box.read_error.rstrip('.')}. Follow-ups wait until it is read."
    if box.breaker:
        return "bad", "First letters stopped", box.breaker_why[:1].upper() + box.breaker_why[1:] + "."
    if reads and box.read_at and real - box.read_at > STALE:
        return "warn", "Inbox not read lately", "Follow-ups wait until it was read."
    if box.free_at and box.free_at > now and box.free_why:
        zone = ZoneInfo(account.get(session).zone)
        next_at = box.free_at.astimezone(zone)
        day = "" if next_at.date() == now.astimezone(zone).date() else f" on {next_at:%a} {next_at.day} {next_at:%b}"
        return "warn", "At its limit", f"{box.free_why.rstrip('.')}. Next letter{day} at {next_at:%H:%M}."
    return "ok", "Works", ""


def _limits(box: Mailbox, zone: str) -> MailboxLimits:
    return MailboxLimits(
        box.address, zone, day=box.daily_limit, ramp_start=box.ramp_start, ramp_step=box.ramp_step,
        ramp_from=box.ramp_from,
    )  # fmt: skip


def _sent(session: Session, box: Mailbox, since: datetime) -> int:
    query = select(func.count()).select_from(Message).where(Message.mailbox_id == box.id, Message.sent_at > since)
    return session.scalar(query) or 0


def _waiting(session: Session, box: Mailbox) -> int:
    """Counted up to a point: a million waiting letters need no exact number."""
    some = select(Message.id).where(Message.mailbox_id == box.id, Message.state == "queued").limit(MOST_WAITING)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0
