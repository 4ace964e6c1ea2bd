"""SPF records as far as a sender needs them (RFC 7208): how many lookups, who is let in, whether everybody is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from outreach.mail.dns import Ask

MOST_LOOKUPS = 10
"""RFC 7208 4.6.4: one more, and the record counts as broken."""
_TERM = re.compile(
    r"([+?~-]?)(redirect(?==)|include|all|a|mx|ptr|exists|ip4|ip6)(?:[:=]([^/\s]*)|(?=/)|\Z)((?:/\d+)?(?://\d+)?)", re.I
)


@dataclass
class Walk:
    """What following a record found."""

    lookups: int = 0
    everybody: bool = False
    ends: bool = False
    """It says what happens to all others (`all` or `redirect`)."""
    includes: set[str] = field(default_factory=set)
    networks: list[IPv4Network | IPv6Network] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def lets_in(self, address: str) -> bool:
        """Whether mail from this IP address passes."""
        wanted = ip_address(address)
        return any(wanted in network for network in self.networks if network.version == wanted.version)


def records(ask: Ask, domain: str) -> list[str]:
    """The SPF records of a domain; there must be exactly one."""
    return [text for text in ask(domain, "TXT") if re.match(r"v=spf1(?:\s|\Z)", text, re.I)]


def walk(ask: Ask, domain: str, record: str) -> Walk:
    """Follow a record through its includes. Stops counting a little beyond the limit. Raises DnsSilent."""
    found = Walk()
    _follow(ask, domain.lower(), record, found, {domain.lower()}, top=True)
    return found


def _follow(ask: Ask, domain: str, record: str, found: Walk, seen: set[str], *, top: bool) -> None:
    for term in record.split()[1:]:
        match = _TERM.fullmatch(term)
        if match is None:
            if top and "=" not in term:
                found.problems.append(f"“{term[:60]}” is no word of SPF")
            continue
        sign, name, target, length = match[1] or "+", match[2].lower(), (match[3] or "").lower().rstrip("."), match[4]
        passes = sign == "+"
        if name == "all":
            found.everybody |= passes and top
            found.ends |= top
        elif name in ("ip4", "ip6"):
            _network(term.partition(":")[2], passes, found)
        else:
            found.lookups += 1
            if found.lookups > MOST_LOOKUPS + 20:
                return
            found.ends |= top and name == "redirect"
            if name in ("include", "redirect"):
                _into(ask, target, found, seen, top=top and name == "redirect")
            elif name in ("a", "mx") and passes:
                _hosts(ask, name, target or domain, length, found)


def _into(ask: Ask, target: str, found: Walk, seen: set[str], *, top: bool) -> None:
    found.includes.add(target)
    if "%{" in target or target in seen:
        if target in seen:
            found.problems.append(f"it includes {target} twice or in a circle")
        return
    inner = records(ask, target)
    if len(inner) != 1:
        found.problems.append(f"it includes {target}, which has no SPF record" if not inner else f"{target} has two")
        return
    _follow(ask, target, inner[0], found, seen | {target}, top=top)


def _hosts(ask: Ask, name: str, target: str, length: str, found: Walk) -> None:
    hosts = [target] if name == "a" else [answer.split()[-1].rstrip(".") for answer in ask(target, "MX")][:10]
    prefix4, _, prefix6 = length.lstrip("/").partition("//")
    for host in hosts:
        for kind, prefix in (("A", prefix4 or "32"), ("AAAA", prefix6 or "128")):
            for address in ask(host, kind):
                _network(f"{address}/{prefix}", True, found)


def _network(text: str, passes: bool, found: Walk) -> None:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        found.problems.append(f"“{text[:60]}” is no IP network")
        return
    if passes:
        found.networks.append(network)


def with_include(record: str, include: str) -> str:
    """The record with one more include, before its end."""
    words = record.split()
    place = next((i for i, word in enumerate(words) if re.fullmatch(r"[+?~-]?all|redirect=.*", word, re.I)), len(words))
    return " ".join([*words[:place], f"include:{include}", *words[place:]])
