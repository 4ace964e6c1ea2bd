"""When somebody who is away will be back (RULES O3, MAIL 1.9): the text is read for a date behind a cue, and nothing else.

A date of which nobody can say what it means is none: an order of day and month that may be either, a past day, a month
without a day, a day over 60 days away.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

import dateparser

from outreach.core.replies import MONTHS as MONTH_NAMES

HORIZON_DAYS: Final = 60
LANGUAGES: Final = [
    "en",
    "de",
    "fr",
    "es",
    "it",
    "nl",
    "sv",
    "da",
    "nb",
    "fi",
    "pt",
    "pl",
    "cs",
    "ru",
    "tr",
    "hu",
    "ro",
    "el",
    "uk",
]
MAX_TEXT: Final = 8 * 1024

MONTHS: Final = (
    r"(?:jan|feb|f[ée]v|mar|m[äa]r|maa|apr|avr|ap[rl]|may|mai|mag|maj|mei|ma[iy]|jun|juin|giu|jul|juil|lug|aug|"
    r"ao[ûu]|ago|sep|set|"
    r"o[kc]t|out|ott|nov|de[czs]|d[ée]c|dic|ene|gen|led|ún|[úu]nor|b[řr]e|dub|kv[ěe]|[čc]er|srp|z[áa][řr]|[řr][íi]j|"
    r"lis|pro|sty|lut|kwi|"
    r"cze|lip|sie|wrz|pa[źz]|gru|tammi|helmi|maalis|huhti|touko|kes[äa]|hein[äa]|elo|syys|loka|marras|joulu|m[áa]r|"
    r"[áa]pr|m[áa]j|j[úu]n|j[úu]l|"
    r"янв|фев|мар|апр|мая|июн|июл|авг|сен|окт|ноя|дек|січ|лют|берез|квіт|трав|черв|лип|серп|верес|жовт|листоп|груд|"
    r"ιαν|φεβ|μ[άα]ρ|απρ|μα[ΐιϊί]|ιο[ύυ]ν|ιο[ύυ]λ|αυγ|α[ύυ]γ|σεπ|οκτ|νο[έε]|δεκ|agu|"
    r"oca|[şs]ub|nis|haz|tem|a[ğg]u|eyl|eki|kas|ara)[^\W\d_]{0,10}\.?"
)
NUMERIC: Final = (
    r"\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\s?\d{1,2}[-./]\s?\d{2,4}|\d{1,2}[./]\s?\d{1,2}\.?(?![\d:])"
)
EAST: Final = r"(?:\d{4}\s?[年년]\s?)?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일号號]?"
WRITTEN: Final = (
    rf"\d{{1,2}}(?:\.|st|nd|rd|th|er|º|ª|o|e|de|:a|a)?\s?(?:of |de |di |den |van )?{MONTHS}(?:,?\s?(?:of |de |del |"
    rf"di )?\d{{4}})?"
    rf"|{MONTHS}\s?\d{{1,2}}(?:st|nd|rd|th)?(?!\d|:\d)(?:,?\s?\d{{4}})?"
)
DATE: Final = re.compile(rf"(?<![A-Za-zÀ-ÿ0-9/.-])(?:{NUMERIC}|{WRITTEN}|{EAST})", re.I)

# Behind these words stands the day on which the person is back.
BACK: Final = (
    r"(?:be |am |i'?m |is )?back (?:in|at|to) (?:the |my |our )?(?:office|work|desk)|(?:be |am |i'?m |is )?back\b|"
    r"return(?:ing|s|ed)?\b|(?:will be |be |am )?available (?:again|from|on|as of|after)|"
    r"resum\w+|in the office (?:again|on|from)|reachable again|get back to you|respond to (?:you|your e?-?mail)|"
    r"reply (?:to )?(?:you|your)|"
    r"wieder|zur[üu]ck|erreichbar|ab (?=dem|montag|dienstag|mittwoch|donnerstag|freitag)|r[üu]ckkehr|"
    r"de retour|mon retour|retour(?:ne|nerai)?|reviendrai|à partir du|reprend\w+|disponible|joignable|"
    r"regres\w+|vuel[vt]\w+|volver\w*|reincorpor\w+|retorn\w+|estar[ée] de vuelta|a partir del?|"
    r"rientr\w+|torn\w+|ritorn\w+|di nuovo|dispon[íi]\w+|dal giorno|"
    r"terug|weer (?:aanwezig|bereikbaar|op kantoor)|vanaf|"
    r"åter|tillbaka|tilbage|tilbake|retur|igen|"
    r"volt\w+|regress\w+|estarei de volta|"
    r"palaan|takaisin|tavoitettavissa|"
    r"wr[óo]c\w+|powr[óo]\w+|wracam|z powrotem|b[ęe]d[ęe] (?:ponownie )?dost[ęe]pn\w+|"
    r"vr[áa]t\w+|zp[ěe]t|budu k dispozici|"
    r"верн\w+|вернусь|буду (?:снова )?(?:в офисе|доступ\w+|на)|выйду|возвращ\w+|повер\w+|"
    r"d[öo]n[üu]?\w*|geri|"
    r"visszat\w+|ism[ée]t|"
    r"revin\w*|întorc|"
    r"επιστρ\w+"
)
# Behind these words stands the last day away.
UNTIL: Final = (
    r"until|till|\btil\b|through|thru|up to|inclusive|ending|ends|"
    r"\bbis\b|einschlie[ßs]+lich|jusqu'?\s?(?:au|à|en)?|\bau\b|inclus|"
    r"hasta|hasta el|\bal\b|fino al?|fino|sino al?|at[ée]\b|"
    r"\btot\b|t/m|tot en met|"
    r"t\.?o\.?m\.?|till och med|\btil\b(?: og med)?|t\.o\.m|fram till|frem til|"
    r"\bdo\b|\baż do\b|\bdo dnia\b|"
    r"\bпо\b|\bдо\b|включительно|"
    r"kadar|-ig|p[âa]n[ăa] (?:[îi]n|la|pe)|saakka|asti|έως|μέχρι|ως|"
    r"sampai|hingga|đến(?: hết)?(?: ngày)?|حتى(?: يوم)?|עד|ถึง(?:วันที่)?|a[žz] do"
)
THROUGH: Final = re.compile(
    r"through|thru|inclu|einschlie|bis|jusqu|\bau\b|hasta|\bal\b|fino|at[ée]|tot|t/m|t\.?o\.?m|till|\btil\b|\bdo\b|"
    r"\bпо\b|until|up to|ending|ends|kadar|saakka|asti|pân|pan",
    re.I,
)
RANGE: Final = re.compile(
    rf"({DATE.pattern})\s?(?:,?\s?\d{{1,2}}:\d{{2}})?\s?(?:-|–|—|\bto\b|until|till|through|thru|\band\b|bis(?: zum|"
    rf" einschlie[ßs]lich)?|jusqu'au|\bau\b|\bal?\b|hasta(?: el)?|fino al|tot(?: en met)?|t/m|till|til|t\.?o\.?m\.?|"
    rf"\bdo\b|по|до|at[ée](?: o dia)?|a)\s?(?:\w+,?\s)?({DATE.pattern})",
    re.I,
)
BACK_CUE: Final = re.compile(rf"(?<![\w])(?:{BACK})", re.I)
UNTIL_CUE: Final = re.compile(rf"(?:{UNTIL})", re.I)
EAST_BACK: Final = re.compile(
    rf"({EAST}|{NUMERIC})[^\n。]{{0,12}}?(?:以降|より|より出社|に(?:戻|復帰|出社)|回来|返回|上班|恢复|返回办公室|返工|부터|"
    rf"복귀)",
    re.I,
)
EAST_UNTIL: Final = re.compile(rf"({EAST}|{NUMERIC})[^\n。]{{0,10}}?(?:まで|为止|為止|止|까지)", re.I)
WEEKDAYS: Final = (
    r"mon(?:day)?|montag|lundi|lunes|luned[ìi]|maandag|m[åa]ndag|mandag",
    r"tue(?:s|sday)?|dienstag|mardi|martes|marted[ìi]|dinsdag|tisdag|tirsdag",
    r"wed(?:s|nesday)?|mittwoch|mercredi|mi[ée]rcoles|mercoled[ìi]|woensdag|onsdag",
    r"thu(?:rs|rsday)?|donnerstag|jeudi|jueves|gioved[ìi]|donderdag|torsdag",
    r"fri(?:day)?|freitag|vendredi|viernes|venerd[ìi]|vrijdag|fredag",
    r"sat(?:urday)?|samstag|samedi|s[áa]bado|sabato|zaterdag|l[öo]rdag|l[øo]rdag",
    r"sunday|sonntag|dimanche|domingo|domenica|zondag|s[öø]ndag",
)
TOMORROW: Final = r"tomorrow|morgen|demain|ma[ñn]ana|domani|imorgon|i morgen|amanh[ãa]"
SOON: Final = re.compile(
    rf"(?<!\w)(?:{BACK})[^.\n]{{0,24}}?(?<!\w)(?:(?P<tomorrow>{TOMORROW})|"
    + "|".join(f"(?P<d{number}>{names})" for number, names in enumerate(WEEKDAYS))
    + r")(?!\w)(?!,?\s?(?:the\s|den\s|le\s|el\s)?\d)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Found:
    """A day in the text: ``last_away`` when it is the last day of the absence."""

    day: dt.date
    last_away: bool
    place: int


def return_date(
    subject: str, text: str, received: dt.date, day_first: bool | None = None, apple: str = ""
) -> dt.date | None:
    """The first day back, or None.

    ``received`` is the day on which the mail was written, ``day_first`` the order of the lead's locale when known,
    ``apple`` the value of ``X-Apple-Criteria``.
    """
    if apple and (day := _from_apple(apple, received)):
        return day
    for source in (text[:MAX_TEXT], subject[:500]):
        found = _search(" ".join(source.replace("’", "'").split()), received, day_first)
        if found:
            return found
    return None


def _from_apple(criteria: str, received: dt.date) -> dt.date | None:
    match = re.search(r"endDate\s*=\s*\"?([^;}\"]{4,60})", criteria)
    if not match:
        return None
    value = match[1].strip()
    try:
        if re.fullmatch(r"\d{9,13}", value):  # seconds or milliseconds since 1970
            seconds = int(value) / (1000 if len(value) > 10 else 1)
            day: dt.date | None = dt.datetime.fromtimestamp(seconds, dt.UTC).date()
        elif iso := re.match(r"(\d{4})-?(\d{2})-?(\d{2})", value):
            day = dt.date(int(iso[1]), int(iso[2]), int(iso[3]))
        else:
            day = _loose(value)
    except (ValueError, OverflowError, OSError):
        return None
    return _within(day, received)


def _loose(text: str) -> dt.date | None:
    parsed = dateparser.parse(text, languages=["en"])
    return parsed.date() if parsed else None


def _within(day: dt.date | None, received: dt.date) -> dt.date | None:
    return day if day and received < day <= received + dt.timedelta(days=HORIZON_DAYS) else None


def _search(text: str, received: dt.date, day_first: bool | None) -> dt.date | None:
    found = [candidate for candidate in _candidates(text, received, day_first)]
    back = [candidate for candidate in found if not candidate.last_away]
    away = [candidate for candidate in found if candidate.last_away]
    for candidates in (back, away):
        for candidate in candidates:
            day = candidate.day + dt.timedelta(days=1) if candidate.last_away else candidate.day
            if _within(day, received):
                return day
    return _soon(text, received) if not found else None


def _soon(text: str, received: dt.date) -> dt.date | None:
    """ "Back on Monday", "back tomorrow": the next such day."""
    match = SOON.search(text)
    if not match:
        return None
    if match["tomorrow"]:
        return received + dt.timedelta(days=1)
    weekday = next(number for number in range(7) if match[f"d{number}"])
    return received + dt.timedelta(days=(weekday - received.weekday() - 1) % 7 + 1)


def _candidates(text: str, received: dt.date, day_first: bool | None) -> list[Found]:
    order = _order(text, received) if day_first is None else day_first
    found: list[Found] = []
    for match in DATE.finditer(text):
        day = read_date(match[0], received, order, text)
        if day is None:
            continue
        role = _role(text, match.start(), match.end())
        if role is not None:
            found.append(Found(day, role, match.start()))
        if len(found) > 20:
            break
    return found


def _role(text: str, start: int, end: int) -> bool | None:
    """True: the last day away; False: the day back; None: any other date."""
    after = text[end : end + 40]
    if re.match(rf"\s?(?:から|부터|起|至|~|～)\s?{DATE.pattern}", after):
        return None
    before = re.split(r"[.!?;]\s(?=[A-ZÄÖÜÉ])|[。！]", text[max(0, start - 90) : start])[-1]
    if EAST_BACK.match(text, start) or re.match(
        r"\s?(?:\([^)]{1,12}\))?\s?(?:から(?!\s?.{0,8}\d)|以降|より|回来|返回|上班|부터|복귀)", after
    ):
        return False
    if EAST_UNTIL.match(text, start) or re.match(
        r"\s?(?:\([^)]{1,12}\))?\s?(?:まで|为止|止|까지|(?:\w{0,8}\s)?(?:saakka|asti|kadar|-ig)\b)", after
    ):
        return True
    cue_back = _last(BACK_CUE, before)
    cue_until = _last(re.compile(rf"(?<![\w])(?:{UNTIL})(?![\w])", re.I), before)
    if re.match(
        r"\s?(?:ich |bin ich |sind wir )?(?:wieder|weer|terug|tillbaka|tilbage|tilbake|åter|zur[üu]ck|"
        r"erreichbar|inclusive|takaisin|tarihinde d[öo]n)",
        after,
        re.I,
    ):
        return "inclusive" in after.lower()
    if cue_back < 0 and cue_until < 0:
        dash = re.search(
            rf"(?:{DATE.pattern})\s?(?:\d{{1,2}}:\d\d\s?)?(?:-|–|—|to|al|au|a|до|по|"
            rf"and)\s?(?:\w{{2,12}},?\s)?$",
            before,
            re.I,
        )
        return True if dash else None
    if cue_until > cue_back:
        if not _inclusive(before, after):
            return False
        negative = re.search(
            r"\b(?:not|nicht|n'?t|ne|no|non|niet|inte|ikke|não|nie)\b[^.]{0,40}$", before[:cue_until], re.I
        )
        return not (negative and cue_back >= 0 and re.search(r"back|return|wieder|zurück|retour", before, re.I))
    return (
        None
        if DATE.search(before, cue_back) and not re.search(r"\bon\b|am\b|le\b|el\b", before[cue_back:], re.I)
        else False
    )


INCLUSIVE: Final = re.compile(
    r"through|thru|inclu|einschl|compres[oa]|t/m|tot en met|t\.?o\.?m|till och med|til og med|\bpor\b|включительно|"
    r"w[łl][ąa]cznie|v[čc]etn[ěe]|dahil|まで|為止|为止|까지|asti|saakka|-ig\b|\bpo\b",
    re.I,
)
FROM_CUE: Final = re.compile(
    rf"(?:from|starting|between|beginning|vom|von|zwischen|du|de|del|desde(?: el)?|dal|dall'|van|fr[åa]n|fra|od|с|з|"
    rf"entre|do dia)\s(?:\w+,?\s)?(?:the |den |dem )?(?:{DATE.pattern}|\d{{1,2}}\.?)\b",
    re.I,
)


def _inclusive(before: str, after: str) -> bool:
    """The day is the last one away: words say so, or it closes a span of days; "until Monday" alone means back on Monday."""
    if INCLUSIVE.search(before[-40:]) or re.match(
        r"\s?(?:\(?\w{2,10}\)?\s?)?\(?(?:inclu|einschl|compres|inkl|включ|w[łl][ąa]cz|dahil)", after, re.I
    ):
        return True
    if re.match(r"\s?(?:まで|为止|為止|까지|asti|saakka|-ig\b)", after):
        return True
    return bool(FROM_CUE.search(before))


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((match.start() for match in pattern.finditer(text)), default=-1)


def _order(text: str, received: dt.date) -> bool | None:
    """Whether the day comes first, if another date of the same text or its language settles it."""
    for match in re.finditer(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-]\d{2,4}", text):
        first, second = int(match[1]), int(match[2])
        if first > 12 >= second:
            return True
        if second > 12 >= first:
            return False
    if re.search(r"(?<!\d)\d{1,2}\.\s?\d{1,2}\.", text):
        return True
    if ENGLISH.search(text):
        return None
    return True


ENGLISH: Final = re.compile(r"\b(?:the|will|be|am|i'm|out of|office|return|back|from|until)\b", re.I)


def read_date(found: str, received: dt.date, day_first: bool | None, text: str = "") -> dt.date | None:
    """One date expression as a day on or near ``received``; None where two readings are possible."""
    east = re.fullmatch(r"(?:(\d{4})\s?[年년]\s?)?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일号號]?", found)
    if east:
        return _near(int(east[1]) if east[1] else None, int(east[2]), int(east[3]), received)
    iso = re.fullmatch(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})", found)
    if iso:
        return _near(int(iso[1]), int(iso[2]), int(iso[3]), received)
    numeric = re.fullmatch(r"(\d{1,2})([-./])\s?(\d{1,2})(?:[-./]\s?(\d{2,4})|\.)?", found)
    if numeric:
        return _numeric(int(numeric[1]), int(numeric[3]), numeric[2], numeric[4], received, day_first)
    return _written(found, received)


def _numeric(
    first: int, second: int, mark: str, year: str | None, received: dt.date, day_first: bool | None
) -> dt.date | None:
    full = int(year) + (2000 if len(year) == 2 else 0) if year else None
    if mark == ".":
        return _near(full, second, first, received)
    if first == second or first > 12:
        return _near(full, second, first, received)
    if second > 12:
        return _near(full, first, second, received)
    if day_first is None:
        return None
    return _near(full, second, first, received) if day_first else _near(full, first, second, received)


def _near(year: int | None, month: int, day: int, received: dt.date) -> dt.date | None:
    try:
        if year is not None:
            return dt.date(year, month, day)
        this = dt.date(received.year, month, day)
        return this if this >= received - dt.timedelta(days=60) else dt.date(received.year + 1, month, day)
    except ValueError:
        return None


def _known_month(text: str) -> tuple[int, int, int | None] | None:
    """Day, month and year where the month's name is one of the common ones; dateparser knows the others, but slowly."""
    number = next((number for number, names in enumerate(MONTH_NAMES, 1) if names.search(text)), 0)
    digits = re.findall(r"\d+", text)
    if not number or not digits:
        return None
    day = next((int(item) for item in digits if len(item) <= 2), 0)
    year = next((int(item) for item in digits if len(item) == 4), None)
    return (day, number, year) if day else None


def _written(found: str, received: dt.date) -> dt.date | None:
    clean = re.sub(r"(?<=\d)(?:st|nd|rd|th|er|º|ª|:a|\.)(?=\W|$)", " ", found, flags=re.I)
    clean = re.sub(r"\b(?:of|de|del|di|den|van)\b|,", " ", clean, flags=re.I)
    clean = " ".join(clean.split()).rstrip(".")
    if not re.search(r"[^\W\d_]{3}", clean):
        return None
    known = _known_month(clean)
    if known:
        day, month, year = known
        return _near(year, month, day, received)
    try:
        parsed = dateparser.parse(
            clean,
            languages=LANGUAGES,
            settings={
                "RELATIVE_BASE": dt.datetime.combine(received, dt.time(12)),
                "REQUIRE_PARTS": ["day", "month"],
                "PREFER_DATES_FROM": "current_period",
                "DATE_ORDER": "DMY",
            },
        )
    except (ValueError, OverflowError, RecursionError, re.error):
        return None
    if parsed is None:
        return None
    if re.search(r"\d{4}", clean):
        return parsed.date()
    return _near(None, parsed.month, parsed.day, received)
