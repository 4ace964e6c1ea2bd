"""What a letter is before it is bytes: plain tuples, filled by journeys, read by compose."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple


class Address(NamedTuple):
    """A mailbox with the name that people see; the name may hold anything, the gate in headers.py cleans it."""

    name: str
    email: str


class Attachment(NamedTuple):
    """A file that travels with a letter; `content_id` (no brackets) is set for images that the HTML shows by `cid:`."""

    filename: str
    content_type: str
    data: bytes
    content_id: str | None = None


class Letter(NamedTuple):
    """One letter to one person, complete: composing it twice gives the same bytes (O1: same id on a retry).

    `message_id`, `in_reply_to` and `references` carry their angle brackets. `date` is aware, taken at sending (O4).
    `auto_submitted` is None for mail that a person wrote, else `auto-replied` or `auto-generated` (O15).
    """

    message_id: str
    date: datetime
    sender: Address
    to: Address
    reply_to: str | None
    subject: str
    html: str
    text: str
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    unsubscribe_url: str | None = None
    unsubscribe_mailto: str | None = None
    auto_submitted: str | None = None
    feedback_id: str | None = None
    attachments: tuple[Attachment, ...] = ()
    inline: tuple[Attachment, ...] = ()
    cc: tuple[Address, ...] = ()
    """Who else is in sight at its top; each of them gets a letter of their own."""
