"""Build everything from settings: the one place that knows which engine, queue and keys a process uses."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from outreach.config import Settings
from outreach.core import tokens
from outreach.queue import Queue
from outreach.store import business_clock
from outreach.store.base import engine_for, sessions_for


@dataclass(frozen=True)
class House:
    """What a process works with. Cheap to pass around; opened once per process."""

    settings: Settings
    engine: Engine
    sessions: sessionmaker[Session]
    queue: Queue
    keys: tuple[bytes, ...]

    def now(self, session: Session) -> datetime:
        """Business time (DESIGN 3)."""
        return business_clock.now(session)

    def token(self, purpose: str, number: int) -> str:
        """A signed token for a link or a reply address."""
        return tokens.sign(purpose, number, self.keys)

    def number(self, purpose: str, token: str) -> int | None:
        """What a token stands for; None when it is not ours."""
        return tokens.verify(purpose, token, self.keys)

    def url(self, path: str) -> str:
        """An absolute address; never from a request's Host header."""
        return self.settings.base_url + path


def build(settings: Settings) -> House:
    """Open the house that these settings describe. DATABASE_URL and REDIS_URL must be set by now."""
    _log_without_variables()
    engine = engine_for(settings.database_url)
    return House(settings, engine, sessions_for(engine, settings.keys), Queue(settings.redis_url), settings.keys)


def _log_without_variables() -> None:
    """A fault is logged with its lines of code alone: variables hold addresses, passwords and the words of mail."""
    *before, _ = structlog.get_config()["processors"]
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*before, plain], logger_factory=_Log)


class _Log(structlog.PrintLogger):
    """Standard output. A disk that is full of logs must not stop what they tell of (RELIABILITY 4, fault 18)."""

    def __init__(self, *_named: object) -> None:
        super().__init__()

    def msg(self, message: str) -> None:
        with suppress(OSError, ValueError):
            super().msg(message)

    debug = info = warning = error = critical = exception = msg
