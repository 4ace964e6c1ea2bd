"""Answers that were held (journeys.answer_limits) go, run out, or are left: by time, by the address's owner, or by a person.

release    what is due: answers whose hour has room, confirmations that nobody gave; forms that have become quiet go on
confirm    the owner of an address pressed the button
choose     a person sends or leaves one
choose_all the same for all that a burst holds back
go_on      a person says that a form may answer again
"""

from datetime import datetime

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from outreach.core import surge
from outreach.errors import Refused
from outreach.journeys import answer_limits, capture, enrol, notify
from outreach.journeys.house import House
from outreach.store import account, events, forms, held_answers, leads
from outreach.store.forms import Form, Submission
from outreach.store.held_answers import HeldAnswer
from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.store.sequences import SequenceRow
from outreach.store.tasks import Task
from outreach.store.users import User

BATCH = 100
AGAIN_AFTER = surge.SPAN
"""One whose release raised is tried again then."""
log = structlog.get_logger()


def release(house: House) -> bool:
    """Each in a transaction of its own; True when there is more."""
    with house.sessions.begin() as session:
        now = house.now(session)
        for form in forms.stopped(session):
            _look_again(session, form, now)
        held_answers.forget_quiet_domains(session, now - surge.LONGEST_WAIT)
        due = held_answers.due(session, now, BATCH)
    for held_id, lead_id in due:
        try:
            with house.sessions.begin() as session:
                _due(session, house, held_id, lead_id, now)
        except OperationalError:
            raise
        except Exception:
            log.exception("held_answer_failed", id=held_id)
            with house.sessions.begin() as session:
                if row := held_answers.locked(session, held_id):
                    row.due_at = now + AGAIN_AFTER
    return len(due) == BATCH


def confirm(session: Session, house: House, letter: Message | None, ip: str, now: datetime) -> bool:
    """The button under the letter that asks: the address is theirs, and what was asked for begins, unless a person has begun it.
    False: too late.
    Pressing twice is once."""
    submission = session.get(Submission, letter.submission_id) if letter and letter.submission_id else None
    lead = leads.locked(session, submission.lead_id) if submission else None
    row = held_answers.of_submission(session, submission.id) if submission else None
    if submission is None or lead is None or row is None or lead.erased_at:
        return False
    if row.ended_at is not None:
        return row.end == "confirmed"
    form = session.get(Form, row.form_id) if row.form_id else None
    if form is None or letter is None or letter.to_address.lower() != lead.email.lower():
        return False
    lead.address_state, lead.last_activity_at = "ok", now
    _end(row, "confirmed", now)
    events.record(
        session, now, "address confirmed", f"Confirmed the address {lead.email}.", lead_id=lead.id, rule="MAIL L4"
    )
    capture.agree(session, lead, form, submission, ip, now)
    session.flush()
    if submission.first_human_at is None:
        capture.answer_held(session, house, lead, form, submission, now)
    return True


def choose(session: Session, house: House, held_id: int, send: bool, user: User, now: datetime) -> str:
    """A person decides about one; what was done, in words. Raises Refused."""
    row = session.get(HeldAnswer, held_id)
    lead = leads.locked(session, row.lead_id) if row else None
    row = held_answers.locked(session, held_id)
    if row is None or lead is None:
        raise Refused("This answer has gone already, or somebody left it; nothing more waits here.")
    who = lead.name or lead.email
    if send and row.why == "confirm":
        raise Refused(
            f"{lead.email} has not confirmed the address yet: nothing goes there before. Write or call yourself."
        )
    if not send:
        _end(row, "left", now)
        _say(session, lead, f"{user.name} left it unanswered: no automatic answer goes.", now, user)
        return f"No automatic answer goes to {who}"
    _say(session, lead, f"{user.name} let the answer go.", now, user)
    _begin(session, house, row, lead, now)
    return f"The answer to {who} goes now"


