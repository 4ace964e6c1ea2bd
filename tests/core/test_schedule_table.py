"""RULES D and W, dated: every row was worked out by hand on a calendar; weekday and offset are written out, so that a slip
in the table itself is seen."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from outreach.core import engine, planning, schedule, signals
from outreach.core.enrolments import Facts
from outreach.core.rehearsal import NoJitter
from outreach.core.sequences import Delay, Kind, Mail, Schedule, Sequence, Step, Touch, Unit, Variant
from outreach.documents import DocumentError, read
from outreach.documents import week as hours

OFFICE = {"mon-fri": ["09:00-17:00"]}
LUNCH = {"mon-fri": ["09:00-12:00", "13:00-17:00"]}
ALWAYS = {"mon-sun": ["00:00-24:00"]}
GULF = {"sun-thu": ["09:00-17:00"]}
UNEVEN = {"mon": ["09:00-12:00"], "wed": ["13:00-17:00"], "fri": ["10:00-11:00"]}
THREE = {"mon-fri": ["08:00-08:30", "12:00-12:20", "17:00-17:45"]}
NIGHT = {"mon-sun": ["02:15-02:45"]}
EARLY = {"mon-sun": ["02:30-04:00"]}
TWICE = {"mon-sun": ["01:30-02:00"]}
UNITS = {"min": Unit.MINUTES, "h": Unit.HOURS, "d": Unit.DAYS, "bd": Unit.BUSINESS_DAYS}

NY, BERLIN, LONDON = "America/New_York", "Europe/Berlin", "Europe/London"
ADELAIDE, LORD_HOWE, CHATHAM = "Australia/Adelaide", "Australia/Lord_Howe", "Pacific/Chatham"
SANTIAGO, HAVANA, CAIRO = "America/Santiago", "America/Havana", "Africa/Cairo"
KATHMANDU, KOLKATA, PHOENIX, TOKYO = "Asia/Kathmandu", "Asia/Kolkata", "America/Phoenix", "Asia/Tokyo"
DUBAI, RIYADH, ST_JOHNS, CASABLANCA = "Asia/Dubai", "Asia/Riyadh", "America/St_Johns", "Africa/Casablanca"

TABLE = [
    # zone, week, anchor, delay, more, due
    # --- D1, D5: elapsed time passes through a clock change, days do not ---------------------------------------------
    (NY, ALWAYS, "Sat 2026-03-07 22:00 -0500", "8 h", {}, "Sun 2026-03-08 07:00 -0400"),
    (NY, ALWAYS, "Sat 2026-10-31 22:00 -0400", "8 h", {}, "Sun 2026-11-01 05:00 -0500"),
    (NY, ALWAYS, "Sun 2026-03-08 01:59 -0500", "1 min", {}, "Sun 2026-03-08 03:00 -0400"),
    (NY, ALWAYS, "Sun 2026-11-01 01:59 -0400", "1 min", {}, "Sun 2026-11-01 01:00 -0500"),
    (NY, OFFICE, "Fri 2026-03-06 10:00 -0500", "72 h", {}, "Mon 2026-03-09 11:00 -0400"),
    (NY, OFFICE, "Fri 2026-03-06 10:00 -0500", "3 d", {}, "Mon 2026-03-09 10:00 -0400"),
    (NY, OFFICE, "Fri 2026-10-30 10:00 -0400", "72 h", {}, "Mon 2026-11-02 09:00 -0500"),
    (NY, OFFICE, "Fri 2026-10-30 10:00 -0400", "3 d", {}, "Mon 2026-11-02 10:00 -0500"),
    (BERLIN, ALWAYS, "Sat 2026-03-28 22:00 +0100", "24 h", {}, "Sun 2026-03-29 23:00 +0200"),
    (BERLIN, ALWAYS, "Sat 2026-03-28 22:00 +0100", "1 d", {}, "Sun 2026-03-29 22:00 +0200"),
    (BERLIN, ALWAYS, "Sat 2026-10-24 22:00 +0200", "24 h", {}, "Sun 2026-10-25 21:00 +0100"),
    (BERLIN, ALWAYS, "Sat 2026-10-24 22:00 +0200", "1 d", {}, "Sun 2026-10-25 22:00 +0100"),
    (ADELAIDE, ALWAYS, "Sat 2026-04-04 22:00 +1030", "24 h", {}, "Sun 2026-04-05 21:00 +0930"),
    (ADELAIDE, ALWAYS, "Sat 2026-10-03 22:00 +0930", "1 d", {}, "Sun 2026-10-04 22:00 +1030"),
    (LORD_HOWE, ALWAYS, "Sat 2026-10-03 22:00 +1030", "24 h", {}, "Sun 2026-10-04 22:30 +1100"),
    (LORD_HOWE, ALWAYS, "Sat 2026-04-04 22:00 +1100", "24 h", {}, "Sun 2026-04-05 21:30 +1030"),
    (LORD_HOWE, ALWAYS, "Sat 2026-04-04 22:00 +1100", "1 d", {}, "Sun 2026-04-05 22:00 +1030"),
    (KATHMANDU, ALWAYS, "Sat 2026-03-07 22:00 +0545", "24 h", {}, "Sun 2026-03-08 22:00 +0545"),
    (KOLKATA, OFFICE, "Fri 2026-10-30 10:00 +0530", "3 d", {}, "Mon 2026-11-02 10:00 +0530"),
    (PHOENIX, ALWAYS, "Sat 2026-03-07 02:30 -0700", "1 d", {}, "Sun 2026-03-08 02:30 -0700"),
    (ST_JOHNS, OFFICE, "Fri 2026-03-06 10:00 -0330", "3 d", {}, "Mon 2026-03-09 10:00 -0230"),
    (CHATHAM, OFFICE, "Fri 2026-04-03 10:00 +1345", "3 d", {}, "Mon 2026-04-06 10:00 +1245"),
    # --- W3: a time that does not exist is the first moment after the gap, one that comes twice is the first ----------
    (NY, ALWAYS, "Sat 2026-03-07 02:00 -0500", "1 d", {}, "Sun 2026-03-08 03:00 -0400"),
    (NY, ALWAYS, "Sat 2026-03-07 02:59 -0500", "1 d", {}, "Sun 2026-03-08 03:00 -0400"),
    (NY, ALWAYS, "Sat 2026-03-07 03:00 -0500", "1 d", {}, "Sun 2026-03-08 03:00 -0400"),
    (NY, ALWAYS, "Sat 2026-10-31 01:00 -0400", "1 d", {}, "Sun 2026-11-01 01:00 -0400"),
    (NY, ALWAYS, "Sat 2026-10-31 02:00 -0400", "1 d", {}, "Sun 2026-11-01 02:00 -0500"),
    (LONDON, ALWAYS, "Sat 2026-03-28 01:30 +0000", "1 d", {}, "Sun 2026-03-29 02:00 +0100"),
    (LONDON, ALWAYS, "Sat 2026-10-24 01:30 +0100", "1 d", {}, "Sun 2026-10-25 01:30 +0100"),
    (CHATHAM, ALWAYS, "Sat 2026-09-26 03:00 +1245", "1 d", {}, "Sun 2026-09-27 03:45 +1345"),
    (CHATHAM, ALWAYS, "Sat 2026-04-04 03:00 +1345", "1 d", {}, "Sun 2026-04-05 03:00 +1345"),
    (LORD_HOWE, ALWAYS, "Sat 2026-10-03 02:10 +1030", "1 d", {}, "Sun 2026-10-04 02:30 +1100"),
    (SANTIAGO, ALWAYS, "Sat 2026-09-05 00:00 -0400", "1 d", {}, "Sun 2026-09-06 01:00 -0300"),
    (SANTIAGO, ALWAYS, "Fri 2026-04-03 23:30 -0300", "1 d", {}, "Sat 2026-04-04 23:30 -0300"),
    (HAVANA, ALWAYS, "Sat 2026-03-07 00:30 -0500", "1 d", {}, "Sun 2026-03-08 01:00 -0400"),
    (CAIRO, ALWAYS, "Thu 2026-04-23 00:15 +0200", "1 d", {}, "Fri 2026-04-24 01:00 +0300"),
    (CASABLANCA, ALWAYS, "Sat 2026-02-14 02:30 +0100", "1 d", {}, "Sun 2026-02-15 02:30 +0100"),
    # a block that the gap swallows is no block of that day; one that it cuts opens after it; one that comes twice opens twice
    (NY, NIGHT, "Sat 2026-03-07 10:00 -0500", "0 min", {}, "Mon 2026-03-09 02:15 -0400"),
    (NY, EARLY, "Sat 2026-03-07 10:00 -0500", "0 min", {}, "Sun 2026-03-08 03:00 -0400"),
    (NY, TWICE, "Sat 2026-10-31 10:00 -0400", "0 min", {}, "Sun 2026-11-01 01:30 -0400"),
    (NY, TWICE, "Sun 2026-11-01 01:10 -0500", "0 min", {}, "Sun 2026-11-01 01:30 -0500"),
    (NY, TWICE, "Sun 2026-11-01 01:10 -0500", "1 h", {}, "Mon 2026-11-02 01:30 -0500"),
    # --- W2, W3: the time of day --------------------------------------------------------------------------------------
    (NY, LUNCH, "Wed 2026-03-04 12:00 -0500", "0 min", {}, "Wed 2026-03-04 13:00 -0500"),
    (NY, LUNCH, "Wed 2026-03-04 11:00 -0500", "59 min", {}, "Wed 2026-03-04 11:59 -0500"),
    (NY, LUNCH, "Wed 2026-03-04 10:00 -0500", "1 d", {"at": "12:15"}, "Thu 2026-03-05 13:00 -0500"),
    (NY, LUNCH, "Wed 2026-03-04 10:00 -0500", "1 d", {"at": "17:30"}, "Thu 2026-03-05 16:00 -0500"),
    (NY, OFFICE, "Wed 2026-03-04 10:00 -0500", "1 d", {"at": "08:59"}, "Thu 2026-03-05 09:00 -0500"),
    (NY, OFFICE, "Wed 2026-03-04 10:00 -0500", "1 d", {"at": "16:59"}, "Thu 2026-03-05 16:59 -0500"),
    (NY, OFFICE, "Wed 2026-03-04 10:00 -0500", "1 d", {"at": "17:00"}, "Thu 2026-03-05 16:00 -0500"),
    (NY, OFFICE, "Wed 2026-03-04 10:00 -0500", "0 d", {"at": "15:00"}, "Wed 2026-03-04 15:00 -0500"),
    (NY, OFFICE, "Fri 2026-03-06 10:00 -0500", "1 d", {"at": "23:00"}, "Mon 2026-03-09 16:00 -0400"),
    (NY, OFFICE, "Wed 2026-03-04 08:15 -0500", "45 min", {}, "Wed 2026-03-04 09:00 -0500"),
    (NY, OFFICE, "Wed 2026-03-04 16:59 -0500", "1 min", {}, "Thu 2026-03-05 09:00 -0500"),
    (NY, THREE, "Wed 2026-03-04 08:30 -0500", "1 d", {}, "Thu 2026-03-05 12:00 -0500"),
    (NY, THREE, "Wed 2026-03-04 12:20 -0500", "1 d", {}, "Thu 2026-03-05 17:00 -0500"),
    (NY, THREE, "Wed 2026-03-04 20:00 -0500", "1 d", {}, "Thu 2026-03-05 17:00 -0500"),
    (NY, {"mon-fri": ["09:00-16:20", "16:30-17:00"]}, "Wed 2026-03-04 18:00 -0500", "1 d", {}, "Thu 2026-03-05 16:30 -0500"),
    (NY, THREE, "Wed 2026-03-04 08:29 -0500", "2 min", {}, "Wed 2026-03-04 12:00 -0500"),
    (NY, {"mon-fri": ["16:00-17:00"]}, "Wed 2026-03-04 17:30 -0500", "1 d", {}, "Thu 2026-03-05 16:00 -0500"),
    (NY, {"mon-sun": ["20:00-24:00"]}, "Wed 2026-03-04 23:59 -0500", "1 d", {}, "Thu 2026-03-05 23:59 -0500"),
    (NY, {"mon-sun": ["20:00-24:00"]}, "Wed 2026-03-04 23:59 -0500", "1 min", {}, "Thu 2026-03-05 20:00 -0500"),
    (NY, {"mon-sun": ["23:30-24:00"]}, "Wed 2026-03-04 10:00 -0500", "1 d", {}, "Thu 2026-03-05 23:30 -0500"),
    (NY, {"mon-sun": ["00:00-01:00"]}, "Wed 2026-03-04 22:00 -0500", "1 d", {}, "Thu 2026-03-05 00:00 -0500"),
    # --- W1, D6, D7: other weeks; the day is moved first, then the time -----------------------------------------------
    (NY, UNEVEN, "Mon 2026-03-02 10:00 -0500", "1 d", {}, "Wed 2026-03-04 13:00 -0500"),
    (NY, UNEVEN, "Wed 2026-03-04 14:00 -0500", "1 bd", {}, "Fri 2026-03-06 10:00 -0500"),
    (NY, UNEVEN, "Fri 2026-03-06 10:30 -0500", "2 bd", {}, "Wed 2026-03-11 13:00 -0400"),
    (NY, UNEVEN, "Thu 2026-03-05 10:30 -0500", "1 bd", {}, "Fri 2026-03-06 10:30 -0500"),
    (DUBAI, GULF, "Thu 2026-03-05 16:30 +0400", "1 h", {}, "Sun 2026-03-08 09:00 +0400"),
    (DUBAI, GULF, "Wed 2026-03-04 10:00 +0400", "4 bd", {}, "Tue 2026-03-10 10:00 +0400"),
    (DUBAI, GULF, "Fri 2026-03-06 10:00 +0400", "1 bd", {}, "Sun 2026-03-08 10:00 +0400"),
    (NY, OFFICE, "Sun 2026-03-08 22:00 -0400", "1 bd", {}, "Mon 2026-03-09 16:00 -0400"),
    (NY, OFFICE, "Sat 2026-03-07 10:00 -0500", "0 bd", {}, "Mon 2026-03-09 09:00 -0400"),
    # --- W8: public holidays by country and region, observed days, closure dates --------------------------------------
    (LONDON, OFFICE, "Thu 2026-12-24 10:00 +0000", "1 d", {"country": "GB"}, "Tue 2026-12-29 10:00 +0000"),
    (NY, OFFICE, "Fri 2027-07-02 10:00 -0400", "1 bd", {"country": "US"}, "Tue 2027-07-06 10:00 -0400"),
    (NY, OFFICE, "Thu 2027-12-30 10:00 -0500", "1 bd", {"country": "US"}, "Mon 2028-01-03 10:00 -0500"),
    (NY, OFFICE, "Wed 2026-11-25 10:00 -0500", "1 d", {"country": "US"}, "Fri 2026-11-27 10:00 -0500"),
    (NY, OFFICE, "Wed 2026-11-25 10:00 -0500", "1 d", {"country": "US", "holidays": "none"}, "Thu 2026-11-26 10:00 -0500"),
    (ADELAIDE, OFFICE, "Fri 2026-03-06 10:00 +1030", "3 d", {"country": "AU"}, "Mon 2026-03-09 10:00 +1030"),
    (ADELAIDE, OFFICE, "Fri 2026-03-06 10:00 +1030", "3 d", {"country": "AU", "region": "SA"}, "Tue 2026-03-10 10:00 +1030"),
    (TOKYO, OFFICE, "Fri 2026-05-01 10:00 +0900", "1 bd", {"country": "JP"}, "Thu 2026-05-07 10:00 +0900"),
    (BERLIN, OFFICE, "Wed 2026-06-03 10:00 +0200", "1 d", {"holidays": ("SE", "DE-BY")}, "Fri 2026-06-05 10:00 +0200"),
    (BERLIN, OFFICE, "Thu 2026-04-30 10:00 +0200", "1 bd", {"holidays": ("SE", "DE-BY")}, "Mon 2026-05-04 10:00 +0200"),
    (BERLIN, OFFICE, "Tue 2026-12-29 10:00 +0100", "3 bd", {"country": "DE"}, "Mon 2027-01-04 10:00 +0100"),
    (RIYADH, GULF, "Thu 2026-02-19 10:00 +0300", "1 bd", {"country": "SA"}, "Mon 2026-02-23 10:00 +0300"),
    (NY, OFFICE, "Tue 2026-06-23 10:00 -0400", "1 d", {"country": "CA", "region": "QC"}, "Thu 2026-06-25 10:00 -0400"),
    (NY, OFFICE, "Wed 2026-12-23 10:00 -0500", "1 d", {"holidays": "none", "closed": ("2026-12-24",)}, "Fri 2026-12-25 10:00 -0500"),
    (BERLIN, OFFICE, "Thu 2026-04-02 16:30 +0200", "1 h", {"country": "DE"}, "Tue 2026-04-07 09:00 +0200"),
    (NY, OFFICE, "Thu 2026-07-02 10:00 -0400", "1 d", {"country": "XX"}, "Fri 2026-07-03 10:00 -0400"),
    # --- leap day, year end -------------------------------------------------------------------------------------------
    (NY, OFFICE, "Mon 2028-02-28 10:00 -0500", "2 d", {}, "Wed 2028-03-01 10:00 -0500"),
    (NY, OFFICE, "Tue 2028-02-29 10:00 -0500", "365 d", {}, "Wed 2029-02-28 10:00 -0500"),
    (NY, ALWAYS, "Thu 2026-12-31 23:30 -0500", "45 min", {}, "Fri 2027-01-01 00:15 -0500"),
    (NY, OFFICE, "Thu 2026-12-31 16:30 -0500", "1 h", {"country": "US"}, "Mon 2027-01-04 09:00 -0500"),
]  # fmt: skip


def moment(text):
    at = datetime.strptime(text, "%a %Y-%m-%d %H:%M %z")
    assert f"{at:%a}" == text[:3], "the row names the wrong weekday"
    return at.astimezone(UTC)


def sequence_of(week, delay, at=None, kind=Kind.EMAIL, **rest):
    amount, unit = delay.split()
    closed = tuple(date.fromisoformat(day) for day in rest.pop("closed", ()))
    payload = Mail((Variant("a"),)) if kind is Kind.EMAIL else Touch(script="s")
    clock = time.fromisoformat(at) if at else None
    step = Step("one", kind, payload, Delay(int(amount), UNITS[unit]), clock)
    return Sequence("Table", (step,), schedule=Schedule(week=hours(week), closed=closed, **rest))


@pytest.mark.parametrize(("zone", "week", "anchor", "delay", "more", "due"), TABLE)
def test_a_step_is_due_at_the_dated_hour_and_offset(zone, week, anchor, delay, more, due):
    """D1, D5, D6, D7, W1, W2, W3, W8."""
    more = dict(more)
    known = {key: more.pop(key) for key in ("country", "region") if key in more}
    facts = Facts(zone=zone, email="ann@lead.test", **known)
    found = engine.first(1, sequence_of(week, delay, **more), facts, moment(anchor), NoJitter()).after.due_at
    assert f"{found.astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M %z}" == due
    assert found == moment(due)


def test_elapsed_time_is_elapsed_also_for_a_moment_that_carries_its_zone():
    """D1: arithmetic in a zone would count the wall clock."""
    cal = schedule.calendar(Schedule(week=hours(ALWAYS)), NY)
    evening = datetime(2026, 3, 7, 22, tzinfo=ZoneInfo(NY))
    assert schedule.add(cal, evening, Delay(8, Unit.HOURS)) == datetime(2026, 3, 8, 11, tzinfo=UTC)


def test_a_window_across_midnight_is_refused_with_the_remedy():
    """W1."""
    text = 'outreach: 1\nname: X\nschedule:\n  windows: {fri: ["22:00-02:00"]}\nsteps:\n  - {id: a, email: {template: x}}\n'
    with pytest.raises(DocumentError, match=r"x\.yaml:4: .*ends before it begins.*two days"):
        read(text, "x.yaml")


def test_the_holidays_of_the_account_and_its_zone_can_be_asked_for():
    """W8: a lead in New York, an account in Berlin: 1 May is closed, and 10:00 is Berlin's."""
    sequence = sequence_of(OFFICE, "1 bd", holidays="account", zone="account")
    facts = Facts(zone=NY, country="US", account_zone=BERLIN, account_country="DE")
    found = engine.first(1, sequence, facts, moment("Thu 2026-04-30 10:00 +0200"), NoJitter()).after.due_at
    assert found == moment("Mon 2026-05-04 10:00 +0200")


