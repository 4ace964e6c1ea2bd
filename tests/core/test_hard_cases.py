"""The corners of RULES P, O, V, M, K, F, B and S, dated and worked out by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from outreach.core import decisions as d
from outreach.core import engine, signals, states
from outreach.core.arbiter import AT_ONCE, OWN, Ask, Person, arbitrate
from outreach.core.enrolments import Facts, Pausing, SentMail
from outreach.core.planning import moment
from outreach.core.schedule import calendar
from outreach.core.sequences import Schedule
from outreach.core.tasks import OUTCOMES
from outreach.documents import read

NEW_YORK = ZoneInfo("America/New_York")
LETTER = "email: {subject: s, body: b}"
DAY = timedelta(days=1)


def document(steps, head=""):
    return read(f"outreach: 1\nname: P\n{head}steps:\n{steps}".replace("LETTER", LETTER))


def ny(text):
    return datetime.strptime(f"2026 {text}", "%Y %a %d %b %H:%M").replace(tzinfo=NEW_YORK).astimezone(UTC)


def local(at):
    return f"{at.astimezone(NEW_YORK):%a %d %b %H:%M}"


def letters(played):
    return [line[0] for line in played if line[1] == "email"]


# --- D9 ---------------------------------------------------------------------------------------------------------------


def test_two_steps_of_one_monday_stay_a_business_day_apart(play):
    """D9, D6: day 4 is Sunday and moves to Monday 15:00, where day 5 stands as well; the gap ends on Tuesday at 15:00."""
    played = play(
        "anchor: enrolment\nsteps:\n - {id: a, LETTER}\n - {id: b, LETTER, after: 4 days, at: '15:00'}\n"
        " - {id: c, LETTER, after: 5 days, at: '09:30'}\n".replace("LETTER", LETTER)
    )
    assert letters(played) == ["Wed 04 Mar 10:00", "Mon 09 Mar 15:00", "Tue 10 Mar 15:00"]


def test_a_letter_that_ran_seconds_late_does_not_cost_the_next_one_a_day(lead, still):
    """D9, D3, D8: accepted at 10:00:07 on Monday, `at: 10:00` of Tuesday is 10:00:07."""
    sequence = document(
        " - {id: b, LETTER, after: 4 days, at: '10:00'}\n - {id: c, LETTER, after: 6 days, at: '10:00'}\n",
        "anchor: enrolment\n",
    )
    begun = engine.first(1, sequence, lead(), ny("Wed 04 Mar 10:00"), still).after
    at = begun.due_at + timedelta(seconds=7)
    sent = engine.decide(begun, sequence, lead(), begun.due_at, still).after
    assert engine.on_done(sent, sequence, "b", at, lead(), at, still).after.due_at == at + DAY


def test_a_gap_that_ends_after_hours_leads_to_the_steps_own_time_of_the_next_day(lead, still):
    """D9: a letter that went at 16:30 in New York; the lead moves to Berlin, where that is 21:30."""
    sequence = document(
        " - {id: b, LETTER, after: 1 day, at: '16:30'}\n - {id: c, LETTER, after: 2 days, at: '10:00'}\n",
        "anchor: enrolment\n",
    )
    begun = engine.first(1, sequence, lead(), ny("Tue 03 Mar 12:00"), still).after
    sent = engine.decide(begun, sequence, lead(), begun.due_at, still).after
    done = engine.on_done(sent, sequence, "b", begun.due_at, lead(), begun.due_at, still).after
    assert local(done.due_at) == "Thu 05 Mar 16:30"
    moved = engine.on_signal(
        done, sequence, signals.ZoneChanged(), lead(zone="Europe/Berlin"), begun.due_at, still
    ).after
    assert moved.due_at.astimezone(ZoneInfo("Europe/Berlin")).strftime("%a %d %b %H:%M") == "Fri 06 Mar 10:00"


# --- P ----------------------------------------------------------------------------------------------------------------

PAUSES = [
    # delay, anchor, pause, resume, due
    ("3 days", "previous_step", "03-06T10:00", "03-09T10:00", "Tue 10 Mar 10:00"),  # 1 day left, over the clock change
    ("3 days", "previous_step", "03-06T10:00", "03-11T14:30", "Thu 12 Mar 14:30"),
    ("3 business days", "previous_step", "03-05T10:00", "03-12T10:00", "Mon 16 Mar 10:00"),  # 2 open days left
    ("72 hours", "previous_step", "03-06T10:00", "03-09T10:00", "Tue 10 Mar 10:00"),  # 24 hours left
    ("120 hours", "previous_step", "03-07T10:00", "03-08T10:00", "Tue 10 Mar 10:00"),  # 48 hours left
    ("6 days", "enrolment", "03-06T10:00", "03-09T10:00", "Fri 13 Mar 10:00"),  # the anchor moves to Saturday the 7th
    ("6 days", "enrolment", "03-06T10:00", "03-10T16:00", "Mon 16 Mar 16:00"),  # to Sunday 16:00, and so to Saturday
    ("5 business days", "enrolment", "03-06T10:00", "03-09T10:00", "Fri 13 Mar 10:00"),
    ("30 hours", "enrolment", "03-04T20:00", "03-08T20:00", "Mon 09 Mar 16:00"),  # 20 hours left
    ("4 days", "previous_step", "03-08T20:00", "03-09T08:00", "Mon 09 Mar 10:00"),  # over on Sunday: the hour stays
    ("4 days", "previous_step", "03-08T20:00", "03-10T11:00", "Tue 10 Mar 11:00"),
    ("4 days", "previous_step", "03-08T20:00", "03-14T11:00", "Mon 16 Mar 10:00"),
]


@pytest.mark.parametrize(("delay", "anchor", "pause", "resume", "due"), PAUSES)
def test_a_pause_keeps_the_rest_in_the_steps_own_unit(play, delay, anchor, pause, resume, due):
    """P1: from Wednesday 4 March 10:00 in New York."""
    played = play(
        f"anchor: {anchor}\nsteps:\n - {{id: a, {LETTER}}}\n - {{id: b, {LETTER}, after: {delay}}}\n",
        f"2026-{pause} pause",
        f"2026-{resume} resume",
    )
    assert letters(played) == ["Wed 04 Mar 10:00", due]


def test_after_more_than_thirty_days_a_person_says_how_to_go_on(play):
    """P3: the first word asks, the second goes on; nothing is sent in between, and no burst follows."""
    played = play(
        f"steps:\n - {{id: a, {LETTER}}}\n - {{id: b, {LETTER}, after: 2 days}}\n - {{id: c, {LETTER}, after: 1 day}}\n",
        "2026-03-05T10:00 pause", "2026-04-20T10:00 resume", "2026-04-21T10:00 resume",
    )  # fmt: skip
    assert ("Mon 20 Apr 10:00", "hold", "b", "waiting: approval", "P3") in played
    assert letters(played) == ["Wed 04 Mar 10:00", "Wed 22 Apr 10:00", "Thu 23 Apr 10:00"]


def test_a_long_pause_that_runs_out_by_itself_asks_as_well(lead, still):
    """P3, P2."""
    sequence = document(" - {id: a, LETTER}\n - {id: b, LETTER, after: 2 days}\n")
    begun = engine.first(1, sequence, lead(), ny("Wed 04 Mar 10:00"), still).after
    until = begun.due_at + 31 * DAY
    paused = engine.on_signal(begun, sequence, signals.PausedBy("Olga", until=until), lead(), begun.due_at, still).after
    asked = engine.decide(paused, sequence, lead(), until, still)
    assert (asked.rule, asked.after.state, asked.after.due_at) == ("P3", "waiting: approval", until + 7 * DAY)
    on = engine.on_signal(asked.after, sequence, signals.ResumedBy("Olga"), lead(), until, still)
    assert (on.kind, local(on.after.due_at)) == ("resume", "Mon 06 Apr 09:00")


# --- O ----------------------------------------------------------------------------------------------------------------

AWAY = [
    # the return date, the letters of day 2 (Fri 6), 4 (Sun 8, so Mon 9) and 6 (Tue 10), counted from the enrolment
    ("2026-03-05", ["Fri 06 Mar 10:00", "Mon 09 Mar 10:00", "Tue 10 Mar 10:00"]),  # back before: nothing changes
    ("2026-03-06", ["Mon 09 Mar 10:00", "Tue 10 Mar 10:00", "Wed 11 Mar 10:00"]),  # on the date itself moves
    ("2026-03-08", ["Mon 09 Mar 10:00", "Tue 10 Mar 10:00", "Wed 11 Mar 10:00"]),  # a Sunday
    ("2026-03-09", ["Tue 10 Mar 10:00", "Wed 11 Mar 10:00", "Thu 12 Mar 10:00"]),
    ("2026-03-13", ["Mon 16 Mar 10:00", "Tue 17 Mar 10:00", "Wed 18 Mar 10:00"]),  # back on a Friday: Monday
    ("none", ["Fri 13 Mar 10:00", "Mon 16 Mar 10:00", "Tue 17 Mar 10:00"]),  # 7 days from the 5th
]


@pytest.mark.parametrize(("back", "expected"), AWAY)
def test_what_is_planned_up_to_the_return_goes_on_the_first_business_day_after_it(play, back, expected):
    """O4, O5, D9: later steps count as usual, a business day apart."""
    played = play(
        f"anchor: enrolment\nsteps:\n - {{id: a, {LETTER}}}\n - {{id: b, {LETTER}, after: 2 days}}\n"
        f" - {{id: c, {LETTER}, after: 4 days}}\n - {{id: e, {LETTER}, after: 6 days}}\n",
        f"2026-03-05T12:00 out_of_office {back}",
    )
    assert letters(played)[1:] == expected


def test_an_absence_freezes_nothing_where_steps_count_from_the_one_before(play):
    """O4, D3: the letter of the 6th goes on the 16th, and the next one 3 days later."""
    played = play(
        f"steps:\n - {{id: a, {LETTER}}}\n - {{id: b, {LETTER}, after: 2 days}}\n - {{id: c, {LETTER}, after: 3 days}}\n",
        "2026-03-05T12:00 out_of_office 2026-03-13",
    )
    assert letters(played)[1:] == ["Mon 16 Mar 10:00", "Thu 19 Mar 10:00"]


def test_the_return_date_is_the_leads_where_the_hours_are_the_accounts(lead, still):
    """O4: Monday 09:00 in Berlin is Monday 21:00 in Auckland, still the date of the return."""
    sequence = document(" - {id: b, LETTER, after: 1 day}\n", "schedule: {zone: account}\n")
    facts = lead(zone="Pacific/Auckland", account_zone="Europe/Berlin", out_of_office=date(2026, 3, 9))
    begun = engine.first(1, sequence, facts, datetime(2026, 3, 8, 8, tzinfo=UTC), still).after
    assert begun.due_at == datetime(2026, 3, 10, 8, tzinfo=UTC)


# --- V ----------------------------------------------------------------------------------------------------------------

LINE = " - {id: a, LETTER}\n - {id: b, LETTER, after: 1 day}\n - {id: c, LETTER, after: 1 day}\n - {id: e, LETTER, after: 1 day}\n"
ROW = {key: f" - {{id: {key}, LETTER, after: 1 day}}\n" for key in "abcenx"}
PLACES = [
    # received so far, the new version's steps, the step that comes next
    ("ab", "abce", "c"),  # nothing changed
    ("ab", "abnce", "n"),  # put in behind the place
    ("ab", "nabce", "c"),  # put in before the place: not sent
    ("ab", "anbce", "c"),
    ("ab", "ace", "c"),  # X removed: the first later step not yet received
    ("ab", "ance", "c"),
    ("ab", "abe", "e"),  # the next one removed
    ("ab", "ae", "e"),  # both removed
    ("ab", "ab", "@finish"),
    ("ab", "ce", "c"),
    ("ab", "cbe", "e"),  # the next one moved before the place
    ("ab", "abec", "e"),  # another order behind the place
    ("ab", "bae", "e"),  # what follows was received: the first one after it that was not
    ("abc", "acb", "@finish"),  # c stands before b now, and b was received
    ("abc", "abxc", "@finish"),
]


@pytest.mark.parametrize(("done", "new", "following"), PLACES)
def test_the_place_in_a_new_version(lead, still, done, new, following):
    """V4: a received step is never sent again, a step put in before the place is not sent."""
    before, after = document(LINE), document("".join(ROW[key] for key in new))
    facts, row = lead(cap_day=9, cap_week=99), engine.first(1, before, lead(), ny("Mon 02 Mar 10:00"), still).after
    for key in done:
        row = engine.decide(row, before, facts, row.due_at, still).after
        row = engine.on_done(row, before, key, ny("Mon 02 Mar 10:00"), facts, ny("Mon 02 Mar 10:00"), still).after
    moved = engine.on_signal(row, after, signals.Edited(), facts, ny("Mon 02 Mar 12:00"), still).after
    assert moved.step_key == following
    assert engine.on_signal(moved, after, signals.Edited(), facts, ny("Mon 02 Mar 12:00"), still).after == moved


def test_twenty_three_hours_of_a_day_raised_to_two_leave_twenty_five(lead, still):
    """V5."""
    before = document(" - {id: a, LETTER}\n - {id: b, LETTER, after: 1 day}\n")
    after = document(" - {id: a, LETTER}\n - {id: b, LETTER, after: 2 days}\n")
    start = ny("Mon 02 Mar 15:00")
    row = engine.decide(engine.first(1, before, lead(), start, still).after, before, lead(), start, still).after
    row = engine.on_done(row, before, "a", start, lead(), start, still).after
    now = start + timedelta(hours=23)
    assert row.due_at - now == timedelta(hours=1)
    assert engine.on_signal(row, after, signals.Edited(), lead(), now, still).after.due_at - now == timedelta(hours=25)
    back = engine.on_signal(
        row, document(" - {id: a, LETTER}\n - {id: b, LETTER, after: 1 hour}\n"), signals.Edited(), lead(), now, still
    )
    assert back.after.due_at == now, "what was served is more than the new delay"


# --- M ----------------------------------------------------------------------------------------------------------------


def test_the_cap_counts_the_leads_days_where_the_hours_are_the_accounts(lead, still):
    """M4: in Auckland, 20:00 and 22:00 UTC of one day are two days, and 12:00 and 20:00 of Berlin are too."""
    sequence = document(" - {id: b, LETTER}\n", "schedule: {zone: account}\n")
    facts = lead(zone="Pacific/Auckland", account_zone="Europe/Berlin")
    now = datetime(2026, 3, 4, 13, tzinfo=UTC)  # 14:00 in Berlin, 02:00 of the 5th in Auckland
    begun = engine.first(1, sequence, facts, now, still).after
    before_midnight = replace(facts, mails=(SentMail(datetime(2026, 3, 4, 10, 30, tzinfo=UTC), "sales"),))
    assert engine.decide(begun, sequence, before_midnight, now, still).kind == "send"
    after_midnight = replace(facts, mails=(SentMail(datetime(2026, 3, 4, 11, 30, tzinfo=UTC), "sales"),))
    held = engine.decide(begun, sequence, after_midnight, now, still)
    assert (held.rule, held.after.state) == ("M4", "held: cap")
    assert held.after.due_at == datetime(2026, 3, 5, 11, tzinfo=UTC), (
        "the first hour of the 6th in Auckland that is open"
    )


def test_a_capped_day_level_step_keeps_its_hour_over_the_weekend(lead, still):
    """M4, D6: capped on Friday 14:00, it goes on Monday at 14:00, not at the opening."""
    sequence = document(" - {id: a, LETTER, after: 1 day}\n")
    begun = engine.first(1, sequence, lead(), ny("Thu 05 Mar 14:00"), still).after
    held = engine.decide(begun, sequence, lead(mails=(SentMail(ny("Fri 06 Mar 09:00"), "sales"),)), begun.due_at, still)
    assert local(held.after.due_at) == "Mon 09 Mar 14:00"


def test_what_stands_back_for_a_more_important_programme_comes_back_with_its_place(lead, still):
    """M3: held for three weeks, then the same step, and no question why it is late (F6)."""
    sequence = document(" - {id: a, LETTER, after: 1 day}\n")
    begun = engine.first(1, sequence, lead(), ny("Tue 03 Mar 10:00"), still).after
    row, busy = begun, lead(rivals=frozenset({"inbound"}))
    for _ in range(21):
        held = engine.decide(row, sequence, busy, row.due_at, still)
        assert (held.after.state, held.after.step_key) == ("held: priority", "a")
        assert held.changed == (row is begun), "looking again is no news"
        row = held.after
    assert engine.decide(row, sequence, lead(), row.due_at, still).kind == "send"


def test_a_lower_class_that_the_cap_holds_too_long_leaves_its_letter_out(lead, still):
    """M5: a rep who writes every day keeps educational mail away; after two weeks it is left out, with the reason."""
    sequence = document(" - {id: n, LETTER}\n - {id: o, LETTER, after: 1 day}\n", "class: nurture\n")
    row, now = engine.first(1, sequence, lead(), ny("Mon 02 Mar 10:00"), still).after, ny("Mon 02 Mar 10:00")
    for _ in range(30):
        own = tuple(SentMail(now - n * DAY, "sales") for n in range(1, 6))
        decision = engine.decide(row, sequence, lead(mails=own), now, still)
        if decision.kind == "skip":
            break
        assert decision.after.state == "held: cap"
        row, now = decision.after, decision.after.due_at
    assert (decision.rule, decision.step.id) == ("M5", "n")
    assert "more than 14 days" in decision.reason
    assert now - ny("Mon 02 Mar 10:00") > 10 * DAY
    assert decision.after.step_key == "o"


class TestArbiter:
    """One decision between all that wants to reach one person now (M1 to M5)."""

    CAL = calendar(Schedule(), "America/New_York")

    def ask(self, key, klass, how="automatic", hours=0):
        return Ask(key, klass, ny("Wed 04 Mar 10:00") - timedelta(hours=hours), self.CAL, how)

    def decide(self, *asks, **person):
        found = arbitrate(asks, Person(zone=NEW_YORK, **person), ny("Wed 04 Mar 10:00"))
        return {each.ask.key: (each.outcome, each.rule) for each in found}

    def test_one_letter_goes_and_the_rest_wait(self):
        """M3, M4: by class, then by age; what goes counts for those behind it."""
        asks = [self.ask("news", "newsletter"), self.ask("new", "sales"), self.ask("old", "sales", hours=2)]
        assert self.decide(*asks) == {"old": ("go", "M4"), "new": ("held", "M4"), "news": ("held", "M4")}
        assert self.decide(*reversed(asks)) == self.decide(*asks), "the order of asking does not matter"

    def test_what_goes_at_once_and_a_reps_own_mail_never_wait(self):
        """W5, M5: the answer does not count towards the cap, the rep's own mail does."""
        auto, own, step = self.ask("auto", "inbound", AT_ONCE), self.ask("own", "sales", OWN), self.ask("step", "sales")
        full = {"mails": (SentMail(ny("Wed 04 Mar 09:00"), "sales"),)}
        assert self.decide(auto, own, **full) == {"auto": ("go", "W5"), "own": ("go", "M5")}
        assert self.decide(auto, step) == {"auto": ("go", "W5"), "step": ("go", "M4")}
        assert self.decide(own, step) == {"own": ("go", "M5"), "step": ("held", "M4")}

    def test_nothing_automatic_goes_to_a_suppressed_person(self):
        """X7, W5."""
        asks = [self.ask("auto", "inbound", AT_ONCE), self.ask("step", "sales"), self.ask("own", "sales", OWN)]
        found = self.decide(*asks, suppressed="unsubscribed")
        assert found == {"auto": ("skip", "X7"), "step": ("skip", "X7"), "own": ("go", "M5")}

    def test_a_programme_stands_back_for_a_more_important_one_and_after_a_reply(self):
        """M3, X5."""
        asks = [self.ask("sales", "sales"), self.ask("nurture", "nurture")]
        assert self.decide(*asks, rivals=frozenset({"inbound"})) == {"sales": ("held", "M3"), "nurture": ("held", "M3")}
        quiet = self.decide(*asks, quiet_until=ny("Thu 12 Mar 10:00"))
        assert quiet == {"sales": ("go", "M4"), "nurture": ("held", "X5")}

    def test_a_newsletter_that_would_wait_more_than_a_week_is_left_out(self):
        """M5."""
        mails = tuple(SentMail(ny("Wed 04 Mar 09:00") - n * DAY, "nurture") for n in range(3))
        assert self.decide(self.ask("news", "newsletter"), mails=mails)["news"] == ("held", "M4")
        late = self.ask("news", "newsletter", hours=3 * 24)
        assert self.decide(late, mails=mails)["news"] == ("skip", "M5")

    def test_a_letter_still_under_way_gives_way_to_a_higher_class(self):
        """M3, M4: two programmes never hold each other."""
        waiting = (SentMail(ny("Wed 04 Mar 09:00"), "nurture", pending=True),)
        assert self.decide(self.ask("sales", "sales"), mails=waiting)["sales"] == ("go", "M4")
        assert self.decide(self.ask("news", "newsletter"), mails=waiting)["news"] == ("held", "M4")


