"""The engine as a whole, played: RULES D, T, X, O, P, V, M, K, F, S on real documents."""

from datetime import UTC, date, datetime, timedelta

import pytest

from outreach.core import decisions as d
from outreach.core import engine, signals, states
from outreach.core.enrolments import Facts, Pausing, SentMail
from outreach.core.sequences import FINISH, Block
from outreach.documents import read

ANCHORED = """
anchor: enrolment
steps:
  - {id: answer, email: {template: a}, after: 0 minutes, at_once: true}
  - {id: two, email: {template: b}, after: 2 days}
  - {id: four, email: {template: c}, after: 4 days}
  - {id: six, email: {template: d}, after: 6 days}
  - {id: bye, breakup: {template: e}, after: 8 days}
finish: {grace: 2 days, then: nurture, programme: Educational}
"""
CHAINED = """
steps:
  - {id: answer, email: {template: a}, after: 0 minutes, at_once: true}
  - {id: two, email: {template: b}, after: 2 days}
  - {id: four, email: {template: c}, after: 2 days}
  - {id: six, email: {template: d}, after: 2 days}
  - {id: bye, breakup: {template: e}, after: 2 days}
"""
NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)


def sequence_of(text):
    return read("outreach: 1\nname: Play\n" + text, "play.yaml")


def days_of(played):
    return [at[4:6] for at, kind, *_ in played if kind in ("email", "breakup")]


def times_of(played, *kinds):
    return [at for at, kind, *_ in played if kind in kinds]


class TestDelays:
    def test_days_count_from_the_enrolment(self, play):
        """D2, D8: 4, 6, 9, 10 and 12 March."""
        assert days_of(play(ANCHORED)) == ["04", "06", "09", "10", "12"]

    def test_days_count_from_the_previous_step(self, play):
        """D2, D3, D4, D8: 4, 6, 9, 11 and 13 March; nothing is caught up."""
        assert days_of(play(CHAINED)) == ["04", "06", "09", "11", "13"]

    def test_an_anchored_sequence_keeps_a_day_between_letters_however_late_one_ran(self, play):
        """D9: away until Thursday 12 March, the letters of the 6th, 9th, 10th and 12th follow a business day apart."""
        played = play(ANCHORED, "2026-03-05T12:00 out_of_office 2026-03-12")
        assert days_of(played) == ["04", "13", "16", "17", "18"]

    def test_the_gap_does_not_count_a_letter_sent_at_once(self, play):
        """D9: the answer of 10:00 does not push a letter two hours later."""
        text = """
anchor: enrolment
steps:
  - {id: answer, email: {template: a}, at_once: true}
  - {id: later, email: {template: b}, after: 2 hours}
"""
        assert times_of(play(text), "email") == ["Wed 04 Mar 10:00", "Wed 04 Mar 12:00"]

    def test_the_gap_does_not_act_under_previous_step(self, play):
        """D9, with the cap (M4) lifted."""
        text = "steps:\n  - {id: a, email: {template: a}}\n  - {id: b, email: {template: b}, after: 1 hour}\n"
        played = play(text, facts=Facts(zone="America/New_York", email="a@b.test", cap_day=9))
        assert times_of(played, "email") == ["Wed 04 Mar 10:00", "Wed 04 Mar 11:00"]

    def test_a_delay_counts_from_the_moment_the_mail_server_accepted(self, lead, still):
        """D3."""
        sequence = sequence_of(CHAINED)
        first = engine.first(1, sequence, lead(), NOW, still).after
        sent = engine.decide(first, sequence, lead(), NOW, still)
        accepted = NOW + timedelta(hours=2)
        planned = engine.on_done(sent.after, sequence, "answer", accepted, lead(), accepted, still)
        assert planned.after.due_at == datetime(2026, 3, 6, 17, tzinfo=UTC)
        assert planned.after.last_done_at == accepted


