"""What keeps a step from going though its time has come: pauses, more important programmes, gaps, an unread inbox, the cap."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from outreach.core import states
from outreach.core.arbiter import Ask, Person, Verdict, arbitrate, on_hold
from outreach.core.decisions import Block, Decision, Hold, Notify, Wait
from outreach.core.planning import calendar_of, keeps_time, moment, written
from outreach.core.reactions.pauses import ASKS_FIRST, asks_first, frozen, over, resumed, thawed
from outreach.core.scene import Scene, hold, reminder
from outreach.core.sequences import Step

INBOX_AGAIN = timedelta(minutes=5)
OVERDUE = timedelta(days=7)
"""F6: a letter that is later than this asks a person."""
_DATED = frozenset(
    {
        states.SCHEDULED,
        states.DELAY,
        states.WINDOW,
        states.LIMIT,
        states.INBOX,
        states.APPROVAL,
        states.OUT_OF_OFFICE,
        states.CAP,
    }
)
"""States whose date is the step's own, so that being late for it means that nobody looked (F6)."""


def held_from_outside(scene: Scene) -> Decision | None:
    """Pauses (P1, P2), a more important programme (M3), and the quiet time after a reply elsewhere (X5)."""
    if scene.enrolment.paused is not None:
        return _paused(scene)
    if scene.facts.pauses:
        return frozen(scene)
    if over(scene):
        return thawed(scene)
    rivals = scene.facts.rivals
    behind = on_hold(scene.sequence.klass, rivals, _quiet_until(scene), scene.now)
    if behind is None or behind.until is None:
        return None
    return hold(
        scene.enrolment,
        states.PRIORITY,
        behind.until,
        behind.rule,
        behind.text,
        inputs={"rivals": sorted(rivals)},
        asks_again=behind.rule == "M3",
    )


def _quiet_until(scene: Scene) -> datetime | None:
    if scene.sequence.sells:
        return None
    kept = scene.enrolment.memory.get("quiet_until")
    return max(filter(None, (scene.facts.hold_until, moment(kept) if kept else None)), default=None)


def _paused(scene: Scene) -> Decision:
    """P1: a pause with an end resumes by itself; another one reminds."""
    enrolment, now = scene.enrolment, scene.now
    paused = enrolment.paused or {}
    until = moment(paused["until"]) if paused.get("until") else None
    if until is not None and until <= now and not asks_first(enrolment, now):
        return resumed(enrolment, scene.sequence, scene.facts, now, scene.random, "the pause ran out")
    if until is not None and until <= now and enrolment.state != states.APPROVAL:
        return hold(enrolment, states.APPROVAL, now + states.REMINDER, "P3", ASKS_FIRST)
    if enrolment.due_at is not None and enrolment.due_at > now:
        return Wait(after=enrolment, rule="P1", text=states.sentence(enrolment.state), changed=False)
    due = until if until is not None and until > now else now + states.REMINDER
    return replace(
        hold(enrolment, enrolment.state, due, "P1", "Still paused."),
        effects=(Notify("Still paused: " + str(paused.get("reason") or "no reason given")),),
    )


def overdue(scene: Scene, step: Step) -> Hold | None:
    """F6: after a long downtime what goes by itself and is over 7 days late asks first."""
    enrolment = scene.enrolment
    if enrolment.state not in _DATED or enrolment.memory.get("approved") == step.id or step.at_once:
        return None
    since = enrolment.memory.get("overdue_since")
    late_from = moment(since) if since else enrolment.due_at
    if late_from is None or scene.now - late_from <= OVERDUE:
        return None
    text = f"The letter {step.id} is more than 7 days late: send it, or skip it?"
    kept = enrolment.remember(overdue_since=written(late_from))
    due = reminder(enrolment, states.APPROVAL, scene.now)
    return hold(kept, states.APPROVAL, due, "F6", text, step=step, before=enrolment)


def blocked(scene: Scene, step: Step, missing: tuple[str, ...]) -> Block:
    """F3: never a gap in a letter; it releases itself when the field is filled."""
    enrolment, state = scene.enrolment, f"{states.MISSING} {missing[0]}"
    text = f"The letter {step.id} needs {', '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} empty."
    after = replace(enrolment, state=state, due_at=reminder(enrolment, state, scene.now), reason=text)
    return Block(
        after=after, rule="F3", text=text, step=step, inputs={"missing": list(missing)}, changed=after != enrolment
    )


def without_basis(scene: Scene, step: Step) -> Hold | None:
    """MAIL C5: what goes by itself needs a basis in the lead's law; the answer to a request, at once, is none of its business. It
    releases itself when one is noted or they ask again."""
    why = scene.facts.no_basis
    if why is None or step.at_once:
        return None
    due = reminder(scene.enrolment, states.BASIS, scene.now)
    return hold(scene.enrolment, states.BASIS, due, "MAIL C5", why, step=step)


def inbox_unread(scene: Scene, step: Step) -> Hold | None:
    """X4."""
    if scene.facts.inbox_read:
        return None
    text = "The inbox was not read lately; a reply could be unseen."
    return hold(scene.enrolment, states.INBOX, scene.now + INBOX_AGAIN, "X4", text, step=step, asks_again=True)


def judged_by_cap(scene: Scene, step: Step) -> Verdict:
    """M3 to M5: the arbiter's word on this letter, beside what the person got already."""
    facts, since = scene.facts, scene.enrolment.memory.get("capped_since")
    ask = Ask(
        key=step.id,
        klass=scene.sequence.klass,
        since=moment(since) if since else scene.now,
        cal=calendar_of(scene.sequence, facts),
        keep_time=keeps_time(step),
    )
    person = Person(
        zone=ZoneInfo(facts.zone),
        mails=facts.mails,
        rivals=facts.rivals,
        quiet_until=_quiet_until(scene),
        suppressed=facts.suppressed,
        cap_day=facts.cap_day,
        cap_week=facts.cap_week,
    )
    return arbitrate((ask,), person, scene.now)[0]
