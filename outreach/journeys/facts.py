"""What the engine has to know of a lead and the house right now, read afresh before every decision (X4)."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from outreach import documents
from outreach.core import editing, entry, jurisdictions, stops
from outreach.core.enrolments import Facts, Pausing, SentMail, Snapshot
from outreach.core.planning import OUT_OF_OFFICE_DAYS
from outreach.core.sequences import Sequence, Week
from outreach.core.tasks import OUTCOMES
from outreach.journeys import letters
from outreach.journeys.house import House
from outreach.store import (
    account,
    bases,
    consents,
    enrolments,
    forms,
    inbox,
    leads,
    links,
    mailboxes,
    messages,
    pauses,
    segments,
    sequences,
    stop_sets,
    tasks,
    templates,
    users,
    visits,
)
from outreach.store.account import Account
from outreach.store.enrolments import Enrolment
from outreach.store.leads import Lead
from outreach.store.messages import LetterOfLate
from outreach.store.users import User

LOOK_BACK = timedelta(days=31)
NURTURE_HOLDS = timedelta(days=14)
"""X5."""


def snapshot(row: Enrolment) -> Snapshot:
    """The row as the engine sees it."""
    return Snapshot(
        id=row.id,
        state=row.state,
        step_key=row.step_key,
        due_at=row.due_at,
        anchor_at=row.anchor_at,
        last_done_at=row.last_done_at,
        reason=row.reason,
        memory=row.memory,
    )


def sequence_of(session: Session, row: Enrolment) -> Sequence:
    """The version that this enrolment points to (V1)."""
    return sequences_of(session, [row])[row.version_id]


def sequences_of(session: Session, rows: Collection[Enrolment]) -> dict[int, Sequence]:
    """The versions that these enrolments point to, by version id, with the texts in force (V2)."""
    documents_of = sequences.documents_of(session, {row.version_id for row in rows})
    return {version_id: with_set(session, worded(*both)) for version_id, both in documents_of.items()}


def with_set(session: Session, sequence: Sequence) -> Sequence:
    """The sequence with the account's stop rules that it uses (X1)."""
    if not sequence.stop.use:
        return sequence
    found = stop_sets.by_name(session, sequence.stop.use)
    return _ruled(sequence, json.dumps(found.rules)) if found is not None else sequence


@lru_cache(maxsize=256)
def _ruled(sequence: Sequence, rules: str) -> Sequence:
    return stops.resolved(sequence, {(sequence.stop.use or "").lower(): documents.stop_rules(json.loads(rules))})


@lru_cache(maxsize=256)
def worded(document: str, texts: str) -> Sequence:
    """A kept document with the words of another one (V2), where there is one."""
    sequence = documents.published(document)
    return editing.with_texts(sequence, documents.published(texts)) if texts else sequence


class Asking(NamedTuple):
    """One decision that needs facts. `row` is None for a lead that is about to enter."""

    lead: Lead
    sequence: Sequence
    row: Enrolment | None


def gather(
    session: Session, house: House, lead: Lead, sequence: Sequence, row: Enrolment | None, now: datetime
) -> Facts:
    """The facts of one decision."""
    asking = Asking(lead, sequence, row)
    return _Known(session, house, [asking], now).facts(asking)


def gather_to_enter(
    session: Session, house: House, people: Collection[Lead], wanted: Collection[Sequence], now: datetime
) -> dict[int, Facts]:
    """The facts of leads that may enter one of these sequences, by lead: with all that any of these asks about."""
    if not wanted:
        return {}
    asked = [Asking(lead, sequence, None) for lead in people for sequence in wanted]
    known = _Known(session, house, asked, now)
    return {each.lead.id: known.facts(each) for each in asked[:: len(wanted)]}


class Fresh(NamedTuple):
    """What is known of a lead that came into being in this very transaction, and so has no past to ask for: what it
    asked for, and why it gets no automatic mail (X7)."""

    asked: forms.Asked
    suppressed: str | None


def gather_with_marks(
    session: Session, house: House, lead: Lead, sequence: Sequence, row: Enrolment, now: datetime, fresh: Fresh | None
) -> tuple[Facts, Mapping[str, tuple[int, datetime]]]:
    """The facts of an enrolment that begins, and the marks of the texts in force that they were read from."""
    asking = Asking(lead, sequence, row)
    known = _Known(session, house, [asking], now, {lead.id: fresh} if fresh else {})
    return known.facts(asking), known.marks


