"""When to come back: the day that "in three weeks", "after Easter" or "im Herbst" names (RULES X1, K3)."""

import calendar
import datetime as dt
import re
from typing import Final


def _any(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


MONTHS: Final = tuple(
    re.compile(rf"(?<![^\W\d_])(?:{names})(?![^\W\d_])", re.I)
    for names in (
        r"january|jan|januar|janvier|enero|gennaio|januari|janeiro|stycz\w+|январ\w|"
        r"ledna?|leden|janu[áa]r|ianuarie|ocak|ιανου[αά]ρ\w+|tammikuu\w*|січ\w+|janu[áa]ra|януари|siječ\w+",
        r"february|feb|februar|f[ée]vrier|febrero|febbraio|februari|fevereiro|lut\w+|феврал\w|"
        r"[úu]nora?|febru[áa]r|februarie|[şs]ubat|φεβρου[αά]ρ\w+|helmikuu\w*|лют\w+|febru[áa]ra|февруари|veljač\w+",
        r"march|m[äa]rz|mars|marzo|maart|mar[çc]o|marts|marca|marcu|март\w?|"
        r"b[řr]ezen|b[řr]ezna|m[áa]rcius|martie|mart|μ[αά]ρτ\w+|maaliskuu\w*|берез\w+|ožuj\w+",
        r"april|apr|avril|abril|aprile|kwiet\w+|апрел\w|"
        r"dub(?:en|na)|[áa]prilis|aprilie|nisan|απρ[ιί]λ\w+|huhtikuu\w*|квіт\w+|apr[íi]la?|април|trav(?:anj|nja)",
        r"may|mai|mayo|maggio|mei|maj|maio|maja|мая|май|мае|"
        r"kv[ěe]t(?:en|na)|m[áa]jus|may[ıi]s|μ[αά][ιΐϊί]\w+|toukokuu\w*|трав\w+|m[áa]ja?|svib\w+",
        r"june|jun|juni|juin|junio|giugno|junho|czerw\w+|июн\w|"
        r"[čc]erv(?:en|na)|j[úu]nius|iunie|haziran|ιο[υύ]ν\w+|kes[äa]kuu\w*|черв\w+|j[úu]na?|юни|lip(?:anj|nja)",
        r"july|jul|juli|juillet|julio|luglio|julho|lip\w+|июл\w|"
        r"[čc]erven(?:ec|ce)|j[úu]lius|iulie|temmuz|ιο[υύ]λ\w+|hein[äa]kuu\w*|лип\w+|j[úu]la?|юли|srp(?:anj|nja)",
        r"august|aug|agustus|ao[ûu]t|agosto|augustus|augusti|sierp\w+|август\w?|"
        r"srp(?:en|na)|augusztus|a[ğg]ustos|αυγ\w+|αύγ\w+|elokuu\w*|серп\w+|augusta|kolovoz\w*",
        r"september|sep|sept|septembre|septiembre|settembre|setembro|wrze[śs]\w+|сентябр\w|"
        r"z[áa][řr][íi]|szeptember|septembrie|eyl[üu]l|σεπτ\w+|syyskuu\w*|верес\w+|septembra|септември|ruj(?:an|na)",
        r"october|oct|oktober|octobre|octubre|ottobre|outubro|pa[źz]dzier\w+|октябр\w|"
        r"[řr][íi]j(?:en|na)|okt[óo]ber|octombrie|ekim|οκτ\w+|lokakuu\w*|жовт\w+|okt[óo]bra|октомври",
        r"november|nov|novembre|noviembre|novembro|listopad\w*|ноябр\w|"
        r"noiembrie|kas[ıi]m|νο[εέ]μ\w+|marraskuu\w*|листоп\w+|novembra|ноември|studen\w+",
        r"december|dec|dezember|d[ée]cembre|diciembre|dicembre|dezembro|grud\w+|декабр\w|"
        r"prosin(?:ec|ce)|decembrie|aral[ıi]k|δεκ[εέ]μ\w+|joulukuu\w*|груд\w+|decembra|декември|prosin(?:ac|ca)",
    )
)
WORDS_FOR_NUMBERS: Final = {
    1: "a|an|one|ein|einem|einer|un|une|una|uno|een|en|ett|um|uma",
    2: "two|zwei|deux|dos|due|twee|två|dois|couple|paar|unos|unas",
    3: "ein paar|few|einigen|quelques|qualche|några|enkele|three|drei|trois|tres|tre|drie|três",
    4: "four|vier|quatre|cuatro|quattro|fyra",
    6: "six|sechs|seis|sei|zes|sex",
}
NUMBERS: Final = {word: number for number, words in WORDS_FOR_NUMBERS.items() for word in words.split("|")}
IN_TIME: Final = re.compile(
    r"\b(?:in|dans|en|dentro de|tra|fra|over|om|em|within|after)\s+(?:about |ca\.? |etwa |environ |circa |unos |"
    r"a )?(\d{1,3}|"
    + "|".join(sorted(NUMBERS, key=len, reverse=True))
    + r")\s+(?:of\s+|di\s+)?(days?|tagen?|jours?|d[íi]as?|giorn[io]|dagen|dagar|weeks?|wochen?|semaines?|semanas?|"
    r"settiman[ae]|weken|week|veckor|vecka|months?|monate?n?|mois|meses|mes|mes[ei]|maanden|maand|m[åa]nader|"
    r"m[åa]nad|quarters?|quartale?n?|years?|jahre?n?|an|ans|a[ñn]os?|ann[io]|jaar|[åa]r)\b",
    re.I,
)
NEXT_WEEK: Final = _any(
    r"next week|n[äa]chste[rn]? woche|semaine prochaine|pr[óo]xima semana|semana que viene|"
    r"settimana prossima|prossima settimana|volgende week|n[äa]sta vecka|neste uke|n[æe]ste uge|"
    r"semana que vem"
)
NEXT_MONTH: Final = _any(
    r"next month|n[äa]chste[nmr]? monat|mois prochain|pr[óo]ximo mes|mes que viene|"
    r"mese prossimo|prossimo mese|volgende maand|n[äa]sta m[åa]nad|m[êe]s que vem|来月|下个月"
)
NEXT_QUARTER: Final = _any(
    r"next quarter|n[äa]chste[sn]? quartal|trimestre prochain|prochain trimestre|"
    r"pr[óo]ximo trimestre|prossimo trimestre|volgend kwartaal|n[äa]sta kvartal|下季度"
)
NEXT_YEAR: Final = _any(
    r"next year|new year|n[äa]chste[sn]? jahr|jahreswechsel|l'ann[ée]e prochaine|"
    r"ann[ée]e prochaine|l'an prochain|pr[óo]ximo a[ñn]o|a[ñn]o que viene|anno prossimo|"
    r"prossimo anno|volgend jaar|n[äa]sta [åa]r|neste [åa]r|"
    r"n[æe]ste [åa]r|ano que vem|来年|明年|"
    r"после нового года|в следующем году"
)
SEASONS: Final = (
    (_any(r"spring|fr[üu]hjahr|fr[üu]hling|printemps|primavera|voorjaar|lente|v[åa]ren|for[åa]ret|весн\w+"), 3),
    (_any(r"(?:after|nach|apr[èe]s|despu[ée]s|dopo|na|efter|depois)\s(?:\w+\s){0,2}(?:summer|sommer\w*|l'[ée]t[ée]|"
          r"[ée]t[ée]|verano|estate|zomer|sommaren|ver[ãa]o)|autumn|\bfall\b|herbst|automne|oto[ñn]o|autunno|herfst|"
          r"h[öo]sten|efter[åa]ret|la rentr[ée]e|outono|осень\w*"), 9),
    (_any(r"summer|sommer|[ée]t[ée]\b|verano|estate|zomer|sommaren|ver[ãa]o|летом"), 6),
    (_any(r"after (?:christmas|the holidays)|nach (?:weihnachten|den feiertagen)|apr[èe]s (?:no[ëe]l|les f[êe]tes)|"
          r"despu[ée]s de (?:navidad|las fiestas)|dopo (?:natale|le feste)|na de feestdagen|efter (?:jul|ny[åa]r)"), 1),
)  # fmt: skip
QUARTER: Final = re.compile(r"\b(?:q([1-4])|([1-4])\.? ?(?:quartal|quarter|trimestre|kwartaal|kvartal))\b", re.I)
MONTH_CUE: Final = (
    r"(?:in|im|until|till|after|by|from|since|next|early|mid|late|end of|start of|beginning of|around|ab|bis|nach|"
    r"anfang|mitte|ende|en|d[ée]but|fin|apr[èe]s|mi-|d[ée]sde|desde|hasta|despu[ée]s de|a partir de|principios de|"
    r"finales de|a|da|dopo|fino a|inizio|fine|begin|eind|na|vanaf|i|till|efter|b[öo]rjan av|em|depois de|w|po|в|"
    r"после|с|do|re|on|the|of|le|el|il|den|am)"
)


def back_on(text: str, today: dt.date) -> dt.date | None:
    """The day that "come back in ..." names; None when it names none. A month is its first day, a week its Monday."""
    span = IN_TIME.search(text)
    if span:
        return _after(today, _number(span[1]), span[2].lower())
    if day := _dated(text, today):
        return day
    if NEXT_WEEK.search(text):
        return today + dt.timedelta(days=7 - today.weekday())
    if NEXT_MONTH.search(text):
        return _first_of(today.year, today.month + 1)
    if match := QUARTER.search(text):
        return _coming_month(today, 3 * int(match[1] or match[2]) - 2)
    if NEXT_QUARTER.search(text):
        return _first_of(today.year, 3 * ((today.month - 1) // 3) + 4)
    for number, names in enumerate(MONTHS, 1):
        match_month = re.search(rf"\b{MONTH_CUE}\s(?:of\s|dem\s|den\s|the\s)?(?:{names.pattern})", text, re.I)
        if match_month:
            return _coming_month(today, number)
    if NEXT_YEAR.search(text):
        return dt.date(today.year + 1, 1, 1)
    for names, month in SEASONS:
        if names.search(text):
            return _coming_month(today, month)
    return None


def _number(word: str) -> int:
    return int(word) if word.isdigit() else NUMBERS.get(word.lower(), 1)


def _after(today: dt.date, count: int, unit: str) -> dt.date | None:
    if count > 400:
        return None
    if unit.startswith(("day", "tag", "jour", "d", "giorn")):
        return today + dt.timedelta(days=count)
    if unit.startswith(("week", "woche", "semain", "seman", "settiman", "weken", "veck")):
        return today + dt.timedelta(weeks=count)
    if unit.startswith(("quart",)):
        return _add_months(today, 3 * count)
    if unit.startswith(("year", "jahr", "an", "añ", "jaar", "år")):
        return _add_months(today, 12 * count)
    return _add_months(today, count)


def _add_months(day: dt.date, months: int) -> dt.date | None:
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    if year > day.year + 5:
        return None
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _first_of(year: int, month: int) -> dt.date:
    return dt.date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def _coming_month(today: dt.date, month: int) -> dt.date:
    return dt.date(today.year + (1 if month <= today.month else 0), month, 1)


def _dated(text: str, today: dt.date) -> dt.date | None:
    """A day with a named month ("15 April", "April 15th"), or a full numeric date that can be read in one way only."""
    for number, names in enumerate(MONTHS, 1):
        found = re.search(
            rf"\b(\d{{1,2}})(?:st|nd|rd|th|\.|er)?\s(?:of\s|de\s)?(?:{names.pattern})|"
            rf"(?:{names.pattern})\s(\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)",
            text,
            re.I,
        )
        if found:
            return _coming_day(today, number, int(found[1] or found[2]))
    iso = re.search(r"\b(20\d\d)-(\d{2})-(\d{2})\b", text)
    if iso:
        return _valid(int(iso[1]), int(iso[2]), int(iso[3]), today)
    dotted = re.search(r"\b(\d{1,2})\.(\d{1,2})\.(20\d\d|\d\d)?(?!\d)", text)
    if dotted:
        year = int(dotted[3]) if dotted[3] else 0
        if not year:
            return _coming_day(today, int(dotted[2]), int(dotted[1]))
        return _valid(year + (2000 if year < 100 else 0), int(dotted[2]), int(dotted[1]), today)
    return None


def _coming_day(today: dt.date, month: int, day: int) -> dt.date | None:
    for year in (today.year, today.year + 1):
        if found := _valid(year, month, day, today):
            return found
    return None


def _valid(year: int, month: int, day: int, today: dt.date) -> dt.date | None:
    try:
        found = dt.date(year, month, day)
    except ValueError:
        return None
    return found if today < found <= today + dt.timedelta(days=800) else None