# W9: calls need the lead's window and the rep's hours

CALLS = [
    # the call is wanted, days on which the rep is away, it is due, flagged
    ("Wed 2026-03-04 09:30 -0500", (), "Wed 2026-03-04 09:30 -0500", False),
    ("Wed 2026-03-04 11:30 -0500", (), "Thu 2026-03-05 09:00 -0500", False),
    # from 8 to 28 March New York is five hours behind Berlin, not six
    ("Mon 2026-03-09 11:30 -0400", (), "Mon 2026-03-09 11:30 -0400", False),
    ("Mon 2026-03-09 12:00 -0400", (), "Tue 2026-03-10 09:00 -0400", False),
    ("Wed 2026-03-04 11:30 -0500", ("2026-03-05",), "Fri 2026-03-06 09:00 -0500", False),
    ("Wed 2026-03-04 11:30 -0500", ("2026-03-05", "2026-03-06"), "Wed 2026-03-04 11:30 -0500", True),
    ("Fri 2026-03-06 11:30 -0500", ("2026-03-09",), "Tue 2026-03-10 09:00 -0400", False),
    ("Sat 2026-03-07 11:30 -0500", (), "Mon 2026-03-09 09:00 -0400", False),
    # 1 May is a holiday where the rep works
    ("Thu 2026-04-30 12:00 -0400", (), "Mon 2026-05-04 09:00 -0400", False),
]


