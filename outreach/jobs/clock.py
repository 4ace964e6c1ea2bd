"""The clock process: asks twice a second which jobs are due and rings for them.

It may run any number of times: an advisory lock lets one act. It rings as long as due rows exist, so an emptied queue
heals itself; it never changes a row.
"""

import logging
import signal
import threading
from pathlib import Path
from types import FrameType

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from outreach.clock import monotonic
from outreach.heartbeat import Heart
from outreach.jobs import _house
from outreach.journeys import fetch
from outreach.journeys.ticking import due_jobs
from outreach.queue import connect
from outreach.wiring import House

LOCK = 7_201_542
TICK_SECONDS = 0.5
STUCK_SECONDS = 30.0

# Jobs that look for work themselves, and after how many real seconds they look again.
# (What a dead sender left is rung for at the next tick; the sweep of every minute only makes sure.)
PERIODIC = {
    "sweep": 60.0, "fetch_mail": 20.0, "check_domains": 600.0, "look_around": 60.0, "answer_held": 60.0,
    "watchdog": 60.0, "remember": 600.0,
}  # fmt: skip
PAUSE_AFTER_FAILURE = 1.0
log = logging.getLogger(__name__)


def run(heartbeat_file: Path | None = None) -> None:
    """Tick until SIGTERM or SIGINT."""
    stop = threading.Event()

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    house = _house()
    ticking = Ticking(house)
    heart = Heart("clock", connect(house.settings.redis_url), heartbeat_file, ticking.gets_on)
    heart.start()
    while not stop.is_set():
        try:
            ticking.while_first(stop)
        except SQLAlchemyError as error:
            log.warning("the clock waits for the database: %s", type(error).__name__)
            ticking.came_round = monotonic()
            stop.wait(PAUSE_AFTER_FAILURE)
    heart.rest()


class Ticking:
    """The clock's loop, and when it last came round."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.came_round = monotonic()
        self._looked = dict.fromkeys(PERIODIC, 0.0)

    def gets_on(self) -> bool:
        """False when the loop hangs; then the heart stops and the supervisor ends the process."""
        return monotonic() - self.came_round < STUCK_SECONDS

    def while_first(self, stop: threading.Event) -> None:
        """Hold one connection; act only while the lock is ours (it goes with the connection)."""
        with self.house.engine.connect() as connection:
            while not stop.wait(TICK_SECONDS):
                self.came_round = monotonic()
                if _is_ours(connection):
                    for job in (*due(self.house, connection), *self._periodic(connection)):
                        self.house.queue.poke(job)

    def _periodic(self, connection: Connection) -> list[str]:
        now = monotonic()
        late = [job for job, seconds in PERIODIC.items() if now - self._looked[job] >= seconds]
        self._looked |= dict.fromkeys(late, now)
        return [job for job in late if job != "fetch_mail" or mail_is_due(self.house, connection)]


def _is_ours(connection: Connection) -> bool:
    held = "SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND objid = :k AND pid = pg_backend_pid()"
    take = "SELECT pg_try_advisory_lock(:k)"
    ours = connection.scalar(text(held), {"k": LOCK}) or connection.scalar(text(take), {"k": LOCK})
    connection.rollback()
    return bool(ours)


def mail_is_due(house: House, connection: Connection) -> bool:
    """Whether a mailbox with IMAP wants to be looked into: a job that finds nothing costs a process."""
    with Session(connection) as session:
        found = bool(fetch.due(session, house))
    connection.rollback()
    return found


def due(house: House, connection: Connection) -> list[str]:
    """The jobs that have something to do now."""
    with Session(connection) as session:
        jobs = due_jobs(session, house.now(session))
    connection.rollback()
    return jobs
