"""One worker process: one queue (RELIABILITY 2.3 item 1), the application imported before the first job.

urgent and outbound run in this very process (open SMTP connections and compiled letters live on); inbound,
fetching and housekeeping fork per job (memory and time limits). A job that outlives its time stops the heartbeat, and the
supervisor ends the process.
"""

import logging
import os
import time
from pathlib import Path
from typing import Any

from redis import Redis
from rq import Queue as RQQueue
from rq import SimpleWorker, Worker
from rq.serializers import JSONSerializer

from outreach import config, jobs
from outreach.heartbeat import Heart
from outreach.queue import QUEUES, TIME_LIMITS, OwnJob, connect

IN_PROCESS = ("urgent", "outbound")
GRACE = 60
MEGABYTE = 1024 * 1024
MOST_MEMORY = {"inbound": 400 * MEGABYTE, "fetching": (400 + 4 * 140) * MEGABYTE}
"""What a child may take for strangers' mail, beyond what it was born with (MAIL X4); each thread that looks into a mailbox is
given 140 MB of addresses by the C library, which it does not use."""


class _Watched:
    """Remembers since when a job runs, so that the heart stops beating when one hangs; looks for Redis often."""

    busy_since: float | None = None
    max_connection_wait_time = 2.0
    """Seconds between looks for a Redis that is away; RQ's own 60 would keep letters waiting long after it is back."""

    def perform_job(self, *args: Any, **kwargs: Any) -> bool:
        self.busy_since = time.monotonic()
        try:
            return bool(super().perform_job(*args, **kwargs))  # type: ignore[misc]  # of the worker that this is mixed into
        finally:
            self.busy_since = None


class InProcessWorker(_Watched, SimpleWorker):
    """Runs its jobs in this process, one after another."""


class ForkingWorker(_Watched, Worker):
    """Runs each job in a child of its own, which dies with it (RELIABILITY R1)."""

    def main_work_horse(self, *args: Any, **kwargs: Any) -> None:
        from outreach.leash import die_with_parent, limit

        die_with_parent(self.pid)
        for queue in self.queue_names():
            if queue in MOST_MEMORY:
                limit(MOST_MEMORY[queue])
        super().main_work_horse(*args, **kwargs)


def run(queue: str, heartbeat_file: Path | None = None) -> None:
    """Work on this queue until told to stop (SIGTERM: finish the job; a second one: now)."""
    if queue not in QUEUES:
        raise SystemExit(f"There is no queue '{queue}'; name one of {', '.join(QUEUES)}.")
    logging.getLogger("rq").setLevel(logging.WARNING)
    settings = config.load()
    worker = _worker(queue, settings.redis_url)
    limit = TIME_LIMITS[queue] + GRACE
    heart = Heart(queue, connect(settings.redis_url), heartbeat_file, lambda: _gets_on(worker, limit))
    jobs.prepare()
    heart.start()
    try:
        worker.work(logging_level="WARNING")
    finally:
        heart.rest()


def _worker(queue: str, redis_url: str) -> InProcessWorker | ForkingWorker:
    redis = Redis.from_url(redis_url)
    kind = InProcessWorker if queue in IN_PROCESS else ForkingWorker
    return kind(
        [RQQueue(queue, connection=redis, job_class=OwnJob, serializer=JSONSerializer)],
        name=f"{queue}-{os.getpid()}-{os.urandom(4).hex()}",
        connection=redis,
        job_class=OwnJob,
        serializer=JSONSerializer,
        worker_ttl=60,
        maintenance_interval=30,
        job_monitoring_interval=10,
    )


def _gets_on(worker: InProcessWorker | ForkingWorker, limit: float) -> bool:
    since = worker.busy_since
    return since is None or time.monotonic() - since < limit
