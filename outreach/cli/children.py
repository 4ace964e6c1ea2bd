"""Child processes of the supervisor: forked from it with the application imported (quick to start, memory shared).

A child leads a session of its own (Ctrl-C reaches the supervisor alone, which stops everybody in order), writes to its
own log file, beats its heart, and ends with its parent.
"""

import contextlib
import importlib
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from outreach.leash import signal_on_parent_death, watch_parent

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGCHLD)
PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)
SETTLED_SECONDS = 30.0
FIRST_BEAT_SECONDS = 60.0
BEAT_STALE_SECONDS = 25.0


@dataclass(frozen=True)
class Role:
    """What a child does: 'module:function', called with the arguments and the file of its heartbeat."""

    name: str
    function: str
    arguments: tuple[str, ...] = ()
    patience: int = 0
    """How far it stands back (as `nice` counts) when the processors are short: nobody who waits for an answer waits for
    work that has time."""

    def run(self, heartbeat: Path) -> None:
        """Do it; returns when told to stop."""
        module, _, name = self.function.partition(":")
        getattr(importlib.import_module(module), name)(*self.arguments, heartbeat)


@dataclass
class Child:
    """One role and the process that fills it now."""

    role: Role
    heartbeat: Path
    log: Path
    not_mine: tuple[int, ...] = ()
    """Descriptors of the supervisor that this child must not keep open."""
    pid: int = 0
    started: float = 0.0
    failures: int = 0
    not_before: float = 0.0
    beat_seen: float = field(default=0.0)
    beat_stamp: float = field(default=0.0)

    def start(self) -> None:
        """Fork the process."""
        with contextlib.suppress(FileNotFoundError):
            self.heartbeat.unlink()
        self.pid = fork(self._work, self.log)
        self.started = self.beat_seen = time.monotonic()
        self.beat_stamp = 0.0

    def _work(self) -> None:
        for descriptor in self.not_mine:
            os.close(descriptor)
        os.nice(self.role.patience)
        self.role.run(self.heartbeat)

    def ended(self) -> bool:
        """True when the process is gone (and reaped)."""
        if self.pid and _reaped(self.pid):
            self.pid = 0
        return not self.pid

    def put_off(self) -> float:
        """Decide when the next try may be; longer after each quick end. Returns the pause in seconds."""
        settled = time.monotonic() - self.started > SETTLED_SECONDS
        self.failures = 0 if settled else min(self.failures + 1, len(PAUSES) - 1)
        pause = PAUSES[self.failures]
        self.not_before = time.monotonic() + pause
        return pause

    def beats(self) -> bool:
        """True once the process has given a first sign of life."""
        self._look()
        return self.beat_stamp > 0

    def frozen(self) -> bool:
        """True when the heart has not beaten for too long."""
        self._look()
        limit = BEAT_STALE_SECONDS if self.beat_stamp else FIRST_BEAT_SECONDS
        return time.monotonic() - self.beat_seen > limit

    def forgive(self) -> None:
        """The machine slept: count the silence from now."""
        self.beat_seen = time.monotonic()

    def signal(self, number: int) -> None:
        """Send a signal to the process."""
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End the process and what it started, by force."""
        if self.pid:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            self.signal(signal.SIGKILL)

    def _look(self) -> None:
        with contextlib.suppress(OSError):
            stamp = self.heartbeat.stat().st_mtime
            if stamp != self.beat_stamp:
                self.beat_stamp, self.beat_seen = stamp, time.monotonic()


def fork(work: Callable[[], None], log: Path) -> int:
    """Run `work` in a child process; returns its number."""
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)  # until the child has handlers of its own
    pid = os.fork()
    if pid:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return pid
    code = 1
    try:
        _become_child(parent, log)
        work()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)  # noqa: T201  the terminal is who asked
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(BaseException):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _become_child(parent: int, log: Path) -> None:
    os.setsid()
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    _redirect(log)
    signal_on_parent_death(signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)
    watch_parent(parent)


def _redirect(log: Path) -> None:
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)


def _reaped(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True
