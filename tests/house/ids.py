"""Which ids a docstring names: of docs/mail.md after the word MAIL, and in tests/mail by themselves; else of docs/rules.md."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
MAIL_LETTERS = frozenset("OAUTLCMX")
PLACE = re.compile(r"\b(MAIL|RULES|RELIABILITY)\b|\b([A-Z]\d{1,2})(?:(?: to |-)([A-Z]\d{1,2}))?\b|([:.;)](?:\s|$))")


@cache
def docstrings(path: Path) -> tuple[str, ...]:
    """All of a file, those that are given to a test afterwards included."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    texts = [ast.get_docstring(node) or "" for node in ast.walk(tree) if isinstance(node, kinds)]
    return (*texts, *_given(tree))


def _given(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Attribute(attr="__doc__")], value=ast.Constant(value=str(text))):
                yield text


@cache
def named_in(path: Path, page: str) -> frozenset[str]:
    """The ids of a page (MAIL or RULES) that a file names, ranges such as `D1 to D7` included."""
    at_home = "MAIL" if path.is_relative_to(TESTS / "mail") else "RULES"
    found: set[str] = set()
    for text in docstrings(path):
        here = at_home
        for name, first, last, end in PLACE.findall(text):
            here = name or (at_home if end else here)
            if first and page == (here if first[0] in MAIL_LETTERS else "RULES"):
                numbers = range(int(first[1:]), int((last or first)[1:]) + 1)
                found |= {f"{first[0]}{number}" for number in numbers}
    return frozenset(found)
