"""Letters go out: fast and never twice (DESIGN 4, RELIABILITY 3).

A batch: (1) claimed under a lease (journeys.claiming), (2) all its letters written, their links kept, (3) each offered to
the server, (4) marked begun in one small statement just before the bytes that end it, which also marks the letter before
as sent, (5) the ends of all written down durably. The database is let go of before the network is used. What a killed
worker leaves is at most one letter `begun`, which becomes unsure and is never sent again by itself.

A server that is silent after the end of a letter holds up nobody: the line is set aside, other mailboxes go on, and its
answer is heard when it comes, for up to ten minutes.
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any, TypeVar

import structlog
from psycopg import DataError, IntegrityError
from psycopg import OperationalError as LineLost
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from outreach.clock import monotonic
from outreach.errors import Refused
from outreach.journeys import claiming, ends, posting, sign_in_with
from outreach.journeys.claiming import Claim
from outreach.journeys.house import House
from outreach.journeys.posting import Ready
from outreach.mail.smtp import Answer, SmtpLink
from outreach.mail.templating import MissingField, TemplateError
from outreach.store import leases, outbox
from outreach.store.mailboxes import Mailbox
from outreach.store.outbox import Accepted
from outreach.store.secrets import unseal

FIRST_BATCH, LARGEST_BATCH = 20, 1000
LEASE_SAFE = 2 / 3
"""The part of a lease after which no further letter is begun."""
LONGEST_LEASE = 600.0
"""Real seconds that a claim may last where a mail server takes its time before it wants a letter."""
SLICE = 5.0
"""Seconds after which a batch makes room for the next mailbox."""
SILENCE = 15.0
"""Seconds to wait for the answer to a letter before other mailboxes go on."""
SILENT_FOR_GOOD = 600.0
PASS = 50
HEAVIEST_BATCH = 64_000_000
"""Bytes of the letters of one batch, all of which are in memory at once."""
LEASE_HALF = 300.0
PATIENCE = 90
"""Seconds that a living sender goes on trying to write down how its letters ended."""
AWAY = (OperationalError, LineLost)
Done = TypeVar("Done")
log = structlog.get_logger()


@dataclass(slots=True)
class Late:
    """A letter whose server has not answered yet: its line is kept open for nothing else."""

    link: SmtpLink
    letter: Ready
    mailbox_id: int
    since: float


class Sender:
    """One process's way out: its owner number, its lock, and one open line per mailbox."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.owner = _new_owner()
        self.size = FIRST_BATCH
        self.last_mailbox = 0
        self.late: list[Late] = []
        self._leases: dict[int, float] = {}
        self._links: dict[int, tuple[str, SmtpLink]] = {}
        self._lock: Connection | None = None
        self._at: tuple[int, ...] = ()
        self._line: outbox.SendingLine | None = None

    def hold_lock(self) -> None:
        """Show that this sender lives, for as long as its connection does; letters begin on the same connection."""
        if self._lock is not None and not self._lock.closed and not self._lock.invalidated:
            try:
                leases.hold_owner_lock(self._lock, self.owner)
                return
            except OperationalError:
                self._let_go()
        bind = self.house.sessions.kw["bind"]
        self._lock = bind.connect()
        self._line = outbox.SendingLine(self._lock)
        leases.hold_owner_lock(self._lock, self.owner)

    def begin(self, letter: Ready, now: datetime, before: Accepted | None) -> bool:
        """claimed -> begun, and the letter before is marked sent: one statement. False = it must not go."""
        if self._line is None:
            raise LineLost("the connection to the database was let go")
        return self._line.step(self.owner, letter.begun, now, before)

    def _let_go(self) -> None:
        if self._lock is not None:
            with suppress(SQLAlchemyError):
                self._lock.invalidate()
                self._lock.close()
        self._lock = self._line = None
        self._at = ()

    def take_turn(self, box: Mailbox) -> bool:
        """Whether nobody else hands in this mailbox's urgent letters just now. So a mail server that hangs keeps one process
        busy, and another one serves the other mailboxes. At mailboxes whose server failed last there is one process at most,
        however many of them there are."""
        wanted = (box.id, leases.DOUBTFUL) if box.failures else (box.id,)
        if wanted != self._at:
            taken: list[int] = []
            for line in wanted:
                if self._lock is None or not leases.take_line(self._lock, line):
                    self._leave(taken)
                    return False
                taken.append(line)
            self.end_turn()
            self._at = wanted
        return True

    def end_turn(self) -> None:
        """Let others hand them in."""
        self._leave(self._at)
        self._at = ()

    def _leave(self, lines: Iterable[int]) -> None:
        with suppress(SQLAlchemyError):  # whoever has lost the connection has lost the lock
            for line in lines:
                if self._lock is not None:
                    leases.leave_line(self._lock, line)

    def forget(self) -> None:
        """Become somebody else: what could not be written down is then judged as a dead sender's letters are."""
        self._let_go()
        self.owner = _new_owner()

    def link(self, mailbox: Mailbox) -> SmtpLink:
        """The open line of a mailbox; opened anew when its address changed."""
        url = smtp_url(self.house, mailbox)
        key = f"{mailbox.sign_in} {url}"
        known = self._links.get(mailbox.id)
        if known is None or known[0] != key:
            if known:
                known[1].close()
            self._links[mailbox.id] = (key, SmtpLink(url, token=sign_in_with.bearer(self.house, mailbox)))
        return self._links[mailbox.id][1]

    def lease(self, mailbox_id: int) -> float:
        """Real seconds that letters of this mailbox are claimed for."""
        return self._leases.get(mailbox_id, outbox.LEASE)

    def was_late(self, mailbox_id: int) -> None:
        """The server wanted the letter when its lease was over: it gets longer ones from now on."""
        self._leases[mailbox_id] = min(LONGEST_LEASE, 2 * self.lease(mailbox_id))

    def rest(self, mailbox_id: int) -> None:
        """The batch of this mailbox is over."""
        if mailbox_id in self._links:
            self._links[mailbox_id][1].rest()

    def set_aside(self, link: SmtpLink, letter: Ready, mailbox_id: int) -> None:
        """Nobody waits for this server's answer; it is heard when it comes."""
        self._links.pop(mailbox_id, None)
        self.late.append(Late(link, letter, mailbox_id, monotonic()))

    def close(self) -> None:
        """Say goodbye everywhere; answers that never came leave their letters unsure."""
        for each in self.late:
            _late_answer(self, each, each.link.late(1.0) or _silent(each.link))
        self.late.clear()
        for _, link in self._links.values():
            link.close()
        self._links.clear()
        self._let_go()


