"""`outreach rehearse` as SEQUENCE.md says: the lines, the JSON, the errors, the speed."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from outreach.cli.rehearse import Shipped, facts_of, rehearse_main
from outreach.core import rehearsal

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


STEPS = """outreach: 1
name: Five letters
anchor: {anchor}
steps:
  - {{id: s0, email: {{subject: A, body: x}}, after: 0 days}}
  - {{id: s1, email: {{subject: A, body: x}}, after: 2 days}}
  - {{id: s2, email: {{subject: A, body: x}}, after: {2}}}
  - {{id: s3, email: {{subject: A, body: x}}, after: {3}}}
  - {{id: s4, email: {{subject: A, body: x}}, after: {4}}}
"""


@pytest.fixture
def five(tmp_path):
    def write(anchor):
        days = ("2 days",) * 5 if anchor == "previous_step" else ("", "", "4 days", "6 days", "8 days")
        path = tmp_path / f"{anchor}.yaml"
        path.write_text(STEPS.format(*days, anchor=anchor))
        return str(path)

    return write


@pytest.mark.parametrize(
    ("anchor", "events", "days"),
    [
        ("enrolment", [], [4, 6, 9, 10, 12]),
        ("previous_step", [], [4, 6, 9, 11, 13]),
        ("previous_step", ["2026-03-05T10:00 pause", "2026-03-16T10:00 resume"], [4, 17, 19, 23, 25]),
        ("enrolment", ["2026-03-05T10:00 pause", "2026-03-16T10:00 resume"], [4, 17, 19, 23, 24]),
        ("previous_step", ["2026-03-05T10:00 skip"], [4, 9, 11, 13]),
        ("previous_step", ["2026-03-05T10:00 out_of_office none"], [4, 13, 16, 18, 20]),
        ("previous_step", ["2026-03-05T10:00 out_of_office 2026-03-01"], [4, 13, 16, 18, 20]),
        ("previous_step", ["2026-03-05T10:00 out_of_office 2026-07-01"], [4, 13, 16, 18, 20]),
        ("previous_step", ["2026-03-05T10:00 out_of_office 2026-03-05"], [4, 6, 9, 11, 13]),
        ("previous_step", ["2026-03-05T10:00 bounce hard"], [4]),
        ("enrolment", ["2026-03-05T10:00 out_of_office 2026-03-20"], [4, 23, 24, 25, 26]),
    ],
)
def test_each_event_moves_the_letters_as_the_rules_say(run, five, anchor, events, days):
    """D6, D8, D9, F2, O3, O4, O5, P1, P5, on days of March 2026."""
    arguments = [part for event in events for part in ("--event", event)]
    code, lines, _ = run(five(anchor), *arguments)
    assert code == 0
    assert [int(line["local"][8:10]) for line in lines if line["kind"] == "email"] == days


def test_a_new_time_zone_plans_what_was_not_sent_again(run, five):
    """W7: sent at 10:00 in New York is 16:00 in Berlin, and so are the letters after the move."""
    _, lines, _ = run(five("previous_step"), "--event", "2026-03-05T10:00 timezone Europe/Berlin")
    assert [line["local"][11:16] for line in lines if line["kind"] == "email"] == ["10:00", *["16:00"] * 4]
    assert lines[1]["local"].endswith("+01:00")


def test_a_call_outcome_never_closes_a_task_of_another_kind(run, tmp_path):
    """K1: the social touch blocks; what comes of a call beside it moves nothing."""
    path = tmp_path / "social.yaml"
    path.write_text(
        "outreach: 1\nname: Social\nsteps:\n  - {id: call, call: hello, after: 0 days, block: false}\n"
        "  - {id: post, social: hello, after: 0 days}\n  - {id: mail, email: {subject: A, body: x}, after: 1 hour}\n"
    )
    arguments = ("--tasks", "open", "--event", "2026-03-04T11:00 call no_answer")
    kinds = [(line["kind"], line["local"][8:13]) for line in run(str(path), *arguments)[1]]
    assert kinds[:4] == [("call", "04T10"), ("social", "04T10"), ("skip", "05T10"), ("email", "05T11")]


def test_an_event_outside_of_the_rehearsal_is_told_and_changes_nothing(run, five):
    plain = run(five("enrolment"))[1]
    code, lines, err = run(five("enrolment"), "--event", "2026-03-01T10:00 reply")
    assert (code, lines) == (0, plain)
    assert "'2026-03-01T10:00 reply' lies outside" in err


def test_a_reader_that_stops_reading_is_no_fault(tmp_path):
    command = f"{sys.executable} -c 'from outreach.cli import main; main()' rehearse educational --days 900 | head -1"
    done = subprocess.run(
        ["sh", "-c", command], env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_ninety_days_take_less_than_two_hundred_milliseconds_of_the_engine():
    """The engine alone, with its holidays at hand."""
    shipped = Shipped()
    sequence = shipped["Inbound 0-2-4-6-8"]
    facts = facts_of({"email": "a@b.de", "name": "A", "country": "DE", "phone": "+49301234567"}, {})
    start = rehearsal.read_time("2026-03-04T10:00", facts.zone)
    rehearsal.rehearse(sequence, facts, start, days=90, programmes=shipped)
    begun = time.process_time()
    assert len(rehearsal.rehearse(sequence, facts, start, days=90, programmes=shipped)) > 14
    assert time.process_time() - begun < 0.2
