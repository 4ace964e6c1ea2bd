"""Which of our letters a received message belongs to: the candidates in order of trust (RULES X3, MAIL 1.8 M1 to M5).

Nothing is verified here: the caller holds the keys.  Only strings are taken out of the places where a server or a client
leaves them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from .addresses import domain
from .dsn import Returned, returned
from .htmltext import html_to_text
from .parse import MESSAGE_ID, Inbound

TOKEN_ADDRESS: Final = re.compile(r"^([rbu])\+([a-z2-7]{8,61})@", re.I)
BARE_TOKEN: Final = re.compile(r"^[a-z2-7]{16,63}$", re.I)
PURPOSES: Final[Mapping[str, Literal["reply", "bounce", "unsubscribe"]]] = {
    "r": "reply",
    "b": "bounce",
    "u": "unsubscribe",
}
"""What a signed address is for, by its first letter."""
SEARCHED: Final = 256 * 1024

Trust = Literal["high", "medium", "low"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """``kind`` is reply, bounce, unsubscribe (a token to verify) or message_id (``value`` with its brackets)."""

    kind: Literal["reply", "bounce", "unsubscribe", "message_id", "envelope_id"]
    value: str
    place: str
    trust: Trust


def candidates(
    inbound: Inbound, envelope_rcpt: Iterable[str] = (), our_domains: frozenset[str] = frozenset()
) -> tuple[Candidate, ...]:
    """Everything that may name a letter of ours, the surest first.

    ``envelope_rcpt`` are the RCPT addresses where we took the mail by SMTP ourselves.  With ``our_domains``, tokens are
    taken only from addresses at them, and ids of others' letters are left out.
    """
    letter = returned(inbound)
    found = [
        *_tokens(envelope_rcpt, "envelope", "high", our_domains),
        *_tokens(inbound.envelope_hints, "delivered-to", "high", our_domains),
        *_tokens((box.address for box in (*inbound.to, *inbound.cc)), "to", "high", our_domains),
        *_report(inbound, letter, our_domains),
        *_ids(inbound.in_reply_to, "in-reply-to", "medium", our_domains),
        *_ids(reversed(inbound.references), "references", "medium", our_domains),
        *_ids(_other_headers(inbound), "thread headers", "medium", our_domains),
        *_in_text(inbound, our_domains),
    ]
    unique: dict[tuple[str, str], Candidate] = {}
    for candidate in found:
        unique.setdefault((candidate.kind, candidate.value.lower()), candidate)
    return tuple(unique.values())


def _tokens(addresses: Iterable[str], place: str, trust: Trust, our_domains: frozenset[str]) -> list[Candidate]:
    found: list[Candidate] = []
    for address in addresses:
        match = TOKEN_ADDRESS.match(address.strip().strip("<>"))
        if match and (not our_domains or domain(address.strip("<> ")) in our_domains):
            found.append(Candidate(PURPOSES[match[1].lower()], match[2].lower(), place, trust))
    return found


def _report(inbound: Inbound, letter: Returned, our_domains: frozenset[str]) -> list[Candidate]:
    """M2: what a delivery or complaint report says of the letter that it returns."""
    found = _tokens(letter.senders, "returned letter's sender", "high", our_domains)
    if letter.envelope_id:
        found.append(Candidate("envelope_id", letter.envelope_id.strip()[:200], "original-envelope-id", "high"))
    return found + _ids(letter.message_ids, "returned letter", "high", our_domains)


def _ids(ids: Iterable[str], place: str, trust: Trust, our_domains: frozenset[str]) -> list[Candidate]:
    return [
        Candidate("message_id", found, place, trust)
        for found in ids
        if not our_domains or domain(found.strip("<>")) in our_domains
    ]


def _other_headers(inbound: Inbound) -> list[str]:
    names = (
        "thread-topic-id",
        "x-in-reply-to",
        "x-ms-exchange-parent-message-id",
        "x-original-message-id",
        "original-message-id",
        "x-forwarded-message-id",
        "resent-message-id",
    )
    return [found for name in names for value in inbound.all_headers(name) for found in MESSAGE_ID.findall(value)]


def _in_text(inbound: Inbound, our_domains: frozenset[str]) -> list[Candidate]:
    """M5: any id or token address of ours in the text, for reports whose structure is lost."""
    texts = [part.text for part in inbound.parts if part.type.startswith("text/")]
    source = "\n".join(texts)[:SEARCHED]
    if not inbound.text.strip() and inbound.html:
        source += html_to_text(inbound.html)
    ids = [
        found
        for found in dict.fromkeys(MESSAGE_ID.findall(source))
        if re.match(r"<[^<>@\s]+@[^<>@\s]+\.[^<>@\s]+>$", found)
    ][:50]
    found = _ids((item for item in ids if our_domains), "text", "low", our_domains)
    addresses = re.findall(r"(?<![\w+])([rb]\+[a-z2-7]{16,61}@[\w.-]{3,255})", source, re.I)[:20]
    return _tokens(addresses, "text", "low", our_domains) + found


def token_of(message_id: str) -> str | None:
    """The signed token in a Message-ID of ours: the whole left part, or what stands before its first dot."""
    left = message_id.strip("<> ").partition("@")[0]
    for part in (left, left.split(".")[0], left.split(".")[-1]):
        if BARE_TOKEN.match(part):
            return part.lower()
    return None


def answered_ids(inbound: Inbound) -> tuple[str, ...]:
    """Ids of the letter that this one answers or returns, first; then the rest of its thread."""
    letter = returned(inbound).message_ids
    return tuple(
        dict.fromkeys((*letter, *inbound.in_reply_to, *reversed(inbound.references), *_other_headers(inbound)))
    )
