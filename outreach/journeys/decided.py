"""What one decision writes: the enrolment, the letter or the task, and what its end cancels."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from outreach.core import decisions as d
from outreach.core import states
from outreach.core.sequences import Sequence
from outreach.journeys.desk import Desk
from outreach.journeys.house import House
from outreach.store import enrolments, messages, tasks
from outreach.store.enrolments import Enrolment
from outreach.store.events import Event
from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.store.tasks import Task

LETTER_KINDS = ("email", "breakup")
FAILURES = "failures"
"""In an enrolment's memory: how often in a row its next step could not be worked out (F1). Any decision ends the row."""
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

    def event(
        self, kind: str, text: str, *, rule: str = "", step: str | None = None, data: dict[str, object] | None = None
    ) -> None:
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
            data=data or {},
        )


def write_back(context: Applying, decision: d.Decision) -> None:
    """The enrolment as the decision leaves it."""
    after, row = decision.after, context.row
    context.desk.keep(
        row,
        state=after.state,
        reason=after.reason,
        step_key=after.step_key,
        due_at=after.due_at,
        anchor_at=after.anchor_at,
        last_done_at=after.last_done_at,
        memory={key: value for key, value in after.memory.items() if key != FAILURES},
        why=decision.text,
        rule=decision.rule,
    )
    if after.ended:
        row.ended_at, row.due_at = row.ended_at or context.now, None


def inputs(decision: d.Decision) -> dict[str, object]:
    """What the event keeps of what the decision stood on: JSON."""
    after = decision.after
    data: dict[str, object] = {k: _plain(v) for k, v in decision.inputs.items()}
    data |= {"state": after.state, "due_at": after.due_at.isoformat() if after.due_at else None}
    return data


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def queue_letter(context: Applying, decision: d.Send) -> None:
    """The receipt (F5): the message row, before anything is sent. UNIQUE(enrolment, step) forbids a second one."""
    assert decision.step is not None
    if earlier := context.desk.withdrawn(context.row.id, decision.step.id):
        _queue_again(context, earlier, decision)
        return
    first = _is_first_letter(context)
    context.desk.add(
        Message,
        kind="step",
        class_=context.sequence.klass,
        lane="urgent" if decision.at_once else "outbound",
        at_once=decision.at_once,
        rank=messages.rank_of("step", context.sequence.klass, decision.at_once, first=first),
        lead_id=context.lead.id,
        enrolment_id=context.row.id,
        step_key=decision.step.id,
        submission_id=context.row.submission_id,
        references=[],
        queued_at=context.now,
        **_words(context, decision),
    )


def _words(context: Applying, decision: d.Send) -> dict[str, Any]:
    """What a letter takes from today: its words, owner and address (V2, T3)."""
    letter, version_id = decision.letter, context.row.version_id
    return {
        "user_id": context.lead.owner_id,
        "to_address": context.lead.email,
        "template_version_id": context.desk.version_of(letter.template) if letter.template else None,
        "version_id": version_id,
        "text_version_id": context.desk.texts_of(version_id),
        "subject": letter.subject or "",
        "body": letter.body or "",
        "variant": letter.name,
        "extra": {
            "thread": decision.thread,
            "fallback_subject": decision.fallback_subject,
            "template": letter.template,
        },
        "due_at": context.now,
    }


def _is_first_letter(context: Applying) -> bool:
    """L3: no letter of this enrolment has gone yet."""
    done = context.row.memory.get("done", {}).values()
    return not any(each.get("kind") in LETTER_KINDS and each.get("how") == "done" for each in done)


def _queue_again(context: Applying, earlier: Message, decision: d.Send) -> None:
    """The same receipt once more."""
    words = _words(context, decision)
    words["extra"] = earlier.extra | words["extra"]
    for name, value in words.items():
        setattr(earlier, name, value)
    earlier.state, earlier.settled, earlier.reason = "queued", False, ""


def make_task(context: Applying, decision: d.MakeTask) -> None:
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


def add_task(context: Applying, kind: str, title: str, due_at: datetime, enrolment_id: int | None = None) -> None:
    """A task beside the steps, for the lead's owner."""
    lead = context.lead
    made = Task(
        kind=kind, lead_id=lead.id, owner_id=lead.owner_id, enrolment_id=enrolment_id, title=title, due_at=due_at,
        created_at=context.now, memory={},
    )  # fmt: skip
    context.session.add(made)


def clear(context: Applying, reason: str) -> None:
    """X8, K2: what an end cancels: letters that have not begun and open tasks of the steps. M3: whoever stood back for
    it looks again at once."""
    enrolments.wake(context.session, context.lead.id, states.PRIORITY, context.now)
    for message_id in messages.cancel_unsent(context.session, context.row.id, context.row.state):
        context.event("cancelled", f"A queued letter was cancelled: {reason}", rule="X8", data={"message": message_id})
    cancel_tasks(context, context.row.state)


def cancel_tasks(context: Applying, reason: str) -> None:
    fresh = tasks.new_lead_of(context.session, context.lead.id, context.row.submission_id)
    for task in [*tasks.open_of_enrolment(context.session, context.row.id), *([fresh] if fresh else [])]:
        if task.step_key is not None or task is fresh:
            task.state, task.done_at, task.note = "cancelled", context.now, reason
            context.event(
                "task cancelled", f"The task “{task.title}” was cancelled: {reason}.", rule="K2", step=task.step_key
            )
