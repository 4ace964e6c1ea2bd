"""How many automatic answers may go, to whom, before somebody misuses them (MAIL L2, L4; RELIABILITY 5.2 item 7). Pure.

A form answers whatever address was typed into it. So answers to one company's domain keep a pace, and a form that meets many
times what it usually meets stops answering until a person, or a quiet half hour, says that it may go on.
"""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from typing import Final

from outreach.core.companies import FREE_MAIL

RESERVED: Final = frozenset({"test", "example", "invalid", "localhost", "example.com", "example.net", "example.org"})
"""Names under which nobody has a mailbox (RFC 2606): a trial fills in its form as often as it likes."""
HOUR: Final = timedelta(hours=1)
LONGEST_WAIT: Final = timedelta(hours=24)
"""An answer that could only go later is no answer any more: a person writes it."""
SPAN: Final = timedelta(minutes=10)
TIMES_USUAL: Final = 20
USUAL_OF: Final = timedelta(days=14)
CALM: Final = timedelta(minutes=30)
"""A form that stopped goes on by itself when it was quiet for so long."""
KNOWN_FOR: Final = timedelta(hours=24)
"""After a person said that the many requests are real, so many are usual for so long."""


def counted(address: str) -> str:
    """The domain whose answers keep a pace; empty for addresses at providers of many people, who are no one's colleagues,
    and for addresses that nobody has."""
    domain = address.rpartition("@")[2].lower()
    return "" if domain in FREE_MAIL or is_nobodys(address) else domain


def is_nobodys(address: str) -> bool:
    """Whether no mail can reach anybody there, so that nobody is flooded."""
    labels = address.rpartition("@")[2].lower().split(".")
    return labels[-1] in RESERVED or ".".join(labels[-2:]) in RESERVED


def burst_above(usual_an_hour: float, least: int) -> int:
    """More requests than so many within ten minutes are a burst."""
    return max(least, ceil(TIMES_USUAL * usual_an_hour * (SPAN / HOUR)))


def is_calm(lately: int, least: int) -> bool:
    """Whether so few came within the last half hour that a stopped form may go on."""
    return lately * 4 <= least
