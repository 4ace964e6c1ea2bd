"""What journeys need of the wiring."""

from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session, sessionmaker

from outreach.config import Settings


class Bell(Protocol):
    """The queue: wakes a worker; may fail, never raises."""

    def poke(self, job_name: str, *ids: int) -> bool:
        """Ring for a job of outreach.jobs."""
        ...

    def oldest(self) -> dict[str, float]:
        """Real seconds that the oldest job of each queue has waited."""
        ...


class House(Protocol):
    """wiring.House, as journeys see it."""

    @property
    def settings(self) -> Settings: ...
    @property
    def sessions(self) -> sessionmaker[Session]: ...
    @property
    def queue(self) -> Bell: ...
    @property
    def keys(self) -> tuple[bytes, ...]: ...
    def now(self, session: Session) -> datetime: ...
    def token(self, purpose: str, number: int) -> str: ...
    def number(self, purpose: str, token: str) -> int | None: ...
    def url(self, path: str) -> str: ...
