"""Return dates in many languages and orders (RULES O3)."""

import datetime as dt
import time

import pytest

from outreach.mail.classify import classify
from outreach.mail.dates import return_date
from outreach.mail.parse import parse
from tests.mail.sentences import rows

FRIDAY = dt.date(2026, 3, 6)
TEXTS = rows("dates")


@pytest.mark.parametrize("said", TEXTS, ids=lambda said: said["words"][:60])
def test_the_first_day_back_is_read_from_the_text(said: dict[str, str]) -> None:
    """O3: behind a cue only; ambiguous, past and far dates are none; the last day away is followed by the day back."""
    found = return_date("", said["words"], FRIDAY)
    assert (found.isoformat() if found else "none") == said["back"]


def test_the_subject_is_read_when_the_text_names_no_day() -> None:
    assert return_date("Out of office until 16 March 2026", "I am away.", FRIDAY) == dt.date(2026, 3, 16)


def test_the_leads_locale_settles_the_order() -> None:
    """O3."""
    text = "I will be back on 9/4/2026."
    assert return_date("", text, FRIDAY) is None
    assert return_date("", text, FRIDAY, day_first=True) == dt.date(2026, 4, 9)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("I am away until 05/07/2026. Your message was sent on 06/03/2026.", None),
        ("I am away until 09/04/2026. Your message was sent on 06/03/2026.", dt.date(2026, 4, 9)),
        ("I am away until 04/09/2026. Your message was sent on 03/06/2026.", dt.date(2026, 4, 9)),
    ],
)
def test_the_day_of_writing_settles_the_order(text: str, day: dt.date | None) -> None:
    """O3: a date that can only be today's tells how the others are written."""
    assert return_date("", text, FRIDAY) == day


def test_a_date_in_html_is_read_as_the_text_that_people_see() -> None:
    """O3, by the whole reading of a letter."""
    raw = (
        b"From: Jo <jo@lead.example>\nAuto-Submitted: auto-replied\nDate: Fri, 6 Mar 2026 10:00:00 +0100\nSubject: Automatic reply\n"
        b"Content-Type: text/html; charset=utf-8\n\n<style>p { margin: 1/4/2026 }</style><p>I am away until <b>Monday,</b> "
        b"<b>16&nbsp;March</b></p><p>Jo<br>est. 20 March 1999</p>"
    )
    assert classify(parse(raw)).return_date == dt.date(2026, 3, 16)


@pytest.mark.parametrize(
    "words", ["back on march 1 until 2/3/2026 ", "9-13 March ", "until ", "1.2.-3.4. ", "bis zum Montag ", "3月9日から"]
)
def test_endless_dates_take_no_time(words: str) -> None:
    """MAIL 2: eight kilobytes of one expression."""
    start = time.process_time()
    return_date(words * 300, words * 1000, FRIDAY)
    assert time.process_time() - start < 1


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
