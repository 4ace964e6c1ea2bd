"""Every rule stands in docs/rules.md with its own line, says where it is proven, and is proven there; and the reverse."""

import re
from pathlib import Path

from tests.house import ids
from tests.house.ids import docstrings

ROOT = Path(__file__).resolve().parents[2]
RULES = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
COUNTS = {"D": 11, "W": 11, "T": 3, "X": 10, "O": 10, "V": 8, "P": 7, "M": 8, "L": 7, "K": 4, "F": 6, "B": 6}
IDS = [f"{letter}{number}" for letter, count in COUNTS.items() for number in range(1, count + 1)]
LINE = re.compile(r"^- \*\*([A-Z]\d+)\*\* \S", re.MULTILINE)
ROW = re.compile(r"^\| ([A-Z]\d*) \| (.+) \|$", re.MULTILINE)


def named_in(path: Path) -> frozenset[str]:
    """The rules that a test file names."""
    seen = {"S"} if any(re.search(r"\bS\b(?!\.)", text) for text in docstrings(path)) else set()
    return ids.named_in(path, "RULES") | seen


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


def test_every_test_that_the_documents_name_is_there() -> None:
    named = {
        file
        for page in (ROOT / "docs").rglob("*.md")
        for file in re.findall(r"tests/[\w/]+\.py", page.read_text("utf-8"))
    }
    assert len(named) > 20
    assert sorted(file for file in named if not (ROOT / file).is_file()) == []


def test_no_test_names_a_rule_that_does_not_exist() -> None:
    letters = "".join(COUNTS).replace("T", "")  # the rules about mail on the wire have ids with T of their own
    core = [*(ROOT / "tests" / "core").glob("test_*.py"), *(ROOT / "tests" / "diaries").glob("test_*.py")]
    named = {rule for path in core for rule in named_in(path) if rule[0] in letters and rule[1:].isdigit()}
    assert sorted(named - set(IDS)) == []
