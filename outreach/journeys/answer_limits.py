"""Whether the automatic answer to a request goes at once, and if not why, and until when (MAIL L2, L4).

A form answers whatever address was typed into it. What is over a limit is not lost: the request, the lead, the owner's notice,
task and clock are as ever; only what would go by itself waits, visibly, in a row of its own (store.held_answers).

    hold   the reason not to answer now: the address is to be confirmed, the form meets a burst, the domain has had enough
    keep   write it down
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from outreach.core import surge
from outreach.journeys import notify
from outreach.store import account, events, forms, held_answers
from outreach.store.forms import Form, Submission
from outreach.store.held_answers import HeldAnswer
from outreach.store.leads import UNCONFIRMED, Lead
from outreach.store.messages import Message

CONFIRM_LETTER = "confirm-request"
WROTE_TO_US = ("replied", "interview", "won")
_usual: dict[tuple[int, int], float] = {}
"""What a form usually meets an hour, by form and the quarter of an hour in which it was counted."""
MOST_USUAL = 1000


@dataclass(frozen=True)
class Hold:
    """Why an automatic answer does not go now. `until`: when it goes (a confirmation: runs out) by itself."""

    why: str
    text: str
    until: datetime | None = None

    @property
    def kind(self) -> str:
        """The reason as people have to know it: confirm, burst, later (by itself), full (by a person)."""
        return self.why if self.why != "domain" else "later" if self.until else "full"


def hold(session: Session, lead: Lead, form: Form, now: datetime) -> Hold | None:
    """Why this request is not answered by itself at once; None = it is, and its place in the domain's hour is taken."""
    burst = _meets_burst(session, form, lead, now)
    if not form.confirm and lead.address_state == UNCONFIRMED:
        lead.address_state = "ok"  # this form asks nobody to
    if form.confirm and not _knows_us(session, lead):
        text = f"The address {lead.email} is to be confirmed first; nothing else goes there until then."
        return Hold("confirm", text, now + timedelta(days=form.confirm_days))
    if burst:
        return Hold("burst", "The form meets far more requests than usual, so a person decides whether it answers.")
    return full(session, lead, now)


def full(session: Session, lead: Lead, now: datetime) -> Hold | None:
    """MAIL L2: whether the recipient's domain has had its automatic answers of this hour; else a place is taken."""
    domain, most = surge.counted(lead.email), account.get(session).answers_an_hour
    if not domain or not most:
        return None
    at = held_answers.take_a_place(session, domain, most, now, now + surge.LONGEST_WAIT)
    if at is None:
        words = f"Addresses at {domain} have had {most} automatic answers an hour for a day: answer in person."
        return Hold("domain", words)
    if at <= now:
        return None
    return Hold("domain", f"Addresses at {domain} have had {most} automatic answers in an hour; this one waits.", at)


def keep(
    session: Session,
    lead: Lead,
    submission: Submission,
    held: Hold,
    now: datetime,
    *,
    new: bool = False,
    sequence_id: int | None = None,
) -> HeldAnswer:
    """The row, its line on the timeline, and where the address is to be confirmed the letter that asks for it. A `new` lead gets
    nothing automatic until then; one whom we knew before keeps what they have, whoever typed their address."""
    row = HeldAnswer(
        submission_id=submission.id, lead_id=lead.id, form_id=submission.form_id, sequence_id=sequence_id, why=held.why,
        at=now, due_at=held.until, end="",
    )  # fmt: skip
    session.add(row)
    tell(session, lead, held, now)
    if held.why == "confirm":
        if new:
            lead.address_state = UNCONFIRMED
        _ask_to_confirm(session, lead, submission, now)
    return row


def tell(session: Session, lead: Lead, held: Hold, now: datetime) -> None:
    """The line on the timeline (L5: which limit holds, and until when)."""
    until = held.until.isoformat() if held.until else ""
    data = {"why": held.why, "until": until}
    rule = "L4" if held.why in ("burst", "confirm") else "L2"
    events.record(session, now, "answer held", held.text, lead_id=lead.id, rule=f"MAIL {rule}", data=data)


def stop(session: Session, form: Form, now: datetime) -> None:
    """MAIL L4: the form's automatic answers stop; managers are told once."""
    if not forms.stop_answers(session, form.id, now):
        return
    form.stopped_at = now
    text = f"“{form.name}” meets far more requests than usual: it takes them, and does not answer by itself until you say so."
    events.record(session, now, "answers stopped", text, rule="MAIL L4", data={"form": form.id})
    notify.tell_managers(session, "problem", text, f"/forms/{form.id}", now)


def _meets_burst(session: Session, form: Form, lead: Lead, now: datetime) -> bool:
    """MAIL L4: so many people at once as never before, or its answers stand still already."""
    if form.stopped_at is not None:
        return True
    if surge.is_nobodys(lead.email):
        return False
    least = account.get(session).burst_least
    if not least or (form.burst_known_until is not None and form.burst_known_until > now):
        return False
    since = now - surge.SPAN
    if not held_answers.more_than(session, form.id, least, since):
        return False
    most = surge.burst_above(_usual_of(session, form, now), least)
    if held_answers.askers(session, form.id, since) <= most:
        return False
    stop(session, form, now)
    return True


def _usual_of(session: Session, form: Form, now: datetime) -> float:
    """Requests an hour over the last two weeks, or since the form is there; what comes now is not among them."""
    mark = (form.id, int(now.timestamp() // 900))
    if mark not in _usual:
        if len(_usual) > MOST_USUAL:
            _usual.clear()
        until = now - surge.HOUR
        since = max(form.created_at, now - surge.USUAL_OF)
        hours = max((until - since) / surge.HOUR, 1.0)
        _usual[mark] = held_answers.met(session, form.id, since, until) / hours
    return _usual[mark]


def _knows_us(session: Session, lead: Lead) -> bool:
    """Whether this address has shown that somebody reads it who wants to hear from us."""
    return lead.stage in WROTE_TO_US or held_answers.has_confirmed(session, lead.id)


def _ask_to_confirm(session: Session, lead: Lead, submission: Submission, now: datetime) -> None:
    session.add(
        Message(
            kind="answer", class_="inbound", lane="urgent", at_once=True, lead_id=lead.id, user_id=lead.owner_id,
            submission_id=submission.id, to_address=lead.email, extra={"template": CONFIRM_LETTER}, references=[],
            due_at=now, queued_at=now,
        )
    )  # fmt: skip
