"""Letters as folders: subject.txt, body.mjml, body.txt; and shared blocks as files whose names begin with `_`.

The same two functions serve the shipped letters on disk and a marketer's own versions from the database, which are
LetterSource values too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from outreach.mail import mjml, plain, templating
from outreach.mail.bytecheck import size_warning
from outreach.mail.headers import clean
from outreach.mail.templating import Shared

FOOTER = "_footer.txt"  # the small print of the text part; the layout carries that of the HTML
SHIPPED = Path(__file__).resolve().parents[2] / "templates" / "emails"
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,80}\Z")


@dataclass(frozen=True, slots=True)
class LetterSource:
    """A letter with its merge tags: `text` None means that the text part is made from the HTML."""

    subject: str
    mjml: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class RenderedLetter:
    """A letter for one person, not yet addressed; `missing` is only filled for previews."""

    subject: str
    html: str
    text: str
    warnings: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def load_letter(folder: Path) -> LetterSource:
    """Read one letter's folder; FileNotFoundError when it is none."""
    text = folder / "body.txt"
    return LetterSource(
        subject=(folder / "subject.txt").read_text("utf-8").strip(),
        mjml=(folder / "body.mjml").read_text("utf-8"),
        text=text.read_text("utf-8") if text.exists() else None,
    )


def load_includes(root: Path) -> dict[str, str]:
    """The shared blocks beside the letters, the layout and the small print among them, by file name."""
    return {path.name: path.read_text("utf-8") for path in sorted(root.glob("_*")) if path.suffix in (".mjml", ".txt")}


@lru_cache(maxsize=256)
def shipped(key: str) -> LetterSource:
    """One of the letters that come with the system, by its key; LookupError when there is none."""
    folder = SHIPPED / key
    if not _KEY.match(key) or not folder.is_dir():
        raise LookupError(f"There is no letter {key!r} in templates/emails")
    return load_letter(folder)


@lru_cache(maxsize=1)
def shipped_includes() -> dict[str, str]:
    return load_includes(SHIPPED)


def shipped_keys() -> tuple[str, ...]:
    """The keys of all letters that come with the system, sorted."""
    return tuple(sorted(path.name for path in SHIPPED.iterdir() if (path / "subject.txt").exists()))


def render_letter(
    source: LetterSource,
    fields: Mapping[str, Any],
    includes: Mapping[str, str],
    *,
    preview: bool = False,
    shared: Shared | None = None,
) -> RenderedLetter:
    """Merge a letter for one person: (1) subject, (2) HTML, (3) text. `shared`: fields beside those of one person.

    Raises TemplateError, and MissingField with all missing names at once; a preview leaves gaps and names them instead.
    """
    gaps: list[str] = []
    ready = templating.prepared(fields, shared)
    subject = clean(templating.render(source.subject, ready, False, gaps, shared))
    compiled = mjml.compile_mjml(source.mjml, includes)
    html = templating.render(compiled, templating.prepared(ready, subject=subject), True, gaps, shared)
    words = _words(source, includes)
    text = plain.tidy(templating.render(words, ready, False, gaps, shared)) if words is not None else mjml.text_of(html)
    return _finished(subject, html, text, gaps, preview)


def fields_used(source: LetterSource, includes: Mapping[str, str]) -> frozenset[str]:
    """The fields that a letter may ask for, its layout included; of `topic.title` only `topic`."""
    parts = (source.subject, mjml.compile_mjml(source.mjml, includes), _words(source, includes) or "")
    return frozenset(name for part in parts for name in templating.roots_used(part))


def _words(source: LetterSource, includes: Mapping[str, str]) -> str | None:
    """The text part's template; None = it is read from each letter's HTML."""
    if source.text is None:
        return mjml.words_of(source.mjml, includes)
    footer = includes.get(FOOTER, "")
    return f"{source.text.rstrip()}\n\n{footer}" if footer.strip() else source.text


def render_plain(
    subject: str, body: str, fields: Mapping[str, Any], includes: Mapping[str, str], *, preview: bool = False
) -> RenderedLetter:
    """A letter that was written as plain text with merge fields (`body` of a sequence step): the same text twice."""
    gaps: list[str] = []
    ready = templating.prepared(fields)
    line = clean(templating.render(subject, ready, False, gaps))
    words = plain.tidy(templating.render(body, ready, False, gaps))
    footer = templating.render(includes.get(FOOTER, ""), ready, False, gaps)
    html = plain.personal_html(words, footer)
    return _finished(line, html, plain.tidy(f"{words}\n{footer}"), gaps, preview)


def _finished(subject: str, html: str, text: str, gaps: list[str], preview: bool) -> RenderedLetter:
    missing = tuple(dict.fromkeys(gaps))
    if missing and not preview:
        raise templating.MissingField(missing)
    warning = size_warning(html)
    return RenderedLetter(subject, html, text, (warning,) if warning else (), missing)