def choose_all(session: Session, form: Form, send: bool, user: User, now: datetime) -> int:
    """A person decides about all that a burst holds back: they go as fast as the limits allow, or not at all."""
    act = held_answers.let_go if send else held_answers.leave
    count = act(session, form.id, now)
    words = "lets the answers go that waited" if send else "left unanswered what waited"
    text = f"{user.name} {words} at “{form.name}”: {count}."
    events.record(session, now, "answers chosen", text, actor_id=user.id, rule="MAIL L4", data={"form": form.id})
    return count


def go_on(session: Session, form: Form, user: User, now: datetime) -> None:
    """A person says that the many requests are real: the form answers by itself again, for a day however many come."""
    form.stopped_at, form.burst_known_until = None, now + surge.KNOWN_FOR
    text = f"{user.name} let “{form.name}” answer by itself again."
    events.record(session, now, "answers go on", text, actor_id=user.id, rule="MAIL L4", data={"form": form.id})


def _look_again(session: Session, form: Form, now: datetime) -> None:
    """MAIL L4: a form that has been quiet for a while goes on by itself; whoever waits there still waits for a person."""
    least = account.get(session).burst_least
    if form.stopped_at is None or now - form.stopped_at < surge.CALM:
        return
    if least and not surge.is_calm(held_answers.met(session, form.id, now - surge.CALM, now), least):
        return
    form.stopped_at = None
    count = held_answers.waiting(session, form.id).get("burst", 0)
    left = (
        f" {count} {'person waits' if count == 1 else 'people wait'} for you to send or leave their answer."
        if count
        else ""
    )
    text = f"“{form.name}” is as quiet as usual and answers by itself again.{left}"
    events.record(session, now, "answers go on", text, rule="MAIL L4", data={"form": form.id})
    notify.tell_managers(session, "problem", text, f"/forms/{form.id}", now)


def _due(session: Session, house: House, held_id: int, lead_id: int, now: datetime) -> None:
    lead = leads.locked(session, lead_id)
    row = held_answers.locked(session, held_id)
    if row is None or row.due_at is None or row.due_at > now:
        return
    if lead is None or lead.erased_at:
        _end(row, "left", now)
    elif row.why == "confirm":
        _end(row, "expired", now)
        _say(session, lead, "The address was not confirmed in time: nothing more goes there by itself.", now, rule="L4")
    elif session.get_one(Submission, row.submission_id).first_human_at is not None:
        _end(row, "left", now)
        _say(session, lead, "A person was quicker: the automatic answer does not go.", now)
    elif row.why == "burst" and (held := answer_limits.full(session, lead, now)) is not None:
        row.why, row.due_at = held.why, held.until
        answer_limits.tell(session, lead, held, now)
        if held.until is None:
            _task(session, lead, row, now)
    else:
        _begin(session, house, row, lead, now)


def _begin(session: Session, house: House, row: HeldAnswer, lead: Lead, now: datetime) -> None:
    """The form's answer, or the sequence that a stranger's mail begins."""
    submission = session.get_one(Submission, row.submission_id)
    form = session.get(Form, row.form_id) if row.form_id else None
    sequence = session.get(SequenceRow, row.sequence_id) if row.sequence_id else None
    _end(row, "sent", now)
    session.flush()
    if form is not None:
        capture.answer_held(session, house, lead, form, submission, now)
    elif sequence is not None:
        enrol.enrol(session, house, lead, sequence, now, submission_id=submission.id)


def _end(row: HeldAnswer, how: str, now: datetime) -> None:
    row.ended_at, row.end = now, how


def _say(session: Session, lead: Lead, text: str, now: datetime, user: User | None = None, *, rule: str = "L2") -> None:
    events.record(
        session, now, "answer held", text, lead_id=lead.id, actor_id=user.id if user else None, rule=f"MAIL {rule}"
    )


def _task(session: Session, lead: Lead, row: HeldAnswer, now: datetime) -> None:
    title = f"Answer {lead.name or lead.email} in person: no automatic answer goes"
    session.add(
        Task(
            kind="new_lead", lead_id=lead.id, owner_id=lead.owner_id, submission_id=row.submission_id, title=title,
            due_at=now, created_at=now, memory={},
        )
    )  # fmt: skip
