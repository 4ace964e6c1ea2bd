"""HTML of strangers made fit to be looked at (MAIL X5): sanitised by nh3 behind a gate of size and depth.

No script, form, frame or style sheet survives, and nothing is loaded from elsewhere until a person asks for pictures.
Pictures that came inside the mail (``cid:``) are put into the document itself.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import nh3

from .htmltext import MAX_TOKENS, VOID, tokens

LARGEST: Final = 512 * 1024
DEEPEST: Final = 400
LARGEST_PICTURE: Final = 1024 * 1024
ALL_PICTURES: Final = 4 * 1024 * 1024
PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
TAGS: Final = frozenset(nh3.ALLOWED_TAGS) | {"font", "center", "u", "s", "big"}
ATTRIBUTES: Final = {
    **{tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()},
    "*": {"style", "dir", "lang", "align", "valign", "title"},
    "img": {"src", "alt", "width", "height", "border"},
    "font": {"color", "face", "size"},
    "table": {"width", "border", "cellpadding", "cellspacing", "bgcolor", "align"},
    "td": {"width", "height", "colspan", "rowspan", "bgcolor", "align", "valign"},
    "th": {"width", "height", "colspan", "rowspan", "bgcolor", "align", "valign"},
}
CLOSED_BY_THE_NEXT: Final = frozenset({"p", "li", "td", "th", "tr", "dt", "dd", "tbody", "thead", "option"})
STYLES: Final = frozenset(
    {
        *("color", "background-color", "font", "font-family", "font-size", "font-style", "font-weight", "line-height"),
        *("text-align", "text-decoration", "text-indent", "vertical-align", "white-space", "list-style-type"),
        *("width", "max-width", "height", "margin", "margin-top", "margin-right", "margin-bottom", "margin-left"),
        *("padding", "padding-top", "padding-right", "padding-bottom", "padding-left", "border", "border-top"),
        *("border-right", "border-bottom", "border-left", "border-color", "border-style", "border-width"),
        *("border-collapse", "border-radius"),
    }
)


@dataclass(frozen=True, slots=True)
class Shown:
    """``html`` is a fragment; empty when only the text can be shown, with ``why``. ``hidden``: pictures held back."""

    html: str
    hidden: int = 0
    why: str = ""


def fit(html: str, inside: Mapping[str, tuple[str, bytes]], *, pictures: bool = False) -> Shown:
    """What may be shown. ``inside``: Content-ID without brackets -> (type, bytes); ``pictures``: remote ones too."""
    if len(html) > LARGEST:
        return Shown("", why=f"The HTML is larger than {LARGEST // 1024} KB.")
    if _too_deep(html):
        return Shown("", why=f"The HTML is nested deeper than {DEEPEST} levels.")
    hidden, room = 0, ALL_PICTURES

    def keep(tag: str, name: str, value: str) -> str | None:
        nonlocal hidden, room
        if tag != "img" or name != "src":
            return None if name == "style" and re.search(r"url\s*\(|expression|@import|\\", value, re.I) else value
        found = inside.get(value.partition(":")[2].strip("<> ").lower()) if value.lower().startswith("cid:") else None
        if found and found[0] in PICTURES and len(found[1]) <= min(LARGEST_PICTURE, room):
            room -= len(found[1])
            return f"data:{found[0]};base64,{base64.b64encode(found[1]).decode()}"
        if value.lower().startswith(("http://", "https://")):
            hidden += not pictures
            return value if pictures else None
        return None

    clean = nh3.clean(
        html,
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        attribute_filter=keep,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
        filter_style_properties=set(STYLES),
        clean_content_tags={
            "script",
            "style",
            "title",
            "head",
            "noscript",
            "template",
            "iframe",
            "object",
            "svg",
            "math",
        },
    )
    return Shown(clean, hidden)


def _too_deep(html: str) -> bool:
    """A cheap look before nh3, which is quadratic on unclosed nesting. An end tag closes only what is open."""
    opened: dict[str, int] = {}
    depth = seen = 0
    for token in tokens(html):
        seen += 1
        if token.kind == "text" or token.value in VOID or token.value in CLOSED_BY_THE_NEXT:
            continue
        if token.kind == "start":
            opened[token.value] = opened.get(token.value, 0) + 1
            depth += 1
        elif opened.get(token.value):
            opened[token.value] -= 1
            depth -= 1
        if depth > DEEPEST:
            return True
    return seen >= MAX_TOKENS
