"""Every id of docs/mail.md says where it is proven, and is named there; in tests/mail a bare id is one of these."""

import re
from pathlib import Path

from tests.house.ids import named_in

ROOT = Path(__file__).resolve().parents[2]
COUNTS = {"O": 18, "A": 7, "U": 8, "T": 6, "L": 6, "C": 5, "M": 7, "X": 9}
IDS = [f"{letter}{number}" for letter, count in COUNTS.items() for number in range(1, count + 1)]
ROW = re.compile(r"^\| ([A-Z]\d+) \| (.+) \| ([^|]+) \|$", re.MULTILINE)
ROWS = {
    name: (words, re.findall(r"`([^`]+)`", files))
    for name, words, files in ROW.findall((ROOT / "docs/mail.md").read_text())
}


def test_every_id_has_one_row_with_words_and_proof() -> None:
    assert list(ROWS) == IDS
    assert [name for name, (words, files) in ROWS.items() if len(words) < 20 or not files] == []


def test_what_is_said_to_prove_an_id_names_it() -> None:
    wrong = [
        f"{name}: tests/{file}"
        for name, (_, files) in ROWS.items()
        for file in files
        if not (ROOT / "tests" / file).is_file() or name not in named_in(ROOT / "tests" / file, "MAIL")
    ]
    assert wrong == []


def test_no_test_names_an_id_that_does_not_exist() -> None:
    paths = (ROOT / "tests").rglob("test_*.py")
    wrong = {f"{path.name}: {name}" for path in paths for name in named_in(path, "MAIL") if name not in IDS}
    assert sorted(wrong) == []
