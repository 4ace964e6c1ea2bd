"""Days as people write them in some thirty languages: the expressions, and how one is read (RULES O3).

Nothing here knows what a day is for; ``dates`` does.
"""

import datetime as dt
import re
from typing import Final

from outreach.core.comeback import MONTHS as MONTH_NAMES

MONTHS: Final = (
    r"(?!maa?n(?:dag|antai)|m[åa]ndag|mardi|mart(?:es|ed|i\b)|mar[țt]i\b|maybe|out of|desk\b)"
    r"(?:jan|feb|f[ée]v|mar|m[äa]r|maa|apr|avr|ap[rl]|may|mai|mag|maj|mei|ma[iy]|jun|juin|giu|jul|juil|lug|aug|"
    r"ao[ûu]|ago|sep|set|"
    r"o[kc]t|out|ott|nov|de[czs]|d[ée]c|dic|ene|gen|led|ún|[úu]nor|b[řr]e|dub|kv[ěe]|[čc]er|srp|z[áa][řr]|[řr][íi]j|"
    r"lis|pro|sty|lut|kwi|"
    r"cze|lip|sie|wrz|pa[źz]|gru|tammi|helmi|maalis|huhti|touko|kes[äa]|hein[äa]|elo|syys|loka|marras|joulu|m[áa]r|"
    r"[áa]pr|m[áa]j|j[úu]n|j[úu]l|"
    r"янв|фев|мар|апр|мая|июн|июл|авг|сен|окт|ноя|дек|січ|лют|берез|квіт|трав|черв|лип|серп|верес|жовт|листоп|груд|"
    r"ιαν|φεβ|μ[άα]ρ|απρ|μα[ΐιϊί]|ιο[ύυ]ν|ιο[ύυ]λ|αυγ|α[ύυ]γ|σεπ|οκτ|νο[έε]|δεκ|agu|"
    r"ינו|פבר|מרץ|אפר|מאי|יונ|יול|אוג|ספט|אוק|נוב|דצמ|يناير|فبراير|مارس|[أا]بريل|مايو|يونيو|يوليو|[أا]غسطس|سبتمبر|[أا]كتوبر|"
    r"نوفمبر|ديسمبر|"
    r"abr|ian|iun|iul|noi|szept|яну|юн|юл|ное|sij|velj|ožu|trav|svib|kolov|ruj|studen|oca|[şs]ub|nis|haz|tem|a[ğg]u|eyl|eki|"
    r"kas|ara)[^\W\d_]{0,10}\.?"
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
ORDINAL: Final = (
    r"(?<=the )\d{1,2}(?:st|nd|rd|th)(?=\s?(?:[.,;:!)]|$|and\b|but\b))|"
    r"(?:(?<=\bel )|(?<=d[íi]a )|(?<=\ble )|(?<=\bil ))\d{1,2}(?=\s?(?:[.,;!]|$|(?:inclus|compres)|"
    r"(?:estoy|vuelvo|sono|rientro|je|estou|volto)\b))|"
    r"(?:(?<=\bau )|(?<=\bal ))\d{1,2}(?=\s(?:inclus|compres))"
)


WEEKDAYS: Final = (
    r"mon(?:day)?|montag|lundi|lunes|luned[ìi]|maandag|m[åa]ndag(?:en)?|mandag|segunda(?:-feira)?|poniedzia[łl](?:ek|ku)|"
    r"pond[ěe]l[íi]|понедельник|понеділок|maanantai(?:na|hin)?|h[ée]tf[őo]n?|luni|pazartesi|понеделник|ponedjelja?k\w*|"
    r"pondelo?k\w*|δευτέρα|senin|thứ hai|月曜日?|周一|星期一|월요일",
    r"tue(?:s|sday)?|dienstag|mardi|martes|marted[ìi]|dinsdag|tisdag(?:en)?|tirsdag|ter[çc]a(?:-feira)?|wtor(?:ek|ku)|[úu]ter[ýy]|"
    r"вторник|вівторок|tiistai(?:na|hin)?|kedden?|mar[țt]i|sal[ıi]|вторник|utora?k\w*|utor[ok]\w*|τρίτη|selasa|thứ ba|"
    r"火曜日?|周二|星期二|화요일",
    r"wed(?:s|nesday)?|mittwoch|mercredi|mi[ée]rcoles|mercoled[ìi]|woensdag|onsdag(?:en)?|quarta(?:-feira)?|[śs]rod[aęy]|"
    r"st[řr]ed[ay]|сред[ау]|серед[ау]|keskiviikko(?:na|on)?|szerd[áa]n?|miercuri|[çc]ar[şs]amba|сряда|srijed\w+|stred[aue]|"
    r"τετάρτη|rabu|thứ tư|水曜日?|周三|星期三|수요일",
    r"thu(?:rs|rsday)?|donnerstag|jeudi|jueves|gioved[ìi]|donderdag|torsdag(?:en)?|quinta(?:-feira)?|czwartk?e?u?k?|[čc]tvrtek|"
    r"четверг|четвер|torstai(?:na|hin)?|cs[üu]t[öo]rt[öo]k[öo]?n?|joi|per[şs]embe|четвъртък|četvrtk?a?k?|štvrto?k\w*|πέμπτη|"
    r"kamis|thứ năm|木曜日?|周四|星期四|목요일",
    r"fri(?:day)?|freitag|vendredi|viernes|venerd[ìi]|vrijdag|fredag(?:en)?|sexta(?:-feira)?|pi[ąa]t(?:ek|ku)|p[áa]tek|"
    r"пятниц[ау]|п'ятниц[яю]|perjantai(?:na|hin)?|p[ée]nteken?|vineri|cuma|петък|petk?a?k?|piato?k\w*|παρασκευή|jumat|"
    r"thứ sáu|金曜日?|周五|星期五|금요일",
    r"sat(?:urday)?|samstag|samedi|s[áa]bado|sabato|zaterdag|l[öo]rdag(?:en)?|l[øo]rdag|sobot[ayęu]|суббот[ау]|lauantai(?:na|hin)?|"
    r"szombaton?|土曜日?|周六|토요일",
    r"sunday|sonntag|dimanche|domingo|domenica|zondag|s[öø]ndag(?:en)?|niedziel[aęi]|ned[ěe]l[eií]|воскресенье|sunnuntai(?:na|hin)?|"
    r"vas[áa]rnap|日曜日?|周日|일요일",
)
DAY_NAMES: Final = tuple(re.compile(rf"(?<![^\W\d_])(?:{names})(?![^\W\d_])", re.I) for names in WEEKDAYS)
WEEKDAY_NUMBER: Final = re.compile(
    r"[^\W\d_]{3,14}\.?,?\s(?:the |den |le |el |il |d\. )?(\d{1,2})(?:st|nd|rd|th|\.)?", re.I
)
ON_WEEKDAY: Final = (
    rf"(?:{'|'.join(WEEKDAYS[:7])})\.?,?\s(?:the |den |le |el |il |d\. )?\d{{1,2}}(?:st|nd|rd|th)?"
    rf"(?!\d|\.?\s?(?:of |de |di |den )?{MONTHS}|[./:-]\s?\d|\s?(?:am|pm|uhr|h|[年月日])\b|\s?(?:-|–|to|bis|und|and|au|al|et|"
    rf"y|e|a)\s?\d)"
)
DATE: Final = re.compile(rf"(?<![A-Za-zÀ-ÿ0-9/.-])(?:{NUMERIC}|{WRITTEN}|{EAST}|{ORDINAL}|{ON_WEEKDAY})", re.I)
TOMORROW: Final = (
    r"tomorrow|morgen|demain|ma[ñn]ana|domani|imorgon|i morgon|i morgen|amanh[ãa]|jutro|z[íi]tra|завтра|huomenna|holnap|m[âa]ine|"
    r"yar[ıi]n|明日|明天|내일|מחר|غد[اً]+|besok|ngày mai"
)
DAY_AFTER: Final = (
    r"(?:the )?day after tomorrow|[üu]bermorgen|apr[èe]s-demain|pasado ma[ñn]ana|dopodomani|overmorgen|i? ?[öo]vermorgon|i overmorgen|"
    r"ylihuomenna|pojutrze|poz[íi]t[řr][íi]|послезавтра|післязавтра|depois de amanh[ãa]|poim[âa]ine|holnaput[áa]n|明後日|后天|後天|모레"
)
SHORT_DAY: Final = r"\d{1,2}(?:st|nd|rd|th|er|º|\.)?"
JOINED: Final = (
    r"-|–|—|to|and|until|till|through|bis(?: zum)?|und|au|et|al?|y|hasta el|e|ao|t/m|tot(?: en met)?|en|til(?:l)?(?: den)?|og|och|do|i|"
    r"až|po|по|до|и|la|și|all'"
)
SPANS: Final = (
    # 9-13 March, 9. bis 13. März, 9 al 13 de marzo
    (re.compile(rf"(?<![\w./-])({SHORT_DAY})\s?({JOINED})\s?(?:the |den |dem |il |el |le |o dia )?"
                rf"({SHORT_DAY}\s?(?:of |de |di |den )?)({MONTHS})", re.I), r"\1 \4 \2 \3\4"),
    # March 9-13
    (re.compile(rf"(?<![^\W\d_])({MONTHS})\s({SHORT_DAY})\s?(-|–|—|to|through|until|and)\s?({SHORT_DAY})(?![\w:])", re.I),
     r"\1 \2 \3 \1 \4"),
    # 3月9日から13日
    (re.compile(r"(\d{1,2}[月월]\s?)(\d{1,2}[日일号號]?)(\s?(?:から|부터|至|到|～|~|-)\s?)(\d{1,2}[日일号號])"), r"\1\2\3\1\4"),
    # 9-13.03.2026
    (re.compile(r"(?<![\d./-])(\d{1,2})\.?\s?[-–—]\s?(\d{1,2})\.(\d{1,2})\.(\d{4}|\d\d(?!\d))?"), r"\1.\3. - \2.\3.\4"),
    # 16-Mar-2026
    (re.compile(rf"(?<!\d)(\d{{1,2}})-({MONTHS})-(\d{{2,4}})(?!\d)", re.I), r"\1 \2 \3"),
    (re.compile(rf"(?<!\d)(\d{{1,2}})-({MONTHS})(?![\w-])", re.I), r"\1 \2"),
    # de 3 a 6/3
    (re.compile(r"(?<![\d./-])(\d{1,2})\s(a|to|bis|au|al|t/m|-)\s(\d{1,2})/(\d{1,2})(?![\d/])"), r"\1/\4 \2 \3/\4"),
    # Március 2. és 6. között
    (re.compile(rf"(?<![^\W\d_])({MONTHS})\s(\d{{1,2}})\.\sés\s(\d{{1,2}})\.\sközött", re.I), r"\1 \2 - \1 \3"),
    # ngày 9 tháng 3, 9 בְּמרץ
    (re.compile(r"(?:ngày )?(\d{1,2}) tháng (\d{1,2})(?: năm \d{4})?", re.I), r"\1.\2."),
    (re.compile(r"(?<=\s)[בלמה]-(?=\d)"), ""),
    (re.compile(r"(?:(?<=\s)ב-?|(?<=\s)ה-?)?(?<!\d)(\d{1,2})\s(?:ב|ל)(?=[א-ת]{3,7})"), r"\1 "),
    # Március 9-től 13-ig
    (re.compile(rf"(?<![^\W\d_])({MONTHS})\s(\d{{1,2}})-?[tT][őöo]l\s(\d{{1,2}}-?ig)", re.I), r"\1 \2 - \1 \3"),
    # 9.3.-13.3.2026
    (re.compile(r"(?<=[\d.])\s?[-–—]\s?(?=\d{1,2}[./]\s?\d{1,2}(?!\d))"), " - "),
)  # fmt: skip


def spelled_out(text: str) -> str:
    """Spans of days with the month at both ends."""
    for pattern, whole in SPANS:
        text = pattern.sub(whole, text)
    return EAST_AGAIN.sub(_same_month, text)


# 3月13日まで休暇。16日より出社
EAST_AGAIN: Final = re.compile(r"(\d{1,2}[月월]\s?)(\d{1,2})([日일][^月월\d\n]{1,30})(?<!\d)(\d{1,2})(?=[日일号號])")


def _same_month(match: re.Match[str]) -> str:
    month, first, between, second = match.groups()
    return f"{month}{first}{between}{month if int(second) > int(first) else ''}{second}"


def day_order(text: str, received: dt.date) -> bool | None:
    """Whether the day comes first, if another date of the same text, the day of writing in it, or its language settles it."""
    written = False, False
    for match in re.finditer(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-]\d{2,4}", text):
        first, second = int(match[1]), int(match[2])
        if first > 12 >= second:
            return True
        if second > 12 >= first:
            return False
        written = (
            written[0] or (second, first) == (received.month, received.day),
            written[1] or (first, second) == (received.month, received.day),
        )
    if written[0] != written[1]:
        return written[0]
    if re.search(r"(?<!\d)\d{1,2}\.\s?\d{1,2}\.", text):
        return True
    if ENGLISH.search(text):
        return None
    return not re.search(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]", text)  # in the East the month comes first


ENGLISH: Final = re.compile(r"\b(?:the|will|be|am|i'm|out of|office|return|back|from|until)\b", re.I)


def read_date(found: str, received: dt.date, day_first: bool | None, before: str = "") -> dt.date | None:
    """One date expression as a day on or near ``received``; None where two readings are possible.

    ``before`` is the text in front of it, where a weekday may stand that settles the order.
    """
    if (named := WEEKDAY_NUMBER.fullmatch(found)) and (weekday := weekday_of(found)) is not None:
        return _on_weekday(int(named[1]), weekday, received)
    east = re.fullmatch(r"(?:(\d{4})\s?[年년]\s?)?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일号號]?", found)
    if east:
        return _near(int(east[1]) if east[1] else None, int(east[2]), int(east[3]), received)
    iso = re.fullmatch(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})", found)
    if iso:
        return _near(int(iso[1]), int(iso[2]), int(iso[3]), received)
    numeric = re.fullmatch(r"(\d{1,2})([-./])\s?(\d{1,2})(?:[-./]\s?(\d{2,4})|\.)?", found)
    if numeric:
        weekday = (
            weekday_of(before[-16:]) if re.search(r"[^\W\d_]{2}[.,]*\s?(?:the |den |dem )?$", before[-16:]) else None
        )
        return _numeric((int(numeric[1]), int(numeric[3])), numeric[2], numeric[4], received, day_first, weekday)
    if bare := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", found, re.I):
        return _coming(int(bare[1]), received)
    day = _written(found, received)
    named = re.search(r"[^\W\d_]{3,14}[.,]?\s(?:the |den |dem |le |el |il )?$", before[-24:])
    weekday = weekday_of(named[0]) if named and day else None
    return None if day and weekday is not None and weekday != day.weekday() else day