def gather_many(session: Session, house: House, rows: Collection[Enrolment], now: datetime) -> dict[int, Facts]:
    """The facts of many enrolments by id, in as many questions as those of one."""
    people = leads.by_ids(session, {row.lead_id for row in rows})
    versions = sequences_of(session, rows)
    asked = [Asking(people[row.lead_id], versions[row.version_id], row) for row in rows]
    return gather_all(session, house, asked, now)


def gather_all(session: Session, house: House, asked: Collection[Asking], now: datetime) -> dict[int, Facts]:
    """The facts of many enrolments by id, from leads and sequences at hand."""
    if not asked:
        return {}
    known = _Known(session, house, asked, now)
    return {each.row.id: known.facts(each) for each in asked if each.row is not None}


class _Known:
    """What one set of questions found out about a number of leads. Each source answers for all leads at once."""

    def __init__(
        self,
        session: Session,
        house: House,
        asked: Collection[Asking],
        now: datetime,
        fresh: Mapping[int, Fresh] = MappingProxyType({}),
    ) -> None:
        people = {each.lead.id: each.lead for each in asked}
        ids, us = [number for number in people if number not in fresh], account.get(session)
        self.house, self.us, self.now = house, us, now
        self.owners = users.by_ids(session, {lead.owner_id for lead in people.values() if lead.owner_id})
        self.tags = leads.tags_by_lead(session, ids) if ids else {}
        self.asked = forms.latest_of(session, ids) if ids else {}
        self.asked |= {number: one.asked for number, one in fresh.items()}
        self.forms = forms.forms_by_ids(session, {one.form_id for one in self.asked.values() if one.form_id})
        # Who came into being at this very moment has no past that would have to be asked for.
        past = [lead.id for lead in people.values() if lead.created_at < now]
        self.calls = tasks.outcomes_of(session, past) if past else {}
        self.clicks = links.clicks_of(session, past) if past else {}
        self.replies = inbox.senses_of(session, past) if past else {}
        self.mails = messages.letters_since(session, past, now - LOOK_BACK) if past else {}
        self.absences = inbox.absences_of(session, past, now - LOOK_BACK * 2) if past else {}
        self.suppressions = consents.reasons_of(session, [people[number].email for number in ids])
        self.suppressions |= {people[number].email: one.suppressed for number, one in fresh.items() if one.suppressed}
        purposes = {jurisdictions.purpose_of(each.sequence.klass) for each in asked}
        self.evidence = bases.asked_of(session, us, [people[number] for number in ids], purposes)
        self.running = enrolments.classes_of(session, ids) if ids else {}
        self.needs, self.marks = _needs(session, {id(each.sequence): each.sequence for each in asked}.values())
        self.pauses = _pauses(session, us, asked, now)
        self.away = _away(session, self.owners, now)
        self.inbox_read = inbox_read(session, house, us, now)
        self._weeks: dict[int, Week] = {}
        self._ask_what_is_wanted(session, list(people), {id(each.sequence): each.sequence for each in asked}.values())

    def _ask_what_is_wanted(self, session: Session, ids: list[int], wanted: Collection[Sequence]) -> None:
        """Sources that few sequences ask about: each costs a question only where one does."""
        segment_names = entry.names_asked(wanted, "segment")
        self.segments = segments.members_of(session, segment_names, ids, self.now) if segment_names else {}
        self.visits = visits.paths_of(session, ids) if entry.names_asked(wanted, "visited") else {}
        self.submitted = forms.submitted_of(session, ids) if entry.names_asked(wanted, "submitted") else {}

    def facts(self, asking: Asking) -> Facts:
        lead, row, us = asking.lead, asking.row, self.us
        owner = self.owners.get(lead.owner_id or 0)
        calls, since = self.calls.get(lead.id, []), row.entered_at if row else lead.created_at
        return Facts(
            lead=lead.id,
            zone=lead.zone or us.zone,
            country=lead.country or None,
            region=lead.region or None,
            account_zone=us.zone,
            account_country=us.country or None,
            account_region=us.region or None,
            rep_zone=(owner.zone or us.zone) if owner else None,
            rep_week=self._week_of(owner) if owner else None,
            phone=lead.phone or None,
            phone_bad=lead.phone_bad,
            email=lead.email or None,
            company=lead.company or None,
            fields=Fields(lambda: self._fields_of(lead, owner)),
            needs=self.needs,
            tags=frozenset(self.tags.get(lead.id, ())),
            segments=self.segments.get(lead.id, frozenset()),
            visits=_since(self.visits.get(lead.id), since),
            submitted=_since(self.submitted.get(lead.id), since),
            out_of_office=self._away_until(lead, row),
            stage=lead.stage,
            prefers=lead.reach_by or None,
            score=lead.score,
            clicks=_since(self.clicks.get(lead.id), since),
            replies=_since(self.replies.get(lead.id), since),
            attempts=sum(1 for outcome in calls if outcome in OUTCOMES and OUTCOMES[outcome].attempt),
            voicemails=calls.count("left voicemail"),
            suppressed=_suppressed(lead, self.suppressions.get(lead.email)),
            no_basis=self._no_basis(asking),
            mails=_counted(self.mails.get(lead.id, ()), row),
            rivals=frozenset(
                class_ for other, class_ in self.running.get(lead.id, ()) if row is None or other != row.id
            ),
            pauses=self.pauses[id(asking)][0] if self.pauses else (),
            lifted=self.pauses[id(asking)][1] if self.pauses else (),
            rep_away=self.away.get(lead.owner_id or 0, ()),
            inbox_read=self.inbox_read,
            hold_until=self._quiet_until(lead),
            cap_day=us.cap_day,
            cap_week=us.cap_week,
        )

    def _no_basis(self, asking: Asking) -> str | None:
        """MAIL C5. Who came into being with a request at this very moment has the best basis that there is."""
        purpose = jurisdictions.purpose_of(asking.sequence.klass)
        found = bases.lacking(self.us, asking.lead, purpose, self.evidence, self.now)
        return found.text if found else None

    def _quiet_until(self, lead: Lead) -> datetime | None:
        """X5: educational mail holds for a while after a person answered, whichever programme they answered."""
        latest = max(self.replies.get(lead.id, {}).values(), default=None)
        until = latest + NURTURE_HOLDS if latest is not None else None
        return until if until is not None and until > self.now else None

    def _away_until(self, lead: Lead, row: Enrolment | None) -> date | None:
        """O4: the return date that the lead's last absence notice named (7 days where it named none), if still ahead.

        For whoever entered after the notice came; what ran by then was told by its own signal.
        """
        found = self.absences.get(lead.id)
        if found is None or (row is not None and row.entered_at <= found[0]):
            return None
        zone = ZoneInfo(lead.zone or self.us.zone)
        at, said = found
        back = said or at.astimezone(zone).date() + timedelta(days=OUT_OF_OFFICE_DAYS)
        return back if back >= self.now.astimezone(zone).date() else None

    def _week_of(self, owner: User) -> Week:
        if owner.id not in self._weeks:
            self._weeks[owner.id] = week(owner.working_hours or self.us.working_hours)
        return self._weeks[owner.id]

    def _fields_of(self, lead: Lead, owner: User | None) -> dict[str, Any]:
        asked = self.asked.get(lead.id)
        form = self.forms.get(asked.form_id) if asked and asked.form_id else None
        about = letters.About(self.house, self.us, lead, owner, asked, form, self.calls.get(lead.id, []))
        return _flat(letters.merge_fields(about))


