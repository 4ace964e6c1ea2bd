"""Where every decision of the engine becomes rows: clock, reply, click, bounce, opt-out and outcome all end here.

    apply     write one decision: the enrolment, its event, the letter or task, the effects
    apply_all the same for many leads, with few questions and few statements
    run       decide and apply until the enrolments wait
    begin     a lead enters a sequence
    signal    something happened to a lead: ask the engine for each running enrolment, apply what it says

The caller holds the lead's lock (store.leads.locked).
"""

from collections.abc import Collection, Mapping
from datetime import datetime, time
from random import Random
from typing import NamedTuple

from sqlalchemy.orm import Session

from outreach import documents
from outreach.core import decisions as d
from outreach.core import engine, signals, states
from outreach.core.enrolments import Facts
from outreach.core.sequences import Sequence
from outreach.journeys import facts, notify, settle
from outreach.journeys.decided import (
    FAILURES,
    Applying,
    add_task,
    clear,
    inputs,
    make_task,
    queue_letter,
    write_back,
)
from outreach.journeys.desk import Desk
from outreach.journeys.effects import effected
from outreach.journeys.house import House
from outreach.store import account, enrolments, leads, sequences
from outreach.store.enrolments import Enrolment
from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.store.sequences import SequenceRow

READER_ACTED = (
    signals.Replied, signals.WasOutOfOffice, signals.LeftCompany, signals.Unsubscribed, signals.Complained, signals.Clicked,
    signals.Outcome,
)  # fmt: skip
"""Signals that only a letter which arrived brings about."""
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
    return Published(row.id, version.id, documents.published(version.document))


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
    unchanged = isinstance(decision, d.Wait) and not decision.changed and not decision.effects
    if unchanged and FAILURES not in context.row.memory:
        context.desk.keep(context.row, due_at=decision.after.due_at)
        return
    write_back(context, decision)
    context.event(
        decision.kind,
        decision.text,
        rule=decision.rule,
        step=decision.step.id if decision.step else None,
        data=inputs(decision),
    )
    if isinstance(decision, d.Send):
        queue_letter(context, decision)
    elif isinstance(decision, d.MakeTask):
        make_task(context, decision)
    if context.row.ended_at:
        clear(context, decision.text)
    for effect in decision.effects:
        effected(effect, context)


# ---- effects that lead into another enrolment ----


@effected.register
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


@effected.register
def _(effect: d.EnterNurture, context: Applying) -> None:
    """The long-term programme; a date to come back becomes a task for the same rep."""
    if effect.return_on:
        lead = context.lead
        due = datetime.combine(effect.return_on, time(9), account.zone_of(context.session, lead.zone))
        add_task(context, "call", f"Call {lead.name or lead.email}: asked to come back now", due)
    _enter(context, effect.programme or "Educational")


@effected.register
def _(effect: d.EnterSequence, context: Applying) -> None:
    _enter(context, effect.name)


def _enter(context: Applying, name: str) -> None:
    session, lead = context.session, context.lead
    session.flush()
    target = sequences.by_name(session, name)
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
        target.class_ == "nurture" and facts.refused_education(session, lead, context.now)
    ):
        context.event("excluded", f"Not moved to “{target.name}”: {why}.", rule="X7", data={"reason": why})
        return
    begin(
        session, context.house, lead, published(session, target), context.now, submission_id=context.row.submission_id
    )
    if target.class_ == "nurture" and lead.stage != "won":
        lead.stage = "nurture"
