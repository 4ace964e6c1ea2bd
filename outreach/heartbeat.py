"""Signs of life of our processes.

A file below the data folder tells the supervisor (it must not need Redis to see a frozen worker); a key in Redis tells
everybody else, other machines too: Health, healthz and doctor. Real time, never the movable one.
"""

import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

BEAT_SECONDS = 2.0
ALIVE_SECONDS = 10
PREFIX = "outreach:alive:"
ROLES = ("web", "urgent", "outbound", "inbound", "fetching", "housekeeping", "clock", "postman")


@dataclass(frozen=True)
class Sign:
    """One process that gave a sign of life within the last ALIVE_SECONDS."""

    role: str
    host: str
    pid: int


def alive(redis: Redis) -> list[Sign]:
    """Every process that lives, by role. Raises RedisError."""
    keys = [key.decode() if isinstance(key, bytes) else key for key in redis.scan_iter(PREFIX + "*", count=1000)]
    return sorted((_sign(key) for key in keys), key=lambda sign: (sign.role, sign.host, sign.pid))


def missing(redis: Redis) -> list[str]:
    """The roles that no process fills now. Raises RedisError."""
    filled = {sign.role for sign in alive(redis)}
    return [role for role in ROLES if role not in filled]


def _sign(key: str) -> Sign:
    role, host, pid = key.removeprefix(PREFIX).rsplit("/", 2)
    return Sign(role, host, int(pid))


class Heart:
    """Beats in a thread of its own for as long as `well()` says that the process gets on with its work."""

    def __init__(
        self, role: str, redis: Redis | None, file: Path | None, well: Callable[[], bool] = lambda: True
    ) -> None:
        self._key = f"{PREFIX}{role}/{socket.gethostname()}/{os.getpid()}"
        self._redis = redis
        self._file = file
        self._well = well

    def start(self) -> None:
        """Beat once now, then every BEAT_SECONDS until the process ends."""
        self.beat()
        threading.Thread(target=self._run, name="heart", daemon=True).start()

    def beat(self) -> None:
        """One sign of life; neither a full disk nor a silent Redis is the business of this thread."""
        if not self._well():
            return
        if self._file is not None:
            with suppress(OSError):
                self._file.touch()
        if self._redis is not None:
            with suppress(RedisError, OSError):
                self._redis.set(self._key, "1", ex=ALIVE_SECONDS)

    def rest(self) -> None:
        """Take the sign back when the process ends in good order."""
        if self._redis is not None:
            with suppress(RedisError, OSError):
                self._redis.delete(self._key)

    def _run(self) -> None:
        while True:
            time.sleep(BEAT_SECONDS)
            self.beat()
