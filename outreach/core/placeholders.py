"""Merge fields: the catalogue, which fields a text needs (F3), and the cleaning of strangers' values (MAIL L5).

Letters are Jinja2 templates behind a strict front end (outreach.mail.templating); here only names are read: what a text
prints without a fallback must be there, or the step is blocked. What is asked with ``{% if %}`` or has a default need
not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from outreach.core.conditions import field_value
from outreach.core.enrolments import Facts
from outreach.core.sequences import Letter

CATALOGUE: Final = frozenset(
    {
        "first_name",
        "last_name",
        "name",
        "email",
        "phone",
        "company",
        "city",
        "country",
        "message",
        "needed_by",
        "budget",
        "reach_by",
        "topic",
        "topic.title",
        "topic.paragraph",
        "topic.question",
        "topic.material_title",
        "topic.material_url",
        "owner.name",
        "owner.first_name",
        "owner.phone",
        "owner.email",
        "owner.booking_link",
        "owner.signature",
        "brand.name",
        "brand.color",
        "brand.logo_url",
        "brand.website",
        "brand.postal_address",
        "unsubscribe_url",
        "preferences_url",
        "booking_link",
        "answer_yes_url",
        "answer_later_url",
        "answer_no_url",
        "confirm_url",
        "called",
        "left_voicemail",
        "form_name",
        "asked_on",
        "met_at",
        "why",
        "preview_text",
        "story.title",
        "story.paragraph",
        "story.url",
    }
)
"""The fields that every letter may use; a lead's own fields come beside them as ``fields.NAME``."""

ALWAYS_THERE: Final = frozenset(
    {
        "unsubscribe_url",
        "preferences_url",
        "answer_yes_url",
        "answer_later_url",
        "answer_no_url",
        "confirm_url",
        "called",
    }
    | {"left_voicemail", "brand", "owner", "fields", "topic", "story"}
)
"""Made for each letter, or a group; never missing."""

_PRINTED = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_BLOCK = re.compile(r"\{%-?\s*(.*?)\s*-?%\}", re.DOTALL)
_NAME = re.compile(r"^[A-Za-z_]\w*(?:\.\w+)*")
_TESTED = re.compile(r"(?<![\w.'\"|])([A-Za-z_]\w*(?:\.\w+)*)(?!\s*\()")
_STRINGS = re.compile(r"'[^']*'|\"[^\"]*\"")
_WORDS: Final = frozenset(
    [
        "if",
        "elif",
        "else",
        "endif",
        "for",
        "in",
        "endfor",
        "not",
        "and",
        "or",
        "is",
        "defined",
        "true",
        "false",
        "none",
        "loop",
    ]
)
_DEFAULT = re.compile(r"\|\s*(?:default|d)\b")


@lru_cache(maxsize=2048)
def needed(text: str) -> frozenset[str]:
    """The fields that a text prints without a fallback, outside of ``{% if %}``."""
    found: set[str] = set()
    depth = 0
    for match in re.finditer(r"\{%-?\s*(\w+).*?%\}|\{\{.*?\}\}", text, re.DOTALL):
        word = match[1]
        depth += {"if": 1, "for": 1, "endif": -1, "endfor": -1}.get(word or "", 0)
        if word is None and depth == 0:
            expression = match[0].strip("{}- \t\n")
            name = _NAME.match(expression)
            if name and not _DEFAULT.search(expression):
                found.add(name[0])
    return frozenset(found)


@lru_cache(maxsize=2048)
def named(text: str) -> frozenset[str]:
    """Every field that a text names, printed or asked."""
    printed = {name[0] for expression in _PRINTED.findall(text) if (name := _NAME.match(expression))}
    asked = {
        name
        for block in _BLOCK.findall(text)
        for name in _TESTED.findall(_STRINGS.sub("", block))
        if name not in _WORDS
    }
    return frozenset(printed | asked)


def unknown(names: Iterable[str], catalogue: frozenset[str]) -> list[str]:
    """The names that the catalogue does not have; ``fields.NAME`` of a lead's own is always known."""
    return sorted(
        name
        for name in names
        if name not in catalogue and not name.startswith("fields.") and f"fields.{name}" not in catalogue
    )


def missing_fields(letter: Letter, fallback_subject: str | None, facts: Facts) -> tuple[str, ...]:
    """F3: the fields without which this letter would have a gap; the address among them."""
    names: set[str] = set()
    for text in (letter.subject, letter.body, fallback_subject):
        if text:
            names |= needed(text)
    if letter.template:
        names |= facts.needs.get(letter.template, frozenset())
    missing = tuple(sorted(name for name in names if name not in ALWAYS_THERE and _empty(facts, name)))
    return missing if facts.email else ("email", *missing)


_OF_THE_LEAD: Final = ("phone", "email", "company")


def _empty(facts: Facts, name: str) -> bool:
    value = field_value(facts.fields, name.removeprefix("fields."))
    if value in (None, "") and name in _OF_THE_LEAD:
        value = getattr(facts, name)
    return value is None or value == ""


def merge_flags(done: Mapping[str, Mapping[str, Any]]) -> dict[str, bool]:
    """What was really done: ``called`` and ``left_voicemail``, by the outcomes of the calls of an enrolment."""
    outcomes = [entry.get("outcome") for entry in done.values() if entry.get("kind") == "call"]
    tried = {"no answer", "left voicemail", "call back at", "gatekeeper"}
    return {"called": any(outcome in tried for outcome in outcomes), "left_voicemail": "left voicemail" in outcomes}


_LINK = re.compile(r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:/\S*)?", re.IGNORECASE)


_HARMLESS = re.compile(r"[\w ,'&()+-]*\Z")
"""Without dots, slashes, brackets and controls there is nothing to take out."""


def cleaned(value: str, limit: int = 60) -> str:
    """MAIL L5: a stranger's value for a letter: no links, no controls, no line ends, at most `limit` characters."""
    if _HARMLESS.match(value) and unicodedata.is_normalized("NFC", value):
        return " ".join(value.split())[:limit].strip()
    plain = unicodedata.normalize("NFC", value)
    if not plain.isprintable():
        plain = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in plain)
    without_links = _LINK.sub("", plain)
    return " ".join(re.sub(r"[<>{}\[\]%|\\]", "", without_links).split())[:limit].strip()


def first_name_of(name: str) -> str:
    """The first name of a cleaned full name, for the greeting; empty when it does not look like a name."""
    words = cleaned(name).split()
    first = words[0].strip(",") if words else ""
    if "," in (words[0] if words else "") and len(words) > 1:
        first = words[1]
    return first if first and not any(char.isdigit() or char in "@:/" for char in first) else ""
