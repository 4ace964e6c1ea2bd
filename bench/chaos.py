"""kill -9 of anything, anywhere, while a whole system sends: nobody twice, nobody lost (DESIGN 4, RELIABILITY 3 and 4).

    python -m bench.chaos [--kills 200] [--letters 3000] [--seed 1]

A system is started as an operator starts it; forms are posted to it and letters wait in its queue, while its processes, its
database, its queue and the mail server that it hands its letters to are killed one after the other, at random. The mail
server is a process of its own: it notes the Message-ID of each letter in a file before it answers. At the end everything
is left alone until nothing waits any more, and then it is counted:

    accepted   letters whose Message-ID is in that file
    lost       letters that are neither there nor unsure, and forms that were answered "201" without any letter
    twice      letters that are in the file more than once
    unsure     letters whose end nobody knows: shown to a person, never sent again; at most one for each kill
"""

import argparse
import contextlib
import email
import http.client
import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.context import SpawnProcess
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from bench import form, kill
from outreach import heartbeat, wiring
from outreach.config import Settings
from outreach.queue import connect

PEER = "mail server"
WEIGHTS = {
    "outbound": 30, "urgent": 22, PEER: 12, "clock": 8, "web": 8, "postman": 6, "inbound": 4, "fetching": 4, "housekeeping": 4,
    "valkey": 4,
    "postgres": 2,
}  # fmt: skip
"""Of a hundred kills so many meet this one: most of them those who have letters in hand."""
PAUSE = (0.1, 1.2)
MOST = 600.0
"""Seconds until everything has to have ended after the last kill."""


# ---- the mail server


def take_letters(port: int, noted: str, seed: int) -> None:
    """Note each letter, then answer after 0 to 15 ms."""
    from outreach.mail.listener import LocalMailServer, Received

    chance = random.Random(seed)
    with Path(noted).open("a", buffering=1) as file:

        def take(received: Received) -> None:
            file.write(f"{email.message_from_bytes(received.raw)['Message-ID']}\n")
            time.sleep(chance.random() * 0.015)

        LocalMailServer("127.0.0.1", port, take).start()
        threading.Event().wait()


class Peer:
    """The mail server on the other side, which can be killed and comes back."""

    def __init__(self, port: int, noted: Path) -> None:
        self.port, self.noted, self.starts = port, noted, 0
        self.process = self._start()

    def _start(self) -> SpawnProcess:
        self.starts += 1
        arguments = (self.port, str(self.noted), self.starts)
        process = multiprocessing.get_context("spawn").Process(target=take_letters, args=arguments, daemon=True)
        process.start()
        return process

    def kill(self) -> None:
        self.process.kill()
        self.process.join()
        self.process = self._start()

    def taken(self) -> Counter[str]:
        return Counter(self.noted.read_text().split()) if self.noted.exists() else Counter()


# ---- the people


@dataclass
class People:
    """They fill in the form all the time; whoever was told 201 expects an answer."""

    address: str
    told: list[str] = field(default_factory=list)
    refused: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def write(self) -> None:
        number = 0
        while not self.over.wait(0.25):
            number += 1
            name = f"form{number}@lead.test"
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self._post(name) == 201:
                    self.told.append(name)
                    continue
            self.refused += 1

    def _post(self, name: str) -> int:
        answers = {"name": "Pat Lee", "email": name, "topic": form.TOPIC, "message": "Hello", "consent": True}
        connection = http.client.HTTPConnection(self.address.removeprefix("http://"), timeout=15)
        try:
            connection.request("POST", "/f/contact", json.dumps(answers), {"Content-Type": "application/json"})
            return connection.getresponse().status
        finally:
            connection.close()


# ---- who is killed


class Victims:
    """The processes under the supervisor, by the role that they tell in their sign of life."""

    def __init__(self, supervisor: int, redis_url: str, peer: Peer, seed: int) -> None:
        self.supervisor, self.redis_url, self.peer = supervisor, redis_url, peer
        self.random, self.killed = random.Random(seed), Counter[str]()

    def kill_one(self) -> None:
        role = self.random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        if role == PEER:
            self.peer.kill()
            self.killed[role] += 1
        elif (pid := self._of(role)) is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                self.killed[role] += 1

    def _of(self, role: str) -> int | None:
        if role in ("valkey", "postgres"):
            word = {"valkey": "valkey-server", "postgres": "bin/postgres"}[role]
            return next(
                (pid for pid, parent, command in _processes() if parent == self.supervisor and word in command), None
            )
        with contextlib.suppress(Exception):
            signs = [sign.pid for sign in heartbeat.alive(connect(self.redis_url)) if sign.role == role]
            parents = {pid: parent for pid, parent, _ in _processes()}
            # The web server's sign of life is that of its worker, a child of the process that the supervisor started.
            return next((p for p in signs if self.supervisor in (parents.get(p), parents.get(parents.get(p, 0)))), None)
        return None


