"""What a signal changes: X1 (stops, with their defaults), react, tracks, O4, K3, P1 to P5, V4. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, cast

from outreach.core import endings, signals, states
from outreach.core.conditions import describe, holds
from outreach.core.decisions import (
    AddTask,
    Branch,
    CancelLetters,
    CancelTasks,
    Decision,
    Effect,
    EnterNurture,
    EnterSequence,
    Hold,
    HoldLead,
    MarkAddressDead,
    MarkCustomer,
    MarkHot,
    MarkPhoneBad,
    Notify,
    Pause,
    PauseOthers,
    Resume,
    SetStage,
    Skip,
    Suppress,
    TagLead,
    TaskUntil,
    Wait,
)
from outreach.core.enrolments import Facts, Pausing, Snapshot
from outreach.core.planning import (
    OUT_OF_OFFICE_DAYS,
    calendar_of,
    moment,
    rest_from,
    rest_of,
    shifted,
    target_after,
    time_left,
    written,
)
from outreach.core.sequences import FINISH, Action, Do, Goal, Handover, Sequence, Step, Until
from outreach.core.tasks import OUTCOMES, Consequence
from outreach.core.walking import (
    follower,
    found_again,
    jump,
    place_after_edit,
    planned,
    received,
    stand_before,
    with_slot,
)

LONG_PAUSE = timedelta(days=30)
"""P3: after a longer pause a person is asked how to go on."""
ASKS_FIRST = "It was paused for more than 30 days: continue, restart or stop?"


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that an answer to a signal needs; `effects` so far."""

    enrolment: Snapshot
    sequence: Sequence
    facts: Facts
    now: datetime
    random: Random
    effects: tuple[Effect, ...] = ()

    def plus(self, *effects: Effect) -> Scene:
        return replace(self, effects=(*self.effects, *effects))


def hold(
    enrolment: Snapshot,
    state: str,
    due: datetime,
    rule: str,
    text: str,
    *,
    step: Step | None = None,
    inputs: Mapping[str, Any] | None = None,
    before: Snapshot | None = None,
    asks_again: bool = False,
) -> Hold:
    """The enrolment held in its place until `due`. `asks_again`: `due` only says when to look again, and looking is no
    change."""
    after = replace(enrolment, state=state, due_at=due, reason=text)
    stood = before if before is not None else enrolment
    if asks_again and stood.state == state:
        stood = replace(stood, due_at=due)
    return Hold(
        after=after,
        rule=rule,
        text=text,
        step=step,
        inputs=inputs or {},
        changed=after != stood,
    )


def on_signal(
    enrolment: Snapshot, sequence: Sequence, signal: signals.Signal, facts: Facts, now: datetime, random: Random
) -> Decision:
    """What a signal changes. A signal that changes nothing gives a Wait with `changed=False`."""
    if enrolment.ended:
        return Wait(after=enrolment, rule="S", text=states.sentence(enrolment.state), changed=False)
    standing = found_again(enrolment, sequence)
    decision = _ANSWERS[type(signal)](Scene(standing, sequence, facts, now, random), signal)
    if isinstance(decision, Wait) and not decision.changed and standing != enrolment:
        return replace(decision, changed=True)
    return decision


# The parts that answers are made of


def _go_on(scene: Scene, rule: str, text: str) -> Decision:
    """Nothing changes but the effects and, with fresh facts, the next date."""
    before = scene.enrolment
    after = _planned_again(scene)
    return Wait(after=after, rule=rule, text=text, effects=scene.effects, changed=after != before)


def _planned_again(scene: Scene) -> Snapshot:
    """The next moment worked out again; what is under way or paused stays. A wait whose condition now holds is due."""
    enrolment = scene.enrolment
    if enrolment.still or enrolment.under_way is not None:
        return enrolment
    if enrolment.state.startswith(("held", "blocked", "failed", states.APPROVAL)):
        return enrolment
    step = scene.sequence.step(enrolment.step_key or "")
    after, _ = planned(enrolment, scene.sequence, scene.facts, scene.now, scene.random)
    until = step.payload.until if step is not None and isinstance(step.payload, Until) else None
    if until is not None and enrolment.memory.get("waiting") and holds(until, enrolment, scene.facts):
        return replace(after, due_at=min(scene.now, after.due_at or scene.now))
    if enrolment.due_at is not None and enrolment.due_at <= scene.now == after.due_at:
        return replace(after, due_at=enrolment.due_at)
    return after


