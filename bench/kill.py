"""kill -9 of senders at random points while letters go out: nobody twice, nobody lost (DESIGN 4, RELIABILITY 3).

    make chaos            10 rounds of 1,000 letters, two senders, a kill after about every 50 letters

Prints a line a round:

    accepted   letters whose last byte the mail server took, whether or not our side heard the answer
    twice      letters that it took more than once
    lost       letters in no state that keeps them, or called sent though the mail server never took them
    unsure     letters whose end nobody knows: shown to a person, never sent again; at most one for each kill
    untold     letters that went without a line on their lead's timeline
"""

import argparse
import email
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from outreach import wiring
from outreach.config import Settings
from outreach.journeys import deliver, ticking
from outreach.journeys.presets import load_presets
from outreach.mail.listener import LocalMailServer, Received
from outreach.store.leads import Lead
from outreach.store.messages import Message

SENDERS = 2


@dataclass(frozen=True)
class Round:
    """What one round came to."""

    letters: int
    kills: int
    accepted: int
    twice: int
    states: dict[str, int]
    seconds: float
    untold: int = 0
    """Letters that went without a line on their lead's timeline."""

    @property
    def lost(self) -> int:
        """Letters in no state that keeps them, and letters called sent that the server never took."""
        kept = sum(self.states.get(state, 0) for state in ("sent", "queued", "unsure"))
        return self.letters - kept + max(0, self.states.get("sent", 0) - self.accepted)

    def __str__(self) -> str:
        return (
            f"{self.letters} letters, {self.kills} kills, {self.seconds:.1f} s: accepted {self.accepted}, twice {self.twice}, "
            f"lost {self.lost}, sent {self.states.get('sent', 0)}, queued {self.states.get('queued', 0)}, "
            f"unsure {self.states.get('unsure', 0)}, untold {self.untold}"
        )


UNTOLD = text(
    "SELECT count(*) FROM messages m WHERE m.state = 'sent' AND NOT EXISTS"
    " (SELECT 1 FROM events e WHERE e.lead_id = m.lead_id AND e.kind = 'sent' AND e.message_id = m.id)"
)


class Sink:
    """A mail server that notes each Message-ID before it answers, after 0 to 15 ms."""

    def __init__(self, port: int, seed: int) -> None:
        self.taken: Counter[str] = Counter()
        self._lock, self._random = threading.Lock(), random.Random(seed)
        self.server = LocalMailServer("127.0.0.1", port, self._take)

    def _take(self, received: Received) -> None:
        with self._lock:
            self.taken[str(email.message_from_bytes(received.raw)["Message-ID"])] += 1
            wait = self._random.random() * 0.015
        time.sleep(wait)


def settings_for(database_url: str, redis_url: str, port: int, data: Path) -> Settings:
    """A house that sends to the sink."""
    return Settings(
        database_url=database_url,
        redis_url=redis_url,
        secret_key="a-secret-for-the-kill-test",
        data=data,
        local_smtp=f"127.0.0.1:{port}",
    )


def one_round(settings: Settings, letters: int, every: int, seed: int) -> Round:
    """Queue the letters, let senders work, kill one after about `every` letters at a random moment, until all is settled."""
    house = wiring.build(settings)
    sink = Sink(int(settings.local_smtp.rpartition(":")[2]), seed)
    sink.server.start()
    queue_letters(house, letters, seed)
    chance, started, kills = random.Random(seed), time.monotonic(), 0
    senders = [_sender(settings) for _ in range(SENDERS)]
    try:
        while _open(house):
            _wait_for_letters(house, sink, chance.randint(1, 2 * every))
            time.sleep(chance.random() * 0.02)
            victim = chance.randrange(SENDERS)
            senders[victim].kill()
            senders[victim].join()
            kills += 1
            senders[victim] = _sender(settings)
            ticking.sweep(house)
    finally:
        for process in senders:
            process.kill()
            process.join()
    _swept(house)
    with house.sessions() as session:
        states = dict(session.execute(select(Message.state, func.count()).group_by(Message.state)).all())
        untold = session.scalar(UNTOLD) or 0
    sink.server.stop()
    house.engine.dispose()
    twice = sum(count - 1 for count in sink.taken.values())
    return Round(letters, kills, len(sink.taken), twice, states, time.monotonic() - started, untold)


