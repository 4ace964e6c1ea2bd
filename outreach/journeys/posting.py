"""From claimed message rows to the bytes that go out: text, thread, links, addresses, signatures. Sends nothing.

A desk is set up for a batch of letters of one mailbox, in a dozen questions however many they are; then each letter is
written from what lies on it. The links of all of them are kept before the first one leaves.
"""

import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach.core import threads
from outreach.errors import Refused
from outreach.journeys import letters, signing
from outreach.journeys.house import House
from outreach.mail import compose, dns, library, templating, tracking
from outreach.mail.letters import Address, Attachment, Letter
from outreach.mail.library import LetterSource, RenderedLetter
from outreach.mail.plain import personal_html
from outreach.mail.providers import table
from outreach.mail.smtp import Envelope
from outreach.mail.templating import Shared
from outreach.store import (
    account,
    bases,
    forms,
    inbox,
    leads,
    mailboxes,
    messages,
    outbox,
    sent_files,
    tasks,
    template_files,
    users,
)
from outreach.store.leads import Lead
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message
from outreach.store.outbox import Begun
from outreach.store.secrets import unseal
from outreach.store.templates import Issue
from outreach.store.users import User

TRACKED = ("step", "answer", "newsletter")
AUTOMATIC = ("step", "answer", "newsletter")
_PLAIN_ID = re.compile(r"<[^<>\s]{1,900}>")
COLUMNS = (
    Message.id, Message.kind, Message.class_.label("klass"), Message.at_once, Message.lead_id, Message.user_id,
    Message.enrolment_id, Message.issue_id, Message.to_address, Message.subject, Message.body, Message.extra,
    Message.message_id, Message.references.label("chain"), Message.template_version_id, Message.queued_at,
)  # fmt: skip
Draft = Any
"""A row with COLUMNS: a letter that is to be written."""


class Ready(NamedTuple):
    """A letter that can be handed to the mail server, and what is kept of it."""

    raw: bytes
    envelope: Envelope
    begun: Begun


@dataclass(slots=True)
class Sheet:
    """A letter that is being written."""

    draft: Draft
    lead: Lead | None
    rendered: RenderedLetter
    version: int | None
    """The template's, where it has one."""
    html: str
    text: str

    @property
    def id(self) -> int:
        return int(self.draft.id)


@dataclass(frozen=True, slots=True)
class Parent:
    """Our last letter in a thread."""

    id: int
    message_id: str
    subject: str
    references: list[str]
    mailbox_id: int | None


@dataclass(frozen=True, slots=True)
class IssueText:
    """A newsletter's text, what all its letters have in common, and the merge fields that each of them asks for."""

    text: letters.Text
    shared: Shared
    wanted: frozenset[str]