def _taken_back(scene: Scene, why: str) -> Scene:
    """A letter in the queue becomes the next step again; its receipt stays, cancelled, and is used once more later."""
    under_way = scene.enrolment.under_way
    step = scene.sequence.step(under_way["step"]) if under_way and under_way["kind"] == "letter" else None
    if step is None or step.at_once:
        return scene
    freed = replace(scene.enrolment.remember(under_way=None), state=states.SCHEDULED)
    return replace(scene, enrolment=freed).plus(CancelLetters(why))


def _goto(scene: Scene, target: str, rule: str, text: str) -> Branch:
    """Leave what is under way and stand before a step, or on a track."""
    after = jump(scene.enrolment, scene.sequence, target, scene.now)
    after, _ = planned(after, scene.sequence, scene.facts, scene.now, scene.random)
    effects = (CancelLetters(text), CancelTasks(text), *scene.effects)
    return Branch(after=after, rule=rule, text=f"{text} Goes on at {target}.", lane=target, effects=effects)


def _act_on(scene: Scene, action: Action, state: str, text: str) -> Decision:
    """X1: what the sequence's stop rule says."""
    if action.do == "continue":
        return _go_on(scene, "X1", text)
    if action.do == "goto":
        return _goto(scene, action.step or "", "X1", text)
    if action.do == "stop":
        return endings.stop(scene.enrolment, state, "X1", text, effects=scene.effects)
    if action.do == "ask":
        return _paused(scene, text, "rule", None, states.APPROVAL, "X1", Notify(f"{text} Go on or stop?"))
    return _paused(scene, text, "rule", None, states.PAUSED, "X1", Notify(text))


def _reacted(scene: Scene) -> tuple[Scene, Do | None]:
    """`react`: what holds now for the first time. Its effects, and the one that leads elsewhere, if any."""
    fired: list[str] = list(scene.enrolment.memory.get("reacted", ()))
    leads: Do | None = None
    for reaction in scene.sequence.react:
        name = describe(reaction.when)
        if name in fired or not holds(reaction.when, scene.enrolment, scene.facts):
            continue
        fired.append(name)
        scene = scene.plus(*_effects_of(reaction.do, name, scene.now))
        if leads is None and (reaction.do.goto or reaction.do.handover):
            leads = reaction.do
    if len(fired) == len(scene.enrolment.memory.get("reacted", ())):
        return scene, None
    return replace(scene, enrolment=scene.enrolment.remember(reacted=fired)), leads


def _effects_of(do: Do, why: str, now: datetime) -> list[Effect]:
    found: list[Effect] = []
    if do.task:
        found.append(AddTask("task", do.task, now))
    if do.hot:
        found.append(MarkHot(why))
    if do.notify:
        found.append(Notify(do.notify))
    if do.stage:
        found.append(SetStage(do.stage))
    if do.tag:
        found.append(TagLead(do.tag))
    if do.untag:
        found.append(TagLead(do.untag, remove=True))
    return found


def _led(scene: Scene, do: Do, text: str) -> Decision:
    """A reaction that leads elsewhere."""
    if do.goto:
        return _goto(scene, do.goto, "X1", text)
    decision = endings.hand_over(scene.enrolment, None, Handover(do.handover or "owner"))
    return replace(decision, effects=(*scene.effects, *decision.effects), text=f"{text} {decision.text}")


def _engaged(scene: Scene, action: Action | None, state: str, text: str) -> Decision:
    """The common way of everything a lead does: react, goals ahead, then the stop rule."""
    scene, leads = _reacted(scene)
    if leads is not None:
        return _led(scene, leads, text)
    goal = _goal_ahead(scene)
    if goal is not None:
        return endings.stop(
            scene.enrolment, states.GOAL, "S", f"{text} The goal is reached.", effects=scene.effects, step=goal
        )
    return _act_on(scene, action, state, text) if action is not None else _go_on(scene, "X1", text)


def _goal_ahead(scene: Scene) -> Step | None:
    """A goal step further on whose condition holds now."""
    places = scene.sequence.route.places
    standing = places.get(scene.enrolment.step_key or "")
    here = standing.number if standing else len(places)
    for place in places.values():
        payload = place.step.payload
        ahead = isinstance(payload, Goal) and not place.step.off and place.lane == "" and place.number >= here
        if ahead and holds(cast(Goal, payload).condition, scene.enrolment, scene.facts):
            return place.step
    return None


def _track_for(sequence: Sequence, good: bool) -> str | None:
    """The track that a sense or an outcome enters by itself: it has steps, and no goto in the document leads to it."""
    name = "positive" if good else "negative"
    steps = sequence.positive if good else sequence.negative
    gotos = {reaction.do.goto for reaction in sequence.react}
    stops = sequence.stop
    gotos |= {
        action.step
        for action in (stops.reply, stops.meeting, stops.call_connected, stops.click, stops.colleague_reply, stops.won)
    }
    gotos |= {action.step for _, action in stops.stage}
    return name if steps and name not in gotos and not gotos & {step.id for step in steps} else None


