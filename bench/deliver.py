"""Letters a second through the whole deliver loop: from rows in PostgreSQL to a mail server on this machine.

    python -m bench.deliver [--letters 100000] [--senders 2] [--dkim]

A newsletter of about 15 kB with personal fields, signed links and the ways out, for so many leads: claim, cap and consent
asked again, write, `begun`, hand in, `sent`, events, each letter as it really is; engines of its own. The mail server is
smtp-sink (C, of Debian's postfix) where it is installed, else a small one of our own. A line for plain letters, and one
for each kind of DKIM key (RSA of 2048 bits, Ed25519). What one signature costs alone stands above them: RSA takes 0.25 ms on
some processors and three times that on others, and no letter can cost less.

The time is that from the first accepted letter to the last. Processor time is what the letters cost, whatever else the
machine does meanwhile: senders, database and mail server together; `would be` is two cores divided by it.
"""

import argparse
import gc
import multiprocessing
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, insert, text

from bench import kill, letters
from outreach import config, wiring
from outreach.cli.engines import Postgres, Valkey, temporary_place
from outreach.cli.supervisor import GC_THRESHOLD
from outreach.config import Settings
from outreach.journeys import deliver, signing
from outreach.mail import bytecheck, dkim
from outreach.store import account, migrate
from outreach.store.domains import DkimKeyRow
from outreach.store.leads import Lead
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message
from outreach.store.templates import Issue

SMTP_SINK = ("/usr/sbin/smtp-sink", "/usr/local/sbin/smtp-sink", "/usr/lib/postfix/sbin/smtp-sink")
MAILBOXES = 4
KINDS: tuple[dkim.Kind, ...] = ("rsa", "ed25519")
TICKS = os.sysconf("SC_CLK_TCK")
ITEMS = [
    {"title": f"Part {n}: what a roof carries", "text": "Something useful about roofs and light. " * 14, "url": f"https://x.example/{n}"}
    for n in range(3)
]  # fmt: skip
ISSUE = """<!-- layout: personal -->
<mj-section><mj-column>
<mj-text font-size="22px">{{ issue.title }}</mj-text>
<mj-text>Good morning {{ first_name|default('there') }}, {{ issue.intro }}
We write to {{ company|default('you') }} in {{ city|default('your town') }}.</mj-text>
{% for item in issue.items %}
<mj-divider border-width="1px" border-color="#dddddd" />
<mj-text><b>{{ item.title }}</b><br />{{ item.text }}<br />
<a href="{{ item.url }}">Read more, {{ first_name|default('please') }}</a></mj-text>
{% endfor %}
<mj-divider border-width="1px" border-color="#dddddd" />
</mj-column></mj-section>"""


def send_all() -> None:
    """A sender process: until nothing is left."""
    sender = deliver.Sender(wiring.build(config.load()))
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLD)
    while deliver.deliver(sender, "outbound", seconds=60):
        pass
    sender.close()


# ---- the rows


def queue_newsletter(house: wiring.House, count: int) -> None:
    """So many leads, and a due letter of one issue for each, spread over the mailboxes."""
    with house.sessions.begin() as session:
        now = house.now(session)
        us = account.get(session)
        us.company, us.postal_address = "Nordic Roofs", "Storgatan 1, Stockholm"
        session.execute(text("TRUNCATE messages, leads, issues, mailboxes, events, links CASCADE"))
        boxes = [
            Mailbox(address=f"news{n}@nordic.example", name="Nordic Roofs", created_at=now, imap_cursor={})
            for n in range(MAILBOXES)
        ]
        issue = Issue(
            name="March", subject="{{ first_name|default('Hello') }}, {{ issue.title }}", mjml=ISSUE, state="sending",
            content={"title": "Spring is here", "intro": "A long winter ends. " * 22, "items": ITEMS}, audience={},
            created_at=now, started_at=now, planned_up_to=count,
        )  # fmt: skip
        session.add_all([*boxes, issue])
        session.flush()
        for start in range(0, count, 5000):
            people = [_lead(number, now) for number in range(start, min(count, start + 5000))]
            session.execute(insert(Lead), people)
        values = {"now": now, "issue": issue.id, "boxes": [box.id for box in boxes], "of": len(boxes)}
        session.execute(
            text(
                "INSERT INTO messages (kind, class, rank, lane, at_once, state, reason, lead_id, issue_id, mailbox_id, variant,"
                ' to_address, subject, body, extra, "references", text_sent, due_at, queued_at, attempts, crashes, answer,'
                " settled, delivered) SELECT 'newsletter', 'newsletter', 5, 'outbound', false, 'queued', '', id, :issue,"
                " (CAST(:boxes AS bigint[]))[1 + id % :of], '', email, '', '', '{}', '[]', '', :now, :now, 0, 0, '', false, ''"
                " FROM leads"
            ),
            values,
        )
    with house.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE messages, leads"))
        connection.execute(text("CHECKPOINT"))


