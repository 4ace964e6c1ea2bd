"""What a mail server's answer means for the letter it was about (MAIL 1.11, RELIABILITY 3.3 rule G)."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from outreach.core.bounces import verdict as bounce_verdict
from outreach.mail import headers
from outreach.mail.smtpline import Reply

Kind = Literal["accepted", "deferred", "refused", "dropped", "unsure", "silent", "host_down", "auth_failed"]
Stage = Literal["connect", "mail", "rcpt", "data", "letter"]

_ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_QUEUED = re.compile(
    r"(?:queued as|queued mail|queue id|message accepted|\bid[=:])[ <=:]*([A-Za-z0-9][\w./+@-]{3,99})", re.I
)
_AUTH_CODES = frozenset([454, 530, 534, 535, 538])


class Answer(NamedTuple):
    """What became of one letter.

    kind: accepted | deferred (try again) | refused (for good) | dropped (`begin` said no) | unsure (nobody knows)
    | silent (nothing said yet after the letter)
    | host_down (the server cannot be used now; the letter is not at fault) | auth_failed (the account is not let in).
    """

    kind: Kind
    code: int | None = None
    enhanced: str | None = None
    text: str = ""
    server_id: str | None = None
    stage: Stage = "connect"

    @property
    def verdict(self) -> str | None:
        """MAIL 1.11 for a letter that was not taken: `hard`, `soft`, `ours` or `delayed`; else None.

        What the server says about our MAIL command is about us, whatever its code.
        """
        if self.kind in ("host_down", "auth_failed"):
            return "ours"
        if self.kind not in ("deferred", "refused"):
            return None
        if self.stage in ("connect", "mail"):
            return "soft" if self.kind == "deferred" else "ours"
        return bounce_verdict(self.enhanced, self.code, self.text, "rcpt" if self.stage == "rcpt" else "data")


def kind_of(reply: Reply, stage: Stage) -> Kind:
    """MAIL 1.11, last lines: 421 is about the server, 530 and 535 about the account, the rest about the letter."""
    if reply.code == 421:
        return "host_down"
    if stage != "letter" and reply.code in _AUTH_CODES:
        return "auth_failed"
    if reply.code // 100 == 4:
        return "deferred"
    return "refused" if reply.code // 100 == 5 else "host_down"


def answer_of(reply: Reply, stage: Stage, kind: Kind) -> Answer:
    text = headers.clean(reply.text, 1000)
    enhanced = _ENHANCED.match(text) or _ENHANCED.search(text)
    queued = _QUEUED.search(text) if kind == "accepted" else None
    return Answer(kind, reply.code, enhanced[1] if enhanced else None, text, queued[1] if queued else None, stage)
