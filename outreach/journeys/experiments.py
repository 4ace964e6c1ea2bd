"""One whole sequence against another (B6): begin, assign by lot at entry, close. Nothing is ever switched by itself."""

from datetime import datetime
from random import Random

from sqlalchemy.orm import Session

from outreach import documents
from outreach.core import experiments as rules
from outreach.core import rehearsal
from outreach.core.enrolments import Facts
from outreach.core.sequences import Sequence
from outreach.errors import Refused
from outreach.store import events, experiments, sequences
from outreach.store.experiments import Experiment
from outreach.store.sequences import SequenceRow
from outreach.store.users import User

MEASURES = {"positive": "positive replies", "interviews": "interviews"}
TIME_TO_ANSWER = 7
"""Days after the last step in which a person may still answer."""
LONGEST = 180


def begin(
    session: Session,
    row: SequenceRow,
    other: SequenceRow | None,
    user: User,
    now: datetime,
    *,
    measure: str = "positive",
    weight: int = 50,
    rate: float = 0.05,
    worth: float = 0.10,
) -> Experiment:
    """Test `row` against `other` for everybody who would enter `row`. Raises Refused.

    (1) both are live, of one class and in no other test; (2) how many people, and how long each has to answer, is
    worked out now, before anybody enters.
    """
    if other is None or other.id == row.id:
        raise Refused("Choose another sequence to test against.")
    first, second = _live(session, row), _live(session, other)
    if first.klass != second.klass:
        raise Refused(
            f"“{row.name}” is of class {first.klass} and “{other.name}” of {second.klass}: test like with like."
        )
    if experiments.busy(session, [row.id, other.id]):
        raise Refused("One of the two is being tested already. Close that test first.")
    if measure not in MEASURES:
        raise Refused(f"“{measure}” is no measure; choose {' or '.join(MEASURES)}.")
    if not 5 <= weight <= 95:
        raise Refused("Between 5 and 95 of 100 people must stay with the first sequence.")
    try:
        needed = rules.people_needed(rate, worth)
    except ValueError as fault:
        raise Refused(str(fault)) from None
    found = Experiment(
        sequence_id=row.id, other_id=other.id, weight=weight, measure=measure, rate=round(rate * 1000),
        worth=round(worth * 1000), needed=needed, ripe_days=max(days_of(first), days_of(second)) + TIME_TO_ANSWER,
        started_at=now,
    )  # fmt: skip
    session.add(found)
    session.flush()
    words = f"{row.name} is tested against {other.name}: {weight} of 100 stay, {needed} people a side are needed."
    events.record(session, now, "experiment", words, actor_id=user.id, rule="B6", data={"experiment": found.id})
    return found


def close(session: Session, found: Experiment, user: User, now: datetime) -> None:
    """No more lots are drawn; those inside finish where they are, and the numbers stay."""
    if found.closed_at is None:
        found.closed_at = now
        words = "The test is closed; everybody enters the first sequence again."
        events.record(session, now, "experiment", words, actor_id=user.id, rule="B6", data={"experiment": found.id})


def runs(session: Session, sequence_id: int) -> bool:
    """Whether a test decides what those get who would enter this sequence."""
    return experiments.runs(session, sequence_id)


def assigned(
    session: Session, lead_id: int, row: SequenceRow, now: datetime, random: Random | None = None
) -> SequenceRow:
    """The sequence that this person enters instead of `row`: the same for good, drawn the first time (B6).

    For entries by rule; who chooses a sequence by hand for one lead gets what was chosen.
    """
    found = experiments.open_for(session, row.id)
    other = session.get(SequenceRow, found.other_id) if found else None
    if found is None or other is None or other.archived_at or other.current_version_id is None:
        return row
    before = experiments.given(session, found.id, lead_id)
    if before is None:
        share = (random or Random()).random()
        drawn = (row.id, other.id)[rules.draw((found.weight, 100 - found.weight), share)]
        before = experiments.give(session, found.id, lead_id, drawn, now)
        name = row.name if before == row.id else other.name
        words = f"By lot in the test of “{row.name}” against “{other.name}”: “{name}”."
        inputs = {"experiment": found.id, "weight": found.weight, "share": round(share, 4), "sequence": before}
        events.record(session, now, "experiment", words, lead_id=lead_id, rule="B6", data=inputs)
    return row if before == row.id else other


def days_of(sequence: Sequence) -> int:
    """How many days the sequence lasts for somebody who stays silent."""
    start = datetime.fromisoformat("2026-03-02T10:00+00:00")
    known = Facts(phone="+12025550123", email="lead@example.com", company="Sample", fields=_Anything())
    lines = rehearsal.rehearse(sequence, known, start, days=LONGEST, random=rehearsal.NoJitter())
    return ((lines[-1].at if lines else start) - start).days + 1


class _Anything(dict[str, str]):
    """Merge fields of somebody of whom everything is known."""

    def __contains__(self, key: object) -> bool:
        return True

    def __missing__(self, key: str) -> str:
        return "x"


def _live(session: Session, row: SequenceRow) -> Sequence:
    version = sequences.current(session, row)
    if row.archived_at or version is None:
        raise Refused(
            f"“{row.name}” is {'archived' if row.archived_at else 'not published'}; a test needs two live sequences."
        )
    return documents.published(version.document)
