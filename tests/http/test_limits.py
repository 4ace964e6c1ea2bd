"""Rate limits work, and go on working when Redis does not answer."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from outreach import http
from outreach.http.access import anyone
from outreach.http.limits import limiter


def limited(house: Any) -> Flask:
    made = Flask("outreach", static_folder=None)
    http.install(made, house)

    @made.get("/often")
    @limiter.limit("3/minute")
    @anyone("a test")
    def often() -> str:
        return "yes"

    return made


@pytest.fixture
def no_redis(house: Any) -> Any:
    """The house, with a Redis address that nobody answers at."""
    from dataclasses import replace

    return replace(house, settings=house.settings.model_copy(update={"redis_url": "unix:///nowhere/redis.sock"}))


@pytest.fixture(autouse=True)
def _limits_of_the_run(app_of_the_run: Flask) -> Iterator[None]:
    """There is one limiter for all: what a test points at a Redis that is none is put back for those behind it."""
    before = vars(limiter).copy()
    yield
    vars(limiter).update(before)


def statuses(app: Flask, times: int) -> list[int]:
    client = app.test_client()
    return [client.get("/often", headers={"Accept": "application/json"}).status_code for _ in range(times)]


def test_too_many_tries_are_refused(house: Any) -> None:
    assert statuses(limited(house), 4) == [200, 200, 200, 429]


def test_without_redis_the_process_counts_by_itself_and_stays_quick(no_redis: Any) -> None:
    app = limited(no_redis)
    start = time.monotonic()
    assert statuses(app, 4) == [200, 200, 200, 429]
    assert time.monotonic() - start < 2


def test_a_redis_that_hangs_holds_nobody_up(house: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    from dataclasses import replace

    path = Path(tmp_path_factory.mktemp("redis")) / "s"
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(path))
        deaf.listen(16)
        settings = house.settings.model_copy(update={"redis_url": f"unix://{path}"})
        app = limited(replace(house, settings=settings))
        start = time.monotonic()
        assert statuses(app, 4) == [200, 200, 200, 429]
        assert time.monotonic() - start < 2
