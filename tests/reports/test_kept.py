"""Figures over whole tables: live while counting is quick, kept with their moment where it is slow."""

import json
from typing import Any

import pytest
from redis import Redis

from outreach.reports import kept, sequence_numbers


@pytest.fixture
def redis(house: Any) -> Redis:
    found: Redis = house.queue.redis
    return found


class Slow:
    """A count whose clock says how long it took; each count gives one more."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
        self.clock, self.seconds, self.asked = 0.0, seconds, 0
        monkeypatch.setattr(kept, "monotonic", lambda: self.clock)

    def __call__(self) -> int:
        self.clock += self.seconds
        self.asked += 1
        return self.asked


def test_a_quick_count_is_made_each_time(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    count = Slow(monkeypatch, 0.01)
    assert [kept.figure(redis, "leads", count).value for _ in range(3)] == [1, 2, 3]


def test_a_slow_count_is_kept_and_says_how_old_it_is(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    count = Slow(monkeypatch, 3)
    assert [kept.figure(redis, "leads", count).value for _ in range(3)] == [1, 1, 1]
    value, at = json.loads(redis.get(kept.PREFIX + "leads"))  # type: ignore[arg-type]
    redis.set(kept.PREFIX + "leads", json.dumps([value, at - 400]))
    old = kept.figure(redis, "leads", count)
    assert (old.value, old.minutes, old.stale) == (1, 6, True)
    assert kept.count_again(redis, "leads", count).value == 2
    assert not kept.figure(redis, "leads", count).stale


def test_a_count_that_has_become_quick_is_live_again(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    count = Slow(monkeypatch, 3)
    kept.figure(redis, "leads", count)
    count.seconds = 0.01
    kept.count_again(redis, "leads", count)
    assert [kept.figure(redis, "leads", count).value for _ in range(2)] == [3, 4]


def test_without_redis_it_is_counted_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = Redis(host="127.0.0.1", port=9, socket_connect_timeout=0.2)
    count = Slow(monkeypatch, 3)
    assert [kept.figure(nowhere, "leads", count).value for _ in range(2)] == [1, 2]


def test_kept_numbers_of_a_sequence_are_the_counted_ones(house: Any, redis: Redis) -> None:
    with house.sessions() as session:
        live = sequence_numbers.kept(session, redis, 1)
        assert live.headline == sequence_numbers.headline(session, 1)
        assert live.steps == sequence_numbers.steps(session, 1)
        assert live.history == sequence_numbers.with_history(session, 1)
