"""Figures over whole tables: counted afresh while that is quick; on a big house kept in Redis, with the moment they are of.

A figure that took longer than QUICK is served from then on as it was counted, for up to GOOD_FOR; an older one is served
once more while a worker counts it again. Without Redis it is counted each time. Real time throughout.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from outreach.clock import monotonic, real_now

QUICK, GOOD_FOR, KEPT_FOR = 0.1, 300.0, 7 * 86400
PREFIX = "outreach:figure:"


@dataclass(frozen=True)
class Figure:
    """JSON-able `value`; `age`: seconds since it was counted, 0 = now. `stale`: it should be counted again."""

    value: Any
    age: float = 0.0

    @property
    def stale(self) -> bool:
        return self.age > GOOD_FOR

    @property
    def minutes(self) -> int:
        """Whole minutes since it was counted."""
        return int(self.age // 60)


def figure(redis: Redis, name: str, count: Callable[[], Any]) -> Figure:
    """The kept figure, or the one counted now."""
    try:
        kept = redis.get(PREFIX + name)
    except (RedisError, OSError):
        kept = None
    if isinstance(kept, (bytes, str)):
        value, at = json.loads(kept)
        return Figure(value, max(0.0, real_now().timestamp() - at))
    return count_again(redis, name, count)


def count_again(redis: Redis, name: str, count: Callable[[], Any]) -> Figure:
    """Count it now; keep it when that was slow, and forget the old one when it was quick."""
    began = monotonic()
    value = count()
    try:
        if monotonic() - began > QUICK:
            redis.set(PREFIX + name, json.dumps([value, real_now().timestamp()]), ex=KEPT_FOR)
        else:
            redis.delete(PREFIX + name)
    except (RedisError, OSError):
        pass  # It is counted each time then.
    return Figure(value)
