"""A person says what a mail really is (RULES O10): its class or its sense. The right consequences follow, once.

(1) Note who said what, (2) take back what the wrong reading changed, unless it went on meanwhile, (3) draw the
consequences of the right one. The correction stays as an example to learn from.
"""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from outreach.core.replies import sense_of
from outreach.errors import Refused
from outreach.journeys import consequences, later, senses
from outreach.journeys.consequences import Case, Match
from outreach.journeys.house import House
from outreach.mail import dsn
from outreach.mail.classify import Verdict, classify
from outreach.mail.dates import return_date
from outreach.mail.parse import Unreadable, parse
from outreach.store import changes, corrections, events, inbox
from outreach.store.consents import Consent
from outreach.store.inbox import InboundMail
from outreach.store.messages import Message
from outreach.store.users import User

CLASSES = {
    "human": "A person's reply",
    "out_of_office": "Out of office",
    "acknowledgement": "Automatic answer",
    "left_company": "Left the company",
    "bounce": "Came back",
    "unsubscribe": "Wants no more mail",
    "list": "Newsletter or list",
}
"""What a person may choose, and its words."""
SENSES = {
    "interested": "Interested",
    "question": "Asks a question",
    "not_now": "Not now",
    "not_interested": "Not interested",
    "wrong_person": "Wrong person",
    "unsubscribe": "Wants no more mail",
    "other": "Something else",
}


def change(session: Session, house: House, inbound_id: int, to: str, user: User | None, now: datetime) -> str:
    """`to` is ``class:NAME`` or ``sense:NAME``. What the page says afterwards. Raises Refused for what cannot be."""
    kind, _, name = to.partition(":")
    allowed = {"class": CLASSES, "sense": SENSES}.get(kind, {})
    if name not in allowed:
        raise Refused(f"'{to[:40]}' is nothing that a mail can be.")
    row = inbox.locked(session, inbound_id)
    if row is None or row.state != "done":
        raise Refused("This mail has not been read yet.")
    if kind == "sense" and row.lead_id is None:
        raise Refused("Nobody belongs to this mail yet: choose the lead first.")
    if (row.class_ if kind == "class" else row.class_ == "human" and row.sense) == name:
        return "It says so already"
    return _changed(session, house, row, kind, name, user, now)


def _changed(
    session: Session, house: House, row: InboundMail, kind: str, name: str, user: User | None, now: datetime
) -> str:
    before = row.class_ if kind == "class" else row.sense
    lead = consequences.lead_of(session, row)
    corrections.record(session, row.id, user.id if user else None, kind, before, name, now)
    cleared = _taken_back(session, row)
    if row.lead_id:
        later.given_back(session, row.lead_id, now)
    by = user.name if user else "The set model"
    words = f"{by} says that “{row.subject[:80]}” is: {CLASSES[name] if kind == 'class' else SENSES[name]}."
    if not cleared:
        words += " What followed before had gone on and stays."
    events.record(
        session, now, "corrected", words, lead_id=row.lead_id, actor_id=user.id if user else None, rule="O10",
        data={"inbound": row.id, "kind": kind, "before": before, "after": name},
    )  # fmt: skip
    session.flush()
    row.class_, row.evidence = (name if kind == "class" else "human"), f"corrected: {by}"[:300]
    message = session.get(Message, row.message_id) if row.message_id else None
    match = Match(lead, message, row.matched_by, sure=message is not None, proven=True)
    sense = name if kind == "sense" else _own_sense(row, now)
    consequences.act(Case(session, house, row, _verdict(row), match, now, sense, again=True))
    return "Changed" if cleared else "Changed; what had gone on meanwhile stays"


def _own_sense(row: InboundMail, now: datetime) -> str:
    return row.sense or sense_of(row.reply_text, now.date()).sense


def _verdict(row: InboundMail) -> Verdict:
    """The class that the person named, with what the reader finds for it (return date, recipients, successors)."""
    day = row.received_at.date()
    try:
        inbound = parse(row.raw)
        found = classify(inbound, received=day)
    except Unreadable:
        return Verdict(row.class_, row.evidence)  # type: ignore[arg-type]  # one of CLASSES
    back = found.return_date
    if row.class_ == "out_of_office" and back is None:
        back = return_date(inbound.subject, row.reply_text or inbound.body, day)
    failed = found.bounces or (dsn.bounces(inbound) if row.class_ == "bounce" else ())
    return Verdict(
        row.class_, row.evidence, bounces=failed, complaint=found.complaint, returned=found.returned,  # type: ignore[arg-type]  # the same
        return_date=back, successors=found.successors, calendar_answer=found.calendar_answer,
    )  # fmt: skip


def _taken_back(session: Session, row: InboundMail) -> bool:
    """Whether nothing of the wrong consequences is left."""
    kept, acted = row.detail.get("undo", []), row.detail.get("acted_at")
    row.detail = {key: value for key, value in row.detail.items() if key not in ("undo", "acted_at", "asks_out")}
    if kept and not changes.take_back(session, kept):
        return False
    if acted and row.lead_id:
        session.execute(
            delete(Consent).where(Consent.lead_id == row.lead_id, Consent.at == datetime.fromisoformat(acted))
        )
    session.refresh(row)
    return True


def consult(house: House, limit: int = 20) -> int:
    """Put replies that the rules were unsure of to the operator's endpoint, each outside any transaction; how many changed."""
    if not house.settings.sense_url:
        return 0
    with house.sessions.begin() as session:
        waiting = inbox.to_consult(session, limit)
    changed = 0
    for inbound_id, text in waiting:
        word = senses.ask(house.settings, text)
        if not word:
            break  # away or late: the rules have decided, and the others are not kept waiting
        with house.sessions.begin() as session:
            done = change(session, house, inbound_id, f"sense:{word}", None, house.now(session))
            changed += done != "It says so already"
    return changed
