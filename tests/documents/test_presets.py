"""The sequences that we ship are read without a fault, and are what MISSION.md tells."""

from pathlib import Path

import pytest

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
