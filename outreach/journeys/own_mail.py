"""A rep's own mail, written in their own mail program and seen in the folder of sent mail (RULES X2, M5).

It never counts as a lead's reply. To a known lead it is a human attempt: it stands on the timeline, stops the speed-to-lead
clock, counts for the frequency cap, and closes the task to answer when it answers that mail. All other sent mail is nobody's
business here and is not kept.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.journeys import settle
from outreach.journeys.ours import is_ours
from outreach.mail.parse import Inbound, Unreadable, parse
from outreach.mail.replytext import reply_text
from outreach.mail.signedblock import Sender
from outreach.store import events, forms, leads, messages, users, wire_ids
from outreach.store.inbox import InboundMail
from outreach.store.leads import Lead
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message
from outreach.store.tasks import Task
from outreach.store.users import User

MOST_LEADS = 10
LONGEST_TEXT = 20_000


def seen(session: Session, raw: bytes, mailbox: Mailbox, at: datetime) -> list[Message]:
    """Note a sent mail for each lead that it went to. Harmless to repeat; mail that we sent ourselves is known already.

    (1) From one of us, (2) not ours by its Message-ID (then it shows that ours went out, F5), (3) each known lead: the
    letter, the timeline, the task.
    """
    try:
        mail = parse(raw)
    except Unreadable:
        return []
    if not mail.from_address or mail.from_ambiguous or not is_ours(session, mail.from_address.lower()):
        return []
    if not mail.message_id:
        return []
    if ours := messages.by_message_id(session, [mail.message_id]):
        settle.arrived(session, ours, "it lies in the folder of sent mail", at)
        return []
    people = [leads.by_email(session, box.address) for box in (*mail.to, *mail.cc)][: MOST_LEADS * 5]
    found = {lead.id: lead for lead in people if lead is not None and not is_ours(session, lead.email)}
    written = []
    for number, lead in enumerate(list(found.values())[:MOST_LEADS]):
        locked = leads.locked(session, lead.id)
        if locked is not None:
            written.append(_note(session, mail, locked, mailbox, at, first=number == 0))
    return written


def _note(session: Session, mail: Inbound, lead: Lead, mailbox: Mailbox, at: datetime, *, first: bool) -> Message:
    user = users.by_email(session, mail.from_address or "") or _owner(session, mailbox)
    sender = Sender.of(mail.from_name, mail.from_address or "")
    words = reply_text(mail.text, mail.html, sender=sender).text[:LONGEST_TEXT]
    letter = Message(
        kind="own", lane="urgent", at_once=True, state="sent", lead_id=lead.id, user_id=user.id if user else None,
        mailbox_id=mailbox.id, to_address=lead.email, subject=mail.subject[:300], body=words, text_sent=words,
        message_id=wire_ids.kept(mail.message_id or "") if first else None, references=list(mail.references)[-20:], due_at=at, queued_at=at,
        sent_at=at, extra={"seen_in": "the folder of sent mail"},
    )  # fmt: skip
    session.add(letter)
    session.flush()
    lead.last_activity_at = at
    lead.answered_at = lead.answered_at or at
    lead.stage = "contacted" if lead.stage == "new" else lead.stage
    forms.stop_clocks(session, lead.id, at)
    who = user.name if user else mailbox.address
    events.record(
        session, at, "own mail", f"{who} wrote “{letter.subject}” from their own mail program.", lead_id=lead.id,
        message_id=letter.id, actor_id=user.id if user else None, rule="X2",
    )  # fmt: skip
    _close_tasks(session, mail, lead, user, at)
    return letter


def _owner(session: Session, mailbox: Mailbox) -> User | None:
    return session.get(User, mailbox.user_id) if mailbox.user_id else None


def _close_tasks(session: Session, mail: Inbound, lead: Lead, user: User | None, at: datetime) -> None:
    """The open tasks to answer the mails that this one answers."""
    answered = {wire_ids.kept(one) for one in (*mail.in_reply_to, *mail.references)}
    waiting = session.scalars(
        select(Task).where(Task.lead_id == lead.id, Task.kind == "reply", Task.state == "open").with_for_update()
    )
    for task in waiting:
        mail_row = session.get(InboundMail, task.inbound_id) if task.inbound_id else None
        if mail_row is not None and mail_row.wire_id and mail_row.wire_id in answered:
            task.state, task.outcome, task.done_at = "done", "replied", at
            task.done_by, task.note = user.id if user else None, "Answered from their own mail program."
