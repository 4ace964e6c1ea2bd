"""Imports run downwards only, never sideways (the floors of the house)."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_imports_run_downwards_only() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_queue_names_only_jobs_that_exist() -> None:
    from outreach import jobs
    from outreach.queue import JOBS, QUEUES

    assert set(JOBS.values()) <= set(QUEUES)
    assert [name for name in JOBS if not callable(getattr(jobs, name, None))] == []
