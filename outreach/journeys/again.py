"""Work that the database gave up for a reason that passes is done again: nobody's fault, and nothing of it was kept."""

import random
import threading
from collections.abc import Callable
from typing import Final, TypeVar

import structlog
from sqlalchemy.exc import DBAPIError

T = TypeVar("T")
PASSING: Final = frozenset({"40001", "40P01", "55P03"})
"""SQLSTATEs: it could not be put in order with what others did, a deadlock, a lock that others held for too long."""
TIMES: Final = 5
LONGEST_PAUSE: Final = 0.2
log = structlog.get_logger()


def passes(error: BaseException) -> bool:
    """Whether the same work may succeed a moment later."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in PASSING


def while_passing(work: Callable[[], T], times: int = TIMES) -> T:
    """Do it, in a transaction of its own, until it is done or fails for a reason that stays; at most so many times."""
    for left in range(times - 1, -1, -1):
        try:
            return work()
        except DBAPIError as error:
            if not left or not passes(error):
                raise
            log.info("done_again", because=type(error.orig).__name__)
        threading.Event().wait(random.uniform(0, LONGEST_PAUSE))
    raise AssertionError("unreachable")
