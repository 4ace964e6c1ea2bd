"""Where every decision of the engine becomes rows: clock, reply, click, bounce, opt-out and outcome all end here.

    apply     write one decision: the enrolment, its event, the letter or task, the effects
    apply_all the same for many leads, with few questions and few statements
    run       decide and apply until the enrolments wait
    begin     a lead enters a sequence
    signal    something happened to a lead: ask the engine for each running enrolment, apply what it says

The caller holds the lead's lock (store.leads.locked).
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, time
from functools import singledispatch
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from outreach.core import decisions as d
from outreach.core import engine, signals, states
from outreach.core.enrolments import Facts
from outreach.core.sequences import Sequence
from outreach.journeys import facts, notify, settle
from outreach.journeys.desk import Desk
from outreach.journeys.house import House
from outreach.store import consents, enrolments, forms, leads, messages, sequences, tasks
from outreach.store.enrolments import Enrolment
from outreach.store.events import Event
from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.store.sequences import SequenceRow
from outreach.store.tasks import Task

LETTER_KINDS = ("email", "breakup")
READER_ACTED = (
    signals.Replied, signals.WasOutOfOffice, signals.LeftCompany, signals.Unsubscribed, signals.Complained, signals.Clicked,
    signals.Outcome,
)  # fmt: skip
"""Signals that only a letter which arrived brings about."""
TASK_NAMES = {
    "call": "Call",
    "text": "Send a text to",
    "voice": "Leave a voice message for",
    "letter": "Post a letter to",
    "social": "Write on social media to",
    "video": "Send a video to",
    "task": "To do for",
    "reply": "Answer",
    "interview": "Arrange the interview with",
}


class Applying:
    """What applying a decision needs at hand."""

    def __init__(
        self,
        session: Session,
        house: House,
        lead: Lead,
        row: Enrolment,
        sequence: Sequence,
        now: datetime,
        actor_id: int | None = None,
        message_id: int | None = None,
        desk: Desk | None = None,
    ) -> None:
        self.session, self.house, self.lead, self.row = session, house, lead, row
        self.desk = desk or Desk(session)
        self.sequence, self.now, self.actor_id, self.message_id = sequence, now, actor_id, message_id

    def event(self, kind: str, text: str, *, rule: str = "", step: str | None = None, data: object = None) -> None:
        """One line of the timeline."""
        self.desk.add(
            Event,
            at=self.now,
            kind=kind,
            text=text,
            lead_id=self.lead.id,
            enrolment_id=self.row.id,
            step_key=step,
            actor_id=self.actor_id,
            message_id=self.message_id,
            rule=rule,
            data=data if isinstance(data, dict) else {},
        )


Decided = tuple[Applying, d.Decision]


class Published(NamedTuple):
    """A sequence in its published version."""

    id: int
    version_id: int
    sequence: Sequence


def published(session: Session, row: SequenceRow) -> Published:
    """What is in force of a sequence that has been published."""
    version = sequences.current(session, row)
    assert version is not None, "only published sequences take leads"
    return Published(row.id, version.id, facts.parsed(version.document))


def begin(
    session: Session,
    house: House,
    lead: Lead,
    entered: Published,
    now: datetime,
    *,
    submission_id: int | None = None,
    actor_id: int | None = None,
    fresh: facts.Fresh | None = None,
) -> Enrolment:
    """Enrol a lead in the published version and take what is due at once; the caller has checked that it may enter.
    `fresh`: of a lead that this transaction has made."""
    sequence = entered.sequence
    row = Enrolment(
        lead_id=lead.id,
        sequence_id=entered.id,
        version_id=entered.version_id,
        submission_id=submission_id,
        class_=sequence.klass,
        state=states.SCHEDULED,
        anchor_at=now,
        entered_at=now,
        due_at=now,
        memory={},
    )
    session.add(row)
    session.flush()
    with session.no_autoflush:  # what follows is written together: nothing in between asks for it
        desk = Desk(session)
        desk.nothing_sent(row.id)
        context = Applying(session, house, lead, row, sequence, now, actor_id, desk=desk)
        context.event("entered", f"Entered the sequence “{sequence.name}”.", rule="M2")
        known, marks = facts.gather_with_marks(session, house, lead, sequence, row, now, fresh)
        desk.know(marks)
        tried = [] if fresh or not _varies(sequence) else enrolments.last_slots(session, lead.id, row.id)
        apply(context, engine.first(row.id, sequence, known, now, Random(), tried))
        if row.due_at is not None and row.due_at <= now:
            run([context], {row.id: known})
    return row


def _varies(sequence: Sequence) -> bool:
    """W11: whether a step takes a time that was not tried yet."""
    return any(step.at == "vary" for step in sequence.every_step())


def signal(
    session: Session,
    house: House,
    lead_id: int,
    happened: signals.Signal,
    now: datetime,
    *,
    enrolment_id: int | None = None,
    actor_id: int | None = None,
    message_id: int | None = None,
) -> list[d.Decision]:
    """Tell the running enrolments of a lead (or only one) what happened; returns what was decided."""
    lead = leads.locked(session, lead_id)
    if lead is None:
        return []
    if isinstance(happened, READER_ACTED) and (letter := session.get(Message, message_id) if message_id else None):
        settle.arrived(session, letter, "its reader answered, or used a link in it", now)
    decided = []
    for row in enrolments.running(session, lead_id, lock=True):
        if enrolment_id is not None and row.id != enrolment_id:
            continue
        if row.ended_at is not None:
            continue
        sequence = facts.sequence_of(session, row)
        known = facts.gather(session, house, lead, sequence, row, now)
        decision = engine.on_signal(facts.snapshot(row), sequence, happened, known, now, Random())
        apply(Applying(session, house, lead, row, sequence, now, actor_id, message_id), decision)
        decided.append(decision)
    return decided


def signal_many(
    session: Session,
    house: House,
    found: Collection[tuple[Lead, Enrolment]],
    happened: signals.Signal,
    now: datetime,
    *,
    actor_id: int | None = None,
) -> dict[int, d.Decision]:
    """Tell running enrolments of many leads, one of each, what happened, in as many questions as for one; what was
    decided by enrolment. Leads and rows are locked."""
    if not found:
        return {}
    versions, desk, random = facts.sequences_of(session, [row for _, row in found]), Desk(session, many=True), Random()
    contexts = [
        Applying(session, house, lead, row, versions[row.version_id], now, actor_id, desk=desk) for lead, row in found
    ]
    asked = [facts.Asking(each.lead, each.sequence, each.row) for each in contexts]
    known = facts.gather_all(session, house, asked, now)
    decided = [
        (each, engine.on_signal(facts.snapshot(each.row), each.sequence, happened, known[each.row.id], now, random))
        for each in contexts
    ]
    apply_all(decided)
    return {context.row.id: decision for context, decision in decided}


def run(contexts: Collection[Applying], known: Mapping[int, Facts] | None = None, limit: int = 50) -> None:
    """Decide and apply until the enrolments wait (the engine says what, when; DESIGN 3): one enrolment of a lead, one
    session. `known`: facts that were gathered a moment ago, good for the first decision."""
    for _ in range(limit):
        if not contexts:
            return
        decided = decide(contexts, known)
        apply_all(decided)
        contexts, known = [context for context, decision in decided if not rests(context, decision)], None
    stuck = next(iter(contexts)).row
    raise RuntimeError(f"enrolment {stuck.id} did not come to rest after {limit} decisions at {stuck.step_key}")


def decide(contexts: Collection[Applying], known: Mapping[int, Facts] | None = None) -> list[Decided]:
    """One decision for each, with fresh facts."""
    first = next(iter(contexts))
    if known is None:
        asked = [facts.Asking(each.lead, each.sequence, each.row) for each in contexts]
        known = facts.gather_all(first.session, first.house, asked, first.now)
    random = Random()
    return [
        (each, engine.decide(facts.snapshot(each.row), each.sequence, known[each.row.id], each.now, random))
        for each in contexts
    ]


def rests(context: Applying, decision: d.Decision) -> bool:
    """Whether nothing more is to be decided for this enrolment now."""
    after = decision.after
    return isinstance(decision, d.Wait) or after.ended or after.due_at is None or after.due_at > context.now


def apply_all(decided: Collection[Decided]) -> None:
    """Write decisions for many leads: (1) those that change nothing but their enrolment, letter, task and timeline, in
    few statements; (2) those that end or have effects, one after the other."""
    if not decided:
        return
    plain = [each for each in decided if not each[1].effects and not each[1].after.ended]
    desk = next(iter(decided))[0].desk
    desk.look_up([(context.row, context.lead, decision) for context, decision in plain])
    with desk.in_heaps():
        for context, decision in plain:
            apply(context, decision)
    for context, decision in decided:
        if decision.effects or decision.after.ended:
            apply(context, decision)
    desk.session.flush()


def apply(context: Applying, decision: d.Decision) -> None:
    """Write one decision: (1) the enrolment, (2) its event, (3) the letter or task, (4) the effects."""
    if isinstance(decision, d.Wait) and not decision.changed and not decision.effects:
        context.desk.keep(context.row, due_at=decision.after.due_at)
        return
    _write_back(context, decision)
    context.event(
        decision.kind,
        decision.text,
        rule=decision.rule,
        step=decision.step.id if decision.step else None,
        data=_inputs(decision),
    )
    if isinstance(decision, d.Send):
        _queue_letter(context, decision)
    elif isinstance(decision, d.MakeTask):
        _make_task(context, decision)
    if context.row.ended_at:
        _clear(context, decision.text)
    for effect in decision.effects:
        effected(effect, context)


def _write_back(context: Applying, decision: d.Decision) -> None:
    after, row = decision.after, context.row
    context.desk.keep(
        row,
        state=after.state,
        reason=after.reason,
        step_key=after.step_key,
        due_at=after.due_at,
        anchor_at=after.anchor_at,
        last_done_at=after.last_done_at,
        memory=dict(after.memory),
        why=decision.text,
        rule=decision.rule,
    )
    if after.ended:
        row.ended_at, row.due_at = row.ended_at or context.now, None


def _inputs(decision: d.Decision) -> dict[str, object]:
    after = decision.after
    data: dict[str, object] = {k: _plain(v) for k, v in decision.inputs.items()}
    data |= {"state": after.state, "due_at": after.due_at.isoformat() if after.due_at else None}
    return data


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _queue_letter(context: Applying, decision: d.Send) -> None:
    """The receipt (F5): the message row, before anything is sent. UNIQUE(enrolment, step) forbids a second one."""
    assert decision.step is not None
    lead = context.lead
    if earlier := context.desk.withdrawn(context.row.id, decision.step.id):
        _queue_again(context, earlier, decision)
        return
    template, first = decision.letter.template, _is_first_letter(context)
    context.desk.add(
        Message,
        kind="step",
        class_=context.sequence.klass,
        lane="urgent" if decision.at_once else "outbound",
        at_once=decision.at_once,
        rank=messages.rank_of("step", context.sequence.klass, decision.at_once, first=first),
        lead_id=lead.id,
        user_id=lead.owner_id,
        enrolment_id=context.row.id,
        step_key=decision.step.id,
        submission_id=context.row.submission_id,
        to_address=lead.email,
        template_version_id=context.desk.version_of(template) if template else None,
        version_id=context.row.version_id,
        text_version_id=context.desk.texts_of(context.row.version_id),
        subject=decision.letter.subject or "",
        body=decision.letter.body or "",
        variant=decision.letter.name,
        extra={
            "thread": decision.thread,
            "fallback_subject": decision.fallback_subject,
            "template": decision.letter.template,
        },
        references=[],
        due_at=context.now,
        queued_at=context.now,
    )


def _is_first_letter(context: Applying) -> bool:
    """L3: no letter of this enrolment has gone yet."""
    done = context.row.memory.get("done", {}).values()
    return not any(each.get("kind") in LETTER_KINDS and each.get("how") == "done" for each in done)


def _queue_again(context: Applying, earlier: Message, decision: d.Send) -> None:
    """The same receipt once more, with the words and the owner of today (V2, T3)."""
    template = decision.letter.template
    earlier.state, earlier.due_at, earlier.settled, earlier.reason = "queued", context.now, False, ""
    earlier.subject, earlier.body = decision.letter.subject or "", decision.letter.body or ""
    earlier.template_version_id = context.desk.version_of(template) if template else None
    earlier.variant = decision.letter.name
    earlier.user_id, earlier.to_address = context.lead.owner_id, context.lead.email
    earlier.version_id = context.row.version_id
    earlier.text_version_id = context.desk.texts_of(context.row.version_id)
    earlier.extra = earlier.extra | {
        "thread": decision.thread,
        "fallback_subject": decision.fallback_subject,
        "template": decision.letter.template,
    }


def _make_task(context: Applying, decision: d.MakeTask) -> None:
    """A task of a step. The first call to a new lead is the new-lead task that waits already, not a second one."""
    assert decision.step is not None
    lead, row = context.lead, context.row
    if decision.task_kind == "call" and (fresh := context.desk.new_lead(lead.id, row.submission_id)):
        fresh.enrolment_id, fresh.step_key, fresh.script = row.id, decision.step.id, decision.script or ""
        fresh.expires_at = decision.expires_at
        return
    context.desk.add(
        Task,
        kind=decision.task_kind,
        lead_id=lead.id,
        owner_id=lead.owner_id,
        enrolment_id=row.id,
        step_key=decision.step.id,
        submission_id=row.submission_id,
        title=f"{TASK_NAMES.get(decision.task_kind, 'To do for')} {lead.name or lead.email}",
        script=decision.script or decision.body or "",
        due_at=decision.call_at,
        created_at=context.now,
        flag="no common working hours" if decision.flagged else "",
        expires_at=decision.expires_at,
        memory={},
    )


def _clear(context: Applying, reason: str) -> None:
    """X8, K2: what an end cancels: letters that have not begun and open tasks of the steps. M3: whoever stood back for
    it looks again at once."""
    enrolments.wake(context.session, context.lead.id, states.PRIORITY, context.now)
    for message_id in messages.cancel_unsent(context.session, context.row.id, context.row.state):
        context.event("cancelled", f"A queued letter was cancelled: {reason}", rule="X8", data={"message": message_id})
    _cancel_tasks(context, context.row.state)


def _cancel_tasks(context: Applying, reason: str) -> None:
    fresh = tasks.new_lead_of(context.session, context.lead.id, context.row.submission_id)
    for task in [*tasks.open_of_enrolment(context.session, context.row.id), *([fresh] if fresh else [])]:
        if task.step_key is not None or task is fresh:
            task.state, task.done_at, task.note = "cancelled", context.now, reason
            context.event(
                "task cancelled", f"The task “{task.title}” was cancelled: {reason}.", rule="K2", step=task.step_key
            )


@singledispatch
def effected(effect: d.Effect, context: Applying) -> None:
    """Carry out one effect beyond the enrolment."""
    raise NotImplementedError(f"no rows are known for {effect}")


def _effect(kind: type[d.Effect]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return effected.register(kind)


@_effect(d.CancelTasks)
def _(effect: d.CancelTasks, context: Applying) -> None:
    _cancel_tasks(context, effect.reason)


@_effect(d.TaskUntil)
def _(effect: d.TaskUntil, context: Applying) -> None:
    for task in tasks.open_of_enrolment(context.session, context.row.id):
        if task.step_key == effect.step:
            task.expires_at = effect.until


@_effect(d.CancelLetters)
def _(effect: d.CancelLetters, context: Applying) -> None:
    messages.cancel_unsent(context.session, context.row.id, effect.reason)


@_effect(d.AddTask)
def _(effect: d.AddTask, context: Applying) -> None:
    lead = context.lead
    if any(t.kind == effect.kind and t.title == effect.text for t in tasks.open_of_lead(context.session, lead.id)):
        return
    context.session.add(
        Task(
            kind=effect.kind,
            lead_id=lead.id,
            owner_id=lead.owner_id,
            enrolment_id=context.row.id,
            title=effect.text,
            due_at=effect.due_at,
            created_at=context.now,
            memory={},
        )
    )


@_effect(d.Notify)
def _(effect: d.Notify, context: Applying) -> None:
    notify.tell(context.session, context.lead.owner_id, "engine", effect.text, f"/leads/{context.lead.id}", context.now)


@_effect(d.Suppress)
def _(effect: d.Suppress, context: Applying) -> None:
    if context.lead.email:
        consents.suppress(context.session, context.lead.email, effect.reason, "engine", context.now)
    if effect.reason == "do not contact":
        context.lead.do_not_contact = True


@_effect(d.MarkPhoneBad)
def _(effect: d.MarkPhoneBad, context: Applying) -> None:
    context.lead.phone_bad = True


@_effect(d.MarkAddressDead)
def _(effect: d.MarkAddressDead, context: Applying) -> None:
    context.lead.address_state = "dead"


@_effect(d.MarkHot)
def _(effect: d.MarkHot, context: Applying) -> None:
    if not context.lead.hot:
        context.event("hot", f"Hot: {effect.reason}", rule="X1")
    context.lead.hot = True


@_effect(d.MarkCustomer)
def _(effect: d.MarkCustomer, context: Applying) -> None:
    context.lead.stage = "won"
    leads.add_tag(context.session, context.lead.id, "customer")


@_effect(d.SetStage)
def _(effect: d.SetStage, context: Applying) -> None:
    if context.lead.stage != effect.stage:
        context.event("stage", f"Stage: {context.lead.stage} → {effect.stage}.")
    context.lead.stage = effect.stage


@_effect(d.TagLead)
def _(effect: d.TagLead, context: Applying) -> None:
    if effect.remove:
        leads.remove_tag(context.session, context.lead.id, effect.tag)
    else:
        leads.add_tag(context.session, context.lead.id, effect.tag)


@_effect(d.PauseOthers)
def _(effect: d.PauseOthers, context: Applying) -> None:
    """X5: tell the lead's other enrolments, each by its own decision."""
    for row in enrolments.running(context.session, context.lead.id, lock=True):
        if row.id == context.row.id or row.ended_at:
            continue
        signal(
            context.session,
            context.house,
            context.lead.id,
            signals.OtherReplied(effect.nurture_days),
            context.now,
            enrolment_id=row.id,
            message_id=context.message_id,
        )