def _wait_for_letters(house: wiring.House, sink: Sink, count: int) -> None:
    """Until so many more letters were accepted, or none is left."""
    goal = sink.taken.total() + count
    while sink.taken.total() < goal and _open(house):
        time.sleep(0.005)


def queue_letters(house: wiring.House, letters: int, seed: int) -> None:
    """A fresh lead and a due letter for each, in place of those of the round before."""
    with house.sessions.begin() as session:
        now = house.now(session)
        load_presets(session, house, now)
        session.execute(text("DELETE FROM messages"))
        session.execute(text("DELETE FROM leads"))
        session.execute(text("UPDATE mailboxes SET paused_until = NULL, failures = 0"))
        add_letters(session, now, letters, seed)


def add_letters(session: Session, now: datetime, letters: int, seed: int) -> None:
    """A fresh lead and a due letter for each."""
    people = [
        {
            "email": f"lead{n}.{seed}@lead.example",
            "name": f"Lead {n}",
            "created_at": now,
            "last_activity_at": now,
            "fields": {},
        }
        for n in range(letters)
    ]
    ids = session.scalars(insert(Lead).returning(Lead.id), people).all()
    rows = [
        {"kind": "answer", "class_": "inbound", "lead_id": lead_id, "to_address": person["email"], "due_at": now,
         "queued_at": now - timedelta(seconds=1), "extra": {"template": "form-thanks"}, "references": []}
        for lead_id, person in zip(ids, people, strict=True)
    ]  # fmt: skip
    session.execute(insert(Message), rows)


def _open(house: wiring.House) -> bool:
    ticking.sweep(house)
    with house.sessions() as session:
        query = select(Message.id).where(Message.state.in_(("queued", "claimed", "begun"))).limit(1)
        return session.scalar(query) is not None


def _sender(settings: Settings) -> ForkServerProcess:
    """A sender process, from a server that has imported everything: a start costs milliseconds, not seconds."""
    multiprocessing.set_forkserver_preload(
        ["outreach.wiring", "outreach.journeys.deliver", "outreach.journeys.ticking"]
    )
    process = multiprocessing.get_context("forkserver").Process(target=send_until_killed, args=(settings,), daemon=True)
    process.start()
    return process


def send_until_killed(settings: Settings) -> None:
    """A sender process: send, sweep, again."""
    house = wiring.build(settings)
    sender = deliver.Sender(house)
    while True:
        if not deliver.deliver(sender, "outbound", seconds=5):
            ticking.sweep(house)
            time.sleep(0.05)


def _swept(house: wiring.House) -> None:
    """Until the database has noticed that the last senders are gone: it takes a moment to let go of their locks."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        ticking.sweep(house)
        with house.sessions() as session:
            if not session.scalar(UNTOLD):
                return
        time.sleep(0.1)


def main() -> None:
    """Ten rounds, on engines of their own."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    print((__doc__ or "").strip(), flush=True)
    from outreach.cli.engines import Postgres, Valkey, temporary_place
    from outreach.store import migrate

    rounds, letters = int(os.environ.get("ROUNDS", "10")), int(os.environ.get("LETTERS", "1000"))
    place = temporary_place("outreach-chaos-")
    engines = [Postgres(place), Valkey(place)]
    for engine in engines:
        engine.start()
    try:
        url = engines[0].url_of("postgres")
        migrate.upgrade(url)
        with tempfile.TemporaryDirectory() as data:
            settings = settings_for(url, engines[1].url, 2526, Path(data))
            done = [_told(one_round(settings, letters, 50, seed)) for seed in range(rounds)]
    finally:
        for engine in reversed(engines):
            engine.stop()
        shutil.rmtree(place.data, ignore_errors=True)
    kills, unsure = sum(r.kills for r in done), sum(r.states.get("unsure", 0) for r in done)
    twice, lost, untold = sum(r.twice for r in done), sum(r.lost for r in done), sum(r.untold for r in done)
    well = not twice and not lost and not untold and unsure <= kills
    print(
        f"together: {rounds * letters} letters, {kills} kills, lost {lost}, twice {twice}, unsure {unsure}, untold {untold}"
    )
    print(
        "as promised: nobody twice, nobody lost, at most one unsure a kill" if well else "NOT AS PROMISED", flush=True
    )
    sys.exit(0 if well else 1)


def _told(done: Round) -> Round:
    print(done, flush=True)
    return done


if __name__ == "__main__":
    main()
