"""When somebody who is away will be back (RULES O3, MAIL 1.9): the text is read for a date behind a cue, and nothing else.

A date of which nobody can say what it means is none: an order of day and month that may be either, a past day, a month
without a day, a day over 60 days away.
"""

import datetime as dt
import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import IntEnum
from itertools import islice
from typing import Final

from .daywords import DATE, DAY_AFTER, EAST, MONTHS, NUMERIC, TOMORROW, WEEKDAYS, day_order, read_date, spelled_out
from .weeks import after_weeks

HORIZON_DAYS: Final = 60
EXPRESSIONS: Final = 30  # days that are looked at in one text
MAX_TEXT: Final = 8 * 1024

# Behind these words stands the day on which the person is back.
BACK: Final = (
    r"(?:be |am |i'?m |is )?back (?:in|at|to) (?:the |my |our )?(?:office|work|desk)|(?:be |am |i'?m |is )?back\b|"
    r"return(?:ing|s|ed)?\b|(?:will be |be |am )?available (?:again|from|on|as of|after)|"
    r"resum\w+|re-?open\w*|opens? (?:again|on)|in the office (?:again|on|from)|next (?:in the office|available|working day)|"
    r"n[äa]chster arbeitstag|prochain jour|first (?:working )?day(?: back)?|erster (?:arbeits)?tag|premier jour|"
    r"primer d[íi]a|primo giorno|"
    r"eerste werkdag|next (?:at|in) (?:my|the)|at my desk|\bin again\b|online again|again (?:on|from)\b|"
    r"pick up (?:my )?e?-?mails?|[àa] nouveau|reintegr\w+|sp[äa][ťt]|k zasti\w+|"
    r"b[ęe]d[ęe] (?:znowu |ponownie )?w (?:biurze|pracy)|rispond\w+|contesto|respondo\b|catch up|antworte\w*|antwoord\w*|"
    r"svare[rn]?|svarar|"
    r"vastaa\w*|vastata|odpowi\w+|"
    r"odpov\w+|v[áa]laszol\w*|отве[чт]\w+|відпов\w+|answers from|"
    r"(?:read|check) (?:my |your )?e?-?mails? again|replies from|revert\w*|"
    r"prendrai connaissance|\blirai\b|repris\w*|rentr\w+|incorpor\w+|riprend\w+|nuovamente|\bweer\b|j[äa]lleen|op[ěe]t|znovu|"
    r"reven\w+|kehre\w*|"
    r"\berst (?:wieder )?(?:am|ab)|f[öø]rst|снова|знову|отново|на работ[еау]|на роботі|kembali|tr[ởo] l[ạa]i|חוזר\w*|אחזור|אשוב|"
    r"(?:س?أعود|عودة|العودة)|expect (?:a |my )?(?:reply|response|answer)|"
    r"reachable again|get back to you|respond to (?:you|your e?-?mail)|reply (?:to )?(?:you|your)|will (?:reply|respond|answer)|"
    r"wieder|zur[üu]ck|erreichbar|r[üu]ckkehr|"
    r"de retour|mon retour|retour(?:ne|nerai)?|reviendrai|repren[ds]\w*|r[ée]?ouv(?:r|ert)\w+|disponible|joignable|"
    r"regres\w+|vuel[vt]\w+|volver\w*|reincorpor\w+|retorn\w+|estar[ée] de vuelta|"
    r"rientr\w+|riapr\w+|torn\w+|ritorn\w+|di nuovo|dispon[íi]\w+|"
    r"terug|weer (?:aanwezig|bereikbaar|op kantoor)|"
    r"åter|tillbaka|tilbage|tilbake|retur|igen|igjen|"
    r"volt\w+|regress\w+|estarei de volta|"
    r"palaan|takaisin|tavoitettavissa|"
    r"wr[óo]c\w+|powr[óo]\w+|wracam|z powrotem|b[ęe]d[ęe] (?:ponownie )?dost[ęe]pn\w+|"
    r"vr[áa][tc]\w+|zp[ěe]t|k dispozici|"
    r"верн\w+|вернусь|буду (?:снова )?(?:в офисе|доступ\w+|на)|выйду|возвращ\w+|повер\w+|"
    r"d[öo]n(?:e|[üu][şy])\w*|geri|"
    r"visszat\w+|ism[ée]t|"
    r"revin\w*|întorc|"
    r"επιστρ\w+"
)
# Behind these words stands the last day away.
UNTIL: Final = (
    r"until|till|\btil\b|through|thru|up to|inclusive|ending|ends|"
    r"\bbis\b|einschlie[ßs]+lich|jusqu'?\s?(?:au|à|en)?|\bau\b|inclus|"
    r"hasta|hasta el|\bal\b|fino al?|fino|sino al?|at[ée]\b|"
    r"\btot\b|t/m|tot en met|t\.?\s?e\.?\s?m\.?|"
    r"t\.?o\.?m\.?|till och med|\btil\b(?: og med)?|t\.o\.m|fram till|frem til|"
    r"\bdo\b|\baż do\b|\bdo dnia\b|"
    r"\bпо\b|\bдо\b|включительно|"
    r"kadar|-ig|p[âa]n[ăa](?: (?:[îi]n|la|pe))?|saakka|asti|έως|μέχρι|ως|"
    r"ende[tn]|se termin\w+|terminan?|finisc\w+|slutar|slutter|ko[ńn][čc]\w+|заканчива\w+|"
    r"last day (?:away|of|off)|letzter (?:urlaubs|abwesenheits)?tag|dernier jour|[úu]ltimo d[íi]a|ultimo giorno|"
    r"sampai(?: tanggal)?|hingga|đến(?: hết)?(?: ngày)?|حتى(?: يوم)?|עד|ถึง(?:วันที่)?|a[žz] do"
)
BACK_CUE: Final = re.compile(rf"(?<![\w])(?:{BACK})", re.I)
EAST_BACK: Final = re.compile(
    rf"({EAST}|{NUMERIC})[^\n。，,\d]{{0,12}}?(?:以降|より|より出社|に(?:戻|復帰|出社)|回来|回到|回公司|返回|上班|恢复|"
    rf"返回办公室|返工|부터|"
    rf"복귀)",
    re.I,
)
EAST_UNTIL: Final = re.compile(rf"({EAST}|{NUMERIC})[^\n。]{{0,10}}?(?:まで|为止|為止|止|까지)", re.I)


