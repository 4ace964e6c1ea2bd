"""The console script finds the running system, and tells every error in one sentence with the right exit code."""

import json
import re
import subprocess
from datetime import datetime, timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from outreach.cli.commands import parse_duration
from outreach.errors import Refused

CY = [
    "cy: A one-time link to set a password was made.",
    "cy: The second factor was taken away, and every browser signed out.",
]


def test_commands_without_a_running_system_say_how_to_start_it(starts: Any) -> None:
    system = starts(wait=False, OUTREACH_PORT="web")
    system.process.wait(20)
    system.environment.pop("OUTREACH_PORT")
    told = system.command("clock", "show")
    assert told.returncode == 1
    assert re.fullmatch(r"outreach: Nothing runs on \S+: start it with make run .*\n", told.stderr)


@pytest.fixture
def run(running_system: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command against the running system inside this process (a process of its own costs seconds)."""
    from click.testing import CliRunner

    from outreach.cli.commands import outreach

    for name, value in running_system.environment.items():
        monkeypatch.setenv(name, value)

    def run(*words: str, text: str = "") -> Any:
        return CliRunner().invoke(outreach, words, input=text)

    return run


def test_doctor_says_that_all_is_well(running_system: Any) -> None:
    told = running_system.command("doctor")
    assert told.returncode == 0, told.stdout
    assert {line.split()[0] for line in told.stdout.splitlines()} <= {"ok", "warning"}
    for word in (
        "database",
        "queue",
        "urgent",
        "clock",
        "local mail server",
        "reply server",
        "mailbox",
        "postal address",
        "disk",
    ):
        assert word in told.stdout


def test_presets_are_there(run: Any) -> None:
    assert "contact" in run("form", "list").stdout
    assert "inbound-0-2-4-6-8" in run("sequence", "list").stdout


def test_a_user_is_added_with_a_password_from_standard_input(running_system: Any) -> None:
    add = ["user", "add", "bo@outreach.test", "--name", "Bo", "--role", "rep", "--password-stdin"]
    told = running_system.command(*add, text="correct horse battery\n")
    assert told.returncode == 0, told.stderr
    again = running_system.command(*add, text="correct horse battery\n")
    assert again.returncode == 2
    assert again.stderr.startswith("outreach: There is a user bo@outreach.test already")
    assert "correct horse" not in told.stdout + told.stderr


def test_the_operator_helps_whoever_lost_password_or_phone(running_system: Any, run: Any) -> None:
    """A link for a new password; and the second factor taken away, of which the user is told by mail."""
    from sqlalchemy import create_engine, text

    run("user", "add", "cy@outreach.test", "--password-stdin", text="correct horse battery\n")
    assert "/claim/" in run("user", "link", "CY@outreach.test").stdout
    assert "No user signs in with" in run("user", "link", "nobody@outreach.test").stderr
    none = run("user", "reset-second-factor", "cy@outreach.test")
    assert (none.exit_code, none.stderr) == (2, "outreach: cy has no second factor.\n")
    engine = create_engine(
        running_system.run_json()["settings"]["DATABASE_URL"].replace("postgresql:", "postgresql+psycopg:")
    )
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO second_factors (user_id, secret) SELECT id, 'x' FROM users WHERE name = 'cy'")
        )
    assert re.search(r"^cy@outreach.test +cy +rep +active +on$", run("user", "list").stdout, re.MULTILINE)
    assert "signed out everywhere" in run("user", "reset-second-factor", "cy@outreach.test").stdout
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM second_factors")) == 0
        told = connection.scalars(
            text("SELECT text FROM events WHERE kind = 'security' AND text LIKE 'cy:%' ORDER BY id")
        ).all()
        letters = connection.scalar(text("SELECT count(*) FROM messages WHERE to_address = 'cy@outreach.test'"))
    engine.dispose()
    assert (told, letters) == (CY, 2)


def test_the_secret_key_is_not_changed_under_a_running_system(running_system: Any, run: Any) -> None:
    refused = run("secret", "rotate")
    assert refused.exit_code == 2
    assert refused.stderr.startswith("outreach: Stop the system on ")
    assert re.fullmatch(r"0 of \d+ stored secrets were sealed anew\.\n", run("secret", "reseal").stdout)


def test_a_token_is_listed_and_ended(running_system: Any, run: Any) -> None:
    secret = run("token", "create", "shop").stdout.strip()
    request = Request(running_system.url + "/api/v1/forms", headers={"Authorization": f"Bearer {secret}"})
    with urlopen(request, timeout=10) as answer:
        assert answer.status == 200
    listed = run("token", "list").stdout
    assert re.search(r"^shop +\d{4}-\d\d-\d\d \d\d:\d\d +\d{4}-", listed, re.MULTILINE)
    assert secret not in listed
    assert "opens nothing any more" in run("token", "revoke", "shop").stdout
    with pytest.raises(HTTPError, match="401"):
        urlopen(request, timeout=10)
    assert run("token", "revoke", "shop").exit_code == 2


def test_a_token_is_shown_once(run: Any) -> None:
    told = run("token", "create", "crm")
    assert told.exit_code == 0, told.stderr
    assert len(told.stdout.strip()) > 20
    assert run("token", "create", "crm").exit_code == 2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["why", "nobody@lead.test"], "There is no lead with the address nobody@lead.test"),
        (["enrol", "no-such-sequence", "nobody@lead.test"], "There is no sequence"),
        (["clock", "advance", "soon"], "'soon' is no length of time"),
        (["user", "add", "x", "--role", "rep"], "'x' is no e-mail address"),
        (["user", "add", "x@y.test", "--role", "king"], "'king' is no role"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(run: Any, words: list[str], sentence: str) -> None:
    told = run(*words)
    assert told.exit_code == 2
    assert sentence in told.stderr
    assert len(told.stderr.strip().splitlines()) == 1


def post(system: Any, email: str) -> None:
    answers = {"name": "Pat Lee", "email": email, "topic": "quote", "message": "Hello", "consent": True}
    request = Request(
        system.url + "/f/contact", json.dumps(answers).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    with urlopen(request, timeout=10) as answer:
        assert answer.status == 201


def test_why_tells_state_steps_and_decisions(running_system: Any, run: Any) -> None:
    post(running_system, "why@lead.test")
    told = json.loads(run("why", "why@lead.test", "--json").stdout)
    assert told["lead"]["email"] == "why@lead.test"
    assert told["enrolments"][0]["sequence"] == "Inbound 0-2-4-6-8"
    assert {"state", "last_step", "next_step", "next_at", "reason"} <= set(told["enrolments"][0])
    assert told["decisions"]
    lines = run("why", "why@lead.test").stdout
    assert "Inbound 0-2-4-6-8 (version 1)" in lines
    assert "decisions so far:" in lines


def test_the_clock_goes_forward_over_everything_that_falls_due(running_system: Any, run: Any) -> None:
    post(running_system, "clock@lead.test")
    before = datetime.fromisoformat(run("clock", "show").stdout.split()[0])
    told = running_system.command("clock", "advance", "3d")
    assert told.returncode == 0, told.stderr
    after = datetime.fromisoformat(told.stdout.split()[-1])
    assert timedelta(days=3) <= after - before < timedelta(days=3, minutes=3)
    decisions = json.loads(run("why", "clock@lead.test", "--json").stdout)["decisions"]
    sent = [decision["at"] for decision in decisions if decision["text"].startswith("Sent")]
    assert len(sent) >= 2, "the instant answer and the letter of day 2"
    assert all(datetime.fromisoformat(at) < after for at in sent)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("2d", timedelta(days=2)),
        ("3h", timedelta(hours=3)),
        ("10m", timedelta(minutes=10)),
        ("1d12h", timedelta(days=1.5)),
    ],
)
def test_lengths_of_time(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize("text", ["", "2", "d", "2 d", "-1d", "0m", "2w", "99999d", "2d!"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        parse_duration(text)


def test_help_of_every_command_is_quick_and_plain() -> None:
    import sys

    program = [sys.executable, "-c", "from outreach.cli import main; main()"]
    told = subprocess.run([*program, "--help"], capture_output=True, text=True, check=True).stdout
    for command in ("up", "migrate", "user", "token", "form", "sequence", "enrol", "why", "clock", "doctor"):
        assert re.search(rf"^  {command} ", told, re.M), command