class TestWindows:
    def test_a_letter_that_is_looked_at_too_late_waits_for_the_next_opening(self, lead, still):
        """W4: due 16:59, looked at 17:01 on Friday, goes on Monday at 09:00."""
        sequence = sequence_of("steps:\n  - {id: a, email: {template: a}, after: 2 days}\n")
        begun = engine.first(1, sequence, lead(), datetime(2026, 3, 4, 21, 59, tzinfo=UTC), still).after
        late = datetime(2026, 3, 6, 22, 1, tzinfo=UTC)
        decision = engine.decide(begun, sequence, lead(), late, still)
        assert (decision.kind, decision.rule, decision.after.state) == ("hold", "W2", "waiting: window")
        assert decision.after.due_at == datetime(2026, 3, 9, 13, tzinfo=UTC)

    def test_a_letter_in_the_queue_is_looked_at_again_when_it_is_claimed(self, lead, still):
        """W4."""
        sequence = sequence_of("steps:\n  - {id: a, email: {template: a}}\n")
        sent = engine.decide(engine.first(1, sequence, lead(), NOW, still).after, sequence, lead(), NOW, still)
        assert engine.still_may(sent.after, sequence, "a", lead(), NOW, still) is None
        evening = NOW + timedelta(hours=8)
        held = engine.still_may(sent.after, sequence, "a", lead(), evening, still)
        assert (held.rule, held.after.due_at) == ("W4", datetime(2026, 3, 5, 14, tzinfo=UTC))

    def test_what_goes_at_once_minds_neither_night_nor_cap(self, play, lead):
        """W5, M4."""
        mails = (SentMail(datetime(2026, 3, 7, 12, tzinfo=UTC), "sales"),)
        played = play(ANCHORED, start="2026-03-07T23:30", facts=lead(mails=mails))
        assert played[0] == ("Sat 07 Mar 23:30", "email", "answer", "waiting: delay", "W5")

    def test_nothing_bypasses_suppression(self, lead, still):
        """W5, X7."""
        sequence = sequence_of(ANCHORED)
        begun = engine.first(1, sequence, lead(), NOW, still).after
        decision = engine.decide(begun, sequence, lead(suppressed="unsubscribed"), NOW, still)
        assert (decision.kind, decision.after.state) == ("stop", "ended: unsubscribed")

    def test_a_changed_zone_plans_the_next_step_again(self, play):
        """W7: from New York to Berlin, the letter of Friday 10:00 goes at Berlin's hour of the anchor."""
        played = play(ANCHORED, "2026-03-05T12:00 timezone Europe/Berlin")
        assert played[1][0] == "Fri 06 Mar 16:00"

    def test_minutes_that_miss_the_window_go_at_the_opening_plus_a_kept_random_part(self, lead):
        """W3: drawn once, stored."""
        from random import Random

        sequence = sequence_of("steps:\n  - {id: a, email: {template: a}, after: 1 hour}\n")
        night = datetime(2026, 3, 5, 3, tzinfo=UTC)
        one = engine.first(1, sequence, lead(), night, Random(7)).after
        assert datetime(2026, 3, 5, 14, tzinfo=UTC) < one.due_at <= datetime(2026, 3, 5, 14, 30, tzinfo=UTC)
        again = engine.decide(one, sequence, lead(), night, Random(8))
        assert (again.changed, again.after) == (False, one)


class TestReplies:
    def test_a_reply_stops_at_once_and_pauses_the_others(self, lead, still):
        """X1, X5, K2."""
        sequence = sequence_of(ANCHORED)
        begun = engine.first(1, sequence, lead(), NOW, still).after
        decision = engine.on_signal(begun, sequence, signals.Replied("question"), lead(), NOW, still)
        assert (decision.kind, decision.rule, decision.after.state) == ("stop", "X1", "ended: replied")
        assert decision.after.due_at is None
        kinds = [type(effect) for effect in decision.effects]
        assert kinds == [d.CancelLetters, d.CancelTasks, d.PauseOthers]

    def test_a_reply_elsewhere_pauses_sales_and_quiets_nurture_for_14_days(self, lead, still):
        """X5."""
        sales = sequence_of(ANCHORED)
        paused = engine.on_signal(
            engine.first(1, sales, lead(), NOW, still).after, sales, signals.OtherReplied(), lead(), NOW, still
        )
        assert (paused.kind, paused.after.state) == ("pause", "paused: manual")
        nurture = sequence_of("class: nurture\nsteps:\n  - {id: a, email: {template: a}, after: 7 days}\n")
        begun = engine.first(2, nurture, lead(), NOW, still).after
        held = engine.on_signal(begun, nurture, signals.OtherReplied(), lead(), NOW, still)
        assert (held.after.state, held.after.due_at) == ("held: priority", NOW + timedelta(days=14))

    def test_a_colleague_pauses_and_the_owner_hears_of_it(self, lead, still):
        """X1, X6."""
        sequence = sequence_of(ANCHORED)
        begun = engine.first(1, sequence, lead(), NOW, still).after
        decision = engine.on_signal(begun, sequence, signals.Replied(colleague=True), lead(), NOW, still)
        assert decision.after.state == "paused: company"
        assert any(isinstance(effect, d.Notify) for effect in decision.effects)

    def test_a_click_goes_on_and_makes_hot(self, lead, still):
        """X1."""
        sequence = sequence_of(ANCHORED)
        begun = engine.first(1, sequence, lead(), NOW, still).after
        decision = engine.on_signal(begun, sequence, signals.Clicked("pricing"), lead(), NOW, still)
        assert not decision.after.ended
        assert decision.effects == (d.MarkHot("clicked pricing"),)

    def test_a_click_that_stops_the_sequence_was_its_goal(self, lead, still):
        """X1, SEQUENCE stop: the enrolment ends as met, not as taken over by somebody."""
        sequence = sequence_of(ANCHORED + "stop: {click: stop}\n")
        begun = engine.first(1, sequence, lead(), NOW, still).after
        decision = engine.on_signal(begun, sequence, signals.Clicked("pricing"), lead(), NOW, still)
        assert decision.after.state == "ended: goal"

    @pytest.mark.parametrize(
        ("signal", "state"),
        [
            (signals.MeetingBooked(), "ended: meeting"),
            (signals.DealWon(), "ended: won"),
            (signals.Unsubscribed(), "ended: unsubscribed"),
            (signals.Complained(), "ended: complained"),
            (signals.DoNotContact(), "ended: do not contact"),
            (signals.Erased(), "ended: erased"),
            (signals.Bounced(hard=True), "ended: bounced"),
            (signals.LeftCompany(), "ended: left company"),
            (signals.StoppedBy("Olga", "Not a lead", states.DISQUALIFIED), "ended: disqualified"),
        ],
    )
    def test_each_end_has_its_state_its_reason_and_cancels_what_is_open(self, lead, still, signal, state):
        """X1, X7, X8, F2, O7, K2."""
        sequence = sequence_of(ANCHORED)
        begun = engine.first(1, sequence, lead(), NOW, still).after
        decision = engine.on_signal(begun, sequence, signal, lead(), NOW, still)
        assert decision.after.state == state
        assert decision.after.reason
        assert decision.inputs["next_step"] == "answer"
        assert {d.CancelLetters, d.CancelTasks} <= {type(effect) for effect in decision.effects}
        again = engine.on_signal(decision.after, sequence, signal, lead(), NOW, still)
        assert (again.changed, again.effects) == (False, ())

    def test_a_soft_bounce_changes_nothing(self, lead, still):
        """F2."""
        sequence = sequence_of(ANCHORED)
        begun = engine.first(1, sequence, lead(), NOW, still).after
        decision = engine.on_signal(begun, sequence, signals.Bounced(hard=False), lead(), NOW, still)
        assert (decision.changed, decision.effects) == (False, ())

    def test_the_stop_rule_of_a_sequence_can_say_goto(self, play):
        """X1: a reply leads to the positive track."""
        text = """
stop: {reply: goto positive}
steps:
  - {id: a, email: {template: a}}
  - {id: b, email: {template: b}, after: 5 days}
positive:
  - {id: thanks, email: {template: c}, after: 1 day}
"""
        played = play(text, "2026-03-05T12:00 reply")
        assert [step for _, kind, step, *_ in played if kind == "email"] == ["a", "thanks"]
        assert times_of(played, "email")[1] == "Fri 06 Mar 12:00"

    def test_a_sense_enters_its_track_by_itself(self, play):
        text = """
steps:
  - {id: a, email: {template: a}}
  - {id: b, email: {template: b}, after: 5 days}
negative:
  - {id: referral, email: {template: c}, after: 1 business day}
"""
        played = play(text, "2026-03-05T12:00 reply not_interested")
        assert [step for _, kind, step, *_ in played if kind == "email"] == ["a", "referral"]
        played = play(text, "2026-03-05T12:00 reply")
        assert played[-1][1:4] == ("stop", None, "ended: replied")

    def test_a_reaction_fires_once_and_can_hand_over(self, play):
        """X1: react."""
        text = """
react:
  - {when: clicked pricing, do: {task: "Call: looked at the prices", hot: true}}
  - {when: replied not_now, do: {handover: nurture}}
steps:
  - {id: a, email: {template: a}}
  - {id: b, email: {template: b}, after: 5 days}
"""
        played = play(
            text, "2026-03-05T11:00 click pricing", "2026-03-05T12:00 click pricing", "2026-03-05T13:00 reply not_now"
        )
        assert [kind for _, kind, *_ in played] == ["email", "task", "finish"]
        assert played[-1][3] == "ended: handed over"


