"""A letter that says nothing else than that somebody is away: every clause belongs to such a notice (RULES O2; MAIL 1.9).

What people write to everybody has few parts: a greeting, thanks, the absence, the day back, the promise of an answer, whom
to ask meanwhile, a wish.  A letter whose clauses are all of these kinds is automatic, in whatever words each is said; one clause
about anything else, a question, an answer or a request to the reader makes it a person's.  ``noticewords`` has the stems.
"""

import re
from typing import Final

from . import noticewords as table
from . import phrases
from .dates import BACK_CUE, DAY_WORD, THERE, UNTIL_WORD
from .daywords import DATE

LONGEST: Final = 24  # words in one clause, of which a stem can speak for all


def says_only_away(words: str) -> bool:
    """Whether these are the words of an absence, and no others."""
    clauses = _notice(words)
    away = [clause for clause in clauses if _tells_absence(clause)]
    timed = any(_timed(clause) for clause in clauses) or any(table.OFFICIAL.search(clause) for clause in clauses)
    backed = any(part.search(clause) for clause in clauses if clause not in away for part in table.NOTICED)
    return bool(away) and (timed or backed) and _are_all_notice(clauses)


def says_only_received(words: str) -> bool:
    """Whether these are the words of an office that got a letter and says within what time it answers, and no others."""
    clauses = _notice(words)
    received = any(table.RECEIVED.search(clause) for clause in clauses)
    return received and any(table.IN_TIME.search(clause) for clause in clauses) and _are_all_notice(clauses)


def _notice(words: str) -> list[str]:
    """The clauses of a letter in which nothing speaks for a person; else none."""
    text = words.replace("\u2019", "'")
    if any(pattern.search(text) for pattern in table.PERSONAL):
        return []
    sentences = [
        piece
        for line in text.split("\n")
        for piece in table.SENTENCE.split(table.GREETING.sub("", line))
        if piece.strip()
    ]
    if any(table.TO_ME.search(one) and not phrases.URGENT.search(one) for one in sentences):
        return []
    return [clause.strip() for one in sentences for clause in _clauses(one) if re.search(r"\w", clause)]


def _are_all_notice(clauses: list[str]) -> bool:
    """All clauses belong to a notice; in one of several parts a fifth of the words may be about anything."""
    strange = sum(len(clause.split()) for clause in clauses if not _belongs(clause))
    kinds = sum(any(part.search(clause) for clause in clauses) for part in table.PARTS)
    return strange == 0 or (kinds >= 3 and strange * 5 <= sum(len(clause.split()) for clause in clauses))


def _clauses(sentence: str) -> list[str]:
    """The parts between commas and "and"; a part of one or two words stays with what it stands beside."""
    found: list[str] = []
    for part in table.CLAUSE.split(sentence):
        for piece in table.AND.split(part):
            if found and len(piece.split()) <= 2 and piece is not part:
                found[-1] += " " + piece
            else:
                found.append(piece)
    return found


def _tells_absence(clause: str) -> bool:
    if (
        table.OTHERS.search(clause)
        or table.ELSEWHERE.search(clause)
        or (table.ENGLISH.search(clause) and not table.OF_ONESELF.search(clause))
    ):
        return False
    if any(pattern.search(clause) for pattern in (phrases.I_AM_AWAY, phrases.AWAY, phrases.GONE, table.GONE_TOO)):
        return True
    return bool(BACK_CUE.search(clause) and _timed(clause))


def _timed(clause: str) -> bool:
    return bool(DATE.search(clause) or DAY_WORD.search(clause) or table.SPAN.search(clause))


def _belongs(clause: str) -> bool:
    size = len(clause.split())
    if size > LONGEST:
        return False
    if phrases.ADDRESS_OR_NUMBER.search(clause) and size <= 6:
        return True
    if _tells_absence(clause) or any(pattern.search(clause) for pattern in table.PARTS):
        return True
    if _timed(clause) and (size <= 5 or UNTIL_WORD.search(clause) or THERE.search(clause)):
        return True
    return table.NAME.fullmatch(clause) is not None
