"""A rep files the outcome of a task (K3): one click closes it and everything that follows from it happens.

Outcomes of core.tasks have the consequences written there; for a lead inside a sequence the engine draws them, for one
outside (a reply ended the sequence) they are drawn here by the same table. Beside them: interview booked, held or
missed, won, a letter sent by one key, snooze, and undo of what can be taken back.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from outreach.core import signals, states
from outreach.core.tasks import OUTCOMES, Consequence, may_leave_voicemail
from outreach.errors import Refused
from outreach.journeys import applying, facts, meetings, write
from outreach.journeys.house import House
from outreach.store import account, changes, consents, deals, enrolments, events, forms, leads, sequences, tasks
from outreach.store.deals import Interview
from outreach.store.leads import Lead
from outreach.store.tasks import Task
from outreach.store.users import User

LETTERS = {"cant help": "cant-help", "need more information": "need-more-information"}
"""Outcomes that send a template as the rep's own mail."""
LABELS = {
    **{key: consequence.label for key, consequence in OUTCOMES.items()},
    "replied": "Reply sent",
    "interview booked": "Interview booked",
    "interview held": "Interview held",
    "interview missed": "Did not show up",
    "won": "Won",
    "cant help": "Told them that we can't help",
    "need more information": "Asked for more information",
    "snoozed": "Snoozed",
}
CALLS = ("call", "new_lead", "voice")
FROM_MAIL = frozenset({"replied", *LETTERS})
STAGES = {
    "interested": "replied",
    "interview booked": "interview",
    "won": "won",
    "not interested": "lost",
    "not qualified": "lost",
    "cant help": "lost",
}
PROGRAMME = "Educational"


@dataclass(slots=True)
class Filing:
    """One outcome being filed."""

    session: Session
    house: House
    lead: Lead
    task: Task
    outcome: str
    user: User
    now: datetime
    note: str = ""
    back_on: datetime | None = None
    suppress: bool = False
    amount: Decimal | None = None

    @property
    def means(self) -> Consequence:
        return OUTCOMES.get(self.outcome, OUTCOMES["done"])

    @property
    def step(self) -> str | None:
        return self.task.step_key


def file_outcome(
    session: Session,
    house: House,
    task_id: int,
    outcome: str,
    user: User,
    now: datetime,
    note: str = "",
    back_on: datetime | None = None,
    *,
    suppress: bool = False,
    amount: Decimal | None = None,
) -> str:
    """File an outcome and return one sentence for the toast. Raises Refused, and then nothing has changed.

    `back_on`: call back at, not now until, or when the interview is. `suppress`: not interested, and no more mail.
    (1) lock, check; (2) close the task and its twin; (3) stop the clock; (4) the timeline; (5) what follows;
    (6) keep what changed, for undo.
    """
    lead, task = _open(session, task_id)
    filing = Filing(session, house, lead, task, outcome, user, now, note.strip(), back_on, suppress, amount)
    _check(filing)
    before = changes.picture(session, lead)
    closed = [task, *_twins(filing)]
    for one in closed:
        _close(filing, one)
    _stop_clock(filing)
    words = _event(filing)
    _follow(filing, closed)
    lead.stage = _stage(filing)
    _keep_for_undo(filing, before)
    return words


def snooze(session: Session, task_id: int, user: User, until: datetime, now: datetime) -> str:
    """Put a task off."""
    task = tasks.locked(session, task_id)
    if task is None or task.state != "open":
        raise Refused("This task is not open any more.")
    if until <= now:
        raise Refused("That moment has passed; choose a later one.")
    task.memory = {**task.memory, "snoozed_from": task.due_at.isoformat()}
    task.due_at = until
    words = f"{user.name} put off “{task.title}”."
    events.record(session, now, "snoozed", words, lead_id=task.lead_id, actor_id=user.id)
    return "Snoozed"