class TestOutOfOffice:
    def test_a_letter_planned_up_to_the_return_goes_the_first_business_day_after_it(self, play):
        """O4, O6:

        the 6th, away until Friday the 20th: Monday the 23rd, at its time of day; later steps count as usual.
        """
        played = play(CHAINED, "2026-03-05T11:00 out_of_office 2026-03-20")
        assert played[1][:4] == ("Thu 05 Mar 11:00", "hold", "two", "paused: out-of-office")
        assert times_of(played, "email") == [
            "Wed 04 Mar 10:00",
            "Mon 23 Mar 10:00",
            "Wed 25 Mar 10:00",
            "Fri 27 Mar 10:00",
        ]

    def test_an_absence_without_a_date_is_seven_days(self, play):
        """O4: from the 5th until the 12th."""
        assert times_of(play(CHAINED, "2026-03-05T11:00 out_of_office none"), "email")[1] == "Fri 13 Mar 10:00"

    def test_a_return_before_the_next_letter_changes_nothing(self, play):
        """O5."""
        quiet = play(ANCHORED)
        assert play(ANCHORED, "2026-03-04T11:00 out_of_office 2026-03-05") == quiet

    def test_tasks_of_people_are_not_held(self, play):
        """O4 holds automatic steps only."""
        text = "steps:\n  - {id: a, email: {template: a}}\n  - {id: c, call: {script: x}, after: 1 day}\n"
        assert times_of(play(text, "2026-03-04T12:00 out_of_office 2026-03-20"), "call") == ["Thu 05 Mar 10:00"]