def _processes() -> list[tuple[int, int, str]]:
    shown = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,stat=,command="], capture_output=True, text=True, check=True
    )
    rows = [line.split(None, 3) for line in shown.stdout.splitlines()]
    return [(int(row[0]), int(row[1]), row[3] if len(row) > 3 else "") for row in rows if not row[2].startswith("Z")]


# ---- the end


def wait_for_the_end(engine: Engine) -> None:
    """Until no letter waits or is under way (a pause of the mailbox after faults is real time, at most ten minutes)."""
    until = time.monotonic() + MOST
    query = text(
        "SELECT count(*) FROM messages WHERE state IN ('queued', 'claimed', 'begun') AND (due_at <= now() OR state <> 'queued')"
    )
    while time.monotonic() < until:
        with contextlib.suppress(SQLAlchemyError), engine.connect() as connection:
            if connection.scalar(query) == 0:
                return
        time.sleep(0.5)


@dataclass(frozen=True)
class Count:
    """What it came to."""

    kills: int
    letters: int
    accepted: int
    lost: int
    twice: int
    unsure: int
    seconds: float

    @property
    def well(self) -> bool:
        return not self.lost and not self.twice and self.unsure <= self.kills

    def __str__(self) -> str:
        return (
            f"{self.letters} letters, {self.kills} kills in {self.seconds:.0f} s: accepted {self.accepted}, lost {self.lost}, "
            f"twice {self.twice}, unsure {self.unsure}"
        )


def count(engine: Engine, taken: Counter[str], told: list[str], kills: int, seconds: float) -> Count:
    """Compare what the database says with what the mail server noted."""
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT lower(to_address), state, message_id FROM messages WHERE kind IN ('step', 'answer') AND due_at <= now()"
            )
        ).all()
    unsure = sum(state == "unsure" for _, state, _ in rows)
    missing = [row for row in rows if row[1] != "unsure" and not (row[1] == "sent" and taken[row[2]])]
    answered = {address for address, _, _ in rows}
    lost = len(missing) + sum(name not in answered for name in told)
    twice = sum(times - 1 for times in taken.values())
    accepted = sum(taken[message_id] > 0 for _, _, message_id in rows)
    return Count(kills, len(rows), accepted, lost, twice, unsure, seconds)


def queue_letters(settings: Settings, letters: int) -> None:
    """Letters that wait already, beside the answers to forms."""
    house = wiring.build(settings)
    with house.sessions.begin() as session:
        kill.add_letters(session, house.now(session), letters, seed=0)
    house.engine.dispose()


def run(kills: int, letters: int, seed: int) -> Count:
    """One system from its start to its end."""
    folder = Path(tempfile.mkdtemp(prefix="outreach-chaos-", dir="/tmp"))
    peer = Peer(form.free_port(), folder / "taken.txt")
    started = time.monotonic()
    try:
        with form.system({"SMTP_URL": f"smtp://127.0.0.1:{peer.port}"}) as system:
            queue_letters(system.settings, letters)
            people = People(system.address)
            writer = threading.Thread(target=people.write, daemon=True)
            writer.start()
            victims = Victims(system.process.pid, system.settings.redis_url, peer, seed)
            while victims.killed.total() < kills:
                time.sleep(victims.random.uniform(*PAUSE))
                victims.kill_one()
            people.over.set()
            writer.join()
            killing = time.monotonic() - started
            wait_for_the_end(system.engine)
            done = count(system.engine, peer.taken(), people.told, victims.killed.total(), killing)
            shown = ", ".join(f"{role} {times}" for role, times in victims.killed.most_common())
            print(f"killed: {shown}; forms: {len(people.told)} taken, {people.refused} not taken", flush=True)
            return done
    finally:
        peer.process.kill()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=int(os.environ.get("KILLS", "200")))
    parser.add_argument("--letters", type=int, default=int(os.environ.get("LETTERS", "3000")))
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print((__doc__ or "").strip(), flush=True)
    done = run(options.kills, options.letters, options.seed)
    print(done)
    print(
        "as promised: nobody twice, nobody lost, at most one unsure a kill" if done.well else "NOT AS PROMISED",
        flush=True,
    )
    sys.exit(0 if done.well else 1)


if __name__ == "__main__":
    main()
