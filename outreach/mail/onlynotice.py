"""A letter that says nothing else than that somebody is away: every clause belongs to such a notice (RULES O2; MAIL 1.9).

What people write to everybody has few parts: a greeting, thanks, the absence, the day back, the promise of an answer, whom
to ask meanwhile, a wish.  A letter whose clauses are all of these kinds is automatic, in whatever words each is said; one clause
about anything else, a question, an answer or a request to the reader makes it a person's.  ``noticewords`` has the stems.
"""

import re
from typing import Final

from outreach.core.comeback import MONTHS as MONTH_NAMES

from . import noticewords as table
from . import phrases
from .dates import BACK_CUE, DAY_WORD, EAST_BACK, THERE, UNTIL_WORD
from .daywords import DATE, spelled_out

LONGEST: Final = 24  # words in one clause, of which a stem can speak for all


def says_only_away(words: str) -> bool:
    """Whether these are the words of an absence, and no others."""
    clauses = _notice(words)
    away = [clause for clause in clauses if _tells_absence(clause)]
    timed = any(_timed(one) or table.OFFICIAL.search(one) or table.NOW.search(one) for one in clauses)
    backed = any(part.search(clause) for clause in clauses for part in table.NOTICED)
    return bool(away) and (timed or backed) and (_are_all_notice(clauses) or _are_mostly_notice(clauses, away))


def says_only_received(words: str, office: bool) -> bool:
    """Whether these are the words of somebody who got a letter and says within what time it is answered, and no others.

    An ``office`` may say so by thanks alone, and that it answers soon.
    """
    clauses = _notice(words)
    received = any(
        table.RECEIVED.search(one) or (office and (phrases.THANKS.search(one) or phrases.ACKNOWLEDGED.search(one)))
        for one in clauses
    )
    promised = any(
        table.NO_ANSWER.search(one)
        or (
            (table.IN_TIME.search(one) or (office and table.SOON.search(one)))
            and (table.ANSWERS.search(f"{before} {one}") or table.TURN_TO.search(one))
        )
        for before, one in zip(["", *clauses], clauses, strict=False)
    )
    return received and promised and _are_all_notice(clauses)


def says_only_gone(words: str) -> bool:
    """Whether these are the words of somebody who has left, and of whom to turn to, and no others."""
    clauses = _notice(words)
    left = [clause for clause in clauses if phrases.LEFT.search(clause)]
    whom = any(phrases.INSTEAD.search(clause) or "jo@a" in clause for clause in clauses)
    return bool(left) and whom and _are_all_notice([clause for clause in clauses if clause not in left])


def is_personal(words: str) -> bool:
    """Whether anything in these words is what somebody says to one reader."""
    return _impersonal(words) is None


def has_any_part(words: str) -> bool:
    """Whether one part of a notice at least is among the words."""
    return any(part.search(words) for part in (*ABSENT, phrases.LEFT, table.REASON, *table.PARTS))


def _notice(words: str) -> list[str]:
    """The clauses of a letter in which nothing speaks for a person; else none."""
    return [
        clause.strip() for one in _impersonal(words) or () for clause in _clauses(one) if re.search(r"\w\w", clause)
    ]


def _impersonal(words: str) -> list[str] | None:
    """The sentences of a letter without their greetings; None where one of them speaks for a person."""
    text = table.NEXT_WEEK_ANSWER.sub(r"\1", table.ADDRESS.sub("jo@a", words.replace("\u2019", "'")))
    if any(pattern.search(text) for pattern in table.PERSONAL):
        return None
    sentences = [
        piece
        for line in text.split("\n")
        for piece in table.SENTENCE.split(table.GREETING.sub("", table.GREETING.sub("", line)))
        if piece.strip()
    ]
    asked = any(table.TO_ME.search(one) and not phrases.URGENT.search(one) for one in sentences)
    return None if asked else sentences


def _are_all_notice(clauses: list[str]) -> bool:
    """All clauses belong to a notice; in one of several parts a fifth of the words may be about anything."""
    strange = sum(len(clause.split()) for clause in clauses if not _belongs(clause))
    kinds = sum(any(part.search(clause) for clause in clauses) for part in table.PARTS)
    return not strange or (kinds >= 3 and strange * 5 <= sum(len(clause.split()) for clause in clauses))


def _are_mostly_notice(clauses: list[str], away: list[str]) -> bool:
    """Three quarters belong to a notice that tells of oneself, and elsewhere whom to turn to or when one answers."""
    oneself = any(phrases.I_AM_AWAY.search(clause) for clause in away)
    besides = any(part.search(clause) for clause in clauses if clause not in away for part in table.NOTICED)
    strange = sum(len(clause.split()) for clause in clauses if not _belongs(clause))
    return oneself and besides and strange * 4 <= sum(len(clause.split()) for clause in clauses)


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
        or table.ENDED.search(clause)
        or table.ELSEWHERE.search(clause)
        or (table.ENGLISH.search(clause) and not table.OF_ONESELF.search(clause))
    ):
        return False
    told = [found[0] for pattern in ABSENT for found in pattern.finditer(clause)]
    strong = table.GONE_TOO.search(clause) or any(not table.WEAK.search(words) for words in told)
    if strong and (phrases.I_AM_AWAY.search(clause) or 2 * len(_left_over(clause)) <= len(_words(clause))):
        return True
    return _tells_return(clause, bool(told))


def _tells_return(clause: str, told: bool = False) -> bool:
    """ "Back on Monday", and nothing that is done then."""
    back = (
        told
        or EAST_BACK.search(clause)
        or any(not table.PROMISE.match(found[0]) for found in BACK_CUE.finditer(clause))
    )
    return bool(back) and _timed(clause) and not _left_over(clause)


def _left_over(clause: str) -> list[str]:
    """The longer words that belong to no part of a notice."""
    words = _words(clause)
    known = [found.span() for pattern in KNOWN for found in pattern.finditer(clause)] if words else []
    return [word[0] for word in words if not any(start < word.end() and word.start() < end for start, end in known)]


def _words(clause: str) -> list[re.Match[str]]:
    """The longer words; names and the words of the East are not counted."""
    return list(table.WORD.finditer(clause[:1].lower() + clause[1:]))


def _timed(clause: str) -> bool:
    clause = spelled_out(clause)
    return any(pattern.search(clause) for pattern in (DATE, DAY_WORD, table.SPAN, *MONTH_NAMES))


def _belongs(clause: str) -> bool:
    size = len(clause.split())
    if size > LONGEST:
        return False
    if (phrases.ADDRESS_OR_NUMBER.search(clause) or "jo@a" in clause) and size <= 6:
        return True
    if _tells_absence(clause) or any(pattern.search(clause) for pattern in table.PARTS):
        return True
    if _timed(clause) and not _left_over(clause):
        return True
    return table.NAME.fullmatch(clause) is not None


ABSENT: Final = (phrases.I_AM_AWAY, phrases.AWAY, phrases.GONE, table.GONE_TOO)
KNOWN: Final = (
    *ABSENT, BACK_CUE, UNTIL_WORD, THERE, DATE, DAY_WORD, phrases.ADDRESS_OR_NUMBER, table.SPAN, table.NOW, table.FILLER, *table.PARTS,
    *MONTH_NAMES,
)  # fmt: skip
