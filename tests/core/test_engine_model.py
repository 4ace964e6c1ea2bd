"""One person, several programmes, and a bad week: whatever happens in whatever order, the promises hold.

The house around the engine is played as simply as it can be (a list of letters, a set of receipts, a clock); what must hold
is checked against it with arithmetic of its own: weekday and hour, counted days, a set.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule

from outreach.core import decisions as d
from outreach.core import engine, signals, states
from outreach.core.enrolments import Facts, Pausing, SentMail
from outreach.core.sequences import CLASSES
from outreach.documents import read

START = datetime(2026, 2, 25, 14, tzinfo=UTC)
"""A Wednesday; New York changes its clocks on 8 March, Berlin on the 29th."""
ZONES = ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu"]
LETTER = "email: {subject: Hi, body: Hello}"
DOCUMENTS = {
    "inbound": """
anchor: enrolment
steps:
  - {id: answer, LETTER, at_once: true}
  - {id: call, call: s, block: false}
  - {id: two, LETTER, after: 2 days}
  - {id: four, LETTER, after: 4 days, at: "15:00"}
  - {id: ring, call: s, after: 4 days}
  - {id: six, LETTER, after: 6 days}
  - {id: bye, breakup: {subject: Bye, body: Bye}, after: 8 days}
positive: [{id: yes, call: s, after: 1 hour}]
finish: {grace: 2 days, then: nurture, programme: nurture}
""",
    "sales": """
steps:
  - {id: a, LETTER}
  - {id: c, call: {script: s, timeout: 1 business day, then: continue}, after: 1 business day}
  - {id: b, LETTER, after: 2 business days}
  - id: ask
    if: clicked pricing
    then: [{id: hot, LETTER, after: 3 hours}, {id: gone, task: t, after: 1 day}]
    else: [{id: story, LETTER, after: 3 days, at: vary}, {end: true}]
  - {id: wait, wait: {until: clicked pricing, at_most: 3 days}}
  - {id: e, LETTER, after: 1 day}
""",
    "reengagement": """
stop: {reply: pause}
steps:
  - {id: a, LETTER, after: 1 day}
  - {id: won, goal: clicked pricing}
  - {id: b, LETTER, after: 5 days}
""",
    "nurture": """
stop: {reply: continue}
steps:
  - {id: n1, LETTER, after: 1 day}
  - {id: n2, LETTER, after: 7 days}
  - {id: n3, LETTER, after: 30 days}
