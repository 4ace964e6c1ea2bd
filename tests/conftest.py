"""What tests stand on: real engines (one server for the run, a database per process), a house, a system, a browser."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

SERVER = "OUTREACH_TEST_DATABASE_SERVER"
REDIS = "OUTREACH_TEST_REDIS"
SETTINGS = [
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "OLD_SECRET_KEYS",
    "BASE_URL",
    "OUTREACH_DATA",
    "OUTREACH_PORT",
    "OUTREACH_LISTEN",
    "SMTP_URL",
    "IMAP_URL",
    "INBOUND_SMTP_LISTEN",
    "MAIL_FROM",
    "REPLY_DOMAIN",
    "OUTREACH_MOVABLE_CLOCK",
    "OUTREACH_LOCAL_SMTP",
    "AUTHSERV_ID",
    "INBOUND_LMTP_LISTEN",
    "INBOUND_TLS_CERT",
    "INBOUND_TLS_KEY",
    "SENSE_URL",
    "SENSE_KEY",
    "SENSE_MODEL",
    "SENSE_SECONDS",
]
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MACOS_CHROMIUMS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
IN_CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")
TEST_SERVER_OPTIONS = {"fsync": "off", "full_page_writes": "off", "max_connections": "200"}


# ---- every letter ---------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _every_letter_is_clean() -> Iterator[None]:
    """A letter with a wrong byte fails the test that sent it, whatever else the test looks at."""
    from tests import judge

    with judge.verdict():
        yield


# ---- one server for the run ----------------------------------------------------------------------------------------


class _Engines:
    """The engines of this test run, started at the first need."""

    def __init__(self) -> None:
        self.running: list[Any] = []
        self.folder: Path | None = None

    def start(self) -> None:
        if os.environ.get(SERVER):
            return
        from outreach.cli.engines import Postgres, Valkey, temporary_place

        place = temporary_place("outreach-test-")
        self.folder = place.data
        postgres, valkey = Postgres(place, TEST_SERVER_OPTIONS), Valkey(place)
        self.running = [postgres, valkey]
        for engine in self.running:
            engine.start()
        os.environ[SERVER] = postgres.url_of("postgres")
        os.environ[REDIS] = valkey.url

    def stop(self) -> None:
        for engine in self.running:
            engine.stop()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)
            os.environ.pop(SERVER, None)
            os.environ.pop(REDIS, None)
        self.running, self.folder = [], None


_engines = _Engines()


def pytest_configure(config: pytest.Config) -> None:
    for name in SETTINGS:
        os.environ.pop(name, None)
    if not hasattr(config, "workerinput") and getattr(config.option, "numprocesses", None):
        _engines.start()


def pytest_unconfigure(config: pytest.Config) -> None:
    _engines.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "running_system" in fixtures or "starts" in fixtures:
            item.add_marker(pytest.mark.xdist_group("running system"))
            item.add_marker(pytest.mark.whole_system)
        if "browser" in fixtures:
            item.add_marker(pytest.mark.browser)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if not hasattr(report, "wasxfail")]
    if IN_CI and skipped:
        terminalreporter.section("skipped, which CI does not allow")
        for report in skipped:
            terminalreporter.line(f"{report.nodeid}: {report.longrepr}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    if IN_CI and reporter and reporter.stats.get("skipped") and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


# ---- database and queue --------------------------------------------------------------------------------------------


def _worker() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="session")
def server_url() -> str:
    """The maintenance database of the run's PostgreSQL."""
    _engines.start()
    return os.environ[SERVER]


@pytest.fixture(scope="session")
def new_database(server_url: str) -> Iterator[Any]:
    """A function that makes an empty database and returns its URL."""
    from sqlalchemy import create_engine, make_url, text

    server = create_engine(server_url, isolation_level="AUTOCOMMIT")
    made: list[str] = []

    def make(name: str) -> str:
        name = f"{name}_{_worker()}_{len(made)}"
        with server.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        made.append(name)
        return make_url(server_url).set(database=name).render_as_string(hide_password=False)

    yield make
    with server.connect() as connection:
        for name in made:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    server.dispose()


