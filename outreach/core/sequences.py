"""A sequence as dataclasses: the content of the document that SEQUENCE.md describes, already checked.

`outreach.documents` reads and writes the text; the engine walks what stands here. Every object is frozen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from functools import cached_property
from typing import Final, cast

FORMAT: Final = 1
FINISH: Final = "@finish"
"""The step key of an enrolment that has received its last step and stands in the grace before the finish."""


class Unit(StrEnum):
    """D1: the unit of a delay is explicit."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    BUSINESS_DAYS = "business days"


@dataclass(frozen=True, slots=True)
class Delay:
    """``2 business days``: an amount and its unit (D1)."""

    amount: int
    unit: Unit

    @property
    def day_level(self) -> bool:
        """Days and business days keep the wall-clock time (D5, W3); minutes and hours are elapsed time."""
        return self.unit in (Unit.DAYS, Unit.BUSINESS_DAYS)

    def __str__(self) -> str:
        unit = self.unit.value
        return f"{self.amount} {unit.removesuffix('s') if self.amount == 1 else unit}"


NO_DELAY: Final = Delay(0, Unit.MINUTES)
ONE_BUSINESS_DAY: Final = Delay(1, Unit.BUSINESS_DAYS)


@dataclass(frozen=True, slots=True, order=True)
class Block:
    """A half-open block of minutes of a day: ``09:00-17:00`` is (540, 1020); ``24:00`` is 1440 (W1, W3)."""

    start: int
    end: int


Week = tuple[tuple[Block, ...], ...]
"""Seven tuples of blocks, Monday first; an empty tuple is a closed day (W1)."""

OFFICE_WEEK: Final[Week] = ((Block(540, 1020),),) * 5 + ((), ())


@dataclass(frozen=True, slots=True)
class Schedule:
    """When steps may run (W1 to W8).

    `zone`: ``lead``, ``account`` or an IANA name. `holidays`: ``lead``, ``account``, ``none`` or a tuple such as
    ``("SE", "DE-BY")``. `closed`: closure dates.
    """

    zone: str = "lead"
    week: Week = OFFICE_WEEK
    holidays: str | tuple[str, ...] = "lead"
    closed: tuple[date, ...] = ()


class Kind(StrEnum):
    """The step kinds of SEQUENCE.md."""

    EMAIL = "email"
    CALL = "call"
    TEXT = "text"
    VOICE = "voice"
    LETTER = "letter"
    SOCIAL = "social"
    VIDEO = "video"
    TASK = "task"
    WAIT = "wait"
    IF = "if"
    BREAKUP = "breakup"
    GOAL = "goal"
    HANDOVER = "handover"


MAIL_KINDS: Final = frozenset({Kind.EMAIL, Kind.BREAKUP})
TOUCH_KINDS: Final = frozenset({Kind.CALL, Kind.TEXT, Kind.VOICE, Kind.LETTER, Kind.SOCIAL, Kind.VIDEO, Kind.TASK})


@dataclass(frozen=True, slots=True)
class Condition:
    """One test, e.g. ``clicked pricing`` = ("clicked", "pricing"), ``score >= 50`` = ("score", "", ">=", "50").

    `kind` is one of clicked, replied, visited, submitted, tag, segment, stage, has, prefers, score, field, outcome,
    attempts; or ``all``, ``any``, ``not`` over `parts`.
    """

    kind: str
    name: str = ""
    op: str = ""
    value: str = ""
    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Variant:
    """One variant of a letter (B5). `template` names a letter; otherwise subject and body stand here."""

    template: str | None = None
    subject: str | None = None
    body: str | None = None
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Mail:
    """What an ``email`` or ``breakup`` step sends. Always at least one variant; a plain step has exactly one.

    `thread`: ``new`` or ``reply`` (T1). `fallback_subject` is used when nothing was sent yet (T2).
    """

    variants: tuple[Variant, ...]
    thread: str = "new"
    fallback_subject: str | None = None


@dataclass(frozen=True, slots=True)
class Touch:
    """What a call, text, voice, letter, social, video or task step asks for.

    `script`: a known script's name, or the text itself. `body`: the words of a text, letter, post or task.
    `timeout` and `then` (``skip``, ``continue``, ``escalate``): K1; None = 1 business day, ``skip``.
    """

    script: str | None = None
    template: str | None = None
    subject: str | None = None
    body: str | None = None
    timeout: Delay | None = None
    then: str | None = None


