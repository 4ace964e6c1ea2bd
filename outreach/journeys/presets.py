"""What an installation starts with: the shipped letters, sequences and the form `contact`. Run at every start; what people
changed is never touched, what they did not change follows the release."""

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from outreach import documents
from outreach.core.placeholders import CATALOGUE
from outreach.journeys import accounts
from outreach.journeys.house import House
from outreach.mail import library
from outreach.store import account, forms, sequences, templates
from outreach.store.forms import Form
from outreach.store.sequences import SequenceRow
from outreach.store.templates import Template

SHIPPED = Path(__file__).resolve().parents[2] / "templates" / "sequences"
FIRST_SEQUENCE = "inbound-0-2-4-6-8"


def load_presets(session: Session, house: House, now: datetime) -> None:
    """(1) The account and its mailbox, (2) letters and blocks, (3) sequences, (4) the form."""
    account.get(session)
    accounts.ensure_mailbox(session, house, now)
    for name, text in library.shipped_includes().items():
        _letter(session, name, "layout", library.LetterSource("", text), now)
    for key in library.shipped_keys():
        _letter(session, key, _kind(key), library.shipped(key), now)
    for path in sorted(SHIPPED.glob("*.yaml")):
        _sequence(session, path, now)
    _contact(session, now)


def _letter(session: Session, key: str, kind: str, source: library.LetterSource, now: datetime) -> None:
    template = templates.by_key(session, key)
    if template is None:
        template = Template(key=key, name=_title(key), kind=kind)
        session.add(template)
        session.flush()
    known = templates.versions(session, template.id)
    if any(version.saved_by is not None for version in known):
        return
    text = source.text or ""
    if not known or (known[0].subject, known[0].mjml, known[0].text) != (source.subject, source.mjml, text):
        templates.save(session, template, source.subject, source.mjml, text, now, None)


def _kind(key: str) -> str:
    if key == "break-up" or key == "newsletter":
        return key
    return {"educational": "educational", "notice": "notice"}.get(key.partition("-")[0], "letter")


def _title(key: str) -> str:
    return key.strip("_").removesuffix(".mjml").removesuffix(".txt").replace("-", " ").replace(
        "cant ", "can’t "
    ).capitalize() + (" (text)" if key.endswith(".txt") else "")


def _sequence(session: Session, path: Path, now: datetime) -> None:
    document = path.read_text("utf-8")
    sequence = documents.read(document, path.name, CATALOGUE)
    row = next((s for s in sequences.all_sequences(session) if s.preset == path.stem), None)
    if row is None:
        if sequences.by_name(session, sequence.name):
            return
        row = SequenceRow(name=sequence.name, preset=path.stem, class_=sequence.klass, created_at=now)
        session.add(row)
        session.flush()
    known = sequences.versions(session, row.id)
    untouched = all(v.published_by is None for v in known) and not row.draft and not row.archived_at
    if untouched and (not known or known[0].document != document):
        sequences.add_version(session, row, document, now, None)


def _contact(session: Session, now: datetime) -> None:
    if forms.by_key(session, "contact"):
        return
    first = next((s for s in sequences.all_sequences(session) if s.preset == FIRST_SEQUENCE), None)
    session.add(
        Form(
            key="contact",
            name="Contact",
            title="How can we help?",
            intro="Tell us what you are looking for. You get a personal answer at once, and a person calls or writes soon.",
            fields=CONTACT_FIELDS,
            button="Send my request",
            sequence_id=first.id if first else None,
            created_at=now,
            letter="form-thanks",
            consent_text="Yes, also send me useful educational mail from time to time. I can stop it with one click.",
            thanks="Thank you. Your request has arrived, and an answer is on its way to your inbox.",
        )
    )
    session.flush()


def _option(value: str, label: str, paragraph: str, question: str, material: str, url: str) -> dict[str, str]:
    return {
        "value": value,
        "label": label,
        "paragraph": paragraph,
        "question": question,
        "material_title": material,
        "material_url": url,
    }


TOPICS = [
    _option(
        "quote",
        "A price or a quote",
        "You would like to know what it costs. A number without the work behind it helps nobody, so I look at what you need "
        "first and then give you a price that you can hold us to, with what it includes and what it does not.",
        "Which part has to be done first, and what would make the price too high for you?",
        "What makes up a price, and how to compare two quotes",
        "/read/educational-03",
    ),
    _option(
        "advice",
        "Advice on what fits",
        "You want to find out what fits before you decide. That is the right order. In fifteen minutes I can usually say what "
        "would work in your case, and also when something simpler (or nothing from us) would do.",
        "What have you tried so far, and what did not work about it?",
        "How to choose: five questions to ask anybody before you buy",
        "/read/educational-01",
    ),
    _option(
        "meeting",
        "A meeting or a demonstration",
        "You would like to see it and talk it through. I keep that short and about your own case; bring one real example and "
        "we go through it together.",
        "Which day suits you, and who else should be there?",
        "How to get the most out of a first meeting",
        "/read/educational-02",
    ),
    _option(
        "problem",
        "A problem that has to be solved soon",
        "Something has to be solved soon. Then the first thing is to find out what holds it up today; often a part of it can "
        "be settled at once, while the rest is planned properly.",
        "By when does it have to work again, and what happens if it does not?",
        "First things first: a checklist for urgent cases",
        "/read/educational-04",
    ),
    _option(
        "other",
        "Something else",
        "You have a question of your own. I read it myself, and either answer it or find the person who can.",
        "What would a good answer look like for you?",
        "How we work, in plain words",
        "/read/educational-05",
    )
    | {"title": ""},
]

CONTACT_FIELDS: list[dict[str, Any]] = [
    {"key": "name", "label": "Your name", "kind": "text", "required": True},
    {"key": "email", "label": "E-mail", "kind": "email", "required": True},
    {"key": "phone", "label": "Phone", "kind": "tel", "help": "So that we can answer faster."},
    {"key": "company", "label": "Company", "kind": "text"},
    {"key": "topic", "label": "What is it about?", "kind": "select", "required": True, "options": TOPICS},
    {
        "key": "message",
        "label": "What are you looking for?",
        "kind": "textarea",
        "help": "What should be different afterwards?",
    },
    {"key": "needed_by", "label": "When do you need it?", "kind": "text"},
    {"key": "budget", "label": "Is there a budget?", "kind": "text"},
    {
        "key": "reach_by",
        "label": "How shall we reach you?",
        "kind": "radio",
        "options": [
            {"value": "phone", "label": "By phone"},
            {"value": "text", "label": "By text"},
            {"value": "email", "label": "By e-mail"},
        ],
    },
    {"key": "consent", "label": "Educational mail", "kind": "checkbox"},
]
