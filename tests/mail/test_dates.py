"""Return dates in many languages and orders (RULES O3)."""

import datetime as dt

import pytest

from outreach.mail.dates import return_date

FRIDAY = dt.date(2026, 3, 6)
TEXTS = [
    ("I am out of the office and will return on March 16, 2026.", "2026-03-16"),
    ("I will be back on Monday, 16 March.", "2026-03-16"),
    ("I am out of office until 13 March 2026 inclusive", "2026-03-14"),
    ("I'm away from 9 March to 13 March.", "2026-03-14"),
    ("I will be out of the office 3/9/2026 - 3/13/2026.", "2026-03-14"),
    ("I will be back on 9/4/2026", None),
    ("Ich bin bis einschließlich 13.03.2026 nicht im Büro.", "2026-03-14"),
    ("Ab dem 16.3. bin ich wieder erreichbar.", "2026-03-16"),
    ("Ich bin vom 09.03. bis 13.03.2026 im Urlaub.", "2026-03-14"),
    ("Ich bin ab dem 16. März 2026 wieder im Büro. Vertretung: 030 123", "2026-03-16"),
    ("Je suis absent jusqu'au 13 mars 2026 inclus.", "2026-03-14"),
    ("Je serai de retour le lundi 16 mars.", "2026-03-16"),
    ("Je serai absent du 9 au 13 mars 2026", "2026-03-14"),
    ("Estaré fuera de la oficina hasta el 13 de marzo de 2026.", "2026-03-13"),
    ("Regresaré el 16 de marzo.", "2026-03-16"),
    ("Sono fuori ufficio fino al 13/03/2026", "2026-03-13"),
    ("Rientrerò il 16 marzo 2026.", "2026-03-16"),
    ("Ik ben afwezig tot en met 13 maart 2026", "2026-03-14"),
    ("Ik ben 16 maart weer terug.", "2026-03-16"),
    ("Jag är på semester t.o.m. 13 mars.", "2026-03-14"),
    ("Jag är tillbaka den 16 mars", "2026-03-16"),
    ("Jeg er tilbage den 16. marts 2026", "2026-03-16"),
    ("Estarei ausente até 13 de março de 2026", "2026-03-13"),
    ("Wracam 16 marca 2026.", "2026-03-16"),
    ("Вернусь 16 марта", "2026-03-16"),
    ("Я в отпуске с 9 по 13 марта 2026", "2026-03-14"),
    ("3月9日から3月13日まで不在にしております。3月16日より出社いたします。", "2026-03-16"),
    ("我将于2026年3月16日返回办公室", "2026-03-16"),
    ("Out until March", None),
    ("I returned on 1 March 2026. ", None),
    ("I will be back on 12 December 2026", None),
    ("Palaan töihin 16.3.2026", "2026-03-16"),
    ("I will be out of the office starting 03/09/2026 and will not return until 03/16/2026.", "2026-03-16"),
    ("I am currently out of the office with no access to email. I will return on the 16th of March", "2026-03-16"),
    ("I'm on leave, returning 2026-03-16.", "2026-03-16"),
    ("Olen lomalla 13.3.2026 asti", "2026-03-14"),
    ("I'll be back in the office on Monday 16th March and will reply then. Our event is on 20 March", "2026-03-16"),
    ("Thanks for your mail of 5 March 2026. I am away.", None),
    ("Vrátím se 16. března 2026", "2026-03-16"),
    ("16 Mart 2026 tarihine kadar ofis dışındayım", "2026-03-17"),
    ("I am out until Monday 16 March", "2026-03-16"),
    ("Ich bin bis 16.03.2026 nicht im Haus", "2026-03-16"),
    ("I am away until and including 13 March 2026", "2026-03-14"),
    ("I am out of the office through Friday, March 13th.", "2026-03-14"),
    ("I will have limited access to email until my return on Monday, March 16", "2026-03-16"),
    ("Ich bin am 16.03.2026 wieder für Sie da", "2026-03-16"),
    ("Szabadságon vagyok 2026. március 13-ig.", "2026-03-14"),
    ("I will be back on Monday.", "2026-03-09"),
    ("Back tomorrow", "2026-03-07"),
    ("Ich bin ab Montag wieder da", "2026-03-09"),
]


@pytest.mark.parametrize(("text", "day"), TEXTS)
def test_the_first_day_back_is_read_from_the_text(text: str, day: str | None) -> None:
    """O3: behind a cue only; ambiguous, past and far dates are none; the last day away is followed by the day back."""
    found = return_date("", text, FRIDAY)
    assert (found.isoformat() if found else None) == day


def test_the_subject_is_read_when_the_text_names_no_day() -> None:
    assert return_date("Out of office until 16 March 2026", "I am away.", FRIDAY) == dt.date(2026, 3, 16)


def test_the_leads_locale_settles_the_order() -> None:
    """O3."""
    text = "I will be back on 9/4/2026."
    assert return_date("", text, FRIDAY) is None
    assert return_date("", text, FRIDAY, day_first=True) == dt.date(2026, 4, 9)


@pytest.mark.parametrize(
    ("criteria", "day"),
    [
        ("{kind=VACATION,startDate=2026-03-06T00:00:00Z,endDate=2026-03-13T00:00:00Z}", dt.date(2026, 3, 13)),
        ("{kind=VACATION;startDate=1772755200000;endDate=1773360000000}", dt.date(2026, 3, 13)),
        ("{kind=VACATION,endDate=nonsense}", None),
    ],
)
def test_apples_header_is_believed_before_the_text(criteria: str, day: dt.date | None) -> None:
    """MAIL 1.9."""
    assert return_date("", "I am away.", FRIDAY, apple=criteria) == day