def undo(session: Session, task_id: int, user: User, now: datetime) -> str:
    """Take back an outcome (or a snooze), when nothing that followed from it has gone on since. Raises Refused."""
    task = session.get(Task, task_id)
    if task is None:
        raise Refused("This task does not exist any more.")
    lead = leads.locked(session, task.lead_id) if task.lead_id else None
    task = tasks.locked(session, task_id) or task
    if task.state == "open" and "snoozed_from" in task.memory:
        kept = dict(task.memory)
        task.due_at = datetime.fromisoformat(kept.pop("snoozed_from"))
        task.memory = kept
        return "Back in the list"
    kept_changes = task.memory.get("undo")
    if not kept_changes or task.done_by != user.id:
        raise Refused("There is nothing to take back here.")
    if not changes.take_back(session, kept_changes):
        raise Refused("It went on meanwhile, so this cannot be taken back. Set it right on the lead's page.")
    session.refresh(task)
    task.memory = {key: value for key, value in task.memory.items() if key != "undo"}
    events.record(
        session, now, "undone", f"{user.name} took back “{LABELS.get(_was(kept_changes), 'the outcome')}”.",
        lead_id=lead.id if lead else None, actor_id=user.id,
    )  # fmt: skip
    return "Taken back"


def _was(kept: list[changes.Change]) -> str:
    filed = (c["after"].get("outcome", "") for c in kept if c["table"] == "tasks" and c["after"])
    return next((outcome for outcome in filed if outcome), "")


def _open(session: Session, task_id: int) -> tuple[Lead, Task]:
    """Lead first, then task: the order in which everybody locks."""
    task = session.get(Task, task_id)
    lead = leads.locked(session, task.lead_id) if task and task.lead_id else None
    task = tasks.locked(session, task_id)
    if task is None or task.state != "open":
        raise Refused("This task is not open any more: somebody finished it, or the sequence ended.")
    if lead is None:
        raise Refused("Nobody belongs to this task yet: choose the lead first.")
    session.refresh(task)
    if task.state != "open":
        raise Refused("This task is not open any more: somebody finished it, or the sequence ended.")
    return lead, task


MOMENTS = {"call back at": "back_at", "interview booked": "interview_at", "not now": "month"}
"""The field in which an outcome's moment is written."""


def _check(filing: Filing) -> None:
    if filing.outcome not in LABELS:
        raise Refused(f"“{filing.outcome}” is no outcome; choose one of {', '.join(LABELS.values())}.")
    if filing.outcome in ("call back at",) and filing.back_on is None:
        raise Refused("Say when to call back.", field="back_at")
    if filing.outcome == "not now" and filing.back_on is None:
        raise Refused("Say in which month to come back.", field="month")
    if filing.back_on and filing.back_on <= filing.now and filing.outcome != "interview held":
        raise Refused("That moment has passed; choose a later one.", field=MOMENTS.get(filing.outcome, ""))
    if filing.outcome == "left voicemail" and not may_leave_voicemail(_voicemails(filing)):
        raise Refused("Two voicemails were left for this lead already, and that is the most. File it as no answer.")


def _voicemails(filing: Filing) -> int:
    return sum(1 for t in tasks.calls_of(filing.session, filing.lead.id) if t.outcome == "left voicemail")


def _twins(filing: Filing) -> list[Task]:
    """The new-lead task and the first call of the sequence are one call: whichever is filed closes the other."""
    if filing.task.kind not in CALLS or filing.outcome not in OUTCOMES:
        return []
    other = "call" if filing.task.kind == "new_lead" else "new_lead"
    due = [t for t in tasks.open_of_lead(filing.session, filing.lead.id) if t.kind == other and t.due_at <= filing.now]
    return due[:1]


def _close(filing: Filing, task: Task) -> None:
    """K3. A twin keeps `as with`, so that one call counts once."""
    task.state, task.done_at, task.done_by = "done", filing.now, filing.user.id
    twin = task is not filing.task
    task.outcome, task.note = ("" if twin else filing.outcome), filing.note
    if twin:
        task.memory = {**task.memory, "twin": filing.task.id}


