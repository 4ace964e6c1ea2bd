"""From rows to a rendered letter: merge fields, template in force, preview. Sends nothing (STYLE: whether, what, how)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from sqlalchemy.orm import Session

from outreach.core import placeholders
from outreach.errors import Refused
from outreach.journeys.house import House
from outreach.mail import library, mjml, templating
from outreach.mail.library import LetterSource, RenderedLetter
from outreach.mail.templating import Shared
from outreach.store import account, forms, tasks, templates
from outreach.store.account import Account
from outreach.store.leads import Lead
from outreach.store.users import User

SAMPLE_TOKEN = "preview"  # noqa: S105  stands in links of previews; verifies as nothing


@dataclass(frozen=True)
class Text:
    """What a letter is made of: a template's source, or a subject and plain text."""

    subject: str
    body: str = ""
    source: LetterSource | None = None
    version_id: int | None = None
    preview: str = ""
    """The line that inboxes show behind the subject; may hold merge fields."""


@dataclass(frozen=True, slots=True)
class About:
    """The rows that a letter's merge fields are read from: the lead, their latest submission with its form, the outcomes
    of all calls, who signs. Without `message_id` the letter's own links lead nowhere (previews)."""

    house: House
    us: Account
    lead: Lead
    owner: User | None
    submission: forms.Asked | None = None
    form: forms.Form | None = None
    calls: Sequence[str] = ()
    message_id: int | None = None


def fields_for(
    session: Session, house: House, lead: Lead, *, owner: User | None = None, message_id: int | None = None
) -> dict[str, Any]:
    """All merge fields of a letter to this lead."""
    owner = owner or (session.get(User, lead.owner_id) if lead.owner_id else None)
    submission = forms.latest_of(session, [lead.id]).get(lead.id) if lead.id else None
    form = session.get(forms.Form, submission.form_id) if submission and submission.form_id else None
    calls = tasks.outcomes_of(session, [lead.id]).get(lead.id, []) if lead.id else []
    return merge_fields(About(house, account.get(session), lead, owner, submission, form, calls, message_id))


def merge_fields(about: About, wanted: frozenset[str] | None = None) -> dict[str, Any]:
    """The merge fields of a letter, or those of them that it asks for.

    The lead's words are cleaned as MAIL L5 asks; what they wrote in free text is not among them.
    """
    names = FIELDS if wanted is None else FIELDS.keys() & wanted
    return {name: FIELDS[name](about) for name in names}


FIELDS: dict[str, Callable[[About], Any]] = {
    "fields": lambda a: {key: _cleaned(value) for key, value in a.lead.fields.items()},
    "needed_by": lambda a: _cleaned(a.lead.fields.get("needed_by", "")),
    "budget": lambda a: _cleaned(a.lead.fields.get("budget", "")),
    "city": lambda a: _cleaned(a.lead.fields.get("city", "")),
    "met_at": lambda a: _cleaned(a.lead.fields.get("met_at", "")),
    "reach_by": lambda a: a.lead.reach_by,
    "name": lambda a: placeholders.cleaned(a.lead.name, 40),
    "first_name": lambda a: placeholders.first_name_of(a.lead.name),
    "email": lambda a: a.lead.email,
    "phone": lambda a: a.lead.phone if not a.lead.phone_bad else "",
    "company": lambda a: placeholders.cleaned(a.lead.company),
    "topic": lambda a: _topic(a.house, a.form, a.lead),
    "owner": lambda a: owner_fields(a.us, a.owner, a.house),
    "brand": lambda a: brand_fields(a.us, a.house),
    "booking_link": lambda a: (a.owner.booking_link if a.owner else "") or a.us.booking_link,
    "asked_on": lambda a: _asked_on(a.submission.at, a.lead.zone or a.us.zone) if a.submission else "",
    "called": lambda a: any(a.calls),
    "left_voicemail": lambda a: "left voicemail" in a.calls,
    "form_name": lambda a: (a.form.title or a.form.name) if a.form else None,
    "unsubscribe_url": lambda a: _own_link(a, "u", "unsubscribe"),
    "answer_yes_url": lambda a: _own_link(a, "a", "answer", "/yes"),
    "answer_later_url": lambda a: _own_link(a, "a", "answer", "/later"),
    "answer_no_url": lambda a: _own_link(a, "a", "answer", "/no"),
    "confirm_url": lambda a: _own_link(a, "a/confirm", "confirm"),
}
"""How each merge field is made."""


def brand_fields(us: Account, house: House) -> dict[str, Any]:
    """The account's own fields; its name is there even before anybody has set it."""
    return account.brand(us) | {"name": us.company or us.sender_name or _domain(house)}


