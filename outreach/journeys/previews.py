"""Letters as they would look: for a sample lead on the page, or sent as a test to the one who writes them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.journeys import letters
from outreach.journeys.house import House
from outreach.journeys.letters import Text
from outreach.mail import library
from outreach.mail.library import LetterSource, RenderedLetter
from outreach.store import events, templates
from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.store.users import User

SAMPLES = 12
LAYOUT_SAMPLE = LetterSource(
    "How letters look",
    '<mj-section css-class="page"><mj-column><mj-text padding-top="24px">'
    "<p>Hi {{ first_name|default('there') }},</p><p>This is a sample, so that you see the frame of your letters: "
    "the head, the text, <a href=\"{{ brand.website|default('https://example.com') }}\">a link</a>, a button and the "
    'small print.</p></mj-text><mj-button href="https://example.com">A button</mj-button>'
    '<mj-include path="_signature.mjml" /></mj-column></mj-section>',
)
PLAIN_SAMPLE = "Hi {{ first_name|default('there') }},\n\nThis is a letter of plain text.\n\n{{ owner.name }}"
EXTRA: dict[str, Any] = {
    "topic": {
        "title": "a quote for the solar roof",
        "paragraph": "For a roof like yours we first look at direction, pitch and shade. That takes one visit.",
        "question": "Do you know roughly how many square metres the roof has?",
        "material_title": "What a solar roof costs, and what it brings in",
        "material_url": "https://example.com/solar-roof",
    },
    "asked_on": "4 March",
    "form_name": "Contact",
    "lead": {"name": "Anna Weber", "email": "anna.weber@lumen.example", "phone": "+49 40 555 0163", "company": "Lumen"},
    "answers": [{"label": "Message", "asked": "Message:", "value": "What would it cost?"}],
    "reply": {"subject": "Re: Your request", "text": "Thursday suits me. Could you call?", "sense": "interested"},
    "inbound": {"sender": "somebody@example.com", "subject": "A question", "text": "Do you also work on Saturdays?"},
    "change": {"words": "Your second factor was switched on.", "by": "Rita Rep"},
    "due_by": "answer by 14:05",
    "answer_minutes": 5,
    "questions": ["How large is the roof?", "When do you want to start?"],
    "issue": {
        "title": "Five minutes beat five features",
        "intro": "Who answers first is usually the one they buy from.",
        "items": [
            {
                "title": "Answer first",
                "text": "The first step writes back at once.",
                "url": "https://example.com/first",
            },
            {"title": "Call second", "text": "While the form is still warm.", "url": "https://example.com/second"},
        ],
    },
    "story": {
        "title": "From two days to five minutes",
        "paragraph": "A workshop of six people halved its time to answer.",
        "url": "https://example.com/story",
    },
}
"""What a preview shows where a real letter has what belongs to one lead, one reply or one issue."""


@dataclass(frozen=True)
class Preview:
    """A letter for one sample lead; `fields` are the merge fields that filled it."""

    letter: RenderedLetter
    fields: dict[str, Any]
    lead: Lead


def samples(session: Session) -> list[Lead]:
    """Leads to look at a letter with: those who moved last."""
    query = select(Lead).where(Lead.email != "", Lead.erased_at.is_(None))
    return list(session.scalars(query.order_by(Lead.last_activity_at.desc(), Lead.id.desc()).limit(SAMPLES)))


def sample(session: Session, lead_id: int | None, now: datetime) -> Lead:
    """The chosen lead, else the first of the samples, else somebody made up."""
    chosen = session.get(Lead, lead_id) if lead_id else None
    if chosen is not None and chosen.erased_at is None:
        return chosen
    first = next(iter(samples(session)), None) if lead_id is None else None
    return first or letters.sample_lead(now)


def preview(
    session: Session, house: House, text: Text, lead: Lead, user: User, shared: dict[str, str] | None = None
) -> Preview:
    """Merge a letter for a lead with links that lead nowhere; gaps are named, not raised.

    `shared`: shared blocks that are being edited, by name, in place of the saved ones. Raises TemplateError.
    """
    fields = fields_of(session, house, lead, user)
    if not shared:
        return Preview(letters.render(session, text, fields, preview=True), fields, lead)
    includes = library.shipped_includes() | templates.layouts(session) | shared
    if library.FOOTER in shared:
        return Preview(
            library.render_plain("A plain letter", PLAIN_SAMPLE, fields, includes, preview=True), fields, lead
        )
    return Preview(library.render_letter(_in_layout(shared), fields, includes, preview=True), fields, lead)


def _in_layout(shared: dict[str, str]) -> LetterSource:
    """The sample letter in the layout that is being edited."""
    if "_personal.mjml" not in shared:
        return LAYOUT_SAMPLE
    return LetterSource(LAYOUT_SAMPLE.subject, "<!-- layout: personal -->\n" + LAYOUT_SAMPLE.mjml)


def fields_of(session: Session, house: House, lead: Lead, user: User) -> dict[str, Any]:
    """The merge fields of a preview: the lead's, signed by its owner, else by who looks; the rest is made up."""
    owner = session.get(User, lead.owner_id) if lead.owner_id else user
    fields = letters.fields_for(session, house, lead, owner=owner)
    filled = {name: value for name, value in EXTRA.items() if not fields.get(name) and _made_up(name, lead)}
    return {**fields, **filled, "lead_url": house.url("/leads"), "task_url": house.url("/")}


def _made_up(name: str, lead: Lead) -> bool:
    """A stored lead has a topic or none, and a real letter shows just that; everything else has to be invented."""
    return lead.id is None or name not in ("topic", "asked_on", "form_name", "story")


def send_test(
    session: Session, letter: RenderedLetter, user: User, now: datetime, files_of: int | None = None
) -> Message:
    """Queue a letter as it looks now to the one who asked: never to a lead, and outside of every limit. `files_of`: the
    saved text whose files go along."""
    message = Message(
        kind="test", lane="urgent", at_once=True, user_id=user.id, to_address=user.email,
        subject=f"[Test] {letter.subject}",
        extra={"rendered": {"subject": f"[Test] {letter.subject}", "html": letter.html, "text": letter.text},
               "files_of": files_of},
        references=[], due_at=now, queued_at=now,
    )  # fmt: skip
    session.add(message)
    session.flush()
    words = f"Test of “{letter.subject}” to {user.email}"
    events.record(session, now, "test", words, message_id=message.id, actor_id=user.id)
    return message
