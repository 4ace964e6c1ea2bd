"""Never stuck: finds rows that nobody works on or that contradict each other, mends what is safe, and lists the rest.

(1) Each fault has one question (store/faults). (2) What can be mended without deciding anything for a person is mended, in
a transaction of its own under the lead's lock, with an event that names the rule and what was done. (3) The rest is kept
as a list with remedies, for Health. (4) Every five minutes the closed loop is counted, and an exception that is new rings the bell.

A fault that heals by itself within a moment (a row due now, a letter on its way) counts only when it was there before.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

import structlog
from redis.exceptions import RedisError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach import documents
from outreach.core import engine, signals, states
from outreach.journeys import applying, facts, notify, ticking
from outreach.journeys.decided import Applying
from outreach.journeys.house import House
from outreach.store import business_clock, events, faults, kept_reports, leads, loose_ends
from outreach.store.enrolments import Enrolment
from outreach.store.faults import Loose
from outreach.store.kept_reports import CLOSED_LOOP, WATCHDOG
from outreach.store.messages import Message
from outreach.store.sequences import SequenceRow, VersionRow
from outreach.store.tasks import Task

log = structlog.get_logger()
LATE = timedelta(minutes=10)
"""Due since so long, and still there when looked at again: nobody works on it."""
LOOP_EVERY = timedelta(minutes=5)
JOBS_WAIT = 300.0
"""Real seconds after which a job that waits says that its worker does not come round."""


@dataclass(frozen=True)
class Finding:
    """One line of the list. `key` stays the same while the fault does; `seen_at`: real time, first seen."""

    key: str
    what: str
    remedy: str
    lead_id: int | None = None
    since: str = ""
    seen_at: str = ""


@dataclass(frozen=True)
class Fault:
    """A kind of fault: its question, its rule, and how it is mended (None: a person must) or told.

    `patient`: it counts only when it was there at the look before. `slow`: asked as seldom as the closed loop is counted;
    between, what was found stays on the list."""

    kind: str
    rows: Callable[[Session, datetime], list[Loose]]
    what: str
    remedy: str
    mend: Callable[[Session, House, Loose, datetime], str] | None = None
    patient: bool = False
    slow: bool = False


def look(house: House) -> int:
    """Look once at everything; how many faults were mended."""
    ticking.sweep(house)  # leases that ran out: claimed goes back to the queue, begun becomes unsure
    before, kept = _before(house)
    counts = _loop_is_due(house)
    findings: list[Finding] = []
    waiting: list[str] = []
    mended = 0
    for fault in FAULTS:
        if fault.slow and not counts:
            findings += [each for each in kept if each.key.startswith(f"{fault.kind} ")]
            continue
        with house.sessions() as session:
            rows = fault.rows(session, house.now(session))
        for row in rows:
            if fault.mend is None:
                findings.append(_finding(fault, row))
            elif fault.patient and f"{fault.kind} {row.id}" not in before:
                waiting.append(f"{fault.kind} {row.id}")
            else:
                mended += _mend(house, fault, row)
    findings += _unreadable(house)
    findings += _jobs(house)
    _keep(house, findings, waiting, before, mended)
    if counts:
        with house.sessions.begin() as session:
            count(session, house.now(session))
    if rung := {"overdue", "untold"} & {finding.key.split(" ")[0] for finding in findings}:
        log.warning("watchdog_rings", faults=sorted(rung))
        house.queue.poke("advance")
    return mended


def _finding(fault: Fault, row: Loose) -> Finding:
    since = row.since.isoformat() if row.since else ""
    return Finding(f"{fault.kind} {row.id}", fault.what.format(row.words), fault.remedy, row.lead_id, since)


def _mend(house: House, fault: Fault, row: Loose) -> int:
    """One row, in a transaction of its own; one that cannot be mended leaves the others alone."""
    try:
        with house.sessions.begin() as session:
            if row.lead_id and leads.locked(session, row.lead_id, wait=False) is None:
                return 0
            now = house.now(session)
            words = fault.mend(session, house, row, now) if fault.mend else ""
            if words:
                data = {"fault": fault.kind, "row": row.id, "was": row.words}
                events.record(
                    session,
                    now,
                    "repaired",
                    words,
                    lead_id=row.lead_id,
                    enrolment_id=row.enrolment_id,
                    rule="S",
                    data=data,
                )
        return int(bool(words))
    except Exception:
        log.exception("watchdog_could_not_mend", fault=fault.kind, id=row.id)
        return 0


# What is safe to mend


def _date_again(session: Session, house: House, row: Loose, now: datetime) -> str:
    """A running enrolment without a date is looked at now; one that has ended needs none."""
    found = session.get(Enrolment, row.id, populate_existing=True)
    if found is None:
        return ""
    if found.state.startswith("ended"):
        found.ended_at, found.due_at = found.ended_at or now, None
        return f"It had ended ({found.state}) and was not closed; now it is."
    if found.ended_at is not None:
        found.due_at, found.state, found.why = None, states.MANUAL, "Closed: it had an end, and a state as if it ran."
        return "It had an end and a state as if it ran; it is closed, nothing more goes out."
    if found.due_at is not None:
        return ""
    found.due_at = now
    return "It had no next date; it is looked at now."


def _drop_letter(session: Session, house: House, row: Loose, now: datetime) -> str:
    """X4, X8: a letter of an ended enrolment does not go."""
    letter = session.scalar(select(Message).where(Message.id == row.id).with_for_update())
    if letter is None or letter.state != "queued":
        return ""
    letter.state, letter.reason = "cancelled", "its sequence has ended"
    return f"A queued letter of an ended sequence was cancelled: “{row.words}”."


def _close_task(session: Session, house: House, row: Loose, now: datetime) -> str:
    """K2: an open task of an ended enrolment is cancelled."""
    task = session.get(Task, row.id, populate_existing=True)
    if task is None or task.state != "open":
        return ""
    task.state, task.done_at, task.note = "cancelled", now, "its sequence has ended"
    return f"An open task of an ended sequence was cancelled: “{row.words}”."


def _letter_again(session: Session, house: House, row: Loose, now: datetime) -> str:
    """F5: the letter that is waited for is not there (any more): the step is decided again."""
    lead, found = session.get(leads.Lead, row.lead_id), session.get(Enrolment, row.id, populate_existing=True)
    if lead is None or found is None or found.ended_at or not found.memory.get("under_way"):
        return ""
    sequence = facts.sequence_of(session, found)
    known = facts.gather(session, house, lead, sequence, found, now)
    decision = engine.on_signal(
        facts.snapshot(found), sequence, signals.LetterFailed("cancelled"), known, now, Random()
    )
    applying.apply(Applying(session, house, lead, found, sequence, now), decision)
    return f"The letter of step {row.words} was waited for and is not there; the step is decided again."


def _tell_again(session: Session, house: House, row: Loose, now: datetime) -> str:
    """D3: the letter went, and its enrolment was not told: it is told once more."""
    letter = session.get(Message, row.id, populate_existing=True)
    if letter is None or letter.state != "sent":
        return ""
    letter.settled = False
    return f"The letter of step {row.words} had gone, and the sequence still waited for it; it is told again."


# The questions


def _running(session: Session) -> list[int]:
    return list(session.scalars(select(SequenceRow.id)))


def _asked(
    question: Any, *, before: bool = False, sequences: bool = False
) -> Callable[[Session, datetime], list[Loose]]:
    def rows(session: Session, now: datetime) -> list[Loose]:
        values: dict[str, Any] = {"before": now - LATE} if before else {}
        if sequences:
            values["sequences"] = _running(session)
        return faults.ask(session, question, **values)

    return rows


FAULTS = (
    Fault("contradicting", _asked(faults.ENROLMENTS), "", "", _date_again),
    Fault("letter of ended", _asked(faults.LETTERS_OF_ENDED), "", "", _drop_letter),
    Fault("task of ended", _asked(faults.TASKS_OF_ENDED), "", "", _close_task),
    Fault("letter lost", _asked(faults.LETTER_LOST, sequences=True), "", "", _letter_again, patient=True),
    Fault("letter untold", _asked(faults.LETTER_UNTOLD, sequences=True), "", "", _tell_again, patient=True),
    Fault(
        "overdue", _asked(faults.OVERDUE, before=True),
        "Due and not looked at ({}).",
        "Look whether the worker “outbound” runs (above) and what logs/outbound.log says; it is rung for again.",
    ),
    Fault(
        "untold", _asked(faults.UNTOLD, before=True),
        "A letter ended ({}) and its lead was not told.",
        "Look whether the worker “outbound” runs (above) and what logs/outbound.log says; it is rung for again.",
    ),
    Fault(
        "lease", _asked(faults.LEASES),
        "A letter is {} by a sender that holds it beyond its time.",
        "It is given back when its sender has ended: restart outreach when that does not happen.",
    ),
    Fault(
        "mailbox gone", _asked(faults.NO_MAILBOX, before=True),
        "A letter waits for a mailbox that is not in use ({}).",
        "Switch a mailbox on in Settings, Mailboxes; its letters then find their way.",
    ),
    Fault(
        "owner gone", lambda session, now: faults.owner_gone(session),
        "The owner, {}, is switched off.",
        "Hand the lead to somebody: Settings, People, or on the lead’s page.",
    ),
    Fault(
        "happening given up", _asked(faults.GIVEN_UP),
        "What follows from something that happened could not be done ({}).",
        "Look at the lead: start or stop by hand what should have been. What failed stands in logs/outbound.log.",
    ),
    Fault(
        "version astray", _asked(faults.ASTRAY),
        "Stands in a version of another sequence than “{}”.",
        "Stop the sequence on the lead’s page and start it again.",
        slow=True,
    ),
    Fault(
        "mail unread", _asked(faults.MAIL_UNREAD, before=True),
        "A mail from {} came in and was not read.",
        "Look whether the worker “inbound” runs (above) and what logs/inbound.log says.",
    ),
)  # fmt: skip
NEEDS_A_SECOND_LOOK = frozenset({"overdue", "untold", "mail unread", "mailbox gone"})
"""Faults that a moved clock or a busy moment makes look worse than they are."""


def _unreadable(house: House) -> Iterator[Finding]:
    """Versions that leads stand in and that cannot be read any more: every one of them is stuck."""
    with house.sessions() as session:
        for version, name in session.execute(
            select(VersionRow, SequenceRow.name).where(VersionRow.sequence_id == SequenceRow.id)
        ):
            try:
                documents.published(version.document)
            except documents.DocumentError as fault:
                here = (Enrolment.sequence_id == version.sequence_id, Enrolment.version_id == version.id)
                inside = session.scalar(select(func.count()).where(*here, Enrolment.ended_at.is_(None)))
                if inside:
                    yield Finding(
                        f"version {version.id}",
                        f"Version {version.number} of “{name}” cannot be read ({fault}); {inside} leads stand in it.",
                        f"Publish a version that can be read and move everybody to it: /sequences/{version.sequence_id}.",
                    )


def _jobs(house: House) -> Iterator[Finding]:
    """Jobs that wait in the queue for long: their worker hangs or is away."""
    with suppress(RedisError, OSError):
        for name, seconds in house.queue.oldest().items():
            if seconds > JOBS_WAIT:
                yield Finding(
                    f"jobs {name}",
                    f"Jobs for the worker “{name}” wait since {round(seconds / 60)} minutes.",
                    f"Look what logs/{name}.log says; a worker that hangs is restarted by itself after its time.",
                )


# The list


def _before(house: House) -> tuple[dict[str, str], list[Finding]]:
    """Faults of the look before, with the real time at which each was seen first; and its list."""
    with house.sessions() as session:
        kept = kept_reports.kept(session, WATCHDOG)
        if kept is None:
            return {}, []
        return dict(kept.data.get("seen", {})), [Finding(**each) for each in kept.data.get("findings", ())]


def _keep(house: House, findings: list[Finding], waiting: list[str], before: dict[str, str], mended: int) -> None:
    """`waiting`: faults that count when they are there at the next look as well."""
    with house.sessions.begin() as session:
        real = business_clock.real_now(session).isoformat()
        seen = {key: before.get(key, real) for key in (*waiting, *(finding.key for finding in findings))}
        told = [
            asdict(finding) | {"seen_at": seen[finding.key]}
            for finding in findings
            if finding.key in before or finding.key.rsplit(" ", 1)[0] not in NEEDS_A_SECOND_LOOK
        ]
        kept_reports.keep(session, WATCHDOG, house.now(session), {"findings": told, "seen": seen, "mended": mended})


# The closed loop


def _loop_is_due(house: House) -> bool:
    """Whether what takes a second with a million leads is to be asked again."""
    with house.sessions() as session:
        now, kept = house.now(session), kept_reports.kept(session, CLOSED_LOOP)
        return kept is None or not timedelta(0) <= now - kept.at < LOOP_EVERY


def count(session: Session, now: datetime) -> dict[str, Any]:
    """Count the closed loop of the last 90 days and keep it; more exceptions than before ring the bell."""
    kept = kept_reports.kept(session, CLOSED_LOOP)
    known = int(kept.data.get("told", 0)) if kept else 0
    found = loose_ends.tally(session, now - timedelta(days=loose_ends.DAYS))
    sums = {fate: sum(n for each, _, n in found if each == fate) for fate in ("nurture", "excluded", "exception")}
    open_ends = sums["exception"]
    if open_ends > known:
        people = "1 lead" if open_ends == 1 else f"{open_ends} leads"
        text = f"{people} finished without a reply and went nowhere: neither into nurture nor left out with a reason."
        notify.tell(session, None, "problem", text, "/closed-loop?fate=exception", now)
        events.record(session, now, "alarm", text, rule="N", data=sums)
    data = {"sums": sums, "reasons": [list(each) for each in found], "days": loose_ends.DAYS, "told": open_ends}
    kept_reports.keep(session, CLOSED_LOOP, now, data)
    return data