def _new_owner() -> str:
    return str(random.SystemRandom().randrange(1, 2**31))


def smtp_url(house: House, mailbox: Mailbox) -> str:
    """Where this mailbox hands in its mail. Raises Refused when there is no server."""
    url = unseal(mailbox.smtp_secret, house.keys) if mailbox.smtp_secret else house.settings.submission_url
    if not url:
        raise Refused(f"The mailbox {mailbox.address} has no mail server; set SMTP_URL or give one under Settings.")
    return url


def deliver(sender: Sender, lane: str, seconds: float = 20.0) -> int:
    """Send what is due in a lane for at most so many seconds; how many letters were taken in hand (or wait for a
    silent server: then it wants to be called again)."""
    until, count = time.monotonic() + seconds, 0
    try:
        while time.monotonic() < until:
            sender.hold_lock()
            _hear(sender, 0.0)
            claim = _claim(sender, lane)
            if claim is None:
                break
            count += _batch(sender, claim, min(until, time.monotonic() + SLICE))
    finally:
        sender.end_turn()
    if sender.late and not count:
        _hear(sender, 0.5)
    return count + len(sender.late)


def _claim(sender: Sender, lane: str) -> Claim | None:
    # An answer that comes meanwhile stands before what waits (L2), but not before what is claimed already.
    urgent = lane == "urgent"
    size = min(sender.size, FIRST_BATCH) if urgent else sender.size
    may = sender.take_turn if urgent else claiming.anybody
    with sender.house.sessions.begin() as session:
        claim = claiming.claim(session, sender.house, sender.owner, lane, size, sender.last_mailbox, may=may)
        if claim is not None and (seconds := sender.lease(claim.mailbox.id)) > outbox.LEASE:
            outbox.hold_longer(session, sender.owner, seconds)
    if claim is not None:
        sender.last_mailbox = claim.mailbox.id
    return claim


