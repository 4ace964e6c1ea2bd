"""One answer for each signal."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import Any

from outreach.core import signals, states
from outreach.core.decisions import Decision, Wait
from outreach.core.enrolments import Facts, Snapshot
from outreach.core.reactions import acts, mail, outcomes, pauses, people
from outreach.core.scene import Scene
from outreach.core.sequences import Sequence
from outreach.core.walking import found_again


def on_signal(
    enrolment: Snapshot, sequence: Sequence, signal: signals.Signal, facts: Facts, now: datetime, random: Random
) -> Decision:
    """What a signal changes. A signal that changes nothing gives a Wait with `changed=False`."""
    if enrolment.ended:
        return Wait(after=enrolment, rule="S", text=states.sentence(enrolment.state), changed=False)
    standing = found_again(enrolment, sequence)
    decision = _ANSWERS[type(signal)](Scene(standing, sequence, facts, now, random), signal)
    if isinstance(decision, Wait) and not decision.changed and standing != enrolment:
        return replace(decision, changed=True)
    return decision


_ANSWERS: Mapping[type[signals.Signal], Callable[[Scene, Any], Decision]] = {
    signals.Replied: mail.replied,
    signals.OtherReplied: mail.other_replied,
    signals.WasOutOfOffice: mail.out_of_office,
    signals.LeftCompany: mail.left_company,
    signals.Bounced: mail.bounced,
    signals.Unsubscribed: mail.unsubscribed,
    signals.Complained: mail.complained,
    signals.DoNotContact: mail.do_not_contact,
    signals.Erased: mail.erased,
    signals.LetterFailed: mail.letter_failed,
    signals.Clicked: acts.clicked,
    signals.Visited: acts.visited,
    signals.Submitted: acts.submitted,
    signals.FactsChanged: acts.facts_changed,
    signals.StageChanged: acts.stage_changed,
    signals.MeetingBooked: acts.meeting,
    signals.DealWon: acts.won,
    signals.Outcome: outcomes.outcome,
    signals.PausedBy: pauses.paused_by,
    signals.ResumedBy: pauses.resumed_by,
    signals.PausesChanged: pauses.pauses_changed,
    signals.SkippedBy: people.skipped_by,
    signals.StoppedBy: people.stopped_by,
    signals.ZoneChanged: people.zone_changed,
    signals.OwnerChanged: people.owner_changed,
    signals.Edited: people.edited,
}
