"""Whom somebody who has left names instead of themselves (RULES O7)."""

import re
from dataclasses import dataclass
from typing import Final

from . import phrases
from .addresses import domain, in_text
from .parse import Inbound


@dataclass(frozen=True, slots=True)
class Successor:
    """Somebody whom the sender names instead (O7); either may be empty."""

    name: str = ""
    address: str = ""


NAME: Final = r"[A-ZÀ-ÖØ-ÞĀ-ŽА-Я][\w'’.-]{1,30}"
NAMED: Final = re.compile(
    rf"(?:(?:Mr|Mrs|Ms|Miss|Dr|Prof|Herrn?|Frau|Monsieur|Madame|Mme|M|Sr|Sra|Señor|Señora|Sig|Signor|Signora|Dhr|"
    rf"Mevr)\.? ?)*({NAME}(?: (?:van |von |de |der |den |di |da )?{NAME}){{1,3}})"
)


def successors(inbound: Inbound, text: str, our_domains: frozenset[str]) -> tuple[Successor, ...]:
    """O7: the people and addresses that stand behind "please contact ..." and its kind."""
    own = (inbound.from_address or "").lower()
    flat = " ".join(text.split())
    found: dict[str, Successor] = {}
    for cue in phrases.INSTEAD.finditer(flat):
        after = flat[cue.end() : cue.end() + 160]
        sentence = re.split(r"[.!?](?=\s+[A-ZÀ-Þ])(?<!Mr\.)(?<!Ms\.)(?<!Dr\.)", after)[0]
        name = NAMED.search(sentence[:80])
        address = next(
            (item for item in in_text(sentence, 5) if item.lower() != own and domain(item) not in our_domains), ""
        )
        named = _clean_name(name[1]) if name else ""
        if named or address:
            found.setdefault(address.lower() or named, Successor(named, address.lower()))
    for address in in_text(flat, 10):
        if address.lower() != own and domain(address) not in our_domains and domain(address) == domain(own):
            found.setdefault(address.lower(), Successor("", address.lower()))
    return tuple(found.values())[:5]


def _clean_name(name: str) -> str:
    words = [word.rstrip(".,") for word in name.split()]
    while words and words[0].lower() in {
        "my",
        "the",
        "our",
        "please",
        "colleague",
        "at",
        "bitte",
        "herr",
        "herrn",
        "frau",
        "mr",
        "ms",
        "mrs",
        "dr",
    }:
        words.pop(0)
    return " ".join(words) if len(words) >= 2 else ""