@dataclass(slots=True)
class Batch:
    """Letters of one mailbox on their way, and what is known of those that have gone."""

    sender: Sender
    claim: Claim
    accepted: list[Accepted] = field(default_factory=list)
    marked: int = 0
    """So many of `accepted` are marked in the database already (perhaps not on its disk)."""
    known_well: int = 0
    """Of so many of `accepted` the mailbox's row knows what to think of its server."""

    def now(self) -> datetime:
        """Business time, by this process's own clock since the claim."""
        return self.claim.now + timedelta(seconds=monotonic() - self.claim.at)

    def begin(self, letter: Ready) -> bool:
        """The compare-and-set just before the bytes that end a letter."""
        before = self.accepted[-1] if self.marked < len(self.accepted) else None
        mine = self.sender.begin(letter, self.now(), before)
        self.marked = len(self.accepted)
        return mine


def _batch(sender: Sender, claim: Claim, until: float) -> int:
    """Write, send one after the other, write down how they ended, give back the rest; how many were taken in hand."""
    batch, began, taken = Batch(sender, claim), time.monotonic(), 0
    safe = claim.at + LEASE_SAFE * sender.lease(claim.mailbox.id)
    try:
        ready = _written(sender, claim)
        for letter, following in zip_longest(ready, ready[1:]):
            taken += 1
            if not _one(batch, letter, following) or time.monotonic() > until or monotonic() > safe:
                break
    except Refused as error:
        why, batch.known_well = str(error), len(batch.accepted)
        _insist(sender, lambda: ends.unusable(sender.house, claim.mailbox.id, why))
    finally:
        sender.rest(claim.mailbox.id)
        _insist(sender, lambda: _finish(batch))
    _suit(sender, taken, time.monotonic() - began)
    return max(taken, 1)


