"""Due steps are taken in batches: few statements for many, one bad row holds up nobody, nothing happens twice (F5, M4)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from outreach import documents
from outreach.core import signals, states
from outreach.journeys import advance, applying, facts
from outreach.journeys.presets import load_presets
from outreach.store import events, leads, messages, sequences, tasks
from outreach.store.consents import Suppression
from outreach.store.enrolments import Enrolment
from outreach.store.leads import Lead
from outreach.store.links import Hit, Link
from outreach.store.messages import Message
from outreach.store.notices import Notice
from outreach.store.tasks import Task
from tests.statements import asked_of

WEDNESDAY = datetime(2027, 3, 10, 10, tzinfo=UTC)


class Office:
    """A house with the presets, where it is Wednesday, 10:00."""

    def __init__(self, house: Any) -> None:
        self.house = house
        self.set_clock(WEDNESDAY)
        with house.sessions.begin() as session:
            load_presets(session, house, house.now(session))

    def set_clock(self, at: datetime) -> None:
        with self.house.sessions.begin() as session:
            session.execute(text("DELETE FROM business_clock"))
            session.execute(
                text("INSERT INTO business_clock (id, ahead) VALUES (1, :at - clock_timestamp())"), {"at": at}
            )

    def people(self, number: int, name: str = "Persistence, nurtured") -> list[int]:
        """Leads that have just entered a sequence and wait for its first letter; their enrolments."""
        with self.house.sessions.begin() as session:
            now, row = self.house.now(session), sequences.by_name(session, name)
            assert row is not None
            entered = []
            for n in range(number):
                lead = leads.insert_new(session, f"lead{n}.{name[:3]}@lead.example", "import", now)
                assert lead is not None
                lead.name, lead.company, lead.zone = f"Lead {n}", "Lumen", "Europe/London"
                session.flush()
                entered.append(self.enter(session, lead, name))
        return entered

    def tell(self, enrolment_id: int, signal: signals.Signal) -> None:
        with self.house.sessions.begin() as session:
            row = session.get_one(Enrolment, enrolment_id)
            applying.signal(session, self.house, row.lead_id, signal, self.house.now(session))

    def task(self) -> Task:
        with self.house.sessions() as session:
            return session.scalars(select(Task)).one()

    def enter(self, session: Any, lead: Lead, name: str) -> int:
        row = sequences.by_name(session, name)
        assert row is not None
        assert row.current_version_id is not None
        now = self.house.now(session)
        enrolment = Enrolment(
            lead_id=lead.id, sequence_id=row.id, version_id=row.current_version_id, class_=row.class_,
            state=states.SCHEDULED, anchor_at=now, entered_at=now, due_at=now, memory={},
            step_key=documents.published(sequences.current(session, row).document).steps[0].id,
        )  # fmt: skip
        session.add(enrolment)
        session.flush()
        return enrolment.id

    def letters(self) -> list[tuple[int | None, str]]:
        """(enrolment, state) of all letters, in order."""
        with self.house.sessions() as session:
            rows = session.execute(select(Message.enrolment_id, Message.state).order_by(Message.enrolment_id))
            return [(enrolment, state) for enrolment, state in rows]


@pytest.fixture
def office(house: Any) -> Office:
    return Office(house)


def test_many_due_steps_cost_as_many_statements_as_few(office: Office) -> None:
    office.people(3)
    advance.advance(office.house)
    counts = []
    for number in (5, 40):
        with office.house.sessions.begin() as session:
            session.execute(text("DELETE FROM leads"))
        office.people(number)
        with asked_of(office.house.engine) as seen:
            assert advance.advance(office.house) == number
        counts.append(len(seen))
    assert counts[1] <= counts[0] + 1, counts


def test_a_batch_writes_receipt_event_and_next_date_of_every_row(office: Office) -> None:
    """F5: one receipt each; a second run changes nothing."""
    entered = office.people(12)
    assert advance.advance(office.house) == 12
    assert office.letters() == [(each, "queued") for each in entered]
    with office.house.sessions() as session:
        rows = session.scalars(select(Enrolment).order_by(Enrolment.id)).all()
        assert {(row.state, row.step_key, row.why) for row in rows} == {
            (states.SCHEDULED, "idea", "The letter idea goes now.")
        }
        assert all(row.due_at and row.due_at > WEDNESDAY for row in rows)
        kinds = [[e.kind for e in events.of_enrolment(session, row.id)] for row in rows]
        assert kinds == [["send"]] * 12
        first = session.scalars(select(Message)).first()
        assert first is not None
        assert (first.subject, first.crashes, first.extra["template"], first.references) == ("", 0, "helpful-idea", [])
        assert first.template_version_id is not None
    assert advance.advance(office.house) == 0
    assert len(office.letters()) == 12


def test_one_row_that_raises_is_put_off_alone(office: Office) -> None:
    """F1: the batch is taken apart; the others go on, the bad one says why and has a later date."""
    entered = office.people(6)
    with office.house.sessions.begin() as session:
        session.execute(
            text('UPDATE enrolments SET memory = \'{"under_way": {"kind": "task"}}\' WHERE id = :i'),
            {"i": entered[2]},
        )
    advance.advance(office.house)
    assert [enrolment for enrolment, _ in office.letters()] == [each for each in entered if each != entered[2]]
    with office.house.sessions() as session:
        bad = session.get_one(Enrolment, entered[2])
        assert "KeyError" in bad.why
        assert bad.due_at is not None
        assert bad.due_at > WEDNESDAY
        assert [e.kind for e in events.of_enrolment(session, bad.id)] == ["error"]


def test_a_lead_that_somebody_else_works_on_is_left_to_them(office: Office) -> None:
    entered = office.people(4)
    with office.house.sessions() as other:
        busy = other.get_one(Enrolment, entered[1]).lead_id
        leads.locked(other, busy)
        assert advance.advance(office.house) == 3
        other.rollback()
    assert advance.advance(office.house) == 1
    assert [enrolment for enrolment, _ in office.letters()] == entered


def test_two_programmes_of_one_lead_are_decided_one_after_the_other(office: Office) -> None:
    """M3: what the first one did is known to the second one."""
    (sales,) = office.people(1)
    with office.house.sessions.begin() as session:
        lead = session.get_one(Lead, session.get_one(Enrolment, sales).lead_id)
        nurture = office.enter(session, lead, "Educational")
    assert advance.advance(office.house) == 1
    assert advance.advance(office.house) == 1
    assert office.letters() == [(sales, "queued")]
    with office.house.sessions() as session:
        assert session.get_one(Enrolment, nurture).state == states.PRIORITY


def test_ended_letters_are_told_in_one_batch(office: Office) -> None:
    """D3: the next step counts from the moment at which the mail server took the letter."""
    entered = office.people(8)
    advance.advance(office.house)
    with office.house.sessions.begin() as session:
        session.execute(text("UPDATE messages SET state = 'sent', sent_at = :at"), {"at": WEDNESDAY})
    with asked_of(office.house.engine) as seen:
        assert advance.advance(office.house) == 8
    assert len(seen) < 60, len(seen)
    with office.house.sessions() as session:
        rows = session.scalars(select(Enrolment).where(Enrolment.id.in_(entered))).all()
        assert {(row.step_key, row.state, row.last_done_at) for row in rows} == {("call-1", states.DELAY, WEDNESDAY)}
        stages = {lead.stage for lead in session.scalars(select(Lead))}
        assert stages == {"contacted"}
        assert messages.unsettled(session, 10) == []
    assert advance.advance(office.house) == 0


def test_a_suppressed_lead_in_the_batch_ends_and_the_others_go(office: Office) -> None:
    """X7: looked at in the transaction that writes the receipt."""
    entered = office.people(3)
    with office.house.sessions.begin() as session:
        email = session.get_one(Lead, session.get_one(Enrolment, entered[0]).lead_id).email
        session.add(Suppression(email=email, reason="unsubscribed", at=WEDNESDAY))
    advance.advance(office.house)
    assert [enrolment for enrolment, _ in office.letters()] == entered[1:]
    with office.house.sessions() as session:
        assert session.get_one(Enrolment, entered[0]).state == "ended: unsubscribed"


def test_tasks_of_a_batch_are_made_with_title_and_timeout(office: Office) -> None:
    """K1: a call blocks until its timeout."""
    entered = office.people(5)
    with office.house.sessions.begin() as session:
        session.execute(
            text("UPDATE enrolments SET step_key = 'call-1', last_done_at = :at"), {"at": WEDNESDAY - timedelta(days=2)}
        )
        session.execute(text("UPDATE leads SET phone = '+44 20 7946 0000'"))
    assert advance.advance(office.house) == 5
    with office.house.sessions() as session:
        made = session.scalars(select(Task).order_by(Task.enrolment_id)).all()
        assert [task.enrolment_id for task in made] == entered
        assert {(task.kind, task.state, task.step_key) for task in made} == {("call", "open", "call-1")}
        assert made[0].title == "Call Lead 0"
        assert tasks.expired(session, WEDNESDAY + timedelta(days=30)) == [task.id for task in made]


def test_a_paused_tasks_time_stands_still(office: Office) -> None:
    """P1, K1: the task is not closed while its sequence is paused; afterwards it has the rest of its time, then it is."""
    (entered,) = office.people(1)
    with office.house.sessions.begin() as session:
        session.execute(
            text("UPDATE enrolments SET step_key = 'call-1', last_done_at = :at"), {"at": WEDNESDAY - timedelta(days=2)}
        )
        session.execute(text("UPDATE leads SET phone = '+44 20 7946 0000'"))
    advance.advance(office.house)
    office.tell(entered, signals.PausedBy("Olga"))
    office.set_clock(WEDNESDAY + timedelta(days=5))
    for _ in range(2):
        advance.advance(office.house)
    assert office.task().state == "open"
    office.tell(entered, signals.ResumedBy("Olga"))
    until = office.task().expires_at
    with office.house.sessions() as session:
        assert session.get_one(Enrolment, entered).due_at == until
    assert until is not None
    assert until > WEDNESDAY + timedelta(days=5, hours=20)
    office.set_clock(until + timedelta(minutes=5))
    advance.advance(office.house)
    assert (office.task().state, office.task().note) == ("skipped", "not done in time")


def test_facts_of_many_are_the_facts_of_each(office: Office) -> None:
    """The same fields, tags, clicks, replies, letters of late, rivals and suppressions, asked together or one by one."""
    entered = office.people(4)
    advance.advance(office.house)
    with office.house.sessions.begin() as session:
        rows = [session.get_one(Enrolment, each) for each in entered]
        leads.add_tag(session, rows[0].lead_id, "vip")
        letter = session.scalars(select(Message).where(Message.enrolment_id == entered[1])).one()
        link = Link(message_id=letter.id, url="https://x.example", name="pricing")
        session.add(link)
        session.flush()
        session.add(
            Hit(message_id=letter.id, link_id=link.id, kind="click", verdict="human", at=WEDNESDAY + timedelta(hours=1),
                real_at=WEDNESDAY)
        )  # fmt: skip
        lead = session.get_one(Lead, rows[2].lead_id)
        session.add(Suppression(email=lead.email, reason="complained", at=WEDNESDAY))
        office.enter(session, session.get_one(Lead, rows[3].lead_id), "Educational")
        session.add(
            Task(kind="call", lead_id=rows[3].lead_id, title="Call", state="done", outcome="left voicemail",
                 due_at=WEDNESDAY, created_at=WEDNESDAY, done_at=WEDNESDAY, memory={})
        )  # fmt: skip
    with office.house.sessions() as session:
        rows = [session.get_one(Enrolment, each) for each in entered]
        now = office.house.now(session)
        together = facts.gather_many(session, office.house, rows, now)
        for row in rows:
            lead, sequence = session.get_one(Lead, row.lead_id), facts.sequence_of(session, row)
            alone = facts.gather(session, office.house, lead, sequence, row, now)
            many = together[row.id]
            for name in facts.Facts.__dataclass_fields__:
                one, other = getattr(alone, name), getattr(many, name)
                assert (dict(one) == dict(other)) if name == "fields" else (one == other), name
        assert together[entered[0]].tags == {"vip"}
        assert together[entered[1]].clicks == {"pricing"}
        assert together[entered[2]].suppressed == "complained"
        assert together[entered[3]].rivals == {"nurture"}
        assert together[entered[3]].voicemails == 1
        assert all(found.mails == () for found in together.values())
        assert together[entered[0]].fields["first_name"] == "Lead"


def test_an_error_after_the_last_one_was_over_is_a_new_one(office: Office) -> None:
    """F1: once a step could be worked out, the next error is told again, and its gap begins anew."""
    (entered,) = office.people(1)

    def raises() -> tuple[int, timedelta]:
        """How often somebody was told so far, and how far the date went away."""
        with office.house.sessions.begin() as session:
            row = session.get_one(Enrolment, entered)
            row.memory = row.memory | {"under_way": {"kind": "task"}}
            row.due_at = office.house.now(session)
        advance.advance(office.house)
        with office.house.sessions.begin() as session:
            row = session.get_one(Enrolment, entered)
            row.memory = {key: value for key, value in row.memory.items() if key != "under_way"}
            told = session.scalars(select(Notice).where(Notice.kind == "problem")).all()
            assert row.due_at is not None
            return len(told), row.due_at - office.house.now(session)

    told, gap = raises()
    assert told == 1
    with office.house.sessions.begin() as session:
        session.get_one(Enrolment, entered).due_at = office.house.now(session)
    advance.advance(office.house)
    assert office.letters() == [(entered, "queued")]
    again, gap_again = raises()
    assert again == 2
    assert abs(gap_again - gap) < timedelta(minutes=1)


def test_templates_beyond_what_is_remembered_are_read_anew(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """F3: a process remembers what so many texts print; one more, and known and new ones are all read again."""
    office.people(1)
    with office.house.sessions() as session:
        known = sequences.by_name(session, "Persistence, nurtured")
        other = sequences.by_name(session, "Educational")
        assert known is not None
        assert other is not None
        read = [documents.published(sequences.current(session, each).document) for each in (known, other)]
        facts._needs(session, read[:1])
        monkeypatch.setattr(facts, "MOST_NEEDED", 1)
        both, _ = facts._needs(session, read)
        assert both.keys() == facts.template_keys(read[0]) | facts.template_keys(read[1])
        assert not any(field.startswith("template ") for needed in both.values() for field in needed)
