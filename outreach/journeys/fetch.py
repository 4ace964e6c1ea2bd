"""Look into the mailboxes that have IMAP: each new message is kept raw before the cursor moves (MAIL X9)."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from outreach import clock
from outreach.errors import Refused
from outreach.journeys import notify, own_mail, receive, sign_in_with
from outreach.journeys.house import House
from outreach.mail import imap
from outreach.mail.imap import Cursor, FetchedMeta, ImapError, NotKept
from outreach.store import business_clock, mailboxes
from outreach.store.mailboxes import Mailbox
from outreach.store.secrets import unseal

EVERY = timedelta(seconds=60)
"""Real time between two looks."""
SECONDS = 45.0
"""Of one round through the mailboxes; then those whose server failed last wait for the next round."""
AT_ONCE = 4
"""Mailboxes that are looked into at the same time. One whose server failed last never takes the last place."""
LOOK_AGAIN = 1.0
"""Seconds between looks whether another mailbox is due meanwhile."""
LONGEST = 60.0
"""Seconds after which a look begins no further message: how far it came is kept, and the mailbox is due again."""
SKEW = timedelta(minutes=10)
"""By how much a mail server's clock may differ from ours."""

Looking = dict[Future[int], tuple[int, bool]]
"""What is under way: which mailbox, and whether its server failed last."""

log = structlog.get_logger()


def due(session: Session, house: House) -> list[int]:
    """Mailboxes with IMAP that nobody looked into for a minute of real time, whoever waits longest first; those whose server
    failed last come behind the others."""
    return [mailbox_id for mailbox_id, _ in _due(session, house)]


def _due(session: Session, house: House) -> list[tuple[int, bool]]:
    """The same, each with whether its server failed last."""
    real = business_clock.real_now(session)
    boxes = [m for m in mailboxes.active(session) if m.imap_secret or (m.from_env and house.settings.imap_url)]
    late = [m for m in boxes if m.looked_at is None or real - m.looked_at >= EVERY]
    late.sort(key=lambda m: (bool(m.read_error), m.looked_at is not None, m.looked_at, m.id))
    return [(m.id, bool(m.read_error)) for m in late]


def url_of(house: House, mailbox: Mailbox) -> str:
    """The IMAP address of a mailbox; empty when it has none."""
    if mailbox.imap_secret:
        return unseal(mailbox.imap_secret, house.keys)
    return house.settings.imap_url if mailbox.from_env else ""


def watched(house: House, most: int) -> dict[int, str]:
    """The mailboxes that can be waited at, with their IMAP addresses."""
    found: dict[int, str] = {}
    with house.sessions() as session:
        for one in mailboxes.active(session):
            with suppress(Refused):  # told by the look into it
                found[one.id] = url_of(house, one)
    return dict([(number, url) for number, url in found.items() if url][:most])


def bearer(house: House, mailbox_id: int) -> Callable[[], str] | None:
    """The sign-in token of a mailbox, where it has one instead of a password."""
    with house.sessions() as session:
        return sign_in_with.inbox_bearer(house, session.get_one(Mailbox, mailbox_id))


def hurry(house: House, mailbox_id: int) -> None:
    """Something arrived: the mailbox is due now."""
    with house.sessions.begin() as session:
        session.execute(update(Mailbox).where(Mailbox.id == mailbox_id).values(looked_at=None))


def fetch(house: House, seconds: float = SECONDS, kept: Callable[[], object] = bool) -> int:
    """Look into the mailboxes that are due, several at once, until none is and none is looked into; how many messages came.

    `kept` is called as soon as a mailbox brought some. While a server hangs, whoever else becomes due is looked into all the
    same; after so many seconds only until the others are done.
    """
    began, found = clock.monotonic(), 0
    looking: Looking = {}
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="fetch") as pool:
        while True:
            late = clock.monotonic() - began > seconds
            if not late or (looking and clock.monotonic() - began < seconds + LONGEST):
                _begin(house, pool, looking, late)
            if not looking:
                return found
            done, _ = wait(looking, LOOK_AGAIN, FIRST_COMPLETED)
            brought = sum(one.result() for one in done)
            for one in done:
                del looking[one]
            if brought:
                found += brought
                kept()


def _begin(house: House, pool: ThreadPoolExecutor, looking: Looking, late: bool) -> None:
    """Fill the free places with mailboxes that are due, the last one only with one whose server is well."""
    with house.sessions() as session:
        waiting = _due(session, house)
    for mailbox_id, doubtful in waiting:
        if len(looking) >= AT_ONCE:
            return
        under_way = looking.values()
        if any(number == mailbox_id for number, _ in under_way):
            continue
        if not doubtful or not (late or sum(failed for _, failed in under_way) >= AT_ONCE - 1):
            looking[pool.submit(_looked, house, mailbox_id)] = mailbox_id, doubtful


class _Enough(Exception):
    """This look has taken long enough."""


