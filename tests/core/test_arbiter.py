"""RULES M: classes, the cap over all automatic mail, the distance of educational letters."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.core.arbiter import allowed_from, highest_rival, outranks
from outreach.core.enrolments import SentMail
from outreach.core.schedule import calendar
from outreach.core.sequences import Schedule

CAL = calendar(Schedule(), "America/New_York")


def at(day, hour=15, month=3):
    return datetime(2026, month, day, hour, tzinfo=UTC)


def test_classes_have_their_order():
    """M3."""
    order = ["inbound", "sales", "reengagement", "nurture", "newsletter"]
    assert all(outranks(order[n], order[n + 1]) for n in range(4))
    assert highest_rival("nurture", ["sales", "inbound"]) == "inbound"
    assert highest_rival("inbound", ["sales", "nurture"]) is None
    assert all(highest_rival(each, [each]) is None for each in order), "nobody stands back for its own class"


def test_a_day_has_one_letter_by_the_leads_calendar():
    """M4: 23:30 in New York on the 4th is the 5th in UTC."""
    late = SentMail(datetime(2026, 3, 5, 4, 30, tzinfo=UTC), "nurture")
    assert allowed_from("sales", at(4, 20), [late], CAL) is not None
    assert allowed_from("sales", at(5, 15), [late], CAL) is None


def test_letters_sent_at_once_do_not_count():
    """M4, W5."""
    assert allowed_from("sales", at(4), [SentMail(at(4, 14), "inbound", at_once=True)], CAL) is None


def test_a_day_level_step_keeps_its_time_of_day_on_the_day_it_moves_to():
    """M4, D11."""
    held = allowed_from("sales", at(4), [SentMail(at(4, 14), "sales")], CAL, keep_time=True)
    assert held.until == at(5)
    held = allowed_from("sales", at(4), [SentMail(at(4, 14), "sales")], CAL)
    assert held.until == at(5, 14)


def test_educational_mail_keeps_two_business_days_from_sales_mail():
    """M4: from Thursday the 12th to Monday the 16th."""
    held = allowed_from("nurture", at(13), [SentMail(at(12, 14), "sales")], CAL)
    assert held.until == at(16, 14)
    assert allowed_from("nurture", at(16, 14), [SentMail(at(12, 14), "sales")], CAL) is None
    assert allowed_from("sales", at(13), [SentMail(at(12, 14), "nurture")], CAL) is None


def test_educational_mail_and_newsletter_keep_five_days():
    """M4."""
    held = allowed_from("newsletter", at(13), [SentMail(at(11, 14), "nurture")], CAL)
    assert held.until == at(16, 14)


moments = st.lists(st.integers(0, 20 * 24), max_size=12)


@settings(max_examples=100, deadline=None)
@given(moments, st.integers(0, 20 * 24), st.sampled_from(["sales", "nurture", "newsletter"]), st.booleans())
def test_what_is_held_may_go_when_it_was_said(hours, hour, klass, keep):
    """M4, L5: the date that is shown is true, and asking again gives the same."""
    mails = [SentMail(at(1) + timedelta(hours=each), "sales") for each in hours]
    now = at(1) + timedelta(hours=hour)
    held = allowed_from(klass, now, mails, CAL, keep_time=keep)
    for _ in range(3):
        if held is None:
            return
        assert held.until > now
        now = held.until
        held = allowed_from(klass, now, mails, CAL, keep_time=keep)
    assert held is None