# --- K ----------------------------------------------------------------------------------------------------------------

CONSEQUENCES = {
    # outcome: (how it ends or goes on, what else it sets off)
    "no answer": (None, ()),
    "left voicemail": (None, ()),
    "gatekeeper": (None, ()),
    "call back at": (None, ("AddTask call",)),
    "wrong number": (None, ("MarkPhoneBad",)),
    "interested": (states.REPLIED, ("AddTask interview",)),
    "not now": (states.LATER, ("EnterNurture",)),
    "not interested": (states.NOT_INTERESTED, ("EnterNurture",)),
    "not qualified": (states.NOT_QUALIFIED, ("AddTask referral",)),
    "do not contact": (states.DO_NOT_CONTACT, ("Suppress",)),
    "done": (None, ()),
}


def test_the_list_of_outcomes_is_closed():
    """K3."""
    assert list(CONSEQUENCES) == sorted(CONSEQUENCES, key=list(CONSEQUENCES).index)
    assert set(OUTCOMES) == set(CONSEQUENCES)
    assert {name for name, each in OUTCOMES.items() if not each.attempt} == {"done"}


@pytest.mark.parametrize("outcome", CONSEQUENCES)
def test_each_outcome_of_a_call_has_its_consequence(lead, still, outcome):
    """K3, K2, D3: stop or next step, and what follows."""
    ends, follows = CONSEQUENCES[outcome]
    sequence = document(" - {id: c, call: s}\n - {id: b, LETTER, after: 1 day}\n")
    start = ny("Wed 04 Mar 10:00")
    called = engine.decide(engine.first(1, sequence, lead(), start, still).after, sequence, lead(), start, still).after
    back_on = start + 30 * DAY
    signal = signals.Outcome(outcome, "c", back_on=back_on)
    decision = engine.on_signal(called, sequence, signal, lead(), start + timedelta(hours=2), still)
    named = {
        type(each).__name__ + (f" {each.kind}" if isinstance(each, d.AddTask) else "") for each in decision.effects
    }
    assert named >= set(follows)
    assert named & {"Suppress", "EnterNurture", "MarkPhoneBad"} == set(follows) & {
        "Suppress",
        "EnterNurture",
        "MarkPhoneBad",
    }
    if ends is None:
        assert (decision.after.step_key, local(decision.after.due_at)) == ("b", "Thu 05 Mar 12:00")
        return
    assert decision.after.state == ends
    assert "CancelTasks" in named
    if outcome == "not now":
        assert next(each.return_on for each in decision.effects if isinstance(each, d.EnterNurture)) == date(2026, 4, 3)