class Desk:
    """All that the letters of one batch are made from."""

    def __init__(
        self,
        session: Session,
        house: House,
        mailbox: Mailbox,
        ids: Collection[int],
        now: datetime,
        people: Mapping[int, Lead] | None = None,
    ) -> None:
        """`people`: leads that were read a moment ago."""
        self.session, self.house, self.mailbox, self.now = session, house, mailbox, now
        self.us = account.get(session)
        self.domain = mailbox.address.rpartition("@")[2]
        self.tokens = answers_by_token(session, house, mailbox)
        self.stamp = signing.stamp_of(session, house, mailbox)
        self.never = (house.url("/u/"), house.url("/a/"), house.url("/p/"))
        self._base = house.url("")
        found = {row.id: row for row in session.execute(select(*COLUMNS).where(Message.id == func.any(list(ids))))}
        self.drafts: list[Draft] = [found[number] for number in ids if number in found]
        self._people(people or {})
        self._parents = _parents(session, self.drafts)
        self._known_links = outbox.known_links(session, [row.id for row in self.drafts if row.kind in TRACKED])
        self._texts: dict[str, letters.Text | None] = {}
        self._issues: dict[int, IssueText] = {}
        self._carried: dict[int, tuple[Attachment, ...]] = {}
        self._common_ways: dict[tuple[str, str], str | None] = {}
        self._free_links: list[int] = []
        self._new_links: list[tuple[int, int, str, str]] = []

    def _people(self, known: Mapping[int, Lead]) -> None:
        ids = list({row.lead_id for row in self.drafts if row.lead_id})
        unknown = [number for number in ids if number not in known]
        self.leads = {**known, **(leads.read(self.session, unknown) if unknown else {})}
        owners = {lead.owner_id for lead in self.leads.values() if lead.owner_id}
        owners |= {row.user_id for row in self.drafts if row.user_id}
        self.users = users.by_ids(self.session, owners)
        self.asked = forms.latest_of(self.session, ids)
        self.forms = forms.forms_by_ids(self.session, {one.form_id for one in self.asked.values() if one.form_id})
        self.calls = tasks.outcomes_of(self.session, ids)
        self._opens_seen = bases.opens_seen(self.session, self.us, self.leads) if self.us.open_pixel else frozenset()

    @cached_property
    def includes(self) -> dict[str, str]:
        return letters.includes(self.session)

    def write(self, draft: Draft) -> Ready:
        """One letter in all three steps; of many letters each step is better done at once."""
        return self.letter(self.links(self.words(draft)))

    def words(self, draft: Draft) -> Sheet:
        """First: the text for its reader. Raises MissingField, TemplateError or Refused when there is none."""
        lead = self.leads.get(draft.lead_id) if draft.lead_id else None
        rendered, version = self._rendered(draft, lead)
        return Sheet(draft, lead, rendered, version, rendered.html, rendered.text)

    def links(self, sheet: Sheet) -> Sheet:
        """Then: its links led through us."""
        sheet.html, sheet.text = self._tracked(sheet.draft, sheet.rendered)
        return sheet

    def letter(self, sheet: Sheet) -> Ready:
        """Last: (1) Message-ID, the same on every retry (MAIL O1), (2) thread, (3) bytes and signature. Raises Refused."""
        house, draft, lead = self.house, sheet.draft, sheet.lead
        message_id = draft.message_id or f"<{house.token('message', draft.id)}@{self.domain}>"
        parent = self._parent(draft)
        chain = _references(draft, parent) or self._their_mail(draft, lead)
        subject = self._subject(draft, lead, sheet.rendered, parent)
        mark = house.token("bounce", draft.id)
        url, mailto = self._ways_out(draft)
        letter = Letter(
            message_id=message_id,
            date=self.now,
            sender=self._sender(draft),
            to=_to(draft, lead),
            reply_to=f"r+{house.token('reply', draft.id)}@{house.settings.reply_domain}"
            if self.tokens and (lead or draft.kind == "copy")
            else None,
            subject=subject,
            html=sheet.html,
            text=sheet.text,
            in_reply_to=chain[-1] if chain else None,
            references=chain,
            unsubscribe_url=url,
            unsubscribe_mailto=mailto,
            auto_submitted=_auto(draft),
            feedback_id=self._feedback_id(draft, sheet.version),
            attachments=self._files(draft, sheet.version),
            cc=tuple(Address(name, email) for name, email in draft.extra.get("cc", ())),
        )
        begun = Begun(draft.id, message_id, subject, sheet.text, chain, sheet.version, step=draft.kind == "step")
        raw = self.stamp.on(compose.compose(letter), mark)
        return Ready(raw, self._envelope(draft, lead, mark, len(raw)), begun)

    def _envelope(self, draft: Draft, lead: Lead | None, mark: str, size: int) -> Envelope:
        """O6: bounces come back to a signed address. L3: an instant answer to a received mail wants none.

        Providers refuse the null sender; there the signed address stays, at which nothing ever answers.
        """
        if self._answers_mail(draft, lead) and self._takes_null_sender:
            return Envelope("", draft.to_address, size)
        domain = self.house.settings.reply_domain
        return Envelope(f"b+{mark}@{domain}" if self.tokens else self.mailbox.address, draft.to_address, size, mark)

    def _answers_mail(self, draft: Draft, lead: Lead | None) -> bool:
        """Whether this is the instant answer to a mail that somebody wrote, not to a form."""
        asked = self.asked.get(lead.id) if lead else None
        from_mail = lead is not None and lead.source == "mail" and (asked is None or asked.form_id is None)
        return from_mail and _auto(draft) == "auto-replied"

    def _their_mail(self, draft: Draft, lead: Lead | None) -> tuple[str, ...]:
        """RFC 3834 3.1.5: the instant answer to a mail stands in its thread (MAIL O3)."""
        if lead is None or not self._answers_mail(draft, lead):
            return ()
        mail = next((one for one in inbox.of_lead(self.session, lead.id) if one.class_ == "human"), None)
        return tuple(x for x in (*mail.references, mail.wire_id) if _PLAIN_ID.fullmatch(x)) if mail else ()

    @cached_property
    def _takes_null_sender(self) -> bool:
        url = self.house.settings.smtp_url
        if self.mailbox.smtp_secret:
            with suppress(Refused):  # no fault of this letter: the mailbox as a whole cannot send then
                url = unseal(self.mailbox.smtp_secret, self.house.keys)
        return not table.of(self.mailbox.provider).signs and not table.at(urlsplit(url).hostname or "").signs

    def keep_links(self) -> None:
        """Write down where the links of all letters written so far lead; to be committed before they go."""
        outbox.keep_links(self.session, self._new_links)
        self._new_links.clear()

    # ---- text

    def _rendered(self, draft: Draft, lead: Lead | None) -> tuple[RenderedLetter, int | None]:
        """The letter's words, and the template's version where it has one."""
        if draft.kind in ("own", "copy"):
            return RenderedLetter(draft.subject, personal_html(draft.body), draft.body), None
        if draft.kind == "notice":
            fields: dict[str, Any] = dict(draft.extra.get("fields", {}))
            fields |= {"owner": letters.owner_fields(self.us, None, self.house), "brand": account.brand(self.us)}
            fields["brand"]["name"] = fields["brand"]["name"] or "outreach"
            text = self._template(draft.extra["template"])
            return letters.merged(text, fields, self.includes), text.version_id
        if done := draft.extra.get("rendered"):
            return RenderedLetter(str(done["subject"]), str(done["html"]), str(done["text"])), None
        if draft.issue_id:
            issue = self._issue(draft.issue_id)
            fields = self._fields(draft, lead, issue.wanted) | draft.extra.get("fields", {})
            return letters.merged(issue.text, fields, self.includes, shared=issue.shared), None
        text = self._text(draft)
        fields = self._fields(draft, lead) | draft.extra.get("fields", {})
        return letters.merged(text, fields, self.includes), text.version_id

    def _fields(self, draft: Draft, lead: Lead | None, wanted: frozenset[str] | None = None) -> dict[str, Any]:
        person = lead or letters.sample_lead(draft.queued_at)
        asked = self.asked.get(person.id) if lead else None
        form = self.forms.get(asked.form_id) if asked and asked.form_id else None
        owner = self.users.get(person.owner_id) if person.owner_id else None
        calls = self.calls.get(person.id, []) if lead else []
        about = letters.About(self.house, self.us, person, owner, asked, form, calls, draft.id)
        fields = letters.merge_fields(about, wanted)
        if self.mailbox.signature and "owner" in fields:
            fields["owner"] = {**fields["owner"], "signature": self.mailbox.signature}
        return fields

    def _text(self, draft: Draft) -> letters.Text:
        """The text in force now (text edits reach every unsent message, V2)."""
        if key := draft.extra.get("template"):
            return self._template(key)
        if mjml := draft.extra.get("mjml"):
            return letters.Text(
                draft.subject, source=LetterSource(draft.subject, mjml, draft.extra.get("text") or None)
            )
        return letters.Text(draft.subject, draft.body)

    def _template(self, key: str) -> letters.Text:
        if not self._texts:
            wanted = {str(row.extra["template"]) for row in self.drafts if row.extra.get("template")}
            self._texts = {**dict.fromkeys(wanted), **letters.texts_of(self.session, wanted)}
        text = self._texts.get(key)
        if text is None:
            raise Refused(f"There is no template '{key}'. Make one under Templates, or choose another in the step.")
        return text

    def _issue(self, issue_id: int) -> IssueText:
        """What all letters of an issue have in common is read into its text once."""
        if issue_id not in self._issues:
            issue = self.session.get_one(Issue, issue_id)
            source = LetterSource(issue.subject, issue.mjml, issue.text or None)
            shared = Shared(letters.fields_of_issue(issue) | {"brand": letters.brand_fields(self.us, self.house)})
            wanted = library.fields_used(source, self.includes) - shared.fields.keys()
            self._issues[issue_id] = IssueText(letters.Text(issue.subject, source=source), shared, wanted)
        return self._issues[issue_id]

    def _files(self, draft: Draft, version: int | None) -> tuple[Attachment, ...]:
        """What a rep sends along, else what the template's text carries."""
        if draft.extra.get("files"):
            of = draft.extra.get("copy_of", draft.id)
            return tuple(Attachment(x.name, x.type, x.content) for x in sent_files.of_letter(self.session, of))
        version = draft.extra.get("files_of") or version or (draft.template_version_id if draft.kind == "own" else None)
        if version is None:
            return ()
        if version not in self._carried:
            found = template_files.contents(self.session, version)
            self._carried[version] = tuple(Attachment(name, kind, content) for name, kind, content in found)
        return self._carried[version]

    # ---- links

    def _tracked(self, draft: Draft, rendered: RenderedLetter) -> tuple[str, str]:
        """Links led through the redirect; their targets are kept by us (MAIL T5), those that a text says to all only once."""
        if draft.kind not in TRACKED:
            return rendered.html, rendered.text
        letter = self.house.token("letter", draft.id)

        def redirect(link: tracking.Link) -> str:
            way = self._common_way(link.url, link.name) if link.common else None
            return f"{way}.{letter}" if way else self._way(self._own_link(draft.id, link))

        pixel = None
        if draft.lead_id in self._opens_seen:
            seen, stop = self.house.token("open", draft.id), self.house.token("untrack", draft.id)
            pixel = tracking.Pixel(f"{self._base}/o/{seen}.gif", f"{self._base}/t/{stop}")
        return tracking.wrap(rendered.html, rendered.text, redirect, skip=self._skip, pixel=pixel)

    def _way(self, link_id: int) -> str:
        return f"{self._base}/c/{self.house.token('click', link_id)}"

    def _common_way(self, url: str, name: str) -> str | None:
        """The way through a link that all letters share; the letter's own token follows it."""
        if (url, name) not in self._common_ways:
            number = outbox.common_link(self.session, url, name)
            if number is None:
                with self.house.sessions.begin() as session:
                    outbox.keep_common_link(session, url, name)
                number = outbox.common_link(self.session, url, name)
            self._common_ways[url, name] = None if number is None else self._way(number)
        return self._common_ways[url, name]

    def _own_link(self, message_id: int, link: tracking.Link) -> int:
        """A link of this letter alone; the same one when the letter is written again."""
        known = self._known_links.setdefault(message_id, {})
        if link.url not in known:
            known[link.url] = self._new_link()
            self._new_links.append((known[link.url], message_id, link.url, link.name))
        return known[link.url]

    def _skip(self, url: str) -> bool:
        return url.startswith(self.never)

    def _new_link(self) -> int:
        if not self._free_links:
            self._free_links = outbox.reserve_links(self.session, 4 * len(self.drafts))
        return self._free_links.pop()

    # ---- thread and headers

    def _parent(self, draft: Draft) -> Parent | None:
        """T1 to T3: our last letter of this enrolment, when it is to be a thread and came from the same mailbox."""
        if draft.extra.get("thread") != "reply" or not draft.enrolment_id:
            return None
        last = self._parents.get(draft.enrolment_id)
        return last if last and last.id != draft.id and last.mailbox_id == self.mailbox.id else None

    def _subject(self, draft: Draft, lead: Lead | None, rendered: RenderedLetter, parent: Parent | None) -> str:
        """T1, T2: the thread's subject; the fallback where a reply has nothing to follow."""
        if parent is not None:
            return threads.reply_subject(parent.subject)
        if draft.extra.get("thread") == "reply" and (subject := draft.extra.get("fallback_subject")):
            return templating.render(str(subject), self._fields(draft, lead), False)
        return rendered.subject

    def _sender(self, draft: Draft) -> Address:
        if self.mailbox.name:
            return Address(self.mailbox.name, self.mailbox.address)
        user: User | None = None
        if draft.user_id and draft.kind not in ("notice", "test"):
            user = self.users.get(draft.user_id)
        return Address(str(letters.owner_fields(self.us, user, self.house)["name"]), self.mailbox.address)

    def _ways_out(self, draft: Draft) -> tuple[str | None, str | None]:
        """O18: every automatic letter to a lead carries the way out: the one-click address and the mail address.

        Where signed addresses do not reach us, the mailbox itself takes the wish, with the token as its subject.
        """
        if draft.kind not in AUTOMATIC:
            return None, None
        token = self.house.token("unsubscribe", draft.id)
        if self.tokens:
            return f"{self._base}/u/{token}", f"u+{token}@{self.house.settings.reply_domain}"
        return f"{self._base}/u/{token}", f"{self.mailbox.address}?subject=unsubscribe-{token}"

    def _feedback_id(self, draft: Draft, version: int | None) -> str | None:
        """MAIL O17: what this letter was (issue or template, class, kind), and one name for this installation."""
        if draft.kind not in AUTOMATIC:
            return None
        what = f"issue{draft.issue_id}" if draft.issue_id else f"text{version or 0}"
        return f"{what}:{draft.klass or 'inbound'}-{draft.kind}::{self._installation}"

    @cached_property
    def _installation(self) -> str:
        return self.house.token("feedback", 0)[:12]


