"""A rehearsal: the engine itself over a store in memory and a moving clock. What will be sent when, and why not.

Nothing here decides: `engine` does. A rehearsal only plays the world around it: the mail server accepts at once, tasks
are done when due (or left open), the lead does what the events say, and programmes that follow are entered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from outreach.core import decisions as d
from outreach.core import engine, signals, states
from outreach.core.conditions import SENSES, unquote
from outreach.core.enrolments import Facts, SentMail, Snapshot
from outreach.core.placeholders import merge_flags
from outreach.core.schedule import instant
from outreach.core.sequences import Kind, Letter, Sequence
from outreach.core.tasks import OUTCOMES
from outreach.core.zones import is_zone

MOST_DECISIONS = 20_000
LATEST = datetime(9000, 1, 1, tzinfo=UTC)
"""A rehearsal ends before the calendar does."""
FURTHEST_RETURN = timedelta(days=60)
"""O3: a return date further away counts as none."""


class NoJitter(Random):
    """Every random part is 0."""

    def random(self) -> float:
        return 0.0


class BadEvent(ValueError):
    """An event or a time that cannot be read; the message says why and what would be one."""


class Endless(RuntimeError):
    """The sequence leads back into itself without ever coming to rest."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens at a moment: a signal, or the word ``skip`` and the like already made one."""

    at: datetime
    signal: signals.Signal


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a rehearsal. `kind`: a step kind, nurture, hold, skip, block, pause, resume, stop or finish."""

    at: datetime
    local: datetime
    kind: str
    step: str | None
    state: str
    rule: str
    text: str
    sequence: str
    letter: Letter | None = None
    """What a letter's line sends: the variant that was drawn (B5)."""
    reply: bool = False
    """The letter answers in the thread (T1)."""
    flags: Mapping[str, bool] = field(default_factory=dict)
    """What was really done before it, for the letter: ``called``, ``left_voicemail``."""

    def as_json(self) -> dict[str, Any]:
        return {
            "at": self.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "local": self.local.isoformat(timespec="seconds"),
            "kind": self.kind,
            "step": self.step,
            "state": self.state,
            "rule": self.rule,
            "text": self.text,
        }


def read_event(text: str, zone: str, now: Callable[[str], datetime] | None = None) -> Event:
    """``2026-03-06T11:00 reply interested``;

    the time is in the lead's zone unless it carries an offset. Raises BadEvent.
    """
    when, _, what = text.strip().partition(" ")
    return Event((now or (lambda each: read_time(each, zone)))(when), _signal(what.strip()))


