"""Whoever imports this has imported what jobs run: a job that gets a process of its own would import it anew each time."""

from outreach.journeys import (
    advance,
    broadcast,
    bulk,
    corrections,
    deliver,
    enter,
    erase,
    fetch,
    held_answers,
    hooks,
    look_around,
    outlook,
    receive,
    restored,
    sending_domains,
    ticking,
    track,
    watchdog,
)
from outreach.reports import sequence_numbers

__all__ = [
    "advance", "broadcast", "bulk", "corrections", "deliver", "enter", "erase", "fetch", "held_answers", "hooks", "look_around", "outlook",
    "receive", "restored", "sending_domains", "sequence_numbers", "ticking", "track", "watchdog",
]  # fmt: skip
