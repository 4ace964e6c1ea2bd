"""What a provider told us, in our words, and the few things that all of them need to say it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from io import BytesIO
from typing import Any, Literal

from werkzeug.datastructures import MultiDict
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

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
    def form(self) -> MultiDict[str, str]:
        """The body as a form; files count as fields, since some providers send the raw mail as a file."""
        kind, options = parse_options_header(self.content_type)
        parser = FormDataParser(max_form_memory_size=None, max_form_parts=200, silent=True)
        _, fields, files = parser.parse(BytesIO(self.body), kind, len(self.body), options)
        found: MultiDict[str, str] = MultiDict(fields)
        for name, file in files.items(multi=True):
            found.add(name, file.read().decode("utf-8", "surrogateescape"))
        return found

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
    found = bounces.verdict(status or _enhanced(words), code, words)
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