""",
}


def document(klass, edit=""):
    text = f"outreach: 1\nname: {klass}\nclass: {klass}\n" + DOCUMENTS[klass].replace("LETTER", LETTER)
    return read(text.replace(*edit.split(" => ")) if edit else text)


EDITS = {
    # a step taken out, one put in before and after, another delay, another order, one switched off
    "inbound": ["  - {id: two, ", "  - {id: four, ", "id: six, => id: six, off: true, ", "4 days, at => 5 days, at"],
    "sales": ["2 business days => 1 hour", "  - {id: b, ", "  - {id: e, ", "at_most: 3 days => at_most: 9 days"],
    "reengagement": ["  - {id: a, ", "5 days => 1 day"],
    "nurture": ["7 days => 9 days", "  - {id: n2, "],
}


def edited(klass, number):
    """Another version: a line of the document changed, taken out, or with a new step in front of it."""
    edit = EDITS[klass][number % len(EDITS[klass])]
    if " => " in edit:
        return document(klass, edit)
    line = next(line for line in DOCUMENTS[klass].replace("LETTER", LETTER).splitlines() if line.startswith(edit))
    new = "  - {id: new, task: look, after: 1 day}\n" + (line if number >= len(EDITS[klass]) else "")
    return document(klass, f"{line} => {new.rstrip()}")


class Enrolled:
    """One enrolment in the house: the row, its version, its letter in the queue, its receipts."""

    def __init__(self, number, klass, sequence, snapshot):
        self.number, self.klass, self.sequence, self.row = number, klass, sequence, snapshot
        self.queued, self.receipts = None, []


class House(RuleBasedStateMachine):
    """Everything that can happen to one person."""

    inside = Bundle("inside")

    @initialize(seed=st.integers(0, 99), zone=st.sampled_from(ZONES))
    def open(self, seed, zone):
        self.now, self.random = START, Random(seed)
        self.facts = Facts(lead=1, zone=zone, country="US", email="a@b.test", phone="+1", fields={})
        self.enrolments, self.mails, self.lost = [], [], False
        self.slow, self.outside = False, None

    # What the house does

    def facts_of(self, one):
        others = [each for each in self.running() if each is not one]
        under_way = [
            SentMail(self.now, each.klass, each.queued.at_once, pending=True) for each in others if each.queued
        ]
        return replace(
            self.facts,
            mails=(*self.mails, *under_way),
            rivals=frozenset(each.klass for each in others),
            pauses=(self.outside,) if self.outside else (),
        )

    def running(self):
        return [each for each in self.enrolments if not each.row.ended]

    def enter(self, klass):
        if self.facts.suppressed or any(each.klass == klass for each in self.running()):
            return None
        sequence = document(klass)
        one = Enrolled(len(self.enrolments), klass, sequence, None)
        one.row = self.checked(engine.first(one.number, sequence, self.facts_of(one), self.now, self.random)).after
        self.enrolments.append(one)
        return one

    def signal(self, one, what):
        decision = engine.on_signal(one.row, one.sequence, what, self.facts_of(one), self.now, self.random)
        self.apply(one, decision)

    def apply(self, one, decision):
        """One transaction; a worker that dies leaves everything as it was."""
        self.checked(decision)
        if self.lost:
            self.lost = False
            return
        one.row = decision.after
        if isinstance(decision, d.Send | d.MakeTask):
            assert decision.step.id not in one.receipts, "no receipt twice"
            one.receipts.append(decision.step.id)
        if isinstance(decision, d.Send):
            assert one.queued is None, "one letter at a time"
            one.queued = decision
        for effect in decision.effects:
            self.effect(one, effect)

    def effect(self, one, effect):
        if isinstance(effect, d.Suppress):
            self.facts = replace(self.facts, suppressed=effect.reason)
        elif isinstance(effect, d.MarkPhoneBad):
            self.facts = replace(self.facts, phone_bad=True)
        elif isinstance(effect, d.HoldLead):
            self.facts = replace(self.facts, out_of_office=effect.until)
        elif isinstance(effect, d.CancelLetters) and one.queued is not None:
            one.receipts.remove(one.queued.step.id)
            one.queued = None
        elif isinstance(effect, d.EnterNurture):
            self.enter("nurture")
        elif isinstance(effect, d.PauseOthers):
            for other in self.running():
                if other is not one:
                    self.signal(other, signals.OtherReplied(effect.nurture_days))

    def checked(self, decision):
        after = decision.after
        assert states.is_state(after.state)
        assert states.sentence(after.state).endswith(".")
        assert after.ended == (after.due_at is None), "every state that is not ended has a next date"
        assert decision.rule
        assert decision.text
        return decision

    def deliver(self, one):
        """The letter is claimed: looked at once more, then taken by the mail server."""
        letter, held = one.queued, None
        if letter is None:
            return
        held = engine.still_may(one.row, one.sequence, letter.step.id, self.facts_of(one), self.now, self.random)
        if held is not None:
            self.apply(one, held)
            return
        self.sends(one, letter)
        one.queued = None
        done = engine.on_done(
            one.row, one.sequence, letter.step.id, self.now, self.facts_of(one), self.now, self.random
        )
        one.row = self.checked(done).after

    def sends(self, one, letter):
        """The promises about one letter, by plain arithmetic."""
        facts, local = self.facts, self.now.astimezone(ZoneInfo(self.facts.zone))
        assert facts.suppressed is None, "nothing goes to a suppressed person"
        assert self.outside is None
        assert one.row.paused is None or letter.at_once, "an answer that stood in the queue goes all the same"
        assert not one.row.ended
        above = [each for each in self.running() if CLASSES.index(each.klass) < CLASSES.index(one.klass)]
        assert not above, "a lower class keeps silent while a higher one runs"
        if not letter.at_once:
            assert local.weekday() < 5
            assert 9 <= local.hour < 17, "outside of the window"
            assert facts.inbox_read
            days = [mail.at.astimezone(local.tzinfo).date() for mail in self.mails if not mail.at_once]
            assert local.date() not in days, "more than one automatic letter a day"
            assert sum((local.date() - day).days < 7 for day in days) < 5, "more than five in seven days"
        self.mails.append(SentMail(self.now, one.klass, letter.at_once))

    def run_until(self, until):
        for _ in range(3000):
            due = min(self.running(), key=lambda each: each.row.due_at, default=None)
            if due is None or due.row.due_at > until:
                self.now = until
                return
            self.now = max(self.now, due.row.due_at)
            self.step(due)
        raise AssertionError("it does not come to rest")

    def step(self, one):
        if one.queued is not None and not self.slow:
            self.deliver(one)
            if one.row.ended or one.row.due_at > self.now:
                return
        decision = engine.decide(one.row, one.sequence, self.facts_of(one), self.now, self.random)
        self.apply(one, decision)
        if isinstance(decision, d.Wait) and one.row == decision.after:
            again = engine.decide(one.row, one.sequence, self.facts_of(one), self.now, Random(99))
            assert again.after == one.row or not isinstance(again, d.Wait), "the second time changes nothing"
        if not self.slow:
            self.deliver(one)

    # What can happen

    @rule(target=inside, klass=st.sampled_from(list(DOCUMENTS)))
    def enters(self, klass):
        return self.enter(klass)

    @rule(hours=st.sampled_from([1, 5, 24, 49, 24 * 6, 24 * 20]))
    def time_passes(self, hours):
        self.run_until(self.now + timedelta(hours=hours))

    @rule(days=st.integers(8, 40))
    def the_machine_was_off(self, days):
        """F6: the clock jumps, and nobody looked."""
        self.now += timedelta(days=days)

    @rule()
    def a_worker_dies(self):
        self.lost = True

    @rule()
    def sending_is_slow(self):
        self.slow = not self.slow

    @rule(one=inside, what=st.sampled_from(["temporary", "permanent", "unsure", "cancelled"]))
    def a_letter_fails(self, one, what):
        if one is None or one.queued is None or one.row.under_way is None:
            return
        if what != "temporary":
            one.queued = None
        if what == "cancelled":
            one.receipts.remove(one.row.under_way["step"])
        retry = self.now + timedelta(minutes=10)
        self.signal(one, signals.LetterFailed(what, retry_at=retry if what == "temporary" else None))

    @rule(sense=st.sampled_from(["other", "interested", "not_interested", "question"]))
    def they_reply(self, sense):
        """To the programme that runs first; it tells the others (X5)."""
        if self.running():
            self.signal(self.running()[0], signals.Replied(sense))

    @rule(what=st.sampled_from([signals.Clicked("pricing"), signals.Visited("/pricing"), signals.MeetingBooked()]))
    def they_act(self, what):
        if isinstance(what, signals.Clicked):
            self.facts = replace(self.facts, clicks=self.facts.clicks | {what.name})
        for one in self.running():
            self.signal(one, what)

    @rule(days=st.integers(-3, 20) | st.none())
    def they_are_away(self, days):
        until = None if days is None else (self.now + timedelta(days=days)).date()
        for one in self.running():
            self.signal(one, signals.WasOutOfOffice(until))

    @precondition(lambda self: len(self.mails) > 2)
    @rule(what=st.sampled_from([signals.Unsubscribed(), signals.Complained(), signals.Bounced(hard=True, final=True)]))
    def they_are_lost(self, what):
        for one in self.running():
            self.signal(one, what)
        self.facts = replace(self.facts, suppressed=self.facts.suppressed or "unsubscribed")

    @precondition(lambda self: len(self.mails) > 2)
    @rule()
    def their_address_is_on_a_list(self):
        """X7: nobody tells the enrolments."""
        self.facts = replace(self.facts, suppressed=self.facts.suppressed or "do not contact")

    @rule(one=inside, days=st.integers(1, 45) | st.none())
    def somebody_pauses(self, one, days):
        if one is not None:
            self.signal(one, signals.PausedBy("Olga", until=self.now + timedelta(days=days) if days else None))

    @rule(one=inside, choice=st.sampled_from(["", "continue", "continue", "stop"]))
    def somebody_resumes(self, one, choice):
        if one is not None:
            self.signal(one, signals.ResumedBy("Olga", choice))

    @rule(one=inside)
    def somebody_skips(self, one):
        if one is not None:
            self.signal(one, signals.SkippedBy("Olga"))

    @rule(one=inside, outcome=st.sampled_from(["no answer", "gatekeeper", "wrong number", "interested", "done"]))
    def somebody_calls(self, one, outcome):
        if one is not None and one.row.under_way and one.row.under_way["kind"] == "task":
            self.signal(one, signals.Outcome(outcome, one.row.under_way["step"]))

    @rule(one=inside, number=st.integers(0, 7))
    def somebody_publishes(self, one, number):
        """V3: everyone from where they stand."""
        if one is not None and not one.row.ended:
            one.sequence = edited(one.klass, number)
            self.signal(one, signals.Edited())

    @rule(zone=st.sampled_from(ZONES))
    def they_move(self, zone):
        self.facts = replace(self.facts, zone=zone)
        for one in self.running():
            self.signal(one, signals.ZoneChanged(new=zone))

    @rule()
    def the_rep_writes(self):
        self.mails.append(SentMail(self.now, "sales"))

    @rule(read=st.booleans())
    def the_inbox_is(self, read):
        self.facts = replace(self.facts, inbox_read=read)

    @rule(on=st.booleans())
    def everything_is_paused(self, on):
        self.outside = Pausing("everything", "audit", since=self.now) if on else None

    # What must hold

    @invariant()
    def everybody_has_ended_or_has_a_next_date(self):
        for one in getattr(self, "enrolments", []):
            assert one.row.ended == (one.row.due_at is None)
            assert states.is_state(one.row.state)
            assert len(set(one.receipts)) == len(one.receipts)
            assert one.queued is None or not one.row.ended, "an ended enrolment has no letter in the queue"

    def teardown(self):
        """Holds return: with nothing in the way, everybody comes to an end (or waits for a person who is asked)."""
        if not getattr(self, "enrolments", None):
            return
        self.lost, self.slow, self.outside = False, False, None
        self.facts = replace(self.facts, inbox_read=True)
        for _ in range(40):
            self.run_until(self.now + timedelta(days=8))
            for one in self.running():
                if one.row.state in (states.PAUSED, states.APPROVAL, states.FAILED) or one.row.still:
                    self.signal(one, signals.ResumedBy("Olga", "continue"))
        assert not self.running(), [(one.klass, one.row.state, one.row.step_key) for one in self.running()]


TestEverythingAtOnce = House.TestCase
TestEverythingAtOnce.__doc__ = (
    "F5, X7, W4, M3, M4, X4, X5, P1, V4, S, D11: a random life of one person in all programmes."
)
TestEverythingAtOnce.settings = settings(
    max_examples=60,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
