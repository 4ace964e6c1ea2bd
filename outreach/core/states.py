"""RULES S: the states of an enrolment that a person can read, each with one plain sentence."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

SCHEDULED: Final = "scheduled"
DELAY: Final = "waiting: delay"
WINDOW: Final = "waiting: window"
LIMIT: Final = "waiting: limit"
TASK: Final = "waiting: task"
APPROVAL: Final = "waiting: approval"
INBOX: Final = "waiting: inbox not read"
PAUSED: Final = "paused: manual"
OUT_OF_OFFICE: Final = "paused: out-of-office"
ABSENCE: Final = "paused: absence"
COMPANY: Final = "paused: company"
PRIORITY: Final = "held: priority"
CAP: Final = "held: cap"
MISSING: Final = "blocked: missing"
"""Always followed by the field: ``blocked: missing company``."""
BASIS: Final = "blocked: missing basis"
"""MAIL C5: what the lead's law asks for, so that they may be written to."""
NO_SLOT: Final = "blocked: no open slot"
FAILED: Final = "failed: temporary"

NO_REPLY: Final = "ended: no reply"
REPLIED: Final = "ended: replied"
MEETING: Final = "ended: meeting"
GOAL: Final = "ended: goal"
BOUNCED: Final = "ended: bounced"
UNSUBSCRIBED: Final = "ended: unsubscribed"
MANUAL: Final = "ended: manual"
DISQUALIFIED: Final = "ended: disqualified"
COMPLAINED: Final = "ended: complained"
LEFT_COMPANY: Final = "ended: left company"
DO_NOT_CONTACT: Final = "ended: do not contact"
NOT_INTERESTED: Final = "ended: not interested"
LATER: Final = "ended: later"
NOT_QUALIFIED: Final = "ended: not qualified"
WON: Final = "ended: won"
HANDED_OVER: Final = "ended: handed over"
MOVED: Final = "ended: moved"
ERASED: Final = "ended: erased"

REMINDER: Final = timedelta(days=7)
"""The next date of a state that only a person can end."""

SENTENCES: Final[dict[str, str]] = {
    SCHEDULED: "The next step is on its way.",
    DELAY: "The next step waits for its day.",
    WINDOW: "The next step waits for the lead's working hours.",
    LIMIT: "The letter waits because a sending limit is reached.",
    TASK: "The sequence waits until a person has done the task.",
    APPROVAL: "The next step waits until a person has said yes.",
    INBOX: "The next letter waits because the inbox was not read lately, so a reply could be unseen.",
    PAUSED: "Paused by a person.",
    OUT_OF_OFFICE: "The lead is away; the next letter goes after the return.",
    ABSENCE: "The owner is away; the next step waits.",
    COMPANY: "The sequence is paused for everybody at this company.",
    PRIORITY: "A more important sequence is running for this lead; this one keeps its place.",
    CAP: "The lead has had enough mail for now; the next letter waits.",
    MISSING: "The next letter needs a field that is empty.",
    NO_SLOT: "No working hours within 30 days are open for the next step.",
    FAILED: "The last attempt to send failed; it is tried again, or waits for a person where no further try would help.",
    NO_REPLY: "The sequence went to its end without a reply.",
    REPLIED: "The lead replied; a person takes over.",
    MEETING: "A meeting was booked.",
    GOAL: "The goal of the sequence was reached.",
    BOUNCED: "The address does not take mail.",
    UNSUBSCRIBED: "The lead unsubscribed.",
    MANUAL: "A person stopped the sequence.",
    DISQUALIFIED: "The lead was disqualified.",
    COMPLAINED: "The lead reported our mail as spam.",
    LEFT_COMPANY: "The person has left the company.",
    DO_NOT_CONTACT: "The lead must not be contacted.",
    NOT_INTERESTED: "The lead is not interested.",
    LATER: "The lead asked us to come back later.",
    NOT_QUALIFIED: "The lead does not fit what we offer.",
    WON: "The deal was won.",
    HANDED_OVER: "The lead was handed over.",
    MOVED: "The lead was moved to another sequence.",
    ERASED: "The lead's data was erased.",
}

SUPPRESSION_STATES: Final[dict[str, str]] = {
    "unsubscribed": UNSUBSCRIBED,
    "complained": COMPLAINED,
    "bounced": BOUNCED,
    "do not contact": DO_NOT_CONTACT,
    "erased": ERASED,
}
"""X7: what a global suppression ends an enrolment as."""


def sentence(state: str) -> str:
    """The plain sentence for a state; ``blocked: missing FIELD`` names the field."""
    if state == BASIS:
        return "The law of the lead's country asks for a basis to write, and none counts now."
    if state.startswith(MISSING + " "):
        return f"The next letter needs the field {state.removeprefix(MISSING + ' ')}, which is empty."
    return SENTENCES[state]


def is_state(state: str) -> bool:
    """True for a state of RULES S."""
    return (state in SENTENCES and state != MISSING) or state.startswith(MISSING + " ")


def ended(state: str) -> bool:
    return state.startswith("ended")
