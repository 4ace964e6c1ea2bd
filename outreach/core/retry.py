"""F1: how long to wait before the next try."""

from datetime import timedelta
from typing import Final

GAPS: Final = tuple(timedelta(minutes=m) for m in (2, 15, 30, 60, 120, 240, 480))


def gap(tries: int) -> timedelta:
    """The gap after so many tries (1 or more): 2 and 15 minutes, then doubling, at most 8 hours (greylisting wants a short first one)."""
    return GAPS[min(max(tries, 1), len(GAPS)) - 1]
