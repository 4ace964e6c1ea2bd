"""The queue only wakes workers: whatever happens to it, forms answer at once and every letter goes out once (DESIGN 3)."""

import os
import signal

from tests.faults.acts import Scene, frozen, until


def test_an_emptied_queue_loses_no_letter(scene: Scene) -> None:
    """RELIABILITY 4, fault 10: FLUSHALL while posts come in."""
    for number in range(8):
        assert scene.post(f"flush{number}@lead.test") == 201
        scene.house.queue.redis.flushall()
    assert scene.was_quick()
    scene.everybody_was_answered()
    until(scene.healthy, what="health")


def test_a_killed_queue_comes_back_by_itself(scene: Scene) -> None:
    """RELIABILITY 4, fault 11: kill -9 of Valkey; the supervisor starts it again."""
    os.kill(scene.engine("valkey-server"), signal.SIGKILL)
    assert scene.posts("killed", 6) == [201] * 6
    assert scene.was_quick()
    until(scene.healthy, what="health")
    scene.everybody_was_answered()


def test_a_queue_that_is_away_for_seconds_is_told_and_costs_only_time(scene: Scene) -> None:
    """Kill -9 again and again, as if it could not start; letters that wait go out once it stays up."""
    until(lambda: _kill(scene) or "queue does not answer" in scene.health()[1], what="the word of it in healthz")
    for number in range(4):
        until(lambda: _engine_is_back(scene), 20, "a new start")
        _kill(scene)
        assert scene.post(f"away{number}@lead.test") == 201
    until(lambda: _engine_is_back(scene), 20, "a new start")
    assert scene.was_quick()
    scene.everybody_was_answered()
    until(scene.healthy, what="health")


def test_a_frozen_queue_holds_up_no_form(scene: Scene) -> None:
    """RELIABILITY 4, fault 12, invariant I7: SIGSTOP of Valkey."""
    with frozen(scene.engine("valkey-server")):
        assert scene.posts("frozen", 10) == [201] * 10
        status, words = scene.health()
        assert status == 503
        assert "queue does not answer" in words
    assert scene.was_quick()
    scene.everybody_was_answered()
    until(scene.healthy, what="health")


def _kill(scene: Scene) -> None:
    if _engine_is_back(scene):
        os.kill(scene.engine("valkey-server"), signal.SIGKILL)


def _engine_is_back(scene: Scene) -> bool:
    try:
        return bool(scene.engine("valkey-server"))
    except AssertionError:
        return False
