"""One `up` per data folder. The lock lives as long as any process of it does, also after kill -9."""

import contextlib
import fcntl
import os
import time
from pathlib import Path

from outreach.errors import Failed

WAIT_FOR_LEFTOVERS = 25.0


def take(data: Path) -> int:
    """Take the lock of this data folder; returns the descriptor to keep open. Raises Failed with one sentence.

    Forked children inherit it: after kill -9 of `up` the next start waits until the last of them is gone.
    """
    path = data / "run" / "up.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + WAIT_FOR_LEFTOVERS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = _owner(descriptor)
            if owner and lives(owner):
                os.close(descriptor)
                raise Failed(
                    f"outreach is running on {data} already (process {owner}); stop it with Ctrl-C or: kill {owner} - "
                    "or give this one its own OUTREACH_DATA, OUTREACH_PORT and INBOUND_SMTP_LISTEN."
                ) from None
            if time.monotonic() > deadline:
                raise Failed(f"Processes of an earlier run still hold {path}; end them and start again.") from None
            time.sleep(0.1)
        else:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
            return descriptor


def _owner(descriptor: int) -> int:
    with contextlib.suppress(ValueError):
        return int(os.pread(descriptor, 20, 0) or b"0")
    return 0


def lives(pid: int) -> bool:
    """Whether there is such a process, whoever's it is."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
