"""Figures over whole tables: live while counting is quick, kept with their moment where it is slow."""

import json
from typing import Any

import pytest
from redis import Redis

from outreach.queue import connect
from outreach.reports import kept, sequence_numbers
from outreach.store import leads, sequences
from outreach.store.enrolments import Enrolment
from outreach.store.sequences import SequenceRow


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
    nowhere = connect("redis://127.0.0.1:9/0")
    count = Slow(monkeypatch, 3)
    assert [kept.figure(nowhere, "leads", count).value for _ in range(2)] == [1, 2]


def test_kept_numbers_of_a_sequence_are_the_counted_ones(
    house: Any, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether they were counted now, or come back from where they are kept."""
    monkeypatch.setattr(kept, "QUICK", -1.0)
    with house.sessions.begin() as session:
        now = house.now(session)
        row = SequenceRow(name="Short", class_="sales", created_at=now)
        lead = leads.insert_new(session, "anna@lead.example", "import", now)
        session.add(row)
        session.flush()
        version = sequences.add_version(session, row, "outreach: 1", now, None)
        assert lead is not None
        session.add(
            Enrolment(
                lead_id=lead.id, sequence_id=row.id, version_id=version.id, class_="sales", state="waiting: delay",
                step_key="hello", due_at=now, anchor_at=now, entered_at=now, memory={},
            )
        )  # fmt: skip
        number = row.id
    with house.sessions() as session:
        for _ in range(2):
            found = sequence_numbers.kept(session, redis, number)
            assert found.headline == sequence_numbers.headline(session, number)
            assert found.headline.entered == 1
            assert found.steps == sequence_numbers.steps(session, number)
            assert found.history == sequence_numbers.with_history(session, number)
            assert sequence_numbers.kept_headlines(session, redis)[0] == sequence_numbers.headlines(session)
        assert redis.exists(kept.PREFIX + "sequences", kept.PREFIX + f"sequence:{number}") == 2
        sequence_numbers.count_again(session, redis, number)
        sequence_numbers.count_again(session, redis, 0)
