"""The preview of a step's letter in the editor: an inbox row, the letter, and what to look at before it goes."""

from dataclasses import dataclass, replace

from flask import abort, request
from werkzeug.wrappers import Response

from outreach.core import placeholders
from outreach.core.sequences import Step, Touch
from outreach.errors import Refused
from outreach.http.access import signed_in
from outreach.http.headers import LETTER_PREVIEW
from outreach.http.house import current_house, now
from outreach.http.numbers import whole
from outreach.http.sign_in import this_user
from outreach.http.transactions import transaction
from outreach.journeys import letters, previews, publish
from outreach.journeys.letters import Text
from outreach.mail import checks, templating
from outreach.mail.checks import Check
from outreach.mail.library import RenderedLetter
from outreach.mail.templating import TemplateError
from outreach.store import mailboxes, template_files
from outreach.store.leads import Lead
from outreach.web.blueprint import blueprint
from outreach.web.sequences import find


@dataclass(frozen=True)
class Shown:
    """What the preview shows. `letter` None: it cannot be shown, `fault` says why. `bubble`: the words of a text."""

    lead: Lead
    sender_name: str
    sender_email: str
    letter: RenderedLetter | None = None
    paragraphs: tuple[str, ...] = ()
    designed: bool = False
    bubble: str = ""
    findings: tuple[Check, ...] = ()
    fault: str = ""


def of(step: Step, lead_id: int | None) -> Shown | None:
    """The preview of a step for a sample lead; None for a step without words."""
    lead = previews.sample(transaction(), lead_id, now())
    shown = Shown(lead, *_sender(lead))
    if step.is_mail:
        return _letter(step, shown)
    if isinstance(step.payload, Touch) and step.payload.body:
        return _bubble(step.payload.body, shown)
    return None


def _sender(lead: Lead) -> tuple[str, str]:
    """Name and address that a real letter to this lead carries: those of the mailbox that sends for its owner."""
    session, house, user = transaction(), current_house(), this_user()
    owner = previews.fields_of(session, house, lead, user)["owner"]
    mailbox = mailboxes.for_owner(session, lead.owner_id or user.id)
    if mailbox is None:
        return str(owner["name"]), house.settings.mail_from_address
    return mailbox.name or str(owner["name"]), mailbox.address


def text_of(step: Step) -> Text:
    """The letter of a mail step: a template in force, or the words written here. Raises Refused."""
    variant = step.mail.variants[0]
    if variant.template:
        return letters.text_of(transaction(), variant.template)
    return Text(variant.subject or "", variant.body or "")


def faults(step: Step) -> dict[str, str]:
    """Errors of merge tags, by the field that has them."""
    found: dict[str, str] = {}
    parts = {}
    if step.is_mail and len(step.mail.variants) == 1 and not step.mail.variants[0].template:
        parts = {"subject": step.mail.variants[0].subject, "body": step.mail.variants[0].body}
    elif isinstance(step.payload, Touch):
        parts = {"body": step.payload.body}
    for name, text in parts.items():
        if text and (fault := _merge_fault(text)):
            found[name] = fault
    return found


def _merge_fault(text: str) -> str:
    try:
        templating.check(text)
    except TemplateError as fault:
        return str(fault).capitalize()
    unknown = placeholders.unknown(templating.names_used(text), placeholders.CATALOGUE)
    groups = {name.partition(".")[0] for name in placeholders.CATALOGUE if "." in name}
    unknown = [name for name in unknown if name not in groups]
    return f"There is no merge field “{unknown[0]}”. Choose one under Insert field." if unknown else ""


def _letter(step: Step, shown: Shown) -> Shown:
    session, house, user = transaction(), current_house(), this_user()
    try:
        text = text_of(step)
        letter = previews.preview(session, house, text, shown.lead, user).letter
    except (Refused, TemplateError) as fault:
        return replace(shown, fault=str(fault))
    body = letter.text.split("\n--\n")[0]
    return replace(
        shown,
        letter=letter,
        designed=text.source is not None,
        paragraphs=tuple(part for part in letter.text.strip().split("\n\n") if part.strip() != "--"),
        findings=(*checks.personal(letter, body), *_carried(text)),
    )


def _carried(text: Text) -> tuple[Check, ...]:
    names = [file.name for file in template_files.of_version(transaction(), text.version_id)]
    return (Check("info", f"Carries {', '.join(names)}"),) if names else ()


def _bubble(body: str, shown: Shown) -> Shown:
    session, house, user = transaction(), current_house(), this_user()
    try:
        letter = previews.preview(session, house, Text("Text", body), shown.lead, user).letter
    except TemplateError as fault:
        return replace(shown, fault=str(fault))
    words = letter.text.split("\n--\n")[0].strip()
    parts = 1 if len(words) <= 160 else -(-len(words) // 153)
    level = "ok" if parts == 1 else "info"
    text = f"{len(words)} characters, {parts} text message{'' if parts == 1 else 's'}"
    return replace(shown, bubble=words, findings=(Check(level, text),))


@blueprint.get("/sequences/<int:sequence_id>/steps/<key>/letter")
@signed_in
def sequence_step_letter(sequence_id: int, key: str) -> Response:
    """The step's letter as its own document, for the frame of the preview."""
    row = find(sequence_id)
    step = publish.draft_of(transaction(), row).step(key)
    if step is None or not step.is_mail:
        abort(404)
    given = request.args.get("lead", "")
    shown = of(step, whole(given))
    html = shown.letter.html if shown and shown.letter else ""
    return Response(html, mimetype="text/html", headers={"Content-Security-Policy": LETTER_PREVIEW})
