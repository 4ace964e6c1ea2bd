"""The embedded engines start, survive kill -9, keep to themselves, and say in one sentence why they do not start."""

import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from redis import Redis
from sqlalchemy import create_engine, text

from outreach.cli.engines import NO_SUCH_PROCESS, Postgres, Valkey
from outreach.cli.places import Place, prepare_place
from outreach.errors import Failed

AS_ROOT = os.geteuid() == 0


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="outreach-engines-", dir="/tmp"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def place(folder: Path) -> Place:
    return prepare_place(folder / "data")


@pytest.fixture
def postgres(place: Place) -> Iterator[Postgres]:
    engine = Postgres(place, {"fsync": "off"})
    yield engine
    engine.stop()


@pytest.fixture
def valkey(place: Place) -> Iterator[Valkey]:
    engine = Valkey(place)
    yield engine
    engine.stop()


def ask(postgres: Postgres, question: str) -> object:
    engine = create_engine(postgres.url)
    try:
        with engine.begin() as connection:
            result = connection.execute(text(question))
            return result.scalar() if result.returns_rows else None
    finally:
        engine.dispose()


def test_postgres_runs_with_checksums_passwords_and_no_network(postgres: Postgres) -> None:
    postgres.start()
    assert ask(postgres, "SHOW data_checksums") == "on"
    assert ask(postgres, "SHOW listen_addresses") == ""
    assert ask(postgres, "SHOW password_encryption") == "scram-sha-256"
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host=str(postgres.place.sockets), user="outreach", password="wrong", dbname="outreach")


def test_secrets_and_sockets_are_for_the_owner_alone(place: Place, postgres: Postgres, valkey: Valkey) -> None:
    postgres.start()
    valkey.start()
    assert stat.S_IMODE(place.sockets.stat().st_mode) == 0o700
    assert [stat.S_IMODE(file.stat().st_mode) for file in (place.data / "secrets").iterdir()] == [0o600, 0o600]
    assert stat.S_IMODE((place.data / "secrets").stat().st_mode) == 0o700


def test_no_password_is_on_a_command_line(postgres: Postgres, valkey: Valkey) -> None:
    postgres.start()
    valkey.start()
    shown = subprocess.run(["ps", "axww", "-o", "command="], capture_output=True, text=True, check=True).stdout
    assert postgres.password not in shown
    assert valkey.password not in shown


@pytest.mark.skipif(not AS_ROOT and os.environ.get("CI") != "true", reason="only root runs engines as somebody else")
def test_as_root_the_engines_run_as_an_unprivileged_user(place: Place, postgres: Postgres, valkey: Valkey) -> None:
    if not AS_ROOT:
        return
    postgres.start()
    valkey.start()
    assert place.account is not None
    for engine in (postgres, valkey):
        assert engine.process is not None
        assert os.stat(f"/proc/{engine.process.pid}").st_uid == place.account.uid


def test_data_outlives_a_stop_and_a_start(postgres: Postgres, valkey: Valkey) -> None:
    postgres.start()
    valkey.start()
    ask(postgres, "CREATE TABLE kept AS SELECT 42 AS answer")
    with Redis.from_url(valkey.url) as client:
        client.set("kept", "42")
    for engine in (postgres, valkey):
        engine.stop()
        engine.start()
    assert ask(postgres, "SELECT answer FROM kept") == 42
    with Redis.from_url(valkey.url) as client:
        assert client.get("kept") == b"42"


def test_postgres_starts_again_after_kill_9(postgres: Postgres) -> None:
    postgres.start()
    ask(postgres, "CREATE TABLE kept AS SELECT 42 AS answer")
    assert postgres.process is not None
    postgres.process.kill()
    postgres.process.wait()
    deadline = time.monotonic() + 20
    while True:  # its sessions notice within moments that their parent is gone
        try:
            postgres.start()
            break
        except Failed:
            assert time.monotonic() < deadline
    assert ask(postgres, "SELECT answer FROM kept") == 42


def test_a_pid_file_of_a_stranger_does_not_stop_the_start(postgres: Postgres) -> None:
    postgres.start()
    lock = postgres.place.postgres / "postmaster.pid"
    lines = lock.read_text().splitlines()
    assert postgres.process is not None
    postgres.process.kill()
    postgres.process.wait()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        try:
            lock.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
            postgres.prepare()
            assert lock.read_text().startswith(str(NO_SUCH_PROCESS))
            test_postgres_comes_up(postgres)
            assert stranger.poll() is None
        finally:
            stranger.kill()


def test_postgres_comes_up(postgres: Postgres) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            postgres.start()
            break
        except Failed:
            assert time.monotonic() < deadline
    assert ask(postgres, "SELECT 1") == 1


def test_a_server_left_over_from_an_earlier_run_is_ended(place: Place, postgres: Postgres) -> None:
    postgres.start()
    assert postgres.process is not None
    left_over = postgres.process
    successor = Postgres(place, {"fsync": "off"})
    try:
        # Reap the old server in passing, as the system does for orphans.
        import threading

        threading.Thread(target=left_over.wait, daemon=True).start()
        successor.start()
        assert ask(successor, "SELECT 1") == 1
        assert left_over.poll() is not None
    finally:
        successor.stop()


def test_a_start_that_was_cut_short_leaves_nothing_in_the_way(place: Place, postgres: Postgres) -> None:
    unfinished = place.postgres.with_name("postgres.new") / "data"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18")
    postgres.start()
    assert ask(postgres, "SELECT 1") == 1


