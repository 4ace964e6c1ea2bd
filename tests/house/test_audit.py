"""`make audit` never says "none" where nothing was looked up (RELIABILITY 5.2, item 26)."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tools import audit

ROOT = Path(__file__).resolve().parents[2]
HOLE = {"id": "PYSEC-2014-8", "fix_versions": ["2.7.3"], "aliases": ["CVE-2014-0012"], "description": "..."}
SAMPLE = [{"name": "jinja2", "version": "2.4.1", "vulns": [HOLE]}]
CLEAN = [{"name": "flask", "version": "3.1.3", "vulns": []}, {"name": "rq", "version": "3.0.0", "vulns": []}]


def program(folder: Path, told: str, exit_code: int = 0) -> Path:
    """Something that says this whatever it is asked, and keeps what it was asked."""
    path = folder / "pip-audit"
    path.write_text(
        f"#!{sys.executable}\n"
        "import pathlib, sys\n"
        f"asked = pathlib.Path(sys.argv[sys.argv.index('-r') + 1]).read_text()\n"
        f"pathlib.Path({str(folder)!r}, 'asked').open('a').write(asked + '--\\n')\n"
        f"print({told!r})\n"
        f"sys.stderr.write('ConnectionError: nobody there')\n"
        f"sys.exit({exit_code})\n"
    )
    path.chmod(0o755)
    return path


def test_every_pinned_package_is_asked_about_with_every_version() -> None:
    locks = sorted((ROOT / "requirements").glob("*.txt"))
    pinned = audit.pins(locks)
    lines = {line.split()[0] for lock in locks for line in lock.read_text().splitlines() if "==" in line[:80]}
    assert sum(map(len, pinned.values())) == len({line.lower().replace("[binary]", "") for line in lines})
    assert {"flask", "pyotp", "pytest", "pip-audit", "setuptools"} <= set(pinned)


def test_a_package_with_two_versions_is_asked_about_twice(tmp_path: Path) -> None:
    told = json.dumps({"dependencies": CLEAN[:1], "fixes": []})
    report = audit.look_up({"rq": ["3.0.0"], "scipy": ["1.17.0", "1.18.1"]}, program(tmp_path, told), ["-s", "osv"])
    assert (tmp_path / "asked").read_text() == "rq==3.0.0\nscipy==1.17.0\n--\nscipy==1.18.1\n--\n"
    assert len(report) == 2


def test_a_hole_is_told_with_its_names_and_what_mends_it() -> None:
    told = [*CLEAN, {"name": "jinja2", "version": "2.7", "vulns": [HOLE]}]
    assert audit.judged(told, SAMPLE, 3) == ["jinja2 2.7: PYSEC-2014-8 (CVE-2014-0012), mended in 2.7.3"]
    assert audit.judged(CLEAN, SAMPLE, 2) == []


@pytest.mark.parametrize(
    ("told", "sample", "words"),
    [
        ([{"name": "flask", "skip_reason": "not found"}, CLEAN[1]], SAMPLE, "does not know 1 of 2 packages: flask"),
        (CLEAN[:1], SAMPLE, "told of 1 packages, not of all 2"),
        (CLEAN, [{"name": "jinja2", "version": "2.4.1", "vulns": []}], "has no list of holes"),
        (CLEAN, [{"name": "jinja2", "skip_reason": "not found"}], "has no list of holes"),
    ],
    ids=["a package is skipped", "a package is missing", "no hole of an old release", "an old release is not known"],
)
def test_an_answer_that_cannot_be_relied_on_is_none(told: Any, sample: Any, words: str) -> None:
    with pytest.raises(audit.NotLookedUp, match=words):
        audit.judged(told, sample, 2)


def test_a_service_that_does_not_answer_is_told_and_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program(tmp_path, "", 1)
    monkeypatch.setattr(audit, "tools", lambda: tmp_path)
    assert audit.audit() == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("make audit: nothing was looked up. ")
    assert "nobody there" in told.err


def test_neither_tests_nor_checks_ask_a_service() -> None:
    """A newcomer's machine and CI may be without a network."""
    for name in (".ci/run", "tools/check.py", "tools/setup.sh"):
        assert "audit" not in (ROOT / name).read_text()
