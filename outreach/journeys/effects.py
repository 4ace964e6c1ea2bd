"""What a decision does beyond its enrolment: one function for each effect. Those that lead into another enrolment stand in
`applying`."""

from functools import singledispatch

from outreach.core import decisions as d
from outreach.core import states
from outreach.journeys import notify
from outreach.journeys.decided import Applying, add_task, cancel_tasks
from outreach.store import consents, forms, leads, messages, tasks


@singledispatch
def effected(effect: d.Effect, context: Applying) -> None:
    """Carry out one effect beyond the enrolment."""
    raise NotImplementedError(f"no rows are known for {effect}")


@effected.register
def _(effect: d.CancelTasks, context: Applying) -> None:
    cancel_tasks(context, effect.reason)


@effected.register
def _(effect: d.TaskUntil, context: Applying) -> None:
    for task in tasks.open_of_enrolment(context.session, context.row.id):
        if task.step_key == effect.step:
            task.expires_at = effect.until


@effected.register
def _(effect: d.CancelLetters, context: Applying) -> None:
    messages.cancel_unsent(context.session, context.row.id, effect.reason)


@effected.register
def _(effect: d.AddTask, context: Applying) -> None:
    there = tasks.open_of_lead(context.session, context.lead.id)
    if any(task.kind == effect.kind and task.title == effect.text for task in there):
        return
    add_task(context, effect.kind, effect.text, effect.due_at, context.row.id)


@effected.register
def _(effect: d.Notify, context: Applying) -> None:
    lead, path = context.lead, f"/leads/{context.lead.id}"
    if effect.escalate:
        text = f"{lead.name or lead.email}: {effect.text}"
        notify.tell_managers(context.session, "engine", text, path, context.now)
    else:
        notify.tell(context.session, lead.owner_id, "engine", effect.text, path, context.now)


@effected.register
def _(effect: d.Suppress, context: Applying) -> None:
    if context.lead.email:
        consents.suppress(context.session, context.lead.email, effect.reason, "engine", context.now)
    if effect.reason == "do not contact":
        context.lead.do_not_contact = True


@effected.register
def _(effect: d.MarkPhoneBad, context: Applying) -> None:
    context.lead.phone_bad = True


@effected.register
def _(effect: d.MarkAddressDead, context: Applying) -> None:
    context.lead.address_state = "dead"


@effected.register
def _(effect: d.MarkHot, context: Applying) -> None:
    if not context.lead.hot:
        context.event("hot", f"Hot: {effect.reason}", rule="X1")
    context.lead.hot = True


@effected.register
def _(effect: d.MarkCustomer, context: Applying) -> None:
    context.lead.stage = "won"
    leads.add_tag(context.session, context.lead.id, "customer")


@effected.register
def _(effect: d.SetStage, context: Applying) -> None:
    if context.lead.stage != effect.stage:
        context.event("stage", f"Stage: {context.lead.stage} → {effect.stage}.")
    context.lead.stage = effect.stage


@effected.register
def _(effect: d.TagLead, context: Applying) -> None:
    if effect.remove:
        leads.remove_tag(context.session, context.lead.id, effect.tag)
    else:
        leads.add_tag(context.session, context.lead.id, effect.tag)


@effected.register
def _(effect: d.HoldLead, context: Applying) -> None:
    """O4: every enrolment hears of the absence by its own signal; nothing more to keep here."""


@effected.register
def _(effect: d.HandToPerson, context: Applying) -> None:
    lead = context.lead
    add_task(context, "task", effect.note, context.now)
    notify.tell(context.session, lead.owner_id, "handover", effect.note, f"/leads/{lead.id}", context.now)
    if context.row.state == states.NO_REPLY:
        reason = "handed over to a person"
        context.event("excluded", f"Ended without a programme: {reason}.", rule="N", data={"reason": reason})


@effected.register
def _(effect: d.ArchiveSubmission, context: Applying) -> None:
    forms.set_state(context.session, context.lead.id, "archived")
    context.event("archived", "The inquiry was archived.", rule="N")


@effected.register
def _(effect: d.Exclude, context: Applying) -> None:
    context.event(
        "excluded", f"Ended without a nurture programme: {effect.reason}.", rule="N", data={"reason": effect.reason}
    )
