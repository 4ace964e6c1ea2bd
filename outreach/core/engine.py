"""The heart: what happens next to one enrolment, and why (DESIGN.md section 3). Pure.

    first(...)      plan a new enrolment's first step
    decide(...)     it is due: one decision, with fresh facts
    on_done(...)    a letter was accepted: remember it (D3), plan what follows
    on_signal(...)  a reply, bounce, click, outcome, pause ...: one decision

Each returns one `decisions.Decision`; `decision.after` is the enrolment as it shall stand. Call `decide` again while
`after.due_at <= now` and the decision is none of Wait, Hold, Block. Deciding twice with unchanged facts changes nothing.
"""

from __future__ import annotations

from datetime import datetime
from random import Random

from outreach.core.decisions import Decision
from outreach.core.enrolments import Facts, Snapshot
from outreach.core.sequences import Sequence
from outreach.core.signals import Signal


def first(enrolment_id: int, sequence: Sequence, facts: Facts, now: datetime, random: Random) -> Decision:
    """Begin: the snapshot of a new enrolment with its first step planned (a Wait whose `after` is to be written)."""
    raise NotImplementedError


def decide(enrolment: Snapshot, sequence: Sequence, facts: Facts, now: datetime, random: Random) -> Decision:
    """One decision for an enrolment that is due (or that is only asked: then the plan is worked out again).

    Wait/Hold/Block: look again at after.due_at. Send/MakeTask: write the receipt and the row. Skip/Branch: call again.
    PartWays/Stop: ended.
    """
    raise NotImplementedError


def on_done(
    enrolment: Snapshot,
    sequence: Sequence,
    step_key: str,
    at: datetime,
    facts: Facts,
    now: datetime,
    random: Random,
    outcome: str | None = None,
) -> Decision:
    """D3: `step_key` was completed at `at` (letter accepted, task closed); the following step is planned."""
    raise NotImplementedError


def on_signal(
    enrolment: Snapshot, sequence: Sequence, signal: Signal, facts: Facts, now: datetime, random: Random
) -> Decision:
    """What a signal changes. A signal that changes nothing gives a Wait with `changed=False`."""
    raise NotImplementedError