class Role(IntEnum):
    """What a day is for, the surest first: "back on", "until" (and nothing more), the last day away."""

    BACK = 0
    UNTIL = 1
    LAST = 2


@dataclass(frozen=True, slots=True)
class Found:
    """A day in the text."""

    day: dt.date
    role: Role

    @property
    def back(self) -> dt.date:
        return self.day + dt.timedelta(days=self.role is Role.LAST)


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
        found = _search(source.replace("’", "'"), received, day_first)
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
            day = parsedate_to_datetime(value).date()
    except (ValueError, OverflowError, OSError):
        return None
    return _within(day, received)


def _within(day: dt.date | None, received: dt.date) -> dt.date | None:
    return day if day and received < day <= received + dt.timedelta(days=HORIZON_DAYS) else None


def _search(text: str, received: dt.date, day_first: bool | None) -> dt.date | None:
    order = day_order(text, received) if day_first is None else day_first
    sentences = [
        sentence for block in BLOCK.split(text) for sentence in SENTENCE.split(spelled_out(" ".join(block.split())))
    ]
    found: list[Found] = []
    others: list[Found] = []
    left = EXPRESSIONS
    for sentence in sentences:
        spans = [(match.start(), match.end()) for match in islice(DATE.finditer(sentence), left)]
        of_another = OF_ANOTHER.match(sentence)
        (others if of_another else found).extend(_candidates(sentence, spans, received, order))
        left -= len(spans)
    found = found or others
    if OR_ELSE.search(" ".join(sentences)):
        return None
    known = [item for item in found if _within(item.back, received)]
    if known:
        return _first_back(known)
    if found:
        return None
    weeks = (_within(after_weeks(sentence, received), received) for sentence in sentences)
    days = (_soon(sentence, received) for sentence in sentences)
    return next(filter(None, weeks), None) or next(filter(None, days), None)


def _first_back(known: list[Found]) -> dt.date:
    """The first day that somebody calls their return, unless they are away longer; else until when they are away."""
    until: dt.date | None = None
    for item in known:
        if item.role is Role.BACK and (until is None or item.back >= until):
            return item.back
        if item.role is Role.UNTIL:
            until = until or item.back
    return until or known[0].back


