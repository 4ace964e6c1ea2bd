"""Who sent a mail that cannot be read, and about what: a look at its first headers alone, for people who decide about it."""

import re
from typing import NamedTuple

from outreach.mail.addresses import mailboxes
from outreach.mail.encoded import decode_words

LOOKED_AT = 32_000
LONGEST = 300


class Glance(NamedTuple):
    """What the headers claim; empty where they claim nothing that can be read."""

    name: str
    address: str
    subject: str


def glance(raw: bytes) -> Glance:
    """Never fails, and never looks further than the first headers."""
    head = re.split(rb"\r?\n\r?\n", raw[:LOOKED_AT], maxsplit=1)[0].decode("utf-8", "replace")
    box = next(iter(mailboxes(_header(head, "from"), 1)), None)
    subject = " ".join(decode_words(_header(head, "subject")).split())
    return Glance(box.name[:LONGEST] if box else "", box.address[:LONGEST] if box else "", subject[:LONGEST])


def _header(head: str, name: str) -> str:
    found = re.search(
        rf"^{name}[ \t]*:[ \t]*([^\r\n]{{0,500}}(?:\r?\n[ \t][^\r\n]{{0,500}}){{0,4}})", head, re.I | re.M
    )
    return re.sub(r"\r?\n[ \t]+", " ", found[1]) if found else ""
