"""A lead enters a sequence, or is refused with the reason kept (M1 to M3, M6 to M8, P7, X7, X9).

enrol     by a person, the command line, the API: into this one sequence
enter     because something happened: into the highest of the list that it opens (M2)
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from outreach import documents
from outreach.core import entry
from outreach.core.sequences import Sequence
from outreach.errors import Refused
from outreach.journeys import applying, experiments, facts
from outreach.journeys.house import House
from outreach.store import companies, entries, events, happenings, leads, sequences
from outreach.store.enrolments import Enrolment
from outreach.store.leads import UNCONFIRMED, Lead
from outreach.store.sequences import SequenceRow


@dataclass(frozen=True)
class Enrolled:
    """The new enrolment, or why there is none. `waits`: it begins when the company has a free place (M7)."""

    enrolment: Enrolment | None
    refused: str = ""
    rule: str = ""
    waits: bool = False


def enrol(
    session: Session,
    house: House,
    lead: Lead,
    row: SequenceRow,
    now: datetime,
    *,
    submission_id: int | None = None,
    actor_id: int | None = None,
) -> Enrolled:
    """(1) Lock the lead, (2) ask whether it may enter, (3) begin, or write down the refusal."""
    leads.locked(session, lead.id)
    candidate = candidates(session, [row])[0]
    known = known_of(session, house, lead, [candidate], now, requested=submission_id is not None)
    refusal = entry.refusal(candidate, known, now)
    if refusal is not None:
        return _refused(session, lead, refusal, now, submission_id, actor_id)
    return _begin(session, house, lead, candidate, now, submission_id, actor_id)


def enter(
    session: Session,
    house: House,
    lead: Lead,
    happened: entry.Happening,
    now: datetime,
    *,
    named: int | None = None,
    opened: list[entry.Candidate] | None = None,
    submission_id: int | None = None,
    fresh: facts.Fresh | None = None,
) -> Enrolled | None:
    """M2: (1) the sequences that this opens, in the order of the list, (2) the highest that the lead may enter begins,
    (3) for each other the reason is kept. None when it opens nothing.

    `named`: the id of a sequence that the happening opens besides those that say so (a form's own); `opened`: where they are
    known already; `fresh`: of a lead that this transaction has made.
    """
    opened = opened_by(session, happened, named) if opened is None else opened
    if not opened:
        return None
    if fresh is None:
        leads.locked(session, lead.id)
    requested = submission_id is not None or happened.kind in entry.REQUESTS
    known = known_of(session, house, lead, opened, now, requested=requested, fresh=fresh)
    choice = entry.choose(opened, known, now)
    answers = [_refused(session, lead, refusal, now, submission_id, None) for refusal in choice.refused]
    if choice.entered is None:
        return next((answer for answer in answers if answer.waits), answers[0])
    return _begin(session, house, lead, choice.entered, now, submission_id, fresh=fresh)


def begin_waiting(session: Session, house: House, waiting: happenings.WaitingEntry, now: datetime) -> Enrolled:
    """M7: look again at a lead that waits for a place: it begins, waits on, or is refused for another reason by now."""
    lead, row = session.get_one(Lead, waiting.lead_id), session.get_one(SequenceRow, waiting.sequence_id)
    candidate = candidates(session, [row])[0]
    known = known_of(session, house, lead, [candidate], now, requested=True)
    refusal = entry.refusal(candidate, known, now)
    if refusal is not None and refusal.waits:
        return Enrolled(None, refusal.text, refusal.rule, waits=True)
    session.delete(waiting)
    session.flush()
    if refusal is not None:
        return _refused(session, lead, refusal, now, waiting.submission_id, None)
    return _begin(session, house, lead, candidate, now, waiting.submission_id)


def opened_by(session: Session, happened: entry.Happening, named: int | None = None) -> list[entry.Candidate]:
    """The published sequences that this opens, and the one `named` by its id, in the order of the list (M2)."""
    rows = sequences.in_order(session)
    if named is not None and not any(row.id == named for row in rows):
        rows += filter(None, [session.get(SequenceRow, named)])
    return [
        each
        for each in candidates(session, rows)
        if each.id == named or (each.sequence is not None and entry.listens(each.sequence, happened))
    ]


def candidates(session: Session, rows: Collection[SequenceRow]) -> list[entry.Candidate]:
    """Sequences as the rules see them, in the order given."""
    published = published_of(session, {row.current_version_id for row in rows if row.current_version_id})
    return [
        entry.Candidate(
            row.id,
            row.name,
            published.get(row.current_version_id or 0),
            row.archived_at is not None,
            row.current_version_id or 0,
        )
        for row in rows
    ]


_PUBLISHED: dict[tuple[int, datetime], Sequence] = {}
"""Versions never change once published, so each is read once a process; by version id and the moment of publishing."""
MOST_PUBLISHED = 2000


def published_of(session: Session, version_ids: Collection[int]) -> dict[int, Sequence]:
    """Published versions by id."""
    marks = sequences.published_at(session, version_ids)
    known = {mark: found for mark in marks if (found := _PUBLISHED.get(mark)) is not None}
    new = [mark for mark in marks if mark not in known]
    if len(_PUBLISHED) + len(new) > MOST_PUBLISHED:
        _PUBLISHED.clear()
    kept = sequences.documents_of(session, [number for number, _ in new]) if new else {}
    fresh = {mark: documents.published(kept[mark[0]][0]) for mark in new}
    _PUBLISHED.update(fresh)
    return {number: sequence for (number, _), sequence in (known | fresh).items()}


def known_of(
    session: Session,
    house: House,
    lead: Lead,
    asked: Collection[entry.Candidate],
    now: datetime,
    *,
    requested: bool,
    fresh: facts.Fresh | None = None,
) -> entry.Known:
    """What is true of the lead that is about to enter: nobody else takes a place of its company meanwhile (M7). Of one
    that came into being a moment ago no past is asked for."""
    if any(each.sequence is not None and each.sequence.enter.company_at_most is not None for each in asked):
        companies.take_turns(session, lead)
    if fresh is None:
        return known_of_all(session, house, [lead], asked, now, requested=requested)[lead.id]
    return entry.Known(
        suppressed=fresh.suppressed, requested=requested, **_asked_for(session, house, [lead], asked, now)[lead.id]
    )


def known_of_all(
    session: Session,
    house: House,
    people: Collection[Lead],
    asked: Collection[entry.Candidate],
    now: datetime,
    *,
    requested: bool,
) -> dict[int, entry.Known]:
    """What is true of leads, by id, in as many questions as for one. To look only: somebody else may be quicker."""
    ids = [lead.id for lead in people]
    suppressed, tags = facts.suppressed_of(session, people), leads.tags_by_lead(session, ids)
    running, left = entries.running_of(session, ids), entries.left_of(session, ids)
    more = _asked_for(session, house, people, asked, now)
    return {
        lead.id: entry.Known(
            suppressed=suppressed[lead.id] or _unconfirmed(lead),
            customer=lead.stage == "won" or entry.CUSTOMER in tags.get(lead.id, ()),
            running=tuple(entry.Running(*each) for each in running.get(lead.id, ())),
            left=left.get(lead.id, {}),
            requested=requested,
            **more[lead.id],
        )
        for lead in people
    }


def _unconfirmed(lead: Lead) -> str | None:
    """MAIL L4: nothing automatic goes to an address that its owner was asked to confirm, and did not."""
    return "not confirmed" if lead.address_state == UNCONFIRMED else None


def _asked_for(
    session: Session, house: House, people: Collection[Lead], asked: Collection[entry.Candidate], now: datetime
) -> dict[int, dict[str, Any]]:
    """By lead, what costs a question of its own and is asked only where a sequence wants to know."""
    wanted = [each.sequence for each in asked if each.sequence is not None]
    more: dict[int, dict[str, Any]] = {lead.id: {} for lead in people}
    if any(entry.needs_touch(each) for each in wanted):
        touched = entries.touched_of(session, list(more))
        for lead_id, known in more.items():
            known["touched_at"] = touched.get(lead_id)
    if any(each.enter.company_at_most is not None for each in wanted):
        for lead in people:
            more[lead.id]["colleagues"] = companies.followed_up(session, lead)
    demanding = [each for each in wanted if entry.needs_facts(each)]
    for lead_id, found in facts.gather_to_enter(session, house, people, demanding, now).items():
        more[lead_id]["facts"] = found
    return more


def enrol_by_email(session: Session, house: House, name: str, email: str, now: datetime) -> Enrolled:
    """For the command line. Raises Refused when the lead or the sequence does not exist."""
    row = sequences.by_name(session, name)
    if row is None:
        known = ", ".join(f"“{s.name}”" for s in sequences.all_sequences(session))
        raise Refused(f"There is no sequence “{name}”. There are: {known}.")
    lead = leads.by_email(session, email)
    if lead is None:
        raise Refused(
            f"There is no lead with the address {email}. Add it in the page Leads, or let the person fill in a form."
        )
    return enrol(session, house, lead, row, now)


def _begin(
    session: Session,
    house: House,
    lead: Lead,
    candidate: entry.Candidate,
    now: datetime,
    submission_id: int | None,
    actor_id: int | None = None,
    fresh: facts.Fresh | None = None,
) -> Enrolled:
    if actor_id is None and experiments.runs(session, candidate.id):
        drawn = experiments.assigned(session, lead.id, session.get_one(SequenceRow, candidate.id), now)
        if drawn.id != candidate.id:
            candidate = candidates(session, [drawn])[0]
            known = known_of(session, house, lead, [candidate], now, requested=True, fresh=fresh)
            if (refusal := entry.refusal(candidate, known, now)) is not None:
                return _refused(session, lead, refusal, now, submission_id, actor_id)
    assert candidate.sequence is not None, "only published sequences take leads"
    published = applying.Published(candidate.id, candidate.version_id, candidate.sequence)
    begun = applying.begin(
        session, house, lead, published, now, submission_id=submission_id, actor_id=actor_id, fresh=fresh
    )
    return Enrolled(begun)


def _refused(
    session: Session,
    lead: Lead,
    refusal: entry.Refusal,
    now: datetime,
    submission_id: int | None,
    actor_id: int | None,
) -> Enrolled:
    """Keep why not; who only waits for a place gets a row that is looked at again."""
    name = refusal.candidate.name
    first = not refusal.waits or happenings.wait(session, lead.id, refusal.candidate.id, submission_id, now)
    if first:
        words = f"Waits for a place in “{name}”" if refusal.waits else f"Not enrolled in “{name}”"
        events.record(
            session,
            now,
            "not enrolled",
            f"{words}: {refusal.text}",
            lead_id=lead.id,
            actor_id=actor_id,
            rule=refusal.rule,
            data={"sequence": refusal.candidate.id, "waits": refusal.waits},
        )
    return Enrolled(None, refusal.text, refusal.rule, refusal.waits)