class TestPauses:
    def test_a_pause_keeps_the_rest_of_the_delay_in_calendar_days(self, play):
        """P1: a 3-day delay paused after 2 days has 1 day left."""
        text = "steps:\n  - {id: a, email: {template: a}}\n  - {id: b, email: {template: b}, after: 3 days}\n"
        played = play(text, "2026-03-06T10:00 pause", "2026-03-17T10:00 resume")
        assert [kind for _, kind, *_ in played] == ["email", "pause", "resume", "email", "finish"]
        assert times_of(played, "email")[1] == "Wed 18 Mar 10:00"

    def test_a_pause_keeps_the_rest_of_the_delay_in_open_days(self, play):
        """P1:

        3 business days from Thursday, paused on Friday evening, 2 left: resumed on Monday 16th, due Wednesday.
        """
        text = "steps:\n  - {id: a, email: {template: a}}\n  - {id: b, email: {template: b}, after: 3 business days}\n"
        played = play(text, "2026-03-06T10:00 pause", "2026-03-16T10:00 resume", start="2026-03-05T10:00")
        assert times_of(played, "email")[1] == "Wed 18 Mar 10:00"

    def test_a_pause_keeps_the_rest_of_the_delay_in_hours(self, play):
        """P1."""
        text = "steps:\n  - {id: a, email: {template: a}, after: 5 hours}\n"
        played = play(text, "2026-03-04T12:00 pause", "2026-03-05T10:00 resume")
        assert times_of(played, "email") == ["Thu 05 Mar 13:00"]

    def test_the_anchor_moves_by_the_length_of_the_pause(self, play):
        """P1: paused from the 5th to the 12th, days 2 and 4 of Wednesday the 4th are the 13th and the 16th (Sunday)."""
        played = play(ANCHORED, "2026-03-05T10:00 pause", "2026-03-12T10:00 resume")
        assert days_of(played)[:4] == ["04", "13", "16", "17"]

    def test_a_pause_with_an_end_resumes_by_itself(self, lead, still):
        """P2."""
        sequence = sequence_of(CHAINED)
        begun = engine.first(1, sequence, lead(), NOW, still).after
        until = NOW + timedelta(days=3)
        paused = engine.on_signal(begun, sequence, signals.PausedBy("Olga", "trade fair", until), lead(), NOW, still)
        assert (paused.after.state, paused.after.due_at, paused.after.reason) == ("paused: manual", until, "trade fair")
        assert engine.decide(paused.after, sequence, lead(), until, still).kind == "resume"

    def test_a_pause_without_an_end_reminds_every_seven_days(self, lead, still):
        """P1, S: every state that is not ended has a next date."""
        sequence = sequence_of(CHAINED)
        begun = engine.first(1, sequence, lead(), NOW, still).after
        paused = engine.on_signal(begun, sequence, signals.PausedBy("Olga"), lead(), NOW, still).after
        assert paused.due_at == NOW + timedelta(days=7)
        reminded = engine.decide(paused, sequence, lead(), paused.due_at, still)
        assert reminded.after.due_at == NOW + timedelta(days=14)
        assert any(isinstance(effect, d.Notify) for effect in reminded.effects)

    def test_after_a_long_pause_a_person_is_asked(self, lead, still):
        """P3."""
        sequence = sequence_of(CHAINED)
        begun = engine.first(1, sequence, lead(), NOW, still).after
        paused = engine.on_signal(begun, sequence, signals.PausedBy("Olga"), lead(), NOW, still).after
        later = NOW + timedelta(days=31)
        asked = engine.on_signal(paused, sequence, signals.ResumedBy("Olga", ""), lead(), later, still)
        assert (asked.kind, asked.rule) == ("hold", "P3")
        assert (
            engine.on_signal(paused, sequence, signals.ResumedBy("Olga", "continue"), lead(), later, still).kind
            == "resume"
        )
        stopped = engine.on_signal(paused, sequence, signals.ResumedBy("Olga", "stop"), lead(), later, still)
        assert stopped.after.state == "ended: manual"

    def test_a_pause_takes_a_queued_letter_back(self, lead, still):
        """P1, X4: the letter is cancelled and is the next step again."""
        sequence = sequence_of(CHAINED)
        begun = engine.first(1, sequence, lead(), NOW, still).after
        begun = engine.on_done(
            engine.decide(begun, sequence, lead(), NOW, still).after, sequence, "answer", NOW, lead(), NOW, still
        ).after
        queued = engine.decide(begun, sequence, lead(), begun.due_at, still).after
        paused = engine.on_signal(queued, sequence, signals.PausedBy("Olga"), lead(), begun.due_at, still)
        assert (paused.after.under_way, paused.after.step_key) == (None, "two")
        assert d.CancelLetters in {type(effect) for effect in paused.effects}
        resumed = engine.on_signal(paused.after, sequence, signals.ResumedBy("Olga"), lead(), begun.due_at, still)
        assert engine.decide(resumed.after, sequence, lead(), begun.due_at, still).step.id == "two"

    def test_a_skipped_step_says_so_and_the_next_counts_from_the_skip(self, play):
        """P5, D3."""
        played = play(CHAINED, "2026-03-05T10:00 skip")
        assert played[1][:3] == ("Thu 05 Mar 10:00", "skip", "two")
        assert days_of(played) == ["04", "09", "11", "13"]

    def test_a_missing_phone_skips_a_call_by_itself(self, play, lead):
        """P5."""
        text = "steps:\n  - {id: c, call: {script: x}}\n  - {id: a, email: {template: a}, after: 1 day}\n"
        assert play(text, facts=lead(phone=None))[0][1:3] == ("skip", "c")
        assert play(text, facts=lead(phone_bad=True))[0][1:3] == ("skip", "c")

    @pytest.mark.parametrize(
        ("scope", "state"),
        [("rep", "paused: absence"), ("company", "paused: company"), ("everything", "paused: manual")],
    )
    def test_a_pause_from_outside_holds(self, lead, still, scope, state):
        """P2."""
        sequence = sequence_of(CHAINED)
        begun = engine.first(1, sequence, lead(), NOW, still).after
        decision = engine.decide(begun, sequence, lead(pauses=(Pausing(scope, "fair"),)), NOW, still)
        assert (decision.kind, decision.after.state) == ("hold", state)


