"""What needs an operator's eye: engines and processes, what waits and why, what failed, what is unsure (UI: Health)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import ColumnElement, Engine, func, select
from sqlalchemy.orm import Session

from outreach.config import Settings
from outreach.reports import closed_loop, kept, running, why
from outreach.reports.running import Check
from outreach.store import business_clock, enrolments, inbox, kept_reports, leads, loose_ends, mailboxes, messages
from outreach.store.enrolments import Enrolment
from outreach.store.events import Event
from outreach.store.inbox import InboundMail
from outreach.store.leads import Lead
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message

LOOK_BACK = timedelta(days=30)
MOST = 100
FEW_BOXES = 12


class Bells(Protocol):
    """The queue, as this report sees it."""

    @property
    def redis(self) -> Redis: ...
    def lengths(self) -> dict[str, int]: ...


class House(Protocol):
    """What this report asks of the wiring."""

    @property
    def settings(self) -> Settings: ...
    @property
    def engine(self) -> Engine: ...
    @property
    def queue(self) -> Bells: ...


@dataclass(frozen=True)
class Waiting:
    """An enrolment that does not go on by plan: why, and when it is looked at again."""

    lead_id: int
    name: str
    state: str
    why: str
    due_at: datetime | None


@dataclass(frozen=True)
class LetterLine:
    """A letter that failed, is unsure, or waits for its server."""

    id: int
    lead_id: int | None
    to: str
    subject: str
    state: str
    reason: str
    kind: str
    at: datetime
    bounced: bool
    """The address takes no mail: trying again cannot help."""


@dataclass(frozen=True)
class Box:
    """A mailbox: when it was read last, and whether its breaker is open. Real times. `own_server`: not that of SMTP_URL."""

    address: str
    own_server: bool
    watched: bool
    read_at: datetime | None
    read_error: str
    paused_until: datetime | None
    paused_reason: str


@dataclass(frozen=True)
class Forgotten:
    """Finished without reply and neither in nurture, nor suppressed, nor excluded with a reason: the closed loop leaks."""

    lead_id: int
    name: str
    ended_at: datetime


@dataclass(frozen=True)
class Stuck:
    """One kind of thing that the watchdog found and only a person can settle; `people`: (lead id, name) of the first few."""

    what: str
    remedy: str
    count: int
    people: tuple[tuple[int, str], ...]
    since: datetime | None


@dataclass(frozen=True)
class Repaired:
    """Something that it mended."""

    at: datetime
    text: str
    lead_id: int | None


@dataclass(frozen=True)
class Watched:
    """The watchdog's last look."""

    at: datetime
    found: tuple[Stuck, ...]
    repaired: tuple[Repaired, ...]


@dataclass(frozen=True)
class Health:
    """The whole page."""

    checks: tuple[Check, ...]
    queues: dict[str, int] | None
    """Jobs waiting per queue; None when Redis does not answer. The rows count, not these."""
    letters: dict[str, int]
    oldest_due: datetime | None
    last_inbound: datetime | None
    ahead: timedelta
    boxes: tuple[Box, ...]
    """Those that want a look first; `more_boxes` are not among them."""
    more_boxes: int
    held: tuple[Waiting, ...]
    held_by_state: dict[str, int]
    queued: tuple[LetterLine, ...]
    unsure: tuple[LetterLine, ...]
    failed: tuple[LetterLine, ...]
    quarantined: tuple[InboundMail, ...]
    forgotten: tuple[Forgotten, ...]
    watched: Watched | None
    loop: closed_loop.Loop | None

    @property
    def well(self) -> bool:
        """Nothing here asks for a person."""
        up = all(check.level == running.OK for check in self.checks)
        broken = any(box.paused_until or box.read_error for box in self.boxes)
        stuck = self.watched.found if self.watched else ()
        return up and not (broken or self.unsure or self.failed or self.quarantined or self.forgotten or stuck)


def look(session: Session, house: House, now: datetime) -> Health:
    """Read everything; the checks of engines and processes are the same as healthz makes."""
    loop = closed_loop.kept(session)
    boxes, total = mailboxes.page(session, "", 1, FEW_BOXES)
    return Health(
        checks=tuple(_checks(house)),
        queues=_queues(house),
        letters=_letters_by_state(session, house),
        oldest_due=_oldest_due(session, now),
        last_inbound=inbox.last_received(session),
        ahead=business_clock.ahead(session),
        boxes=tuple(_box(house, row, business_clock.real_now(session)) for row in boxes if row.active),
        more_boxes=max(0, total - len(boxes)),
        held=_held(session),
        held_by_state=_held_by_state(session),
        queued=_letters(session, Message.state == "queued", Message.reason != ""),
        unsure=_letters(session, Message.state == "unsure"),
        failed=_letters(session, Message.state == "failed", Message.queued_at > now - LOOK_BACK),
        quarantined=tuple(inbox.quarantined(session)),
        forgotten=forgotten(session, now) if loop is None or loop.exceptions else (),
        watched=_watched(session),
        loop=loop,
    )


