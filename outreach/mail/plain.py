"""A letter written as plain text becomes a plain letter in both parts: what a person would have typed.

No frame, no colours, no picture: paragraphs, links that work, and below them the small print that the law asks for.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape

from outreach.mail.framed import Frame, Framed, read

_URL = re.compile(
    r"https?://[^\s<>\"\']+"
    r"|[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}"
)
_TAIL = ".,;:!?)]}*_"
_SOLID = re.compile(r"[^\s\x00](?:[^\r\n\x00]*[^\s\x00])?\Z")
_PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")
_STYLE = "margin:0;padding:16px;font-family:Helvetica,Arial,sans-serif;font-size:15px;line-height:1.55;color:#1c1c1c"
_FRAME = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body style="{style}">
<div style="max-width:620px">
{body}
</div>
</body></html>
"""


def personal_html(text: str, footer: str = "") -> str:
    """HTML of a text letter; `footer` is text too and stands small and grey below."""
    body = "\n".join(_paragraph(part) for part in _split(text))
    if footer.strip():
        small = "margin:0 0 8px;font-size:12px;line-height:1.5;color:#6b6b6b"
        notes = "\n".join(_paragraph(part, small) for part in _split(footer))
        body += f'\n<div style="margin-top:32px;padding-top:12px;border-top:1px solid #e4e4e4">\n{notes}\n</div>'
    return _FRAME.replace("{style}", _STYLE).replace("{body}", body)


def tidy(text: str) -> str:
    """Text as it leaves: no spaces at line ends, no more than one empty line, one line end at the bottom."""
    if isinstance(text, Framed) and all(map(_SOLID.match, text.fields)):
        return Framed(_tidy_frame(text.frame), text.fields)
    return _tidied(text)


@lru_cache(maxsize=256)
def _tidy_frame(frame: Frame) -> Frame:
    """Fields that are a word or more on one line are signs like others."""
    return read(_tidied(frame.marked))


def _tidied(text: str) -> str:
    unix = text.replace("\r\n", "\n").replace("\r", "\n")
    if " \n" in unix or "\t\n" in unix:
        unix = "\n".join(line.rstrip() for line in unix.split("\n"))
    while "\n\n\n" in unix:
        unix = unix.replace("\n\n\n", "\n\n")
    return unix.strip() + "\n"


def _split(text: str) -> list[str]:
    return [part for part in _PARAGRAPHS.split(tidy(text).strip()) if part.strip()]


def _paragraph(text: str, style: str = "margin:0 0 16px") -> str:
    return f'<p style="{style}">' + _linked(text).replace("\n", "<br>\n") + "</p>"


def _linked(text: str) -> str:
    pieces, last = [], 0
    for match in _URL.finditer(text):
        target = match[0].rstrip(_TAIL)
        href = target if target.lower().startswith("http") else f"mailto:{target}"
        pieces.append(escape(text[last : match.start()], quote=False))
        pieces.append(f'<a href="{escape(href)}">{escape(target, quote=False)}</a>')
        last = match.start() + len(target)
    return "".join(pieces) + escape(text[last:], quote=False)
