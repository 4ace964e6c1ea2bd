"""PostgreSQL goes away and comes back: nothing lost, nobody twice, and it is said meanwhile (DESIGN 4.4)."""

import os
import signal

import pytest

from tests.faults.acts import Scene, processes, until


def _restart(scene: Scene, number: int) -> None:
    os.kill(scene.engine("bin/postgres"), number)


def _crash(scene: Scene) -> None:
    """kill -9 of one backend: the postmaster throws everybody out and recovers."""
    main = scene.engine("bin/postgres")
    backends = [pid for pid, parent, command in processes() if parent == main and "outreach outreach" in command]
    assert backends
    os.kill(backends[0], signal.SIGKILL)


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("fast", lambda scene: _restart(scene, signal.SIGINT)),
        ("kill", lambda scene: _restart(scene, signal.SIGKILL)),
        ("crash", _crash),
    ],
)
def test_a_restarted_database_loses_nothing_and_sends_nothing_twice(scene: Scene, name: str, how: object) -> None:
    """RELIABILITY 4, faults 14 and 15: while answers go out."""
    before = scene.rows("SELECT count(*) FROM messages WHERE state = 'unsure'")[0][0]
    assert scene.posts(f"before-{name}", 5) == [201] * 5
    how(scene)  # type: ignore[operator]
    statuses = [scene.post(f"during-{name}{number}@lead.test") for number in range(4)]
    assert set(statuses) <= {201, 503}, "a form post is kept, or refused in words; it never breaks"
    until(scene.healthy, 60, "health")
    assert scene.posts(f"after-{name}", 2) == [201, 201]
    until(lambda: _all_ended(scene), 60, "the end of every letter")
    unsure = scene.rows("SELECT count(*) FROM messages WHERE state = 'unsure'")[0][0] - before
    assert unsure == 0, "the senders lived: they know how each of their letters ended"
    scene.everybody_was_answered()


def _all_ended(scene: Scene) -> bool:
    states = "('queued', 'claimed', 'begun')"
    return not scene.rows(f"SELECT 1 FROM messages WHERE state IN {states} AND lane = 'urgent' LIMIT 1")
