"""Weeks that an absence lasts, as people number and name them: "KW 38", "weeks 37 and 38", "until the end of next week" (RULES O3).

An absence in a week is over on the Monday after it; who is back in a week is back on its Monday, unless a weekday stands there.
How long without a beginning ("for two weeks") says nothing.
"""

import datetime as dt
import re
from typing import Final

from .daywords import weekday_of

WEEK: Final = (
    r"(?:kw|kalenderwochen?|(?:calendar )?weeks?(?: no\.?| number)?|wk|veckorna|vecka|v\.|uger|uge|ukene|uke|viikoi\w+|viikko\w*|"
    r"viikolla|"
    r"semaines?|semanas?|settiman[ae]|tygodni\w+|tydzie[ńn]|t[ýy]d(?:en|nu)|недел\w+)"
)
NUMBERED: Final = re.compile(
    rf"(?<![^\W\d_]){WEEK}\s?(?P<first>\d{{1,2}})(?:\s?(?:-|–|to|and|und|bis|og|och|et|e|y|ja|en|&|"
    rf"\+)\s?(?:{WEEK}\s?)?(?P<last>\d{{1,2}}))?"
    r"(?!\d|[./:]\d|%|\s?(?:of|von|hours?|stunden)\b)|(?<!\d)(?P<one>\d{1,2})\. (?:kw|kalenderwoche)\b|(?<!\d)(?P<hu>\d{1,2})\. h[ée]t",
    re.I,
)
NEXT: Final = r"next|n[äa]chste[rn]?|kommende[rn]|prochaine|pr[óo]xima|que viene|que vem|prossima|volgende|n[äa]sta|n[æa]ste|neste|"\
    r"przysz[łl]ego|p[řr][íi][šs]t[íi]ho|j[öo]v[őo]|следующей|наступн\w+"  # fmt: skip
END_OF_WEEK: Final = re.compile(
    rf"(?:end of|ende|fin de|finales de|fine d\w+|fi(?:m|nal) d\w+|einde?(?: van)?|slutet av|slutningen af|udgangen af|slutten av|"
    rf"ko[ńn]ca|konce|конца|кінця)\s(?:the |this |der |dieser |la |cette |esta |a |de |deze |denne )?(?:(?P<n1>{NEXT})\s)?"
    rf"(?:week|woche|semaine|semana|settimana|vecka|veckan|uge|ugen|uke|uken|tygodnia|t[ýy]dne|недели|"
    rf"тижня)(?:\s(?P<n2>{NEXT}))?(?![^\W\d_])|"
    rf"(?:fine|eind)\s(?P<n3>{NEXT})\s(?:settimana|week)|(?P<whole>(?:(?P<n4>{NEXT}) )?h[ée]t v[ée]g[ée]ig|viikon loppuun|"
    rf"hafta sonuna kadar)",
    re.I,
)
UNTIL: Final = re.compile(
    r"(?:until|till|through|thru|\bto|\bbis(?: zum| zu)?|jusqu'(?:à|au)?(?: la)?|hasta(?: el)?|fino (?:a|alla)|at[ée](?: ao?)?|"
    r"\btot(?: het)?|t/m|\btil(?:l)?(?: og med| och med)?|\bdo|\bдо)\s(?:the )?$",
    re.I,
)
INCLUSIVE: Final = re.compile(r"through|thru|t/m|tot en met|til og med|till och med|t\.o\.m", re.I)
THERE: Final = re.compile(
    r"(?:back|return\w*|wieder|zur[üu]ck|erreichbar|retour|revien\w*|vuelvo|volver\w*|regres\w+|rientr\w+|torn[oi]|volto|terug|[åa]ter|"
    r"tillbaka|tilbage|tilbake|igen|igjen|palaa\w*|takaisin|wrac\w+|wr[óo]c\w+|vr[áa]t\w+|вернусь|reopen\w*|[öo]ffne\w*)(?![^\W\d_])",
    re.I,
)
CLAUSE: Final = re.compile(r"[,;:]|\s(?:and|und|et|y|och|og|en|e|ja)\s(?!\d|kw)", re.I)
EASTER: Final = re.compile(
    r"(?:after|nach|apr[èe]s|despu[ée]s de|dopo|depois da|\bna|efter|etter|\bpo|p[äa][äa]si[äa]isen j[äa]lkeen)\s(?:the )?"
    r"(?:easter|ostern|p[âa]ques|pasqua|semana santa|p[áa]scoa|pasen|p[åa]sk\w*|wielkanocy|velikonoc\w+)",
    re.I,
)


def after_weeks(sentence: str, received: dt.date) -> dt.date | None:
    """The first day back of somebody who tells of weeks by number or name; ``received`` is the day on which it was written."""
    if EASTER.search(sentence):
        sunday = next(day for year in (0, 1) if (day := _easter(received.year + year)) > received)
        return sunday + dt.timedelta(days=2)
    found = END_OF_WEEK.search(sentence)
    if found and (found["whole"] or UNTIL.search(sentence[: found.start()].rstrip() + " ")):
        named_next = any(found[group] for group in ("n1", "n2", "n3", "n4"))
        return _monday(received) + dt.timedelta(weeks=2 if named_next else 1)
    found = NUMBERED.search(sentence)
    return _numbered(sentence, found, received) if found else None


def _numbered(sentence: str, found: re.Match[str], received: dt.date) -> dt.date | None:
    first = int(found["first"] or found["one"] or found["hu"])
    monday = _monday_of_week(int(found["last"] or first), received)
    before = CLAUSE.split(sentence[: found.start()])[-1]
    after = CLAUSE.split(sentence[found.end() :])[0]
    if monday is None:
        return None
    if THERE.search(f"{before} {after}") and not UNTIL.search(before):
        weekday = weekday_of(before[-20:])
        return monday + dt.timedelta(days=weekday or 0)
    bare = UNTIL.search(before.rstrip() + " ") and not INCLUSIVE.search(before)
    return None if bare else monday + dt.timedelta(weeks=1)


def _easter(year: int) -> dt.date:
    """Easter Sunday in the Gregorian calendar (Meeus, Astronomical Algorithms, chapter 8)."""
    golden, (century, in_century) = year % 19, divmod(year, 100)
    correction = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - century // 4 - correction + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (in_century // 4) - moon - in_century % 4) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return dt.date(year, month, day + 1)


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def _monday_of_week(number: int, received: dt.date) -> dt.date | None:
    """The Monday of the coming week of that number, or of the running one."""
    for year in (received.year, received.year + 1):
        try:
            monday = dt.date.fromisocalendar(year, number, 1)
        except ValueError:
            continue
        if monday + dt.timedelta(days=6) >= received:
            return monday
    return None
