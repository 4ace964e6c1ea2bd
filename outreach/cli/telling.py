"""`outreach why` as lines for people; times in the lead's zone."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo


def lines(told: dict[str, Any]) -> Iterator[str]:
    """Who; each enrolment with its last and next step and the reason; the decisions so far, the oldest first."""
    lead = told["lead"]
    zone = ZoneInfo(lead["zone"])
    yield f"{lead['name'] or lead['email']} <{lead['email']}>, {lead['stage']}, times in {zone.key}"
    if told.get("suppressed"):
        yield f"gets no mail: {told['suppressed']}"
    if not told["enrolments"]:
        yield "is in no sequence"
    for enrolment in told["enrolments"]:
        yield ""
        yield from _enrolment(enrolment, zone)
    if told["decisions"]:
        yield ""
        yield "decisions so far:"
    for decision in told["decisions"]:
        rule = f"  [{decision['rule']}]" if decision.get("rule") else ""
        upcoming = f"  next {_when(decision['next_at'], zone)}" if decision.get("next_at") else ""
        yield f"  {_when(decision['at'], zone)}  {decision['text']}{rule}{upcoming}"


def _enrolment(enrolment: dict[str, Any], zone: ZoneInfo) -> Iterator[str]:
    yield f"{enrolment['sequence']} (version {enrolment['version']}): {enrolment['state']}"
    if enrolment.get("sentence"):
        yield f"  {enrolment['sentence']}"
    if enrolment.get("last_step"):
        yield f"  last: {enrolment['last_step']}, {_when(enrolment['last_at'], zone)}"
    if enrolment.get("next_at"):
        yield f"  next: {enrolment['next_step'] or 'the end of the sequence'}, {_when(enrolment['next_at'], zone)}"
    elif enrolment.get("ended_at"):
        yield f"  ended: {_when(enrolment['ended_at'], zone)}"
    if enrolment.get("reason"):
        rule = f"  [{enrolment['rule']}]" if enrolment.get("rule") else ""
        yield f"  why: {enrolment['reason']}{rule}"
    for change in enrolment.get("would_change", ()):
        yield f"  would change it: {change}"


def _when(moment: datetime | str, zone: ZoneInfo) -> str:
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    return moment.astimezone(zone).strftime("%a %Y-%m-%d %H:%M")
