"""Mail that nobody could be found for ("who is this?"): a person chooses the lead, makes one, or puts it aside (5c)."""

from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core import signals
from outreach.errors import Refused
from outreach.journeys import applying, capture
from outreach.journeys.house import House
from outreach.store import consents, events, leads, tasks
from outreach.store.inbox import InboundMail
from outreach.store.leads import Alias, Lead
from outreach.store.tasks import Task
from outreach.store.users import User


def choose(session: Session, house: House, task_id: int, lead: Lead, user: User, now: datetime) -> str:
    """This lead wrote it: the address becomes an alias, sequences stop as for any reply, the task is to answer."""
    found = leads.locked(session, lead.id)
    task, mail = _open(session, task_id)
    if found is None:
        raise Refused("This lead does not exist any more.")
    address = leads.normalised(mail.from_address)
    if address and leads.by_email(session, address) is None:
        session.add(Alias(email=address, lead_id=found.id))
        consents.recall(session, address, now)
    _becomes_reply(task, mail, found, now)
    events.record(session, now, "matched", f"{user.name} said that a mail from {mail.from_address} is theirs.",
                  lead_id=found.id, actor_id=user.id, rule="O10")  # fmt: skip
    session.flush()
    applying.signal(session, house, found.id, signals.Replied(mail.sense or "other"), now, actor_id=user.id)
    return f"Now with {found.name or found.email}"


def make_lead(session: Session, house: House, task_id: int, user: User, now: datetime) -> str:
    """A new lead out of the mail; the task is to answer."""
    task, mail = _open(session, task_id)
    captured = capture.note_lead(
        session, house, name=mail.from_name, email=mail.from_address, phone="", company="", topic="",
        message=mail.reply_text, source="mail", sequence_id=None, owner_id=task.owner_id or user.id, now=now,
        actor_id=user.id,
    )  # fmt: skip
    lead = session.get_one(Lead, captured.lead_id)
    _becomes_reply(task, mail, lead, now)
    return f"{lead.name or lead.email} is a lead now"


def ignore(session: Session, task_id: int, user: User, now: datetime) -> str:
    """Nobody for us; the mail is kept."""
    task, _mail = _open(session, task_id)
    task.state, task.outcome, task.done_at, task.done_by = "done", "ignored", now, user.id
    return "Put aside"


def _open(session: Session, task_id: int) -> tuple[Task, InboundMail]:
    task = tasks.locked(session, task_id)
    mail = session.get(InboundMail, task.inbound_id) if task and task.inbound_id else None
    if task is None or task.state != "open" or mail is None or task.lead_id is not None:
        raise Refused("Somebody has dealt with this mail already.")
    return task, mail


def _becomes_reply(task: Task, mail: InboundMail, lead: Lead, now: datetime) -> None:
    task.lead_id, task.owner_id, task.kind = lead.id, lead.owner_id or task.owner_id, "reply"
    task.title = f"Answer {lead.name or lead.email}"
    mail.lead_id, mail.matched_by = lead.id, "a person"
    lead.last_activity_at = now
