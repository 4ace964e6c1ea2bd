"""What the fault tests do to a running system, and what they count afterwards."""

import http.client
import json
import os
import signal
import statistics
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import text

from outreach import wiring
from outreach.config import Settings

FORM_SECONDS = 0.3
SLOWEST_SECONDS = 1.5
"""One post out of a series may be held up by whatever else this machine does; not all of them."""


def until(true: Callable[[], Any], seconds: float = 30, what: str = "it") -> Any:
    """Wait until it is so, and return what it said."""
    deadline = time.monotonic() + seconds
    while not (said := true()):
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds:g} s"
        time.sleep(0.05)
    return said


@dataclass
class Scene:
    """A running system, the leads who wrote to it, and its rows."""

    system: Any
    house: wiring.House
    posted: list[str] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    calm: float = 0.0
    """Seconds that a post takes on this machine at this time while nothing is broken; allowed on top."""

    @classmethod
    def of(cls, system: Any) -> "Scene":
        """Open the database that the running system told of."""
        settings = Settings.model_validate({**system.run_json()["settings"], "OUTREACH_DATA": str(system.data)})
        house = wiring.build(settings)
        with house.sessions.begin() as session:  # all leads here are of one domain, and a burst
            session.execute(text("UPDATE account SET answers_an_hour = 0, burst_least = 0"))
        return cls(system, house)

    def start_again(self) -> None:
        """The same command on the same data folder."""
        from tests.conftest import start_system

        self.house.engine.dispose()
        self.system = start_system(self.system.data)
        self.house = Scene.of(self.system).house

    def post(self, email: str) -> int:
        """Post the form as a machine does; the status. Time and lead are noted."""
        answers = {
            "name": "Pat Lee",
            "email": email,
            "topic": "quote",
            "message": f"Hello from {email}",
            "consent": True,
        }
        host = self.system.url.removeprefix("http://")
        began = time.monotonic()
        connection = http.client.HTTPConnection(host, timeout=20)
        try:
            connection.request("POST", "/f/contact", json.dumps(answers), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
        finally:
            connection.close()
        self.took.append(time.monotonic() - began)
        if answer.status == 201:
            self.posted.append(email)
        return answer.status

    def posts(self, name: str, count: int) -> list[int]:
        """Several leads, one after the other."""
        return [self.post(f"{name}{number}@lead.test") for number in range(count)]

    def warm_up(self) -> None:
        """The first posts of a process are slow; the later ones tell what this machine can do now."""
        assert self.posts("warm", 8) == [201] * 8
        self.calm = statistics.median(self.took[2:])

    def forget_times(self) -> None:
        """Start measuring anew."""
        self.took.clear()

    def was_quick(self) -> bool:
        """Every post was answered in time, but for hiccups of the machine."""
        middle, longest = statistics.median(self.took), max(self.took)
        told = f"(on a calm day {self.calm * 1000:.0f} ms)"
        assert middle < FORM_SECONDS + self.calm, f"half of the posts took longer than {middle * 1000:.0f} ms {told}"
        assert longest < SLOWEST_SECONDS + self.calm, f"one post took {longest * 1000:.0f} ms {told}"
        return True

    def healthy(self) -> bool:
        """healthz says 200."""
        return bool(self.health()[0] == 200)

    def health(self) -> tuple[int, str]:
        """healthz: status and words; (0, why) when nobody answers."""
        try:
            return self.system.get("/healthz")  # type: ignore[no-any-return]
        except OSError as error:
            return 0, str(error)

    def rows(self, query: str, **values: Any) -> list[Any]:
        """What the database says."""
        with self.house.engine.connect() as connection:
            return list(connection.execute(text(query), values))

    def answers_taken(self) -> Counter[str]:
        """How often the local mail server took an answer to each lead who posted."""
        rows = self.rows("SELECT lower(envelope_to) FROM local_letters WHERE envelope_to LIKE '%@lead.test'")
        return Counter(row[0] for row in rows)

    def everybody_was_answered(self, seconds: float = 60) -> None:
        """Nobody is lost: each lead who was told 201 has an answer; and nobody has two."""
        try:
            until(lambda: set(self.posted) <= set(self.answers_taken()), seconds, "an answer to everybody")
        except AssertionError as late:
            query = "SELECT to_address, state, reason, answer, due_at - queued_at, lease_until FROM messages WHERE state <> 'sent'"
            raise AssertionError(f"{late}: {self.rows(query + ' ORDER BY id LIMIT 20')}") from None
        self.nobody_twice()

    def nobody_twice(self) -> None:
        """One letter of each Message-ID, and one answer for each lead."""
        query = "SELECT message_id, count(*), count(DISTINCT raw) FROM local_letters GROUP BY message_id HAVING count(*) > 1"
        twice = self.rows(query)
        assert twice == [], f"(Message-ID, how often, in how many writings): {twice}"
        more = {who: count for who, count in self.answers_taken().items() if count > 1}
        assert more == {}

    def child(self, name: str) -> int:
        """The number of the child process that fills a role (it tells it in its sign of life)."""
        from outreach import heartbeat

        signs = [sign.pid for sign in heartbeat.alive(self.house.queue.redis) if sign.role == name]
        living = [pid for pid in signs if _lives(pid)]
        assert living, f"no {name} runs"
        return living[0]

    def engine(self, word: str) -> int:
        """The number of an engine's main process."""
        for pid, parent, command in processes():
            if parent == self.system.process.pid and word in command:
                return pid
        raise AssertionError(f"no {word} runs")


def processes() -> list[tuple[int, int, str]]:
    """(number, parent, command line) of all processes but dead ones."""
    shown = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,stat=,command="], capture_output=True, text=True, check=True
    )
    rows = [line.split(None, 3) for line in shown.stdout.splitlines()]
    return [(int(row[0]), int(row[1]), row[3] if len(row) > 3 else "") for row in rows if not row[2].startswith("Z")]


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """The process stands still meanwhile."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return not Path("/proc/self").exists()
