"""A task's card: the lead, what they wrote, where they stand, and what happened so far."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach import documents
from outreach.core.answers import OF_THE_LEAD, Answer, in_words
from outreach.core.sequences import FINISH, Sequence
from outreach.errors import Refused
from outreach.reports import timeline
from outreach.reports.timeline import Entry
from outreach.store import deals, enrolments, forms, inbox, messages, tasks
from outreach.store.deals import Interview
from outreach.store.enrolments import Enrolment
from outreach.store.forms import Form, Submission
from outreach.store.inbox import InboundMail
from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.store.sequences import SequenceRow, VersionRow
from outreach.store.tasks import Task
from outreach.store.users import User

OFFICE_HOURS = range(9, 17)
SHORT = 12


@dataclass(frozen=True, slots=True)
class Standing:
    """A lead in a sequence. `number` of `steps`: the step that is next; 0 when it cannot be said."""

    enrolment: Enrolment
    sequence: SequenceRow
    number: int = 0
    steps: int = 0


@dataclass(frozen=True, slots=True)
class There:
    """The lead's clock: `place` is the zone's city, `open` when it is a working hour there."""

    at: datetime
    place: str
    guessed: bool
    open: bool


@dataclass(frozen=True, slots=True)
class Card:
    """Everything that the right side of Today shows."""

    task: Task
    lead: Lead | None
    owner: User | None
    mail: InboundMail | None
    thread: list[Message]
    asked: Submission | None
    asked_by: str
    message: str
    answers: list[Answer]
    standings: list[Standing]
    entries: list[Entry]
    there: There | None
    meeting: Interview | None
    attempts: int
    voicemails: int


def card(session: Session, task_id: int, now: datetime) -> Card | None:
    """The card of a task, or None when there is no such task."""
    task = session.get(Task, task_id)
    if task is None:
        return None
    lead = session.get(Lead, task.lead_id) if task.lead_id else None
    mail = inbox.by_ids(session, [task.inbound_id]).get(task.inbound_id) if task.inbound_id else None
    asked = _asked(session, task)
    form = session.get(Form, asked.form_id) if asked and asked.form_id else None
    calls = tasks.calls_of(session, lead.id) if lead else []
    return Card(
        task=task,
        lead=lead,
        owner=session.get(User, lead.owner_id) if lead and lead.owner_id else None,
        mail=mail,
        thread=_thread(session, lead, mail),
        asked=asked,
        asked_by=_source(lead, form, asked),
        message=str(asked.answers.get("message", "")).strip() if asked else "",
        answers=answers_of(form, asked),
        standings=standings(session, lead.id) if lead else [],
        entries=timeline.timeline(session, lead.id, limit=SHORT) if lead else [],
        there=there(lead, now) if lead else None,
        meeting=deals.open_interview(session, lead.id) if lead else None,
        attempts=sum(1 for call in calls if call.outcome),
        voicemails=sum(1 for call in calls if call.outcome == "left voicemail"),
    )


def standings(session: Session, lead_id: int) -> list[Standing]:
    """The sequences that a lead is in."""
    return [standing(session, row) for row in enrolments.running(session, lead_id)]


def standings_of(session: Session, lead_ids: list[int]) -> dict[int, list[Standing]]:
    """The sequences that many leads are in, asked for together."""
    running = enrolments.running_of(session, lead_ids)
    rows = [row for found in running.values() for row in found]
    # A session forgets rows that nobody holds: held here, it answers for them itself.
    held = [
        *session.scalars(select(SequenceRow).where(SequenceRow.id.in_({row.sequence_id for row in rows}))),
        *session.scalars(select(VersionRow).where(VersionRow.id.in_({row.version_id for row in rows}))),
    ]
    found = {lead_id: [standing(session, row) for row in running[lead_id]] for lead_id in running}
    del held
    return found


def standing(session: Session, row: Enrolment) -> Standing:
    """Where an enrolment stands, by the version that it points to."""
    name = session.get_one(SequenceRow, row.sequence_id)
    document = sequence_of(session, row)
    if document is None:
        return Standing(row, name)
    places = document.route.places
    if row.step_key == FINISH:
        return Standing(row, name, len(places), len(places))
    place = places.get(row.step_key or "")
    return Standing(row, name, place.number + 1 if place else 0, len(places))


def sequence_of(session: Session, row: Enrolment) -> Sequence | None:
    """The enrolment's version as the engine reads it; None when it cannot be read."""
    version = session.get(VersionRow, row.version_id)
    try:
        return documents.published(version.document) if version else None
    except Refused:
        return None


def requests_of(session: Session, lead_id: int) -> list[Submission]:
    """What a lead asked for, the latest first."""
    return forms.submissions_of(session, lead_id)


def there(lead: Lead, now: datetime) -> There | None:
    """What time it is for the lead; None when no zone is known."""
    try:
        zone = ZoneInfo(lead.zone) if lead.zone else None
    except (ZoneInfoNotFoundError, ValueError):
        zone = None
    if zone is None:
        return None
    at = now.astimezone(zone)
    place = lead.zone.rpartition("/")[2].replace("_", " ")
    guessed = "guess" in lead.zone_source or lead.zone_source in ("account", "owner")
    return There(at, place, guessed, at.weekday() < 5 and at.hour in OFFICE_HOURS)


def answers_of(form: Form | None, asked: Submission | None) -> list[Answer]:
    """What they filled in, without the message and what the lead's facts show."""
    return in_words(form.fields if form else (), asked.answers, OF_THE_LEAD | {"message"}) if asked else []


def facts_of(session: Session, lead: Lead) -> list[Answer]:
    """What is known of the lead beyond the usual facts, the topic first, in the words of the form they filled in last."""
    asked = next((one for one in requests_of(session, lead.id) if one.form_id), None)
    form = session.get(Form, asked.form_id) if asked else None
    known = {"topic": lead.topic} | {k: v for k, v in lead.fields.items() if isinstance(v, str | int | float)}
    return in_words(form.fields if form else (), known)


def _asked(session: Session, task: Task) -> Submission | None:
    if task.submission_id:
        return session.get(Submission, task.submission_id)
    found = forms.submissions_of(session, task.lead_id) if task.lead_id else []
    return found[0] if found else None


def _source(lead: Lead | None, form: Form | None, asked: Submission | None) -> str:
    if form:
        return f"Form “{form.title or form.name}”"
    source = asked.source if asked else (lead.source if lead else "")
    return {"card": "Business card"}.get(source, source.replace("-", " ").capitalize())


def _thread(session: Session, lead: Lead | None, mail: InboundMail | None) -> list[Message]:
    """Our letters before this mail, the latest first."""
    if lead is None or mail is None:
        return []
    sent = (
        m for m in messages.of_lead(session, lead.id, 100) if m.state == "sent" and m.kind not in ("notice", "test")
    )
    return [m for m in sent if m.sent_at and m.sent_at <= mail.received_at][:5]