@pytest.fixture(scope="session")
def database_url(new_database: Any) -> str:
    """A migrated database of this test process."""
    from outreach.store import migrate

    url: str = new_database("test")
    migrate.upgrade(url)
    return url


@pytest.fixture(scope="session")
def redis_url(server_url: str) -> str:
    """A Valkey database of this test process, waited for on a busy machine: the product gives up after 0.2 s."""
    digits = "".join(character for character in _worker() if character.isdigit())
    return os.environ[REDIS].replace("db=0", f"db={1 + int(digits or 0) % 15}&socket_timeout=30")


@pytest.fixture(scope="session")
def settings(database_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Settings of a house for tests: own database, movable clock, local mail."""
    from outreach.config import Settings

    return Settings(
        data=tmp_path_factory.mktemp("data"),
        database_url=database_url,
        redis_url=redis_url,
        secret_key="a-secret-for-tests-only",
        base_url="http://outreach.test",
        mail_from="Ann Example <hello@outreach.test>",
        movable_clock=True,
        local_smtp="127.0.0.1:9",
    )


@pytest.fixture(scope="session")
def wired(settings: Any) -> Iterator[Any]:
    """The house of this test process, as wiring builds it; use `house`."""
    from argon2 import PasswordHasher

    from outreach import wiring
    from outreach.journeys import accounts

    accounts._hasher = PasswordHasher(
        time_cost=1, memory_cost=8, parallelism=1
    )  # a strong one takes a quarter of a second
    built = wiring.build(settings)
    yield built
    built.engine.dispose()


@pytest.fixture
def house(wired: Any) -> Any:
    """The house, with empty tables and an empty queue."""
    _empty(wired)
    return wired


@pytest.fixture(scope="session")
def app_of_the_run(wired: Any) -> Any:
    """One for all tests: making it and compiling its pages takes longer than most of them."""
    from outreach.app import create_app

    return create_app(wired)


@pytest.fixture
def app(app_of_the_run: Any, house: Any) -> Any:
    """The app before a house with empty tables."""
    return app_of_the_run


@pytest.fixture
def session(house: Any) -> Iterator[Any]:
    """A database session; what a test does not commit is rolled back."""
    with house.sessions() as opened:
        yield opened
        opened.rollback()


def _empty(wired: Any) -> None:
    """No row, every number from 1. Only what a test has used is touched: TRUNCATE of every table takes half a second."""
    from sqlalchemy import text

    tables = (
        "SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
    )
    used = (
        "SELECT setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences WHERE last_value IS NOT NULL"
    )
    with wired.engine.begin() as connection:
        names = connection.scalars(text(tables)).all()
        with_rows = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in names)
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # in any order
        for name in connection.scalars(text(with_rows)).all() if names else []:
            connection.execute(text(f"DELETE FROM {name}"))
        connection.execute(text(used))
    wired.queue.redis.flushdb()


# ---- a whole system ------------------------------------------------------------------------------------------------


def free_port() -> int:
    """A TCP port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class System:
    """A running `outreach up`."""

    process: "subprocess.Popen[str]"
    data: Path
    url: str
    environment: dict[str, str]
    log: Path

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of a GET."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def run_json(self) -> dict[str, Any]:
        """What `up` wrote for other commands."""
        return json.loads((self.data / "run.json").read_text())  # type: ignore[no-any-return]

    def command(self, *arguments: str, text: str = "") -> "subprocess.CompletedProcess[str]":
        """Run `outreach ARGUMENTS` against this system."""
        return subprocess.run(
            [*OUTREACH, *arguments],
            env=self.environment,
            input=text,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def judge_letters(self) -> None:
        """Show every letter that its own mail server took to the byte checker."""
        from tests import judge

        with contextlib.suppress(FileNotFoundError):  # it was stopped before it was up
            judge.look_into(self.run_json()["settings"]["DATABASE_URL"])

    def said(self) -> str:
        """What `up` printed so far."""
        return self.log.read_text()

    def stop(self, number: int = signal.SIGINT, seconds: float = 30) -> int:
        """Judge the letters that it sent, signal it and wait for its end."""
        if self.process.poll() is None:
            self.judge_letters()
            self.process.send_signal(number)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            left = subprocess.run(["ps", "-A", "-o", "ppid,pid,etimes,stat,args"], capture_output=True, text=True)
            lines = [
                line for line in left.stdout.splitlines() if str(self.process.pid) in line or str(self.data) in line
            ]
            raise AssertionError("\n".join([f"still there after {seconds} s:", *lines, self.said()])) from None


OUTREACH = [sys.executable, "-c", "from outreach.cli import main; main()"]


def start_system(data: Path, wait: bool = True, **variables: str) -> System:
    """Start `outreach up` on its own data folder and free ports; wait until healthz says 200."""
    data.mkdir(parents=True, exist_ok=True)
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    environment |= {
        "OUTREACH_DATA": str(data),
        "OUTREACH_PORT": str(port),
        "INBOUND_SMTP_LISTEN": f"127.0.0.1:{free_port()}",
        "PYTHONPATH": os.pathsep.join(filter(None, (os.getcwd(), os.environ.get("PYTHONPATH", "")))),
    } | variables
    log = data / "up.txt"
    with log.open("w") as output:
        process = subprocess.Popen(
            [*OUTREACH, "up"], env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            text=True, start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # it may be ignored, as under nohup
        )  # fmt: skip
    system = System(process, data, f"http://127.0.0.1:{port}", environment, log)
    if wait:
        _wait_until_healthy(system)
    return system


def _wait_until_healthy(system: System, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    answer: tuple[int, str] = (0, "")
    while time.monotonic() < deadline:
        if system.process.poll() is not None:
            break
        try:
            answer = system.get("/healthz")
        except OSError as error:
            answer = (0, str(error))
        if answer[0] == 200:
            return
        time.sleep(0.1)
    system.process.kill()
    raise AssertionError(f"the system did not become healthy: {answer}\n{system.log.read_text()}")


@pytest.fixture(scope="session")
def grown_data() -> Iterator[Path]:
    """A data folder that has been started once: engines made, migrated, presets loaded. Copied by tests, to save time."""
    folder = Path(tempfile.mkdtemp(prefix="outreach-grown-", dir="/tmp"))
    start_system(folder / "data").stop()
    yield folder / "data"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def starts(grown_data: Path) -> Iterator[Any]:
    """A function that starts a system of a test's own; whatever still runs afterwards is ended."""
    folder = Path(tempfile.mkdtemp(prefix="outreach-system-", dir="/tmp"))
    started: list[System] = []

    def start(wait: bool = True, data: Path | None = None, **variables: str) -> System:
        data = data or folder / f"data-{len(started)}"
        if not data.exists():
            subprocess.run(["cp", "-a", str(grown_data), str(data)], check=True)
        started.append(start_system(data, wait, **variables))
        return started[-1]

    yield start
    for system in started:
        system.stop(signal.SIGTERM, 40)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def running_system() -> Iterator[System]:
    """A complete system with its own engines, mail server and clock, shared by the tests of this process."""
    from tests import judge

    folder = Path(tempfile.mkdtemp(prefix="outreach-system-", dir="/tmp"))
    system = start_system(folder / "data")
    yield system
    with judge.verdict():
        system.stop()
    shutil.rmtree(folder, ignore_errors=True)


# ---- a browser -----------------------------------------------------------------------------------------------------


def find_chromium() -> str | None:
    """The path of a Chromium on this machine."""
    named = os.environ.get("OUTREACH_CHROMIUM")
    found = [named, *(shutil.which(name) for name in CHROMIUMS), *MACOS_CHROMIUMS]
    return next((path for path in found if path and Path(path).exists()), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A Chromium; tests that need one say plainly when there is none, and in CI there must be one."""
    path = find_chromium()
    if path is None:
        message = (
            "no Chromium was found on this machine (on Debian: apt-get install chromium); browser tests did not run"
        )
        if IN_CI:
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A fresh page in a context of its own."""
    context = browser.new_context()
    yield context.new_page()
    context.close()
