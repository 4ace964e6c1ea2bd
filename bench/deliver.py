"""Letters a second through the whole deliver loop: from rows in PostgreSQL to a mail server on this machine.

    python -m bench.deliver [--letters 2000]

Claim, write, `begun`, hand in, `sent`, each letter as it really is; engines of its own; one sender, then two at once.
"""

import argparse
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from sqlalchemy import func, select

from bench import kill, letters
from outreach import config, wiring
from outreach.cli.engines import Postgres, Valkey, temporary_place
from outreach.config import Settings
from outreach.journeys import deliver
from outreach.store import migrate
from outreach.store.messages import Message


def send_all() -> None:
    """A sender process: until nothing is left."""
    sender = deliver.Sender(wiring.build(config.load()))
    while deliver.deliver(sender, "outbound", seconds=60):
        pass
    sender.close()


def measured(settings: Settings, count: int, senders: int) -> tuple[int, float]:
    """(letters sent, seconds from the first accepted one to the last)."""
    house = wiring.build(settings)
    kill.queue_letters(house, count, senders)
    environment = os.environ | settings.environment()
    command = [sys.executable, "-m", "bench.deliver", "--send"]
    processes = [subprocess.Popen(command, env=environment) for _ in range(senders)]
    for process in processes:
        process.wait()
    with house.sessions() as session:
        query = select(func.count(), func.min(Message.sent_at), func.max(Message.sent_at)).where(
            Message.state == "sent"
        )
        sent, first, last = session.execute(query).one()
    house.engine.dispose()
    return sent, (last - first).total_seconds()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=2000)
    options = parser.parse_args()
    near, far = multiprocessing.Pipe()
    sink = multiprocessing.Process(target=letters.serve, args=(far,), daemon=True)
    sink.start()
    place = temporary_place("outreach-bench-")
    engines = [Postgres(place), Valkey(place)]
    for engine in engines:
        engine.start()
    try:
        url = engines[0].url_of("postgres")
        migrate.upgrade(url)
        with tempfile.TemporaryDirectory() as data:
            settings = kill.settings_for(url, engines[1].url, near.recv(), Path(data))
            print(f"{'senders':<10}{'letters':>9}{'sent':>7}{'seconds':>10}{'letters/s':>11}")
            for senders in (1, 2):
                sent, seconds = measured(settings, options.letters, senders)
                print(f"{senders:<10}{options.letters:>9}{sent:>7}{seconds:>10.1f}{sent / seconds:>11.0f}", flush=True)
    finally:
        for engine in reversed(engines):
            engine.stop()
        sink.terminate()
        shutil.rmtree(place.data, ignore_errors=True)


if __name__ == "__main__":
    send_all() if "--send" in sys.argv else main()