@pytest.mark.parametrize(("wanted", "away", "due", "flagged"), CALLS)
def test_a_call_waits_for_hours_that_lead_and_rep_share(wanted, away, due, flagged):
    """W9: a lead in New York and a rep in Berlin, both from 9 to 5; the task is made anyway after 2 business days."""
    facts = Facts(
        zone=NY, phone="+1", rep_zone=BERLIN, rep_week=hours(OFFICE), account_country="DE",
        rep_away=tuple(date.fromisoformat(day) for day in away),
    )  # fmt: skip
    sequence, now = sequence_of(OFFICE, "0 min", kind=Kind.CALL), moment(wanted)
    planned = engine.first(1, sequence, facts, now, NoJitter()).after
    assert planned.due_at == moment(due)
    made = engine.decide(planned, sequence, facts, planned.due_at, NoJitter())
    assert (made.kind, made.flagged) == ("task", flagged)
    waited_for_the_rep = planned.due_at > schedule.next_open(planning.calendar_of(sequence, facts), now)
    assert (made.rule == "W9") == (flagged or waited_for_the_rep)


# W10: no open slot


@pytest.mark.parametrize(("shut", "open_again"), [(29, True), (60, False)])
def test_a_month_without_an_open_day_is_said_and_never_looped(shut, open_again):
    """W10: closed for so many days from 5 March on."""
    days = tuple((date(2026, 3, 5) + timedelta(days=n)).isoformat() for n in range(shut))
    sequence, now = sequence_of(ALWAYS, "1 d", closed=days), moment("Wed 2026-03-04 10:00 -0500")
    found = engine.first(1, sequence, Facts(zone=NY), now, NoJitter())
    if open_again:
        assert found.after.due_at == moment("Fri 2026-04-03 10:00 -0400")
        return
    assert (found.kind, found.rule, found.after.state) == ("block", "W10", "blocked: no open slot")
    again = engine.decide(found.after, sequence, Facts(zone=NY), found.after.due_at, NoJitter())
    assert again.after.due_at == found.after.due_at + timedelta(days=7)
    assert again.after.state == "blocked: no open slot"


