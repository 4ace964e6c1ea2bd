"""Sequences as text on the command line: check needs no database; export and import are each other's reverse."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from outreach import documents
from outreach.cli import sequences as texts
from outreach.cli.commands import outreach
from outreach.core import editing
from outreach.errors import Refused
from outreach.store.mailboxes import Mailbox
from outreach.store.sequences import SequenceRow
from tests.conftest import OUTREACH
from tests.journeys.people import START, three_letters

PRESETS = sorted(Path("templates/sequences").glob("*.yaml"))


def test_check_reads_the_shipped_documents_without_any_database(tmp_path: Path) -> None:
    told = subprocess.run(
        [*OUTREACH, "sequence", "check", *map(str, PRESETS)],
        capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", "OUTREACH_DATA": str(tmp_path)}, check=False,
    )  # fmt: skip
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.count(": ok, ") == len(PRESETS)
    assert list(tmp_path.iterdir()) == []


def test_check_names_file_line_and_remedy_of_each_fault(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("outreach: 1\nname: X\nsteps:\n  - {id: a, email: {subject: Hi, body: Hi}, after: 2 moons}\n")
    told = CliRunner().invoke(outreach, ["sequence", "check", str(wrong), str(tmp_path / "none.yaml"), str(PRESETS[0])])
    assert told.exit_code == 2
    assert f"{wrong}:4:" in told.stderr
    assert "cannot be read" in told.stderr
    assert f"{PRESETS[0]}: ok" in told.stdout, "the others are still read"


def test_what_is_exported_is_imported_as_no_change(session: Any, house: Any, tmp_path: Path) -> None:
    path = tmp_path / "cadence.yaml"
    path.write_text(documents.write(three_letters()))
    assert texts.imported(session, house, str(path), START, publishing=True) == [
        "Cadence is a new draft.",
        "Cadence: version 1 is live. Those inside finish their version.",
    ]
    out = texts.exported(session, "cadence", draft=False)
    assert out == path.read_text()
    assert texts.imported(session, house, str(path), START, publishing=True) == ["Cadence is like this already."]
    path.write_text(documents.write(editing.remove(three_letters(), "two")))
    assert texts.imported(session, house, str(path), START, publishing=False) == ["Cadence: E-mail “two” is taken out."]
    assert texts.exported(session, "Cadence", draft=False) == out
    assert "id: two" not in texts.exported(session, "Cadence", draft=True)
    assert session.query(SequenceRow).count() == 1


def test_nothing_goes_live_that_would_write_without_a_postal_address(session: Any, house: Any, tmp_path: Path) -> None:
    """MAIL C1."""
    path = tmp_path / "cadence.yaml"
    path.write_text(documents.write(three_letters()))
    session.add(Mailbox(address="hello@lumen-roofs.com", created_at=START, smtp_secret=b"sealed"))
    session.flush()
    assert texts.imported(session, house, str(path), START, publishing=False) == ["Cadence is a new draft."]
    with pytest.raises(Refused, match="postal address"):
        texts.imported(session, house, str(path), START, publishing=True)


@pytest.mark.parametrize("words", [["export", "No such"], ["import", "/no/such/file.yaml"]])
def test_bad_input_is_exit_code_two(running_system: Any, words: list[str]) -> None:
    told = running_system.command("sequence", *words)
    assert told.returncode == 2
    assert told.stderr.startswith("outreach: ")