def _stop_clock(filing: Filing) -> None:
    """Speed to lead: the first human attempt, whatever came of it."""
    tried = filing.means.attempt and filing.task.kind in (*CALLS, "reply", "text", "video", "letter", "social")
    reached = filing.outcome in ("interview booked", "interview held", "won")
    written = filing.outcome == "done" and filing.task.kind in ("text", "video", "letter", "social", "voice")
    if tried or reached or written:
        filing.lead.answered_at = filing.lead.answered_at or filing.now
        forms.stop_clocks(filing.session, filing.lead.id, filing.now)
    filing.lead.last_activity_at = filing.now


def _event(filing: Filing) -> str:
    label = LABELS[filing.outcome]
    what = "Call" if filing.task.kind in CALLS else filing.task.title
    words = f"{what}: {label[:1].lower()}{label[1:]}"
    if filing.back_on:
        there = filing.back_on.astimezone(account.zone_of(filing.session, filing.lead.zone))
        words += f", {there.day} {there:%B %Y}" + (f" {there:%H:%M}" if filing.outcome != "not now" else "")
    events.record(
        filing.session, filing.now, "outcome", f"{words}." + (f" “{filing.note}”" if filing.note else ""),
        lead_id=filing.lead.id, enrolment_id=filing.task.enrolment_id, actor_id=filing.user.id, step_key=filing.step,
        rule="K3", data={"outcome": filing.outcome, "task": filing.task.id, "kind": filing.task.kind},
    )  # fmt: skip
    return f"{filing.lead.name or filing.lead.email}: {label}"


def _follow(filing: Filing, closed: list[Task]) -> None:
    if filing.outcome in LETTERS:
        write.one_key_letter(
            filing.session, filing.house, filing.lead, filing.user, LETTERS[filing.outcome], filing.now
        )
    if filing.outcome.startswith("interview") or filing.outcome == "won":
        return _meet_or_win(filing)
    if filing.outcome == "cant help":
        return _tell(filing, signals.StoppedBy(filing.user.name, "we cannot help", states.NOT_QUALIFIED))
    if filing.outcome in ("replied", "need more information", "done"):
        return _step_done(filing, closed)
    return _draw(filing, closed)


def _step_done(filing: Filing, closed: list[Task]) -> None:
    """A task of a step is finished: its enrolment may go on (K1)."""
    for task in closed:
        if task.enrolment_id and task.step_key:
            done = signals.Outcome("done", task.step_key, note=filing.note)
            _tell(filing, done, enrolment_id=task.enrolment_id)


def _draw(filing: Filing, closed: list[Task]) -> None:
    """K3: by the engine for a lead inside a sales sequence, else by the table."""
    sales = enrolments.running_sales(filing.session, filing.lead.id)
    own = next((t.step_key for t in closed if t.step_key and sales and t.enrolment_id == sales.id), None)
    happened = signals.Outcome(filing.outcome, own, filing.back_on, filing.suppress, note=filing.note)
    if sales is not None:
        _tell(filing, happened, enrolment_id=sales.id)
        if filing.means.ends is not None:
            _end_held(filing, sales.id)
    else:
        _by_table(filing)
    if filing.means.suppress or filing.suppress:
        _suppress(filing)
    if filing.means.phone_bad:
        filing.lead.phone_bad = True


def _end_held(filing: Filing, told: int) -> None:
    """M3: a lower class that was held does not come back to somebody who has given their answer."""
    for row in enrolments.running(filing.session, filing.lead.id):
        if row.id != told and row.class_ in enrolments.SALES:
            happened = signals.Outcome(filing.outcome, None, filing.back_on, filing.suppress, note=filing.note)
            _tell(filing, happened, enrolment_id=row.id)


def _by_table(filing: Filing) -> None:
    lead, means = filing.lead, filing.means
    name = lead.name or lead.email or lead.phone
    if filing.outcome == "call back at" and filing.back_on:
        _task(filing, "call", f"Call {name} back", filing.back_on, call_back=True)
    if means.interview:
        _task(filing, "interview", f"Arrange the interview with {name}", filing.now)
    if means.referral:
        _task(filing, "referral", f"Ask {name} who else could use our help", filing.now)
    if means.nurture and not filing.suppress:
        _nurture(filing)
        if filing.back_on:
            _task(filing, "call", f"Call {name}: asked to come back now", filing.back_on)