@pytest.mark.parametrize(("delay", "at", "due"), [
    ("1 d", None, "Mon 2026-05-04 10:00 -0400"),
    ("1 bd", "15:00", "Mon 2026-05-04 15:00 -0400"),
    ("24 h", None, "Mon 2026-05-04 09:00 -0400"),
])  # fmt: skip
def test_what_had_no_slot_goes_on_when_one_comes_into_sight(delay, at, due):
    """W10: closed from 5 March to 3 May; a month before the opening the reminder finds it, at the step's own hour."""
    days = tuple((date(2026, 3, 5) + timedelta(days=n)).isoformat() for n in range(60))
    sequence, facts = sequence_of(OFFICE, delay, at, closed=days), Facts(zone=NY, email="ann@lead.test")
    row, asked = engine.first(1, sequence, facts, moment("Wed 2026-03-04 10:00 -0500"), NoJitter()).after, []
    for _ in range(12):
        if row.state == "blocked: no open slot":
            asked.append(row.due_at)
            row = engine.decide(row, sequence, facts, row.due_at, NoJitter()).after
    assert row.due_at == moment(due)
    assert asked[-1] <= moment("Wed 2026-04-08 11:00 -0400")
    assert engine.decide(row, sequence, facts, row.due_at, NoJitter()).kind == "send"


