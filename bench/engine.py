"""Due enrolments a second: claim, gather facts, decide, apply; an idle tick; and a rehearsal of 90 days.

    python -m bench.engine [--leads 1000000] [--due 50000] [--processes 2]

One database of its own for each of 10,000, 100,000 and `--leads` enrolments; in each the same number is due (at most a
tenth of all), so that the table shows whether cost grows with what is stored. Claim and decide is the time that the
processes spend before they begin to write; with applying is from the first claim to the last commit.
"""

import argparse
import multiprocessing
import statistics
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.context import SpawnProcess
from multiprocessing.queues import Queue
from pathlib import Path
from random import Random

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bench import big
from outreach import documents, wiring
from outreach.config import Settings
from outreach.core import rehearsal
from outreach.core.enrolments import Facts
from outreach.journeys import advance, applying, facts, ticking
from outreach.journeys.decided import Applying
from outreach.journeys.desk import Desk
from outreach.journeys.presets import SHIPPED
from outreach.store import enrolments
from outreach.store.enrolments import Enrolment
from outreach.store.messages import Message
from outreach.wiring import House

SIZES = (10_000, 100_000)
EVENTS = ("2026-03-11T15:00 out_of_office 2026-03-16", "2026-04-01T09:00 out_of_office 2026-04-20")
HEAD = (
    f"{'enrolments':>10}{'due':>8}{'processes':>11}{'claim+decide/s':>16}{'with apply/s':>14}{'CPU us: decide':>17}"
    f"{'apply':>14}{'letters':>9}{'idle tick ms':>14}"
)


@dataclass
class Done:
    """What one worker did: rows, wall seconds and CPU seconds (its own and its server process's) before it began to write
    and while it wrote, and its first and last moment."""

    rows: int = 0
    deciding: float = 0.0
    deciding_cpu: float = 0.0
    writing_cpu: float = 0.0
    began: float = 0.0
    ended: float = 0.0


def cpu(backend: int) -> float:
    """CPU seconds of this process and of its PostgreSQL process so far (Linux; elsewhere of this process alone)."""
    try:
        server = int(Path(f"/proc/{backend}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        server = 0.0
    return time.process_time() + server


def work(settings: Settings, start: float, answers: "Queue[Done]") -> None:
    """A worker: batches until nothing is due."""
    house = wiring.build(settings)
    with house.sessions() as session:  # holidays, calendars and texts of the first decisions, then forgotten
        _decided(session, house, house.now(session))
        session.rollback()
    time.sleep(max(0.0, start - time.time()))
    done = Done(began=time.time())
    while True:
        with house.sessions.begin() as session:
            backend = session.scalar(select(func.pg_backend_pid())) or 0
            first, used = time.perf_counter(), cpu(backend)
            contexts = _claimed(session, house, house.now(session))
            nothing = not contexts
            done.rows += len(contexts)
            while contexts:
                decided = applying.decide(contexts)
                done.deciding += time.perf_counter() - first
                wrote = cpu(backend)
                done.deciding_cpu += wrote - used
                applying.apply_all(decided)
                contexts = [context for context, decision in decided if not applying.rests(context, decision)]
                first, used = time.perf_counter(), cpu(backend)
                done.writing_cpu += used - wrote
        if nothing:
            break
    done.ended = time.time()
    answers.put(done)
    house.engine.dispose()


def _claimed(session: Session, house: House, now: datetime) -> list[Applying]:
    found = enrolments.claim_due(session, now, advance.BATCH)
    versions = facts.sequences_of(session, [row for row, _ in found])
    desk = Desk(session, many=True)
    return [Applying(session, house, lead, row, versions[row.version_id], now, desk=desk) for row, lead in found]


def _decided(session: Session, house: House, now: datetime) -> None:
    if contexts := _claimed(session, house, now):
        applying.decide(contexts)


@dataclass(frozen=True)
class Speed:
    """Rows a second, and microseconds of CPU a row."""

    decided: float
    applied: float
    deciding_us: float
    writing_us: float


def measured(house: House, due: int, processes: int) -> Speed:
    """All due rows by so many processes at once."""
    context = multiprocessing.get_context("spawn")
    answers: Queue[Done] = context.Queue()
    start = time.time() + 12.0
    workers: list[SpawnProcess] = [
        context.Process(target=work, args=(house.settings, start, answers)) for _ in range(processes)
    ]
    for worker in workers:
        worker.start()
    found = [answers.get(timeout=900) for _ in workers]
    for worker in workers:
        worker.join()
    rows = sum(done.rows for done in found)
    assert rows == due, found
    whole = max(done.ended for done in found) - min(done.began for done in found)
    return Speed(
        sum(done.rows / done.deciding for done in found if done.rows),
        rows / whole,
        sum(done.deciding_cpu for done in found) / rows * 1e6,
        sum(done.writing_cpu for done in found) / rows * 1e6,
    )


def idle_tick(house: House, times: int = 50) -> float:
    """Milliseconds of one look for due jobs when nothing is due (median)."""
    taken = []
    with house.sessions() as session:
        now = house.now(session)
        for _ in range(times):
            began = time.perf_counter()
            jobs = ticking.due_jobs(session, now)
            taken.append((time.perf_counter() - began) * 1000)
            assert "advance" not in jobs, jobs
    return statistics.median(taken)


def line(leads: int, due: int, processes: int) -> str:
    """One line of the table."""
    with big.house(leads, due) as house:
        speed = measured(house, due, processes)
        with house.sessions() as session:
            due_again = select(func.count()).where(Enrolment.due_at <= house.now(session))
            assert session.scalar(due_again) == 0
            letters = session.scalar(select(func.count()).where(Message.state == "queued")) or 0
        return (
            f"{leads:>10}{due:>8}{processes:>11}{speed.decided:>16.0f}{speed.applied:>14.0f}{speed.deciding_us:>17.0f}"
            f"{speed.writing_us:>14.0f}{letters:>9}{idle_tick(house):>14.1f}   {big.machine(house.engine)}"
        )


def rehearse(times: int = 20) -> tuple[int, float]:
    """(lines, milliseconds) of 90 days rehearsed, with two absences and educational mail behind (median)."""
    known = {
        sequence.name: sequence
        for sequence in (documents.read(path.read_text("utf-8"), path.name) for path in sorted(SHIPPED.glob("*.yaml")))
    }
    lead = Facts(zone="Europe/Berlin", country="DE", region="BE", email="a@lead.example", phone="+49", company="Lumen")
    start = datetime(2026, 3, 6, 10, tzinfo=UTC)
    events = [rehearsal.read_event(each, lead.zone) for each in EVENTS]
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        lines = rehearsal.rehearse(
            known[big.SEQUENCE], lead, start, events=events, days=90, random=Random(1), programmes=known
        )
        taken.append((time.perf_counter() - began) * 1000)
    return len(lines), statistics.median(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=50_000)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    print(HEAD, flush=True)
    for leads in (*(size for size in SIZES if size < options.leads), options.leads):
        print(
            line(leads, min(options.due, leads // 10 if leads < 500_000 else options.due), options.processes),
            flush=True,
        )
    lines, milliseconds = rehearse()
    print(f"rehearsal of 90 days ({lines} lines): {milliseconds:.1f} ms")


if __name__ == "__main__":
    main()
