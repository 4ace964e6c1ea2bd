"""From the POST of a form to the mail server's 250 for the answer to it: idle, and at 20 posts a second.

    python -m bench.form [--idle 30] [--seconds 10] [--rate 20] [--newsletter 0]

A whole system is started as an operator starts it, on engines and ports of its own, and thrown away. Both moments are
taken on the database's clock or this machine's: they are the same one. `--newsletter`: so many letters of an issue are
on their way meanwhile. The last table says what a post costs each process, in milliseconds of a processor (posts,
answers, notices and what follows them until all is done; all that runs beside them is in it).
"""

import argparse
import collections
import http.client
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, text

from bench.deliver import descendants, processor_seconds
from outreach import heartbeat
from outreach.config import Settings
from outreach.queue import connect
from outreach.store.base import engine_for

TOPIC = "quote"


@dataclass(frozen=True)
class System:
    """A running system: its address, its database, its supervisor, its settings."""

    address: str
    engine: Engine
    process: "subprocess.Popen[bytes]"
    settings: Settings


@contextmanager
def system(variables: dict[str, str] | None = None) -> Iterator["System"]:
    """A running `outreach up` with its database, with further settings if wished."""
    folder = Path(tempfile.mkdtemp(prefix="outreach-bench-", dir="/tmp"))
    ports = [free_port() for _ in range(2)]
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OUTREACH", "SMTP", "DATABASE", "REDIS"))
    }
    environment |= {
        "OUTREACH_DATA": str(folder / "data"),
        "OUTREACH_PORT": str(ports[0]),
        "INBOUND_SMTP_LISTEN": f"127.0.0.1:{ports[1]}",
        **(variables or {}),
    }
    up = [sys.executable, "-c", "from outreach.cli import main; main()", "up"]
    with (folder / "up.txt").open("w") as said:
        process = subprocess.Popen(up, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
    try:
        address = f"http://127.0.0.1:{ports[0]}"
        _wait(process, address)
        told = json.loads((folder / "data" / "run.json").read_text())["settings"]
        settings = Settings.model_validate({**told, "OUTREACH_DATA": str(folder / "data")})
        engine = engine_for(settings.database_url)
        with engine.begin() as connection:  # everybody here writes from one domain, and they are a burst
            connection.execute(text("UPDATE account SET answers_an_hour = 0, burst_least = 0"))
        yield System(address, engine, process, settings)
        engine.dispose()
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(40)
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: "subprocess.Popen[bytes]", address: str) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(address + "/healthz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise SystemExit("The system did not become healthy.")


class Posts:
    """Who was posted when, and how long the form took to answer."""

    def __init__(self, address: str) -> None:
        self.host = address.removeprefix("http://")
        self.began: dict[str, float] = {}
        self.answered: dict[str, float] = {}
        self.refused = 0

    def post(self, email: str) -> None:
        """One form post on a connection of its own."""
        answers = {"name": "Pat Lee", "email": email, "topic": TOPIC, "message": "Hello", "consent": True}
        self.began[email] = time.time()
        # Each visitor may post 60 times a minute; on Linux the whole of 127/8 is ours to be many visitors from.
        visitor = (f"127.0.0.{2 + len(self.began) % 200}", 0) if sys.platform == "linux" else None
        connection = http.client.HTTPConnection(self.host, timeout=30, source_address=visitor)
        connection.request("POST", "/f/contact", json.dumps(answers), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        self.answered[email] = time.time()
        self.refused += answer.status != 201


def idle(posts: Posts, count: int) -> list[str]:
    """One post, a pause, the next."""
    names = [f"idle{number}@lead.test" for number in range(count)]
    for name in names:
        posts.post(name)
        time.sleep(0.5)
    return names


def busy(posts: Posts, rate: int, seconds: float) -> list[str]:
    """So many posts a second, each begun on time whether or not the one before has been answered."""
    names = [f"busy{number}@lead.test" for number in range(int(rate * seconds))]
    start, threads = time.monotonic(), []
    for number, name in enumerate(names):
        time.sleep(max(0.0, start + number / rate - time.monotonic()))
        threads.append(threading.Thread(target=posts.post, args=(name,)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    return names


def accepted(engine: Engine, names: list[str], seconds: float = 120) -> dict[str, float]:
    """When the local mail server took the answer to each of them."""
    query = text(
        "SELECT m.to_address, m.sent_at FROM messages m WHERE m.lane = 'urgent' AND m.state = 'sent' AND m.to_address LIKE '%@lead.test'"
    )
    until = time.monotonic() + seconds
    while True:
        with engine.connect() as connection:
            found: dict[str, datetime] = dict(connection.execute(query).all())
        if set(names) <= set(found) or time.monotonic() > until:
            return {name: found[name].timestamp() for name in names if name in found}
        time.sleep(0.2)


def line(name: str, posts: Posts, names: list[str], taken: dict[str, float]) -> str:
    """One line of the table, in milliseconds."""
    form = sorted((posts.answered[who] - posts.began[who]) * 1000 for who in names)
    mail = sorted((taken[who] - posts.began[who]) * 1000 for who in names if who in taken)
    return (
        f"{name:<22}{len(names):>7}{len(names) - len(taken):>9}{statistics.median(form):>12.0f}{_p99(form):>11.0f}"
        f"{statistics.median(mail):>16.0f}{_p99(mail):>15.0f}"
    )


NEWSLETTER = (
    "INSERT INTO leads (email, name, phone, phone_bad, company, title, topic, stage, address_state, zone, zone_source, country,"
    " region, locale, source, reach_by, best_time, score, hot, do_not_contact, created_at, last_activity_at)"
    " SELECT 'reader' || n || '@kund' || n % 500 || '.test', 'Reader ' || n, '', false, '', '', '', 'nurture', 'ok',"
    " 'Europe/Stockholm', 'field', 'SE', '', '', 'import', '', '', 0, false, false, now(), now()"
    " FROM generate_series(1, :count) AS n",
    "INSERT INTO issues (name, subject, mjml, text, state, content, audience, created_at, started_at, planned_up_to)"
    " VALUES ('March', 'Spring is here', :mjml, '', 'sent', '{}', '{}', now(), now(), 0)",
    "INSERT INTO messages (kind, class, rank, lane, at_once, state, reason, lead_id, issue_id, mailbox_id, variant, to_address,"
    ' subject, body, extra, "references", text_sent, due_at, queued_at, attempts, crashes, answer, settled, delivered)'
    " SELECT 'newsletter', 'newsletter', 5, 'outbound', false, 'queued', '', l.id, i.id, b.id, '', l.email, '', '', '{}',"
    " '[]', '', now(), now(), 0, 0, '', false, '' FROM leads l, issues i,"
    " (SELECT min(id) AS id FROM mailboxes WHERE active) b WHERE l.source = 'import'",
)
MJML = "<mj-section><mj-column><mj-text>Good morning {{ first_name|default('there') }}, spring is here.</mj-text></mj-column></mj-section>"


def queue_newsletter(engine: Engine, count: int) -> None:
    """So many letters of an issue, due now, in the mailbox that answers too."""
    with engine.begin() as connection:
        for statement in NEWSLETTER:
            connection.execute(text(statement), {"count": count, "mjml": MJML})


def sent_of_newsletter(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM messages WHERE issue_id > 0 AND state = 'sent'")) or 0)


def names_of(running: System) -> dict[int, str]:
    """Every process of the system, by what it does."""
    roles = {sign.pid: sign.role for sign in heartbeat.alive(connect(running.settings.redis_url))}
    found = {}
    for pid in descendants(running.process.pid):
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        engine = "postgres" if b"postgres" in command[:200] else "valkey" if b"valkey" in command[:200] else "web"
        found[pid] = roles.get(pid) or ("supervisor" if pid == running.process.pid else engine)
    return found


def cost(running: System, before: dict[int, float], posts: int) -> str:
    """Milliseconds of a processor a post, by process, those that cost most first."""
    spent: dict[str, float] = collections.defaultdict(float)
    for pid, name in names_of(running).items():
        spent[name] += processor_seconds([pid]) - before.get(pid, 0.0)
    most = sorted(spent.items(), key=lambda pair: -pair[1])
    each = [f"{name} {seconds * 1000 / posts:.1f}" for name, seconds in most if seconds * 1000 > posts / 10]
    return f"all {sum(spent.values()) * 1000 / posts:.1f}: " + ", ".join(each)


def _p99(values: list[float]) -> float:
    return values[min(len(values) - 1, int(len(values) * 0.99))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--idle", type=int, default=30, help="posts on an idle system")
    parser.add_argument("--rate", type=int, default=20, help="posts a second")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--newsletter", type=int, default=0, help="letters of an issue that go out meanwhile")
    options = parser.parse_args()
    print(
        f"{'form post, ms':<22}{'posts':>7}{'unsent':>9}{'answer p50':>12}{'answer p99':>11}{'mail taken p50':>16}{'mail taken p99':>15}"
    )
    with system() as running:
        engine = running.engine
        posts = Posts(running.address)
        for number in range(5):
            posts.post(f"warm{number}@lead.test")
        names = idle(posts, options.idle)
        print(line("idle", posts, names, accepted(engine, names)), flush=True)
        if options.newsletter:
            queue_newsletter(engine, options.newsletter)
        before = {pid: processor_seconds([pid]) for pid in names_of(running)}
        names = busy(posts, options.rate, options.seconds)
        print(line(f"{options.rate} a second", posts, names, accepted(engine, names)), flush=True)
        if options.newsletter:
            print(f"{sent_of_newsletter(engine)} of {options.newsletter} letters of the issue went out meanwhile")
        time.sleep(2)
        print(f"processor ms a post: {cost(running, before, len(names))}")
        if posts.refused:
            print(f"{posts.refused} posts were refused")


if __name__ == "__main__":
    main()
