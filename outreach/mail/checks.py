"""What to look at before a letter is sent: a short list of findings about a rendered letter, for the editors.

A check never refuses anything; what would stop a letter (a missing field, a broken template) is an exception elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from outreach.mail.library import RenderedLetter

CLIP = 102_000
"""Gmail shows no more than this many bytes of HTML."""
SUBJECT_SHOWN = 60
"""Characters of a subject that most inboxes show on a computer; a phone shows about 40."""
WORDS_A_SECOND = 4
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_LINK = re.compile(r"https?://[^\s<>\"')\]]+")
_IMAGE = re.compile(r"<img\b[^>]*>", re.I)
_ALT = re.compile(r"\balt=(?:\"([^\"]*)\"|'([^']*)')", re.I)
_SOURCE = re.compile(r"\b(?:src|background)=[\"'](https?://[^\"']+)", re.I)
_HIDDEN = re.compile(r"<div[^>]*display:\s*none[^>]*>(.*?)</div>", re.I | re.S)
_WORDS_OF_LABELS = {"_": " ", ".": "’s "}


@dataclass(frozen=True, slots=True)
class Check:
    """One finding. `level`: ok, warn or info."""

    level: str
    text: str


def personal(letter: RenderedLetter, body: str) -> list[Check]:
    """Checks of a letter that reads like a person's own: `body` is its text without the small print."""
    return [_subject(letter), _words(body), _questions(body), _links(body), *_gaps(letter)]


def designed(
    letter: RenderedLetter, fields: Mapping[str, Any], own_hosts: frozenset[str], to_lead: bool
) -> list[Check]:
    """Checks of a template. `to_lead`: it goes to leads, so it needs the way out."""
    found = [_subject(letter), _size(letter), _alternatives(letter)]
    if to_lead:
        found += [_way_out(letter, str(fields.get("unsubscribe_url") or ""))]
    return [*found, _preview_line(letter), _hosts(letter, own_hosts), *_gaps(letter)]


def _subject(letter: RenderedLetter) -> Check:
    length = len(letter.subject)
    if not length:
        return Check("warn", "The subject is empty")
    if length > SUBJECT_SHOWN:
        return Check("warn", f"Subject {length} characters: most inboxes cut it after {SUBJECT_SHOWN}")
    return Check("ok", f"Subject {length} characters")


def _words(body: str) -> Check:
    number = len(_WORD.findall(_LINK.sub("", body)))
    seconds = max(1, round(number / WORDS_A_SECOND))
    time = f"{seconds} s" if seconds < 90 else f"{round(seconds / 60)} min"
    text = f"{number} words, about {time} to read"
    if number > 150:
        return Check("warn", f"{text}: shorter letters are answered more")
    return Check("ok" if number >= 20 else "warn", text)


def _questions(body: str) -> Check:
    number = _LINK.sub("", body).count("?")
    if number == 0:
        return Check("info", "0 questions: one is easier to answer than none")
    return Check("ok" if number <= 2 else "info", f"{number} question{'' if number == 1 else 's'}")


def _links(body: str) -> Check:
    number = len(set(_LINK.findall(body)))
    return Check("ok" if number <= 2 else "warn", f"{number} link{'' if number == 1 else 's'}")


def _gaps(letter: RenderedLetter) -> list[Check]:
    names = ", ".join(labelled(name) for name in letter.missing)
    return [Check("warn", f"Empty for this lead: {names}. The letter would wait until it is filled")] if names else []


def _size(letter: RenderedLetter) -> Check:
    size = len(letter.html.encode())
    level = "ok" if size < 0.9 * CLIP else "warn"
    return Check(level, f"{max(1, round(size / 1000))} kB of HTML (Gmail clips at {CLIP // 1000} kB)")


def _alternatives(letter: RenderedLetter) -> Check:
    without = 0
    for image in _IMAGE.findall(letter.html):
        alt = _ALT.search(image)
        without += not (alt and (alt[1] or alt[2] or "").strip())
    if without:
        return Check("warn", f"{without} image{'' if without == 1 else 's'} without alternative text")
    return Check("ok", "All images have alternative text" if _IMAGE.search(letter.html) else "No images")


def _way_out(letter: RenderedLetter, url: str) -> Check:
    if url and url in letter.html:
        return Check("ok", "Unsubscribe link present")
    return Check("warn", "No unsubscribe link: put {{ unsubscribe_url }} in, or use the layout")


def _preview_line(letter: RenderedLetter) -> Check:
    hidden = _HIDDEN.search(letter.html)
    if hidden and re.sub(r"<[^>]+>|&\w+;|\s", "", hidden[1]):
        return Check("ok", "Preview line set")
    return Check("info", "No preview line: inboxes show the first words of the letter")


def _hosts(letter: RenderedLetter, own: frozenset[str]) -> Check:
    hosts = {urlsplit(url).hostname or "" for url in _SOURCE.findall(letter.html)} - own
    if hosts:
        return Check("warn", "Pictures from other hosts: " + ", ".join(sorted(hosts)))
    return Check("ok", "No third-party hosts")


def labelled(name: str) -> str:
    """`first_name` as people read it: `first name`; `owner.phone`: `owner’s phone`."""
    for sign, words in _WORDS_OF_LABELS.items():
        name = name.replace(sign, words)
    return name