class TestClassesAndCap:
    def test_a_higher_class_puts_a_lower_one_on_hold_with_its_place_kept(self, lead, still):
        """M3."""
        sequence = sequence_of(CHAINED)
        begun = engine.first(1, sequence, lead(), NOW, still).after
        held = engine.decide(begun, sequence, lead(rivals=frozenset({"inbound"})), NOW, still)
        assert (held.rule, held.after.state, held.after.step_key) == ("M3", "held: priority", "answer")
        again = engine.decide(held.after, sequence, lead(), NOW, still)
        assert again.kind == "send"

    def test_one_automatic_letter_a_day(self, play):
        """M4: a second letter of the same day goes on the next one, at its opening."""
        text = "steps:\n  - {id: a, email: {template: a}}\n  - {id: b, email: {template: b}, after: 2 hours}\n"
        played = play(text)
        assert played[1][:4] == ("Wed 04 Mar 12:00", "hold", "b", "held: cap")
        assert played[2][:3] == ("Thu 05 Mar 09:00", "email", "b")

    def test_five_letters_in_seven_local_days_hold_the_sixth(self, play, lead):
        """M4: 27 February to 5 March holds five; the first of them leaves the seven days on 6 March."""
        days = [(2, 27), (2, 28), (3, 1), (3, 2), (3, 3)]
        mails = tuple(SentMail(datetime(2026, month, day, 15, tzinfo=UTC), "sales") for month, day in days)
        played = play("steps:\n  - {id: a, email: {template: a}, after: 1 day}\n", facts=lead(mails=mails))
        assert played[0][:4] == ("Thu 05 Mar 10:00", "hold", "a", "held: cap")
        assert times_of(played, "email") == ["Fri 06 Mar 10:00"]

    def test_nurture_keeps_its_distance_from_sales_mail_and_from_itself(self, play, lead):
        """M4: 2 business days after a sales mail of Wednesday, and 5 days between its own."""
        text = """
class: nurture
steps:
  - {id: a, email: {template: a}}
  - {id: b, email: {template: b}, after: 1 day}
"""
        mails = (SentMail(datetime(2026, 3, 4, 15, tzinfo=UTC), "sales"),)
        played = play(text, start="2026-03-05T09:30", facts=lead(mails=mails))
        assert times_of(played, "email") == ["Fri 06 Mar 10:00", "Wed 11 Mar 10:00"]


class TestTasks:
    TEXT = """
steps:
  - {id: c, call: {script: x, timeout: 1 business day%s}}
  - {id: a, email: {template: a}, after: 1 day}
"""

    def test_a_task_blocks_until_its_timeout_and_is_skipped(self, play):
        """K1: the letter counts from the timeout."""
        played = play(self.TEXT % "", tasks_done=False)
        assert played[0][1:4] == ("call", "c", "waiting: task")
        assert played[1][:3] == ("Thu 05 Mar 10:00", "skip", "c")
        assert played[2][:3] == ("Fri 06 Mar 10:00", "email", "a")

    def test_a_task_that_is_done_moves_on_at_once(self, play):
        """K1, D3."""
        assert times_of(play(self.TEXT % ""), "email") == ["Thu 05 Mar 10:00"]

    def test_a_timeout_can_escalate(self, lead, still):
        """K1."""
        sequence = sequence_of(self.TEXT % ", then: escalate")
        made = engine.decide(engine.first(1, sequence, lead(), NOW, still).after, sequence, lead(), NOW, still)
        late = engine.decide(made.after, sequence, lead(), made.expires_at, still)
        assert late.effects == (d.Notify("The task c was not done in time.", escalate=True),)

    def test_a_task_never_delays_an_anchored_sequence(self, play):
        """K1."""
        text = """
anchor: enrolment
steps:
  - {id: c, call: {script: x}, after: 1 hour}
  - {id: a, email: {template: a}, after: 1 day}
"""
        assert times_of(play(text, tasks_done=False), "email") == ["Thu 05 Mar 10:00"]

    def test_block_on_the_step_overrides(self, play):
        """K1."""
        text = (
            "steps:\n  - {id: c, call: {script: x}, block: false}\n  - {id: a, email: {template: a}, after: 1 hour}\n"
        )
        assert times_of(play(text, tasks_done=False), "email") == ["Wed 04 Mar 11:00"]

    @pytest.mark.parametrize(
        ("outcome", "state"),
        [
            ("interested", "ended: replied"),
            ("not now", "ended: later"),
            ("not interested", "ended: not interested"),
            ("not qualified", "ended: not qualified"),
            ("do not contact", "ended: do not contact"),
        ],
    )
    def test_outcomes_that_end_the_sequence(self, lead, still, outcome, state):
        """K3."""
        sequence = sequence_of(self.TEXT % "")
        made = engine.decide(engine.first(1, sequence, lead(), NOW, still).after, sequence, lead(), NOW, still)
        decision = engine.on_signal(made.after, sequence, signals.Outcome(outcome, "c"), lead(), NOW, still)
        assert decision.after.state == state

    @pytest.mark.parametrize("outcome", ["no answer", "left voicemail", "gatekeeper", "wrong number", "call back at"])
    def test_outcomes_that_go_on(self, lead, still, outcome):
        """K3: the call counts as made; the next step follows."""
        sequence = sequence_of(self.TEXT % "")
        made = engine.decide(engine.first(1, sequence, lead(), NOW, still).after, sequence, lead(), NOW, still)
        decision = engine.on_signal(
            made.after, sequence, signals.Outcome(outcome, "c", NOW + timedelta(days=2)), lead(), NOW, still
        )
        assert (decision.after.step_key, decision.after.done["c"]["outcome"]) == ("a", outcome)
        kinds = {type(effect) for effect in decision.effects}
        assert (d.MarkPhoneBad in kinds) == (outcome == "wrong number")
        assert (d.AddTask in kinds) == (outcome == "call back at")

    def test_not_now_enters_nurture_and_comes_back_on_its_date(self, lead, still):
        """K3."""
        sequence = sequence_of(ANCHORED)
        begun = engine.first(1, sequence, lead(), NOW, still).after
        back = datetime(2026, 9, 1, 15, tzinfo=UTC)
        decision = engine.on_signal(begun, sequence, signals.Outcome("not now", None, back), lead(), NOW, still)
        assert d.EnterNurture("Educational", date(2026, 9, 1)) in decision.effects


