"""The doorbell: never raises, never blocks, and never runs what is not ours (RELIABILITY 2.3, 5.2 #4)."""

import ast
import shutil
import socket
import time
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from rq import Queue as RQQueue
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from outreach import jobs
from outreach.cli.engines import Valkey, temporary_place
from outreach.jobs import loaded
from outreach.queue import JOBS, LONGEST_QUEUE, QUEUES, RINGS_ENOUGH, ForeignJob, OwnJob, Queue


@pytest.fixture
def queue(redis_url: str) -> Queue:
    queue = Queue(redis_url)
    queue.redis.flushdb()
    return queue


def test_a_poke_reaches_the_queue_of_its_job(queue: Queue) -> None:
    assert queue.poke("deliver_urgent")
    assert queue.lengths() == {name: int(name == "urgent") for name in QUEUES}


def test_a_bell_that_was_rung_often_enough_is_not_rung_again(queue: Queue) -> None:
    for _ in range(RINGS_ENOUGH + 3):
        assert queue.poke("deliver")
    assert queue.lengths()["outbound"] == RINGS_ENOUGH
    assert queue.poke("advance"), "another job of the same queue still rings"
    assert queue.lengths()["outbound"] == RINGS_ENOUGH + 1


def test_pokes_for_rows_are_one_per_row_and_bounded(queue: Queue) -> None:
    for number in [1, 1, 2, *range(3, LONGEST_QUEUE + 50)]:
        queue.poke("receive", number)
    assert queue.lengths()["inbound"] == LONGEST_QUEUE


def test_a_queue_that_is_full_refuses_quietly_and_works_again_once_there_is_room() -> None:
    """RELIABILITY 4, fault 13: what has no room for a bell has room for rows; the clock rings again."""
    place = temporary_place("outreach-full-")
    engine = Valkey(place)
    engine.start()
    try:
        queue = Queue(engine.url)
        queue.redis.config_set("maxmemory-policy", "noeviction")
        queue.redis.config_set("maxmemory", "1")
        assert not queue.poke("deliver_urgent")
        assert queue.missed == 1
        queue.redis.config_set("maxmemory", "0")
        until = time.monotonic() + 10
        while not queue.poke("deliver_urgent"):
            assert time.monotonic() < until
        assert queue.lengths()["urgent"] == 1
    finally:
        engine.stop()
        shutil.rmtree(place.data, ignore_errors=True)


def test_an_unknown_job_is_a_mistake_in_the_program(queue: Queue) -> None:
    with pytest.raises(KeyError):
        queue.poke("os.system")


def test_redis_that_is_not_there_costs_no_time_and_raises_nothing(tmp_path: Path) -> None:
    queue = Queue(f"unix://{tmp_path}/nothing.sock")
    began = time.monotonic()
    assert [queue.poke("deliver") for _ in range(50)] == [False] * 50
    assert time.monotonic() - began < 0.3
    assert queue.missed == 50


def test_redis_that_is_frozen_costs_a_moment_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        queue = Queue(f"redis://127.0.0.1:{frozen.getsockname()[1]}/0")
        began = time.monotonic()
        assert not any(queue.poke("deliver") for _ in range(20))
        assert time.monotonic() - began < 0.5


def _foreign(redis: Redis, name: str, *arguments: Any, **more: Any) -> None:
    RQQueue("urgent", connection=redis, serializer=JSONSerializer).enqueue_call(
        name, args=arguments, job_id="x", **more
    )


@pytest.mark.parametrize(
    "name", ["os.system", "outreach.jobs._house", "outreach.config.read", "outreach.jobs.work.run"]
)
def test_a_function_that_is_no_job_of_ours_is_refused(queue: Queue, tmp_path: Path, name: str) -> None:
    _foreign(queue.redis, name, f"touch {tmp_path}/owned")
    job = OwnJob.fetch("x", connection=queue.redis, serializer=JSONSerializer)
    with pytest.raises(ForeignJob):
        _ = job.func


def test_a_worker_does_not_run_what_somebody_else_put_into_redis(queue: Queue, tmp_path: Path) -> None:
    owned = tmp_path / "owned"
    _foreign(queue.redis, "os.system", f"touch {owned}")
    named = RQQueue("urgent", connection=queue.redis, serializer=JSONSerializer, job_class=OwnJob)
    worker = SimpleWorker([named], connection=queue.redis, serializer=JSONSerializer, job_class=OwnJob)
    worker.work(burst=True, logging_level="CRITICAL")
    assert not owned.exists()
    assert named.failed_job_registry.count == 1


def test_every_job_has_a_queue() -> None:
    assert set(JOBS.values()) <= set(QUEUES)


def test_whatever_a_job_runs_is_imported_before_it_gets_a_process_of_its_own() -> None:
    """RELIABILITY 2.3: the application is imported before the fork; each job would pay for it again."""
    source = ast.parse(Path(jobs.__file__).read_text())
    wanted = {
        node.module
        for node in ast.walk(source)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("outreach.journeys.")
    }
    assert len(wanted) > 10
    assert {name for name in wanted if not hasattr(loaded, str(name).rpartition(".")[2])} == set()
