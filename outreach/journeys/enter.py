"""What follows when something happened to a lead: running sequences react, and others are entered (M2, X1, X6).

    handle          happenings, each once: (1) the score, (2) those that nobody listens for, or nobody whom this lead
                    could be told by or could enter, all together, (3) the others one by one
    place_waiting   M7: whoever waits for a place of the company looks again

Each happening is handled in a transaction of its own, which marks it as handled: a worker that dies in between leaves
it for the next one. One that raises is tried again later and holds up nobody.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from outreach.core import entry, signals
from outreach.core.sequences import Sequence
from outreach.journeys import again, applying, enrol, facts, scoring
from outreach.journeys.house import House
from outreach.store import business_clock, companies, enrolments, events, happenings, leads, sequences
from outreach.store.enrolments import SALES
from outreach.store.happenings import Happening, Open
from outreach.store.leads import Lead

log = logging.getLogger(__name__)

LOUD = ("replied", "colleague")
"""Kinds that are always looked at: colleagues have to hear of them."""
RANGES = ("visited", "score")
"""Kinds whose names are no plain match: whoever listens for one listens for the whole kind."""
ENTERS_ITSELF = ("form",)
"""Kinds whose own door has let in already (journeys.capture): only running sequences may want to hear of them."""
LOOK_AGAIN = timedelta(hours=1)
ASKED_AS = {"tag": "tag", "stage": "stage", "segment": "segment", "form": "submitted", "visited": "visited"}
"""Kind of a happening -> kind of the conditions that ask about it."""


def handle(house: House, limit: int = 200) -> bool:
    """Handle what happened; True when there is more."""
    with house.sessions.begin() as session:
        ids = happenings.open_ids(session, limit)
        people = happenings.leads_of(session, ids)
        now = house.now(session)
    if not ids:
        return False
    try:
        scoring.recompute(house, people)
    except Exception:
        log.exception("scores could not be worked out; the daily look will")
    with house.sessions.begin() as session:
        happenings.drop_unheard(session, heard(session), LOUD, ids)
        left = happenings.still_open(session, ids)
        idle = _for_nobody(session, left) if left else set()
        if idle:
            happenings.drop(session, idle)
    for row in left:
        if row.id not in idle:
            _one(house, row.id, row.lead_id, now)
    return len(ids) == limit


def place_waiting(house: House, limit: int = 100) -> int:
    """M7: let enter who has found a place by now; how many did."""
    with house.sessions.begin() as session:
        due = happenings.waiting_due(session, house.now(session), limit)
    return sum(_placed(house, entry_id, lead_id) for entry_id, lead_id in due)


def heard(session: Session) -> set[tuple[str, str]]:
    """(kind, name) of everything that a published version listens for; older versions count while people are inside."""
    found: set[tuple[str, str]] = set()
    for sequence in _documents(session).values():
        found |= {(rule.kind, rule.name) for rule in sequence.enter.on if rule.kind not in ENTERS_ITSELF}
        found |= {("stage", stage) for stage, _ in sequence.stop.stage}
        found |= {(kind, "") for kind in RANGES if _hears(sequence, kind)}
        for kind, asked in ASKED_AS.items():
            found |= {(kind, name) for name in entry.names_asked([sequence], asked)}
    return found


def _hears(sequence: Sequence, kind: str) -> bool:
    opens = any(rule.kind == kind for rule in sequence.enter.on)
    return opens or bool(entry.names_asked([sequence], kind))


def _documents(session: Session) -> dict[int, Sequence]:
    """Every version by its id, with the stop rules in force."""
    found = enrol.published_of(session, sequences.all_versions(session))
    return {number: facts.with_set(session, each) for number, each in found.items()}


def _for_nobody(session: Session, rows: Collection[Open]) -> set[int]:
    """Those that open no way in, and about which nothing asks that their lead is inside of."""
    known = _documents(session)
    inside = enrolments.versions_of(session, {row.lead_id for row in rows})
    return {
        row.id
        for row in rows
        if row.kind not in LOUD
        and not any(_asks((class_, known[number]), row) for class_, number in inside.get(row.lead_id, ()))
        and (row.kind in ENTERS_ITSELF or not any(entry.listens(each, _happened(row)) for each in known.values()))
    }


def _one(house: House, happening_id: int, lead_id: int, now: datetime) -> None:
    def handled() -> None:
        with house.sessions.begin() as session:
            lead = leads.locked(session, lead_id)
            row = happenings.lock_open(session, happening_id)
            if lead is None or row is None:
                return
            row.handled_at = business_clock.real_now(session)
            if lead.erased_at is None:
                _tell(session, house, lead, row, now)
                _enter(session, house, lead, row, now)

    try:
        again.while_passing(handled)
    except OperationalError:
        raise  # the database is away or busy: no fault of what happened
    except Exception as error:
        log.exception("what happened (%s) could not be handled", happening_id)
        with house.sessions.begin() as session:
            happenings.failed(session, happening_id, f"{type(error).__name__}: {error}")


def _tell(session: Session, house: House, lead: Lead, row: Happening, now: datetime) -> None:
    """Running sequences hear of it, where one of them asks about such a thing."""
    if row.kind == "replied":
        _tell_colleagues(session, lead, row, now)
        return
    signal = _signal(row)
    if signal is not None and any(_asks(each, row) for each in _running(session, lead.id)):
        applying.signal(session, house, lead.id, signal, now)


def _tell_colleagues(session: Session, lead: Lead, row: Happening, now: datetime) -> None:
    """X6: each colleague who is being followed up hears of the reply by a happening of their own (and a lock of theirs)."""
    who = lead.name or lead.email
    for colleague in companies.selling_ids(session, lead):
        key = f"colleague:{row.id}:{colleague}"
        happenings.note(session, now, "colleague", who, colleague, key=key, data={"lead": lead.id})


def _signal(row: Happening) -> signals.Signal | None:
    if row.kind == "colleague":
        return signals.Replied(colleague=True, who=row.name)
    if row.kind == "form":
        return signals.Submitted(row.name)
    if row.kind == "visited":
        return signals.Visited(row.name)
    if row.kind == "stage":
        return signals.StageChanged(row.name)
    words = {
        "tag": f"The lead has the tag “{row.name}” now.",
        "segment": f"The lead is in the segment “{row.name}” now.",
        "score": f"The lead's score is {row.data.get('after', 0)} now.",
    }
    return signals.FactsChanged(words[row.kind]) if row.kind in words else None


def _running(session: Session, lead_id: int) -> list[tuple[str, Sequence]]:
    """(class, document) of what the lead is in."""
    rows = enrolments.running(session, lead_id)
    documents = facts.sequences_of(session, rows)
    return [(row.class_, documents[row.version_id]) for row in rows]


def _asks(running: tuple[str, Sequence], row: Happening | Open) -> bool:
    klass, sequence = running
    if row.kind == "colleague":
        return klass in SALES
    if row.kind == "stage" and sequence.stop.on_stage(row.name) is not None:
        return True
    return bool(entry.names_asked([sequence], ASKED_AS.get(row.kind, row.kind)))


def _enter(session: Session, house: House, lead: Lead, row: Happening, now: datetime) -> None:
    """A form's own door has let in already; a colleague's reply opens nothing."""
    if row.kind in (*ENTERS_ITSELF, "colleague"):
        return
    happened = _happened(row)
    opened = enrol.opened_by(session, happened)
    if row.kind == "date":
        opened = [each for each in opened if each.id == row.data["sequence"]]
    if opened:
        enrol.enter(session, house, lead, happened, now, opened=opened, submission_id=row.data.get("submission"))


def _happened(row: Happening | Open) -> entry.Happening:
    scored = row.data if row.kind == "score" else {}
    return entry.Happening(row.kind, row.name, int(scored.get("before", 0)), int(scored.get("after", 0)))


def _placed(house: House, entry_id: int, lead_id: int) -> bool:
    try:
        with house.sessions.begin() as session:
            lead = leads.locked(session, lead_id)
            waiting = happenings.lock_waiting(session, entry_id)
            if lead is None or waiting is None:
                return False
            now = house.now(session)
            done = enrol.begin_waiting(session, house, waiting, now)
            if done.waits:
                waiting.look_at = now + LOOK_AGAIN
            return done.enrolment is not None
    except Exception as error:
        log.exception("the waiting entry %s could not be looked at", entry_id)
        with house.sessions.begin() as session:
            now = house.now(session)
            if waiting := happenings.lock_waiting(session, entry_id):
                waiting.look_at = now + LOOK_AGAIN
            events.record(
                session,
                now,
                "problem",
                f"A waiting entry could not be looked at: {error}"[:500],
                lead_id=lead_id,
                rule="M7",
            )
        return False