@dataclass(frozen=True, slots=True)
class Until:
    """A ``wait`` step: until the condition holds, at most so long. No condition = simply so long."""

    until: Condition | None = None
    at_most: Delay | None = None


@dataclass(frozen=True, slots=True)
class Lanes:
    """An ``if`` step: the condition and its two lanes; `*_ends` = the lane closes with ``end: true``."""

    condition: Condition
    then: tuple[Step, ...] = ()
    otherwise: tuple[Step, ...] = ()
    then_ends: bool = False
    otherwise_ends: bool = False


@dataclass(frozen=True, slots=True)
class Goal:
    """A ``goal`` step: when the condition holds the enrolment ends as ``ended: goal``."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class Handover:
    """A ``handover`` step, or the hand-over of `react`: ``nurture``, ``owner`` (a person) or a sequence's name."""

    to: str
    programme: str | None = None
    note: str | None = None


Payload = Mail | Touch | Until | Lanes | Goal | Handover


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `id` is stable across versions (V1) and unique in the document, lanes and tracks included."""

    id: str
    kind: Kind
    payload: Payload
    after: Delay | None = None
    at: time | str | None = None
    """Wall-clock time for day-level delays, or the word ``vary`` (W11)."""
    at_once: bool = False
    block: bool | None = None
    off: bool = False
    """Switched off (V6): never run, kept for its history."""

    @property
    def mail(self) -> Mail:
        return cast(Mail, self.payload)

    @property
    def touch(self) -> Touch:
        return cast(Touch, self.payload)

    @property
    def is_mail(self) -> bool:
        return self.kind in MAIL_KINDS

    @property
    def is_touch(self) -> bool:
        return self.kind in TOUCH_KINDS

    @property
    def delay(self) -> Delay:
        """The delay, zero when the document gives none."""
        return self.after if self.after is not None else NO_DELAY


@dataclass(frozen=True, slots=True)
class EntryRule:
    """One line of ``enter.on``.

    `kind`: form, segment, tag, stage, clicked, visited, replied, score, date, import, api, nurture_return; `name` what
    follows it (for replied a sense or "", for score the number that is reached).
    For ``date trial_ends - 3 days``: name ``trial_ends``, `sign` -1, `offset` 3 days.
    """

    kind: str
    name: str = ""
    sign: int = 0
    offset: Delay | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """P7: ``once``, ``if not active``, ``after`` (N days) or ``always``."""

    rule: str = "if not active"
    days: int = 0


@dataclass(frozen=True, slots=True)
class Enter:
    """`unless`: lines that core.entry understands (M6 among them). `company_at_most`: M7."""

    on: tuple[EntryRule, ...] = ()
    unless: tuple[str, ...] = ()
    again: Again = Again()
    company_at_most: int | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """X1: ``continue``, ``pause``, ``stop``, ``ask`` or ``goto`` a step or track (`step`)."""

    do: str
    step: str | None = None

    def __str__(self) -> str:
        return f"goto {self.step}" if self.do == "goto" else self.do


@dataclass(frozen=True, slots=True)
class StopMap:
    """X1, with its defaults.

    `stage`: what a change to a stage does. `use`: the name of a set kept in the account; then `own` names the keys that
    the document says itself, and core.stops puts the set's rules under the others.
    """

    reply: Action = Action("stop")
    meeting: Action = Action("stop")
    call_connected: Action = Action("ask")
    click: Action = Action("continue")
    colleague_reply: Action = Action("pause")
    won: Action = Action("stop")
    stage: tuple[tuple[str, Action], ...] = ()
    use: str | None = None
    own: tuple[str, ...] = ()

    def on_stage(self, stage: str) -> Action | None:
        """What a change to this stage does; None = nothing."""
        return dict(self.stage).get(stage)


@dataclass(frozen=True, slots=True)
class Do:
    """What `react` does at once, beside the steps."""

    task: str | None = None
    hot: bool = False
    handover: str | None = None
    goto: str | None = None
    tag: str | None = None
    untag: str | None = None
    stage: str | None = None
    notify: str | None = None


@dataclass(frozen=True, slots=True)
class Reaction:
    when: Condition
    do: Do


@dataclass(frozen=True, slots=True)
class Finish:
    """What happens after the last step:

    `then` is ``nurture`` (with `programme`), ``handover`` (`to` a name) or ``end``.
    """

    grace: Delay | None = None
    then: str = "end"
    programme: str | None = None
    to: str | None = None


STOPS: Final = ("reply", "meeting", "call_connected", "click", "colleague_reply", "won")
"""X1: the triggers that every sequence has an action for; beside them `stage`."""
CLASSES: Final = ("inbound", "sales", "reengagement", "nurture", "newsletter")
"""M3: classes in order of precedence; a newsletter is no sequence."""


@dataclass(frozen=True)
class Sequence:
    """A whole sequence, checked. `steps`, `positive` and `negative` are the main line and the two tracks."""

    name: str
    steps: tuple[Step, ...]
    klass: str = "sales"
    anchor: str = "previous_step"
    schedule: Schedule = Schedule()
    min_gap: Delay = ONE_BUSINESS_DAY
    enter: Enter = Enter()
    stop: StopMap = StopMap()
    react: tuple[Reaction, ...] = ()
    positive: tuple[Step, ...] = ()
    negative: tuple[Step, ...] = ()
    finish: Finish | None = None

    @property
    def from_enrolment(self) -> bool:
        return self.anchor == "enrolment"

    @property
    def sells(self) -> bool:
        """M1: an inbound, sales or re-engagement sequence; not nurture."""
        return self.klass != "nurture"

    @cached_property
    def route(self) -> Route:
        """The steps by id with the ways between them; worked out once."""
        return Route.of(self)

    def step(self, key: str) -> Step | None:
        """The step with this id, lanes and tracks included; None when the document has none."""
        place = self.route.places.get(key)
        return place.step if place else None

    def every_step(self) -> Iterator[Step]:
        """All steps in the order of the document, lanes and tracks included."""
        return (place.step for place in self.route.places.values())


@dataclass(frozen=True, slots=True)
class Place:
    """Where a step stands: the list it is in (`lane`) and what follows it.

    `lane`: "" for the main line, ``positive``/``negative`` for a track, ``IF_ID:then``/``IF_ID:else`` for a lane.
    `number`: the position in document order. `next`: the key that follows, FINISH after the last. `parent`: the `if`.
    """

    step: Step
    lane: str
    number: int
    next: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Route:
    """The ways through a sequence. `starts`: first key of each lane (its exit when it is empty)."""

    places: Mapping[str, Place]
    starts: Mapping[str, str]
    first: str

    @staticmethod
    def of(sequence: Sequence) -> Route:
        places: dict[str, Place] = {}
        starts: dict[str, str] = {}
        _lay(sequence.steps, "", FINISH, None, places, starts)
        _lay(sequence.positive, "positive", FINISH, None, places, starts)
        _lay(sequence.negative, "negative", FINISH, None, places, starts)
        return Route(places, starts, starts[""])


def _lay(
    steps: tuple[Step, ...],
    lane: str,
    leaves_to: str,
    parent: str | None,
    places: dict[str, Place],
    starts: dict[str, str],
) -> None:
    """Enter one list of steps, and the lanes within it, into the route."""
    starts[lane] = steps[0].id if steps else leaves_to
    for index, step in enumerate(steps):
        follows = steps[index + 1].id if index + 1 < len(steps) else leaves_to
        places[step.id] = Place(step, lane, len(places), follows, parent)
        if isinstance(step.payload, Lanes):
            lanes = step.payload
            _lay(lanes.then, f"{step.id}:then", FINISH if lanes.then_ends else follows, step.id, places, starts)
            exit_ = FINISH if lanes.otherwise_ends else follows
            _lay(lanes.otherwise, f"{step.id}:else", exit_, step.id, places, starts)


@dataclass(frozen=True, slots=True)
class Letter:
    """The letter that a step sends to one lead: the variant that was drawn (B5)."""

    template: str | None = None
    subject: str | None = None
    body: str | None = None
    name: str = field(default="")


def named_variants(mail: Mail) -> tuple[tuple[str, Variant], ...]:
    """A step's variants with their names: A, B ..., or none where there is only one (B5)."""
    if len(mail.variants) == 1:
        return (("", mail.variants[0]),)
    return tuple((chr(ord("A") + number), variant) for number, variant in enumerate(mail.variants))
