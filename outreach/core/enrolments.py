"""An enrolment as the engine sees it: a pointer into a sequence, and the facts that a decision needs.

A `Snapshot` is made from the row; every decision carries the snapshot as it shall stand afterwards, which is written
back
as it is. Nothing else about the future is kept: the next moment is worked out again on waking (DESIGN.md section 3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from outreach.core.sequences import Week

Memory = Mapping[str, Any]
"""JSON-able. Keys, all absent at first:

``done``      {step id: {"at": ISO, "how": done|skipped|expired, "kind", "outcome"?, "at_once"?}}: steps received
``draws``     {name: number or text}: random parts drawn once (jitter, variants, varied slots)
``judged``    {if or wait step id: {"at": ISO, "lane": then|else}}: lanes taken; the anchor inside a lane
``track``     {"name": positive|negative|step id, "at": ISO}: entered by goto
``under_way`` {"step", "kind": letter|task, "since": ISO, "until": ISO}: a letter queued, or a task that blocks
``paused``    {"at": ISO, "left": [...], "task", "reason", "by", "until"?}: P1; "task": what is left of a task's time
``frozen``    {"at": ISO, "left", "task", "was", "until"?}: P1 for pauses that bind from outside (P2), kept by the house
``counted_to`` ISO: pauses up to this moment are in the dates already
``ooo``       {"until": ISO date, "since": ISO}: O4
``slots``     [[part, weekday], ...]: parts of the day already tried (W11)
``answer``    the state it ends in at last, when it goes on after a reply or an outcome (a track, ``reply: continue``)
``said``      {step id: outcome} of tasks that still waited when they were closed, for conditions
"""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One enrolment. Times are aware (UTC).

    `state` and `reason` are of RULES S (see core.states). `step_key`: the step that is next, or under way; FINISH in
    the
    grace. `due_at`: when to look again; None only when ended. `anchor_at`: the start for D2 (moves by pauses, P1).
    `last_done_at`: completion of the previous step (D3).
    """

    id: int
    state: str
    step_key: str | None
    due_at: datetime | None
    anchor_at: datetime
    last_done_at: datetime | None = None
    reason: str = ""
    memory: Memory = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        return self.state.startswith("ended")

    @property
    def done(self) -> Mapping[str, Mapping[str, Any]]:
        """Steps received, by id (V4: none is ever sent again)."""
        done: Mapping[str, Mapping[str, Any]] = self.memory.get("done", {})
        return done

    @property
    def under_way(self) -> Mapping[str, Any] | None:
        """The letter that is queued or the task that blocks, if any."""
        found: Mapping[str, Any] | None = self.memory.get("under_way")
        return found

    @property
    def paused(self) -> Mapping[str, Any] | None:
        found: Mapping[str, Any] | None = self.memory.get("paused")
        return found

    @property
    def frozen(self) -> Mapping[str, Any] | None:
        """What a pause from outside (P2) has frozen."""
        found: Mapping[str, Any] | None = self.memory.get("frozen")
        return found

    @property
    def still(self) -> bool:
        """True while a pause of its own or one from outside holds it: nothing is planned then."""
        return self.paused is not None or self.frozen is not None

    def remember(self, **changes: Any) -> Snapshot:
        """A copy with keys of its memory set; None takes a key away."""
        memory = {key: value for key, value in {**self.memory, **changes}.items() if value is not None}
        return replace(self, memory=memory)


@dataclass(frozen=True, slots=True)
class SentMail:
    """One automatic letter that this person got, in any programme (M4). `klass` as in sequences.CLASSES.

    `pending`: it is under way and has not gone yet; it gives way to what outranks it (M3).
    """

    at: datetime
    klass: str
    at_once: bool = False
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Pausing:
    """A pause that binds this enrolment from outside (P2):

    `scope` lead, rep, sequence, mailbox, company, everything.
    """

    scope: str
    reason: str
    until: datetime | None = None
    since: datetime | None = None
    """Where the rest of the delay was frozen (P1); None = when it is met."""
    ended: datetime | None = None
    """When it was lifted or ran out; None while it binds."""
    choice: str = ""
    """P3: what a person chose when lifting a pause of more than 30 days."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true of the lead and the house right now; built afresh from rows before every decision.

    Everything has a default, so that a caller names what it knows. Zones are IANA names; `country` ISO 3166 alpha-2,
    `region` the subdivision without the country (``BY``).
    """

    zone: str = "UTC"
    country: str | None = None
    region: str | None = None
    account_zone: str = "UTC"
    account_country: str | None = None
    account_region: str | None = None
    rep_zone: str | None = None
    """None = no rep: only the lead's window binds calls (W9)."""
    rep_week: Week | None = None
    rep_away: tuple[date, ...] = ()

    lead: int | None = None
    """Who it is, for lots that are drawn once per lead (B5)."""
    phone: str | None = None
    phone_bad: bool = False
    email: str | None = None
    company: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    """Merge fields and the lead's own fields by name; nested ones by dotted name (``owner.name``)."""
    needs: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Fields without fallback that a named template needs (F3)."""

    tags: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    stage: str | None = None
    prefers: str | None = None
    score: int = 0
    clicks: frozenset[str] = frozenset()
    """Names of links clicked by the person, since the enrolment began."""
    replies: frozenset[str] = frozenset()
    visits: frozenset[str] = frozenset()
    submitted: frozenset[str] = frozenset()
    attempts: int = 0
    """Call attempts to this lead in all; the enrolment's own are in its memory."""
    voicemails: int = 0

    suppressed: str | None = None
    """X7: ``unsubscribed``, ``complained``, ``bounced``, ``do not contact`` or ``erased``; wins over everything."""
    no_basis: str | None = None
    """MAIL C5: why letters of this class may not go by themselves, where the lead's law asks for a basis and none counts."""
    out_of_office: date | None = None
    """O4: the lead's return date, from any enrolment."""
    mails: tuple[SentMail, ...] = ()
    """M4: automatic letters of the last 31 days, this lead's, newest or oldest first."""
    rivals: frozenset[str] = frozenset()
    """M3: classes of this lead's other running enrolments."""
    hold_until: datetime | None = None
    """X5: nurture holds until then after a human reply."""
    pauses: tuple[Pausing, ...] = ()
    """P2: what binds now, the widest first."""
    lifted: tuple[Pausing, ...] = ()
    """Pauses that ended since the enrolment was planned; their length is put behind its next date (P1)."""
    inbox_read: bool = True
    """X4: the mailbox was read within N minutes."""
    channels: frozenset[str] = frozenset({"email"})
    """Channels that go by themselves; a step of another one is a task for a person."""
    cap_day: int = 1
    cap_week: int = 5