@pytest.mark.parametrize(
    ("then", "said", "escalates"),
    [("skip", "skipped", False), ("continue", "without it", False), ("escalate", "manager", True)],
)
def test_a_task_nobody_does_is_skipped_passed_over_or_told(lead, still, then, said, escalates):
    """K1: after its timeout of 2 hours."""
    sequence = document(
        f" - {{id: c, call: {{script: s, timeout: 2 hours, then: {then}}}}}\n - {{id: b, LETTER, after: 1 day}}\n"
    )
    start = ny("Wed 04 Mar 10:00")
    called = engine.decide(engine.first(1, sequence, lead(), start, still).after, sequence, lead(), start, still).after
    assert (called.state, local(called.due_at)) == ("waiting: task", "Wed 04 Mar 12:00")
    passed = engine.decide(called, sequence, lead(), called.due_at, still)
    assert (passed.rule, said in passed.text, bool(passed.effects)) == ("K1", True, escalates)
    assert local(passed.after.due_at) == "Thu 05 Mar 12:00"


@pytest.mark.parametrize(
    ("timeout", "paused", "resumed", "until"),
    [
        ("2 hours", "Wed 04 Mar 11:30", "Fri 06 Mar 09:00", "Fri 06 Mar 09:30"),
        ("1 business day", "Wed 04 Mar 16:00", "Mon 09 Mar 12:00", "Tue 10 Mar 06:00"),
        ("3 days", "Thu 05 Mar 10:00", "Sat 07 Mar 10:00", "Mon 09 Mar 10:00"),
    ],
)
def test_a_pause_freezes_the_rest_of_a_tasks_time(lead, still, timeout, paused, resumed, until):
    """P1, K1: in its own unit (elapsed, open days, days on the clock); the task's row is told."""
    sequence = document(f" - {{id: c, call: {{script: s, timeout: {timeout}}}}}\n - {{id: b, LETTER, after: 1 day}}\n")
    start = ny("Wed 04 Mar 10:00")
    called = engine.decide(engine.first(1, sequence, lead(), start, still).after, sequence, lead(), start, still).after
    held = engine.on_signal(called, sequence, signals.PausedBy("Olga"), lead(), ny(paused), still).after
    assert engine.decide(held, sequence, lead(), called.due_at, still).kind == "plan", "the timeout stands still too"
    gone_on = engine.on_signal(held, sequence, signals.ResumedBy("Olga"), lead(), ny(resumed), still)
    assert (gone_on.after.state, local(gone_on.after.due_at)) == ("waiting: task", until)
    assert [(effect.step, local(effect.until)) for effect in gone_on.effects] == [("c", until)]
    assert engine.decide(gone_on.after, sequence, lead(), gone_on.after.due_at, still).kind == "skip"


