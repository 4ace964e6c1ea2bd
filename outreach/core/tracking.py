"""Is a click a person's? (RULES B1 to B3, MAIL T3, T4). Pure; the hit is kept raw with its verdict and the rule.

Lists of agents are weak alone, so timing carries the weight: mail scanners open a letter's links together, within
seconds of its delivery.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

HUMAN, PREFETCH, SCANNER, OWN, UNKNOWN = "human", "prefetch", "scanner", "own", "unknown"
JUST_DELIVERED = timedelta(seconds=10)
BURST = timedelta(seconds=5)
BURST_LINKS = 3
TRAP = "trap"
"""The name of a hidden link that no person sees."""

_SCANNERS = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|scan|preview|fetch|monitor|curl|wget|python|java/|go-http|okhttp|libwww|httpclient|"
    r"headless|phantom|barracuda|mimecast|proofpoint|trend ?micro|symantec|messagelabs|fireeye|trellix|forcepoint|"
    r"cisco|ironport|sophos|fortinet|zscaler|safelinks|bingpreview|microsoft office (existence|protocol)|"
    r"ms-office|googleimageproxy|yahoomailproxy|facebookexternalhit|slack-|whatsapp|telegram|discord|skypeuri",
    re.IGNORECASE,
)
_BARE = re.compile(r"Mozilla/\d\.\d$")


@dataclass(frozen=True, slots=True)
class Hit:
    """One request for a tracked link or pixel. `at` is real time. `language`: it sent Accept-Language."""

    at: datetime
    link_id: int
    method: str = "GET"
    agent: str = ""
    ip: str = ""
    language: bool = True
    prefetch: bool = False
    own: bool = False
    link_name: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The class of a hit (B1), and the rule that gave it. `settled` is False while links opened with it may follow."""

    kind: str
    rule: str
    settled: bool = True


def judge(hit: Hit, delivered_ago: timedelta | None, others: Sequence[Hit]) -> Verdict:
    """The verdict on one click. `others`: hits on the same letter, in any order; `delivered_ago`: since acceptance.

    A click within seconds of delivery that nothing speaks against is UNKNOWN and not settled: judge it again once
    `BURST` has passed, when the letter's other links would have been opened too.
    """
    plain = _plain(hit)
    if plain is not None:
        return plain
    together = [other for other in others if abs(other.at - hit.at) <= BURST and other.link_id != hit.link_id]
    if len({other.link_id for other in together}) >= BURST_LINKS - 1:
        return Verdict(SCANNER, "T3 several links at once")
    if any(other.link_name == TRAP and _alike(other, hit) for other in others):
        return Verdict(SCANNER, "B3 the hidden link too")
    fresh = delivered_ago is not None and delivered_ago < JUST_DELIVERED
    if fresh and together:
        return Verdict(SCANNER, "B3 other links too, within seconds of delivery")
    if not hit.language:
        return Verdict(UNKNOWN, "T3 no language")
    if fresh:
        return Verdict(UNKNOWN, "B3 within seconds of delivery", settled=False)
    return Verdict(HUMAN, "B3")


def judge_open(hit: Hit) -> Verdict:
    """An open: machines mostly, and nothing ever rests on it (B2, T2)."""
    return _plain(hit) or (Verdict(UNKNOWN, "T2 a bare agent") if _BARE.match(hit.agent) else Verdict(HUMAN, "T2"))


def judge_visit(hit: Hit) -> Verdict:
    """A page of our own that ran our script: a machine says so by its name or fetches ahead, else it is a person's."""
    found = _plain(hit)
    if found is not None:
        return found
    return Verdict(HUMAN, "B1") if hit.language else Verdict(UNKNOWN, "T3 no language")


def _plain(hit: Hit) -> Verdict | None:
    if hit.own:
        return Verdict(OWN, "one of us is signed in on this browser")
    if hit.method != "GET":
        return Verdict(SCANNER, f"B3 {hit.method[:10]}")
    if hit.prefetch:
        return Verdict(PREFETCH, "the browser fetched it ahead")
    if not hit.agent.strip():
        return Verdict(SCANNER, "T3 no agent")
    if found := _SCANNERS.search(hit.agent):
        return Verdict(SCANNER, f"B3 agent says “{found.group(0).strip()}”")
    if hit.link_name == TRAP:
        return Verdict(SCANNER, "B3 the hidden link")
    if _BARE.match(hit.agent.strip()):
        return Verdict(UNKNOWN, "T4 a bare agent")
    return None


def _alike(one: Hit, other: Hit) -> bool:
    """The same agent from the same neighbourhood (/24, /48)."""
    return one.agent == other.agent and _network(one.ip) == _network(other.ip)


def _network(ip: str) -> str:
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ip
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 48), strict=False))
