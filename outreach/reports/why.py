"""Why did (or didn't) something go out to this lead, and what comes next, when? Read from events and enrolments only."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from outreach.core import remedies, states
from outreach.core.sequences import FINISH
from outreach.errors import Refused
from outreach.reports import held
from outreach.store import account, consents, enrolments, events, leads
from outreach.store.enrolments import Enrolment
from outreach.store.leads import Lead
from outreach.store.sequences import SequenceRow, VersionRow

HELD = ("paused", "held", "blocked", "failed")


def explain(session: Session, email: str, now: datetime) -> dict[str, Any]:
    """Everything that `outreach why` says, JSON-able but for moments. Raises Refused when nobody has the address."""
    lead = leads.by_email(session, email)
    if lead is None:
        raise Refused(f"There is no lead with the address {email}. Look in the page Leads, or check the spelling.")
    return of_lead(session, lead, now)


def of_lead(session: Session, lead: Lead, now: datetime) -> dict[str, Any]:
    """The same for a lead at hand: who, why no mail at all, each enrolment, all decisions in order."""
    rows = [_enrolment(session, lead, row, now) for row in reversed(enrolments.of_lead(session, lead.id))]
    found = list(reversed(events.of_lead(session, lead.id, 1000)))
    session.refresh(lead)  # as it stands with the enrolments just read, not as it stood before
    suppression = consents.suppression(session, lead.email) if lead.email else None
    return {
        "lead": {
            "id": lead.id,
            "email": lead.email,
            "name": lead.name,
            "stage": lead.stage,
            "zone": account.zone_of(session, lead.zone).key,
            "zone_source": lead.zone_source or "account",
            "address": lead.address_state,
        },
        "now": now,
        "suppressed": suppression.reason if suppression else None,
        "enrolments": rows,
        "not_enrolled": [_decision(event) for event in found if event.kind == "not enrolled"],
        "decisions": [_decision(event) for event in found],
    }


def is_held(row: Enrolment) -> bool:
    """True when something other than the plan keeps the lead waiting (RULES S)."""
    return row.state.startswith(HELD) or row.state in (states.LIMIT, states.APPROVAL, states.INBOX)


RULE_OF_WAITING = {states.FAILED: "F1", states.LIMIT: "L5"}
"""What holds a letter that the engine has let go."""


def sentence(row: Enrolment) -> str:
    """Where an enrolment stands and why, for people: the state's sentence, its reason, the return from an absence."""
    words = states.sentence(row.state) if states.is_state(row.state) else row.state
    if row.state == states.OUT_OF_OFFICE and (until := row.memory.get("ooo", {}).get("until")):
        day = date.fromisoformat(until)
        return f"The lead is away until {day:%a} {day.day} {day:%b %Y}; the next letter goes after the return."
    if not (is_held(row) or row.ended_at) or not row.reason or row.reason in words:
        return words
    reason = row.reason[:1].upper() + row.reason[1:]
    words = "" if words.rstrip(".") in reason else words
    return f"{words} {reason}{'' if reason.endswith(('.', '!', '?')) else '.'}".lstrip()


def _enrolment(session: Session, lead: Lead, row: Enrolment, now: datetime) -> dict[str, Any]:
    waits = None if row.ended_at or not row.memory.get("under_way") else held.of_enrolment(session, row.id, now)
    next_at = (waits.at if waits else None) or row.due_at
    sequence = session.get_one(SequenceRow, row.sequence_id)
    version = session.get_one(VersionRow, row.version_id)
    done = row.memory.get("done", {})
    last = max(done, key=lambda key: done[key].get("at", ""), default=None)
    return {
        "id": row.id,
        "sequence": sequence.name,
        "version": version.number,
        "class": row.class_,
        "state": waits.state if waits else row.state,
        "sentence": f"{states.sentence(waits.state)} {waits.text}" if waits else sentence(row),
        "last_step": last,
        "last_at": done[last].get("at") if last else None,
        "next_step": None if row.ended_at or row.step_key == FINISH else row.step_key,
        "next_at": next_at,
        "next_local": next_at.astimezone(account.zone_of(session, lead.zone)).isoformat() if next_at else None,
        "reason": waits.text if waits else row.reason or (sentence(row) if is_held(row) else row.why),
        "would_change": remedies.of(waits.state if waits else row.state),
        "why": row.why,
        "rule": RULE_OF_WAITING.get(waits.state, row.rule) if waits else row.rule,
        "entered_at": row.entered_at,
        "ended_at": row.ended_at,
    }


def _decision(event: events.Event) -> dict[str, Any]:
    return {
        "at": event.at,
        "kind": event.kind,
        "step": event.step_key,
        "rule": event.rule,
        "text": event.text,
        "enrolment": event.enrolment_id,
        "next_at": event.data.get("due_at"),
        "state": event.data.get("state"),
        "inputs": {key: value for key, value in event.data.items() if key not in ("due_at", "state")},
        "message": event.message_id,
        "by": event.actor_id,
    }
