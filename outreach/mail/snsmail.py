"""Amazon's notices of bounces and complaints that come as mail: its JSON with a line about unsubscribing below it.

The same words come by webhook; ``providers.ses`` reads both.
"""

import json
import re

from outreach.core.bounces import enhanced_code

from .arf import Complaint
from .dsn import Bounce
from .parse import Inbound
from .providers.told import Post, Told

NOTICE = re.compile(r'\s*\{(?=.{0,4000}"(?:notification|event)Type"\s*:)', re.S)
MAX_TEXT = 256 * 1024
ABOUT_DELIVERY = {"hard", "soft", "ours", "delayed", "delivered"}


def notified(inbound: Inbound) -> list[Told]:
    """The events that the text of a mail is a notice of; none for other mail."""
    if len(inbound.text) > MAX_TEXT or not NOTICE.match(inbound.text):
        return []
    from .providers import ses  # asks for cryptography, which no other mail needs

    try:
        _, end = json.JSONDecoder().raw_decode(inbound.text.lstrip())
        message = inbound.text.lstrip()[:end]
        return ses.translate(Post({}, json.dumps({"Type": "Notification", "Message": message}).encode()))
    except (ValueError, RecursionError):
        return []


def as_bounces(events: list[Told]) -> tuple[Bounce, ...]:
    """What the events say of each recipient."""
    return tuple(
        Bounce(event.recipient, enhanced_code(event.words), event.kind, "", event.words)  # type: ignore[arg-type]  # a verdict by now
        for event in events
        if event.kind in ABOUT_DELIVERY and event.recipient
    )


def as_complaint(events: list[Told]) -> Complaint | None:
    """The complaint among the events."""
    first = next((event for event in events if event.kind == "complained"), None)
    return Complaint(first.words or "abuse", first.recipient, True, first.wire_ids) if first else None