def test_a_pause_from_outside_freezes_the_rest_of_a_tasks_time(lead, still):
    """P1, P2, K1: everything was paused for two days; nobody was told, and the task's hour is still there."""
    sequence = document(" - {id: c, call: {script: s, timeout: 2 hours}}\n - {id: b, LETTER, after: 1 day}\n")
    start = ny("Wed 04 Mar 10:00")
    called = engine.decide(engine.first(1, sequence, lead(), start, still).after, sequence, lead(), start, still).after
    began, ended = ny("Wed 04 Mar 11:00"), ny("Fri 06 Mar 10:00")
    over = lead(lifted=(Pausing("everything", "storm", None, began, ended, ""),))
    gone_on = engine.decide(called, sequence, over, ended, still)
    assert (gone_on.kind, local(gone_on.after.due_at)) == ("resume", "Fri 06 Mar 11:00")


# --- F ----------------------------------------------------------------------------------------------------------------


def test_a_letter_more_than_seven_days_late_asks_and_its_skip_does_not_stain_the_next(lead, still):
    """F6: exactly seven days go, a minute more asks; the step behind a skipped one is not late."""
    sequence = document(" - {id: a, LETTER}\n - {id: b, LETTER, after: 1 day}\n")
    row = engine.first(1, sequence, lead(), ny("Wed 04 Mar 10:00"), still).after
    assert engine.decide(row, sequence, lead(), row.due_at + 7 * DAY, still).kind == "send"
    late = row.due_at + 7 * DAY + timedelta(minutes=1)
    asks = engine.decide(row, sequence, lead(), late, still)
    assert (asks.rule, asks.after.state) == ("F6", "waiting: approval")
    skipped = engine.on_signal(asks.after, sequence, signals.SkippedBy("Olga"), lead(), late, still).after
    assert engine.decide(skipped, sequence, lead(), skipped.due_at, still).kind == "send"


