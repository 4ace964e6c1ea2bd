"""What can happen to an enrolment from outside; one dataclass each. `engine.on_signal` answers every one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Signal:
    """Anything that happened. Times are the argument `now` of on_signal."""


@dataclass(frozen=True, slots=True)
class Replied(Signal):
    """A human reply (X1, X2). `sense`: interested, not_now, not_interested, question, wrong_person, unsubscribe, other.

    `colleague`: somebody else of the company answered, `who` is their name. `back_on`: a date named in a not-now.
    """

    sense: str = "other"
    colleague: bool = False
    who: str = ""
    back_on: date | None = None


@dataclass(frozen=True, slots=True)
class WasOutOfOffice(Signal):
    """O4. `until`: the return date, in the lead's zone; None = not said (7 days)."""

    until: date | None = None


@dataclass(frozen=True, slots=True)
class LeftCompany(Signal):
    """O7."""


@dataclass(frozen=True, slots=True)
class Bounced(Signal):
    """F2. `hard`, else soft; `final`: the soft bounces are used up (3 in 72 h)."""

    hard: bool
    final: bool = False


@dataclass(frozen=True, slots=True)
class Unsubscribed(Signal):
    """X7."""


@dataclass(frozen=True, slots=True)
class Complained(Signal):
    """X7."""


@dataclass(frozen=True, slots=True)
class DoNotContact(Signal):
    """X7, set by a person or an outcome."""


@dataclass(frozen=True, slots=True)
class Erased(Signal):
    """X7: the lead was erased."""


@dataclass(frozen=True, slots=True)
class Clicked(Signal):
    """A human click on a link with this name (X1)."""

    name: str


@dataclass(frozen=True, slots=True)
class Visited(Signal):
    path: str


@dataclass(frozen=True, slots=True)
class Submitted(Signal):
    form: str


@dataclass(frozen=True, slots=True)
class FactsChanged(Signal):
    """Something that conditions ask about is true now: a tag, a segment, the score. `text`: what, in one sentence."""

    text: str


@dataclass(frozen=True, slots=True)
class StageChanged(Signal):
    """X1: the lead stands at another stage; `stop.stage` says what that does."""

    stage: str


@dataclass(frozen=True, slots=True)
class MeetingBooked(Signal):
    """X1."""


@dataclass(frozen=True, slots=True)
class DealWon(Signal):
    """X1."""


@dataclass(frozen=True, slots=True)
class Outcome(Signal):
    """K3: a task was closed with an outcome of core.tasks (``no answer``, ``interested`` ...), or plainly ``done``.

    `step`: the step whose task it is, None for a task beside the steps. `back_on`: call back at / not now until.
    `suppress`: not interested, and no more mail either. `nurture`: False = no nurture after a not-interested.
    """

    outcome: str
    step: str | None = None
    back_on: datetime | None = None
    suppress: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class PausedBy(Signal):
    """P1, P2: a person pauses. `reason` in plain words; `until` an optional end."""

    by: str
    reason: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ResumedBy(Signal):
    """P3. `choice`: continue, restart or stop. Without one a pause of more than 30 days asks first."""

    by: str
    choice: str = ""


@dataclass(frozen=True, slots=True)
class PausesChanged(Signal):
    """P2: a pause from outside began or ended; the facts say which hold now."""


@dataclass(frozen=True, slots=True)
class SkippedBy(Signal):
    """P5: skip the step that is next."""

    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StoppedBy(Signal):
    """A person stops. `state`: an ended state of core.states such as ``ended: manual`` or ``ended: disqualified``."""

    by: str
    reason: str = ""
    state: str = "ended: manual"


@dataclass(frozen=True, slots=True)
class ZoneChanged(Signal):
    """W7: unsent steps are planned again."""

    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True)
class OwnerChanged(Signal):
    """K4: planned again (rep hours); the caller moves the open tasks."""

    new: str = ""


@dataclass(frozen=True, slots=True)
class Edited(Signal):
    """V4, V5: the sequence passed in is a new version; the place is kept and the next date worked out again."""


@dataclass(frozen=True, slots=True)
class OtherReplied(Signal):
    """X5: the lead replied in another sequence. A sales sequence pauses; nurture holds for `nurture_days`."""

    nurture_days: int = 14


@dataclass(frozen=True, slots=True)
class LetterFailed(Signal):
    """F1, F5: the letter under way did not go. `how`: temporary (tried again by deliver until `retry_at`), permanent
    (refused for good, not the address), unsure (a person decides), cancelled (dropped before it began: decide
    again)."""

    how: str
    text: str = ""
    retry_at: datetime | None = None
