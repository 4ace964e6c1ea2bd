"""Templates: a new one, a saved version, back to an earlier one, archived."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core import placeholders
from outreach.core.placeholders import CATALOGUE
from outreach.errors import Refused
from outreach.journeys import enclosures
from outreach.journeys.previews import EXTRA
from outreach.mail import mjml, templating
from outreach.mail.bytecheck import MAX_HTML
from outreach.mail.letters import Attachment
from outreach.mail.templating import TemplateError
from outreach.store import template_files, templates
from outreach.store.template_files import Named
from outreach.store.templates import Template, TemplateVersion

KINDS = ("letter", "break-up", "newsletter", "educational")
"""Kinds that people make; notices and layouts come with the system and are edited, never added."""
CARRIERS = ("letter", "break-up", "educational")
"""Kinds whose letters may carry files."""
OF_NOTICES = frozenset(
    {"lead_url", "task_url", "due_by", "answer_minutes", "subject", "reason", "referral", "profile_url"}
)
_MARKUP = re.compile(r"<!--.*?-->|<(?!(?:mj-image|img|mj-include)\b)[^<>]*>", re.S | re.I)
_SAYS = re.compile(r"\w")
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
    _keep(session, template, words, template_files.of_version(session, copied.id if copied else None), now, user_id)
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
        found["mjml"] = f"Line {problems[0].line}: {problems[0].message.rstrip('.')}."
    for name in ("subject", "mjml", "text", "preview"):
        if name not in found and (gap := _gap(getattr(written, name))):
            found[name] = gap
    if template.kind != "layout" and "mjml" not in found:
        found |= _empty(written.mjml) or _too_long(written.mjml, includes)
    return found


def strange(source: str) -> list[tuple[int, str]]:
    """Merge fields that nothing fills: (line, name). A source with faults has none."""
    try:
        names = templating.names_used(source)
    except TemplateError:
        return []
    groups = {name.partition(".")[0] for name in CATALOGUE} | set(EXTRA) | {"fields"}
    found = [n for n in names if n not in CATALOGUE and n not in OF_NOTICES and n.partition(".")[0] not in groups]
    found += [n for n in names if n.startswith(("topic.", "owner.", "brand.")) and n not in CATALOGUE]
    return sorted((line_of(source, name), name) for name in set(found))


def line_of(source: str, name: str) -> int:
    """The line on which a merge field first stands; 1 where it is not found."""
    found = re.search(rf"\{{[{{%][^}}%]*\b{re.escape(name)}\b", source)
    return source.count("\n", 0, found.start()) + 1 if found else 1


def _gap(source: str) -> str:
    """F3: a field that nothing fills and that has no fallback would hold back every letter."""
    needed = placeholders.needed(mjml.with_conditions(source))
    gap = next(((line, name) for line, name in strange(source) if name in needed), None)
    if gap is None:
        return ""
    return f"Line {gap[0]}: there is no merge field “{gap[1]}”, so no letter could go. Choose one under Insert field."


def _empty(source: str) -> dict[str, str]:
    """A letter says or shows something; a shared block may say it all."""
    if _SAYS.search(_MARKUP.sub("", source)):
        return {}
    return {"mjml": "This letter has no words. Write some, or archive the template."}


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
    """Keep a text as the next version, in force at once (V2, V8); None when it is the one in force already. Its files stay."""
    current = templates.current(session, template.key)
    if current and _written(current) == written:
        return None
    return _keep(
        session, template, written, template_files.of_version(session, current.id if current else None), now, user_id
    )


def add_files(
    session: Session, template: Template, files: Sequence[Attachment], now: datetime, user_id: int
) -> TemplateVersion | None:
    """Let every letter of this text carry these files too: a version of its own, for what a letter carried is known by it.
    None when it carries them already (two clicks)."""
    if template.kind not in CARRIERS:
        raise Refused("Only letters, break-up letters and educational letters carry files. Put a link into this one.")
    current = templates.current(session, template.key)
    if current is None or not files:
        raise Refused("Choose a file first.")
    carried = template_files.of_version(session, current.id)
    named = zip(enclosures.names(files, len(carried) + 1), files, strict=True)
    with session.begin_nested():  # bytes of files that are refused are not kept
        kept = [template_files.keep(session, name, file.content_type, file.data) for name, file in named]
        fresh = [one for one in kept if one not in carried]
        enclosures.check([one.size for one in (*carried, *fresh)], enclosures.LARGEST_OF_TEMPLATE)
    if not fresh:
        return None
    return _keep(session, template, _written(current), [*carried, *fresh], now, user_id)


def remove_file(session: Session, template: Template, number: int, now: datetime, user_id: int) -> TemplateVersion:
    """The next version goes without this file."""
    current = templates.current(session, template.key)
    carried = template_files.of_version(session, current.id if current else None)
    if current is None or not 1 <= number <= len(carried):
        raise Refused("This file is not there any more.")
    del carried[number - 1]
    return _keep(session, template, _written(current), carried, now, user_id)


def _written(version: TemplateVersion) -> Written:
    return Written(version.subject, version.mjml, version.text, version.preview)


def _keep(
    session: Session, template: Template, words: Written, files: Sequence[Named], now: datetime, user_id: int
) -> TemplateVersion:
    version = templates.save(session, template, words.subject, words.mjml, words.text, now, user_id, words.preview)
    template_files.put(session, version.id, files)
    return version


def restore(session: Session, version: TemplateVersion, now: datetime, user_id: int) -> TemplateVersion | None:
    """An earlier text again, with its files, as the next version; None when it is the one in force."""
    template = session.get(Template, version.template_id)
    assert template is not None
    if version.id == template.current_version_id:
        return None
    return _keep(session, template, _written(version), template_files.of_version(session, version.id), now, user_id)


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
