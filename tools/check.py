"""`make check`: everything that can be said about the code without running it, and that migrations fit the tables.

Each check prints one line; the first words of a failure follow. Exit code 1 when one failed.
"""

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
ADDRESS = re.compile(r"https?://|--(?:extra-)?index[-]url|--find[-]links|\"resolved\"|/(?:home|root|tmp)/")
HARMLESS = re.compile(r"\"url\": \"https?://")  # funding pages


def command(*words: str) -> Callable[[], str]:
    """A check that is a program; its output is told when it fails."""

    def run() -> str:
        done = subprocess.run([str(BIN / words[0]), *words[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
        return (done.stdout + done.stderr).strip() if done.returncode else ""

    return run


def migrations() -> str:
    """Every migration goes up, down, and up again; afterwards the tables are what the models say."""
    sys.path.insert(0, str(ROOT))
    from outreach.cli.engines import Postgres, temporary_place
    from outreach.store import migrate
    from outreach.store.base import engine_for

    place = temporary_place("outreach-check-")
    postgres = Postgres(place, {"fsync": "off"})
    postgres.start()
    try:
        migrate.upgrade(postgres.url)
        migrate.downgrade(postgres.url, "base")
        migrate.upgrade(postgres.url)
        with engine_for(postgres.url).connect() as connection:
            differences = migrate.differences(connection)
        return "\n".join(f"the models and the migrations differ: {difference}" for difference in differences)
    finally:
        postgres.stop()
        shutil.rmtree(place.data, ignore_errors=True)


def locks() -> str:
    """No download address and no machine path in a lock file."""
    bad: list[str] = []
    for path in [*ROOT.glob("requirements/*.txt"), *ROOT.glob("tools/package-lock.json")]:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if ADDRESS.search(line) and not HARMLESS.search(line):
                bad.append(f"{path.name}:{number}: {line.strip()}")
    return "\n".join(bad)


CHECKS: list[tuple[str, Callable[[], str]]] = [
    ("style (ruff check)", command("ruff", "check", "--quiet", "--output-format", "concise", ".")),
    ("format (ruff format)", command("ruff", "format", "--check", ".")),
    ("types (mypy)", command("mypy")),
    ("imports run downwards (import-linter)", command("lint-imports")),
    ("migrations up and down", migrations),
    ("lock files", locks),
]


def main() -> int:
    """Run all checks, or those whose names contain a given word."""
    failed = 0
    for name, check in CHECKS:
        if len(sys.argv) > 1 and not any(word in name for word in sys.argv[1:]):
            continue
        began = time.monotonic()
        try:
            complaint = check()
        except Exception as error:
            complaint = f"{type(error).__name__}: {error}"
        print(f"{'failed' if complaint else 'ok':<7} {name} ({time.monotonic() - began:.1f} s)", flush=True)
        if complaint:
            failed += 1
            print("        " + complaint[:6000].replace("\n", "\n        "), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