def test_an_absence_that_the_system_slept_through_asks_too(lead, still):
    """F6, O4."""
    sequence = document(" - {id: a, LETTER, after: 1 day}\n")
    row = engine.first(1, sequence, lead(), ny("Wed 04 Mar 10:00"), still).after
    away = engine.on_signal(
        row, sequence, signals.WasOutOfOffice(date(2026, 3, 10)), lead(), ny("Wed 04 Mar 11:00"), still
    )
    assert away.after.state == "paused: out-of-office"
    assert engine.decide(away.after, sequence, lead(), away.after.due_at + 9 * DAY, still).rule == "F6"


# --- tracks, variants, states -----------------------------------------------------------------------------------------


def test_who_answered_does_not_end_as_silent(play):
    """X1, N: an interested reply enters the track; what ends there ended with an answer, and `finish` follows."""
    played = play(
        f"steps:\n - {{id: a, {LETTER}}}\npositive:\n - {{id: yes, call: s, after: 1 hour}}\nfinish: {{grace: 2 days, then: nurture}}\n",
        "2026-03-04T10:30 reply interested",
        full=True,
    )
    ending = next(line for line in played if line.kind == "finish")
    assert (ending.state, "after an answer" in ending.text) == ("ended: replied", True)


def test_a_variant_is_the_same_for_a_lead_that_comes_again():
    """B5: drawn by weight over many leads, and sticky for each."""
    sequence = document(" - {id: a, email: {variants: [{template: x, weight: 1}, {template: y, weight: 3}]}}\n")
    drawn = {}
    for lead in range(400):
        for seed in (1, 2):
            facts = Facts(lead=lead, zone="America/New_York", email="a@b.test")
            row = engine.first(seed, sequence, facts, ny("Wed 04 Mar 10:00"), Random(seed)).after
            sent = engine.decide(row, sequence, facts, row.due_at, Random(seed))
            assert drawn.setdefault(lead, sent.variant) == sent.variant
    assert 60 <= list(drawn.values()).count(0) <= 140, "one in four"