OR_ELSE: Final = re.compile(
    rf"(?:{DATE.pattern}|(?<!\d)\d{{1,2}}(?:st|nd|rd|th|\.)?),? (?:or|oder|ou|o|eller|lub|nebo|или|або)"
    rf"(?: (?:maybe|perhaps|vielleicht|peut-[êe]tre|quiz[áa]s?|forse))? (?:on |am |le |el )?(?:\w{{3,12}},? )?(?:{DATE.pattern})",
    re.I,
)
# "Tom is away until ...": somebody else, where the writer's own days are told as well.
OF_ANOTHER: Final = re.compile(
    r"(?!(?:I|We|Our|My|The|This|It|That|He|She|Office|Back|Please|Ich|Wir|Unser|Das|Er|Sie|Es|Je|Nous|Il|Elle|Mon|Nos|Mi|Il|La|Le)\b)"
    r"(?:[A-ZÀ-Þ][\w'-]{1,20} ){1,3}(?:is|will|has|ist|wird|hat|est|sera|est[áa]|estar[áa]|[èe]|sar[àa]|jest|[äe]r)\s"
)
BLOCK: Final = re.compile(r"\n\s*\n")
SENTENCE: Final = re.compile(r"(?<=[^\d.][.!?;])\s+(?=[A-ZÀ-ÞА-ЯΑ-Ω])|(?<=[。！？])")


def _candidates(sentence: str, spans: list[tuple[int, int]], received: dt.date, order: bool | None) -> list[Found]:
    found: list[Found] = []
    for number, (start, end) in enumerate(spans):
        day = read_date(sentence[start:end], received, order, sentence[:start])
        if day is None:
            continue
        next_start = spans[number + 1][0] if number + 1 < len(spans) else len(sentence)
        role = _role(sentence, start, end, next_start)
        if role is not None:
            found.append(Found(day, role))
    return found


AFTER_BACK: Final = re.compile(
    r"\s?,?\s?(?:\(\w{2,12}\.?\),?\s?)?(?:\w{4,9} g[üu]n[üu] )?(?:(?:um|ab) \d{1,2}(?::\d\d)? uhr |at \d{1,2}(?::\d\d)? )?(?:ich |"
    r"bin ich |bin |sind wir |ben ik |"
    r"er |[äe]r jag |er jeg |jsem |budu |leszek |-?[áa]n |t[ée]rek |je |i am |i'm |i'll be |'[dt][ae] |-?[áaée]n |"
    r"-?t[őöó]l )*(?:wieder|weer|terug|tillbaka|tilbage|"
    r"tilbake|åter|zur[üu]ck|erreichbar|takaisin|zp[ěe]t|op[ěe]t|vissza|ofiste|back\b|leszek|vagyok|[ée]rek |tarihinde d[öo]n|"
    r"lees ik|lese ich|jelentkez|[úu]jra|ism[ée]t|el[ée]rhet|d[öo]n(?:ece|[üu]yor|[üu][şs]|er\b)|'?t?[dt][ae] d[öo]n|"
    r"'[dt][ae] (?:ofis|i[şs])|"
    r"beantworte ich|melde ich mich|antwoord ik|"
    r"svarar jag|svarer jeg)",
    re.I,
)
STARTS: Final = re.compile(
    r"(?:\b(?:ab|ab dem|ab de[mr]|from|as of|starting|beginning|[àa] partir du?|[àa] compter du?|a partir del?|desde(?: el)?|vanaf|dal|"
    r"dall'|fr[åa]n(?: och med)?|fra(?: og med)?|od|с|з|alkaen|din|începând cu))\s(?:the |den |dem |el |il |o |dia )?"
    r"(?:\w{2,14}\.?,?\s)?(?:den |dem |the )?$",
    re.I,
)
THERE: Final = re.compile(
    r"\b(?:back|return|available|reachable|wieder|erreichbar|zur[üu]ck|f[üu]r sie da|de retour|joignable|disponible|"
    r"de nouveau|de vuelta|vuelv|volver|revien|torn[oi]\b|ritorn|volto\b|antworte\w*|"
    r"reincorpor|di nuovo|disponibile|rientr|weer|terug|bereikbaar|tillbaka|[åa]ter|igen|tilbake|tilbage|tilgjengelig|de volta|"
    r"dispon[íi]vel|dost[ęe]pn|ponownie|k dispozici|k zasti|op[ěe]t|zp[ěe]t|на работе|в офисе|на месте|на связи|на зв'язку|"
    r"доступ|в офісі|"
    r"на работ|на робот|revin|din nou|la birou|vuelt|regres|retorn|nuovamente|operativ|verwerkt|bearbeitet|beantwortet|"
    r"gelesen|trait[ée]|"
    r"\blus?\b|"
    r"answered|dealt with|processed|atendid|lees ik|lese ich|l[äæ]ser)|"
    r"(?<!not )in the office|(?<!nicht )im (?:b[üu]ro|haus)|(?<!pas )au bureau|(?<!not )at work",
    re.I,
)