def read_time(text: str, zone: str) -> datetime:
    """A time in the lead's zone unless it carries an offset. Raises BadEvent."""
    try:
        at = datetime.fromisoformat(text)
        found = (at if at.tzinfo else instant(ZoneInfo(zone), at)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadEvent(f"{text!r} is no time; write it like 2026-03-06T11:00.") from error
    if found > LATEST:
        raise BadEvent(f"{text!r} is no time that a rehearsal reaches; choose a nearer one.")
    return found


def _signal(what: str) -> signals.Signal:
    name, _, rest = what.partition(" ")
    rest = rest.strip()
    if name in _PLAIN and not rest:
        return _PLAIN[name]()
    if name in _READERS:
        return _READERS[name](rest)
    raise BadEvent(f"{what!r} is no event; known are: {', '.join([*_READERS, *_PLAIN])}.")


def _reply(rest: str) -> signals.Signal:
    if rest and rest not in SENSES:
        raise BadEvent(f"{rest!r} is no sense of a reply; known are: {', '.join(SENSES)}.")
    return signals.Replied(rest or "other")


def _out_of_office(rest: str) -> signals.Signal:
    try:
        return signals.WasOutOfOffice(None if rest in ("", "none") else date.fromisoformat(rest))
    except ValueError as error:
        raise BadEvent(f"{rest!r} is no date; write 2026-03-20 or none.") from error


def _bounce(rest: str) -> signals.Signal:
    if rest not in ("hard", "soft"):
        raise BadEvent(f"{rest!r} is no bounce; write hard or soft.")
    return signals.Bounced(hard=rest == "hard")


def _click(rest: str) -> signals.Signal:
    if not rest:
        raise BadEvent("A click needs the link's name, e.g. click pricing.")
    return signals.Clicked(unquote(rest))


def _call(rest: str) -> signals.Signal:
    outcome = rest.replace("_", " ")
    if outcome not in OUTCOMES:
        raise BadEvent(f"{rest!r} is no outcome of a call; known are: {', '.join(OUTCOMES)}.")
    return signals.Outcome(outcome)


def _zone(rest: str) -> signals.Signal:
    if not rest or not is_zone(rest):
        raise BadEvent(f"{rest!r} is no time zone; write an IANA name such as Europe/Berlin.")
    return signals.ZoneChanged(new=rest)


_PLAIN: Mapping[str, Callable[[], signals.Signal]] = {
    "unsubscribe": signals.Unsubscribed,
    "complaint": signals.Complained,
    "meeting": signals.MeetingBooked,
    "won": signals.DealWon,
    "pause": lambda: signals.PausedBy("you"),
    "resume": lambda: signals.ResumedBy("you"),
    "skip": lambda: signals.SkippedBy("you"),
}
_READERS: Mapping[str, Callable[[str], signals.Signal]] = {
    "reply": _reply,
    "out_of_office": _out_of_office,
    "bounce": _bounce,
    "click": _click,
    "call": _call,
    "timezone": _zone,
}


def rehearse(
    sequence: Sequence,
    facts: Facts,
    start: datetime,
    *,
    events: Iterable[Event] = (),
    days: int = 120,
    tasks_done: bool = True,
    random: Random | None = None,
    programmes: Mapping[str, Sequence] | None = None,
) -> list[Line]:
    """Everything that happens to one lead in `days` days from `start` (aware), in time order.

    `programmes`: the sequences that may follow, by name. `tasks_done`: tasks count as done (call: no answer) when due.
    """
    stage = Stage(facts, random or Random(), programmes or {}, tasks_done)
    stage.enter(sequence, start)
    end = start + timedelta(days=days)
    waiting = sorted((event for event in events if start <= event.at <= end), key=lambda event: event.at)
    for event in waiting:
        stage.run_to(event.at)
        stage.happen(event)
    stage.run_to(end)
    return stage.lines


@dataclass(slots=True)
class Running:
    """One enrolment in the store in memory.

    `held_by`: the rule that held the step that is next. `wrote`: a letter has gone, so a reply has a thread (T2).
    """

    sequence: Sequence
    snapshot: Snapshot
    held_by: str = ""
    main: bool = True
    wrote: bool = False


@dataclass(slots=True)
class Stage:
    """The world of one rehearsal."""

    facts: Facts
    random: Random
    programmes: Mapping[str, Sequence]
    tasks_done: bool
    running: list[Running] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    decisions: int = 0
    clock: datetime | None = None

    # Time

    def run_to(self, until: datetime) -> None:
        """Let everything happen that is due before `until` or then."""
        while (turn := self._next()) is not None:
            due = turn.snapshot.due_at
            if due is None or due > until:
                return
            self.clock = max(self.clock, due) if self.clock else due
            self._step(turn, self.clock)

    def _next(self) -> Running | None:
        open_ones = [each for each in self.running if each.snapshot.due_at is not None]
        return min(open_ones, key=lambda each: each.snapshot.due_at or each.snapshot.anchor_at, default=None)

    def _step(self, turn: Running, now: datetime) -> None:
        self.decisions += 1
        if self.decisions > MOST_DECISIONS:
            raise Endless("The rehearsal does not come to an end: a goto leads back again and again without a wait.")
        decision = engine.decide(turn.snapshot, turn.sequence, self._facts(turn), now, self.random)
        self._apply(turn, decision, now)

    def _facts(self, turn: Running) -> Facts:
        others = (each.sequence.klass for each in self.running if each is not turn and not each.snapshot.ended)
        return replace(self.facts, rivals=frozenset(others))

    # What the engine said

    def enter(self, sequence: Sequence, now: datetime, main: bool = True) -> None:
        """A new enrolment."""
        number = len(self.running) + 1
        decision = engine.first(number, sequence, self.facts, now, self.random)
        self.running.append(Running(sequence, decision.after, main=main))

    def _apply(self, turn: Running, decision: d.Decision, now: datetime, by_event: bool = False) -> None:
        before = turn.snapshot
        turn.snapshot = decision.after
        if isinstance(decision, d.Send):
            self._accepted(turn, decision, now)
        elif isinstance(decision, d.MakeTask):
            self._made(turn, decision, now)
        else:
            self._told(turn, decision, before, now, by_event)
        if isinstance(decision, d.Hold):
            turn.held_by = decision.rule
        for effect in decision.effects:
            self._effect(effect, now)
        if decision.after.ended:
            self._let_go(now)

    def _let_go(self, now: datetime) -> None:
        """M3: whoever stood back for a programme that ended looks again at once."""
        for each in self.running:
            due = each.snapshot.due_at
            if each.snapshot.state == states.PRIORITY and due is not None and due > now:
                each.snapshot = replace(each.snapshot, due_at=now)

    def _told(self, turn: Running, decision: d.Decision, before: Snapshot, now: datetime, by_event: bool) -> None:
        """The line of a decision that is no letter and no task; planning prints nothing."""
        step = decision.step.id if decision.step else None
        if isinstance(decision, d.Hold | d.Block):
            if decision.changed and (by_event or decision.after.state != before.state):
                step = step or before.step_key
                self._line(turn, decision.kind, step if turn.sequence.step(step or "") else None, decision, now)
        elif isinstance(decision, d.Branch):
            if decision.step is not None:
                self._line(turn, decision.step.kind.value, step, decision, now)
        elif isinstance(decision, d.PartWays) and decision.step is not None:
            self._line(turn, decision.step.kind.value, step, decision, now)
        elif not isinstance(decision, d.Wait):
            self._line(turn, decision.kind, step, decision, now)

    def _accepted(self, turn: Running, decision: d.Send, now: datetime) -> None:
        """The mail server took the letter."""
        step = decision.step
        if step is None:
            return
        rule, turn.held_by = turn.held_by or decision.rule, ""
        self.facts = replace(
            self.facts, mails=(*self.facts.mails, SentMail(now, turn.sequence.klass, decision.at_once))
        )
        done = engine.on_done(turn.snapshot, turn.sequence, step.id, now, self._facts(turn), now, self.random)
        turn.snapshot = done.after
        kind = step.kind.value if turn.main else "nurture"
        letter = decision.letter.template or decision.letter.subject or step.id
        which = f", variant {decision.letter.name}" if decision.letter.name else ""
        told = replace(decision, rule=rule, text=f"Letter sent: {letter}{which}.")
        reply = decision.thread == "reply" and turn.wrote
        flags = merge_flags(turn.snapshot.done)
        self._line(turn, kind, step.id, told, now, done.after, (decision.letter, reply, flags))
        turn.wrote = True

    def _made(self, turn: Running, decision: d.MakeTask, now: datetime) -> None:
        """A task was made; it counts as done at once unless tasks stay open."""
        step = decision.step
        if step is None:
            return
        line = replace(decision, rule=turn.held_by or decision.rule)
        turn.held_by = ""
        if self.tasks_done:
            outcome = "no answer" if step.kind is Kind.CALL else "done"
            if step.kind is Kind.CALL:
                self.facts = replace(self.facts, attempts=self.facts.attempts + 1)
            done = engine.on_signal(
                turn.snapshot, turn.sequence, signals.Outcome(outcome, step.id), self._facts(turn), now, self.random
            )
            turn.snapshot = done.after
            for effect in done.effects:
                self._effect(effect, now)
        self._line(turn, step.kind.value, step.id, line, now, turn.snapshot)

    def _line(
        self,
        turn: Running,
        kind: str,
        step: str | None,
        decision: d.Decision,
        now: datetime,
        after: Snapshot | None = None,
        sent: tuple[Letter | None, bool, Mapping[str, bool]] = (None, False, {}),
    ) -> None:
        local = now.astimezone(ZoneInfo(self.facts.zone))
        state = (after or decision.after).state
        name = turn.sequence.name
        self.lines.append(Line(now, local, kind, step, state, decision.rule, decision.text, name, *sent))

    def _effect(self, effect: d.Effect, now: datetime) -> None:
        """What a decision changes in the lead and the house."""
        if isinstance(effect, d.Suppress):
            self.facts = replace(self.facts, suppressed=effect.reason)
        elif isinstance(effect, d.MarkPhoneBad):
            self.facts = replace(self.facts, phone_bad=True)
        elif isinstance(effect, d.SetStage):
            self.facts = replace(self.facts, stage=effect.stage)
        elif isinstance(effect, d.TagLead):
            tags = self.facts.tags - {effect.tag} if effect.remove else self.facts.tags | {effect.tag}
            self.facts = replace(self.facts, tags=tags)
        elif isinstance(effect, d.HoldLead):
            self.facts = replace(self.facts, out_of_office=effect.until)
        elif isinstance(effect, d.EnterNurture | d.EnterSequence):
            self._follow(effect, now)
        elif isinstance(effect, d.AddTask) and effect.kind == "task":
            self._beside(effect, now)

    def _follow(self, effect: d.EnterNurture | d.EnterSequence, now: datetime) -> None:
        """Enter the programme that follows, where it is known and the person may be written to."""
        nurture = isinstance(effect, d.EnterNurture)
        name = effect.programme if isinstance(effect, d.EnterNurture) else effect.name
        found = self.programmes.get(name or "") or (self._any_nurture() if nurture and name is None else None)
        if found is not None and self.facts.suppressed is None:
            self.enter(found, now, main=found.sells)

    def _any_nurture(self) -> Sequence | None:
        return next((each for each in self.programmes.values() if not each.sells), None)

    def _beside(self, effect: d.AddTask, now: datetime) -> None:
        """A task that a reaction made."""
        turn = next((each for each in self.running if not each.snapshot.ended), self.running[0])
        local = now.astimezone(ZoneInfo(self.facts.zone))
        line = Line(now, local, "task", None, turn.snapshot.state, "X1", effect.text, turn.sequence.name)
        self.lines.append(line)

    # What the lead and people do

    def happen(self, event: Event) -> None:
        """An event reaches every running enrolment, with the facts that it changes."""
        signal = self._heard(event.signal, event.at)
        self.clock = event.at
        self._learn(signal)
        for turn in [each for each in self.running if not each.snapshot.ended]:
            decision = engine.on_signal(
                turn.snapshot,
                turn.sequence,
                self._aimed(signal, turn),
                self._facts_with(signal, turn),
                event.at,
                self.random,
            )
            self._apply(turn, decision, event.at, by_event=True)
        self.run_to(event.at)

    def _heard(self, signal: signals.Signal, at: datetime) -> signals.Signal:
        """O3: a return date that is past, or more than 60 days away, counts as none."""
        if not isinstance(signal, signals.WasOutOfOffice) or signal.until is None:
            return signal
        today = at.astimezone(ZoneInfo(self.facts.zone)).date()
        return signal if today <= signal.until <= today + FURTHEST_RETURN else signals.WasOutOfOffice(None)

    def _aimed(self, signal: signals.Signal, turn: Running) -> signals.Signal:
        """A call's outcome belongs to the call that waits, else to the last one made."""
        if not isinstance(signal, signals.Outcome):
            return signal
        under_way = turn.snapshot.under_way
        waiting = turn.sequence.step(under_way["step"]) if under_way is not None else None
        if waiting is not None and waiting.kind is Kind.CALL:
            return replace(signal, step=waiting.id)
        calls = [key for key, entry in turn.snapshot.done.items() if entry.get("kind") == "call"]
        return replace(signal, step=calls[-1] if calls else None)

    def _facts_with(self, signal: signals.Signal, turn: Running) -> Facts:
        if isinstance(signal, signals.ZoneChanged):
            self.facts = replace(self.facts, zone=signal.new)
        return self._facts(turn)

    def _learn(self, signal: signals.Signal) -> None:
        facts = self.facts
        if isinstance(signal, signals.Clicked):
            facts = replace(facts, clicks=facts.clicks | {signal.name})
        elif isinstance(signal, signals.Replied):
            facts = replace(facts, replies=facts.replies | {signal.sense})
        elif isinstance(signal, signals.Outcome):
            facts = replace(facts, attempts=facts.attempts + OUTCOMES[signal.outcome].attempt)
        self.facts = facts


def steps_of(lines: Iterable[Line], *kinds: str) -> Iterator[Line]:
    """The lines of some kinds."""
    return (line for line in lines if line.kind in kinds)
