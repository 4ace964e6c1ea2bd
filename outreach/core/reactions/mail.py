"""Replies, absences, bounces, ways out, and how a letter fared (X1, X5, X7, O4 to O7, F1, F2, F5)."""

from dataclasses import replace
from datetime import date, timedelta

from outreach.core import endings, signals, states
from outreach.core.decisions import (
    AddTask,
    Decision,
    Hold,
    HoldLead,
    MarkAddressDead,
    Notify,
    PauseOthers,
    Suppress,
    Wait,
)
from outreach.core.enrolments import Snapshot
from outreach.core.placeholders import missing_fields
from outreach.core.planning import OUT_OF_OFFICE_DAYS, calendar_of, written
from outreach.core.reactions.moves import goto, planned_again, taken_back
from outreach.core.reactions.pauses import pause
from outreach.core.reactions.stops import act_on, engaged, led, reacted, track_for
from outreach.core.scene import Scene, hold
from outreach.core.sequences import Action, Letter, Step

_ANSWERED = {"not_interested": states.NOT_INTERESTED, "not_now": states.LATER}
"""How an enrolment ends at last that goes on after a reply, by its sense."""


def replied(scene: Scene, signal: signals.Replied) -> Decision:
    """X1, X5: a human reply. The task and the notice for the owner belong to the message, not to the enrolment."""
    if signal.sense == "unsubscribe":
        return unsubscribed(scene, signals.Unsubscribed())
    if signal.colleague:
        return _colleague_replied(scene, signal)
    facts = replace(scene.facts, replies=scene.facts.replies | {signal.sense})
    scene = replace(scene, facts=facts).plus(PauseOthers("The lead replied in another sequence."))
    text = "The lead replied." if signal.sense == "other" else f"The lead replied ({signal.sense.replace('_', ' ')})."
    scene = scene.standing(scene.enrolment.remember(answer=_ANSWERED.get(signal.sense, states.REPLIED)))
    if scene.sequence.stop.reply == Action("stop") and signal.sense in ("interested", "not_interested"):
        track = track_for(scene.sequence, signal.sense == "interested")
        if track is not None:
            scene, leads = reacted(scene)
            return led(scene, leads, text) if leads else goto(scene, track, "X1", text)
    return engaged(scene, scene.sequence.stop.reply, states.REPLIED, text)


def _colleague_replied(scene: Scene, signal: signals.Replied) -> Decision:
    """X1, X6: as the sequence says; whatever it says, the owner is told."""
    who = f"{signal.who}, a colleague of the lead," if signal.who else "A colleague of the lead"
    text = f"{who} replied."
    action = scene.sequence.stop.colleague_reply
    if action.do == "pause":
        return pause(scene, text, states.COMPANY, "X6", Notify(text))
    return act_on(scene.plus(Notify(text)), action, states.REPLIED, text)


def other_replied(scene: Scene, signal: signals.OtherReplied) -> Decision:
    """X5."""
    text = "The lead replied in another sequence."
    if scene.sequence.sells:
        return pause(scene, text, states.PAUSED, "X5")
    until = scene.now + timedelta(days=signal.nurture_days)
    before = scene.enrolment
    scene = taken_back(scene, text)
    kept = scene.enrolment.remember(quiet_until=written(until))
    held = hold(kept, states.PRIORITY, until, "X5", f"{text} Educational mail holds.", before=before)
    return replace(held, effects=(*scene.effects, *held.effects))


def out_of_office(scene: Scene, signal: signals.WasOutOfOffice) -> Decision:
    """O4, O5: the steps planned up to the return date move behind it; O6: it is no reply."""
    local = calendar_of(scene.sequence, scene.facts).local(scene.now).date()
    until = signal.until if signal.until is not None else local + timedelta(days=OUT_OF_OFFICE_DAYS)
    text = f"The lead is away until {until:%a} {until.day} {until:%b %Y}" + (" (assumed)." if not signal.until else ".")
    if not scene.sequence.sells:
        return Wait(after=scene.enrolment, rule="O4", text=text, changed=False)
    before = scene.enrolment
    scene = taken_back(scene, "The lead is out of office.")
    kept = scene.enrolment.remember(ooo={"until": until.isoformat(), "since": written(scene.now)})
    if kept.state in (states.CAP, states.INBOX):
        kept = replace(kept, state=states.DELAY)
    facts = replace(scene.facts, out_of_office=until)
    after = planned_again(replace(scene, enrolment=kept, facts=facts))
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


def left_company(scene: Scene, signal: signals.LeftCompany) -> Decision:
    """O7."""
    task = AddTask("find successor", "Find the successor of the person who left.", scene.now)
    return endings.stop(
        scene.enrolment,
        states.LEFT_COMPANY,
        "O7",
        states.sentence(states.LEFT_COMPANY),
        effects=(MarkAddressDead(), task),
    )


def bounced(scene: Scene, signal: signals.Bounced) -> Decision:
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


def unsubscribed(scene: Scene, signal: signals.Signal) -> Decision:
    """X7."""
    return _shut_out(scene, "unsubscribed")


def complained(scene: Scene, signal: signals.Complained) -> Decision:
    """X7."""
    return _shut_out(scene, "complained")


def do_not_contact(scene: Scene, signal: signals.DoNotContact) -> Decision:
    """X7."""
    return _shut_out(scene, "do not contact")


def _shut_out(scene: Scene, reason: str) -> Decision:
    decision = endings.suppressed(scene.enrolment, reason)
    return replace(decision, effects=(Suppress(reason), *decision.effects))


def erased(scene: Scene, signal: signals.Erased) -> Decision:
    """X7."""
    return endings.suppressed(scene.enrolment, "erased")


def letter_failed(scene: Scene, signal: signals.LetterFailed) -> Decision:
    """F1, F5. F3: a letter whose text came to need a field while it waited is decided again, which blocks it in words."""
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
    if step is not None and signal.text.startswith("missing ") and _lacks_a_field(scene, step):
        freed = replace(enrolment.remember(under_way=None), state=states.SCHEDULED, due_at=now)
        return Wait(after=freed, rule="F3", text=f"The letter could not be written: {signal.text}.", step=step)
    text = f"The letter could not be sent: {signal.text}".strip(" :")
    return hold(enrolment, states.FAILED, now + states.REMINDER, "F1", text, step=step)


def _lacks_a_field(scene: Scene, step: Step) -> bool:
    """Whichever variant is taken, the engine sees the gap as well, and will not let the letter go once more."""
    letters = [Letter(one.template, one.subject, one.body) for one in step.mail.variants]
    return all(missing_fields(letter, step.mail.fallback_subject, scene.facts) for letter in letters)