NEGATED: Final = re.compile(
    r"(?:\b(?:not|nicht|kein\w*|pas|plus|no|non|niet|geen|inte|ikke|n[ãa]o|nie|не|нет)\b|n't\b)[^.]{0,25}$", re.I
)


def _says_there(text: str) -> bool:
    """ "Back in the office", but not "not in the office"."""
    return any(not NEGATED.search(text[: match.start()]) for match in THERE.finditer(text))


def _role(text: str, start: int, end: int, next_start: int) -> Role | None:
    """What the day is for, by the words beside it; None for any other date."""
    before, after = text[max(0, start - 90) : start], text[end : end + 40]
    if re.match(rf"\s?(?:から|부터|起|至|到|~|～)\s?{DATE.pattern}", after):
        return None
    if (east := _eastern(text, start, after)) is not None:
        return east
    if (told := AFTER_BACK.match(after)) and not DATE.search(text, end + told.end(), end + told.end() + 30):
        return Role.BACK
    if re.match(r"\s?inclusive", after, re.I):
        return Role.LAST
    if STARTS.search(before):
        until_next = re.split(r",|\band\b|\bund\b|\bet\b|\by\b|\be\b|\ben\b", text[end:next_start])[0]
        right = until_next if next_start < len(text) else text[end : end + 60]
        return Role.BACK if _says_there(before[-60:]) or _says_there(right) else None
    if NOT_BEFORE.search(before):
        return Role.BACK
    cue_back, cue_until = _last_back(before), _last(UNTIL_WORD, before)
    if cue_back < 0 and cue_until < 0:
        return _closing(before, after)
    if cue_until > cue_back:
        return _until(before, after, cue_back, cue_until)
    other = DATE.search(before, cue_back) and not re.search(r"\bon\b|am\b|le\b|el\b", before[cue_back:], re.I)
    return None if other else Role.BACK


def _closing(before: str, after: str) -> Role | None:
    """The end of a span of days: the last one away, unless it ends in the morning."""
    span = CLOSES_SPAN.search(before)
    if span and span["morning"]:
        return Role.BACK
    return Role.LAST if span or ends_eastern_span(before, after) else None


def _eastern(text: str, start: int, after: str) -> Role | None:
    mark = r"\s?(?:[(（][^)）]{1,12}[)）])?\s?"
    if re.search(r"(?:出社|復帰|出勤)(?:予定)?日?は\s?$", text[:start]):
        return Role.BACK
    if EAST_BACK.match(text, start) or re.match(
        mark
        + r"(?:から(?!\s?.{0,8}\d)|以降|より|に(?:出社|戻|復帰)|回来|回公司|回到|返回|恢复|上班|부터|이후|에 ?복귀|복귀)",
        after,
    ):
        return Role.BACK
    if EAST_UNTIL.match(text, start) or re.match(
        mark + r"(?:まで|为止|止|까지|'?(?:\w{0,8}\s)?(?:saakka|asti|kadar|-ig)\b)", after
    ):
        return Role.LAST
    return None


def ends_eastern_span(before: str, after: str) -> bool:
    """``3月9日至13日休假``: the last day of what follows."""
    opened = re.search(rf"(?:{EAST})\s?(?:から|부터|至|到|～|~|-)\s?$", before)
    if opened and re.match(r"\s?(?:期间|期間|の間|は|,|、|，)?\s?(?:休|不在|外出|出差|휴|부재|출장|お休)", after):
        return True
    return bool(re.search(r"(?:休假?|不在|出差|外出)(?:至|到)\s?$", before))


UNTIL_WORD: Final = re.compile(rf"(?<![\w])(?:{UNTIL})(?![\w])", re.I)
CLOSES_SPAN: Final = re.compile(
    rf"(?:{DATE.pattern})\s?(?:\d{{1,2}}:\d\d\s?)?(?:-|–|—|~|～|to|all'|al|au|a|à|до|по|and|und|et|y|e|og|och|i)\s?"
    r"(?:(?P<morning>(?:[5-9]|1[01])(?:[:.]\d\d)?\s?(?:am|a\.m\.)\s(?:on\s)?)|\d{1,2}(?:[:.]\d\d)?\s?(?:[ap]m|uhr|h)\s(?:on\s)?)?"
    r"(?:\w{2,12}\.?,?\s)?$",
    re.I,
)


