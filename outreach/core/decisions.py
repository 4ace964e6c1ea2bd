"""What the engine chose, and why. Plain data; journeys apply it.

Every decision carries `after`, the enrolment as it shall stand (write it back whole), the rule's id, one plain
sentence and
the inputs, which together are the event row. `effects` are the changes beyond the enrolment, in order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar

from outreach.core.enrolments import Snapshot
from outreach.core.sequences import Letter, Step


@dataclass(frozen=True, slots=True)
class Effect:
    """A change beyond the enrolment."""


@dataclass(frozen=True, slots=True)
class CancelTasks(Effect):
    """K2: cancel the enrolment's open tasks."""

    reason: str


@dataclass(frozen=True, slots=True)
class TaskUntil(Effect):
    """K1, P1: the open task of a step has time until then."""

    step: str
    until: datetime


@dataclass(frozen=True, slots=True)
class CancelLetters(Effect):
    """Cancel the enrolment's letters that are queued or claimed (X8)."""

    reason: str


@dataclass(frozen=True, slots=True)
class AddTask(Effect):
    """A task beside the steps. `kind`: reply, call, task, interview, find successor, referral, resume, who."""

    kind: str
    text: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Notify(Effect):
    """Tell the owner (or the manager, `escalate`)."""

    text: str
    escalate: bool = False


@dataclass(frozen=True, slots=True)
class Suppress(Effect):
    """X7: global. `reason`: unsubscribed, complained, bounced, do not contact."""

    reason: str


@dataclass(frozen=True, slots=True)
class MarkPhoneBad(Effect):
    """K3 wrong number."""


@dataclass(frozen=True, slots=True)
class MarkAddressDead(Effect):
    """F2, O7."""


@dataclass(frozen=True, slots=True)
class MarkHot(Effect):
    """X1: a click makes the lead hot."""

    reason: str


@dataclass(frozen=True, slots=True)
class MarkCustomer(Effect):
    """X1 won."""


@dataclass(frozen=True, slots=True)
class SetStage(Effect):
    stage: str


@dataclass(frozen=True, slots=True)
class TagLead(Effect):
    tag: str
    remove: bool = False


@dataclass(frozen=True, slots=True)
class PauseOthers(Effect):
    """X5: pause every other sales sequence of the lead; nurture holds for `nurture_days`."""

    reason: str
    nurture_days: int = 14


@dataclass(frozen=True, slots=True)
class HoldLead(Effect):
    """O4: every automatic sales step of the lead is held until this local date."""

    until: date


@dataclass(frozen=True, slots=True)
class EnterNurture(Effect):
    """Enrol in the nurture programme (None: the account's default). `return_on`: come back to the rep then (K3)."""

    programme: str | None = None
    return_on: date | None = None


@dataclass(frozen=True, slots=True)
class EnterSequence(Effect):
    """Hand over to another sequence, by name."""

    name: str


@dataclass(frozen=True, slots=True)
class HandToPerson(Effect):
    """Hand over to the owner, with a note."""

    note: str


@dataclass(frozen=True, slots=True)
class ArchiveSubmission(Effect):
    """The inquiry that began this enrolment is archived (finish without reply)."""


@dataclass(frozen=True, slots=True)
class Exclude(Effect):
    """The closed loop: ended without nurture, with the reason (RULES N, "finished without reply")."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The common part. `kind` names the event; `step` the step concerned; `after.due_at` the next date."""

    kind: ClassVar[str] = "decision"
    after: Snapshot
    rule: str
    text: str
    step: Step | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)
    effects: tuple[Effect, ...] = ()

    @property
    def next_at(self) -> datetime | None:
        return self.after.due_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait(Decision):
    """Nothing to do yet: look again at `after.due_at`. `changed` is False when the enrolment stands as before."""

    kind: ClassVar[str] = "plan"
    changed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold(Wait):
    """Like Wait, because something holds the step (cap, priority, pause, out-of-office, inbox not read)."""

    kind: ClassVar[str] = "hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block(Wait):
    """``blocked: missing FIELD`` (F3) or ``blocked: no open slot`` (W10)."""

    kind: ClassVar[str] = "block"


@dataclass(frozen=True, slots=True, kw_only=True)
class Send(Decision):
    """Write the receipt of `step` and queue the letter. Call `engine.on_done` once the mail server accepted it.

    `variant`: index of the variant drawn (B5). `thread`: ``new`` or ``reply``; `fallback_subject`: T2.
    `at_once`: bypasses window, gap, cap (W5).
    """

    kind: ClassVar[str] = "send"
    letter: Letter
    variant: int = 0
    at_once: bool = False
    thread: str = "new"
    fallback_subject: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeTask(Decision):
    """Write the receipt of `step` and a task for a person (or the channel, when it goes by itself).

    `task_kind` is the step's kind. `blocking`: the enrolment waits for it (K1) and `engine.on_signal(Outcome)`
    moves it on. `expires_at`: K1's timeout. `call_at`: when to do it (W9). `flagged`: no hours in common. `automatic`: its
    channel is set up.
    """

    kind: ClassVar[str] = "task"
    task_kind: str
    blocking: bool
    expires_at: datetime
    call_at: datetime
    flagged: bool = False
    automatic: bool = False
    script: str | None = None
    body: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip(Decision):
    """The step is marked skipped with its reason (P5); the next one is planned."""

    kind: ClassVar[str] = "skip"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch(Decision):
    """An `if`, `wait` or `goto` was judged; the next step is planned."""

    kind: ClassVar[str] = "branch"
    lane: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(Decision):
    """P3: a person resumed; the next step is planned."""

    kind: ClassVar[str] = "resume"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(Decision):
    """P1: frozen, with reason, author and optional end."""

    kind: ClassVar[str] = "pause"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop(Decision):
    """The enrolment ends for `after.reason` (X8): effects say what is cancelled and what follows."""

    kind: ClassVar[str] = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartWays(Decision):
    """The end was reached (`finish`): nurture, another sequence, or excluded with the reason."""

    kind: ClassVar[str] = "finish"
