"""A rep writes to a lead: their own mail, at once, in the thread of what it answers (M5, W5, T1)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from outreach.errors import Refused
from outreach.journeys import copies, enclosures, facts, letters
from outreach.journeys.house import House
from outreach.mail import plain, templating
from outreach.mail.letters import Attachment
from outreach.store import account, events, forms, leads, mailboxes, messages, templates
from outreach.store.inbox import InboundMail
from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.store.sent_files import SentFile
from outreach.store.templates import Template
from outreach.store.users import User

TWICE = timedelta(minutes=1)
LONGEST = 100_000
STARTS = "letter"
"""The kind of template that a rep's own mail may start from."""
LONGEST_SUBJECT = 300


def own_mail(
    session: Session,
    lead: Lead,
    user: User,
    subject: str,
    text: str,
    now: datetime,
    inbound_id: int | None = None,
    files: Sequence[Attachment] = (),
    cc: str = "",
    at: datetime | None = None,
) -> Message:
    """Queue a rep's own mail, urgent; with `inbound_id` in the thread of that mail, with `cc` (as typed) copied to others, and
    not before `at`. The door pokes deliver_urgent. Pressing twice is once: the same words and files within a minute are the
    letter that there is already.

    (1) refuse what nothing may bypass, (2) the letter with its thread, files and copies, (3) the clock stops, (4) the timeline.
    """
    check(session, lead)
    enclosures.check([len(file.data) for file in files])
    subject, text = tidied(subject, text)
    answered = session.get(InboundMail, inbound_id) if inbound_id else None
    letter = _letter(session, lead, user, now)
    letter.subject, letter.body = subject or _subject(answered), text
    if answered is not None:
        _thread(letter, answered)
    names = enclosures.names(files)
    copied = copies.chosen(session, lead, letter.to_address, cc)
    more = {"files": names, "cc": copied, "later": at.isoformat() if at else ""}
    letter.extra = {**letter.extra, **{key: value for key, value in more.items() if value}}
    leads.locked(session, lead.id)
    if again := messages.own_again(session, letter, now - TWICE):
        return again
    letter.due_at = at or now
    words = f"{user.name} wrote “{letter.subject}”" + (", to go later." if at else ".")
    queued = _queued(session, lead, user, letter, words, now)
    copies.add(session, queued, lead.name)
    for number, (name, file) in enumerate(zip(names, files, strict=True), 1):
        session.add(SentFile(message_id=queued.id, number=number, name=name, type=file.content_type, content=file.data))
    return queued


def tidied(subject: str, text: str) -> tuple[str, str]:
    """Subject and words as they are kept. Raises Refused when there are none, or too many."""
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise Refused("The mail is empty: write a line before you send it.", field="text")
    if len(text) > LONGEST:
        raise Refused(f"The mail has {len(text):,} characters; {LONGEST:,} is the most.", field="text")
    return " ".join(subject.split())[:LONGEST_SUBJECT], text


def one_key_letter(session: Session, house: House, lead: Lead, user: User, key: str, now: datetime) -> Message:
    """Queue a template as the rep's own mail, at once ("sorry, we can't help" goes out fast)."""
    check(session, lead)
    template = letters.text_of(session, key)
    letter = _letter(session, lead, user, now)
    letter.subject, letter.body = _merged(session, house, template, lead, user)
    letter.template_version_id = template.version_id
    return _queued(session, lead, user, letter, f"{user.name} sent “{letter.subject}”.", now)


def words_of(session: Session, house: House, lead: Lead, user: User, template_id: int) -> tuple[str, str]:
    """Subject and plain text of a letter of the templates, as this user would write it to this lead: to start from.
    Raises Refused when there is no such letter, or something in it is missing (F3)."""
    template = session.get(Template, template_id)
    if template is None or template.kind != STARTS or template.archived_at is not None:
        raise Refused("This letter is not there any more.")
    return _merged(session, house, letters.text_of(session, template.key), lead, user)


