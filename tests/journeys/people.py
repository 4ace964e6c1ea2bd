"""A cast for tests about many leads: a manager, two reps, and leads in a sequence of three letters."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from outreach.core.sequences import Delay, Finish, Kind, Mail, Sequence, Step, Unit, Variant
from outreach.journeys import accounts, bulk, enrol, publish
from outreach.store import account, enrolments
from outreach.store.enrolments import Enrolment
from outreach.store.leads import Lead
from outreach.store.sequences import SequenceRow
from outreach.store.users import User

START = datetime.fromisoformat("2026-03-04T10:00:00+00:00")
DAY = timedelta(days=1)


def letter(key: str, days: int, subject: str = "") -> Step:
    words = Variant(subject=subject or key, body="Hello {{ first_name }}")
    return Step(key, Kind.EMAIL, Mail((words,)), after=Delay(days, Unit.DAYS))


def three_letters(name: str = "Cadence") -> Sequence:
    steps = (letter("one", 0), letter("two", 3), letter("three", 5))
    return Sequence(name=name, steps=steps, finish=Finish(then="end"))


class Office:
    """Mona manages, Rita and Ralf are reps; business time stands still until it is moved."""

    def __init__(self, house: Any) -> None:
        self.house = house
        self.at(START)
        with house.sessions.begin() as session:
            account.get(session).working_hours = {"mon-sun": ["00:00-24:00"]}
            for email, role in (("mona", "admin"), ("rita", "rep"), ("ralf", "rep")):
                accounts.add_user(session, f"{email}@outreach.test", email.capitalize(), role, "correct horse battery")

    def asks_for_a_basis(self) -> "Office":
        """Its administrator switched that on (MAIL C5)."""
        with self.house.sessions.begin() as session:
            account.get(session).basis_asked = True
        return self

    def at(self, moment: datetime) -> None:
        """Move business time there."""
        with self.house.sessions.begin() as session:
            session.execute(text("DELETE FROM business_clock"))
            session.execute(
                text("INSERT INTO business_clock (id, ahead) VALUES (1, :at - clock_timestamp())"), {"at": moment}
            )

    def user(self, session: Any, name: str) -> User:
        return session.query(User).filter_by(email=f"{name}@outreach.test").one()

    def sequence(self, session: Any, document: Sequence | None = None) -> SequenceRow:
        """A published one, open at any hour so that dates are easy to tell."""
        document = document or three_letters()
        week = replace(document.schedule, zone="account", holidays="none", week=document.schedule.week[:1] * 7)
        row = publish.create(session, replace(document, schedule=week), self.house.now(session))
        publish.publish(session, row, self.house.now(session), None)
        return row

    def lead(self, session: Any, name: str, owner: str = "rita") -> Lead:
        now = self.house.now(session)
        lead = Lead(
            email=f"{name}@lumen.example", name=name.capitalize(), fields={}, created_at=now, last_activity_at=now,
            owner_id=self.user(session, owner).id,
        )  # fmt: skip
        session.add(lead)
        session.flush()
        return lead

    def inside(self, session: Any, row: SequenceRow, name: str, owner: str = "rita") -> Enrolment:
        """A lead that got the first letter just now and waits for the second."""
        lead = self.lead(session, name, owner)
        now = self.house.now(session)
        entered = enrol.enrol(session, self.house, lead, row, now).enrolment
        assert entered is not None
        session.execute(
            text("UPDATE messages SET state = 'sent', sent_at = :now WHERE enrolment_id = :id"),
            {"now": now, "id": entered.id},
        )
        session.flush()
        return entered

    def work(self) -> None:
        """Let the worker do everything that was asked for many leads."""
        while bulk.work(self.house):
            pass

    def enrolment(self, number: int) -> Enrolment:
        with self.house.sessions() as session:
            return session.get_one(Enrolment, number)

    def due(self, number: int) -> datetime | None:
        """The next date of an enrolment, to the nearest minute: time goes on while a test runs."""
        due = self.enrolment(number).due_at
        return (due + timedelta(seconds=30)).replace(second=0, microsecond=0) if due else None

    def running(self, lead_id: int) -> list[Enrolment]:
        with self.house.sessions() as session:
            return enrolments.running(session, lead_id)
