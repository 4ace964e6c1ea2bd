"""What a provider told us, in our words, and the few things that all of them need to say it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any, Literal
from urllib.parse import parse_qsl

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from outreach.core import bounces

Kind = Literal["delivered", "hard", "soft", "ours", "delayed", "complained", "opt_out", "mail", "nothing"]
WINDOW = 300.0
"""Seconds that a signed timestamp may be old, or ahead (RELIABILITY 5.2 #20)."""
_TOKEN = re.compile(r"b\+([a-z2-7]+)@", re.I)


class NotUnderstood(Exception):
    """A post that is signed, but not what we know of the provider; the text is for people."""


@dataclass(frozen=True)
class Post:
    """A request as it came: lower-case header names, raw body."""

    headers: Mapping[str, str]
    body: bytes
    content_type: str = ""

    @cached_property
    def json(self) -> Any:
        """The body as JSON. Raises NotUnderstood."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise NotUnderstood(f"The post is no JSON: {error}") from error

    @cached_property
    def form(self) -> dict[str, str]:
        """The fields of a form, files too, since some providers send the raw mail as a file.

        Bytes that are no UTF-8 are kept as surrogates: a mail in an old charset comes out as it went in.
        """
        kind, options = parse_options_header(self.content_type)
        if kind == "application/x-www-form-urlencoded":
            pairs = parse_qsl(self.body.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
            found = {name: value.encode("latin-1") for name, value in pairs}
        else:
            found = _multipart(self.body, options.get("boundary", ""))
        return {name: value.decode("utf-8", "surrogateescape") for name, value in found.items()}

    @property
    def is_form(self) -> bool:
        """Whether the body is a form rather than JSON."""
        return "form" in self.content_type.lower()


@dataclass(frozen=True, slots=True)
class Told:
    """One event. Which letter: by `token` (of our return address) or `wire_ids` (our Message-ID, with brackets).

    `event_id` is the provider's own, so that a repeated event counts once. `raw` and `recipient` are set for `mail`.
    """

    event_id: str
    kind: Kind
    recipient: str = ""
    token: str = ""
    wire_ids: tuple[str, ...] = ()
    words: str = ""
    raw: bytes = field(default=b"", repr=False)
    sender: str = ""


def _multipart(body: bytes, boundary: str) -> dict[str, bytes]:
    """The parts of a multipart form by name; what is broken ends it."""
    found: dict[str, bytes] = {}
    if not boundary:
        return found
    decoder, name = MultipartDecoder(boundary.encode("latin-1", "replace"), max_parts=200), ""
    try:
        decoder.receive_data(body)
        decoder.receive_data(None)
        while not isinstance(event := decoder.next_event(), Epilogue | NeedData):
            if isinstance(event, Field | File):
                name = event.name
                found[name] = b""
            elif isinstance(event, Data):
                found[name] = found.get(name, b"") + event.data
    except (ValueError, RequestEntityTooLarge):
        return found
    return found


def text(found: Any, *names: str, most: int = 500) -> str:
    """A text deep inside what somebody else wrote; "" for anything else."""
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return ""
    return str(found)[:most]


def wire_id(value: str) -> tuple[str, ...]:
    """A Message-ID with its brackets, whether the provider kept them or not."""
    bare = value.strip().strip("<>")
    return (f"<{bare}>",) if "@" in bare and not re.search(r"\s", bare) else ()


def token_of(address: str) -> str:
    """The signed token of our return address (`b+TOKEN@...`)."""
    found = _TOKEN.search(address)
    return found[1].lower() if found else ""


def verdict(provider_says: Kind, words: str, status: str = "", code: int | None = None) -> Kind:
    """Ours, by the table of MAIL 1.11, where the codes say something; else the provider's word."""
    found = bounces.verdict(status or _enhanced(words), code, words, "rcpt")  # the provider knows when it was refused
    if provider_says not in ("hard", "soft", "ours"):
        return provider_says
    if found == "ours" or (found == "soft" and provider_says == "hard" and (status or _enhanced(words))):
        return found
    return provider_says


def fingerprint(*parts: str) -> str:
    """An id for events of providers that give none."""
    return sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:40]


def _enhanced(words: str) -> str | None:
    found = re.search(r"\b[245]\.\d{1,3}\.\d{1,3}\b", words)
    return found[0] if found else None


def in_window(timestamp: str, now: float, window: float = WINDOW) -> bool:
    """Whether a signed Unix time is near enough to now (both ways)."""
    try:
        return abs(now - float(timestamp)) <= window
    except (ValueError, OverflowError):
        return False
