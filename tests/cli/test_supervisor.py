"""`outreach up` starts everything, restarts what ends, and leaves nothing behind, however it is stopped."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from outreach.heartbeat import alive
from outreach.queue import connect


def processes_of(data: Path) -> set[int]:
    """Every process that still works for this data folder (found by its environment or command line)."""
    found = set()
    for folder in Path("/proc").iterdir() if Path("/proc/self").exists() else ():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                words = (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()
                state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if os.fsencode(data) in words and state != "Z":
                found.add(int(folder.name))
    return found


def until(true: Any, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def healthy(system: Any) -> bool:
    try:
        return bool(system.get("/healthz")[0] == 200)
    except OSError:
        return False


def test_a_signal_stops_everything_within_30_seconds(starts: Any) -> None:
    data = None
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        system = starts(data=data)
        data = system.data
        assert len(processes_of(system.data)) > 8
        began = time.monotonic()
        assert system.stop(number) == 0
        assert time.monotonic() - began < 30
        assert processes_of(system.data) == set()
        assert not (system.data / "run.json").exists()


def test_a_signal_to_the_whole_group_stops_everything(starts: Any) -> None:
    system = starts()
    os.killpg(system.process.pid, signal.SIGINT)
    assert system.process.wait(30) == 0
    assert processes_of(system.data) == set()


def test_kill_9_of_the_parent_leaves_no_child(starts: Any) -> None:
    system = starts()
    system.process.kill()
    system.process.wait()
    until(lambda: processes_of(system.data) == set(), 25)


def test_the_start_right_after_kill_9_waits_for_what_is_left_and_works(starts: Any) -> None:
    system = starts()
    system.process.kill()
    system.process.wait()
    assert healthy(starts(data=system.data))


def test_whatever_is_killed_comes_back(starts: Any) -> None:
    system = starts()
    victims = set(_children(system.process.pid))
    assert len(victims) >= 9, "seven processes and two engines"
    for victim in victims:
        os.kill(victim, signal.SIGKILL)
    until(lambda: len(set(_children(system.process.pid)) - victims) >= 9)
    until(lambda: healthy(system))
    assert system.process.poll() is None


def test_a_frozen_engine_is_told_by_healthz(starts: Any) -> None:
    system = starts()
    valkey = _pid_of(system.data, "valkey-server")
    os.kill(valkey, signal.SIGSTOP)
    try:
        until(lambda: system.get("/healthz")[0] == 503)
        assert "queue does not answer" in system.get("/healthz")[1]
    finally:
        os.kill(valkey, signal.SIGCONT)
    until(lambda: healthy(system))


def test_a_second_up_on_one_data_folder_is_refused_in_one_sentence(starts: Any) -> None:
    system = starts()
    second = starts(wait=False, data=system.data)
    # Both write to the same file; the second one's words come last.
    assert second.process.wait(20) == 1
    assert f"(process {system.process.pid})" in second.said()
    assert healthy(system)


def test_a_taken_port_is_refused_in_one_sentence_and_leaves_nothing_running(starts: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        system = starts(wait=False, OUTREACH_PORT=str(port))
        assert system.process.wait(30) == 1
    assert system.said().strip() == (
        f"outreach: 127.0.0.1:{port} is taken by another program; stop that one, or set OUTREACH_PORT={port + 1}."
    )
    assert processes_of(system.data) == set()


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("OUTREACH_PORT", "web", "OUTREACH_PORT is 'web'"),
        ("OUTREACH_LISTEN", "192.0.2.1", "set OUTREACH_LISTEN to an address of this machine"),
        ("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none", "check DATABASE_URL"),
        ("INBOUND_SMTP_LISTEN", "nowhere", "INBOUND_SMTP_LISTEN is 'nowhere'"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(starts: Any, variable: str, value: str, words: str) -> None:
    system = starts(wait=False, **{variable: value})
    assert system.process.wait(40) == 1
    assert words in system.said()
    assert len(system.said().strip().splitlines()) == 1
    assert processes_of(system.data) == set()


def test_a_newer_schema_is_refused_in_one_sentence(starts: Any) -> None:
    system = starts()
    url = system.run_json()["settings"]["DATABASE_URL"]
    from sqlalchemy import create_engine, text

    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    system.stop()
    again = starts(wait=False, data=system.data)
    assert again.process.wait(40) == 1
    assert "newer release" in again.said()
    assert processes_of(system.data) == set()


def test_two_systems_run_side_by_side(starts: Any) -> None:
    one, two = starts(), starts()
    assert healthy(one)
    assert healthy(two)
    assert one.run_json()["settings"]["REDIS_URL"] != two.run_json()["settings"]["REDIS_URL"]


def test_what_up_writes_for_other_commands_is_for_its_owner_alone(running_system: Any) -> None:
    path = running_system.data / "run.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text())["pid"] == running_system.process.pid


def test_a_start_leaves_the_mark_by_which_a_restored_backup_is_known(running_system: Any) -> None:
    """RELIABILITY 4, fault 37: beside the database's own; for its owner alone."""
    mark = running_system.data / "mark.json"
    assert json.loads(mark.read_text())["mark"] >= 1
    assert mark.stat().st_mode & 0o077 == 0
    assert mark.stat().st_ino == json.loads(mark.read_text())["file"]


def test_up_prints_the_address_and_a_link_to_claim_it_once(running_system: Any) -> None:
    said = running_system.said()
    assert running_system.url in said
    assert f"  {running_system.url}/claim/" in said


def test_work_that_has_time_stands_back_for_those_who_wait(running_system: Any) -> None:
    """L2: when the processors are short, forms, answers and replies go before sequences, newsletters and reports."""
    redis = connect(running_system.run_json()["settings"]["REDIS_URL"])
    standing = {sign.role: os.getpriority(os.PRIO_PROCESS, sign.pid) for sign in alive(redis)}
    own = standing["web"]
    assert {standing[role] for role in ("urgent", "inbound", "postman", "clock")} == {own}
    assert own < standing["outbound"] < standing["housekeeping"]


def test_up_stops_when_the_process_that_it_follows_is_gone(starts: Any) -> None:
    import tempfile

    with tempfile.TemporaryDirectory(prefix="outreach-follow-", dir="/tmp") as data:
        system = starts(wait=False, OUTREACH_PORT="web")
        environment = {**system.environment, "OUTREACH_DATA": data + "/data"}
        environment["OUTREACH_PORT"] = system.url.rpartition(":")[2]
        script = "import subprocess, sys; subprocess.run(sys.argv[1:], check=False)"
        up = [sys.executable, "-c", "from outreach.cli import main; main()", "up", "--follow-parent"]
        with subprocess.Popen(
            [sys.executable, "-c", script, *up], env=environment, stdout=subprocess.DEVNULL
        ) as parent:
            system.url = f"http://127.0.0.1:{environment['OUTREACH_PORT']}"
            until(lambda: healthy(system), 60)
            parent.kill()
        until(lambda: processes_of(Path(data) / "data") == set(), 30)


def _children(pid: int) -> list[int]:
    shown = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in shown.splitlines()]
    return [int(row[0]) for row in rows if int(row[1]) == pid and not row[2].startswith("Z")]


def _pid_of(data: Path, word: str) -> int:
    for pid in processes_of(data):
        if word in Path(f"/proc/{pid}/cmdline").read_text():
            return pid
    raise AssertionError(f"no {word} runs")