def _lead(number: int, now: datetime) -> dict[str, object]:
    return {
        "email": f"lead{number}@kund{number % 500}.example", "name": f"Åsa{number} Öberg", "company": f"Company {number}",
        "fields": {"city": f"Town {number % 97}"}, "created_at": now, "last_activity_at": now, "zone": "Europe/Stockholm",
    }  # fmt: skip


def sign_with(house: wiring.House, kind: dkim.Kind) -> None:
    """This one key for the mailboxes' domain, as if DNS showed it already."""
    with house.sessions.begin() as session:
        session.execute(delete(DkimKeyRow))
        row = signing.new_key(session, house, "nordic.example", kind, house.now(session))
        row.state = "used"


def signature_ms(kind: dkim.Kind, times: int = 300) -> float:
    """What a signature of a short letter costs with nothing beside it."""
    key = dkim.load("nordic.example", "s1", dkim.generate(kind)[0])
    raw = b"From: news@nordic.example\r\n\r\nGood morning\r\n"
    dkim.sign(raw, key)
    start = time.process_time()
    for _ in range(times):
        dkim.sign(raw, key)
    return (time.process_time() - start) / times * 1000


# ---- the machine


def processor_seconds(pids: list[int]) -> float:
    """Time on a processor of these processes and of those that they have waited for."""
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(int(fields[n]) for n in (11, 12))
    return total / TICKS


def descendants(pid: int) -> list[int]:
    """A process and its children."""
    shown = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = [tuple(map(int, line.split())) for line in shown.splitlines()]
    found, fresh = [pid], [pid]
    while fresh:
        fresh = [child for child, parent in parents if parent in fresh]
        found += fresh
    return found