# Replies and other mail


def _replied(scene: Scene, signal: signals.Replied) -> Decision:
    """X1, X5: a human reply. The task and the notice for the owner belong to the message, not to the enrolment."""
    if signal.sense == "unsubscribe":
        return _unsubscribed(scene, signals.Unsubscribed())
    if signal.colleague:
        return _colleague_replied(scene, signal)
    facts = replace(scene.facts, replies=scene.facts.replies | {signal.sense})
    scene = replace(scene, facts=facts).plus(PauseOthers("The lead replied in another sequence."))
    text = "The lead replied." if signal.sense == "other" else f"The lead replied ({signal.sense.replace('_', ' ')})."
    scene = replace(scene, enrolment=scene.enrolment.remember(answer=_ANSWERED.get(signal.sense, states.REPLIED)))
    if scene.sequence.stop.reply == Action("stop") and signal.sense in ("interested", "not_interested"):
        track = _track_for(scene.sequence, signal.sense == "interested")
        if track is not None:
            scene, leads = _reacted(scene)
            return _led(scene, leads, text) if leads else _goto(scene, track, "X1", text)
    return _engaged(scene, scene.sequence.stop.reply, states.REPLIED, text)


_ANSWERED = {"not_interested": states.NOT_INTERESTED, "not_now": states.LATER}
"""How an enrolment ends at last that goes on after a reply, by its sense."""


def _colleague_replied(scene: Scene, signal: signals.Replied) -> Decision:
    """X1, X6: as the sequence says; whatever it says, the owner is told."""
    who = f"{signal.who}, a colleague of the lead," if signal.who else "A colleague of the lead"
    text = f"{who} replied."
    action = scene.sequence.stop.colleague_reply
    if action.do == "pause":
        return _paused(scene, text, "rule", None, states.COMPANY, "X6", Notify(text))
    return _act_on(scene.plus(Notify(text)), action, states.REPLIED, text)


def _other_replied(scene: Scene, signal: signals.OtherReplied) -> Decision:
    """X5."""
    text = "The lead replied in another sequence."
    if scene.sequence.sells:
        return _paused(scene, text, "rule", None, states.PAUSED, "X5")
    until = scene.now + timedelta(days=signal.nurture_days)
    kept = scene.enrolment.remember(quiet_until=written(until))
    return hold(kept, states.PRIORITY, until, "X5", f"{text} Educational mail holds.", before=scene.enrolment)


def _out_of_office(scene: Scene, signal: signals.WasOutOfOffice) -> Decision:
    """O4, O5: the steps planned up to the return date move behind it; O6: it is no reply."""
    local = calendar_of(scene.sequence, scene.facts).local(scene.now).date()
    until = signal.until if signal.until is not None else local + timedelta(days=OUT_OF_OFFICE_DAYS)
    text = f"The lead is away until {until:%a} {until.day} {until:%b %Y}" + (" (assumed)." if not signal.until else ".")
    if not scene.sequence.sells:
        return Wait(after=scene.enrolment, rule="O4", text=text, changed=False)
    before = scene.enrolment
    scene = _taken_back(scene, "The lead is out of office.")
    kept = scene.enrolment.remember(ooo={"until": until.isoformat(), "since": written(scene.now)})
    if kept.state in (states.CAP, states.INBOX):
        kept = replace(kept, state=states.DELAY)
    facts = replace(scene.facts, out_of_office=until)
    after = _planned_again(replace(scene, enrolment=kept, facts=facts))
    inputs = {"until": until.isoformat(), "said": signal.until is not None}
    effects = (*scene.effects, HoldLead(until))
    if after.due_at == before.due_at:
        text += _nothing_moves(scene, after, until)
        return Wait(after=after, rule="O5", text=text, effects=effects, inputs=inputs)
    return Hold(after=after, rule="O4", text=text, effects=effects, inputs=inputs)


def _nothing_moves(scene: Scene, after: Snapshot, until: date) -> str:
    """Why an absence moves nothing: the next step lies behind the return, or it is a person's to do."""
    behind = after.due_at is None or calendar_of(scene.sequence, scene.facts).local(after.due_at).date() > until
    if behind:
        return " The next step lies after that; nothing moves."
    return " What comes before that is no automatic step and stays; letters wait for the return."


def _left_company(scene: Scene, signal: signals.LeftCompany) -> Decision:
    """O7."""
    task = AddTask("find successor", "Find the successor of the person who left.", scene.now)
    return endings.stop(
        scene.enrolment,
        states.LEFT_COMPANY,
        "O7",
        states.sentence(states.LEFT_COMPANY),
        effects=(MarkAddressDead(), task),
    )