class TestSteps:
    def test_conditions_choose_a_lane_that_rejoins(self, play, lead):
        text = """
steps:
  - {id: a, email: {template: a}}
  - id: ask
    if: {any: [clicked pricing, score >= 50]}
    after: 1 day
    then:
      - {id: hot, call: {script: x}, after: 1 hour}
    else:
      - {id: cold, email: {template: b}, after: 2 business days}
  - {id: z, email: {template: z}, after: 3 days}
"""
        steps = [step for _, _, step, *_ in play(text)]
        assert steps == ["a", "ask", "cold", "z", None]
        played = play(text, facts=lead(score=60))
        assert [(at, step) for at, _, step, *_ in played][1:4] == [
            ("Thu 05 Mar 10:00", "ask"),
            ("Thu 05 Mar 11:00", "hot"),
            ("Mon 09 Mar 11:00", "z"),
        ]

    def test_a_lane_can_end_the_sequence(self, play):
        text = """
steps:
  - id: ask
    if: has company
    then: [{id: a, email: {template: a}}, {end: true}]
  - {id: z, email: {template: z}, after: 3 days}
"""
        assert [(kind, step) for _, kind, step, *_ in play(text)] == [("if", "ask"), ("email", "a"), ("finish", None)]

    def test_inside_a_lane_an_anchored_sequence_counts_from_the_if(self, play):
        text = """
anchor: enrolment
steps:
  - {id: a, email: {template: a}}
  - id: ask
    if: has phone
    after: 5 days
    then:
      - {id: b, email: {template: b}, after: 1 day}
  - {id: z, email: {template: z}, after: 8 days}
"""
        assert times_of(play(text), "email") == ["Wed 04 Mar 10:00", "Tue 10 Mar 10:00", "Thu 12 Mar 10:00"]

    def test_a_wait_ends_when_its_condition_holds(self, play):
        text = """
steps:
  - {id: w, wait: {until: clicked pricing, at_most: 5 days}}
  - {id: a, email: {template: a}, after: 1 hour}
"""
        assert times_of(play(text), "email") == ["Mon 09 Mar 11:00"]
        assert times_of(play(text, "2026-03-05T12:00 click pricing"), "email") == ["Thu 05 Mar 13:00"]

    def test_a_goal_ends_the_sequence_when_it_is_reached(self, play):
        """S: ended: goal."""
        text = """
steps:
  - {id: a, email: {template: a}}
  - {id: g, goal: clicked pricing, after: 2 days}
  - {id: b, email: {template: b}, after: 3 days}
"""
        assert play(text, "2026-03-05T12:00 click pricing")[-1][1:4] == ("stop", "g", "ended: goal")
        assert [step for _, kind, step, *_ in play(text) if kind == "email"] == ["a", "b"]

    def test_a_step_that_is_switched_off_is_passed_over(self, play):
        """V6."""
        text = ANCHORED.replace("template: c}, after: 4 days}", "template: c}, after: 4 days, off: true}")
        assert [step for _, kind, step, *_ in play(text) if kind == "email"] == ["answer", "two", "six"]

    def test_a_variant_is_drawn_once_and_stays(self, lead):
        """B5."""
        from random import Random

        text = "steps:\n  - {id: a, email: {variants: [{template: x}, {template: y, weight: 3}]}}\n"
        sequence = sequence_of(text)
        drawn = []
        for seed in range(200):
            begun = engine.first(1, sequence, lead(), NOW, Random(seed)).after
            sent = engine.decide(begun, sequence, lead(), NOW, Random(seed))
            drawn.append(sent.letter.template)
            back = engine.on_signal(sent.after, sequence, signals.LetterFailed("cancelled"), lead(), NOW, Random(seed))
            again = engine.decide(back.after, sequence, lead(), NOW, Random(seed + 999))
            assert again.letter == sent.letter
        assert 120 < drawn.count("y") < 180

    def test_a_handover_step_hands_over(self, play):
        text = "steps:\n  - {id: a, email: {template: a}}\n  - {id: h, handover: nurture, after: 1 day}\n"
        assert play(text)[-1][1:4] == ("handover", "h", "ended: handed over")