STATES = """scheduled, waiting: delay | window | limit | task | approval | inbox not read,
paused: manual | out-of-office | absence | company, held: priority | cap, blocked: missing FIELD | no open slot,
failed: temporary, ended: no reply | replied | meeting | goal | bounced | unsubscribed | manual | disqualified | complained |
left company | do not contact | not interested | later | not qualified | won | handed over | moved | erased"""


def test_the_states_are_exactly_those_of_the_rules_each_with_one_sentence():
    """S."""
    named = set()
    for group in STATES.replace("\n", " ").split(","):
        head, _, rest = group.strip().partition(": ")
        named |= {f"{head}: {each.strip()}".replace(" FIELD", "") for each in rest.split("|")} if rest else {head}
    assert set(states.SENTENCES) == named
    for state in named:
        sentence = states.sentence(state if state != states.MISSING else f"{state} company")
        assert sentence.endswith(".")
        assert sentence.count(".") == 1
    assert len(set(states.SENTENCES.values())) == len(named)
    assert states.is_state("blocked: missing company")
    assert not states.is_state("blocked: missing")
    assert not states.is_state("ended")


def test_every_state_that_only_a_person_ends_has_a_reminder_in_seven_days(lead, still):
    """S: missing field, no open slot, pause, approval, unsure."""
    sequence = document(" - {id: a, email: {subject: s, body: '{{ company }}'}}\n")
    now, poor = ny("Wed 04 Mar 10:00"), lead(company=None, fields={})
    row = engine.first(1, sequence, poor, now, still).after
    blocked = engine.decide(row, sequence, poor, now, still).after
    paused = engine.on_signal(row, sequence, signals.PausedBy("Olga"), poor, now, still).after
    sent = engine.decide(row, sequence, lead(fields={"company": "L"}), now, still).after
    unsure = engine.on_signal(sent, sequence, signals.LetterFailed("unsure"), lead(), now, still).after
    for held in (blocked, paused, unsure):
        assert held.due_at == now + 7 * DAY, held.state
    assert moment(paused.memory["paused"]["at"]) == now


