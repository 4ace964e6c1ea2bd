"""Templates: a new one, a saved version, back to an earlier one, archived."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.errors import Refused
from outreach.mail import mjml, templating
from outreach.mail.bytecheck import MAX_HTML
from outreach.mail.templating import TemplateError
from outreach.store import templates
from outreach.store.templates import Template, TemplateVersion

KINDS = ("letter", "break-up", "newsletter", "educational")
"""Kinds that people make; notices and layouts come with the system and are edited, never added."""
BODY = """<mj-section css-class="page">
  <mj-column>
    <mj-text>
      <p>Hi {{ first_name|default('there') }},</p>
      <p>Write here what helps them.</p>
    </mj-text>
    <mj-include path="_signature.mjml" />
  </mj-column>
</mj-section>
"""


@dataclass(frozen=True)
class Written:
    """A template's text as its author wrote it; `text` empty = made from the HTML."""

    subject: str
    mjml: str
    text: str = ""
    preview: str = ""


def make(session: Session, name: str, kind: str, source: Template | None, now: datetime, user_id: int) -> Template:
    """A new template, blank or as a copy of `source`."""
    name = " ".join(name.split())[:120]
    if not name:
        raise Refused("Give the template a name, so that others find it.")
    if kind not in KINDS:
        raise Refused("Choose what kind of letter it is.")
    template = Template(key=_free_key(session, name), name=name, kind=kind)
    session.add(template)
    session.flush()
    copied = templates.current(session, source.key) if source else None
    words = Written(copied.subject, copied.mjml, copied.text, copied.preview) if copied else Written(name, BODY)
    templates.save(session, template, words.subject, words.mjml, words.text, now, user_id, words.preview)
    return template


def faults(template: Template, written: Written, includes: dict[str, str]) -> dict[str, str]:
    """What keeps a text from being saved, by field: it would stop letters that are on their way."""
    found: dict[str, str] = {}
    if template.kind != "layout":
        if not written.subject.strip():
            found["subject"] = "A letter needs a subject."
        if "\n" in written.subject:
            found["subject"] = "A subject is one line."
    for name in ("subject", "text", "preview"):
        try:
            templating.check(getattr(written, name))
        except TemplateError as fault:
            found.setdefault(name, str(fault).capitalize())
    if not template.key.endswith(".txt") and (problems := problems_in(template, written.mjml, includes)):
        found["mjml"] = f"Line {problems[0].line}: {problems[0].message}."
    if template.kind != "layout" and "mjml" not in found:
        found |= _too_long(written.mjml, includes)
    return found


def _too_long(source: str, includes: dict[str, str]) -> dict[str, str]:
    """MAIL O14: what is cut off at the end is the way out of the list."""
    size = len(mjml.compile_mjml(source, includes).encode())
    if size <= MAX_HTML:
        return {}
    return {
        "mjml": f"This makes {size // 1000} kB of HTML. Gmail cuts letters at 102 kB, and the way out with them: shorten it."
    }


def problems_in(template: Template, source: str, includes: dict[str, str]) -> list[mjml.Problem]:
    """The faults of a source with their lines. A shared block is read alone: what it includes is checked with it."""
    return mjml.lint(source, None if template.kind == "layout" else includes)


def save(session: Session, template: Template, written: Written, now: datetime, user_id: int) -> TemplateVersion | None:
    """Keep a text as the next version, in force at once (V2, V8); None when it is the one in force already."""
    current = templates.current(session, template.key)
    same = current and (current.subject, current.mjml, current.text, current.preview)
    if same == (written.subject, written.mjml, written.text, written.preview):
        return None
    return templates.save(session, template, written.subject, written.mjml, written.text, now, user_id, written.preview)


def restore(session: Session, version: TemplateVersion, now: datetime, user_id: int) -> TemplateVersion | None:
    """An earlier text again, as the next version."""
    template = session.get(Template, version.template_id)
    assert template is not None
    written = Written(version.subject, version.mjml, version.text, version.preview)
    return save(session, template, written, now, user_id)


def archive(template: Template, used_by: list[str], now: datetime) -> None:
    """Out of the gallery; refused while something sends it."""
    if used_by:
        raise Refused(f"It is sent by {', '.join(used_by)}. Choose another letter there first.")
    if template.kind in ("layout", "notice"):
        raise Refused("The system itself needs this one.")
    template.archived_at = now


def _free_key(session: Session, name: str) -> str:
    stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "letter"
    taken = set(session.scalars(select(Template.key)))
    key, number = stem, 2
    while key in taken:
        key, number = f"{stem}-{number}", number + 1
    return key