def _looked(house: House, mailbox_id: int) -> int:
    """One mailbox; whatever keeps it from being read is told, and keeps no other one waiting."""
    try:
        return _look(house, mailbox_id)
    except OperationalError:
        raise
    except (Refused, ValueError) as error:  # its settings
        _note(house, mailbox_id, None, str(error))
    except Exception as error:
        log.exception("mailbox_not_read", mailbox=mailbox_id)
        _note(house, mailbox_id, None, f"{type(error).__name__}: {error}")
    return 0


def _look(house: House, mailbox_id: int) -> int:
    """(1) Note the look, so that two fetchers do not double it, (2) read its folders, (3) move the cursors."""
    with house.sessions.begin() as session:
        mailbox = session.scalar(
            select(Mailbox).where(Mailbox.id == mailbox_id).with_for_update(skip_locked=True, key_share=True)
        )
        if mailbox is None or mailbox_id not in due(session, house):
            return 0
        mailbox.looked_at = business_clock.real_now(session)
        url, cursors = url_of(house, mailbox), _cursors(mailbox, url_of(house, mailbox))
        since, token, sent = _since(mailbox), sign_in_with.inbox_bearer(house, mailbox), mailbox.sent_folder
    kept: list[int] = []
    reached: dict[str, Cursor] = {}
    taken: Counter[str] = Counter()

    until = clock.monotonic() + LONGEST

    def keep(raw: bytes, meta: FetchedMeta) -> None:
        if clock.monotonic() > until:
            raise _Enough
        _keep(raw, meta)
        taken[meta.folder] += 1
        reached[meta.folder] = Cursor(meta.folder, meta.uidvalidity, meta.uid)

    def _keep(raw: bytes, meta: FetchedMeta) -> None:
        if sent and meta.folder == sent:
            _sent_by_rep(house, mailbox_id, raw)
            return
        with house.sessions.begin() as session:
            found = receive.keep(session, raw, house.now(session), source="imap", mailbox_id=mailbox_id)
            kept.extend([found] if found else [])

    error, more = "", False
    try:
        cursors = imap.fetch_folders(url, cursors, keep, since=since, token=token)
    except NotKept as stopped:
        reached[stopped.cursor.folder] = stopped.cursor
        cursors = [reached.get(one.folder, one) for one in cursors]
        more = isinstance(stopped.__cause__, _Enough)
        error = "" if more else str(stopped)
    except ImapError as failed:
        error = str(failed)
        if failed.sign_in:
            _renew_token(house, mailbox_id)
        cursors = [reached.get(one.folder, one) for one in cursors]  # the line broke: what is kept is not read again
    _note(house, mailbox_id, cursors, error)
    if more or (not error and taken and max(taken.values()) >= imap.LIMIT):
        hurry(house, mailbox_id)  # there may be more
    return len(kept)


def _sent_by_rep(house: House, mailbox_id: int, raw: bytes) -> None:
    """A courtesy: a mail that we cannot make sense of is passed over. An inbox that counts as unread holds all follow-ups (X4)."""
    try:
        with house.sessions.begin() as session:
            own_mail.seen(session, raw, session.get_one(Mailbox, mailbox_id), house.now(session))
    except OperationalError:
        raise
    except Exception:
        log.exception("sent_mail_not_read", mailbox=mailbox_id)


def _since(mailbox: Mailbox) -> datetime:
    """Mail from before the mailbox was ours to read is left alone, also where the server numbers it anew."""
    now = clock.real_now()
    return min(mailbox.created_at, mailbox.read_at or now, now) - SKEW  # the business clock may have been moved ahead


def _cursors(mailbox: Mailbox, url: str) -> list[Cursor]:
    """Where each folder was left: the inbox first, then the others, the folder of sent mail last."""
    kept = dict(mailbox.imap_cursor)
    others = kept.pop("others", {})
    first = imap.parse_url(url).folder
    inbox = Cursor(**kept) if kept.get("folder") == first else Cursor(first)
    names = [name for name in (*mailbox.folders, mailbox.sent_folder) if name and name != first]
    return [inbox, *(Cursor(**others.get(name, {"folder": name})) for name in dict.fromkeys(names))]


def _renew_token(house: House, mailbox_id: int) -> None:
    with house.sessions.begin() as session:
        sign_in_with.forget_access(house, session.get_one(Mailbox, mailbox_id))


def _note(house: House, mailbox_id: int, cursors: list[Cursor] | None, error: str) -> None:
    """How far it was read (None: not at all, nobody looks again before the next minute), and what kept it from more."""
    with house.sessions.begin() as session:
        mailbox = session.get_one(Mailbox, mailbox_id)
        if cursors is None:
            mailbox.looked_at = business_clock.real_now(session)
        else:
            mailbox.imap_cursor = asdict(cursors[0]) | {"others": {one.folder: asdict(one) for one in cursors[1:]}}
        if not error:
            mailbox.read_at, mailbox.read_error = business_clock.real_now(session), ""
            return
        if not mailbox.read_error and error not in mailbox.paused_reason:  # one cause, one alert (F4)
            text = f"The inbox of {mailbox.address} cannot be read: {error}"
            notify.tell(session, None, "problem", text, "/health", house.now(session))
        mailbox.read_error = error[:500]
