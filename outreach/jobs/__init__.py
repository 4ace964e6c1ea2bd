"""DOOR: the worker. Each job is a function of 3-8 lines that is harmless to lose and harmless to repeat.

Here live the job functions (named in outreach.queue.JOBS), the worker process (work.py) and the clock process (clock.py).
No rules and no queries: a job opens a transaction, calls one journey, and rings again when there is more.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outreach.wiring import House


@lru_cache(maxsize=1)
def _house() -> "House":
    """The wired house of this process, built once."""
    from outreach import config, wiring

    return wiring.build(config.load())


def prepare() -> None:
    """Build what jobs need before the first one comes."""
    _house()