class TestFailures:
    def test_a_missing_field_blocks_and_releases_itself(self, lead, still):
        """F3: never a gap in a letter."""
        text = "steps:\n  - {id: a, email: {subject: Hello, body: 'For {{ company }}'}}\n"
        sequence = sequence_of(text)
        begun = engine.first(1, sequence, lead(company=None), NOW, still).after
        blocked = engine.decide(begun, sequence, lead(company=None), NOW, still)
        assert (blocked.kind, blocked.after.state) == ("block", "blocked: missing company")
        assert engine.decide(blocked.after, sequence, lead(company=None), NOW, still).changed is False
        assert engine.decide(blocked.after, sequence, lead(), NOW, still).kind == "send"

    def test_a_fallback_is_no_gap(self, lead, still):
        """F3."""
        text = """steps:\n  - {id: a, email: {subject: Hi, body: "{{ company | default('you') }}{% if phone %}{{ phone }}{% endif %}"}}\n"""
        sequence = sequence_of(text)
        bare = lead(company=None, phone=None)
        begun = engine.first(1, sequence, bare, NOW, still).after
        assert engine.decide(begun, sequence, bare, NOW, still).kind == "send"

    def test_an_inbox_that_was_not_read_holds_follow_ups_but_no_answer(self, lead, still):
        """X4."""
        sequence = sequence_of(CHAINED)
        unread = lead(inbox_read=False)
        begun = engine.first(1, sequence, unread, NOW, still).after
        answer = engine.decide(begun, sequence, unread, NOW, still)
        assert answer.kind == "send"
        planned = engine.on_done(answer.after, sequence, "answer", NOW, unread, NOW, still).after
        held = engine.decide(planned, sequence, unread, planned.due_at, still)
        assert (held.after.state, held.after.due_at) == (
            "waiting: inbox not read",
            planned.due_at + timedelta(minutes=5),
        )

    def test_a_letter_a_week_late_asks_first(self, lead, still):
        """F6."""
        sequence = sequence_of("steps:\n  - {id: a, email: {template: a}, after: 1 day}\n")
        begun = engine.first(1, sequence, lead(), NOW, still).after
        late = begun.due_at + timedelta(days=8)
        asked = engine.decide(begun, sequence, lead(), late, still)
        assert (asked.rule, asked.after.state) == ("F6", "waiting: approval")
        assert engine.decide(asked.after, sequence, lead(), late, still).changed is False
        released = engine.on_signal(asked.after, sequence, signals.ResumedBy("Olga"), lead(), late, still)
        assert engine.decide(released.after, sequence, lead(), late, still).kind == "send"

    def test_what_nobody_can_tell_is_left_to_a_person(self, lead, still):
        """F5: unsure is never sent again by itself."""
        sequence = sequence_of(CHAINED)
        sent = engine.decide(engine.first(1, sequence, lead(), NOW, still).after, sequence, lead(), NOW, still)
        unsure = engine.on_signal(sent.after, sequence, signals.LetterFailed("unsure"), lead(), NOW, still)
        assert unsure.after.state == "waiting: approval"
        later = unsure.after.due_at
        assert engine.decide(unsure.after, sequence, lead(), later, still).kind == "plan"

    def test_a_failure_for_now_keeps_the_place(self, lead, still):
        """F1: and the delay counts from the final success."""
        sequence = sequence_of(CHAINED)
        sent = engine.decide(engine.first(1, sequence, lead(), NOW, still).after, sequence, lead(), NOW, still)
        failed = engine.on_signal(
            sent.after,
            sequence,
            signals.LetterFailed("temporary", "450 later", NOW + timedelta(minutes=15)),
            lead(),
            NOW,
            still,
        )
        assert failed.after.state == "failed: temporary"
        done = NOW + timedelta(minutes=20)
        planned = engine.on_done(failed.after, sequence, "answer", done, lead(), done, still)
        assert (planned.after.step_key, planned.after.last_done_at) == ("two", done)


class TestEditing:
    def standing_after_two(self, lead, still):
        sequence = sequence_of(CHAINED)
        begun = engine.first(1, sequence, lead(), NOW, still).after
        for key in ("answer", "two"):
            at = max(begun.due_at, NOW)
            sent = engine.decide(begun, sequence, lead(), at, still)
            begun = engine.on_done(sent.after, sequence, key, at, lead(), at, still).after
        return begun

    def edited(self, enrolment, text, lead, still):
        now = enrolment.last_done_at + timedelta(hours=1)
        return engine.on_signal(enrolment, sequence_of(text), signals.Edited(), lead(), now, still).after

    def test_a_step_inserted_after_the_place_is_next_and_one_before_it_is_not_sent(self, lead, still):
        """V4."""
        standing = self.standing_after_two(lead, still)
        text = CHAINED.replace(
            "  - {id: four", "  - {id: new, email: {template: n}, after: 1 day}\n  - {id: four"
        ).replace("  - {id: two", "  - {id: early, email: {template: n}, after: 1 day}\n  - {id: two")
        assert self.edited(standing, text, lead, still).step_key == "new"

    def test_when_the_place_was_removed_the_next_step_not_received_follows(self, lead, still):
        """V4."""
        standing = self.standing_after_two(lead, still)
        text = CHAINED.replace("  - {id: two, email: {template: b}, after: 2 days}\n", "")
        assert self.edited(standing, text, lead, still).step_key == "four"
        text = text.replace("  - {id: four, email: {template: c}, after: 2 days}\n", "")
        assert self.edited(standing, text, lead, still).step_key == "six"

    def test_a_received_step_is_never_sent_again(self, lead, still):
        """V4: reordered behind the place, it is passed over."""
        standing = self.standing_after_two(lead, still)
        text = """
steps:
  - {id: two, email: {template: b}, after: 2 days}
  - {id: answer, email: {template: a}, after: 2 days}
  - {id: four, email: {template: c}, after: 2 days}
"""
        assert self.edited(standing, text, lead, still).step_key == "four"

    def test_nothing_left_is_the_end(self, lead, still):
        """V4."""
        standing = self.standing_after_two(lead, still)
        assert self.edited(standing, "steps:\n  - {id: two, email: {template: b}}\n", lead, still).step_key == FINISH

    PAIR = """
steps:
  - {id: a, email: {template: a}, at_once: true}
  - {id: b, email: {template: b}, after: %s hours}
"""

    def test_time_already_served_counts(self, lead, still):
        """V5: 23 hours of a 1-day wait, raised to 2 days, leave 25."""
        sequence = sequence_of(self.PAIR % 24)
        begun = engine.first(1, sequence, lead(), NOW, still).after
        waiting = engine.on_done(
            engine.decide(begun, sequence, lead(), NOW, still).after, sequence, "a", NOW, lead(), NOW, still
        ).after
        longer = sequence_of(self.PAIR % 48)
        now = NOW + timedelta(hours=23)
        after = engine.on_signal(waiting, longer, signals.Edited(), lead(), now, still).after
        assert after.due_at - now == timedelta(hours=25)