def _bounced(scene: Scene, signal: signals.Bounced) -> Decision:
    """F2: hard stops and marks the address; soft is tried again by delivery, and waits for a person when used up."""
    if signal.hard:
        effects = (MarkAddressDead(), Suppress("bounced"))
        return endings.stop(
            scene.enrolment, states.BOUNCED, "F2", "The address does not take mail (hard bounce).", effects=effects
        )
    if not signal.final:
        return Wait(after=scene.enrolment, rule="F2", text="A soft bounce; it is tried again.", changed=False)
    text = "The mail server put the letter off for too long (soft bounces)."
    freed = scene.enrolment.remember(under_way=None)
    return hold(freed, states.FAILED, scene.now + states.REMINDER, "F2", text, before=scene.enrolment)


def _unsubscribed(scene: Scene, signal: signals.Signal) -> Decision:
    decision = endings.suppressed(scene.enrolment, "unsubscribed")
    return replace(decision, effects=(Suppress("unsubscribed"), *decision.effects))


def _complained(scene: Scene, signal: signals.Complained) -> Decision:
    decision = endings.suppressed(scene.enrolment, "complained")
    return replace(decision, effects=(Suppress("complained"), *decision.effects))


def _do_not_contact(scene: Scene, signal: signals.DoNotContact) -> Decision:
    decision = endings.suppressed(scene.enrolment, "do not contact")
    return replace(decision, effects=(Suppress("do not contact"), *decision.effects))


def _erased(scene: Scene, signal: signals.Erased) -> Decision:
    return endings.suppressed(scene.enrolment, "erased")


def _letter_failed(scene: Scene, signal: signals.LetterFailed) -> Decision:
    """F1, F5."""
    enrolment, now = scene.enrolment, scene.now
    under_way = enrolment.under_way
    if under_way is None or under_way["kind"] != "letter":
        return Wait(after=enrolment, rule="F5", text="No letter is under way.", changed=False)
    step = scene.sequence.step(under_way["step"])
    if signal.how == "cancelled":
        freed = replace(enrolment.remember(under_way=None), state=states.SCHEDULED, due_at=now)
        return Wait(after=freed, rule="F5", text="The letter was taken back before it went.", step=step)
    if signal.how == "temporary":
        text = f"The mail server put the letter off: {signal.text}".strip(" :")
        return hold(enrolment, states.FAILED, signal.retry_at or now + timedelta(hours=1), "F1", text, step=step)
    if signal.how == "unsure":
        text = "Nobody can tell whether the letter went; a person decides, and it is never sent again by itself."
        return hold(enrolment, states.APPROVAL, now + states.REMINDER, "F5", text, step=step)
    text = f"The letter could not be sent: {signal.text}".strip(" :")
    return hold(enrolment, states.FAILED, now + states.REMINDER, "F1", text, step=step)


# What a lead does


def _clicked(scene: Scene, signal: signals.Clicked) -> Decision:
    """X1: a click goes on and makes the lead hot. Where it stops the sequence, it was what the sequence was for."""
    facts = replace(scene.facts, clicks=scene.facts.clicks | {signal.name})
    scene = replace(scene, facts=facts).plus(MarkHot(f"clicked {signal.name}"))
    return _engaged(scene, scene.sequence.stop.click, states.GOAL, f"The lead clicked {signal.name}.")


def _visited(scene: Scene, signal: signals.Visited) -> Decision:
    facts = replace(scene.facts, visits=scene.facts.visits | {signal.path})
    return _engaged(replace(scene, facts=facts), None, states.MANUAL, f"The lead visited {signal.path}.")


def _submitted(scene: Scene, signal: signals.Submitted) -> Decision:
    facts = replace(scene.facts, submitted=scene.facts.submitted | {signal.form})
    return _engaged(replace(scene, facts=facts), None, states.MANUAL, f"The lead sent the form {signal.form}.")


def _facts_changed(scene: Scene, signal: signals.FactsChanged) -> Decision:
    return _engaged(scene, None, states.MANUAL, signal.text)


def _stage_changed(scene: Scene, signal: signals.StageChanged) -> Decision:
    """X1: a change of stage acts by the sequence's rule for that stage; without one only conditions hear of it."""
    state = {"won": states.WON, "interview": states.MEETING, "lost": states.DISQUALIFIED}.get(
        signal.stage, states.MANUAL
    )
    text = f"The lead's stage is now {signal.stage}."
    facts = replace(scene.facts, stage=signal.stage)
    return _engaged(replace(scene, facts=facts), scene.sequence.stop.on_stage(signal.stage), state, text)