def starts(session: Session) -> list[tuple[int, str]]:
    """Letters that a mail of one's own may start from: their numbers and names."""
    every = [one for one in templates.all_templates(session) if one.kind == STARTS and one.current_version_id]
    return sorted(((one.id, one.name) for one in every), key=lambda one: one[1].lower())


def greeting(session: Session, lead: Lead, user: User) -> str:
    """How a reply begins and ends before anything is written."""
    first = lead.name.split()[0] if lead.name.split() else "there"
    link = user.booking_link or account.get(session).booking_link
    times = f"\n\nHere is my calendar, pick a time that suits you: {link}" if link else ""
    closing = user.signature.strip() or "\n".join(line for line in (user.name, user.phone) if line)
    return f"Hi {first},\n\n{times.strip()}\n\n{closing}" if times else f"Hi {first},\n\n\n\n{closing}"


def check(session: Session, lead: Lead) -> None:
    """X7: suppression wins over a person's mail too."""
    if not lead.email:
        raise Refused("This lead has no e-mail address; add one first.")
    if lead.address_state == "dead":
        raise Refused(f"{lead.email} does not take mail any more; correct the address first.")
    if why := facts.suppressed(session, lead):
        raise Refused(f"Nothing may be sent to {lead.email}: {why}.")


def _letter(session: Session, lead: Lead, user: User, now: datetime) -> Message:
    mailbox = mailboxes.for_owner(session, user.id)
    return Message(
        kind="own", lane="urgent", at_once=True, state="queued", lead_id=lead.id, user_id=user.id,
        mailbox_id=mailbox.id if mailbox else None, to_address=lead.email, body="", extra={}, references=[],
        due_at=now, queued_at=now,
    )  # fmt: skip


def _merged(session: Session, house: House, template: letters.Text, lead: Lead, user: User) -> tuple[str, str]:
    """Subject and plain text of a template without its small print: a person's own mail has none."""
    fields = letters.fields_for(session, house, lead, owner=user)
    words = template.source.text if template.source else template.body
    gaps: list[str] = []
    try:
        if words:
            text = str(templating.render(words, fields, False, gaps))
            subject: str = templating.render(template.subject, fields, False, gaps)
        else:
            rendered = letters.render(session, template, fields)
            subject, text = rendered.subject, rendered.text
    except (templating.MissingField, templating.TemplateError) as error:
        raise Refused(f"This letter cannot be written for {lead.name or lead.email}: {error}") from error
    if gaps:
        raise Refused(f"This letter needs what is missing here: {', '.join(gaps)}. Fill it in on the lead's page.")
    return " ".join(subject.split()), plain.tidy(text).strip()


def _subject(answered: InboundMail | None) -> str:
    if answered is None:
        raise Refused("The mail has no subject: say in a few words what it is about.", field="subject")
    subject = answered.subject.strip() or "your message"
    return subject if subject.lower().startswith(("re:", "aw:", "sv:")) else f"Re: {subject}"


def _thread(letter: Message, answered: InboundMail) -> None:
    """T1: In-Reply-To is the last of the references (RFC 5322 3.6.4)."""
    chain = [*answered.references, *([answered.wire_id] if answered.wire_id else [])]
    letter.references = chain
    letter.extra = {"references": chain, "inbound_id": answered.id}
    if answered.from_address and answered.lead_id == letter.lead_id:
        if answered.from_address.lower() != letter.to_address.lower():
            letter.extra["to"] = [answered.from_name, answered.from_address]
        letter.to_address = answered.from_address


def _queued(session: Session, lead: Lead, user: User, letter: Message, words: str, now: datetime) -> Message:
    session.add(letter)
    session.flush()
    lead.last_activity_at = now
    lead.answered_at = lead.answered_at or letter.due_at
    lead.stage = "contacted" if lead.stage == "new" else lead.stage
    forms.stop_clocks(session, lead.id, letter.due_at)
    events.record(session, now, "own mail", words, lead_id=lead.id, message_id=letter.id, actor_id=user.id)
    return letter