def _until(before: str, after: str, cue_back: int, cue_until: int) -> Role:
    if not _inclusive(before, after):
        return Role.UNTIL
    negative = re.search(
        r"\b(?:not|nicht|n'?t|ne|no|non|niet|inte|ikke|não|nie)\b[^.]{0,40}$", before[:cue_until], re.I
    )
    back = negative and cue_back >= 0 and re.search(r"back|return|wieder|zurück|retour", before, re.I)
    return Role.BACK if back else Role.LAST


INCLUDED: Final = r"inclu|inkl|einschl|compres[oa]|включ|w[łl][ąa]cz|v[čc]etn|dahil"
INCLUSIVE: Final = re.compile(
    rf"through|thru|{INCLUDED}|t/m|tot en met|\bt\.?\s?[oe]\.?\s?m\b|till och med|til og med|\bpor\b|まで|為止|为止|까지|asti|saakka|"
    r"-ig\b|\bpo\b|\bпо\b|(?:έως|μέχρι) και|\bends?\b|ende[tn]|se termin|terminan?\b|finisc|slutar|slutter|ko[ńn][čc]|"
    r"заканчива|last day|letzter|dernier jour|[úu]ltimo d[íi]a|ultimo giorno|hết",
    re.I,
)
EVENING: Final = re.compile(
    r",?\s?\(?(?:au soir|le soir|abends?|in the evening|evening|end of (?:the )?(?:business )?day|close of business|cob\b|eod\b|"
    r"por la (?:tarde|noche)|sera\b|'s avonds|kv[äa]ll|aften|kveld|wiecz|ve[čc]er|вечер)",
    re.I,
)
FROM_CUE: Final = re.compile(
    rf"(?:from|starting|between|beginning|vom|von|zwischen|du|de|del|desde(?: el)?|dal|dall'|van|fr[åa]n|fra|od|с|з|"
    rf"entre|do dia)\s(?:\w+\.?,?\s)?(?:the |den |dem )?(?:{DATE.pattern}|\d{{1,2}}\.?)\b",
    re.I,
)


def _inclusive(before: str, after: str) -> bool:
    """The day is the last one away: words say so, or it closes a span of days; "until Monday" alone means back on Monday."""
    if INCLUSIVE.search(before[-40:]) or re.match(rf",?\s?(?:\(?\w{{2,10}}\)?\s?)?\(?(?:{INCLUDED})", after, re.I):
        return True
    if re.match(r"\s?(?:まで|为止|為止|까지|asti|saakka|-ig\b)", after) or EVENING.match(after):
        return True
    return bool(FROM_CUE.search(before))


DAY_WORD: Final = re.compile(
    rf"(?<![^\W\d_])(?:(?P<after>{DAY_AFTER})|(?P<tomorrow>{TOMORROW})|"
    + "|".join(f"(?P<d{number}>{names})" for number, names in enumerate(WEEKDAYS))
    + r")"
    rf"(?![^\W\d_])(?!,?\s?(?:the\s|den\s|le\s|el\s)?(?:\d|{MONTHS}\s?\d))(?!\s(?:week|fortnight)\b)",
    re.I,
)


NOON: Final = r"(?:(?:noon|midday|mittags?|midi|mediod[íi]a|mezzogiorno)\s(?:on\s|am\s)?)?"


def _soon(sentence: str, received: dt.date) -> dt.date | None:
    """ "Back on Monday", "bis Mittwoch", "morgen wieder da": the next such day."""
    if WORKING.search(sentence) and WORKING_DAYS.search(sentence):
        return None  # "I work from Tuesday to Thursday"
    for match in DAY_WORD.finditer(sentence):
        before, after = sentence[max(0, match.start() - 40) : match.start()], sentence[match.end() : match.end() + 40]
        until = re.search(rf"(?<!\w)(?:{UNTIL})\s{NOON}(?:(?:the|el|il|o|den|le|την?|το) )?{NEXT}$", before, re.I)
        if match["tomorrow"] and TODAY_AND.search(before):
            return received + dt.timedelta(days=2)
        if not (
            until
            or BACK_CUE.search(before)
            or NOT_BEFORE.search(before)
            or SUFFIX.match(after)
            or _back_then(after)
            or re.match(r"\s?(?:に|から|より|回|返|부터|에)", after)
        ):
            continue
        from_day = until and any(len(day[0]) > 3 for day in DAY_WORD.finditer(before[: until.start()]))
        inclusive = until and (from_day or INCLUSIVE.search(until[0]) or INCLUDES.match(after) or EVENING.match(after))
        later = inclusive or SUFFIX.match(after)
        week_later = 7 if WEEK_LATER.search(before) else 0
        return _coming_day(match, received) + dt.timedelta(days=week_later + (1 if later else 0))
    return None


