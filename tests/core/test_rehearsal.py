"""`outreach rehearse` as SEQUENCE.md says: the lines, the JSON, the errors, the speed."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from outreach.cli.rehearse import rehearse_main

ROOT = Path(__file__).parents[2]
KEYS = ["at", "local", "kind", "step", "state", "rule", "text"]
ANN = {
    "email": "ann@lead.test",
    "name": "Ann Lead",
    "company": "Lead Ltd",
    "phone": "+12125550123",
    "timezone": "America/New_York",
}


@pytest.fixture
def run(tmp_path, capsys):
    lead = tmp_path / "lead.json"

    def play(name, *arguments, who=ANN):
        lead.write_text(json.dumps(who))
        code = rehearse_main(
            [name, "--lead", str(lead), "--start", "2026-03-04T10:00", "--no-jitter", "--json", *arguments]
        )
        out, err = capsys.readouterr()
        return code, [json.loads(line) for line in out.splitlines()], err

    return play


def test_the_inbound_preset_is_played_to_the_end_and_into_nurture(run):
    """D8, N, M4: 4, 6, 9, 10 and 12 March, the grace, then the educational letters."""
    code, lines, _ = run("inbound-0-2-4-6-8", "--days", "30")
    assert code == 0
    assert all(list(line) == KEYS for line in lines)
    letters = [line["local"][:16] for line in lines if line["kind"] in ("email", "breakup")]
    assert letters == [f"2026-03-{day:02}T10:00" for day in (4, 6, 9, 10, 12)]
    assert [line["kind"] for line in lines][-5:] == ["finish", "hold", *["nurture"] * 3]
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)
    assert lines[5]["at"] == "2026-03-09T14:00:00Z"
    assert lines[5]["local"] == "2026-03-09T10:00:00-04:00"


def test_the_shipped_name_works_too(run):
    assert run("Inbound 0-2-4-6-8")[1] == run("inbound-0-2-4-6-8")[1]


def test_a_reply_stops_it(run):
    """X1."""
    _, lines, _ = run("inbound-0-2-4-6-8", "--event", "2026-03-06T11:00 reply")
    assert (lines[-1]["kind"], lines[-1]["state"], lines[-1]["at"]) == (
        "stop",
        "ended: replied",
        "2026-03-06T16:00:00Z",
    )


def test_open_tasks_change_no_date_of_an_anchored_sequence(run):
    """K1."""
    done = run("inbound-0-2-4-6-8")[1]
    left = run("inbound-0-2-4-6-8", "--tasks", "open")[1]
    assert [line["at"] for line in done] == [line["at"] for line in left]


def test_a_lead_without_a_phone_gets_no_calls(run):
    """P5."""
    _, lines, _ = run("inbound-0-2-4-6-8", who={**ANN, "phone": None})
    assert not [line for line in lines if line["kind"] == "call"]
    assert [line["rule"] for line in lines if line["kind"] == "skip"] == ["P5"] * 5


def test_random_parts_stay_inside_the_window(run):
    """W3."""
    for _ in range(5):
        _, lines, _ = run("persistent-not-a-pest")
        for line in lines:
            assert "09:00" <= line["local"][11:16] < "18:00" or line["step"] == "answer"


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["nothing.yaml"], "no file and no shipped sequence"),
        (["inbound-0-2-4-6-8", "--event", "2026-03-06T11:00 dance"], "no event"),
        (["inbound-0-2-4-6-8", "--event", "soon reply"], "no time"),
        (["inbound-0-2-4-6-8", "--event", "2026-03-06T11:00 call perhaps"], "no outcome"),
        (["inbound-0-2-4-6-8", "--event", "2026-03-06T11:00 timezone Mars"], "no time zone"),
        (["inbound-0-2-4-6-8", "--start", "now"], "no time"),
        (["inbound-0-2-4-6-8", "--lead", "nowhere.json"], "nowhere.json"),
        (["inbound-0-2-4-6-8", "--tasks", "half"], "--tasks"),
    ],
)
def test_a_fault_is_one_sentence_on_standard_error(capsys, arguments, part):
    assert rehearse_main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert part in err
    assert "Traceback" not in err


def test_a_fault_in_a_document_names_its_line(tmp_path, capsys):
    bad = tmp_path / "bad.yaml"
    bad.write_text("outreach: 1\nname: X\nsteps:\n  - {id: a, email: {template: x}, after: 2 weeks}\n")
    assert rehearse_main([str(bad)]) == 2
    assert f"{bad}:4:" in capsys.readouterr().err


def test_ninety_days_take_a_moment(run):
    begun = time.perf_counter()
    run("inbound-0-2-4-6-8", "--days", "90")
    assert time.perf_counter() - begun < 1.5


def test_it_runs_without_settings_database_or_network(tmp_path):
    command = [
        sys.executable,
        "-c",
        "from outreach.cli import main; main()",
        "rehearse",
        "educational",
        "--json",
        "--days",
        "9",
    ]
    done = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout.splitlines()[0])["step"] == "educational-01"
    assert list(tmp_path.iterdir()) == []
