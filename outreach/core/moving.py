"""What a new version of a sequence means for somebody inside it (V3 to V5): before and after, side by side. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from outreach.core import engine, signals
from outreach.core.decisions import Decision
from outreach.core.enrolments import Facts, Snapshot
from outreach.core.sequences import FINISH, Sequence

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Moved:
    """One enrolment under the new version. `removed`: it stood before a step that is gone. `at_once`: a letter or task
    that was to wait falls due by the edit itself (V5). `letter`: what comes next is a letter."""

    step_before: str | None
    step_after: str | None
    due_before: datetime | None
    due_after: datetime | None
    removed: bool
    at_once: bool
    letter: bool
    decision: Decision

    @property
    def changed(self) -> bool:
        """Whether the lead notices the edit in what comes next, or when."""
        near = timedelta(minutes=1)
        if self.due_before is None or self.due_after is None:
            return self.step_before != self.step_after or self.due_before != self.due_after
        return self.step_before != self.step_after or abs(self.due_after - self.due_before) > near


def move(enrolment: Snapshot, after: Sequence, facts: Facts, now: datetime, random: Random) -> Moved:
    """Where the enrolment goes on in `after`, and when; nothing is changed by asking."""
    decision = engine.on_signal(enrolment, after, signals.Edited(), facts, now, random)
    stands = decision.after
    gone = enrolment.step_key not in (None, FINISH) and after.step(enrolment.step_key or "") is None
    step = after.step(stands.step_key or "")
    waited = enrolment.due_at is not None and enrolment.due_at > now
    due_now = stands.due_at is not None and stands.due_at <= now and stands.under_way is None and not stands.still
    return Moved(
        step_before=enrolment.step_key,
        step_after=stands.step_key,
        due_before=enrolment.due_at,
        due_after=stands.due_at,
        removed=gone,
        at_once=waited and due_now,
        letter=step is not None and step.is_mail,
        decision=decision,
    )


def spread(letters: int, limits: Iterable[tuple[int, int]]) -> timedelta:
    """V5: how long the mailboxes take over so many letters. `limits`: (a minute, a day) of each; 0 = no limit.

    A mailbox without any limit takes them at once.
    """
    known = list(limits)
    if not letters or not known or any(not minute and not day for minute, day in known):
        return timedelta(0)
    per_day = sum(day if not minute else min(minute * 1440, day or minute * 1440) for minute, day in known)
    per_minute = sum(minute or 60 for minute, _ in known)
    whole, rest = divmod(letters, per_day)
    return whole * DAY + timedelta(minutes=rest / per_minute)
