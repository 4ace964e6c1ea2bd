"""The lock files name no download address and hash everything."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_requirements_name_no_address(lock: Path) -> None:
    assert re.findall(r"https?://\S+|--(?:extra-)?index[-]url|--find[-]links", lock.read_text()) == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_requirement_is_pinned_and_hashed(lock: Path) -> None:
    requirements = re.split(r"\n(?=[a-z0-9])", re.sub(r"^\s*#.*\n", "", lock.read_text(), flags=re.M))
    assert requirements
    for requirement in requirements:
        assert re.match(r"[A-Za-z0-9._\[\]-]+==\S+", requirement), requirement
        assert "--hash=sha256:" in requirement, requirement


def test_package_locks_name_no_address() -> None:
    for lock in ROOT.glob("tools/**/package-lock.json"):
        if "node_modules" not in lock.parts:
            assert '"resolved"' not in lock.read_text(), lock