def test_an_edit_that_opens_hours_lets_what_was_blocked_go_on():
    """W10, V2."""
    shut = sequence_of(OFFICE, "1 d", closed=[(date(2026, 3, 5) + timedelta(days=n)).isoformat() for n in range(60)])
    facts, now = Facts(zone=NY, email="ann@lead.test"), moment("Wed 2026-03-04 10:00 -0500")
    blocked = engine.first(1, shut, facts, now, NoJitter()).after
    edited = engine.on_signal(blocked, sequence_of(OFFICE, "1 d"), signals.Edited(), facts, now, NoJitter()).after
    assert (edited.state, edited.due_at) == ("waiting: delay", moment("Thu 2026-03-05 10:00 -0500"))


# W11: times that vary

SLOTS = [
    # tried before (part, weekday from 0), due day, order of the parts, due: office hours are cut into thirds of 2 h 40 min
    ((), "Thu 2026-03-05 10:00", "early midday late", "Thu 2026-03-05 09:00"),
    ((), "Sat 2026-03-07 10:00", "midday late early", "Mon 2026-03-09 11:40"),
    ((("early", 3),), "Thu 2026-03-05 10:00", "early midday late", "Fri 2026-03-06 11:40"),
    ((("early", 3), ("midday", 4)), "Thu 2026-03-05 10:00", "early midday late", "Mon 2026-03-09 14:20"),
    ((("early", 3), ("midday", 4), ("late", 0)), "Thu 2026-03-05 10:00", "late midday early", "Tue 2026-03-10 14:20"),
    (tuple(("early", day) for day in range(5)), "Thu 2026-03-05 10:00", "late midday early", "Thu 2026-03-05 14:20"),
    ((("late", 0), ("late", 1), ("early", 2)), "Mon 2026-03-09 10:00", "late early midday", "Thu 2026-03-12 11:40"),
]


