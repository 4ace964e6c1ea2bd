"""Every line of docs/reliability.md names tests that are there; and nothing that has to hold is missing from it."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/reliability.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([A-Z]?\d*) \| (.+) \| ([^|]+) \|$", re.MULTILINE)
ROWS = [
    (name, words, re.findall(r"`([^`]+)::(test_\w+)`", proofs)) for name, words, proofs in ROW.findall(PAGE) if name
]
IDS = [
    *(f"I{number}" for number in range(1, 14)),
    *"ABCDEFGHIJKLMNOP",
    *(f"Q{number}" for number in range(1, 8)),
    *(str(number) for number in range(1, 41)),
    *(f"S{number}" for number in range(1, 29)),
]


@cache
def names_in(file: str) -> frozenset[str]:
    """The names of all tests of a file."""
    path = ROOT / "tests" / file
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.is_file() else ast.Module([], [])
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_invariant_rule_fault_and_threat_has_one_line_with_proof() -> None:
    assert [name for name, _, _ in ROWS] == IDS
    assert [name for name, words, proofs in ROWS if len(words) < 8 or not proofs] == []


def test_what_the_page_of_mail_names_is_there() -> None:
    found = re.findall(r"`([^`]+)::(test_\w+)`", (ROOT / "docs/mail.md").read_text(encoding="utf-8"))
    assert len(found) > 25
    assert [f"{file}::{test}" for file, test in found if test not in names_in(file)] == []


def test_the_tests_that_are_named_are_there() -> None:
    gone = [
        f"{name}: {file}::{test}" for name, _, proofs in ROWS for file, test in proofs if test not in names_in(file)
    ]
    assert gone == []