def _nurture(filing: Filing) -> None:
    """The long-term programme, unless they are in it or must not be written to."""
    session, lead = filing.session, filing.lead
    session.flush()
    programme = sequences.by_name(session, PROGRAMME)
    inside = {e.sequence_id for e in enrolments.running(session, lead.id)}
    if programme is None or not programme.current_version_id or programme.archived_at or programme.id in inside:
        return
    if facts.suppressed(session, lead) or not lead.email:
        return
    published = applying.published(session, programme)
    applying.begin(session, filing.house, lead, published, filing.now, actor_id=filing.user.id)
    lead.stage = "nurture"


def _suppress(filing: Filing) -> None:
    """X7: nobody writes to them any more, whatever they are in."""
    filing.lead.do_not_contact = True
    if filing.lead.email:
        consents.suppress(filing.session, filing.lead.email, "do not contact", filing.user.name, filing.now)
    _tell(filing, signals.DoNotContact())


def _meet_or_win(filing: Filing) -> None:
    session, lead, now = filing.session, filing.lead, filing.now
    meeting = deals.open_interview(session, lead.id)
    if filing.outcome == "interview booked":
        meetings.book(session, lead, filing.user, now, filing.back_on)
        _tell(filing, signals.MeetingBooked())
    elif filing.outcome in ("interview held", "interview missed"):
        _met(filing, meeting)
    else:
        meetings.close(session, lead, filing.user, now, "won", filing.amount)
        _tell(filing, signals.DealWon())
    _step_done(filing, [filing.task])


def _met(filing: Filing, meeting: Interview | None) -> None:
    name = filing.lead.name or filing.lead.email
    if meeting is None:
        meeting = Interview(lead_id=filing.lead.id, user_id=filing.user.id, booked_at=filing.now, at=filing.now)
        filing.session.add(meeting)
    if filing.outcome == "interview held":
        meeting.state = "held"
        _task(filing, "task", f"After the interview: send {name} what was promised, ask to decide", _morning(filing))
    else:
        meeting.state = "missed"
        _task(filing, "call", f"Call {name}: did not come to the interview", filing.now)


def _morning(filing: Filing) -> datetime:
    """Nine o'clock tomorrow, for the rep."""
    zone = account.zone_of(filing.session, filing.user.zone)
    return datetime.combine(filing.now.astimezone(zone).date() + timedelta(days=1), time(9), zone)


def _task(filing: Filing, kind: str, title: str, due_at: datetime, *, call_back: bool = False) -> None:
    lead = filing.lead
    if any(t.kind == kind and t.title == title for t in tasks.open_of_lead(filing.session, lead.id)):
        return
    filing.session.add(
        Task(kind=kind, lead_id=lead.id, owner_id=lead.owner_id or filing.user.id, title=title, due_at=due_at,
             created_at=filing.now, memory={"call_back": True} if call_back else {})
    )  # fmt: skip


def _tell(filing: Filing, happened: signals.Signal, *, enrolment_id: int | None = None) -> None:
    filing.session.flush()
    applying.signal(
        filing.session, filing.house, filing.lead.id, happened, filing.now,
        enrolment_id=enrolment_id, actor_id=filing.user.id,
    )  # fmt: skip


def _stage(filing: Filing) -> str:
    """Where the lead stands now; nurture, when the lead went there, wins over lost."""
    now = filing.lead.stage
    wanted = STAGES.get(filing.outcome) or ("contacted" if filing.means.attempt or filing.outcome in FROM_MAIL else now)
    if now in ("won", "nurture") and wanted in ("lost", "contacted", "replied"):
        return now
    if wanted in ("contacted",) and now != "new":
        return now
    return wanted


def _keep_for_undo(filing: Filing, before: changes.Picture) -> None:
    """What can be taken back: everything but mail that is sent at once."""
    if filing.outcome in FROM_MAIL:
        return
    done = changes.between(before, changes.picture(filing.session, filing.lead))
    filing.task.memory = {**filing.task.memory, "undo": done}