def memory(pid: int) -> float:
    """Resident megabytes."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))
    except (OSError, StopIteration):
        return 0.0


class OurSink:
    """The sink of bench.letters in a process of its own, where smtp-sink is not installed."""

    name = "own sink (Python)"

    def __init__(self) -> None:
        near, far = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=letters.serve, args=(far,), daemon=True)
        self.process.start()
        self.port, self.pid = near.recv(), self.process.pid or 0

    def stop(self) -> None:
        self.process.terminate()


class CSink:
    """smtp-sink: takes letters and throws them away."""

    name = "smtp-sink"

    def __init__(self, path: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        self.process = subprocess.Popen([path, *user, f"127.0.0.1:{self.port}", "200"], stderr=subprocess.DEVNULL)
        self.pid = self.process.pid
        until = time.monotonic() + 10
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit("smtp-sink does not listen")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


def a_sink() -> OurSink | CSink:
    found = next((path for path in SMTP_SINK if Path(path).exists()), None)
    return CSink(found) if found else OurSink()


# ---- a run


@dataclass(frozen=True)
class Run:
    """What one run came to."""

    sent: int
    seconds: float
    sending: float
    database: float
    sink: float
    memory: list[tuple[float, float, float]]
    """Megabytes of each sender: at a quarter of the way, in the middle, near the end."""
    events: int
    load: float


def measured(settings: Settings, count: int, senders: int, postgres: int, sink: int) -> Run:
    """Send them all; the clock runs from the first accepted letter to the last."""
    house = wiring.build(settings)
    command = [sys.executable, "-m", "bench.deliver", "--send"]
    before, already = (processor_seconds(descendants(postgres)), processor_seconds([sink])), _events_written(house)
    processes = [subprocess.Popen(command, env=os.environ | settings.environment()) for _ in range(senders)]
    sizes: list[list[float]] = [[] for _ in processes]
    cost = [0.0] * senders
    marks, database = [0.25, 0.5, 0.9], before[0]
    while any(process.poll() is None for process in processes):
        time.sleep(1)
        done = _events_written(house) - already
        database = max(database, processor_seconds(descendants(postgres)))
        for number, process in enumerate(processes):
            cost[number] = max(cost[number], processor_seconds([process.pid]))
        if marks and done >= count * marks[0]:
            marks.pop(0)
            for kept, process in zip(sizes, processes, strict=True):
                kept.append(memory(process.pid))
    with house.sessions() as session:
        sent, first, last = session.execute(
            text("SELECT count(*), min(sent_at), max(sent_at) FROM messages WHERE state = 'sent'")
        ).one()
        events = session.scalar(text("SELECT count(*) FROM events WHERE kind = 'sent'"))
    spent = processor_seconds([sink]) - before[1]
    house.engine.dispose()
    shown = [(*kept, *[0.0] * (3 - len(kept))) for kept in sizes]
    return Run(
        sent,
        (last - first).total_seconds(),
        sum(cost),
        database - before[0],
        spent,
        shown,
        events,
        os.getloadavg()[0],
    )


def _events_written(house: wiring.House) -> int:
    """Since the database was made: a count that costs nothing while letters go out."""
    with house.engine.connect() as connection:
        written = text("SELECT coalesce(sum(n_tup_ins), 0) FROM pg_stat_user_tables WHERE relname = 'events'")
        return int(connection.scalar(written) or 0)


def told(name: str, run: Run) -> str:
    """One line of the table."""
    cost = (run.sending + run.database + run.sink) / max(run.sent, 1)
    sizes = "  ".join("/".join(f"{mb:.0f}" for mb in one) for one in run.memory)
    return (
        f"{name:<10}{run.sent:>8}{run.events:>8}{run.seconds:>9.1f}{run.sent / run.seconds:>11.0f}"
        f"{1000 * run.sending / run.sent:>9.2f}{1000 * run.database / run.sent:>9.2f}{1000 * run.sink / run.sent:>8.2f}"
        f"{2 / cost:>10.0f}  {sizes}  {run.load:.1f}"
    )


def sample(settings: Settings) -> int:
    """Size of one letter, which must be well made."""
    from outreach.journeys import posting

    house = wiring.build(settings)
    with house.sessions() as session:
        message, box = session.query(Message).first(), session.query(Mailbox).first()
        assert message is not None
        assert box is not None
        desk = posting.Desk(session, house, box, [message.id], house.now(session))
        raw = desk.write(desk.drafts[0]).raw
        session.rollback()
    house.engine.dispose()
    assert bytecheck.faults(raw) == [], bytecheck.faults(raw)
    return len(raw)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=100_000)
    parser.add_argument("--senders", type=int, default=2)
    parser.add_argument("--dkim", action="store_true", help="only the lines with signatures")
    parser.add_argument("--plain", action="store_true", help="only the line without")
    options = parser.parse_args()
    sink = a_sink()
    place = temporary_place("outreach-bench-")
    postgres, valkey = Postgres(place), Valkey(place)
    for engine in (postgres, valkey):
        engine.start()
    try:
        url = postgres.url_of("postgres")
        migrate.upgrade(url)
        pid = _postmaster(place.data)
        with tempfile.TemporaryDirectory() as data:
            settings = kill.settings_for(url, valkey.url, sink.port, Path(data))
            house = wiring.build(settings)
            queue_newsletter(house, options.letters)
            _heading(options, sink.name, sample(settings))
            if not options.dkim:
                print(told("plain", measured(settings, options.letters, options.senders, pid, sink.pid)), flush=True)
            for kind in () if options.plain else KINDS:
                queue_newsletter(house, options.letters)
                sign_with(house, kind)
                print(told(kind, measured(settings, options.letters, options.senders, pid, sink.pid)), flush=True)
            house.engine.dispose()
    finally:
        for engine in (valkey, postgres):
            engine.stop()
        sink.stop()
        shutil.rmtree(place.data, ignore_errors=True)


def _postmaster(folder: Path) -> int:
    return int(next(folder.rglob("postmaster.pid")).read_text().split()[0])


def _heading(options: argparse.Namespace, sink: str, size: int) -> None:
    print(
        f"{options.letters} letters of {size / 1000:.1f} kB, {options.senders} senders, {MAILBOXES} mailboxes, {sink}, "
        f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    print(f"A signature alone: {', '.join(f'{kind} {signature_ms(kind):.2f} ms' for kind in KINDS)}")
    print(
        f"{'letters':<10}{'sent':>8}{'events':>8}{'seconds':>9}{'letters/s':>11}{'ms send':>9}{'ms db':>9}{'ms sink':>8}"
        f"{'would be':>10}  MB of each sender at 25/50/90 %, load"
    )


if __name__ == "__main__":
    send_all() if "--send" in sys.argv else main()
