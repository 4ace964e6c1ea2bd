"""Is everything up? Each check is one line: ok, warning or failed, what, remedy. For healthz, Health and doctor."""

import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from outreach import heartbeat
from outreach.store import migrate

OK, WARNING, FAILED = "ok", "warning", "failed"
LITTLE_DISK = 1_000_000_000
ALMOST_NO_DISK = 200_000_000
CONNECT_SECONDS = 2.0
WORK = {
    "urgent": "instant answers and notices wait",
    "outbound": "letters and due steps wait",
    "inbound": "replies are kept but not read",
    "fetching": "mailboxes are not looked into",
    "housekeeping": "nothing is tidied up",
    "clock": "nothing new falls due",
    "postman": "no mail is taken in",
    "web": "pages are not served",
}


@dataclass(frozen=True)
class Check:
    """One line of a diagnosis."""

    level: str
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.level:<8} {self.what}" + (f": {self.remedy}" if self.remedy else "")


def reasons(engine: Engine, redis: Redis, local_smtp: str = "") -> list[str]:
    """Why the system is not up; empty when it is. Asks from inside the web process, which therefore lives."""
    checks = [database(engine), *processes(redis, expect=tuple(role for role in heartbeat.ROLES if role != "web"))]
    if local_smtp:
        checks.append(port(local_smtp, "local mail server"))
    return [f"{check.what}: {check.remedy}" for check in checks if check.level == FAILED]


def database(engine: Engine) -> Check:
    """Does PostgreSQL answer, and is its schema the one of this release?"""
    try:
        with engine.connect() as connection:
            version = connection.scalar(text("SHOW server_version"))
            state = migrate.state(connection)
    except SQLAlchemyError:
        return Check(
            FAILED, "database does not answer", "see logs/postgres.log in the data folder, or check DATABASE_URL"
        )
    if state == "current":
        return Check(OK, f"database: PostgreSQL {version}, schema current")
    remedy = "start the newer release again" if state == "newer" else "run outreach migrate"
    return Check(FAILED, f"database schema is {state}", remedy)


def processes(redis: Redis, expect: tuple[str, ...] = heartbeat.ROLES) -> Iterator[Check]:
    """Does the queue answer, and does every role have a living process?"""
    try:
        signs = heartbeat.alive(redis)
    except (RedisError, OSError):
        yield Check(FAILED, "queue does not answer", "see logs/valkey.log in the data folder, or check REDIS_URL")
        return
    yield Check(OK, "queue answers")
    for role in expect:
        number = sum(sign.role == role for sign in signs)
        if number:
            yield Check(OK, f"{role} runs" + (f" ({number} processes)" if number > 1 else ""))
        else:
            yield Check(
                FAILED, f"{role} does not run", f"{WORK[role]}; it is restarted by itself, else see logs/{role}.log"
            )


def port(address: str, what: str) -> Check:
    """Does something listen there ('host:port')?"""
    host, _, number = address.rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(number)), CONNECT_SECONDS):
            return Check(OK, f"{what} answers at {address}")
    except OSError as error:
        return Check(FAILED, f"{what} does not answer at {address}", f"{error.strerror or error}; see logs/postman.log")


def disk(folder: Path) -> Check:
    """Is there room below this folder?"""
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Check(WARNING, f"disk of {folder} cannot be looked at", str(error))
    level = FAILED if free < ALMOST_NO_DISK else WARNING if free < LITTLE_DISK else OK
    remedy = "" if level == OK else f"make room on the disk of {folder}"
    return Check(level, f"disk has {free / 1e9:.1f} GB free", remedy)
