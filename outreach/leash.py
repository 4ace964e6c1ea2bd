"""A process that dies with its parent, however the parent ends (kill -9 as well)."""

import ctypes
import os
import signal
import sys
import threading
import time

PR_SET_PDEATHSIG = 1
LOOK_EVERY = 0.5
GRACE_SECONDS = 12.0


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