def weekday_of(text: str) -> int | None:
    """The last weekday that a text names, Monday is 0."""
    found = [(match.start(), number) for number, names in enumerate(DAY_NAMES) for match in names.finditer(text)]
    return max(found)[1] if found else None


def _on_weekday(day: int, weekday: int, received: dt.date) -> dt.date | None:
    """ "Tuesday 10": the next tenth, if it is a Tuesday."""
    coming = (received + dt.timedelta(days=ahead) for ahead in range(1, 60))
    return next((found for found in coming if found.day == day and found.weekday() == weekday), None)


def _coming(day: int, received: dt.date) -> dt.date | None:
    """ "The 13th" without a month: the next one."""
    month = received.month if day > received.day else received.month % 12 + 1
    return _near(received.year + (month < received.month), month, day, received)


def _numeric(
    numbers: tuple[int, int],
    mark: str,
    year: str | None,
    received: dt.date,
    day_first: bool | None,
    weekday: int | None,
) -> dt.date | None:
    first, second = numbers
    full = int(year) + (2000 if len(year) == 2 else 0) if year else None
    if mark == ".":
        return _near(full, second, first, received)
    if first == second or first > 12:
        return _near(full, second, first, received)
    if second > 12:
        return _near(full, first, second, received)
    readings = _near(full, second, first, received), _near(full, first, second, received)
    if day_first is not None:
        return readings[not day_first]
    fitting = [day for day in readings if day and day.weekday() == weekday]
    return fitting[0] if len(fitting) == 1 else None


