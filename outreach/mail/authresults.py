"""Who really sent a mail (MAIL 1.8 h, RULES X3): as our own mail server saw it (Authentication-Results, RFC 8601), else by DKIM.

A header of that name proves nothing by itself: anybody can write one.  Only the topmost one counts, and only when its
first word is a server that the operator named as his own, since such a server removes forged ones and puts its own on top.
Where no such server looked, a DKIM signature of the From header's own organisation proves as much (`signer`).
"""

import re
from collections.abc import Collection

from . import dkimcheck, dmarc
from .addresses import domain
from .dns import Ask
from .parse import Inbound

RESULT = re.compile(r"\b(dmarc|dkim|spf)\s*=\s*(\w+)", re.I)
OF_DOMAIN = re.compile(r"(?:header\.(?:d|i|from)|smtp\.mailfrom)\s*=\s*\"?(?:[^\s;\"@]*@)?([A-Za-z0-9.-]{1,253})", re.I)


def judged(inbound: Inbound, our_servers: Collection[str]) -> bool | None:
    """Whether one of our own servers found that the From header is true: DMARC passed, or an aligned DKIM or SPF did.

    None: none of our servers looked. A From that names nobody, or several, is never true.
    """
    values = inbound.all_headers("authentication-results")
    sender = domain(inbound.from_address or "")
    if not sender or inbound.from_ambiguous:
        return False
    if not values:
        return None
    server, _, results = re.sub(r"\([^()]{0,300}\)", " ", values[0]).partition(";")
    if (server.split() or [""])[0].lower() not in {name.lower() for name in our_servers}:
        return None
    found = [
        (match[1].lower(), match[2].lower(), part) for part in results.split(";") for match in RESULT.finditer(part)
    ]
    if any(method == "dmarc" for method, _, _ in found):
        return any(method == "dmarc" and result == "pass" for method, result, _ in found)
    return any(result == "pass" and _aligned(part, sender) for _, result, part in found)


def signer(raw: bytes, sender: str, ask: Ask, now: float) -> str:
    """The domain whose true DKIM signature belongs to the organisation of the address in From; "" when there is none.

    `raw` are the bytes as they came, `sender` the one address in From, `now` the real time. Raises DnsSilent.
    """
    ours = domain(sender)
    if "." not in ours:
        return ""
    return next((one for one in dkimcheck.signers(raw, ask, now) if _belongs(ask, one, ours)), "")


def _belongs(ask: Ask, signed_by: str, ours: str) -> bool:
    """DMARC's alignment: relaxed, unless the sender's policy says strict."""
    if signed_by == ours:
        return True
    policy = dmarc.policy_of(ask, ours)
    strict = policy is not None and policy.tags.get("adkim", "r").lower() == "s"
    return not strict and dmarc.aligned(ask, signed_by, ours)


def _aligned(part: str, sender: str) -> bool:
    """Relaxed alignment: the same domain, or one within the other."""
    proven_by = {match[1].lower().rstrip(".") for match in OF_DOMAIN.finditer(part)}
    return any(
        name == sender or sender.endswith("." + name) or (name.endswith("." + sender))
        for name in proven_by
        if "." in name
    )