@pytest.mark.parametrize(("tried", "wall", "order", "due"), SLOTS)
def test_varied_touches_take_a_part_and_a_weekday_not_tried_yet(tried, wall, order, due):
    """W11."""
    cal = schedule.calendar(Schedule(week=hours(OFFICE)), NY)
    wanted = datetime.strptime(wall, "%a %Y-%m-%d %H:%M")
    slot = schedule.choose_slot(cal, wanted, tried, tuple(order.split()), 0.0)
    found = cal.local(schedule.place_slot(cal, wanted, slot))
    assert f"{found:%a %Y-%m-%d %H:%M}" == due
    assert schedule.place_slot(cal, wanted, slot) == schedule.place_slot(cal, wanted, slot)


def test_a_varied_slot_is_chosen_once_and_kept(lead):
    """W11: other dice, the same slot."""
    step = Step("one", Kind.EMAIL, Mail((Variant("a"),)), Delay(2, Unit.DAYS), "vary")
    sequence = Sequence("Vary", (step,), schedule=Schedule(week=hours(OFFICE)))
    begun = engine.first(1, sequence, lead(), moment("Wed 2026-03-04 10:00 -0500"), Random(4)).after
    for seed in range(20):
        assert engine.decide(begun, sequence, lead(), moment("Thu 2026-03-05 10:00 -0500"), Random(seed)).after == begun
    part, shift, _ = begun.memory["draws"]["slot:one"]
    local = begun.due_at.astimezone(ZoneInfo(NY))
    tried = begun.remember(slots=[[part, local.weekday()], [part, (local.weekday() + 1) % 5]])
    assert engine.decide(tried, sequence, lead(), moment("Thu 2026-03-05 10:00 -0500"), Random(1)).after == tried
    assert (part in schedule.PARTS, shift) == (True, 0)
