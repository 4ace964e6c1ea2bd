"""From a claimed message row to the bytes that go out: text, thread, links, addresses. Reads rows, sends nothing."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from outreach.core import threads
from outreach.journeys import letters, signing
from outreach.journeys.house import House
from outreach.mail import compose, tracking
from outreach.mail.letters import Address, Letter
from outreach.mail.library import LetterSource, RenderedLetter
from outreach.mail.plain import personal_html
from outreach.store import account, messages
from outreach.store.leads import Lead
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Link, Message
from outreach.store.templates import Issue
from outreach.store.users import User

TRACKED = ("step", "answer", "newsletter")
AUTOMATIC = ("step", "answer", "newsletter")


@dataclass(frozen=True)
class Ready:
    """A letter that can be handed to the mail server."""

    raw: bytes
    envelope_from: str
    recipient: str
    envid: str
    subject: str
    text: str


def ready(session: Session, house: House, message: Message, mailbox: Mailbox, now: datetime) -> Ready:
    """(1) Message-ID, kept before the first attempt (MAIL O1), (2) text, (3) links, (4) thread, (5) bytes.

    Raises MissingField, TemplateError or Refused when the letter cannot be written.
    """
    domain = mailbox.address.rpartition("@")[2]
    message.message_id = message.message_id or f"<{house.token('message', message.id)}@{domain}>"
    message.mailbox_id = mailbox.id
    lead = session.get(Lead, message.lead_id) if message.lead_id else None
    rendered = _rendered(session, house, message, lead)
    html, text = _tracked(session, house, message, rendered)
    parent = _parent(session, message, mailbox)
    subject = _subject(message, rendered, parent)
    message.reply_to_id = parent.id if parent else None
    message.references = list(_references(message, parent))
    us = account.get(session)
    user = session.get(User, message.user_id) if message.user_id and message.kind not in ("notice", "test") else None
    tokens, ways_out = answers_by_token(house, mailbox), _ways_out(house, message, mailbox)
    letter = Letter(
        message_id=message.message_id,
        date=now,
        sender=Address(mailbox.name or str(letters.owner_fields(us, user, house)["name"]), mailbox.address),
        to=Address(lead.name if lead and message.kind != "notice" else "", message.to_address),
        reply_to=f"r+{house.token('reply', message.id)}@{house.settings.reply_domain}" if tokens and lead else None,
        subject=subject,
        html=html,
        text=text,
        in_reply_to=message.references[-1] if message.references else None,
        references=tuple(message.references),
        unsubscribe_url=ways_out[0],
        unsubscribe_mailto=ways_out[1],
        auto_submitted=_auto(message),
    )
    bounce = f"b+{house.token('bounce', message.id)}@{house.settings.reply_domain}" if tokens else mailbox.address
    mark = house.token("bounce", message.id)
    raw = signing.stamp_of(session, house, mailbox).on(compose.compose(letter), mark)
    return Ready(raw, bounce, message.to_address, mark, subject, text)


def answers_by_token(house: House, mailbox: Mailbox) -> bool:
    """Whether signed addresses at REPLY_DOMAIN reach us: not when a real mailbox of that domain is polled by IMAP."""
    polled = bool(mailbox.imap_secret or (mailbox.from_env and house.settings.imap_url))
    return not polled or house.settings.reply_domain != mailbox.address.rpartition("@")[2]


def _rendered(session: Session, house: House, message: Message, lead: Lead | None) -> RenderedLetter:
    if message.kind == "own":
        return RenderedLetter(message.subject, personal_html(message.body), message.body)
    if message.kind == "notice":
        us = account.get(session)
        fields: dict[str, Any] = dict(message.extra.get("fields", {}))
        fields |= {"owner": letters.owner_fields(us, None, house), "brand": account.brand(us)}
        fields["brand"]["name"] = fields["brand"]["name"] or "outreach"
        return letters.render(session, letters.text_of(session, message.extra["template"]), fields)
    if done := message.extra.get("rendered"):
        return RenderedLetter(str(done["subject"]), str(done["html"]), str(done["text"]))
    person = lead or letters.sample_lead(message.queued_at)
    fields = letters.fields_for(session, house, person, message_id=message.id) | message.extra.get("fields", {})
    if message.issue_id:
        fields |= letters.fields_of_issue(session.get_one(Issue, message.issue_id))
    return letters.render(session, _text(session, message), fields)


def _text(session: Session, message: Message) -> letters.Text:
    """The text in force now: text edits reach every unsent message (V2)."""
    if message.issue_id:
        issue = session.get_one(Issue, message.issue_id)
        return letters.Text(issue.subject, source=LetterSource(issue.subject, issue.mjml, issue.text or None))
    if key := message.extra.get("template"):
        text = letters.text_of(session, key)
        message.template_version_id = text.version_id
        return text
    if mjml := message.extra.get("mjml"):
        return letters.Text(
            message.subject, source=LetterSource(message.subject, mjml, message.extra.get("text") or None)
        )
    return letters.Text(message.subject, message.body)


def _tracked(session: Session, house: House, message: Message, rendered: RenderedLetter) -> tuple[str, str]:
    """Links led through the redirect; their targets are kept by us (MAIL T5)."""
    if message.kind not in TRACKED:
        return rendered.html, rendered.text

    def skip(url: str) -> bool:
        return letters.never_tracked(house, url)

    found = tracking.wrap(rendered.html, rendered.text, lambda url, index: url, skip=skip).links
    if not found:
        return rendered.html, rendered.text
    known = {link.url: link.id for link in messages.links_of(session, message.id)}
    if new := [{"message_id": message.id, "url": x.url, "name": x.name or ""} for x in found if x.url not in known]:
        known |= {url: key for key, url in session.execute(insert(Link).values(new).returning(Link.id, Link.url))}
    pixel = house.url(f"/o/{house.token('open', message.id)}.gif") if account.get(session).open_pixel else None
    done = tracking.wrap(
        rendered.html,
        rendered.text,
        lambda url, index: house.url("/c/" + house.token("click", known[url])),
        skip=skip,
        pixel=pixel,
    )
    return done.html, done.text


def _parent(session: Session, message: Message, mailbox: Mailbox) -> Message | None:
    """T1 to T3: our last letter of this enrolment, when it is to be a thread and came from the same mailbox."""
    if message.extra.get("thread") != "reply" or not message.enrolment_id:
        return None
    last = messages.last_sent(session, message.enrolment_id)
    return last if last and last.id != message.id and last.mailbox_id == mailbox.id else None


def _subject(message: Message, rendered: RenderedLetter, parent: Message | None) -> str:
    if parent is not None:
        return threads.reply_subject(parent.subject)
    if message.extra.get("thread") == "reply" and message.extra.get("fallback_subject"):
        return str(message.extra["fallback_subject"])
    return rendered.subject


def _references(message: Message, parent: Message | None) -> tuple[str, ...]:
    if parent is not None and parent.message_id:
        return tuple(threads.references(tuple(parent.references), parent.message_id))
    return tuple(x for x in message.extra.get("references", []) if re.fullmatch(r"<[^<>\s]{1,900}>", x))


def _ways_out(house: House, message: Message, mailbox: Mailbox) -> tuple[str | None, str | None]:
    """O18: every automatic letter to a lead carries the way out: the one-click address and the mail address.

    Where signed addresses do not reach us, the mailbox itself takes the wish, with the token as its subject.
    """
    if message.kind not in AUTOMATIC:
        return None, None
    token = house.token("unsubscribe", message.id)
    if answers_by_token(house, mailbox):
        return house.url("/u/" + token), f"u+{token}@{house.settings.reply_domain}"
    return house.url("/u/" + token), f"{mailbox.address}?subject=unsubscribe-{token}"


def _auto(message: Message) -> str | None:
    """O9: instant auto-responses and notices say what they are; sequence mail, which a person wrote, does not."""
    if message.kind == "notice":
        return "auto-generated"
    instant = message.kind == "answer" or (message.kind == "step" and message.at_once and message.class_ == "inbound")
    return "auto-replied" if instant else None