def answers_by_token(session: Session, house: House, mailbox: Mailbox) -> bool:
    """Whether signed addresses at REPLY_DOMAIN reach us from outside; else people answer the mailbox itself.

    Not when the domain is a local name and the mailbox is a real one, nor when a mailbox of that domain is read by IMAP: then
    another mail server has the domain, and knows no such addresses.
    """
    ours, theirs = house.settings.reply_domain, mailbox.address.rpartition("@")[2].lower()
    if dns.is_local(ours) and not dns.is_local(theirs):
        return False
    return not mailboxes.any_read_at(session, ours, polls_env=bool(house.settings.imap_url))


def _parents(session: Session, drafts: Collection[Draft]) -> Mapping[int, Parent]:
    """Enrolment -> the last letter really sent in it, for the letters that continue a thread (T2)."""
    wanted = [row.enrolment_id for row in drafts if row.enrolment_id and row.extra.get("thread") == "reply"]
    return {
        number: Parent(row.id, row.message_id or "", row.subject, list(row.references), row.mailbox_id)
        for number, row in messages.last_sent_of(session, wanted).items()
    }


def _to(draft: Draft, lead: Lead | None) -> Address:
    """Who stands at the top: of a copy whom the letter is to, of an answer to somebody beside the lead that person."""
    if draft.extra.get("to"):
        return Address(*draft.extra["to"])
    return Address(lead.name if lead and draft.kind != "notice" else "", draft.to_address)


def _references(draft: Draft, parent: Parent | None) -> tuple[str, ...]:
    if parent is not None and parent.message_id:
        return tuple(threads.references(tuple(parent.references), parent.message_id))
    return tuple(x for x in draft.extra.get("references", ()) if _PLAIN_ID.fullmatch(x))


def _auto(draft: Draft) -> str | None:
    """O9: instant auto-responses and notices say what they are; sequence mail, which a person wrote, does not."""
    if draft.kind == "notice":
        return "auto-generated"
    instant = draft.kind == "answer" or (draft.kind == "step" and draft.at_once and draft.klass == "inbound")
    return "auto-replied" if instant else None
