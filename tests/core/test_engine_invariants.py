"""What must hold whatever happens: random documents, leads, signals and clocks against the engine."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.core import decisions as d
from outreach.core import engine, schedule, signals, states
from outreach.core.enrolments import Facts, SentMail
from outreach.core.sequences import (
    Action,
    Condition,
    Delay,
    Finish,
    Kind,
    Lanes,
    Mail,
    Sequence,
    Step,
    StopMap,
    Touch,
    Unit,
    Until,
    Variant,
)

START = datetime(2026, 2, 25, 12, tzinfo=UTC)
delays = st.builds(Delay, st.integers(1, 6), st.sampled_from(list(Unit)))


def letter(number, draw):
    two = draw(st.booleans())
    variants = (Variant("x"), Variant("y", weight=2)) if two else (Variant(subject="s", body="{{ company }}"),)
    return Step(f"m{number}", Kind.EMAIL, Mail(variants), draw(delays), draw(st.sampled_from([None, None, "vary"])))


@st.composite
def lines(draw, number, depth=0):
    kind = draw(st.sampled_from(["mail", "mail", "call", "wait", "if"] if depth < 2 else ["mail", "call"]))
    if kind == "mail":
        step = letter(number, draw)
        return step if step.at is None or step.after.day_level else replace(step, at=None)
    if kind == "call":
        return Step(
            f"c{number}", Kind.CALL, Touch(script="s"), draw(st.none() | delays), block=draw(st.none() | st.booleans())
        )
    if kind == "wait":
        return Step(f"w{number}", Kind.WAIT, Until(Condition("clicked", "pricing"), draw(delays)))
    lanes = [
        tuple(draw(lines(f"{number}{side}{n}", depth + 1)) for n in range(draw(st.integers(0, 2)))) for side in "te"
    ]
    return Step(
        f"i{number}", Kind.IF, Lanes(Condition("has", "phone"), *lanes, draw(st.booleans())), draw(st.none() | delays)
    )


@st.composite
def sequences(draw):
    body = tuple(draw(lines(n)) for n in range(draw(st.integers(1, 5))))
    return Sequence(
        "Random",
        (replace(letter("first", draw), at=None, after=None, at_once=draw(st.booleans())), *body),
        klass=draw(st.sampled_from(["inbound", "sales", "nurture"])),
        anchor=draw(st.sampled_from(["enrolment", "previous_step"])),
        positive=(Step("p1", Kind.CALL, Touch(script="s"), Delay(1, Unit.DAYS)),),
        stop=StopMap(click=draw(st.sampled_from([Action("continue"), Action("goto", "positive"), Action("ask")]))),
        finish=draw(st.sampled_from([None, Finish(Delay(2, Unit.DAYS), "nurture", "E")])),
    )


happenings = st.sampled_from(
    [
        signals.Clicked("pricing"),
        signals.WasOutOfOffice(None),
        signals.WasOutOfOffice((START + timedelta(days=9)).date()),
        signals.PausedBy("Olga"),
        signals.PausedBy("Olga", until=START + timedelta(days=12)),
        signals.ResumedBy("Olga"),
        signals.SkippedBy("Olga"),
        signals.ZoneChanged(new="Asia/Kolkata"),
        signals.Edited(),
        signals.OtherReplied(),
        signals.Bounced(hard=False),
        signals.LetterFailed("temporary"),
        signals.LetterFailed("cancelled"),
        signals.LetterFailed("unsure"),
        signals.Outcome("no answer"),
        signals.Outcome("gatekeeper", "c1"),
        signals.Replied("question"),
        signals.Unsubscribed(),
        "no phone",
        "no company",
        "company",
        "inbox",
        "rival",
        "suppressed",
    ]
)
diaries = st.lists(st.tuples(st.integers(0, 30 * 24), happenings), max_size=8)


class World:
    """One lead, one enrolment, and everything that must never happen."""

    def __init__(self, sequence, seed):
        self.sequence, self.random = sequence, Random(seed)
        self.facts = Facts(
            zone="America/New_York",
            country="US",
            email="a@b.test",
            phone="+1",
            company="C",
            fields={},
            rivals=frozenset(),
        )
        self.sent, self.now = [], START
        self.enrolment = self.checked(engine.first(1, sequence, self.facts, START, self.random)).after

    def checked(self, decision):
        after = decision.after
        json.dumps(dict(after.memory))
        assert states.is_state(after.state), after.state
        assert after.ended == (after.due_at is None), "every state that is not ended has a next date"
        assert decision.rule
        assert decision.text.endswith((".", "?", ")"))
        return decision

    def decide(self):
        decision = self.checked(engine.decide(self.enrolment, self.sequence, self.facts, self.now, self.random))
        if isinstance(decision, d.Wait):
            again = engine.decide(decision.after, self.sequence, self.facts, self.now, Random(99))
            assert again.after == decision.after or not isinstance(again, d.Wait), "deciding twice changes nothing"
        self.enrolment = decision.after
        return decision

    def run_until(self, until):
        for _ in range(400):
            due = self.enrolment.due_at
            if due is None or due > until:
                self.now = until
                return
            self.now = max(self.now, due)
            self.act(self.decide())
        raise AssertionError("it does not come to rest")

    def act(self, decision):
        if isinstance(decision, d.Send):
            self.send(decision)
        elif isinstance(decision, d.MakeTask):
            assert decision.step.id not in self.sent, "no task twice"
            self.sent.append(decision.step.id)

    def send(self, decision):
        step, facts = decision.step, self.facts
        assert facts.suppressed is None, "nothing is sent to a suppressed person"
        assert step.id not in self.sent, "no receipt twice"
        assert facts.company or step.mail.variants[0].template, "no letter with a gap"
        assert not facts.rivals
        self.sent.append(step.id)
        local = self.now.astimezone(ZoneInfo(facts.zone))
        if not step.at_once:
            cal = schedule.calendar(self.sequence.schedule, facts.zone, "US")
            assert schedule.is_open(cal, self.now), "outside of the window"
            assert facts.inbox_read
            same_day = [
                m for m in facts.mails if not m.at_once and m.at.astimezone(ZoneInfo(facts.zone)).date() == local.date()
            ]
            assert not same_day, "more than one automatic letter a day"
        self.facts = replace(facts, mails=(*facts.mails, SentMail(self.now, self.sequence.klass, step.at_once)))
        done = engine.on_done(self.enrolment, self.sequence, step.id, self.now, self.facts, self.now, self.random)
        self.enrolment = self.checked(done).after

    def happen(self, what):
        changes = {
            "no phone": {"phone": None},
            "no company": {"company": None},
            "company": {"company": "C"},
            "inbox": {"inbox_read": False},
            "rival": {
                "rivals": frozenset({"inbound"})
                if not self.facts.rivals and self.sequence.klass != "inbound"
                else frozenset()
            },
            "suppressed": {"suppressed": "unsubscribed"},
        }
        if isinstance(what, str):
            self.facts = replace(self.facts, **changes[what])
            if what == "inbox":
                self.run_until(self.now + timedelta(hours=3))
                self.facts = replace(self.facts, inbox_read=True)
            return
        if isinstance(what, signals.ZoneChanged):
            self.facts = replace(self.facts, zone=what.new, mails=())
        if isinstance(what, signals.Clicked):
            self.facts = replace(self.facts, clicks=self.facts.clicks | {what.name})
        if isinstance(what, signals.LetterFailed) and not self.enrolment.under_way:
            return
        decision = engine.on_signal(self.enrolment, self.sequence, what, self.facts, self.now, self.random)
        self.enrolment = self.checked(decision).after


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(sequences(), diaries, st.integers(0, 9))
def test_whatever_happens_the_promises_hold(sequence, diary, seed):
    """F5, X7, W4, M4, F3, X4, M3, S: nothing twice, nothing outside, nothing to a suppressed person, nobody stuck."""
    world = World(sequence, seed)
    for hours, what in sorted(diary, key=lambda entry: entry[0]):
        world.run_until(max(world.now, START + timedelta(hours=hours)))
        world.happen(what)
    world.run_until(START + timedelta(days=120))
    assert world.enrolment.ended or world.enrolment.due_at > START + timedelta(days=119)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(sequences(), st.integers(0, 9))
def test_silence_always_comes_to_an_end(sequence, seed):
    """N: everyone who never answers reaches the end of the sequence."""
    world = World(sequence, seed)
    world.run_until(START + timedelta(days=400))
    assert world.enrolment.state == "ended: no reply"