class Fields(Mapping[str, Any]):
    """Merge fields by dotted name, made when the first of them is asked for: most decisions ask for none."""

    def __init__(self, make: Callable[[], dict[str, Any]]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> dict[str, Any]:
        return self._make()

    def __getitem__(self, name: str) -> Any:
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


def _since(latest: Mapping[str, datetime] | None, since: datetime) -> frozenset[str]:
    """The names of what happened last at or after a moment."""
    return frozenset(name for name, at in latest.items() if at >= since) if latest else frozenset()


def _counted(found: Iterable[LetterOfLate], row: Enrolment | None) -> tuple[SentMail, ...]:
    """M4: a lead's letters of late, besides those of this enrolment that are still on their way."""
    besides = row.id if row else None
    return tuple(
        SentMail(mail.at, mail.class_, mail.at_once, pending=not mail.sent)
        for mail in found
        if mail.sent or besides is None or mail.enrolment_id != besides
    )


def suppressed(session: Session, lead: Lead) -> str | None:
    """X7: why this person gets no automatic mail; None = may be written to."""
    return suppressed_of(session, [lead])[lead.id]


def suppressed_of(session: Session, people: Collection[Lead]) -> dict[int, str | None]:
    """The same of many, by lead."""
    reasons = consents.reasons_of(session, [lead.email for lead in people])
    return {lead.id: _suppressed(lead, reasons.get(lead.email)) for lead in people}


def _suppressed(lead: Lead, reason: str | None) -> str | None:
    if lead.erased_at:
        return "erased"
    if lead.do_not_contact:
        return "do not contact"
    return reason or ("bounced" if lead.address_state == "dead" else None)


def refused_education(session: Session, lead: Lead, now: datetime) -> str | None:
    """Why a lead gets no educational mail: their last word was a no, or their law asks for a basis and none counts (MAIL C5).
    Elsewhere silence is no refusal (the programme can be left at once)."""
    found = bases.standing(session, lead, jurisdictions.EDUCATION, now)
    return None if found.may else found.short


def inbox_read(session: Session, house: House, us: Account, now: datetime) -> bool:
    """X4: every mailbox with IMAP was read within the last minutes (real time), as many as the account says, and what came in
    by any way was understood as soon: what lies there may be the reply."""
    fresh = timedelta(minutes=us.inbox_minutes)
    if mailboxes.any_unread(session, fresh, polls_env=bool(house.settings.imap_url)):
        return False
    return not inbox.any_waits(session, now - fresh)


def week(hours: dict[str, Any]) -> Week:
    """Working hours as kept (`{"mon-fri": ["09:00-17:00"]}`) as a week."""
    return documents.week(hours)


Pauses = tuple[tuple[Pausing, ...], tuple[Pausing, ...]]
"""What binds now, and what ended since the enrolment was planned last."""


def _pauses(session: Session, us: Account, asked: Collection[Asking], now: datetime) -> dict[int, Pauses]:
    """P2: the pauses of each decision, by its id; empty when nobody is paused by anything."""
    bound = [_bound(each) for each in asked]
    since = min((_planned_at(each, now) for each in asked), default=now)
    found = pauses.of(session, bound, now, since)
    switch = us.switches.get("everything")
    if not switch and not any(found):
        return {}
    kept: dict[int, Pauses] = {}
    for each, rows in zip(asked, found, strict=True):
        told = [_pausing(row, now) for row in rows]
        binds = tuple(one for one in told if one.ended is None)
        if switch and not any(one.scope == "everything" for one in binds):
            binds = (Pausing("everything", str(switch)), *binds)
        since = _planned_at(each, now)
        kept[id(each)] = (binds, tuple(one for one in told if one.ended is not None and one.ended > since))
    return kept


def _bound(asking: Asking) -> pauses.Bound:
    lead, row = asking.lead, asking.row
    return pauses.Bound(row.id if row else None, lead.id, lead.owner_id, row.sequence_id if row else None)


def _planned_at(asking: Asking, now: datetime) -> datetime:
    """Pauses that ended before this are in the enrolment's dates."""
    row = asking.row
    return max(row.last_done_at or row.entered_at, row.entered_at) if row else now


def _pausing(row: pauses.Pause, now: datetime) -> Pausing:
    ended = row.ended_at or (row.until if row.until is not None and row.until <= now else None)
    return Pausing(row.scope, row.reason, row.until, row.since, ended, row.choice)


def _away(session: Session, owners: Mapping[int, User], now: datetime) -> dict[int, tuple[date, ...]]:
    """P4, W9: the days on which owners are away, by user id."""
    found = pauses.absences_of(session, owners, now.date() - timedelta(days=1)) if owners else {}
    return {user_id: tuple(day for row in rows for day in row.days()) for user_id, rows in found.items()}


def _flat(fields: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested merge fields by dotted name."""
    flat: dict[str, Any] = {}
    for key, value in fields.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat


_NEEDED: dict[tuple[int, datetime], frozenset[str]] = {}
"""Of saved texts, which never change: by version id and the moment of saving."""
MOST_NEEDED = 5000


def _needs(
    session: Session, asked: Iterable[Sequence]
) -> tuple[dict[str, frozenset[str]], Mapping[str, tuple[int, datetime]]]:
    """F3: for each template of these sequences, the fields it prints without a fallback; and the texts in force."""
    keys = {key for sequence in asked for key in template_keys(sequence)}
    marks = templates.marks(session, keys)
    needs = {key: found for key, mark in marks.items() if (found := _NEEDED.get(mark)) is not None}
    new = marks.keys() - needs.keys()
    if len(_NEEDED) + len(new) > MOST_NEEDED:
        _NEEDED.clear()
    for key, text in letters.texts_of(session, new).items() if new else ():
        needs[key] = letters.needed(text)
        if text.version_id == marks[key][0]:
            _NEEDED[marks[key]] = needs[key]
    return {key: needs.get(key, frozenset({f"template {key}"})) for key in keys}, marks


def template_keys(sequence: Sequence) -> frozenset[str]:
    """The templates that a sequence's letters are written from."""
    mails = (step.mail for step in sequence.every_step() if step.is_mail)
    return frozenset(variant.template for mail in mails for variant in mail.variants if variant.template)