def _suit(sender: Sender, taken: int, seconds: float) -> None:
    """A batch is a few seconds of work at most: small for slow servers, large for fast ones."""
    if taken == sender.size and seconds < SLICE / 3:
        sender.size = min(LARGEST_BATCH, sender.size * 2)
    elif seconds > SLICE:
        sender.size = max(FIRST_BATCH, sender.size // 2)


def _finish(batch: Batch) -> None:
    """The ends of the letters, durably; then what was not begun goes back, however long the database was away: this
    sender lives, and knows the end of every letter that it began."""
    sender = batch.sender
    with sender.house.sessions.begin() as session:
        if batch.accepted:
            outbox.settle_sent(session, sender.owner, batch.accepted)
        if len(batch.accepted) > batch.known_well:
            ends.well(session, session.get_one(Mailbox, batch.claim.mailbox.id))
        outbox.release(session, sender.owner, [each.letter.begun.id for each in sender.late])


def _written(sender: Sender, claim: Claim) -> list[Ready]:
    """The letters of a batch as bytes."""
    ready: list[Ready] = []
    size = 0
    with sender.house.sessions.begin() as session:
        desk = posting.Desk(session, sender.house, claim.mailbox, claim.ids, claim.now, claim.people)
        for letter in _letters(session, sender, desk):
            ready.append(letter)
            size += len(letter.raw)
            if size > HEAVIEST_BATCH:
                break  # letters with files: the rest goes back, and is taken next
        desk.keep_links()
    return ready


def _letters(session: Session, sender: Sender, desk: posting.Desk) -> Iterator[Ready]:
    """Some dozens at a time in three passes: work of one kind stays in the processor's caches, which saves an eighth of it."""
    for start in range(0, len(desk.drafts), PASS):
        worded = list(_each(session, sender, desk.words, desk.drafts[start : start + PASS], desk.now))
        linked = list(_each(session, sender, desk.links, worded, desk.now))
        yield from _each(session, sender, desk.letter, linked, desk.now)


def _each(
    session: Session, sender: Sender, step: Callable[[Any], Done], letters: list[Any], now: datetime
) -> Iterator[Done]:
    """A step of every letter; what cannot be written fails alone, with its reason (F3)."""
    for letter in letters:
        try:
            done = step(letter)
        except (MissingField, TemplateError, Refused) as error:
            ends.unwritable(session, sender.owner, letter.id, str(error), now)
        except SQLAlchemyError:
            raise
        except Exception as error:
            # One letter that cannot be written must not hold up the line (DESIGN 5b).
            log.exception("letter_not_written", message=letter.id)
            ends.unwritable(session, sender.owner, letter.id, f"{type(error).__name__}: {error}"[:500], now)
        else:
            yield done


def _one(batch: Batch, letter: Ready, following: Ready | None) -> bool:
    """One letter, and the announcement of the one behind it. False = the server cannot be used now: stop and give the rest back."""
    sender, begun = batch.sender, False

    def begin() -> bool:
        nonlocal begun
        begun = batch.begin(letter)
        return begun

    try:
        link = sender.link(batch.claim.mailbox)
        answer = link.send(
            letter.envelope, letter.raw, begin, then=following.envelope if following else None,
            lease_half=LEASE_HALF, patience=SILENCE,
        )  # fmt: skip
    except (DataError, IntegrityError) as error:
        # The database does not take what would be kept of this letter: it fails alone, the line goes on.
        why = f"{type(error).__name__}: {error}"[:500]
        _insist(sender, lambda: _unwritable_now(sender, letter.begun.id, why, batch.now()))
        return True
    except Refused:
        raise  # of the mailbox, not of the letter, which has not begun
    except BaseException as error:
        what = f"the sender was interrupted ({type(error).__name__})"
        _insist(
            sender,
            lambda: ends.interrupted(sender.house, sender.owner, letter.begun, batch.claim.mailbox.id, what, begun),
        )
        raise
    if answer.kind == "accepted":
        batch.accepted.append(Accepted(letter.begun, batch.now(), ends.words_of(answer)))
        return True
    if answer.kind == "silent":
        sender.set_aside(link, letter, batch.claim.mailbox.id)
    went, batch.known_well = len(batch.accepted) > batch.known_well, len(batch.accepted)
    after = _insist(sender, lambda: _write_down(sender, letter, batch.claim.mailbox.id, answer, others_went=went))
    if after.late:
        sender.was_late(batch.claim.mailbox.id)
    return after.goes_on and answer.kind not in ("host_down", "auth_failed", "silent")


# ---- answers that come late


def _hear(sender: Sender, wait: float) -> None:
    """Servers that were silent: has one of them answered by now?"""
    for each in list(sender.late):
        answer = each.link.late(wait)
        if answer is None and monotonic() - each.since > SILENT_FOR_GOOD:
            answer = _silent(each.link)
        if answer is not None:
            sender.late.remove(each)
            _late_answer(sender, each, answer)
            _heard_again(sender, each)


def _heard_again(sender: Sender, late: Late) -> None:
    """The silence is over, whatever the server said: its mailbox need not wait any longer."""
    if monotonic() - late.since <= SILENT_FOR_GOOD:
        with sender.house.sessions.begin() as session:
            ends.well(session, session.get_one(Mailbox, late.mailbox_id))


def _silent(link: SmtpLink) -> Answer:
    link.close()
    return Answer("unsure", text="No answer to the letter, however long we waited", stage="letter")


def _late_answer(sender: Sender, late: Late, answer: Answer) -> None:
    late.link.close()
    _insist(sender, lambda: _write_down(sender, late.letter, late.mailbox_id, answer))


def _unwritable_now(sender: Sender, message_id: int, error: str, now: datetime) -> None:
    with sender.house.sessions.begin() as session:
        ends.unwritable(session, sender.owner, message_id, error, now)


def _write_down(
    sender: Sender, letter: Ready, mailbox_id: int, answer: Answer, *, others_went: bool = False
) -> ends.After:
    return ends.write_down(sender.house, sender.owner, letter.begun, mailbox_id, answer, others_went=others_went)


def _insist(sender: Sender, write: Callable[[], Done]) -> Done:
    """A living sender writes its result again from memory when the database was away (DESIGN 4.4)."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return write()
        except AWAY:
            if time.monotonic() > until:
                sender.forget()
                raise
            time.sleep(0.5)
        except BaseException:
            sender.forget()
            raise
