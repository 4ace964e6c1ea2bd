"""Pauses from outside, as the engine sees them (P1, P2, P3): several at once, over delays in each unit, and what is lifted late."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from outreach import documents
from outreach.core import engine, signals
from outreach.core.decisions import CancelLetters, Hold, Resume, Send, Stop
from outreach.core.enrolments import Facts, Pausing, Snapshot
from outreach.core.sequences import Sequence

TEXT = """
outreach: 1
name: Two letters
schedule: {{zone: account, windows: {{mon-sun: ["00:00-24:00"]}}, holidays: none}}
anchor: {anchor}
min_gap: 0 minutes
steps:
  - {{id: one, email: {{subject: One, body: Hello}}, after: 0 minutes}}
  - {{id: two, email: {{subject: Two, body: Hello}}, after: {delay}}}
finish: {{then: end}}
"""
START = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def known(**more: Any) -> Facts:
    return Facts(email="anna@lumen.example", **more)


def read(delay: str, anchor: str = "previous_step", week: str = "mon-sun") -> Sequence:
    text = TEXT.format(delay=delay, anchor=anchor).replace("mon-sun", week)
    return documents.read(text if week == "mon-sun" else text.replace("00:00-24:00", "09:00-17:00"), "test")


def waiting(sequence: Sequence) -> Snapshot:
    """Somebody who got the first letter at the start and waits for the second."""
    entered = engine.first(7, sequence, known(), START, Random(1)).after
    sent = engine.decide(entered, sequence, known(), START, Random(1))
    assert isinstance(sent, Send)
    return engine.on_done(sent.after, sequence, "one", START, known(), START, Random(1)).after


def pause(since: datetime, **more: Any) -> Pausing:
    return Pausing("sequence", "a wrong price", since=since, **more)


def told(enrolment: Snapshot, sequence: Sequence, facts: Facts, now: datetime) -> Any:
    return engine.on_signal(enrolment, sequence, signals.PausesChanged(), facts, now, Random(1))


@pytest.mark.parametrize("anchor", ["previous_step", "enrolment"])
def test_a_delay_of_three_days_paused_after_two_has_one_day_left(anchor: str) -> None:
    """P1, P2."""
    sequence = read("3 days", anchor)
    paused_at, lifted_at = START + 2 * DAY, START + 10 * DAY
    held = told(waiting(sequence), sequence, known(pauses=(pause(paused_at),)), paused_at + timedelta(minutes=5))
    assert (held.after.state, held.rule) == ("paused: manual", "P2")
    assert "a wrong price" in held.text
    gone_on = told(held.after, sequence, known(lifted=(pause(paused_at, ended=lifted_at),)), lifted_at)
    assert isinstance(gone_on, Resume)
    assert gone_on.after.due_at == lifted_at + DAY


def test_open_days_are_left_as_open_days() -> None:
    """P1: Wed 4 March + 3 business days, paused on Thursday for a week: two open days are left."""
    sequence = read("3 business days", week="mon-fri")
    thursday = START + DAY
    held = told(waiting(sequence), sequence, known(pauses=(pause(thursday),)), thursday)
    lifted_at = thursday + 7 * DAY
    gone_on = told(held.after, sequence, known(lifted=(pause(thursday, ended=lifted_at),)), lifted_at)
    assert gone_on.after.due_at == datetime(2026, 3, 16, 10, 0, tzinfo=UTC)


def test_who_slept_through_a_pause_is_moved_by_its_length_on_waking() -> None:
    """P1, P2: nobody was woken while everything was paused, and yet no delay ran on."""
    sequence = read("10 days")
    stood = waiting(sequence)
    over = pause(START + 2 * DAY, ended=START + 5 * DAY)
    woken = engine.decide(stood, sequence, known(lifted=(over,)), stood.due_at, Random(1))
    assert woken.after.due_at == START + 13 * DAY
    again = engine.decide(woken.after, sequence, known(lifted=(over,)), START + 11 * DAY, Random(1))
    assert again.after.due_at == START + 13 * DAY, "a pause counts once"


def test_lifting_one_pause_lifts_no_other() -> None:
    """P2."""
    sequence = read("3 days")
    first, second = pause(START + DAY), Pausing("lead", "asked for a break", since=START + 2 * DAY)
    held = told(waiting(sequence), sequence, known(pauses=(first, second)), START + 2 * DAY)
    lifted = replace(first, ended=START + 3 * DAY)
    still = told(held.after, sequence, known(pauses=(second,), lifted=(lifted,)), START + 3 * DAY)
    assert isinstance(still, Hold)
    assert "asked for a break" in still.text
    both = (lifted, replace(second, ended=START + 4 * DAY))
    gone_on = told(still.after, sequence, known(lifted=both), START + 4 * DAY)
    assert gone_on.after.due_at == START + 6 * DAY, "two of three days were left since the first pause"


def test_a_pause_that_runs_out_goes_on_by_itself() -> None:
    """P2: an optional end."""
    sequence = read("3 days")
    until = START + 5 * DAY
    held = told(waiting(sequence), sequence, known(pauses=(pause(START + DAY, until=until),)), START + DAY)
    assert held.after.due_at == until
    ended = pause(START + DAY, until=until, ended=until)
    woken = engine.decide(held.after, sequence, known(lifted=(ended,)), until + timedelta(seconds=30), Random(1))
    assert woken.after.due_at == until + 2 * DAY


def test_a_queued_letter_is_taken_back_and_goes_after_the_pause() -> None:
    """P1, P3: it is the next step again, at once and once."""
    sequence = read("1 day")
    stood = waiting(sequence)
    at = START + DAY
    queued = engine.decide(stood, sequence, known(), at, Random(1)).after
    assert queued.under_way
    held = told(queued, sequence, known(pauses=(pause(at),)), at)
    assert any(isinstance(effect, CancelLetters) for effect in held.effects)
    gone_on = told(held.after, sequence, known(lifted=(pause(at, ended=at + DAY),)), at + DAY)
    assert gone_on.after.due_at == at + DAY
    assert isinstance(engine.decide(gone_on.after, sequence, known(), at + DAY, Random(1)), Send)


def test_after_more_than_thirty_days_a_person_is_asked() -> None:
    """P3."""
    sequence = read("3 days")
    held = told(waiting(sequence), sequence, known(pauses=(pause(START + DAY),)), START + DAY).after
    late = START + 40 * DAY
    over = known(lifted=(pause(START + DAY, ended=late),))
    asked = told(held, sequence, over, late)
    assert asked.after.state == "waiting: approval"
    assert "continue, restart or stop" in asked.text
    assert engine.decide(asked.after, sequence, over, late, Random(1)).changed is False
    for choice, kind in (("continue", Resume), ("restart", Stop), ("stop", Stop)):
        decided = engine.on_signal(
            asked.after, sequence, signals.ResumedBy("Rita", choice), over, late + DAY, Random(1)
        )
        assert isinstance(decided, kind), choice
    chosen = known(lifted=(pause(START + DAY, ended=late, choice="continue"),))
    assert told(held, sequence, chosen, late).after.due_at == late + 2 * DAY


def test_nobody_goes_on_by_hand_while_a_wider_pause_binds() -> None:
    """P2."""
    sequence = read("3 days")
    facts = known(pauses=(Pausing("everything", "wrong template", since=START + DAY),))
    held = told(waiting(sequence), sequence, facts, START + DAY).after
    tried = engine.on_signal(held, sequence, signals.ResumedBy("Rita"), facts, START + 2 * DAY, Random(1))
    assert tried.after.state == "paused: manual"
    assert "Everything is paused" in tried.text


def test_the_owner_away_is_a_state_of_its_own() -> None:
    """P2, S."""
    sequence = read("3 days")
    facts = known(pauses=(Pausing("rep", "on leave", since=START),))
    assert told(waiting(sequence), sequence, facts, START + DAY).after.state == "paused: absence"


def test_a_letter_that_had_gone_for_a_step_since_taken_out_moves_its_lead_on() -> None:
    """V4: the step is received, the next one is planned from it, and nothing waits for ever."""
    before = documents.read(
        TEXT.format(delay="1 day", anchor="previous_step").replace(
            "finish:", "  - {id: three, email: {subject: Three, body: Hello}, after: 2 days}\nfinish:"
        ),
        "test",
    )
    after = replace(before, steps=tuple(step for step in before.steps if step.id != "two"))
    at = START + DAY
    queued = engine.decide(waiting(before), before, known(), at, Random(1)).after
    moved = engine.on_signal(queued, after, signals.Edited(), known(), at, Random(1))
    assert any(isinstance(effect, CancelLetters) for effect in moved.effects)
    assert moved.after.step_key == "three"
    gone = engine.on_done(
        moved.after, after, "two", at + timedelta(hours=1), known(), at + timedelta(hours=1), Random(1)
    )
    assert gone.after.step_key == "three"
    assert gone.after.due_at == at + timedelta(hours=1) + 2 * DAY
    assert "two" in gone.after.done