def _meeting(scene: Scene, signal: signals.MeetingBooked) -> Decision:
    return _engaged(scene, scene.sequence.stop.meeting, states.MEETING, states.sentence(states.MEETING))


def _won(scene: Scene, signal: signals.DealWon) -> Decision:
    """X1: stop sales and nurture, mark the customer."""
    scene = scene.plus(MarkCustomer())
    return _act_on(scene, scene.sequence.stop.won, states.WON, states.sentence(states.WON))


# Outcomes


def _outcome(scene: Scene, signal: signals.Outcome) -> Decision:
    """K3."""
    consequence = OUTCOMES[signal.outcome]
    scene = _noted(scene, signal)
    scene = scene.plus(*_consequences(consequence, signal, scene.now))
    if signal.suppress or consequence.suppress:
        decision = endings.suppressed(scene.enrolment, "do not contact")
        return replace(decision, rule="K3", effects=(Suppress("do not contact"), *scene.effects, *decision.effects))
    text = f"Outcome: {consequence.label.lower()}."
    scene, leads = _reacted(scene)
    if leads is not None:
        return _led(scene, leads, text)
    if consequence.ends is not None:
        return _ended_by_outcome(scene, consequence, signal, text)
    if consequence.reached and scene.sequence.stop.call_connected.do in ("stop", "pause", "goto"):
        return _act_on(scene, scene.sequence.stop.call_connected, states.REPLIED, text)
    return _task_closed(scene, signal, text)


def _consequences(consequence: Consequence, signal: signals.Outcome, now: datetime) -> list[Effect]:
    found: list[Effect] = []
    if consequence.phone_bad:
        found.append(MarkPhoneBad())
    if consequence.interview:
        found.append(AddTask("interview", "They are interested: make the interview.", now))
    if consequence.referral:
        found.append(AddTask("referral", "They may know somebody: ask for a referral.", now))
    if signal.outcome == "call back at" and signal.back_on is not None:
        found.append(AddTask("call", "Call back as agreed.", signal.back_on))
    return found


def _ended_by_outcome(scene: Scene, consequence: Consequence, signal: signals.Outcome, text: str) -> Decision:
    track = None
    if signal.outcome in ("interested", "not interested"):
        track = _track_for(scene.sequence, signal.outcome == "interested")
    if track is not None:
        answered = scene.enrolment.remember(answer=consequence.ends)
        return _goto(replace(scene, enrolment=answered), track, "K3", text)
    if consequence.nurture and scene.sequence.sells:
        finish = scene.sequence.finish
        back_on = calendar_of(scene.sequence, scene.facts).local(signal.back_on).date() if signal.back_on else None
        scene = scene.plus(EnterNurture(finish.programme if finish else None, back_on))
    state = consequence.ends or states.MANUAL
    return endings.stop(scene.enrolment, state, "K3", text, effects=scene.effects, inputs={"outcome": signal.outcome})


def _noted(scene: Scene, signal: signals.Outcome) -> Scene:
    """The outcome kept for conditions, with the step where it was received already."""
    done = scene.enrolment.done
    if signal.step is None:
        return scene
    if signal.step not in done:
        said = {**scene.enrolment.memory.get("said", {}), signal.step: signal.outcome}
        return replace(scene, enrolment=scene.enrolment.remember(said=said))
    entry = {**done[signal.step], "outcome": signal.outcome}
    return replace(scene, enrolment=scene.enrolment.remember(done={**done, signal.step: entry}))


def _task_closed(scene: Scene, signal: signals.Outcome, text: str) -> Decision:
    """A task that blocked moves the sequence on (D3: completed); any other only leaves its outcome."""
    enrolment = scene.enrolment
    under_way = enrolment.under_way
    step = scene.sequence.step(signal.step or "")
    if step is None or under_way is None or under_way["step"] != step.id or under_way["kind"] != "task":
        return _go_on(scene, "K3", text)
    after = with_slot(
        received(enrolment, step, scene.now, "done", scene.facts, signal.outcome),
        scene.sequence,
        scene.facts,
        scene.now,
    )
    after = stand_before(after, scene.sequence, follower(after, scene.sequence, step.id))
    if not enrolment.still:
        after, _ = planned(after, scene.sequence, scene.facts, scene.now, scene.random)
    return Wait(after=after, rule="K3", text=text, step=step, effects=scene.effects)


# People