def test_a_reaction_hears_the_outcome_and_the_attempt_that_set_it_off(play):
    """X1, K3: of a call that the sequence still waits for."""
    text = (
        "react:\n - {when: outcome c = gatekeeper, do: {task: another way in}}\n - {when: attempts >= 2, do: {task: third way}}\n"
        f"steps:\n - {{id: c, call: s}}\n - {{id: e, call: s, after: 1 day}}\n - {{id: b, {LETTER}, after: 1 day}}\n"
    )
    played = play(
        text, "2026-03-04T11:00 call gatekeeper", "2026-03-05T12:00 call no_answer", tasks_done=False, full=True
    )
    beside = [(f"{line.local:%d %H:%M}", line.text) for line in played if line.kind == "task"]
    assert beside == [("04 11:00", "another way in"), ("05 12:00", "third way")]


def test_a_letter_in_the_queue_of_somebody_who_opted_out_meanwhile_is_stopped(lead, still):
    """X7, X4, W5: also one that goes at once, when nobody told the enrolment."""
    for at_once in ("", ", at_once: true"):
        sequence, now = document(f" - {{id: a, LETTER{at_once}}}\n"), ny("Wed 04 Mar 10:00")
        sent = engine.decide(engine.first(1, sequence, lead(), now, still).after, sequence, lead(), now, still).after
        assert engine.still_may(sent, sequence, "a", lead(), now, still) is None
        stopped = engine.still_may(sent, sequence, "a", lead(suppressed="unsubscribed"), now, still)
        assert (stopped.kind, stopped.rule, stopped.after.state) == ("stop", "X7", "ended: unsubscribed")
        assert any(isinstance(effect, d.CancelLetters) for effect in stopped.effects)


