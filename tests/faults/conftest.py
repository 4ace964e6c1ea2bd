"""One complete system for all faults of engines and processes: each test mends what it broke."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import judge
from tests.conftest import start_system
from tests.faults.acts import Scene, until

ONE_AFTER_THE_OTHER = pytest.mark.xdist_group("faults")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if {"scene", "broken_mail"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.whole_system)
            item.add_marker(ONE_AFTER_THE_OTHER)


@pytest.fixture(scope="session")
def _fault_system() -> Iterator[Scene]:
    folder = Path(tempfile.mkdtemp(prefix="outreach-faults-", dir="/tmp"))
    system = start_system(folder / "data")
    scene = Scene.of(system)
    try:
        scene.warm_up()
        scene.everybody_was_answered()
        yield scene
    finally:
        scene.house.engine.dispose()
        with judge.verdict():
            scene.system.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def scene(_fault_system: Scene) -> Scene:
    """The system, healthy, with its stop watch at zero."""
    until(_fault_system.healthy, 60, "health after the test before")
    _fault_system.forget_times()
    return _fault_system
