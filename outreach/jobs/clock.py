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

from outreach.heartbeat import Heart
from outreach.jobs import _house
from outreach.journeys.ticking import due_jobs
from outreach.queue import connect
from outreach.wiring import House

LOCK = 7_201_542
TICK_SECONDS = 0.5
PAUSE_AFTER_FAILURE = 1.0
log = logging.getLogger(__name__)


def run(heartbeat_file: Path | None = None) -> None:
    """Tick until SIGTERM or SIGINT."""
    stop = threading.Event()

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    house = _house()
    heart = Heart("clock", connect(house.settings.redis_url), heartbeat_file)
    heart.start()
    while not stop.is_set():
        try:
            _tick_while_first(house, stop)
        except SQLAlchemyError as error:
            log.warning("the clock waits for the database: %s", type(error).__name__)
            stop.wait(PAUSE_AFTER_FAILURE)
    heart.rest()


def _tick_while_first(house: House, stop: threading.Event) -> None:
    """Hold one connection; act only while the lock is ours (it goes with the connection)."""
    with house.engine.connect() as connection:
        while not stop.wait(TICK_SECONDS):
            if _is_ours(connection):
                tick(house, connection)


def _is_ours(connection: Connection) -> bool:
    held = "SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND objid = :k AND pid = pg_backend_pid()"
    ours = connection.scalar(text(held), {"k": LOCK}) or connection.scalar(
        text("SELECT pg_try_advisory_lock(:k)"), {"k": LOCK}
    )
    connection.rollback()
    return bool(ours)


def tick(house: House, connection: Connection) -> list[str]:
    """Ring for every job that has something to do; which ones."""
    with Session(connection) as session:
        due = due_jobs(session, house.now(session))
    connection.rollback()
    for job in due:
        house.queue.poke(job)
    return due
