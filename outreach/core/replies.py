"""What a reply means: interested, not now (until when), not interested, wrong person, a question, unsubscribe, or other.

Rules by language, offline: an ordered table of expressions over the new words of the reply alone (MAIL U7: never over the
quoted letter, whose footer says "unsubscribe" too).  A person can correct every sense (RULES O10); what is unsure is other.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final, Literal

from .comeback import back_on
from .replywords import (
    CLOSING,
    COURTESY,
    GREETING,
    INTERESTED,
    NOT_INTERESTED,
    NOT_NOW,
    NOT_STOPPING,
    QUESTION,
    STOP,
    STOP_LINE,
    WRONG_PERSON,
)

SenseName = Literal["interested", "not_now", "not_interested", "wrong_person", "question", "unsubscribe", "other"]
READ: Final = 4096
OWN_LINE_WORDS: Final = 12


@dataclass(frozen=True, slots=True)
class Sense:
    """``back_on``: the day that a not-now names.  ``sure`` is false where a person should look before anything is ended."""

    sense: SenseName
    back_on: dt.date | None = None
    evidence: str = ""
    sure: bool = True


def sense_of(text: str, today: dt.date) -> Sense:
    """The sense of a reply's own words (never of the quoted letter), on the day ``today`` in the lead's zone.

    Order: opting out, wrong person, not now, not interested, interested, question. A plain no beats a later "send me";
    a no that names a time is a not-now.
    """
    whole = text[:READ].replace("’", "'").replace("‘", "'")
    if not whole.strip():
        return Sense("other")
    said = _said(whole)
    polite = said.split() != whole.split()
    if found := _opts_out(whole) or (_opts_out(said) if polite else None):
        return found
    found = _meaning(" ".join(said.split()), today)
    return _meaning(" ".join(whole.split()), today) if polite and found.sense == "other" else found


def _meaning(words: str, today: dt.date) -> Sense:
    plain = COURTESY.sub(" ", words)
    wrong, later, no = WRONG_PERSON.search(plain), NOT_NOW.search(plain), NOT_INTERESTED.search(plain)
    yes = INTERESTED.search(_without(plain, no))
    if wrong and not (yes and yes.start() < wrong.start()):
        return Sense("wrong_person", evidence=wrong[0][:80])
    named = back_on(plain, today) if later else None
    before = yes and yes.start() < later.start() and not _overlaps(yes, later) if later else False
    if later and not (before and not no) and _is_later(later, no, named):
        return Sense("not_now", named, later[0][:80])
    if no and not (yes and yes.start() < no.start()):
        return Sense("not_interested", evidence=no[0][:80])
    if yes:
        return Sense("interested", evidence=yes[0][:80], sure=no is None)
    if QUESTION.search(plain):
        return Sense("question", evidence="?")
    return Sense("other", sure=False)


def _said(text: str) -> str:
    """Without the greeting above, and the closing with the names below; these alone are kept."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    start = 1 if len(lines) > 1 and len(lines[0].split()) <= 6 and GREETING.match(lines[0]) else 0
    end = len(lines)
    for number in range(end - 1, max(start, end - 6), -1):
        if len(lines[number].split()) > 6:
            break
        if CLOSING.match(lines[number]):
            end = number
    if end == len(lines) and end - start > 1 and NAME.match(lines[-1]):
        end -= 1
    return "\n".join(lines[start:end])


NAME: Final = re.compile(r"^[^\W\d_a-zß-ÿ][\w'.-]*(?: [^\W\d_a-zß-ÿ][\w'.-]*){0,2}$")


def _is_later(later: re.Match[str], no: re.Match[str] | None, named: dt.date | None) -> bool:
    """A no that names a time, or follows the delay, is no refusal."""
    return no is None or named is not None or later.start() <= no.start() or _overlaps(later, no)


def _overlaps(one: re.Match[str], other: re.Match[str]) -> bool:
    return one.start() < other.end() and other.start() < one.end()


def _without(words: str, found: re.Match[str] | None) -> str:
    """A refusal holds words of consent ("not interested"): they do not count."""
    if found is None:
        return words
    gap = " " * (found.end() - found.start())
    return words[: found.start()] + gap + words[found.end() :]


def _opts_out(text: str) -> Sense | None:
    """U7: an own line or a short sentence is sure; in a longer text a person is asked."""
    words = " ".join(text.split())
    if NOT_STOPPING.search(words):
        return None
    lines = text.split("\n")[:60]
    if len(words.split()) <= OWN_LINE_WORDS:  # "Not interested. Please remove me."
        lines += re.split(r"[.!?;] ", words)
    for line in lines:
        if len(line.split()) <= OWN_LINE_WORDS and STOP_LINE.match(line.strip()):
            alone = len(words.split()) <= 40
            return Sense("unsubscribe", evidence=line.strip()[:80], sure=alone)
    found = STOP.search(words)
    if found is None:
        return None
    sentence = re.split(r"[.!?]\s", words[: found.start()])[-1] + re.split(r"[.!?](?:\s|$)", words[found.start() :])[0]
    return Sense("unsubscribe", evidence=found[0][:80], sure=len(sentence.split()) <= 2 * OWN_LINE_WORDS)
