"""Mailboxes in the address headers of received mail, read in linear time and never guessed.

``parseaddr`` returns the wrong mailbox for some hostile headers (MAIL 1.8 f), so that this reader takes a mailbox only
where the text leaves no doubt.
"""

import re
from dataclasses import dataclass
from typing import Final

from .encoded import decode_words

ATOM: Final = r"[^\s<>\"(),;:@\[\]\\\x00-\x1f\x7f]"
ADDR_SPEC: Final = re.compile(
    rf"(?:\"(?:[^\"\\\r\n]|\\.){{1,64}}\"|{ATOM}{{1,128}})@(?:[^\s<>\"(),;:@\[\]\\]{{1,255}}|\[[0-9a-fA-F.:IPv]{{2,45}}\])"
)
IN_TEXT: Final = re.compile(
    r"(?<![A-Za-z0-9_.+@/=-])([A-Za-z0-9_][\w.!#$%&'*+/=?^`{|}~-]{0,127}@(?:[A-Za-z0-9](?:[\w-]{0,62})\.){1,8}[A-Za-z][A-Za-z0-9-]{1,24})(?![\w@])",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One mailbox of a header: the address in its own case, and the display name."""

    address: str
    name: str = ""


def _split(value: str) -> list[tuple[str, str, str]]:
    """(text outside, text inside angle brackets, comments) of every comma separated entry."""
    entries: list[tuple[str, str, str]] = []
    outside: list[str] = []
    inside: list[str] = []
    comment: list[str] = []
    quoted = angle = False
    depth = 0
    position = 0
    while position < len(value):
        letter = value[position]
        here = comment if depth else inside if angle else outside
        if letter == "\\" and (quoted or depth) and position + 1 < len(value):
            here.append(value[position + 1])
            position += 1
        elif quoted:
            quoted = letter != '"'
            here.append("" if letter == '"' and not angle else letter)
        elif letter == '"' and not depth:
            quoted = True
            here.append('"' if angle else "")
        elif letter == "(" and not angle:
            depth += 1
        elif letter == ")" and depth:
            depth -= 1
        elif depth:
            comment.append(letter)
        elif letter == "<":
            angle = True
        elif letter == ">":
            angle = False
        elif letter in ",;" and not angle:
            entries.append(("".join(outside), "".join(inside), "".join(comment)))
            outside, inside, comment = [], [], []
        elif letter == ":" and not angle and "@" not in "".join(outside[-256:]):
            outside.clear()  # the name of a group
        else:
            here.append(letter)
        position += 1
    entries.append(("".join(outside), "".join(inside), "".join(comment)))
    return entries


def mailboxes(value: str, limit: int = 500) -> tuple[Mailbox, ...]:
    """All mailboxes of an (unfolded) address header, at most ``limit``; what is no clear mailbox is left out."""
    found: list[Mailbox] = []
    for outside, inside, comment in _split(value[:65536]):
        text = inside.strip() if inside.strip() else outside.strip()
        text = text.split(":")[-1].strip() if text.startswith("@") else text  # an RFC 822 source route
        text = re.sub(r"^mailto:", "", text, flags=re.I)
        if not ADDR_SPEC.fullmatch(text):
            text = decode_words(text).strip()
        if not ADDR_SPEC.fullmatch(text):
            continue
        name = decode_words(outside if inside.strip() else comment).strip().strip("'\"").strip()
        found.append(Mailbox(text, " ".join(name.split())))
        if len(found) >= limit:
            break
    return tuple(found)


def entries(value: str) -> int:
    """How many entries a header has, readable or not: two or none in From means that nobody is known to have sent it."""
    return sum(1 for outside, inside, _ in _split(value[:65536]) if outside.strip() or inside.strip())


def in_text(text: str, limit: int = 50) -> list[str]:
    """Distinct addresses that stand in running text, in order."""
    seen: dict[str, str] = {}
    for match in IN_TEXT.finditer(text):
        address = match[1].rstrip(".'")
        seen.setdefault(address.lower(), address)
        if len(seen) >= limit:
            break
    return list(seen.values())


def local_part(address: str) -> str:
    """The part before the last ``@``."""
    return address.rpartition("@")[0]


def domain(address: str) -> str:
    """The part after the last ``@``, in lower case."""
    return address.rpartition("@")[2].lower().rstrip(".")
