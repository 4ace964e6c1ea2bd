"""Who really sent a mail, as our own mail server saw it (MAIL 1.8 h, RULES X3): Authentication-Results, RFC 8601.

A header of that name proves nothing by itself: anybody can write one.  Only the topmost one counts, and only when its
first word is a server that the operator named as his own, since such a server removes forged ones and puts its own on top.
"""

import re
from collections.abc import Collection

from .addresses import domain
from .parse import Inbound

RESULT = re.compile(r"\b(dmarc|dkim|spf)\s*=\s*(\w+)", re.I)
OF_DOMAIN = re.compile(r"(?:header\.(?:d|i|from)|smtp\.mailfrom)\s*=\s*\"?(?:[^\s;\"@]*@)?([A-Za-z0-9.-]{1,253})", re.I)


def proven(inbound: Inbound, our_servers: Collection[str]) -> bool:
    """Whether one of our own servers found that the From header is true: DMARC passed, or an aligned DKIM or SPF did."""
    values = inbound.all_headers("authentication-results")
    sender = domain(inbound.from_address or "")
    if not values or not sender or inbound.from_ambiguous:
        return False
    server, _, results = re.sub(r"\([^()]{0,300}\)", " ", values[0]).partition(";")
    if (server.split() or [""])[0].lower() not in {name.lower() for name in our_servers}:
        return False
    found = [
        (match[1].lower(), match[2].lower(), part) for part in results.split(";") for match in RESULT.finditer(part)
    ]
    if any(method == "dmarc" for method, _, _ in found):
        return any(method == "dmarc" and result == "pass" for method, result, _ in found)
    return any(result == "pass" and _aligned(part, sender) for _, result, part in found)


def _aligned(part: str, sender: str) -> bool:
    """Relaxed alignment: the same domain, or one within the other."""
    proven_by = {match[1].lower().rstrip(".") for match in OF_DOMAIN.finditer(part)}
    return any(
        name == sender or sender.endswith("." + name) or (name.endswith("." + sender))
        for name in proven_by
        if "." in name
    )
