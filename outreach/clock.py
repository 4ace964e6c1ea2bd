"""The only place that reads the time.

Real time is for leases, sessions, rate limits and heartbeats. Business time is real time plus an offset that is kept in
PostgreSQL (so that every process agrees and a movable clock can be moved); ask the house for it: `house.now(session)`.
"""

import time
from datetime import UTC, datetime


def real_now() -> datetime:
    """The real time of this machine, aware, in UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds that only ever grow, for measuring how long something took."""
    return time.monotonic()