def _paused(
    scene: Scene, reason: str, by: str, until: datetime | None, state: str, rule: str, *effects: Effect
) -> Decision:
    """P1: the rest of the delay is frozen in its own unit."""
    enrolment = scene.enrolment
    if enrolment.paused is not None:
        return Wait(after=enrolment, rule="P1", text="It is paused already.", effects=scene.effects, changed=False)
    scene = _taken_back(scene, reason)
    enrolment = scene.enrolment
    cal = calendar_of(scene.sequence, scene.facts)
    paused = {
        "at": written(scene.now),
        "reason": reason,
        "by": by,
        "until": written(until) if until else None,
        "left": rest_of(enrolment, scene.sequence, cal, scene.now),
        "task": time_left(enrolment, scene.sequence, cal, scene.now),
        "was": enrolment.state,
    }
    after = replace(
        enrolment.remember(paused=paused), state=state, reason=reason, due_at=until or scene.now + states.REMINDER
    )
    return Pause(after=after, rule=rule, text=reason, effects=(*scene.effects, *effects), inputs={"by": by})


def _paused_by(scene: Scene, signal: signals.PausedBy) -> Decision:
    reason = signal.reason or f"Paused by {signal.by}."
    return _paused(scene, reason, signal.by, signal.until, states.PAUSED, "P1")


def _resumed_by(scene: Scene, signal: signals.ResumedBy) -> Decision:
    """P3, F6: go on, begin again, or stop."""
    enrolment = scene.enrolment
    if signal.choice == "stop":
        return endings.stop(enrolment, states.MANUAL, "P3", f"Stopped by {signal.by} instead of resumed.")
    if signal.choice == "restart":
        again = EnterSequence(scene.sequence.name)
        return endings.stop(enrolment, states.MOVED, "P3", f"Begun again by {signal.by}.", effects=(again,))
    paused = enrolment.paused
    if paused is None and enrolment.frozen is not None:
        return frozen(scene) if scene.facts.pauses else thawed(scene, signal.choice or "continue")
    if paused is None:
        return _approved(scene, signal)
    if not signal.choice and enrolment.state != states.APPROVAL and asks_first(enrolment, scene.now):
        return hold(enrolment, states.APPROVAL, scene.now + states.REMINDER, "P3", ASKS_FIRST)
    return resumed(enrolment, scene.sequence, scene.facts, scene.now, scene.random, f"resumed by {signal.by}")


def _approved(scene: Scene, signal: signals.ResumedBy) -> Decision:
    """F6, F1: a person says yes to the step that asks, or has a failed one tried again."""
    enrolment = scene.enrolment
    if enrolment.state not in (states.APPROVAL, states.FAILED):
        return Wait(after=enrolment, rule="P3", text="It is not paused.", changed=False)
    freed = enrolment.remember(approved=enrolment.step_key, overdue_since=None, under_way=None)
    after = replace(freed, state=states.SCHEDULED, due_at=scene.now, reason="")
    return Resume(after=after, rule="F6", text=f"Released by {signal.by}.")


def asks_first(enrolment: Snapshot, now: datetime) -> bool:
    """P3: True when its own pause is so long that a person says how to go on."""
    return enrolment.paused is not None and now - moment(enrolment.paused["at"]) > LONG_PAUSE


def resumed(enrolment: Snapshot, sequence: Sequence, facts: Facts, now: datetime, random: Random, why: str) -> Resume:
    """P1: the rest of the delay runs from now; in an enrolment-anchored sequence the anchor moves by the pause."""
    paused = enrolment.paused or {}
    cal = calendar_of(sequence, facts)
    after = enrolment.remember(paused=None, counted_to=written(now))
    if sequence.from_enrolment:
        after = shifted(after, cal, moment(paused["at"]), now)
    left = paused.get("left")
    if left is not None and left["key"] == after.step_key:
        after = after.remember(rest=rest_from(left, cal, now))
    elif after.last_done_at is not None and after.last_done_at > moment(paused["at"]):
        after = replace(after, last_done_at=now)
    effects: tuple[Effect, ...] = ()
    if after.under_way is not None:
        until, left = moment(after.under_way["until"]), paused.get("task")
        if left is not None and left["key"] == after.under_way["step"]:
            until = max(target_after(left, cal, now), now)
            after = after.remember(under_way={**after.under_way, "until": written(until)})
            effects = (TaskUntil(left["key"], until),)
        after = replace(after, state=paused.get("was", states.SCHEDULED), due_at=max(until, now), reason="")
    else:
        after, _ = planned(after, sequence, facts, now, random)
    return Resume(after=after, rule="P1", text=f"Goes on: {why}.", effects=effects)


# Pauses from outside (P2)


