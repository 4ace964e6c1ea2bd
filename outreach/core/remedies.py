"""What would change where an enrolment stands: one short sentence each, by its state (RULES S, S10 of "why"). Pure."""

from __future__ import annotations

from typing import Final

from outreach.core import states

ALWAYS: Final = ("A reply, a booked meeting or an opt-out ends it at once.",)
BY_STATE: Final[dict[str, tuple[str, ...]]] = {
    states.SCHEDULED: ("Pausing, skipping or stopping it before it goes.",),
    states.DELAY: ("Skipping the step, or publishing another delay and moving this lead to it.",),
    states.WINDOW: ("Wider sending hours, or another time zone of the lead.",),
    states.LIMIT: ("A higher limit, or another mailbox; else its turn in the line.",),
    states.TASK: ("Closing the task with its outcome, or its timeout.",),
    states.APPROVAL: ("A person who says: go on, start again, or stop.",),
    states.INBOX: ("The mailbox being read again; look at Health.",),
    states.PAUSED: ("Lifting the pause, or its end.",),
    states.OUT_OF_OFFICE: ("The lead's return; a person may correct the mail as no absence.",),
    states.ABSENCE: ("The owner's return, another owner, or lifting the pause.",),
    states.COMPANY: ("Lifting the pause of the company.",),
    states.PRIORITY: ("The end of the more important sequence.",),
    states.CAP: ("Days without another letter to this person, or a higher cap.",),
    states.BASIS: ("A new request of theirs, or a consent noted on the lead's page; it goes on by itself then.",),
    states.NO_SLOT: ("Opening hours within 30 days: look at windows, closures and holidays.",),
    states.FAILED: ("The next try, or a person who looks at the mail server's words.",),
}


def of(state: str) -> list[str]:
    """What would change it, the nearest first; nothing for what has ended but a new start."""
    if states.ended(state):
        return ["Starting a sequence again, where the lead may enter."]
    if state.startswith(states.MISSING + " ") and state != states.BASIS:
        return [f"Filling in the field {state.removeprefix(states.MISSING + ' ')}; it goes on by itself then.", *ALWAYS]
    return [*BY_STATE.get(state, ()), *ALWAYS]
