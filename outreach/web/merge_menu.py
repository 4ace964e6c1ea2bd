"""The menu of merge fields in the editors, and how a field looks in a line of text."""

import re

from markupsafe import Markup, escape

from outreach.core.placeholders import CATALOGUE
from outreach.mail.checks import labelled
from outreach.web.blueprint import blueprint

MENU: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "The lead",
        (
            ("{{ first_name|default('there') }}", "First name, else “there”"),
            ("{{ name }}", "Full name"),
            ("{{ company }}", "Company"),
            ("{{ phone }}", "Phone"),
            ("{{ email }}", "E-mail"),
        ),
    ),
    (
        "What they asked for",
        (
            ("{{ topic.title }}", "Topic"),
            ("{{ topic.paragraph }}", "The topic’s paragraph"),
            ("{{ topic.question }}", "The topic’s question"),
            ("{{ topic.material_url }}", "Link to the topic’s material"),
            ("{{ asked_on }}", "The day they asked"),
        ),
    ),
    (
        "You",
        (
            ("{{ owner.name }}", "The owner’s name"),
            ("{{ owner.phone }}", "The owner’s phone"),
            ("{{ owner.email }}", "The owner’s e-mail"),
            ("{{ booking_link }}", "Booking link"),
            ("{{ brand.name }}", "Company’s name"),
        ),
    ),
    (
        "Only if",
        (
            ("{% if company %}at {{ company }}{% endif %}", "Only if there is a company"),
            ("{% if called %}I tried to call you. {% endif %}", "Only if somebody really called"),
            ("{% if not phone %}Which number reaches you best?{% endif %}", "Only if the phone is missing"),
        ),
    ),
)
COMPLETIONS = sorted(CATALOGUE)
_ELSE = re.compile(r"\{%-?\s*(?:else|elif)\b.*?\{%-?\s*endif\s*-?%\}", re.S)
_TAG = re.compile(r"\{\{\s*([A-Za-z_][\w.]*)[^}]*\}\}|\{%.*?%\}", re.S)


@blueprint.app_template_filter()
def merged(text: str) -> Markup:
    """A line with its merge fields as small labels: `{{ first_name }}` reads `first name`; conditions are left out."""
    text = _ELSE.sub("{% endif %}", text)
    pieces, last = [], 0
    for match in _TAG.finditer(text):
        pieces.append(escape(text[last : match.start()]))
        if match[1]:
            pieces.append(Markup('<span class="merge-field">{}</span>').format(labelled(match[1])))
        last = match.end()
    return Markup("").join([*pieces, escape(text[last:])])