SCOPE_STATES = {"rep": states.ABSENCE, "company": states.COMPANY}
_WHO = {
    "everything": "Everything is paused", "sequence": "The sequence is paused", "rep": "The owner is away",
    "lead": "The lead is paused", "company": "The company is paused", "mailbox": "The mailbox is paused",
}  # fmt: skip


def _pauses_changed(scene: Scene, signal: signals.PausesChanged) -> Decision:
    """P2: hold, or go on with what was left."""
    if scene.enrolment.paused is None and scene.facts.pauses:
        held = frozen(scene)
        if scene.enrolment.frozen is not None:
            return held
        return Pause(after=held.after, rule=held.rule, text=held.text, inputs=held.inputs, effects=held.effects)
    if scene.enrolment.paused is None and over(scene):
        return thawed(scene)
    return Wait(after=scene.enrolment, rule="P2", text="Nothing changes.", changed=False)


def frozen(scene: Scene) -> Hold:
    """P1, P2: hold for the widest of the pauses; the rest of the delay is frozen as it was when they began."""
    before, pause = scene.enrolment, scene.facts.pauses[0]
    if before.frozen is None:
        scene = _taken_back(scene, pause.reason or "paused")
        since = min((each.since for each in scene.facts.pauses if each.since is not None), default=scene.now)
        kept = _frozen_at(scene, min(max(since, _counted_from(scene.enrolment)), scene.now))
    else:
        kept = before
    ends = [each.until for each in scene.facts.pauses if each.until is not None and each.until > scene.now]
    text = f"{_WHO.get(pause.scope, 'Paused')}: {pause.reason}" if pause.reason else _WHO.get(pause.scope, "Paused")
    if pause.scope == "enrolment":
        text = pause.reason or "Paused by a person."
    state = SCOPE_STATES.get(pause.scope, states.PAUSED)
    waits = before.due_at if before.state == state and before.due_at and before.due_at > scene.now else None
    due = min(ends) if ends else waits or scene.now + states.REMINDER
    held = hold(kept, state, due, "P2", text, inputs={"scope": pause.scope}, before=before)
    return replace(held, effects=scene.effects)


def over(scene: Scene) -> bool:
    """True when no pause binds any more and one that did is not yet in the dates."""
    return scene.enrolment.frozen is not None or bool(_uncounted(scene))


def thawed(scene: Scene, choice: str = "") -> Decision:
    """P1, P3: go on from the moment at which the last pause ended; after more than 30 days as a person says."""
    ended = [each.ended for each in _uncounted(scene) if each.ended is not None]
    at = min(max(ended), scene.now) if ended else scene.now
    before = scene.enrolment
    if before.frozen is None:
        since = min(each.since or at for each in _uncounted(scene))
        scene = replace(scene, enrolment=_frozen_at(scene, max(since, _counted_from(before))))
    since = moment((scene.enrolment.frozen or {})["at"])
    choice = choice or next((each.choice for each in _uncounted(scene) if each.choice), "")
    if choice == "stop":
        return endings.stop(before, states.MANUAL, "P3", "Stopped instead of resumed.")
    if choice == "restart":
        again = EnterSequence(scene.sequence.name)
        return endings.stop(before, states.MOVED, "P3", "Begun again after a pause.", effects=(again,))
    if not choice and at - since > LONG_PAUSE:
        text = ASKS_FIRST
        waits = before.due_at if before.state == states.APPROVAL and before.due_at else scene.now
        due = waits if waits > scene.now else scene.now + states.REMINDER
        return hold(scene.enrolment, states.APPROVAL, due, "P3", text, before=before)
    own = scene.enrolment.remember(paused=scene.enrolment.frozen, frozen=None)
    return resumed(own, scene.sequence, scene.facts, at, scene.random, "the pause is over")


def _frozen_at(scene: Scene, since: datetime) -> Snapshot:
    cal = calendar_of(scene.sequence, scene.facts)
    left = rest_of(scene.enrolment, scene.sequence, cal, since)
    task = time_left(scene.enrolment, scene.sequence, cal, since)
    kept = {"at": written(since), "left": left, "task": task, "was": scene.enrolment.state}
    return scene.enrolment.remember(frozen=kept)


def _counted_from(enrolment: Snapshot) -> datetime:
    """From here on pauses are not yet in the enrolment's dates."""
    kept = enrolment.memory.get("counted_to")
    since = enrolment.last_done_at or moment(str(enrolment.memory.get("entered") or written(enrolment.anchor_at)))
    return max(moment(kept), since) if kept else since


def _uncounted(scene: Scene) -> list[Pausing]:
    since = _counted_from(scene.enrolment)
    return [each for each in scene.facts.lifted if each.ended is not None and each.ended > since]


