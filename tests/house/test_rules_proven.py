"""Every rule stands in docs/rules.md with its own line, says where it is proven, and is proven there; and the reverse."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RULES = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
COUNTS = {"D": 11, "W": 11, "T": 3, "X": 10, "O": 10, "V": 8, "P": 7, "M": 8, "L": 7, "K": 4, "F": 6, "B": 6}
IDS = [f"{letter}{number}" for letter, count in COUNTS.items() for number in range(1, count + 1)]
LINE = re.compile(r"^- \*\*([A-Z]\d+)\*\* \S", re.MULTILINE)
ROW = re.compile(r"^\| ([A-Z]\d*) \| (.+) \|$", re.MULTILINE)


@cache
def named_in(path: Path) -> frozenset[str]:
    """The ids in the docstrings of a test file, ranges such as `D1 to D7` included."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    texts = [ast.get_docstring(node) or "" for node in ast.walk(tree) if isinstance(node, kinds)]
    texts += [
        node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        and any(isinstance(target, ast.Attribute) and target.attr == "__doc__" for target in node.targets)
    ]
    found = set(re.findall(r"\b[A-Z]\d{1,2}\b", " ".join(texts)))
    for letter, first, last in re.findall(r"\b([A-Z])(\d{1,2}) to \1(\d{1,2})\b", " ".join(texts)):
        found |= {f"{letter}{number}" for number in range(int(first), int(last) + 1)}
    if re.search(r"\bS\b(?!\.)", " ".join(texts)):
        found.add("S")
    return frozenset(found)


def proofs() -> dict[str, list[str]]:
    """Rule to the test files that docs/rules.md names for it."""
    return {rule: re.findall(r"`([^`]+)`", files) for rule, files in ROW.findall(RULES)}


def test_every_rule_has_one_line_of_its_own() -> None:
    lines = LINE.findall(RULES)
    assert [rule for rule in IDS if lines.count(rule) != 1] == []
    assert set(lines) <= set(IDS)


def test_every_rule_says_where_it_is_proven() -> None:
    assert [rule for rule in (*IDS, "S") if not proofs().get(rule)] == []


def test_what_is_said_to_prove_a_rule_names_it() -> None:
    wrong = [
        f"{rule}: tests/{file}"
        for rule, files in proofs().items()
        for file in files
        if not (ROOT / "tests" / file).is_file() or rule not in named_in(ROOT / "tests" / file)
    ]
    assert wrong == []


def test_no_test_names_a_rule_that_does_not_exist() -> None:
    letters = "".join(COUNTS).replace("T", "")  # the rules about mail on the wire have ids with T of their own
    core = [*(ROOT / "tests" / "core").glob("test_*.py"), *(ROOT / "tests" / "diaries").glob("test_*.py")]
    named = {rule for path in core for rule in named_in(path) if rule[0] in letters and rule[1:].isdigit()}
    assert sorted(named - set(IDS)) == []