def forgotten(session: Session, now: datetime) -> tuple[Forgotten, ...]:
    """RULES N: finished without reply must equal moved to nurture + excluded with a reason, always. Who breaks it."""
    found = closed_loop.people(session, loose_ends.EXCEPTION, now, limit=MOST)
    return tuple(Forgotten(each.lead_id, each.name, each.ended_at) for each in found)


def _watched(session: Session) -> Watched | None:
    """What the watchdog found when it came round last."""
    kept = kept_reports.kept(session, kept_reports.WATCHDOG)
    if kept is None:
        return None
    alike: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for each in kept.data["findings"]:
        alike.setdefault((each["what"], each["remedy"]), []).append(each)
    found = tuple(_stuck(session, *key, rows) for key, rows in alike.items())
    return Watched(kept.at, found, _repaired(session))


FEW = 5


def _stuck(session: Session, what: str, remedy: str, rows: list[dict[str, Any]]) -> Stuck:
    """Findings that say the same, as one line."""
    ids = list(dict.fromkeys(row["lead_id"] for row in rows if row["lead_id"]))
    named = leads.by_ids(session, ids[:FEW])
    people = tuple((lead.id, lead.name or lead.email) for lead in named.values())
    since = min((datetime.fromisoformat(row["since"]) for row in rows if row["since"]), default=None)
    return Stuck(what, remedy, len(rows), people, since)


def _repaired(session: Session) -> tuple[Repaired, ...]:
    """What it mended lately."""
    query = (
        select(Event.at, Event.text, Event.lead_id).where(Event.kind == "repaired").order_by(Event.at.desc()).limit(20)
    )
    return tuple(Repaired(*row) for row in session.execute(query))


def _checks(house: House) -> list[Check]:
    checks = [running.database(house.engine), *running.processes(house.queue.redis)]
    settings = house.settings
    if settings.mail_is_local:
        checks.append(running.port(settings.local_smtp, "local mail server") if settings.local_smtp else _no_server())
    checks += [running.port(settings.inbound_smtp_listen, "reply server"), running.disk(settings.data)]
    return checks


def _no_server() -> Check:
    return Check(running.FAILED, "no mail server", "start the system with make run, or set SMTP_URL")


def _queues(house: House) -> dict[str, int] | None:
    try:
        return house.queue.lengths()
    except (RedisError, OSError):
        return None


def _oldest_due(session: Session, now: datetime) -> datetime | None:
    query = select(func.min(Message.due_at)).where(Message.state == "queued", Message.due_at <= now)
    return session.scalar(query)


def _box(house: House, row: Mailbox, real_now: datetime) -> Box:
    watched = bool(row.imap_secret or (row.from_env and house.settings.imap_url))
    paused = row.paused_until if mailboxes.is_held(row, real_now) else None
    own = row.smtp_secret is not None or row.sign_in != "password"
    return Box(row.address, own, watched, row.read_at, row.read_error, paused, row.paused_reason if paused else "")


def _held(session: Session) -> tuple[Waiting, ...]:
    query = (
        select(Lead.id, Lead.name, Lead.email, Enrolment)
        .join(Enrolment, Enrolment.lead_id == Lead.id)
        .where(enrolments.is_held())
        .order_by(Enrolment.due_at)
        .limit(MOST)
    )
    rows = session.execute(query)
    return tuple(
        Waiting(key, name or email, row.state, why.sentence(row), row.due_at) for key, name, email, row in rows
    )


def _held_by_state(session: Session) -> dict[str, int]:
    query = select(Enrolment.state, func.count()).where(enrolments.is_held())
    return {state: count for state, count in session.execute(query.group_by(Enrolment.state).order_by(Enrolment.state))}


def _letters_by_state(session: Session, house: House) -> dict[str, int]:
    """Those under way counted now; all that ever went as they were counted lately, where counting them is slow."""
    redis = house.queue.redis
    sent = kept.figure(redis, "letters sent", lambda: messages.count_sent(session))
    if sent.stale:
        sent = kept.count_again(redis, "letters sent", lambda: messages.count_sent(session))
    return messages.counts_open(session) | {"sent": int(sent.value)}


def _letters(session: Session, *conditions: ColumnElement[bool]) -> tuple[LetterLine, ...]:
    query = select(Message).where(*conditions).order_by(Message.id.desc()).limit(MOST)
    return tuple(
        LetterLine(
            row.id,
            row.lead_id,
            row.to_address,
            row.subject,
            row.state,
            row.reason,
            row.kind,
            row.queued_at,
            row.delivered == "bounced",
        )
        for row in session.scalars(query)
    )