class TestEnd:
    def test_silence_leads_through_the_grace_into_nurture(self, lead, still):
        """N: finished without reply = nurture, or excluded with a reason."""
        sequence = sequence_of(
            "steps:\n  - {id: a, email: {template: a}}\nfinish: {grace: 2 days, then: nurture, programme: E}\n"
        )
        begun = engine.first(1, sequence, lead(), NOW, still).after
        sent = engine.decide(begun, sequence, lead(), NOW, still)
        grace = engine.on_done(sent.after, sequence, "a", NOW, lead(), NOW, still).after
        assert (grace.step_key, grace.due_at) == (FINISH, NOW + timedelta(days=2))
        ended = engine.decide(grace, sequence, lead(), grace.due_at, still)
        assert (ended.kind, ended.after.state) == ("finish", "ended: no reply")
        assert d.EnterNurture("E") in ended.effects

    def test_without_a_finish_the_reason_is_kept(self, lead, still):
        sequence = sequence_of("steps:\n  - {id: a, email: {template: a}}\n")
        sent = engine.decide(engine.first(1, sequence, lead(), NOW, still).after, sequence, lead(), NOW, still)
        grace = engine.on_done(sent.after, sequence, "a", NOW, lead(), NOW, still).after
        ended = engine.decide(grace, sequence, lead(), NOW, still)
        assert d.Exclude("no programme set") in ended.effects

    def test_a_second_report_of_the_same_letter_changes_nothing(self, lead, still):
        """F5, V4."""
        sequence = sequence_of(CHAINED)
        sent = engine.decide(engine.first(1, sequence, lead(), NOW, still).after, sequence, lead(), NOW, still)
        once = engine.on_done(sent.after, sequence, "answer", NOW, lead(), NOW, still).after
        twice = engine.on_done(once, sequence, "answer", NOW, lead(), NOW, still)
        assert (twice.changed, twice.after) == (False, once)

    def test_every_state_has_one_plain_sentence(self):
        """S."""
        for state, text in states.SENTENCES.items():
            assert states.is_state(state) or state == states.MISSING
            assert text.endswith(".")
        assert states.sentence("blocked: missing company") == "The next letter needs the field company, which is empty."


REP = {"rep_zone": "Europe/Berlin", "rep_week": ((Block(540, 1020),),) * 5 + ((), ())}


class TestRepHours:
    """W9: on 4 March a rep in Berlin, 09:00 to 17:00, shares New York's hours from 09:00 to 11:00."""

    CALL = "steps:\n  - {id: c, call: {script: x}, after: 4 hours}\n"

    def test_a_call_that_blocks_waits_for_common_hours(self, lead, still):
        """W9: 14:00 in New York is evening in Berlin; the next common hour is tomorrow's 09:00."""
        decision = engine.first(1, sequence_of(self.CALL), lead(**REP), NOW, still)
        assert (decision.rule, decision.after.due_at) == ("W9", datetime(2026, 3, 5, 14, tzinfo=UTC))

    def test_a_call_that_nothing_waits_for_is_made_in_time_and_carries_its_hour(self, lead, still):
        """K1, W9."""
        sequence = sequence_of("anchor: enrolment\n" + self.CALL)
        begun = engine.first(1, sequence, lead(**REP), NOW, still).after
        made = engine.decide(begun, sequence, lead(**REP), begun.due_at, still)
        assert begun.due_at == NOW + timedelta(hours=4)
        assert (made.call_at, made.flagged) == (datetime(2026, 3, 5, 14, tzinfo=UTC), False)

    def test_no_common_hours_make_the_task_anyway_and_flag_it(self, lead, still):
        """W9."""
        tokyo = {**REP, "rep_zone": "Asia/Tokyo"}
        sequence = sequence_of(self.CALL)
        begun = engine.first(1, sequence, lead(**tokyo), NOW, still).after
        made = engine.decide(begun, sequence, lead(**tokyo), begun.due_at, still)
        assert (made.kind, made.flagged, made.rule) == ("task", True, "W9")
