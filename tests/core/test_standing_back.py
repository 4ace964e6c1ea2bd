"""M3 in a rehearsal: what stood back for a programme that ends goes on at that moment, as it does in earnest."""

from dataclasses import replace
from datetime import datetime, timedelta

from outreach.core import rehearsal, states
from outreach.core.enrolments import Facts
from outreach.core.sequences import Delay, Finish, Kind, Mail, Sequence, Step, Unit, Variant

START = datetime.fromisoformat("2026-03-04T10:00:00+00:00")


def letters(name: str, klass: str, *days: int) -> Sequence:
    steps = [
        Step(f"s{n}", Kind.EMAIL, Mail((Variant(subject=f"{name} {n}", body="Hello"),)), after=Delay(each, Unit.DAYS))
        for n, each in enumerate(days)
    ]
    made = Sequence(name=name, klass=klass, steps=tuple(steps), finish=Finish(then="end"))
    week = replace(made.schedule, zone="account", holidays="none", week=made.schedule.week[:1] * 7)
    return replace(made, schedule=week)


def test_a_rehearsed_programme_goes_on_when_the_more_important_one_ends() -> None:
    """M3: at the moment at which the other one ends, not at the next daily look."""
    known = Facts(email="ann@lead.example", cap_day=9, cap_week=99)
    stage = rehearsal.Stage(known, rehearsal.NoJitter(), {}, tasks_done=True)
    stage.enter(letters("Slow", "nurture", 1), START)
    stage.enter(letters("Sales", "sales", 0, 2), START + timedelta(hours=3))
    slow, sales = stage.running
    stage.run_to(START + timedelta(days=2, hours=2))
    assert slow.snapshot.state == states.PRIORITY
    stage.run_to(START + timedelta(days=2, hours=3))
    assert sales.snapshot.ended
    assert slow.snapshot.state != states.PRIORITY
    stage.run_to(START + timedelta(days=20))
    assert slow.snapshot.done.keys() == {"s0"}