def _near(year: int | None, month: int, day: int, received: dt.date) -> dt.date | None:
    try:
        if year is not None:
            return dt.date(year, month, day)
        this = dt.date(received.year, month, day)
        return this if this >= received - dt.timedelta(days=60) else dt.date(received.year + 1, month, day)
    except ValueError:
        return None


def _written(found: str, received: dt.date) -> dt.date | None:
    """A day beside a month's name, with or without a year."""
    word = max(re.findall(r"[^\W\d_]{3,}", found), key=len, default="").lower()
    digits = re.findall(r"\d+", found)
    day = next((int(item) for item in digits if len(item) <= 2), 0)
    month = _month(word) if word and day else 0
    year = next((int(item) for item in digits if len(item) == 4), None)
    return _near(year, month, day, received) if month else None


def _month(word: str) -> int:
    """The number of the month that the word names, 0 for none."""
    number = next((number for number, names in enumerate(MONTH_NAMES, 1) if names.fullmatch(word)), 0)
    return number or SHORT_MONTHS.get(word, 0)


SHORT_MONTHS: Final = {
    word: number
    for number, words in enumerate(
        (
            "janv ene gen sty led ian oca янв січ ιαν tammi ינואר يناير",
            "févr fév fevr fev lut úno şub фев лют φεβ helmi פברואר فبراير pebruari",
            "mrz mär mar mrt maa bře мар бер μαρ maalis מרץ مارس maret",
            "avr abr kwi dub nis апр кві απρ huhti ápr אפריל أبريل ابريل",
            "mai mei maj mag may kvě мая тра μαϊ touko máj מאי مايو",
            "juin giu cze čvn haz iun июн чер ιουν kesä jún יוני يونيو",
            "juil lug lip čvc tem iul июл лип ιουλ heinä júl יולי يوليو",
            "août aout aoû ago sie srp ağu авг сер αυγ elo אוגוסט أغسطس اغسطس",
            "set sett wrz zář eyl сен вер σεπ syys szept ספטמבר سبتمبر",
            "okt ott out paź říj eki окт жов οκτ loka אוקטובר أكتوبر اكتوبر",
            "lis kas ноя лис νοε marras noi נובמבר نوفمبر",
            "dez dic déc des gru pro ara дек гру δεκ joulu דצמבר ديسمبر desember",
        ),
        1,
    )
    for word in words.split()
}  # fmt: skip
