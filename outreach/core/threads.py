"""RULES T, MAIL O3: what makes a letter a reply in its thread."""

import re
from collections.abc import Sequence
from typing import Final

LONGEST: Final = 20
_PREFIX = re.compile(r"^\s*(?:(?:re|aw|sv|antw|vs|rif|r|res)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)


def reply_subject(subject: str) -> str:
    """T1: ``Re: `` and the original subject, once."""
    return "Re: " + _PREFIX.sub("", subject).strip()


def references(parents: Sequence[str], parent: str) -> tuple[str, ...]:
    """The parent's chain and the parent; a long chain keeps its first and its last entries (MAIL O3)."""
    chain = (*(each for each in parents if each != parent), parent)
    return chain if len(chain) <= LONGEST else (chain[0], *chain[1 - LONGEST :])