def _skipped_by(scene: Scene, signal: signals.SkippedBy) -> Decision:
    """P5."""
    enrolment, sequence = scene.enrolment, scene.sequence
    reason = signal.reason or f"skipped by {signal.by}"
    step = sequence.step(enrolment.step_key or "")
    if step is None:
        return endings.part_ways(enrolment, sequence)
    after = received(enrolment, step, scene.now, "skipped", scene.facts)
    after = stand_before(after, sequence, _past(after, sequence, step))
    if not enrolment.still:
        after, _ = planned(after, sequence, scene.facts, scene.now, scene.random)
    effects = (CancelLetters(reason), CancelTasks(reason)) if enrolment.under_way else ()
    return Skip(after=after, rule="P5", text=f"Skipped {step.id}: {reason}.", step=step, reason=reason, effects=effects)


def _past(enrolment: Snapshot, sequence: Sequence, step: Step) -> str:
    """After a skipped step; a skipped `if` is passed with both its lanes."""
    return sequence.route.places[step.id].next


def _stopped_by(scene: Scene, signal: signals.StoppedBy) -> Decision:
    text = signal.reason or f"Stopped by {signal.by}."
    return endings.stop(scene.enrolment, signal.state, "X8", text, inputs={"by": signal.by})


def _zone_changed(scene: Scene, signal: signals.ZoneChanged) -> Decision:
    """W7."""
    text = f"The lead's time zone is now {signal.new or scene.facts.zone}; what was not sent is planned again."
    if scene.enrolment.under_way is None and scene.enrolment.state in (states.CAP, states.INBOX, states.NO_SLOT):
        scene = replace(scene, enrolment=replace(scene.enrolment, state=states.DELAY))
    return _go_on(scene, "W7", text)


def _owner_changed(scene: Scene, signal: signals.OwnerChanged) -> Decision:
    """K4: planned again for the new owner's hours; the tasks are moved by the caller."""
    return _go_on(scene, "K4", f"The owner is now {signal.new}." if signal.new else "The owner changed.")


def _edited(scene: Scene, signal: signals.Edited) -> Decision:
    """V4, V5: the place in the new version; time already served counts."""
    before = scene.enrolment
    scene = _out_of_a_gone_step(scene)
    moved = scene.enrolment
    if moved.under_way is None:
        moved = place_after_edit(moved, scene.sequence)
    if moved.step_key != before.step_key:
        moved = moved.remember(waiting=None, rest=None)
    if moved.state == states.NO_SLOT:  # perhaps the edit opened hours (W10)
        moved = replace(moved, state=states.DELAY)
    after = _planned_again(replace(scene, enrolment=moved))
    to = "the end" if after.step_key == FINISH else after.step_key
    text = f"A new version: goes on at {to}."
    return Wait(after=after, rule="V4", text=text, effects=scene.effects, changed=after != before)


def _out_of_a_gone_step(scene: Scene) -> Scene:
    """V4: what is under way for a step that the new version does not have: a queued letter is taken back; a task stays
    open, but nothing waits for it any more."""
    under_way = scene.enrolment.under_way
    step = scene.sequence.step(under_way["step"]) if under_way is not None else None
    if under_way is None or (step is not None and not step.off):
        return scene
    freed = replace(scene, enrolment=replace(scene.enrolment.remember(under_way=None), state=states.SCHEDULED))
    return (
        freed.plus(CancelLetters("The step was taken out of the sequence.")) if under_way["kind"] == "letter" else freed
    )


_ANSWERS: Mapping[type[signals.Signal], Callable[[Scene, Any], Decision]] = {
    signals.Replied: _replied,
    signals.OtherReplied: _other_replied,
    signals.WasOutOfOffice: _out_of_office,
    signals.LeftCompany: _left_company,
    signals.Bounced: _bounced,
    signals.Unsubscribed: _unsubscribed,
    signals.Complained: _complained,
    signals.DoNotContact: _do_not_contact,
    signals.Erased: _erased,
    signals.LetterFailed: _letter_failed,
    signals.Clicked: _clicked,
    signals.Visited: _visited,
    signals.Submitted: _submitted,
    signals.FactsChanged: _facts_changed,
    signals.StageChanged: _stage_changed,
    signals.MeetingBooked: _meeting,
    signals.DealWon: _won,
    signals.Outcome: _outcome,
    signals.PausedBy: _paused_by,
    signals.ResumedBy: _resumed_by,
    signals.PausesChanged: _pauses_changed,
    signals.SkippedBy: _skipped_by,
    signals.StoppedBy: _stopped_by,
    signals.ZoneChanged: _zone_changed,
    signals.OwnerChanged: _owner_changed,
    signals.Edited: _edited,
}
