"""Wake a worker: a job's name and row ids, after commit. A lost poke costs time, never a letter: the clock finds rows.

RELIABILITY 2.3: one queue per worker, JSON, ids only, short timeouts, no retries; and no function that is not ours.
"""

import logging
import secrets
import time
from datetime import UTC
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue as RQQueue
from rq.job import Job
from rq.serializers import JSONSerializer

log = logging.getLogger(__name__)

QUEUES = ("urgent", "outbound", "inbound", "fetching", "housekeeping")

# Which worker does what. A job is a function of this name in outreach.jobs.
JOBS = {
    "deliver_urgent": "urgent",
    "advance": "outbound",
    "deliver": "outbound",
    "broadcast": "outbound",
    "enter": "outbound",
    "answer_held": "outbound",
    "look_around": "housekeeping",
    "fetch_mail": "fetching",
    "receive": "inbound",
    "read_hooks": "inbound",
    "settle_clicks": "housekeeping",
    "sweep": "housekeeping",
    "check_domains": "housekeeping",
    "work_many": "housekeeping",
    "look_ahead": "housekeeping",
    "count_numbers": "housekeeping",
    "watchdog": "housekeeping",
    "remember": "housekeeping",
}

# Seconds after which a job of this queue is stopped. A job is a batch: it ends early and rings again.
TIME_LIMITS = {"urgent": 120, "outbound": 900, "inbound": 180, "fetching": 300, "housekeeping": 3600}

RINGS_ENOUGH = 4
LONGEST_QUEUE = 200
SILENCE_AFTER_FAILURE = 1.0
JOB_ROOM = "outreach.jobs."


class ForeignJob(Exception):
    """Somebody put a job into Redis that is not ours; it is refused (who writes to Redis must not run code here)."""


class OwnJob(Job):
    """An RQ job that can only be one of the functions named in JOBS; callbacks by name are refused too."""

    @property
    def func(self) -> Any:
        name = self.func_name or ""
        if self.instance is not None or name.removeprefix(JOB_ROOM) not in JOBS or not name.startswith(JOB_ROOM):
            raise ForeignJob(f"refused to run {name[:100]!r}: it is no job of ours")
        return super().func

    @property
    def success_callback(self) -> None:
        return None

    @property
    def failure_callback(self) -> None:
        return None

    @property
    def stopped_callback(self) -> None:
        return None


def connect(redis_url: str, timeout: float = 0.2) -> Redis:
    """A Redis client that answers or fails quickly and never tries again by itself."""
    return Redis.from_url(
        redis_url,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=0,
    )


class Queue:
    """The doorbell. `poke` never raises and never blocks for long; what it could not ring is counted in `missed`."""

    def __init__(self, redis_url: str) -> None:
        self.redis = connect(redis_url)
        self.missed = 0
        self._quiet_until = 0.0
        self._queues = {
            name: RQQueue(name, connection=self.redis, job_class=OwnJob, serializer=JSONSerializer) for name in QUEUES
        }

    def poke(self, job_name: str, *ids: int) -> bool:
        """Ask the worker of this job to run it. True when it was (or already is) rung.

        Raises KeyError for a name that is in no queue: that is a mistake in the program.
        """
        queue = self._queues[JOBS[job_name]]
        if time.monotonic() < self._quiet_until:
            self.missed += 1
            return False
        try:
            self._ring(queue, job_name, ids)
        except (RedisError, OSError) as error:
            self.missed += 1
            self._quiet_until = time.monotonic() + SILENCE_AFTER_FAILURE
            log.warning("could not ring for %s: %s", job_name, type(error).__name__)
            return False
        return True

    def _ring(self, queue: RQQueue, job_name: str, ids: tuple[int, ...]) -> None:
        bell = "-".join((job_name, *(str(int(number)) for number in ids))) + "--"
        waiting = [_text(key) for key in self.redis.lrange(queue.key, 0, LONGEST_QUEUE)]
        same = sum(key.startswith(bell) for key in waiting)
        if same >= (1 if ids else RINGS_ENOUGH) or len(waiting) >= LONGEST_QUEUE:
            return
        queue.enqueue_call(
            JOB_ROOM + job_name,
            args=ids,
            job_id=bell + secrets.token_hex(6),
            timeout=TIME_LIMITS[queue.name],
            result_ttl=0,
            failure_ttl=3600,
            description=job_name,
        )

    def lengths(self) -> dict[str, int]:
        """How many jobs wait in each queue. Raises RedisError."""
        return {name: int(queue.count) for name, queue in self._queues.items()}

    def oldest(self) -> dict[str, float]:
        """Real seconds that the oldest job of each queue has waited; 0 for an empty one. Raises RedisError."""
        return {name: self._waits(queue) for name, queue in self._queues.items()}

    def _waits(self, queue: RQQueue) -> float:
        first = next(iter(queue.get_job_ids(0, 1)), None)
        job = queue.fetch_job(first) if first else None
        if job is None or job.enqueued_at is None:
            return 0.0
        return max(0.0, time.time() - job.enqueued_at.replace(tzinfo=UTC).timestamp())


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
