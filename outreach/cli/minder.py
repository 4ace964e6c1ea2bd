"""Stands between `up` and an engine where the system knows no parent-death signal (macOS).

python -m outreach.cli.minder SIGNAL PROGRAM ARGUMENTS: runs the program, passes signals on, and sends SIGNAL to it when
its own parent is gone.
"""

import os
import signal
import subprocess
import sys
import time
from types import FrameType

LOOK_EVERY = 0.5


def main(arguments: list[str]) -> int:
    """Run the program until it ends; its exit code is ours."""
    number, command = int(arguments[0]), arguments[1:]
    parent = os.getppid()
    child = subprocess.Popen(command)

    def pass_on(received: int, _frame: FrameType | None) -> None:
        child.send_signal(received)

    for received in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(received, pass_on)
    while child.poll() is None:
        if os.getppid() != parent:
            child.send_signal(number)
            return child.wait()
        time.sleep(LOOK_EVERY)
    return child.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
