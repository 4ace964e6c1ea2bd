"""Questions to DNS. `Ask` is all that the checks need, so that tests answer from a table."""

from collections.abc import Callable

import dns.exception
import dns.resolver
import dns.reversename

from outreach import clock

SECONDS = 4.0
LOCAL_ENDS = (".localhost", ".test", ".example", ".invalid", ".local", ".internal")

Ask = Callable[[str, str], tuple[str, ...]]
"""(name, kind) -> the answers as text, () when there surely is none. Raises DnsSilent when nobody knows."""


class DnsSilent(Exception):
    """DNS did not answer, or not in a way that can be believed."""


def ask(name: str, kind: str) -> tuple[str, ...]:
    """The network's own answer."""
    try:
        answer = dns.resolver.resolve(name, kind, lifetime=SECONDS, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except (dns.exception.DNSException, OSError, ValueError) as error:
        raise DnsSilent(f"DNS did not answer for {name}: {type(error).__name__}") from error
    if kind == "TXT":
        return tuple(b"".join(record.strings).decode("utf-8", "replace") for record in answer)
    return tuple(record.to_text() for record in answer)


def within(asked: Ask, seconds: float, questions: int) -> Ask:
    """The same for so long and so many questions; then DnsSilent: a stranger chooses what is asked."""
    began, left = clock.monotonic(), questions

    def bounded(name: str, kind: str) -> tuple[str, ...]:
        nonlocal left
        left -= 1
        if left < 0 or clock.monotonic() - began > seconds:
            raise DnsSilent("This mail asks too much of DNS.")
        return asked(name, kind)

    return bounded


def once(asked: Ask) -> Ask:
    """The same, each question once: a check of a domain asks many things twice."""
    known: dict[tuple[str, str], tuple[str, ...]] = {}

    def cached(name: str, kind: str) -> tuple[str, ...]:
        key = (name.lower().rstrip("."), kind)
        if key not in known:
            known[key] = asked(*key)
        return known[key]

    return cached


def is_local(domain: str) -> bool:
    """A name that no DNS knows: nothing to look up, and nobody outside can write to it."""
    return domain == "localhost" or domain.endswith(LOCAL_ENDS) or "." not in domain


def reverse_name(address: str) -> str:
    """The name under which an IP address's own name is found."""
    return dns.reversename.from_address(address).to_text().rstrip(".")
