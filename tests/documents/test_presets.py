"""The sequences that we ship are read without a fault, and are what MISSION.md tells."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from outreach.cli.rehearse import rehearse_main
from outreach.core.sequences import Kind
from outreach.documents import read, warnings, write

FOLDER = Path(__file__).parents[2] / "templates" / "sequences"
FILES = sorted(FOLDER.glob("*.yaml"))


def preset(name):
    path = FOLDER / f"{name}.yaml"
    return read(path.read_text(), path.name)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_shipped_sequence_is_read_and_written_back_the_same(path):
    sequence = read(path.read_text(), path.name)
    text = write(sequence)
    assert read(text, path.name) == sequence
    assert write(read(text, path.name)) == text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_shipped_sequence_has_nothing_to_remark(path):
    found = warnings(read(path.read_text(), path.name))
    assert found == []


def test_the_inbound_preset_keeps_the_limits_of_the_defaults():
    """Defaults: at most six calls, two voicemails, five e-mails."""
    steps = list(preset("inbound-0-2-4-6-8").every_step())
    assert sum(step.kind is Kind.CALL for step in steps) <= 6
    assert sum(step.is_mail for step in steps) == 5
    assert [step.delay.amount for step in steps if step.is_mail] == [0, 2, 4, 6, 8]


def test_another_preset_makes_twelve_call_attempts():
    """Defaults: another preset makes twelve call attempts at varied hours."""
    calls = [step for step in preset("persistent-not-a-pest").every_step() if step.kind is Kind.CALL]
    assert len(calls) == 12
    assert sum(step.at == "vary" for step in calls) == 10


def test_the_educational_programme_is_nurture_with_twelve_letters():
    sequence = preset("educational")
    assert sequence.klass == "nurture"
    assert [step.mail.variants[0].template for step in sequence.steps] == [f"educational-{n:02}" for n in range(1, 13)]


@pytest.mark.parametrize("path", [each for each in FILES if each.stem != "educational"], ids=lambda path: path.stem)
def test_silence_in_every_shipped_sequence_ends_in_the_educational_programme(path, tmp_path, capsys):
    """N: finished without reply = in nurture; M4 keeps the first educational letter away from the last sales letter."""
    assert rehearse_main([path.stem, "--no-jitter", "--json", "--days", "150"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    kinds = [line["kind"] for line in lines]
    assert kinds.count("finish") == 1
    assert kinds.index("finish") < kinds.index("nurture")
    assert [line["step"] for line in lines if line["kind"] == "nurture"][:3] == [
        f"educational-{n:02}" for n in (1, 2, 3)
    ]


def test_twelve_calls_come_at_varied_hours_and_weekdays(capsys):
    """W11."""
    rehearse_main(["persistent-not-a-pest", "--json", "--days", "60"])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    calls = [datetime.fromisoformat(line["local"]) for line in lines if line["kind"] == "call"]
    assert len(calls) == 12
    assert len({call.weekday() for call in calls}) >= 4
    assert len({call.hour for call in calls}) >= 4
