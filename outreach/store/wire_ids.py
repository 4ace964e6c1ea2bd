"""Message-IDs that strangers made, as they are kept and looked for: an index takes 2,700 bytes a row, and an id may have 4,000."""

import hashlib

LONGEST = 1000
"""Bytes; RFC 5322 allows a line no more than 998."""


def kept(message_id: str) -> str:
    """The id itself, or for one that is longer than any line its checksum, which has no brackets and so goes out nowhere."""
    raw = message_id.encode("utf-8", "surrogatepass")
    return message_id if len(raw) <= LONGEST else f"sha256:{hashlib.sha256(raw).hexdigest()}"