def test_a_deep_data_folder_still_gets_short_sockets(folder: Path) -> None:
    deep = folder.joinpath(*(["a-rather-long-name-for-a-folder"] * 5))
    place = prepare_place(deep)
    try:
        assert len(os.fsencode(place.sockets)) <= 80
        assert prepare_place(deep).sockets == place.sockets, "the next start finds the same folder"
        engine = Postgres(place, {"fsync": "off"})
        engine.start()
        assert ask(engine, "SELECT 1") == 1
        engine.stop()
    finally:
        shutil.rmtree(place.sockets, ignore_errors=True)


def test_foreign_files_in_the_data_folder_are_left_alone(folder: Path) -> None:
    data = folder / "data"
    data.mkdir(mode=0o755)
    (data / "notes.txt").write_text("mine")
    (data / "engines").mkdir(mode=0o755)
    (data / "engines" / "diagram.svg").write_text("also mine")
    engine = Postgres(prepare_place(data), {"fsync": "off"})
    engine.start()
    engine.stop()
    assert (data / "notes.txt").read_text() == "mine"
    assert (data / "engines" / "diagram.svg").read_text() == "also mine"
    assert stat.S_IMODE(data.stat().st_mode) == 0o755


def test_a_folder_that_holds_something_else_is_not_touched(place: Place, postgres: Postgres) -> None:
    place.postgres.mkdir()
    (place.postgres / "holiday.jpg").write_text("x")
    with pytest.raises(Failed, match="move it away"):
        postgres.start()
    assert (place.postgres / "holiday.jpg").exists()


def test_data_of_another_postgres_is_told_in_one_sentence(postgres: Postgres) -> None:
    postgres.prepare()
    (postgres.place.postgres / "PG_VERSION").write_text("17\n")
    with pytest.raises(Failed, match="made by PostgreSQL 17") as failed:
        postgres.start()
    assert "\n" not in str(failed.value)


def test_a_damaged_cluster_is_told_with_the_engine_s_own_words(postgres: Postgres) -> None:
    postgres.prepare()
    (postgres.place.postgres / "global" / "pg_control").unlink()
    with pytest.raises(Failed, match=r"PostgreSQL did not start: .*could not find the database system") as failed:
        postgres.start()
    assert str(postgres.place.log("postgres")) in str(failed.value)


def test_a_file_instead_of_a_data_folder_is_refused(folder: Path) -> None:
    (folder / "data").write_text("")
    with pytest.raises(Failed, match="OUTREACH_DATA"):
        prepare_place(folder / "data")


def test_valkey_needs_its_password_and_listens_on_no_port(valkey: Valkey) -> None:
    valkey.start()
    with Redis.from_url(valkey.url) as client:
        assert client.config_get("port") == {"port": "0"}
        assert client.config_get("appendonly") == {"appendonly": "yes"}
    with Redis(unix_socket_path=str(valkey.socket)) as stranger, pytest.raises(Exception, match=r"[Aa]uth"):
        stranger.ping()


def test_a_damaged_queue_file_keeps_nobody_from_starting(place: Place, valkey: Valkey) -> None:
    """DESIGN 2: what Valkey holds only wakes workers. A file that it cannot read is set aside, whole, and it begins anew;
    at the start as well as when it is started again while the system runs."""
    for number in (1, 2):
        valkey.start()
        with Redis.from_url(valkey.url) as client:
            client.set("kept", "x" * 2000)
            client.set("more", "y" * 2000)
        valkey.stop()
        file = next((place.valkey / "appendonlydir").glob("*.incr.aof"))
        data = file.read_bytes()
        file.write_bytes(b"\0" * 60 + data[60:])
        if number == 2:  # as the supervisor does it, which does not wait
            valkey.begin()
            assert valkey.process is not None
            valkey.process.wait(20)
        valkey.start()
        with Redis.from_url(valkey.url) as client:
            assert client.get("more") is None
        assert len(list(place.valkey.glob("appendonlydir.damaged-*"))) == number


@pytest.mark.skipif(not AS_ROOT and os.environ.get("CI") != "true", reason="only root needs the passage")
def test_as_root_a_closed_parent_lets_the_engines_user_pass_and_nobody_else(folder: Path) -> None:
    if not AS_ROOT:
        return
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    engine = Postgres(prepare_place(closed / "data"), {"fsync": "off"})
    engine.start()
    engine.stop()
    assert closed.stat().st_mode & stat.S_IRWXO == 0, "the folder stays closed to others"


def test_the_engines_end_when_their_parent_is_killed(folder: Path) -> None:
    script = (
        "import sys, time, pathlib\n"
        "from outreach.cli.engines import *\n"
        "place = prepare_place(pathlib.Path(sys.argv[1]))\n"
        "engines = [Postgres(place), Valkey(place)]\n"
        "[engine.start() for engine in engines]\n"
        "print(*[engine.process.pid for engine in engines], flush=True)\n"
        "time.sleep(60)\n"
    )
    import sys

    with subprocess.Popen(
        [sys.executable, "-c", script, str(folder / "data")], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pids = [int(word) for word in parent.stdout.readline().split()]
        os.kill(parent.pid, signal.SIGKILL)
    deadline = time.monotonic() + 15
    while any(_lives(pid) for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True