def owner_fields(us: Account, owner: User | None, house: House) -> dict[str, Any]:
    """The person who signs: the owner, else the account's sender, else the domain that the mail comes from."""
    if owner is None:
        name = us.sender_name or us.company or _domain(house)
        return {"name": name, "email": house.settings.mail_from_address, "booking_link": us.booking_link}
    return {
        "name": owner.name,
        "email": owner.email,
        "phone": owner.phone,
        "booking_link": owner.booking_link or us.booking_link,
        "signature": owner.signature,
    }


def _domain(house: House) -> str:
    return house.settings.mail_from_address.rpartition("@")[2]


def fields_of_issue(issue: templates.Issue) -> dict[str, Any]:
    """Merge fields that only this newsletter issue has."""
    content = {key: value for key, value in issue.content.items() if key != "preview_text"}
    return {"issue": content, "preview_text": issue.content.get("preview_text", "")}


def text_of(session: Session, key: str) -> Text:
    """The template in force, by key. Raises Refused when there is none."""
    version = templates.current(session, key)
    if version is None:
        raise Refused(f"There is no template '{key}'. Make one under Templates, or choose another in the step.")
    return _text_in(version)


def texts_of(session: Session, keys: set[str]) -> dict[str, Text]:
    """The templates in force, by key, in one question; those that are not there are left out."""
    return {key: _text_in(version) for key, version in templates.in_force(session, keys).items()}


def _text_in(version: templates.TemplateVersion) -> Text:
    source = LetterSource(version.subject, version.mjml, version.text or None)
    return Text(version.subject, source=source, version_id=version.id, preview=version.preview)


def render(session: Session, text: Text, fields: dict[str, Any], *, preview: bool = False) -> RenderedLetter:
    """Merge a letter. Raises MissingField or TemplateError; a preview names its gaps instead."""
    return merged(text, fields, includes(session), preview=preview)


def includes(session: Session) -> dict[str, str]:
    """The shared blocks in force: those that come with the system, and the account's own layouts."""
    return library.shipped_includes() | templates.layouts(session)


def merged(
    text: Text,
    fields: dict[str, Any],
    includes: dict[str, str],
    *,
    preview: bool = False,
    shared: Shared | None = None,
) -> RenderedLetter:
    """The same with the shared blocks at hand, and the fields that many letters have in common."""
    if text.preview and not fields.get("preview_text"):
        fields = {**fields, "preview_text": templating.render(text.preview, fields, False, [])}
    if text.source is not None:
        return library.render_letter(text.source, fields, includes, preview=preview, shared=shared)
    return library.render_plain(text.subject, text.body, fields, includes, preview=preview)


@lru_cache(maxsize=512)
def needed(source: Text) -> frozenset[str]:
    """Merge fields that this letter prints without a fallback: missing ones block (F3)."""
    return frozenset(name for part in _parts(source) for name in placeholders.needed(part))


def _parts(text: Text) -> tuple[str, ...]:
    if text.source is None:
        return (text.subject, text.body)
    return (text.source.subject, mjml.with_conditions(text.source.mjml), text.source.text or "")


def _topic(house: House, form: forms.Form | None, lead: Lead) -> dict[str, Any]:
    option = forms.option(form, "topic", lead.topic)
    if not option:
        return {"title": placeholders.cleaned(lead.topic)} if lead.topic else {}
    url = str(option.get("material_url", ""))
    return {
        "title": _within_a_sentence(str(option.get("title", option.get("label", "")))),
        "paragraph": option.get("paragraph", ""),
        "question": option.get("question", ""),
        "material_title": option.get("material_title", ""),
        "material_url": house.url(url) if url.startswith("/") else url,
    }


def _within_a_sentence(label: str) -> str:
    """A topic's label as it stands inside a sentence: "A quote" as "a quote"; names in capitals stay."""
    return label[:1].lower() + label[1:] if label[1:2].islower() or label[1:2] == " " else label


def _cleaned(value: Any) -> Any:
    return placeholders.cleaned(value) if isinstance(value, str) else value


def _asked_on(at: datetime, zone: str) -> str:
    return format_date(at.astimezone(ZoneInfo(zone)), "d MMMM", locale="en")


def _own_link(about: About, door: str, purpose: str, choice: str = "") -> str:
    token = about.house.token(purpose, about.message_id) if about.message_id is not None else SAMPLE_TOKEN
    return about.house.url(f"/{door}/{token}{choice}")


def sample_lead(now: datetime) -> Lead:
    """Somebody to preview a letter with while there is no lead yet."""
    return Lead(
        email="anna.weber@lumen.example",
        name="Anna Weber",
        company="Lumen Logistics",
        phone="+49 40 555 0163",
        zone="Europe/Berlin",
        fields={},
        created_at=now,
        last_activity_at=now,
    )
