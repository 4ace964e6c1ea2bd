"""kill -9 of each process of `outreach up`: it comes back, and letters go out as before."""

import os
import signal
import time

from outreach import heartbeat
from tests.faults.acts import Scene, processes, until


def test_every_process_comes_back(scene: Scene) -> None:
    """One after the other; a form post at the end is answered and its letter goes out."""
    for role in heartbeat.ROLES:
        before = scene.child(role)
        os.kill(before, signal.SIGKILL)
        until(lambda role=role, before=before: _another(scene, role, before), 40, f"a new {role}")
    until(scene.healthy, 40, "health")
    assert scene.post("after-all@lead.test") == 201
    scene.everybody_was_answered()
    assert scene.system.process.poll() is None


def test_ctrl_c_while_letters_go_out_ends_all_and_the_next_start_goes_on(scene: Scene) -> None:
    """The signal reaches the whole group, as a terminal sends it; what was claimed is given back."""
    assert scene.posts("last", 8) == [201] * 8
    began, data = time.monotonic(), str(scene.system.data)
    os.killpg(scene.system.process.pid, signal.SIGINT)
    assert scene.system.process.wait(30) == 0
    assert time.monotonic() - began < 30
    assert [command for _, _, command in processes() if data in command] == []
    scene.start_again()
    states = {row[0] for row in scene.rows("SELECT DISTINCT state FROM messages WHERE lane = 'urgent'")}
    assert "unsure" not in states
    scene.everybody_was_answered()


def _another(scene: Scene, role: str, before: int) -> bool:
    try:
        return scene.child(role) != before
    except AssertionError:
        return False
