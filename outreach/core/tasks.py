"""K3: the closed list of outcomes, and what each one means for the lead and the enrolment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from outreach.core import states

VOICEMAILS = 2
"""K3: at most so many voicemails per lead."""


@dataclass(frozen=True, slots=True)
class Consequence:
    """What an outcome does. `ends`: the ended state, None = the sequence goes on. `attempt`: counts as a call attempt.

    `reached`: the person was spoken to (connect rate). The others: what else follows.
    """

    label: str
    ends: str | None = None
    attempt: bool = False
    reached: bool = False
    nurture: bool = False
    suppress: bool = False
    phone_bad: bool = False
    interview: bool = False
    referral: bool = False


OUTCOMES: Final[dict[str, Consequence]] = {
    "no answer": Consequence("No answer", attempt=True),
    "left voicemail": Consequence("Left a voicemail", attempt=True),
    "call back at": Consequence("Call back at a time", attempt=True, reached=True),
    "gatekeeper": Consequence("Gatekeeper", attempt=True),
    "interested": Consequence("Interested", states.REPLIED, attempt=True, reached=True, interview=True),
    "not now": Consequence("Not now", states.LATER, attempt=True, reached=True, nurture=True),
    "not interested": Consequence("Not interested", states.NOT_INTERESTED, attempt=True, reached=True, nurture=True),
    "wrong number": Consequence("Wrong number", attempt=True, phone_bad=True),
    "not qualified": Consequence("Not qualified", states.NOT_QUALIFIED, attempt=True, reached=True, referral=True),
    "do not contact": Consequence("Do not contact", states.DO_NOT_CONTACT, attempt=True, reached=True, suppress=True),
    "done": Consequence("Done"),
}
"""``done`` closes every task that is no call."""


def may_leave_voicemail(left_so_far: int) -> bool:
    """K3: at most two voicemails per lead."""
    return left_so_far < VOICEMAILS