def test_a_letter_in_the_queue_whose_basis_ran_out_waits_and_an_answer_at_once_does_not(lead, still):
    """MAIL C5: the answer to a request is no marketing."""
    for at_once, held in (("", "hold"), (", at_once: true", None)):
        sequence, now = document(f" - {{id: a, LETTER{at_once}}}\n"), ny("Wed 04 Mar 10:00")
        sent = engine.decide(engine.first(1, sequence, lead(), now, still).after, sequence, lead(), now, still).after
        found = engine.still_may(sent, sequence, "a", lead(no_basis="none is known"), now, still)
        assert (found.kind if found else None) == held
        assert found is None or (found.after.state, found.text) == ("blocked: missing basis", "none is known")


def test_when_everything_is_paused_an_answer_in_the_queue_waits_too(lead, still):
    """P2, W5: the pause of one enrolment lets it go."""
    sequence, now = document(" - {id: a, LETTER, at_once: true}\n"), ny("Sun 08 Mar 23:00")
    sent = engine.decide(engine.first(1, sequence, lead(), now, still).after, sequence, lead(), now, still).after
    everything, one = Pausing("everything", "audit", since=now), Pausing("enrolment", "wait", since=now)
    held = engine.still_may(sent, sequence, "a", lead(pauses=(everything,)), now, still)
    assert (held.kind, held.rule, held.after.under_way["step"]) == ("hold", "P2", "a")
    assert engine.still_may(sent, sequence, "a", lead(pauses=(one,)), now, still) is None


@pytest.mark.parametrize(
    ("signal", "reason"),
    [
        (signals.Unsubscribed(), "unsubscribed"),
        (signals.Complained(), "complained"),
        (signals.Bounced(hard=True), "bounced"),
        (signals.DoNotContact(), "do not contact"),
        (signals.Replied("unsubscribe"), "unsubscribed"),
        (signals.Outcome("do not contact"), "do not contact"),
    ],
)
def test_what_is_global_is_written_down_for_every_programme(lead, still, signal, reason):
    """X7, F2, K3: the address is suppressed, whichever enrolment heard of it."""
    sequence, now = document(" - {id: a, LETTER, after: 1 day}\n"), ny("Wed 04 Mar 10:00")
    begun = engine.first(1, sequence, lead(), now, still).after
    decision = engine.on_signal(begun, sequence, signal, lead(), now, still)
    assert [effect.reason for effect in decision.effects if isinstance(effect, d.Suppress)] == [reason]
    assert decision.after.state == states.SUPPRESSION_STATES[reason]
