"""DMARC as RFC 9989 has it: which record holds for a domain, found by walking up the tree of names (no suffix list)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from outreach.mail.dns import Ask

OLD_TAGS = frozenset({"pct", "rf", "ri"})
"""Taken out by RFC 9989; readers ignore them."""
MOST_LABELS = 8


@dataclass(frozen=True, slots=True)
class Policy:
    """A record and where it stands. `tags` has lower-case names; `several`: more than one record, so none counts."""

    name: str
    tags: dict[str, str]
    several: bool = False

    @property
    def wish(self) -> str:
        """`p`: what receivers should do; a record without one wishes nothing."""
        return self.tags.get("p", "none").lower()


def policy_of(ask: Ask, domain: str) -> Policy | None:
    """The policy that holds for mail from this domain: its own, else its organisation's (4.10). Raises DnsSilent."""
    own = _record(ask, domain)
    if own is not None:
        return own
    found = _walk(ask, domain)
    organisation = _organisation(found, domain)
    return next((policy for policy in found if policy.name == organisation), None) or _public_suffix(found)


def organisation_of(ask: Ask, domain: str) -> str:
    """The organisational domain (4.10.2): alignment is judged by it. Raises DnsSilent."""
    return _organisation(_walk(ask, domain), domain)


def aligned(ask: Ask, one: str, other: str) -> bool:
    """Relaxed alignment: both names belong to the same organisation."""
    one, other = one.lower().rstrip("."), other.lower().rstrip(".")
    return one == other or organisation_of(ask, one) == organisation_of(ask, other)


def _walk(ask: Ask, domain: str) -> list[Policy]:
    """The records on the way up, the longest name first; at most eight questions."""
    found = []
    for name in _names(domain):
        policy = _record(ask, name)
        if policy is not None and not policy.several:
            found.append(policy)
            if policy.tags.get("psd", "u").lower() in ("y", "n"):
                break
    return found


def _names(domain: str) -> list[str]:
    labels = domain.lower().rstrip(".").split(".")
    names = [".".join(labels)]
    rest = labels[1:] if len(labels) <= MOST_LABELS else labels[-(MOST_LABELS - 1) :]
    while rest:
        names.append(".".join(rest))
        rest = rest[1:]
    return names


def _organisation(found: list[Policy], domain: str) -> str:
    domain = domain.lower().rstrip(".")
    if not found:
        return domain
    for policy in found:
        psd = policy.tags.get("psd", "u").lower()
        if psd == "n":
            return policy.name
        if psd == "y" and policy.name != domain:
            below = domain.removesuffix("." + policy.name).rpartition(".")[2]
            return f"{below}.{policy.name}"
    return min(found, key=lambda policy: policy.name.count(".")).name


def _public_suffix(found: list[Policy]) -> Policy | None:
    return next((policy for policy in found if policy.tags.get("psd", "").lower() == "y"), None)


def _record(ask: Ask, name: str) -> Policy | None:
    texts = [text for text in ask(f"_dmarc.{name}", "TXT") if re.match(r"v\s*=\s*DMARC1\s*(?:;|\Z)", text)]
    if not texts:
        return None
    return Policy(name, _tags(texts[0]), several=len(texts) > 1)


def _tags(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";") if "=" in part)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
