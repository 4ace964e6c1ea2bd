"""How much one visitor may post. Counted in Redis; while Redis does not answer within 50 ms, in this process.

A form must answer in 300 ms even when Redis is frozen (RELIABILITY 5.2 item 21), so after one failure Redis is left
alone for a few seconds. Limits use real time.
"""

import hashlib
import logging
from collections.abc import Callable

from flask import current_app
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from outreach import clock
from outreach.http.house import current_house

log = logging.getLogger(__name__)

PER_VISITOR = RateLimitItemPerMinute(60)
PER_ADDRESS = RateLimitItemPerHour(5)
PER_ADDRESS_ANYWHERE = RateLimitItemPerHour(10)
"""Over all forms: whoever types somebody else's address is stopped, however many forms there are (MAIL L4)."""
TIMEOUT = 0.05
LEAVE_ALONE = 5.0


class Flood:
    """`too_much(limit, who)` counts one try and tells whether it is over the limit. Never raises."""

    def __init__(self, redis_url: str, monotonic: Callable[[], float] = clock.monotonic) -> None:
        self._here = MovingWindowRateLimiter(MemoryStorage())
        self._shared = MovingWindowRateLimiter(_storage(redis_url)) if redis_url else self._here
        self._monotonic = monotonic
        self._leave_alone_until = 0.0

    def too_much(self, limit: RateLimitItem, *who: str) -> bool:
        """Count a try of `who`; addresses are kept as hashes only."""
        key = hashlib.sha256("\0".join(who).encode()).hexdigest()[:32]
        if self._monotonic() >= self._leave_alone_until:
            try:
                return not self._shared.hit(limit, "form", key)
            except Exception as error:
                log.warning("rate limits are counted in this process for now: %s", type(error).__name__)
                self._leave_alone_until = self._monotonic() + LEAVE_ALONE
        return not self._here.hit(limit, "form", key)


def too_much(limit: RateLimitItem, *who: str) -> bool:
    """The same, counted by this app."""
    if "flood" not in current_app.extensions:
        current_app.extensions["flood"] = Flood(current_house().settings.redis_url)
    flood: Flood = current_app.extensions["flood"]
    return flood.too_much(limit, *who)


def _storage(redis_url: str) -> Storage:
    url = "redis+" + redis_url if redis_url.startswith("unix:") else redis_url
    options = {"socket_timeout": TIMEOUT, "socket_connect_timeout": TIMEOUT, "retry": None}
    return storage_from_string(url, **options)  # type: ignore[arg-type,return-value]  # a URL without async+ gives this kind