def _coming_day(match: re.Match[str], received: dt.date) -> dt.date:
    if match["after"] or match["tomorrow"]:
        return received + dt.timedelta(days=2 if match["after"] else 1)
    weekday = next(number for number in range(7) if match[f"d{number}"])
    return received + dt.timedelta(days=(weekday - received.weekday() - 1) % 7 + 1)


WEEK_LATER: Final = re.compile(r"(?:[üu]bern[äa]chste[rnm]?|the monday after next|overn[æe]ste)\s$", re.I)
NEXT: Final = r"(?:(?:next|n[äa]chsten|pr[óo]ximo|prochain|prossimo|komende|volgende|n[äa]sta|n[æa]ste|przysz[łl]\w+|p[řr][íi][šs]t[íi]) )?"
WORKING: Final = re.compile(
    r"\b(?:arbeit\w*|work\w*|hours|open|ge[öo]ffnet|jornada|travaill\w+|horaires?|lavoro|werk|jobbar|arbejder|pracuj\w+)\b",
    re.I,
)
TODAY_AND: Final = re.compile(
    r"(?:today|heute|aujourd'hui|hoy|oggi|hoje|vandaag|i ?dag|dzi[śs]|dnes|ma|сегодня|сьогодні) (?:and|und|et|y|e|en|och|og|"
    r"i|a|és|и|і) $",
    re.I,
)
A_WEEKDAY: Final = "|".join(WEEKDAYS)
WORKING_DAYS: Final = re.compile(
    rf"(?<![^\W\d_])(?:{A_WEEKDAY})\s?(?:a|to|bis|au|al|-|–|tot|t/m|till|til|do|по|à|und|and|y|et)\s?(?:{A_WEEKDAY})(?![^\W\d_])",
    re.I,
)
SUFFIX: Final = re.compile(r"\s(?:asti|saakka)\b", re.I)
INCLUDES: Final = re.compile(rf",?\s?\(?(?:{INCLUDED})", re.I)


def _back_then(after: str) -> bool:
    """ "Morgen bin ich wieder da", but not "off tomorrow, back on Sunday"."""
    match = AFTER_BACK.match(after)
    return bool(match and not DAY_WORD.search(after[match.end() :]))


def _last_back(text: str) -> int:
    """Where the last "back" stands that is not "not available" or "not in the office"."""
    cues = BACK_CUE.finditer(text)
    return max(
        (cue.start() for cue in cues if not (STATE.match(cue[0]) and DENIED.search(text[: cue.start()]))), default=-1
    )


# "I won't see any mail before Monday, 16 March".
NOT_BEFORE: Final = re.compile(
    r"(?:\b(?:not|no|nicht|kein\w*|pas|non|niet|geen|inte|ikke|n[ãa]o|nie|ne|не|нет)\b|n't\b)[^.]{0,50}\b(?:before|"
    r"vor(?: dem)?|avant(?: le)?|antes del?|"
    r"prima del(?:l')?|v[óo][óo]r|f[öø]re?|ennen|przed|p[řr]ed)\s(?:\w{2,12}\.?,?\s)?(?:the |den |dem |le |el |il |next |"
    r"n[äa]chsten )?$",
    re.I,
)
STATE: Final = re.compile(
    r"in the office|available|reachable|erreichbar|disponi|joignable|bereikbaar|tavoit|k dispo|доступ", re.I
)
DENIED: Final = re.compile(
    r"(?:\b(?:not|nicht|pas|non|no|niet|inte|ikke|n[ãa]o|nie|не)|n't)\s(?:be |being |sein |estar[ée]? |zijn |буду )?$",
    re.I,
)


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((match.start() for match in pattern.finditer(text)), default=-1)