@_effect(d.HoldLead)
def _(effect: d.HoldLead, context: Applying) -> None:
    """O4: every enrolment hears of the absence by its own signal; nothing more to keep here."""


@_effect(d.EnterNurture)
def _(effect: d.EnterNurture, context: Applying) -> None:
    """The long-term programme; a date to come back becomes a task for the same rep."""
    session, lead = context.session, context.lead
    if effect.return_on:
        due = datetime.combine(effect.return_on, time(9), ZoneInfo(context.lead.zone or "UTC"))
        session.add(
            Task(
                kind="call",
                lead_id=lead.id,
                owner_id=lead.owner_id,
                due_at=due,
                created_at=context.now,
                title=f"Call {lead.name or lead.email}: asked to come back now",
                memory={},
            )
        )
    programme = sequences.by_name(session, effect.programme or "Educational")
    _enter(context, programme, effect.programme or "Educational")


@_effect(d.EnterSequence)
def _(effect: d.EnterSequence, context: Applying) -> None:
    _enter(context, sequences.by_name(context.session, effect.name), effect.name)


def _enter(context: Applying, target: SequenceRow | None, name: str) -> None:
    session, lead = context.session, context.lead
    session.flush()
    if target is None or target.archived_at or not target.current_version_id:
        context.event("not enrolled", f"There is no live sequence “{name}” to hand over to.", rule="N")
        notify.tell(
            session,
            lead.owner_id,
            "problem",
            f"“{name}” does not exist: {lead.name or lead.email} was not moved there.",
            f"/leads/{lead.id}",
            context.now,
        )
        return
    if any(e.sequence_id == target.id for e in enrolments.running(session, lead.id)):
        return
    if why := facts.suppressed(session, lead) or (
        target.class_ == "nurture" and facts.refused_education(session, lead)
    ):
        context.event("excluded", f"Not moved to “{target.name}”: {why}.", rule="X7", data={"reason": why})
        return
    begin(
        session, context.house, lead, published(session, target), context.now, submission_id=context.row.submission_id
    )
    if target.class_ == "nurture" and lead.stage not in ("won",):
        lead.stage = "nurture"


@_effect(d.HandToPerson)
def _(effect: d.HandToPerson, context: Applying) -> None:
    lead = context.lead
    context.session.add(
        Task(
            kind="task",
            lead_id=lead.id,
            owner_id=lead.owner_id,
            title=effect.note,
            due_at=context.now,
            created_at=context.now,
            memory={},
        )
    )
    notify.tell(context.session, lead.owner_id, "handover", effect.note, f"/leads/{lead.id}", context.now)
    if context.row.state == states.NO_REPLY:
        reason = "handed over to a person"
        context.event("excluded", f"Ended without a programme: {reason}.", rule="N", data={"reason": reason})


@_effect(d.ArchiveSubmission)
def _(effect: d.ArchiveSubmission, context: Applying) -> None:
    forms.set_state(context.session, context.lead.id, "archived")
    context.event("archived", "The inquiry was archived.", rule="N")


@_effect(d.Exclude)
def _(effect: d.Exclude, context: Applying) -> None:
    context.event(
        "excluded", f"Ended without a nurture programme: {effect.reason}.", rule="N", data={"reason": effect.reason}
    )
