"""A process that dies with its parent, however the parent ends (kill -9 as well); and one that is not given everything.

A child that does one job may be limited (`limit`): too much memory raises MemoryError or ends it, too much computing for one
piece of work (`at_most`) ends it, even inside a library that would not notice an exception.
"""

import contextlib
import ctypes
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Iterator

PR_SET_PDEATHSIG = 1
LOOK_EVERY = 0.5
GRACE_SECONDS = 12.0


_limited = False


def limit(extra_bytes: int) -> None:
    """This process may take so much memory beyond what it has now, and `at_most` may end it."""
    global _limited
    _limited = True
    if sys.platform == "linux":
        with open("/proc/self/statm", encoding="ascii") as file:
            pages = int(file.read().split()[0])
        size = pages * resource.getpagesize() + extra_bytes
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (size if hard < 0 else min(size, hard), hard))


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """In a limited process: the block may compute for so long; then the process ends. Elsewhere nothing happens."""
    if not _limited or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def signal_on_parent_death(number: int = signal.SIGTERM) -> None:
    """Linux: the kernel sends this signal when the parent ends. Elsewhere nothing happens; see `watch_parent`."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def die_with_parent(parent: int | None, number: int = signal.SIGTERM) -> None:
    """End (SIGTERM, then by force) as soon as `parent` is no longer our parent."""
    signal_on_parent_death(number)
    if parent is not None:
        watch_parent(parent, number)


def watch_parent(parent: int, number: int = signal.SIGTERM) -> None:
    """A thread that looks whether `parent` is still our parent; then a polite signal, then the end by force."""
    threading.Thread(target=_watch, args=(parent, number), name="leash", daemon=True).start()


def _watch(parent: int, number: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY)
    os.kill(os.getpid(), number)
    time.sleep(GRACE_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)
